"""Claims: read any report, find every figure in it (`read`). What a ledger says of them is in `verify`.

    from bangfu.claims import read
    for claim in read(text).claims: ...
"""

from bangfu.claims.extract import Claim, Reading, read
from bangfu.claims.text import Damage, Text, decode, repair

__all__ = ["Claim", "Damage", "Reading", "Text", "decode", "read", "repair"]

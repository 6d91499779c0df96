"""Claims: read any report, find every figure in it (`read(text).claims`). What a ledger says of them is in `verify`."""

from bangfu.claims.extract import Claim, Reading, read
from bangfu.claims.text import Damage, Text, decode, repair

__all__ = ["Claim", "Damage", "Reading", "Text", "decode", "read", "repair"]

"""The same verbs as the pages, at a prompt: bangfu demo, setup, import, entries, amend, void, figures, trace, report, check, claims …

Each verb is one function of a module of this package; `say.py` speaks to people, `ground.py` finds the data they stand on.
"""

from bangfu.cli.door import main

__all__ = ["main"]

"""What we make of the ledger: figures with their trace, intake, reports, checks."""

from bangfu.ledger import catalogue

__all__ = ["catalogue"]

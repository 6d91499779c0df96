"""Bangfu 帮扶: the ledger of a paired-assistance programme, and every figure computed from it."""

__version__ = "0.1.0"

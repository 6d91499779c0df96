"""What a text says, as the JSON of `bangfu claims`: no ledger, no database and no Django behind it."""

from __future__ import annotations

from typing import Any

from bangfu import claims
from bangfu.claims.verify import number
from bangfu.office.documents import Document


def claims_json(document: Document, reading: claims.Reading) -> dict[str, Any]:
    """The answer of `bangfu claims --json`: positions in the original, money in yuan, what damage touched."""
    rows = [said(document, c) for c in reading.claims if document.within(*c.span)]
    return {"claims": rows, "damaged": damaged(document, reading), "counts": {"claims": len(rows)}}


def said(document: Document, claim: claims.Claim) -> dict[str, Any]:
    """One claim: its span and quote in the original, its number in base units, what it is about, and where a person would look for it."""
    start, end = document.back(*claim.span)
    quantity = claim.quantity
    where = document.where(*claim.span)
    row: dict[str, Any] = {
        "start": start,
        "end": end,
        "quote": document.source[start:end],
        "low": number(quantity.low),
        "high": number(quantity.high),
        "unit": str(quantity.unit),
        "hedge": str(quantity.hedge),
        "kind": str(claim.kind),
        "subject": claim.subject,
        "place": claim.place,
        "period": claim.period,
        "per": claim.per,
    }
    placed = {"part": where.part if where.part != "body" else None, "page": where.page, "paragraph": where.paragraph, "run": where.run}
    row |= {k: v for k, v in (placed | {"sheet": where.sheet or None, "cell": where.cell or None}).items() if v is not None}
    return row


def damaged(document: Document, reading: claims.Reading) -> list[dict[str, Any]]:
    """The damaged runs; `repaired` is None where the bytes do not tell."""
    spans = [(*document.back(d.start, d.end), d.repaired) for d in reading.damaged]
    return [{"start": start, "end": end, "repaired": repaired} for start, end, repaired in spans]

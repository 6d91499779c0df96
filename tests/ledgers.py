"""A small ledger as text, for tests: one entry a line, so that a test's docstring can hold the ledger whose number it expects.

    payment 2018-05-03 amount=50000 place=3 counts_to=direct_input
    posting 2016-03-15..2018-03-14 person=1 place=3 category=first_secretary

Kind and day first (`first..last day` for a period, `first..` for a state that still holds), then words: columns by id, several persons as 1,2;
measures in units, as their kind declares them; everything else a facet. Lines that begin with # are remarks.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from inspect import getdoc
from typing import Any

from bangfu.catalogue import Catalogue
from bangfu.figures import Fact
from bangfu.quantities import to_parts

IDS = {"unit", "place", "party", "project", "household"}
WORDS = {"title", "category", "counts_to"}


def ledger(text: str | Callable[..., Any], catalogue: Catalogue) -> list[Fact]:
    """The entries of `text`, or of a function's docstring, in order, with ids from 1. Raises KeyError for an unknown kind."""
    lines = (text if isinstance(text, str) else getdoc(text) or "").splitlines()
    entries = [line.split() for line in lines if len(line.split()) > 1 and line.split()[0] in catalogue.kinds]
    return [_fact(number, words, catalogue) for number, words in enumerate(entries, 1)]


def _fact(number: int, words: list[str], catalogue: Catalogue) -> Fact:
    kind = catalogue.kinds[words[0]]
    first, period, last = words[1].partition("..")
    begin = date.fromisoformat(first)
    columns: dict[str, Any] = {}
    facets: dict[str, str] = {}
    measures: dict[str, int] = {}
    for word in words[2:]:
        name, _, value = word.partition("=")
        field = kind.fields.get(name)
        if name == "person":
            columns["persons"] = tuple(int(p) for p in value.split(","))
        elif name in IDS:
            columns[name] = int(value)
        elif name in WORDS:
            columns[name] = value
        elif field is not None and field.home == "measure":
            measures[name] = to_parts(Decimal(value), field.unit or "")
        else:
            facets[name] = value
    end = date.fromisoformat(last) + timedelta(days=1) if last else None if period or kind.state else begin + timedelta(days=1)
    return Fact(number, kind.code, begin, end, facets=facets, measures=measures, **columns)

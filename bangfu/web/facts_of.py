"""Entries of given ids as facts, in the order of the ids: what a list needs of them, by a few queries for all."""

from __future__ import annotations

from collections.abc import Sequence

from bangfu.figures import Fact
from bangfu.ledger.models import Entry, Measure, Participation

_COLUMNS = ("id", "kind", "begin", "end", "category", "counts_to", "title", "unit", "place", "party", "project", "household", "facets")


def facts_of(ids: Sequence[int]) -> list[Fact]:
    measures: dict[int, dict[str, int]] = {}
    for entry, name, value in Measure.objects.filter(entry__in=ids).values_list("entry", "name", "value"):
        measures.setdefault(entry, {})[name] = value
    persons: dict[int, tuple[int, ...]] = {}
    for entry, person in Participation.objects.filter(entry__in=ids).order_by("person").values_list("entry", "person"):
        persons[entry] = (*persons.get(entry, ()), person)
    found = {row[0]: row for row in Entry.objects.filter(pk__in=ids).values_list(*_COLUMNS)}
    return [
        Fact(*row[:-1], persons=persons.get(row[0], ()), facets=row[-1], measures=measures.get(row[0], {}))  # type: ignore[misc]
        for row in (found[i] for i in ids if i in found)
    ]

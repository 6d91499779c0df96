"""Entries as facts: as the thinking half sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bangfu.figures import Fact
from bangfu.ledger.matching import standing_at
from bangfu.ledger.models import Entry, Measure, Participation, Programme
from bangfu.ledger.rows import rows

AT_ONCE = 5_000
"""So many entries are fetched at a time."""


def standing_facts(programme: Programme, mark: int) -> Iterator[Fact]:
    """The entries that stand as known at the mark, in the order of their ids."""
    last = 0
    condition, params = standing_at(mark)
    sql = f"SELECT e.id FROM ledger_entry e WHERE e.programme_id = %s AND e.id > %s AND {condition} ORDER BY e.id LIMIT {AT_ONCE}"  # noqa: S608
    while ids := [row[0] for row in rows(sql, [programme.pk, last, *params])]:
        yield from facts_of(ids)
        last = ids[-1]


def facts_of(ids: Sequence[int]) -> list[Fact]:
    """The entries of those ids as facts, in their order."""
    measures: dict[int, dict[str, int]] = {}
    for entry, name, number in Measure.objects.filter(entry__in=ids).values_list("entry", "name", "value"):
        measures.setdefault(entry, {})[name] = number
    persons: dict[int, tuple[int, ...]] = {}
    for entry, person in Participation.objects.filter(entry__in=ids).order_by("person").values_list("entry", "person"):
        persons[entry] = (*persons.get(entry, ()), person)
    columns = ("id", "kind", "begin", "end", "category", "counts_to", "title", "unit", "place", "party", "project", "household", "facets")
    rows = {row[0]: row for row in Entry.objects.filter(pk__in=ids).values_list(*columns)}
    return [
        Fact(*row[:-1], persons=persons.get(row[0], ()), facets=row[-1], measures=measures.get(row[0], {}))  # type: ignore[misc]
        for row in (rows[entry] for entry in ids)
    ]

"""Entries as a list asks for them: newest first, narrowed by kind, slice and text, a page at a time.

A page begins after the last entry of the one before (its day and number), so the two hundredth costs what the first does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from bangfu.figures import Slice
from bangfu.ledger.crypt import blind_index
from bangfu.ledger.facts import current_mark, standing_at
from bangfu.ledger.models import Entry, Programme


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of entries by id; `after` asks for the next one, None on the last."""

    ids: tuple[int, ...]
    after: str | None


def listed(
    programme: Programme,
    slice_: Slice,
    *,
    kind: str = "",
    text: str = "",
    mark: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Listed:
    """The entries of the slice that stand at `mark` (None: now).

    `text` is looked for in titles and in the names of projects and parties; a person or household is found by the whole name, as names are
    encrypted. Raises ValueError for an `after` that is not one of ours.
    """
    asked = current_mark(programme) if mark is None else mark
    found = within(standing_at(Entry.objects.filter(programme=programme), asked), slice_)
    if kind:
        found = found.filter(kind=kind)
    if text:
        name, head = blind_index(text, "person.name"), blind_index(text, "household.head")
        found = found.filter(
            Q(title__icontains=text)
            | Q(project__name__icontains=text)
            | Q(party__name__icontains=text)
            | Q(household__head_index=head)
            | Q(pk__in=Entry.objects.filter(participations__person__name_index=name).values("pk"))
        )
    if after:
        day, number = after.split("~")
        begin = date.fromisoformat(day)
        found = found.filter(Q(begin__lt=begin) | Q(begin=begin, pk__lt=int(number)))
    page = list(found.order_by("-begin", "-pk").values_list("pk", "begin")[: limit + 1])
    more = len(page) > limit
    last = page[limit - 1] if more else None
    return Listed(tuple(pk for pk, _ in page[:limit]), f"{last[1]}~{last[0]}" if last else None)


def within(entries: QuerySet[Entry], slice_: Slice) -> QuerySet[Entry]:
    """Of these entries those that begin in the slice's period, in its places, by its units, of its project."""
    if slice_.begin:
        entries = entries.filter(begin__gte=slice_.begin)
    if slice_.end:
        entries = entries.filter(begin__lt=slice_.end)
    if slice_.places is not None:
        entries = entries.filter(place__in=slice_.places)
    if slice_.units is not None:
        entries = entries.filter(unit__in=slice_.units)
    if slice_.project is not None:
        entries = entries.filter(project=slice_.project)
    return entries

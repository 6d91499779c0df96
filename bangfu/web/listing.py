"""Entries as a list asks for them: narrowed by kind, slice and text, in an order, a page at a time; and what all of them come to.

A page begins after the last entry of the one before (its day or measure, and its number), so the two hundredth costs what the first does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum

from bangfu.figures import Slice
from bangfu.ledger.crypt import blind_index
from bangfu.ledger.facts import current_mark, standing_at
from bangfu.ledger.models import Entry, Measure, Programme


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of entries by id; `after` asks for the next one, None on the last."""

    ids: tuple[int, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by day, or by a measure of the one kind it shows."""

    measure: str = ""
    rising: bool = False

    @classmethod
    def read(cls, text: str, measures: Iterable[str] = ()) -> Order:
        """What an address says: nothing (newest first), oldest, amount (largest first), -amount; a measure that is none is left out."""
        if text == "oldest":
            return cls(rising=True)
        name = text.removeprefix("-")
        return cls(name, text.startswith("-")) if name in set(measures) else cls()

    def __str__(self) -> str:
        if self.measure:
            return f"{'-' if self.rising else ''}{self.measure}"
        return "oldest" if self.rising else ""


NEWEST = Order()


def listed(
    programme: Programme,
    slice_: Slice,
    *,
    kind: str = "",
    text: str = "",
    mark: int | None = None,
    after: str | None = None,
    limit: int = 50,
    order: Order = NEWEST,
) -> Listed:
    """The entries of the slice that stand at `mark` (None: now).

    `text` is looked for in titles and in the names of projects and parties; a person or household is found by the whole name, as names are
    encrypted. Raises ValueError for an `after` that is not one of ours.
    """
    found = matching(programme, slice_, kind=kind, text=text, mark=mark)
    key = "begin"
    if order.measure:
        found = found.filter(measures__name=order.measure).annotate(key=F("measures__value"))
        key = "key"
    if after:
        at, number = after.split("~")
        start: date | int = int(at) if order.measure else date.fromisoformat(at)
        way = "gt" if order.rising else "lt"
        found = found.filter(Q(**{f"{key}__{way}": start}) | Q(**{key: start, f"pk__{way}": int(number)}))
    sign = "" if order.rising else "-"
    page = list(found.order_by(f"{sign}{key}", f"{sign}pk").values_list("pk", key)[: limit + 1])
    more = len(page) > limit
    last = page[limit - 1] if more else None
    return Listed(tuple(pk for pk, _ in page[:limit]), f"{last[1]}~{last[0]}" if last else None)


def matching(programme: Programme, slice_: Slice, *, kind: str = "", text: str = "", mark: int | None = None) -> QuerySet[Entry]:
    """The entries that a list shows, in no order."""
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
    return found


@dataclass(frozen=True, slots=True)
class Totals:
    """What the entries of a list come to: how many, of which kinds, and for a list of one kind the sums of its measures (smallest parts)."""

    count: int
    kinds: dict[str, int]
    sums: dict[str, int]


def totals(programme: Programme, slice_: Slice, *, kind: str = "", text: str = "", mark: int | None = None) -> Totals:
    """The totals of just what `listed` shows. Amounts of different kinds are never added up: budgets are not payments (DESIGN.md, Money)."""
    found = matching(programme, slice_, kind=kind, text=text, mark=mark)
    kinds = {code: n for code, n in found.values_list("kind").annotate(n=Count("pk")).order_by()}  # noqa: C416 - pairs of a query
    sums: dict[str, int] = {}
    if kind:
        measured = Measure.objects.filter(entry__in=found.values("pk"))
        sums = {name: int(total) for name, total in measured.values_list("name").annotate(total=Sum("value")).order_by()}
    return Totals(sum(kinds.values()), kinds, sums)


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

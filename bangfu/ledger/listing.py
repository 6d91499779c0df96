"""Entries as a list asks for them: narrowed by kind, slice and text, in an order, a page at a time; and what all of them come to.

A page begins after the last entry of the one before (its day or measure, and its number), so the two hundredth costs what the first does.
Totals and the order by a measure come from the lines where these hold for the mark.
"""
# ruff: noqa: S608 - the texts of the queries are made of our own names; values travel as parameters

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from bangfu.figures import Slice
from bangfu.ledger.facts import reader_at, standing_at, steady
from bangfu.ledger.lines import ENTRY, Reader, Said, said
from bangfu.ledger.models import Entry, Measure, Party, Programme, Project
from bangfu.ledger.rows import rows


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
        """The empty text is newest first, then "oldest", "amount" (largest first), "-amount"; a measure that is none is left out."""
        if text == "oldest":
            return cls(rising=True)
        name = text.removeprefix("-")
        return cls(name, text.startswith("-")) if name in set(measures) else cls()

    def __str__(self) -> str:
        if self.measure:
            return f"{'-' if self.rising else ''}{self.measure}"
        return "oldest" if self.rising else ""


NEWEST = Order()
Start = tuple[date | int, int] | None
"""The day or measure, and the id, of the entry after which a page begins."""


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

    `text` is looked for in titles and in the names of projects and parties, never of people: it travels in addresses, where a name has no place
    (the search page takes a name by itself). Raises ValueError for an `after` that is not one of ours.
    """
    start: Start = None
    if after:
        at, number = after.split("~")
        start = (int(at) if order.measure else date.fromisoformat(at)), int(number)

    def read(at: int | None) -> list[tuple[int, date | int]]:
        reader = reader_at(programme, at) if text or (order.measure and kind) else None
        if reader:
            return _from_lines(reader, slice_, kind, said(programme, text, kind) if text else None, order, start, limit + 1)
        return _page(matching(programme, slice_, kind=kind, text=text, at=at), order, start, limit + 1)

    page = steady(programme, mark, read)
    last = page[limit - 1] if len(page) > limit else None
    return Listed(tuple(pk for pk, _ in page[:limit]), f"{last[1]}~{last[0]}" if last else None)


def _page(found: QuerySet[Entry], order: Order, start: Start, limit: int) -> list[tuple[int, date | int]]:
    key = "begin"
    if order.measure:
        found, key = found.filter(measures__name=order.measure).annotate(key=F("measures__value")), "key"
    if start:  # said so that the index is entered where the page begins
        way = "gte" if order.rising else "lte"
        other = "lte" if order.rising else "gte"
        found = found.filter(**{f"{key}__{way}": start[0]}).exclude(**{key: start[0], f"pk__{other}": start[1]})
    sign = "" if order.rising else "-"
    return list(found.order_by(f"{sign}{key}", f"{sign}pk").values_list("pk", key)[:limit])


def _from_lines(
    reader: Reader, slice_: Slice, kind: str, asked: Said | None, order: Order, start: Start, limit: int
) -> list[tuple[int, date | int]]:
    varieties = sorted(pk for pk, of in reader.all_of(kind, order.measure or ENTRY).items() if asked is None or reader.can_say(of, asked))
    key, way, later = ("l.value" if order.measure else "l.begin"), *(("ASC", ">") if order.rising else ("DESC", "<"))
    found: list[tuple[int, date | int]] = []
    for part in [slice_] if order.measure else _year_first(reader, slice_, order, start):
        if len(found) == limit or not varieties:
            break
        conditions, params = reader.conditions(varieties, part, "any", said=asked)
        if start:
            conditions += f" AND ({key}, l.entry) {later} (%s, %s)"
            params += [start[0].toordinal() if isinstance(start[0], date) else start[0], start[1]]
        sql = f"SELECT l.entry, {key} FROM ledger_line l WHERE {conditions} ORDER BY {key} {way}, l.entry {way} LIMIT {limit - len(found)}"
        found += [(entry, at if order.measure else date.fromordinal(at)) for entry, at in rows(sql, params)]
    return found


def _year_first(reader: Reader, slice_: Slice, order: Order, start: Start) -> list[Slice]:
    """The slice in two parts, before all else the year in which a page begins: a common text need not be looked for in the others."""
    begin, end = slice_.begin or date.min, slice_.end
    if start and isinstance(start[0], date):
        day = start[0]
        if order.rising:
            begin = max(begin, day)
        elif day < date.max:
            end = min(end or date.max, day + timedelta(days=1))
    years = reader.years(begin, end)
    if not years:
        return []
    rest = replace(slice_, begin=begin, end=end)
    turn = date(min(years[0] + 1, MAXYEAR) if order.rising else years[-1], 1, 1)
    if begin >= turn or (end and end <= turn):
        return [rest]
    parts = [replace(rest, end=turn), replace(rest, begin=turn)]
    return parts if order.rising else parts[::-1]


def matching(programme: Programme, slice_: Slice, *, kind: str = "", text: str = "", at: int | None = None) -> QuerySet[Entry]:
    """The entries that a list shows, in no order; `at` is a past mark, None the current one."""
    found = Entry.objects.filter(programme=programme)
    found = found.filter(ended=None) if at is None else standing_at(found, at)
    found = within(found, slice_)
    if kind:
        found = found.filter(kind=kind)
    return found.filter(_says(programme, text)) if text else found


def _says(programme: Programme, text: str) -> Q:
    """That an entry says a text, in its title or by the name of its project or party; as one set, which PostgreSQL asks for once."""
    own = Entry.objects.filter(programme=programme)
    named = {
        "project": Project.objects.filter(programme=programme, name__icontains=text),
        "party": Party.objects.filter(name__icontains=text),
    }
    ways = [own.filter(title__icontains=text), *(own.filter(**{f"{column}__in": of.values("pk")}) for column, of in named.items())]
    first, *others = (way.values("pk") for way in ways)
    return Q(pk__in=first.union(*others, all=True))


@dataclass(frozen=True, slots=True)
class Totals:
    """What the entries of a list come to: how many, of which kinds, and for a list of one kind the sums of its measures (smallest parts)."""

    count: int
    kinds: dict[str, int]
    sums: dict[str, int]


def totals(programme: Programme, slice_: Slice, *, kind: str = "", text: str = "", mark: int | None = None) -> Totals:
    """The totals of just what `listed` shows. Amounts of different kinds are never added up: budgets are not payments (DESIGN.md, Money)."""

    def read(at: int | None) -> Totals:
        reader = reader_at(programme, at)
        if reader:
            return _totals(reader, slice_, kind, said(programme, text, kind) if text else None)
        found = matching(programme, slice_, kind=kind, text=text, at=at)
        kinds = dict(found.values_list("kind").annotate(n=Count("pk")).order_by())
        sums: dict[str, int] = {}
        if kind:
            measured = Measure.objects.filter(entry__in=found.values("pk"))
            sums = {name: int(total) for name, total in measured.values_list("name").annotate(total=Sum("value")).order_by()}
        return Totals(sum(kinds.values()), kinds, sums)

    return steady(programme, mark, read)


def _totals(reader: Reader, slice_: Slice, kind: str, asked: Said | None) -> Totals:
    listed = ((name, *one) for name in reader.measures(kind) for one in reader.all_of(kind, name).items())
    sorts = {pk: (of, name) for name, pk, of in listed if asked is None or reader.can_say(of, asked)}
    kinds: dict[str, int] = {}
    sums: dict[str, int] = {}
    for variety, (count, total) in reader.counts(sorts, slice_, said=asked).items():
        of, name = sorts[variety]
        if name == ENTRY:
            kinds[of] = kinds.get(of, 0) + count
        else:
            sums[name] = sums.get(name, 0) + total
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

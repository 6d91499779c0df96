"""The only reader of the ledger for figures: the same definition as `figures.evaluate`, said in SQL, on SQLite and on PostgreSQL.

As known at mark N: an entry counts when its own mark is at most N and it has not ended at a mark of at most N. At the current mark the
two conditions fall away (`Matching.at` is None); whoever reads so makes sure that the mark stayed where it was (`_steady`).
"""
# ruff: noqa: S608 - the texts of the queries are made of our own names; values travel as parameters

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet

from bangfu import figures
from bangfu.catalogue import Figure, Fold
from bangfu.figures import Fact, Share, Slice, Value
from bangfu.ledger import catalogue
from bangfu.ledger.models import Entry, Measure, Participation, Programme
from bangfu.quantities import from_parts, unit

T = TypeVar("T")

KEY_COLUMNS = {
    "entry": "e.id",
    "person": "p.person_id",
    "household": "e.household_id",
    "unit": "e.unit_id",
    "party": "e.party_id",
    "place": "e.place_id",
    "project": "e.project_id",
    "title": "e.title",
    "category": "e.category",
}

AT_ONCE = 5_000
"""So many entries are fetched at a time."""


def value(programme: Programme, figure: Figure, slice_: Slice, mark: int | None = None) -> Value:
    """The number of one figure, equal to `figures.evaluate` over `facts(programme, mark)`."""
    return values(programme, [figure], slice_, mark)[figure.code]


def values(programme: Programme, wanted: Iterable[Figure], slice_: Slice, mark: int | None = None) -> dict[str, Value]:
    """The numbers of many figures for the same slice, by code: all of them at one mark, whatever is posted meanwhile."""
    wanted = list(wanted)
    return _steady(programme, mark, lambda at: _values(programme, wanted, slice_, at))


def _values(programme: Programme, wanted: Sequence[Figure], slice_: Slice, at: int | None) -> dict[str, Value]:
    known: dict[tuple[str, Slice], Value] = {}
    named = catalogue().figures

    def ask(code: str, asked: Slice) -> Value:
        if (code, asked) not in known:
            figure = named[code]
            known[code, asked] = figures.combine(figure, asked, ask) if figure.combine else _fold(programme, figure, asked, at)
        return known[code, asked]

    return {f.code: figures.combine(f, slice_, ask) if f.combine else _fold(programme, f, slice_, at) for f in wanted}


def _fold(programme: Programme, figure: Figure, slice_: Slice, at: int | None) -> Value:
    parts, entries = _one(*FOLDS[figure.fold or Fold.COUNT](Matching(programme.pk, figure, slice_, at)))
    return Value(from_parts(int(parts), figure.unit), int(entries))


def _steady(programme: Programme, mark: int | None, read: Callable[[int | None], T]) -> T:
    """What `read` gives at the mark asked for (None: the current one).

    Reading at the current mark needs no comparison of marks. Should somebody post while we read, we read again, at the mark we began with.
    """
    current = current_mark(programme)
    asked = current if mark is None else mark
    if asked >= current:
        found = read(None)
        if current_mark(programme) == current:
            return found
    return read(asked)


def current_mark(programme: Programme) -> int:
    """The mark of the last posting, as the database knows it now."""
    return Programme.objects.values_list("mark", flat=True).get(pk=programme.pk)


def standing_at(entries: QuerySet[Entry], mark: int) -> QuerySet[Entry]:
    """Of these entries those that stand as known at the mark."""
    return entries.filter(mark__lte=mark).exclude(ended__mark__lte=mark)


# --- SQL


def _one(sql: str, params: Sequence[Any]) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: Sequence[Any] = cursor.fetchone()
        return row


def _all(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
        return rows


def within(column: str, ids: Iterable[int]) -> tuple[str, list[Any]]:
    """Whether a column is one of many ids, as one parameter however many there are."""
    listed = sorted(ids)
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [listed]
    return f"{column} IN (SELECT value FROM json_each(%s))", [str(listed)]


def _words(column: str, words: Sequence[str]) -> tuple[str, list[Any]]:
    return f"{column} IN ({', '.join(['%s'] * len(words))})", list(words)


def _facet(key: str) -> str:
    """A facet's code; keys are identifiers, the loader sees to that."""
    return f"e.facets ->> '{key}'" if connection.vendor == "postgresql" else f"json_extract(e.facets, '$.{key}')"


@dataclass(slots=True)
class Matching:
    """The entries that belong to a figure in a slice: `figures.matches`, as the FROM and WHERE of a query.

    `e` is the entry, `m` its measure (where the figure has one), `p` its persons (once `persons` was asked for).
    """

    programme: int
    figure: Figure
    slice: Slice
    at: int | None
    params: list[Any] = field(default_factory=list)

    def text(self, *, persons: bool = False, kinds: Sequence[str] = (), more: Sequence[tuple[str, list[Any]]] = ()) -> str:
        """FROM … WHERE …; `params` grows by what belongs to it, so that texts and parameters must be used in order."""
        figure, joins = self.figure, ""
        if figure.measure is not None:
            joins += " JOIN ledger_measure m ON m.entry_id = e.id AND m.name = %s"
            self.params.append(figure.measure)
        if persons:
            joins += " JOIN ledger_participation p ON p.entry_id = e.id"
        conditions = [("e.programme_id = %s", [self.programme]), _words("e.kind", kinds or figure.kinds), *self._conditions(), *more]
        for _, params in conditions:
            self.params += params
        return f"FROM ledger_entry e{joins} WHERE " + " AND ".join(text for text, _ in conditions)

    def _conditions(self) -> Iterator[tuple[str, list[Any]]]:
        figure, asked = self.figure, self.slice
        yield _standing_at(self.at)
        if asked.end is not None:
            yield "e.begin < %s", [asked.end.isoformat()]
        if figure.fold is Fold.STANDING:
            yield ('e."end" IS NULL', []) if asked.end is None else ('(e."end" IS NULL OR e."end" >= %s)', [asked.end.isoformat()])
        elif figure.fold is not Fold.LAST and asked.begin is not None:
            yield "e.begin >= %s", [asked.begin.isoformat()]
        if asked.places is not None:
            yield within("e.place_id", asked.places)
        if asked.units is not None:
            yield within("e.unit_id", asked.units)
        if asked.project is not None:
            yield "e.project_id = %s", [asked.project]
        if figure.scope != "any":
            text, params = within("e.place_id", asked.designated)
            yield (text, params) if figure.scope == "designated" else (f"(e.place_id IS NULL OR NOT ({text}))", params)
        for key, words in figure.where.items():
            yield _words(f"e.{key}" if key in {"category", "counts_to"} else _facet(key), words)

    def keys(self) -> tuple[list[str], list[tuple[str, list[Any]]]]:
        """The columns that make the key of the figure's `of`, and the conditions that all are known."""
        columns = [KEY_COLUMNS[name] for name in self.figure.of]
        known = [f"{c} <> ''" if c in {"e.title", "e.category"} else f"{c} IS NOT NULL" for c in columns]
        return columns, [(text, []) for text in known]


def _standing_at(at: int | None) -> tuple[str, list[Any]]:
    if at is None:
        return "NOT EXISTS (SELECT 1 FROM ledger_ended x WHERE x.entry_id = e.id)", []
    return "e.mark <= %s AND NOT EXISTS (SELECT 1 FROM ledger_ended x WHERE x.entry_id = e.id AND x.mark <= %s)", [at, at]


def _sum(matching: Matching) -> tuple[str, list[Any]]:
    return f"SELECT COALESCE(SUM(m.value), 0), COUNT(*) {matching.text()}", matching.params


def _count(matching: Matching) -> tuple[str, list[Any]]:
    return f"SELECT COUNT(*) * {unit(matching.figure.unit).parts}, COUNT(*) {matching.text()}", matching.params


def _distinct(matching: Matching) -> tuple[str, list[Any]]:
    columns, known = matching.keys()
    text = matching.text(persons="person" in matching.figure.of, more=known)
    keys = f"SELECT COUNT(*) FROM (SELECT DISTINCT {', '.join(columns)} {text}) k"
    entries = f"SELECT COUNT(*) {matching.text()}"
    return f"SELECT ({keys}) * {unit(matching.figure.unit).parts}, ({entries})", matching.params


def _latest(matching: Matching) -> str:
    """The last entry of each key, with its measure; an entry that is the last of several keys once."""
    columns, known = matching.keys()
    text = matching.text(persons="person" in matching.figure.of, more=known)
    order = f"PARTITION BY {', '.join(columns)} ORDER BY e.begin DESC, e.id DESC"
    ranked = f"SELECT e.id, e.begin, m.value, ROW_NUMBER() OVER ({order}) AS nth {text}"
    return f"SELECT DISTINCT id, begin, value FROM ({ranked}) r WHERE nth = 1"


def _last(matching: Matching) -> tuple[str, list[Any]]:
    return f"SELECT COALESCE(SUM(value), 0), COUNT(*) FROM ({_latest(matching)}) l", matching.params


def _standing(matching: Matching) -> tuple[str, list[Any]]:
    if matching.figure.measure:
        return _sum(matching)
    return _distinct(matching) if matching.figure.of else _count(matching)


FOLDS: dict[Fold, Callable[[Matching], tuple[str, list[Any]]]] = {
    Fold.SUM: _sum,
    Fold.COUNT: _count,
    Fold.DISTINCT: _distinct,
    Fold.LAST: _last,
    Fold.STANDING: _standing,
}


# --- traces


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of a trace, oldest first. `carried` is what the pages before add up to, so that
    `carried + parts` of the last page is the figure (invariant 7). `after` is where the next page begins, None on the last.
    """

    shares: tuple[Share, ...]
    carried: int
    after: str | None
    mark: int

    @property
    def parts(self) -> int:
        """What this page adds, in smallest parts of the figure's unit."""
        return sum(s.parts for s in self.shares)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a page begins: after this entry, at this mark, with so much carried forward."""

    mark: int
    begin: date
    entry: int
    carried: int

    def __str__(self) -> str:
        return f"{self.mark}~{self.begin}~{self.entry}~{self.carried}"

    @classmethod
    def read(cls, text: str) -> Bookmark:
        """Raises ValueError where the text is not one of ours."""
        mark, begin, entry, carried = text.split("~")
        return cls(int(mark), date.fromisoformat(begin), int(entry), int(carried))


def shares(
    programme: Programme,
    figure: Figure,
    slice_: Slice,
    *,
    mark: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """A page of the trace of a folded figure. A later page (`after`) is read at the mark of the first, whatever was posted since.

    Raises ValueError for a combination (its trace is the traces of its parts) and for an `after` that is not one of ours.
    """
    if figure.combine:
        raise ValueError(f"{figure.code} is a combination: ask for the traces of {', '.join(figure.parts)}")
    start = Bookmark.read(after) if after else None
    asked = start.mark if start else current_mark(programme) if mark is None else mark
    rows = _steady(programme, asked, lambda at: _shares(Matching(programme.pk, figure, slice_, at), start, limit + 1))
    page, more = rows[:limit], len(rows) > limit
    found = {fact.id: fact for fact in _facts([entry for entry, _, _ in page])}
    carried = start.carried if start else 0
    here = tuple(Share(found[entry], parts) for entry, _, parts in page)
    next_ = Bookmark(asked, found[page[-1][0]].begin, page[-1][0], carried + sum(s.parts for s in here)) if more else None
    return Page(here, carried, str(next_) if next_ else None, asked)


def _shares(matching: Matching, start: Bookmark | None, limit: int) -> list[tuple[int, date, int]]:
    figure = matching.figure
    if figure.fold is Fold.LAST:
        text = f"SELECT id, begin, value FROM ({_latest(matching)}) l"
        if start:
            text += " WHERE (begin, id) > (%s, %s)"
            matching.params += [start.begin.isoformat(), start.entry]
        rows = _all(f"{text} ORDER BY begin, id LIMIT {limit}", matching.params)
        return [(entry, begin, int(parts)) for entry, begin, parts in rows]
    counted = figure.fold is Fold.DISTINCT or (figure.fold is Fold.STANDING and not figure.measure and bool(figure.of))
    parts = "m.value" if figure.measure and not counted else str(unit(figure.unit).parts)
    later = [("(e.begin, e.id) > (%s, %s)", [start.begin.isoformat(), start.entry])] if start else []
    # each kind is read in the order of its index; a page of each is enough
    of_kinds = [
        f"SELECT * FROM (SELECT e.id, e.begin, {parts} AS parts {matching.text(kinds=[kind], more=later)} ORDER BY e.begin, e.id LIMIT {limit}) k"
        for kind in figure.kinds
    ]
    rows = _all(f"SELECT id, begin, parts FROM ({' UNION ALL '.join(of_kinds)}) a ORDER BY begin, id LIMIT {limit}", matching.params)
    if counted and rows:
        new = _new_keys(Matching(matching.programme, figure, matching.slice, matching.at), rows[0], rows[-1])
        one = unit(figure.unit).parts
        return [(entry, begin, new.get(entry, 0) * one) for entry, begin, _ in rows]
    return [(entry, begin, int(parts)) for entry, begin, parts in rows]


def _new_keys(matching: Matching, first: Sequence[Any], last: Sequence[Any]) -> dict[int, int]:
    """How many keys are seen for the first time at each entry from `first` to `last` (id, begin, …)."""
    columns, known = matching.keys()
    until = ("(e.begin, e.id) <= (%s, %s)", [str(last[1]), last[0]])
    text = matching.text(persons="person" in matching.figure.of, more=[*known, until])
    order = f"PARTITION BY {', '.join(columns)} ORDER BY e.begin, e.id"
    ranked = f"SELECT e.id, e.begin, ROW_NUMBER() OVER ({order}) AS nth {text}"
    found = _all(
        f"SELECT id, COUNT(*) FROM ({ranked}) r WHERE nth = 1 AND (begin, id) >= (%s, %s) GROUP BY id",
        [*matching.params, str(first[1]), first[0]],
    )
    return dict(found)


# --- facts


def facts(programme: Programme, mark: int | None = None) -> Iterator[Fact]:
    """All entries that stand at the mark, as the thinking half sees them, in the order of their ids."""
    at = current_mark(programme) if mark is None else mark
    last = 0
    condition, params = _standing_at(at)
    sql = f"SELECT e.id FROM ledger_entry e WHERE e.programme_id = %s AND e.id > %s AND {condition} ORDER BY e.id LIMIT {AT_ONCE}"
    while ids := [row[0] for row in _all(sql, [programme.pk, last, *params])]:
        yield from _facts(ids)
        last = ids[-1]


def _facts(ids: Sequence[int]) -> list[Fact]:
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

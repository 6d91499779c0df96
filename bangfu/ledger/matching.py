"""What a figure means, said in SQL over the entries themselves: for every figure, slice and mark, on SQLite and on PostgreSQL.

As known at mark N an entry counts when its own mark is at most N and it has not ended at a mark of at most N. At the current mark the
two conditions fall away (`Matching.at` is None); whoever reads so makes sure that the mark stayed where it was (`facts.steady`).
"""
# ruff: noqa: S608 - the texts of the queries are made of our own names; values travel as parameters

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from bangfu.catalogue import Figure, Fold
from bangfu.figures import Slice, Value
from bangfu.ledger.rows import rows, within
from bangfu.quantities import from_parts, unit

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


def value(programme: int, figure: Figure, slice_: Slice, at: int | None) -> Value:
    """The number of a folded figure, equal to `figures.evaluate`."""
    ((parts, entries),) = rows(*FOLDS[figure.fold or Fold.COUNT](Matching(programme, figure, slice_, at)))
    return Value(from_parts(int(parts), figure.unit), int(entries))


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
        yield standing_at(self.at)
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

    def again(self) -> Matching:
        """The same, for another query."""
        return Matching(self.programme, self.figure, self.slice, self.at)

    def keys(self) -> tuple[list[str], list[tuple[str, list[Any]]]]:
        """The columns that make the key of the figure's `of`, and the conditions that all are known."""
        columns = [KEY_COLUMNS[name] for name in self.figure.of]
        known = [f"{c} <> ''" if c in {"e.title", "e.category"} else f"{c} IS NOT NULL" for c in columns]
        return columns, [(text, []) for text in known]


def standing_at(at: int | None) -> tuple[str, list[Any]]:
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


def latest(matching: Matching) -> str:
    """The last entry of each key, with its measure; an entry that is the last of several keys once."""
    columns, known = matching.keys()
    text = matching.text(persons="person" in matching.figure.of, more=known)
    order = f"PARTITION BY {', '.join(columns)} ORDER BY e.begin DESC, e.id DESC"
    ranked = f"SELECT e.id, e.begin, m.value, ROW_NUMBER() OVER ({order}) AS nth {text}"
    return f"SELECT DISTINCT id, begin, value FROM ({ranked}) r WHERE nth = 1"


def _last(matching: Matching) -> tuple[str, list[Any]]:
    return f"SELECT COALESCE(SUM(value), 0), COUNT(*) FROM ({latest(matching)}) l", matching.params


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

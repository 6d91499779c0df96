"""The entries behind a figure, a page at a time, oldest first: each with what it adds, so that the pages add up to the figure."""
# ruff: noqa: S608 - the texts of the queries are made of our own names; values travel as parameters

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bangfu.catalogue import Fold
from bangfu.figures import Share
from bangfu.ledger.matching import Matching, latest
from bangfu.ledger.rows import rows
from bangfu.quantities import unit


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of a trace. `carried` is what the pages before add up to, in smallest parts of the figure's unit, so that
    `carried + parts` of the last page is the figure (invariant 7). `after` is where the next page begins, None on the last.
    """

    shares: tuple[Share, ...]
    carried: int
    after: str | None
    mark: int

    @property
    def parts(self) -> int:
        """What this page adds."""
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


def shares(matching: Matching, start: Bookmark | None, limit: int) -> list[tuple[int, int]]:
    """So many entries after the bookmark, each with what it adds: (id, smallest parts)."""
    figure = matching.figure
    later = [("(e.begin, e.id) > (%s, %s)", [start.begin.isoformat(), start.entry])] if start else []
    if figure.fold is Fold.LAST:
        text = f"SELECT e.id, e.value FROM ({latest(matching)}) e WHERE " + (later[0][0] if later else "1 = 1")
        params = [*matching.params, *(later[0][1] if later else [])]
        return [(entry, int(parts)) for entry, parts in rows(f"{text} ORDER BY e.begin, e.id LIMIT {limit}", params)]
    by_key = figure.fold is Fold.DISTINCT or (figure.fold is Fold.STANDING and not figure.measure and bool(figure.of))
    one = unit(figure.unit).parts
    parts = "m.value" if figure.measure and not by_key else str(one)
    # each kind is read in the order of its index, a page of each is enough
    pages = [
        f"SELECT * FROM (SELECT e.id, e.begin, {parts} AS parts {matching.text(kinds=[kind], more=later)}"
        f" ORDER BY e.begin, e.id LIMIT {limit}) k"
        for kind in figure.kinds
    ]
    found = rows(f"SELECT id, begin, parts FROM ({' UNION ALL '.join(pages)}) a ORDER BY begin, id LIMIT {limit}", matching.params)
    if not by_key or not found:
        return [(entry, int(parts)) for entry, _, parts in found]
    new = _new_keys(Matching(matching.programme, figure, matching.slice, matching.at), found[0], found[-1])
    return [(entry, new.get(entry, 0) * one) for entry, _, _ in found]


def _new_keys(matching: Matching, first: Sequence[Any], last: Sequence[Any]) -> dict[int, int]:
    """How many keys are seen for the first time at each entry from `first` to `last` (id, begin, …)."""
    columns, known = matching.keys()
    until = ("(e.begin, e.id) <= (%s, %s)", [str(last[1]), last[0]])
    text = matching.text(persons="person" in matching.figure.of, more=[*known, until])
    order = f"PARTITION BY {', '.join(columns)} ORDER BY e.begin, e.id"
    ranked = f"SELECT e.id, e.begin, ROW_NUMBER() OVER ({order}) AS nth {text}"
    sql = f"SELECT id, COUNT(*) FROM ({ranked}) r WHERE nth = 1 AND (begin, id) >= (%s, %s) GROUP BY id"
    return dict(rows(sql, [*matching.params, str(first[1]), first[0]]))

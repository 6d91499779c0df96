"""The entries behind a figure, a page at a time, oldest first: each with what it adds, so that the pages add up to the figure."""
# ruff: noqa: S608 - the texts of the queries are made of our own names; values travel as parameters

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bangfu.catalogue import Fold
from bangfu.figures import Share
from bangfu.ledger.lines import Reader
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


def shares(matching: Matching, reader: Reader | None, start: Bookmark | None, limit: int) -> list[tuple[int, int]]:
    """So many entries after the bookmark, each with what it adds: (id, smallest parts). `reader` is given where lines say enough."""
    figure, slice_ = matching.figure, matching.slice
    by_key = figure.fold is Fold.DISTINCT or (figure.fold is Fold.STANDING and not figure.measure and bool(figure.of))
    one = unit(figure.unit).parts
    if reader and (figure.fold is Fold.LAST or _narrowed(matching)):
        found = reader.page(figure, slice_, (start.begin.toordinal(), start.entry) if start else None, limit)
    else:
        found = _page(matching, start, limit)
    if not by_key or not found:
        return [(entry, value if figure.measure else one) for entry, _, value in found]
    ends = [(begin, entry) for entry, begin, _ in (found[0], found[-1])]
    new = reader.new_keys(figure, slice_, *ends) if reader else _new_keys(matching.again(), *ends)
    return [(entry, new.get(entry, 0) * one) for entry, _, _ in found]


def _narrowed(matching: Matching) -> bool:
    """Whether a figure takes but some of its kinds' entries: then the lines find a page sooner than the entries in order of their days."""
    figure, slice_ = matching.figure, matching.slice
    return (
        bool(figure.where) or figure.scope != "any" or slice_.places is not None or slice_.units is not None or figure.fold is Fold.STANDING
    )


def _page(matching: Matching, start: Bookmark | None, limit: int) -> list[tuple[int, int, int]]:
    """So many of the matching entries after the bookmark: id, begin as an ordinal, value."""
    figure = matching.figure
    later = [("(e.begin, e.id) > (%s, %s)", [start.begin.isoformat(), start.entry])] if start else []
    if figure.fold is Fold.LAST:
        where = f" WHERE {later[0][0]}" if later else ""
        sql = f"SELECT e.id, e.begin, e.value FROM ({latest(matching)}) e{where} ORDER BY e.begin, e.id LIMIT {limit}"
        found = rows(sql, [*matching.params, *(later[0][1] if later else [])])
    else:  # each kind is read in the order of its index; a page of each is enough
        value = "m.value" if figure.measure else "0"
        pages = [
            f"SELECT * FROM (SELECT e.id, e.begin, {value} AS value {matching.text(kinds=[kind], more=later)}"
            f" ORDER BY e.begin, e.id LIMIT {limit}) k"
            for kind in figure.kinds
        ]
        found = rows(f"SELECT id, begin, value FROM ({' UNION ALL '.join(pages)}) a ORDER BY begin, id LIMIT {limit}", matching.params)
    return [(entry, date.fromisoformat(str(begin)).toordinal(), int(value)) for entry, begin, value in found]


def _new_keys(matching: Matching, first: tuple[int, int], last: tuple[int, int]) -> dict[int, int]:
    """How many keys are seen for the first time at each entry from `first` to `last`, both as (begin, id)."""
    columns, known = matching.keys()
    from_, to = ([date.fromordinal(begin).isoformat(), entry] for begin, entry in (first, last))
    text = matching.text(persons="person" in matching.figure.of, more=[*known, ("(e.begin, e.id) <= (%s, %s)", to)])
    order = f"PARTITION BY {', '.join(columns)} ORDER BY e.begin, e.id"
    ranked = f"SELECT e.id, e.begin, ROW_NUMBER() OVER ({order}) AS nth {text}"
    sql = f"SELECT id, COUNT(*) FROM ({ranked}) r WHERE nth = 1 AND (begin, id) >= (%s, %s) GROUP BY id"
    return dict(rows(sql, [*matching.params, *from_]))

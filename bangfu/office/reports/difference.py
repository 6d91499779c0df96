"""Why a number of an issued report is another one today: the entries added, taken away and amended since.

Pure over two books, those of the report's mark and later ones. The lines of a change add up to it (invariant 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from bangfu.catalogue.shapes import Catalogue, Figure
from bangfu.figures import Fact, Share, Slice, Value
from bangfu.office.reports.compose import Period
from bangfu.office.reports.document import Document, Source

PAGE = 1000


class Page(Protocol):
    """A page of a trace, as `Books.trace` gives it."""

    @property
    def shares(self) -> tuple[Share, ...]: ...
    @property
    def after(self) -> str | None: ...
    @property
    def of(self) -> tuple[tuple[Figure, Slice, Value], ...]: ...


class Traced(Protocol):
    """Books that give the entries behind a figure as well."""

    mark: int

    def slice(self, period: Period | None = None, place: int | None = None) -> Slice: ...
    def value(self, code: str, slice_: Slice) -> Value: ...
    def trace(self, code: str, slice_: Slice, after: str | None = None, limit: int = PAGE) -> Page: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One entry and what it gives a figure at each of the two marks, in smallest parts; None where it did not count.

    `replaces` is the entry that it amends, where both are known. An amendment that leaves the contribution as it was is no line.
    """

    figure: Figure
    fact: Fact
    before: int | None
    after: int | None
    replaces: Fact | None = None

    @property
    def parts(self) -> int:
        return (self.after or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of the report that is another one now.

    `before` is its value in the report, `after` the later one; `lines` say which entries did it. `redefined` says that the figure's definition itself gives
    another number for the same entries than was printed (口径变更).
    """

    source: Source
    before: Decimal | None
    after: Value
    lines: tuple[Line, ...]
    redefined: bool = False


def difference(
    document: Document, before: Traced, after: Traced, catalogue: Catalogue, successors: Mapping[int, int] | None = None
) -> tuple[Change, ...]:
    """Every source of the document whose value is another one in the later books, in the document's order.

    `successors` are amendments: id of an entry → id of the one that took its place. A figure that the catalogue no longer has is left out.
    """
    found = []
    for source in document.sources:
        if source.code not in catalogue.figures:
            continue
        period = (source.asked.begin, source.asked.end)
        then, now = before.slice(period, source.asked.place), after.slice(period, source.asked.place)
        was, is_ = before.value(source.code, then), after.value(source.code, now)
        redefined = was.value != source.value
        if is_.value != source.value:
            lines = tuple(_lines(catalogue.figures[source.code], before, then, after, now, successors or {}))
            found.append(Change(source, source.value, is_, lines, redefined))
    return tuple(found)


def _lines(figure: Figure, before: Traced, then: Slice, after: Traced, now: Slice, successors: Mapping[int, int]) -> Iterator[Line]:
    old, new = _shares(figure, before, then), _shares(figure, after, now)
    replaced = {successors[id_]: share.fact for (_, id_), (_, share) in old.items() if id_ in successors}
    amended = {
        (code, successors[id_]): share.parts
        for (code, id_), (_, share) in old.items()
        if id_ in successors and (code, successors[id_]) in new
    }
    for key, (part, share) in new.items():
        was = old[key][1].parts if key in old else amended.get(key)
        if was != share.parts:
            yield Line(part, share.fact, was, share.parts, replaced.get(key[1]))
    for key, (part, share) in old.items():
        if key not in new and (key[0], successors.get(key[1], 0)) not in new:
            yield Line(part, share.fact, share.parts, None)


def _shares(figure: Figure, books: Traced, slice_: Slice) -> dict[tuple[str, int], tuple[Figure, Share]]:
    """The entries behind a figure, by figure code and entry; of a combination those of its parts."""
    found: dict[tuple[str, int], tuple[Figure, Share]] = {}
    for part, share in _walk(figure, books, slice_):
        found[part.code, share.fact.id] = (part, share)
    return found


def _walk(figure: Figure, books: Traced, slice_: Slice) -> Iterable[tuple[Figure, Share]]:
    after: str | None = None
    while True:
        page = books.trace(figure.code, slice_, after, PAGE)
        for part, asked, _ in page.of:
            yield from _walk(part, books, asked)
        yield from ((figure, share) for share in page.shares)
        after = page.after
        if after is None:
            return

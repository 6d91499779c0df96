"""The books of a programme at one mark: ask for a figure, get its number and the entries behind it.

Answers are kept for as long as the mark stands, so a page, a report and a check that ask the same thing get the same number, once computed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache

from bangfu.catalogue import Catalogue, Figure, Label
from bangfu.figures import OVER_PLACES, Share, Slice, Value, stands_behind, within
from bangfu.ledger import catalogue, facts
from bangfu.ledger.loading import facts_of
from bangfu.ledger.models import Entry, Party, Place, Posting, Programme
from bangfu.ledger.places import subtrees
from bangfu.ledger.setup import DESIGNATION

Period = tuple[date | None, date | None]
"""Half-open; an open side is None."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A page of what stands behind a figure.

    Of a folded figure: `shares`, oldest first; `carried` from the pages before and `parts` of this one, in smallest parts of the figure's
    unit. Of a combination: `of`, the figures it rests on, each with its slice and value.
    """

    figure: Figure
    slice: Slice
    value: Value
    shares: tuple[Share, ...] = ()
    carried: int = 0
    after: str | None = None
    of: tuple[tuple[Figure, Slice, Value], ...] = ()

    @property
    def parts(self) -> int:
        return sum(s.parts for s in self.shares)


class MarkNotReached(ValueError):  # noqa: N818 - a sentence, as people read it
    """The ledger has not come to a mark; `why` says so in both languages."""

    def __init__(self, why: Label) -> None:
        super().__init__(str(why))
        self.why = why


def reached(programme: Programme, mark: int | None) -> int | None:
    """The mark, where the ledger has come so far; None, the current one, as it is. Raises MarkNotReached."""
    if mark is not None and not 0 <= mark <= programme.mark:
        zh = f"没有第 {mark} 次记账：台账记到第 {programme.mark} 次。"
        raise MarkNotReached(Label(zh, f"There is no mark {mark}: the ledger stands at mark {programme.mark}."))
    return mark


class Books:
    """Figures of a programme as known at `mark` (None: the current one). `mark` never moves; make new books to see later postings."""

    def __init__(self, programme: Programme, mark: int | None = None) -> None:
        self.programme = programme
        self.catalogue: Catalogue = catalogue()
        self.mark = facts.current_mark(programme) if mark is None else mark
        posted = Posting.objects.filter(programme=programme, mark=self.mark).values_list("at", flat=True).first()
        self._kept = _answers(programme.pk, self.mark, posted, id(self.catalogue))

    def value(self, code: str, slice_: Slice) -> Value:
        """The number of a figure. Raises KeyError where the catalogue has none of that code."""
        return self.values([code], slice_)[code]

    def values(self, codes: Iterable[str], slice_: Slice) -> dict[str, Value]:
        """The numbers of many figures for one slice."""
        codes = list(codes)
        missing = [self.catalogue.figures[c] for c in dict.fromkeys(codes) if (c, slice_) not in self._kept]
        if missing:
            found = facts.values(self.programme, missing, slice_, self.mark)
            self._kept.update({(code, slice_): value for code, value in found.items()})
        return {c: self._kept[c, slice_] for c in codes}

    def trace(self, code: str, slice_: Slice, after: str | None = None, limit: int = 50) -> Trace:
        """The entries behind a figure, a page at a time; `after` is that of the page before. Raises KeyError, and ValueError for a bad `after`."""
        figure = self.catalogue.figures[code]
        value = self.value(code, slice_)
        if figure.combine:
            return Trace(figure, slice_, value, of=tuple(self._parts(figure, slice_)))
        page = facts.shares(self.programme, figure, slice_, mark=self.mark, after=after, limit=limit)
        return Trace(figure, slice_, value, page.shares, page.carried, page.after)

    def _parts(self, figure: Figure, slice_: Slice) -> Iterable[tuple[Figure, Slice, Value]]:
        slices = within(figure, slice_) if figure.combine in OVER_PLACES else [slice_]
        for part in figure.parts:
            for one in slices:
                yield self.catalogue.figures[part], one, self.value(part, one)

    def resting_on(self, entry: int) -> list[Figure]:
        """The figures in which an entry counts for the days it took: those of which it is an entry, then those combined of them."""
        (fact,) = facts_of([entry])
        asked = self.slice((fact.begin, fact.end))
        found = [f for f in self.catalogue.figures.values() if stands_behind(fact, f, asked, self.catalogue.figures)]
        return sorted(found, key=lambda f: bool(f.combine))

    def series(self, code: str, slice_: Slice, years: Iterable[int]) -> list[tuple[int, Value]]:
        """The figure for each calendar year, the slice's places and units kept."""
        return self.series_of([code], slice_, years)[code]

    def series_of(self, codes: Iterable[str], slice_: Slice, years: Iterable[int]) -> dict[str, list[tuple[int, Value]]]:
        """Many figures for each calendar year: all of a year are asked for together."""
        codes = list(codes)
        found = {year: self.values(codes, replace(slice_, begin=date(year, 1, 1), end=date(year + 1, 1, 1))) for year in years}
        return {code: [(year, values[code]) for year, values in found.items()] for code in codes}

    def slice(
        self,
        period: Period | None = None,
        place: int | None = None,
        unit: int | None = None,
        project: int | None = None,
    ) -> Slice:
        """For what to ask: ids grown to their subtrees, with the villages designated at any time of the period.

        An id that does not exist gives a slice in which nothing lies.
        """
        begin, end = period or (None, None)
        villages = self._designated(begin, end)
        return Slice(
            begin=begin,
            end=end,
            places=None if place is None else subtrees(Place, [place])[0],
            units=None if unit is None else subtrees(Party, [unit])[0],
            project=project,
            designated=frozenset().union(*villages),
            compared=villages,
            counties=self._counties,
        )

    @cached_property
    def _counties(self) -> tuple[frozenset[int], ...]:
        """The subtrees of the counties among the programme's places and above them."""
        paths = self.programme.places.values_list("path", flat=True)
        above = {int(step) for path in paths for step in path.split("/") if step}
        return tuple(subtrees(Place, Place.objects.filter(pk__in=above, level="county").order_by("pk").values_list("pk", flat=True)))

    def _designated(self, begin: date | None, end: date | None) -> tuple[frozenset[int], ...]:
        """The subtrees of the villages whose designation holds on some day of the period, as known at the books' mark."""
        standing = facts.standing_at(Entry.objects.filter(programme=self.programme, kind=DESIGNATION), self.mark)
        spans = standing.exclude(place=None).values_list("place", "begin", "end")
        held = {p for p, since, until in spans if (end is None or since < end) and (begin is None or until is None or until > begin)}
        return tuple(subtrees(Place, sorted(held)))


@lru_cache(maxsize=16)
def _answers(programme: int, mark: int, posted: datetime | None, of: int) -> dict[tuple[str, Slice], Value]:  # noqa: ARG001 - they are the key
    """What was computed for a programme at a mark under a catalogue: filled by its books, dropped when others are asked more.

    When the mark was posted belongs to the key: a posting may be rolled back, and its mark given to another.
    """
    return {}

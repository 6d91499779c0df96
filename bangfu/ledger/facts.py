"""The only reader of the ledger for figures: their numbers, the entries behind them, and the entries as facts.

Numbers at the current mark come from the lines (`lines.py`), at any other mark from the entries (`matching.py`); traces always come from
the entries. All agree with `figures.evaluate` (invariant 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from django.db.models import F, QuerySet

from bangfu import figures
from bangfu.catalogue import Figure
from bangfu.figures import Fact, Share, Slice, Value
from bangfu.ledger import catalogue, lines, matching, traces
from bangfu.ledger.loading import facts_of, standing_facts
from bangfu.ledger.matching import Matching
from bangfu.ledger.models import Entry, Posting, Programme
from bangfu.ledger.traces import Bookmark, Page

T = TypeVar("T")


def value(programme: Programme, figure: Figure, slice_: Slice, mark: int | None = None) -> Value:
    """The number of one figure, equal to `figures.evaluate` over `facts(programme, mark)`."""
    return values(programme, [figure], slice_, mark)[figure.code]


def values(programme: Programme, wanted: Iterable[Figure], slice_: Slice, mark: int | None = None) -> dict[str, Value]:
    """The numbers of many figures for the same slice, by code: all of them at one mark, whatever is posted meanwhile."""
    wanted = list(wanted)
    return steady(programme, mark, lambda at: _values(programme, wanted, slice_, at))


def _values(programme: Programme, wanted: Sequence[Figure], slice_: Slice, at: int | None) -> dict[str, Value]:
    named = catalogue().figures
    known: dict[tuple[str, Slice], Value] = {}
    reader = reader_at(programme, at)
    if reader and len(wanted) > 1:
        parts = [named[code] for figure in wanted for code in figure.parts]
        reader.together([*(f for f in wanted if not f.combine), *(f for f in parts if not f.combine)], slice_)

    def find(figure: Figure, asked: Slice) -> Value:
        if figure.combine:
            return figures.combine(figure, asked, ask)
        if reader and reader.can(figure):
            return reader.value(figure, asked)
        return matching.value(programme.pk, figure, asked, at)

    def ask(code: str, asked: Slice) -> Value:
        if (code, asked) not in known:
            known[code, asked] = find(named[code], asked)
        return known[code, asked]

    return {f.code: find(f, slice_) for f in wanted}


def reader_at(programme: Programme, at: int | None) -> lines.Reader | None:
    """The lines, if they hold: at the current mark (None), and unless somebody has dropped them."""
    if at is not None:
        return None
    last = Posting.objects.filter(programme=programme, mark=F("programme__mark"), programme__kept=F("programme__mark"))
    since = last.values_list("at", flat=True).first()
    return lines.Reader(programme, since) if since else None


def steady(programme: Programme, mark: int | None, read: Callable[[int | None], T]) -> T:
    """What `read` gives at the mark asked for (None: the current one); it is told None for the current mark.

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


# --- traces


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

    def read(at: int | None) -> list[tuple[int, int]]:
        reader = reader_at(programme, at)
        enough = reader if reader and reader.can(figure) else None
        return traces.shares(Matching(programme.pk, figure, slice_, at), enough, start, limit + 1)

    found = steady(programme, asked, read)
    page = found[:limit]
    known = {fact.id: fact for fact in facts_of([entry for entry, _ in page])}
    here = tuple(Share(known[entry], parts) for entry, parts in page)
    carried = start.carried if start else 0
    next_ = None
    if len(found) > limit:
        last = here[-1].fact
        next_ = str(Bookmark(asked, last.begin, last.id, carried + sum(s.parts for s in here)))
    return Page(here, carried, next_, asked)


# --- facts


def facts(programme: Programme, mark: int | None = None) -> Iterator[Fact]:
    """All entries that stand at the mark, as the thinking half sees them, in the order of their ids."""
    return standing_facts(programme, current_mark(programme) if mark is None else mark)

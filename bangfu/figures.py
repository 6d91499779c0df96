"""The definition of every number: plain facts in, one number and its trace out.

`evaluate` is the meaning of a figure; SQL, kept totals and other engines must agree with it (invariant 7).
Measures are integers of their unit's smallest part; the result is a Decimal in the unit itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bangfu.catalogue.shapes import Figure, Fold
from bangfu.quantities import from_parts, unit


@dataclass(frozen=True, slots=True)
class Fact:
    """An entry as the thinking half sees it: ids instead of records, measures as integers of the smallest part.

    `begin` and `end` are half-open; `end` is None while a state still holds.
    """

    id: int
    kind: str
    begin: date
    end: date | None = None
    category: str = ""
    counts_to: str = ""
    title: str = ""
    unit: int | None = None
    place: int | None = None
    party: int | None = None
    project: int | None = None
    household: int | None = None
    persons: tuple[int, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slice:
    """For what a figure is asked: the period `[begin, end)`, and sets of ids that already hold whole subtrees. None means all.

    `designated` are the places of the programme's designated villages (subtrees), for figures with a scope;
    `compared` are the subtrees over which least and most look, `counties` those that reached counts when it counts counties.
    """

    begin: date | None = None
    end: date | None = None
    places: frozenset[int] | None = None
    units: frozenset[int] | None = None
    project: int | None = None
    designated: frozenset[int] = frozenset()
    compared: tuple[frozenset[int], ...] = ()
    counties: tuple[frozenset[int], ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """What a figure came to. `value` is None where there is nothing to say (a ratio over nothing); `entries` stand behind it."""

    value: Decimal | None
    entries: int


@dataclass(frozen=True, slots=True)
class Share:
    """One entry of a trace and what it adds, in smallest parts: shares always add up to the figure (invariant 7)."""

    fact: Fact
    parts: int


def evaluate(figure: Figure, facts: Iterable[Fact], slice_: Slice, figures: Mapping[str, Figure] | None = None) -> Value:
    """The number of `figure` for `slice_` over `facts` (each live at the mark asked for).

    `figures` is needed for combinations only. Sums of nothing are 0 with no entries behind them.
    """
    if figure.combine:
        facts = list(facts)
        named = figures or {}

        def ask(code: str, asked: Slice) -> Value:
            return evaluate(named[code], facts, asked, named)

        return combine(figure, slice_, ask)
    shares = list(trace(figure, facts, slice_))
    return Value(from_parts(sum(s.parts for s in shares), figure.unit), len(shares))


def trace(figure: Figure, facts: Iterable[Fact], slice_: Slice) -> Iterator[Share]:
    """The entries behind a folded figure, oldest first, each with what it adds (shape: Share per matching fact)."""
    matching = sorted((f for f in facts if matches(figure, f, slice_)), key=lambda f: (f.begin, f.id))
    yield from FOLDS[figure.fold or Fold.COUNT](figure, matching)


def matches(figure: Figure, fact: Fact, slice_: Slice) -> bool:
    """Whether `fact` belongs to `figure` in `slice_`.

    An entry counts where it begins; last and standing look at the slice's last day (DESIGN.md, Period).
    """
    return (
        fact.kind in figure.kinds
        and _in_period(figure, fact, slice_)
        and (slice_.places is None or fact.place in slice_.places)
        and (slice_.units is None or fact.unit in slice_.units)
        and (slice_.project is None or fact.project == slice_.project)
        and (figure.scope == "any" or (figure.scope == "designated") == (fact.place in slice_.designated))
        and all(_word(fact, key) in words for key, words in figure.where.items())
        and (figure.measure is None or figure.measure in fact.measures)
    )


def stands_behind(fact: Fact, figure: Figure, slice_: Slice, figures: Mapping[str, Figure]) -> bool:
    """Whether `fact` is an entry of the trace of `figure` in `slice_`, or of one that it is combined of, in a place over which it looks.

    Alone, that is: of several entries about one thing only the latest counts in the end. `figures` names the parts of combinations.
    """
    if figure.combine:
        slices = within(figure, slice_) if figure.combine in OVER_PLACES else [slice_]
        return any(stands_behind(fact, figures[part], one, figures) for part in figure.parts for one in slices)
    return any(share.parts or figure.measure for share in trace(figure, [fact], slice_))


def _in_period(figure: Figure, fact: Fact, slice_: Slice) -> bool:
    if slice_.end is not None and fact.begin >= slice_.end:
        return False
    if figure.fold is Fold.LAST:
        return True
    if figure.fold is Fold.STANDING:
        return fact.end is None or (slice_.end is not None and fact.end >= slice_.end)
    return slice_.begin is None or fact.begin >= slice_.begin


def _word(fact: Fact, key: str) -> str | None:
    if key == "category":
        return fact.category
    if key == "counts_to":
        return fact.counts_to
    return fact.facets.get(key)


def keys(fact: Fact, of: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    """The things `fact` is about, by the names in `of`: one key, several where it names several persons, none where one is unknown."""
    one: list[object] = []
    for name in of:
        if name == "person":
            continue
        value = fact.id if name == "entry" else getattr(fact, name)
        if value is None or value == "":
            return
        one.append(value)
    if "person" in of:
        for person in fact.persons:
            yield (*one, person)
    else:
        yield tuple(one)


def _sum(figure: Figure, facts: list[Fact]) -> Iterator[Share]:
    for fact in facts:
        yield Share(fact, fact.measures[figure.measure or ""])


def _count(figure: Figure, facts: list[Fact]) -> Iterator[Share]:
    one = unit(figure.unit).parts
    for fact in facts:
        yield Share(fact, one)


def _distinct(figure: Figure, facts: list[Fact]) -> Iterator[Share]:
    one = unit(figure.unit).parts
    seen: set[tuple[object, ...]] = set()
    for fact in facts:
        new = set(keys(fact, figure.of)) - seen
        seen |= new
        yield Share(fact, len(new) * one)


def _last(figure: Figure, facts: list[Fact]) -> Iterator[Share]:
    latest: dict[tuple[object, ...], Fact] = {}
    for fact in facts:  # oldest first, so the last one stays
        for key in keys(fact, figure.of):
            latest[key] = fact
    last = {fact.id: fact for fact in latest.values()}
    yield from _sum(figure, sorted(last.values(), key=lambda f: (f.begin, f.id)))


def _standing(figure: Figure, facts: list[Fact]) -> Iterator[Share]:
    if figure.measure:
        yield from _sum(figure, facts)
    elif figure.of:
        yield from _distinct(figure, facts)
    else:
        yield from _count(figure, facts)


FOLDS: dict[Fold, Callable[[Figure, list[Fact]], Iterator[Share]]] = {
    Fold.SUM: _sum,
    Fold.COUNT: _count,
    Fold.DISTINCT: _distinct,
    Fold.LAST: _last,
    Fold.STANDING: _standing,
}

Ask = Callable[[str, Slice], Value]


def combine(figure: Figure, slice_: Slice, ask: Ask) -> Value:
    """The number of a combination: `ask(code, slice)` answers for its parts. Its trace is the traces of its parts."""
    return COMBINE[figure.combine or ""](figure, slice_, ask)


def _ratio(figure: Figure, slice_: Slice, ask: Ask) -> Value:
    above, below = (ask(code, slice_) for code in figure.parts)
    entries = above.entries + below.entries
    if above.value is None or not below.value or not above.entries:
        return Value(None, entries)
    factor = 100 if figure.unit == "percent" else 1
    return Value((above.value * factor / below.value).quantize(Decimal("0.01")), entries)


def _difference(figure: Figure, slice_: Slice, ask: Ask) -> Value:
    first, *others = (ask(code, slice_) for code in figure.parts)
    entries = first.entries + sum(o.entries for o in others)
    if first.value is None or any(o.value is None for o in others):
        return Value(None, entries)
    return Value(first.value - sum((o.value for o in others if o.value is not None), Decimal(0)), entries)


def _total(figure: Figure, slice_: Slice, ask: Ask) -> Value:
    values = [ask(code, slice_) for code in figure.parts]
    known = [v.value for v in values if v.value is not None]
    return Value(sum(known, Decimal(0)) if known else None, sum(v.entries for v in values))


def within(figure: Figure, slice_: Slice) -> list[Slice]:
    """The slices of the single places over which a figure looks: counties for one that counts counties, else the compared villages."""
    places = slice_.counties if figure.unit == "county" else slice_.compared
    inside = [p if slice_.places is None else p & slice_.places for p in places]
    return [replace(slice_, places=p) for p in inside if p]


def _over_places(pick: Callable[[Iterable[Decimal]], Decimal]) -> Callable[[Figure, Slice, Ask], Value]:
    def compare(figure: Figure, slice_: Slice, ask: Ask) -> Value:
        (part,) = figure.parts
        values = [ask(part, one) for one in within(figure, slice_)]
        known = [v.value for v in values if v.value is not None and v.entries]
        return Value(pick(known) if known else None, sum(v.entries for v in values))

    return compare


def _reached(figure: Figure, slice_: Slice, ask: Ask) -> Value:
    """How many places have anything of the part at all."""
    (part,) = figure.parts
    found = [v.entries for one in within(figure, slice_) if (v := ask(part, one)).entries]
    return Value(Decimal(len(found)), sum(found))


OVER_PLACES = frozenset({"least", "most", "reached"})
"""Combinations that ask for their part place by place."""

COMBINE: dict[str, Callable[[Figure, Slice, Ask], Value]] = {
    "ratio": _ratio,
    "difference": _difference,
    "total": _total,
    "least": _over_places(min),
    "most": _over_places(max),
    "reached": _reached,
}

"""Why is 4 now 4.6: the entries that did it, adding up to the change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from bangfu.catalogue.shapes import Label
from bangfu.figures import Fact, Share, evaluate, trace
from bangfu.office.reports.compose import compose
from bangfu.office.reports.difference import difference
from bangfu.office.reports.outline import Annex, Outline
from bangfu.quantities import from_parts

PERIOD = (date(2015, 1, 1), date(2021, 1, 1))
OUTLINE = Outline(
    "x",
    Label("x", "x"),
    Label("x", "x"),
    (),
    (Annex(Label("x", "x"), ("input", "trainings", "trained", "villages", "each_training"), "total"),),
)


@dataclass
class Page:
    shares: tuple[Share, ...] = ()
    after: str | None = None
    of: tuple = ()


class TracedBooks:
    """Books in memory whose traces come two entries a page."""

    def __init__(self, books, facts, mark):
        self.catalogue, self.facts, self.mark, self.slice, self.books = (
            books.catalogue,
            facts,
            mark,
            books.slice,
            replace(books, facts=facts),
        )

    def values(self, codes, slice_):
        return self.books.values(codes, slice_)

    def value(self, code, slice_):
        return evaluate(self.catalogue.figures[code], self.facts, slice_, self.catalogue.figures)

    def trace(self, code, slice_, after=None, limit=50):
        figure = self.catalogue.figures[code]
        if figure.combine:
            return Page(of=tuple((self.catalogue.figures[p], slice_, self.value(p, slice_)) for p in figure.parts))
        shares = list(trace(figure, self.facts, slice_))
        start = int(after or 0)
        return Page(tuple(shares[start : start + 2]), str(start + 2) if start + 2 < len(shares) else None)


@pytest.fixture
def changed(books, catalogue, about):
    """The report of the books as they were, and the function that says what other facts change in it."""
    document = compose(books, OUTLINE, PERIOD, catalogue=catalogue, about=about)

    def against(later, successors=None):
        return {
            c.source.code: c
            for c in difference(document, TracedBooks(books, books.facts, 7), TracedBooks(books, later, 9), catalogue, successors)
        }

    return against


def test_nothing_changed(books, changed):
    assert changed(books.facts) == {}


def test_an_entry_added(books, changed):
    """A third payment of 6,000.00 yuan: 4 万元 are now 4.6."""
    payment = Fact(7, "payment", date(2020, 2, 1), place=12, measures={"amount": 600_000})
    (change,) = changed([*books.facts, payment]).values()
    assert (change.before, change.after.value) == (Decimal(40000), Decimal(46000))
    (line,) = change.lines
    assert (line.fact.id, line.before, line.after, line.replaces) == (7, None, 600_000, None)


def test_an_entry_amended_is_one_line(books, changed):
    """Entry 3 (15,000) is replaced by entry 8 (15,600)."""
    amended = replace(books.facts[2], id=8, measures={"amount": 1_560_000})
    later = [f for f in books.facts if f.id != 3] + [amended]
    (change,) = changed(later, {3: 8}).values()
    (line,) = change.lines
    assert line.replaces is not None
    assert (line.fact.id, line.replaces.id, line.before, line.after) == (8, 3, 1_500_000, 1_560_000)


def test_an_entry_voided_and_what_rests_on_it(books, changed):
    found = changed([f for f in books.facts if f.id != 5])
    assert set(found) == {"trainings", "trained", "each_training"}
    assert [(line.figure.code, line.fact.id, line.before, line.after) for line in found["each_training"].lines] == [
        ("trained", 5, 60, None),
        ("trainings", 5, 1, None),
    ]


def test_the_lines_add_up_to_the_change(books, changed):
    later = [f for f in books.facts if f.id not in {2, 3, 5}]
    later += [
        Fact(9, "payment", date(2018, 1, 1), place=11, measures={"amount": 100}),
        replace(books.facts[4], id=10, measures={"attendances": 61}),
    ]
    found = changed(later, {5: 10})
    for code in ("input", "trained", "villages"):
        change = found[code]
        assert from_parts(sum(line.parts for line in change.lines), change.source.unit) == (change.after.value or 0) - (change.before or 0)


def test_a_definition_that_changed_is_said(books, catalogue, about):
    document = compose(books, OUTLINE, PERIOD, catalogue=catalogue, about=about)
    catalogue.figures["trained"] = replace(catalogue.figures["trained"], kinds=("lecture",))
    found = difference(document, TracedBooks(books, facts_of(books), 7), TracedBooks(books, facts_of(books), 9), catalogue)
    assert {c.source.code: c.redefined for c in found} == {"trained": True, "each_training": True}


def facts_of(books):
    return list(books.facts)

"""Invariant 7: SQL says what `evaluate` says, for every figure, in any slice, at any mark; a trace adds up to its figure."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bangfu.figures import Fact, Slice, evaluate
from bangfu.ledger import catalogue, facts, lines
from bangfu.ledger.models import Entry, Line, Total, Variety
from bangfu.ledger.post import Draft, post, void
from bangfu.office.books import Books
from bangfu.quantities import to_parts
from tests.ledger.conftest import designate
from tests.ledger.world import World, drafts

AT_ONE_MARK = 120


@pytest.fixture
def busy(office: Any, world: World) -> Any:
    """An office at work: entries of every kind over six years, some amended, some voided, over six marks."""
    designate(office, "甲村", "丙村")
    designate(office, "丁村", begin=date(2018, 1, 1), end=date(2019, 7, 1))
    write(office, world, seed=1)
    standing = list(Entry.objects.filter(ended=None).values_list("pk", flat=True))
    rng = random.Random(2)
    again = [replace(d, supersedes=e) for d, e in zip(drafts(catalogue(), world, 40, seed=3), rng.sample(standing, 40), strict=True)]
    post(office.programme, again, by=office.clerk, verb="amend", reason="核对凭证")
    standing = list(Entry.objects.filter(ended=None).values_list("pk", flat=True))
    void(office.programme, rng.sample(standing, 15), by=office.clerk, reason="重复登记")
    write(office, world, seed=4)
    return office


def write(office: Any, world: World, seed: int) -> None:
    number = max(AT_ONE_MARK, 6 * len(catalogue().kinds))
    post(office.programme, drafts(catalogue(), world, number, seed), by=office.clerk)


def slices(office: Any, books: Books, world: World) -> list[Slice]:
    """Narrow and wide, with whole and with broken months."""
    county, village = office.places["新龙县"].pk, office.places["丙村"].pk
    return [
        books.slice(),
        books.slice((date(2016, 1, 1), date(2017, 1, 1))),
        books.slice((date(2016, 3, 14), date(2018, 7, 2)), place=county),
        books.slice((None, date(2018, 2, 1)), unit=office.units["vet"].pk),
        books.slice((date(2017, 6, 1), None), place=village, unit=office.units["agro"].pk),
        books.slice((date(2016, 1, 20), date(2016, 1, 25))),
        books.slice(project=world.projects[1]),
        books.slice(place=0),
    ]


@pytest.mark.usefixtures("small_catalogue")
def test_sql_equals_evaluate(busy: Any, world: World) -> None:
    sql_equals_evaluate(busy, world)


def test_sql_equals_evaluate_for_every_figure_of_the_catalogue(busy: Any, world: World) -> None:
    sql_equals_evaluate(busy, world)


@pytest.mark.usefixtures("small_catalogue")
def test_lines_can_be_dropped_and_made_again(busy: Any, world: World) -> None:
    """Invariant 1: without its lines the ledger says the same; made anew they are the same, and the next posting keeps them on."""
    before = kept_lines(busy)
    assert before
    lines.drop(busy.programme)
    assert kept_lines(busy) == []
    sql_equals_evaluate(busy, world)
    post(busy.programme, drafts(catalogue(), world, 30, seed=5), by=busy.clerk)
    assert kept_lines(busy) == []
    void(busy.programme, Entry.objects.filter(ended=None).order_by("-pk").values_list("pk", flat=True)[:30], by=busy.clerk, reason="试记")
    assert lines.rebuild(busy.programme) == busy.programme.mark
    assert kept_lines(busy) == before
    post(busy.programme, drafts(catalogue(), world, 30, seed=5), by=busy.clerk)
    assert len(kept_lines(busy)) > len(before)
    sql_equals_evaluate(busy, world)


def kept_lines(office: Any) -> list[Any]:
    names = {v.pk: (v.kind, v.category, v.counts_to, v.facets, v.measure) for v in Variety.objects.filter(programme=office.programme)}
    kept = [(names[v], *rest) for v, *rest in Line.objects.filter(variety__in=names).values_list(*lines.COLUMNS)]
    totals = [(names[v], *rest) for v, *rest in Total.objects.filter(variety__in=names).values_list("variety", "year", "lines", "value")]
    return sorted((one for one in (*kept, *totals) if one[2]), key=str)


def sql_equals_evaluate(office: Any, world: World) -> None:
    known = catalogue().figures
    for mark in (None, 3, 0):
        books = Books(office.programme, mark)
        entries = list(facts.facts(office.programme, mark))
        for slice_ in slices(office, books, world):
            found = facts.values(office.programme, known.values(), slice_, mark)
            for code, figure in known.items():
                assert found[code] == evaluate(figure, entries, slice_, known), (code, slice_, mark)


@pytest.mark.usefixtures("small_catalogue")
def test_traces_add_up(busy: Any, world: World) -> None:
    traces_add_up(busy, world)


def test_traces_add_up_for_every_figure_of_the_catalogue(busy: Any, world: World) -> None:
    traces_add_up(busy, world)


def traces_add_up(office: Any, world: World) -> None:
    from bangfu.figures import trace

    for mark in (None, 3):
        books = Books(office.programme, mark)
        entries = list(facts.facts(office.programme, mark))
        for slice_ in slices(office, books, world)[1:3]:
            books.values(catalogue().figures, slice_)
            for code, figure in catalogue().figures.items():
                if figure.combine:
                    assert [part.code for part, _, _ in books.trace(code, slice_).of]
                    continue
                expected = [(s.fact.id, s.parts) for s in trace(figure, entries, slice_)]
                walked, after, carried = [], None, 0
                while True:
                    page = books.trace(code, slice_, after, limit=23)
                    assert page.carried == carried
                    walked += [(s.fact.id, s.parts) for s in page.shares]
                    carried += page.parts
                    if not (after := page.after):
                        break
                assert walked == expected, (code, slice_, mark)
                assert carried == to_parts(page.value.value, figure.unit)


@pytest.mark.usefixtures("small_catalogue")
def test_facts_are_what_was_posted(office: Any, world: World) -> None:
    draft = Draft(
        "payment",
        date(2019, 3, 1),
        title="产业路",
        counts_to="input",
        place=world.places[2],
        project=world.projects[1],
        measures={"amount": 125_000},
        details={"remark": "含运费"},
    )
    post(office.programme, [draft], by=office.clerk)
    (fact,) = facts.facts(office.programme)
    assert fact == Fact(
        fact.id,
        "payment",
        date(2019, 3, 1),
        title="产业路",
        counts_to="input",
        place=world.places[2],
        project=world.projects[1],
        measures={"amount": 125_000},
    )


@pytest.mark.usefixtures("small_catalogue")
def test_a_trace_goes_on_at_its_own_mark(office: Any, world: World) -> None:
    """Somebody posts between two pages of a trace: the second page still belongs to the first."""
    post(office.programme, [Draft("visit", date(2019, 1, d), household=world.households[1]) for d in (1, 2, 3)], by=office.clerk)
    figure, everything = catalogue().figures["records"], Slice()
    first = facts.shares(office.programme, figure, everything, limit=2)
    post(office.programme, [Draft("visit", date(2019, 1, 4), household=world.households[1])], by=office.clerk)
    second = facts.shares(office.programme, figure, everything, after=first.after, limit=2)
    assert (first.parts, second.carried, second.parts, second.after) == (2, 2, 1, None)


@pytest.mark.usefixtures("small_catalogue")
def test_a_stranger_sees_nothing_of_it(busy: Any) -> None:
    assert list(facts.facts(busy.elsewhere)) == []
    assert facts.value(busy.elsewhere, catalogue().figures["records"], Slice()).entries == 0

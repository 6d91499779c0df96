"""A list shows every entry once, in order, and its totals are those of just what it shows, whether lines help or not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bangfu.figures import Fact, Slice
from bangfu.ledger import facts, lines, people
from bangfu.ledger.listing import Order, listed, totals
from bangfu.ledger.models import Entry, Party, Project
from bangfu.ledger.post import Draft, post, void
from bangfu.office.books import Books
from tests.ledger.world import CATALOGUE, World, drafts

pytestmark = pytest.mark.usefixtures("small_catalogue")


@pytest.fixture
def busy(office: Any, world: World) -> Any:
    post(office.programme, drafts(CATALOGUE, world, 150), by=office.clerk)
    void(office.programme, Entry.objects.order_by("pk").values_list("pk", flat=True)[:20], by=office.clerk, reason="重复登记")
    return office


def walk(office: Any, slice_: Slice, **more: Any) -> list[int]:
    """All pages of a list."""
    found: list[int] = []
    after = None
    while True:
        page = listed(office.programme, slice_, after=after, limit=7, **more)
        found += page.ids
        if not (after := page.after):
            return found


def inside(fact: Fact, slice_: Slice, kind: str = "") -> bool:
    return (
        kind in {"", fact.kind}
        and (slice_.begin is None or slice_.begin <= fact.begin)
        and (slice_.end is None or fact.begin < slice_.end)
        and (slice_.places is None or fact.place in slice_.places)
        and (slice_.units is None or fact.unit in slice_.units)
        and (slice_.project is None or fact.project == slice_.project)
    )


def slices(office: Any, world: World) -> list[Slice]:
    books = Books(office.programme)
    return [
        books.slice(),
        books.slice((date(2016, 2, 3), date(2018, 7, 1)), place=office.places["新龙县"].pk),
        books.slice((date(2017, 1, 1), date(2018, 1, 1)), unit=office.units["vet"].pk),
        books.slice(project=world.projects[1]),
    ]


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("kind", ["", "payment", "training"])
def test_pages_and_totals(busy: Any, world: World, kind: str, kept: bool) -> None:
    if not kept:
        lines.drop(busy.programme)
    for mark in (None, 1):
        known = list(facts.facts(busy.programme, mark))
        for slice_ in slices(busy, world):
            expected = sorted((f for f in known if inside(f, slice_, kind)), key=lambda f: (f.begin, f.id))
            ids = [f.id for f in expected]
            assert walk(busy, slice_, kind=kind, mark=mark, order=Order(rising=True)) == ids
            assert walk(busy, slice_, kind=kind, mark=mark) == ids[::-1]
            found = totals(busy.programme, slice_, kind=kind, mark=mark)
            assert found.count == len(expected) == sum(found.kinds.values())
            if kind:
                names = {name for f in expected for name in f.measures}
                assert found.sums == {n: sum(f.measures.get(n, 0) for f in expected) for n in names}


@pytest.mark.parametrize("kept", [True, False])
def test_sorted_by_a_measure(busy: Any, kept: bool) -> None:
    if not kept:
        lines.drop(busy.programme)
    known = [f for f in facts.facts(busy.programme) if f.kind == "payment" and "amount" in f.measures]
    ids = [f.id for f in sorted(known, key=lambda f: (f.measures["amount"], f.id))]
    assert walk(busy, Slice(), kind="payment", order=Order("amount", rising=True)) == ids
    assert walk(busy, Slice(), kind="payment", order=Order("amount")) == ids[::-1]


@pytest.mark.parametrize("text", ["PAYMENT 1", "项目1"])
def test_pages_and_totals_of_a_text(busy: Any, world: World, text: str) -> None:
    """A text is found in the same entries whether the lines are asked or, at a past mark and without lines, the entries."""
    names = {p: p.name for p in (*Party.objects.all(), *Project.objects.all())}
    found_in = {(type(p), p.pk) for p, name in names.items() if text.casefold() in name.casefold()}

    def says(fact: Fact) -> bool:
        return text.casefold() in fact.title.casefold() or not found_in.isdisjoint({(Party, fact.party), (Project, fact.project)})

    for kept, mark in ((True, None), (True, 1), (False, None)):
        if not kept:
            lines.drop(busy.programme)
        known = [f for f in facts.facts(busy.programme, mark) if says(f)]
        for slice_ in slices(busy, world):
            for kind in ("", "payment"):
                asked = {"kind": kind, "text": text, "mark": mark}
                expected = [f for f in known if inside(f, slice_, kind)]
                ids = [f.id for f in sorted(expected, key=lambda f: (f.begin, f.id))]
                assert walk(busy, slice_, order=Order(rising=True), **asked) == ids
                assert walk(busy, slice_, **asked) == ids[::-1]
                assert totals(busy.programme, slice_, **asked).count == len(ids)
            paid = sorted((f for f in expected if "amount" in f.measures), key=lambda f: (-f.measures["amount"], -f.id))
            assert walk(busy, slice_, order=Order("amount"), **asked) == [f.id for f in paid]
            assert totals(busy.programme, slice_, **asked).sums.get("amount", 0) == sum(f.measures["amount"] for f in paid)


def test_text_finds_titles_projects_and_parties_and_never_people(office: Any, world: World) -> None:
    one = people.person(office.programme, "扎西")
    home = people.household(office.programme, "次仁")
    entries = [
        Draft("training", date(2019, 1, 1), title="电商培训"),
        Draft("payment", date(2019, 1, 2), title="路", project=world.projects[1], party=world.parties[1]),
        Draft("posting", date(2019, 1, 3), persons=(one,)),
        Draft("visit", date(2019, 1, 4), household=home),
    ]
    post(office.programme, entries, by=office.clerk)
    first = Entry.objects.order_by("pk").values_list("pk", flat=True)[0]
    for text, expected in {
        "电商": [0],
        "项目0": [1],
        "甲公司": [1],
        "扎西": [],
        "次仁": [],
        "100%": [],
        "": [3, 2, 1, 0],
    }.items():
        assert walk(office, Slice(), text=text) == [first + n for n in expected], text
        assert totals(office.programme, Slice(), text=text).count == len(expected)


def test_a_page_that_begins_nowhere(office: Any) -> None:
    for after in ("x", "2019-01-01", "~", "2019-01-01~x"):
        with pytest.raises(ValueError, match=r"."):
            listed(office.programme, Slice(), after=after)


def test_orders_are_read_as_written() -> None:
    for text in ("", "oldest", "amount", "-amount"):
        assert str(Order.read(text, ["amount"])) == text
    assert Order.read("height", ["amount"]) == Order()

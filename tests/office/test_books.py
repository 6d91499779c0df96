"""The books of a programme: a slice from ids, the same answer while the mark stands, traces and series."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from bangfu.ledger.models import Programme
from bangfu.ledger.post import Draft, post, void
from bangfu.office.books import Books
from tests.ledger.conftest import designate, small_catalogue, world

__all__ = ["small_catalogue", "world"]  # fixtures

pytestmark = pytest.mark.usefixtures("small_catalogue")

YEAR_2019 = (date(2019, 1, 1), date(2020, 1, 1))


def training(office: Any, village: str, day: date = date(2019, 3, 1), sessions: int = 1) -> Draft:
    return Draft(
        "training", day, title="电商", place=office.places[village].pk, unit=office.units["vet"].pk, measures={"sessions": sessions}
    )


def test_a_slice_holds_whole_subtrees(office: Any) -> None:
    books = Books(office.programme)
    slice_ = books.slice(YEAR_2019, place=office.places["新龙县"].pk, unit=office.helper.pk)
    assert (slice_.begin, slice_.end) == YEAR_2019
    assert slice_.places == {office.places[n].pk for n in ("新龙县", "甲村", "乙村")}
    assert slice_.units == {office.helper.pk, *(u.pk for u in office.units.values())}
    assert books.slice(place=0).places == frozenset()
    assert {frozenset(c) for c in slice_.counties} == {
        frozenset(office.places[n].pk for n in names) for names in (("新龙县", "甲村", "乙村"), ("开江县", "丙村", "丁村"))
    }


@pytest.mark.parametrize(
    ("period", "villages"),
    [
        (None, {"甲村", "丙村"}),
        ((date(2016, 1, 1), date(2017, 1, 1)), {"甲村"}),
        ((date(2018, 1, 1), date(2018, 6, 1)), {"甲村", "丙村"}),
        ((date(2018, 5, 31), None), {"甲村", "丙村"}),
        ((date(2018, 6, 1), None), {"丙村"}),
        ((None, date(2015, 8, 1)), set()),
    ],
)
def test_villages_designated_on_some_day_of_the_period(office: Any, period: Any, villages: set[str]) -> None:
    designate(office, "甲村", begin=date(2015, 8, 1), end=date(2018, 6, 1))
    designate(office, "丙村", begin=date(2018, 1, 1))
    slice_ = Books(office.programme).slice(period)
    assert slice_.designated == {office.places[v].pk for v in villages}
    assert sorted(slice_.compared, key=min) == sorted(({office.places[v].pk} for v in villages), key=min)
    assert Books(office.programme, mark=0).slice(period).designated == frozenset()


def test_books_stay_at_their_mark(office: Any) -> None:
    post(office.programme, [training(office, "甲村")], by=office.clerk)
    first = Books(office.programme)
    post(office.programme, [training(office, "乙村")], by=office.clerk)
    second = Books(office.programme)
    assert [b.value("trainings", b.slice()).value for b in (first, second)] == [1, 2]
    assert [b.value("trainings", b.slice()).value for b in (first, Books(office.programme, mark=1))] == [1, 1]


def test_the_same_question_is_computed_once(office: Any, django_assert_num_queries: Any) -> None:
    post(office.programme, [training(office, "甲村")], by=office.clerk)
    slice_ = Books(office.programme).slice(YEAR_2019)
    found = Books(office.programme).values(["trainings", "records"], slice_)
    again = Books(office.programme)
    with django_assert_num_queries(0):
        assert again.values(["trainings", "records"], slice_) == found


def test_a_mark_that_was_rolled_back_leaves_no_answer(office: Any) -> None:
    """A posting that failed had the mark that the next one gets: what was computed in between is not believed."""
    savepoint = transaction.savepoint()
    post(office.programme, [training(office, "甲村", sessions=9)], by=office.clerk)
    books = Books(office.programme)
    assert books.value("trainings", books.slice()).value == 9
    transaction.savepoint_rollback(savepoint)
    post(Programme.objects.get(pk=office.programme.pk), [training(office, "甲村")], by=office.clerk)
    books = Books(office.programme)
    assert books.mark == 1
    assert books.value("trainings", books.slice()).value == 1


def test_a_trace_has_pages_and_a_combination_its_parts(office: Any) -> None:
    designate(office, "甲村", "丙村")
    money = [("甲村", 30), ("丙村", 10), ("乙村", 60)]
    drafts = [
        Draft("payment", date(2019, 5, 1), title="路", counts_to="input", place=office.places[v].pk, measures={"amount": n * 100})
        for v, n in money
    ]
    post(office.programme, drafts, by=office.clerk)
    books = Books(office.programme)
    slice_ = books.slice()
    first = books.trace("input", slice_, limit=2)
    second = books.trace("input", slice_, after=first.after, limit=2)
    assert (first.value.value, first.parts, second.carried, second.parts, second.after) == (100, 4000, 4000, 6000, None)
    assert [s.fact.place for s in (*first.shares, *second.shares)] == [office.places[v].pk for v, _ in money]
    share = books.trace("share_inside", slice_)
    assert share.value.value == Decimal("40.00")
    assert [(f.code, v.value) for f, _, v in share.of] == [("input_inside", 40), ("input", 100)]
    least = books.trace("least_input", slice_)
    assert (least.value.value, [v.value for _, _, v in least.of]) == (10, [30, 10])
    with pytest.raises(ValueError, match=r"."):
        books.trace("input", slice_, after="nonsense")
    with pytest.raises(KeyError):
        books.value("no such figure", slice_)


def test_a_series_of_years(office: Any) -> None:
    drafts = [training(office, "甲村", date(year, 6, 1), year - 2015) for year in (2016, 2017, 2019)]
    post(office.programme, drafts, by=office.clerk)
    books = Books(office.programme)
    series = books.series("trainings", books.slice(place=office.places["甲村"].pk), range(2015, 2020))
    assert [(year, value.value) for year, value in series] == [(2015, 0), (2016, 1), (2017, 2), (2018, 0), (2019, 4)]


def test_what_ended_counts_no_more(office: Any) -> None:
    post(office.programme, [training(office, "甲村"), training(office, "乙村")], by=office.clerk)
    books = Books(office.programme)
    entry = books.trace("trainings", books.slice()).shares[0].fact.id
    void(office.programme, [entry], by=office.clerk, reason="重复登记")
    later = Books(office.programme)
    assert (books.value("trainings", books.slice()).value, later.value("trainings", later.slice()).value) == (2, 1)

"""The one filter of all pages: what people type as a period, and the address it is kept in."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.web.filter import Filter, UnreadablePeriod, read_period, write_period


@pytest.mark.parametrize(
    ("typed", "begin", "end"),
    [
        ("", None, None),
        ("2019", date(2019, 1, 1), date(2020, 1, 1)),
        ("2019年", date(2019, 1, 1), date(2020, 1, 1)),
        ("2019-03", date(2019, 3, 1), date(2019, 4, 1)),
        ("2019年12月", date(2019, 12, 1), date(2020, 1, 1)),
        ("2019Q3", date(2019, 7, 1), date(2019, 10, 1)),
        ("2019年三季度", date(2019, 7, 1), date(2019, 10, 1)),
        ("2015-2020", date(2015, 1, 1), date(2021, 1, 1)),
        ("2015年至2020年", date(2015, 1, 1), date(2021, 1, 1)),
        ("2019-03-01..2019-06-30", date(2019, 3, 1), date(2019, 7, 1)),
        ("2019..", date(2019, 1, 1), None),
        ("..2019", None, date(2020, 1, 1)),
        ("2019.3.5", date(2019, 3, 5), date(2019, 3, 6)),
    ],
)
def test_a_period_as_people_type_it(typed: str, begin: date | None, end: date | None) -> None:
    assert read_period(typed) == (begin, end)


@pytest.mark.parametrize("typed", ["去年", "2019-13", "2020..2019", "2019-02-30", "..", "20199", "2019..2020..2021"])
def test_what_is_no_period_is_refused(typed: str) -> None:
    with pytest.raises(UnreadablePeriod):
        read_period(typed)


DAYS = st.dates(date(1950, 1, 1), date(2090, 1, 1))


@given(st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS))
def test_a_written_period_reads_back(begin: date | None, end: date | None) -> None:
    if begin is None or end is None or begin < end:
        assert read_period(write_period(begin, end)) == (begin, end)


def test_the_filter_is_kept_in_the_address() -> None:
    asked = Filter.read({"period": "2019", "place": "3", "unit": "x", "q": " 培训 ", "mark": "7"})
    assert (asked.place, asked.unit, asked.text, asked.mark) == (3, None, "培训", 7)
    assert asked.query() == "?period=2019&place=3&q=%E5%9F%B9%E8%AE%AD&mark=7"
    assert asked.query(q=None, mark=None, after="5~6") == "?period=2019&place=3&after=5~6"


def test_an_unreadable_period_is_shown_again_and_not_obeyed() -> None:
    asked = Filter.read({"period": "大前年"})
    assert (asked.begin, asked.end, asked.period) == (None, None, "大前年")

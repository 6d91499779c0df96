"""A cell's text and what it means. What cannot be read is a problem with a sentence, never zero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.catalogue import Choice, Field, FieldType, Kind, Label
from bangfu.catalogue.reading import (
    Period,
    Problem,
    is_blank,
    read_choice,
    read_code,
    read_date,
    read_field,
    read_flag,
    read_identity,
    read_name,
    read_number,
    read_row,
    to_parts,
)


def day(year: int, month: int, day_: int) -> date:
    return date(year, month, day_)


@pytest.mark.parametrize(
    ("text", "year", "begin", "last"),
    [
        ("2020.3.5", None, day(2020, 3, 5), None),
        ("2020-03-05", None, day(2020, 3, 5), None),
        ("2020年3月", None, day(2020, 3, 1), None),
        ("20200305", None, day(2020, 3, 5), None),
        ("202003", None, day(2020, 3, 1), None),
        ("2020", None, day(2020, 1, 1), None),
        ("2019-3至5月", None, day(2019, 3, 1), day(2019, 5, 31)),
        ("2019.3-5", None, day(2019, 3, 1), day(2019, 5, 31)),
        ("3月5日—8日", 2019, day(2019, 3, 5), day(2019, 3, 8)),
        ("4.24", 2018, day(2018, 4, 24), None),
        ("3月22号", 2018, day(2018, 3, 22), None),
        ("43468", None, day(2019, 1, 3), None),
        ("２０１９．４．２３", None, day(2019, 4, 23), None),
        ("2018.8.2-8.5", None, day(2018, 8, 2), day(2018, 8, 5)),
        ("2017年10月4-6日", None, day(2017, 10, 4), day(2017, 10, 6)),
        ("2018-07-09至2018-07-15", None, day(2018, 7, 9), day(2018, 7, 15)),
        ("2019.09～2019.10", None, day(2019, 9, 1), day(2019, 10, 31)),
        ("12月28日至1月3日", 2018, day(2018, 12, 28), day(2019, 1, 3)),
        ("2015 年 6 月 17 日", None, day(2015, 6, 17), None),
        ("二〇二〇年三月五日", None, day(2020, 3, 5), None),
        ("2018-09-08 17:11:28", None, day(2018, 9, 8), None),
        ("2019年一季度", None, day(2019, 1, 1), day(2019, 3, 31)),
        ("2019年秋季学期", None, day(2019, 9, 1), None),
        ("2019年3月5日（周二）", None, day(2019, 3, 5), None),
        ("2021、8、28", None, day(2021, 8, 28), None),
        ("3月5日、6日、8日", 2019, day(2019, 3, 5), day(2019, 3, 8)),
        ("11月2、3日", 2021, day(2021, 11, 2), day(2021, 11, 3)),
        ("7、8月", 2021, day(2021, 7, 1), day(2021, 8, 31)),
        ("2021年3月5日 14:00-16:00", None, day(2021, 3, 5), None),
        ("5-Mar-21", None, day(2021, 3, 5), None),
        ("2022Q1", None, day(2022, 1, 1), day(2022, 3, 31)),
        ("2021—2022学年第二学期", None, day(2022, 3, 1), None),
        ("2021.3月5日", None, day(2021, 3, 5), None),
        ("二○二一年三月五日", None, day(2021, 3, 5), None),
    ],
)
def test_dates_in_every_form(text: str, year: int | None, begin: date, last: date | None) -> None:
    found = read_date(text, year)
    assert (found.begin, found.last) == (begin, last)


def test_an_open_period_says_so() -> None:
    assert read_date("2015.08至今") == Period(day(2015, 8, 1), open=True, precision="month")


@pytest.mark.parametrize("text", ["2018-13-40", "2月30日", "2021.4.31", "待定", "3月5日", "2019-3-8至2019-3-5"])
def test_no_such_day(text: str) -> None:
    with pytest.raises(Problem, match="不是日期") as caught:
        read_date(text, 2018 if text == "2月30日" else None)
    assert caught.value.why == "bad_date"


@given(st.dates(day(1990, 1, 1), day(2060, 12, 31)), st.integers(0, 40))
def test_what_is_written_is_read(first: date, length: int) -> None:
    last = date.fromordinal(min(first.toordinal() + length, day(2099, 12, 31).toordinal()))
    for one in (
        f"{first:%Y%m%d}",
        f"{first.year}.{first.month}.{first.day}",
        f"{first.year}年{first.month}月{first.day}日",
        f"{first.year}/{first.month}/{first.day}",
    ):
        assert read_date(one).begin == first
    assert read_date(str((first - day(1899, 12, 30)).days)).begin == first
    if last > first:
        assert read_date(f"{first}至{last}") == Period(first, last)


@pytest.mark.parametrize(
    ("text", "unit", "scale", "value"),
    [
        ("1280", "CNY", "元", "1280"),
        ("1.2", "CNY", "万元", "12000"),
        ("26500元", "CNY", "万元", "26500"),
        ("2.48万元", "CNY", "元", "24800"),
        ("0.4万", "CNY", "元", "4000"),
        ("3.2", "CNY", "千元", "3200"),
        ("￥37,200.00", "CNY", "元", "37200"),
        ("１，８００", "CNY", "", "1800"),
        ("（300）", "CNY", "", "-300"),
        ("1000元（预付）", "CNY", "", "1000"),
        ("200余人", "person", "", "200"),
        ("５６人", "person", "人", "56"),
        ("5口", "person", "", "5"),
        ("近20人", "person", "", "20"),
        ("60 袋", "item", "", "60"),
        ("25只", "item", "头/只", "25"),
        ("200斤", "item", "", "200"),
        ("0.35万本", "copy", "本", "3500"),
        ("0.5", "copy", "万册", "5000"),
        ("0.5亩", "mu", "亩", "0.5"),
        ("36场次", "session", "", "36"),
    ],
)
def test_numbers_with_their_units(text: str, unit: str, scale: str, value: str) -> None:
    assert read_number(text, unit, scale) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("待定", "CNY"),
        ("六十来人", "person"),
        ("已发放（待核）", "CNY"),
        ("20-30人", "person"),
        ("若干", "item"),
        ("3+2", "item"),
        ("#DIV/0!", "CNY"),
    ],
)
def test_a_word_is_no_number(text: str, unit: str) -> None:
    with pytest.raises(Problem) as caught:
        read_number(text, unit)
    assert caught.value.why == "not_a_number"
    assert "请填数字" in caught.value.zh


def test_a_count_is_not_negative_but_money_may_be() -> None:
    with pytest.raises(Problem) as caught:
        read_number("-30", "person")
    assert caught.value.why == "negative"
    assert read_number("-30", "CNY") == -30


def test_finer_than_the_smallest_part() -> None:
    assert to_parts(Decimal("12.34"), "CNY") == 1234
    with pytest.raises(Problem):
        to_parts(Decimal("0.5"), "person")


@pytest.mark.parametrize("text", ["", " ", "/", "无", "—", "－", "——", "N/A"])
def test_what_states_nothing(text: str) -> None:
    assert is_blank(text)
    assert read_field(Field("amount", FieldType.NUMBER, Label("金额", "Amount"), unit="CNY"), text) is None


def test_a_long_number_kept_as_a_number_has_lost_its_digits() -> None:
    with pytest.raises(Problem) as caught:
        read_code("9.90101197805685e+17")
    assert caught.value.why == "lossy_code"
    assert read_code(" 0012-记 ") == "0012-记"


def identity(region: str, born: date, order: int) -> str:
    body = f"{region}{born:%Y%m%d}{order:03}"
    return (
        body + "10X98765432"[sum(int(d) * w for d, w in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11]
    )


@given(st.dates(day(1920, 1, 1), day(2026, 1, 1)), st.integers(0, 999))
def test_identity_numbers(born: date, order: int) -> None:
    number = identity("990101", born, order)
    found = read_identity(number)
    assert found.birth == born
    assert found.sex == ("male" if order % 2 else "female")
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    with pytest.raises(Problem) as caught:
        read_identity(wrong)
    assert caught.value.why == "checksum"
    assert number[6:14] not in caught.value.zh


def test_words_of_an_enumeration() -> None:
    choices = (Choice("cadre", Label("基层干部", "Cadres"), ("村干部", "党员干部")), Choice("teacher", Label("教师", "Teachers")))
    assert read_choice("村 干部", choices) == "cadre"
    assert read_choice("乡村教师（小学）", choices) == "teacher"
    with pytest.raises(Problem, match="基层干部、教师"):
        read_choice("医生", choices)
    assert (read_flag("√"), read_flag("否")) == ("yes", "no")


def test_names_lose_their_inner_spaces() -> None:
    assert read_name("毛　峰") == "毛峰"
    assert read_name("黄春燕、 吕 桂") == "黄春燕、吕桂"
    assert read_name("John  Smith") == "John Smith"


def test_a_row_tells_all_its_problems_at_once() -> None:
    fields = {
        "title": Field("title", FieldType.TEXT, Label("名称", "Title"), required=True),
        "begin": Field("begin", FieldType.DATE, Label("日期", "Date"), required=True),
        "people": Field("people", FieldType.NUMBER, Label("人数", "People"), unit="person"),
    }
    kind = Kind("training", Label("培训", "Training"), "talent", "training", "training", Label("", ""), fields)
    row = read_row(kind, {"begin": "2019-13-1", "people": "若干"})
    assert {name: p.why for name, p in row.problems.items()} == {"title": "missing", "begin": "bad_date", "people": "not_a_number"}

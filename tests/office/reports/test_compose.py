"""Composition: sentences from figures, nothing invented, every number with its source."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from bangfu.catalogue.loader import CatalogueError
from bangfu.office.reports import outline as outlines_
from bangfu.office.reports.compose import chinese, compose, heading_number, period_words, years
from bangfu.office.reports.document import from_data, to_data

SIX_YEARS = (date(2015, 1, 1), date(2021, 1, 1))
OUTLINE = """
zh = "小报告"
en = "Small report"
title_zh = "{helper}{period}工作报告"
title_en = "{helper}: report for {period}"

[[parts]]
zh = "背景"
en = "Background"
say = [{ zh = ["{helper}帮扶{counties}的{villages}", "{villages:n}"], en = ["{helper} assists {villages} in {counties}", "{villages:n}"] }]

[[parts]]
zh = "做法"
en = "What was done"
[[parts.parts]]
zh = "资金"
en = "Money"
say = [{ zh = ["累计", "{input}"], en = ["In all", "{input}"] }, { each = true, zh = ["{place}：{input}", "{trainings}"], en = ["{place}: {input}", "{trainings} courses"] }]
[[parts.parts]]
zh = "承接9+3"
en = "The 9+3 plan"
say = [{ zh = ["{each_training}"], en = ["{each_training} each"] }]
[[parts]]
key = "problems"
zh = "存在问题"
en = "Problems"
say = [{ zh = ["工作仍有不足"], en = ["Much remains to be done"] }]

[[annexes]]
zh = "指标表"
en = "Figures"
figures = ["input", "trained"]
columns = "years"
"""


@pytest.fixture
def outline(tmp_path, catalogue, monkeypatch):
    monkeypatch.setattr(outlines_, "HERE", tmp_path / "none")
    return read(tmp_path, catalogue, OUTLINE)


def read(folder, catalogue, text):
    (folder / "small.toml").write_text(text.replace("{villages:n}", "{trained}"), encoding="utf-8")
    return outlines_.outlines(catalogue, folder)["small"]


def test_numbers_come_from_the_books_and_say_so(books, outline, catalogue, about):
    document = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about)
    assert document.title == "四川××学院2015—2020年工作报告"
    text = document.text()
    assert "四川××学院帮扶子县、丑县的子县甲村、丑县乙村，培训105人次。" in text
    assert "累计，投入帮扶资金4万元。甲村：投入帮扶资金1.5万元，举办培训2期。乙村：投入帮扶资金2.5万元。" in text
    money = next(source for source in document.sources if source.code == "input" and source.asked.place is None)
    assert (money.value, money.entries, money.caliber) == (Decimal(40000), 2, "投入帮扶资金的口径")


def test_every_number_of_text_and_tables_points_to_a_source_that_says_the_same(books, outline, catalogue, about):
    document = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about)
    numbers = list(document.numbers())
    assert len(numbers) == 1 + 1 + 3 + 1 + (3 + 3)
    for run in numbers:
        source = document.source(run)
        assert source is not None
        slice_ = books.slice((source.asked.begin, source.asked.end), source.asked.place)
        assert books.values([source.code], slice_)[source.code].value == source.value
    for section in document.sections:  # no digit of the text stands outside a number, names apart
        for paragraph in section.paragraphs:
            assert all(not outlines_.own_digits(run.text) for run in paragraph.runs if run.source is None)


def test_the_same_figure_for_the_same_slice_is_one_source(books, outline, catalogue, about):
    document = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about)
    keys = [(source.code, source.asked) for source in document.sources]
    assert len(keys) == len(set(keys))
    assert [source.index for source in document.sources] == list(range(1, len(keys) + 1))


def test_what_has_no_record_is_left_out_and_an_empty_part_says_so(books, outline, catalogue, about):
    books.facts = [f for f in books.facts if f.kind != "training"]
    text = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about).text()
    assert "培训" not in text
    assert "（二）承接9+3\n本期无台账记录。" in text
    assert "甲村：投入帮扶资金1.5万元。" in text
    year = compose(books, outline, (date(2018, 1, 1), date(2019, 1, 1)), catalogue=catalogue, about=about)
    assert "乙村：" not in year.text()


def test_a_part_of_what_is_left_out_is_left_out_too(tmp_path, books, catalogue, about, monkeypatch):
    monkeypatch.setattr(outlines_, "HERE", tmp_path / "none")
    text = OUTLINE.replace('"{each_training}"], en', '"{each_training}", "其中{villages}"], en').replace(
        '"{each_training} each"]', '"{each_training} each", "{villages}"]'
    )
    leaning = read(tmp_path, catalogue, text)
    books.facts = [f for f in books.facts if f.kind != "training"]
    assert "其中" not in compose(books, leaning, SIX_YEARS, catalogue=catalogue, about=about).text()


def test_in_english(books, outline, catalogue, about):
    document = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about, lang="en")
    assert "In all, CNY 40,000. 甲村: CNY 15,000, 2 sessions courses. 乙村: CNY 25,000." in document.text()
    assert document.tables[0].header == ("No.", "Figure", "Unit", "2015", "2016", "2017", "2018", "2019", "2020", "Total")


def test_optional_parts_are_asked_for(books, outline, catalogue, about):
    with_all = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about)
    without = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about, options=frozenset())
    assert [s.heading for s in with_all.sections] == ["背景", "做法", "存在问题"]
    assert [s.heading for s in without.sections] == ["背景", "做法"]
    assert outline.options()["problems"].zh == "存在问题"


def test_a_table_by_years_adds_up(books, outline, catalogue, about):
    table = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about).tables[0]
    assert [run.text for run in table.rows[0]] == ["1", "投入帮扶资金", "万元", "—", "—", "—", "1.5", "2.5", "—", "4"]
    assert [run.text for run in table.rows[1]][-3:] == ["60", "45", "105"]


def test_there_and_back_as_data(books, outline, catalogue, about):
    document = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about)
    assert from_data(json.loads(json.dumps(to_data(document)))) == document


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("本", "", ""),
        ("累计", "累计26次", "'26'"),
        ('{input}"], en = ["In all', '{imput}"], en = ["In all', "imput"),
        ('en = ["In all", "{input}"]', 'en = ["In all"]', "as many clauses"),
        ('"{place}：{input}"', '"{place}：{trained}"', "name different figures"),
        ("each = true, ", "", "{place} belongs"),
        ('columns = "years"', 'columns = "weeks"', "weeks"),
        ('figures = ["input", "trained"]', 'figures = ["inputs"]', "inputs"),
        ('key = "problems"', 'name = "problems"', "unknown key"),
        ("{each_training} each", "{each_training each", "brace"),
    ],
)  # fmt: skip
def test_an_outline_is_read_strictly(tmp_path, catalogue, monkeypatch, old, new, fault):
    monkeypatch.setattr(outlines_, "HERE", tmp_path / "none")
    text = OUTLINE.replace(old, new, 1)
    if not fault:
        assert read(tmp_path, catalogue, text).codes() == ("trained", "input", "trainings", "each_training")
        return
    assert text != OUTLINE
    with pytest.raises(CatalogueError) as raised:
        read(tmp_path, catalogue, text)
    assert fault in str(raised.value)
    assert "small.toml" in str(raised.value)


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        ((date(2019, 1, 1), date(2020, 1, 1)), "2019年", "2019"),
        ((date(2015, 1, 1), date(2021, 1, 1)), "2015—2020年", "2015–2020"),
        ((date(2015, 1, 1), None), "2015年以来", "since 2015"),
        ((date(2019, 1, 1), date(2019, 7, 1)), "2019年1月1日至2019年6月30日", "2019-01-01 to 2019-06-30"),
        ((None, date(2020, 12, 22)), "截至2020年12月21日", "to 2020-12-21"),
        ((None, None), "历年", "all years"),
    ],
)
def test_a_period_in_words(period, zh, en):
    assert (period_words(period, "zh"), period_words(period, "en")) == (zh, en)


def test_years_of_a_period():
    assert years((date(2019, 5, 1), date(2021, 1, 1))) == [(date(2019, 5, 1), date(2020, 1, 1)), (date(2020, 1, 1), date(2021, 1, 1))]
    assert years((None, date(2021, 1, 1))) == []


def test_numbers_of_headings():
    assert [chinese(n) for n in (1, 10, 11, 20, 21)] == ["一", "十", "十一", "二十", "二十一"]
    assert [heading_number(at, "zh") for at in ((1,), (1, 2), (1, 2, 3))] == ["一、", "（二）", "3."]
    with pytest.raises(ValueError, match="99"):
        chinese(100)

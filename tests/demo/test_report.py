"""The yearly report over the demonstration's ledgers: complete, traced, and read back as it was meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import docx as word
import pytest

from bangfu.catalogue.shapes import Catalogue
from bangfu.demo.cast import COLLEGE, VILLAGES
from bangfu.figures import Fact, Slice, Value, evaluate
from bangfu.office.reports import docx, html
from bangfu.office.reports.compose import About, Village, compose
from bangfu.office.reports.document import Document
from bangfu.office.reports.outline import SLOT, WORDS, Outline, outlines, own_digits

SIX_YEARS = (date(2015, 1, 1), date(2021, 1, 1))


@dataclass
class MemoryBooks:
    catalogue: Catalogue
    facts: list[Fact]
    whole: Slice
    subtrees: Mapping[int, frozenset[int]]
    mark: int = 22

    def slice(self, period: tuple[date | None, date | None] | None = None, place: int | None = None) -> Slice:
        begin, end = period or (None, None)
        places = None if place is None else self.subtrees[place]
        return Slice(begin, end, places, designated=self.whole.designated, compared=self.whole.compared, counties=self.whole.counties)

    def values(self, codes: Iterable[str], slice_: Slice) -> Mapping[str, Value]:
        return {code: evaluate(self.catalogue.figures[code], self.facts, slice_, self.catalogue.figures) for code in codes}


@pytest.fixture(scope="session")
def books(catalogue, facts, six_years, registers, subtree) -> MemoryBooks:
    return MemoryBooks(catalogue, facts, six_years, {registers.id("place", name): ids for name, ids in subtree.items()})


@pytest.fixture(scope="session")
def about(registers) -> About:
    villages = tuple(Village(registers.id("place", name), name, county) for name, county in VILLAGES.items())
    return About(COLLEGE, "定点帮扶", villages, demonstration=True, made=date(2020, 12, 21))


@pytest.fixture(scope="session")
def outline(catalogue) -> Outline:
    return outlines(catalogue)["annual"]


@pytest.fixture(scope="session")
def report(books, outline, catalogue, about) -> Document:
    return compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about)


def test_nothing_is_missing_from_the_report(report):
    text = report.text()
    assert "本期无台账记录" not in text
    assert "{" not in text
    assert len(report.sources) > 100
    assert all(source.entries for source in report.sources)


def test_no_digit_stands_in_the_text_that_is_not_a_figure_or_a_date(report):
    def runs(section):
        yield from (run for paragraph in section.paragraphs for run in paragraph.runs)
        for inner in section.sections:
            yield from runs(inner)

    for section in report.sections:
        for run in runs(section):
            if run.source is None:
                assert not own_digits(run.text.replace(report.period, "")), run.text


def test_an_outline_holds_no_numbers_of_its_own(catalogue):
    """Invariant 6: digits come through slots; names that are written with digits are listed."""
    for outline in outlines(catalogue).values():
        for part in outline.parts:
            for text in texts(part):
                assert not own_digits(text), text
                assert {m["code"] for m in SLOT.finditer(text)} <= set(catalogue.figures) | set(WORDS)


def texts(part):
    yield from (part.heading.zh, part.heading.en)
    for sentence in part.sentences:
        for clause in sentence.clauses:
            yield from (clause.text.zh, clause.text.en)
    for inner in part.parts:
        yield from texts(inner)


def test_word_and_page_say_the_same(report):
    opened = word.Document(BytesIO(docx.write(report)))
    assert len(list(opened.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}hyperlink"))) == len(
        list(report.numbers())
    ) + len(report.sources)
    page = html.write(report)
    for source in report.sources:
        assert source.text in page


def test_one_year_and_the_other_language(books, outline, catalogue, about):
    year = compose(books, outline, (date(2019, 1, 1), date(2020, 1, 1)), catalogue=catalogue, about=about)
    assert year.title == f"{COLLEGE}2019年定点帮扶工作报告"
    english = compose(books, outline, SIX_YEARS, catalogue=catalogue, about=about, lang="en")
    assert "CNY 7,397,000" in english.text()

"""A small ledger in memory, and books over it: what composition needs, without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pytest

from bangfu.catalogue.shapes import Catalogue, Figure, Fold, Label
from bangfu.figures import Fact, Slice, Value, evaluate
from bangfu.office.reports.compose import About, Village
from bangfu.office.reports.document import Asked, Document, Paragraph, Run, Section, Source, Table

VILLAGES = (Village(11, "甲村", "子县"), Village(12, "乙村", "丑县"))


def figure(code: str, zh: str, unit: str, says: str, **more: object) -> Figure:
    return Figure(
        code=code,
        label=Label(zh, code.replace("_", " ")),
        chapter="money",
        topic="other",
        unit=unit,
        caliber=Label(f"{zh}的口径", f"caliber of {code}"),
        says=(says,),
        **more,
    )  # type: ignore[arg-type]


@pytest.fixture
def catalogue() -> Catalogue:
    figures = (
        figure("input", "投入帮扶资金", "CNY", "投入帮扶资金{n}", fold=Fold.SUM, kinds=("payment",), measure="amount", core=1),
        figure("trainings", "培训期数", "session", "举办培训{n}期", fold=Fold.COUNT, kinds=("training",)),
        figure("trained", "培训人次", "person-time", "培训{n}", fold=Fold.SUM, kinds=("training",), measure="attendances", core=3),
        figure("villages", "定点帮扶村", "village", "帮扶{n}", fold=Fold.STANDING, kinds=("designation",), of=("place",)),
        figure("each_training", "每期人次", "person-time", "每期{n}", combine="ratio", parts=("trained", "trainings")),
    )
    return Catalogue({"money": Label("资金", "Money")}, {}, {f.code: f for f in figures})


def facts() -> list[Fact]:
    """Two payments (1.5 + 2.5 万元), two trainings (60 + 45 人次), two designations.

    1  designation  2015-03-01  甲村
    2  designation  2016-03-01  乙村
    3  payment      2018-05-01  甲村    15,000.00 元
    4  payment      2019-06-01  乙村    25,000.00 元
    5  training     2019-07-01  甲村    60 人次
    6  training     2020-07-01  甲村    45 人次
    """
    return [
        Fact(1, "designation", date(2015, 3, 1), place=11),
        Fact(2, "designation", date(2016, 3, 1), place=12),
        Fact(3, "payment", date(2018, 5, 1), place=11, measures={"amount": 1_500_000}),
        Fact(4, "payment", date(2019, 6, 1), place=12, measures={"amount": 2_500_000}),
        Fact(5, "training", date(2019, 7, 1), place=11, measures={"attendances": 60}),
        Fact(6, "training", date(2020, 7, 1), place=11, measures={"attendances": 45}),
    ]


@dataclass
class MemoryBooks:
    catalogue: Catalogue
    facts: list[Fact]
    mark: int = 7

    def slice(self, period: tuple[date | None, date | None] | None = None, place: int | None = None) -> Slice:
        begin, end = period or (None, None)
        return Slice(
            begin,
            end,
            places=None if place is None else frozenset({place}),
            designated=frozenset({11, 12}),
            compared=(frozenset({11}), frozenset({12})),
        )

    def values(self, codes: Iterable[str], slice_: Slice) -> Mapping[str, Value]:
        return {code: evaluate(self.catalogue.figures[code], self.facts, slice_, self.catalogue.figures) for code in codes}


@pytest.fixture
def books(catalogue: Catalogue) -> MemoryBooks:
    return MemoryBooks(catalogue, facts())


@pytest.fixture
def about() -> About:
    return About("四川××学院", "定点帮扶", VILLAGES, demonstration=True, made=date(2020, 12, 21))


@pytest.fixture(scope="session")
def document() -> Callable[..., Document]:
    """Makes a document with three paragraphs of two numbers each, a table of `years` years, and two sources."""
    return make_document


def make_document(*, lang: str = "zh", demonstration: bool = True, years: int = 6) -> Document:
    sources = (
        Source(1, "input", "投入帮扶资金", "实际拨付并计入投入的资金", Asked(words="2015—2020年"), "CNY", None, 12, "739.7万元"),
        Source(2, "projects", "实施项目", "开工的项目", Asked(words="2015—2020年"), "project", None, 145, "145个项目"),
    )
    paragraph = Paragraph((Run("累计投入帮扶资金"), Run("739.7万元", 1), Run("，实施项目"), Run("145个", 2), Run("。")))
    sections = (
        Section(1, "一、", "工作背景", (paragraph,)),
        Section(
            1,
            "二、",
            "具体做法及成效",
            (),
            (Section(2, "（一）", "党建引领", (paragraph,), (Section(3, "1.", "强化责任", (paragraph,)),)),),
        ),
    )
    header = ("序号", "指标", "单位", *(str(2015 + n) for n in range(years)), "合计")
    table = Table(
        "六项指标完成情况表",
        "填报单位：四川××学院",
        header,
        ((Run("1"), Run("投入帮扶资金"), Run("万元"), *[Run("739.7", 1)] * (years + 1)),),
    )
    return Document(
        "四川××学院2015—2020年定点帮扶工作报告",
        lang,
        "四川××学院",
        "定点帮扶",
        "2015—2020年",
        41,
        date(2020, 12, 21),
        demonstration,
        sections,
        (table,),
        sources,
    )

"""The tasks of the demonstration and what was judged of them.

One workbook with a sheet a year, departments down and indicators across, the last year's money by villages; and the marks of its assessment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from bangfu.demo.cast import COLLEGE, OFFICES, TEACHING
from bangfu.demo.invent import Inventor

FILE = "2016—2020年帮扶任务分解表.xlsx"
HEADS = (
    "投入帮扶资金（万元）",
    "引进帮扶资金（万元）",
    "培训基层干部（人次）",
    "培训技术人员（人次）",
    "购买脱贫地区农产品（万元）",
    "帮助销售脱贫地区农产品（万元）",
    "领导实地调研（人次）",
    "在岗驻村干部（名）",
)

Line = tuple[str | None, ...]

WHOLE: Mapping[int, Line] = {
    2016: ("150", "20", "200", "300", "10", None, "12", "2"),
    2017: ("250", "100", "160", "340", "20", "25", "12", "3"),
    2018: ("150", "100", "250", "900", "40", "70", "12", "4"),
    2019: ("60", "60", "250", "1100", "45", "75", "12", "4"),
    2020: ("35", "90", "300", "900", "45", "60", "12", "4"),
}
"""What the college had to reach, in the order of `HEADS`."""

BOUGHT = {**dict.fromkeys(OFFICES, "1.6"), **dict.fromkeys(TEACHING, "2.1")}
"""What each department should buy, in 万元: the same in both years that were divided."""

SHARES: Mapping[int, Mapping[str, Mapping[int, str]]] = {  # of other indicators: department → column → share
    2019: {
        "财务处": {0: "55"},
        "后勤服务中心": {0: "5"},
        "帮扶工作办公室": {1: "60", 5: "25"},
        "校工会": {5: "8"},
        "经贸管理系": {2: "130", 5: "47"},
        "旅游管理系": {2: "120", 3: "140"},
        "继续教育学院": {3: "630"},
        "轻工技术系": {3: "110"},
        "机电技术系": {3: "130"},
        "财经系": {3: "90"},
    },
    2020: {
        "财务处": {0: "32"},
        "后勤服务中心": {0: "3"},
        "帮扶工作办公室": {1: "90", 5: "24"},
        "校工会": {5: "16"},
        "经贸管理系": {5: "20"},
        "继续教育学院": {2: "100", 3: "640"},
        "信息技术系": {2: "90"},
        "建筑艺术系": {2: "110", 3: "130"},
        "财经系": {3: "80"},  # 850 of 900: the office divided fifty too few, and the page says so
    },
}
BY_VILLAGE = {"德麦巴村": "9", "吉汝村": "8", "日卡村": "10", "各尔沟村": "8"}
"""投入帮扶资金 of 2020 in 万元."""

RAISED = ("helped_sales", 2019, Decimal(800_000), "年中追加帮销任务5万元")
"""A target that was changed within its year: figure, year, what it became, why."""

JUDGED_YEAR = 2020
SCHEME = "department_annual"
NOT_YET = ("科研处", "图书馆")
"""Departments whose assessment is still under way."""
OWN = {"bought": ("20", "采购清单与付款凭证齐全"), "returns": ("10", ""), "meetings": ("10", ""), "innovation": ("9.5", "线上认养对接平台")}
"""What the department of the demonstration's liaison gave itself, with its grounds."""


def judged() -> Iterator[tuple[str, str, str]]:
    """What the office entered for the departments' assessment: (department, item, text), the same on every run."""
    inventor = Inventor("judged")
    for unit in (*OFFICES, *TEACHING):
        best = inventor.between(16, 27)
        yield unit, "returns", str(inventor.pick((0, 0, 0, 1, 1, 2)))
        yield unit, "meetings", str(inventor.pick((0, 0, 0, 0, 1, 3)))
        yield unit, "falsified", "0"
        if unit not in NOT_YET:
            yield unit, "vote", f"优秀={best}，称职={30 - best - 1}，基本称职=1"
            yield unit, "innovation", inventor.pick(("6", "7", "7.5", "8", "8.5", "9"))


def tasks(folder: Path) -> Path:
    """Write the workbook into `folder` (made where it is missing) and give its path; the same on every run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    book = xlsxwriter.Workbook(path, {"in_memory": True})
    book.set_properties({"comments": "演示数据，非真实记录", "created": datetime(2016, 3, 1, tzinfo=UTC)})
    for year, whole in WHOLE.items():
        lines: list[tuple[str, Line]] = [(COLLEGE, whole)]
        for unit in (*OFFICES, *TEACHING) if year in SHARES else ():
            own = {4: BOUGHT[unit], **SHARES[year].get(unit, {})}
            lines.append((unit, tuple(own.get(at) for at in range(len(HEADS)))))
        _sheet(book, f"{year}年", f"{COLLEGE}{year}年帮扶任务分解表", "责任部门", HEADS, lines)
    _sheet(
        book,
        "2020年分村",
        f"{COLLEGE}2020年投入资金分村计划",
        "帮扶村",
        HEADS[:1],
        [(village, (share,)) for village, share in BY_VILLAGE.items()],
    )
    book.close()
    return path


def _sheet(book: xlsxwriter.Workbook, name: str, title: str, first: str, heads: tuple[str, ...], lines: list[tuple[str, Line]]) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, max(len(heads), 1), title, bold)
    sheet.write_row(1, 0, (first, *heads), bold)
    for at, (who, cells) in enumerate(lines, 2):
        sheet.write_string(at, 0, who)
        for column, text in enumerate(cells, 1):
            if text is not None:
                sheet.write_number(at, column, Decimal(text))
    sheet.set_column(0, len(heads), 16)

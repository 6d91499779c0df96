"""Tables of tasks as offices lay them out, all read to the same targets."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bangfu.office import targets, tasks
from bangfu.office.targets import Key, Wish


def book(tmp_path: Path, rows: list[list[Any]], merges: tuple[tuple[int, int, int, int, str], ...] = ()) -> Path:
    out = io.BytesIO()
    file = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = file.add_worksheet("任务分解")
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    for merge in merges:
        sheet.merge_range(*merge)
    file.close()
    path = tmp_path / "任务.xlsx"
    path.write_bytes(out.getvalue())
    return path


LISTED = [
    ["2019年度帮扶任务分解表"],
    ["序号", "任务指标", "责任单位", "目标值", "单位", "完成时限", "责任人"],
    [1, "投入帮扶资金", "全校", 10, "万元", "", ""],
    [2, "投入帮扶资金", "动医系", "4.5万元", "万元", "2019年6月", "张三"],
    [3, "培训技术人员", "园艺系", "300", "人次", "", ""],
    [4, "培训技术人员", "动物医学系", "—", "人次", "", ""],
]
FIGURES_ACROSS = [
    ["2019年任务分解"],
    ["单位", "投入帮扶资金（万元）", "培训技术人员（人次）"],
    ["合计", 10, ""],
    ["动医系", 4.5, ""],
    ["园艺系", "", 300],
]
UNITS_ACROSS = [
    ["任务分解（2019年）", "", "", "单位：万元、人次"],
    ["指标", "学校", "动物医学系", "园艺系"],
    ["投入帮扶资金", 10, 4.5, ""],
    ["培训技术人员", "", "", "300"],
]


def found(office: Any, path: Path, **more: Any) -> dict[Key, tuple[Decimal | None, date | None]]:
    read = tasks.read_tasks(path, office.programme, **more)
    assert [p.zh for p in read.problems] == []
    return {w.key: (w.value, w.due) for w in read.wishes}


@pytest.mark.parametrize(("rows", "due"), [(LISTED, date(2019, 6, 30)), (FIGURES_ACROSS, None), (UNITS_ACROSS, None)])
def test_one_meaning_in_three_layouts(office: Any, tmp_path: Path, rows: list[list[Any]], due: date | None) -> None:
    """投入 10 万元, of which 动物医学系 4.5; 培训技术人员 300 人次 of 园艺系."""
    vet, agro = office.units["vet"].pk, office.units["agro"].pk
    assert found(office, book(tmp_path, rows)) == {
        Key("direct_input", 2019): (Decimal(100_000), None),
        Key("direct_input", 2019, vet): (Decimal(45_000), due),
        Key("technicians_trained", 2019, agro): (Decimal(300), None),
    }


def test_a_merged_cell_speaks_for_its_rows(office: Any, tmp_path: Path) -> None:
    rows = [["指标", "部门", "目标（万元）"], ["", "动医系", 4], ["", "园艺系", 5], ["", "合计", 9]]
    read = found(office, book(tmp_path, rows, ((1, 0, 3, 0, "投入帮扶资金"),)), year=2020)
    assert [value for value, _ in read.values()] == [40_000, 50_000, 90_000]


def test_a_head_of_two_rows_with_years(office: Any, tmp_path: Path) -> None:
    """What was done last year is no target; each target is of the year above it, or before its word."""
    rows = [
        ["2018—2020年任务"],
        ["", "", "2018年", "", "2019年", "2020年目标（万元）"],
        ["", "", "完成", "目标（万元）", "目标（万元）", ""],
        ["投入帮扶资金", "动医系", 3, 4, 5, 6],
    ]
    merges = ((1, 0, 2, 0, "指标"), (1, 1, 2, 1, "部门"), (1, 2, 1, 3, "2018年"), (1, 5, 2, 5, "2020年目标（万元）"))
    read = found(office, book(tmp_path, rows, merges))
    assert {key.year: value for key, (value, _) in read.items()} == {2018: 40_000, 2019: 50_000, 2020: 60_000}


def test_nothing_is_guessed_and_nothing_lost(office: Any, tmp_path: Path) -> None:
    rows = [
        ["年度", "指标", "部门", "目标", "计量单位", "责任人"],
        ["2019", "投入帮扶资金", "动医系", 5, "", "张三"],
        ["2019", "投入帮扶资金", "动医系、园艺系", 5, "万元", ""],
        ["19", "投入帮扶资金", "动医系", 5, "万元", ""],
        ["2019", "修路", "动医系", 5, "公里", ""],
        ["2019", "培训技术人员", "动医系", 5, "万元", ""],
        ["2019", "培训技术人员", "动医系", "若干", "人次", ""],
    ]
    read = tasks.read_tasks(book(tmp_path, rows), office.programme)
    assert read.wishes == []
    assert [p.zh for p in read.problems] == [
        "任务分解!D2：金额没写单位：请在列名后注明（元）或（万元）",
        "任务分解!D3：没有部门或地点“动医系、园艺系”；几个部门共担的，请拆成几行",
        "任务分解!D4：“19”不是年度，请写四位年份",
        "任务分解!D5：没有指标“修路”，是不是“乡村道路里程”？",
        "任务分解!D6：“培训技术人员”不按万元计，请核对计量单位",
        "任务分解!D7：“若干”读不出人次，请填数字",
    ]
    assert read.unread == ["任务分解：责任人"]
    assert "没有找到任务表" in tasks.read_tasks(book(tmp_path, [["随便", "写写"], [1, 2]]), office.programme).problems[0].zh


def test_sentences_and_deadlines(office: Any, tmp_path: Path) -> None:
    """A cell may say its target in a sentence with one quantity of the figure's unit; with two nobody can tell."""
    rows = [
        ["工作任务", "目标要求", "责任单位", "完成时限"],
        ["投入帮扶资金", "全年投入帮扶资金不少于35万元", "学院", "12月底前"],
        ["培训基层干部", "举办培训班6期、培训300人次以上", "园艺系", "2020年6月30日前"],
        ["培训技术人员", "≥900", "动医系", "长期"],
        ["购买脱贫地区农产品", "45万元，其中平台采购20万元", "学院", ""],
    ]
    read = tasks.read_tasks(book(tmp_path, rows), office.programme, year=2020)
    assert [(w.key.figure, w.value, w.due) for w in read.wishes] == [
        ("direct_input", 350_000, None),
        ("cadres_trained", 300, date(2020, 6, 30)),
        ("technicians_trained", 900, None),
    ]
    assert [p.zh[:8] for p in read.problems] == ["任务分解!B5："]


def test_a_table_about_one_figure(office: Any, tmp_path: Path) -> None:
    rows = [
        ["2020年消费帮扶任务"],
        ["序号", "部门", "人数", "购买任务（元）"],
        [1, "动医系", 40, 16_000],
        [2, "园艺系", 50, 20_000],
        ["", "合计", 90, 36_000],
    ]
    assert "请选定它" in tasks.read_tasks(book(tmp_path, rows), office.programme).problems[0].zh
    read = tasks.read_tasks(book(tmp_path, rows), office.programme, figure="direct_purchase")
    assert [(w.key.unit, w.value) for w in read.wishes] == [
        (office.units["vet"].pk, 16_000),
        (office.units["agro"].pk, 20_000),
        (None, 36_000),
    ]
    assert read.unread == ["任务分解：人数"]
    assert tasks.read_tasks(book(tmp_path, rows), office.programme, figure="nothing").problems


def test_what_is_written_is_read_back(office: Any, tmp_path: Path) -> None:
    wishes = [
        Wish(Key("direct_input", 2019), Decimal("123456.78")),
        Wish(Key("technicians_trained", 2020, office.units["agro"].pk), Decimal(300), date(2020, 6, 30)),
        Wish(Key("helped_sales", 2020, place=office.places["甲村"].pk), Decimal(20_000)),
    ]
    rows = [
        [*tasks.HEAD],
        *([str(c) for c in row] for row in tasks.sheet_rows(office.programme, [(w.key, w.value, w.due) for w in wishes])),
    ]
    assert found(office, book(tmp_path, rows)) == {w.key: (w.value, w.due) for w in wishes}


def test_plain_values_by_name_or_number(office: Any) -> None:
    vet = office.units["vet"].pk
    given = [
        {"figure": "投入帮扶资金", "year": 2019, "value": "10万元"},
        {"figure": "direct_input", "year": "2019", "unit": "动医系", "value": None},
        {"figure": "direct_input", "year": 2020, "unit": vet, "value": 45000.5, "due": "2020-06-30"},
        {"figure": "direct_input", "year": "x", "value": 1},
    ]
    read = tasks.listed(office.programme, given)
    assert [(w.key, w.value) for w in read.wishes] == [
        (Key("direct_input", 2019), 100_000),
        (Key("direct_input", 2019, vet), None),
        (Key("direct_input", 2020, vet), Decimal("45000.5")),
    ]
    assert [p.zh for p in read.problems] == ["[4]：年度“x”不对"]
    targets.set_targets(office.programme, read.wishes, by=office.clerk)
    assert len(targets.standing(office.programme)) == 2

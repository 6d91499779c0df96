"""Layouts of offices nobody here has met: small made-up tables, and what a careful clerk reads out of them (samples/README.md)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bangfu.catalogue.reading import read_date, read_number
from bangfu.office.intake.preview import answer_of, preview_book
from bangfu.office.intake.reading import Book, Sheet
from bangfu.office.intake.registers import Place, Registers, Unit
from bangfu.office.intake.words import Vocabulary, unit_of

OFFICE = Registers(
    "某水务集团",
    (
        Place("青石县", "county"),
        Place("柳湾村", "village", "青石县", "河口镇"),
        Place("白桦嘎查", "village", "青石县", "乌兰苏木"),
        Place("南坪社区", "village", "青石县", "河口镇"),
    ),
    (Unit("安全质量部", ("安质部",)), Unit("第二分公司", ("二分公司",)), Unit("综合办公室", ("综合办",))),
)

Merges = list[tuple[int, int, int, int]]


def read(words: Vocabulary, text: str, merges: Merges | None = None, name: str = "Sheet1") -> dict[str, Any]:
    """The answer for a sheet written as lines, its cells set apart by bars."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]
    return answer_of(preview_book(Book("x.xlsx", [Sheet(name, rows, merges or [])]), words, [OFFICE]))


def column(answer: dict[str, Any], field: str, kind: str = "") -> list[Any]:
    return [row.get(field) for row in answer["rows"] if not kind or row["kind"] == kind]


def test_a_leaf_that_is_only_a_unit_belongs_to_its_group(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        援建项目一览（金额：万元）
        序号|项目名称|建设地点|开工时间|总投资|受益群众|
        |||||户|人
        1|水渠修复|柳湾村|2021.3.5|12.5|30|96
        2|路灯安装|白桦嘎查|2021.6.8|3|25|80
        """,
        [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 2, 3), (1, 4, 2, 4), (1, 5, 1, 6)],
    )
    assert column(answer, "households") == [30, 25]
    assert column(answer, "people") == [96, 80]
    assert column(answer, "amount_cny") == [125000, 30000]


def test_tables_beside_each_other_that_share_no_word(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2021年会议与调研情况
        会议时间|会议议题|参会人数||调研日期|领导姓名|调研地点
        3月2日|审议年度计划|9||4月6日|方远|柳湾村
        5月7日|研究资金安排|8||6月1日|石林|白桦嘎查
        """,
    )
    assert column(answer, "date", "meeting") == ["2021-03-02", "2021-05-07"]
    assert column(answer, "title", "leader_visit") == ["方远", "石林"]


def test_forms_beside_each_other(words: Vocabulary) -> None:
    labels = ("户主姓名", "行政村", "家庭人口数", "家庭纯收入", "人均纯收入")
    one, two = ("方远", "柳湾村", "3", "30000", "10000"), ("石林", "南坪社区", "2", "24000", "12000")
    lines = ["收入核算表（2022年度）|||收入核算表（2022年度）|", *(f"{a}|{x}||{a}|{y}" for a, x, y in zip(labels, one, two, strict=True))]
    answer = read(words, "\n".join(lines))
    assert column(answer, "title") == ["方远", "石林"]
    assert column(answer, "amount_cny") == [30000, 24000]


PURCHASES = "购买数量|商品名称|购买部门|购买金额（元）|付款日期|产地"


def test_totals_by_year_and_behind_a_figure(words: Vocabulary) -> None:
    answer = read(
        words,
        f"""
        采购农产品登记
        {PURCHASES}
        2|绿豆|安质部|24|2021-03-05|柳湾村
        3|红枣|综合办|90|2021-04-05|柳湾村
        5|2021年小计||114||
        4|绿豆|二分公司|48|2022-05-06|白桦嘎查
        4|小计||48||
        9|合计||163||
        """,
    )
    assert column(answer, "items") == [2, 3, 4]
    assert column(answer, "date") == ["2021-03-05", "2021-04-05", "2022-05-06"]  # no other date than the payment's
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(8, "total_mismatch")]


def test_totals_that_lead_their_rows_name_the_village(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2021年援建项目台账（单位：元）
        序号|项目名称|开工时间|总投资|责任部门
        |柳湾村小计||3000|
        1|水渠修复|3月5日|1000|安质部
        2|路灯安装|4月5日|2000|综合办
        |白桦嘎查小计||5000|
        1|棚圈建设|5月6日|5000|二分公司
        """,
    )
    assert column(answer, "place") == ["柳湾村", "柳湾村", "白桦嘎查"]
    assert not answer["errors"]


def test_a_village_left_empty_here_and_there_is_missing(words: Vocabulary) -> None:
    lines = [
        f"{n}|绿豆|综合办|24|2021-03-{n:02}|{place}"
        for n, place in enumerate(("柳湾村", "", "白桦嘎查", "南坪社区", "", "柳湾村", "", "白桦嘎查", "南坪社区"), 1)
    ]
    answer = read(words, "\n".join(["采购农产品登记", PURCHASES, *lines]))
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(4, "missing"), (7, "missing"), (9, "missing")]


def test_numbers_that_only_count_the_rows_are_no_vouchers(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2021年资金拨付台账（单位：元）
        编号|资金用途|帮扶村|拨款金额|支付日期|会计凭证
        1|水渠修复|柳湾村|1000|3月5日|70116
        2|路灯安装|柳湾村|2000|4月5日|70118
        3|棚圈建设|白桦嘎查|5000|5月6日|70116
        """,
    )
    assert [(e["excel_row"], e["why"], e["same_as"]) for e in answer["errors"]] == [(5, "duplicate", 3)]


def test_names_told_apart_by_spaces_as_many_as_counted(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        领导调研台账
        调研日期|领导姓名|调研地点|领导人次
        2021.3.5|方远 石小林|柳湾村|2
        2021.4.5|方 远|白桦嘎查|1
        2021.5.6|多杰 才让|南坪社区|1
        """,
    )
    assert column(answer, "title") == ["方远、石小林", "方远", "多杰才让"]


def test_a_rate_for_each_student_is_the_amount_where_no_other_stands(words: Vocabulary) -> None:
    aided = "2022年助学金发放名册\n姓名|所在村|资助标准（元/年）{}\n方远|柳湾村|3000{}\n石林|南坪社区|2000{}"
    assert column(read(words, aided.format("", "", "")), "amount_cny") == [3000, 2000]
    assert column(read(words, aided.format("|实发金额（元）", "|1500", "|1000")), "amount_cny") == [1500, 1000]


def test_a_village_with_the_sum_of_its_income_is_no_summary(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        帮扶村集体经济收支情况
        ||||单位：万元
        序号|村名|经营收入|补助收入|小计
        1|柳湾村|3.5|2|5.5
        2|南坪社区|1.2|0|1.2
        合计||4.7|2|6.7
        """,
        name="2020年",
    )
    assert column(answer, "amount_cny") == [55000, 12000]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("（金额：万元）", "万元"),
        ("填表要求：1.金额单位为万元；2.凭证号必填。", "万元"),
        ("千元", "千元"),
        ("单位：元", "元"),
        ("填报单位：综合办", ""),
    ],
)
def test_the_unit_of_a_line(text: str, unit: str) -> None:
    assert unit_of(text) == unit


def test_cells() -> None:
    assert read_number("0.2万册", "copy", "册") == Decimal(2000)
    assert read_number("2千克", "item") == Decimal(2)
    since = read_date("2019年10月至今")
    assert (since.begin, since.last, since.open) == (date(2019, 10, 1), None, True)


def test_a_department_named_once_for_its_rows(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年职工认购产品明细
        序号|认购人|认购产品|认购数量|认购金额（元）|产地|认购日期
        安全质量部|||||
        1|方远|绿豆|2|24|柳湾村|3月5日
        二、第二分公司|||||
        1|石林|红枣|3|90|柳湾村|4月5日
        """,
    )
    assert column(answer, "unit") == ["安全质量部", "第二分公司"]


def test_days_of_the_month_in_the_title(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2023年4月走访慰问记录
        序号|日期|户主|所在村|慰问金（元）
        1|5日|方远|柳湾村|200
        2|31日|石林|柳湾村|300
        """,
    )
    assert column(answer, "date")[0] == "2023-04-05"
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(4, "bad_date")]

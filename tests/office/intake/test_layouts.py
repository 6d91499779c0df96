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


def test_years_across_the_columns_are_as_many_entries(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        各村集体经济收入情况（单位：万元）
        序号|村名|2018|2019|2020
        1|柳湾村|5.2|6.8|9
        2|白桦嘎查|/|3|4.5
        合计||5.2|9.8|14.5
        """,
    )
    assert sorted((r["date"][:4], r["place"], r["amount_cny"]) for r in answer["rows"]) == [
        ("2018", "柳湾村", 52000),
        ("2019", "柳湾村", 68000),
        ("2019", "白桦嘎查", 30000),
        ("2020", "柳湾村", 90000),
        ("2020", "白桦嘎查", 45000),
    ]
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(5, "total_mismatch")]


def test_a_group_of_leaves_once_for_each_period(words: Vocabulary) -> None:
    """The halves of a year have no total beside them, so each is an entry; with one, the line is an entry and the total counts."""
    halves = """
        2021年培训情况统计
        序号|培训名称|上半年||下半年||{0}
        |||||||
        ||期数|人次|期数|人次|{1}
        1|电工培训|2|60|1|30|{2}
        """
    merges = [(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 2, 3), (1, 4, 2, 5), (1, 6, 2, 7)]
    apart = read(words, halves.format("备注", "", ""), merges[:4])
    assert [(r["date"], r["sessions"], r["person_times"]) for r in apart["rows"]] == [("2021-01-01", 2, 60), ("2021-07-01", 1, 30)]
    whole = read(words, halves.format("全年合计|", "期数|人次", "3|90"), merges)
    assert [(r["date"], r["sessions"], r["person_times"]) for r in whole["rows"]] == [("2021-01-01", 3, 90)]


def test_two_measures_in_one_cell(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2020年帮扶项目明细（万元）
        项目|地点|总投资|受益户/人|完成时间
        一、产业类|||20|
        大棚|柳湾村|12|32户/128人|2020.10
        冷库|白桦嘎查|8|40/近160|2020年11月底
        二、基建类|||5|
        路灯|柳湾村|5|120户480人|2020.12
        水渠|柳湾村|3|15户|2020.12
        """,
    )
    assert column(answer, "households") == [32, 40, 120, 15]
    assert column(answer, "people") == [128, 160, 480, None]


def test_money_and_goods_in_one_cell(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年走访慰问
        时间|户主（人口/劳力）|村|慰问金及物品（元）
        3月5日|方远（3人/1）|柳湾村|500元、米1袋
        3月6日|石林（4/2）|柳湾村|油1桶
        3月7日|田禾（2）|柳湾村|300
        3月8日|田地（5/2）|柳湾村|待定
        """,
    )
    assert column(answer, "amount_cny") == [500, None, 300, None]
    assert column(answer, "title") == ["方远", "石林", "田禾", "田地"]
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(6, "not_a_number")]


def test_a_band_gives_the_days_of_its_rows(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        驻村干部名册
        姓名|性别|派出单位|所驻村|职务|任职起止
        第一批（2018.3-2020.5）|||||
        方远|男|综合办|柳湾村|第一书记|
        石林|男|综合办|柳湾村|队员|2019.1—2019.6
        第二批（2020.6至今）|||||
        田禾|女|综合办|白桦嘎查|队员|
        """,
    )
    assert column(answer, "date") == ["2018-03-01", "2019-01-01", "2020-06-01"]
    assert column(answer, "date_end") == ["2020-05-31", "2019-06-30", None]


def test_an_account_book_holds_payments_only(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2021年帮扶资金明细账
        2021年||凭证号|用途|收款单位|收入|支出|余额
        月|日||||||
        1|1||上年结转||||8000
        |18|记-1|预算下达||50000||58000
        |20|记-2|修渠|柳湾村委会||20000|38000
        2|3|记-3|慰问|南坪社区||3000|35000
        |〃|记-4|作废||||
        """,
        [(1, 0, 1, 1), *((1, c, 2, c) for c in range(2, 8))],
    )
    assert [(r["date"], r["amount_cny"]) for r in answer["rows"] if r.get("amount_cny")] == [("2021-01-20", 20000), ("2021-02-03", 3000)]
    assert not answer["errors"]


def test_the_department_of_the_branch_that_is_named_beside_it(words: Vocabulary) -> None:
    office = Registers("某水务集团", OFFICE.places, (Unit("财务部"), Unit("东区分公司财务部"), Unit("东区分公司工会"), Unit("工会")))
    rows = [
        ["单位", "部门", "户主", "村", "结对日期"],
        ["本部", "财务部", "方远", "柳湾村", "2021.3.4"],
        ["东区分公司", "财务部", "石林", "柳湾村", "2021.3.5"],
    ]
    rows[0][0] = "公司"
    found = answer_of(preview_book(Book("x.xlsx", [Sheet("结对帮扶", rows)]), words, [office]))
    assert column(found, "unit") == ["财务部", "东区分公司财务部"]
    sheet = Sheet("东区分公司", [["结对帮扶"], ["部门", "户主", "村", "结对日期"], ["工会", "方远", "柳湾村", "2021.3.4"]])
    assert column(answer_of(preview_book(Book("x.xlsx", [sheet]), words, [office])), "unit") == ["东区分公司工会"]


def test_remarks_that_revoke_or_correct(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年培训班登记
        班次名称|时间|地点|人数|备注
        电工班|3月5日|柳湾村|19|人数应为29人，左列笔误
        育儿班|3月6日|柳湾村|30|未办，此行作废
        果树班|3月7日|柳湾村|31|
        """,
    )
    assert column(answer, "people") == [29, 31]
    assert [d["excel_row"] for d in answer["doubts"] if d["why"] == "corrected"] == [3]


@pytest.mark.parametrize(
    ("text", "year", "begin", "last"),
    [
        ("20230411-0414", None, date(2023, 4, 11), date(2023, 4, 14)),
        ("2023-10-17至10-19", None, date(2023, 10, 17), date(2023, 10, 19)),
        ("12-20", 2021, date(2021, 12, 20), None),
        ("8月20日（2021年）", None, date(2021, 8, 20), None),
        ("45110至今", None, date(2023, 7, 3), None),
    ],
)
def test_more_ways_to_write_a_date(text: str, year: int | None, begin: date, last: date | None) -> None:
    found = read_date(text, year)
    assert (found.begin, found.last) == (begin, last)


@pytest.mark.parametrize(("text", "count"), [("应到13人，实到11人", 11), ("两处共18人", 18), ("老党员9人", 9), ("1人户", 1)])
def test_heads_in_a_phrase(text: str, count: int) -> None:
    assert read_number(text, "person") == count


def test_pages_that_carry_forward_void_rows_and_an_example(words: Vocabulary) -> None:
    header = "序号|日期|采购部门|产品名称|数量|金额（元）|产地|备注"
    answer = read(
        words,
        f"""
        2021年采购登记
        {header}
        例|1月1日|综合办|大米|1|10|柳湾村|
        1|1月5日|综合办|绿豆|2|24|柳湾村|
        2|2月5日|安质部|红枣|3|90|柳湾村|作废，重开
        3|2月6日|安质部|红枣|3|90|柳湾村|
        本页小计|||||114||
        2021年采购登记（续）
        {header}
        承前页|||||114||
        4|3月6日|综合办|小米|1|6|白桦嘎查|/
        全年合计|||||120||
        """,
    )
    assert column(answer, "amount_cny") == [24, 90, 6]
    assert not answer["errors"]


def test_a_page_carried_forward_wrongly(words: Vocabulary) -> None:
    lines = "日期|产品名称|采购部门|金额（元）|产地\n3月5日|绿豆|综合办|24|柳湾村\n3月6日|红枣|综合办|90|柳湾村\n本页小计|||114|\n2021年采购登记（续）\n"
    lines += "日期|产品名称|采购部门|金额（元）|产地\n承前页|||{}|\n4月5日|小米|综合办|6|柳湾村\n合计|||120|"
    assert not read(words, "2021年采购登记\n" + lines.format(114))["errors"]
    wrong = read(words, "2021年采购登记\n" + lines.format(141))
    assert [(e["excel_row"], e["why"]) for e in wrong["errors"]] == [(8, "total_mismatch")]


def test_rows_struck_through_do_not_count(words: Vocabulary) -> None:
    lines = [f"{PURCHASES}|备注", "2|绿豆|安质部|24|2021-03-05|柳湾村|", "3|红枣|综合办|90|2021-04-05|柳湾村|"]
    rows = [line.split("|") for line in ["采购农产品登记", *lines]]
    book = Book("x.xlsx", [Sheet("Sheet1", rows, struck=frozenset({2}))])
    assert column(answer_of(preview_book(book, words, [OFFICE])), "items") == [3]


def test_the_total_of_a_group_is_the_amount_and_its_parts_are_none(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2021年助学金发放名册
        序号|姓名|所在村|发放日期|资助标准（元）||
        ||||助学金|路费补贴|实发合计
        1|方远|柳湾村|8月20日|1500|500|2000
        2|石林|南坪社区|8月20日|3000|/|3000
        """,
        [(1, c, 2, c) for c in range(4)] + [(1, 4, 1, 6)],
    )
    assert column(answer, "amount_cny") == [2000, 3000]


def test_halves_of_a_year_beside_the_whole(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年村集体经济收入
        村名|收入来源|合同总额（万元）|2022年收入（元）||
        |||上半年|下半年|全年
        柳湾村|光伏发电|5|1000|2000|3000
        南坪社区|门面出租|8|/|4200|4200
        """,
        [(1, c, 2, c) for c in range(3)] + [(1, 3, 1, 5)],
    )
    assert column(answer, "amount_cny") == [3000, 4200]


def test_a_year_beside_days(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        党支部结对共建活动登记表（2021—2022年）
        序号|年度|月.日|我方党组织|结对党组织|活动主题|活动地点
        1|2021|1.25-26|安质部党支部|柳湾村党支部|主题党日|村委会
        2||2.30|综合办党支部|中共青石县河口镇南坪社区总支部委员会|上党课|公司本部
        3|2022|3.9|综合办党支部|柳湾村党总支|座谈|南坪社区
        """,
    )
    assert column(answer, "date") == ["2021-01-25", None, "2022-03-09"]
    assert column(answer, "place") == ["柳湾村", "南坪社区", "南坪社区"]
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(4, "bad_date")]


def test_begin_and_end_under_one_word(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年培训台账
        序号|主办部门|培训名称|学员来源|时间||规模||
        ||||开班|结业|期数|人数|人次
        1|综合办|电工培训班|柳湾村|3月20日|3月24日|2班|40|80
        2|安质部|安全用电班|青石县|2022.5.10|2022.5.13|1|30|30
        """,
        [(1, c, 2, c) for c in range(4)] + [(1, 4, 1, 5), (1, 6, 1, 8)],
    )
    assert column(answer, "date_end") == ["2022-03-24", "2022-05-13"]
    assert column(answer, "sessions") == [2, 1]


def test_people_with_amounts_that_another_table_sums_to_are_no_summary(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年助学金发放名单
        序号|姓名|所在村|录取院校|金额（元）||序号|受助学生|村别|就读学校|助学金（元）
        1|方远|柳湾村|某大学|3000||1|石林|南坪社区|县一中|1500
        2|石一|柳湾村|某大学|3000||2|石二|南坪社区|县一中|1500
        3|石三|白桦嘎查|某大学|3000||3|石四|柳湾村|县一中|3000
        4|石五|白桦嘎查|某大学|3000||4|石六|柳湾村|县一中|3000
        """,
    )
    assert len(answer["rows"]) == 8


@pytest.mark.parametrize("header", ["受益户数/人数", "受益户数（人数）", "受益农户（户/人）"])
def test_households_and_people_however_the_header_names_them(words: Vocabulary, header: str) -> None:
    answer = read(
        words,
        f"""
        2020年帮扶项目明细（万元）
        项目|地点|总投资|{header}|完成时间
        大棚|柳湾村|12|32户/128人|2020.10
        冷库|白桦嘎查|8|40（近160人）|2020年11月底
        路灯|柳湾村|5|120户480人|2020.12
        """,
    )
    assert column(answer, "households") == [32, 40, 120]
    assert column(answer, "people") == [128, 160, 480]


def test_years_across_with_their_total_beside_the_group(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        村集体经济收入分年度统计表（单位：万元）
        行政村|收入项目|各年度收入||合计
        ||2021年|2022年|
        柳湾村|光伏收益|6|3|9
        南坪社区|茶园分红|/|1|1
        白桦嘎查|铺面出租|2|待核实|2
        """,
        [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 2, 4)],
    )
    assert sorted((r["date"][:4], r["place"], r.get("amount_cny")) for r in answer["rows"]) == [
        ("2021", "柳湾村", 60000),
        ("2021", "白桦嘎查", 20000),
        ("2022", "南坪社区", 10000),
        ("2022", "柳湾村", 30000),
        ("2022", "白桦嘎查", None),
    ]
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(6, "not_a_number")]


def test_what_came_of_a_plan(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年培训计划及完成情况
        序号|培训班名称|计划||实际|||责任单位
        ||时间|人数|时间|人数|人次|
        1|乡村医生班|5月|50|6.1-6.3|48|144|综合办
        2|村干部班|9月|30|9.20—9.22|32|96|安质部
        """,
        [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 6), (1, 7, 2, 7)],
    )
    assert column(answer, "people") == [48, 32]
    assert column(answer, "date") == ["2022-06-01", "2022-09-20"]


def test_time_and_place_on_a_line_above_the_rows(words: Vocabulary) -> None:
    header = "序号|户主|家庭情况|慰问金（元）|签收"
    answer = read(
        words,
        f"""
        走访慰问困难群众台账
        时间：2023年1月10日—12日　地点：柳湾村
        {header}
        1|方远|低保户|500|
        合计|1户||500|
        时间：2023年1月13日　地点：南坪社区
        {header}
        1|石林|低保户|300|
        合计|1户||300|
        填表时间：2023年1月20日
        """,
    )
    assert [(r["date"], r["place"]) for r in answer["rows"]] == [("2023-01-10", "柳湾村"), ("2023-01-13", "南坪社区")]


def test_groups_numbered_in_words_with_what_their_rows_come_to(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2021年帮扶项目（万元）
        序号|项目名称|建设地点|到位资金|||开工
        |||小计|校内|社会捐赠|
        一|产业类||15|10|5|
        1|大棚|柳湾村|10|8|2|3月
        2|冷库|南坪社区|5|2|3|4月
        合计|||15|10|5|
        """,
        [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 5), (1, 6, 2, 6)],
    )
    assert column(answer, "amount_cny") == [100000, 50000]
    assert not answer["errors"]


def test_columns_that_share_out_a_count_are_added(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2020年培训统计
        培训班名称|培训时间|培训人数|
        ||基层干部|技术人员
        医生班|9月|18|12
        干部班|10月|35|
        """,
        [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3)],
    )
    assert column(answer, "people") == [30, 35]


def test_several_people_told_apart_by_spaces(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年领导到村调研记录
        日期|地点|领导姓名|领导人次|调研内容
        3月5日|柳湾村|方远 石林|2|水渠
        3月6日|柳湾村|方 远|1|路灯
        3月7日|柳湾村|方远/石林；田禾||果园
        3月8日|柳湾村|方远 石林 田禾||果园
        """,
    )
    assert column(answer, "title") == ["方远、石林", "方远", "方远、石林、田禾", "方远、石林、田禾"]
    assert column(answer, "person_times") == [2, 1, 3, 3]


def test_a_title_settles_the_category(words: Vocabulary) -> None:
    rows = [["认种登记表"], ["认养人", "品种", "数量", "金额", "认养日期", "地点"], ["方远", "苹果树", "2棵", "400", "2021.3.4", "柳湾村"]]
    found = preview_book(Book("x.xlsx", [Sheet("Sheet1", rows)]), words, [OFFICE])
    assert [r.values.get("category") for p in found.parts() for r in p.records] == ["crop"]


def test_a_row_without_its_number_goes_on_with_the_entry_above(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年会议研究帮扶工作情况
        序号|时间|会议|研究内容|结果
        1|2022.1.5|党委会|听取总结|通过
        |||审议要点|通过
        2|2022.3.9|办公会|审议拨款|同意
        """,
    )
    assert column(answer, "date") == ["2022-01-05", "2022-01-05", "2022-03-09"]


def test_the_unit_of_money_in_a_column_and_the_village_in_the_payees_name(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年资金拨付明细
        序号|资金用途|拨付日期|收款单位|拨付金额|货币单位
        1|修渠|3月5日|柳湾村村委会|1.5|万元
        2|助学|4月5日|青石县财政局|800|元
        """,
    )
    assert column(answer, "amount_cny") == [15000, 800]
    assert column(answer, "place") == ["柳湾村", None]


def test_the_total_of_a_row_makes_no_summary(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        职工捐款明细（2021年10月）
        部门|干部捐款（元）|职工捐款（元）|合计
        综合办|5600|3420|9020
        安质部|4300元|2180|6480
        二分公司|/|1200|1200
        总计|9900|6800|16700
        """,
    )
    assert column(answer, "amount_cny") == [9020, 6480, 1200]


def test_a_table_of_two_columns_under_a_heading_of_its_own(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        一村一档——柳湾村
        （一）慰问
        户主|金额（元）|时间
        方远|500|2021.1
        （二）村集体收入
        年份|收入
        2019|3万元
        2020|45000
        """,
    )
    assert column(answer, "amount_cny", "collective_income") == [30000, 45000]
    assert column(answer, "amount_cny", "visit") == [500]


def test_goods_named_once_above_orders_taken_back_and_school_years(words: Vocabulary) -> None:
    once = read(
        words,
        "2021年工会采购帮扶产品发放表\n发放时间：2021年9月18日　物品：蜂蜜\n部门|人数|数量（瓶）|金额（元）\n综合办|5|5|300\n安质部|4|4|240",
    )
    assert column(once, "title") == ["蜂蜜", "蜂蜜"]
    orders = "订单号|下单时间|状态|商品名称|数量|实付款\nA0001|2022/3/5|交易成功|大米|2|85\nA0002|2022/3/5|交易关闭|蜂蜜|1|68\nA0003|2022/3/6|已退款|菜油|1|120"
    assert column(read(words, orders), "title") == ["大米"]
    aided = read(words, "助学金发放\n学年|学生姓名|所在村|资助金额（元）\n2020-2021|方远|柳湾村|3000\n2021—2022|石林|柳湾村|2000")
    assert column(aided, "date") == ["2020-09-01", "2021-09-01"]

"""What stands beside, over or across the rows: folded tables, years over months, bands; and what a careful reader makes of it (samples/README.md)."""

from __future__ import annotations

from bangfu.catalogue.reading import read_number
from bangfu.office.intake.understanding import year_of
from bangfu.office.intake.words import Vocabulary, is_signature, is_total
from tests.office.intake.test_layouts import column, read


def test_a_table_folded_in_two_halves_under_one_village(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        青石县走访慰问签收册（2022年春节，单位：元）
        序号|户主|慰问日期|慰问金||序号|户主|慰问日期|慰问金
        柳湾村||||||||
        1|方远|1月5日|500||2|石林|1月6日|300
        3|石小林|1月7日|200||||
        小计|||1000|||||
        南坪社区||||||||
        4|方小远|1月8日|400||5|石大林|1月9日|600
        小计|||900|||||
        """,
        [(2, 0, 2, 8), (6, 0, 6, 8)],
    )
    assert sorted((r["title"], r["place"]) for r in answer["rows"]) == [
        ("方小远", "南坪社区"),
        ("方远", "柳湾村"),
        ("石大林", "南坪社区"),
        ("石小林", "柳湾村"),
        ("石林", "柳湾村"),
    ]
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(9, "total_mismatch")]


def test_an_account_book_with_the_year_over_month_and_day(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        帮扶资金明细账（青石县）
        2021年||凭证字号|摘要（用途）|帮扶村|支付金额（元）
        月|日||||
        12|3|银付-1|修渠|柳湾村|1000
        〃|9|银付-2|路灯|全县|2000
        |||过次页||3000
        2022年||凭证字号|摘要（用途）|帮扶村|支付金额（元）
        月|日||||
        |||承前页||3000
        1|30|银付-3|助学|柳湾村|500
        2|30|银付-4|助学|柳湾村|500
        """,
        [(1, 0, 1, 1), (6, 0, 6, 1)],
    )
    assert column(answer, "date") == ["2021-12-03", "2021-12-09", "2022-01-30", None]
    assert column(answer, "place") == ["柳湾村", "青石县", "柳湾村", "柳湾村"]
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(11, "bad_date")]


def test_years_under_a_group_with_their_total(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        村集体经济收入一览（单位：万元）
        村|收入来源|收入金额|||受益户数
        ||2020年|2021年|两年合计|
        柳湾村|门面租金|1.2|0.8|2|30
        南坪社区|光伏发电收益|无|5000元|0.5|12
        """,
        [(1, 2, 1, 4)],
    )
    assert sorted((r["date"], r["title"], r["amount_cny"]) for r in answer["rows"]) == [
        ("2020-01-01", "门面租金", 12000),
        ("2021-01-01", "光伏发电收益", 5000),
        ("2021-01-01", "门面租金", 8000),
    ]
    assert not answer["errors"]


def test_where_it_was_held_is_not_where_it_counts(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年健康讲座登记（按村）
        序号|讲座主题|主讲人|讲座时间|讲座地点|到场人数
        柳湾村（青石县河口镇）|||||
        1|合理用药|方远|3月5日|文化广场|40
        2|急救知识|石林|4月5日|村小学|50
        南坪社区|||||
        3|合理用药|方远|5月5日|青石县白桦嘎查|60
        """,
        [(2, 0, 2, 5), (5, 0, 5, 5)],
    )
    assert column(answer, "place") == ["柳湾村", "柳湾村", "白桦嘎查"]


def test_what_a_meeting_was_about_and_who_came_along(words: Vocabulary) -> None:
    meetings = read(
        words,
        """
        研究帮扶工作记录
        日期|会议名称|研究事项（议题）|出席人数
        2021.3.5|党委会|审定年度计划|9
        2021.4.5|专题会|研究资金安排|8
        2021.5.5|党委会|听取驻村汇报|9
        2021.6.5|专题会|研究选派队员|8
        """,
    )
    assert column(meetings, "title") == ["审定年度计划", "研究资金安排", "听取驻村汇报", "研究选派队员"]
    visits = read(words, "院领导调研登记\n日期|到访村|院领导|调研内容\n2021.3.5|柳湾村|方远、石林|查看项目\n2021.4.5|南坪社区|方远|座谈")
    assert column(visits, "person_times") == [2, 1]


def test_what_was_paid_of_what_was_agreed(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        项目资金支付情况（单位：万元）
        序号|村|合同签订日|项目用途|合同及支付情况||||付款凭证号
        ||||合同金额|支付日期|已支付|未支付|
        1|柳湾村|2021.1.1|修渠|10|2021.2.3|8|2|记-101
        2|南坪社区|2021.1.9|路灯|6|2021.3.3|3|3|记-102
        小计||||||11||
        二、其他零星支出（单位：元）
        序号|用途|村|支付日期|支付金额|凭证号
        1|助学|柳湾村|2021.5.6|800|记-103
        """,
        [(1, 4, 1, 7)],
    )
    assert column(answer, "amount_cny") == [80000, 30000, 800]
    assert not answer["errors"]


def test_words_of_lines_that_are_no_rows() -> None:
    assert is_total("年计")
    assert is_total("村计")
    assert not is_total("会计")
    assert not is_signature("二、其他项目（单位：元）")
    assert is_signature("填报单位：综合办（单位：元）")
    assert year_of(["2021年认养登记", "2022年认养登记"], "认养") == 2022
    assert year_of(["2021年认养登记", "登记日期：2022年1月5日"], "认养") == 2021


def test_the_cells_own_unit_counts_before_the_headers() -> None:
    assert read_number("2000册", "copy", "万册") == 2000
    assert read_number("0.3万", "copy", "万册") == 3000
    assert read_number("0.3", "copy", "万册") == 3000


def test_households_visited_in_groups_are_recorded_by_their_number(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年春节走访慰问情况统计表
        序号|村|慰问时间|慰问户数|慰问人数|慰问金（元）|经办部门
        1|柳湾村|1月20日|30|86|15000|综合办
        2|南坪社区|1月21日|12户|40|6000|安质部
        合计|||42|126|21000|
        """,
    )
    assert column(answer, "households") == [30, 12]
    assert not answer["errors"]
    assert not answer["doubts"]

"""What stands beside, over or across the rows: folded tables, years over months, bands; and what a careful reader makes of it (samples/README.md)."""

from __future__ import annotations

from typing import Any

import pytest

from bangfu.catalogue.reading import Problem, read_date, read_number
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


def test_numbers_and_days_as_clerks_say_them() -> None:
    money = {"1.2w": 12000, "5000元/人×3人=15000元": 15000, "500元×12户": 6000, "现金5000元": 5000}
    assert {text: read_number(text, "CNY") for text in money} == money
    heads = {"男20女30": 50, "2批60人": 60, "1户5人": 5}
    assert {text: read_number(text, "person") for text in heads} == heads
    days = {"2021年春节前": "2021-01-01", "国庆期间": "2021-10-01", "2021年暑假": "2021-07-01", "2021.3.5；2021.4.6": "2021-03-05"}
    assert {text: str(read_date(text, 2021).begin) for text in days} == days
    assert str(read_date("2021.3.5；2021.4.6").last) == "2021-04-06"
    with pytest.raises(Problem):
        read_date("2021.2.30；2021.4.6")


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


def entries(answer: dict[str, Any], *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(row.get(f) for f in fields) for row in answer["rows"]]


def test_goods_across_the_columns_are_a_purchase_each(words: Vocabulary) -> None:
    table = """
        2022年中秋工会福利采购（单位：元）
        部门|采购日期|大米|菜油|蜂蜜|合计
        综合办|2022.9.1|1200|800|300|2300
        安质部|2022.9.2|500|600|/|1100
        合计||1700|1500|300|3400
        """
    answer = read(words, table)
    assert entries(answer, "title", "unit", "amount_cny") == [
        ("大米", "综合办公室", 1200),
        ("菜油", "综合办公室", 800),
        ("蜂蜜", "综合办公室", 300),
        ("大米", "安全质量部", 500),
        ("菜油", "安全质量部", 600),
    ]
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(5, "total_mismatch")]


def test_goods_with_number_and_money_each(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年职工认购帮扶产品采购统计表
        序号|部门|大米||菜油||金额合计（元）
        ||数量（袋）|金额（元）|数量（桶）|金额（元）|
        1|综合办|10|850|5|600|1450
        2|安质部|4|340|||340
        """,
        [(1, 2, 1, 3), (1, 4, 1, 5), (1, 0, 2, 0), (1, 1, 2, 1), (1, 6, 2, 6)],
    )
    assert entries(answer, "title", "items", "amount_cny") == [("大米", 10, 850), ("菜油", 5, 600), ("大米", 4, 340)]


def test_villages_and_departments_across_the_columns(words: Vocabulary) -> None:
    income = read(words, "2021年村集体经济收入（万元）\n收入来源|柳湾村|南坪社区\n光伏发电|3.2|1.1\n门面租金|/|待定\n合计|3.2|1.1")
    assert entries(income, "title", "place", "amount_cny") == [
        ("光伏发电", "柳湾村", 32000),
        ("光伏发电", "南坪社区", 11000),
        ("门面租金", "南坪社区", None),
    ]
    assert [(e["excel_row"], e["why"]) for e in income["errors"]] == [(4, "not_a_number")]
    bought = read(words, "帮扶产品采购统计（元）\n产品名称|采购日期|综合办|安质部|合计\n大米|2022.1.5|100|50|150\n蜂蜜|2022.1.6|80|60|140")
    assert entries(bought, "title", "unit", "amount_cny")[:2] == [("大米", "综合办公室", 100), ("大米", "安全质量部", 50)]


def test_quarters_of_departments_are_entries_and_those_of_somebody_are_not(words: Vocabulary) -> None:
    bought = read(words, "2022年各部门食堂采购帮扶产品统计（单位：元）\n部门|一季度|二季度|合计\n综合办|120|80|200\n安质部|50|/|50")
    assert entries(bought, "date", "unit", "amount_cny", "title") == [
        ("2022-01-01", "综合办公室", 120, "各部门食堂采购帮扶产品"),
        ("2022-01-01", "安全质量部", 50, "各部门食堂采购帮扶产品"),
        ("2022-04-01", "综合办公室", 80, "各部门食堂采购帮扶产品"),
    ]
    aided = read(words, "2022年助学金发放表（元）\n姓名|村|生活补助|交通补助|合计\n方远|柳湾村|500|100|600\n石林|南坪社区|300|100|400")
    assert entries(aided, "title", "amount_cny") == [("方远", 600), ("石林", 400)]


def test_what_a_table_counts_in_goods_is_neither_heads_nor_money(words: Vocabulary) -> None:
    given = read(
        words,
        "2022年捐赠物资统计表\n捐赠部门|受赠村|捐赠时间|棉被（床）|大米（袋）\n综合办|柳湾村|2022.1.5|20|30\n安质部|南坪社区|2022.2.6|10|",
    )
    assert entries(given, "title", "items") == [("棉被", 20), ("大米", 30), ("棉被", 10)]
    lines = "\n".join(f"{n}|柳湾村|{name}|1|2|3" for n, name in enumerate(("方远", "石林", "姜山", "方小远"), 1))
    visits = read(words, f"2022年春节慰问物资发放签收表\n序号|村|户主|大米（袋）|菜油（桶）|合计\n{lines}")
    assert entries(visits, "title", "people") == [("方远", None), ("石林", None), ("姜山", None), ("方小远", None)]


def test_what_is_written_once_for_the_lines_below(words: Vocabulary) -> None:
    pairs = read(
        words,
        """
        干部职工结对帮扶一览表
        帮扶干部|部门|结对户（户主及人口）|村|结对时间
        方远|综合办|石林（3人）|柳湾村|2019.3
        ||姜山（5人）|柳湾村|2019.4
        方大远|安质部|方小远(2人)|南坪社区|2020年5月
        """,
    )
    assert entries(pairs, "title", "unit", "people") == [("石林", "综合办公室", 3), ("姜山", "综合办公室", 5), ("方小远", "安全质量部", 2)]
    posted = read(
        words,
        """
        驻村工作队员信息表
        县|乡镇|村|姓名|驻村职务|派驻时间
        青石县|河口镇|柳湾村|方远|第一书记|2021年5月
        |||石林|队员|2021.06
        |乌兰苏木|白桦嘎查|姜山|队长|2021/5/20
        """,
    )
    assert column(posted, "place") == ["柳湾村", "柳湾村", "白桦嘎查"]
    paid = read(words, "资金投入统计（2021-2022）  万元\n年份|投入项目|金额\n2021|水渠|10\n|路灯|3\n2022|助学|1.2")
    assert entries(paid, "date", "amount_cny") == [("2021-01-01", 100000), ("2021-01-01", 30000), ("2022-01-01", 12000)]


def test_days_that_a_band_tells_or_only_the_end(words: Vocabulary) -> None:
    found = read(
        words,
        """
        巡察反馈问题整改台账
        序号|反馈问题|整改措施|牵头部门|整改时限|完成情况
        一、组织领导方面（2021年6月15日反馈）
        1|研究不够|增加频次|综合办|2021年9月底|已完成
        2|台账不全|补齐|安质部|2021年8月|未完成
        """,
    )
    assert column(found, "date") == ["2021-06-15", "2021-06-15"]
    plans = read(
        words, "规划编制成果\n规划名称|委托单位|编制部门|完成时间\n乡村规划|河口镇政府|综合办|2021.6\n旅游规划|县文旅局|安质部|2020年3月"
    )
    assert column(plans, "date") == ["2021-06-01", "2020-03-01"]


def test_members_of_a_household_are_no_households_and_nobodys_visits_are_of_groups(words: Vocabulary) -> None:
    members = read(
        words,
        """
        2022年监测户家庭纯收入台账（元）
        序号|村|姓名|与户主关系|家庭人口|家庭纯收入
        1|柳湾村|方远|户主|2|30000
        2|柳湾村|石林|配偶||
        3|南坪社区|姜山|户主|1|12000
        """,
    )
    assert column(members, "title") == ["方远", "姜山"]
    visits = read(
        words,
        "2022年驻村工作队走访台账\n时间|地点|走访人员|走访户数|主要内容\n3.5-3.8|柳湾村|方远、石林|32户|宣传医保\n4月上旬|南坪社区|姜山|15|收入监测",
    )
    assert entries(visits, "households", "title") == [(32, None), (15, None)]
    assert not visits["doubts"]


def test_what_was_planned_and_did_not_happen_and_what_a_remark_mends(words: Vocabulary) -> None:
    held = read(
        words,
        """
        2021年培训计划执行情况
        序号|培训班|计划时间|实际时间|计划人数|实到人数|预算（元）|决算（元）
        1|养殖培训|3月|2021.3.5-3.7|50|46|5000|4800
        2|电商培训|6月|未开展|40|/|4000|/
        """,
    )
    assert entries(held, "title", "people", "amount_cny") == [("养殖培训", 46, 4800)]
    assert not held["errors"]
    bought = read(
        words, "2022年食堂采购登记\n日期|品名|数量|金额（元）|产地|备注\n3.7|苹果|50|300|南坪社区|数量应为60\n3.8|大米|20袋|1700|柳湾村|"
    )
    assert column(bought, "items") == [60, 20]
    gifts = read(
        words,
        "2021年捐款统计（元）\n时间|用途|捐款总额|其中：教职工|其中：学生|捐款人数\n2021.5|修路|5000|3000|2000|120\n2021.9|助学|8000|8000|/|60",
    )
    assert entries(gifts, "kind", "amount_cny") == [("donation", 5000), ("donation", 8000)]


def test_three_halves_under_a_village_each(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年走访慰问表（元）
        柳湾村|||南坪社区|||白桦嘎查||
        户主|日期|慰问金|户主|日期|慰问金|户主|日期|慰问金
        方远|1.5|500|姜山|1.6|300|石大林|1.8|500
        石林|1.5|300|方小远|1.6|300|||
        合计||800|合计||600|合计||500
        """,
        [(1, 0, 1, 2), (1, 3, 1, 5), (1, 6, 1, 8)],
    )
    assert entries(answer, "title", "place", "amount_cny") == [
        ("方远", "柳湾村", 500),
        ("石林", "柳湾村", 300),
        ("姜山", "南坪社区", 300),
        ("方小远", "南坪社区", 300),
        ("石大林", "白桦嘎查", 500),
    ]
    assert not answer["errors"]


def test_who_listened_tells_the_village(words: Vocabulary) -> None:
    answer = read(words, "2022年讲座一览\n时间|题目|主讲人|听众|人数\n3.5|防诈骗|方远|柳湾村村民|50\n9.6|用电安全|石林|南坪社区居民|60")
    assert entries(answer, "place", "people") == [("柳湾村", 50), ("南坪社区", 60)]


def test_first_and_second_times_with_a_day_each(words: Vocabulary) -> None:
    paid = read(
        words,
        """
        2021年项目资金拨付情况（万元）
        序号|项目名称|实施村|合同金额|第一次拨付||第二次拨付||累计拨付
        ||||时间|金额|时间|金额|
        1|水渠|柳湾村|10|2021.3.5|6|2021.9.8|4|10
        2|路灯|南坪社区|5|2021.4.6|5||/|5
        合计|||15||11||4|15
        """,
        [(1, 4, 1, 5), (1, 6, 1, 7), *((1, n, 2, n) for n in (0, 1, 2, 3, 8))],
    )
    assert entries(paid, "date", "title", "amount_cny") == [
        ("2021-03-05", "水渠", 60000),
        ("2021-04-06", "路灯", 50000),
        ("2021-09-08", "水渠", 40000),
    ]
    assert not paid["errors"]
    visits = read(words, "2022年走访统计\n户主|村|第一次走访时间|第二次走访时间\n石林|柳湾村|3.5|6.7\n姜山|南坪社区|3.6|")
    assert entries(visits, "date", "title") == [("2022-03-05", "石林"), ("2022-03-06", "姜山"), ("2022-06-07", "石林")]


def test_names_and_money_again_beside_what_they_share(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年捐款明细（单位：元）
        所在支部|姓名|金额|姓名|金额
        综合办党支部|方远|100|石林|200
        安质部党支部|方大远|100||
        """,
    )
    assert sorted(entries(answer, "unit", "amount_cny")) == [("安全质量部", 100), ("综合办公室", 100), ("综合办公室", 200)]


def test_a_total_in_a_sentence_ends_its_rows(words: Vocabulary) -> None:
    lines = "村|户主|时间|金额\n柳湾村|方远|1.5|500\n柳湾村|石林|1.5|500\n共计2户，慰问金1000元|||\n南坪社区|姜山|1.6|300\n共计1户|||300"
    answer = read(words, f"走访慰问统计2022\n{lines}")
    assert len(answer["rows"]) == 3
    assert not answer["errors"]


def test_school_years_and_terms_across(words: Vocabulary) -> None:
    years = read(words, "受助学生名单\n姓名|学校|村|2020-2021学年|2021-2022学年\n方远|县一中|柳湾村|1000|1200\n石林|县二中|南坪社区||800")
    assert entries(years, "date", "title", "amount_cny") == [
        ("2020-09-01", "方远", 1000),
        ("2021-09-01", "方远", 1200),
        ("2021-09-01", "石林", 800),
    ]
    terms = read(words, "2022年助学金发放表（元）\n姓名|学校|村|春季学期|秋季学期\n方远|县一中|柳湾村|500|600\n石林|县二中|南坪社区||800")
    assert entries(terms, "date", "amount_cny") == [("2022-03-01", 500), ("2022-09-01", 600), ("2022-09-01", 800)]

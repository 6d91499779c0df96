"""Habits of clerks that mislead a hasty reader: words that look like others, numbers of the ledger's own, names with much beside them."""

from __future__ import annotations

from bangfu.office.intake.preview import answer_of, preview_book
from bangfu.office.intake.reading import Book, Sheet
from bangfu.office.intake.words import Vocabulary
from tests.office.intake.test_layouts import OFFICE, column, read


def table(text: str) -> list[list[str]]:
    return [line.split("|") for line in text.splitlines()]


def test_a_date_of_another_matter_is_not_the_end(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年帮扶项目公示表
        序号|项目名称|实施地点|建设期限|总投资（万元）|公示时间
        1|茶叶加工厂|柳湾村|2022年2-4月|7.5|2022.1.9-2022.1.28
        2|冷链仓储|南坪社区|2022.04-2022.07|22.5|2022.3.3-2022.3.18
        """,
    )
    assert column(answer, "date_end") == ["2022-04-30", "2022-07-31"]
    assert answer["errors"] == []


def test_a_deadline_may_be_said_in_words(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        问题整改台账
        编号|问题描述|问题来源|发现日期|涉及村|责任部门|完成时限
        ZG01|资料缺页|内部审计|2022/3/21|柳湾村|综合办|2022年12月底前
        ZG02|台账不全|自查|2022.7.00|南坪社区|综合办|长期坚持，3个月内见效
        ZG03|公示期短|巡察|2022-07-02|柳湾村|二分公司|2022年13月底前
        """,
    )
    assert [(e["excel_row"], e["field"]) for e in answer["errors"]] == [(4, "date"), (5, "deadline")]


def test_the_ledgers_own_numbers_are_no_vouchers(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2023年助学金发放明细（单位：元）
        流水号|学生姓名|所在村|学段|实际发放|发放日期|经办部门|发放凭证号
        ZX001|方远|柳湾村|小学|600|2023-9-4|综合办|FK20981
        ZX002|石林|柳湾村|初中|800|2023-9-5|综合办|FK20355
        ZX003|姜山|南坪社区|高中|1500|2023-9-6|安质部|FK20981
        """,
    )
    assert [(e["excel_row"], e["field"], e["why"]) for e in answer["errors"]] == [(5, "voucher", "duplicate")]


def test_leaders_with_offices_and_company(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2023年领导班子到村情况
        序|到村时间|领导姓名（职务）|人次|调研地点|主要工作
        1|5月4日|应雨岚（总会计师）／辛　业（纪委书记）|2|柳湾村|走访
        2|6月8日|鄢  建（董事长）；冉秋同志|2|南坪社区|讲党课
        3|7月1日|佟山等3人||柳湾村|督导
        """,
    )
    assert column(answer, "title") == ["应雨岚、辛业", "鄢建、冉秋", "佟山"]
    assert column(answer, "person_times") == [2, 2, 3]


def test_rooms_are_no_places_and_village_houses_are(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年图书捐赠登记
        序号|捐赠日期|捐赠部门|图书名称|数量（册）|金额（元）|受赠方
        1|5月4日|综合办|农技读本|80|960|柳湾农家书屋
        2|6月8日|安质部|绘本|50|1200|南坪图书角
        3|7月1日|安质部|绘本|50|1200|县第一小学
        """,
    )
    assert column(answer, "place") == ["柳湾村", "南坪社区", None]
    rooms = read(
        words,
        """
        2022年专题会议记录
        序号|召开日期|会议议题|地点|出席人数|承办部门
        1|5月4日|研究年度计划|三楼会议室|12|综合办
        2|6月8日|研究资金安排|视频会议|9|综合办
        """,
    )
    assert column(rooms, "place") == [None, None]
    assert rooms["errors"] == []


def test_every_row_is_called_by_what_it_is_about(words: Vocabulary) -> None:
    """Names of crops that look like names of persons are what was adopted all the same, as an adoption needs no adopter."""
    answer = read(
        words,
        """
        2023年认养登记（单位：元）
        认养编号|认养部门|认养的标的物|数量|认养款|签约日期|结对农户
        RY-01|综合办|香猪|2|1800|3月5日|方远
        RY-02|安质部|稻田鱼|3|900|3月6日|石林
        RY-03|二分公司|土鸡|9|720|3月8日|姜山
        """,
    )
    assert column(answer, "title") == ["香猪", "稻田鱼", "土鸡"]
    assert answer["errors"] == []


def test_the_householders_number_is_checked_too(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2022年春节慰问发放表
        序号|慰问对象|身份证号码|村|慰问时间|慰问金（元）|慰问品
        1|方远|990101198209059183|柳湾村|1月25日|500|/
        2|石林|990101196002118838|柳湾村|1月25日|800|春联1副
        """,
    )
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(4, "checksum")]


def test_a_scale_with_measure_words_is_no_money(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        认养认领情况（2022年）
        协议编号|认领部门|认领标的|规模|计量|管护费（元/年）|所属村|协议签订日期
        R-1|综合办|脆李树|50株|株|6000|柳湾村|2022.4.20
        R-2|安质部|蜜蜂|2|箱|760元|柳湾村|2022.2.23
        R-3|二分公司|核桃树|30株|株|2,400|南坪社区|2022.3.6
        """,
    )
    assert column(answer, "amount_cny") == [6000, 760, 2400]
    assert column(answer, "items") == [50, 2, 30]
    assert answer["errors"] == []


def test_a_term_may_say_that_it_goes_on(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        驻村工作队花名册
        序号|姓名|所驻村|派出部门|职务|任期起止
        1|方远|柳湾村|综合办|第一书记|2021年7月18日起，在岗
        2|石林|南坪社区|安质部|队员|2021.6—至今（在任）
        """,
    )
    assert column(answer, "date") == ["2021-07-18", "2021-06-01"]
    assert answer["errors"] == []


def test_a_subtotal_is_of_the_rows_before_it(words: Vocabulary) -> None:
    """800 is not what the second quarter comes to, though the third quarter does."""
    answer = read(
        words,
        """
        柳湾村2022年走访慰问记录
        日期|户主姓名|走访干部|慰问金（元）
        1月11日|方远|丁永福|500
        2月3日|石林|丁永福|300
        本季小计|||800
        4月8日|方远|丁永福|100
        5月17日|姜山|丁永福|800
        本季小计|||800
        8月23日|石林|丁永福|200
        9月25日|姜山|丁永福|600
        本季小计|||800
        """,
    )
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(8, "total_mismatch")]


def test_sheets_of_one_form_mean_the_same(words: Vocabulary) -> None:
    """The second sheet's crops all look like names of persons; its headers mean what they meant on the first."""
    head = "认养编号|认养部门|认养的对象|数量|认养款（元）|签约日期"
    first = Sheet("柳湾村", table(f"2023年认养登记\n{head}\nRY-01|综合办|黑山猪一级|2|1800|3月5日\nRY-02|安质部|稻花香大米|3|900|3月6日"))
    second = Sheet("南坪社区", table(f"2023年认养登记\n{head}\nRY-03|综合办|花田|2|1800|3月5日\nRY-04|安质部|香猪|3|900|3月6日"))
    answer = answer_of(preview_book(Book("x.xlsx", [first, second]), words, [OFFICE]))
    assert column(answer, "title") == ["黑山猪一级", "稻花香大米", "花田", "香猪"]
    assert answer["errors"] == []


def test_a_voucher_may_begin_with_a_year_and_classes_may_be_others(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2021年帮扶资金支出台账（单位：元）
        序号|拨款时间|资金用途|帮扶村|金额|用途类别|凭证号
        1|2月6日|羊舍改造|柳湾村|8000|甲类|2021-0009
        2|3月6日|水渠维修|柳湾村|5000|乙类|2021-0011
        3|4月8日|图书角|南坪社区|3000|甲类|2021-0009
        """,
    )
    assert [(e["excel_row"], e["why"]) for e in answer["errors"]] == [(5, "duplicate")]


def test_a_roster_under_the_year_of_its_title(words: Vocabulary) -> None:
    answer = read(words, "领导小组成员名单（2023年调整）\n职务|姓名|行政职务\n组长|方远|董事长\n副组长|石林|总经理\n成员|姜山|总会计师")
    assert column(answer, "title", "leading_group") == ["方远", "石林", "姜山"]
    assert column(answer, "date") == ["2023-01-01"] * 3


def test_two_things_under_one_header(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2023年农村实用技术培训情况
        期次|培训班名称|培训时间、地点|培训对象及人数|经费（万元）
        第1期|茶叶种植班|3月5日至7日，柳湾村|茶农45人|0.85
        第2期|养蜂班|4月12日，南坪社区|蜂农32人、村干部5人|0.3
        """,
    )
    assert column(answer, "date") == ["2023-03-05", "2023-04-12"]
    assert column(answer, "date_end") == ["2023-03-07", None]
    assert column(answer, "place") == ["柳湾村", "南坪社区"]
    assert column(answer, "people") == [45, 37]


def test_a_header_in_words_nobody_knows(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        党委会研究帮扶工作情况
        时间|届次|议题|到场|缺|结语
        2022.3.15|第5次|审议年度计划|9人|3人|通过
        2022.6.8|第12次|研究驻村轮换|8人|2人|原则同意
        """,
    )
    assert column(answer, "title", "meeting") == ["审议年度计划", "研究驻村轮换"]


def test_entries_across_and_forms_whose_values_read_like_labels(words: Vocabulary) -> None:
    across = read(
        words,
        """
        项目基本情况表
        项目名称|茶叶加工厂|路灯安装|饮水工程
        实施地点|柳湾村|南坪社区|柳湾村
        开工时间|2022年3月|2022年4月|2022年5月
        总投资（万元）|85.5|12|30
        责任部门|综合办|安质部|二分公司
        """,
    )
    assert column(across, "title", "project") == ["茶叶加工厂", "路灯安装", "饮水工程"]
    assert column(across, "amount_cny") == [855000, 120000, 300000]
    form = read(
        words,
        """
        入户走访记录表
        户主姓名|方远|家庭人口|4|联系电话|16000001111
        所在村|柳湾村|户类型|脱贫户|走访日期|2023.3.5
        走访人|石林|走访方式|入户|慰问金|300元
        """,
    )
    assert [(r["kind"], r["title"], r["date"], r["place"], r["amount_cny"]) for r in form["rows"]] == [
        ("visit", "方远", "2023-03-05", "柳湾村", 300)
    ]


def test_a_year_said_once_for_its_rows(words: Vocabulary) -> None:
    answer = read(words, "获奖情况\n年度|奖项|颁奖单位\n2021|先进集体|省委\n|优秀第一书记|县委\n2022|先进单位|州委")
    assert column(answer, "date") == ["2021-01-01", "2021-01-01", "2022-01-01"]


def test_prices_and_rates_are_not_what_was_given(words: Vocabulary) -> None:
    """估价（单价） is a price beside 折价总额, 资助标准 a rate beside 实际发放; alone the rate is what was paid."""
    given = read(
        words,
        """
        2022年捐赠物品登记表（单位：元）
        序|接收时间|捐赠方|捐赠物品|数量|估价（单价）|折价总额|受赠村
        1|2022.1.2|综合办|书包|50|45|2250|柳湾村
        2|2022.2.3|安质部|画板|30|38|1140|南坪社区
        """,
    )
    assert column(given, "amount_cny") == [2250, 1140]
    for head, line, amount in (
        ("资助标准|实际发放", "800|400", 400),
        ("资助标准", "800", 800),
    ):
        aid = read(
            words,
            f"""
            2023年助学金发放花名册（金额单位：元）
            编号|姓名|就读学段|所在村|{head}|发放日期
            1|方远|初中|柳湾村|{line}|2023-9-4
            2|石林|高中|南坪社区|{line}|2023-9-5
            """,
        )
        assert column(aid, "amount_cny") == [amount, amount]


def test_tables_of_figures_are_no_entries(words: Vocabulary) -> None:
    """A line for each indicator, or for each year of the whole, repeats what the ledgers hold."""
    months = read(words, "帮扶工作月报表（2023年5月）\n指标|单位|本月数|累计数\n投入资金|万元|25.6|180.2\n培训人数|人|120|860")
    years = read(words, "历年投入情况（万元）\n年份|直接投入|引进资金|培训人数\n2019|50|120|320\n2020|66.8|200|450\n2021|80|150|510")
    assert months["rows"] == years["rows"] == []
    income = read(words, "柳湾村集体经济收入（万元）\n年度|总收入|经营收入\n2020|50|30\n2021|66.8|40\n2022|80|52")
    assert column(income, "amount_cny", "collective_income") == [500000, 668000, 800000]


def test_one_thing_and_how_much_of_it(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2023年福利采购情况
        采购部门|供货村|品种及数量|金额（元）|付款日期
        综合办|柳湾村|猕猴桃200箱|11600|2023.1.10
        安质部|南坪社区|绿茶50盒、腊肉30公斤|7350|2023.1.12
        """,
    )
    assert [(r["title"], r.get("items")) for r in answer["rows"]] == [("猕猴桃", 200), ("绿茶50盒、腊肉30公斤", None)]


def test_counts_of_other_things_are_no_attendances(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        2023年志愿服务活动统计
        日期|活动名称|服务村|参加人数|服务对象
        3.5|义务维修|柳湾村|12人|村民20户
        5.4|支教|南坪社区|8|学生45名
        7.1|义诊|柳湾村|6|村民30户
        """,
    )
    assert column(answer, "people") == [12, 8, 6]
    assert answer["errors"] == []


def test_a_numbered_band_ends_the_one_numbered_alike(words: Vocabulary) -> None:
    """三、其他 is no part of 二、青石县: a row without a village there lacks its place. Receipts of visits are vouchers."""
    answer = read(
        words,
        """
        2022年帮扶项目台账（单位：万元）
        编号|项目名称|建设地点|开工时间|资金规模
        一、县外
        1|茶叶加工厂|柳湾村|2022.3|7.5
        二、青石县
        2|冷链仓储|南坪社区|2022.4|22.5
        三、其他
        3|数字书屋|柳湾村|2022.5|3
        4|食用菌棚膜||2022.6|5
        """,
    )
    assert [(e["excel_row"], e["field"], e["why"]) for e in answer["errors"]] == [(9, "place", "missing")]


def test_a_training_is_where_it_was_held_if_nothing_else_is_told(words: Vocabulary) -> None:
    held = read(
        words,
        """
        2023年培训台账
        培训班名称|开班时间|培训地点|参训人数
        花椒管护班|2023.3.5|柳湾村村委会|30
        电商班|2023.5.6|青石县职教中心|42
        """,
    )
    assert column(held, "place") == ["柳湾村", "青石县"]
    invited = read(
        words,
        """
        2023年培训台账
        培训班名称|开班时间|培训地点|学员来源|参训人数
        花椒管护班|2023.3.5|柳湾村村委会|青石县|30
        电商班|2023.5.6|省城培训基地|南坪社区|42
        """,
    )
    assert column(invited, "place") == ["青石县", "南坪社区"]


def test_a_line_in_parentheses_may_say_the_unit(words: Vocabulary) -> None:
    answer = read(
        words,
        """
        帮扶资金支出台账
        （2018年1月—2022年12月，金额：万元）
        序号|支付时间|支出事由|受益地点|支付金额
        1|2018.02|困难群众慰问|柳湾村|20
        2|2018年3月13日|中药材加工|南坪社区|1.85
        """,
    )
    assert column(answer, "amount_cny") == [200000, 18500]

"""The ledgers of Party building, pairing and the households."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from bangfu.demo.cast import BRANCHES, TEACHING, VILLAGES, cast
from bangfu.demo.invent import Inventor
from bangfu.demo.layout import Dates, Row, Table

END = date(2020, 12, 11)
FAMILY_BASE = 42
"""So many of the households are paired with a cadre or teacher of the college."""


def branch_pairings() -> Table:
    partners = (*(f"{v}党支部" for v in VILLAGES), "二瓦槽村党支部", "仁乃村党支部")
    inventor = Inventor("branch pairings")
    days = inventor.days(13, date(2016, 5, 9), date(2018, 11, 30))
    places = {f"{v}党支部": v for v in (*VILLAGES, "二瓦槽村", "仁乃村")}
    rows: list[Row] = [
        (
            branch,
            "直属党支部" if branch.endswith("支部") else "党总支",
            partners[i % len(partners)],
            places[partners[i % len(partners)]],
            day,
            f"结对协议〔{day.year}〕{i + 1}号",
        )
        for i, (branch, day) in enumerate(zip(BRANCHES, days, strict=True))
    ]
    headers = ("我校党组织", "党组织类别", "结对党组织", "结对村", "结对时间", "协议编号")
    return Table("branch_pairing", "基层党组织结对共建一览表", headers, rows, sheet="支部结对", by="党委组织部", dates=Dates.ZH)


def branch_activities() -> Table:
    inventor = Inventor("branch activities")
    themes = (
        ("主题党日", "主题党日"),
        ("共上一堂党课", "党课"),
        ("环境卫生整治", "志愿服务"),
        ("慰问老党员", "慰问"),
        ("藏汉一家亲联谊", "乡风文明"),
        ("村规民约宣讲", "乡风文明"),
        ("农民夜校授课", "联合学习"),
    )
    partners = tuple(f"{v}党支部" for v in VILLAGES)
    rows: list[Row] = []
    for day in inventor.days(38, date(2016, 7, 1), END):
        partner = inventor.pick(partners)
        rows.append(
            (
                inventor.pick(tuple(BRANCHES)),
                partner,
                day,
                partner.removesuffix("党支部"),
                *inventor.pick(themes),
                inventor.between(12, 46),
                inventor.between(0, 9) * 200 or None,
            )
        )
    headers = ("我校党组织", "结对党组织", "活动时间", "活动地点", "活动主题", "活动类型", "参加人数", "投入经费（元）")
    return Table("branch_activity", "支部结对共建活动台账", headers, rows, sheet="共建活动", by="党委组织部", units="元")


def household_pairings() -> Table:
    """42 paired households on 45 lines: three have a new responsible person from a later day on, on a line of their own."""
    inventor = Inventor("household pairings")
    staff = cast().staff
    rows: list[Row] = []
    families = cast().families[:FAMILY_BASE]
    for i, family in enumerate(families):
        helper, unit = staff[i % len(staff)]
        begin = date(2018, 6, 20) if family.village == "各尔沟村" else date(2016, inventor.between(6, 11), inventor.between(1, 28))
        rows.append((family.village, family.head.name, family.head.id_number, family.size, family.cause, helper.name, unit, begin, ""))
    for i in (3, 10, 22):
        helper, unit = staff[45 + i % 10]
        rows.append(
            (
                families[i].village,
                families[i].head.name,
                families[i].head.id_number,
                families[i].size,
                families[i].cause,
                helper.name,
                unit,
                date(2019, 3, 11),
                "更换帮扶责任人",
            )
        )
    rows.sort(key=lambda row: tuple(VILLAGES).index(str(row[0])))
    headers = ("村名", "户主姓名", "户主身份证号", "家庭人口", "主要致贫原因", "帮扶责任人", "所在部门", "结对时间", "备注")
    return Table("pairing", "干部教师与贫困户结对认亲名册", headers, rows, sheet="结对认亲", by="党委组织部", dates=Dates.ISO)


def home_visits() -> list[Table]:
    """Visits of the paired households, one sheet a village."""
    inventor = Inventor("home visits")
    tables = []
    for village in VILLAGES:
        families = [f for f in cast().families[:FAMILY_BASE] if f.village == village]
        begin = date(2018, 7, 2) if village == "各尔沟村" else date(2017, 1, 10)
        rows: list[Row] = []
        for day in inventor.days(36, begin, END):
            family = inventor.pick(families)
            gift = inventor.pick((None, None, 200, 300, 500))
            rows.append(
                (
                    day,
                    village,
                    inventor.pick(cast().staff)[0].name,
                    family.head.name,
                    inventor.pick(("入户", "入户", "入户", "电话")),
                    inventor.pick(("家庭收入稳定", "孩子在县城上学", "圈舍需维修", "老人身体欠佳", "羊肚菌长势好")),
                    inventor.pick(("指导大棚管理", "核对家庭收入", "联系产品销路", "办理医保缴费", "送种薯及肥料")),
                    gift,
                    inventor.pick(("大米、食用油", "棉被", "", "")),
                ),
            )
        headers = ("走访日期", "所在村", "帮扶干部", "户主", "走访方式", "了解情况", "帮办实事", "慰问金（元）", "慰问物品")
        tables.append(Table("visit", f"{village}入户走访记录", headers, rows, sheet=village, by="驻村工作队", units="元", dates=Dates.DOT))
    return tables


def group_visits() -> Table:
    """Visits before the New Year of households that nobody listed one by one."""
    inventor = Inventor("group visits")
    rows: list[Row] = []
    for year in (2018, 2019, 2020):
        for village in VILLAGES:
            homes = inventor.pick((6, 8, 10, 12))
            rows.append(
                (
                    date(year, 1, inventor.pick((12, 15, 18))),
                    village,
                    "春节慰问老党员和困难户",
                    homes,
                    homes * 3,
                    homes * 300,
                    "大米、食用油",
                )
            )
    headers = ("慰问日期", "慰问村", "慰问活动", "慰问户数", "慰问人数", "慰问金（元）", "慰问物品")
    return Table("group_visit", "春节集中慰问情况统计表", headers, rows, sheet="集中慰问", by="驻村工作队", units="元", dates=Dates.ISO)


def household_measures() -> Table:
    """Measures for single households (因户施策); a household has one to three of them."""
    inventor = Inventor("household measures")
    kinds = (
        ("产业", "发放藏香猪仔并包技术"),
        ("产业", "认种四季豆"),
        ("就业", "介绍到产业园务工"),
        ("教育", "子女助学"),
        ("产业", "发放羊肚菌菌种"),
        ("健康", "协助办理大病救助"),
    )
    rows: list[Row] = []
    for family in cast().families[:64]:
        for _ in range(inventor.between(1, 3)):
            kind, content = inventor.pick(kinds)
            begin = date(2018, 8, 1) if family.village == "各尔沟村" else date(2016, 9, 1)
            day = begin + timedelta(days=inventor.between(0, (date(2020, 9, 30) - begin).days))
            rows.append(
                (family.village, family.head.name, kind, content, day, inventor.between(4, 30) * 100, inventor.between(6, 24) * 100, "是")
            )
    rows.sort(key=lambda row: (tuple(VILLAGES).index(str(row[0])), row[4], row[1]))
    headers = ("村名", "户主姓名", "措施类别", "帮扶措施", "实施时间", "投入金额（元）", "增收（元）", "是否稳定增收")
    return Table(
        "household_measure", "“因户施策”帮扶措施台账", headers, rows, sheet="因户施策", by="驻村工作队", units="元", dates=Dates.DOT
    )


def household_statuses() -> Table:
    """64 households out of poverty: paired ones and others of the four villages."""
    inventor = Inventor("household status")
    rows: list[Row] = []
    for family in cast().families[:64]:
        year = 2020 if family.village == "各尔沟村" else inventor.pick((2018, 2018, 2019, 2020))
        rows.append((family.village, family.head.name, "脱贫", date(year, 12, inventor.between(1, 10)), family.size, ""))
    rows += [(f.village, f.head.name, "边缘易致贫户", date(2020, 6, 18), f.size, "纳入监测") for f in cast().families[64:]]
    rows += [(f.village, f.head.name, "风险消除", date(2020, 12, 18), f.size, "收入稳定半年以上") for f in cast().families[65:]]
    headers = ("村名", "户主姓名", "变动类型", "变动时间", "家庭人口", "备注")
    return Table("household_status", "贫困户动态管理台账", headers, rows, sheet="动态管理", by="驻村工作队", dates=Dates.ZH)


def household_incomes() -> Table:
    inventor = Inventor("household income")
    rows: list[Row] = []
    for family in cast().families[:28]:
        for year in (2018, 2019, 2020):
            if family.village == "各尔沟村" and year == 2018:
                continue
            wage, farm, property_, transfer, cost = (
                inventor.between(*span) * 100 for span in ((60, 180), (40, 150), (0, 9), (10, 40), (8, 36))
            )
            grown = Decimal(100 + 14 * (year - 2018)) / 100
            wage, farm = int(wage * grown) // 10 * 10, int(farm * grown) // 10 * 10
            rows.append(
                (
                    family.village,
                    family.head.name,
                    date(year - 1, 10, 1),
                    date(year, 9, 30),
                    family.size,
                    wage,
                    farm,
                    property_,
                    transfer,
                    cost,
                    wage + farm + property_ + transfer - cost,
                    family.size * inventor.between(1590, 1810),
                )
            )
    headers = (
        "所在村",
        "户主",
        "起始时间",
        "截止时间",
        "家庭人口",
        "工资性收入",
        "生产经营性收入",
        "财产性收入",
        "转移性收入",
        "生产经营支出",
        "家庭纯收入",
        "帮扶增收（元）",
    )
    return Table(
        "household_income",
        "结对户家庭收入核算台账",
        headers,
        rows,
        sheet="农户收入",
        by="驻村工作队",
        units="元",
        dates=Dates.ISO,
        notes=("注：统计周期为上年10月1日至当年9月30日。",),
    )


def volunteers() -> Table:
    """968 teachers and students (registered once each) in 24 teams."""
    inventor = Inventor("volunteers")
    names = (
        ("藏寨支教", "支教"),
        ("电商助农", "电商助农"),
        ("村寨清洁", "环境整治"),
        ("农技下乡", "科技服务"),
        ("法律宣讲", "其他"),
        ("健康义诊", "义诊"),
        ("壁画美化", "文化服务"),
        ("助老帮扶", "其他"),
    )
    rows: list[Row] = []
    for i, (day, people) in enumerate(
        zip(inventor.days(24, date(2015, 7, 6), date(2020, 9, 30)), inventor.split(968, 24, low=12), strict=True)
    ):
        name, kind = names[i % len(names)]
        rows.append(
            (
                f"{name}志愿服务队",
                kind,
                day,
                inventor.pick(tuple(VILLAGES)),
                people,
                people + inventor.between(0, 12),
                inventor.between(16, 80),
                inventor.between(30, 140),
                inventor.pick(TEACHING),
            )
        )
    headers = ("服务队名称", "服务类别", "服务时间", "服务地点", "人数", "志愿服务人次", "服务时长（小时）", "服务群众人次", "组织部门")
    return Table(
        "volunteer",
        "扶贫志愿服务台账",
        headers,
        rows,
        sheet="志愿服务",
        by="校团委",
        total=("人数",),
        notes=("注：人数按首次注册登记，一人只计一次。",),
    )


def field_practice() -> Table:
    """Nine parties with 191 students."""
    inventor = Inventor("field practice")
    people = inventor.split(191, 9, low=14)
    names = (
        "走进雪山暑期实践队",
        "藏区产业调研队",
        "红色足迹实践队",
        "乡村规划测绘队",
        "电商助农调研队",
        "非遗工艺采风队",
        "支教实践队",
        "食品加工实训队",
        "村情调查队",
    )
    rows: list[Row] = []
    for i, day in enumerate(inventor.days(9, date(2016, 7, 11), date(2020, 8, 21))):
        rows.append(
            (
                f"第{i + 1}批",
                names[i],
                people[i],
                inventor.pick(tuple(VILLAGES)[:3]),
                day,
                day + timedelta(days=inventor.between(5, 12)),
                inventor.pick(("实地学习体验", "调研考察", "专业实训")),
                inventor.pick(TEACHING),
            )
        )
    headers = ("批次", "实践队名称", "人数", "实践地点", "开始时间", "结束时间", "实践内容", "组织部门")
    return Table("field_practice", "学生赴帮扶地实践台账", headers, rows, sheet="学生实践", by="校团委", total=("人数",), dates=Dates.ISO)


def camps() -> Table:
    rows = [
        ("高原少年看成都夏令营", date(2017, 7, 17), date(2017, 7, 23), "新龙县", 36, "学生处"),
        ("高原花蕾夏令营", date(2018, 7, 16), date(2018, 7, 22), "丹巴县", 40, "校团委"),
        ("科技启蒙夏令营", date(2019, 7, 15), date(2019, 7, 21), "新龙县", 44, "信息技术系"),
        ("工匠体验夏令营", date(2019, 8, 5), date(2019, 8, 10), "丹巴县", 32, "机电技术系"),
    ]
    headers = ("活动名称", "开始时间", "结束时间", "学生来源", "参加人数", "承办部门")
    return Table("camp", "优秀学生夏令营台账", headers, rows, sheet="夏令营", by="校团委", dates=Dates.ZH, total=("参加人数",))

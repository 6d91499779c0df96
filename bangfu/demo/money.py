"""The ledgers of funds, projects, industry and consumption."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from bangfu.demo.cast import UNITS, VILLAGES, cast
from bangfu.demo.invent import Inventor, money
from bangfu.demo.layout import Dates, Row, Table

END = date(2020, 12, 11)
INPUT = 7_397_000
"""Yuan that the college put in: payments, goods at their value, gifts of money by staff and students."""

GIFTS_OF_MONEY = 136_000
GOODS = 418_600


@dataclass(frozen=True, slots=True)
class Work:
    """A project of the college: where, what, how it was paid for (yuan), and on which days it was approved, started and accepted."""

    name: str
    category: str
    place: str
    paid: int
    approved: date
    started: date
    accepted: date | None
    households: int
    unit: str


NAMED: tuple[tuple[str, str, str, int, date, int], ...] = (
    ("德麦巴村幼儿园新建工程", "教育", "德麦巴村", 1_300_000, date(2016, 5, 9), 62),
    ("二瓦槽村幼儿园改建工程", "教育", "二瓦槽村", 300_000, date(2017, 6, 12), 41),
    ("德麦巴村村寨风貌改造", "人居环境", "德麦巴村", 70_000, date(2018, 4, 16), 71),
    ("各尔沟村村寨风貌改造", "人居环境", "各尔沟村", 60_000, date(2018, 9, 10), 59),
    ("莫斯卡景区道路建设", "基础设施", "莫斯卡景区", 150_000, date(2019, 5, 13), 48),
    ("边耳乡农产品加工产业园", "产业", "边耳乡", 860_000, date(2017, 4, 10), 96),
    ("博美乡生态菌产业园", "产业", "博美乡", 740_000, date(2017, 9, 4), 88),
    ("藏香猪集中养殖示范基地", "产业", "吉汝村", 380_000, date(2016, 10, 17), 46),
    ("高原特色马铃薯种植示范基地", "产业", "日卡村", 260_000, date(2017, 3, 20), 52),
    ("冬暖式果蔬恒温大棚示范基地", "产业", "日卡村", 310_000, date(2017, 10, 16), 38),
    ("藏鸡养殖示范基地", "产业", "各尔沟村", 240_000, date(2018, 7, 9), 33),
    ("黑青稞连片种植示范基地", "产业", "德麦巴村", 290_000, date(2018, 3, 26), 64),
)
"""The projects that the reports name, with what was paid for each in yuan."""

COMMON = (
    ("饮水管网维修", "基础设施"),
    ("入户路硬化", "基础设施"),
    ("太阳能路灯安装", "基础设施"),
    ("党员活动室改造", "党建"),
    ("农民夜校设备购置", "教育"),
    ("村卫生室设备添置", "医疗健康"),
    ("图书室建设", "教育"),
    ("牲畜圈舍改造", "产业"),
    ("种苗发放", "产业"),
    ("应急广播安装", "民生"),
    ("垃圾收集点建设", "人居环境"),
    ("文化活动设施添置", "文化"),
    ("羊肚菌试种", "产业"),
    ("草莓种植", "产业"),
    ("厕所改造", "人居环境"),
    ("灌溉水渠修缮", "基础设施"),
    ("生态鸡养殖", "产业"),
    ("电商服务点建设", "产业"),
    ("教学点宿舍修缮", "教育"),
)
OTHERS = 145 - len(NAMED)


@lru_cache(maxsize=1)
def works() -> tuple[Work, ...]:
    """The 145 projects started from 2015 to 2020, and two of 2021, oldest start first."""
    inventor = Inventor("works")
    found = [
        Work(
            name,
            category,
            place,
            paid,
            started - timedelta(days=35),
            started,
            started + timedelta(days=inventor.between(120, 260)),
            households,
            inventor.pick(UNITS[4:]),
        )
        for name, category, place, paid, started, households in NAMED
    ]
    paid = INPUT - GIFTS_OF_MONEY - GOODS - sum(w.paid for w in found)
    amounts = inventor.split(paid, OTHERS, low=3000, step=100)
    taken: set[str] = set()
    for amount, day in zip(amounts, inventor.days(OTHERS, date(2015, 4, 20), date(2020, 10, 30)), strict=True):
        villages = tuple(VILLAGES)[: 1 if day < date(2016, 5, 16) else 3 if day < date(2018, 6, 4) else 4]
        while True:
            what, category = inventor.pick(COMMON)
            village = inventor.pick(villages)
            name = f"{village}{what}项目（{day.year}年）"
            if name in taken:
                name = f"{village}{what}二期项目（{day.year}年）"
            if name not in taken:
                break
        taken.add(name)
        accepted = day + timedelta(days=inventor.between(40, 150))
        found.append(
            Work(
                name,
                category,
                village,
                amount,
                day - timedelta(days=inventor.between(12, 40)),
                day,
                accepted if accepted <= END else None,
                inventor.between(6, 68),
                inventor.pick(UNITS[4:]),
            )
        )
    for village, what in (("吉汝村", "饮水管网维修"), ("各尔沟村", "羊肚菌试种")):
        found.append(
            Work(f"{village}{what}项目（2021年）", "产业", village, 0, date(2021, 3, 2), date(2021, 4, 6), None, 20, "帮扶工作办公室")
        )
    return tuple(sorted(found, key=lambda w: (w.started, w.name)))


def projects() -> list[Table]:
    """Three sheets, a step each: approved, started, accepted."""
    headers = ("项目名称", "实施地点", "项目类别", "项目环节", "时间", "预算金额（元）", "受益户数", "项目进度", "责任部门")
    steps = (("立项", "项目立项审批台账", "前期"), ("实施", "项目实施台账", "在建"), ("验收", "项目验收台账", "已验收"))
    tables = []
    for step, title, progress in steps:
        rows: list[Row] = []
        for work in works():
            day = {"立项": work.approved, "实施": work.started, "验收": work.accepted}[step]
            if day is not None:
                budget = max(5000, (work.paid + 4999) // 5000 * 5000)
                rows.append((work.name, work.place, work.category, step, day, budget, work.households, progress, work.unit))
        rows.sort(key=lambda r: (str(r[4]), str(r[0])))
        tables.append(Table("project", f"定点帮扶{title}", headers, rows, sheet=step, units="元", dates=Dates.ISO))
    return tables


PURPOSES = {
    "产业": "产业帮扶",
    "基础设施": "基础设施",
    "人居环境": "基础设施",
    "教育": "教育帮扶",
    "医疗健康": "医疗帮扶",
    "党建": "党建帮扶",
}


def payments() -> list[Table]:
    """What the college paid for its projects, one sheet a year; large works in up to three payments. In 万元, as the finance office keeps it."""
    inventor = Inventor("payments")
    rows: list[Row] = []
    for work in works():
        for day, share in _shares(work):
            rows.append(
                (
                    day,
                    work.place,
                    work.name,
                    PURPOSES.get(work.category, "其他"),
                    f"{work.place}村民委员会" if work.place in VILLAGES else "所在乡镇人民政府",
                    money(share * 100) / 10_000,
                    inventor.pick(("学校预算", "学校预算", "学校预算", "工会经费", "党费")),
                    "投入",
                    f"川院帮纪〔{work.approved.year}〕{inventor.between(1, 9)}号",
                    f"记-{day:%y}{len(rows) + 1:04d}",
                    "财务处",
                ),
            )
    headers = (
        "拨付日期",
        "帮扶村",
        "项目名称",
        "用途类别",
        "收款单位",
        "拨付金额（万元）",
        "资金来源",
        "计入指标",
        "会议纪要文号",
        "凭证号",
        "经办部门",
    )
    tables = []
    for year in range(2015, 2021):
        held = sorted((r for r in rows if isinstance(r[0], date) and r[0].year == year), key=lambda r: (str(r[0]), str(r[9])))
        dates = (Dates.ISO, Dates.DOT, Dates.ZH)[year % 3]
        title = f"{year}年定点帮扶资金拨付台账"
        total = ("拨付金额（万元）",)
        tables.append(Table("payment", title, headers, held, sheet=f"{year}年", by="财务处", units="万元", total=total, dates=dates))
    return tables


def _shares(work: Work) -> list[tuple[date, int]]:
    """The payments for a project: one a month or so after its start, two or three for larger ones, the last at acceptance."""
    if not work.paid:
        return []
    last = min(work.accepted or END, END)
    count = 3 if work.paid >= 200_000 else 2 if work.paid >= 40_000 else 1
    part = work.paid * 4 // 10 // 1000 * 1000
    shares = [*([part] * (count - 1)), work.paid - part * (count - 1)]
    days = [work.started + (last - work.started) * i // max(1, count - 1) for i in range(count)]
    return list(zip(days, shares, strict=True))


def funds_raised() -> Table:
    """Grants that the college obtained from others: 386 万元."""
    inventor = Inventor("funds raised")
    givers = ("省对口支援专项", "××食品研究院", "××慈善基金会", "××集团", "校友企业联合会", "省科协")
    rows: list[Row] = []
    for amount, day in zip(inventor.split(3_860_000, 13, low=60_000, step=5000), inventor.days(13, date(2016, 6, 6), END), strict=True):
        place = inventor.pick((*tuple(VILLAGES)[:3], "新龙县", "丹巴县"))
        rows.append(
            (
                day,
                inventor.pick(givers),
                place,
                inventor.pick(("产业园设备", "道路建设", "学校取暖设施", "饮水工程", "农技推广")),
                Decimal(amount),
                "引进",
                "帮扶工作办公室",
            )
        )
    headers = ("到账时间", "出资单位", "帮扶地", "用途", "引进金额（元）", "计入指标", "争取部门")
    return Table(
        "fund_brought_in", "引进帮扶资金台账", headers, rows, sheet="引进资金", units="元", total=("引进金额（元）",), dates=Dates.ZH
    )


GOODS_GIVEN = (
    ("新能源校车", "车辆", "辆", 1, 148_000, "新龙县", "新龙中学", date(2018, 9, 5)),
    ("学生课桌椅", "桌椅家具", "套", 120, 36_000, "德麦巴村", "德麦巴村幼儿园", date(2017, 9, 1)),
    ("电脑", "电子设备", "台", 24, 72_000, "吉汝村", "吉汝村村民委员会", date(2017, 11, 14)),
    ("投影仪", "电子设备", "台", 6, 16_800, "日卡村", "日卡村村民委员会", date(2018, 3, 20)),
    ("棉被", "衣物被褥", "床", 160, 19_200, "各尔沟村", "各尔沟村村民委员会", date(2018, 11, 22)),
    ("农用三轮车", "农资农具", "辆", 3, 25_500, "各尔沟村", "各尔沟村村民委员会", date(2019, 4, 18)),
    ("太阳能热水器", "其他", "台", 20, 32_000, "吉汝村", "吉汝村村民委员会", date(2019, 6, 11)),
    ("体育器材", "教学用品", "套", 8, 11_600, "二瓦槽村", "二瓦槽村幼儿园", date(2018, 12, 4)),
    ("防疫口罩及消毒液", "药品医疗", "件", 900, 15_300, "丹巴县", "丹巴县红十字会", date(2020, 2, 26)),
    ("食品烘干机", "农资农具", "台", 2, 42_200, "博美乡", "博美乡人民政府", date(2018, 6, 19)),
)


def goods() -> Table:
    """Goods given, at a value of 418,600 yuan; one line has a day that does not exist."""
    rows: list[Row] = [
        (day, name, kind, quantity, measure, amount, place, receiver, "投入", "后勤服务中心")
        for name, kind, measure, quantity, amount, place, receiver, day in GOODS_GIVEN
    ]
    rows.append(("2019年2月30日", "办公桌", "桌椅家具", 10, "张", 5000, "日卡村", "日卡村村民委员会", "投入", "后勤服务中心"))
    headers = ("捐赠时间", "物资名称", "物资类别", "数量", "计量单位", "总价值（元）", "受赠地", "发放对象", "计入指标", "捐赠部门")
    return Table(
        "donation",
        "捐赠物资登记台账",
        headers,
        rows,
        sheet="捐赠物资",
        by="后勤服务中心",
        units="元",
        dates=Dates.ZH,
        refused={len(rows) - 1: "bad_date"},
    )


def gifts_of_money() -> Table:
    """Gifts of staff and students for the education fund: 136,000 yuan."""
    inventor = Inventor("gifts of money")
    rows: list[Row] = [
        (day, "师生", village, "设立教育基金", amount, "投入", unit)
        for (village, day, amount), unit in zip(
            (
                ("德麦巴村", date(2017, 6, 16), 40_000),
                ("吉汝村", date(2017, 6, 16), 34_000),
                ("日卡村", date(2017, 6, 16), 32_000),
                ("各尔沟村", date(2018, 6, 22), 30_000),
            ),
            inventor.random.sample(("校工会", "校团委", "学生处", "校工会"), 4),
            strict=True,
        )
    ]
    headers = ("捐款时间", "捐款来源", "受捐村", "捐款用途", "捐款金额（元）", "计入指标", "捐款部门")
    return Table(
        "donation_money",
        "师生爱心捐款台账",
        headers,
        rows,
        sheet="爱心捐款",
        by="校工会",
        units="元",
        dates=Dates.ZH,
        total=("捐款金额（元）",),
    )


def assets() -> Table:
    rows: list[Row] = [
        (
            work.name.removesuffix("工程"),
            "公益性" if work.category in {"教育", "基础设施", "人居环境"} else "经营性",
            work.place,
            work.accepted,
            work.paid,
            f"{work.place}村民委员会",
            "在用",
        )
        for work in works()
        if work.paid >= 60_000 and work.accepted is not None
    ]
    headers = ("资产名称", "资产类别", "所在地", "移交时间", "原值（元）", "确权对象", "现状")
    return Table("asset", "扶贫项目资产移交登记表", headers, rows, sheet="资产移交", units="元", dates=Dates.ISO)


def notices() -> Table:
    rows: list[Row] = [
        (f"{work.name}公示", work.approved + timedelta(days=3), work.place, "事前公示", 10, "帮扶工作办公室")
        for work in works()
        if work.paid >= 20_000
    ]
    headers = ("公示内容", "公示时间", "公示地点", "公示阶段", "公示天数", "责任部门")
    return Table("notice", "帮扶项目及资金公示台账", headers, rows, sheet="公示", dates=Dates.DOT)


BASES = {"藏香猪": "养殖基地", "藏鸡": "养殖基地", "马铃薯": "种植基地", "黑青稞": "种植基地", "大棚": "大棚基地"}
OTHER_BASES: tuple[Row, ...] = (
    ("德麦巴村羊肚菌专业合作社", "合作社", "德麦巴村", date(2018, 5, 10), None, 120_000, 31, "德麦巴村村民委员会"),
    ("日卡村蔬菜专业合作社", "合作社", "日卡村", date(2018, 9, 12), None, 80_000, 26, "日卡村村民委员会"),
    ("吉汝村民族手工艺帮扶车间", "帮扶车间", "吉汝村", date(2019, 6, 20), None, 60_000, 14, "丹巴××种养专业合作社"),
    ("仁乃村特色民宿", "乡村旅游", "仁乃村", date(2019, 8, 8), None, 200_000, 12, "仁乃村村民委员会"),
)


def bases() -> Table:
    """The five demonstration bases, the two parks, and what stands beside them."""
    inventor = Inventor("bases")
    rows: list[Row] = list(OTHER_BASES)
    for work in works():
        found = next((kind for word, kind in BASES.items() if word in work.name), "") if work.name.endswith("基地") else ""
        kind = "产业园" if work.name.endswith("产业园") else found
        if kind and work.accepted is not None:
            area = inventor.between(30, 120) if kind == "种植基地" else None
            rows.append((work.name, kind, work.place, work.accepted, area, work.paid, work.households, f"{work.place}集体经济合作社"))
    rows.sort(key=lambda row: (str(row[3]), str(row[0])))
    headers = ("基地名称", "基地类型", "地点", "建成时间", "面积（亩）", "投资额（元）", "带动户数", "运营主体")
    return Table("industry_base", "产业基地台账", headers, rows, sheet="产业基地", units="元", dates=Dates.ZH)


BUILT = {
    "幼儿园": "幼儿园",
    "村寨风貌": "村寨改造",
    "景区道路": "景区道路",
    "饮水管网": "饮水水利",
    "路灯": "路灯照明",
    "入户路": "乡村道路",
    "厕所": "住房改造",
    "卫生室": "卫生室",
    "图书室": "书屋网吧",
    "文化活动": "文化广场",
    "教学点": "学校",
}


def improvements() -> Table:
    """What was built or repaired, at what it cost."""
    inventor = Inventor("improvements")
    rows: list[Row] = []
    for work in works():
        kind = next((kind for word, kind in BUILT.items() if word in work.name), "")
        if not kind or work.accepted is None:
            continue
        nature = "新建" if "新建" in work.name or kind in {"景区道路", "路灯照明"} else "改建"
        length = Decimal(inventor.between(6, 48)) / 10 if "道路" in kind else None
        lamps = inventor.between(12, 40) if kind == "路灯照明" else None
        name = work.name.split("项目")[0]
        rows.append((name, kind, nature, work.place, work.accepted, work.paid, length, lamps, work.households, work.unit))
    headers = ("援建名称", "援建类别", "建设性质", "建设地点", "建成时间", "捐建金额（元）", "里程（公里）", "盏数", "受益户数", "责任部门")
    return Table("improvement", "援建改造台账", headers, rows, sheet="援建改造", units="元", dates=Dates.DOT, total=("捐建金额（元）",))


def employments() -> Table:
    inventor = Inventor("employment")
    rows: list[Row] = [
        (
            day,
            inventor.pick(("产业园分拣工", "基地季节工", "后勤服务岗", "合作社养殖工")),
            inventor.pick(tuple(VILLAGES)[:3]),
            inventor.pick(("基地务工", "推荐就业", "直接聘用")),
            inventor.between(2, 11),
            "帮扶工作办公室",
        )
        for day in inventor.days(13, date(2017, 3, 6), END)
    ]
    headers = ("就业时间", "岗位名称", "劳动者来源地", "就业方式", "就业人数", "责任部门")
    return Table("employment", "就业帮扶台账", headers, rows, sheet="就业帮扶", dates=Dates.DOT)


def firms() -> Table:
    rows: list[Row] = [
        ("丹巴××农产品加工有限公司", "边耳乡", "边耳乡农产品加工产业园", date(2018, 3, 12), 1_200_000, None),
        ("甘孜××生态食品有限公司", "边耳乡", "边耳乡农产品加工产业园", date(2018, 10, 8), 860_000, None),
        ("丹巴××种养专业合作社", "边耳乡", "边耳乡农产品加工产业园", date(2019, 5, 20), 300_000, None),
    ]
    headers = ("企业名称", "所在地", "入驻园区", "入驻时间", "实际投资额（元）", "退出时间")
    return Table("firm_settled", "产业园入驻企业台账", headers, rows, sheet="入驻企业", dates=Dates.ZH)


def products() -> Table:
    inventor = Inventor("products")
    names = ("羊肚菌干品", "高原雪菊茶", "黑青稞酒", "青稞饼干", "藏香猪腊肉", "土豆粉条", "花椒油")
    rows: list[Row] = [
        (name, day, "博美乡", inventor.pick(("食品工程系", "轻工技术系")))
        for name, day in zip(names, inventor.days(7, date(2018, 3, 1), date(2020, 9, 30)), strict=True)
    ]
    return Table(
        "product", "农特产品开发台账", ("产品名称", "开发时间", "产地", "研发部门"), rows, sheet="产品开发", dates=Dates.ZH, by="科研处"
    )


def brands() -> Table:
    rows: list[Row] = [
        ("青稞酒生产工艺改进", "工艺改进", date(2017, 11, 20), "新龙县", "轻工技术系"),
        ("新龙青稞酒", "品牌", date(2018, 8, 16), "新龙县", "经贸管理系"),
        ("边耳腊肉", "品牌", date(2019, 12, 6), "丹巴县", "食品工程系"),
    ]
    return Table(
        "brand",
        "品牌与工艺改进台账",
        ("品牌或工艺名称", "类别", "完成时间", "地点", "技术支持部门"),
        rows,
        sheet="品牌工艺",
        dates=Dates.ZH,
        by="科研处",
    )


def seeds() -> Table:
    """Breeding stock and seed given to 326 households."""
    inventor = Inventor("seeds")
    kinds = (("藏香猪种", "头", 600), ("草莓种苗", "株", 2), ("羊肚菌菌种", "袋", 9), ("藏鸡苗", "只", 25), ("马铃薯种薯", "斤", 3))
    rows: list[Row] = []
    for i, (households, day) in enumerate(
        zip(inventor.split(326, 12, low=14), inventor.days(12, date(2016, 4, 18), date(2020, 5, 29)), strict=True)
    ):
        village = tuple(VILLAGES)[(i % 3) if day < date(2018, 6, 4) else 3 - i % 4]
        what, measure, price = kinds[i % len(kinds)]
        quantity = households * inventor.between(2, 30)
        people = households * 4 + inventor.between(-6, 9)
        rows.append(
            (
                day,
                what,
                quantity,
                measure,
                quantity * price,
                village,
                households,
                people,
                people * inventor.between(1320, 1490),
                "帮扶工作办公室",
            )
        )
    headers = ("发放时间", "品种", "数量", "计量单位", "购置金额（元）", "受益村", "受益户数", "受益人数", "带动增收（元）", "责任部门")
    return Table(
        "seed_gift",
        "种苗种畜发放台账",
        headers,
        rows,
        sheet="种苗种畜",
        dates=Dates.DOT,
        total=("受益户数", "受益人数"),
        notes=("注：受益户数按首次受益登记，一户只计一次。",),
    )


def village_incomes() -> Table:
    """Collective income: 1,210,900 yuan from the bases to 2020, and rents of 2021."""
    inventor = Inventor("village income")
    rows: list[Row] = []
    sources = (
        ("德麦巴村", "黑青稞基地收益", 2018),
        ("吉汝村", "藏香猪基地收益", 2017),
        ("日卡村", "马铃薯基地收益", 2017),
        ("日卡村", "果蔬大棚收益", 2018),
        ("各尔沟村", "藏鸡基地收益", 2019),
    )
    lines = [(village, source, year) for village, source, begin in sources for year in range(begin, 2021)]
    amounts = inventor.split(1_210_900, len(lines), low=20_000, step=100)
    rows += [
        (village, date(year, 12, 10), source, "经营收入", "是", amount, amount * 3 // 10 // 100 * 100)
        for (village, source, year), amount in zip(lines, amounts, strict=True)
    ]
    rows += [
        (village, date(2021, 6, 4), "村集体房屋租金", "发包及上交收入", "否", inventor.between(20, 90) * 100, None) for village in VILLAGES
    ]
    rows += [(village, date(2019, 5, 8), "发展集体经济补助", "补助收入", "否", 30_000, None) for village in ("德麦巴村", "日卡村")]
    rows.sort(key=lambda row: (tuple(VILLAGES).index(str(row[0])), str(row[1])))
    headers = ("村名", "入账时间", "收入来源", "收入类别", "是否来自帮扶基地", "收入金额（元）", "其中用于分红（元）")
    return Table(
        "collective_income",
        "村集体经济收入台账",
        headers,
        rows,
        sheet="村集体收入",
        by="驻村工作队",
        units="元",
        total=("收入金额（元）",),
        dates=Dates.ISO,
    )


def purchases() -> list[Table]:
    """Produce bought for 1,027,000 yuan from 2016 to 2020, one sheet a year; a line of 2020 has no readable amount."""
    inventor = Inventor("purchases")
    goods_ = (
        ("藏香猪肉", "斤", 38),
        ("土豆", "斤", 2),
        ("雪菊茶", "盒", 68),
        ("羊肚菌干", "盒", 120),
        ("青稞酒", "瓶", 58),
        ("藏鸡蛋", "盒", 45),
        ("四季豆", "斤", 6),
        ("牦牛肉干", "袋", 65),
        ("核桃", "斤", 18),
    )
    origins = (*VILLAGES, *VILLAGES, "新龙县", "丹巴县", "道孚县", "开江县", "凉山州", "凉山州")
    channels = ("食堂采购", "工会福利", "以购代捐", "以购代捐", "职工自购", "832平台", "展销")
    rows: list[Row] = []
    days = inventor.days(168, date(2016, 9, 5), END)
    for number, (amount, day) in enumerate(zip(inventor.split(1_027_000, 168, low=900, step=1), days, strict=True), 1):
        what, measure, price = inventor.pick(goods_)
        origin = inventor.pick(origins)
        if origin == "各尔沟村" and day < date(2018, 6, 4):
            origin = "吉汝村"
        rows.append(
            (
                day,
                inventor.pick(UNITS),
                inventor.pick(channels),
                what,
                amount // price or 1,
                measure,
                amount,
                origin,
                f"No.{31070000 + number}",
            )
        )
    rows.append((date(2021, 1, 15), "校工会", "工会福利", "藏香猪肉", 300, "斤", 11400, "吉汝村", "No.31079001"))
    rows.append((date(2020, 11, 30), "后勤服务中心", "食堂采购", "土豆", 800, "斤", "待结算", "日卡村", "No.31079002"))
    headers = ("采购日期", "采购部门", "采购渠道", "产品名称", "数量", "计量单位", "金额（元）", "产地", "发票号")
    tables = []
    for year in range(2016, 2022):
        held = sorted((row for row in rows if isinstance(row[0], date) and row[0].year == year), key=lambda row: (str(row[0]), str(row[8])))
        refused = {i: "not_a_number" for i, row in enumerate(held) if isinstance(row[6], str)}
        tables.append(
            Table(
                "purchase",
                f"{year}年消费帮扶采购台账",
                headers,
                held,
                sheet=f"{year}年",
                by="后勤服务中心",
                units="元",
                total=("金额（元）",),
                dates=Dates.CELL if year == 2019 else Dates.ISO,
                refused=refused,
                blank_after=(len(held) // 2,),
            ),
        )
    return tables


def participants() -> Table:
    """Teachers and students who have taken part in buying so far, a line a department and count: 9,436 at the last one."""
    inventor = Inventor("participants")
    last = inventor.split(9436, len(UNITS), low=40)
    rows: list[Row] = [
        (day, unit, people * share // 100)
        for day, share in ((date(2018, 12, 14), 55), (date(2020, 12, 4), 100))
        for unit, people in zip(UNITS, last, strict=True)
    ]
    headers = ("统计时间", "参与部门", "累计参与人数")
    notes = ("注：累计参与人数由各部门按人登记，一人只计一次。",)
    return Table(
        "consumption_campaign",
        "消费帮扶活动参与人数统计表",
        headers,
        rows,
        sheet="参与情况",
        by="校工会",
        units="人",
        dates=Dates.ZH,
        notes=notes,
    )


def helped_sales() -> Table:
    inventor = Inventor("helped sales")
    buyers = (
        ("××超市", "销售专柜"),
        ("成都××餐饮公司", "产销对接"),
        ("××电商平台", "直播带货"),
        ("××校友企业", "校友企业"),
        ("××农产品批发市场", "产销对接"),
    )
    rows: list[Row] = []
    for amount, day in zip(inventor.split(2_318_000, 21, low=30_000, step=1000), inventor.days(21, date(2017, 9, 4), END), strict=True):
        rows.append(
            (
                day,
                *inventor.pick(buyers),
                inventor.pick(("羊肚菌", "藏香猪", "土豆", "青稞酒", "雪菊")),
                amount,
                inventor.pick((*tuple(VILLAGES)[:3], "新龙县", "丹巴县")),
                "帮销",
                inventor.pick(("经贸管理系", "校工会", "帮扶工作办公室")),
            )
        )
    headers = ("销售时间", "购买方", "销售渠道", "产品名称", "帮销金额（元）", "产地", "计入指标", "组织部门")
    return Table(
        "helped_sale",
        "帮助销售农产品台账",
        headers,
        rows,
        sheet="帮助销售",
        by="经贸管理系",
        units="元",
        total=("帮销金额（元）",),
        dates=Dates.DOT,
    )


ADOPTED = (
    ("认养", 400_000, 74, "数量", (("藏香猪", "头", 1600), ("生态鸡", "只", 120))),
    ("认种", 223_860, 58, "认种面积（亩）", (("四季豆", "亩", 900), ("紫皮土豆", "亩", 1100), ("黑青稞", "亩", 800))),
)


def adoptions() -> list[Table]:
    """Animals adopted for 400,000 yuan, crops for 223,860."""
    inventor = Inventor("adoptions")
    tables = []
    for kind, total, count, how_many, kinds in ADOPTED:
        rows: list[Row] = []
        days = inventor.days(count, date(2018, 3, 12), date(2020, 10, 16))
        for amount, day in zip(inventor.split(total, count, low=900, step=20), days, strict=True):
            what, measure, price = inventor.pick(kinds)
            village = inventor.pick(tuple(VILLAGES)[: 4 if day > date(2018, 6, 4) else 3])
            family = inventor.pick([f for f in cast().families if f.village == village])
            rows.append((day, kind, inventor.pick(UNITS), what, max(1, amount // price), measure, amount, village, family.head.name))
        headers = (f"{kind}时间", "类别", f"{kind}部门", "品种", how_many, "计量单位", "费用（元）", "所在村", "农户")
        title = f"农产品{kind}登记表"
        tables.append(Table("adoption", title, headers, rows, sheet=kind, by="校工会", units="元", total=("费用（元）",), dates=Dates.ISO))
    return tables


def contexts() -> Table:
    """What the reports say beside the college's own work, each with its source; none of it enters a total."""
    rows: list[Row] = [
        (
            "全省承担“9+3”高职单招专项计划任务的院校",
            date(2020, 5, 6),
            "承担“9+3”单招计划院校数",
            6,
            None,
            "四川省",
            "省教育主管部门年度招生通知",
        ),
        ("甲居藏寨年新增游客", date(2019, 12, 31), "年新增游客", None, 12800, "甲居藏寨", "丹巴县文化旅游部门统计"),
    ]
    headers = ("事项", "数据时间", "数据类别", "院校数", "人数", "涉及地区", "出处")
    return Table("context_fact", "背景数据登记表", headers, rows, sheet="背景数据", dates=Dates.ZH)

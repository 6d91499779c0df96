"""The ledgers of talent and education: trainings, lectures, students, the education fund, books, plans."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.demo.cast import TEACHING, VILLAGES, cast
from bangfu.demo.invent import Inventor
from bangfu.demo.layout import Dates, Row, Table

END = date(2020, 12, 11)


def trainings() -> list[Table]:
    """Nine provincial trainings with 1,936 attendances in three years running, 28 local ones with 3,214; one more after the period.

    One sheet a year from 2016 on, as an office keeps them.
    """
    inventor = Inventor("trainings")
    provincial = ("农产品加工技术培训班", "工艺美术品开发培训班", "特色种植技术培训班")
    local = (
        ("致富带头人培训班", "致富带头人"),
        ("电商人才培训班", "电商人才"),
        ("文秘财务人员培训班", "文秘财务人员"),
        ("优秀年轻干部培训班", "优秀年轻干部"),
        ("农技员培训班", "技术人员"),
        ("乡村教师暑期培训班", "教师"),
        ("驻村干部和村干部培训班", "基层干部"),
        ("村民实用技术培训班", "村民"),
    )
    rows: list[Row] = []
    days = [d for year in (2018, 2019, 2020) for d in inventor.days(3, date(year, 4, 9), date(year, 11, 13))]
    for i, (day, times) in enumerate(zip(days, inventor.split(1936, 9, low=180), strict=True)):
        rows.append(
            (
                provincial[i % 3],
                "技术人员",
                "省级",
                day,
                day + timedelta(days=inventor.between(4, 9)),
                "校内实训楼",
                "四川省",
                "继续教育学院",
                1,
                times // 2,
                times,
            )
        )
    days = inventor.days(28, date(2016, 4, 11), END)
    for i, (day, times) in enumerate(zip(days, inventor.split(3214, 28, low=48), strict=True)):
        name, kind = local[i % len(local)]
        place = inventor.pick(("新龙县", "丹巴县", "新龙县", "丹巴县", "道孚县"))
        unit = inventor.pick(("继续教育学院", *TEACHING[:8]))
        venue = inventor.pick(("县委党校", "校内", "村活动室", "乡政府会议室"))
        rows.append(
            (
                name,
                kind,
                "县级",
                day,
                day + timedelta(days=inventor.between(1, 5)),
                venue,
                place,
                unit,
                1,
                times - inventor.between(0, 20),
                times,
            )
        )
    rows.append(
        (
            "致富带头人培训班（第二轮）",
            "致富带头人",
            "县级",
            date(2021, 4, 12),
            date(2021, 4, 15),
            "县委党校",
            "丹巴县",
            "继续教育学院",
            1,
            86,
            120,
        )
    )
    headers = ("培训名称", "培训对象", "委托级别", "培训时间", "结束时间", "培训地点", "学员来源", "承办部门", "期数", "参训人数", "人次")
    tables = []
    for year in range(2016, 2022):
        held = sorted((row for row in rows if isinstance(row[3], date) and row[3].year == year), key=lambda row: str(row[3]))
        tables.append(
            Table(
                "training",
                f"{year}年帮扶培训台账",
                headers,
                held,
                sheet=f"{year}年",
                by="继续教育学院",
                total=("期数", "参训人数", "人次"),
                dates=Dates.CELL if year % 2 else Dates.ZH,
            )
        )
    return tables


def lectures() -> Table:
    """36 lectures on 28 lines: some were held two or three times."""
    inventor = Inventor("lectures")
    titles = (
        "感恩教育专题讲座",
        "羊肚菌栽培技术讲座",
        "藏香猪疫病防治讲座",
        "青稞良种栽培讲座",
        "家庭卫生与健康讲座",
        "电商入门讲座",
        "农产品保鲜讲座",
    )
    counts = [2] * 6 + [3] + [1] * 21
    inventor.random.shuffle(counts)
    rows: list[Row] = []
    for day, count in zip(inventor.days(28, date(2016, 5, 10), END), counts, strict=True):
        village = inventor.pick(tuple(VILLAGES)[: 4 if day > date(2018, 5, 8) else 3])
        rows.append(
            (
                inventor.pick(titles),
                inventor.pick(cast().staff)[0].name,
                inventor.pick(TEACHING),
                day,
                village,
                count,
                count * inventor.between(26, 70),
            )
        )
    headers = ("讲座题目", "主讲人", "所在部门", "讲座时间", "讲座地点", "场次", "听众人次")
    return Table("lecture", "专题讲座台账", headers, rows, sheet="专题讲座", by="继续教育学院", total=("场次", "听众人次"))


def enrolments() -> Table:
    """Students from poor areas at the college at the start of each school year: 1,126 in the last, 86 of them of the 9+3 plan."""
    counts = ((2015, 402, 21), (2016, 518, 34), (2017, 667, 47), (2018, 823, 58), (2019, 985, 72), (2020, 1126, 86))
    rows: list[Row] = []
    for year, total, special in counts:
        home, other = total * 46 // 100, total * 31 // 100
        plan = special * 60 // 100
        rows += [
            (date(year, 9, 20), region, students, nine, students * 36 // 100)
            for region, students, nine in (
                ("甘孜州", home, plan),
                ("凉山州", other, special - plan),
                ("省内其他贫困县", total - home - other, 0),
            )
        ]
    headers = ("统计时间", "生源地区", "在校生人数", "其中“9+3”学生", "当年招生人数")
    return Table("enrolment", "贫困地区在校学生统计表", headers, rows, sheet="在校生", by="招生就业处", units="人", dates=Dates.ZH)


def scholarships() -> Table:
    inventor = Inventor("scholarships")
    rows: list[Row] = []
    for year in range(2016, 2021):
        rows.append((f"{year}年彩虹专项奖学金", "奖学金", date(year, 11, 15), inventor.between(40, 90), inventor.between(40, 90) * 2000))
        rows.append((f"{year}年学杂费减免", "学费减免", date(year, 10, 12), inventor.between(90, 240), inventor.between(200, 520) * 1000))
    headers = ("项目名称", "类别", "发放时间", "人数", "金额（元）")
    return Table(
        "scholarship",
        "贫困地区学生奖学金及学杂费减免台账",
        headers,
        rows,
        sheet="奖学金与减免",
        by="学生处",
        units="元",
        dates=Dates.ISO,
        total=("金额（元）",),
    )


def education_funds() -> Table:
    rows = [
        ("德麦巴村教育基金", "德麦巴村", date(2017, 9, 8), "校工会", 40000),
        ("吉汝村教育基金", "吉汝村", date(2017, 9, 8), "校工会", 34000),
        ("日卡村教育基金", "日卡村", date(2017, 9, 8), "校工会", 32000),
        ("各尔沟村教育基金", "各尔沟村", date(2018, 9, 10), "校工会", 30000),
    ]
    headers = ("基金名称", "设立村", "设立时间", "出资部门", "基金规模（元）")
    return Table("education_fund", "帮扶村教育基金设立情况", headers, rows, sheet="教育基金", by="学生处", units="元", dates=Dates.ZH)


def student_aids() -> list[Table]:
    """109 students aided on 148 lines (some twice), one sheet a year; 46 awards to teachers."""
    inventor = Inventor("student aid")
    stages = (("小学", 500), ("初中", 800), ("高中", 1000), ("大专", 2000), ("本科", 3000))
    students = cast().students
    again = inventor.random.sample(students, 39)
    rows: list[Row] = []
    for i, (student, village) in enumerate((*students, *again)):
        year = 2020 if i >= len(students) else (2018 if village == "各尔沟村" and i % 3 == 0 else inventor.pick((2017, 2018, 2019)))
        if village == "各尔沟村":
            year = max(year, 2018)
        stage, amount = stages[min(4, max(0, (year - student.born.year - 6) // 3))]
        rows.append(
            (
                student.name,
                student.sex,
                student.id_number,
                village,
                "贫困学生资助",
                stage,
                date(year, 9, inventor.between(11, 28)),
                amount,
                "师生爱心捐助",
            )
        )
    headers = ("姓名", "性别", "身份证号", "所在村", "资助类型", "学段", "资助时间", "资助金额（元）", "资金来源")
    tables = [
        Table(
            "student_aid",
            f"{year}年教育基金资助学生发放表",
            headers,
            sorted(
                (row for row in rows if isinstance(row[6], date) and row[6].year == year),
                key=lambda row: (tuple(VILLAGES).index(str(row[3])), str(row[6]), str(row[0])),
            ),
            sheet=f"资助{year}",
            by="学生处",
            units="元",
            total=("资助金额（元）",),
            dates=Dates.ISO,
        )
        for year in range(2017, 2021)
    ]
    teachers = [inventor.name(tibetan=True) for _ in range(31)]
    awards: list[Row] = []
    for i in range(46):
        village = tuple(VILLAGES)[i % 4]
        day = date(2018 if i % 4 == 3 and i < 12 else 2017 + i * 4 // 46, 9, 10)
        awards.append(
            (
                teachers[i % 31],
                village,
                max(day, date(2018, 9, 10)) if village == "各尔沟村" else day,
                inventor.pick(("优秀教师", "乡村坚守奖", "教学进步奖")),
                inventor.pick((600, 800, 1000)),
                "学生处",
            )
        )
    awards.sort(key=lambda row: (str(row[2]), str(row[1])))
    tables.append(
        Table(
            "teacher_award",
            "教育基金奖励教师发放表",
            ("教师姓名", "所在村", "奖励时间", "奖项", "奖励金额（元）", "发放部门"),
            awards,
            sheet="奖励教师",
            by="学生处",
            units="元",
            total=("奖励金额（元）",),
            dates=Dates.ISO,
        )
    )
    return tables


def publications() -> Table:
    """25 titles, 75,000 copies printed."""
    inventor = Inventor("publications")
    crops = ("食用菌", "马铃薯", "花椒", "藏香猪", "藏鸡", "青稞", "高原雪菊", "羊肚菌", "草莓", "四季豆", "核桃", "蜂蜜", "牦牛")
    uses = ("种植养殖实用技术", "贮藏加工实用技术")
    titles = [f"《{crop}{use}》" for crop in crops for use in uses][:25]
    copies = inventor.split(75_000, 25, low=1500, step=500)
    rows: list[Row] = []
    for title, number, day in zip(titles, copies, inventor.days(25, date(2017, 6, 5), date(2020, 10, 30)), strict=True):
        rows.append(
            (
                title,
                inventor.pick(cast().staff)[0].name,
                inventor.pick(("轻工技术系", "食品工程系", "继续教育学院")),
                day,
                1,
                number,
                "全省深度贫困县",
            )
        )
    headers = ("书名", "主编", "编写部门", "印发时间", "册数", "印数（本）", "发放范围")
    return Table(
        "publication", "农副产品种养加工技术丛书印发台账", headers, rows, sheet="科普丛书", by="继续教育学院", total=("册数", "印数（本）")
    )


def books_given() -> Table:
    """3,268 books given to the four villages."""
    inventor = Inventor("books")
    rows: list[Row] = []
    for i, (number, day) in enumerate(
        zip(inventor.split(3268, 11, low=160), inventor.days(11, date(2016, 10, 10), date(2020, 6, 12)), strict=True)
    ):
        village = tuple(VILLAGES)[(i % 3) if day < date(2018, 5, 8) else 3 - i % 4]
        rows.append(
            (
                day,
                village,
                inventor.pick(("村活动中心", "农民夜校")),
                inventor.pick(("农技图书", "少儿读物", "党建读物", "法律普及读物")),
                number,
                "图书馆",
            )
        )
    headers = ("赠书时间", "受赠村", "受赠单位", "图书类别", "册数", "赠书部门")
    return Table("books_given", "图书捐赠台账", headers, rows, sheet="赠书", by="图书馆", total=("册数",))


def advisories() -> Table:
    inventor = Inventor("advisory")
    themes = ("青稞酒品质提升", "羊肚菌烘干工艺", "民宿改造设计", "合作社财务规范", "电商店铺运营", "雪菊茶包装设计")
    rows: list[Row] = [
        (
            inventor.pick(themes),
            day,
            inventor.pick((*VILLAGES, "新龙县", "丹巴县")) if day > date(2018, 5, 8) else "新龙县",
            inventor.pick(TEACHING),
            inventor.between(2, 6),
        )
        for day in inventor.days(17, date(2016, 9, 5), END)
    ]
    headers = ("服务内容", "服务时间", "服务地点", "责任部门", "服务人次")
    return Table("advisory", "产业发展咨询服务台账", headers, rows, sheet="咨询服务", by="科研处")


def plannings() -> Table:
    """Plans for 19 places: counties, townships and one village."""
    rows: list[Row] = [
        ("开江县电商发展规划", "电商", "开江县", "开江县商务局", date(2018, 3, 12), date(2018, 9, 20), "已采纳", "助力申报电商示范县"),
        ("新龙县全域旅游发展规划", "旅游", "新龙县", "新龙县文化旅游局", date(2017, 5, 15), date(2017, 12, 8), "已采纳", "已印发实施"),
        ("丹巴县乡村旅游发展规划", "旅游", "丹巴县", "丹巴县文化旅游局", date(2016, 9, 12), date(2017, 4, 28), "已采纳", "已印发实施"),
        ("道孚县特色产业发展规划", "产业", "道孚县", "道孚县农牧局", date(2019, 4, 15), date(2019, 11, 22), "通过评审", ""),
        ("喜德县农产品加工业规划", "产业", "喜德县", "喜德县农业农村局", date(2019, 9, 2), date(2020, 4, 24), "通过评审", ""),
        ("昭觉县农旅融合规划", "旅游", "昭觉县", "昭觉县文化旅游局", date(2020, 3, 16), date(2020, 9, 25), "通过评审", ""),
    ]
    towns = (
        ("博美乡", "产业", 2016), ("如龙镇", "旅游", 2017), ("大盖镇", "产业", 2018), ("拉日马镇", "旅游", 2018), ("沙堆乡", "产业", 2019),
        ("边耳乡", "产业", 2016), ("丹东镇", "旅游", 2017), ("巴底镇", "旅游", 2018), ("革什扎镇", "产业", 2019), ("聂呷乡", "旅游", 2017),
        ("东谷镇", "产业", 2019), ("八美镇", "旅游", 2020),
    )  # fmt: skip
    for i, (town, kind, year) in enumerate(towns):
        begin = date(year, 3 + i % 6, 6 + i)
        rows.append((f"{town}{kind}发展规划", kind, town, f"{town}人民政府", begin, begin + timedelta(days=150), "已采纳", "指导实施"))
    rows.append(
        (
            "仁乃村特色旅游村寨规划设计",
            "旅游",
            "仁乃村",
            "博美乡人民政府",
            date(2018, 6, 11),
            date(2018, 11, 9),
            "已采纳",
            "建成特色旅游村寨",
        )
    )
    rows.sort(key=lambda row: str(row[4]))
    headers = ("规划名称", "规划类别", "规划地区", "委托方", "开始时间", "完成时间", "采纳情况", "成果")
    return Table("planning", "受托编制规划台账", headers, rows, sheet="产业规划", by="科研处", dates=Dates.ISO)


def think_tank() -> Table:
    inventor = Inventor("think tank")
    rows: list[Row] = [
        (
            inventor.name(),
            inventor.pick(("教授", "博士", "企业家")),
            inventor.pick(("食品加工", "旅游规划", "电子商务", "工艺美术", "畜牧养殖")),
            date(2017, 4, 20),
            None,
        )
        for _ in range(21)
    ]
    headers = ("姓名", "专家类别", "专业领域", "聘任时间", "解聘时间")
    return Table("think_tank", "产业帮扶智库专家名册", headers, rows, sheet="智库", by="科研处", dates=Dates.ZH)

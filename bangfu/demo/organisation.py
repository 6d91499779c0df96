"""The ledgers of organisation and leadership: meetings, cadres, responsibility, supervision, awards, publicity."""

from __future__ import annotations

from datetime import date, timedelta

from bangfu.demo.cast import COLLEGE, OFFICES, UNITS, VILLAGES, cast
from bangfu.demo.invent import Inventor
from bangfu.demo.layout import Dates, Row, Table

START = date(2015, 3, 2)
END = date(2020, 12, 11)
"""The first and last working day of the six years on which something happens."""


def designations() -> Table:
    rows = [
        ("新龙县德麦巴村", date(2015, 3, 20), "省脱贫攻坚领导小组", "川脱贫〔2015〕7号", "首批定点帮扶村"),
        ("丹巴县吉汝村", date(2016, 4, 11), "省脱贫攻坚领导小组", "川脱贫〔2016〕12号", ""),
        ("丹巴县日卡村", date(2016, 4, 11), "省脱贫攻坚领导小组", "川脱贫〔2016〕12号", ""),
        ("丹巴县各尔沟村", date(2018, 5, 8), "省脱贫攻坚领导小组", "川脱贫〔2018〕21号", "新增"),
    ]
    return Table(
        "designation",
        "定点帮扶村情况表",
        ("定点帮扶村", "确定时间", "确定单位", "文号", "备注"),
        rows,
        sheet="定点帮扶村",
        dates=Dates.ZH,
    )


def profiles() -> Table:
    rows = [
        ("德麦巴村", date(2015, 4, 1), 3420, 68, 71, 338, 23, 104, 14, 0),
        ("吉汝村", date(2016, 5, 3), 3060, 92, 84, 371, 26, 112, 17, 0),
        ("日卡村", date(2016, 5, 4), 3180, 88, 66, 290, 19, 83, 12, 0),
        ("各尔沟村", date(2018, 6, 5), 3260, 79, 59, 254, 17, 71, 11, 2000),
    ]
    headers = (
        "帮扶村",
        "统计时间",
        "海拔（米）",
        "距县城（公里）",
        "户数",
        "人口数",
        "贫困户数",
        "贫困人口数",
        "党员数",
        "村集体经济收入（元）",
    )
    return Table("village_profile", "帮扶村基本情况（帮扶开始时）", headers, rows, sheet="村情", dates=Dates.DOT)


def profiles_now() -> Table:
    """How the villages stood in the last year: what no profile of the beginning could say."""
    rows = [
        ("德麦巴村", date(2020, 9, 30), 291, 0, 9860),
        ("吉汝村", date(2020, 9, 30), 322, 1, 9420),
        ("日卡村", date(2020, 9, 30), 248, 0, 9710),
        ("各尔沟村", date(2020, 9, 30), 217, 1, 9130),
    ]
    headers = ("帮扶村", "统计时间", "常住人口", "监测户数", "人均纯收入（元）")
    return Table("village_profile", "帮扶村近期情况", headers, rows, sheet="近期村情", dates=Dates.DOT)


def leading_group() -> Table:
    roles = ("组长", "组长", "副组长", "副组长", "副组长", "成员", "成员", "成员")
    rows: list[Row] = [
        (person.name, post, role, date(2015, 3, 16), date(2017, 3, 15) if post == "总会计师" else None)
        for (person, post), role in zip(cast().leaders, roles, strict=True)
    ]
    headers = ("姓名", "职务", "组内职务", "任职时间", "离任时间")
    return Table("leading_group", "定点帮扶工作领导小组名单", headers, rows, sheet="领导小组", dates=Dates.ZH, by="党政办公室")


MATTERS = (
    "审议年度定点帮扶工作计划",
    "研究选派驻村干部事宜",
    "听取驻村工作队工作汇报",
    "审定帮扶资金安排方案",
    "研究产业基地建设方案",
    "审议教育基金管理办法",
    "研究消费帮扶工作安排",
    "审议帮扶项目实施方案",
    "研究考核反馈问题整改",
    "总结全年帮扶工作",
)


def committee_meetings() -> Table:
    """26 sessions on the work: 17 of the Party committee, 9 of the leading group; beside them 8 progress meetings, and one session of 2021."""
    inventor = Inventor("committee")
    units = ("党政办公室", "帮扶工作办公室", "党委组织部", "财务处", "后勤服务中心")
    kinds = ["党委会"] * 17 + ["领导小组会"] * 9 + ["推进会"] * 8
    inventor.random.shuffle(kinds)
    days = inventor.days(34, START, END)
    rows: list[Row] = []
    numbers: dict[int, int] = {}
    chairs = [person.name for person, post in cast().leaders if post in {"党委书记", "校长"}]
    for day, kind in [*zip(days, kinds, strict=True), (date(2021, 3, 9), "党委会")]:
        numbers[day.year] = numbers.get(day.year, 0) + 1
        unit = inventor.pick(units)
        rows.append(
            (
                day,
                kind,
                chairs[0] if kind == "党委会" else inventor.pick(chairs),
                inventor.pick(MATTERS),
                inventor.between(9, 17),
                inventor.pick(("原则同意，按程序推进", "同意", "修改后印发", "同意，纳入年度预算")),
                unit,
                day + timedelta(days=inventor.between(20, 90)),
                f"川院帮纪〔{day.year}〕{numbers[day.year]}号",
            ),
        )
    headers = ("会议日期", "会议类型", "主持人", "议题", "参会人数", "议定事项", "责任部门", "完成时限", "纪要文号")
    return Table(
        "meeting",
        f"{COLLEGE}专题研究定点帮扶工作会议台账",
        headers,
        rows,
        sheet="专题研究",
        by="党政办公室",
        blank_after=(19,),
        notes=("注：一次会议研究一项以上帮扶议题的，计一次专题研究；推进会不计。",),
    )


def study_sessions() -> Table:
    """63 study sessions and 34 Party lectures."""
    inventor = Inventor("study")
    themes = (
        "精准扶贫方略专题学习",
        "脱贫攻坚会议精神学习研讨",
        "中心组专题学习",
        "东西部协作会议精神学习",
        "乡村振兴战略专题研讨",
        "驻村工作经验研讨",
    )
    lessons = ("党建引领促脱贫", "把论文写在高原上", "扶贫路上的初心", "青年与乡村", "把责任扛在肩上")
    rows: list[Row] = []
    for kind, words, count, begin in (("专题学习", themes, 63, START), ("专题党课", lessons, 34, date(2016, 3, 1))):
        lead = "专题党课：" if kind == "专题党课" else ""
        rows += [
            (day, kind, inventor.pick(cast().leaders)[0].name, lead + inventor.pick(words), inventor.between(18, 110), inventor.pick(UNITS))
            for day in inventor.days(count, begin, END)
        ]
    rows.sort(key=lambda row: (row[0], row[3]))
    headers = ("学习日期", "会议类型", "主持人", "主题", "参加人数", "责任部门")
    return Table("meeting", "专题学习研讨及专题党课台账", headers, rows, sheet="学习与党课", by="党委宣传部", dates=Dates.ISO)


def rules() -> Table:
    names = (
        "定点帮扶工作实施方案",
        "驻村干部管理办法",
        "帮扶资金使用管理办法",
        "帮扶项目管理办法",
        "教育基金管理办法",
        "消费帮扶工作指引",
        "结对认亲工作制度",
        "帮扶工作考核办法",
        "捐赠物资管理办法",
    )
    inventor = Inventor("rules")
    days = inventor.days(len(names), START, date(2019, 12, 20))
    rows: list[Row] = [
        (name, day, f"川院发〔{day.year}〕{inventor.between(8, 60)}号", inventor.pick(("帮扶工作办公室", "财务处", "党委组织部")))
        for name, day in zip(names, days, strict=True)
    ]
    return Table(
        "rule_issued",
        "帮扶工作制度一览表",
        ("制度名称", "印发时间", "文号", "牵头部门"),
        rows,
        sheet="制度",
        dates=Dates.ZH,
        by="党政办公室",
    )


def campaigns() -> Table:
    rows = [
        ("高原来信主题宣传", date(2016, 10, 14), "图片展", "党委宣传部", 1800),
        ("走进雪山村寨系列直播", date(2017, 10, 16), "网络直播", "党委宣传部", 2600),
        ("脱贫故事宣讲周", date(2018, 10, 15), "宣讲", "校团委", 1500),
        ("我的驻村日记分享会", date(2019, 10, 16), "分享会", "党委宣传部", 900),
        ("扶贫日主题展播", date(2020, 10, 15), "电视展播", "党委宣传部", 3100),
    ]
    headers = ("活动名称", "开展时间", "宣传平台", "责任部门", "参与人次")
    return Table("campaign", "扶贫宣传活动台账", headers, rows, sheet="宣传活动", dates=Dates.ZH, by="党委宣传部")


def leader_visits() -> Table:
    """74 visits of members of the leadership (人次 = leaders x journeys) on 36 journeys, 12 of them by the secretary or the president alone."""
    inventor = Inventor("visits of leaders")
    sizes = [3] * 14 + [2] * 10 + [1] * 12
    inventor.random.shuffle(sizes)
    rows: list[Row] = []
    for day, size in zip(inventor.days(36, date(2015, 4, 8), date(2020, 11, 20)), sizes, strict=True):
        chief = size == 1
        party = inventor.random.sample(cast().leaders[:2] if chief else cast().leaders[2:], size)
        village = inventor.pick(tuple(VILLAGES)[: 1 if day.year == 2015 else 3 if day.year < 2018 or day < date(2018, 5, 8) else 4])
        rows.append(
            (
                day,
                "、".join(p.name for p, _ in party),
                "、".join(dict.fromkeys(post for _, post in party)),
                village,
                "是" if chief else "否",
                inventor.between(2, 6),
                size,
                inventor.pick(("调研产业基地", "看望驻村干部", "检查项目进度", "走访结对户", "召开院坝会", "对接县乡规划")),
                inventor.pick(("协调水管材料", "落实项目资金", "明确基地管护人", "联系产品销路", "")),
            ),
        )
    headers = ("调研日期", "领导姓名", "职务", "调研地点", "是否主要负责人", "陪同人数", "调研人次", "调研内容", "解决问题")
    return Table("leader_visit", "校领导赴帮扶地调研台账", headers, rows, sheet="领导调研", by="党政办公室", total=("调研人次",))


def postings() -> Table:
    """Six posted cadres in seven lines: one of them served a second term."""
    people = cast().cadres
    terms = (
        (0, "第一书记", "德麦巴村", date(2015, 8, 10), date(2017, 8, 9)),
        (1, "第一书记", "吉汝村", date(2016, 5, 16), date(2018, 5, 15)),
        (2, "第一书记", "日卡村", date(2016, 5, 16), date(2018, 6, 30)),
        (3, "第一书记", "德麦巴村", date(2017, 8, 10), None),
        (4, "第一书记", "各尔沟村", date(2018, 6, 4), None),
        (5, "驻村工作队员", "吉汝村", date(2018, 7, 2), None),
        (2, "第一书记", "日卡村", date(2018, 7, 1), None),
    )
    units = ("后勤服务中心", "信息技术系", "食品工程系", "党委组织部", "旅游管理系", "经贸管理系")
    rows: list[Row] = [
        (p.name, p.sex, units[i], "科员", post, village, begin, end or "至今", p.id_number, p.phone, "优秀" if i in {0, 3} else "称职")
        for i, post, village, begin, end in terms
        for p in (people[i],)
    ]
    headers = ("姓名", "性别", "派出部门", "原职务", "驻村职务", "驻村地点", "任职时间", "离任时间", "身份证号", "联系电话", "考核等次")
    return Table("posting", f"{COLLEGE}选派驻村干部花名册", headers, rows, sheet="驻村干部", by="党委组织部")


def attendance() -> Table:
    inventor = Inventor("attendance")
    people = cast().cadres
    rows: list[Row] = []
    for year, month in [(2019, m) for m in range(1, 13)] + [(2020, m) for m in range(1, 7)]:
        for index, village in ((3, "德麦巴村"), (4, "各尔沟村"), (2, "日卡村")):
            leave = inventor.between(0, 5)
            rows.append(
                (
                    date(year, month, 1),
                    people[index].name,
                    village,
                    20,
                    20 - leave + inventor.between(0, 4),
                    leave,
                    "县乡开会" if leave > 2 else "",
                )
            )
    headers = ("考勤月份", "姓名", "驻村地点", "应驻村天数", "实际驻村天数", "请假天数", "离村事由")
    return Table("attendance", "驻村干部考勤汇总表", headers, rows, sheet="考勤", by="党委组织部", dates=Dates.ISO)


def responsibilities() -> Table:
    inventor = Inventor("responsibility")
    matters = ("帮扶资金监管", "产业基地建设", "教育帮扶", "消费帮扶", "驻村干部管理", "结对认亲", "宣传报道", "科普讲座", "党建共建")
    units = ("财务处", "科研处", "学生处", "后勤服务中心", "党委组织部", "校工会", "党委宣传部", "继续教育学院", "帮扶工作办公室")
    rows: list[Row] = [
        (matter, unit, inventor.pick(cast().leaders)[0].name, date(year, 1, 8), date(year, 12, 31))
        for year in (2018, 2019, 2020)
        for matter, unit in zip(matters, units, strict=True)
    ]
    headers = ("责任事项", "责任部门", "责任人", "起始时间", "截止时间")
    return Table("responsibility", "定点帮扶工作责任清单", headers, rows, sheet="责任清单", dates=Dates.CELL)


def supervision() -> Table:
    inventor = Inventor("supervision")
    targets = (
        ("扶贫资金使用监督", "帮扶资金使用部门", "专项监督"),
        ("项目建设检查", "项目承担部门", "专项检查"),
        ("驻村在岗情况抽查", "驻村工作队", "抽查"),
        ("帮扶责任落实自查", "帮扶责任部门", "自查"),
    )
    rows: list[Row] = [
        (day, *inventor.pick(targets), "纪委办公室", inventor.pick(tuple(VILLAGES)[:3]), inventor.between(0, 2))
        for day in inventor.days(11, date(2016, 6, 1), END)
    ]
    headers = ("检查时间", "检查事项", "检查对象", "检查方式", "检查部门", "检查地点", "发现问题数")
    return Table("supervision", "扶贫领域专项监督台账", headers, rows, sheet="专项监督", by="纪委办公室", dates=Dates.ZH)


def findings() -> Table:
    inventor = Inventor("findings")
    problems = (
        ("帮扶台账更新不及时", "明确专人每月更新"),
        ("资金拨付附件不全", "补齐协议和会议纪要"),
        ("产业基地管护责任不清", "签订管护协议"),
        ("驻村日志记录过简", "统一日志要求并抽查"),
        ("消费帮扶渠道单一", "增加食堂采购和工会福利渠道"),
        ("培训签到表缺页", "补齐签到材料"),
        ("项目公示不够及时", "立项后七日内公示"),
    )
    rows: list[Row] = []
    for number, day in enumerate(inventor.days(14, date(2017, 5, 8), date(2020, 11, 6))):
        problem, measure = problems[number % len(problems)]
        done = day + timedelta(days=inventor.between(15, 28))
        rows.append(
            (
                day,
                inventor.pick(("省级考核反馈", "校内督查", "审计发现", "自查")),
                problem,
                measure,
                inventor.pick(OFFICES[:9]),
                day + timedelta(days=30),
                "已完成" if number < 13 else "整改中",
                done if number < 13 else None,
            ),
        )
    headers = ("反馈时间", "问题来源", "存在问题", "整改措施", "责任部门", "整改时限", "完成情况", "完成时间")
    return Table("rectification", "定点帮扶工作问题整改台账", headers, rows, sheet="问题整改", by="纪委办公室", blank_after=(6,))


def appraisals() -> Table:
    """Three of the six posted cadres promoted, three kept in reserve."""
    people = cast().cadres
    rows: list[Row] = [
        (people[0].name, date(2018, 1, 12), "提拔", "", "中层副职", "是", "川院党〔2018〕4号"),
        (people[1].name, date(2018, 11, 20), "提拔", "", "中层副职", "是", "川院党〔2018〕47号"),
        (people[2].name, date(2020, 9, 18), "提拔", "", "中层副职", "是", "川院党〔2020〕31号"),
        (people[3].name, date(2019, 6, 28), "后备干部", "", "", "是", "川院党〔2019〕22号"),
        (people[4].name, date(2020, 6, 30), "后备干部", "", "", "是", "川院党〔2020〕18号"),
        (people[5].name, date(2020, 6, 30), "后备干部", "", "", "是", "川院党〔2020〕18号"),
        (people[0].name, date(2016, 12, 28), "年度考核", "优秀", "", "是", ""),
        (people[3].name, date(2018, 12, 27), "年度考核", "优秀", "", "是", ""),
        (people[4].name, date(2019, 12, 27), "年度考核", "称职", "", "是", ""),
        (people[5].name, date(2019, 12, 27), "年度考核", "称职", "", "是", ""),
    ]
    headers = ("姓名", "时间", "事项", "考核等次", "任现职", "是否驻村干部", "文号")
    return Table("appraisal", "驻村干部考核与培养使用情况", headers, rows, sheet="考核使用", by="党委组织部", dates=Dates.ZH)


def awards() -> Table:
    people = cast().cadres
    teacher = cast().staff[17][0]
    rows: list[Row] = [
        (date(2017, 2, 24), "脱贫攻坚先进集体", "省级", "省委、省政府", COLLEGE, "集体", "川委〔2017〕18号"),
        (date(2017, 2, 24), "优秀第一书记", "省级", "省委、省政府", people[0].name, "个人", "川委〔2017〕18号"),
        (date(2018, 10, 12), "脱贫攻坚先进个人", "省级", "省委、省政府", people[1].name, "个人", "川委〔2018〕63号"),
        (date(2020, 7, 3), "脱贫攻坚先进个人", "省级", "省委、省政府", people[3].name, "个人", "川委〔2020〕40号"),
        (date(2019, 9, 4), "全国优秀教师", "国家级", "教育部", teacher.name, "个人", "教师函〔2019〕5号"),
        (date(2018, 12, 6), "省级四好村", "省级", "省委、省政府", "德麦巴村", "村", "川委〔2018〕77号"),
        (date(2020, 3, 19), "乡村振兴示范村", "省级", "省委、省政府", "德麦巴村", "村", "川委〔2020〕12号"),
        (date(2019, 6, 27), "先进党组织", "市级", "州委", "各尔沟村党支部", "集体", "甘委〔2019〕30号"),
        (date(2019, 11, 8), "最美村寨", "市级", "州政府", "各尔沟村", "村", ""),
        (date(2018, 12, 28), "校级帮扶先进集体", "校级", COLLEGE, "食品工程系", "集体", "川院发〔2018〕88号"),
        (date(2019, 12, 30), "校级帮扶先进个人", "校级", COLLEGE, people[4].name, "个人", "川院发〔2019〕91号"),
    ]
    headers = ("获奖时间", "荣誉名称", "级别", "授予单位", "获奖单位/个人", "奖励类别", "文号")
    return Table("award", "帮扶工作获表彰情况统计表", headers, rows, sheet="表彰奖励", by="党委宣传部")


def publicity() -> Table:
    inventor = Inventor("publicity")
    titles = (
        "雪菊开在高原上",
        "一所幼儿园点亮一个村",
        "教授下田记",
        "藏寨里的夜校",
        "青稞酒走出大山",
        "认养一头藏香猪",
        "高原上的实训课",
        "结对认亲一家人",
    )
    media = (("××日报", "省级"), ("××网四川频道", "中央"), ("××电视台", "省级"), ("甘孜××报", "市级"), ("学校官网", "校级"))
    rows: list[Row] = []
    for number, day in enumerate(inventor.days(26, date(2015, 9, 1), END)):
        outlet, level = inventor.pick(media)
        rows.append(
            (
                day,
                outlet,
                level,
                f"《{titles[number % len(titles)]}》",
                inventor.pick(cast().staff)[0].name,
                "党委宣传部",
                f"https://news.example.cn/{day:%Y%m}/{number + 1}.html",
            )
        )
    headers = ("发布日期", "媒体", "级别", "标题", "作者", "供稿部门", "网址")
    return Table("publicity", "帮扶工作宣传报道一览表", headers, rows, sheet="宣传报道", by="党委宣传部", dates=Dates.ISO)

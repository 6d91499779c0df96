"""What limits a number to something that no slice of a ledger is: one person, one project, one occasion, some of the people.

«其中某项目投入12万元», «驻村干部张某引进资金3万元», «春节期间走访30户» speak of a share. A share that the ledger cannot ask for must not be held
against the whole figure: a person looks at it. The words are general; names that the ledger knows limit the slice itself (`binding.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bangfu.catalogue.shapes import Figure, Fold
from bangfu.claims.around import Context, pairs
from bangfu.claims.gazetteer import Gazetteer


@dataclass(frozen=True, slots=True)
class Limit:
    """Why a number speaks of a share: `zh` and `en` say of what. With `proves` False not even agreement with the whole figure proves it."""

    zh: str
    en: str
    proves: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """The words around a number. `heard` reaches back in its sentence, `before` to where its own subject begins; `own` is what the figure itself
    speaks of.
    """

    context: Context
    gazetteer: Gazetteer
    heard: str
    before: str
    clause: str
    after: str
    own: str
    money: bool
    place: str | None
    organisation: str | None
    undated: bool
    stock: bool
    distinct: bool

    def names(self, words: str) -> list[str]:
        """What of these words names something of its own: no sort of work (产业, 教育), no place or unit that the ledger knows."""
        for mention in reversed(self.gazetteer.mentions(words)):
            words = words[: mention.start] + "，" + words[mention.end :]
        return [w for w in re.split("[^\u4e00-\u9fffA-Za-z]+", _SORTS.sub("，", words)) if len(w) > 1]

    def strange(self, words: str) -> bool:
        """Whether these words name something that the figure does not speak of."""
        return any(not any(pair in self.own for pair in pairs(word)) for word in self.names(words))


def limit(
    context: Context,
    gazetteer: Gazetteer,
    figure: Figure,
    unit: str,
    *,
    place: str | None = None,
    organisation: str | None = None,
    undated: bool = False,
) -> Limit | None:
    """What limits a number in `unit` to a share of `figure` that no slice tells; None where nothing does.

    `place` and `organisation` are names that its sentence shows by their grammar, known to the ledger or not; `undated` says that no period is known
    for it in a text that speaks of years.
    """
    text, (start, end) = context.text, context.at
    begin = max(context.sentence[0], start - _FAR, *(text.rfind(stop, context.sentence[0], start) + 1 for stop in "；;"))
    heard = text[begin:start]
    # «…。学院全年共投入»: what was said of somebody before is over.
    anew = [m.end() for m in _ANEW.finditer(heard)]
    anew += [m.end - begin for m in gazetteer.mentions(text, begin, start) if m.what in {"helper", "unit"}]
    said = Said(
        context,
        gazetteer,
        heard,
        heard[max(anew, default=0) :],
        text[context.clause[0] : start],
        text[end : min(context.sentence[1], end + _NEAR)],
        "\n".join((*figure.says, *figure.cues, figure.label.zh)),
        unit == "CNY",
        place,
        organisation,
        undated,
        figure.fold in {Fold.LAST, Fold.STANDING},
        figure.fold is Fold.DISTINCT,
    )
    return next((found for rule in RULES if (found := rule(said)) is not None), None)


_FAR, _NEAR = 120, 40
_ANEW = re.compile("全年|累计|总计|合计|共计|总共|一共|全院|全校|全系统|全公司|全行|全局|全厂|各单位|各部门|干部职工|全体")
_SORTS = re.compile(
    "帮扶|扶贫|脱贫|攻坚|振兴|援建|产业|基础设施|基建|教育|民生|消费|公益|发展|建设|健康|医疗|卫生|文化|旅游|生态|就业|党建|到户|入户|村级|乡村|农村|农业|种植|养殖|种养|人居|环境|集体经济|"
    "定点|对口|结对|驻村|贫困|地区|各类|各项|各个|多个|一批|重点|主要|相关|有关|具体|全部|所有|专项|实施|组织|开展|推进|投入|投资|资金|经费|项目|工程|拨付|完成|新建|安排|落实|支持|用于|申报|争取|举办|承办|优秀|拿出|筹集|筹措|整合|撬动|提供|使用|累计|"
    "引进|援助|资助|物资|工作|事业|巩固|拓展|成果|衔接|帮助|群众|百姓|村民|农户|农民|人民|生产|生活|条件|改善|提升|等|该|援|在|为|向|给|对|的|了|和|与|及|以|共|约|近|超|达|年|月|日|[一二两三四五六七八九十]个?|个|大|类|小|村|乡|镇|县|户|人"
)

# ── one person, one household ──

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付白邹孟熊秦邱江尹薛"
    "闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤泽扎洛"
)
_WHO = (
    "第一书记|驻村干部|帮扶干部|挂职干部|驻村队员|工作队员|队长|队员|支部书记|村支书|村主任|书记|院长|校长|主任|处长|科长|部长|局长|"
    "教师|老师|教授|博士|专家|医生|医师|护士|工程师|技术员|研究员|志愿者|职工|员工|学生|同学|大学生|村民|农户|贫困户|脱贫户|监测户|困难户|户主|养殖户|种植户|大户|带头人|同志"
)
_ACTS = "[，,、（(]|[的在与从把由先主多自又还就也]|引|捐|个人|带|帮|资助|购买|争取|协调|联系|投|走访|驻|家|户|同志|结对|发|种|养|今|去年|20|人均|年|担任|累计|共|获|领|流转|通过|参加|筹|赠|出资|慰问"
_NAME = rf"[{_SURNAMES}](?:[某×xX*＊Ⅹ]{{1,2}}|(?:(?![组长部会委队干群作业务工程的])[\u4e00-\u9fff]){{1,2}})"
_PERSON = re.compile(
    rf"(?:{_WHO})({_NAME})(?={_ACTS})|(?<![\u4e00-\u9fff])({_NAME})(?:同志|老师|教授|书记|医生|老人|大爷|大娘|大妈|大叔|一家|家(?=[今去年人户共有]))|"
    rf"(?<!其)([他她](?:个人|一家|家)?)(?!们)|(本人)"
)


def _of_a_person(said: Said) -> Limit | None:
    found = list(_PERSON.finditer(said.before))
    if not found:
        return None
    name = next(n for n in found[-1].groups() if n)
    zh, en = (
        f"这里说的是“{name}”一人或一户，指标不按个人汇总",
        f"This speaks of one person or household ({name}); figures are not asked for one",
    )
    return Limit(zh, en, proves=False)


# ── one project, what the money was spent on ──

_PROJECT = re.compile(r"([\u4e00-\u9fffA-Za-z0-9“”（）()—-]{2,30})(?:项目|工程)(?![库类总资数组管])")
_SPENT = re.compile(
    r"\s*(?:资金|经费)?(?:[，,]?(?:专项|主要|全部)?(?:用于|用来)|(?:为|帮助|支持|给)[^，,。；;]{2,14}?(?=[建修购装改打种养添])|(?=[建修购装改打种养添硬铺维升更翻绿开举]))"
    r"([^，,。；;]{2,24})"
)


def _of_a_project(said: Said) -> Limit | None:
    found = next((m for m in _PROJECT.finditer(said.clause) if said.strange(m[1])), None)
    if found is None:
        return None
    name = found[0].rpartition("其中")[2][-16:]
    return Limit(
        f"这里说的是“{name}”一个项目，台账没有把它单列",
        f"This speaks of one project ({name}), which the ledger does not keep apart",
        proves=False,
    )


def _spent_on(said: Said) -> Limit | None:
    found = _SPENT.match(said.after) if said.money else None
    if found is None or "等" in found[1] or not said.strange(found[1]):
        return None
    thing = found[1][:16]
    return Limit(
        f"这笔钱专门用在“{thing}”，台账没有按此单列", f"This money went to one thing ({thing}), which the ledger does not keep apart"
    )


# ── one occasion ──

_OCCASION = re.compile(
    "(?:此|本|这|该|首|每|单|当)[次批期轮届场笔]|第[二三四五六七八九十\\d]+[次批期轮届场笔]|第一[次批期轮届场笔]|一次性|一笔|仅[^，,。]{0,10}(?:一项|一次|一天|一场|一家)|"
    "该(?:项目|活动|公司|基地|园区|企业|车间|合作社|班|校|户)|[一二三]期工程"
)
_MOMENT = re.compile(
    "春节|中秋|元旦|国庆|端午|重阳|清明|七一|八一|六一|[寒暑]假|暑期|节前|节日|汛期|春耕|秋收|开学|教师节|护士节|医师节|近日|日前|近期|连日|[本上当]月|当天|当日|当场|现场会|期间|前不久|[今昨]天|[上下]午|会上|活动[中上]"
)


def _of_the_thing(said: Said) -> Limit | None:
    """«捐赠校车1辆，价值11万元», «举办年轻干部培训班1期30人次»: what the number before counts, and not all of its kind."""
    text, start = said.context.text, said.context.at[0]
    low = max(said.context.sentence[0], start - _NEAR)
    found = _ITS_VALUE.search(text, low, start) if said.money else None
    if found is None:
        found = _ONE_EVENT.search(text, low, start) or _ONE_EVENT.search(text, low, said.context.at[1])
        if found is None or not said.names(found[1]):
            return None
    thing = found[0].strip("，, 共")[-18:]
    return Limit(f"这里只说“{thing}”这一项", f"This speaks of this one thing only ({thing})")


_ITS_VALUE = re.compile(
    r"[\d一二两三四五六七八九十百千万余多]{1,8}(?:辆|台|套|册|件|只|头|吨|盏|张|把|床|箱|袋|份|株|部|本|斤|公斤)[^，,。；;\d]{0,8}[，,（(](?:总)?(?:价值|折款|折合|货值|市值)[^，,。\d]{0,6}$"
)
_ONE_EVENT = re.compile(
    r"([\u4e00-\u9fff“”]{2,20}?)(?:培训班|研修班|进修班|训练营|讲座|座谈会|推介会|招聘会|论坛|比赛|晚会|演出|义诊|活动)(?:[1１一][期场次批届])[，,]?(?:参训|参加|培训|惠及|共|累计)?$"
)


def _of_an_occasion(said: Said) -> Limit | None:
    found = _OCCASION.search(said.clause) or _MOMENT.search(said.heard)
    if found is None or found[0] in said.own:
        return None
    return Limit(f"这里说的是“{found[0]}”一次或一段时间，不是全部", f"This speaks of one occasion or time ({found[0]}), not of all")


_EVERY = re.compile("每(?:个)?(?:半年|季度?|月|周|星期|旬|学期|次|场|期|隔|逢|到)[^，,。；;\\d]{0,14}$|(?:月均|季均|日均|场均)")


def _how_often(said: Said) -> Limit | None:
    found = _EVERY.search(said.clause)
    if found is None or found[0][:2] in said.own:
        return None
    return Limit(f"这里说的是每次或每段时间的数（“{found[0][:4]}”）", f"This is said of each time ({found[0][:4]})", proves=False)


# ── when ──

_FROM = re.compile("(?:从|由)(?!事)[^，,。；;\\d]{0,8}$")
_TO = re.compile("[^，,。；;\\d]{0,4}(?:增[加长]?|提[高升]?|上升|扩大|发展|跃升|下降|减少|降|升|涨|变)[^，,。；;\\d]{0,3}(?:到|至|为)")


_RISEN = re.compile("(?:从|由)(?!事)[^。；;]{1,40}(?:增|提|升|涨|降|扩|变|跃|减)[^，,。；;\\d]{0,3}[到至为]")
_BY = re.compile("(?:增加|增长|提高|减少|下降|净增|增收)了?$")


def _before_it_grew(said: Said) -> Limit | None:
    if _RISEN.search(said.heard) and _BY.search(said.clause):
        return Limit("这里说的是增减了多少，不是总数", "This says by how much it changed, not how much there is", proves=False)
    if not _FROM.search(said.clause) or not _TO.match(said.after):
        return None
    return Limit("这里说的是以前的数，没有说是哪一年的", "This speaks of an earlier time and does not say of which")


def _of_no_time(said: Said) -> Limit | None:
    return Limit("没有说明是哪一年的数", "It is not said of which year this is") if said.undated else None


# ── what is planned ──

_PLANNED = re.compile(
    r"(?<!完成)(?<!单招)(?<!年度)计划(?!财务|内|外|生育|的)|(?<![虚模比草])拟(?!定点)|预计|预算|力争|[，,。；;]\s*将(?!近|军)|将(?:继续|再|投入|开展|举办|组织|实施|培训|新增|安排)|打算|有望|争取到20\d\d|规划(?:投资|投入|建设)"
)
_DONE = re.compile("基础上|已经?(?!定|签)|截至")
_AHEAD = re.compile("下一步|下步|打算|明年|今后|努力方向|工作思路|工作计划|工作安排|未来|后续")


def _planned(said: Said) -> Limit | None:
    found = _PLANNED.search(said.heard) or next((m for h in said.context.headings if (m := _AHEAD.search(h))), None)
    if found is None or found[0] in said.own or _DONE.search(said.context.clause_text):
        return None
    word = found[0].strip("，,。；; \n")
    return Limit(f"这里说的是打算（“{word}”），不是已经做了的", f"This speaks of what is planned ({word}), not of what was done")


# ── somebody else's, for somebody ──

_AROUND = re.compile(
    r"[，,。“\s　]*(?:据[^，,。]{1,4}[，,])?(?:(?:19|20)\d\d年[，,]?|截至\S{0,12}?[，,]|目前[，,]?|据统计[，,]?|当时[，,]?|其中[，,]?)?(全[国省市州县区乡镇](?!优秀|先进|示范|[一二三四五六七八九十\d])|[我该本当]地?[省市州县区](?!委|政府)|各级(?:政府|财政)|(?:中央|省级|市级|县级|各级)财政|社会各界|其他单位|兄弟单位)"
)
_DEPARTMENT = re.compile(
    r"[，,。\s]*(?:其中)?[，,：:]?(?:由)?([\u4e00-\u9fff]{0,6}[省市州县区][\u4e00-\u9fff]{1,6}(?:局|委|办)|[\u4e00-\u9fff]{2,8}(?:部|处|科|系|室|中心|支部|党总支|工会|团委|协会|公司|支行|分局|企业|商会|基金会))(?=[捐购采投组举开派为向与到赴走拨培引协出])"
)
_ANY = re.compile("[各全本该所]|多个|部门|单位|党支部|后盾|帮扶|牵头|责任|相关|有关|内部|外部|干部|校内")
_RECIPIENT = re.compile(
    r"(?:向|为|给|对|在|到|赴|帮助|支持|资助|扶持|与)([\u4e00-\u9fff]{2,14}?(?:小学|中学|学校|幼儿园|教学点|卫生院|卫生室|医院|敬老院|养老院|福利院|合作社|公司|企业|车间|党支部|村委会|居委会|政府))"
)
_GENERAL = re.compile(
    "各|等|帮扶|贫困|脱贫|当地|所在|多[所家个]|\\d|[一二两三四五六七八九十]+[所家个]|中小学|村级|乡村|村小学|农村|定点|受援|对口|我|其他|结对|群众|村民"
)


def _of_all_around(said: Said) -> Limit | None:
    found = _AROUND.match(said.clause) or _AROUND.match(said.heard)
    if found is None or found[1] in said.own:
        return None
    return Limit(f"这里说的是“{found[1]}”，不只是本单位", f"This speaks of {found[1]}, not of this organisation alone", proves=False)


def _of_another(said: Said) -> Limit | None:
    found = _DEPARTMENT.match(said.clause)
    name = found[1] if found is not None and not _ANY.search(found[1]) else None
    if name is None and said.organisation and said.organisation in said.clause and said.organisation not in said.context.title:
        name = said.organisation
    if name is None or name in said.own or said.gazetteer.mentions(name):
        return None
    return Limit(f"这里说的是“{name}”，台账里没有这个单位", f"This speaks of {name}, whom the ledger does not know")


def _for_somebody(said: Said) -> Limit | None:
    found = next((m for m in _RECIPIENT.finditer(said.clause) if not _GENERAL.search(m[1])), None)
    if found is None or any(pair in said.own for pair in pairs(found[1][-3:])):
        return None
    return Limit(
        f"这里只说给“{found[1]}”的，台账没有按它单列", f"This speaks of what went to {found[1]} alone, which the ledger does not keep apart"
    )


_NO_NAME = re.compile("岗|[驻帮进入下到出包联派助扶全各每本该我]村|美丽|和美|样板|试点|特色|周边|其他")
_INTO = re.compile(r"(?:向|在|为|给|赴|对|到|往|帮扶|[，,、和与；;]|其中)\Z")


def _elsewhere(said: Said) -> Limit | None:
    if not said.place or said.place[-1] not in "村乡镇县" or _NO_NAME.search(said.place) or said.gazetteer.mentions(said.place):
        return None
    at = said.clause.find(said.place)
    if at < 0 or not _INTO.search(said.clause[:at]):
        return None
    zh, en = f"台账里没有“{said.place}”这个地方", f"The ledger does not know the place {said.place}"
    return Limit(zh, en, proves=False)


# ── some of the people ──

_SOME = re.compile(
    "女性|女[职教员工生]|妇女|党员|少数民族|残疾|老年|老人|儿童|青年|留守|大学生|研究生|退役军人|低保|五保|特困|孤寡|空巢|返乡|退休|线上|线下|网络|远程|视频|男|小计|队员|队长|组长"
)


def _of_some(said: Said) -> Limit | None:
    near = said.context.before[-14:] + "\n" + said.context.after[:8]
    found = next((m for m in _SOME.finditer(near) if m[0] not in said.own), None)
    if found is None and said.money and (behind := _MONEY_BEHIND.match(said.context.after)) is not None and said.strange(behind[1]):
        found = behind
    if found is None and said.money and (money := _MONEY.search(said.context.before)) is not None and said.strange(money[1]):
        found = money
    return None if found is None else Limit(f"这里只说“{found[0]}”的一部分", f"This speaks of some only ({found[0]})")


_MONEY = re.compile("([\u4e00-\u9fff]{2,6})(?:资金|经费|款项|总?价值)(?:共|约|近|超|达|为|计)?$")  # 水利资金, 彩票公益金

_MONEY_BEHIND = re.compile("([\u4e00-\u9fff]{2,14}?)(?:资金|经费)")
_DEEDS = "投入|引进|购买|采购|帮助销售|帮销|销售|捐款|捐赠|培训|资助|慰问"
_JOINED = re.compile(rf"({_DEEDS})[\u4e00-\u9fff]{{0,4}}(?:和|及|与|、|并|以及|或)[\u4e00-\u9fff]{{0,2}}({_DEEDS})")


def _of_two_together(said: Said) -> Limit | None:
    found = next((m for m in _JOINED.finditer(said.clause) if m[1] != m[2]), None)
    if found is None or (found[1] in said.own and found[2] in said.own):
        return None
    return Limit(f"这里说的是“{found[1]}”和“{found[2]}”合在一起的数", "This speaks of two things together", proves=False)


def _of_something_else(said: Said) -> Limit | None:
    near = f"{said.context.before}，{said.context.after}"
    for mention in reversed(said.gazetteer.mentions(near)):
        near = near[: mention.start] + "，" + near[mention.end :]
    words = "".join(re.findall("[\u4e00-\u9fff]+|，", _FILLING.sub("，", near)))
    if len(words.replace("，", "")) < _TELLING or any(pair in said.own for pair in pairs(words)):
        return None
    return Limit("这一句自己的话与指标无关，可能另有所指", "Its own words are not those of the figure: something else may be meant")


_FILLING = re.compile("其中|分别|累计|全年|共计|合计|总计|达到|以及|同时|另外|先后|[今去本上]年|年度")
_TELLING = 5  # signs of a clause from which on its own words say what it speaks of
_WENT = re.compile("^[^，,。；;]{0,6}(?:前往|赶赴|奔赴|来到|走进|深入|赴|到场|参会|与会)")


def _at_an_event(said: Said) -> Limit | None:
    if not said.stock or not _WENT.match(said.after):
        return None
    return Limit("这里说的是参加一次活动的人数", "This speaks of those at one event")


def _visits(said: Said) -> Limit | None:
    text, (start, end) = said.context.text, said.context.at
    if not said.distinct or not text[start:end].endswith("户次"):
        return None
    return Limit("这里数的是户次，台账数的是户", "This counts visits to households, the ledger counts households")


RULES: tuple[Callable[[Said], Limit | None], ...] = (
    _planned,
    _of_all_around,
    _of_a_person,
    _of_a_project,
    _elsewhere,
    _of_another,
    _for_somebody,
    _how_often,
    _of_an_occasion,
    _of_the_thing,
    _spent_on,
    _of_two_together,
    _at_an_event,
    _visits,
    _of_some,
    _before_it_grew,
    _of_no_time,
    _of_something_else,
)
PERHAPS_A_PROJECT = Limit("这里可能只说前面提到的项目", "This may speak only of the project named before")
OF_A_WHOLE = Limit(
    "这里说的是前面那个数的一部分，台账没有单列", "This speaks of a part of the number before, which the ledger does not keep apart"
)
IN_A_TABLE = Limit("表中同一指标写了几个数，各是一部分", "The table says several numbers of one figure: each is a part")
OF_AN_EVENT = Limit("表中的一行只说一次", "A row of the table speaks of one occasion")
OF_A_GROUP = Limit("表中的小计只是一部分", "A subtotal of the table is a part")

"""What stands around a number in its clause and sentence: period, place, per what, whole and part, comparison, subject."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from bangfu.claims.around import dateline
from bangfu.claims.numbers import PLAN, Found
from bangfu.quantities import numeral

_COMMA = re.compile(r"[，：:,](?:(?<!,)|(?!\d{3}(?!\d))|(?<!\d,))")


class Sentence:
    """A sentence with numbers in it: where its clauses begin and end, and which words it has at all that are then looked for at each of its numbers."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self.bounds = (start, end)
        self.starts = [start, *(m.end() for m in _COMMA.finditer(text, start, end))]
        self.ends = [*self.starts[1:], end]
        words = text[start:end]
        self.each = "各" in words
        self.part = "其中" in words or "分别" in words
        self.leads = words.startswith("其中")
        self.per = _ANY_PER.search(words) is not None
        self.total = _TOTAL.search(words) is not None
        self.compared = _COMPARED.search(words) is not None
        self.reached = _REACHED.search(words) is not None
        self.attained = _ATTAINED.search(words) is not None
        self.traded = _TRADED.search(words) is not None

    def clause(self, at: int) -> tuple[int, int]:
        """The clause around a position."""
        index = bisect_right(self.starts, at) - 1
        return self.starts[index], self.ends[index]


class Clause(NamedTuple):
    """A number in its clause: `bounds` of the clause, `sentence` around it, `floor` where the number before it (or the clause's head) ends, `before`
    what stands from there to this number.
    """

    text: str
    bounds: tuple[int, int]
    sentence: Sentence
    found: Found
    floor: int
    before: str

    def follows(self, last: str | None) -> bool:
        """Whether the number speaks of what the number before it, in the unit `last`, speaks of: those whom it reaches or goes to (惠及, 奔赴), a part of it (其中), its share
        (占), what it is worth or cost (价值, 总投资), so many times of it.
        """
        unit, before = self.found.quantity.unit, self.before
        if self.sentence.reached:
            start, near = self.found.start, 40 if before[-1:] == "、" else 10  # 覆盖12个县、60个村
            if _REACHED.search(self.text, max(self.bounds[0] if near > 10 else self.floor, start - near), start) is not None:
                return True
        if unit == "percent":
            return "占" in before[-16:]
        if unit == "CNY" and last not in {"CNY", None}:
            return _WORTH.search(before[-8:]) is not None
        return unit == "other:倍" or (unit == last and "其中" in before)

    def lasting(self) -> bool:
        """Whether the number says how long the thing lasts that is spoken of (为期, 历时), and not how long it takes to get somewhere."""
        return self.found.quantity.unit in _TIMES and _LASTING.search(self.before[-6:]) is not None

    def spent(self) -> int:
        """Where the thing ends that the money was spent on, if the number is money and a thing follows it (15万元建, 20万元,硬化, 1万元的棉被, 7万元物资), or its own end
        where it tells what things are worth or cost (价值9万元, 总投资9万元); else 0.
        """
        if self.found.quantity.unit != "CNY" or _EARNED.search(self.before) is not None:
            return 0
        if _WORTH.search(self.before[-8:]) is not None:
            return self.found.after
        thing = _SPENT.match(self.text, self.found.after, self.sentence.end)
        if thing is None or _MONEY.search(thing[0]) is not None or ("资助" in thing[0] and _GIVEN.search(self.before) is not None):
            return 0
        return thing.end()

    def traded(self) -> bool:
        """Whether a word of selling or buying stands before the number in its clause."""
        return self.sentence.traded and _TRADED.search(self.text, self.bounds[0], self.found.start) is not None

    def attained(self) -> bool:
        """Whether the clause says that a target was reached (完成率, 超额完成)."""
        return self.sentence.attained and _ATTAINED.search(self.text, *self.bounds) is not None


_LASTING = re.compile(r"为期|历时|持续|长达|连续|时间|周期|[任服租工限]期|时长")
_TIMES = frozenset({"year", "other:月", "other:天", "other:周", "other:小时", "other:分钟", "other:课时"})
_REACHED = re.compile(r"惠及|受益|受惠|覆盖|涵盖|沾光|串起|辐射|涉及|分给|奔赴|分赴|赶赴|派往|去了|包下")
_EARNED = re.compile(r"[挣赚卖贷]|收入|增收|创收|收益|利润|分红|进账|工资|销售|放款|借款")
_GIVEN = re.compile(r"捐|募|善款|筹款")
_MONEY = re.compile(r"资金|经费|款(?!式)|基金")
_WORTH = re.compile(r"价值|总[价值]|市值|折[价合款]|货值|计价|作价|总投资|(?<![\u4e00-\u9fff])总?金额")
_SPENT = re.compile(
    r"(?:物资|药品|图书|书籍|设备|器材|衣物|棉衣|棉被|农资|化肥|种苗|粮油|用品|教具)|的(?![资款钱标价])[^，,。；;、\d]{2,12}|[^，,。；;\d]{0,3}[，,、]?(?:[^，,。；;\d]{0,6}?|[在为给对把将][^，,。；;]{0,16}?)(?:建(?!档|议)|修(?!养)|盖|铺|埋|砌|架|栽|挖|硬化|打通|接通|疏通|拓宽|整修|改造|装|打(?:了|井|[一两二三四五六七八九十\d]*[口眼])|扩建|购置|种|养|整治|发展|扶持|管护|办成|改善|完善|资助(?!金))[^，,。；;]{0,30}"
)
_TRADED = re.compile(r"(?<!专)卖|销售|[售销]出|帮销|代销|[推促展热]销|采[购买]|[购定订][买购]|[收团认]购|购进|[买收]了|买下|预订")
_ATTAINED = re.compile(r"完成率|超额完成|完成(?:全年|年度|既定)?(?:目标|任务|计划)|达标率|达到目标|任务的")

# ── per what ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_PER_WORDS = {
    "person": "人均|每人|人人|平均每人|生均|每生|人平",
    "household": "户均|每户|家家|户户|户平",
    "village": "村均|每个?村|各村",
    "county": "县均|每个?县|各县",
    "town": "每个?乡镇?",
    "mu": "亩均|每亩",
    "organisation": "每家|每所|校均|每个?单位|每个?企业",
    "month": "每月|月均|每个月|月人均|月收入|月薪",
    "day": "每天|每日|日均|日产|一天",
    "year": "每年|年均|逐年|年(?<![上去今本前全当]年)(?:稳定)?增|年产|年可|年(?:销售|收入|接待|收益|利润|租金|增收)",
    "average": "平均",
}
_PER = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _PER_WORDS.items()))
_ANY_PER = re.compile("|".join(_PER_WORDS.values()))
_PER_ORDER = ("person", "household", "village", "county", "town", "organisation", "mu", "average", "day", "month", "year")
_PEOPLE = re.compile(r"百姓|群众|村民|农民|人|户")
_SLASH_SIGNS = frozenset("/／一个每 \t\u3000\xa0")
_SLASH = re.compile(
    r"\s?[/／]\s?(人|户|村|年|月|天|日|亩|斤|公斤|吨|件|次|期|家|只|头|袋|箱|份|盒|本|生)|(?:一个?|每)(人|户|亩|斤|公斤)(?=[，,。；;、）)]|$)"
)
_EACH = re.compile(r"各(?![地级类界方项种族])[\u4e00-\u9fff]{0,2}\Z")
_SLASHED = {
    "人": "person",
    "生": "person",
    "户": "household",
    "村": "village",
    "年": "year",
    "月": "month",
    "天": "day",
    "日": "day",
    "亩": "mu",
    "家": "organisation",
}


def per(clause: Clause, last_unit: str | None) -> str | None:
    """What the number is counted per (人均: person; 每年: year); None for a plain total. The nearest to a person wins: 年人均 is per person."""
    end = clause.found.end
    slashed = _SLASH.match(clause.text, end, clause.bounds[1]) if clause.text[end : end + 1] in _SLASH_SIGNS else None
    if slashed is not None:
        word = slashed[1] or slashed[2]
        return _SLASHED.get(word, word)
    before, sentence = clause.before, clause.sentence
    if sentence.each and last_unit is not None and _EACH.search(before):
        return last_unit
    if not sentence.per:
        return None
    told = {m.lastgroup for m in _PER.finditer(before)}
    if not told and clause.floor > clause.bounds[0] and before[:1] not in "，,。；;":
        return None
    for name in _PER_ORDER:
        if name in told:
            return ("person" if _PEOPLE.search(before) else None) if name == "average" else name
    return None


# ── whole and part, growth ───────────────────────────────────────────────────────────────────────────────────────────

_TOTAL = re.compile(r"累计|总计|共计|合计|总共|一共|总额|总量|总投资|总价|总数|共(?!同|建|享|产|青|有)|共有|先后")
_CHANGES = "增长|增加|提高|上升|增幅|下降|减少|降低|降幅|翻了?|多了|少了|升至|降至|涨到|增至|提升"
_COMPARED = re.compile(_CHANGES)
_COMPARE = re.compile(
    rf"(同比|环比|比上年|较上年|比去年|较去年|比往年|比建档时|比20\d\d年|较20\d\d年|比上一年)?[^，,。；;]{{0,8}}?({_CHANGES})"
)


def relation(clause: Clause) -> str:
    """What the number is to its neighbours: "part" after 其中 or 分别, "each" after 各, "total" after 累计 and its like, else nothing."""
    before, sentence = clause.before, clause.sentence
    if sentence.each and _EACH.search(before):
        return "each"
    if sentence.part:
        head = clause.text[clause.bounds[0] : clause.found.start]
        near = clause.text[max(sentence.start, clause.found.start - 40) : clause.found.start]
        if sentence.leads or "其中" in head or "分别" in head or "其中" in near:
            return "part"
    return "total" if sentence.total and _TOTAL.search(before) else ""


def comparison(clause: Clause) -> str:
    """What the number is compared with and how: «同比增长», «增加»; "" where it is not."""
    found = _COMPARE.findall(clause.before[-24:]) if clause.sentence.compared else ()
    return "".join(found[-1]) if found else ""


# ── subject ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_NOUN_AFTER = re.compile(r"的?([\u4e00-\u9fff]{2,12})")
_CUT = re.compile(
    r"参加|参与|开展|实现|得到|受到|被|将|在|为|向|给|与|和|及|从|到|由|用于|帮助|完成|进行|深入|获|成为|稳定|增收|脱贫|长期|自愿|列为|分送|分别|共|均|已|正|还|都|可|并|等|下|上(?!万|千|百)|里|中|后|前|是|有|设立|结对|驻村帮扶|来|去|送|达|年(?!轻|龄)|以|因|于|承担|成立",
)
_STOP = re.compile(r"[，,。；;：:（）()“”\s]")
_HEAD = re.compile(r"(?:、|其中|累计|总计|共计|合计|分别|先后|共|约|近|超|达到|达|已|全部|的|等|为|了)+")
_TAILS = "其中|累计|总计|共计|合计|分别|先后|共有|共|约|近|超过|超|逾|达到|达|为|有|了|的"
_TAIL = re.compile(rf"(?:{_TAILS})+\Z")
_TAIL_ENDS = frozenset(word[-1] for word in _TAILS.split("|"))
_VERB = re.compile(
    r"投入|实施|组织|举办|开展|选派|派出|建成|修建|新建|捐赠|捐资|捐助|引进|培训(?=[\u4e00-\u9fff])|购买|采购|资助|奖励|赠送|邀请|完成|帮助|发放|落实|协调|争取|印刷|发展|种植|养殖|认养|认种|认购|销售|带动|惠及|覆盖|解决|安排|召开|出资|获|设立|涉及|动员|新增|改造|硬化|安装"
)


def subject(clause: Clause) -> str | None:
    """What is counted, in the text's own words: the noun behind the number, else what stands before it."""
    found = clause.found
    if found.quantity.unit != "CNY":
        after = _NOUN_AFTER.match(clause.text, found.after, clause.bounds[1])
        if after is not None:
            start, end = after.span(1)
            cut = _CUT.search(clause.text, start, end)
            if cut is not None:
                end = cut.start()
            if end - start > 1:
                return clause.text[start:end]
    before = _bare(_STOP.split(clause.before)[-1][-24:])
    verb = 0
    for m in _VERB.finditer(before):
        if m.end() < len(before):
            verb = m.end()
    before = before[verb:]
    return _bare(before.rpartition("等")[2] or before)[-14:] or found.noun or None


def _bare(words: str) -> str:
    """The words without those that only lead to a number, at either end."""
    head = _HEAD.match(words)
    if head is not None:
        words = words[head.end() :]
    tail = _TAIL.search(words) if words[-1:] in _TAIL_ENDS else None
    return words if tail is None else words[: tail.start()]


# ── place and organisation ───────────────────────────────────────────────────────────────────────────────────────────

_NAME_SIGN = r"(?:(?![的和及与同为在到向给以了等])[\u4e00-\u9fff])"
_PLACE = re.compile(
    r"(?:(?<=[在为到向给与赴对从和及、，,。；;：:\s“”（）()的])|(?<=[省州市县乡镇区])|\A)(?![省州市县区乡镇村])"
    rf"(?P<name>{_NAME_SIGN}{{1,5}}?(?:自治州|自治县|省|州|市|县|区)|{_NAME_SIGN}{{2,5}}?(?:乡|镇|村))(?![级民委长域城村屯土振])",
)
_NO_PLACE = re.compile(
    r"贫困|帮扶|定点|重点|全|各|本|该|示范|这|行政|每|农|乡村|城|社|园|地区|山区|灾区|牧区|库区|片区|多|几|所|当|边|受援|脱贫|等|自然|一些|有|景|校|个|深度|辖|在|两|其|老|外|藏区|彝区|民族|东部|西部|基层|周|邻|我|进出|县县|镇镇|村村|委|政|实现|推进|全省|以及"
)
_VERB_HEAD = re.compile(
    r"\A(?:资助|打造|援建|帮助|支持|走进|深入|前往|对口|结对|选派|组织|带动|捐助|覆盖|认购|购买|销售|捐建|改建|新建|建设|修筑|修建|清理|培训|走访|服务|位于|来自|分送|赴)(?=[\u4e00-\u9fff]{2})"
)
_SUFFIX = re.compile(r"(?:自治州|自治县|县|村|乡|镇|州|市|区)\Z")


class Places:
    """The names of places in a text: those that are known, and those that their grammar shows."""

    def __init__(self, text: str, known: Sequence[str]) -> None:
        self.text = text
        self.known: dict[str, str] = {}
        for name in known:
            short = _SUFFIX.sub("", name)
            if len(short) > 1:
                self.known.setdefault(short, name)
            self.known[name] = name
        found: list[tuple[int, str]] = []
        if self.known:
            names = re.compile("|".join(sorted(map(re.escape, self.known), key=len, reverse=True)))
            found += [(m.start(), self.known[m[0]]) for m in names.finditer(text)]
        taken = {at for at, _ in found}
        for m in _PLACE.finditer(text):
            name = _VERB_HEAD.sub("", m["name"])
            if m.start("name") not in taken and not _NO_PLACE.search(name) and len(name) > 1:
                found.append((m.end() - len(name), name))
        found.sort()
        self.at = [at for at, _ in found]
        self.names = [name for _, name in found]

    def near(self, start: int, end: int, sentence: Sentence) -> str | None:
        """The place named last before a number in its sentence, else the first one after it."""
        i = bisect_right(self.at, start) - 1
        if i >= 0 and self.at[i] >= sentence.start:
            return self.names[i]
        i = bisect_left(self.at, end, i + 1)
        return self.names[i] if i < len(self.at) and self.at[i] < sentence.end else None


_GROUPED = frozenset(
    {"village", "town", "county", "other:县乡", "other:省", "other:市", "other:个", "other:种", "organisation", "branch", "project"}
)
_LISTED = re.compile(r"((?:[\u4e00-\u9fff]{2,10}、)+[\u4e00-\u9fff]{2,8}?)(?:等)?\Z")


def group(clause: Clause, places: Places) -> tuple[str, ...]:
    """The names a count lists before it: 新龙、丹巴、开江、道孚4县."""
    if "、" not in clause.before or clause.found.quantity.unit not in _GROUPED:
        return ()
    listed = _LISTED.search(clause.before)
    if listed is None:
        return ()
    names = listed[1].split("、")
    longest = max(map(len, names[1:]))
    names[0] = next((k for k in places.known if names[0].endswith(k)), names[0][-max(longest, 2) :])
    return tuple(places.known.get(name, name) for name in names)


_ORGANISATION = re.compile(
    r"(?:(?<=[，,。；;：:\s“”（）()、的和与由向从])|\A)[\u4e00-\u9fff]{2,14}?(?:大学|学院|学校|公司|集团|银行|医院|研究院|委员会|管理局|工会|协会|基金会|总队|[市县省州区](?:委|政府|[\u4e00-\u9fff]{1,4}局))"
)


class Organisations:
    """The organisations that a text names: those that are known, and those that their names show."""

    def __init__(self, text: str, known: Sequence[str]) -> None:
        found = [(m.start(), m[0]) for m in _ORGANISATION.finditer(text)]
        if known:
            names = re.compile("|".join(sorted(map(re.escape, known), key=len, reverse=True)))
            found = [(m.start(), m[0]) for m in names.finditer(text)] + found
        found.sort(key=lambda f: f[0])
        self.at = [at for at, _ in found]
        self.names = [name for _, name in found]

    def near(self, start: int, sentence: Sentence) -> str | None:
        """The organisation named last before a number in its sentence."""
        i = bisect_right(self.at, start) - 1
        return self.names[i] if i >= 0 and self.at[i] >= sentence.start else None


# ── period ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_YEARS = re.compile(
    r"(?P<from>(?:19|20)\d{2})\s?年?\s?(?:[-－—–~～至到]|——)\s?(?P<to>(?:19|20)\d{2})\s?年?|(?P<year>(?:19|20)\d{2})\s?(?:年|学年)(?:\d{1,2}月)?(?:\d{1,2}日)?(?P<since>以来|来(?=[，,])|起|至今|开始)?|"
    r"(?P<word>今年|本年度|去年|上年(?!增|多|减|同)|前年)|(?P<span>(?:连续|近|过去)?[一二两三四五六七八九十\d]{1,2}(?:个)?(?:年来|年间|年累计)|连续[一二两三四五六七八九十\d]{1,2}年|近[一二两三四五六七八九十\d]{1,2}年)|"
    rf"[“\"]?(?P<plan>{PLAN})[”\"]?(?:(?:规划)?(?:期间|时期)|(?P<plan_since>以来))|(?P<congress>十[八九]|二十)大以来",
)
_PLANS = {"九五": 1996, "十五": 2001, "十一五": 2006, "十二五": 2011, "十三五": 2016, "十四五": 2021, "十五五": 2026}
"""The first of the five years of each plan."""
_CONGRESSES = {"十八": 2012, "十九": 2017, "二十": 2022}
_TITLE_YEAR = re.compile(r"((?:19|20)\d{2})(?:\s?[-—–~～至]\s?((?:19|20)\d{2}))?\s?年")


def year_of(heading: str) -> str:
    """The year or years that a title or heading names, as a period; "" where it names none."""
    found = _TITLE_YEAR.search(heading)
    return "" if found is None else f"{found[1]}/{found[2]}" if found[2] else found[1]


class Periods:
    """The dates of a text, and from them the period of each number."""

    def __init__(self, text: str, title: str) -> None:
        written = dateline(text)
        self.dateline = None if written is None else written.isoformat()
        self.year = None if written is None else written.year
        self.title = year_of(title)
        found = [(m.start(), self._period(m)) for m in _YEARS.finditer(text)]
        self.at = [at for at, period in found if period]
        self.periods = [period for _, period in found if period]

    def _period(self, m: re.Match[str]) -> str:
        if m["from"]:
            return f"{m['from']}/{m['to']}"
        if m["year"]:
            return m["year"] + ("/" if m["since"] else "")
        if m["plan"]:
            first = _PLANS.get(m["plan"])
            return "" if first is None else f"{first}/" if m["plan_since"] else f"{first}/{first + 4}"
        if m["congress"]:
            return f"{_CONGRESSES[m['congress']]}/"
        if self.year is None:
            return ""
        if m["word"]:
            return str(self.year - {"今": 0, "本": 0, "去": 1, "上": 1, "前": 2}[m["word"][0]])
        digits = re.sub(r"[^\d一二两三四五六七八九十]", "", m["span"])
        count = numeral(digits)
        if count is None or count.end != len(digits) or not 1 < count.low < 60:
            return ""
        return f"{self.year - int(count.low) + 1}/{self.year}"

    def of(self, start: int, sentence: Sentence, section: str) -> tuple[str | None, str]:
        """The period of a number and where it was said: in its sentence, in the heading above it (`section`: the year that one names), or in the title."""
        i = bisect_right(self.at, start) - 1
        if i >= 0 and self.at[i] >= sentence.start:
            return self.periods[i], "sentence"
        if section:
            return section, "section"
        return (self.title, "title") if self.title else (None, "")

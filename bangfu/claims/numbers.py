"""Find every quantified expression of a text: number, unit, hedge, and the noun that is counted. No topic, no period: only what stands at the number.

What looks like a number and counts nothing is left out: dates, ordinals, list and document numbers, names and slogans (9+3, 四个不摘, 832平台), ages, articles
(一座, 一户), time frames (三年来). A number that damage has touched is found, but has no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from bangfu.claims.measures import measures
from bangfu.quantities import HEDGES, ONE, SCALES, ZERO, Hedge, Numeral, Quantity, narrow, numeral, numeral_scale, scale_of, share


class Found(NamedTuple):
    """An expression in the repaired text: `start`-`end` from hedge to unit, `digits` where its number begins, `after` where its measure word ends.

    `measure` is the measure word as written («人次», «个»), `noun` the counted noun that decided the unit, where one did.
    """

    start: int
    end: int
    digits: int
    after: int
    quantity: Quantity
    measure: str
    noun: str


# ── words around a number ────────────────────────────────────────────────────────────────────────────────────────────

_PERSON, _PERSON_TIME, _HOUSEHOLD, _VILLAGE, _TOWN, _COUNTY = "person", "person-time", "household", "village", "town", "county"
_ITEM, _ORG, _PROJECT = "item", "organisation", "project"
_CODES = measures()
_NOUN = re.compile("|".join(sorted(_CODES.nouns, key=len, reverse=True)))
_NOUN_STOP = re.compile(
    r"[\s，,。；;：:、！!？?（）()“”\"《》\d]|的时候|以及|和|与|及|并|为|在|被|受|开展|实现|得到|参加|参与|(?<![相结])对(?!口)|向|给|达|已|全部|还|正|都|带动|覆盖|惠及|辐射|吸纳|吸引|实施期|分别|共|均|了|做|安装|举办|通过|相继|陆续|入选|荣获|增加|减少|扩大|提高|[增减降]至"
)
_DIRECT = re.compile("|".join(sorted((n for n, c in _CODES.nouns.items() if c), key=len, reverse=True)))
# Nouns that are no counted thing where one of these words goes on: 乡村振兴项目 are projects, a 村民服务中心 is a place.
_ACTORS = frozenset({_PERSON, _PERSON_TIME, _HOUSEHOLD, _VILLAGE, _TOWN, _COUNTY, _ORG})
_FACILITY = r"(?:中心|卫生|敬老|养老|文化|科技|农技|畜牧|综合|便民|电商)(?:服务)?[点站园区库室馆院所校]|中心(?:小学|中学|学校|幼儿园)|[小中]学(?!生)|学校|幼儿园|中?医院|供销社|派出所"
_OF_PLACE = re.compile(rf"个(?:乡镇|[县乡镇村])(?:{_FACILITY})")  # 18个乡镇卫生院 are no townships
_COMPOUND = re.compile(
    rf"振兴|推进|示范[点园区基]|服务|活动|较少|[点站园区库室馆院组班]|[大小]院|工作[站室坊]|公寓|宿舍|食堂|联盟|驿站|基地|中心|平台|品牌|产业|旅游|书屋|公园|之家|岗位|{_FACILITY}"
)
# Between the measure word and its noun: 30个“十三五”贫困村; 38个2019年度先进单位; 1个国家级、3个省级、12个市级龙头企业.
_BETWEEN = re.compile(
    r"[“‘][^”’\n]{1,8}[”’]|(?:19|20)\d\d年度?|(?:(?:国家|[部省市县州区])级[、和及与]\d{1,6}[个家名项]){0,3}(?:国家|[部省市县州区])级"
)
_GONE_TO = re.compile(r"[驻入进到下包联](?<!结对)\Z")  # 5个驻村工作队: the village is where they are
_GENERIC = frozenset({"间", "个", "项", "宗", "支", "户", "起", "处", "门", "款"})

# Hedge words that stand before the number; the others stand inside it or behind.
_BEHIND = frozenset(
    ["余", "多", "来", "有余", "左右", "上下", "以上", "及以上", "以下", "及以下", "以内", "之内", "开外", "起", "上", "过", "最高", "几乎"]
)
_BEFORE = frozenset(w for w in HEDGES if w not in _BEHIND and not w.isascii())
_BEFORE_LENGTHS = tuple(sorted({len(w) for w in _BEFORE}, reverse=True))
_BEFORE_ENDS = frozenset({*(word[-1] for word in _BEFORE), *"上过破"})
_LEAST = re.compile(r"(至少|最少|起码|至多|最多)(?:(?![的个名])[\u4e00-\u9fff]){1,4}\Z")  # 至少要40分钟, 至少安置10户
_AFTER = re.compile(r"左右|上下|(?:及)?以上|(?:及)?以下|(?:之|以)内|开外|有余")
_MORE_AFTER = re.compile(r"[多余](?=[\s，,。；;、）)的]|\Z)|[多余](?=[\u4e00-\u9fff])(?![次方种样项年少数人个名位])")
_MEASURABLE = frozenset("元里斤吨米时月年天亩度顷克分倍")
_JOINT_AHEAD = re.compile(r"[-—–－~～至到−]")
_JOINT = re.compile(r"\s?(?:-{1,2}|—{1,2}|–|－|~|～|至|到|−)\s?")

# ── what is no claim ─────────────────────────────────────────────────────────────────────────────────────────────────

_CN = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_YEAR = r"(?:1[89]|20)\d{2}"
_DAY = r"\d{1,2}\s?[日号]"
_JOIN = r"(?:\s?(?:[-－—–~～至到]|——)\s?)"
_PART = r"(?:份|底|初|末|中旬|上旬|下旬)?"

# Spans in which nothing is a claim: titles of works, short quotations (names, slogans; no sentences), addresses.
_SEALED = re.compile(
    r"《[^》\n]{1,60}》|[“‘「『][^”’」』\n]{1,14}(?<![。！？])[”’」』]|\"[^\"\n]{1,14}(?<![。！？])\"|https?://[\w./?&=%#:~+-]+|www\.[\w./?&=%#:~+-]+",
)

PLAN = "(?:九五|十[一二三四五]?五)"
"""What a five-year plan is called."""

# Tried where a number begins: what is no count. Each begins with figures, with a Chinese numeral, or with either.
_BOTH, _FIGURES, _CHINESE = "both", "figures", "Chinese"
_PLACE_ENDS = "(?:(?<![驻入进到下送包联通帮个])(?:村(?![民级集委干小医部道组主支两史志企务])|[乡镇](?![村镇道级亲里中长卫土])))"
_NO_COUNTS = (
    # dates
    (_FIGURES, rf"{_YEAR}\s?年?{_JOIN}(?:{_YEAR}|\d\d(?=年))\s?(?:学年度?|年(?:度|底|末|初|间)?)"),
    (
        _BOTH,
        rf"(?:{_YEAR}|[一二][〇零○九八][〇零○一二三四五六七八九]{{2}})\s?(?:学年度?|年)(?:度|底|末|初|间|代|级)?(?:\s?\d{{1,2}}{_JOIN}(?=\d{{1,2}}\s?月))?(?:\s?\d{{1,2}}\s?月{_PART}(?:\s?{_DAY})?)?",
    ),
    (_FIGURES, rf"{_YEAR}[-/.](?:0?[1-9]|1[0-2])(?:[-/.]\d{{1,2}})?(?![\d万亿])"),
    (
        _FIGURES,
        rf"\d{{1,2}}{_JOIN}\d{{1,2}}\s?月|\d{{1,2}}\s?月{_PART}(?:\s?\d{{1,2}}(?:\s?[日号]?{_JOIN}(?:\d{{1,2}}\s?月)?\s?{_DAY}|\s?[日号]))?",
    ),
    (_CHINESE, rf"[一二三四五六七八九十]{{1,2}}月{_PART}"),
    (_FIGURES, rf"{_DAY}(?:{_JOIN}(?:\d{{1,2}}\s?月\s?)?{_DAY})?|\d{{1,2}}{_JOIN}{_DAY}"),
    (_FIGURES, r"\d{1,4}\s?[:：]\s?\d{1,4}(?:[:：]\d{2})?"),
    (_BOTH, r"[\d二三四五六七八九]{1,2}十?年代|[\d二一]{1,2}十?世纪|(?:19|20)?[5-9〇0]0后|[五六七八九〇零][〇零]后"),
    # names and codes
    (_FIGURES, r"\d{1,18}(?:\s?[+＋]\s?[\dA-Za-z]{1,8}){1,8}"),
    (_FIGURES, r"(?i:\d{1,18}(?:\.\d{1,18})?(?!(?:km|kg|kw|kwh|mw|mwp|cm|ha|m|m2|m3)(?![a-z]))[A-Za-z][A-Za-z0-9_]{0,80})"),
    (_FIGURES, r"832\s?平台|\d{3}\s?(?:国道|省道|县道|乡道)|\d{3,5}(?:热线|工程|计划|行动|平台|战略|模式)"),
    (_FIGURES, r"1[3-9]\d{9}(?!\d)|0\d{2,3}-\d{7,8}|\d{15,18}[\dXx]?"),
    (_FIGURES, r"\d{1,18}[×*＊]{1,8}"),
    # ages, levels, ranks, pages
    (
        _BOTH,
        rf"(?:\d{{1,18}}|[{_CN}]{{1,12}})(?:多|余)?{_JOIN}?\d*\s?(?:周?岁|页|号楼|号线|号|楼(?!房)|室|级(?!以)|等奖|等功|班级|年级|把手|线城市|星级|维码|度(?=春|过)|期(?=项目|工程|建设|规划|投入|投资|改造|续建|新建)|时许?)",
    ),
    (_CHINESE, r"[一二三四五六七八九十]{1,2}(?:是|者|来(?=[，,]))"),
    (_BOTH, rf"(?<![了有办过达已行续共计])(?:\d{{1,18}}|[{_CN}]{{1,12}})届"),
    (_CHINESE, r"[二三四五六七八九]件套"),
    # stock phrases: numbers of points, not of things (四个不摘); names and slogans (两不愁三保障, 百县千村活动)
    (_CHINESE, rf"[二两三四五六七八九十]个(?:{'|'.join(_CODES.points)})"),
    # six named things, where none says that they were made or counted: 六项指标 (but 出台六项措施), 三类人员
    (_CHINESE, rf"(?<![定台订出立成共计取了])[二两三四五六七八九十]项(?:重点|基本|主要|关键|硬性|核心)?(?:{'|'.join(_CODES.sets)})"),
    (_CHINESE, r"[二两三四五六七八九十]类(?:重点|特殊|监测)?(?:人员|人群|对象|群体|主体|学生|[\u4e00-\u9fff]{1,4}员|户(?!型))"),
    # phases: 产业园二期, 整治项目（四期）; groups of a village: 乱石沟村4组
    (_CHINESE, r"(?<=[目程园区地（(])[一二三四五六七八九]期(?=[）)]|[\s，,。；;、]|\Z|[还已将正未建投规])"),
    (_BOTH, r"(?<=[村屯寨])(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:组|社|队)(?![织建成])"),
    (
        _BOTH,
        r"(?<=\d[组社队][和及、与])\d{1,2}[组社队](?![织建成])|(?<=[一二三四五六七八九十][、和])[一二三四五六七八九十]{1,3}[组社](?![织建成])",
    ),
    # tiers, channels, divisions: 二本以上, 央视二套, 小学二部
    (
        _CHINESE,
        r"[一二三]本(?=(?:及?以上|院校|大学|线|批|录取|[\s，,、)）]))|(?<=[央卫]视)[一二三四五六七八九十]{1,2}套|(?<=学)[一二三四五]部(?![分手电])",
    ),
    # places: 八一村, 二瓦槽村, 二道河乡, 四棵树镇; after a higher one with any sign in between (色达县三里坪村)
    (_CHINESE, rf"[一二三四五六七八九]{{2,3}}{_PLACE_ENDS}"),
    (_CHINESE, rf"[一二三四五六七八九十]{{1,2}}[瓦道里台角棵块间眼口门方面盘井池颗碗株斗][\u4e00-\u9fff]{{1,2}}?{_PLACE_ENDS}"),
    (
        _CHINESE,
        rf"(?<=[省市州县区乡镇旗])[一二三四五六七八九十]{{1,2}}(?![个名位人户家所支项条次批场期类种级大座处])[\u4e00-\u9fff]{{1,3}}?{_PLACE_ENDS}",
    ),
    (_FIGURES, r"(?<=[在从])\d{1,2}个(?:方面|层面)|\d{1,2}个(?:环节|维度|阶段|步骤|关键|坚持|必须)"),
    (_CHINESE, "|".join(_CODES.names)),
    (
        _CHINESE,
        r"[两一二三四五六七八九十百千万](?!分之)[\u4e00-\u9fff]{1,2}[一二两三四五六七八九十百千万][\u4e00-\u9fff](?=[\W]|活动|工程|行动|机制|政策|制度|模式|要求|标准|计划|战略|\Z)(?<![万千百]人)(?<![户人名元次册本])",
    ),
    (_CHINESE, rf"(?:{PLAN}|十[八九]|二十)(?=大|届|时期|期间|规划|[”’]|以来)"),
    # frames of time
    (
        _BOTH,
        r"(?:[二两三四五六七八九十几]{1,4}个?|\d{1,18}(?:多|余)?个?)(?:年|载|天|月|小时|分钟|周)(?:多|余)?(?:(?<=[天周])(?:共|累计)|以来|来(?!自)|间(?!接)|里(?!程)|之?前|之?后(?!备)|之?内|(?=时间))",
    ),
)
_NO_FIGURES, _NO_CHINESE = (
    re.compile("|".join(pattern for begins, pattern in _NO_COUNTS if begins != other)) for other in (_CHINESE, _FIGURES)
)
# Figures that are certainly none of these, by the sign that follows them: most numbers of a report, told in one step.
_LETTERS = r"A-Za-z\u0130\u0131\u017f\u212a"
_LEVELS = "年月天载周岁页号楼室级届等班把线星维度期时小分"
_CERTAIN = re.compile(
    rf"\d{{1,10}}(?![\d\s.日世十后平国省县乡热工计行战模组社队/:：+＋×*＊{_LETTERS}{_LEVELS}-]|{_JOIN}|[多余](?:[\s\d个{_LEVELS}]|{_JOIN})|个[方环层维阶步关坚必{_LEVELS}])"
    rf"|\d{{1,3}}\.\d{{1,18}}(?![\d{_LETTERS}])"
)
_ORDINAL = re.compile(
    rf"\s?(?:\d{{1,18}}|[{_CN}几]{{1,12}})(?:{_JOIN}第?\s?(?:\d{{1,18}}|[{_CN}]{{1,12}}))?\s?(?:个|次|批次|批|期|名|届|条|款|项|位|章|节|家|轮|年|所|类|卷|页|产业|季度|学期|阶段|步|号|场|村民组|组|线|方|片)?"
)
_BRACKETED = re.compile(rf"\s?{_YEAR}\s?[〕\]］】）)]\s?第?\d{1, 18}\s?号?|\s?\d{{1,2}}\s?[）)]|[一二三四五六七八九十]{{1,3}}[）)]")
_ITEM_NUMBER = re.compile(r"\d{1,2}(?:[、．]|\.(?!\d))|[一二三四五六七八九十]{1,3}(?:[、．]|\.(?!\d))|\d{1,2}[）)]")
_LABEL = re.compile(
    r"(?:附件|附表|图表|附录|步骤|方案|版本|标段|模块|案例|(?<![代发电水气仪手秒钟])表|(?<!地)图|[A-Za-zＡ-Ｚ][-_/.]?|[×*＊+＋]|\d[.:：/])\Z"
)
_TOKEN = re.compile(r"[\w./+-]{1,80}", re.ASCII)
_BULLETS = " \t\u3000\xa0•·●■▲◆★※-—"
_FOLLOW = "".join(sorted({c for c in {*(word[0] for word in _CODES.measures), *"余多来成分个几至到县村乡镇家省"} if c != "-"}))
_HALVES = "|".join(f"(?<={word}半)" for word in ("为期", "历时", "长达", "持续", "不足", "不到", "将近"))
_NEXT = re.compile(
    rf"[\d{_CN}几数半](?:(?<=\d)|(?<!半)(?=[{_CN}几数{re.escape(_FOLLOW)}~～—-])|(?<=[近约逾超上过破][百千万亿])|(?:{_HALVES})(?=年|个月|个?小时|天|亩|公里))"
)
_LOST = "\ufffd"


def find(text: str) -> Iterator[Found]:
    """Every quantified expression of a repaired text, in order; one that stands behind «�» has no value. Linear in the length of the text."""
    text = narrow(text)
    sealed = _Sealed(text)
    at = 0
    last: Found | None = None
    named: Found | None = None  # the last one that said what it counts
    while (begin := _NEXT.search(text, at)) is not None:
        start = begin.start()
        end = sealed.around(start) or _too_long(text, start)
        if end:
            at = end
            continue
        end = _skipped(text, start, at)
        if end:
            at = end
            continue
        found = _expression(text, start, last)
        if found is None:
            digits = _DIGITS.match(text, start)
            at = begin.end() if digits is None else digits.end()
            continue
        at = found.end
        if _LOST in text[max(0, found.start - 1) : found.end]:
            found = found._replace(quantity=unreadable(found.quantity))
        if named is not None and found.measure == "个" and len(found.noun) <= 1 and _same_thing(text, named, found):
            found = found._replace(quantity=replace(found.quantity, unit=named.quantity.unit), noun=named.noun)
        elif found.noun or (found.measure.startswith("个") and found.measure != "个"):
            named = found
        last = found
        yield found


_AMONG = re.compile(r"[\u4e00-\u9fff]{0,8}?(?:当中|之中|中|里|内)(?:[，,]|(?=\Z|有|已|仅|只|还|约|近))")
_STEP = re.compile(r"[、，,][\u4e00-\u9fff]{0,4}\d")
_STEP_HEAD = re.compile(r"[，,；;]\s*[\u4e00-\u9fff]{2,10}\Z")
_STEP_SPAN = 80


def _same_thing(text: str, named: Found, found: Found) -> bool:
    """Whether a number counts what an earlier one did: among them («20个乡镇中，9个是重点»), or in step with it («甲省项目20个、资金3亿元，乙省15个、2亿元»)."""
    between = text[named.after : found.start]
    if len(between) > _STEP_SPAN or any(sign in between for sign in "。！？!?\n"):
        return False
    if not found.noun and named.measure.startswith("个") and _AMONG.match(between):
        return True
    return (
        named.measure == "个"
        and _STEP.match(between) is not None
        and _STEP_HEAD.search(between) is not None
        and _STEP.match(text, found.after) is not None
    )


_DIGITS = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_LONG = re.compile(rf"\d{{19,}}|[{_CN}几余多数来]{{25,}}", re.ASCII)


_RUN_SIGNS = frozenset(f"0123456789{_CN}几余多数来")


def _too_long(text: str, start: int) -> int:
    """Where a run of digits ends that is no number any more; 0 for others. Looked at once and as a whole, so that hostile text costs no more."""
    if text[start + 18 : start + 19] not in _RUN_SIGNS:
        return 0
    run = _LONG.match(text, start)
    return 0 if run is None else run.end()


def unreadable(quantity: Quantity) -> Quantity:
    """The same expression with its number gone."""
    return Quantity(None, None, quantity.unit, quantity.hedge, quantity.word)


class _Sealed:
    """The sealed spans of a text, asked in rising order: where the one around a position ends, or 0."""

    def __init__(self, text: str) -> None:
        self.spans = _SEALED.finditer(text)
        self.start = self.end = 0
        self.step()

    def step(self) -> None:
        span = next(self.spans, None)
        self.start, self.end = (1 << 62, 1 << 62) if span is None else span.span()

    def around(self, at: int) -> int:
        while self.end <= at:
            self.step()
        return self.end if self.start <= at else 0


def _skipped(text: str, start: int, floor: int) -> int:
    """Where a number that is no count ends (a date, an ordinal, a list number, a name); 0 where it may be one."""
    before = text[start - 1] if start else "\n"
    if before == "第":
        ordinal = _ORDINAL.match(text, start)
        return ordinal.end() if ordinal is not None else start + 1
    if before in "其之" and text[start] in _CN and (start < 2 or text[start - 2] not in "极尤"):
        return start + 1
    if before in "〔[［【（(":
        bracketed = _BRACKETED.match(text, start)
        if bracketed is not None:
            return bracketed.end()
    if before in _BULLETS or before in "\n\r。；;：:！!？?":
        number = _ITEM_NUMBER.match(text, start)
        if number is not None and (
            before in "\n\r。；;：:！!？?" or not text[text.rfind("\n", max(floor - 1, 0, start - 40), start) + 1 : start].strip(_BULLETS)
        ):
            return number.end()
    if (before.isascii() and before not in "\n (),") or before in "×＊＋件表图录骤案本段块":
        label = _LABEL.search(text, max(0, start - 4), start)
        if label is not None:
            token = _TOKEN.match(text, start)
            return token.end() if token is not None else start + 1
    if text[start].isdecimal():
        no = None if _CERTAIN.match(text, start) else _NO_FIGURES.match(text, start)
    else:
        no = _NO_CHINESE.match(text, start)
    return no.end() if no is not None and no.end() > start else 0


# ── one expression ───────────────────────────────────────────────────────────────────────────────────────────────────


def _expression(text: str, start: int, last: Found | None) -> Found | None:
    part = _slashed(text, start) if text.startswith("/", start + 1) else share(text, start) if "分之" in text[start : start + 12] else None
    number = part if part is not None else Numeral(HALF, HALF, start + 1) if text[start] == "半" else numeral(text, start)
    if number is None:
        return None
    head, word = _hedge_before(text, start, 0 if last is None else last.end)
    if part is None and text[number.end : number.end + 1] == " ":
        number = _spaced(text, number)
    end = number.end
    if part is None:
        ranged = _range(text, start, number)
        if ranged is not None:
            number, end = ranged, ranged.end
    if part is not None:
        unit, each, measure, noun, after = "percent", ONE, "", "", end
    else:
        half = _AND_HALF.match(text, end) if text.startswith("个半", end) else None
        told = (
            _unit(text, start, end, number, last) if half is None else (_TIMES_OF[half["time"]], ONE, f"个{half['time']}", "", half.end())
        )
        if told is None:
            return None
        unit, each, measure, noun, after = told
        number = number if half is None else _raised(number, HALF)
    if not _is_meant(text, start, number, word, unit, measure, after):
        return None
    more = _MORE_BEHIND.match(text, after) if text[after : after + 1] in _MORE_SIGNS and measure not in {"", "个"} else None
    if more is not None and (more["tenth"] is None) is (measure != "成"):
        number, after = _raised(number, HALF if more["tenth"] is None else Decimal(_TENTHS.index(more["tenth"])) / 10), more.end()
    inner = number.word or ("多" if "多" in measure else "余" if "余" in measure else "")
    tail = _AFTER.match(text, after) if text[after : after + 1] in _AFTER_SIGNS else None
    if tail is not None:
        after_hedge, inner = tail.end(), inner or tail[0]
    elif not inner and text[after : after + 1] in {"多", "余"} and text[after - 1] in _MEASURABLE and _MORE_AFTER.match(text, after):
        after_hedge, inner = after + 1, text[after]
    else:
        after_hedge = after
    return Found(head, after_hedge, start, after, _quantity(number, word, inner, unit, each), measure, noun)


HALF = Decimal("0.5")
_TENTHS = "零一二三四五六七八九"
_MORE_BEHIND = re.compile(rf"半(?![数年天月个路边成山生途价])|(?P<tenth>[{_TENTHS[1:]}])(?![{_CN}个名位户人成])")  # 一年半, 两亩半; 九成五
_AND_HALF = re.compile(r"个半(?P<time>月|小时|钟头)")
_MORE_SIGNS = frozenset(f"半{_TENTHS[1:]}")
_AFTER_SIGNS = frozenset("左上及以之开有下")
_TIMES_OF = {"月": "other:月", "小时": "other:小时", "钟头": "other:小时"}


def _raised(number: Numeral, by: Decimal) -> Numeral:
    return number._replace(low=number.low + by, high=number.high + by)


_SLASHED = re.compile(r"(\d)/(\d{1,2})(?![\d/.年月日])", re.ASCII)


def _slashed(text: str, start: int) -> Numeral | None:
    """A share written with a slash, «约占1/3», in percent; a date or a number of pages is none."""
    found = _SLASHED.match(text, start)
    if found is None or not 0 < int(found[1]) < int(found[2]) or (start and text[start - 1] in "/.-~"):
        return None
    value = (100 * Decimal(found[1]) / Decimal(found[2])).quantize(Decimal("0.0001")).normalize()
    return Numeral(value, value, found.end())


_SPACED = re.compile(r" ([万亿])([余多]?)")


def _spaced(text: str, number: Numeral) -> Numeral:
    """A scale that stands apart from its number: «367.7 万个»."""
    scale = _SPACED.match(text, number.end)
    if scale is None or number.word or number.vague:
        return number
    times = SCALES[scale[1]]
    return Numeral(number.low * times, number.high * times, scale.end(), scale[2], (number.step or ONE) * times, spread=number.spread)


def _quantity(number: Numeral, word: str, inner: str, unit: str, each: Decimal) -> Quantity:
    if word in {"上", "过", "破"} and not inner:
        inner, word = word, ""
    word = word or inner
    low, high = (number.low * each, number.high * each) if each != 1 else (number.low, number.high)
    if low != high:
        return Quantity(low, high, unit, Hedge.range, word, ZERO, number.vague)
    hedge = HEDGES.get(word, Hedge.exact) if word else Hedge.exact
    return Quantity(low, high, unit, hedge, word, number.step * each if number.step else ZERO)


def _hedge_before(text: str, start: int, floor: int) -> tuple[int, str]:
    """Where the expression begins and the hedge word that stands before the number; nothing before `floor` belongs to it."""
    at = start
    while at and text[at - 1] == " ":
        at -= 1
    near = text[max(floor, at - 6) : at]
    least = _LEAST.search(near) if "少" in near or "多" in near or "码" in near else None
    if least is not None:
        return start, least[1]
    if not at or text[at - 1] not in _BEFORE_ENDS:
        return start, ""
    for length in _BEFORE_LENGTHS:
        word = text[at - length : at] if at >= floor + length else ""
        if word in _BEFORE:
            if text[at - length - 1 : at - length] and text[at - length - 1] in _CODES.not_after.get(word, ()):
                return start, ""
            return at - length, word
    if at > floor and text[at - 1] in "上过破" and text[start] in "百千万亿":
        return at - 1, "上" if text[at - 1] == "上" else "过"
    return start, ""


def _range(text: str, start: int, first: Numeral) -> Numeral | None:
    """A-B, A至B: with the unit on the second or on both (100元-200元). «从30户到50户» are two numbers, «由12%升至15%» too."""
    if first.word or first.vague or first.spread:
        return None
    if _JOINT_AHEAD.search(text, first.end, first.end + 8) is None:
        return None
    joint, between = _JOINT.match(text, first.end), ""
    if joint is None:
        unit = _measure(text, first.end)
        if unit is None:
            return None
        joint, between = _JOINT.match(text, unit[2]), text[first.end : unit[2]]
        if joint is None or text[start - 1 : start] in {"从", "由", "自"}:
            return None
    if not text[joint.end() : joint.end() + 1].isdigit() and text[joint.end() : joint.end() + 1] not in _CN:
        return None
    second = numeral(text, joint.end())
    if second is None or second.low != second.high or second.word or (between and not text.startswith(between, second.end)):
        return None  # 全村1042人到2019年底 are no people up to 2019
    low = first.low
    if not between and text[first.end - 1] not in "万亿千百" and low < second.low:
        low *= scale_of(text, second)
    return second._replace(low=low, spread=True, step=ZERO) if low < second.high else None


def _measure(text: str, at: int) -> tuple[str, Decimal, int, str] | None:
    """The measure word at a position: unit, how many, where it ends, the word."""
    if text[at : at + 1] == " ":
        at += 1
    for length in _CODES.lengths.get(text[at : at + 2], (1,)):
        word = text[at : at + length]
        found = _CODES.measures.get(word)
        if found is None or len(word) < length:
            continue
        end = at + length
        core = word if length == 1 or word in _CODES.not_before else word[-1] if word[0] == "个" else word
        if text[end : end + 1] and text[end] in _CODES.not_before.get(core, ()) and not text.startswith(_CODES.still.get(core, ()), end):
            if length > 1:
                continue
            return None
        if length > 1 and word[0] == "个" and _OF_PLACE.match(text, at):
            continue
        return found[0], found[1], end, word
    return None


def _unit(text: str, start: int, end: int, number: Numeral, last: Found | None) -> tuple[str, Decimal, str, str, int] | None:
    """Unit, how many of it, measure word, the noun that decided it, where the measure word ends."""
    if text[end : end + 1] == "成":
        if number.high <= 10 and text[end + 1 : end + 2] not in _CODES.not_before["成"] and not text[end + 1 : end + 2].isdigit():
            return "percent", Decimal(10), "成", "", end + 1
        return None
    if (
        text.startswith("米", end)
        and text[end - 1] == "千"
        and text[start].isdigit()
        and text[end + 1 : end + 2] not in _CODES.not_before["米"]
    ):
        return "km", Decimal("0.001"), "米", "", end + 1  # 12千米
    measured = _measure(text, end)
    if measured is None:
        return _bare(text, start, end, number)
    unit, each, after, name = measured
    if (
        name in _PLACES
        and not text[start].isdigit()
        and number.low <= 10
        and text[start] != "两"
        and "、" not in text[max(0, start - 5) : start]
    ):
        return None  # 三村, 四乡工程: names; 两县 and 新龙、丹巴、开江三县: a count
    if name in _GENERIC:
        unit, noun = _counted(text, start, after, name, unit, last)
        return unit, each, name, noun, after
    if name == "元" and (currency := _CURRENCY.search(text, max(0, start - 3), start)) is not None:
        return _CURRENCIES[currency[0]], each, name, "", after
    if name == "家":
        kept = _NOUN.match(text, after)
        if kept is not None and _CODES.nouns[kept[0]] == _HOUSEHOLD:
            return _HOUSEHOLD, each, name, kept[0], after
    if name == "条" and (_CLOTH.search(text, max(0, start - 4), start) or _CLOTH.match(text, after)):
        return _ITEM, each, name, "", after
    if name == "瓦" and text[end - 1] != "千":
        return "other:瓦", ONE, name, "", after
    if name == "伏安" and text.startswith(("变压器", "的变压器"), after):
        return None  # what a transformer is, not how much there is
    if name == "台" and ("手术" in text[max(0, start - 6) : start] or text.startswith("手术", after)):
        return "other:台", each, name, "手术", after
    return unit, each, name, "", after


_CLOTH = re.compile(r"围巾|毛巾|浴巾|毛毯|毯子?|棉被|被子|床单|裤子?|哈达|领带|腰带|香烟|红领巾")
_CURRENCIES = {word: _CODES.measures[word][0] for word in ("港币", "港元", "美金", "美元", "欧元", "日元")}
_CURRENCY = re.compile("(?:" + "|".join(_CURRENCIES) + r")\Z")
_PLACES = frozenset({"省", "市", "县", "村", "乡", "镇", "州", "州市", "省区", "省市", "区县", "县市", "县区", "乡镇", "市州", "地市"})


def _counted(text: str, start: int, after: int, name: str, unit: str, last: Found | None) -> tuple[str, str]:
    """What «个», «项», … count: the noun that follows, or that stands before the number, or what the number before counted («粮企7个»)."""
    if name == "支":
        team = "队" in text[max(0, start - 10) : start] or "队" in text[after : after + 12]
        same = last is not None and last.measure == "支" and start - last.end <= 30
        return (last.quantity.unit if same and last is not None else "other:队" if team else _ITEM), ""
    if text[after : after + 1] in {"为", "是", "属"}:
        after += 1  # 有11个为国家级贫困县
    between = _BETWEEN.match(text, after)
    after = after if between is None else between.end()
    stop = _NOUN_STOP.search(text, after, after + 14)
    limit = stop.start() if stop is not None else min(after + 14, len(text))
    noun = _NOUN.search(text, after, limit)
    while noun is not None and (not _CODES.nouns[noun[0]] or (noun[0] == "集体" and _TOGETHER.match(text, noun.end()))):
        noun = _NOUN.search(text, noun.end(), limit)  # 6个信息化项目; 96个班级集体捐款
    gone_to = None
    while (
        noun is not None
        and _CODES.nouns[noun[0]] in _ACTORS
        and (_COMPOUND.match(text, noun.end(), limit) or _GONE_TO.search(text, after, noun.start()))
    ):
        gone_to, noun = noun, _NOUN.search(text, noun.end(), limit)
    if noun is None and gone_to is not None and gone_to.end() == limit:
        noun = gone_to  # 三个驻村: nothing else was counted
    while noun is not None and (head := _NOUN.match(text, noun.end(), limit)) is not None and head[0] != "集体":  # 8个党支部集体走访
        noun = head  # 8个村党支部, 5名村干部家属: the last one is counted
    if noun is not None and _CODES.nouns[noun[0]]:
        if (
            stop is not None
            and stop[0] in {"和", "与", "及"}
            and noun.end() == limit
            and name == "个"
            and _CODES.nouns[noun[0]] == _ORG
            and text.startswith("个人", stop.end())
        ):
            return unit, ""
        return _refined(_CODES.nouns[noun[0]], name, unit), noun[0]
    if name == "宗":
        return _PROJECT, ""
    if noun is not None or (limit > after and not _DONE.match(text, after)):
        return unit, ""
    before = _noun_before(text, start)
    if before:
        return _refined(_CODES.nouns[before], name, unit), before
    if noun is None and last is not None and last.measure.startswith(name) and _SAME_THING.fullmatch(text, last.end, start):
        return last.quantity.unit, last.noun
    return unit, ""


_TOGETHER = re.compile("捐|走访|学习|参加|联系|帮|认购|采购|研究|慰问")
_DONE = re.compile("竣工|完工|开工|动工|在建|建成|投产|投用|落地|启动|验收|签约|获批|按计划|正在|推进|完成")  # 其中10个竣工
# «粮企7个、电网5个», «15个项目开工13个、完工9个»: between the two nothing else that could be counted.
_SAME_THING = re.compile(
    r"[\u4e00-\u9fff]{0,6}[，,、][\u4e00-\u9fff]{0,4}|[\u4e00-\u9fff，,]{0,8}(?:增加到|增加至|增至|增长到|扩大到|扩大至|发展到|发展至|减少到|减少至|减至|降至|降到|上升到|提高到|开工|动工|完工|竣工|完成|建成|在建|新建|续建|投产|投用|落地|启动|验收|通过|签约|获批)(?:建设|运营|使用|了|的)?"
)


def _refined(code: str, name: str, unit: str) -> str:
    if name == "户":
        return _ORG if code == _ORG else _HOUSEHOLD
    if name == "项":
        return code if code == _PROJECT else unit
    if name == "间":
        return code if code == _ORG else unit  # 间 of schools and shops
    return unit if name in {"处", "门", "款", "起"} else code


_LINKS = _BEFORE | frozenset(
    [
        "从",
        "由",
        "由原来的",
        "原来的",
        "最初的",
        "增加至",
        "扩大至",
        "发展到",
        "减少到",
        "已有",
        "现有",
        "只有",
        "达到",
        "增加到",
        "扩大到",
        "总共",
        "一共",
        "共有",
        "还有",
        "尚有",
        "累计",
        "总计",
        "共计",
        "合计",
        "分别",
        "增至",
        "已达",
        "多达",
        "达",
        "共",
        "有",
        "等",
        "为",
        "仅",
    ]
)


def _noun_before(text: str, start: int) -> str:
    """The noun right before the number: 实施项目145个."""
    at = start
    while at and text[at - 1] == " ":
        at -= 1
    for _ in range(2):
        at -= next((length for length in (4, 3, 2, 1) if at >= length and text[at - length : at] in _LINKS), 0)
    for length in (6, 5, 4, 3, 2, 1):
        if at >= length and _CODES.nouns.get(text[at - length : at]):
            return text[at - length : at]
    return ""


_MONEY = re.compile(
    r"[捐投筹募贷拨融凑赚挣]|资金|款|收入|收益|产值|销售额|营业额|交易额|成交额|价值|增收|创收|营收|金额|总额|利润|盈利|效益|租金|分红|购买|采购|花费|经费|费用|成本|工资|年薪|奖金|赔偿|补偿|补贴|补助|存款|债|集体经济"
)
_SPENT = re.compile(r"(?:[花要用出给掏值交](?:了|掉|去|上)?|销售|售出|销量)(?:近|约|超|过|破|逾|将近|大约|不到|足足)?\Z")
_GIVEN = re.compile(r"(?:[捐投出筹募集垫融注]资|[捐筹拨借贷]款|投入|善款|资金)(?:了|共|达|近|约|超|逾)*\Z")
_PEOPLE = re.compile(
    r"人口|人数|人员|群众|劳动力|师生|学生|党员|干部|职工|游客|总人口|粉丝|用户|患者|病人|村民|居民|老人|儿童|学员|观众|听众"
)
_WORKERS = re.compile(r"(?!\w{0,2}[年月日])[\u4e00-\u9fff]{1,2}人(?![民均次才员大口家们力体物工社类文间生数])")
_TIMES = re.compile(r"人次|人·次")
_LISTED = re.compile(r"(?:[、和及与]\d{1,9}(?:\.\d{1,6})?[万亿]?){1,9}")  # 98.6万、143.2万和27万元: one unit for all of them
_DIRECT_CN = re.compile(r"县(?![级城域委政])|村(?![级集民])|乡镇|乡(?!村)|镇|市|州|区县")


def _bare(text: str, start: int, end: int, number: Numeral) -> tuple[str, Decimal, str, str, int] | None:
    """No measure word: a noun that is counted directly (4县, 1000余师生), or 万 alone with words that tell the unit (贫困人口5630万, 认捐80多万)."""
    at = end + (text[end : end + 1] == " ")
    arabic = text[start].isdigit()
    direct = _DIRECT.match(text, at)
    if direct is not None and (arabic or number.low >= 20):
        code = _CODES.nouns[direct[0]]
        if code != _ITEM and not (code in {_VILLAGE, _TOWN, _COUNTY} and text[direct.end() : direct.end() + 1] in "级委民"):
            return code, ONE, "", direct[0], at + (len(direct[0]) if len(direct[0]) <= 2 and code not in {_PERSON, _HOUSEHOLD, _ORG} else 0)
    if not arabic and 2 <= number.low <= 10:
        place = _DIRECT_CN.match(text, at)
        if place is not None and (text[start] == "两" or "、" in text[max(0, start - 5) : start]):
            return _CODES.nouns.get(place[0], f"other:{place[0]}"), ONE, "", place[0], place.end()
    if arabic and number.low >= 10 and (worker := _WORKERS.match(text, at)) is not None:
        return _PERSON, ONE, "", worker[0], end  # 4000多养蜂人
    scaled = text[end - 1] in "万亿"
    if arabic or scaled:
        listed = _LISTED.match(text, end)
        if listed is not None and (scaled or "分别" in text[max(0, start - 40) : start]):
            found = _measure(text, listed.end())
            if found is not None and found[3] not in _GENERIC:
                return found[0], found[1] * (ONE if scaled else SCALES.get(text[listed.end() - 1], ONE)), found[3], "", end
    passed = scaled and end - start == 1 and text[max(0, start - 1) : start] in {"过", "破", "超", "逾", "近"}  # 销售过亿
    if (scaled and (arabic or end - start > 1 or passed)) or (arabic and number.word and number.low >= 1000):
        before = text[max(0, start - 12) : start]
        hedge = _AFTER.match(text, at)
        at = at if hedge is None else hedge.end()
        people = _PEOPLE.search(text, at, at + 8)
        stop = _NOUN_STOP.match(text, at) if at < len(text) else True
        if stop:
            mark = max(before.rfind(c) for c in "，,。；;、\n")
            near = before[mark + 1 :]
            if _TIMES.search(near):
                return _PERSON_TIME, ONE, "", "", end
            if _PEOPLE.search(near):
                return _PERSON, ONE, "", "", end
            if _MONEY.search(near) or _SPENT.search(near):
                return "CNY", ONE, "", "", end
        elif text.startswith("的", at) and _MONEY.search(text, at, at + 8):
            return "CNY", ONE, "", "", end
        elif people is not None and not _NOUN_STOP.search(text, at, people.start()):
            return _PERSON, ONE, "", people[0], end
        elif scaled and _GIVEN.search(before):
            return "CNY", ONE, "", "", end  # 捐资7万建电脑室
    return _declared(text, start, end) if arabic else None


_UNIT_SAID = re.compile(r"单位\s*[:：]\s*([十百千万亿]{0,2})(?=([^\s，,。；;:：)）]))")
_ALONE = re.compile(r"\s*(?:[，,；;。、)）\n]|\Z)")


def _declared(text: str, start: int, end: int) -> tuple[str, Decimal, str, str, int] | None:
    """The unit that the sentence declares for its bare numbers: «(单位:万元):直接投入620,引进资金1350»."""
    at = text.rfind("单位", max(0, start - 200), start)
    said = _UNIT_SAID.match(text, at) if at >= 0 and _ALONE.match(text, end) else None
    if said is None or any(sign in text[said.end() : start] for sign in "。；;\n"):
        return None
    found = _measure(text, said.end())
    return None if found is None else (found[0], found[1] * (numeral_scale(said[1]) if said[1] else ONE), found[3], "", end)


_DURATION_CUES = (
    "做了",
    "干了",
    "走了",
    "守了",
    "帮了",
    "坚持了",
    "持续了",
    "服务了",
    "连续",
    "为期",
    "历时",
    "持续",
    "长达",
    "期限",
    "周期",
    "实施期",
    "合同期",
    "任期",
    "满",
    "整整",
    "坚持",
    "坚守",
    "扎根",
    "驻村",
    "服务期",
    "工期",
    "达",
    "已有",
    "工作",
    "帮扶期",
    "攻关",
    "就是",
    "租期",
    "时间",
    "时间为",
    "期限为",
    "时间达",
    "时长",
    "期",
)


# 连续服务三年, 连续开展了22年定点扶贫、14年对口援藏
_ON_END = re.compile(r"连续(?!\d)[\u4e00-\u9fff]{1,4}?(?<![于在自从])\Z|\d年[\u4e00-\u9fff]{2,6}、\Z")
_BEASTS = frozenset("牛牦奶黄水肉种猪羊驴马骡骆鹿")


def _is_meant(text: str, start: int, number: Numeral, word: str, unit: str, measure: str, after: int) -> bool:
    """Whether the number counts something: not an article (一座), not an indefinite (几个), not a scale that is no number (万名), not a span of time."""
    first = text[start]
    chinese = not first.isdigit()
    if chinese:
        run = text[start : number.end]
        if run == "半":
            return True
        if run == "一" and unit == "year" and text[max(0, start - 2) : start].endswith(("为期", "历时", "长达", "整整", "满")):
            return True
        if run == "一" and unit == "year" and text[after : after + 1] in {"多", "余"}:
            return text[max(0, start - 4) : start].endswith((*_DURATION_CUES, "已经", "已", "了"))  # 驻村已经一年多
        if run == "一" or (run in {"几", "数"} and unit != "percent"):
            return False
        if first in "百千万亿" and unit != "percent" and not (word or number.word) and _AFTER.match(text, after) is None:
            return False  # 万名干部; but 增收万元以上
        if number.low < 2 and number.low == number.high and "点" not in run:
            return False
        if measure in {"瓦", "瓦时", "伏安"}:
            return False
        if run == "两" and measure in {"级", "面", "边", "头", "口", "道", "类", "门"}:
            return measure == "头" and text[after : after + 1] in _BEASTS
        if len(run) == 1 and measure in {"级", "面", "起", "方", "点", "处", "回", "道"} and unit.startswith("other:"):
            return measure in {"处", "道"}
        if number.vague and number.low < 10 and number.low == 2:
            return False
    if unit == "year":
        before = text[max(0, start - 4) : start].rstrip()
        if number.low > 200 or text[after : after + 1] in {"度", "级"}:
            return False
        if word in {"近", "将近"}:
            before = before.removesuffix(word)
            return before.endswith(_DURATION_CUES)  # 近三年 alone is a frame of time
        return (
            bool(word)
            or before.endswith(_DURATION_CUES)
            or _ON_END.search(text, max(0, start - 10), start) is not None
            or text[after : after + 1] in {"期", "以"}
        )
    if measure == "度" and unit == "other:千瓦时":
        return number.low >= 1000 or "电" in text[max(0, start - 12) : start]
    if measure in {"分", "点", "秒", "级", "期次"} and unit.startswith("other:"):
        return measure == "分" and not chinese and text[start - 1 : start] not in {"点", "时", "度"}
    if measure in {"章", "节"}:  # a lesson is one, a part of a book none
        return measure == "节" and ("课" in text[max(0, start - 6) : start] or text.startswith(("课", "网课", "公开课", "直播课"), after))
    return number.low >= 0

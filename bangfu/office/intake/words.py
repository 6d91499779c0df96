"""The words of tables: header words of the catalogue and how near a header comes to them; totals, notes and signatures, serial columns."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bangfu.catalogue import Catalogue
from bangfu.catalogue.reading import norm

SERIAL = frozenset({"序号", "编号", "序", "号", "no", "no.", "n0", "行号", "项次", "序列", "#", "批次", "顺序号", "排序", "index"})

ONCE = ("voucher", "invoice", "order_number")
"""Fields of which a number stands for one payment or purchase: the same number twice is asked about (samples/README.md, duplicate)."""

_UNIT_WORD = (
    r"(?:[百千]?[万亿千百]?(?:元|圆)|元/[\u4e00-\u9fff]{1,2}|[百千]?[万亿]?(?:人次|人数|人|名|口|位|户次|户|亩|公顷|平方米|㎡|公里|千米|米|头|只|羽|尾|匹|株|棵|本|册|份|套|台|件|个|条|张|箱|袋|桶|盒|瓶|斤|公斤|千克|"
    r"吨|克|kg|KG|g|次|场次|场|期|批次|批|班次|天|日|月|年|小时|学时|课时|%|％|家|所|项|篇|幅|块|盏|对|支|根|把|床|辆|双|副|罐|筐|包)|[百千]?[万亿])"
)
_UNITS = re.compile(rf"(?:单位[:：]?)?{_UNIT_WORD}(?:[/、,，或和]{_UNIT_WORD})*")
_PAREN = re.compile(r"[（(\[【]([^（）()\[\]【】]*)[）)\]】]")
_TAIL_UNIT = re.compile(rf"^(?P<base>.{{2,}}?)(?:[/／:：](?P<unit>{_UNIT_WORD})|(?<=[额费价值款金入资])(?P<money>[百千]?[万亿]?[元圆]))$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A header cell taken apart: its word without spaces, and the unit and other remarks in parentheses («金额（万元）», «产地（村）»)."""

    word: str
    unit: str = ""
    remark: str = ""


@lru_cache(maxsize=4096)
def heading(text: str) -> Heading:
    """A header cell's word, unit and remark."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).strip("*:：。、 ").replace("★", "")
    units: list[str] = []
    remarks: list[str] = []

    def take(match: re.Match[str]) -> str:
        inner = match[1].removeprefix("单位:").removeprefix("单位：")
        if _UNITS.fullmatch(inner):
            units.append(inner)
            return ""
        rest, _, last = re.sub(r"[,，;；]", ",", inner).rpartition(",")  # (Budget,万元)
        last = last.removeprefix("单位:")
        if rest and _UNITS.fullmatch(last):
            units.append(last)
            inner = rest
        remarks.append(inner)
        return ""

    word = _PAREN.sub(take, plain)
    if not word:
        return Heading(plain)
    tail = None if units else _TAIL_UNIT.match(word)
    if tail is not None:
        word, units = tail["base"], [tail["unit"] or tail["money"]]
    return Heading(word.strip(":：,，/、"), units[0] if units else "", "".join(remarks))


_KEYED = re.compile(
    r"(?P<key>[①-⑳]|(?<![0-9A-Za-z.])(?:[A-H]|\d{1,2})(?=[.、．:：=-]\s*[\u4e00-\u9fff]))\s*[.、．:：=-]?\s*(?P<word>[\u4e00-\u9fff]{2,12})"
)


def legend(texts: Iterable[str]) -> dict[str, str]:
    """What the signs of a table stand for, where a line or a header says so: 户类型：①脱贫不稳定户 ②边缘易致贫户 (①: 脱贫不稳定户); {} where none does."""
    for text in texts:
        plain = "".join(c if "①" <= c <= "⑳" else unicodedata.normalize("NFKC", c) for c in text)
        found = {m["key"]: m["word"] for m in _KEYED.finditer(plain)}
        if len(found) > 1:
            return found
    return {}


def is_unit(text: str) -> bool:
    """Whether a text is but a measure word: 亩, 万元, 人次."""
    return _UNITS.fullmatch(norm(text)) is not None


@lru_cache(maxsize=4096)
def unit_of(text: str) -> str:
    """The unit that a line above a table declares («单位：万元», «金额单位：元»), or ""."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    match = re.search(
        rf"(?:金额|货币|计量|计价)?单位(?:[:：]|均?[为是以])?(?:人民币)?({_UNIT_WORD}(?:[/、,，]{_UNIT_WORD})*)(?![\u4e00-\u9fff])", plain
    )
    if match is None:
        match = re.fullmatch(r"([百千]?[万亿]?元)", plain)
    if match is None:  # （2018年1月—2022年12月，金额：万元）
        match = re.search(rf"(?:金额|资金|价值|款项|数额)[:：]({_UNIT_WORD})(?![\u4e00-\u9fff])", plain)
    if match is None:  # 资金投入统计（2021-2022）  万元
        match = re.search(r"(?<=[\s）):：])([百千]?[万亿]?元)\s*$", unicodedata.normalize("NFKC", text))
    if match is None:
        match = re.search(rf"[（(](?:[\u4e00-\u9fff]{{0,4}}[:：])?({_UNIT_WORD})[)）]", plain)
    return match[1] if match else ""


# ── rows that are no entries ─────────────────────────────────────────────────────────────────────────────────────────

_TOTAL = re.compile(
    r"(?:.{0,14}?(?:合计|小计|总计|累计|共计|总和|汇总|平均|均值)(?:数|金额|人数|人次|户数|人民币)?(?:[（(].{0,10}[)）])?(?:[:：]?[\d.,]+[\u4e00-\u9fff]{0,3})?|共\d+[人户笔项个条份件头只名]|共计\d[\d,.]*[\u4e00-\u9fff]{1,3}[，,；;、].{0,24}|合|总|计|[年季月旬周日村乡镇县班组户人次批]计|(?:本|上|当|至本)(?:页|月|季|年|季度|期|旬|日|周)(?:[小合总累]?计|发生额)|(?:承|接)(?:前|上)页|上页(?:结转|转来|累计)|(?:过|转|结转)(?:次|下)页|(?:上年|上月|上期|期初|年初|月初)(?:结转|结余|余额)|(?:期|年|月)末(?:结余|余额)|结转下(?:年|月|期)|total|subtotal|sum|其中[:：]?.{0,10}|(?:合|小|总)计[:：].{0,30}|(?:全村|全县|全校|全年|各村|总)合计)[:：]?",
    re.IGNORECASE,
)
_IN_CAPITALS = re.compile(
    r"(?:(?:合计|共计|总计|小计|总额)(?:金额|人民币|款)*\(?大写\)?(?:金额|人民币)*[:：]?|(?:人民币|金额|总?计)*\(?大写\)?(?:人民币)?[:：])"
    r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正〇一二三四五六七八九十百千\d.,¥￥()小写:]*"
)
"""合计（大写）：壹仟元整, 人民币大写：…"""
_NOTE = re.compile(
    r"^(?:[\[【（(]?(?:备?注|说明|附注|注释|注意|填表说明|填报说明|填写说明|填写要求|编制说明|附|要求|提示|数据来源|资料来源|来源|统计口径|口径|审核意见|填表须知)[\]】）)]?\s*[:：\d一1（(]|\*|※|★|注\s|以上|本表|此表|上述)"
)
_SIGNATURE = re.compile(
    r"(?:填\s*表|制\s*表|审\s*核|复\s*核|核\s*算|经\s*办|登\s*记|统\s*计|汇\s*总|负\s*责|联\s*系|填\s*报|发\s*放|分管|主管|主要|部门|单位|校对|制单|记账|会计|出纳|签\s*字|签\s*章|盖\s*章|编制|导出|打印|验收|批准|审批|审定|公示|监督|校长|书记|财务|见证|村委会|领取|日\s*期|时\s*间|电\s*话)"
    r"[^：:]{0,10}[:：]|（章）|\(章\)|（盖章）|(?:填表|制表|审核|复核|经办|登记|核算)人"
)
_TITLE_INFO = re.compile(
    r"(?:填报|编制|制表|统计|登记|发放|填表|报送|主办|编写|帮扶|承办|责任)?(?:单位|部门|时间|日期|人)\s*[:：]|截止|更新至|统计周期|资金来源[:：]|共\d+"
)


_DECLARES_UNIT = re.compile(rf"[（(]?(?:金额|货币|计量|计价)?单位\s*[:：]\s*(?:人民币)?{_UNIT_WORD}\s*(?:[)）]|$)")


def is_total(text: str) -> bool:
    """Whether a cell names a total line: 合计, 一季度小计, 合    计, 累计, 上寨村小计."""
    word = norm(text)
    return 0 < len(word) <= 48 and ((len(word) <= 32 and _TOTAL.fullmatch(word) is not None) or _IN_CAPITALS.fullmatch(word) is not None)


_CARRIED = re.compile(r"(?:承|接)(?:前|上)页|上页.{2}|(?:上年|上月|上期|期初|年初|月初).{2}")


def is_carried(text: str) -> bool:
    """Whether a total line brings forward what an earlier page or period came to."""
    return _CARRIED.fullmatch(norm(text)) is not None


_VOID = re.compile(
    r"\W*(?:(?:本|此|该)(?:行|条|笔|单|票|页|记录|数据)+|收据|发票|票据|凭证|单据|订单|合同)?(?:已|全部|现)?作废(?:重[开填写]|处理|不计|删除)?(?:\W.{0,30})?"
    r"|\W*(?:本|此|该)(?:行|条|笔)(?:记录|数据)?(?:已|应|请)?(?:无效|删除|取消|撤销|剔除|不计|不算|不统计).{0,20}"
    r"|.{0,8}(?:重复|误|错)(?:登记|登|录入|录|记账|记|填报|填|开)?\W?(?:已|现)?作废.{0,12}"
    r"|(?:交易|订单)已?(?:关闭|取消)|已(?:全额)?退款|(?:全额|退货)退款|退款(?:成功|完成)|已(?:退货|退单|取消|关闭)"
)
_VOIDISH = re.compile(r"作\s*废|[本此该][行条笔]|退款|退货|退单|取消|关闭")


def is_void(text: str) -> bool:
    """Whether a cell says that its row does not count any more: 作废, 本行作废，重复记账; an order 交易关闭, 已退款."""
    return _VOIDISH.search(text) is not None and _VOID.fullmatch(norm(text)) is not None


def is_note(text: str) -> bool:
    """Whether a line is a note below (or above) a table: 注：…, 说明：…."""
    return _NOTE.search(text.strip()) is not None


def is_signature(text: str) -> bool:
    """Whether a cell belongs to the lines of who filled in, checked and answers for a table."""
    return _SIGNATURE.search(_DECLARES_UNIT.sub("", text) or text) is not None


def is_title_info(text: str) -> bool:
    """Whether a line above a table tells unit, date or who reports."""
    return _TITLE_INFO.search(text) is not None


_VENUE = re.compile(
    r"会议?室|报告厅|礼堂|大厅|会场|教室|食堂|酒店|宾馆|饭店|招待所|线上|视频|网络|腾讯|钉钉|微信|电话|直播|[\d一二三四五六七八九十]楼|本部|机关|总部|办公楼|校区|校内|全[国省市州]"
)


def is_venue(text: str) -> bool:
    """Whether a cell tells a room, a building or a line (三楼会议室, 视频会议) rather than a place of the register."""
    return _VENUE.search(text) is not None


_TIME_LINE = re.compile(
    r"(?<![\u4e00-\u9fff])(?:走访|慰问|发放|领取|签收|活动|培训|采购|交接|移交|接收|验收|到货|交付|捐赠|调研|举办|开展|实施|入户|结对|支付|拨付|宣讲|服务)?(?:时间|日期)\s*[:：]\s*(\d[^:：]*?\d?[年月日号]?)(?=\s{2,}|[\u3000;；|]|\s*[\u4e00-\u9fff]{2,6}\s*[:：]|\s*$)"
)
_PLACE_LINE = re.compile(
    r"(?:(?:接收|受赠|受援|受捐|受助|收货)(?:单位|方|村|地)|(?:走访|慰问|发放|活动|培训|实施|受赠|帮扶|所在)?(?:地点|地址|村名|村别|行政村|自然村|村（社区）|村|社区))\s*[:：]\s*([\u4e00-\u9fff·]{2,20})"
)


def told_time(text: str) -> str:
    """The days that a line above rows gives for all of them («走访时间：2023年1月10日—12日»), as written; "" for the date of a report."""
    found = _TIME_LINE.search(text)
    return found[1].strip() if found else ""


def told_place(text: str) -> str:
    """The place that a line above rows gives for all of them («地点：上寨村»), as written, or ""."""
    found = _PLACE_LINE.search(text)
    return found[1] if found else ""


_NUMERIC = re.compile(r"[¥￥$]?[-+−]?[\d,，.]+(?:\s*(?:%|(?!\S*计)[\u4e00-\u9fffA-Za-z]{1,3}))?|[一二三四五六七八九十]+")
_DATED = re.compile(r"'?(?:(?:19|20)\d\d[-./年]\d{1,2}.*|\d{1,2}月\d{1,2}.*|\d{1,2}[./]\d{1,2}(?:[-—~至].*)?|(?:19|20)\d\d(?:年度?)?)")


@lru_cache(maxsize=65536)
def is_figure(text: str) -> bool:
    """Whether a cell is a number or a date (and so belongs to data, never to a header)."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(plain) and (
        (plain[0] in "0123456789-+¥￥$.'" and _NUMERIC.fullmatch(plain) is not None) or _DATED.fullmatch(plain) is not None
    )


# ── header words of the catalogue ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Match:
    """How near a header word comes to a field of a kind: `score` 0 … 1, and the catalogue's word it was compared with."""

    kind: str
    field: str
    score: float
    word: str


class Vocabulary:
    """All header words of a catalogue, looked up by nearness. One instance serves a process; it never changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.exact: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
        for kind in catalogue.kinds.values():
            for fld in kind.fields.values():
                for rank, header in enumerate(dict.fromkeys((fld.label.zh, *fld.headers, fld.label.en))):
                    word = heading(header).word.lower()
                    self.exact[word].setdefault((kind.code, fld.name), rank)
        self.pairs: dict[str, set[str]] = defaultdict(set)
        for word in self.exact:
            for pair in _pairs(word):
                self.pairs[pair].add(word)
        self._near: dict[str, tuple[tuple[str, float], ...]] = {}
        self._found: dict[str, dict[tuple[str, str], Match]] = {}

    def near(self, word: str) -> tuple[tuple[str, float], ...]:
        """The catalogue's header words near `word`, best first."""
        word = word.lower()
        known = self._near.get(word)
        if known is None:
            forms = {word, *(re.sub(pattern, other, word) for pattern, other in _SAME)}
            candidates = {w for form in forms for pair in _pairs(form) for w in self.pairs.get(pair, ())}
            scored = [(w, max(nearness(word, w), *(nearness(form, w) * 0.97 for form in forms if form != word), 0.0)) for w in candidates]
            turns = [t.search(word) is not None for t in _TURNS]
            scored = [(w, s if w == word or [t.search(w) is not None for t in _TURNS] == turns else s * 0.7) for w, s in scored]
            known = tuple(sorted(((w, s) for w, s in scored if s >= 0.5), key=lambda p: (-p[1], p[0])))[:60]
            if len(self._near) < 20_000:
                self._near[word] = known
        return known

    def known(self, text: str) -> bool:
        """Whether a cell's text is a header word, or nearly one."""
        word = heading(text).word.lower()
        if word in self.exact or word in SERIAL:
            return True
        if not word or len(word) > 14 or is_figure(text):
            return False
        near = self.near(word)
        return bool(near) and near[0][1] >= 0.78

    def exactly(self, text: str) -> bool:
        """Whether a cell's text is a header word as the catalogue has it."""
        word = heading(text).word.lower()
        return word in self.exact or word in SERIAL

    def dates(self, texts: Iterable[str]) -> bool:
        """Whether one of a row's header words is (nearly) the date by which entries of some kind are told apart."""
        return any(m.field == "begin" and m.score >= 0.78 for t in texts for m in self.matches(heading(t).word).values())

    def matches(self, word: str) -> dict[tuple[str, str], Match]:
        """For every (kind, field) near `word`: the best match."""
        word = word.lower()
        found = self._found.get(word)
        if found is None:
            found = {}
            for other, score in self.near(word):
                for (kind, fld), rank in self.exact[other].items():
                    graded = score - min(rank, 40) * 0.0005
                    best = found.get((kind, fld))
                    if best is None or best.score < graded:
                        found[kind, fld] = Match(kind, fld, graded, other)
            if len(self._found) < 20_000:
                self._found[word] = found
        return found

    def spread(self, word: str) -> int:
        """In how many kinds a header word occurs (the fewer, the more it tells)."""
        return len({kind for kind, _ in self.exact.get(word.lower(), ())})


_SAME = (
    (r"科室|处室|股室|院系|系部|车间|班组|分公司|站所|口子", "部门"),
    (r"教职工|教职员工|职工|员工|教师|医生|党员", "干部"),
    (r"日期|年月日|年月|期限|期间", "时间"),
    (r"时间|年月", "日期"),
    (r"总额|数额|款额|额度|资金|经费|费用|款项|款", "金额"),
    (r"题目|标题", "名称"),
    (r"地址|住址|所在地|地区", "地点"),
    (r"人口数|人员数|人员数量|人员", "人数"),
    (r"数目|件数|总数", "数量"),
    (r"贫困户|脱贫户|监测户|群众", "农户"),
)
"""Words that office ledgers use for one another, tried where a header is not known as it stands."""


_TURNS = (re.compile("上年|去年|前一年|上一年|帮扶前|年初"), re.compile("未(?!成年|婚|来)"))
"""What turns a word into another one, however near they look: 上年纯收入 is not 全年纯收入, 未支付 not 已支付."""


def _pairs(word: str) -> Iterable[str]:
    return {word[i : i + 2] for i in range(len(word) - 1)} if len(word) > 1 else {word}


def nearness(word: str, other: str) -> float:
    """How near two header words are, 0 … 1. What they end in weighs most: 走访慰问金额 is an amount, 金额说明 is not."""
    if word == other:
        return 1.0
    short, long = (word, other) if len(word) <= len(other) else (other, word)
    share = len(short) / len(long)
    if len(short) >= 2:
        if long.endswith(short):
            return 0.62 + 0.33 * share
        if long.startswith(short):
            return 0.45 + 0.3 * share
        if short in long:
            return 0.4 + 0.3 * share
    elif long.endswith(short):
        return 0.3 + 0.3 * share
    mine, theirs = set(_pairs(word)), set(_pairs(other))
    dice = 2 * len(mine & theirs) / (len(mine) + len(theirs))
    tail = 0.12 if word[-2:] == other[-2:] else 0.0
    subsequence = 0.75 if _within(short, long) and share >= 0.5 and short[-1] == long[-1] else 0.0
    other_head = 0.1 if word[-1] != other[-1] else 0.0  # 采购批次 is no 采购人
    return max(min(0.3 + 0.6 * dice + tail - other_head, 0.9) if dice >= 0.3 else 0.0, subsequence)


def _within(short: str, long: str) -> bool:
    """Whether `short` is `long` with signs left out, in order."""
    signs = iter(long)
    return all(sign in signs for sign in short)

"""A number, its unit and its hedge: read «近2000人次», «739.7万元», «三十余期»; write them back.

What a hedge admits is settled once, in `Quantity.bounds`: a report's «近2000人次» is a statement that can be true or false of a
ledger's number. Everything here is exact (`Decimal`); nothing that cannot be read ever becomes a number (`Unreadable`).

The law that holds between the halves: ``read(write(n, unit, word=w)).admits(n)`` for every number, unit and hedge word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

ZERO = Decimal(0)
ONE = Decimal(1)
WAN = Decimal(10_000)
YI = Decimal(100_000_000)
SCALES: Mapping[str, Decimal] = MappingProxyType({"万": WAN, "亿": YI})


class Hedge(StrEnum):
    """How far a written number is meant to be taken (the five words of the trade's sample claims)."""

    exact = "exact"
    about = "about"
    over = "over"
    under = "under"
    range = "range"


# ── units ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts.

    `code` is the word used in code, files and JSON; `zh` is what is written right after a number in Chinese («人次», «个村»), `en` the
    English noun in the plural and `one` in the singular, where that is another; `parts` is how many of the smallest recorded part make
    one unit (a yuan is 100 分), so that a database holds integers only.
    """

    code: str
    zh: str
    en: str
    parts: int = 1
    one: str = ""


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        u.code: u
        for u in (
            Unit("CNY", "元", "yuan", 100),
            Unit("person", "人", "people", one="person"),
            Unit("person-time", "人次", "attendances", one="attendance"),
            Unit("household", "户", "households", one="household"),
            Unit("village", "个村", "villages", one="village"),
            Unit("town", "个乡镇", "townships", one="township"),
            Unit("county", "个县", "counties", one="county"),
            Unit("project", "个项目", "projects", one="project"),
            Unit("session", "次", "sessions", one="session"),
            Unit("batch", "批", "batches", one="batch"),
            Unit("item", "件", "items", 1000, one="item"),  # 2.5 吨 of fertiliser, half a pig
            Unit("copy", "本", "copies", one="copy"),
            Unit("organisation", "家", "organisations", one="organisation"),
            Unit("branch", "个支部", "branches", one="branch"),
            Unit("mu", "亩", "mu", 100),
            Unit("km", "公里", "kilometres", 1000, one="kilometre"),
            Unit("metre", "米", "metres", 1000, one="metre"),
            Unit("kg", "公斤", "kilograms", 1000, one="kilogram"),
            Unit("percent", "%", "percent", 100),
            Unit("year", "年", "years", one="year"),
            Unit("month", "个月", "months", one="month"),
            Unit("day", "天", "days", one="day"),
            Unit("hour", "小时", "hours", 60, one="hour"),
            Unit("other", "", "", 1),  # a number whose text names no unit
        )
    },
)

# A text's own measure words are `other:<word>`; where the catalogue has a unit for the word, both names mean that unit.
_OTHER: Mapping[str, str] = MappingProxyType({"other:米": "metre", "other:小时": "hour", "other:天": "day", "other:月": "month"})


@lru_cache(maxsize=1024)
def unit(code: str) -> Unit:
    """The unit of that code. `other:<measure word>` is a unit of its own with one part, unless the catalogue has one for it.

    Raises KeyError for a code that is neither in `UNITS` nor begins with `other:`.
    """
    found = UNITS.get(_OTHER.get(code, code))
    if found is not None:
        return found
    word = code.removeprefix("other:")
    if word == code or not word:
        raise KeyError(f"没有“{code}”这个单位：可用 {'、'.join(UNITS)}，或写成 other:量词")
    en, one = _IN_ENGLISH.get(word, (word, ""))
    return Unit(code, word, en, one=one)


# The catalogue's own measure words, for who reads English: the many and the one.
_IN_ENGLISH: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "个": ("in number", ""),
        "项": ("items", "item"),
        "篇": ("articles", "article"),
        "处": ("places", "place"),
        "种": ("kinds", "kind"),
        "类": ("classes", "class"),
        "笔": ("payments", "payment"),
        "组": ("groups", "group"),
        "县乡": ("counties and townships", "county or township"),
        "平方米": ("square metres", "square metre"),
    }
)


def to_parts(value: Decimal, code: str) -> int:
    """`value` of the unit as an integer of its smallest part: 12.5 CNY → 1250. Raises ValueError when it does not fit."""
    known = unit(code)
    scaled = value * known.parts
    whole = scaled.to_integral_value() if scaled.is_finite() else ZERO
    if not scaled.is_finite() or abs(scaled - whole) > _DUST:
        raise ValueError(f"{value}{known.zh} 小于最小计量（1/{known.parts} {known.zh}），不能入账")
    return int(whole)


_DUST = Decimal("1E-9")  # what division leaves: 20 minutes are 0.333… hours, and they are 20 minutes again


def from_parts(parts: int, code: str) -> Decimal:
    """The value in units of an integer of smallest parts: 1250 CNY → 12.5."""
    return Decimal(parts) / unit(code).parts


# Units that measure the same thing: how many of the second one of the first is.
_CONVERT: Mapping[tuple[str, str], Decimal] = MappingProxyType({("metre", "km"): Decimal("0.001"), ("km", "metre"): Decimal(1000)})


def factor(source: str, target: str) -> Decimal | None:
    """How many units of `target` one unit of `source` is; None where they measure different things (人 and 人次 do)."""
    a, b = unit(source).code, unit(target).code
    return ONE if a == b else _CONVERT.get((a, b))


# ── hedges ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Widths(NamedTuple):
    """How wide the elastic hedges are (DESIGN.md, «Hedges»); the catalogue may change them, nothing else does."""

    near: Decimal = Decimal("0.9")  # 近 X: at least this share of X
    about: Decimal = Decimal("0.1")  # 约 X: this share of X to either side


WIDTHS = Widths()


class Bounds(NamedTuple):
    """The numbers a quantity admits: an interval; None is no end on that side. `closed_*` says whether the end belongs to it."""

    low: Decimal | None
    high: Decimal | None
    closed_low: bool
    closed_high: bool

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, (Decimal, int)):
            return False
        above = self.low is None or value > self.low or (self.closed_low and value == self.low)
        return above and (self.high is None or value < self.high or (self.closed_high and value == self.high))

    def __str__(self) -> str:
        left = "(-∞" if self.low is None else f"{'[' if self.closed_low else '('}{plain(self.low)}"
        right = "+∞)" if self.high is None else f"{plain(self.high)}{']' if self.closed_high else ')'}"
        return f"{left}, {right}"


# What a hedge word does. The rule letters are read in `Quantity.bounds`.
_NEAR, _MORE, _ABOUT, _OVER, _LEAST, _BELOW, _MOST, _ORDER = ("near", "more", "about", "over", "least", "below", "most", "order")
_WORDS: dict[str, tuple[Hedge, str]] = {}
for _hedge, _rule, _words in (
    (Hedge.about, _NEAR, "近 将近 接近 临近 几近 几乎 逼近 nearly almost"),
    (Hedge.about, _MORE, "余 多 有余"),
    (Hedge.about, _ABOUT, "约 大约 约为 约有 大概 大致 大体 估计 左右 上下 来 差不多 about approximately around"),
    (Hedge.about, _ORDER, "上"),
    (Hedge.over, _OVER, "超 逾 超过 超过了 超出 超出了 超越 突破 突破了 高于 多于 大于 过 高过 开外 over exceeding more\u2009than above"),
    (Hedge.over, _LEAST, "以上 及以上 不少于 不低于 不下 不下于 至少 最少 起码 不小于 起 at\u2009least"),
    (Hedge.under, _NEAR, "不足 不到 不满 未满 未到 不及 short\u2009of"),
    (Hedge.under, _BELOW, "低于 少于 小于 below under less\u2009than"),
    (Hedge.under, _MOST, "以下 及以下 以内 之内 不超过 不超 不多于 不高于 不大于 至多 最多 最高 at\u2009most up\u2009to"),
):
    for _word in _words.split(" "):
        _WORDS[_word.replace("\u2009", " ")] = (_hedge, _rule)
HEDGES: Mapping[str, Hedge] = MappingProxyType({word: hedge for word, (hedge, _) in _WORDS.items()})
"""Every hedge word that is read, and the hedge it stands for."""

_DEFAULT_RULE = {Hedge.about: _ABOUT, Hedge.over: _OVER, Hedge.under: _NEAR}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as somebody wrote it.

    `low` and `high`: the number in units (739.7万元 → 7397000 CNY), equal unless the text gives a range (1600-1800元, 几千斤); both None
    for a number that is there but cannot be read. `word` is the hedge word as written, `step` the worth of the last written digit where
    万, 亿 or a decimal point round the number (0: a bare integer means itself), `vague` marks 几千 and 数十, `place` (0: take it from the
    number) the step within which 余 stays.
    """

    low: Decimal | None
    high: Decimal | None
    unit: str
    hedge: Hedge = Hedge.exact
    word: str = ""
    step: Decimal = ZERO
    vague: bool = False

    @property
    def readable(self) -> bool:
        return self.low is not None

    def bounds(self, widths: Widths = WIDTHS) -> Bounds:
        """The numbers this wording admits (DESIGN.md, «Meanings settled once»). Raises `Unreadable` where there is no number."""
        if self.low is None or self.high is None:
            raise Unreadable(self.word)
        x = self.low
        if self.high != self.low or self.hedge is Hedge.range:
            return Bounds(self.low, self.high, closed_low=True, closed_high=True)
        if x < 0:
            below = replace(self, low=-x, high=-x).bounds(widths)
            return Bounds(
                None if below.high is None else -below.high,
                None if below.low is None else -below.low,
                closed_low=below.closed_high,
                closed_high=below.closed_low,
            )
        if self.hedge is Hedge.exact:
            if not self.step:
                return Bounds(x, x, closed_low=True, closed_high=True)
            half = self.step / 2
            return Bounds(x - half, x + half, closed_low=True, closed_high=False)
        return self._hedged(x, widths)

    def _hedged(self, x: Decimal, widths: Widths) -> Bounds:
        rule = _WORDS.get(self.word, (self.hedge, _DEFAULT_RULE[self.hedge]))[1]
        if rule == _NEAR:
            return Bounds(x * widths.near, x, closed_low=True, closed_high=False)
        if rule == _MORE:
            return Bounds(x, x + last_place(x), closed_low=False, closed_high=False)
        if rule == _ABOUT:
            return Bounds(x * (1 - widths.about), x * (1 + widths.about), closed_low=True, closed_high=True)
        if rule == _ORDER:  # 上万: the number has reached that order of magnitude and not the next
            return Bounds(x, x * 10, closed_low=True, closed_high=False)
        if rule in {_OVER, _LEAST}:
            return Bounds(x, None, closed_low=rule == _LEAST, closed_high=False)
        return Bounds(None, x, closed_low=False, closed_high=rule == _MOST)

    def admits(self, value: Decimal | int, widths: Widths = WIDTHS) -> bool:
        """Whether the wording is true of `value` (in the same unit); never true of an unreadable number."""
        return self.readable and value in self.bounds(widths)


def last_place(x: Decimal) -> Decimal:
    """One unit of the last non-zero place: 30 → 10, 1150 → 10, 200000 → 100000, 12.5 → 0.1; 1 for zero."""
    if not x:
        return ONE
    exponent = x.normalize().as_tuple().exponent
    return ONE.scaleb(exponent) if isinstance(exponent, int) else ONE


class Unreadable(ValueError):  # noqa: N818 - the trade's own word for it
    """A text in which no number can be read. `zh` and `en` say so in one sentence, with what to do."""

    def __init__(self, text: str, zh: str = "", en: str = "") -> None:
        self.text = text
        self.zh = zh or f"“{text}”读不出数，请填数字"
        self.en = en or f"no number can be read from “{text}”; write digits"
        super().__init__(self.zh)


# ── numerals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_WIDE = {0xFF10 + d: str(d) for d in range(10)} | {ord("．"): ".", ord("％"): "%", ord("＋"): "+", ord("￥"): "¥", ord("　"): " "}
_WIDE_SIGN = re.compile(f"[{''.join(map(chr, _WIDE))}]")


def narrow(text: str) -> str:
    """The text with full-width digits, point and per cent sign in half width: same length, so that positions stay."""
    return _WIDE_SIGN.sub(_narrowed, text)


def _narrowed(found: re.Match[str]) -> str:
    return _WIDE[ord(found[0])]


_DIGIT = {c: d for d, cs in enumerate(("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")) for c in cs}
_SCALES = (("亿", YI), ("万", WAN), ("千仟", Decimal(1000)), ("百佰", Decimal(100)), ("十拾", Decimal(10)))
_CN = "".join(_DIGIT) + "十拾百佰千仟万亿"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,18}(?!\d)(?:\.\d{1,6}(?!\d))?"
_NUMBER = re.compile(_ARABIC, re.ASCII)
# A run is bounded in length, so that reading stays linear on any text.
_RUN = re.compile(rf"(?:{_ARABIC}|[{_CN}几数])(?:[{_CN}几余多来]|(?<=[万亿])(?:{_ARABIC})){{0,23}}", re.ASCII)
_TAIL = frozenset(_CN + "几余多来")
_GOES_ON = frozenset(_CN + "几余多来0123456789")
_INNER = re.compile(r"[余多来]")
_SCALE_TAIL = re.compile(r"[十百千万亿]*\Z")
_LARGE = re.compile(r"[万亿]")


class Numeral(NamedTuple):
    """A numeral found in a text: its two ends as numbers, and where it ends.

    `word` is the hedge inside it (30余万, 两百来), `step` as in `Quantity`, `vague` says 几 or 数 stands in it, and `spread` that two digits
    stand for a range (三四百).
    """

    low: Decimal
    high: Decimal
    end: int
    word: str = ""
    step: Decimal = ZERO
    vague: bool = False
    spread: bool = False


def numeral(text: str, start: int = 0) -> Numeral | None:
    """The longest numeral that begins at `start` of a `narrow` text; None where none begins.

    Arabic, Chinese and mixed: 1,234.5 · 3万5千 · 20余万 · 一千二百零三 · 二亿零一百七十七万 · 十几 · 几千 · 数十 · 三四百 · 二〇一五 · 三点五万.
    百, 千, 万 alone are read as 100, 1000, 10000: whether they are meant as a number (近万, 万余) only what stands around them tells.
    """
    number = _NUMBER.match(text, start)
    if number is not None:
        end = number.end()
        sign = text[end : end + 1]
        if sign not in _TAIL:
            value, step = _leaf(number[0])
            return Numeral(value, value, end, "", step if step is not ONE else ZERO)
        if sign in SCALES and text[end + 1 : end + 2] not in _GOES_ON:  # 739.7万
            value, step = _leaf(number[0])
            if value:
                value, step = value * SCALES[sign], step * SCALES[sign]
                return Numeral(value, value, end + 1, "", step if step != 1 else ZERO)
    run = _RUN.match(text, start)
    if run is None:
        return None
    found, length = _longest(run[0])
    if found is None:
        return None
    point = _POINT.match(text, start + length)
    if point is not None and found.low == found.high and not found.word and not text[start].isdecimal():
        scale = numeral_scale(point["scale"]) if point["scale"] else ONE
        places = len(point["places"])
        value = (found.low + Decimal("".join(str(_DIGIT[c]) for c in point["places"])).scaleb(-places)) * scale
        return Numeral(value, value, point.end(), step=ONE.scaleb(-places) * scale)
    return Numeral(found.low, found.high, start + length, *found[3:])


# 三点五万元, 百分之八十五点六; but 八点三十分 is a time
_POINT = re.compile(
    r"点(?P<places>[零〇一二三四五六七八九]{1,4})(?:(?P<scale>[万亿])|(?=[倍元吨亩斤米]|公里|公斤|千米|个百分点|[，。；、）]|[以]上|\Z))"
)


@lru_cache(maxsize=8192)
def _longest(run: str) -> tuple[Numeral | None, int]:
    for length in range(len(run), 0, -1):
        found = _parse(run[:length])
        if found is not None:
            return found, length
    return None, 0


def _parse(run: str) -> Numeral | None:
    """The whole of `run` as one numeral, or None."""
    word = ""
    inner = _INNER.search(run)
    if inner is not None:
        word, before, after = inner[0], run[: inner.start()], run[inner.end() :]
        if not before or not _SCALE_TAIL.match(after) or (word == "来" and before[-1] not in "0十百千万亿"):
            return None
        run = before + after
    value = _value(run)
    if value is None or (word and value.vague):
        return None
    rounded = "." in run or _LARGE.search(run)
    step = value.step if rounded and value.step != 1 and value.low == value.high else ZERO
    return Numeral(value.low, value.high, 0, word, step, value.vague, value.spread)


class _Value(NamedTuple):
    low: Decimal
    high: Decimal
    step: Decimal
    vague: bool = False
    spread: bool = False


@lru_cache(maxsize=8192)
def _leaf(digits: str) -> tuple[Decimal, Decimal]:
    digits = digits.replace(",", "")
    if "." not in digits:
        return Decimal(digits), ONE
    return Decimal(digits), ONE.scaleb(-len(digits.partition(".")[2]))


def _value(run: str) -> _Value | None:
    """Split at the largest scale: what stands before it is multiplied, what stands after it is added."""
    for chars, scale in _SCALES:
        at = max(run.rfind(c) for c in chars)
        if at >= 0:
            return _scaled(run[:at], run[at + 1 :], scale)
    return _digits(run)


def _scaled(before: str, after: str, scale: Decimal) -> _Value | None:
    left = _Value(ONE, ONE, ONE) if not before else _value(before)
    if left is None or (scale < WAN and len(before) > 2 and not before[0].isdecimal()):
        return None
    if scale > 10 and after and (not before or after[0] in "百佰千仟"):
        return None  # 百三, 万五千: no numbers; 3万千瓦: the unit begins
    if not left.low and before and not before.isdecimal():
        return None  # 零百; but 0万元 is a number
    top = left.high * scale + (scale - 1 if left.vague and not left.spread else 0)
    if not after:
        return _Value(left.low * scale, top, left.step * scale, left.vague, left.spread)
    if left.low != left.high:
        return None
    if after in {"几", "零几"}:
        return _Value(left.low * scale + 1, left.low * scale + 9, ONE, vague=True)
    right = _value(after.lstrip("零〇")) if after.strip("零〇") else None
    if right is None or right.high >= scale:
        return None
    if scale > 10 and len(after) <= 2 and after[0] in _DIGIT and after[0] not in "零〇" and right.high < 10:
        place = scale / 10  # 一万二, 三百五: the next place down
        right = _Value(right.low * place, right.high * place, right.step * place, right.vague, right.spread)
    low = left.low * scale
    return _Value(low + right.low, low + right.high, right.step, right.vague, right.spread)


def _digits(run: str) -> _Value | None:
    """No scale in it: an Arabic number, one Chinese digit, two that stand for a range (三四, 三五), a row (二〇一五), or 几 and 数."""
    if run in {"几", "数"}:
        return _Value(Decimal(2), Decimal(9), ONE, vague=True)
    if run[:1].isdecimal() and run.isascii():
        if _NUMBER.fullmatch(run) is None:
            return None
        value, step = _leaf(run)
        return _Value(value, value, step)
    try:
        row = [_DIGIT[c] for c in run]
    except KeyError:
        return None
    if len(row) == 2 and 0 < row[0] < row[1] <= row[0] + 2:
        return _Value(Decimal(row[0]), Decimal(row[1]), ONE, spread=True)
    value = Decimal("".join(map(str, row)))
    return _Value(value, value, ONE)


# ── whole cells ──────────────────────────────────────────────────────────────────────────────────────────────────────

# What may follow a number in a cell: (unit, how many of it, hedge the word itself carries).
UNIT_WORDS: Mapping[str, tuple[str, Decimal]] = MappingProxyType(
    {
        word: (code, Decimal(times))
        for code, times, words in (
            ("CNY", "1", "元 圆 块 块钱 元人民币 元整 圆整 CNY RMB yuan"),
            ("CNY", "0.1", "角"),
            ("CNY", "0.01", "分"),
            ("person", "1", "人 名 位 个人 名学生 人数 person people"),
            ("person-time", "1", "人次 人/次 名次 attendance attendances"),
            ("household", "1", "户 户次 户人家 户农户 户家庭 household households"),
            ("village", "1", "个村 村 个行政村 个贫困村 village villages"),
            ("town", "1", "个乡镇 乡镇 个乡 个镇 乡 镇 township townships"),
            ("county", "1", "个县 县 个区县 个县区 county counties"),
            ("project", "1", "个项目 项目 project projects"),
            ("session", "1", "次 场 期 场次 期次 节 堂 讲 班次 课 session sessions"),
            ("batch", "1", "批 批次 batch batches"),
            ("item", "1", "件 套 台 册 辆 箱 盏 张 把 部 架 床 双 袋 桶 盒 瓶 包 块板 根 支 只装 台套 item items"),
            ("copy", "1", "本 份 copy copies"),
            ("organisation", "1", "家 所 organisation organisations"),
            ("branch", "1", "个支部 个党支部 个党总支 个党组织 branch branches"),
            ("mu", "1", "亩 mu"),
            ("mu", "15", "公顷 ha"),
            ("km", "1", "公里 千米 km KM kilometre kilometres"),
            ("metre", "1", "米 m metre metres"),
            ("kg", "1", "公斤 千克 kg KG Kg kilogram kilograms"),
            ("kg", "0.5", "斤 市斤"),
            ("kg", "1000", "吨 t"),
            ("kg", "0.001", "克 g"),
            ("percent", "1", "% percent"),
            ("percent", "10", "成"),
            ("year", "1", "年 周年 year years"),
            ("month", "1", "个月 month months"),
            ("day", "1", "天 日 day days"),
            ("hour", "1", "小时 个小时 课时 学时 hour hours"),
            ("hour", "0.0166666666666666666666666667", "分钟"),
        )
        for word in words.split(" ")
    },
)
_UNIT_LENGTH = max(map(len, UNIT_WORDS))
_SPOKEN_WORDS = frozenset("来上")
_PREFIX = re.compile("|".join(sorted((re.escape(w) for w in HEDGES if w not in {"余", "多", "来", "起", "上"}), key=len, reverse=True)))
_SUFFIX = re.compile("左右|上下|以上|及以上|以下|及以下|以内|之内|有余|余|多|开外|起")
_RANGE = re.compile(r"\s*(?:-{1,2}|—{1,2}|–|－|~|～|至|到|−)\s*")
_MONEY = re.compile(r"(?:人民币|RMB|CNY|¥)\s*")
_SCALE_UNIT = re.compile(r"(?:[十百]?[万亿]|千)(?=元|人|户|斤|亩|本|册|\Z)")
_WIDE_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?:\D|\Z))")


def read(text: str, code: str | None = None, *, spoken: bool = False) -> Quantity:
    """The quantity that a whole string (a cell) states. `code` is its column's unit, as a code or as the header writes it («万元»).

    The cell's own unit wins over the column's; a column's 万 applies only where the cell has no unit or 万 of its own. With `spoken`, the words of
    running speech are read too (几千, 数十, 两百来, 上万): they name no number that a ledger could record, so a cell is refused for them.
    Raises `Unreadable` for everything that is not one number or range; nothing is guessed.
    """
    cell = _WIDE_THOUSANDS.sub(",", narrow(text)).strip()
    found = _cell(cell, code, spoken=spoken)
    if found is None:
        raise Unreadable(text)
    return found


def _cell(cell: str, code: str | None, *, spoken: bool) -> Quantity | None:
    at, word = 0, ""
    sign = ONE
    while at < len(cell):
        hedge = _PREFIX.match(cell, at)
        money = _MONEY.match(cell, at) if hedge is None else None
        if hedge is not None and not word:
            word, at = hedge[0], hedge.end()
        elif money is not None and code != "¥":
            code, at = ("CNY" if code is None or not _is_money(code) else code), money.end()
        elif cell[at] == " ":
            at += 1
        else:
            break
    if spoken and cell[at : at + 1] == "上" and not word:
        word, at = "上", at + 1
    if cell[at : at + 1] in {"-", "−", "－"}:
        sign, at = -ONE, at + 1
    part = share(cell, at)
    if part is not None:
        return None if code not in {None, "percent", "%"} else _finish(cell, part, word, ONE, "percent")
    first = numeral(cell, at)
    if first is None or (first.low == first.high and cell[at] in "百千万亿" and not (word or first.word)):
        return None
    if (first.vague or first.spread or first.word in _SPOKEN_WORDS) and not spoken:
        return None
    joint = _RANGE.match(cell, first.end)
    if joint is None:
        joint_unit = _match_unit(cell, first.end)
        joint = _RANGE.match(cell, joint_unit[2]) if joint_unit is not None else None
    if joint is not None and sign == ONE and not first.word:
        second = numeral(cell, joint.end())
        if second is None or second.low != second.high or first.low != first.high or second.word:
            return None
        low = _same_scale(cell, first, second)
        if low >= second.high:
            return None
        first = Numeral(low, second.high, second.end, spread=True)
    return _finish(cell, first, word, sign, code)


def _same_scale(text: str, first: Numeral, second: Numeral) -> Decimal:
    """3-5万元: a first number without a scale takes the second one's."""
    if text[first.end - 1] in "万亿千百" or first.low >= second.low:
        return first.low
    return first.low * scale_of(text, second)


def scale_of(text: str, found: Numeral) -> Decimal:
    """What the scale at the end of a numeral multiplies by (5万: 10000); 1 where there is none."""
    scale, at = ONE, found.end - 1
    while at > 0 and text[at] in "万亿":
        scale *= WAN if text[at] == "万" else YI
        at -= 1
    return scale if text[at].isdecimal() or scale > 1 else ONE


def _is_money(code: str) -> bool:
    return code.endswith("元") or code == "CNY"


_PARTS = re.compile(r"(百|千|万)分之")
_OF = re.compile(r"分之")


def share(text: str, at: int) -> Numeral | None:
    """A share of a whole, in per cent: 百分之三十, 三分之二."""
    named = _PARTS.match(text, at)
    if named is not None:
        whole, top = {"百": Decimal(100), "千": Decimal(1000), "万": WAN}[named[1]], numeral(text, named.end())
    else:
        below = numeral(text, at)
        of = None if below is None else _OF.match(text, below.end)
        if below is None or of is None or below.low != below.high or not below.low:
            return None
        whole, top = below.low, numeral(text, of.end())
    if top is None or top.word or top.high > YI * YI:
        return None
    low, high = (_rounded(Fraction(x) * 100 / Fraction(whole)) for x in (top.low, top.high))
    return Numeral(low, high, top.end, step=ZERO if named is not None else ONE)


def _rounded(x: Fraction) -> Decimal:
    return (Decimal(x.numerator) / Decimal(x.denominator)).quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize() + ZERO


def _match_unit(text: str, at: int) -> tuple[str, Decimal, int] | None:
    while text[at : at + 1] == " ":
        at += 1
    for length in range(_UNIT_LENGTH, 0, -1):
        found = UNIT_WORDS.get(text[at : at + length])
        if found is not None and len(text) >= at + length:
            return (*found, at + length)
    return None


def _finish(cell: str, found: Numeral, word: str, sign: Decimal, code: str | None) -> Quantity | None:
    """Hedge and unit after the number; the cell must end there."""
    at, inner = found.end, found.word
    times, own = ONE, None
    for _ in range(3):
        while cell[at : at + 1] == " ":
            at += 1
        suffix = _SUFFIX.match(cell, at)
        if suffix is not None and not inner:
            inner, at = suffix[0], suffix.end()
            continue
        if own is None:
            scaled = _SCALE_UNIT.match(cell, at)
            named = _match_unit(cell, at if scaled is None else scaled.end())
            if scaled is not None and (named is not None or scaled.end() == len(cell)):
                times, at = numeral_scale(scaled[0]), scaled.end()
            if named is not None:
                own, at = named, named[2]
    if at != len(cell):
        return None
    if inner and word and _WORDS[word][1] not in {_ABOUT, _OVER}:
        return None  # 近30余: two hedges that quarrel
    said = _LARGE.search(cell, 0, found.end) is not None or times > 1
    return _settle(found, word or inner, sign, times, own, code, said=said)


@lru_cache(maxsize=64)
def numeral_scale(word: str) -> Decimal:
    """What a scale written alone multiplies by: 万 → 10000, 百万 → 1000000. Raises KeyError for another word."""
    return {"十": Decimal(10), "百": Decimal(100), "千": Decimal(1000), "万": WAN, "亿": YI}[word[-1]] * (
        numeral_scale(word[:-1]) if word[:-1] else ONE
    )


def _settle(
    found: Numeral,
    word: str,
    sign: Decimal,
    times: Decimal,
    own: tuple[str, Decimal, int] | None,
    code: str | None,
    *,
    said: bool,
) -> Quantity:
    """Number, hedge and unit are read: put them together, the cell's own unit before the column's. `said`: the cell has a 万 of its own."""
    name, column = ("other", ONE) if code is None else _column(code)
    if own is not None:
        name, column = own[0], own[1]
    elif said and column >= WAN:
        column = ONE  # «12万» in a column in 万元
    each = times * column
    low, high = found.low * each * sign, found.high * each * sign
    step = found.step * each or (each if each >= WAN else ZERO)
    hedge = HEDGES[word] if word else (Hedge.range if low != high else Hedge.exact)
    return Quantity(low + ZERO, high + ZERO, name, hedge, word, step if low == high else ZERO, found.vague)


@lru_cache(maxsize=256)
def _column(code: str) -> tuple[str, Decimal]:
    """A column's unit: a code, or a unit word as a header writes it («万元», «人次», «斤»), with what it multiplies by."""
    if code in UNITS or code.startswith("other:"):
        return code, ONE
    scaled = _SCALE_UNIT.match(code)
    rest = code if scaled is None else code[scaled.end() :]
    times = ONE if scaled is None else numeral_scale(scaled[0])
    if rest in UNIT_WORDS:
        name, each = UNIT_WORDS[rest]
        return name, each * times
    raise KeyError(f"列的单位“{code}”不认识：用 {'、'.join(UNITS)} 或 元、万元、人次 一类的字")


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def plain(value: Decimal) -> str:
    """A number without exponent and without idle zeros: 121.090 → «121.09», 1E+3 → «1000»."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write(value: Decimal | int, code: str, *, word: str = "", lang: str = "zh", measure: str | None = None, style: str = "auto") -> str:
    """The number as a report says it: `write(Decimal(7397000), "CNY")` → «739.7万元»; `word="余"` → «60余次», `word="近"` → «近2000人次».

    `word` is a hedge word of `HEDGES`; where no number with it would be true (300余 of exactly 300), the plain number is written. `measure` replaces the
    unit's own word after the number («期» for a session). `style` is "auto" (万 and 亿 where they lose nothing, money from 10,000 yuan on in 万元 to two
    places) or "digits" (every digit). Raises KeyError for an unknown unit or hedge word.
    """
    value = Decimal(value)
    rule = _WORDS[word][1] if word else ""
    known = unit(code)
    if lang == "en":
        return _write_en(value, known, word, rule)
    after = known.zh if measure is None else measure
    if not word:
        return _figure(value, code, style)[0] + after
    shown = _hedgeable(value, rule)
    if shown is None:
        return _figure(value, code, style)[0] + after
    figure = _figure(shown, code, style, exact=True)[0]
    if rule == _MORE:
        scale = "".join(c for c in figure if c in "万亿")
        digits = figure.removesuffix(scale)
        inner = "多" if word == "多" else "余"
        return f"{digits}{scale}{inner}{after}" if "." in digits else f"{digits}{inner}{scale}{after}"  # 1.2万余, 20余万
    if word in {"左右", "上下", "以上", "及以上", "以下", "及以下", "以内", "之内", "开外", "起"}:
        return f"{figure}{after}{word}"
    if word in _SPOKEN_WORDS:  # a report does not write them
        return f"{'约' if word == '来' else '逾' if shown < value else '不少于'}{figure}{after}"
    return f"{word}{figure}{after}"


def _figure(value: Decimal, code: str, style: str, *, exact: bool = False) -> tuple[str, bool]:
    """The digits, with 万 or 亿 where that is how it is said. Money rounds to two places of 万 (what it then admits includes the value)."""
    size = abs(value)
    if style == "auto" and size >= WAN and code != "percent":
        for name, scale, places in (("亿", YI, "0.0001"), ("万", WAN, "0.01")):
            if size >= scale:
                short = (value / scale).quantize(Decimal(places), ROUND_HALF_UP)
                if short * scale == value or (code == "CNY" and not exact):
                    return plain(short) + name, True
    return plain(value), False


def _hedgeable(value: Decimal, rule: str) -> Decimal | None:
    """A round number X of which the hedge word is true for `value`; None where there is none."""
    if value <= 0:
        return None
    top = value.adjusted()
    hedge = next(w for w, (_, r) in _WORDS.items() if r == rule)
    candidates: list[Decimal] = []
    for digits in range(1, 5):
        place = ONE.scaleb(top - digits + 1)
        floor = (value / place).to_integral_value(ROUND_FLOOR) * place
        ceiling = (value / place).to_integral_value(ROUND_CEILING) * place
        candidates += [ceiling, floor] if rule in {_NEAR, _BELOW, _MOST} else [floor, ceiling]
    candidates = [x for x in candidates if x > 0]
    true = [x for x in candidates if Quantity(x, x, "", _WORDS[hedge][0], hedge).admits(value)]
    close = [x for x in true if abs(x - value) * 20 <= value] or [x for x in true if abs(x - value) * 10 <= value]
    return next(iter(close or true), None)


_EN = {
    _NEAR: "nearly",
    _MORE: "over",
    _ABOUT: "about",
    _OVER: "over",
    _LEAST: "at least",
    _BELOW: "less than",
    _MOST: "at most",
    _ORDER: "at least",
}


def _write_en(value: Decimal, known: Unit, word: str, rule: str) -> str:
    shown = _hedgeable(value, rule) if word else None
    digits = f"{value if shown is None else shown:,f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    lead = "" if shown is None else _EN[rule] + " "
    noun = known.one if digits == "1" and known.one else known.en
    return f"{lead}CNY {digits}" if known.code == "CNY" else f"{lead}{digits}%" if known.code == "percent" else f"{lead}{digits} {noun}"

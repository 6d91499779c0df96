"""What a table is about: its kind, what each column means, in which unit, from which year and place; each with the reason, and what is unsure as a question.

Two witnesses are heard for every column: its header (how near it comes to the catalogue's header words) and its values (dates, numbers, places of the
register, departments, names). Titles speak for the kind. What an office answered once for a header counts more than either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from math import log

from bangfu.catalogue import Field, FieldType, Kind
from bangfu.catalogue.reading import Problem, is_blank, is_ditto, norm, read_choice, read_date, read_flag, read_number
from bangfu.office.intake import heads
from bangfu.office.intake.composite import inner_parts, looks_joined, parts_of
from bangfu.office.intake.registers import Registers
from bangfu.office.intake.structure import Card, Column, Grid, Table, account_book
from bangfu.office.intake.words import (
    ONCE,
    SERIAL,
    Vocabulary,
    heading,
    is_figure,
    is_signature,
    is_title_info,
    is_unit,
    is_venue,
    legend,
    told_place,
    unit_of,
)

SAMPLE = 200
"""Rows of a table whose values are heard."""

SURE = 0.75
"""A column whose match is at least this good is not asked about."""

LEAST = 0.55

_OF_TABLE = "table"
"""Stands for the title where a table whose rows nobody names says what kind it is: they may be called by it."""

LEFT_OUT = "-"
"""What is kept instead of a kind where a person said that tables of this form hold no entries."""

_SAYS_NOTHING = frozenset(
    {"一览表", "台账", "登记表", "统计表", "明细表", "明细", "汇总表", "名册", "清单", "情况表", "记录", "报表", "表"}
)
"""Words of titles that every kind of ledger may have."""

Answer = Mapping[int, str]
"""What a person said of a table's columns: column index → field name, "" for none."""


@dataclass(slots=True)
class Meaning:
    """What a column means: `field` of the kind (None: kept in the details under its own header), the unit it is written in, and why."""

    column: Column
    field: Field | None
    score: float
    scale: str
    zh: str
    en: str
    options: tuple[str, ...] = ()  # other fields it may be, likeliest first
    joined: tuple[Field | None, ...] = ()  # the fields of which a cell holds one each (户数/人数), `field` the first of them
    legend: Mapping[str, str] | None = None  # what its signs stand for: ① is 脱贫不稳定户
    inner: tuple[Field | None, ...] = ()  # those that it holds in parentheses beside `field` (户主（人口/劳力）)
    head: tuple[str, str] | None = None  # the name and text of the entry, among several of a line, whose the column is (heads.py)

    @property
    def unsure(self) -> bool:
        return self.field is not None and self.score < SURE


@dataclass(slots=True)
class Question:
    """Something to be asked once: about the kind of a table (`column` None) or a column; `options` are codes, likeliest first."""

    zh: str
    en: str
    options: tuple[str, ...]
    column: int | None = None


@dataclass(slots=True)
class Understood:
    """A table or card with what it means. `kind` None: it holds no entries of any kind we know."""

    source: Table | Card
    kind: Kind | None
    confidence: float
    meanings: list[Meaning]
    kinds: tuple[str, ...] = ()
    questions: list[Question] = field(default_factory=list)
    year: int | None = None
    period: str = ""
    place: str = ""
    summary: bool = False
    why: tuple[str, str] = ("", "")
    wholes: frozenset[int] = frozenset()  # columns that are the total of others of their row

    def column_of(self, name: str) -> Meaning | None:
        return next((m for m in self.meanings if m.field is not None and m.field.name == name), None)


# ── what the values of a column are ──────────────────────────────────────────────────────────────────────────────────

_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}(?:[·•][\u4e00-\u9fff]{2,8})?")
_NOT_NAME = re.compile(
    r"[村县乡镇部处系院局司会社厂校班所站馆组队]$|公司|学院|大学|中学|小学|合作社|支部|培训|项目|^[一二三四五六七八九十]|[是否有无男女]$"
)
_IDENTITY = re.compile(r"\d{17}[\dXx]|\d{15}")
_PHONE = re.compile(r"(?:\+?86)?1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8}")
_YEAR_ONLY = re.compile(r"(?:19|20)\d\d(?:年度?)?")


@dataclass(slots=True)
class Profile:
    """Shares of a column's filled cells that look like this or that."""

    filled: int = 0
    blank: float = 0.0
    number: float = 0.0
    counts: float = 0.0  # a count somewhere in its words: 党员32人，群众15人; 六十多人
    date: float = 0.0
    year: float = 0.0
    place: float = 0.0
    unit: float = 0.0
    name: float = 0.0
    identity: float = 0.0
    phone: float = 0.0
    long: float = 0.0
    distinct: float = 0.0
    texts: tuple[str, ...] = ()


def profile(texts: Iterable[str], registers: Registers | None, year: int | None) -> Profile:
    """Look at a column's values."""
    all_texts = list(texts)
    filled = [t for t in all_texts if not is_blank(t) and not is_ditto(t)]
    found = Profile(len(filled), texts=tuple(filled))
    if all_texts:
        found.blank = 1 - len(filled) / len(all_texts)
    if not filled:
        return found
    share = 1 / len(filled)
    for text in filled:
        plain = text.strip()
        compact = re.sub(r"[\s-]", "", plain)
        figure = is_figure(plain)
        identity = _IDENTITY.fullmatch(compact) is not None
        found.identity += identity * share
        found.phone += (_PHONE.fullmatch(compact) is not None and not identity and len(compact) >= 7) * share
        found.counts += (_COUNTS_SOMETHING.search(plain) is not None and len(plain) <= 24) * share
        found.number += (_is_number(plain) and not identity) * share
        found.date += (
            _is_date(plain, year)
            if figure or "年" in plain or "月" in plain or "今" in plain or plain[0] in "０１２３４５６７８９"
            else False
        ) * share
        found.year += (_YEAR_ONLY.fullmatch(compact) is not None) * share
        found.long += (len(plain) > 20) * share
        if not figure and len(plain) <= 30:
            bare = re.sub(r"\s+", "", plain)
            parts = [p for p in re.split(r"[、,，/;；]", re.sub(r"[（(][^（）()]*[)）]", "", bare)) if p]
            found.name += (bool(parts) and all(_NAME.fullmatch(p) and not _NOT_NAME.search(p) for p in parts)) * share
            if registers is not None:
                found.place += bool(registers.place(plain).options) * share
                found.unit += bool(registers.unit(plain).options) * share
    found.distinct = len(set(filled)) / len(filled)
    return found


_SUFFIX = re.compile(r"\d\s*(?:余|多)?([^\d\s，。,.()（）]{1,3})$")
_COUNTED = (
    ("人次", "person-time"),
    ("人|名|位|口", "person"),
    ("户", "household"),
    ("[百千]?[万亿千]?元", "CNY"),
    ("期|场|次|场次", "session"),
    ("本|册|万册|万本", "copy"),
)

_COUNTS_OTHERS = re.compile(r"^[\d.,，]+\s*(?![万亿千百]?元|[万亿千百]|块|角|[¥￥])[^\d\s.,，（()）￥¥%-]{1,2}$", re.ASCII)
_STRICT = frozenset({"person", "household", "CNY"})
_WHATEVER = frozenset({"item", "copy"})
_LATER = re.compile(r"出生|脱贫|退出|生日|整改|完成|交付|交货|时限|期限|到期|计划|预计")

_NUMBERISH = re.compile(
    r"(?:近|约|超|逾|不足|大约|共|人民币|约为)?\s*[¥￥$(（]?\s*[-−－]?[\d０-９][\d０-９,，.．]*\s*(?:余|多)?\s*[百千万亿]?\s*(?:余|多)?\s*[^\d\s]{0,4}[)）]?(?:[（(].*[)）])?"
)


_COUNTS_SOMETHING = re.compile(r"(?<!第)(?:\d|[一二三四五六七八九十百两]+)\s*(?:余|多|来)?\s*(?:人次|[人名户位元场期只头]|万)")
_HEADS = re.compile(r"(?!.*等\d)[\u4e00-\u9fff]{1,6}\d{1,6}(?:余|多)?(?:人次|人|名|户)")


def _is_number(text: str) -> bool:
    if re.search(r"[年月日]", text):
        return False
    return _NUMBERISH.fullmatch(text) is not None or _HEADS.fullmatch(text) is not None  # 师生共15人


DAY_AND_WORDS = re.compile(r"([\d０-９年月日号./\-—–~～至到\s]*[\d０-９年月日号])[，,、;；\s]+([\u4e00-\u9fff][^\d]{1,30})")


def _is_date(text: str, year: int | None) -> bool:
    if re.fullmatch(r"\d{1,2}[日号]", text):
        return True  # a day of the month that the title names
    beside = DAY_AND_WORDS.fullmatch(text)
    text = beside[1] if beside is not None else text  # 3月5日至7日，上寨村
    try:
        found = read_date(text, year or 2019)
    except Problem:
        return re.match(r"(?:19|20)\d\d[-./年]\d{1,2}(?!\d)", text) is not None  # 2021-0009 is a voucher's number
    if re.fullmatch(r"\d+(?:\.\d+)?", text) and not re.fullmatch(
        r"(?:19|20)\d{2}(?:(?:0[1-9]|1[0-2])(?:[0-3]\d)?)?|(?:19|20)\d\d\.(?:0?[1-9]|1[0-2])", text
    ):
        return bool(re.fullmatch(r"4[0-9]\d{3}(?:\.\d+)?", text)) or bool(re.fullmatch(r"\d{1,2}\.\d{1,2}", text))
    return 1900 < found.begin.year < 2101


def fit(fld: Field, seen: Profile) -> float:
    """How well a column's values suit a field: 1 neither speaks for nor against."""
    if not seen.filled:
        return 0.95
    kind = fld.type
    if kind is FieldType.NUMBER:
        if seen.identity > 0.5 or seen.phone > 0.8:
            return 0.2
        if fld.unit == "CNY" and sum(_COUNTS_OTHERS.search(t) is not None for t in seen.texts[:40]) >= 0.1 * min(len(seen.texts), 40):
            return 0.3  # 50株, 5亩 are no money
        heads = [t for t in seen.texts[:40] if _HEADS.fullmatch(t)]
        if sum(_understood(lambda t: read_number(t, fld.unit or "other"), t) for t in heads) < 0.75 * len(heads):
            return 0.3  # 村民20户 are no attendances
        if fld.unit not in _COUNTS and seen.number >= 0.4 and not _measures(fld, seen):
            return 0.4
        return 1.05 if seen.number >= 0.7 else 0.95 if seen.number >= 0.4 else 0.8 if seen.counts >= 0.6 and _measures(fld, seen) else 0.3
    if kind is FieldType.DATE:
        return 1.08 if seen.date >= 0.6 else 0.95 if seen.date >= 0.3 else 0.4
    if seen.identity >= 0.5 and fld.name not in {"id_number", "household_id_number"}:
        return 0.3
    if kind is FieldType.PLACE:
        venues = sum(is_venue(t) for t in seen.texts[:40]) >= 0.5 * min(len(seen.texts), 40)
        return 0.2 if seen.number > 0.6 else 1.1 if seen.place >= 0.5 else 1.0 if seen.place >= 0.1 else 0.8 if venues else 0.7
    if kind is FieldType.UNIT:
        if seen.number > 0.6 or seen.date > 0.6 or all(is_unit(t) for t in seen.texts[:40]):
            return 0.2  # 头, 亩: the measures of a quantity beside it
        return 1.1 if seen.unit >= 0.5 else 1.0 if seen.unit >= 0.15 else 0.5 if seen.place > 0.6 or seen.name > 0.8 else 0.75
    if kind in {FieldType.PERSON, FieldType.HOUSEHOLD}:
        return (
            1.08
            if seen.name >= 0.6
            else 0.25
            if max(seen.number, seen.date) > 0.6
            else 0.5
            if seen.unit > 0.5 or seen.place > 0.5
            else 0.85
        )
    if kind is FieldType.CODE:
        if fld.name in {"id_number", "household_id_number"}:
            return 1.1 if seen.identity >= 0.5 else 0.6
        if "phone" in fld.name:
            return 1.05 if seen.phone >= 0.5 else 0.6
        return 0.5 if seen.date > 0.7 or seen.name > 0.8 else 1.0
    if kind is FieldType.CHOICE:
        return _choice_fit(fld, seen)
    if kind is FieldType.FLAG:
        return 1.05 if sum(_understood(read_flag, t) for t in seen.texts[:40]) >= 0.6 * min(len(seen.texts), 40) else 0.6
    if kind is FieldType.PARTY:
        return 0.3 if max(seen.number, seen.date) > 0.6 else 0.8 if seen.unit > 0.5 or seen.place > 0.8 else 1.0
    if fld.name in {"remark", "evidence"}:
        return 1.0
    return 0.5 if max(seen.number, seen.date) > 0.8 else 0.7 if seen.unit >= 0.6 else 1.0


_COUNTS = frozenset({"CNY", "person", "person-time", "household", "session", "item", "copy"})


def _measures(fld: Field, seen: Profile) -> bool:
    """Whether a column of numbers can be read in the field's unit: 6棵 is no area."""
    heard = seen.texts[:40]
    return sum(_understood(lambda t: read_number(t, fld.unit or "other"), t) for t in heard) >= 0.8 * len(heard)


def _choice_fit(fld: Field, seen: Profile) -> float:
    heard = seen.texts[:40]
    known = sum(_understood(lambda t: read_choice(t, fld.choices), t) for t in heard) / len(heard)
    if seen.number > 0.8 and seen.date < 0.5 and known < 0.5:
        return 0.4
    if not known and len(heard) > 2:
        return 0.5  # other kinds than ours are told apart here
    return 1.08 if known >= 0.5 else 0.95 if known >= 0.2 else 0.75


_INDICATORS = frozenset({"指标", "指标名称", "统计指标", "主要指标", "考核指标", "任务指标", "指标项", "数据项"})


def _legend_of(column: Column, titles: Sequence[str], texts: Sequence[str]) -> Mapping[str, str]:
    """What the signs of a column stand for, where nothing but signs stands in it and its header or a line above the table explains them."""
    filled = [t.strip() for t in texts if not is_blank(t)]
    if not filled or max(map(len, filled)) > 2:
        return {}
    found = legend(column.path) or (legend(reversed(titles)) if not all(t.isdecimal() for t in filled) else {})
    return found if sum(t in found for t in filled) >= 0.8 * len(filled) else {}


def _counts_up(texts: Sequence[str]) -> bool:
    """1, 2, 3 …, perhaps anew for every group."""
    numbers = [int(t) if t.isdecimal() else -1 for t in texts]
    return len(numbers) > 1 and numbers[0] == 1 and all(b in {a + 1, 1} for a, b in pairwise(numbers))


def _understood(read: object, text: str) -> bool:
    try:
        read(text)  # type: ignore[operator]
    except Problem:
        return False
    return True


# ── columns → fields ─────────────────────────────────────────────────────────────────────────────────────────────────


def signatures(source: Table | Card) -> tuple[str, str]:
    """Two keys by which a table of the same form is known again: of its title (without years and numbers) and headers, and of its headers alone."""
    headers = [label for label, _, _ in source.cells] if isinstance(source, Card) else [c.title for c in source.columns if c.path]
    words = "\x1f".join(norm(h) for h in headers)
    title = next((t for t in reversed(source.titles) if not is_title_info(_BESIDE.sub("", t)) and not is_signature(t)), "")
    plain = re.sub(r"[\d〇零○一二三四五六七八九十]+", "", norm(title))
    return tuple(sha256(f"{text}\x1e{words}".encode()).hexdigest() for text in (plain, ""))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class _Candidate:
    score: float
    index: int
    name: str
    word: str
    reason: str


def _without_parts(
    kind: Kind, candidates: list[_Candidate], wholes: Mapping[int, tuple[int, ...]], leaves: Mapping[int, str]
) -> list[_Candidate]:
    """The parts of a total cannot be what the total is (助学金, 路费, 实发合计: the last is the amount); they may be a source of its money."""
    for whole, parts in wholes.items():
        own = [c for c in candidates if c.index == whole and not kind.fields[c.name].part_of]
        best = max(own, key=lambda c: c.score, default=None)
        fld = kind.fields[best.name] if best is not None and best.score >= LEAST else None
        if fld is None or not fld.export:
            continue
        heads = {"person", "person-time"}
        if any(kind.fields[c.name].part_of for c in candidates if c.index in parts and c.score >= LEAST):  # the total of its sources
            candidates = [
                replace(c, score=c.score * 1.1) if c.index == whole and c.name == fld.name else c
                for c in candidates
                if c.index != whole or not kind.fields[c.name].part_of
            ]
        same = {
            f.name
            for f in kind.fields.values()
            if f.export and not f.part_of and (f.unit == fld.unit or {f.unit, fld.unit} <= heads) and f.type is FieldType.NUMBER
        }
        candidates = [
            c
            for c in candidates
            if c.index not in parts
            or c.reason in {"answer", "memory"}
            or (
                c.name not in same
                and (kind.fields[c.name].part_of or c.word == leaves.get(c.index) or kind.fields[c.name].unit != fld.unit)
            )
        ]
    return candidates


_NOUN = re.compile(r"(?:时间|日期|金额|资金|经费|费用|人数|人次|户数|数量|单位|部门|地点|名称|情况|收入)$")
_OF_A_YEAR = re.compile(r"(?:19|20)\d\d年?度?(?=[^\d年度])")


def _heard(column: Column, *, whole: bool = False) -> list[tuple[str, float]]:
    """The words a header may be known by, with how much each weighs: the leaf, the leaf with its group, the group alone (which the total of its columns
    stands for as well as the leaf does).
    """
    words = [_OF_A_YEAR.sub("", heading(p).word) for p in column.path]
    remark = heading(column.leaf).remark if column.path else ""
    out: list[tuple[str, float]] = []
    if words:
        per_piece = _PER_PIECE.fullmatch(remark) is not None  # 估价（单价） is no 估价
        out.append((words[-1], 0.5 if per_piece else 1.0))
        if len(words) > 1:
            out.append(("".join(words[-2:]), 1.0))
            noun = _NOUN.search(words[-2])
            if noun is not None:
                out.append((words[-1] + noun[0], 0.99))  # 时间 over 开班 and 结业
            out.append(("".join(words), 0.98))
            out.append((words[-2], 0.99 if whole else 0.55))
        if remark:
            out.append((words[-1] + remark, 0.99))
            out.append((remark, 1.0 if per_piece else 0.6))
        parts = re.split(r"[/、及和与或]", words[-1])
        if len(parts) > 1:
            out.extend((part, 0.85) for part in parts if len(part) > 1)
    return out


_PER_PIECE = re.compile(r"单价|均价|每[件个套台本册份箱斤公]斤?")
_RATE = re.compile(r"标准")
_PLANNED = re.compile(r"计划|预计|预算|拟|目标|申请|申报|应到|任务")
_OF_WHICH = re.compile(r"其中[:：]?.")
_DONE = re.compile(r"实际|实到|实施|完成|决算|执行|批准|批复|实发|实付")


def _planned(columns: Sequence[Column]) -> frozenset[int]:
    """Columns of what was planned, in a table that also tells what came of it."""
    plans = frozenset(c.index for c in columns if any(_PLANNED.search(heading(p).word) for p in c.path))
    done = any(_DONE.search(heading(p).word) for c in columns if c.index not in plans for p in c.path)
    return plans if done else frozenset()


_OF_TIME = re.compile(r"(?:时间|日期|年月日?|年份|年度|月份|期限|时限|[日期])$")
_NUMBERED = re.compile(r"(?:登记|流水|记录|业务|单据|明细)?(?:编号|流水号|编码|序号|单号|号)")


def _tells(word: str, other: str, fld: Field) -> bool:
    """Whether a header word that comes near another says what that one says: 公示时间 is no 完工时间, and 编号 alone no 归档编号."""
    if word == other:
        return True
    if word in SERIAL:
        return word == "批次"
    return fld.type is not FieldType.DATE or fld.name == "begin" or bool(set(_OF_TIME.sub("", word)) & set(_OF_TIME.sub("", other)))


def _runs_up(texts: Sequence[str]) -> bool:
    """ZX0001, ZX0002, ZX0003 …: numbers that the ledger gives to its own rows."""
    numbers = [m for t in texts if (m := re.fullmatch(r"(.*?)(\d+)", t)) is not None]
    steps = [a[1] == b[1] and int(b[2]) - int(a[2]) == 1 for a, b in pairwise(numbers)]
    return len(texts) > 2 and sum(steps) >= 0.8 * (len(texts) - 1)


def _adds_up(fld: Field) -> bool:
    return fld.type is FieldType.NUMBER and bool(fld.export) and not fld.part_of


def _is_bare_measure(word: str) -> bool:
    return any(re.fullmatch(rf"(?:{unit})数?", word) for unit, _ in _COUNTED)


_WHOLE = re.compile(rf"{heads.TOTAL.pattern}|全年|(?:实|应)[发付收领].*")


def _wholes(columns: Sequence[Column], texts: Mapping[int, Sequence[str]], profiles: Mapping[int, Profile]) -> dict[int, tuple[int, ...]]:
    """Columns that are the total of others, with those: named as the total of their group (上半年, 下半年, 全年), or the sum of the columns beside them."""
    numbers = [c for c in columns if profiles[c.index].number >= 0.4 or not profiles[c.index].filled]
    out: dict[int, tuple[int, ...]] = {}
    for at, column in enumerate(numbers):
        if not column.path or not profiles[column.index].filled or not _WHOLE.fullmatch(heading(column.leaf).word):
            continue
        group = tuple(
            c.index for c in numbers if len(column.path) > 1 and c is not column and c.path[: len(column.path) - 1] == column.path[:-1]
        )
        if not group:
            near = (numbers[max(at - 6, 0) : at][::-1], numbers[at + 1 : at + 7])
            group = next((found for side in near if (found := _addends(column, side, texts))), ())
        if group:
            out[column.index] = group
    return out


def _addends(column: Column, beside: Sequence[Column], texts: Mapping[int, Sequence[str]]) -> tuple[int, ...]:
    """The columns next to a total that add up to it, row by row; () where none do."""
    total = [_money(t, column) for t in texts[column.index]]
    if sum(1 for t in total if t) < 3:
        return ()
    sums = [Decimal(0)] * len(total)
    for count, other in enumerate(beside, 1):
        sums = [s + (_money(t, other) or 0) for s, t in zip(sums, texts[other.index], strict=True)]
        agree = [s == t for s, t in zip(sums, total, strict=True) if t is not None]
        if count > 1 and sum(agree) >= 0.8 * len(agree):
            return tuple(c.index for c in beside[:count])
    return ()


def _sums(total: Column, parts: Sequence[Column], texts: Mapping[int, Sequence[str]]) -> bool:
    """Whether the columns add up to a total, in four rows out of five."""
    stated = [_money(t, total) for t in texts[total.index]]
    sums = [sum((_money(texts[c.index][row], c) or Decimal(0) for c in parts), Decimal(0)) for row in range(len(stated))]
    agree = [a == b for a, b in zip(stated, sums, strict=True) if a is not None]
    return bool(agree) and sum(agree) >= 0.8 * len(agree)


def _money(text: str, column: Column) -> Decimal | None:
    if is_blank(text):
        return None
    try:
        return read_number(text, "CNY", next((u for p in reversed(column.path) if (u := heading(p).unit).endswith("元")), ""))
    except Problem:
        return None


class Understanding:
    """Understands the tables of an office: its catalogue's words, its registers, and what it answered before."""

    def __init__(self, words: Vocabulary, registers: Registers | None, memory: Mapping[tuple[str, str], str] | None = None) -> None:
        """`memory` maps (kind, header) to the field's name, as the office answered earlier; header as `norm(Column.title)`."""
        self.words = words
        self.registers = registers
        self.memory = memory or {}
        self.knows = registers.knows if registers is not None else None
        self.kinds = words.catalogue.kinds
        self.alike: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {}  # headers of a table read before → its kind, header → field
        self.idf = {word: log(1 + len(self.kinds) / max(words.spread(word), 1)) / log(1 + len(self.kinds)) for word in words.exact}

    # ── tables ──

    def remembered(self, source: Table | Card) -> str:
        """The kind that this office gave a table of the same form (LEFT_OUT: none), or "": by its title and headers, else, where no title speaks, its headers."""
        titled, bare = signatures(source)
        kept = self.memory.get(("", titled), "")
        if kept or any(self._named_kinds(source.titles, (), source.sheet.name).values()):
            return kept
        return self.memory.get(("", bare), "")

    def table(self, table: Table, *, kind: str = "", answer: Answer | None = None) -> Understood:
        """What a table means. `kind` and `answer` are what a person said of it."""
        grid = Grid(table.sheet)
        lines = [line for line in table.lines if line.sort == "data"][:SAMPLE]
        titles = [*table.titles, *([table.period] if table.period else [])]
        year = year_of(titles, table.sheet.name)
        texts = {c.index: [grid.spread(line.row, c.index) for line in lines] for c in table.columns}
        return self._understand(table, table.columns, texts, titles, table.own_titles, year, kind, answer)

    def card(self, card: Card, *, kind: str = "") -> Understood:
        """What a form means: its labels are the columns of a table with one row."""
        columns = [Column(i, (label,)) for i, (label, _, _) in enumerate(card.cells)]
        texts = {i: [value] for i, (_, _, value) in enumerate(card.cells)}
        return self._understand(card, columns, texts, list(card.titles), card.titles, year_of(card.titles, card.sheet.name), kind, None)

    def _understand(
        self,
        source: Table | Card,
        columns: Sequence[Column],
        texts: Mapping[int, Sequence[str]],
        titles: Sequence[str],
        own_titles: Sequence[str],
        year: int | None,
        kind: str,
        answer: Answer | None,
        *,
        apart: bool = True,
    ) -> Understood:
        year = year if year is not None else _year_among(columns, texts)
        legends = {c.index: _legend_of(c, titles, texts[c.index]) for c in columns}
        texts = {i: [legends[i].get(t.strip(), t) for t in values] if legends[i] else values for i, values in texts.items()}
        profiles = {i: profile(values, self.registers, year) for i, values in texts.items()}
        wanted = [c for c in columns if (c.path or profiles[c.index].filled) and not self._is_serial(c, columns, profiles[c.index])]
        book = account_book(columns)
        aside = (source.aside if isinstance(source, Table) else frozenset()) | (frozenset(book[:1]) if book is not None else frozenset())
        said = frozenset(answer or ())
        heads_found = self._heads(source, wanted, profiles, titles, said) if apart else ()
        if heads_found:
            aside |= self._beside_heads(wanted, heads_found, profiles)
            first = {c.index: c for c in heads_found[0].columns}
            wanted_as = [first.get(c.index, c) for c in wanted]
        else:
            wanted_as = wanted
        told = frozenset(h.name for h in heads_found) | (
            frozenset({"title"}) if isinstance(source, Table) and source.period else frozenset()
        )
        heard = [c for c in wanted_as if c.index not in aside or (answer is not None and c.index in answer)]
        named = self._named_kinds(titles, own_titles, source.sheet.name)
        chosen = [self.kinds[kind]] if kind in self.kinds else list(self.kinds.values())
        ranked = []
        wholes = _wholes(wanted, texts, profiles)
        planned = _planned(wanted)
        form = tuple(norm(c.title) for c in columns)
        before, meant = self.alike.get(form, ("", {}))
        for one in chosen:
            found = self._assign(one, heard, profiles, wholes, planned, answer, meant if one.code == before else {})
            nameless = told if named.get(one.code, 0.0) <= 0.5 else told | {_OF_TABLE}
            same = 0.3 if one.code == before else 0.0  # sheets of one form, a year or a village each
            ranked.append((self._worth(one, found, heard, profiles, nameless) + named.get(one.code, 0.0) + same, one, found))
        ranked.sort(key=lambda r: -r[0])
        score, best, found = ranked[0]
        if heads_found and not self._suit(best, heads_found, found):
            return self._understand(source, columns, texts, titles, own_titles, year, kind, answer, apart=False)
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        confidence = 1.0 if kind else max(0.0, min(1.0, (score - second) / max(score, 1.0) * 2))
        result = Understood(source, best, confidence, [], tuple(k.code for s, k, _ in ranked[:4] if s > 0.4 * score))
        listed = year is not None and named.get(best.code, 0.0) > 0.5
        if not kind and not self._is_ledger(best, found, profiles, source, score, listed=listed):
            result.kind = None
        elif isinstance(source, Table):
            titles_of = {c.index: norm(c.title) for c in columns}
            self.alike.setdefault(form, (best.code, {titles_of[i]: c.name for i, c in found.items()}))
        result.year = year
        result.period = next((t for t in titles if year is not None and str(year) in t), "")
        if not heads_found and isinstance(source, Table) and result.kind is not None:
            heads_found = self._titles_across(best, [c for c in wanted if c.index not in said], found, profiles, texts, titles)
        result.place = self._place_of(titles, source.sheet.name)
        joined = self._joined(best, heard, profiles, found, answer or {})
        result.meanings = self._meanings(best, wanted, found, profiles, titles)
        for meaning in result.meanings:
            meaning.joined = joined.get(meaning.column.index, ())
            meaning.legend = legends[meaning.column.index]
            if meaning.field is not None and meaning.field.type is not FieldType.NUMBER:
                inner = inner_parts(meaning.column.path, best, self._exactly(best))
                taken = {c.name for c in found.values()}
                meaning.inner = tuple(f if f is not None and f.name not in taken else None for f in inner) if any(inner) else ()
        result.wholes = frozenset(wholes)
        if heads_found:
            inside = {c.index for h in heads_found for c in h.columns}
            result.wholes |= {c.index for c in wanted if c.index not in inside and _WHOLE.fullmatch(heading(c.leaf).word)}
        self._mark_heads(result, heads_found, found, titles)
        result.summary = self._is_summary(source, result, titles, profiles)
        result.why = self._why(best, result, named)
        self._ask(result)
        return result

    # ── names across the columns ──

    def _heads(
        self, source: Table | Card, columns: Sequence[Column], profiles: Mapping[int, Profile], titles: Sequence[str], said: frozenset[int]
    ) -> tuple[heads.Head, ...]:
        """What stands by name over columns of numbers, where no other column tells the same and nobody said what one of them means."""
        if not isinstance(source, Table) or source.period:
            return ()
        shares = {c.index: (profiles[c.index].filled, profiles[c.index].number) for c in columns}
        found = heads.over(columns, heads.numbers_of(columns, shares), self.words, self.registers, titles)
        inside = {c.index for h in found for c in h.columns}
        outside = [profiles[c.index] for c in columns if c.index not in inside]
        told = {"place": lambda p: p.place, "unit": lambda p: p.unit}.get(found[0].name if found else "")
        return () if inside & said or (told is not None and any(told(p) >= 0.5 for p in outside)) else found

    @staticmethod
    def _beside_heads(columns: Sequence[Column], found: Sequence[heads.Head], profiles: Mapping[int, Profile]) -> frozenset[int]:
        """The columns of all heads but the first, and the totals of them all."""
        inside = {c.index for h in found for c in h.columns}
        totals = {
            c.index
            for c in columns
            if c.index not in inside and profiles[c.index].number >= 0.4 and _WHOLE.fullmatch(heading(c.path[0]).word if c.path else "")
        }
        return frozenset(totals | (inside - {c.index for c in found[0].columns}))

    @staticmethod
    def _suit(kind: Kind, found: Sequence[heads.Head], fields: Mapping[int, _Candidate]) -> bool:
        """Whether entries of the kind may be told apart by what stands over the columns: nothing else tells it, and a number stands below."""
        first = {c.index for c in found[0].columns}
        name, called = found[0].name, kind.titled_by
        told = any(c.name == name for i, c in fields.items() if i not in first)
        fits = name in kind.fields and (name != "title" or (called is not None and called.name == name and called.required))
        return fits and not told and any(i in first and kind.fields[c.name].export for i, c in fields.items())

    def _titles_across(
        self,
        kind: Kind,
        columns: Sequence[Column],
        found: dict[int, _Candidate],
        profiles: Mapping[int, Profile],
        texts: Mapping[int, Sequence[str]],
        titles: Sequence[str],
    ) -> tuple[heads.Head, ...]:
        """Where entries must be called by something and no column tells it, while several columns of numbers have names that nobody knows and add up to
        the total beside them: each is one (部门 | 大米 | 菜油 | 合计). `found` then has the measure of the first and not the total.
        """
        called = kind.titled_by
        if called is None or called.name != "title" or not called.required or any(c.name == "title" for c in found.values()):
            return ()
        some = [
            c
            for c in columns
            if c.path
            and profiles[c.index].number >= 0.7
            and (c.index not in found or found[c.index].reason == "values")
            and not _WHOLE.fullmatch(heading(c.leaf).word)
            and not self.words.known(c.leaf)
            and not any(heads.PERIOD.fullmatch(heading(p).word) for p in c.path)
        ]
        total = next(
            (c for c in columns if c.path and len(some) > 1 and _WHOLE.fullmatch(heading(c.leaf).word) and _sums(c, some, texts)), None
        )
        group = len({c.path[:-1] for c in some}) == 1 and len(some[0].path) > 1 if some else False
        if len(some) < 2 or (total is None and not group):
            return ()
        one = found.get(total.index) if total is not None else None
        money = any(re.search(r"[元万]", unit_of(t)) for t in titles) or any(heading(p).unit.endswith("元") for c in some for p in c.path)
        field_ = kind.fields[one.name] if one is not None else next(iter(kind.exports("amount_cny" if money else "items")), None)
        if (
            field_ is None
            or not field_.export
            or any(c.name == field_.name and c.index != (total.index if total else -1) for c in found.values())
        ):
            return ()
        if total is not None:
            found.pop(total.index, None)
        for column in some:
            found.pop(column.index, None)
        found[some[0].index] = _Candidate(0.85, some[0].index, field_.name, "", "values")
        return heads.each(some)

    def _mark_heads(self, result: Understood, found: Sequence[heads.Head], fields: Mapping[int, _Candidate], titles: Sequence[str]) -> None:
        """Say of every column under a head whose it is, and what it means: what the same one of the first means."""
        kind = result.kind
        if not found or kind is None:
            return
        line = next((unit_of(t) for t in reversed(titles) if unit_of(t)), "")
        meanings = {m.column.index: m for m in result.meanings}
        for head in found:
            for column, model in zip(head.columns, found[0].columns, strict=True):
                one, meaning = fields.get(model.index), meanings.get(column.index)
                if meaning is None or one is None:
                    continue
                fld = kind.fields[one.name]
                scale = _scale_of(column, fld, line) or _scale_of(meaning.column, fld, line)
                label = kind.fields[head.name].label
                meaning.field, meaning.score, meaning.scale, meaning.head, meaning.options = fld, SURE, scale, (head.name, head.text), ()
                meaning.zh = f"每行一条：{label.zh}“{head.text}”的{fld.label.zh}" + (f"，单位{scale}" if scale else "")
                meaning.en = f"an entry of its own in each row: {fld.label.en} of {label.en} “{head.text}”" + (
                    f", in {scale}" if scale else ""
                )

    def _exactly(self, kind: Kind) -> Callable[[str], Field | None]:
        """The field of `kind` that a header word names plainly."""

        def known(word: str) -> Field | None:
            near = [m for (code, _), m in self.words.matches(word).items() if code == kind.code and m.score >= 0.9]
            return kind.fields[max(near, key=lambda m: m.score).field] if near else None

        return known

    def _joined(
        self, kind: Kind, columns: Sequence[Column], profiles: Mapping[int, Profile], found: dict[int, _Candidate], answer: Answer
    ) -> dict[int, tuple[Field | None, ...]]:
        """The columns that hold several fields in a cell, of which no other column states one; `found` then has the first of them."""
        out: dict[int, tuple[Field | None, ...]] = {}
        for column in columns:
            fields = parts_of(column.path, kind, self._exactly(kind)) if column.index not in answer else ()
            others = {c.name for i, c in found.items() if i != column.index}
            free = tuple(f if f is not None and f.name not in others else None for f in fields)
            first = next((f for f in free if f is not None), None)
            if first is not None and looks_joined(profiles[column.index].texts):
                out[column.index] = free
                found[column.index] = _Candidate(max(0.9, SURE), column.index, first.name, "", "header")
        return out

    @staticmethod
    def _is_serial(column: Column, columns: Sequence[Column], seen: Profile) -> bool:
        """Whether the first column only numbers the rows; one headed 编号 does so where it counts 1, 2, 3 …."""
        word = heading(column.leaf).word.lower() if column.path and column is columns[0] else ""
        return word in SERIAL and (word not in {"编号", "批次"} or _counts_up(seen.texts))

    def _assign(
        self,
        kind: Kind,
        columns: Sequence[Column],
        profiles: Mapping[int, Profile],
        wholes: Mapping[int, tuple[int, ...]],
        planned: frozenset[int],
        answer: Answer | None,
        meant: Mapping[str, str],
    ) -> dict[int, _Candidate]:
        """The best one-to-one reading of the columns as fields of `kind`; several columns may make up the place.

        `meant` says what the same headers meant in an earlier table of the file.
        """
        candidates: list[_Candidate] = []
        for column in columns:
            if answer is not None and column.index in answer:
                if answer[column.index] in kind.fields:
                    candidates.append(_Candidate(3.0, column.index, answer[column.index], "", "answer"))
                continue
            remembered = self.memory.get((kind.code, norm(column.title)))
            if remembered is not None:
                if remembered in kind.fields:
                    candidates.append(_Candidate(2.0, column.index, remembered, "", "memory"))
                continue
            candidates.extend(self._header_candidates(kind, column, profiles[column.index], whole=column.index in wholes))
            candidates.extend(self._value_candidates(kind, column, profiles[column.index]))
        if meant:
            said = {c.index: meant.get(norm(c.title)) for c in columns}
            candidates = [replace(c, score=c.score * 1.15) if said[c.index] == c.name and c.score >= 0.45 else c for c in candidates]
        among = {c.index for c in columns if c.path and _OF_WHICH.match(heading(c.leaf).word)}
        candidates = [replace(c, score=c.score * 0.6) if c.index in among and _adds_up(kind.fields[c.name]) else c for c in candidates]
        if planned:
            best: dict[int, _Candidate] = {}
            for one in candidates:
                if one.index not in planned and (one.index not in best or best[one.index].score < one.score):
                    best[one.index] = one
            done = {c.name for c in best.values() if c.score >= LEAST and kind.fields[c.name].export}
            candidates = [replace(c, score=c.score * 0.6) if c.index in planned and c.name in done else c for c in candidates]
        units = {c.index: heading(c.leaf).unit for c in columns if c.path}
        goods = {whole for whole, parts in wholes.items() if all(heads.GOODS.fullmatch(units.get(i, "")) for i in parts)}
        candidates = [
            c for c in candidates if c.index not in goods or kind.fields[c.name].unit in _WHATEVER
        ]  # 床 + 袋 are neither heads nor money
        candidates = _without_parts(kind, candidates, wholes, {c.index: heading(c.leaf).word for c in columns if c.path})
        candidates.sort(key=lambda c: (-c.score, c.index))
        found: dict[int, _Candidate] = {}
        taken: set[str] = set()
        for one in candidates:
            if one.score < LEAST or one.index in found:
                continue
            if one.name in taken and not (one.name == "place" and profiles[one.index].place >= 0.3):
                continue
            found[one.index] = one
            taken.add(one.name)
        self._count_first(kind, columns, found)
        self._call(kind, columns, profiles, candidates, found)
        self._begin(columns, found)
        self._finer(candidates, profiles, found)
        self._added(kind, columns, profiles, found)
        self._further_parts(kind, columns, profiles, found)
        return found

    @staticmethod
    def _begin(columns: Sequence[Column], found: dict[int, _Candidate]) -> None:
        """A single date is when it began, unless its header says that it is the end."""
        if any(c.name == "begin" for c in found.values()):
            return
        titles = {c.index: c.title for c in columns}
        for index, one in found.items():
            if one.name == "end" and not re.search(r"[止终讫离]|结束|截|到期|届满|完[成工]|竣工", titles[index]):
                found[index] = _Candidate(one.score, index, "begin", one.word, one.reason)
                return

    @staticmethod
    def _finer(candidates: Sequence[_Candidate], profiles: Mapping[int, Profile], found: dict[int, _Candidate]) -> None:
        """Where the date that was found is only a year and another column has days (年度 beside 月.日), these are the date; the year completes them."""
        year = next(
            (i for i, c in found.items() if c.name == "begin" and profiles[i].year >= 0.8 and c.reason not in {"answer", "memory"}), None
        )
        if year is None:
            return
        for one in candidates:
            seen = profiles[one.index]
            free = one.index not in found or (found[one.index].name == "end" and found[one.index].score < one.score)
            if one.name == "begin" and free and one.score >= LEAST and seen.date >= 0.5 and seen.year < 0.2:
                found[one.index] = one
                del found[year]
                return

    def _added(self, kind: Kind, columns: Sequence[Column], profiles: Mapping[int, Profile], found: dict[int, _Candidate]) -> None:
        """Columns of one group that share out a measure whose total nobody wrote (培训人数: 基层干部, 技术人员; 收入: 上半年, 下半年) are added up."""
        groups: dict[tuple[str, ...], list[Column]] = {}
        planned = _planned(columns)
        for column in columns:
            if len(column.path) > 1 and profiles[column.index].number >= 0.4 and column.index not in planned:
                groups.setdefault(column.path[:-1], []).append(column)
        for path, members in groups.items():
            word = _OF_A_YEAR.sub("", heading(path[-1]).word)
            held = {found[c.index].name for c in members if c.index in found}
            told = [m for (code, _), m in self.words.matches(word).items() if code == kind.code and m.score >= 0.9]
            fld = next((f for m in sorted(told, key=lambda m: -m.score) if _adds_up(f := kind.fields[m.field])), None)
            if fld is None or len(members) < 2 or any(kind.fields[name].part_of for name in held):
                continue
            taken = any(c.name == fld.name and c.index not in {m.index for m in members} for c in found.values())
            if taken or any(self._says_otherwise(kind, c, fld) for c in members):
                continue
            for column in members:
                found[column.index] = _Candidate(LEAST + 0.2, column.index, fld.name, word, "part")

    def _says_otherwise(self, kind: Kind, column: Column, fld: Field) -> bool:
        """Whether a leaf is a measure of its own (人次 beside 人数), a total, or has a unit of another sort."""
        leaf = heading(column.leaf)
        if _WHOLE.fullmatch(leaf.word) or _is_bare_measure(leaf.word):
            return True
        return any(
            code == kind.code and m.score >= 0.75 and name != fld.name and kind.fields[name].type in {FieldType.NUMBER, FieldType.DATE}
            for (code, name), m in self.words.matches(leaf.word).items()
        )

    @staticmethod
    def _further_parts(kind: Kind, columns: Sequence[Column], profiles: Mapping[int, Profile], found: dict[int, _Candidate]) -> None:
        """One more source of money in a group of sources whose total nobody wrote: it counts with them (as another source)."""
        groups = {c.path[0]: kind.fields[found[c.index].name].part_of for c in columns if len(c.path) > 1 and c.index in found}
        taken = {c.name for c in found.values()}
        for column in columns:
            whole = groups.get(column.path[0], "") if len(column.path) > 1 and column.index not in found else ""
            if not whole or profiles[column.index].number < 0.7 or profiles[column.index].filled == 0:
                continue
            while kind.fields[whole].part_of:
                whole = kind.fields[whole].part_of
            spare = next((f.name for f in kind.fields.values() if f.part_of == whole and "other" in f.name and f.name not in taken), "")
            if spare and whole not in taken:
                found[column.index] = _Candidate(LEAST, column.index, spare, "", "values")
                taken.add(spare)

    @staticmethod
    def _count_first(kind: Kind, columns: Sequence[Column], found: dict[int, _Candidate]) -> None:
        """The date and the quantity that figures use come first: where no column states them, one that states another (付款日期, 册数) takes their place."""
        names = {c.name for c in found.values()}
        for fld in kind.fields.values():
            if not fld.export or fld.name in names or (fld.name != "begin" and fld.unit not in _WHATEVER):
                continue
            for column in columns:
                one = found.get(column.index)
                other = kind.fields[one.name] if one is not None else None
                if (
                    one is not None
                    and other is not None
                    and one.reason == "header"
                    and not (other.export or other.personal or other.part_of)
                    and other.type is fld.type
                    and (other.unit in _WHATEVER if fld.unit else not _LATER.search(column.title))
                ):
                    found[column.index] = _Candidate(one.score, one.index, fld.name, one.word, one.reason)
                    names.add(fld.name)
                    break

    @staticmethod
    def _call(
        kind: Kind,
        columns: Sequence[Column],
        profiles: Mapping[int, Profile],
        candidates: Sequence[_Candidate],
        found: dict[int, _Candidate],
    ) -> None:
        """An entry must be called by something: where no column is its title, the one that comes nearest is (项目 in a ledger of payments)."""
        called = kind.titled_by
        if called is None or called.name != "title":
            return
        told = next((c for c in found.values() if c.name == "title"), None)
        if told is not None:
            Understanding._call_apart(kind, told, profiles[told.index], candidates, found)
            return
        free = [
            c
            for c in candidates
            if c.name == "title"
            and c.score >= 0.45
            and (
                c.index not in found
                or found[c.index].name in {"project", "remark", "spec", "category"}
                or (called.required and found[c.index].score < SURE and not kind.fields[found[c.index].name].required)
            )
        ]
        if not free:
            free = [
                _Candidate(LEAST, c.index, "title", "", "values")
                for c in columns
                if c.index not in found
                and (p := profiles[c.index]).filled >= 2
                and p.distinct >= 0.5
                and max(p.number, p.date, p.place, p.unit, p.name, p.blank) < 0.4
            ][:1]
        if free:
            best = max(free, key=lambda c: c.score)
            found[best.index] = _Candidate(max(best.score, LEAST), best.index, "title", best.word, best.reason)

    @staticmethod
    def _call_apart(kind: Kind, told: _Candidate, seen: Profile, candidates: Sequence[_Candidate], found: dict[int, _Candidate]) -> None:
        """Where the title's column only tells varieties (会议名称: 党委会, 专题会) and another one says what each is about, that one is the title."""
        category = kind.fields.get("category")
        if (
            category is None
            or not category.choices
            or told.reason != "header"
            or not seen.filled
            or seen.distinct > 0.5
            or _choice_fit(category, seen) <= 1.0
        ):
            return
        other = next((c for c in candidates if c.name == "title" and c.index not in found and c.score >= SURE), None)
        if other is None:
            return
        found[other.index] = other
        if any(c.name == "category" for c in found.values()):
            del found[told.index]
        else:
            found[told.index] = replace(told, name="category")

    def _header_candidates(self, kind: Kind, column: Column, seen: Profile, *, whole: bool = False) -> list[_Candidate]:
        best: dict[str, _Candidate] = {}
        if column.bare and seen.number >= 0.5:  # what the kind is about, in money or in whatever else it counts
            exports = ("amount_cny",) if column.leaf == "金额" else ("people", "person_times", "items", "sessions", "amount_cny")
            name = next((f.name for e in exports for f in kind.exports(e) if not f.part_of), "")
            if name:
                best[name] = _Candidate(0.85, column.index, name, "", "values")
        for word, weight in _heard(column, whole=whole):
            for (code, name), match in self.words.matches(word).items():
                if code != kind.code or not _tells(word, match.word, kind.fields[name]):
                    continue
                suits = fit(kind.fields[name], seen) * self._measured(kind.fields[name], column)
                if (
                    match.score > 0.97
                    and weight > 0.97
                    and seen.date < 0.8
                    and kind.fields[name].type in {FieldType.TEXT, FieldType.NOTE, FieldType.CODE, FieldType.CHOICE}
                    and (kind.fields[name].type is not FieldType.CHOICE or suits > 0.5 or kind.fields[name].required)
                ):
                    suits = max(suits, 0.85)  # the very word of a free text: whatever stands there belongs there
                score = match.score * weight * suits
                if kind.fields[name].export == "amount_cny" and _RATE.search(word):
                    score *= 0.93  # a rate is what was paid where no other column says that
                if name in ONCE and _NUMBERED.fullmatch(word) and _runs_up(seen.texts):
                    score *= 0.5  # the ledger's own numbers, not those of vouchers
                if name not in best or best[name].score < score:
                    best[name] = _Candidate(score, column.index, name, match.word, "header")
        return list(best.values())

    def _value_candidates(self, kind: Kind, column: Column, seen: Profile) -> list[_Candidate]:
        """What the values alone would say, for a header that says nothing."""
        out = []
        if seen.filled >= 2:
            if (
                "begin" in kind.fields
                and seen.date >= 0.8
                and seen.identity < 0.1
                and not re.search(r"出生|生日|付款|整改|完成|交付|时限|期限", column.title)
            ):
                out.append(_Candidate(0.57, column.index, "begin", "", "values"))
            if "place" in kind.fields and seen.place >= 0.6 and not re.search(r"单位|账户|户名|收款|供", column.title):
                out.append(_Candidate(0.6, column.index, "place", "", "values"))
            if "unit" in kind.fields and seen.unit >= 0.6 and not re.search(r"来源|资金|供|收|受|[人员]$", column.title):
                out.append(_Candidate(0.6, column.index, "unit", "", "values"))
            if seen.identity >= 0.8:
                name = next((n for n in ("household_id_number", "id_number") if n in kind.fields), "")
                if name:
                    out.append(_Candidate(0.62, column.index, name, "", "values"))
            measure = self._counted(kind, column, seen)
            if measure:
                out.append(_Candidate(0.58, column.index, measure, "", "values"))
        return out

    @staticmethod
    def _measured(fld: Field, column: Column) -> float:
        """How well the unit that a header states (户, 人次, 万元) suits a number field: 1 where it states none."""
        if fld.type is not FieldType.NUMBER:
            return 1.0
        unit = next((u for p in reversed(column.path) if (u := heading(p).unit)), "")
        code = next((c for word, c in _COUNTED if unit and re.fullmatch(word, unit)), "")
        if (code == "CNY") != (fld.unit == "CNY") and code:
            return 0.3  # money is no count, and no count is money
        return 1.0 if not code or code == fld.unit or fld.unit not in _STRICT else 0.5

    @staticmethod
    def _counted(kind: Kind, column: Column, seen: Profile) -> str:
        """The measure that a number column's own unit points to (22名, 15户, 表头“（人）”), where its header's word says nothing."""
        if seen.number < 0.7 or seen.identity > 0.2 or seen.phone > 0.5:
            return ""
        units = [heading(p).unit for p in column.path if heading(p).unit] + [m[1] for t in seen.texts[:50] if (m := _SUFFIX.search(t))]
        for word, code in _COUNTED:
            if any(re.fullmatch(word, u) for u in units):
                return next((f.name for f in kind.fields.values() if f.unit == code and f.export), "")
        word = heading(column.leaf).word if column.path else ""
        if re.search(r"(?:数|数量|量)$", word) and not re.search(r"[人户次期场班天]", word):
            return next((f.name for f in kind.fields.values() if f.unit == "item" and f.export), "")
        return ""

    def _worth(
        self,
        kind: Kind,
        found: Mapping[int, _Candidate],
        columns: Sequence[Column],
        profiles: Mapping[int, Profile],
        told: frozenset[str] = frozenset(),
    ) -> float:
        """How much of the table a kind explains; words that few kinds share tell more. `told` is what stands across the columns."""
        total = 0.0
        names = set(told & kind.fields.keys())
        for one in found.values():
            names.add(one.name)
            rarity = self.idf.get(one.word, 0.3)
            total += min(one.score, 1.2) * (0.35 + rarity) * (0.5 if one.name in {"remark", "evidence"} else 1.0)
        called = kind.titled_by
        if (
            called is not None
            and called.name not in names
            and "title" not in names
            and (called.required or not {"person", "household"} & names)
        ):
            total -= 0.2 if _OF_TABLE in told and called.type is FieldType.TEXT else 1.2 if called.required else 0.4
        for name, fld in kind.fields.items():
            if fld.required and name not in names and name not in {"begin", "place"}:
                total -= 0.5
        left = [c for c in columns if c.index not in found and profiles[c.index].filled]
        money = sum(1 for c in left if profiles[c.index].number >= 0.7 and any(heading(p).unit.endswith("元") for p in c.path))
        return total - 0.25 * len(left) - 0.25 * money

    def _named_kinds(self, titles: Sequence[str], own: Sequence[str], sheet: str) -> dict[str, float]:
        """How much the titles and the sheet's name speak for each kind: longer words, and words that few kinds use, more."""
        spread: dict[str, int] = {}
        for kind in self.kinds.values():
            for word in {*kind.titles, kind.label.zh} - _SAYS_NOTHING:
                spread[word] = spread.get(word, 0) + 1
        section = [t for t in own if re.match(r"\s*(?:[（(]?[一二三四五六七八九十]+[、)）]|表)", t)]
        weights = [(t, 1.6 if t in section else 1.0) for t in titles if not is_title_info(_BESIDE.sub("", t))] + [(sheet, 1.1)]
        out: dict[str, float] = {}
        for kind in self.kinds.values():
            best = 0.0
            more = 0.0
            for text, weight in weights:
                plain = norm(text)
                for word in dict.fromkeys((*kind.titles, kind.label.zh)):
                    if word in spread and norm(word) in plain:
                        late = (plain.rfind(norm(word)) + len(word)) / len(plain)  # what a title ends in is its head
                        value = weight * (0.85 + 0.25 * late) * (0.5 + 0.28 * min(len(word), 6)) / spread[word] ** 0.5
                        more += 0.25 * min(best, value)
                        best = max(best, value)
            out[kind.code] = best + min(more, 1.2)
        return out

    def _is_ledger(
        self,
        kind: Kind,
        found: Mapping[int, _Candidate],
        profiles: Mapping[int, Profile],
        source: Table | Card,
        score: float,
        *,
        listed: bool,
    ) -> bool:
        """Whether the table holds entries at all: something it calls them by, and a date or a measure; a list of words is none. `listed`: the title says of
        which year and kind it is, so that persons or households are enough.
        """
        names = {c.name for c in found.values()}
        called = bool({"title", "person", "household"} & names)
        measured = any(kind.fields[c.name].type in {FieldType.NUMBER, FieldType.DATE} and profiles[c.index].filled for c in found.values())
        explains = re.search(r"字典|下拉|选项|数据源|说明|参数|代码表|目录|封面|问题清单", source.sheet.name) is not None
        if isinstance(source, Card):
            return score > 1.0 and called and len(found) >= 3 and not explains and not source.sheet.hidden
        if explains and not (called and measured):
            return False
        somebodys = listed and any(c.name in {"person", "household"} and c.score >= SURE for c in found.values())
        return score > 1.2 and (measured or somebodys) and len(found) >= 2

    def _is_summary(self, source: Table | Card, result: Understood, titles: Sequence[str], profiles: Mapping[int, Profile]) -> bool:
        """Whether a table repeats totals of another one: it says so, and has no dates and no names of its own."""
        if isinstance(source, Card) or result.kind is None:
            return False
        names = {m.field.name for m in result.meanings if m.field is not None} | {m.head[0] for m in result.meanings if m.head is not None}
        if {"person", "household"} & names:
            return False  # each row is somebody's
        if any(heading(c.leaf).word in _INDICATORS for c in source.columns if c.path):
            return True  # a line for each figure, not for each entry
        begin, called = result.column_of("begin"), result.kind.titled_by
        yearly = begin is not None and profiles[begin.column.index].year >= 0.8 and called is not None and called.required
        if yearly and not result.place and not names & {"title", "place", "unit", "party", "project"}:
            return True  # nor one for each year
        told = any("汇总" in t or "分析表" in t for t in (*titles, source.sheet.name))
        counted = any(re.search(r"笔数|占比|条数|合计|小计|总额|比例", c.title) and c.index not in result.wholes for c in source.columns)
        bare = not ({"title", "person", "household"} & names) or "begin" not in names
        counted = counted and called is not None and called.required  # the income of a village needs no name: its columns may end in 合计
        return bare and ((told and "begin" not in names) or (counted and not ({"title", "person", "household", "begin"} & names)))

    def _meanings(
        self, kind: Kind, columns: Sequence[Column], found: Mapping[int, _Candidate], profiles: Mapping[int, Profile], titles: Sequence[str]
    ) -> list[Meaning]:
        line = next((unit_of(t) for t in reversed(titles) if unit_of(t)), "")
        out = []
        for column in columns:
            one = found.get(column.index)
            options = sorted(
                (
                    (c.score, c.name)
                    for c in (
                        *self._header_candidates(kind, column, profiles[column.index]),
                        *self._value_candidates(kind, column, profiles[column.index]),
                    )
                    if c.score >= 0.4
                ),
                reverse=True,
            )
            names = tuple(dict.fromkeys(n for _, n in options if one is None or n != one.name))[:4]
            fld = kind.fields.get(one.name) if one is not None else None
            scale = _scale_of(column, fld, line)
            zh, en = _reason(one, fld, column, scale)
            out.append(Meaning(column, fld, one.score if one is not None else 0.0, scale, zh, en, names))
        return out

    def _place_of(self, titles: Sequence[str], sheet: str) -> str:
        """The place that titles or the sheet's name settle for every row, as they write it; the nearest line wins, a village before a county."""
        if self.registers is None:
            return ""
        found = []
        for text in (*reversed([t for t in titles if told_place(t) or not is_signature(t)]), sheet):
            for part in (told_place(text), text, *re.findall(r"[（(]([^（）()]+)[)）]", text), *re.split(r"[——\-:：\s]+", text)):
                place = self._place_in(part)
                if place:
                    found.append(place)
                    break
        villages = [
            p
            for p in found
            if self.registers.place(p).one is not None and self.registers.place(p).one.level not in {"county", "prefecture", "province"}
        ]
        return next(iter(villages or found), "")

    def _place_in(self, text: str) -> str:
        assert self.registers is not None
        plain = text.strip()
        if len(plain) <= 20:
            found = self.registers.place(plain)
            if found.one is not None and found.how in {"exact", "prefix"}:
                return plain
        named = [p for p in self.registers.places if len(p.name) >= 3 and p.name in plain]
        fine = [p for p in named if p.level not in {"county", "prefecture", "province"}] or named
        return fine[0].name if len({p.name for p in fine}) == 1 else ""

    def _why(self, kind: Kind, result: Understood, named: Mapping[str, float]) -> tuple[str, str]:
        headers = [m.column.title for m in result.meanings if m.field is not None and m.score >= SURE][:5]
        zh = (
            f"看作“{kind.label.zh}”："
            + ("标题与表头" if named.get(kind.code) else "表头")
            + (f"（{'、'.join(headers)}）" if headers else "")
        )
        en = f"taken as {kind.label.en}, from " + ("title and headers" if named.get(kind.code) else "headers")
        return zh, en

    def _ask(self, result: Understood) -> None:
        kind = result.kind
        if result.summary:
            return  # nothing of it is recorded
        if kind is None:
            if not isinstance(result.source, Card) and len(result.meanings) >= 3:
                result.questions.append(
                    Question(
                        "看不出这张表记的是什么，请选择类别，或选“不导入”",
                        "what does this table record? choose a kind, or leave it out",
                        result.kinds,
                    )
                )
            return
        if result.confidence < 0.25 and len(result.kinds) > 1:
            result.questions.append(
                Question(f"这张表像是“{kind.label.zh}”，是吗？", f"this table looks like {kind.label.en}; is it?", result.kinds),
            )
        for m in result.meanings:
            if m.unsure and m.field is not None:
                result.questions.append(
                    Question(
                        f"“{m.column.title}”一列当作“{m.field.label.zh}”，对吗？",
                        f"is column “{m.column.title}” {m.field.label.en}?",
                        (m.field.name, *m.options),
                        m.column.index,
                    ),
                )


def _reason(one: _Candidate | None, fld: Field | None, column: Column, scale: str) -> tuple[str, str]:
    if one is None or fld is None:
        return "没有对应的字段，原样保存在明细里", "no field of ours; kept in the details as it is"
    unit = f"，单位{scale}" if scale else ""
    unit_en = f", in {scale}" if scale else ""
    match one.reason:
        case "part":
            return f"“{one.word}”分列各栏，相加为“{fld.label.zh}”{unit}", f"one of the columns that add up to {fld.label.en}{unit_en}"
        case "answer":
            return f"您选的“{fld.label.zh}”{unit}", f"your choice{unit_en}"
        case "memory":
            return f"您上次把“{column.title}”选作“{fld.label.zh}”{unit}", f"as you chose last time{unit_en}"
        case "values":
            return f"这一列的值都像“{fld.label.zh}”{unit}", f"its values look like {fld.label.en}{unit_en}"
        case _:
            if norm(heading(column.leaf).word) == one.word:
                return f"表头就是“{one.word}”{unit}", f"the header says so{unit_en}"
            return f"表头近似“{one.word}”{unit}", f"the header is near “{one.word}”{unit_en}"


def _scale_of(column: Column, fld: Field | None, line: str) -> str:
    """The unit a number column is written in: its header's, else its group's, else (money) that of the line above the table."""
    if fld is None or fld.type is not FieldType.NUMBER:
        return ""
    for part in reversed(column.path):
        unit = heading(part).unit
        if unit:
            return unit
    if fld.unit == "CNY" and line:
        return next((u for u in re.split(r"[/、,，]", line) if re.fullmatch(r"[百千]?[万亿千百]?元|[万亿]", u)), "")
    return ""


_CN_YEAR = re.compile(r"[一二][一二三四五六七八九〇零○]{3}(?=年)")
_CN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_BESIDE = re.compile(r"[（(][^（）()]*[)）]")
_TITLE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s*(?:年|学年|[-—~～至]|[.]|\b|[\u4e00-\u9fff]))")


def years_in(text: str) -> list[int]:
    """The years a title names, in order."""
    text = _CN_YEAR.sub(lambda m: m[0].translate(_CN_DIGITS), unicodedata.normalize("NFKC", text))
    return [int(y) for y in _TITLE_YEAR.findall(text) if 1980 <= int(y) <= 2100]


_REPORTED = re.compile(
    r"(?:填报|填表|制表|统计|登记|报送|更新|导出|打印)(?:时间|日期|至|于|[:：])|(?<=[月日])(?:填报|填表|制表|统计|登记|报送|更新|导出|打印)|截止|截至|^\s*(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?\s*$"
)
_SPAN_OF_YEARS = re.compile(r"(?:19|20)\d\d\s*年?\s*[-—~～至到]+\s*(?:19|20)?\d\d\s*年?")


def year_of(titles: Iterable[str], sheet: str) -> int | None:
    """The one year that the titles (the nearest first) or the sheet's name settle; the date of the report comes last. None where several are named."""
    lines = list(titles)
    for text in [*reversed([t for t in lines if not _REPORTED.search(t)]), sheet]:
        years = years_in(text)
        if _SPAN_OF_YEARS.search(text):
            if re.search(r"周期|学年|期间", text) and years:
                return None if not lines or text == lines[0] else _unless_other(lines, text, years)
            continue
        if len(set(years)) == 1:
            return years[0]
    for text in reversed(lines):
        years = years_in(text)
        if len(set(years)) == 1 and not _SPAN_OF_YEARS.search(text) and _REPORTED.search(text):
            return years[0]
    return None


def _unless_other(lines: Sequence[str], text: str, years: Sequence[int]) -> int | None:
    others = [y for t in lines if t is not text and not _REPORTED.search(t) for y in years_in(t)]
    return others[0] if len(set(others)) == 1 else years[-1]


def _year_among(columns: Sequence[Column], texts: Mapping[int, Sequence[str]]) -> int | None:
    """The year that all full dates of the table share, where no title names one."""
    years: set[int] = set()
    for column in columns:
        for text in texts[column.index]:
            match = re.match(r"((?:19|20)\d\d)[-./年]\d{1,2}", text)
            if match is not None and "出生" not in column.title:
                years.add(int(match[1]))
    return next(iter(years)) if len(years) == 1 else None

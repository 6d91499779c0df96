"""A cell's text → a field's value, or the sentence that says why not.

One function reads a field wherever its text comes from: a cell of an office's workbook, a form of the pages, a row of the API. What is
not stated («/», «无», «—», blank) is None; what cannot be read is a `Problem`, never zero and never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from bangfu import quantities
from bangfu.catalogue.shapes import Choice, Field, FieldType, Kind

REFUSING = frozenset({"not_a_number", "negative", "bad_date", "missing", "lossy_code", "too_large"})
"""Code words of problems for which a row is not recorded; the others are recorded and marked, or asked."""


class Problem(ValueError):  # noqa: N818 - the trade's word; it is shown to people, not only raised
    """A text that does not give the field's value. `why` is a code word (samples: not_a_number, negative, bad_date, missing, checksum;
    here also: lossy_code, too_small, too_large, unknown_choice, not_a_flag), `zh` and `en` a sentence with what to do.
    """

    def __init__(self, why: str, zh: str, en: str) -> None:
        self.why = why
        self.zh = zh
        self.en = en
        super().__init__(zh)

    @property
    def refuses(self) -> bool:
        return self.why in REFUSING


@dataclass(frozen=True, slots=True)
class Period:
    """A date as somebody wrote it: `begin`, the first day; `last`, the last day where the text names one (the end of a month range is the
    month's last day); `open` where it says 至今 or 起; `precision` of the first date: day, month or year.
    """

    begin: date
    last: date | None = None
    open: bool = False
    precision: str = "day"

    @property
    def end(self) -> date | None:
        """The half-open end, as the ledger keeps it (the day after the last)."""
        return None if self.last is None else self.last + timedelta(days=1)

    @property
    def final(self) -> date:
        """The last day the text can mean: of the month, where only a month is written."""
        return self.last or _last_of(self.begin, self.precision)


Value = Decimal | Period | str | None
"""What a field reads to: NUMBER a Decimal in its unit, DATE a Period, all others text (CHOICE its code, FLAG "yes"/"no")."""


def read_field(fld: Field, text: str, *, scale: str = "", year: int | None = None) -> Value:
    """The value of `text` for `fld`; None where nothing is stated.

    `scale` is the unit in which a number's column is kept («万元», «千元», «头/只»), from its header or title; the cell's own unit wins.
    `year` completes a date written without one. Raises `Problem`.
    """
    if is_blank(text):
        return None
    kind = fld.type
    if kind is FieldType.NUMBER:
        return read_number(text, fld.unit or "other", scale)
    if kind is FieldType.DATE:
        return read_date(text, year)
    if kind is FieldType.CODE:
        return read_code(text)
    if kind is FieldType.CHOICE:
        return read_choice(text, fld.choices)
    if kind is FieldType.FLAG:
        return read_flag(text)
    if kind is FieldType.PERSON:
        return read_names(text)
    if kind is FieldType.HOUSEHOLD:
        return read_name(_BESIDE_NAME.sub("", text).strip() or text)
    return text.strip()


@dataclass(slots=True)
class Row:
    """What a row of texts reads to: `values` by field name, and every problem by field name."""

    values: dict[str, Value] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)


def read_row(kind: Kind, cells: Mapping[str, str], *, year: int | None = None, scales: Mapping[str, str] | None = None) -> Row:
    """All fields of a row at once (a form of the pages, a row of the API): nothing stops at the first problem.

    A required field that is not stated is the problem `missing`. Names in `cells` that the kind does not have are ignored.
    """
    row = Row()
    for name, fld in kind.fields.items():
        try:
            value = read_field(fld, cells.get(name, ""), scale=(scales or {}).get(name, ""), year=year)
            if value is not None:
                row.values[name] = value
            elif fld.required:
                raise missing(fld)
        except Problem as problem:
            row.problems[name] = problem
    return row


def missing(fld: Field) -> Problem:
    """The problem of a required field that is not stated."""
    return Problem("missing", f"没有填{fld.label.zh}，请补上", f"{fld.label.en} is not stated; fill it in")


# ── what is not stated ───────────────────────────────────────────────────────────────────────────────────────────────

_BLANK = frozenset(
    {"", "/", "／", "\\", "//", "无", "暂无", "空", "-", "--", "---", "－", "－－", "—", "——", "–", "―", "_", "*", "N/A", "n/a", "NA", "nil", "none", "None", "无。", "（无）", "(无)", "·", "…", "……"}
)  # fmt: skip


def is_blank(text: str) -> bool:
    """Whether the text states nothing: empty, «/», «无», a dash (samples/README.md)."""
    return text in _BLANK or text.strip() in _BLANK


DITTO = frozenset({"同上", "〃", "″", '"', "''", "“", "”", "··", "同前", "同上。", "ditto", "々", "仝", "仝上", "同 上"})


def is_ditto(text: str) -> bool:
    """Whether the text repeats the cell above: 同上, 〃."""
    return text.strip() in DITTO


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_REMARK = re.compile(r"(?<=[^（(\[【])\s*[（(\[【][^（()）\]】]*[）)\]】]\s*$")
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3}(?!\d))")
_MEASURE = re.compile(r"(?P<n>.*?[\d〇零一二两三四五六七八九十百千万亿](?:余|多)?)\s*(?P<w>(?![万亿])[^\W\d_]{1,4}(?:/[^\W\d_]{1,3})?)")
_SIGN = str.maketrans({"−": "-", "﹣": "-", "－": "-", "＄": "$", "，": ",", "．": "."})
_MINUS_HEAD = re.compile(r"(?:负|△|▲)\s*(?=\d)")
_COUNTED = re.compile(r"^(?:共计?|合计|总计|小计|计|约计)[:：]?\s*(?=[\d¥￥])")
_WORKED = re.compile(r"^[\d\s.,+\-*/x×()元%人户名月天次个斤件套台箱袋份]+=\s*(?=[¥￥\d])")
_TIMES = re.compile(r"(\d+(?:\.\d+)?)\s*元?(?:/[人户名月次])?\s*[x×*]\s*(\d+)\s*[人户名月次份套天]?")
_PAID_AS = re.compile(r"^(?:现金|转账|折合|折价|约合|合|价值|发放|实发)(?:人民币)?[:：]?\s*(?=[\d¥￥])")
_ACCOUNTING = re.compile(r"[（(]\s*([¥￥]?[\d,.]+)\s*[)）]")
_ALSO = {
    "session": frozenset({"班", "批", "轮", "讲", "堂", "节", "课", "班次", "批次", "期次", "场次", "个班"}),
    "household": frozenset({"家", "农户", "户人家"}),
    "person": frozenset({"个", "学员", "村民", "位", "人员"}),
    "hour": frozenset({"h", "H", "学时", "课时"}),
}
"""Measure words that offices use for a unit besides its own."""
_GENERIC = frozenset({"item", "copy", "other"})
"""Units of which the measure word does not matter: 5头, 30只, 2亩, 200斤 are a quantity «in whatever measure»."""


def read_number(text: str, unit: str, scale: str = "") -> Decimal:
    """The number a cell states, in `unit` (a code of quantities.UNITS).

    A hedge (近, 约, 余) is dropped and its number kept. `scale` is the column's unit as written («万元»). Raises Problem `not_a_number`, also for a
    range or for a unit that measures something else, and `negative` for a count below zero (money may be negative: a reversal).
    """
    compact = text.strip()
    times, in_scale = _scale(scale, unit)
    value = Decimal(compact) * times if _PLAIN.fullmatch(compact) else _read_written(compact, unit, in_scale, times)
    if value < 0 and unit != "CNY":
        raise Problem("negative", f"“{text}”是负数，请填不小于 0 的数", f"“{text}” is negative; write a number of at least 0")
    return value


def _read_written(text: str, unit: str, in_scale: str, times: Decimal) -> Decimal:
    cell = unicodedata.normalize("NFKC", text).translate(_SIGN)
    cell = _SPACED.sub("", cell.replace("\n", " ").replace("\r", "").strip()).rstrip("。;；、,")
    accounting = _ACCOUNTING.fullmatch(cell)
    if accounting is not None:
        cell = "-" + accounting[1]
    cell = _MINUS_HEAD.sub("-", _REMARK.sub("", cell)).removesuffix("整").removesuffix("正").strip()
    if unit == "person":
        cell = re.sub(r"(?<=\d)\s*口人?$", "人", cell)
    cell = _WORKED.sub("", _COUNTED.sub("", cell))
    if unit == "CNY":
        cell = _PAID_AS.sub("", re.sub(r"元/(?:学?年|学期)$", "元", cell))
        cell = re.sub(r"(?<=\d)\.[-—]+$", "", re.sub(r"(?<=\d)[wW]$", "万", cell))  # 1500.-
        cell = re.sub(r"(?<=元)\s*[+、及和加]\s*[^\d+]+$", "", cell)  # 1000元+慰问品
        product = _TIMES.fullmatch(cell)
        if product is not None:  # 500元×12户
            return Decimal(product[1]) * Decimal(product[2]) * (Decimal(1) if "元" in cell else times)
    addends = cell.removesuffix("元").split("+") if "+" in cell else []
    if len(addends) > 1 and not addends[-1]:
        cell = cell.removesuffix("+")  # 100+: so many and more
    elif len(addends) > 1 and unit == "CNY" and all(_PLAIN.fullmatch(a.strip().removesuffix("元")) for a in addends):
        worth = Decimal(1) if cell.endswith("元") else times
        return sum((Decimal(a.strip().removesuffix("元")) for a in addends), Decimal(0)) * worth
    for attempt in (cell, _without_measure(cell, unit), _worded(cell, unit)):
        if attempt is None:
            continue
        if _PLAIN.fullmatch(attempt):
            return Decimal(attempt) * (times if attempt is cell else 1)  # 2000册 under 万册: the cell's own unit counts
        try:
            found = quantities.read(attempt, in_scale or unit)
        except quantities.Unreadable:
            continue
        if found.low is None or found.low != found.high or (found.unit != unit and attempt is cell and unit in _GENERIC):
            continue
        by = quantities.factor(found.unit, unit) if found.unit != "other" else Decimal(1)
        if by is None and found.unit in {"person", "person-time"} and unit in {"person", "person-time"}:
            by = Decimal(1)  # heads written in a column of attendances, or the other way round: the column says what is counted
        if by is not None:
            return found.low * by
    raise Problem("not_a_number", f"“{text}”读不出{_noun(unit)}，请填数字", f"no number can be read from “{text}”; write digits")


def _without_measure(cell: str, unit: str) -> str | None:
    """5头 → 5: the measure word of a quantity, which may be any word; money and persons keep their strict units."""
    found = _MEASURE.fullmatch(cell)
    if found is None:
        return None
    if found["w"] in _ALSO.get(unit, ()):
        return found["n"].strip()
    if unit not in _GENERIC and found["w"] in quantities.UNIT_WORDS:
        return None
    return found["n"].strip() if unit in _GENERIC or unit.startswith("other:") else None


_PRESENT = re.compile(r".*(?:实到|实际到会|实际参加|实有|实际)\D{0,4}(\d+)\s*[人名位]?", re.DOTALL)
_TOGETHER = re.compile(r"\D*(?:共计?|合计|总计)\s*(\d+)\s*(?:人次|[人名位户])", re.DOTALL)
_COUNT = re.compile(r"(?!.*(?:其中|含|应到|实到|不|缺))[^\d第]{0,6}?(\d+)\s*(人次|[人名位户])")
_BOTH = re.compile(r"男\D?(\d+)\D{0,3}女\D?(\d+)[人名]?|(\d+)男\D?(\d+)女")
_BESIDE_OTHERS = re.compile(r"\d+(?:户|批|场|次|期|个班)次?[,，、/;；\s]*共?(?P<n>\d+)(?P<unit>人次|[人名户])")
_ONE_NUMBER = re.compile(r"[^\d第]{1,8}(\d+)\s*(人次|[人名位户])|(\d+)(人)户")


def _worded(cell: str, unit: str) -> str | None:
    """The one number of a phrase that counts heads: 应到13人，实到11人 → 11; 两院共18人 → 18; 老党员9人 → 9; 1人户 → 1; and what several counts of one
    sort add up to: 党员32人，群众15人 → 47.
    """
    if unit not in {"person", "person-time", "household"}:
        return None
    for pattern in (_PRESENT, _TOGETHER):
        found = pattern.fullmatch(cell)
        if found is not None:
            return found[1]
    both = _BOTH.fullmatch(cell) if unit != "household" else None
    if both is not None:
        return str(sum(int(n) for n in both.groups() if n))
    beside = _BESIDE_OTHERS.fullmatch(cell)
    if beside is not None and (beside["unit"] == "户") == (unit == "household"):
        return beside["n"]
    several = [_COUNT.fullmatch(part.strip()) for part in re.split(r"[,，、;；+\n]", cell)]
    if len(several) > 1 and all(s is not None and s[2] == several[0][2] for s in several if several[0] is not None) and None not in several:
        unit_said = several[0][2] if several[0] is not None else ""
        if (unit_said == "户") == (unit == "household"):
            return str(sum(int(s[1]) for s in several if s is not None))
    one = _ONE_NUMBER.fullmatch(cell)
    if one is None or ((one[2] == "户") != (unit == "household") and one[3] is None):
        return None
    return one[1] or (one[3] if unit == "person" else None)


_NOUNS = {
    "CNY": "金额",
    "person": "人数",
    "person-time": "人次",
    "household": "户数",
    "session": "期（场）数",
    "item": "数量",
    "copy": "册数",
}


def _noun(unit: str) -> str:
    return _NOUNS.get(unit, "数")


@lru_cache(maxsize=512)
def _scale(scale: str, unit: str) -> tuple[Decimal, str]:
    """What a bare number of the column is multiplied by, and the unit to hand to quantities.read («万» of money → «万元»)."""
    if not scale:
        return Decimal(1), ""
    for word in (scale, scale + "元" if unit == "CNY" else scale):
        try:
            found = quantities.read("1", word)
        except (KeyError, quantities.Unreadable):
            continue
        by = quantities.factor(found.unit, unit) if found.low is not None else None
        if by is not None and found.low is not None:
            return found.low * by, word
    lead = re.match(r"[百千]?[万亿]|千|百", scale)
    if lead is not None and unit in _GENERIC | {"person", "person-time", "household"}:
        return quantities.numeral_scale(lead[0]), ""
    return Decimal(1), ""


def to_parts(value: Decimal, unit: str) -> int:
    """The value as an integer of the unit's smallest part. Raises Problem `too_small` where it does not fit, `too_large` beyond 64 bits."""
    try:
        parts = quantities.to_parts(value, unit)
    except (ValueError, InvalidOperation):
        known = quantities.unit(unit)
        raise Problem(
            "too_small",
            f"{quantities.plain(value)}{known.zh}小于最小计量（1/{known.parts}{known.zh}），请核对单位",
            f"{quantities.plain(value)} {known.en} is finer than 1/{known.parts}; check the unit",
        ) from None
    if not -(2**62) < parts < 2**62:
        raise Problem("too_large", f"{quantities.plain(value)}太大，请核对单位", f"{quantities.plain(value)} is too large; check the unit")
    return parts


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=16384)
def norm(text: str) -> str:
    """A text for comparing words: half width, without spaces, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def read_choice(text: str, choices: Iterable[Choice]) -> str:
    """The code of the choice a word means: its label or one of its words, else the one longest word that the text holds.

    Raises Problem `unknown_choice`, which names the words that would do.
    """
    choices = tuple(choices)
    wanted = norm(text)
    held: list[tuple[int, str]] = []
    for choice in choices:
        for word in (choice.code, choice.label.zh, choice.label.en, *choice.words):
            known = norm(word)
            if known == wanted:
                return choice.code
            if len(known) > 1 and known in wanted:
                held.append((len(known), choice.code))
            elif len(wanted) > 1 and wanted in known and word != choice.code:
                held.append((0, choice.code))
    best = max(held, default=(0, ""))
    if best[1] and len({code for size, code in held if size == best[0]}) == 1:
        return best[1]
    words = "、".join(c.label.zh for c in choices)
    raise Problem(
        "unknown_choice", f"“{text}”不在可选的词里（{words}）", f"“{text}” is not one of {', '.join(c.label.en for c in choices)}"
    )


_YES = frozenset(["是", "有", "对", "y", "yes", "true", "1", "√", "✓", "✔", "已", "○", "●", "真", "已完成", "完成", "属实"])
_NO = frozenset(["否", "没有", "不是", "非", "n", "no", "false", "0", "×", "✗", "x", "╳", "未", "不", "假", "未完成", "无"])


def read_flag(text: str) -> str:
    """«yes» or «no». Raises Problem `not_a_flag`."""
    word = norm(text)
    if word in _YES:
        return "yes"
    if word in _NO:
        return "no"
    raise Problem("not_a_flag", f"“{text}”看不出是或否，请填“是”或“否”", f"“{text}” is neither yes nor no; write 是 or 否")


_LOSSY = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


def read_code(text: str) -> str:
    """A document, voucher or identity number: text, kept sign by sign (spaces at its ends apart).

    Raises Problem `lossy_code` for a long number that a spreadsheet kept as a number: its last digits are lost there already.
    """
    code = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    if _LOSSY.fullmatch(code):
        raise Problem(
            "lossy_code",
            f"“{text}”是按数字存的长号码，末几位已经丢失，请把单元格设为文本后重填",
            f"“{text}” was kept as a number and has lost its last digits; set the cell to text and write it again",
        )
    return code


_HAN = re.compile(r"[\u3400-\u9fff·•]")


_BESIDE_NAME = re.compile(r"\s*[（(][^（）()]*[)）]")
_OFFICE = re.compile(
    r".{0,12}?(?:书记|院长|校长|局长|厅长|主任|处长|科长|部长|县长|镇长|乡长|主席|经理|董事长|总监|所长|站长|会长|组长|队长)\s*([\u4e00-\u9fff]{2,4})"
)


_AND_OTHERS = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:同志|(?:一行|等)(?:[\d一二三四五六七八九十]+)?(?:[人名位]|同志)*)$")


def read_names(text: str) -> str:
    """The names in a cell of people, without what stands beside them: 王一（书记）、副院长李二等3人 → 王一、李二; several joined by «、»."""
    bare = _BESIDE_NAME.sub("", text).strip() or text
    names = []
    for name in read_name(bare).split("、"):
        alone = _AND_OTHERS.sub("", name)
        office = _OFFICE.fullmatch(alone)
        names.append(office[1] if office is not None else alone)
    return "、".join(names)


def read_name(text: str) -> str:
    """A person's name: Chinese names without inner spaces, several joined by «、»."""
    parts = [p for p in re.split(r"[、，,;；/／|｜\n]+", text.strip()) if p.strip()]
    return "、".join(re.sub(r"\s+", "", p) if _HAN.search(p) else " ".join(p.split()) for p in parts)


# ── identity numbers ─────────────────────────────────────────────────────────────────────────────────────────────────

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


@dataclass(frozen=True, slots=True)
class Identity:
    """What an 18-digit identity number says (GB 11643): region code, birth date, sex («male», «female»)."""

    number: str
    region: str
    birth: date
    sex: str


def read_identity(text: str) -> Identity:
    """Raises Problem `lossy_code` or `checksum` (wrong length, check digit, or birth date)."""
    number = re.sub(r"[\s-]", "", read_code(text)).upper()
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise Problem(
            "checksum", f"身份证号“{mask(number)}”不是 18 位，请核对", f"identity number “{mask(number)}” does not have 18 digits"
        )
    expected = _CHECK[sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11]
    if number[17] != expected:
        raise Problem(
            "checksum", f"身份证号“{mask(number)}”校验位不对，请核对", f"the check digit of identity number “{mask(number)}” is wrong"
        )
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Problem(
            "checksum", f"身份证号“{mask(number)}”里的出生日期不存在", f"identity number “{mask(number)}” has no such birth date"
        ) from None
    return Identity(number, number[:6], birth, "male" if int(number[16]) % 2 else "female")


def mask(number: str) -> str:
    """An identity number for a message: the birth date and the middle hidden (invariant 12)."""
    return number if len(number) < 8 else f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}"


# ── dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_ZERO_DAY = date(1899, 12, 30)  # Excel's day 0; days before March 1900 do not occur in ledgers
_Y = r"(?P<{p}y>(?:19|20)\d\d|(?<!\d)\d\d(?=年)|(?<=')\d\d)"
_M = r"(?P<{p}m>0?[1-9]|1\d|[2-9]\d)"
_D = r"(?P<{p}d>\d{{1,2}})"
_FORMS = (
    _Y + "年" + _M + r"(?:月|[./-])" + _D + r"(?:日|号)?",
    _Y + r"(?P<{p}s>[./\-_、,。·•:\\ ])" + _M + r"(?P={p}s)" + _D + r"(?:日|号)?",  # one separator throughout: 2019.3-5 is March to May
    _Y + r"[年./\-_]" + _M + r"(?:月份?)?",
    r"(?P<{p}yc>(?:19|20)\d\d)(?P<{p}mc>\d\d)(?P<{p}dc>\d\d)",
    r"(?P<{p}yc>(?:19|20)\d\d)(?P<{p}mc>0[1-9]|1[0-9])",
    _Y + r"(?:年度|年|度)?",
    _M + r"(?:月|[./])" + _D + r"(?:日|号)?",
    _M + r"月份?",
)
_RIGHT = (
    *_FORMS,
    _M + "-" + _D,
    r"(?P<{p}yc>(?:19|20)\d\d)?(?P<{p}mc>0[1-9]|1[0-2])(?P<{p}dc>[0-3]\d)",
    r"(?P<{p}x>\d{{1,2}})(?P<{p}u>日|号|月份?)?",
)


def _alternatives(prefix: str, forms: tuple[str, ...]) -> list[re.Pattern[str]]:
    return [re.compile(form.format(p=prefix), re.ASCII) for form in forms]


_SINGLE = _alternatives("", _FORMS)
_TO = r"\s*(?:-{1,2}|—{1,2}|–|~{1,2}|～|至|到|、|,|和|及|起至)\s*(?:次年)?"
_SPANS = [
    (re.compile(left.format(p="a") + _TO + right.format(p="b"), re.ASCII))
    for left in (*_FORMS, r"(?P<{p}m>[1-9]|1[0-2])(?=\s*(?:-|—|–|~|～|至|到|、|,|和|及)+\s*\d{{1,2}}月)")
    for right in _RIGHT
]
_STILL = r"(?:[仍现]?在(?:岗|任|职|村|驻)|现任|履职中|在任中)"
_OPEN = (
    r"\s*(?:-{{1,2}}|—{{1,2}}|–|~|～|至|到|起|开始|以来)?\s*(?:至今|迄今|今|现在|目前|长期|常年|起|开始|以来|-|—|~|～|至)"
    rf"(?:\s*[，,、（(]\s*{_STILL}[）)]?)?"
)
_OPEN_SINGLE = _alternatives("", tuple(form + _OPEN for form in _FORMS))
_HOUR = r"(?:上午|下午|中午|晚上?)?\s*\d{1,2}(?:[:：]\d{2}(?:[:：]\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分?|半|整)?)"
_CLOCK = re.compile(
    rf"(?:\s*[T ]\s*|(?<=[日号])\s*|(?<=[)）])\s*|(?<=\d)(?=[上下中晚]))(?:{_HOUR}(?:\s*[-—~～至到]+\s*{_HOUR})?)(?:\s*Z|\s*\+\d\d:\d\d)?(?!\d)|\s*(?:上午|下午|晚上|全天)$"
)
_WEEKDAY = re.compile(r"[（(]?(?:星期|周|礼拜)[一二三四五六日天][)）]?")
_TERM = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d)(?P<z>[-—–~～/至](?:19|20)?\d\d)?(?:年度?|学年度?|度)?)?第?(?P<t>秋季学期|秋季|秋|春季学期|春季|春|一学期|二学期|上学期|下学期|暑假|暑期|寒假|一季度|二季度|三季度|四季度|1季度|2季度|3季度|4季度|上半年|下半年|全年|年初|年中|年底|年末)"
)
_TERMS = {
    "一季度": (1, 3), "二季度": (4, 6), "三季度": (7, 9), "四季度": (10, 12), "1季度": (1, 3), "2季度": (4, 6), "3季度": (7, 9), "4季度": (10, 12),
    "秋季学期": (9, 0), "秋季": (9, 0), "秋": (9, 0), "一学期": (9, 0), "春季学期": (3, 0), "春季": (3, 0), "春": (3, 0), "二学期": (3, 0), "上学期": (9, 0), "下学期": (3, 0),
    "暑假": (7, 8), "暑期": (7, 8), "寒假": (1, 2), "上半年": (1, 6), "下半年": (7, 12), "全年": (1, 12), "年初": (1, 0), "年中": (6, 0), "年底": (12, 0), "年末": (12, 0),
}  # fmt: skip
_FEASTS = {"元旦": 1, "五一": 5, "劳动节": 5, "六一": 6, "儿童节": 6, "七一": 7, "八一": 8, "教师节": 9, "国庆": 10, "国庆节": 10}
_FEAST = re.compile(
    rf"(?:(?P<y>(?:19|20)\d\d)年?)?(?P<f>{'|'.join(sorted(_FEASTS, key=len, reverse=True))}|春节|元宵节?|清明节?|端午节?|中秋节?|重阳节?)(?:前夕|前后|期间|节前|前|后)?"
)
"""Feasts by the sun have a month; of those by the moon only the year is sure."""
_MONTHS = {m: n for n, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
_ENGLISH = re.compile(
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/ ]|(?P<y>(?:19|20)\d\d)[-/ ])?(?P<m>[A-Za-z]{3})[a-z]{0,6}\.?(?:[-/ ,]+(?P<e>\d{1,2})(?:st|nd|rd|th)?)??(?:[-/ ,]+(?P<z>(?:19|20)?\d\d))?",
    re.ASCII,
)
_SCHOOL_YEAR = re.compile(r"((?:19|20)\d\d)\s*[-—–~～/至]+\s*((?:19|20)?\d\d)\s*学年度?")
_PART_OF_MONTH = re.compile(
    r"(?<=月)份?(?:上旬|中旬|下旬|初|底|末|中)$|(?<=\d[./-]\d)(?:上旬|中旬|下旬)$|(?<=\d[./-]\d\d)(?:上旬|中旬|下旬)$"
)
_BEFORE = re.compile(
    r"(?:拟|应|须|预计|计划|力争|确保)*于?(.*[年月日号底末旬度半\d])[之以]?前(?:全部|基本)?(?:完成|办结|到位|销号|整改|完毕|结束)*"
)
"""A deadline: 2022年12月底前, 6月30日前完成, 拟于2023年6月底前完成整改."""
_SERIAL_DAY = re.compile(r"([3-5]\d{4})(?:\.\d+)?\s*(至今|迄今|起|以来)?", re.ASCII)
_YEAR_BESIDE = re.compile(r"(.*?[月日号\d])\s*\(\s*((?:19|20)\d\d)年?\s*\)", re.ASCII)
_BARE_DAY = re.compile(r"(0?[1-9]|1[0-2])-([0-3]?\d)", re.ASCII)
"""12-20: a day of the year that title or band tell."""
_CN_DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
_CN_DATE = re.compile(
    r"((?=\d*[〇零○Ｏ一二三四五六七八九])[〇零○Ｏ0一二三四五六七八九]{4}|[〇零○一二三四五六七八九]{2})(?=年)|([一二三四五六七八九十]{1,3})(?=[月日号])"
)


def read_date(text: str, year: int | None = None) -> Period:
    """The date or span of dates a text states, in every form of the samples: 2020.3.5, 2020年3月, 20200305, 2019-3至5月, 3月5日—8日 (`year` from the
    title or band), Excel's serial day numbers, 2015.08至今. Raises Problem `bad_date`.
    """
    found = _read_date(text, year)
    if found is None:
        hint = "（没有年份）" if year is None and re.search(r"\d", text) and not re.search(r"(?:19|20)\d\d", text) else ""
        raise Problem("bad_date", f"“{text}”不是日期{hint}，请按 2020-3-5 的样子填写", f"“{text}” is not a date; write it like 2020-3-5")
    return found


@lru_cache(maxsize=65536)
def _read_date(text: str, year: int | None) -> Period | None:
    cell = unicodedata.normalize("NFKC", text).strip().strip("'。,;；")
    by = _BEFORE.fullmatch(cell)
    if by is not None:  # 12月底前: by the last day of the month
        found = _read_date(by[1], year)
        return Period(found.final) if found is not None and by[1][-1] in "底末" else found
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", cell, re.ASCII)
    if iso is not None:
        return _single(int(iso[1]), int(iso[2]), int(iso[3]))
    serial = _SERIAL_DAY.fullmatch(cell)
    if serial is not None:
        return Period(_ZERO_DAY + timedelta(days=int(serial[1])), open=bool(serial[2]))
    beside = _YEAR_BESIDE.fullmatch(cell)
    if beside is not None:
        cell, year = beside[1], int(beside[2])
    cell = _plainer(cell, year)
    whole = _SCHOOL_YEAR.fullmatch(cell)
    if whole is not None:
        return Period(date(int(whole[1]), 9, 1), date(int(whole[1]) + 1, 8, 31), precision="month")
    term = _TERM.fullmatch(re.sub(r"(?<=季度)[初中底末]$", "", cell))
    if term is not None:
        return _term(term["t"], _year_of_term(term, year))
    feast = _FEAST.fullmatch(cell)
    if feast is not None:
        return _single(int(feast["y"]) if feast["y"] else year, _FEASTS.get(feast["f"]), None)
    cell = _PART_OF_MONTH.sub("", cell)
    found = _short(cell, year)
    if found is not None:
        return found
    for form in _SINGLE:
        match = form.fullmatch(cell)
        if match is not None:
            return _from(match, "", year)
    bare = _BARE_DAY.fullmatch(cell)
    if bare is not None and year is not None:
        return _single(year, int(bare[1]), int(bare[2]))
    for span in _SPANS:
        match = span.fullmatch(cell)
        if match is not None:
            found = _between(match, year)
            if found is not None:
                return found
    return _open_ended(cell, year) or _listed(text, year)


def _listed(text: str, year: int | None) -> Period | None:
    """Full dates told one by one (2021.3.5；2021.4.6): from the first to the last."""
    parts = [p for p in re.split(r"[;；、，,\n]", text) if p.strip()]
    if not 2 <= len(parts) <= 12 or not all(re.match(r"\s*(?:19|20)\d\d\D", p) for p in parts):
        return None
    found = [_read_date(p, year) for p in parts]
    days = [p for p in found if p is not None]
    return (
        Period(days[0].begin, days[-1].final, precision=days[0].precision)
        if len(days) == len(parts) and days[0].begin <= days[-1].final
        else None
    )


def _plainer(cell: str, year: int | None) -> str:
    """The text without what a date may carry besides: clock, weekday, a remark, words before it; months by name and Chinese numerals as digits."""
    term = re.fullmatch(r"(?:\d+|[一二两三四五六七八九十半]+)(?:年|个月)期?\s*[（(](?=.*\d)([^（()）]+)[)）]", cell)
    cell = term[1] if term is not None else cell  # 一年（2023年3月起）
    cell = _CN_DATE.sub(lambda m: str(_cn_number(m[0])), cell)
    english = _ENGLISH.fullmatch(cell)
    if english is not None and english["m"].lower() in _MONTHS:
        cell = _from_english(english, year)
    cell = _WEEKDAY.sub("", _CLOCK.sub("", cell)).strip()
    cell = re.sub(r"^(?:截[至止]|自|从|(?:拟|预计|计划)?于?)\s*(?=\d)", "", cell)
    cell = re.sub(r"\s*[（(][^()（）]*[)）]$", "", cell).rstrip(".")
    if not re.fullmatch(r"\d{4} \d{1,2} \d{1,2}", cell):
        cell = re.sub(r"(?<=[\d年月日号.\-/~—至到、,])\s+(?=[\d年月日号.\-/~—至到、,])", "", cell)
    cell = re.sub(r"^((?:19|20)\d\d)[./\-](?=\d{1,2}月)", r"\1年", cell)  # 2021.3月5日
    cell = re.sub(r"(?<=月)[./\-](?=\d{1,2}[日号]$)", "", cell)
    cell = re.sub(r"^((?:19|20)\d\d)?[年./\-]?[Qq]([1-4])$", r"\1\g<2>季度", cell)
    return _outer(cell)


def _from_english(match: re.Match[str], year: int | None) -> str:
    """5-Mar-21, Mar-2021, March 5, 2021 → the same with digits."""
    stated = match["y"] or match["z"]
    day = match["d"] or match["e"] or (match["z"] if match["y"] else None)
    if stated is None and year is None:
        return match[0]
    number = int(stated) if stated else (year or 0)
    return f"{_full_year(number)}-{_MONTHS[match['m'].lower()]}" + (f"-{day}" if day else "")


_LISTED = re.compile(r"\d{1,2}(?:[月./]\d{1,2})?[日号月]?(?:[-—~～至]\d{1,2}(?:[月./]\d{1,2})?[日号月]?)?")


def _outer(cell: str) -> str:
    """Several days told one by one: the first and the last (3月5、6、8日 → 3月5、8日); they are one entry that lasted from … to."""
    first, *others = re.split(r"[、,]", cell)
    if not others or re.fullmatch(r"(?:19|20)\d\d", first) or not all(_LISTED.fullmatch(o) for o in others):
        return cell
    left, *more = re.split(r"[-—~～至](?=\d{1,2}(?:[月./]\d{1,2})?[日号]?$)", first) if re.search(r"[月./]\d", first) else [first]
    if len(others) == 1 and not more and not re.search(r"[-—~～至]", others[0]):
        return cell
    return f"{left}、{re.split(r'[-—~～至]', others[-1])[-1]}"


def _short(cell: str, year: int | None) -> Period | None:
    """Dates with a year of two digits, or with the year last, or month and day with a hyphen, where only one reading is possible."""
    found = re.fullmatch(r"(\d\d)([./\-])(\d{1,2})\2(\d{1,2})", cell, re.ASCII)
    if found is not None:
        return _single(2000 + int(found[1]), int(found[3]), int(found[4]))
    found = re.fullmatch(r"(\d{1,2})[./\-](\d{1,2})[./\-]((?:19|20)\d\d)", cell, re.ASCII)
    if found is not None and (int(found[1]) > 12) != (int(found[2]) > 12):
        day, month = sorted((int(found[1]), int(found[2])), reverse=True)
        return _single(int(found[3]), month, day)
    found = re.fullmatch(r"(\d{1,2})-(\d\d)", cell, re.ASCII)
    if found is not None and (int(found[2]) > 12 or found[1].startswith("0")):
        return _single(year, int(found[1]), int(found[2]))
    found = re.fullmatch(r"(\d\d)\.(\d{1,2})", cell, re.ASCII)
    if found is not None and int(found[1]) > 12 and (year is None or abs(2000 + int(found[1]) - year) <= 1):
        return _single(2000 + int(found[1]), int(found[2]), None)
    return None


def _year_of_term(term: re.Match[str], year: int | None) -> int | None:
    """The calendar year of a term: the second one of 2021-2022学年第二学期."""
    if not term["y"]:
        return year
    later = term["z"] is not None and term["t"] in {"春季学期", "春季", "春", "二学期", "下学期"}
    return int(term["y"]) + later


def _open_ended(cell: str, year: int | None) -> Period | None:
    for form in _OPEN_SINGLE:
        match = form.fullmatch(cell)
        if match is not None:
            begin = _from(match, "", year)
            return None if begin is None else replace(begin, open=True)
    return None


def _cn_number(text: str) -> int:
    if "十" in text:
        tens, _, ones = text.partition("十")
        return int((tens or "一").translate(_CN_DIGITS)) * 10 + int((ones or "〇").translate(_CN_DIGITS))
    return int(text.translate(_CN_DIGITS))


def _term(word: str, year: int | None) -> Period | None:
    if year is None:
        return None
    first, last = _TERMS[word]
    begin = date(year, first, 1)
    return Period(begin, _last_of(date(year, last, 1), "month"), precision="month") if last else Period(begin, precision="month")


def _part(match: re.Match[str], prefix: str, name: str) -> int | None:
    groups = match.groupdict()
    value = groups.get(prefix + name) or groups.get(prefix + name + "c")
    return int(value) if value else None


def _full_year(year: int | None) -> int | None:
    return year if year is None or year >= 100 else 2000 + year


def _from(match: re.Match[str], prefix: str, year: int | None) -> Period | None:
    stated = _full_year(_part(match, prefix, "y"))
    return _single(stated if stated is not None else year, _part(match, prefix, "m"), _part(match, prefix, "d"))


def _single(year: int | None, month: int | None, day: int | None) -> Period | None:
    if year is None or not 1900 <= year <= 2100 or month == 0 or day == 0:  # 2023.7.00: no such day
        return None
    precision = "day" if day is not None else "month" if month is not None else "year"
    try:
        return Period(date(year, month or 1, day or 1), precision=precision)
    except ValueError:
        return None


def _between(match: re.Match[str], year: int | None) -> Period | None:
    first = _from(match, "a", year)
    if first is None:
        return None
    bare = _part(match, "b", "x")
    if bare is None:
        stated = _full_year(_part(match, "b", "y"))
        second = _single(stated if stated is not None else first.begin.year, _part(match, "b", "m"), _part(match, "b", "d"))
        rolls = stated is None
    else:
        unit = match.groupdict().get("bu") or ""
        month_wise = unit.startswith("月") or (not unit and first.precision == "month")
        if not unit and first.precision == "year":
            return None
        month, day = (bare, None) if month_wise else (first.begin.month, bare)
        second, rolls = _single(first.begin.year, month, day), False
    if second is None:
        return None
    if second.begin < first.begin and rolls and second.begin.month < first.begin.month:  # 12月28日至1月3日
        second = _single(second.begin.year + 1, second.begin.month, second.begin.day if second.precision == "day" else None)
    if second is None or second.final < first.begin:
        return None
    return Period(first.begin, second.final, precision=first.precision)


def _last_of(day: date, precision: str) -> date:
    if precision == "year":
        return date(day.year, 12, 31)
    if precision == "month":
        return date(day.year, day.month, monthrange(day.year, day.month)[1])
    return day

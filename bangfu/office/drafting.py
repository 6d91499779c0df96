"""Last year's report → this year's: every number the ledger knows is asked again for the new period and said in the same wording.

Layout, fonts and all other text stay as they are. Each replaced number is a live field inside a bookmark with a comment that shows old, new
and source; what the ledger does not know is highlighted for a person. The period's own words (2019年, 2015—2019年) move with it, or the
sentences would speak of the old one; days of single events do not, and are highlighted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from django.utils import timezone

from bangfu import claims, quantities
from bangfu.catalogue import Figure
from bangfu.claims.around import dateline
from bangfu.claims.binding import Binder, SliceWords, days
from bangfu.claims.consistency import Read
from bangfu.claims.gazetteer import Gazetteer
from bangfu.claims.verdicts import Ask, Verdict, judge
from bangfu.claims.verify import read_claims, without_names
from bangfu.ledger.models import Programme
from bangfu.office.books import Books
from bangfu.office.checking import asker, corrections, gazetteer
from bangfu.office.documents import Document
from bangfu.office.documents.editor import Editor, cell_text
from bangfu.quantities import Hedge, Quantity, Unreadable, plain, write

Period = tuple[date, date]
"""Half-open."""

UNBOUND, DOUBTFUL, NO_NUMBER = "yellow", "cyan", "magenta"
"""Highlights: nothing bound · replaced, but last year's number did not agree with the ledger · bound, but nothing recorded in
the new period; or last time it was said that nothing is recorded."""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one number: `new` is None where it was left for a person, `why` says it in Chinese and English."""

    old: str
    new: str | None
    figure: Figure | None
    value: Decimal | None
    entries: int
    why: tuple[str, str]
    highlight: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The new document and what was done in it, number by number."""

    content: bytes
    lines: tuple[Line, ...]
    mark: int

    @property
    def left(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.new is None)


@dataclass(frozen=True, slots=True)
class _Edit:
    """`text[start:end]` becomes `new` (None: stays); `live` numbers become fields; `note` is the comment, none where empty."""

    start: int
    end: int
    new: str | None
    highlight: str | None = None
    note: tuple[str, ...] = ()
    live: bool = False


def draft(programme: Programme, content: bytes, name: str, old: Period, new: Period, mark: int | None = None) -> Draft:
    """The new period's report from the last one's Word file. `old` and `new` are half-open periods of the same kind (two years).

    Raises DocumentRefused for a file that is no docx.
    """
    editor = Editor.open(content, name, timezone.now())
    document = editor.document
    books = Books(programme, mark)
    names = gazetteer(programme)
    reading = without_names(claims.read(document.text), names)
    written = dateline(reading.text)
    binder = Binder(books.catalogue, names, corrections(programme))
    reads = read_claims(reading, binder, written + timedelta(days=1) if written is not None else None)
    ask = asker(books)
    lines: list[Line] = []
    edits: list[_Edit] = []
    for read, claim in zip(reads, reading.claims, strict=True):
        there = _in_file(document, *claim.span)
        if there is None:
            continue
        line = _renewed(read, ask, old, new, document.text[there[1] : claim.span[1]])
        lines.append(line)
        note = (line.why[0],) if line.new is None else (f"{line.old} → {line.new}", f"{line.why[0]}；台账第 {books.mark} 号")
        edits.append(_Edit(*there, line.new, line.highlight, note, live=line.new is not None))
    taken = [(e.start, e.end) for e in edits]
    edits += [e for e in _period_words(document.text, old, new, written) if not any(s < e.end and e.start < t for s, t in taken)]
    edits += [_Edit(*m.span(1), str(books.mark)) for m in _MARK.finditer(document.text)]
    edits += [_Edit(*m.span(), None, NO_NUMBER, (ABSENT,)) for m in _ABSENT.finditer(document.text)]
    _write(editor, edits)
    _sources(editor, books, names, old, new)
    return Draft(editor.save(), tuple(lines), books.mark)


def _in_file(document: Document, start: int, end: int) -> tuple[int, int] | None:
    """The part of a span that stands in the file itself: a cell's number without the unit that its column's heading says."""
    pieces = document.within(start, end)
    if not pieces:
        return None
    return max(start, pieces[0].start), min(end, pieces[-1].end)


def _write(editor: Editor, edits: list[_Edit]) -> None:
    properties: list[tuple[str, str]] = []
    for number, edit in enumerate(sorted(edits, key=lambda e: -e.start)):
        runs = editor.runs(edit.start, edit.end)
        if not runs:
            continue
        if edit.new is not None:
            runs = [editor.replace(runs, edit.new)]
        if edit.highlight is not None:
            editor.highlight(runs, edit.highlight)
        if edit.note:
            editor.comment(runs, edit.note)
        if edit.live and edit.new is not None:
            key = f"bangfu_{len(edits) - number:04d}"
            properties.append((key, edit.new))
            editor.field(runs[0], f"DOCPROPERTY {key}", key)
    if properties:
        editor.property_part(list(reversed(properties)))


def _sources(editor: Editor, books: Books, names: Gazetteer, old: Period, new: Period) -> None:
    """Renew the table of sources of a report that Bangfu wrote: for when and where, value, entries and mark of each line."""
    figures = {f.label.zh: f for f in books.catalogue.figures.values()}
    ask = asker(books)
    for row in editor.rows_headed("口径", "台账笔数", "记账号"):
        said = [cell_text(c) for c in row]
        figure = figures.get(said[1]) if len(row) == _SOURCE_COLUMNS else None
        if figure is None:
            continue
        period = said[3].partition(" · ")[0]
        places = tuple(n.id for m in names.mentions(said[3], len(period)) if m.what == "place" for n in m.named)
        asked = moved(SliceWords(*_days(period), places), old, new)
        value = ask(figure.code, asked)
        shown = "—" if value.value is None else write(value.value, figure.unit)
        for cell, text in zip(row[3:], (_said_anew(said[3], old, new), shown, str(value.entries), str(books.mark)), strict=True):
            editor.set_cell(cell, text)


_SOURCE_COLUMNS = 7
_ABSENT = re.compile(r"(?:本期|本年|当年|暂)?无(?:台账|相关)?记录|No record in this period")
ABSENT = "上期这里没有记录；本期有没有，请人工核对补写"
"""What a sentence that says that nothing was recorded is asked in the next report: it carries no number that could be renewed."""

_MARK = re.compile(r"台账截至第(\d+)号记账")


def _days(words: str) -> Period | tuple[date | None, date | None]:
    """The half-open days of a period as a report names it: 2019年 · 2015—2020年 · 2019年1月1日至2019年6月30日."""
    found = [tuple(int(n) for n in re.findall(r"\d+", w)) for w in re.split("[至—]", words)]
    if not found[0]:
        return None, None
    first, last = found[0], found[-1]
    return days("-".join(map(str, first)))[0], days("-".join(map(str, last)))[1]


def _said_anew(words: str, old: Period, new: Period) -> str:
    shift = new[0].year - old[0].year
    last = (old[1] - timedelta(days=1)).year
    return re.sub(r"(?:19|20)\d\d", lambda m: str(int(m[0]) + shift) if old[0].year <= int(m[0]) <= last else m[0], words)


def _renewed(read: Read, ask: Ask, old: Period, new: Period, told: str) -> Line:
    """The new wording of one number, or why there is none. `told` is the unit that stands elsewhere than at the number (a column's heading)."""
    figure, quantity, quote = read.binding.figure, read.claim.quantity, read.quote.removesuffix(told)
    if figure is None or not quantity.readable or read.binding.change:
        why = ("台账里没有对应的指标，请人工填写", "No figure of the ledger speaks of this: fill it in")
        return Line(quote, None, figure, None, 0, why, UNBOUND)
    before = judge(quantity, read.binding, ask)
    value = ask(figure.code, moved(before.asked, old, new))
    if value.value is None:
        why = (f"新时段没有“{figure.label.zh}”的记录，请人工核实", f"Nothing is recorded of “{figure.label.en}” in the new period")
        return Line(quote, None, figure, None, 0, why, NO_NUMBER)
    each = quantities.factor(figure.unit, quantity.unit)
    if each is None and {figure.unit, quantity.unit} == {"person", "person-time"}:
        why = (f"台账记的是{quantities.unit(figure.unit).zh}，与文中单位不同，请人工核实", "The ledger counts in another unit")
        return Line(quote, None, figure, value.value, value.entries, why, UNBOUND)
    number = value.value * (each or 1)
    text = in_column(quote, number, told) if told else like(quote, quantity, number)
    why = (f"来源：{figure.label.zh}，{value.entries} 条记录", f"Source: {figure.label.en}, {value.entries} entries")
    if not value.entries:
        why = (
            f"新时段没有“{figure.label.zh}”的记录，写作 0，请核实或删去",
            f"Nothing is recorded of “{figure.label.en}” in the new period: 0; check or strike",
        )
        return Line(quote, text, figure, number, 0, why, NO_NUMBER)
    if before.verdict is not Verdict.supported:
        why = (f"{why[0]}；上期文中的数与台账不合，请核对这里说的是否是这个指标", f"{why[1]}; last time the text and the ledger disagreed")
        return Line(quote, text, figure, number, value.entries, why, DOUBTFUL)
    return Line(quote, text, figure, number, value.entries, why)


def moved(asked: SliceWords, old: Period, new: Period) -> SliceWords:
    """The slice of the new period that corresponds to one of the old: the period itself, a total up to its end, or as many days earlier."""
    begin, end = asked.begin, asked.end
    years = new[0].year - old[0].year
    if begin == old[0] and (end is None or end >= old[1]):
        return replace(asked, begin=new[0], end=new[1])
    if begin is None or begin < old[0]:
        if end is None or end >= old[1]:
            return replace(asked, end=new[1])
        return replace(asked, begin=_later(begin, years), end=_later(end, years))
    return replace(asked, begin=_later(begin, years), end=_later(end, years) or new[1])


def _later(day: date | None, years: int) -> date | None:
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


# ── the same wording ──

_NUMERAL = re.compile(r"[\d０-９][\d０-９,，.．]*|[零〇一二两三四五六七八九十百千]+|半")
_CHINESE = re.compile("[零〇一二两三四五六七八九十百千]+")
_INNER = re.compile("[余多来几]?[十百千万亿]*[余多来]?")
_TRAILING = ("左右", "上下", "以上", "及以上", "以下", "及以下", "以内", "之内", "开外")


def like(quote: str, old: Quantity, value: Decimal) -> str:
    """`value` said as `quote` was: the same hedge word, measure word, 万 or digits, Arabic or Chinese numerals. What is written always admits it."""
    measure, chinese = _form(quote)
    for text in _candidates(quote, old, value, measure, chinese=chinese):
        if _admits(text, old.unit, value):
            return text
    return write(value, old.unit, measure=measure)


def in_column(quote: str, value: Decimal, told: str) -> str:
    """A cell's number in the unit of its column (万元): exact, with at least the decimals it had, its thousands parted if they were."""
    shown = value / (quantities.numeral_scale(told[0]) if told[0] in "万亿" else 1)
    places = max(len(quote.partition(".")[2]), 2)
    rounded = shown.quantize(Decimal(1).scaleb(-places))
    text = plain(rounded)
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if "," in quote else text


def _candidates(quote: str, old: Quantity, value: Decimal, measure: str, *, chinese: bool) -> Iterator[str]:
    style = "auto" if "万" in quote or "亿" in quote or old.unit == "CNY" else "digits"
    if old.hedge is Hedge.range and old.low is not None and old.high is not None:
        width = old.high - old.low
        low = (value / width).to_integral_value(ROUND_FLOOR) * width
        first, second = (_digits(quote, write(n, old.unit, measure="", style=style)) for n in (low, low + width))
        joint = re.search("[-—–－~～至到]+", quote)
        yield f"{first}{joint[0] if joint else '-'}{second}{measure}"
        return
    if old.word and old.word in quote:  # 至少安置10户: the hedge stands apart and stays
        text = write(value, old.unit, word=old.word, measure=measure, style=style)
        yield _in_chinese(text) if chinese else text
    text = write(value, old.unit, measure=measure, style=style)
    yield _in_chinese(text) if chinese else text


def _digits(quote: str, text: str) -> str:
    """Thousands parted by commas where the quote had them."""
    if re.search(r"\d,\d{3}", quote) and text.isdecimal():
        return f"{int(text):,}"
    return text


def _form(quote: str) -> tuple[str, bool]:
    """The measure word after the number as written («人次», «个», «元»), and whether its numeral is Chinese."""
    found = [m for m in _NUMERAL.finditer(quote) if m[0].strip(",，.．")]
    if not found:
        return "", False
    last = found[-1]
    rest = quote[last.end() :]
    inner = _INNER.match(rest)
    rest = rest[inner.end() :] if inner is not None else rest
    for word in _TRAILING:
        rest = rest.removesuffix(word)
    return rest.strip(), _CHINESE.fullmatch(last[0]) is not None


def _admits(text: str, unit: str, value: Decimal) -> bool:
    found = claims.read(text).claims
    if len(found) == 1 and found[0].quantity.readable:
        return found[0].quantity.admits(value)
    try:
        return quantities.read(text, unit, spoken=True).admits(value)
    except Unreadable:
        return False


_ONES = "零一二三四五六七八九"


def _in_chinese(text: str) -> str:
    return re.sub(r"\d+", lambda m: numeral(int(m[0])) if len(m[0]) < 5 else m[0], text)


def numeral(number: int) -> str:
    """0–9999 in Chinese numerals as running text has them: 12 → 十二, 105 → 一百零五."""
    if number < 10:
        return _ONES[number]
    out, gap = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, scale)
        if digit:
            out += ("零" if gap and out else "") + ("" if digit == 1 and name == "十" and not out else _ONES[digit]) + name
            gap = False
        else:
            gap = True
        if not number:
            break
    return out


# ── the period's own words ──

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s*年(?!\s*\d{1,2}\s*月))")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)(\s*年?\s*[-—–－~～至到]+\s*)((?:19|20)\d\d)(?=\s*年(?!\s*\d{1,2}\s*月))")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?")


def _period_words(text: str, old: Period, new: Period, written: date | None) -> Iterator[_Edit]:
    """Years of the old period, to be said of the new; the signature's day, to be today's; days of events, to be looked at."""
    years = new[0].year - old[0].year
    last = (old[1] - timedelta(days=1)).year
    spans: list[tuple[int, int]] = []
    for found in _YEARS.finditer(text):
        if int(found[3]) == last:
            spans.append(found.span())
            yield _Edit(*found.span(3), str(last + years))
            if int(found[1]) == old[0].year and old[0].year != last:
                yield _Edit(*found.span(1), str(old[0].year + years))
    for found in _YEAR.finditer(text):
        year = int(found[1])
        since = re.match(r"\s*年\s*(?:\d{1,2}月\s*)?(?:以来|起|开始)", text[found.end() : found.end() + 10])
        if old[0].year - 1 <= year <= last and since is None and not any(s <= found.start() < e for s, e in spans):
            yield _Edit(*found.span(1), str(year + years))
    today = timezone.localdate()
    for found in _DAY.finditer(text):
        day = dateline(found[0])
        if written is not None and day == written:
            yield _Edit(*found.span(), f"{today.year}年{today.month}月{today.day}日")
        elif old[0].year <= int(found[1]) <= last:
            yield _Edit(*found.span(), None, UNBOUND, ("这里写的是上期的日期，请核对是否仍适用",))

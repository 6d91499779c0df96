"""A table → sentences a reader of claims understands: «2019年培训基层干部60人次».

A cell says its number alone; what it is about stands in its row's label and its column's heading, and its unit in the heading, in a
column of units or above the table. `lay` says those words before and after the cell, as words of ours that lead nowhere; only the cell's
own text leads back to the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bangfu import quantities
from bangfu.claims import tables as sums
from bangfu.claims.measures import measures
from bangfu.claims.tables import Table
from bangfu.office.documents.shapes import Builder, Where

_YEAR = re.compile(r"(?:(?:19|20)\d\d年?度?|[本上去今]年度?|第?[一二三四1-4]季度|\d{1,2}月份?)")
_FOUR = re.compile(r"(?:19|20)\d\d")
_GROWN = re.compile("(?:同比|较上年|比上年)(?:增长|增减|增加|增幅)?|增长率?$|增幅")
_SPAN = re.compile(r"(?:19|20)\d\d—(?:19|20)\d\d年")
_DATE = re.compile(r"(?:19|20)\d\d\s*[年./-]\s*\d{1,2}(?:\s*[月./-]\s*\d{0,2})?日?.{0,6}")
_CODE = re.compile("序号|编号|号码|电话|手机|文号|票号|凭证|账号|身份证|学号|邮编|日期|时间|年份|年度|备注|说明")
_IN_BRACKETS = re.compile(r"[（(【\[]\s*(?:单位\s*[:：]\s*)?([^（）()【】\[\]:：]{1,8})[）)】\]]")
_CAPTION_UNIT = re.compile(r"单位\s*[:：]\s*([^\s，,；;。）)]{1,8})")
_NOTHING = frozenset({"—", "——", "-", "--", "/", "无"})
_ALL = frozenset({"合计", "总计", "小计", "累计", "全部", "Total"})
_COUNTS = re.compile("(?:数|数量|人次)$")  # 受益户数 are not in the 万元 that stand above the table
_LONGEST_UNIT = 6
_LONGEST_CAPTION = 60
_FILLED_IN = re.compile("[^，,。；;]{1,12}[:：]")
_ONLY_SOME = re.compile("主要|部分|节选|续表|接上[表页]|摘[录要]|典型|重点")
_PROSE = 40


@dataclass(slots=True)
class Cell:
    """One cell: its pieces as (text, position, end of position, where, handle); position None where the source is the text itself.

    `merged` cells continue the one above or to the left: their text counts as a heading and is not read again.
    """

    pieces: list[tuple[str, int | None, int | None, Where, Any]] = field(default_factory=list)
    merged: bool = False

    @property
    def text(self) -> str:
        return "".join(p[0] for p in self.pieces)

    @property
    def word(self) -> str:
        return "".join(self.text.split())


def lay(grid: Sequence[Sequence[Cell]], out: Builder) -> None:
    """Write the table into `out`, a row a line. Its unit may be said above it («单位：万元»)."""
    above = out.above()
    said = _CAPTION_UNIT.search(above) if len(above) <= _LONGEST_CAPTION else None
    unit = _unit_of(said[1]) if said is not None else ""
    out.line()
    width = max((len(r) for r in grid), default=0)
    rows = [[*row, *(Cell() for _ in range(width - len(row)))] for row in grid]
    while rows and _is_title([c.word for c in rows[0] if c.word]):
        title = rows.pop(0)
        above += "".join(c.word for c in title if not c.merged)
        unit = next((u for c in title if (m := _CAPTION_UNIT.search(c.word)) and (u := _unit_of(m[1]))), unit)
        _line([c for c in title if not c.merged], out)
    if _is_ours(rows):
        return
    head = 0
    while head < len(rows) and not any(is_number(c.word) for c in rows[head]) and any(c.word for c in rows[head]):
        head += 1
    if head == 0 or head >= len(rows) or width < 2:
        _plain(rows, out)
        return
    for row in rows[:head]:
        _header(row, out)
    headings = [_heading([row[i].word for row in rows[:head]]) for i in range(width)]
    body = rows[head:]
    units = _unit_column(headings, body)
    years = next((i for i in range(width) if _are_years([r[i].word for r in body])), None)
    labels = [i for i in range(width) if i not in {units, years} and _is_label(headings[i], [r[i].word for r in body])]
    headings = _over_the_years(headings)
    laid = []
    for row in body:
        own_unit, year = ("" if i is None else row[i].word for i in (units, years))
        if years is not None and not _YEAR.fullmatch(year):
            year = _all_years([r[years].word for r in body]) or year
        laid.append(_row(row, headings, labels, own_unit, unit, out, slices=units is not None, year=year))
    out.tables.append(
        Table(
            tuple(_tiers([row[i] for row in rows[:head]]) for i in range(width)),
            tuple(laid),
            tuple(labels),
            whole=_ONLY_SOME.search(above) is None,
        )
    )


_OURS = (frozenset({"口径", "台账笔数"}), frozenset({"Caliber", "Entries"}), frozenset({"原文", "结论", "台账数"}))
"""Headings of a report's table of sources and of a list of verdicts: they speak of the text's numbers and are no claims of their own."""


def _is_ours(rows: Sequence[Sequence[Cell]]) -> bool:
    return bool(rows) and any(words <= {c.word for c in rows[0]} for words in _OURS)


def _is_title(words: list[str]) -> bool:
    """Whether a row stands above the headings: one title over all columns, or who filled the table in, when, in which unit («单位：元»)."""
    return not any(is_number(w) for w in words) and (len(set(words)) <= 1 or all(_FILLED_IN.match(w) or _DATE.fullmatch(w) for w in words))


def _tiers(cells: Sequence[Cell]) -> tuple[str, ...]:
    """The headings over a column from the outermost, each without its unit; a heading that spans several rows once."""
    return tuple(dict.fromkeys(bare for c in cells if (bare := _without_unit(c.word))))


def _without_unit(heading: str) -> str:
    return _IN_BRACKETS.sub(lambda m: "" if _unit_of(m[1]) else m[0], heading)


def _heading(words: list[str]) -> str:
    return "".join(dict.fromkeys(w for w in words if w))


def _are_years(words: list[str]) -> bool:
    """Whether a column says for which year each row is (2018年, 2019年, 合计)."""
    said = [w for w in words if w and w not in _ALL and w not in _NOTHING]
    return len(said) > 1 and all(_YEAR.fullmatch(w) for w in said)


def _over_the_years(headings: list[str]) -> list[str]:
    """A total beside columns of years speaks of all of these: «合计» behind 2018年 and 2019年 is that of 2018—2019年."""
    years = _all_years(headings)
    return [years if years and _IN_BRACKETS.sub("", h) in _ALL - {"累计"} else h for h in headings]


def _all_years(words: list[str]) -> str:
    """From the first to the last of the years among these words (2018—2019年); "" where there are not several."""
    years = sorted({found[0] for w in words if _YEAR.fullmatch(w) and (found := _FOUR.match(w))})
    return f"{years[0]}—{years[-1]}年" if len(years) > 1 else ""


def _unit_column(headings: list[str], body: list[list[Cell]]) -> int | None:
    """The column that gives each row's unit: headed 单位 and full of unit words (元, 人次, 个), not of names of departments."""
    for i, heading in enumerate(headings):
        words = [r[i].word for r in body if r[i].word]
        if (
            ("单位" in heading or heading == "Unit")
            and words
            and max(map(len, words)) <= _LONGEST_UNIT
            and 2 * sum(bool(_unit_of(w)) for w in words) >= len(words)
        ):
            return i
    return None


def _unit_of(word: str) -> str:
    """The word, if a number may stand before it as its unit (万元, 人次); "" otherwise."""
    bare = re.sub("^[十百]?[万亿]|^千", "", word)
    return word if bare in quantities.UNIT_WORDS or bare in measures().measures or word in {"%", "万", "亿"} else ""


def _is_label(heading: str, words: list[str]) -> bool:
    said = [w for w in words if w and w not in _NOTHING]
    return (
        not _YEAR.fullmatch(heading)
        and heading not in _ALL
        and not _CODE.search(heading)
        and bool(said)
        and sum(not is_number(w) for w in said) * 2 > len(said)
    )


def _row(
    row: list[Cell], headings: list[str], labels: list[int], own_unit: str, unit: str, out: Builder, *, slices: bool, year: str
) -> tuple[sums.Cell, ...]:
    """A row's numbers, a sentence each; what is read of every cell is given back.

    `own_unit` is what the row's own column of units says, `unit` what is said for the whole table, `year` what its column of years says. With `slices` the headings say for when or
    where (2019年, 甲村, 合计), else what (培训人次).
    """
    numbers = [i for i in range(len(row)) if i not in labels and row[i].word and not row[i].merged and not _CODE.search(headings[i])]
    numbers = [i for i in numbers if is_number(row[i].word)]
    spans: dict[int, tuple[int, int]] = {}
    told: dict[int, quantities.Quantity] = {}
    first = True
    for i in numbers:
        own = _bracketed([headings[i]])
        name = _IN_BRACKETS.sub("", headings[i]) if own else headings[i]
        if _GROWN.match(name) and (compared := _all_years(headings)):
            out.say(compared[-len("2019年") :])  # growth is that of the last of the years beside it
        if _YEAR.fullmatch(year) or _SPAN.fullmatch(year):
            out.say(year if year[-1] in "年度月季份" else year + "年")
        if _YEAR.fullmatch(name) or _SPAN.fullmatch(name):
            out.say(name if name[-1] in "年度月季份" else name + "年")
            name = ""
        elif slices:
            out.say("" if name in _ALL else name)
            name = ""
        for at in labels:
            if first and not row[at].merged:
                spans[at] = _pieces(row[at], out)
            else:
                out.say(row[at].word)
        out.say(name)
        spans[i] = _pieces(row[i], out)
        said = [row[at].word for at in labels]
        counted = next((_unit_in(word) for word in (name, *reversed(said)) if _COUNTS.search(word)), "")
        its = own or _bracketed(said) or own_unit or counted or unit or _unit_in(name)
        if not _has_unit(row[i].word):
            out.say(its)
        told[i] = _quantity(row[i].word, its)
        out.say("。")
        first = False
    if first and any(row[i].word for i in labels):
        for at in labels:
            if not row[at].merged and row[at].word:
                spans[at] = _pieces(row[at], out)
                out.say("，")
    out.line()
    for i, cell in enumerate(row):
        if i not in labels and i not in numbers and len(cell.word) > _PROSE and not cell.merged:
            _line([cell], out)
    return tuple(sums.Cell(cell.word, told.get(i), spans.get(i), cell.merged) for i, cell in enumerate(row))


def _quantity(word: str, unit: str) -> quantities.Quantity:
    """What a cell states, in the unit that is said elsewhere where it has none of its own. A cell that `_is_number` is never unreadable."""
    alone = quantities.read(word, spoken=True)
    if alone.unit != "other" or unit in {"", "万", "亿"}:
        return alone
    code = unit if unit in quantities.UNIT_WORDS or unit not in measures().measures else measures().measures[unit][0]
    try:
        return quantities.read(word, code, spoken=True)
    except (quantities.Unreadable, KeyError):  # 万只: no unit that a column has
        return alone


def _bracketed(words: list[str]) -> str:
    """The unit in brackets after a heading or label: 金额（万元）."""
    return next((u for w in words for m in _IN_BRACKETS.finditer(w) if (u := _unit_of(m[1]))), "")


def _unit_in(name: str) -> str:
    """A heading that ends in what it counts: 培训人次, 受益户数; a place's name does not (德麦巴村)."""
    bare = name.removesuffix("数量").removesuffix("数")
    sizes = (2, 1) if bare != name else (2,)
    return next((bare[-n:] for n in sizes if len(bare) >= n and bare[-n:] in quantities.UNIT_WORDS), "")


def is_number(word: str) -> bool:
    """Whether a cell of these words states a number: no year, no date, no account number."""
    if not word or len(word) > 24 or _YEAR.fullmatch(word) or _DATE.fullmatch(word) or (word.isdecimal() and len(word) > 12):
        return False
    try:
        quantities.read(word, spoken=True)
    except quantities.Unreadable:
        return False
    return True


def _has_unit(word: str) -> bool:
    return quantities.read(word, spoken=True).unit != "other"


def _header(cells: list[Cell], out: Builder) -> None:
    """The headings on a line of their own: they are text of the file, though each number says its own again."""
    out.line()
    for cell in cells:
        if not cell.merged:
            _pieces(cell, out)
            out.say("\t")
    out.line()


def _pieces(cell: Cell, out: Builder) -> tuple[int, int]:
    """Write the cell's own text; where it stands now."""
    start = out.length
    for text, at, until, where, handle in cell.pieces:
        if text.strip():
            out.add(text.replace("\n", " "), where, at, until, handle)
    return start, out.length


def _line(cells: list[Cell], out: Builder) -> None:
    out.line()
    for cell in cells:
        for text, at, until, where, handle in cell.pieces:
            out.add(text, where, at, until, handle)
    out.line()


def _plain(rows: list[list[Cell]], out: Builder) -> None:
    """A table without headings: a cell a line."""
    for row in rows:
        for cell in row:
            if not cell.merged and cell.word:
                _line([cell], out)

"""任务分解表: targets as an office writes them — a list, indicators by departments or departments by indicators — read from any workbook.

One rule for all layouts: a column is known by its head (a role, or the name of a figure, a unit or a place), and a number's figure and unit come from
its row and from its column's head. What cannot be read is a problem at its cell, never a guess; what was not looked at is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from bangfu import claims
from bangfu.catalogue import Figure, Label
from bangfu.catalogue.reading import Problem, is_blank, norm, read_date, read_number
from bangfu.ledger import catalogue
from bangfu.ledger.models import Party, Place, Programme
from bangfu.office.intake.reading import Sheet, place_of, read_book
from bangfu.office.targets import Key, Wish
from bangfu.quantities import Unreadable, read, unit

MOST_ROWS = 3000
HEAD_WITHIN = 20
"""The head stands in one of the first rows."""

ROLES: Mapping[str, tuple[str, ...]] = {
    role: tuple(words.split())
    for role, words in {
        "year": "年度 年份 年 year",
        "figure": "指标 指标名称 任务 任务指标 任务名称 工作任务 目标任务 考核指标 考核内容 项目 内容 figure indicator",
        "unit": "部门 责任部门 责任单位 承担部门 承担单位 牵头部门 牵头单位 部门名称 单位名称 任务单位 unit",
        "place": "地点 帮扶村 帮扶县 村 县 村名 帮扶点 place",
        "value": "目标 目标值 目标数 年度目标 年度任务 任务数 任务量 任务目标 计划 计划数 计划值 指标值 分解目标 全年 全年目标 全年任务 "
        "本年目标 本年任务 今年目标 目标要求 工作目标 任务要求 目标内容 量化目标 具体目标 购买任务 任务金额 任务额 分配任务 target",
        "measure": "计量单位 单位 measure",
        "due": "完成时限 时限 完成时间 截止日期 截止时间 due",
    }.items()
}
PASSED_OVER = frozenset(
    {"序号", "编号", "no.", "完成", "完成数", "完成情况", "实际", "实际完成", "完成率", "完成率(%)"}
    | {"时序进度", "时序进度(%)", "还差", "进度", "状态", "指标代码"}
)
"""Heads of columns that say nothing of a target: an export of ours holds them, and it can be read back."""

WHOLE = ("全单位", "全校", "全院", "全公司", "合计", "总计", "总目标", "总任务", "总数", "小计", "whole", "total")
"""Who the programme itself is called in such a table."""

_ASIDE = re.compile(r"[（(]([^（()）]*)[)）]$")
_YEAR = re.compile(r"((?:19|20)\d\d)")
_BEFORE = re.compile(r"((?:19|20)\d\d)年?度?\s*")
_MEASURED_IN = re.compile(r"(?:计量)?单位[:：]\s*(\S+)")


@dataclass(slots=True)
class Tasks:
    """What a file wants: targets, all that is wrong, and the heads of columns that were not read."""

    wishes: list[Wish] = field(default_factory=list)
    problems: list[Label] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


class Who(NamedTuple):
    """A unit, a place, or (neither) the programme as a whole."""

    unit: int | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is: a role, or what its head names. `scale` and `year` are the unit and the year written in the head."""

    at: int
    role: str = ""
    figure: Figure | None = None
    who: Who | None = None
    scale: str = ""
    year: int | None = None


class Names:
    """How figures, units and places of a programme are called; a name that two share names none."""

    def __init__(self, programme: Programme) -> None:
        self.figures: dict[str, set[str]] = {}
        known = [f for f in catalogue().figures.values() if not f.part]
        for words in (lambda f: (f.label.zh, f.label.en, f.code), lambda f: tuple(s.replace("{n}", "") for s in f.says), lambda f: f.cues):
            found: dict[str, set[str]] = {}
            for figure in known:
                for word in words(figure):
                    found.setdefault(norm(word), set()).add(figure.code)
            self.figures = found | self.figures  # a label goes before a phrase, a phrase before a cue
        self.who: dict[str, set[Who]] = {}
        helper = programme.helper
        for word in (*WHOLE, helper.name, *helper.variants):
            self.who[norm(word)] = {Who()}
        for pk, name, variants in (
            Party.objects.filter(path__startswith=helper.path).exclude(pk=helper.pk).values_list("pk", "name", "variants")
        ):
            self._call(Who(unit=pk), name, variants)
        above = {int(step) for path in programme.places.values_list("path", flat=True) for step in path.strip("/").split("/")}
        for pk, name, variants in Place.objects.filter(pk__in=above).values_list("pk", "name", "variants"):
            self._call(Who(place=pk), name, variants)

    def _call(self, who: Who, name: str, variants: Iterable[str]) -> None:
        for word in {norm(w) for w in (name, *variants)}:
            if self.who.get(word) != {Who()}:
                self.who.setdefault(word, set()).add(who)

    def figure(self, text: str) -> Figure:
        """The figure of that name. Raises Problem."""
        found = self.figures.get(norm(text), set())
        if len(found) == 1:
            return catalogue().figures[next(iter(found))]
        if found:
            codes = "、".join(sorted(found))
            raise Problem(
                "ambiguous", f"“{text}”可指几个指标（{codes}），请写代码", f"{text!r} may be several figures ({codes}): write the code"
            )
        if not text:
            raise Problem("missing", "没有写指标", "no figure is named")
        near = [self.figures[word] for word in get_close_matches(norm(text), self.figures, n=6, cutoff=0.6)]
        labels = [catalogue().figures[code].label for code in dict.fromkeys(c for some in near for c in sorted(some))][:3]
        zh, en = ("、".join(f"“{one.zh}”" for one in labels), ", ".join(one.en for one in labels))
        raise Problem(
            "unknown",
            f"没有指标“{text}”，" + (f"是不是{zh}？" if labels else "名称或代码见指标页"),
            f"there is no figure {text!r}" + (f"; near it: {en}" if labels else ": the page of figures has their names and codes"),
        )

    def someone(self, text: str) -> Who:
        """The unit or place of that name, or the whole. Raises Problem."""
        found = self.who.get(norm(text), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Problem("ambiguous", f"叫“{text}”的不止一个，请写全称", f"more than one is called {text!r}: write the full name")
        zh = f"没有部门或地点“{text}”；几个部门共担的，请拆成几行"
        raise Problem("unknown", zh, f"there is no unit or place {text!r}; split what several share into rows")


def read_tasks(path: Path, programme: Programme, *, name: str = "", year: int | None = None, figure: str = "") -> Tasks:
    """The targets that a workbook holds. Raises intake.cells.Refused.

    `year` is taken where neither a column nor a title names one, `figure` (a code or a name) for a table that is about one figure alone and
    does not name it.
    """
    book = read_book(path, name=name, head=MOST_ROWS + 1)
    names, found, tables = Names(programme), Tasks(), 0
    try:
        usual = Usual(year, figure=names.figure(figure) if figure else None)
    except Problem as problem:
        return Tasks(problems=[Label(problem.zh, problem.en)])
    for sheet in book.sheets:
        columns, head = _head(sheet, names, alone=usual.figure is not None)
        if head >= 0 and not sheet.hidden:
            tables += 1
            if len(sheet.rows) > MOST_ROWS:
                zh, en = f"“{sheet.name}”超过 {MOST_ROWS} 行，请拆开", f"{sheet.name} has more than {MOST_ROWS} rows: split it"
                found.problems.append(Label(zh, en))
            _table(sheet, head, columns, names, found, usual)
    if not tables:
        zh = "没有找到任务表：表头应有“指标”和“目标”，或以部门、地点、指标名作列名；整张表只说一个指标的，请选定它"
        found.problems.append(
            Label(
                zh,
                "No table of targets: its head should name figure and target, or be made of units, places or figures; choose the figure of a table about one",
            )
        )
    return found


def listed(programme: Programme, rows: Iterable[Mapping[str, Any]]) -> Tasks:
    """Targets from plain values ({figure, year, unit, place, value, due}; units and places by name or id), as JSON brings them; `value` None withdraws."""
    names, found = Names(programme), Tasks()
    for number, row in enumerate(rows, 1):
        where = f"[{number}]"
        try:
            figure, who = names.figure(str(row.get("figure") or "")), Who()
            for word in ("unit", "place"):
                given = row.get(word)
                if isinstance(given, int):
                    who = who._replace(**{word: given})
                elif given:
                    one = names.someone(str(given))
                    who = Who(who.unit or one.unit, who.place or one.place)
            value = row.get("value")
            number_ = None if value is None or value == "" else read_number(str(value), figure.unit)
            due = row.get("due")
            day = read_date(str(due), None).final if due else None
            year = int(str(row.get("year")))
        except Problem as problem:
            found.problems.append(_at(where, problem))
        except ValueError:
            found.problems.append(Label(f"{where}：年度“{row.get('year')}”不对", f"{where}: {row.get('year')!r} is not a year"))
        else:
            found.wishes.append(Wish(Key(figure.code, year, *who), number_, day, where))
    return found


# --- a table


def _head(sheet: Sheet, names: Names, *, alone: bool) -> tuple[list[Column], int]:
    """The columns of the row that looks most like a head, and which row it is; -1 where none is one. A head may stand in two rows."""
    best: tuple[list[Column], int] = ([], -1)
    merged = _merged(sheet)
    for at, row in enumerate(sheet.rows[:HEAD_WITHIN]):
        above = [merged.get((at - 1, i)) or (sheet.cell(at - 1, i) if at else "") for i in range(len(row))]
        columns = [_column(i, merged.get((at, i)) or text, above[i], names) for i, text in enumerate(row)]
        numbers = any(c.role == "value" or c.figure or c.who is not None for c in columns)
        said = any(c.role == "figure" or c.figure for c in columns) or (alone and any(c.role in {"unit", "place"} for c in columns))
        if numbers and said and sum(map(_means, columns)) > sum(map(_means, best[0])):
            best = columns, at
    return best


def _merged(sheet: Sheet) -> dict[tuple[int, int], str]:
    """What a merged cell says, for every cell that it covers."""
    return {
        (row, column): sheet.cell(first, left)
        for first, left, last, right in sheet.merges
        for row in range(first, last + 1)
        for column in range(left, right + 1)
    }


def _means(column: Column) -> bool:
    return bool(column.role or column.figure or column.who is not None)


def _column(at: int, text: str, above: str, names: Names) -> Column:
    """A column by its head; a year before the head's word (2020年目标), or alone in the cell above it, is that of its numbers."""
    word = text.strip()
    if is_blank(word):
        return Column(at)
    own, over = _BEFORE.match(word), set(_YEAR.findall(above))
    year = int(own[1]) if own else int(over.pop()) if len(over) == 1 else None
    forms = [(word, "")]
    if own and word[own.end() :]:
        forms.append((word[own.end() :], ""))
    forms += [(form[: aside.start()], aside[1]) for form, _ in forms if (aside := _ASIDE.search(form))]
    for bare, inside in forms:
        plain = norm(bare)
        scale = inside.removeprefix("单位：").removeprefix("单位:").strip()
        if plain in PASSED_OVER:
            return Column(at, "passed")
        role = next((role for role, words in ROLES.items() if plain in words), "")
        if role:
            return Column(at, role, scale=scale, year=year)
        if len(names.who.get(plain, ())) == 1:
            return Column(at, who=names.someone(bare), scale=scale, year=year)
        if len(names.figures.get(plain, ())) == 1:
            return Column(at, figure=names.figure(bare), scale=scale, year=year)
    return Column(at)


class Usual(NamedTuple):
    """What holds for a table where neither row nor column says it: the year, the unit of money, and the figure that a person named."""

    year: int | None = None
    measure: str = ""
    figure: Figure | None = None


def _table(sheet: Sheet, head: int, columns: list[Column], names: Names, found: Tasks, usual: Usual) -> None:
    titles = " ".join(cell for row in sheet.rows[:head] for cell in row) + " " + sheet.name
    named = set(_YEAR.findall(titles))
    money = _MEASURED_IN.search(" ".join(cell for row in sheet.rows[:head] for cell in row))
    usual = usual._replace(year=int(named.pop()) if len(named) == 1 else usual.year, measure=money[1] if money else "")
    merged = _merged(sheet)
    columns = [_settled(sheet, head, c, names) for c in columns]
    read_columns = [c for c in columns if c.role == "value" or c.figure or c.who is not None]
    unread = {}
    for at in range(head + 1, len(sheet.rows)):
        row = _Row(sheet, at, columns, merged)
        numbers = [c for c in read_columns if not is_blank(sheet.cell(at, c.at))]
        if not numbers or row.is_foot():
            continue
        for column in columns:
            if not _means(column) and not is_blank(sheet.cell(at, column.at)):
                unread[column.at] = sheet.cell(head, column.at) or place_of(head, column.at)
        for column in numbers:
            where = f"{sheet.name}!{place_of(at, column.at)}"
            try:
                found.wishes.append(_wish(row, column, names, usual, where))
            except Problem as problem:
                found.problems.append(_at(where, problem))
    found.unread += [f"{sheet.name}：{word}" for word in unread.values()]


def _settled(sheet: Sheet, head: int, column: Column, names: Names) -> Column:
    """“单位” may be a department or a measure: the cells below say which."""
    below = (sheet.cell(at, column.at) for at in range(head + 1, len(sheet.rows)))
    first = next((text for text in below if not is_blank(text)), "")
    return Column(column.at, "unit") if column.role == "measure" and norm(first) in names.who else column


class _Row:
    """A line of the table, cell by role; a merged cell speaks for all it covers."""

    def __init__(self, sheet: Sheet, at: int, columns: list[Column], merged: Mapping[tuple[int, int], str]) -> None:
        self.sheet, self.at = sheet, at
        self.texts: dict[str, str] = {}
        for column in columns:
            text = merged.get((at, column.at)) or sheet.cell(at, column.at)
            if column.role and not is_blank(text):
                self.texts.setdefault(column.role, text.strip())

    def is_foot(self) -> bool:
        """A line of totals where figures stand in the rows: figures do not add up to one."""
        return norm(self.texts.get("figure", "")) in {"合计", "总计", "小计", "total"}


def _wish(row: _Row, column: Column, names: Names, usual: Usual, where: str) -> Wish:
    """Raises Problem."""
    figure = column.figure or usual.figure or names.figure(row.texts.get("figure", ""))
    who = column.who or Who()
    for word in ("unit", "place"):
        if word in row.texts:
            one = names.someone(row.texts[word])
            who = Who(who.unit or one.unit, who.place or one.place)
    of = _year(row.texts["year"]) if "year" in row.texts else column.year or usual.year
    if of is None:
        raise Problem("missing", "没有年度：请加“年度”一列，或在标题里写明", "no year: add a column for it, or name it in the title")
    scale = _measure(figure, (row.texts.get("measure", ""), column.scale, usual.measure))
    text = row.sheet.cell(row.at, column.at)
    value = _number(figure, text, scale)
    if figure.unit == "CNY" and not scale and "元" not in text:
        zh = "金额没写单位：请在列名后注明（元）或（万元）"
        raise Problem("no_unit", zh, "money without a unit: write (元) or (万元) behind the column's head")
    return Wish(Key(figure.code, of, *who), value, _due(row.texts.get("due"), of), where)


def _year(text: str) -> int:
    found = _YEAR.search(text)
    if not found:
        raise Problem("bad_date", f"“{text}”不是年度，请写四位年份", f"{text!r} is not a year: write its four digits")
    return int(found[1])


def _due(text: str | None, year: int) -> date | None:
    """The deadline of a cell (12月底前); the year's last day says nothing more than the year, nor does 长期. Raises Problem."""
    if not text:
        return None
    try:
        day = read_date(_UNTIL.sub("", text), year).final
    except Problem:
        if not any(c.isdigit() for c in text):
            return None
        raise
    return None if (day.month, day.day) == (12, 31) and day.year == year else day


_UNTIL = re.compile(r"(?:之|以)?前(?:完成)?$|\s*完成$")
_AT_LEAST = re.compile(r"^\s*(?:[≥≧>＞]\s*=?|不低于|至少)\s*")


def _number(figure: Figure, text: str, scale: str) -> Decimal:
    """The target that a cell states: a number, or a sentence with exactly one quantity in the figure's unit (投入资金不少于35万元). Raises Problem."""
    try:
        return read_number(_AT_LEAST.sub("", text), figure.unit, scale)
    except Problem:
        heads = {"person", "person-time"}
        fitting = heads if figure.unit in heads else {figure.unit}
        said = [c.quantity for c in claims.read(text).claims if c.quantity.unit in fitting]
        exact = [q.low for q in said if q.low is not None and q.low == q.high]
        if len(exact) != 1 or len(said) != 1:
            raise
        return exact[0]


def _measure(figure: Figure, written: Iterable[str]) -> str:
    """The first unit written for a number (row, head, title) that measures what the figure does; "" where none was. Raises Problem."""
    for words in written:
        for word in re.split(r"[、,，/;；\s]+", words):
            if not word:
                continue
            is_money = _is_money(word)
            if is_money == (figure.unit == "CNY"):
                return word
            if words is word and is_money:
                zh = f"“{figure.label.zh}”不按{word}计，请核对计量单位"
                raise Problem("wrong_unit", zh, f"{figure.label.en} is not counted in {word}: check the unit")
    return ""


def _is_money(word: str) -> bool:
    try:
        return read("1", word).unit == "CNY"
    except (KeyError, Unreadable):
        return False


def _at(where: str, problem: Problem) -> Label:
    return Label(f"{where}：{problem.zh}", f"{where}: {problem.en}")


# --- written back


def sheet_rows(programme: Programme, targets: Iterable[tuple[Key, Decimal, date | None]]) -> Iterator[list[Any]]:
    """Targets as rows that `read_tasks` reads back: year, figure, unit, place, target, measure, deadline. Money in 万元."""
    known = catalogue().figures
    targets = list(targets)
    units = dict(Party.objects.filter(pk__in={k.unit for k, _, _ in targets if k.unit}).values_list("pk", "name"))
    places = dict(Place.objects.filter(pk__in={k.place for k, _, _ in targets if k.place}).values_list("pk", "name"))
    for key, value, due in targets:
        amount, word = in_sheet(known[key.figure], value)
        who = units.get(key.unit or 0, "") if key.unit or key.place else programme.helper.name
        yield [str(key.year), known[key.figure].label.zh, who, places.get(key.place or 0, ""), amount, word, due.isoformat() if due else ""]


HEAD = ("年度", "指标", "责任部门", "地点", "目标", "计量单位", "完成时限")


def in_sheet(figure: Figure, value: Decimal) -> tuple[Decimal, str]:
    """A target as a table writes it: money in 万元, all else in the figure's unit."""
    return (value / 10_000, "万元") if figure.unit == "CNY" else (value, unit(figure.unit).zh)

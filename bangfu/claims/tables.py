"""Tables of a text: whether what is said to be their total (合计, 小计) is the sum of their rows or columns.

A table is given as cells that were read already (`office/documents` does). A total is held against its parts only where every part can be
read, all are counted in one unit, and adding them up makes sense; what rounding explains is no contradiction. Where a table can be read in
more than one way (group headings, subtotals, «其中»), one reading that adds up is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import takewhile

from bangfu.claims.consistency import Contradiction, Read
from bangfu.claims.shares import IN_A_TABLE, OF_A_GROUP, OF_AN_EVENT, Limit
from bangfu.quantities import Quantity, plain, unit

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table's body: its words without spaces, the number it states (None: none that can be read), and where it stands in the text.

    `merged` cells continue the one above or to the left and count once, there.
    """

    word: str
    quantity: Quantity | None = None
    span: tuple[int, int] | None = None
    merged: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing is stated here: empty, a dash, or counted already in the cell that this one continues."""
        return self.merged or not self.word or self.word in NOTHING


@dataclass(frozen=True, slots=True)
class Table:
    """`heads[i]` are the words over column i, from the outermost to the innermost; every row has a cell for each column.

    `labels` are the columns that say what a row is about. `whole` is False for a table that shows only some of what its total counts («主要项目»,
    «续表»).
    """

    heads: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    labels: tuple[int, ...]
    whole: bool = True

    def heading(self, column: int) -> str:
        return "".join(dict.fromkeys(self.heads[column]))

    def label(self, row: int, column: int | None = None) -> str:
        """What a row is about, for the number in `column` by the words to the left of it."""
        before = [i for i in self.labels if column is None or i < column] or self.labels
        return "".join(dict.fromkeys(c.word for c in (self.rows[row][i] for i in before) if c.word))[:_LONGEST_NAME]


class Role(StrEnum):
    """What a row or column is: an item, the total of items, or something that is not added (其中, 平均, 上年)."""

    item = "item"
    group = "group"  # 小计, 云山县合计: of some rows
    total = "total"
    aside = "aside"


NOTHING = frozenset({"—", "——", "－", "-", "--", "/", "／", "\\", "无", "…", "……"})
_SUM = re.compile(
    r"(?:(?P<of>[^：:（(]{0,16}?)(?P<word>合计|总计|共计|小计)(?:数|金额|资金|人数|人次|户数)?|计|总和|总数)[：:]?(?:[（(【\[][^）)】\]]*[）)】\]])?"
)
_SUM_OF = re.compile("[省市州县区乡镇村年月度部系处院页组类批校]$|项目|金额|资金|费用|全部|以上|总")
_SUM_EN = re.compile(r"(?i)(?:sub-?)?total")
_ASIDE = re.compile(
    "(?:其中|平均|人均|户均|村均|均价|均值|同比|环比|较上年|比上年|上年|去年|上期|备注|说明|注[：:]|累计|本年累计|截至).*|.{0,8}(?:目标|目标值|任务数?|计划数|指标数|完成率|进度|占比|比例|比重|增幅|增减|余额|结余|结存|率)"
)
_NO_SUM = re.compile(
    "均|[率比]$|[率比][（(]|占比|比例|[%％]|[单价]价|标准|排名|名次|得分|序号|编号|年限|年龄|岁|海拔|期限|面积比|最[高低多少大小]|满意度"
)
_SHARED = re.compile("受益|覆盖|涉及|惠及|带动|辐射|村数|县数|乡镇数|不重复|去重")
_STOCK = re.compile("现有|在岗|在册|在职|在校|年末|期末|年底|结存|存栏|总人口|常住|户籍")
_OVERLAP = re.compile("女|党员|少数民族|残疾|大专|本科|青年|老[人年]|妇女|儿童|学生")
_WHEN = re.compile("^(?:活动|培训|举办|开展|拨付|采购|购买|捐赠|慰问|走访|服务|义诊|到账|支付|发生)?(?:日期|时间)(?:[（(].*)?$")
_YEAR = re.compile(r"(?:(?:19|20)\d\d|[本上去今前]年?|第?[一二三四1-4上下]半?(?:季度?|年)|\d{1,2}月)(?:年|年度|度|份)?")
_LEVELS = (
    re.compile(r"[一二三四五六七八九十]{1,3}(?:[、.．]|$)"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]"),
    re.compile(r"\d{1,3}(?:[、.．](?!\d)|$)"),
    re.compile(r"[（(]\d{1,3}[)）]|\d{1,3}[)）]|[①-⑳]|\d{1,2}\.\d"),
)
_PLACES = frozenset({"village", "town", "county"})
_MOST_TERMS = 12
_LONGEST_NAME = 14


def sums(table: Table) -> Iterator[tuple[tuple[tuple[int, int], ...], str, str]]:
    """Every total of the table that is not what its parts make: the spans of the cells (the total first), and why in both languages."""
    if table.whole:
        yield from _downwards(table)
        yield from _across(table)


def contradictions(tables: Sequence[Table], spans: Sequence[tuple[int, int]]) -> list[Contradiction]:
    """As `sums`, over all tables of a text, for claims that stand at `spans` of it (in order)."""
    at = {start: i for i, (start, _) in enumerate(spans)}
    found = []
    for table in tables:
        for cells, zh, en in sums(table):
            claims = (i for start, end in cells for place in range(start, end) if (i := at.get(place)) is not None)
            found.append(Contradiction(tuple(dict.fromkeys(claims)), "table_sum", zh, en, cells))
    return found


# ── what a number in a table speaks of ──


def parts(reads: Sequence[Read], tables: Sequence[Table]) -> list[Read]:
    """The claims of a text, those in its tables known for shares where they are: several rows of one figure for one slice cannot each be all of it, and a
    subtotal is not the total.
    """
    at = {read.claim.span[0]: read for read in reads}
    limits: dict[int, Limit] = {}
    within: dict[int, int] = {}
    for number, table in enumerate(tables):
        roles = _roles(table)
        events = any(_WHEN.search(table.heading(i)) for i in range(len(table.heads)))
        alike: dict[object, list[tuple[Read, bool]]] = {}
        for row, what in zip(table.rows, roles, strict=True):
            for column, cell in enumerate(row):
                read = next((at[i] for i in range(*(cell.span or (0, 0))) if i in at), None) if cell.quantity is not None else None
                if read is None:
                    continue
                within[read.index] = number
                if read.binding.figure is None:
                    continue
                if events and what is Role.item:
                    limits[read.index] = OF_AN_EVENT
                asked = read.asked
                if what is Role.group and not (asked.places or asked.units or asked.project):
                    limits[read.index] = OF_A_GROUP
                key = read.binding.figure.code, asked, read.claim.per, read.claim.quantity.unit, read.binding.change, read.binding.aim
                total = what is Role.total and (len(_siblings(table, column)) > 1 or Role.total not in _column_roles(table))
                alike.setdefault(key, []).append((read, total))
        for told in alike.values():
            if len(told) > 1:
                limits |= {read.index: limits.get(read.index, IN_A_TABLE) for read, total in told if not total}
    return [
        replace(r, table=within.get(r.index), binding=replace(r.binding, limit=limits[r.index]) if r.index in limits else r.binding)
        for r in reads
    ]


def _column_roles(table: Table) -> list[Role | None]:
    return [_column_role(table, i) for i in range(len(table.heads)) if i not in table.labels]


# ── rows under one another ──


def role(word: str) -> Role | None:
    """What a label or heading says of its row or column; None where it says nothing of the kind."""
    if _ASIDE.fullmatch(word):
        return Role.aside
    found = _SUM.fullmatch(word)
    if found is not None:
        if found["of"] and found["word"] != "小计" and not _SUM_OF.search(found["of"]):
            return Role.aside  # 收入合计: of what is income among these rows
        return Role.group if found["word"] == "小计" or found["of"] else Role.total
    if _SUM_EN.fullmatch(word):
        return Role.group if word.lower().startswith("sub") else Role.total
    return None


def _roles(table: Table) -> list[Role]:
    roles = []
    for row in table.rows:
        named = list(takewhile(lambda c: c.quantity is None, row))
        told = [r for c in named if c.word and (r := role(c.word)) is not None]
        roles.append(next((r for r in told if r is not Role.aside), told[0] if told else Role.item))
    totals = [i for i, r in enumerate(roles) if r is Role.total]
    # Of several 合计 the last (or, at the head of the table, the first) is the total of all, the others of their group.
    for i in totals:
        if i != (0 if totals[0] == 0 else totals[-1]):
            roles[i] = Role.group
    ends = [i for i, r in enumerate(roles) if r is Role.group]
    if not totals and len(ends) > 1 and ends[-1] == ends[-2] + 1 == len(roles) - 1:
        roles[-1] = Role.total  # «云山县小计» … «全省合计»
    return roles


@dataclass(frozen=True, slots=True)
class _Term:
    """A part of a sum: what it is called and its cell."""

    name: str
    cell: Cell


def _downwards(table: Table) -> Iterator[tuple[tuple[tuple[int, int], ...], str, str]]:
    roles = _roles(table)
    for at, what in enumerate(roles):
        if what not in {Role.total, Role.group}:
            continue
        found: list[tuple[str, _Term, tuple[_Term, ...]]] = []
        agreed = 0
        for column in range(len(table.heads)):
            total = table.rows[at][column]
            if column in table.labels or total.quantity is None or total.merged or not _adds(table.heading(column), total.quantity):
                continue
            readings = [r for rows in _readings(table, roles, at, column) if (r := _terms(table, rows, column))]
            if not readings or any(not _comparable(total, r) for r in readings):
                continue
            step = _step([r[column].quantity for r in table.rows], total.quantity.unit)
            if any(_meets(total.quantity, r, step, table.heading(column)) for r in readings):
                agreed += 1
            elif len(readings[0]) > 1:
                found.append((table.heading(column), _Term(table.label(at, column) or "合计", total), readings[0]))
        if not agreed and len(found) > 1 and all(_number(t.cell) > _total(parts) for _, t, parts in found):
            continue  # every column falls short: the table does not show all that is counted
        for heading, total_term, parts in found:
            yield _told(heading, total_term, parts)


def _readings(table: Table, roles: Sequence[Role], at: int, column: int) -> Iterator[list[int]]:
    """The rows that the total in row `at` may be the sum of, likeliest first; none where the table does not tell."""
    items = [i for i, r in enumerate(roles) if r is Role.item]
    ends = [i for i, r in enumerate(roles) if r in {Role.group, Role.total}]
    if roles[at] is Role.group:
        above = [i for i in items if max((e for e in ends if e < at), default=-1) < i < at]
        below = [i for i in items if at < i < min((e for e in ends if e > at), default=len(roles))]
        first = next((i for i, r in enumerate(roles) if r in {Role.item, Role.group}), at)
        yield _without_sublevels(table, above if roles[first] is Role.item else below, column)
        return
    span = range(at + 1, len(roles)) if at == 0 else range(at)
    inside = [i for i in items if i in span]
    groups = [i for i in ends if i in span and roles[i] is Role.group]
    outer = _without_sublevels(table, inside, column)
    # An item that an «其中» follows or that stands in a group of its own may be told twice: any reading that fits will do.
    if groups:
        yield groups + _beyond(groups, inside, down=roles[next(i for i in span if roles[i] in {Role.item, Role.group})] is Role.group)
    yield outer
    yield inside
    yield [i for i in span if roles[i] in {Role.item, Role.aside}]


def _beyond(groups: Sequence[int], items: Sequence[int], *, down: bool) -> list[int]:
    """The items that stand in no group: behind the last subtotal, or before the first where each heads its group."""
    return [i for i in items if i < groups[0]] if down else [i for i in items if i > groups[-1]]


def _without_sublevels(table: Table, rows: Sequence[int], column: int) -> list[int]:
    """The outermost numbered rows (一、 over 1. 2.) where rows are numbered in levels; those without a number of their own by what stands below."""
    levels = {i: level for i in rows if (level := _level(table, i)) is not None}
    if len(levels) < len(rows) or len(set(levels.values())) < 2:
        return list(rows)
    top = min(levels.values())
    kept: list[int] = []
    open_ = False
    for i in rows:
        if levels[i] == top:
            open_ = table.rows[i][column].blank
            if not open_:
                kept.append(i)
        elif open_:
            kept.append(i)
    return kept


def _level(table: Table, row: int) -> int | None:
    for cell in table.rows[row]:
        if cell.word and not cell.merged:
            return next((n for n, mark in enumerate(_LEVELS) if mark.match(cell.word)), None)
    return None


def _terms(table: Table, rows: Sequence[int], column: int) -> tuple[_Term, ...] | None:
    """The numbers of a column in these rows; None where one cannot be read."""
    cells = [(i, table.rows[i][column]) for i in rows]
    if any(c.quantity is None and not c.blank for _, c in cells):
        return None
    return tuple(_Term(table.label(i, column), c) for i, c in cells if not c.blank)


# ── columns beside one another ──


def _across(table: Table) -> Iterator[tuple[tuple[tuple[int, int], ...], str, str]]:
    width = len(table.heads)
    rows = [i for i, r in enumerate(_roles(table)) if r is not Role.aside]
    for column in range(width):
        if column in table.labels or _column_role(table, column) not in {Role.total, Role.group}:
            continue
        beside = _siblings(table, column)
        if len(beside) < 2:
            continue
        years = all(_YEAR.fullmatch(table.heads[i][-1]) for i in beside)
        named = not years and len(table.heads[column]) == 1 and _names(table, beside)
        found: list[tuple[str, _Term, tuple[_Term, ...]]] = []
        agreed = 0
        for row in rows:
            total = table.rows[row][column]
            label = table.label(row)
            if total.quantity is None or total.merged or not _adds(label, total.quantity) or (years and _STOCK.search(label)):
                continue
            cells = [(i, table.rows[row][i]) for i in beside]
            if any(c.quantity is None and not c.blank for _, c in cells):
                continue
            parts = tuple(_Term(table.heads[i][-1], c) for i, c in cells if not c.blank)
            if len(parts) < 2 or not _comparable(total, parts):
                continue
            step = _step([c.quantity for c in table.rows[row]], total.quantity.unit)
            some = tuple(p for p in parts if not _OVERLAP.search(p.name))  # 女, 党员 are people of the others; 学生 may be a donor too
            words = "覆盖" if years else label + table.heading(column)
            if any(_meets(total.quantity, reading, step, words) for reading in (parts, some)):
                agreed += 1
            elif named and _number(total) > _total(parts):
                continue  # places or units that are not shown may have the rest
            else:
                found.append((label, _Term(table.heads[column][-1], total), parts))
        # Where hardly a row adds up, these columns are not the parts of that one.
        if found and (agreed >= len(found) or (len(found) == 1 and (years or named))):
            for label, total_term, parts in found:
                yield _told(label, total_term, parts)


def _column_role(table: Table, column: int) -> Role | None:
    return role(table.heads[column][-1]) if table.heads[column] else None


def _siblings(table: Table, column: int) -> list[int]:
    """The columns a total may be the sum of: those under the same heading, else those between it and the total before it (or, at the head, behind it)."""
    over = table.heads[column][:-1]
    columns = [i for i in range(len(table.heads)) if i != column and i not in table.labels and table.heads[i]]
    columns = [i for i in columns if any(r[i].quantity is not None for r in table.rows)]
    if over:
        columns = [i for i in columns if table.heads[i][:-1] == over]
    what = _column_role(table, column)
    others = [i for i in columns if _column_role(table, i) in {Role.total, Role.group}]
    parts = [i for i in columns if i not in others and _column_role(table, i) is not Role.aside and not _NO_SUM.search(table.heading(i))]
    groups = [i for i in others if _column_role(table, i) is Role.group]
    if what is Role.total and groups:
        return groups
    before = [i for i in parts if max((o for o in others if o < column), default=-1) < i < column]
    return before or [i for i in parts if column < i < min((o for o in others if o > column), default=len(table.heads))]


def _names(table: Table, columns: Sequence[int]) -> bool:
    """Whether these columns are headed by names (甲村, 乙村) and not by what is measured in them."""
    return not any(re.search("[数金额元次价量积资款算]", table.heads[i][-1]) for i in columns)


# ── adding up ──


def _adds(words: str, quantity: Quantity) -> bool:
    """Whether numbers under these words can be added: not shares, averages, prices."""
    return quantity.unit != "percent" and _NO_SUM.search(words) is None


def _comparable(total: Cell, parts: Sequence[_Term]) -> bool:
    return total.quantity is not None and all(p.cell.quantity is not None and p.cell.quantity.unit == total.quantity.unit for p in parts)


def _meets(total: Quantity, parts: Sequence[_Term], step: Decimal, words: str) -> bool:
    """Whether the parts may make the total, by what each number admits and by what rounding to `step` leaves.

    People, households and places can stand in several rows and count once in the total; then it may be less than the sum.
    """
    quantities = [p.cell.quantity for p in parts if p.cell.quantity is not None]
    slack = total.step / 2 + step * min(Decimal(len(parts) + 1) / 2, Decimal(len(parts) + 1).sqrt())
    low: Decimal | None = ZERO
    high: Decimal | None = ZERO
    for one in quantities:
        a, b = _ends(one)
        low, high = low + a if low is not None and a is not None else None, high + b if high is not None and b is not None else None
    first, last = _ends(total)
    too_much = low is not None and last is not None and low - slack > last
    too_little = high is not None and first is not None and high + slack < first
    shared = total.unit in _PLACES or (total.unit not in _MEASURED - {"other"} and _SHARED.search(words) is not None)
    return not too_little and (not too_much or shared)


def _ends(quantity: Quantity) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most a cell states: the number itself, or what its hedge admits."""
    if not quantity.word and quantity.low is not None:
        return quantity.low, quantity.high
    bounds = quantity.bounds()
    return bounds.low, bounds.high


_MEASURED = frozenset({"CNY", "mu", "km", "metre", "kg", "hour", "other"})


def _step(quantities: Sequence[Quantity | None], of: str) -> Decimal:
    """To what a column's numbers are rounded: the worth of the last place of the finest of them. People and sessions are counted and not rounded."""
    beside = [q for q in quantities if q is not None and q.unit == of]
    if of not in _MEASURED:
        return max((q.step for q in beside), default=ZERO)
    rounded = [q.step for q in beside if q.step]
    finest = min(rounded) if rounded and not any(_finer(q, min(rounded)) for q in beside) else Decimal(1)
    return ZERO if finest * unit(of).parts <= 1 else finest


def _finer(quantity: Quantity, step: Decimal) -> bool:
    """Whether a number that is not rounded says more than `step` does (2500 in a column of 万)."""
    return not quantity.step and quantity.low is not None and quantity.low % step != 0


def _number(cell: Cell) -> Decimal:
    return (cell.quantity.low or ZERO) if cell.quantity is not None else ZERO


def _total(parts: Sequence[_Term]) -> Decimal:
    return sum((_number(p.cell) for p in parts), ZERO)


def _told(of: str, total: _Term, parts: Sequence[_Term]) -> tuple[tuple[tuple[int, int], ...], str, str]:
    """The spans, and the working: «表中“金额”的“合计”写42.6，而甲村 12.5 + 乙村 30 = 42.5»."""
    scale = next(
        (s for s in (Decimal(10_000), Decimal(1)) if _number(total.cell) == 0 or all(_written(p.cell, s) for p in (total, *parts))),
        Decimal(1),
    )
    shown = [f"{p.name} {plain(_number(p.cell) / scale)}" for p in parts]
    working = " + ".join(shown if len(shown) <= _MOST_TERMS else [*shown[: _MOST_TERMS - 1], f"…（共 {len(shown)} 项）"])
    summed, difference = plain(_total(parts) / scale), plain((_number(total.cell) - _total(parts)) / scale)
    zh = f"表中“{of}”的“{total.name}”写“{total.cell.word}”，而{working} = {summed}，相差 {difference}"
    en = f"In the table “{total.name}” of “{of}” is “{total.cell.word}”, but {working} = {summed}, a difference of {difference}"
    spans = tuple(s for t in (total, *parts) if (s := t.cell.span) is not None)
    return spans, zh, en


def _written(cell: Cell, scale: Decimal) -> bool:
    """Whether the cell's digits are its number in this scale (42.6 in a column of 万元)."""
    digits = re.search(r"\d[\d,，]*(?:\.\d+)?", cell.word)
    return digits is not None and Decimal(re.sub("[,，]", "", digits[0])) * scale == _number(cell)

"""A sheet of texts → its tables and cards: where headers stand, what belongs to which table, and which lines are no entries.

Nothing here knows what a table is about; only the shapes that clerks give to tables (domain.md 2, samples/README.md): title lines, header blocks of one
to three levels, tables under and beside each other, forms («cards»), group rows and year bands, subtotals and totals anywhere, notes and signatures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bangfu.catalogue.reading import norm
from bangfu.office.intake.reading import Sheet
from bangfu.office.intake.words import (
    SERIAL,
    Vocabulary,
    heading,
    is_figure,
    is_note,
    is_signature,
    is_title_info,
    is_total,
    is_void,
    told_place,
    told_time,
)

Cells = list[tuple[int, str]]  # the filled cells of a row: (column, text)

DATA, TOTAL, HEADER, NOTE, BLANK = "data", "total", "header", "note", "blank"


@dataclass(slots=True)
class Column:
    """One column of a table: its position in the sheet, and its header from the top level to the leaf."""

    index: int
    path: tuple[str, ...]
    bare: bool = False  # headed by a period alone: `path` tells but money or a number

    @property
    def leaf(self) -> str:
        return self.path[-1] if self.path else ""

    @property
    def title(self) -> str:
        """The header as one text: 资金来源/捐赠/教职工."""
        return "/".join(" ".join(p.split()) for p in self.path)


@dataclass(slots=True)
class Line:
    """One row of a table: what sort of line it is, and the bands (group rows) it stands under, the nearest last."""

    row: int
    sort: str
    bands: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """A table of a sheet. `titles` are the lines that stand above it, the general ones first; `lines` its rows below the header."""

    sheet: Sheet
    top: int
    body: int
    left: int
    right: int
    columns: list[Column]
    titles: tuple[str, ...]
    lines: list[Line] = field(default_factory=list)
    own_titles: tuple[str, ...] = ()  # of the titles those that belong to this table alone
    period: str = ""  # that stands over the columns `measured`, where the table is one of several (across.py)
    measured: frozenset[int] = frozenset()
    aside: frozenset[int] = frozenset()  # columns that only divide what another column says


@dataclass(slots=True)
class Card:
    """A form: labels with their values beside them. `cells` maps the place of each label to (label, place of the value, value)."""

    sheet: Sheet
    titles: tuple[str, ...]
    cells: list[tuple[str, tuple[int, int], str]]
    rows: tuple[int, ...] = ()


@dataclass(slots=True)
class Layout:
    """What a sheet holds. `skipped` says of every line that is no entry why: total, header, note or blank."""

    sheet: Sheet
    tables: list[Table] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()


class Grid:
    """A sheet's cells with its merges: `raw` is what is written in a cell, `spread` what a merged cell shows there."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.rows = sheet.rows
        self.origin: dict[tuple[int, int], tuple[int, int]] = {}
        self.spans: dict[tuple[int, int], tuple[int, int]] = {}
        for top, left, bottom, right in sheet.merges:
            if (bottom - top + 1) * (right - left + 1) > 20_000 or top >= len(self.rows):
                continue
            self.spans[top, left] = (bottom, right)
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    self.origin[row, column] = (top, left)
        self.width = max((len(r) for r in self.rows), default=0)
        self.filled: list[Cells] = [[(c, t) for c, t in enumerate(r) if t] for r in self.rows]

    def raw(self, row: int, column: int) -> str:
        line = self.rows[row]
        return line[column] if column < len(line) else ""

    def spread(self, row: int, column: int) -> str:
        text = self.raw(row, column)
        if text:
            return text
        place = self.origin.get((row, column))
        return self.raw(*place) if place is not None else ""

    def within(self, row: int, left: int, right: int) -> Cells:
        return [(c, t) for c, t in self.filled[row] if left <= c <= right]

    def reach(self, row: int, column: int) -> tuple[int, int]:
        """The last row and column that the cell's merge covers (the cell itself where it is not merged)."""
        return self.spans.get((row, column), (row, column))


def layout(sheet: Sheet, words: Vocabulary, knows: Callable[[str], bool] | None = None) -> Layout:
    """Take a sheet apart. `knows` tells the names of places and departments (as `norm` gives them), which may stand over columns."""
    found = Layout(sheet)
    grid = Grid(sheet)
    for row, cells in enumerate(grid.filled):
        found.skipped[row] = NOTE if cells else BLANK
    titles: dict[int, str] = {}
    strips = _strips(grid, words)
    for left, right in strips:
        _Strip(grid, words, left, right, alone=len(strips) == 1, knows=knows).read(found, titles)
    data = {line.row for table in found.tables for line in table.lines if line.sort == DATA} | {
        r for card in found.cards for r in card.rows
    }
    ranks = {TOTAL: 0, HEADER: 1, NOTE: 2, BLANK: 3}
    said: dict[int, str] = {}
    for table in found.tables:
        for line in table.lines:
            if line.sort != DATA and line.row not in data:
                said[line.row] = min(said.get(line.row, BLANK), line.sort, key=ranks.__getitem__)
        for row in range(table.top, table.body):
            said[row] = min(said.get(row, HEADER), HEADER, key=ranks.__getitem__)
    for row, why in said.items():
        if why == BLANK and grid.filled[row] and row in titles:
            why = titles[row]  # noqa: PLW2901
        found.skipped[row] = why
    for row, why in titles.items():
        if row not in said:
            found.skipped[row] = why
    for row in data:
        found.skipped.pop(row, None)
    return found


# ── tables beside each other ─────────────────────────────────────────────────────────────────────────────────────────


def _strips(grid: Grid, words: Vocabulary) -> list[tuple[int, int]]:
    """The column ranges of tables that stand side by side; one range where there is only one."""
    whole = [(0, max(grid.width - 1, 0))]
    if grid.width < 4:
        return whole
    used: Counter[int] = Counter()
    full = 0
    for row, cells in enumerate(grid.filled):
        if len(cells) < 3 or _is_signature_row(cells):
            continue
        full += 1
        for column, _ in cells:
            last = grid.reach(row, column)[1]
            used.update(range(column, last + 1))
    for (row, column), (top, left) in grid.origin.items():
        if top != row and left == column and grid.raw(top, left) and len(grid.filled[top]) >= 3:
            used[column] += 1
    groups: list[tuple[int, int]] = []
    start: int | None = None
    for column in range(grid.width + 1):
        if column < grid.width and used[column]:
            start = column if start is None else start
        elif start is not None:
            groups.append((start, column - 1))
            start = None
    groups = _repeats(grid, words, groups)
    if len(groups) < 2:
        return whole
    strips = [groups[0]]
    for group in groups[1:]:
        if _own_table(grid, words, strips[0], group):
            strips.append(group)
        else:
            strips[-1] = (strips[-1][0], group[1])
    if len(strips) == 1:
        return whole
    strips[0] = (0, strips[0][1])
    strips[-1] = (strips[-1][0], grid.width - 1)
    return strips


def _repeats(grid: Grid, words: Vocabulary, groups: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut a group where its header begins anew without a gap: 序号 … 序号 …, or the same words once more."""
    out: list[tuple[int, int]] = []
    for left, right in groups:
        cuts: set[int] = set()
        for row in range(min(len(grid.rows), 60)):
            cells = grid.within(row, left, right)
            if len(cells) < 4 or any(is_figure(t) for _, t in cells):
                continue
            texts = [norm(t) for _, t in cells]
            period = _period_of(texts)
            serials = [c for c, t in cells if norm(t) in SERIAL - {"批次"}]
            if len(serials) > 1 and serials[0] == cells[0][0] and sum(words.known(t) for _, t in cells) >= 4:
                cuts.update(serials[1:])
                break
            above = grid.within(row - 1, left, right)[:1] if row > 0 else []
            # leaves under groups, beside columns of all
            grouped = any(c < cells[0][0] for c, _ in above) or any(grid.spread(row, c) for c in range(left, cells[0][0]))
            if period == 2:  # 姓名, 金额, 姓名, 金额: of names, not of groups of numbers
                below = grid.within(row + 1, left, right) if row + 1 < len(grid.rows) else []
                period = 2 if all(words.exactly(t) for t in texts) and below and not is_figure(below[0][1]) else 0
            if period and not grouped:
                cuts.update(cells[at][0] for at in range(period, len(cells), period))
                break
        edges = [left, *sorted(cuts), right + 1]
        out.extend((a, b - 1) for a, b in pairwise(edges) if a < b)
    return out


def _period_of(texts: Sequence[str]) -> int:
    """After how many words a header begins anew, where it does nothing but that (户主, 慰问金, 户主, 慰问金, 户主, 慰问金); 0 where it does not."""
    for period in range(2, len(texts) // 2 + 1):
        times = len(texts) // period
        if len(texts) == period * times and list(texts) == list(texts[:period]) * times and len(set(texts)) == period:
            return period
    return 0


def _own_table(grid: Grid, words: Vocabulary, first: tuple[int, int], group: tuple[int, int]) -> bool:
    """Whether a group of columns behind a gap is a table of its own rather than more columns of the one before."""
    if group[0] == group[1]:
        return False
    labels = 0  # forms: the same words down the first column of both
    for row in range(min(len(grid.rows), 200)):
        here, there = grid.within(row, *first), grid.within(row, *group)
        labels += bool(here and there) and norm(here[0][1]) == norm(there[0][1]) and words.exactly(here[0][1])
        if labels >= 3:
            return True
        if len(there) < 2 or len(here) < 2 or any(is_figure(t) for _, t in there[:1]):
            continue
        mine = [heading(t).word for _, t in there]
        if mine[0].lower() in SERIAL and sum(words.known(t) for _, t in there) >= 2:
            return True
        theirs = {heading(t).word for _, t in here}
        same = sum(1 for w in mine if w in theirs)
        if same >= 2 and same >= 0.4 * len(mine) and sum(words.known(t) for _, t in there) >= 2:
            return True
        if words.dates(t for _, t in here) and words.dates(t for _, t in there) and sum(words.known(t) for _, t in there) >= 2:
            return True  # each tells its own dates
    return _ends_apart(grid, first, group) and _header_rows(grid, words, group)


def _ends_apart(grid: Grid, first: tuple[int, int], group: tuple[int, int]) -> bool:
    mine = sum(1 for r in range(len(grid.rows)) if len(grid.within(r, *group)) >= 2)
    theirs = sum(1 for r in range(len(grid.rows)) if len(grid.within(r, *first)) >= 2)
    return mine >= 2 and abs(mine - theirs) > 0.2 * max(mine, theirs)


def _header_rows(grid: Grid, words: Vocabulary, group: tuple[int, int]) -> bool:
    return any(
        len(cells) >= 2 and all(words.known(t) for _, t in cells)
        for cells in (grid.within(r, *group) for r in range(min(len(grid.rows), 60)))
    )


def _is_signature_row(cells: Cells) -> bool:
    return len(cells) <= 6 and (is_signature(cells[0][1]) or is_note(cells[0][1])) and not is_figure(cells[0][1])


# ── one strip ────────────────────────────────────────────────────────────────────────────────────────────────────────

_SECTION = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十]{1,3}[、）)．.]|表\s*[一二三四五六七八九十\d]|[（(]\d{1,2}[)）]|\d{1,2}[、．.](?!\d)|第[一二三四五六七八九十\d]+(?:部分|批|期|类))"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:年度?)?|[（(]?(?:19|20)\d\d年.{0,12}|[一二][一二三四五六七八九〇零○]{3}年度?")
_PART = re.compile(r"\s*[（(]?[一二三四五六七八九十]{1,3}[、）)．.]\s*\S")
_NUMBERING = re.compile(r"\s*([（(]?)(?:([一二三四五六七八九十]{1,3})|\d{1,2})[、）)．.]")
_BULLET = re.compile(r"\s*[★☆●○◆◇■□▲△※*]+\s*")
_MAYBE_VOID = re.compile("作废|退款|退货|取消|关闭")
_GROUP_NUMBER = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?")
_EXAMPLE = re.compile(
    r"^\s*[（(【\[]?(?:示例|样例|例\s*(?:[:：如)）】\]]|\d{0,2}\s*$)|填写示例|填报示例|范例|举例|example|e\.?g\.)", re.IGNORECASE
)
_AN_EXAMPLE = re.compile(r"\W*(?:本行|此行|该行)?(?:仅?为|系|是)?(?:填写|填报)?(?:示例|样例|范例)(?:行|数据)?(?:\W.{0,20})?")


class _Strip:
    """Reads the columns `left` … `right` of a sheet from top to bottom."""

    def __init__(
        self, grid: Grid, words: Vocabulary, left: int, right: int, *, alone: bool, knows: Callable[[str], bool] | None = None
    ) -> None:
        self.grid = grid
        self.knows = knows
        self.words = words
        self.left = left
        self.right = right
        self.alone = alone
        self.general: list[str] = []
        self.pending: list[tuple[int, str]] = []
        self.anew = -1  # the row of a header that comes again under a title of its own
        self.twin = False  # the table on its left has the same header: one table folded

    def cells(self, row: int) -> Cells:
        if self.alone:
            return self.grid.filled[row]
        return self.grid.within(row, self.left, self.right)

    def read(self, found: Layout, titles: dict[int, str]) -> None:
        row, end = 0, len(self.grid.rows)
        table: Table | None = None
        while row < end:
            cells = self.cells(row)
            if not cells:
                if table is None and not self.alone:
                    self._above(row, titles)
                row += 1
                continue
            block = self.header_block(row, None if row == self.anew else table)
            if block is not None:
                table = self._table(block, titles)
                self.twin = any(_leaves(other) == _leaves(table) for other in found.tables if other.right < table.left)
                found.tables.append(table)
                row = self._lines(table, Sorter(table, self), table.body)
                continue
            card_end = self._cards(row, found, titles) if self._is_card_row(row) else row
            if card_end > row:
                row = card_end
                continue
            self._above(row, titles)
            row += 1
        if table is None and not found.cards:
            found.titles = tuple(t for _, t in self.pending)

    def _over(self, row: int) -> Cells:
        """What stands over the strip without standing in it: a group's name merged over all strips, or alone in its row over a folded table."""
        if self.alone or not self.left:
            return []
        over = self.grid.filled[row]
        lone = self.twin and len(over) == 1
        return [(self.left, t) for c, t in over if c < self.left and (lone or self.grid.reach(row, c)[1] >= self.left)]

    def _above(self, row: int, titles: dict[int, str]) -> None:
        """A line that stands above a table (or above nothing, if none follows)."""
        reaching = self.cells(row)
        if not self.alone and self.left:  # a title over all strips: merged, or alone in its row
            over = self.grid.filled[row]
            reaching = [(c, t) for c, t in over if c < self.left and (len(over) == 1 or self.grid.reach(row, c)[1] >= self.left)] + reaching
        self.pending.extend((row, text) for _, text in reaching)
        if reaching:
            titles.setdefault(row, NOTE)

    def _table(self, block: tuple[int, int, list[Column]], titles: dict[int, str]) -> Table:
        top, body, columns = block
        own = [t for r, t in self.pending if r < top]
        if not self.general:
            self.general = [t for t in own if not _SECTION.match(t)]
            general = self.general
        else:
            general = self.general
        for r, _ in self.pending:
            if r < top:
                titles[r] = HEADER
        table = Table(
            self.grid.sheet, top, body, self.left, self.right, columns, (*(t for t in general if t not in own), *own), own_titles=tuple(own)
        )
        self.pending = []
        return table

    def _lines(self, table: Table, sorter: Sorter, row: int) -> int:
        """Sort the lines of a table until the next header; returns the row at which it ends."""
        end = len(self.grid.rows)
        held: list[Line] = []  # single lines that are bands if data follow, titles if a header follows, notes otherwise
        bands: list[str] = []
        leads = False
        while row < end:
            cells = self.cells(row) or self._over(row)
            if any(h.sort == HEADER for h in held) and sorter.is_own_header(cells) and self.header_block(row, None) is not None:
                self._give_titles(held, table)
                self.anew = row
                return row
            if cells and not sorter.is_own_header(cells):
                block = self.header_block(row, table)
                if block is not None:
                    top = max(block[0], table.body)  # never back into the header it has
                    table.lines = [line for line in table.lines if line.row < top]
                    held = [h for h in held if h.row < top]
                    self._give_titles(held, table)
                    return top
                if sorter.ended and self._is_card_row(row):
                    self._give_titles(held, table)
                    return row
            sort = sorter.sort(cells) if row not in self.grid.sheet.struck else NOTE
            if sort == "band":
                held.append(Line(row, HEADER))
            elif sort in {DATA, TOTAL}:
                for line in held:
                    text = " ".join(t for _, t in self.cells(line.row) or self._over(line.row))
                    if line.sort == HEADER:
                        bands = [*_above(bands, text), text]
                    table.lines.append(line)
                held = []
                leads = leads or (sort == TOTAL and not any(line.sort == DATA for line in table.lines))
                if sort == TOTAL and sorter.is_section(cells):
                    bands = [*bands[:-1], cells[0][1]] if bands and not _PART.match(bands[-1]) else [cells[0][1]]
                elif sort == TOTAL and leads:  # totals that stand above their rows name what these have in common
                    bands = [next((t for _, t in cells if is_total(t)), "") or next((t for _, t in cells[1:] if not is_figure(t)), "")]
                table.lines.append(Line(row, sort, tuple(bands)))
            elif sort == BLANK and held:
                held.append(Line(row, BLANK))
            elif sort == HEADER:
                own = [" ".join(t for _, t in self.cells(h.row)) for h in held if h.sort == HEADER]
                own += [t for c, t in cells if _YEAR.fullmatch(t.strip()) and norm(t) not in sorter.tops.get(c, ())]  # the next year's page
                bands = own or bands
                table.lines.extend([*held, Line(row, HEADER)])
                held = []
            else:
                if held and sort != BLANK:
                    table.lines.extend(Line(h.row, NOTE if h.sort == HEADER else h.sort) for h in held)
                    held = []
                table.lines.append(Line(row, sort))
            row += 1
        table.lines.extend(Line(h.row, NOTE if h.sort == HEADER else h.sort) for h in held)
        return row

    def _give_titles(self, held: list[Line], table: Table) -> None:
        for line in held:
            if line.sort == HEADER:
                self.pending.extend((line.row, t) for _, t in self.cells(line.row))
            else:
                table.lines.append(line)
        table.lines.sort(key=lambda one: one.row)

    # ── headers ──

    def header_block(self, row: int, current: Table | None) -> tuple[int, int, list[Column]] | None:
        """The header that begins at `row` (or with a row of group names just above it): its first row, the row after it, its columns."""
        cells = self.cells(row)
        if not self._is_header(row, cells, current):
            return None
        top = row
        while top > 0 and top > row - 2 and self._is_group_row(top - 1, row):
            top -= 1
        bottom = self._bottom(row)
        columns = self._columns(top, bottom)
        body = bottom + 1
        while body < len(self.grid.rows) and self._is_numbering(body, columns):
            body += 1
        return (top, body, columns) if len([c for c in columns if c.path]) >= 2 else None

    def _is_header(self, row: int, cells: Cells, current: Table | None) -> bool:
        count = len(cells)
        if count < 2 or any(len(t) > 40 for _, t in cells) or (is_total(cells[0][1]) and count < 4):
            return False
        if sum(self._is_filled_label(t) for _, t in cells) >= 2:
            return False  # labels with their values beside them
        periods = _periods(cells) or (self._names(cells) if current is None else frozenset())
        if periods and current is None and self._is_set_across(row, cells):
            return False
        figures = sum(is_figure(t) and norm(t) not in SERIAL and c not in periods and not self._over_month(row, c) for c, t in cells)
        if figures > (0 if count < 6 else 1):
            return False
        if current is None and any(is_figure(t) and c not in periods for c, t in cells) and self._is_card_row(row):
            return False  # 所在村 | 上寨村 | 走访日期 | 2023.3.5
        known = [self.words.known(t) or c in periods for c, t in cells]
        hits = sum(known)
        if periods and not any(self.words.known(t) for c, t in cells if c not in periods):
            return False
        if is_signature(cells[0][1]) and not known[0]:
            return False
        adjacent = sum(1 for a, b in pairwise(known) if a and b)
        if count == 2:
            touching = cells[1][0] == self.grid.reach(row, cells[0][0])[1] + 1
            begins = current is None or (
                row > 0 and len(self.cells(row - 1)) == 1 and _SECTION.match(self.cells(row - 1)[0][1]) is not None
            )
            return hits == 2 and touching and begins and all(self.words.exactly(t) for _, t in cells) and self._is_pair_data(row + 1)
        serial = norm(cells[0][1]) in SERIAL
        if current is not None:
            strict = sum(self.words.exactly(t) for _, t in cells)
            return (hits >= 3 and hits >= 0.6 * count and adjacent >= 1 and strict >= 2) or (serial and hits >= 3 and hits >= 0.4 * count)
        if serial and hits >= 2 and self._data_follow(row, 2):
            return True
        if hits >= 3 and hits >= 0.6 * count and adjacent >= 1:
            return self._data_follow(row, 1) or hits >= 0.8 * count
        if hits >= 2 and hits >= 0.4 * count and adjacent >= 1 and self._data_follow(row, 2) and not self._is_card_row(row):
            return True
        return hits >= 2 and count >= 4 and self._rows_like_it(row, cells)

    def _is_set_across(self, row: int, cells: Cells) -> bool:
        """Whether the row is one of a table whose labels stand down the side, an entry a column: the row above it begins with a label too, over the same cells."""
        above = self.cells(row - 1) if row > 0 else []
        return [c for c, _ in above] == [c for c, _ in cells] and self._is_label(above[0][1]) and self._is_label(cells[0][1])

    def _names(self, cells: Cells) -> frozenset[int]:
        """The columns over which places or departments of the register stand, where there are several."""
        knows = self.knows
        found = [(c, word) for c, t in cells[1:] if knows is not None and knows(word := norm(heading(t).word))]
        return frozenset(c for c, _ in found) if len({t for _, t in found}) > 1 else frozenset()

    def _is_pair_data(self, row: int) -> bool:
        cells = self.cells(row) if row < len(self.grid.rows) else []
        return len(cells) == 2 and any(is_figure(t) for _, t in cells) and not any(self.words.exactly(t) for _, t in cells)

    def _rows_like_it(self, row: int, cells: Cells) -> bool:
        """Whether short words, each said once, stand over two rows of the same cells of which each has a figure: a header in words nobody knows."""
        words = [norm(t) for _, t in cells]
        if len(set(words)) < len(words) or any(len(w) > 8 for w in words):
            return False
        mine = {c for c, _ in cells}
        below = [self.cells(r) for r in (row + 1, row + 2) if r < len(self.grid.rows)]
        alike = [len(mine & {c for c, _ in one}) >= 0.7 * len(mine) and any(is_figure(t) for _, t in one) for one in below]
        return len(alike) == 2 and all(alike) and not any(self._is_card_row(r) for r in (row + 1, row + 2))

    def _data_follow(self, row: int, figures: int) -> bool:
        """Whether one of the next rows has figures, or at least as many cells (a table of words)."""
        width = len(self.cells(row))
        for below in range(row + 1, min(row + 6, len(self.grid.rows))):
            cells = self.cells(below)
            if sum(is_figure(t) for _, t in cells) >= min(figures, max(width - 1, 1)):
                return True
        return False

    def _is_group_row(self, row: int, header: int) -> bool:
        cells = self.cells(row)
        below = self.cells(header)
        periods = _periods(cells)
        if not cells or any(len(t) > 16 or (is_figure(t) and c not in periods) or is_title_info(t) or is_note(t) for c, t in cells):
            return False
        wide = 0
        for column, _ in cells:
            last = self.grid.reach(row, column)[1]
            if last - column + 1 >= max(len(below) - 1, 2) and len(cells) == 1:
                return False  # a title over everything
            wide += last > column
        return len(cells) >= 2 and wide >= 1

    def _bottom(self, row: int) -> int:
        """The last row of the header that begins at `row`."""
        bottom = row
        for column, _ in self.cells(row):
            last = self.grid.reach(row, column)[0]
            if row < last <= row + 3:
                bottom = max(bottom, last)
        while bottom - row < 3 and bottom + 1 < len(self.grid.rows) and self._is_sub_header(row, bottom):
            bottom += 1
        return bottom

    def _is_sub_header(self, top: int, bottom: int) -> bool:
        """Whether the row after `bottom` holds leaves: texts that stand under a group's name or under nothing, never under a leaf."""
        below = self.cells(bottom + 1)
        periods = _periods(below)
        if not below or any((is_figure(t) and c not in periods) or len(t) > 16 or is_note(t) for c, t in below):
            return False
        if any(is_total(t) and not periods and not self._under_group(bottom, c) for c, t in below):
            return False
        above = dict(self.cells(bottom))
        head = self.cells(top)
        if not head or (below[0][0] == head[0][0] and not self._begins_group(bottom, below)):
            return _units_row(below) and len(below) >= 2
        if _units_row(below):
            return True
        under = 0
        for column, _ in below:
            if column in above:
                if self.grid.reach(bottom, column)[1] > column:
                    under += 1  # a group that is merged over it
                elif min((c for c in above if c > column), default=self.right + 1) > column + 1:
                    under += 1  # a group with nothing beside it
            elif self.grid.origin.get((bottom + 1, column), (bottom + 1, column))[0] <= bottom:
                return False
            else:
                under += 1
        if under == 0 or under * 2 < len(below):
            return False
        return any(self.words.known(t) for _, t in below) or len(below) >= 2

    def _over_month(self, row: int, column: int) -> bool:
        """Whether a year stands over the columns of month and day, as in account books."""
        below = self.grid.raw(row + 1, column) if row + 1 < len(self.grid.rows) else ""
        return norm(below) in {"月", "月份"} and _YEAR.fullmatch(self.grid.raw(row, column).strip()) is not None

    def _begins_group(self, row: int, below: Cells) -> bool:
        """Whether the leaves of a group that stands in the first column begin below."""
        first = below[0][0]
        return len(below) >= 2 and (self._under_group(row, first) or self._over_month(row, first))

    def _under_group(self, row: int, column: int) -> bool:
        """Whether a cell merged across several columns stands at the place."""
        top, left = self.grid.origin.get((row, column), (row, column))
        return self.grid.reach(top, left)[1] > left and self.grid.reach(top, left)[0] == row and bool(self.grid.raw(top, left))

    def _is_numbering(self, row: int, columns: Sequence[Column]) -> bool:
        """A row of column numbers under the header: 1, 2, 3 … or 甲, 乙, 1, 2 …."""
        texts = [norm(t).strip("()（）") for _, t in self.cells(row)]
        texts = [t for t in texts if t not in {"甲", "乙", "丙", "丁", "栏次", "a", "b", "c"}]
        numbers = [int(t) for t in texts if t.isdecimal() and len(t) < 3]
        return (
            len(numbers) >= 3
            and len(numbers) == len(texts)
            and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            and len(texts) >= len(columns) - 3
        )

    def _columns(self, top: int, bottom: int) -> list[Column]:
        columns: list[Column] = []
        levels: dict[int, list[str]] = {}
        for column in range(self.left, self.right + 1):
            path: list[str] = []
            levels[column] = []
            for row in range(top, bottom + 1):
                units = row > top and _units_row(self.cells(row))
                text = self.grid.spread(row, column)
                if not text and row < bottom:
                    text = self._group_left(row, column, bottom, levels)
                levels[column].append(text)
                if text and (not path or path[-1] != text):
                    if path and (units or self._is_bare_unit(text)):
                        path[-1] = f"{path[-1]}（{text.strip('（）()')}）"
                    else:
                        path.append(text)
            columns.append(Column(column, tuple(path)))
        while columns and not columns[-1].path and not self._used(columns[-1].index, bottom):
            columns.pop()
        while columns and not columns[0].path and not self._used(columns[0].index, bottom):
            columns.pop(0)
        return columns

    def _is_bare_unit(self, text: str) -> bool:
        """Whether a leaf is only the unit of what stands above it: 受益群众 over 户 and 人."""
        return _is_unit_word(text) and not self.words.exactly(text) and norm(text) not in {"年", "月", "日"}

    def _used(self, column: int, bottom: int) -> bool:
        return any(self.grid.raw(r, column) for r in range(bottom + 1, min(bottom + 40, len(self.grid.rows))))

    def _group_left(self, row: int, column: int, bottom: int, levels: Mapping[int, Sequence[str]]) -> str:
        """The group's name to the left, where it is not merged over its columns and leaves stand below."""
        if (row, column) in self.grid.origin or not any(self.grid.raw(r, column) for r in range(row + 1, bottom + 1)):
            return ""
        for before in range(column - 1, self.left - 1, -1):
            if levels[before][: len(levels[column])] != levels[column]:
                return ""  # another group above
            text = self.grid.raw(row, before)
            if text:
                covers = self.grid.reach(row, before)
                below = any(self.grid.raw(r, before) for r in range(row + 1, bottom + 1))
                return text if below and covers == (row, before) else ""
            if not any(self.grid.raw(r, before) for r in range(row + 1, bottom + 1)):
                return ""
        return ""

    # ── cards ──

    def _is_label(self, text: str) -> bool:
        word = norm(text)
        return (
            len(text) <= 16
            and word not in SERIAL
            and not is_figure(text)
            and (self.words.exactly(text) or (text.rstrip().endswith(("：", ":")) and self.words.known(text)) or self._card_word(text))
        )

    def _is_filled_label(self, text: str) -> bool:
        """A label with its value in the same cell: 姓名：方远."""
        inner = re.fullmatch(r"\s*([^：:]{2,10})[：:]\s*(\S.*)", text, re.DOTALL)
        return inner is not None and self._is_label(inner[1])

    def _card_word(self, text: str) -> bool:
        near = self.words.near(heading(text).word) if self.words.known(text) else ()
        return bool(near) and near[0][1] >= 0.85

    def _pairs(self, row: int) -> list[tuple[str, tuple[int, int], str]]:
        """Labels with the value that stands to the right of each."""
        cells = self.cells(row)
        pairs: list[tuple[str, tuple[int, int], str]] = []
        at = 0
        while at < len(cells):
            column, text = cells[at]
            inner = re.fullmatch(r"\s*([^：:]{2,10})[：:]\s*(\S.*)", text, re.DOTALL)
            if inner is not None and self._is_label(inner[1]):
                pairs.append((inner[1], (row, column), inner[2]))
            elif self._is_label(text) or (pairs and is_signature(text + "：")):
                value_column = self.grid.reach(row, column)[1] + 1
                after = cells[at + 1] if at + 1 < len(cells) else None
                if after is not None and after[0] <= value_column + 1 and not (self._is_label(after[1]) and after[0] > value_column):
                    pairs.append((text, (row, after[0]), after[1]))
                    at += 2
                    continue
                pairs.append((text, (row, value_column), ""))
            at += 1
        return pairs

    def _is_card_row(self, row: int) -> bool:
        cells = self.cells(row)
        if not cells or len(cells) > 12:
            return False
        labels = [self._is_label(t) or re.match(r"[^：:]{2,10}[：:]\s*\S", t) is not None for _, t in cells]
        if not labels[0]:
            return False
        if is_title_info(cells[0][1]) and len(cells) <= 2:
            return False
        both = sum(
            1 for a, b in pairwise(cells) if self._is_label(a[1]) and self._is_label(b[1]) and b[0] == self.grid.reach(row, a[0])[1] + 1
        )
        paired = len(cells) >= 4 and all(labels[::2])
        if paired and len(cells) % 2 == 0 and any(is_figure(t) for _, t in cells[1::2]):
            return sum(labels[1::2]) * 2 <= len(labels[1::2])  # a value may read like a label: 户类型 | 脱贫户 | 走访日期 | 2023.3.5
        return both == 0 or (both == 1 and paired and not all(labels[1::2]))

    def _cards(self, row: int, found: Layout, titles: dict[int, str]) -> int:
        """Read the forms that begin at `row`; returns the row after them (`row` itself where there are none)."""
        end = row
        rows: list[int] = []
        while end < len(self.grid.rows):
            cells = self.cells(end)
            if cells and self.header_block(end, None) is not None:
                break
            if cells and (self._is_card_row(end) or (rows and self._is_card_tail(end))):
                rows.append(end)
            elif cells or not any(self.cells(r) for r in range(end, min(end + 2, len(self.grid.rows)))):
                break
            end += 1
        pairs = [p for r in rows for p in self._pairs(r)]
        if len({heading(p[0]).word for p in pairs if self.words.exactly(p[0])}) < 3 or len(rows) < 2:
            return row
        own = [t for r, t in self.pending]
        for r, _ in self.pending:
            titles[r] = HEADER
        self.pending = []
        wide = self._transposed(rows)
        if wide:
            found.cards.extend(Card(self.grid.sheet, tuple(own), cells, tuple(rows)) for cells in wide)
        else:
            found.cards.extend(Card(self.grid.sheet, tuple(own), cells, _rows_of(cells)) for cells in _cut(pairs))
        return end

    def _is_card_tail(self, row: int) -> bool:
        """A line of signatures at the foot of a form."""
        cells = self.cells(row)
        return len(cells) <= 4 and all(is_signature(t + "：") for _, t in cells)

    def _transposed(self, rows: list[int]) -> list[list[tuple[str, tuple[int, int], str]]]:
        """Labels down the side and one entry a column: one card for each column of values."""
        counts = Counter(len(self.cells(r)) for r in rows)
        typical = counts.most_common(1)[0][0]
        values = [t for r in rows for _, t in self.cells(r)[1:]]
        if typical < 3 or sum(self._is_label(t) or self._is_filled_label(t) for t in values) > 0.1 * len(values):
            return []  # (a value or two may read like a label: 责任部门 | 建设部 | 工会)
        columns = sorted({c for r in rows for c, _ in self.cells(r)[1:]})
        return [[(self.cells(r)[0][1], (r, c), self.grid.raw(r, c)) for r in rows] for c in columns]


def _above(bands: Sequence[str], text: str) -> list[str]:
    """The bands above a new one: 三、其他 takes the place of 二、云山县, as both are numbered alike; else the one before stays above it."""
    style = _numbering(text)
    alike = next((i for i, band in enumerate(bands) if style and _numbering(band) == style), None)
    return list(bands[-1:] if alike is None else bands[:alike])


def _numbering(text: str) -> tuple[str, bool] | None:
    found = _NUMBERING.match(text)
    return None if found is None else (found[1], found[2] is None)


def account_book(columns: Sequence[Column]) -> tuple[int, int] | None:
    """The columns of what came in and of what went out, where a balance stands beside them (收入 | 支出 | 余额); None for any other table."""
    words = {heading(c.leaf).word: c.index for c in columns if c.path}
    came = next((i for word, i in words.items() if re.match(r"收入|收方|借方|入账|下达", word)), None)
    went = next((i for word, i in words.items() if re.match(r"支出|支付|付出|付方|贷方|拨付", word)), None)
    if came is None or went is None or not any(re.match(r"余额|结余|结存", w) for w in words):
        return None
    return came, went


SCHOOL_YEAR = r"(?:19|20)\d\d[-—–~～/至]+(?:19|20)?\d\d学年度?"
CALENDAR_YEAR = r"(?:19|20)\d\d(?:年度?)?"
WITHIN = r"(?:上半年|下半年|[春秋]季(?:学期)?|[上下]学期|第?[一二]学期|第?[一二三四1-4]季度|(?:1[0-2]|[1-9])月份?)"
"""What stands across columns: years, and the halves, terms, quarters and months within one."""

_PERIOD = re.compile(rf"{SCHOOL_YEAR}|(?:{CALENDAR_YEAR})?{WITHIN}?")

_LED = re.compile(r"(?:(?:19|20)\d\d年度?|(?:1[0-2]|[1-9])月份?|[上下]半年|第?[一二三四]季度)([^\d、，。]{2,12})")


def _periods(cells: Cells) -> frozenset[int]:
    """The columns in which a row names periods one after another, as headers do: 2018年 | 2019年 | 2020年, 1月 | 2月 | 3月."""
    found = [(c, norm(t)) for c, t in cells if t and _PERIOD.fullmatch(norm(t))]
    if len(found) < 2:  # 2018年收入 | 2019年收入: the same word after each
        led = [(c, norm(t), m) for c, t in cells if (m := _LED.fullmatch(norm(t))) is not None]
        found = [(c, t) for c, t, m in led if sum(m[1] == other[1] for _, _, other in led) > 1]
    texts = [t for _, t in found]
    if len(texts) < 2 or len(set(texts)) < 2:
        return frozenset()
    years = [int(t[:4]) for t in texts if t[:4].isdigit()]
    steps = all(b - a in {0, 1} for a, b in pairwise(years)) and (len(set(years)) > 1 or len(years) < len(texts) or len(texts[0]) > 6)
    return frozenset(c for c, _ in found) if (not years or steps) else frozenset()


def _leaves(table: Table) -> list[str]:
    return [norm(c.leaf) for c in table.columns if c.path]


def _rows_of(cells: Iterable[tuple[str, tuple[int, int], str]]) -> tuple[int, ...]:
    return tuple(sorted({place[0] for _, place, _ in cells}))


def _cut(pairs: list[tuple[str, tuple[int, int], str]]) -> Iterator[list[tuple[str, tuple[int, int], str]]]:
    """Cut the labels of forms that stand under each other: a form begins where its first label comes again."""
    current: list[tuple[str, tuple[int, int], str]] = []
    for pair in pairs:
        if current and norm(pair[0]) == norm(current[0][0]):
            yield current
            current = []
        current.append(pair)
    if current:
        yield current


_UNIT_WORDS = frozenset(
    [
        "元",
        "万元",
        "千元",
        "亿元",
        "人",
        "人次",
        "名",
        "户",
        "亩",
        "头",
        "只",
        "本",
        "册",
        "份",
        "套",
        "台",
        "件",
        "个",
        "条",
        "张",
        "箱",
        "袋",
        "斤",
        "公斤",
        "千克",
        "吨",
        "次",
        "场",
        "期",
        "批",
        "天",
        "月",
        "年",
        "小时",
        "学时",
        "%",
        "头/只",
        "场次",
        "个数",
        "万本",
    ]
)


def _is_unit_word(text: str) -> bool:
    return norm(text).strip("()（）") in _UNIT_WORDS


def _units_row(cells: Cells) -> bool:
    return all(_is_unit_word(t) for _, t in cells)


# ── lines of a table ─────────────────────────────────────────────────────────────────────────────────────────────────


_TOTALS = frozenset({"合计", "小计", "总计", "累计", "共计"})


class Sorter:
    """Tells the lines of one table apart. Works row by row, so that a table of a million rows needs no more than its header."""

    def __init__(self, table: Table, strip: _Strip | None = None, grid: Grid | None = None) -> None:
        self.table = table
        self.grid = grid if grid is not None else (strip.grid if strip is not None else None)
        self.columns = [c.index for c in table.columns]
        self.leaves = {c.index: norm(c.leaf) for c in table.columns if c.path}
        self.tops = {c.index: {norm(p) for p in c.path} for c in table.columns}
        first = next((c for c in table.columns if c.path), None)
        self.serial = first.index if first is not None and heading(first.leaf).word.lower() in SERIAL else None
        self.ended = False
        self.counted = self.serial is not None and self._counts()

    def _counts(self) -> bool:
        """Whether the rows are numbered 1, 2, 3 …: then 一, 二, 三 number groups of them."""
        rows = self.table.sheet.rows[self.table.body : self.table.body + 200]
        return sum(1 for r in rows if self.serial is not None and self.serial < len(r) and r[self.serial].isdecimal()) >= 2

    def is_own_header(self, cells: Cells) -> bool:
        """Whether the row repeats this table's header (on every printed page)."""
        same = sum(1 for c, t in cells if norm(t) in self.tops.get(c, ()))
        return same >= 2 and same >= 0.7 * len(cells)

    def sort(self, cells: Cells) -> str:
        """data, total, header, note, blank, or band (a single line of which the next rows tell what it is)."""
        if not cells:
            return BLANK
        if (
            len(cells) > 2
            and self.serial is not None
            and cells[0][0] == self.serial
            and cells[0][1].isdecimal()
            and len(cells) > len(self.leaves) // 2
        ):
            return NOTE if self._does_not_count(cells) else TOTAL if self._total_label(cells) else DATA
        if self.is_own_header(cells):
            return HEADER
        column, first = cells[0]
        if _EXAMPLE.match(first) or self._does_not_count(cells):
            return NOTE
        if self._total_label(cells) or self.is_section(cells) or self._numbers_group(cells):
            return TOTAL
        if len(cells) == 1:
            return self._single(column, first)
        if len(cells) <= 4 and any(told_time(t) or told_place(t) for _, t in cells):
            return "band"
        if not is_figure(first) and (is_note(first) or is_signature(first)) and len(cells) <= max(6, len(self.leaves) // 2):
            self.ended = True
            return NOTE
        if self.serial == column and len(cells) == 1:
            return BLANK
        if len(cells) <= 2 and len(self.leaves) >= 5 and not any(is_figure(t) for _, t in cells) and column == self.columns[0]:
            return "band"
        return DATA

    def _numbers_group(self, cells: Cells) -> bool:
        """A row numbered 一 or （二） among rows numbered 1, 2, 3 names a group, and what its rows come to."""
        return self.counted and cells[0][0] == self.serial and len(cells) > 2 and _GROUP_NUMBER.fullmatch(cells[0][1].strip()) is not None

    @staticmethod
    def _does_not_count(cells: Cells) -> bool:
        """Whether a cell says that the row was made void, or only shows how to fill one in."""
        return any(is_void(t) or ("例" in t and _AN_EXAMPLE.fullmatch(t) is not None) for _, t in cells if len(t) < 48)

    def begins_anew(self, cells: Sequence[str], words: Vocabulary) -> bool:
        """Whether a line far below is the header of another table: at least three words of headers, no figure, and not this table's own header."""
        filled = [(c, t) for c, t in enumerate(cells) if t]
        if len(filled) < 3 or any(len(t) > 40 or is_figure(t) for _, t in filled) or self.is_own_header(filled):
            return False
        hits = sum(words.known(t) for _, t in filled)
        return hits >= 3 and hits >= 0.6 * len(filled) and sum(words.exactly(t) for _, t in filled) >= 2

    def sort_long(self, cells: Sequence[str]) -> str:
        """As `sort`, for a whole row of texts of a long table; the usual data row is told at a glance."""
        first = cells[self.columns[0]] if len(cells) > self.columns[0] else ""
        if first and len(cells) > 2 and len(first) < 40:
            sign = first[-1]
            if (
                sign.isdecimal()
                and cells[self.columns[1]]
                and _MAYBE_VOID.search("".join(cells)) is None
                and "计" not in cells[self.columns[1]]
                and not first.endswith((":", "#"))
            ):
                return DATA
        return self.sort([(c, t) for c, t in enumerate(cells) if t and self.table.left <= c <= self.table.right])

    def is_section(self, cells: Cells) -> bool:
        """Whether the line names a part of the table with its sums beside it: 一、上寨村（6个） | 72 | 26.85."""
        return (
            len(cells) > 1
            and cells[0][0] == self.columns[0]
            and _PART.match(cells[0][1]) is not None
            and all(is_figure(t) for _, t in cells[1:])
        )

    def _single(self, column: int, text: str) -> str:
        if _YEAR.fullmatch(text.strip()):
            return "band"
        if is_figure(text):
            return BLANK if column == self.serial or column == self.columns[0] or len(self.leaves) < 3 else TOTAL
        plain = _BULLET.sub("", text)
        if plain != text and len(plain) <= 40 and not re.search(r"[。；]", plain) and not is_note(plain) and not is_signature(plain):
            return "band"  # marked by a bullet, as groups are
        if told_time(text) or told_place(text):
            return "band"
        if is_note(text) or is_signature(text):
            self.ended = True
            return NOTE
        if len(self.leaves) < 3:
            return DATA
        if self.ended and len(text) > 30:
            return NOTE
        return "band"

    def _total_label(self, cells: Cells) -> bool:
        words = [t for _, t in cells if not is_figure(t)]
        if len(words) == 1 and len(cells) > 1 and is_total(words[0]):
            return True  # figures and this one word, wherever it stands
        texts = 0
        numbered = bool(cells) and cells[0][0] == self.serial and is_figure(cells[0][1])
        found = False
        for _, text in cells[:4]:
            if is_figure(text):
                if numbered and texts == 0:
                    continue
                break
            texts += 1
            if is_total(text):
                found = True
                break
        if not found:
            return False
        strict = any(norm(t) in _TOTALS for t in words[:3])
        return strict or (not numbered and len(words) <= 4)

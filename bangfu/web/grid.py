"""A sheet as it looks in Excel, with what was understood of every cell: plain values for the preview's template."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bangfu.catalogue import Kind
from bangfu.ledger.models import Programme
from bangfu.office.intake.cells import letters
from bangfu.office.intake.preview import Part, Preview, SheetPreview
from bangfu.office.intake.recording import Hashes, live_hashes
from bangfu.office.intake.rows import Issue
from bangfu.office.intake.structure import Table
from bangfu.office.intake.understanding import Meaning
from bangfu.web.staging import Answers

WINDOW = 150
"""So many rows of a sheet stand on a page."""
WIDEST = 60


@dataclass(slots=True)
class Cell:
    """One cell: its text, what it is (`state`, a class of the style sheet) and, where something is to be said, the word for it and the sentence."""

    row: int
    column: int
    text: str
    state: str = ""
    word: str = ""
    why: str = ""
    part: int = 0
    down: int = 1
    across: int = 1
    number: bool = False


@dataclass(slots=True)
class Line:
    """One row: `sort` says what it is — data, total, header, note, blank, left_out, same (it stands in the ledger already)."""

    row: int
    sort: str
    part: int = 0
    cells: list[Cell] = field(default_factory=list)
    mapping: list[tuple[int, Part, Meaning | None]] = field(default_factory=list)  # above the first row of a table: what its columns mean


@dataclass(slots=True)
class Grid:
    columns: list[str]
    lines: list[Line]
    first: int
    height: int
    more: bool


def grid(sheet: SheetPreview, answers: Answers, same: set[int], *, first: int = 0, only_problems: bool = False, lang: str = "zh") -> Grid:
    """The rows of a sheet from `first` on; with `only_problems` those that something is to be said of."""
    rows = sheet.sheet.rows
    issues = _at_cells(sheet)
    troubled = {row for row, _ in issues}
    left_out = {row for (name, _), said in answers.items() if name == sheet.sheet.name for row in said.get("rows", ())}
    wanted = [r for r in range(len(rows)) if not only_problems or r in troubled]
    shown = [r for r in wanted if r >= first][:WINDOW]
    width = min(max((len(rows[r]) for r in shown), default=0), WIDEST)
    tables = [(p, p.understood.source) for p in sheet.parts if isinstance(p.understood.source, Table)]
    corrected = {cell for (name, _), said in answers.items() if name == sheet.sheet.name for cell in said.get("cells", {})}
    covered, spans = _merges(sheet, set(shown))
    lines = []
    for row in shown:
        mine = [(p, t) for p, t in tables if t.top <= row <= max([t.body, *(line.row for line in t.lines)])]
        line = Line(row, _sort(sheet, row, left_out, same, mine), next((p.number for p, t in mine if row >= t.body), 0))
        for part, table in tables:
            if table.body == row or (only_problems and row == shown[0]):
                line.mapping += _mapping(part, table)
        for column in range(width):
            if (row, column) in covered:
                continue
            text = sheet.sheet.cell(row, column)
            owner = next((p for p, t in mine if t.left <= column <= t.right), None)
            cell = Cell(row, column, text, part=owner.number if owner else 0)
            cell.down, cell.across = spans.get((row, column), (1, 1))
            cell.number = bool(text) and text.replace(",", "").replace(".", "").replace("-", "").isdigit()
            _judge(cell, line, issues.get((row, column)), corrected, lang)
            line.cells.append(cell)
        lines.append(line)
    last = shown[-1] if shown else -1
    return Grid([letters(c) for c in range(width)], lines, first, max(sheet.sheet.height, len(rows)), any(r > last for r in wanted))


def _at_cells(sheet: SheetPreview) -> dict[tuple[int, int], Issue]:
    """One problem a cell: the gravest."""
    found: dict[tuple[int, int], Issue] = {}
    for issue in sheet.issues():
        at = (issue.row, issue.column)
        if at not in found or (issue.refuses and not found[at].refuses):
            found[at] = issue
    return found


def _sort(sheet: SheetPreview, row: int, left_out: set[int], same: set[int], tables: list[tuple[Part, Table]]) -> str:
    if row in left_out:
        return "left_out"
    if row in sheet.skipped:
        return sheet.skipped[row]
    if row in same:
        return "same"
    if any(t.top <= row < t.body for _, t in tables):
        return "header"
    return "data" if tables else "note"


def _judge(cell: Cell, line: Line, issue: Issue | None, corrected: set[tuple[int, int]], lang: str) -> None:
    """The state of a cell, and the word that says the same as its colour."""
    if issue is not None:
        cell.state = "s-bad" if issue.refuses else "s-unsure"
        cell.word, cell.why = issue.why, issue.en if lang == "en" else issue.zh
    elif (cell.row, cell.column) in corrected:
        cell.state, cell.word = "s-fixed", "fixed"
    elif line.sort == "header":
        cell.state = "s-head"
    elif line.sort in {"total", "note", "blank"}:
        cell.state = "s-skip"
    elif line.sort == "same":
        cell.state = "s-same"


def _mapping(part: Part, table: Table) -> list[tuple[int, Part, Meaning | None]]:
    known = {m.column.index: m for m in part.understood.meanings}
    return [(c.index, part, known.get(c.index)) for c in table.columns]


def _merges(sheet: SheetPreview, shown: set[int]) -> tuple[set[tuple[int, int]], dict[tuple[int, int], tuple[int, int]]]:
    """Cells that lie under a merge, and the spans of those that show it; a merge that is cut by the window is left apart."""
    covered: set[tuple[int, int]] = set()
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    bodies = {t.body for p in sheet.parts if isinstance(t := p.understood.source, Table)}
    for top, left, bottom, right in sheet.sheet.merges:
        rows = range(top, bottom + 1)
        if right >= WIDEST or not all(r in shown for r in rows) or any(r in bodies for r in rows[1:]):
            continue
        spans[top, left] = (bottom - top + 1, right - left + 1)
        covered |= {(r, c) for r in rows for c in range(left, right + 1)} - {(top, left)}
    return covered, spans


def standing_rows(preview: Preview, programme: Programme) -> dict[str, set[int]]:
    """Sheet → rows that stand in the ledger already, for a preview that holds all its records."""
    if not preview.complete:
        return {}
    hashes = Hashes()
    of: dict[bytes, tuple[str, int]] = {}
    for sheet, _, one in preview.records():
        if not one.refused and "begin" in one.values:
            of[hashes.of(one)] = (sheet.sheet.name, one.row)
    found: dict[str, set[int]] = {}
    for known in live_hashes(programme, list(of)):
        name, row = of[known]
        found.setdefault(name, set()).add(row)
    return found


def kinds_by_chapter(kinds: dict[str, Kind], chapters: dict[str, Any]) -> list[tuple[Any, list[Kind]]]:
    return [(label, [k for k in kinds.values() if k.chapter == code]) for code, label in chapters.items()]

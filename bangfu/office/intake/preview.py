"""Files → what would be recorded: every table understood, every row read, every problem at its cell, and a count that adds up. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

from bangfu.catalogue import Catalogue, Kind
from bangfu.catalogue.reading import Period
from bangfu.office.intake.across import apart
from bangfu.office.intake.checking import Duplicates, Totals, sentence
from bangfu.office.intake.reading import HEAD, Book, Sheet, read_book, sheets
from bangfu.office.intake.registers import Place, Registers, Unit, choose
from bangfu.office.intake.rows import Issue, Record, TableReader, read_card, with_totals
from bangfu.office.intake.structure import BLANK, DATA, HEADER, NOTE, TOTAL, Card, Grid, Layout, Line, Sorter, Table, layout
from bangfu.office.intake.understanding import LEFT_OUT, Question, Understanding, Understood
from bangfu.office.intake.words import Vocabulary

KEPT = 20_000
"""Records of a file that a preview holds; of a longer one it holds the first, and counts and checks all."""

SHOWN = 20_000
"""Problems of a table that are told one by one; the number of all is told in any case."""


@dataclass(slots=True)
class Part:
    """One table or form of a sheet as understood. `count` rows were read, `refused` of them cannot be recorded; `records` are all, or the first KEPT."""

    understood: Understood
    number: int = 0  # of the table on its sheet
    left_out: bool = False  # by the person's wish
    records: list[Record] = field(default_factory=list)
    count: int = 0
    refused: int = 0
    problems: int = 0
    issues: list[Issue] = field(default_factory=list)  # those of total lines
    later: list[Issue] = field(default_factory=list)  # those of rows beyond the ones held
    keep: int = KEPT
    undated: bool = False  # a short table without dates: at the end of the file it may prove to be a summary of another

    @property
    def kind(self) -> Kind | None:
        return self.understood.kind

    def hold(self, record: Record) -> None:
        """Count a record, and hold it while there is room."""
        self.count += 1
        self.refused += record.refused
        self.problems += len(record.issues)
        if len(self.records) < self.keep:
            self.records.append(record)
        elif len(self.later) < SHOWN:
            self.later.extend(record.issues)


@dataclass(slots=True)
class SheetPreview:
    """One sheet: its grid, its tables, and why its other lines are no entries."""

    sheet: Sheet
    layout: Layout
    parts: list[Part]
    skipped: dict[int, str]

    def issues(self) -> list[Issue]:
        """Every problem of the sheet in the order of its rows."""
        found = [i for p in self.parts for i in (*p.issues, *p.later)] + [i for p in self.parts for r in p.records for i in r.issues]
        return sorted(dict.fromkeys(found), key=lambda i: (i.row, i.column))

    def text(self, row: int) -> str:
        """A row on one line, to be read beside another."""
        return " · ".join(c for c in (self.sheet.rows[row] if row < len(self.sheet.rows) else []) if c)[:300]


@dataclass(slots=True)
class Preview:
    """One file as it would be recorded."""

    file: str
    registers: Registers | None
    sheets: list[SheetPreview]
    remarks: list[tuple[str, str]] = field(default_factory=list)
    undecided: bool = False  # which programme the file belongs to is not clear
    path: Path | None = None
    reader: Reader | None = None  # that read it, and can read it again

    def parts(self) -> list[Part]:
        return [p for s in self.sheets for p in s.parts]

    def records(self) -> Iterator[tuple[SheetPreview, Part, Record]]:
        """The records held, with their sheet and table."""
        for sheet in self.sheets:
            for part in sheet.parts:
                for record in part.records:
                    yield sheet, part, record

    @property
    def complete(self) -> bool:
        """Whether all records are held."""
        return all(len(p.records) == p.count for p in self.parts())

    @property
    def read(self) -> int:
        """Rows read: those with an entry, and the other lines that are not blank."""
        return sum(p.count for p in self.parts()) + self.skipped

    @property
    def skipped(self) -> int:
        """Lines that are no entry (totals, headers, notes)."""
        return sum(1 for s in self.sheets for why in s.skipped.values() if why != BLANK)

    @property
    def refused(self) -> int:
        return sum(p.refused for p in self.parts())

    def questions(self) -> list[tuple[str, Question]]:
        """What is to be asked, with the sheet it is about."""
        return [(s.sheet.name, q) for s in self.sheets for p in s.parts for q in p.understood.questions]


Answers = Mapping[tuple[str, int], Mapping[str, Any]]
"""What a person said of a table: (sheet, number of the table on it) → {"kind": code, "columns": {column: field name or ""}, "skip": True,
"rows": rows left out (from 0), "cells": {(row, column): corrected text}}."""


Beside = Callable[[Sequence[Record]], None]
"""Looks at rows (so many at a time) beside what is recorded already, and adds what is to be said of them."""

TOGETHER = 1_000
"""So many rows are checked at a time."""


class Reader:
    """Reads files for one office: its words, its programmes' registers, and what it answered before."""

    def __init__(
        self,
        words: Vocabulary,
        pool: Sequence[Registers],
        *,
        answers: Answers | None = None,
        memory: Mapping[tuple[str, str], str] | None = None,
        beside: Callable[[Preview], Beside] | None = None,
    ) -> None:
        """`beside` gives, for one file, what holds its rows beside the ledger and adds the issues that come of it."""
        self.words = words
        self.pool = pool
        self.answers = answers or {}
        self.memory = memory or {}
        self.beside = beside
        self.keep = KEPT

    def file(self, path: Path, *, name: str = "", alone: bool = True, progress: Callable[[int], None] | None = None) -> Preview:
        """Understand and check a whole file, however long. Raises Refused."""
        preview = self.opened(path, name=name, alone=alone)
        for _ in self.stream(preview, alone=alone, progress=progress):
            pass
        return preview

    def answered(
        self, path: Path, *, name: str = "", alone: bool = True, progress: Callable[[int], None] | None = None
    ) -> tuple[Preview, dict[str, Any]]:
        """A file's preview and the answer of a dry run with every row, read once. Raises Refused."""
        preview = self.opened(path, name=name, alone=alone)
        answer = _Answer()
        for sheet, part, record in self.stream(preview, alone=alone, progress=progress):
            answer.add(sheet, part, record)
        return preview, answer.of(preview)

    def opened(self, path: Path, *, name: str = "", alone: bool = True) -> Preview:
        """A preview of a file in which nothing stands yet; `stream` fills it."""
        registers, clear = self._choose(path, name, alone)
        return Preview(name or path.name, registers, [], undecided=not clear, path=path, reader=self)

    def stream(
        self, preview: Preview, *, alone: bool = True, progress: Callable[[int], None] | None = None
    ) -> Iterator[tuple[SheetPreview, Part, Record]]:
        """Every record of the file as it is read; when it is exhausted the preview is whole. Raises Refused.

        Tables that may prove to be summaries of others come last, if they are none.
        """
        assert preview.path is not None
        if progress is not None:
            progress(0)  # it is being opened
        understanding = Understanding(self.words, preview.registers, self.memory)
        beside = self.beside(preview) if self.beside is not None else None
        held: list[tuple[SheetPreview, Part, Record]] = []
        for sheet in sheets(preview.path, preview.remarks, name=preview.file, alone=alone, progress=progress):
            reading = self._sheet(sheet, understanding, beside)
            preview.sheets.append(reading.preview)
            for part, record in reading.run():
                if part.undated:
                    held.append((reading.preview, part, record))
                else:
                    yield reading.preview, part, record
        _drop_summaries(preview.sheets)
        yield from (one for one in held if not one[1].understood.summary)

    def book(self, book: Book) -> Preview:
        """Understand and check sheets that are in memory (a paste, a test)."""
        registers, clear = choose(self.pool, (c for s in book.sheets for row in s.rows[:2000] for c in row if c))
        understanding = Understanding(self.words, registers, self.memory)
        found = []
        for sheet in book.sheets:
            reading = self._sheet(sheet, understanding)
            found.append(reading.preview)
            for _ in reading.run():
                pass
        _drop_summaries(found)
        return Preview(book.file, registers, found, list(book.remarks), not clear)

    def _choose(self, path: Path, name: str, alone: bool) -> tuple[Registers | None, bool]:
        if len(self.pool) <= 1:
            return (self.pool[0] if self.pool else None), True
        book = read_book(path, name=name, head=300, alone=alone)
        return choose(self.pool, (c for s in book.sheets for row in s.rows for c in row if c))

    def _sheet(self, sheet: Sheet, understanding: Understanding, beside: Beside | None = None) -> _SheetReading:
        self._correct(sheet)
        return _SheetReading(sheet, layout(sheet, self.words, understanding.knows), understanding, self.answers, self.keep, beside)

    def _correct(self, sheet: Sheet) -> None:
        """Put in the cells that a person corrected in the preview; those beyond the rows held wait for their row."""
        later: dict[int, dict[int, str]] = {}
        for (name, _), answer in self.answers.items():
            for (row, column), text in answer.get("cells", {}).items() if name == sheet.name else ():
                if row < len(sheet.rows):
                    _put(sheet.rows[row], column, text)
                else:
                    later.setdefault(row, {})[column] = text
        if later and sheet.rest is not None:
            sheet.rest = _corrected(sheet.rest, len(sheet.rows), later)


def _ends_in_digit(cells: Sequence[str]) -> bool:
    return any(text and text[-1].isdecimal() for text in cells)


def _put(line: list[str], column: int, text: str) -> None:
    line.extend([""] * (column + 1 - len(line)))
    line[column] = text.strip()


def _corrected(rest: Iterator[list[list[str]]], row: int, later: Mapping[int, Mapping[int, str]]) -> Iterator[list[list[str]]]:
    for rows in rest:
        for line in rows:
            for column, text in later.get(row, {}).items():
                _put(line, column, text)
            row += 1
        yield rows


class _SheetReading:
    """One sheet being read: its tables in their order, then (of a long sheet) the rest of its last table."""

    def __init__(
        self, sheet: Sheet, found: Layout, understanding: Understanding, answers: Answers, keep: int, beside: Beside | None
    ) -> None:
        self.keep = keep
        self.beside = beside
        self.sheet = sheet
        self.layout = found
        self.understanding = understanding
        self.answers = answers
        self.grid = Grid(sheet)
        self.duplicates = Duplicates()
        self.totals: list[tuple[Part, Totals]] = []
        self.preview = SheetPreview(sheet, found, [], dict(found.skipped))
        self.above = 0  # rows of the sheet above the first that is held here
        self.first = 0  # number of the first table on the sheet
        self.further: _SheetReading | None = None  # another table that began far below

    def run(self) -> Iterator[tuple[Part, Record]]:
        """All records, as they are read. When it is exhausted the preview of the sheet is whole."""
        tables = [part for table in self.layout.tables for part in apart(table, self.understanding.words)]
        if tables and tables[-1].period and self.sheet.rest is not None:  # its lines are gone through once for each period
            self._whole(tables)
        sources: list[Table | Card] = [*tables, *self.layout.cards]
        for number, source in enumerate(sources, self.first):
            yield from self._source(number, source, last=number - self.first == len(tables) - 1)
        if self.further is not None:
            yield from self._go_on(self.further, self.first + len(sources))
        if self.sheet.rest is not None:
            self._uncounted()
        self._judge_totals()

    def _go_on(self, further: _SheetReading, number: int) -> Iterator[tuple[Part, Record]]:
        """The tables that began below the rows held, read like any other; then their places are told as on the whole sheet."""
        further.first, further.duplicates = number, self.duplicates
        yield from further.run()
        down = further.above - self.above
        self.preview.skipped.update({row + down: why for row, why in further.preview.skipped.items()})
        self.sheet.height = max(self.sheet.height, len(further.sheet.rows) + down, further.sheet.height + down)
        for part in further.preview.parts:
            part.issues = [i._replace(row=i.row + down) for i in part.issues]
            source = part.understood.source
            if isinstance(source, Table):
                source.top, source.body = source.top + down, source.body + down
                source.lines = [Line(line.row + down, line.sort, line.bands) for line in source.lines]
        self.preview.parts.extend(further.preview.parts)

    def _below(self, recent: Sequence[list[str]], rows: Iterator[list[str]], above: int) -> _SheetReading:
        """A reading of the lines from here on as of a sheet of their own; `recent` are the header and what stands right above it."""
        held = [*recent, *islice(rows, HEAD - len(recent))]
        rest = ([*some] for some in iter(lambda: list(islice(rows, TOGETHER)), []))
        sheet = Sheet(self.sheet.name, held, struck=frozenset(r - above for r in self.sheet.struck if r >= above))
        if len(held) == HEAD:
            sheet.rest = rest
        reading = _SheetReading(
            sheet,
            layout(sheet, self.understanding.words, self.understanding.knows),
            self.understanding,
            self.answers,
            self.keep,
            self.beside,
        )
        reading.above = self.above + above
        return reading

    def _whole(self, tables: Sequence[Table]) -> None:
        """Take in the rest of a long sheet whose last table stands for several periods."""
        assert self.sheet.rest is not None
        sorter = Sorter(tables[-1])
        lines = tables[-1].lines
        for rows in self.sheet.rest:
            for cells in rows:
                sort = sorter.sort_long(cells)
                lines.append(Line(len(self.sheet.rows), HEADER if sort == "band" else sort, lines[-1].bands if lines else ()))
                self.sheet.rows.append(cells)
                if sort not in {DATA, BLANK}:
                    self.preview.skipped[len(self.sheet.rows) - 1] = HEADER if sort == "band" else sort
        self.sheet.rest = None
        self.grid = Grid(self.sheet)

    def _source(self, number: int, source: Table | Card, *, last: bool) -> Iterator[tuple[Part, Record]]:
        answer = self.answers.get((self.sheet.name, number), {})
        kept = "" if answer.get("kind") or answer.get("skip") is not None else self.understanding.remembered(source)
        kind = str(answer.get("kind", "")) or kept
        if isinstance(source, Card):
            part = Part(self.understanding.card(source, kind=kind), number)
            rows: Iterable[int] = source.rows
        else:
            part = Part(self.understanding.table(source, kind=kind, answer=answer.get("columns")), number)
            rows = [line.row for line in source.lines if line.sort == DATA]
            part.undated = len(rows) < SHORT and not (last and self.sheet.rest is not None) and part.understood.column_of("begin") is None
        self.preview.parts.append(part)
        part.keep = self.keep
        part.left_out = bool(answer.get("skip")) or kept == LEFT_OUT
        if kept and part.kind is not None:
            part.understood.why = (
                f"您上次把这样的表选作“{part.kind.label.zh}”",
                f"as you chose for such a table last time: {part.kind.label.en}",
            )
        if part.kind is None or part.understood.summary or part.left_out:
            for row in rows:
                self.preview.skipped.setdefault(row, TOTAL if part.understood.summary else NOTE)
            return
        left_out = set(answer.get("rows", ()))
        records = self._card(part, source) if isinstance(source, Card) else self._table(part, source, last=last)
        for record in self._checked(records, left_out):
            part.hold(record)
            yield part, record

    def _checked(self, records: Iterator[Record], left_out: set[int]) -> Iterator[Record]:
        """The records that are not left out, held beside each other and beside the ledger."""
        while some := list(islice(records, TOGETHER)):
            kept = []
            for record in some:
                if record.row + self.above in left_out:
                    self.preview.skipped[record.row] = "left_out"
                    continue
                if self.above:
                    record.row += self.above
                    record.issues = [i._replace(row=i.row + self.above) for i in record.issues]
                self.duplicates.check(record)
                kept.append(record)
            if self.beside is not None:
                self.beside(kept)
            yield from kept

    def _card(self, part: Part, card: Card) -> Iterator[Record]:
        for row in card.rows:
            self.preview.skipped.pop(row, None)
        yield read_card(part.understood, self.understanding.registers)

    def _table(self, part: Part, table: Table, *, last: bool) -> Iterator[Record]:
        reader = TableReader(part.understood, self.understanding.registers, self.grid)
        totals = Totals(part.understood, beside=len({t.left for t in self.layout.tables}) > 1)
        self.totals.append((part, totals))
        rows = self.sheet.rows
        answered = {r.row for p in self.preview.parts for r in p.records} if table.period else set()
        for line in table.lines:
            if line.sort == DATA:
                if reader.skips(rows[line.row]):
                    if table.period:
                        totals.passed(rows[line.row], table.measured)
                    if line.row not in answered:  # where another period of the line says nothing either
                        self.preview.skipped.setdefault(line.row, NOTE)
                    continue
                for record in reader.records(line.row, rows[line.row], line.bands):
                    totals.add(record)
                    self.preview.skipped.pop(line.row, None)
                    yield record
            elif line.sort == TOTAL:
                totals.total(line.row, rows[line.row])
                reader.passes(rows[line.row], total=True)
            elif line.sort == NOTE and len(self.grid.filled[line.row]) > len(table.columns) // 2:  # an entry made void
                reader.passes(rows[line.row])
        if last and self.sheet.rest is not None:
            yield from self._rest(table, reader, totals)

    def _rest(self, table: Table, reader: TableReader, totals: Totals) -> Iterator[Record]:
        """The rows beyond those held: the same table goes on."""
        sorter = Sorter(table)
        row = len(self.sheet.rows)
        bands: tuple[str, ...] = table.lines[-1].bands if table.lines else ()
        assert self.sheet.rest is not None
        recent: list[list[str]] = []  # the lines that are no data, right above
        stream = chain.from_iterable(self.sheet.rest)
        for cells in stream:
            sort = sorter.sort_long(cells) if row not in self.sheet.struck else NOTE
            if not _ends_in_digit(cells) and sort != BLANK and sorter.begins_anew(cells, self.understanding.words):
                for n in range(len(recent)):
                    self.preview.skipped.pop(row - 1 - n, None)
                self.further = self._below([*recent, cells], stream, row - len(recent))
                break
            recent = [] if sort == DATA else [*recent[-5:], cells]
            if sort == DATA and reader.skips(cells):
                self.preview.skipped[row] = NOTE
            elif sort == DATA:
                for record in reader.records(row, cells, bands):
                    totals.add(record)
                    yield record
            elif sort == "band":
                bands = (*bands[-1:], " ".join(c for c in cells if c))
                self.preview.skipped[row] = HEADER
            else:
                if sort == TOTAL and sorter.is_section([(c, t) for c, t in enumerate(cells) if t]):
                    bands = (next(t for t in cells if t),)
                if sort == TOTAL:
                    totals.total(row, cells)
                if sort != BLANK:
                    self.preview.skipped[row] = sort
            row += 1
        self.sheet.rest = None
        self.sheet.height = row

    def _uncounted(self) -> None:
        row = len(self.sheet.rows)
        assert self.sheet.rest is not None
        for rows in self.sheet.rest:
            for cells in rows:
                if any(cells):
                    self.preview.skipped[row] = NOTE
                row += 1
        self.sheet.rest = None

    def _judge_totals(self) -> None:
        before: dict[str, Decimal] = {}  # what the tables above came to: a page may carry it forward
        for part, totals in self.totals:
            others: dict[str, Decimal] = {}
            for other, theirs in self.totals:
                if other is not part:
                    for name, value in theirs.sums().items():
                        others[name] = others.get(name, Decimal(0)) + value
            beside = [theirs for other, theirs in self.totals if _stand_beside(part.understood.source, other.understood.source)]
            part.issues = totals.issues(others or None, before, beside)
            for name, value in totals.sums().items():
                before[name] = before.get(name, Decimal(0)) + value


def _stand_beside(one: Table | Card, other: Table | Card) -> bool:
    return isinstance(one, Table) and isinstance(other, Table) and (one.right < other.left or other.right < one.left)


def preview_book(
    book: Book,
    words: Vocabulary,
    pool: Sequence[Registers],
    *,
    answers: Answers | None = None,
    memory: Mapping[tuple[str, str], str] | None = None,
) -> Preview:
    """Understand sheets that are in memory. `pool` are the registers of the programmes they may belong to."""
    return Reader(words, pool, answers=answers, memory=memory).book(book)


def _is_card(part: Part) -> bool:
    return not hasattr(part.understood.source, "columns")


SHORT = 60
"""A summary of another table has fewer rows than this."""


def _drop_summaries(previews: list[SheetPreview]) -> None:
    """A table without dates whose amounts are the sums of another table of the file, place by place or unit by unit, is a summary of it."""
    if not any(_may_repeat(part, previews) for sheet in previews for part in sheet.parts):
        return
    sums = {id(part): _sums(part) for sheet in previews for part in sheet.parts if part.kind is not None and len(part.records) >= 3}
    for sheet in previews:
        for part in sheet.parts:
            if not _may_repeat(part, previews):
                continue
            others = [grouped for one, grouped in sums.items() if one != id(part)]
            lines = _lines_of(part)
            if sum(_is_a_sum(record, others) for record in lines) >= 0.8 * len(lines):
                others_here = {r.row for p in sheet.parts if p is not part for r in p.records}
                for record in part.records:
                    if record.row not in others_here:
                        sheet.skipped.setdefault(record.row, TOTAL)
                part.understood.summary = True
                part.records, part.count, part.refused, part.problems = [], 0, 0, 0


def _lines_of(part: Part) -> list[Record]:
    """The records of a table, those of one line as one with their amounts added up (goods or villages across the columns)."""
    if not any(m.head is not None for m in part.understood.meanings):
        return part.records
    lines: dict[int, Record] = {}
    for record in part.records:
        line = lines.get(record.row)
        amount, more = record.values.get("amount"), line.values.get("amount") if line is not None else None
        if isinstance(amount, Decimal) and isinstance(more, Decimal):
            amount += more
        lines[record.row] = Record(record.row, record.kind, {**record.values, "amount": amount})
    return list(lines.values())


def _may_repeat(part: Part, previews: list[SheetPreview]) -> bool:
    """Whether a table is short, nobody's and of no days, beside a longer one: a summary of that one, perhaps."""
    if part.kind is None or len(part.records) < 2 or _is_card(part) or len({r.row for r in part.records}) >= SHORT:
        return False
    return not any(part.understood.column_of(n) for n in ("begin", "person", "household")) and _repeats(part, previews)


_GROUPS = ("place", "unit")


def _sums(part: Part) -> dict[tuple[str, str], Decimal]:
    """What the amounts of a table add up to for each place and each unit."""
    out: dict[tuple[str, str], Decimal] = {}
    for record in part.records:
        amount = with_totals(record.kind, record.values).get("amount")
        for name in _GROUPS:
            key = getattr(record.values.get(name), "name", "")
            if key and isinstance(amount, Decimal):
                out[name, key] = out.get((name, key), Decimal(0)) + amount
    return out


def _is_a_sum(record: Record, others: Sequence[Mapping[tuple[str, str], Decimal]]) -> bool:
    """Whether a row's amount is what another table's rows come to for its place or unit (for any, where the row tells neither)."""
    amount = record.values.get("amount")
    if not isinstance(amount, Decimal):
        return False
    keys = [(name, key) for name in _GROUPS if (key := getattr(record.values.get(name), "name", ""))]
    return any(amount in ([g.get(k) for k in keys] if keys else g.values()) for g in others)


def _repeats(part: Part, previews: list[SheetPreview]) -> bool:
    """Whether another table of the file has more rows than this one (a summary is shorter than what it sums)."""
    return any(len(p.records) > len(part.records) for s in previews for p in s.parts if p is not part and p.kind is not None)


# ── the answer of a dry run ──────────────────────────────────────────────────────────────────────────────────────────


_ERRORS = frozenset({"not_a_number", "negative", "bad_date", "missing", "duplicate", "checksum", "total_mismatch", "lossy_code"})


def answer_of(preview: Preview) -> dict[str, Any]:
    """The form of samples/README.md: {"file", "rows", "skipped", "errors"}, and with it "doubts", "questions" and "remarks".

    Every row is in it: a file of which the preview holds the first rows only is read once more. Raises Refused.
    """
    answer = _Answer()
    if preview.complete or preview.reader is None or preview.path is None:
        for sheet, part, record in preview.records():
            answer.add(sheet, part, record)
        return answer.of(preview)
    again = Preview(preview.file, preview.registers, [], undecided=preview.undecided, path=preview.path)
    for sheet, part, record in preview.reader.stream(again):
        answer.add(sheet, part, record)
    return answer.of(again)


def problems_of(preview: Preview) -> list[dict[str, Any]]:
    """The errors that the preview holds, in the form of a dry run's answer."""
    return [
        _error(sheet.sheet.name, part.kind, issue)
        for sheet in preview.sheets
        for part in sheet.parts
        for issue in (*part.issues, *(i for r in part.records for i in r.issues), *part.later)
        if is_error(issue)
    ]


def is_error(issue: Issue) -> bool:
    """Whether an issue is a mistake of the workbook's, rather than something of ours to be asked."""
    return issue.why in _ERRORS


class _Answer:
    """A dry run's answer being put together, record by record."""

    def __init__(self) -> None:
        self.rows: dict[int, list[dict[str, Any]]] = {}
        self.errors: dict[int, list[tuple[str, Issue]]] = {}
        self.doubts: dict[int, list[tuple[str, Issue]]] = {}

    def add(self, sheet: SheetPreview, part: Part, record: Record) -> None:
        name = sheet.sheet.name
        self.rows.setdefault(id(part), []).append(_row(name, record))
        for issue in record.issues:
            (self.errors if is_error(issue) else self.doubts).setdefault(id(part), []).append((name, issue))

    def of(self, preview: Preview) -> dict[str, Any]:
        rows: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        doubts: list[dict[str, Any]] = []
        skipped: list[dict[str, Any]] = []
        for sheet in preview.sheets:
            name = sheet.sheet.name
            skipped.extend({"sheet": name, "excel_row": row + 1, "why": why} for row, why in sorted(sheet.skipped.items()))
            for part in sheet.parts:
                if part.understood.summary or part.kind is None:
                    continue
                rows.extend(self.rows.get(id(part), ()))
                found = sorted([*((name, i) for i in part.issues), *self.errors.get(id(part), ())], key=lambda e: (e[1].row, e[1].column))
                errors.extend(_error(name, part.kind, issue) for _, issue in dict.fromkeys(found))
                doubts.extend(_error(name, part.kind, issue) for _, issue in dict.fromkeys(self.doubts.get(id(part), ())))
        return {
            "file": preview.file,
            "organisation": preview.registers.organisation if preview.registers is not None else None,
            "undecided": preview.undecided,
            "rows": rows,
            "skipped": skipped,
            "errors": errors,
            "doubts": doubts,
            "questions": [
                {"sheet": s, "column": q.column, "question": q.zh, "question_en": q.en, "options": list(q.options)}
                for s, q in preview.questions()
            ],
            "remarks": [zh for zh, _ in preview.remarks],
        }


def _row(sheet: str, record: Record) -> dict[str, Any]:
    kind = record.kind
    values = with_totals(kind, record.values)
    bad = {i.field for i in record.issues if i.refuses or i.why == "unknown_unit"}
    out: dict[str, Any] = {"sheet": sheet, "excel_row": record.row + 1, "kind": kind.ledger}
    begin, end = values.get("begin"), values.get("end")
    if isinstance(begin, Period):
        out["date"] = begin.begin.isoformat()
    last = end.final if isinstance(end, Period) else begin.last if isinstance(begin, Period) else None
    if last is not None:
        out["date_end"] = last.isoformat()
    for column in ("place", "unit", "amount_cny", "people", "person_times", "sessions", "items", "households", "title"):
        for fld in kind.exports(column):
            value = values.get(fld.name)
            if value is None or fld.name in bad:
                continue
            out[column] = _exported(value)
            break
    return out


def _exported(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Place):  # the answer speaks of the programme's own places, or else of counties; the ledger keeps the township
        return value.county if value.level == "township" and value.county and not value.own else value.name
    return value.name if isinstance(value, Unit) else str(value)


_ALIAS = {"begin": "date", "end": "date_end", "invoice": "voucher", "order_number": "voucher", "household_id_number": "id_number"}


def _error(sheet: str, kind: Kind | None, issue: Issue) -> dict[str, Any]:
    fld = kind.fields.get(issue.field) if kind is not None else None
    while fld is not None and kind is not None and fld.part_of and not fld.export:  # of a total that nobody wrote
        fld = kind.fields.get(fld.part_of)
    name = _ALIAS.get(issue.field, (fld.export if fld is not None and fld.export else issue.field))
    out: dict[str, Any] = {"sheet": sheet, "excel_row": issue.row + 1, "field": name, "why": issue.why}
    out |= {"message": sentence(sheet, issue), "message_en": sentence(sheet, issue, "en")}
    if issue.same_as is not None:
        out["same_as"] = issue.same_as + 1
    if issue.entry is not None:
        out["entry"] = issue.entry
    return out


def dry_run(
    path: Path, pool: Sequence[Registers], catalogue: Catalogue, *, words: Vocabulary | None = None, alone: bool = True
) -> dict[str, Any]:
    """What `bangfu import FILE --dry-run --json` prints for one file. Raises reading.Refused where the file cannot be read."""
    vocabulary = words if words is not None else Vocabulary(catalogue)
    reader = Reader(vocabulary, pool)
    return reader.answered(path, alone=alone)[1]

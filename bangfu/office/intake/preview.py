"""Files → what would be recorded: every table understood, every row read, every problem at its cell, and a count that adds up. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bangfu.catalogue import Catalogue, Kind
from bangfu.catalogue.reading import Period
from bangfu.office.intake.checking import Duplicates, Totals, sentence
from bangfu.office.intake.reading import Book, Sheet, read_book
from bangfu.office.intake.registers import Place, Registers, Unit, choose
from bangfu.office.intake.rows import Issue, Record, TableReader, read_card, with_totals
from bangfu.office.intake.structure import DATA, TOTAL, Grid, Layout, layout
from bangfu.office.intake.understanding import Question, Understanding, Understood
from bangfu.office.intake.words import Vocabulary
from bangfu.quantities import plain


@dataclass(slots=True)
class Part:
    """One table or form of a sheet as understood, with its records."""

    understood: Understood
    records: list[Record] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)  # those of total lines

    @property
    def kind(self) -> Kind | None:
        return self.understood.kind


@dataclass(slots=True)
class SheetPreview:
    """One sheet: its grid, its tables, and why its other lines are no entries."""

    sheet: Sheet
    layout: Layout
    parts: list[Part]
    skipped: dict[int, str]

    def issues(self) -> list[Issue]:
        """Every problem of the sheet in the order of its rows."""
        found = [i for p in self.parts for i in p.issues] + [i for p in self.parts for r in p.records for i in r.issues]
        return sorted(found, key=lambda i: (i.row, i.column))


@dataclass(slots=True)
class Preview:
    """One file as it would be recorded."""

    file: str
    registers: Registers | None
    sheets: list[SheetPreview]
    remarks: list[tuple[str, str]] = field(default_factory=list)
    undecided: bool = False  # which programme the file belongs to is not clear

    def records(self) -> Iterable[tuple[SheetPreview, Part, Record]]:
        """All records with their sheet and table."""
        for sheet in self.sheets:
            for part in sheet.parts:
                for record in part.records:
                    yield sheet, part, record

    def questions(self) -> list[tuple[str, Question]]:
        """What is to be asked, with the sheet it is about."""
        return [(s.sheet.name, q) for s in self.sheets for p in s.parts for q in p.understood.questions]


Answers = Mapping[tuple[str, int], Mapping[str, Any]]
"""What a person said of a table: (sheet, number of the table on it) → {"kind": code, "columns": {column: field name or ""}, "skip": True}."""


def preview_book(book: Book, words: Vocabulary, pool: Sequence[Registers], *, answers: Answers | None = None, memory: Mapping[tuple[str, str], str] | None = None) -> Preview:
    """Understand a file that was read. `pool` are the registers of the programmes it may belong to."""
    registers, clear = choose(pool, (c for s in book.sheets for row in s.rows[:2000] for c in row if c))
    understanding = Understanding(words, registers, memory)
    sheets = [_sheet(s, words, understanding, registers, answers or {}) for s in book.sheets]
    _drop_summaries(sheets)
    return Preview(book.file, registers, sheets, list(book.remarks), not clear)


def _sheet(sheet: Sheet, words: Vocabulary, understanding: Understanding, registers: Registers | None, answers: Answers) -> SheetPreview:
    found = layout(sheet, words)
    grid = Grid(sheet)
    parts: list[Part] = []
    skipped = dict(found.skipped)
    duplicates = Duplicates()
    totals: list[Totals] = []
    kept: set[int] = set()
    for number, source in enumerate([*found.tables, *found.cards]):
        answer = answers.get((sheet.name, number), {})
        card = not hasattr(source, "columns")
        kind = str(answer.get("kind", ""))
        understood = understanding.card(source, kind=kind) if card else understanding.table(source, kind=kind, answer=answer.get("columns"))  # type: ignore[arg-type]
        part = Part(understood)
        parts.append(part)
        rows = source.rows if card else tuple(line.row for line in source.lines if line.sort == DATA)  # type: ignore[union-attr]
        if understood.kind is None or understood.summary or answer.get("skip"):
            for row in rows:
                skipped.setdefault(row, TOTAL if understood.summary else "note")
            continue
        kept.update(rows)
        if card:
            record = read_card(understood, registers)
            duplicates.check(record)
            part.records.append(record)
            continue
        reader = TableReader(understood, registers, grid)
        sums = Totals(understood)
        totals.append(sums)
        for line in source.lines:  # type: ignore[union-attr]
            if line.sort == DATA:
                record = reader.read(line.row, sheet.rows[line.row], line.bands)
                duplicates.check(record)
                sums.add(record)
                part.records.append(record)
            elif line.sort == TOTAL:
                sums.total(line.row, sheet.rows[line.row])
        part.issues = []
    for sums, part in zip(totals, (p for p in parts if p.records and not _is_card(p)), strict=False):
        others: dict[str, Decimal] = {}
        for other in totals:
            if other is not sums:
                for name, value in other.sums().items():
                    others[name] = others.get(name, Decimal(0)) + value
        part.issues = sums.issues(others or None)
    for row in kept:
        skipped.pop(row, None)
    return SheetPreview(sheet, found, parts, skipped)


def _is_card(part: Part) -> bool:
    return not hasattr(part.understood.source, "columns")


def _drop_summaries(sheets: list[SheetPreview]) -> None:
    """A table without dates whose amounts are the sums of another table of the file, place by place or unit by unit, is a summary of it."""
    sums: dict[str, set[Decimal]] = {}
    for sheet in sheets:
        for part in sheet.parts:
            if part.kind is not None and len(part.records) >= 3:
                grouped: dict[tuple[str, str], Decimal] = {}
                for record in part.records:
                    amount = with_totals(record.kind, record.values).get("amount")
                    for name in ("place", "unit"):
                        key = getattr(record.values.get(name), "name", "")
                        if key and isinstance(amount, Decimal):
                            grouped[name, key] = grouped.get((name, key), Decimal(0)) + amount
                sums.setdefault(part.kind.ledger, set()).update(v for v in grouped.values())
    for sheet in sheets:
        for part in sheet.parts:
            if part.kind is None or not part.records or part.understood.column_of("begin") is not None:
                continue
            amounts = [r.values.get("amount") for r in part.records]
            if all(isinstance(a, Decimal) for a in amounts) and len(amounts) >= 2 and not _is_card(part):
                others = {v for ledger, values in sums.items() for v in values}
                if sum(a in others for a in amounts) >= 0.8 * len(amounts) and len({r.row for r in part.records}) < 60 and _repeats(part, sheets):
                    for record in part.records:
                        sheet.skipped.setdefault(record.row, TOTAL)
                    part.understood.summary = True
                    part.records = []


def _repeats(part: Part, sheets: list[SheetPreview]) -> bool:
    """Whether another table of the file has more rows than this one (a summary is shorter than what it sums)."""
    return any(len(p.records) > len(part.records) for s in sheets for p in s.parts if p is not part and p.kind is not None)


# ── the answer of a dry run ──────────────────────────────────────────────────────────────────────────────────────────


_ERRORS = frozenset({"not_a_number", "negative", "bad_date", "missing", "duplicate", "checksum", "total_mismatch", "lossy_code"})


def answer_of(preview: Preview) -> dict[str, Any]:
    """The form of samples/README.md: {"file", "rows", "skipped", "errors"}, and with it "questions" and "remarks"."""
    rows, errors, skipped = [], [], []
    for sheet in preview.sheets:
        name = sheet.sheet.name
        for part in sheet.parts:
            rows.extend(_row(name, record) for record in part.records)
        for row, why in sorted(sheet.skipped.items()):
            skipped.append({"sheet": name, "excel_row": row + 1, "why": why})
        for part in sheet.parts:
            for issue in sorted([*part.issues, *(i for r in part.records for i in r.issues)], key=lambda i: (i.row, i.column)):
                if issue.why in _ERRORS:
                    errors.append(_error(name, part.kind, issue))
    questions = [{"sheet": s, "column": q.column, "question": q.zh, "options": list(q.options)} for s, q in preview.questions()]
    doubts = [
        {"sheet": s.sheet.name, "excel_row": i.row + 1, "field": i.field, "why": i.why, "message": sentence(s.sheet.name, i)}
        for s in preview.sheets
        for i in s.issues()
        if i.why not in _ERRORS
    ]
    return {
        "file": preview.file,
        "organisation": preview.registers.organisation if preview.registers is not None else None,
        "undecided": preview.undecided,
        "rows": rows,
        "skipped": skipped,
        "errors": errors,
        "doubts": doubts,
        "questions": questions,
        "remarks": [zh for zh, _ in preview.remarks],
    }


def _row(sheet: str, record: Record) -> dict[str, Any]:
    kind = record.kind
    values = with_totals(kind, record.values)
    bad = {i.field for i in record.issues if i.refuses}
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
    return value.name if isinstance(value, (Place, Unit)) else str(value)


_ALIAS = {"begin": "date", "end": "date_end", "invoice": "voucher", "order_number": "voucher", "household_id_number": "id_number"}


def _error(sheet: str, kind: Kind | None, issue: Issue) -> dict[str, Any]:
    fld = kind.fields.get(issue.field) if kind is not None else None
    name = _ALIAS.get(issue.field, (fld.export if fld is not None and fld.export else issue.field))
    out: dict[str, Any] = {"sheet": sheet, "excel_row": issue.row + 1, "field": name, "why": issue.why, "message": sentence(sheet, issue)}
    if issue.same_as is not None:
        out["same_as"] = issue.same_as + 1
    return out


def dry_run(path: Path, pool: Sequence[Registers], catalogue: Catalogue, *, words: Vocabulary | None = None, alone: bool = True) -> dict[str, Any]:
    """What `bangfu import FILE --dry-run --json` prints for one file. Raises reading.Refused where the file cannot be read."""
    vocabulary = words if words is not None else Vocabulary(catalogue)
    return answer_of(preview_book(read_book(path, alone=alone), vocabulary, pool))


__all__ = ["Answers", "Part", "Preview", "SheetPreview", "answer_of", "dry_run", "plain", "preview_book"]

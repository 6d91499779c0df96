"""How an office lays out a ledger: title, line of units, header, rows, total, signatures; several sheets to a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | Decimal | date | None
Row = Sequence[Cell]


class Dates(StrEnum):
    """How a sheet writes its days: offices keep to one way a sheet, and to another on the next."""

    CELL = "cell"
    ISO = "iso"
    DOT = "dot"
    ZH = "zh"


@dataclass(frozen=True, slots=True)
class Table:
    """One ledger on one sheet.

    `headers` are the words over the columns, `total` those of them that are added up in the last line, `refused` the positions of rows that
    cannot be recorded (with the reason why: nobody could guess what was meant).
    """

    kind: str
    title: str
    headers: tuple[str, ...]
    rows: Sequence[Row]
    sheet: str = ""
    by: str = "帮扶工作办公室"
    units: str = ""
    dates: Dates = Dates.DOT
    total: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refused: dict[int, str] = field(default_factory=dict)
    blank_after: tuple[int, ...] = ()  # row numbers after which the office left a line empty

    def records(self) -> Iterator[dict[str, Cell]]:
        """The rows that can be recorded, each as header → cell."""
        for number, row in enumerate(self.rows):
            if number not in self.refused:
                yield dict(zip(self.headers, row, strict=True))


@dataclass(frozen=True, slots=True)
class Workbook:
    """One Excel file of the office."""

    filename: str
    tables: tuple[Table, ...]


def written(day: date, dates: Dates) -> str:
    """`day` as that sheet writes it."""
    if dates is Dates.ISO:
        return day.isoformat()
    if dates is Dates.ZH:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.year}.{day.month}.{day.day}"


def write(workbook: Workbook, folder: Path) -> Path:
    """Write the file into `folder` and give its path. The same bytes on every run: the creation date is fixed."""
    path = folder / workbook.filename
    book = xlsxwriter.Workbook(path, {"in_memory": True})
    book.set_properties({"title": path.stem, "author": "演示数据", "comments": "演示数据，非真实记录", "created": datetime(2020, 12, 21)})  # noqa: DTZ001 - xlsx has no zones
    styles = {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "note": book.add_format({"font_size": 10}),
        "header": book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#EDEDED"}
        ),
        "cell": book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True}),
        "date": book.add_format({"border": 1, "valign": "vcenter", "num_format": "yyyy-mm-dd"}),
        "money": book.add_format({"border": 1, "valign": "vcenter", "num_format": "#,##0.00"}),
        "total": book.add_format({"bold": True, "border": 1, "num_format": "#,##0.##"}),
    }
    for table in workbook.tables:
        _write_table(book.add_worksheet(table.sheet or table.title[:28]), table, styles)
    book.close()
    return path


def _write_table(sheet: Worksheet, table: Table, styles: dict[str, Format]) -> None:
    headers = ("序号", *table.headers)
    width = len(headers)
    sheet.merge_range(0, 0, 0, width - 1, table.title, styles["title"])
    sheet.set_row(0, 28)
    sheet.write_string(1, 0, f"填报单位：{table.by}", styles["note"])
    if table.units:
        sheet.write_string(1, width - 1, f"单位：{table.units}", styles["note"])
    for column, header in enumerate(headers):
        sheet.write_string(2, column, header, styles["header"])
    sheet.set_column(0, 0, 6)
    for column, header in enumerate(table.headers, 1):
        longest = max((len(str(row[column - 1] or "")) for row in table.rows), default=0)
        sheet.set_column(column, column, min(36, max(10, 2 * len(header), int(1.8 * longest))))
    at = 3
    for number, row in enumerate(table.rows):
        sheet.write_number(at, 0, number + 1, styles["cell"])
        for column, cell in enumerate(row, 1):
            _write_cell(sheet, at, column, cell, table.dates, styles)
        at += 2 if number in table.blank_after else 1
    if table.total:
        sheet.write_string(at, 0, "合计", styles["total"])
        for column, header in enumerate(table.headers, 1):
            if header in table.total:
                amount = sum((Decimal(c) for c in (row[column - 1] for row in table.rows) if isinstance(c, (int, Decimal))), Decimal(0))
                sheet.write_number(at, column, amount, styles["total"])  # xlsxwriter writes the digits of a Decimal
            else:
                sheet.write_blank(at, column, None, styles["total"])
        at += 1
    for note in table.notes:
        sheet.write_string(at, 0, note, styles["note"])
        at += 1
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Any, dates: Dates, styles: dict[str, Format]) -> None:
    if cell is None or cell == "":
        sheet.write_blank(row, column, None, styles["cell"])
    elif isinstance(cell, date):
        if dates is Dates.CELL:
            sheet.write_datetime(row, column, datetime.combine(cell, datetime.min.time()), styles["date"])
        else:
            sheet.write_string(row, column, written(cell, dates), styles["cell"])
    elif isinstance(cell, Decimal):
        sheet.write_number(row, column, cell, styles["money"])
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, styles["cell"])
    else:
        sheet.write_string(row, column, str(cell), styles["cell"])

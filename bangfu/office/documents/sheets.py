"""The annex tables of a report (xlsx) → sentences, with each number's sheet and cell."""

from __future__ import annotations

import io
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from bangfu.office.documents.packages import unpack, xml
from bangfu.office.documents.shapes import Builder, DocumentRefused, Where
from bangfu.office.documents.tables import Cell, lay
from bangfu.quantities import plain

MOST_CELLS = 500_000
_PLACES = re.compile(r"0(?:\.(0+))?")


def read(content: bytes) -> Builder:
    """All visible sheets, a row a line. Raises DocumentRefused."""
    parts = unpack(content)
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            xml(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise DocumentRefused(
            "工作簿已损坏或不是 xlsx：请用 Excel/WPS 另存为 xlsx 再交",
            "The workbook is damaged or not xlsx: save it as xlsx and hand it in",
        ) from error
    out = Builder()
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            raise DocumentRefused(
                f"工作表“{sheet.title}”过大（{sheet.max_row} 行 × {sheet.max_column} 列）：核验只读附表，台账请用“导入”",
                f"Sheet “{sheet.title}” is too large ({sheet.max_row} rows × {sheet.max_column} columns): hand in annex tables only, import ledgers",
            )
        out.line()
        out.say(sheet.title if not re.fullmatch(r"(?i)sheet\d*", sheet.title) else "")
        out.line()
        for grid in _tables(sheet):
            lay(grid, out)
    return out


def _tables(sheet: Any) -> list[list[list[Cell]]]:
    """The blocks of rows between empty rows."""
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                if (row, column) != (area.min_row, area.min_col):
                    merged[row, column] = (area.min_row, area.min_col)
    tables: list[list[list[Cell]]] = [[]]
    for row in sheet.iter_rows():
        cells = []
        for cell in row:
            home = merged.get((cell.row, cell.column))
            shown = cell if home is None else sheet.cell(*home)
            text = _text(shown)
            where = Where("table", sheet=sheet.title, cell=shown.coordinate)
            cells.append(Cell([(text, None, None, where, None)] if text else [], merged=home is not None))
        if any(c.word for c in cells):
            tables[-1].append(cells)
        elif tables[-1]:
            tables.append([])
    return [t for t in tables if t]


def _text(cell: Any) -> str:
    """The cell as its number format shows it: a share as 85%, two places as 12.50, dates in Chinese order."""
    value = cell.value
    if value is None or isinstance(value, bool):
        return ""
    if not isinstance(value, (int, float)):
        return f"{value:%Y年%m月%d日}" if hasattr(value, "strftime") and hasattr(value, "year") else str(value)
    number = Decimal(repr(value))
    if not number.is_finite():
        return ""
    shown = str(cell.number_format or "General")
    percent = "%" in shown
    if percent:
        number *= 100
    places = _PLACES.search(shown.replace("#,##0", "0"))
    try:
        if places is not None and shown != "General":
            number = number.quantize(Decimal(1).scaleb(-len(places[1] or "")))
        else:
            number = number.quantize(Decimal("0.000001"))
    except InvalidOperation:
        return ""
    return plain(number) + ("%" if percent else "")

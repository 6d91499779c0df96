"""Lists as Excel workbooks: what is seen, with its totals; texts always as text, so that no cell becomes a formula and no long number is rounded."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(title: str, notes: Sequence[str], head: Sequence[str], rows: Iterable[Sequence[Any]], foot: Sequence[Any] = ()) -> bytes:
    """A sheet with its title and notes above the header row, frozen; numbers and dates as such, all else as text; totals last."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet(_sheet_name(title))
    plain = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
    forms = {
        "title": book.add_format({**plain, "bold": True, "font_size": 16, "align": "center"}),
        "note": book.add_format({**plain, "font_color": "#555555"}),
        "head": book.add_format({**plain, "bold": True, "bg_color": "#E5F1EE", "border": 1, "text_wrap": True, "align": "center"}),
        "text": book.add_format({**plain, "border": 1, "num_format": "@", "text_wrap": True}),
        "number": book.add_format({**plain, "border": 1, "num_format": "#,##0.####"}),
        "money": book.add_format({**plain, "border": 1, "num_format": "#,##0.00"}),
        "date": book.add_format({**plain, "border": 1, "num_format": "yyyy-mm-dd"}),
        "foot": book.add_format({**plain, "bold": True, "border": 1, "num_format": "#,##0.00##", "bg_color": "#F5F7F5"}),
    }
    width = max(len(head), 1)
    if width > 1:
        sheet.merge_range(0, 0, 0, width - 1, title, forms["title"])
    else:
        sheet.write_string(0, 0, title, forms["title"])
    at = 1
    for note in notes:
        sheet.write_string(at, 0, note, forms["note"])
        at += 1
    for column, word in enumerate(head):
        sheet.write_string(at, column, word, forms["head"])
    sheet.freeze_panes(at + 1, 0)
    sheet.repeat_rows(at)
    widths = [_width(word) for word in head]
    for row in rows:
        at += 1
        for column, value in enumerate(row):
            _write(sheet, at, column, value, forms)
            widths[column] = max(widths[column], _width(value))
    if foot:
        at += 1
        for column, value in enumerate(foot):
            if isinstance(value, (int, Decimal)):
                sheet.write_number(at, column, value, forms["foot"])
            else:
                sheet.write_string(at, column, str(value or ""), forms["foot"])
    for column, size in enumerate(widths):
        sheet.set_column(column, column, min(size + 2, 42))
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    book.close()
    return file.getvalue()


def _write(sheet: Any, at: int, column: int, value: Any, forms: dict[str, Any]) -> None:
    if isinstance(value, Decimal):
        sheet.write_number(at, column, value, forms["money" if value.as_tuple().exponent == -2 else "number"])
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(at, column, value, forms["number"])
    elif isinstance(value, datetime):
        sheet.write_string(at, column, f"{value:%Y-%m-%d %H:%M}", forms["text"])
    elif isinstance(value, date):
        sheet.write_datetime(at, column, datetime(value.year, value.month, value.day), forms["date"])  # noqa: DTZ001 - Excel knows no zone
    else:
        sheet.write_string(at, column, "" if value is None else str(value), forms["text"])


def _width(value: Any) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in str(value if value is not None else ""))


def _sheet_name(title: str) -> str:
    return "".join("_" if c in "[]:*?/\\'" else c for c in title)[:31] or "Sheet1"


def attachment(content: bytes, name: str, media_type: str = XLSX) -> HttpResponse:
    """A file to be kept; its name may be Chinese."""
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer

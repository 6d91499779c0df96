"""Rows struck through in .xlsx, .ods and .xls: they do not count any more (docs/tutorial: what an import leaves out)."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import xlsxwriter

from bangfu.office.intake import cells
from bangfu.office.intake.reading import read_book

CELLS = ("采购日期", "产品名称", "金额")


def test_in_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet, line, bold = book.add_worksheet(), book.add_format({"font_strikeout": True}), book.add_format({"bold": True})
    sheet.write_row(0, 0, CELLS, bold)
    sheet.write_row(1, 0, ["2021-03-05", "绿豆", 24])
    sheet.write_row(2, 0, ["2021-03-06", "红枣", 90], line)
    sheet.write_row(3, 0, ["2021-03-07", "小米"])
    sheet.write(3, 2, 6, line)  # one figure corrected, not the row
    book.close()
    assert read_book(path).sheets[0].struck == frozenset({2})


def test_in_ods(tmp_path: Path) -> None:
    path = tmp_path / "x.ods"
    style = (
        '<style:style style:name="{0}" style:family="table-cell"><style:text-properties style:text-line-through-style="{1}"/></style:style>'
    )
    cell = '<table:table-cell table:style-name="{0}"><text:p>{1}</text:p></table:table-cell>'
    rows = "".join(f"<table:table-row>{''.join(cell.format(s, t) for t in CELLS)}</table:table-row>" for s in ("a", "b", "a"))
    content = (
        f"<office:document-content><office:automatic-styles>{style.format('a', 'none')}{style.format('b', 'solid')}</office:automatic-styles>"
        f'<office:body><table:table table:name="表">{rows}</table:table></office:body></office:document-content>'
    )
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("content.xml", content)
    with zipfile.ZipFile(path) as pack:
        assert cells.scan_ods(pack)[0].struck == [1]


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def test_in_xls() -> None:
    """Fonts 0 and 1 (the second struck through), formats 0 and 1 of these, one sheet of two rows."""
    fonts = b"".join(record(0x31, struct.pack("<HH", 200, flags)) for flags in (0, 8))
    formats = b"".join(record(0xE0, struct.pack("<HH", font, 0)) for font in (0, 1))
    number = [record(0x203, struct.pack("<HHHd", row, column, row, 1.0)) for row in (0, 1) for column in range(3)]
    head = record(0x809) + fonts + formats
    sheet = record(0x809) + b"".join(number) + record(0x0A)
    start = len(head) + 4 + 8 + 4
    book = head + record(0x85, struct.pack("<II", start, 0)) + record(0x0A) + sheet
    assert cells._struck_xls(book)[0].struck == [1]

"""Broken and hostile files get a sentence; the process that asked never dies, never hangs, never fills its memory."""

from __future__ import annotations

import io
import random
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bangfu.office.intake import cells
from bangfu.office.intake.cells import Refused
from bangfu.office.intake.preview import Reader, answer_of
from bangfu.office.intake.reading import read_book
from bangfu.office.intake.words import Vocabulary

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bench"))


def workbook(fill: Any = None) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet("表")
    sheet.write_row(0, 0, ["序号", "采购日期", "产品名称", "金额"])
    sheet.write_row(1, 0, [1, "2020-3-5", "苹果", 12.5])
    if fill:
        fill(book, sheet)
    book.close()
    return out.getvalue()


def repacked(data: bytes, change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            for name, body in change(info.filename, old.read(info)):
                new.writestr(name, body)
    return out.getvalue()


def saved(tmp_path: Path, data: bytes, name: str = "x.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.xlsx", b""),
        ("zeros.xlsx", b"\x00" * 100),
        ("random.xlsx", random.Random(1).randbytes(5000)),
        ("pdf.xlsx", b"%PDF-1.7 ..."),
        ("cut.xlsx", workbook()[:3000]),
        ("ole.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000),
        ("zip.xlsx", repacked(workbook(), lambda n, b: [("other/" + n, b)])),
        ("quote.csv", '序号,名称\n1,"没有收尾\n'.encode() + b"x" * 200_000),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_book(saved(tmp_path, data, name))
    assert caught.value.zh
    assert caught.value.en


def test_what_unfolds_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = repacked(workbook(), lambda n, b: [(n, b + b" " * (60 << 20) if n.endswith("sheet1.xml") else b)])
    assert len(bomb) < 1 << 20
    with pytest.raises(Refused, match="压缩炸弹"):
        read_book(saved(tmp_path, bomb))
    monkeypatch.setattr(cells, "MAX_FILE", 1000)
    with pytest.raises(Refused, match="上限"):
        read_book(saved(tmp_path, workbook()), alone=False)


def test_a_cell_at_the_end_of_the_world_is_refused(tmp_path: Path) -> None:
    far = workbook(lambda _, sheet: sheet.write(1_048_575, 16_383, "x"))
    with pytest.raises(Refused, match="范围过大"):
        read_book(saved(tmp_path, far))


def test_a_quarter_million_empty_styled_rows_cost_nothing(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}" s="1"/><c r="B{r}" s="1"/></row>' for r in range(10, 250_000)).encode()
    data = repacked(workbook(), lambda n, b: [(n, b.replace(b"</sheetData>", rows + b"</sheetData>"))])
    book = read_book(saved(tmp_path, data))
    assert len(book.sheets[0].rows) == 2


def test_entities_are_refused(tmp_path: Path) -> None:
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
        data = repacked(workbook(), lambda n, b, part=part: [(n, declared + b.split(b"?>", 1)[1] if n == part else b)])
        with pytest.raises(Refused, match="实体"):
            read_book(saved(tmp_path, data))


def test_macros_and_links_are_left_aside_with_a_sentence(tmp_path: Path) -> None:
    data = repacked(
        workbook(),
        lambda n, b: (
            [(n, b)] + ([("xl/vbaProject.bin", b"x"), ("xl/externalLinks/externalLink1.xml", b"<x/>")] if n == "xl/workbook.xml" else [])
        ),
    )
    book = read_book(saved(tmp_path, data, "x.xlsm"))
    assert [zh[:4] for zh, _ in book.remarks] == ["文件带宏", "文件引用"]
    assert book.sheets[0].rows[1][2] == "苹果"


def test_hidden_rows_error_values_and_formulas_without_a_result(tmp_path: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(2, 0, [2, "2020-3-6", "蜂蜜", 7.5])
        sheet.write_formula(3, 3, "=SUM(D2:D3)", None, "")
        sheet.write_formula(4, 3, "=ROUND(D2*2,1)+D4", None, "")
        sheet.write_formula(5, 3, "=D2/0", None, "#DIV/0!")
        sheet.write_formula(6, 3, "=VLOOKUP(A1,B:C,2)", None, "")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})

    sheet = read_book(saved(tmp_path, workbook(fill))).sheets[0]
    assert sheet.hidden_rows == {2}
    assert sheet.hidden_columns == {1}
    assert [row[3] for row in sheet.rows[3:]] == ["20", "45", "#DIV/0!", "=VLOOKUP(A1,B:C,2)"]


def test_merged_cells_of_an_ods(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    lines = [["序号", "村", "户主", "走访日期"], ["1", "上寨村", "李大山", "2020-3-5"], ["2", None, "李小山", "2020-3-6"]]
    body = "".join(
        "<table:table-row>"
        + "".join(
            "<table:covered-table-cell/>"
            if t is None
            else cell.format(' table:number-rows-spanned="2" table:number-columns-spanned="1"' if t == "上寨村" else "", t)
            for t in line
        )
        + "</table:table-row>"
        for line in lines
    )
    names = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    content = f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet><table:table table:name="走访">{body}<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        pack.writestr("content.xml", content)
        pack.writestr("META-INF/manifest.xml", "<manifest/>")
    sheet = read_book(saved(tmp_path, out.getvalue(), "x.ods")).sheets[0]
    assert sheet.merges == [(1, 1, 2, 1)]
    assert sheet.rows[2] == ["2", "", "李小山", "2020-3-6"]


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="读不完"):
        read_book(saved(tmp_path, workbook()), seconds=0)


def test_mutated_files(words: Vocabulary, tmp_path: Path) -> None:
    """A short run of bench/fuzz_imports.py, each file as the server reads it."""
    from fuzz_imports import mutated, originals

    rng = random.Random(5)
    files = originals(None, 4)
    reader = Reader(words, [])
    for number in range(30):
        suffix, data = rng.choice(files)
        path = saved(tmp_path, mutated(rng, suffix, data, rng.choice(files)[1]), f"f{number}{suffix}")
        with suppress(Refused):
            answer_of(reader.file(path, alone=number % 3 == 0))

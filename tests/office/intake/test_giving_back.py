"""What goes back: the marked workbook, templates that can be read back, a ledger in the same form."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bangfu.ledger.models import Entry
from bangfu.office import catalogue
from bangfu.office.intake import giving_back, recording
from bangfu.office.intake.preview import preview_book
from bangfu.office.intake.reading import Book, Sheet, read_book

pytestmark = pytest.mark.django_db


def written(tmp_path: Path, rows: list[list[Any]], name: str = "培训.xlsx") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "培训"
    for row in rows:
        sheet.append(row)
    path = tmp_path / name
    book.save(path)
    return path


TRAINING = [
    ["四川农牧学院2020年培训台账"],
    ["序号", "培训班名称", "培训时间", "参训对象来源", "承办部门", "参训人数", "备注"],
    [1, "种植技术培训班", "2020-3-5", "甲村", "园艺系", 60, "=1+1"],
    [2, "养殖技术培训班", "2020-4-8", "乙村", "动物医学系", "六十来人", ""],
    [3, "电商培训班", "2020-13-1", "丙村", "园艺系", 30, ""],
]


def test_a_problem_stands_in_its_cell_and_on_the_list(office: Any, tmp_path: Path) -> None:
    found = recording.preview(written(tmp_path, TRAINING), office.programme)
    back = openpyxl.load_workbook(io.BytesIO(giving_back.given_back(found)))
    assert "读不出人数" in back["培训"]["F4"].comment.text
    assert "不是日期" in back["培训"]["C5"].comment.text
    assert back["培训"]["B3"].comment is None
    listed = [row[4].value for row in back[giving_back.LIST].iter_rows(min_row=2)]
    assert len(listed) == 2
    assert any("六十来人" in text for text in listed)


def test_given_back_as_text_where_the_file_cannot_be_written_again(office: Any, tmp_path: Path) -> None:
    path = tmp_path / "培训.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in TRAINING), encoding="utf-8")
    found = recording.preview(path, office.programme)
    back = openpyxl.load_workbook(io.BytesIO(giving_back.given_back(found)))
    assert back["培训"]["G3"].data_type == "s"
    assert back["培训"]["F4"].comment is not None
    assert back["培训"]["F3"].value == 60
    assert back["培训"].column_dimensions["B"].width > back["培训"].column_dimensions["A"].width
    assert "原文件是 .csv" in str([c.value for row in back[giving_back.LIST].iter_rows() for c in row])


def test_an_ods_keeps_its_places_merges_and_widths(office: Any, tmp_path: Path) -> None:
    """A merged title, a column of 5 cm (23 letters of Excel), a wrong date."""
    import zipfile

    def row(*cells: str) -> str:
        typed = [f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in cells]
        return f"<table:table-row>{''.join(typed)}</table:table-row>"

    title = (
        '<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="3"><text:p>2020年培训台账</text:p></table:table-cell>'
        '<table:covered-table-cell table:number-columns-repeated="2"/></table:table-row>'
    )
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text", "style"))
    body = title + row("培训名称", "培训时间", "参训人数") + row("养蜂", "2020-13-1", "12") + row("养鸡", "2020-3-1", "14")
    path = tmp_path / "培训.ods"
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        pack.writestr("META-INF/manifest.xml", "<manifest/>")
        pack.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {names}><office:automatic-styles><style:style style:name="co1" style:family="table-column">'
            '<style:table-column-properties style:column-width="5cm"/></style:style></office:automatic-styles><office:body><office:spreadsheet>'
            f'<table:table table:name="培训"><table:table-column table:style-name="co1"/><table:table-column/>{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    back = openpyxl.load_workbook(io.BytesIO(giving_back.given_back(recording.preview(path, office.programme))))
    sheet = back["培训"]
    assert [str(r) for r in sheet.merged_cells.ranges] == ["A1:C1"]
    assert sheet.column_dimensions["A"].width == pytest.approx(23, abs=1)
    assert sheet["B3"].comment is not None


@pytest.mark.parametrize("code", sorted(catalogue().kinds))
def test_a_template_is_read_back(code: str, tmp_path: Path) -> None:
    from bangfu.office.intake.recording import vocabulary

    kind = catalogue().kinds[code]
    path = tmp_path / "t.xlsx"
    path.write_bytes(giving_back.template(kind))
    book = read_book(path, alone=False)
    empty = preview_book(book, vocabulary(), [])
    assert not any(p.records for p in empty.parts())
    book.sheets[0].rows[2][0] = "1"  # the example becomes a row
    filled = preview_book(Book(book.file, [Sheet(s.name, s.rows, s.merges) for s in book.sheets]), vocabulary(), [])
    parts = [p for p in filled.parts() if p.records]
    assert [p.kind.code for p in parts if p.kind] == [code]
    understood = {m.field.name for m in parts[0].understood.meanings if m.field}
    assert understood >= set(kind.fields) - {"end"}


def test_what_is_exported_can_be_recorded_again(office: Any, tmp_path: Path) -> None:
    rows = [*TRAINING[:3], [2, "@养殖技术培训班", "2020年4月8日—10日", "乙村", "动物医学系", 25, "-"]]
    first = recording.record(recording.preview(written(tmp_path, rows), office.programme), office.programme, by=office.clerk)
    assert first.counts["recorded"] == 2
    ids = list(Entry.objects.filter(programme=office.programme).order_by("id").values_list("id", flat=True))
    path = tmp_path / "导出.xlsx"
    path.write_bytes(giving_back.export(catalogue().kinds["training"], ids, reveal=True))
    found = recording.preview(path, office.elsewhere)
    assert [r.values["title"] for _, _, r in found.records()] == ["种植技术培训班", "@养殖技术培训班"]
    assert not [i for s in found.sheets for i in s.issues() if i.refuses]

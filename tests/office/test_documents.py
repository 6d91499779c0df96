"""Documents: what stands in a file is read, and every position leads back to it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from contextlib import suppress
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.office import documents
from bangfu.office.documents import DocumentRefused

PROSE = "2019年，学院投入帮扶资金120万元，举办培训6期300余人次，为两个村修建道路3.5公里，受益群众180户。"
PAGE = f"""<!DOCTYPE html>
<html><head><title>站点名</title><meta charset="utf-8"><style>.ad9 {{ display:none }} p{{color:red}}</style>
<script>var x = "投入999万元</p>";</script></head>
<body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/a">新闻中心，今日要闻300条</a></li></ul></div>
<div style="position:absolute;left:-9999px"><p>彩票平台，充值送888元，注册送99元，百万大奖等你来拿，欢迎点击，官方网站，最新入口。</p></div>
<div id="content">
<h1>定点帮扶工作情况</h1>
<p>2020年3月1日&nbsp;来源：办公室</p>
<p>{PROSE}</p>
<p class="ad9">隐藏的词，赠送77件。</p>
<p>其中捐赠<b>图书</b>3000<i>多</i>册&ldquo;九加三&rdquo;学生&#56;名。</p>
<table><tr><th>项目</th><th>2019年</th><th>2020年</th></tr><tr><td>培训（人次）</td><td>60</td><td>85</td></tr></table>
</div>
<div class="foot"><a href="#">友情链接一，二，三，四</a><a href="#">联系我们，电话010</a></div>
</body></html>"""


def test_text_keeps_line_ends_and_positions() -> None:
    document = documents.open("第一行60人\r\n第二行\r\n".encode(), "a.txt")
    assert document.text == document.source == "第一行60人\r\n第二行\r\n"
    assert document.back(3, 6) == (3, 6)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_told_apart(code: str) -> None:
    assert documents.open(PROSE.encode(code), "a.txt").text.lstrip("\ufeff") == PROSE


def test_big5_is_told_from_gbk() -> None:
    traditional = "學院投入幫扶資金120萬元，舉辦培訓6期300餘人次，為兩個村修建道路3.5公里，受益群眾180戶。"
    document = documents.open(traditional.encode("big5"), "a.txt")
    assert document.text == traditional
    assert document.encoding == "big5hkscs"


def test_a_page_gives_its_main_text_only() -> None:
    document = documents.open(PAGE.encode(), "a.html")
    assert PROSE in document.text
    assert "定点帮扶工作情况" in document.text
    assert "3000多册“九加三”学生8名" in document.text
    for unwanted in ("首页", "300条", "彩票", "888", "赠送77件", "999", "友情链接", "站点名"):
        assert unwanted not in document.text


def test_positions_of_a_page_lead_into_its_source() -> None:
    document = documents.open(PAGE.encode(), "a.html")
    at = document.text.index("120万元")
    start, end = document.back(at, at + 5)
    assert document.source[start:end] == "120万元"
    at = document.text.index("3000多册")
    start, end = document.back(at, at + 6)
    assert document.source[start:end] == "3000<i>多</i>册"
    at = document.text.index("8名")
    start, end = document.back(at, at + 1)
    assert document.source[start:end] == "&#56;"


def test_a_table_of_a_page_is_said_row_by_row() -> None:
    text = documents.open(PAGE.encode(), "a.html").text
    assert "2019年培训（人次）60人次。2020年培训（人次）85人次。" in text


def test_a_page_in_gbk_by_its_own_word() -> None:
    page = PAGE.replace("utf-8", "gb2312")
    document = documents.open(page.encode("gb18030"), "a.htm")
    assert PROSE in document.text


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 3000 + PROSE,
        "<a href='" * 2000 + PROSE,
        "<!--" + "x" * 1000,
        "<" * 5000 + PROSE,
        "</p>" * 2000 + f"<p>{PROSE}",
        "<table>" * 500 + f"<tr><td>{PROSE}",
        f"<p>{PROSE}<script>",
        "&#x110000;&#0;&bogus;" + PROSE,
    ],
)
def test_broken_pages_are_read_or_refused(page: str) -> None:
    with suppress(DocumentRefused):  # refusing is an answer too
        assert documents.open(f"<html><body>{page}".encode(), "a.html").text.strip()


@given(st.text(alphabet="<>/ab \"'=&#;pdivtrtdtable-!0月日。，年", max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_page_keeps_its_positions(page: str) -> None:
    try:
        document = documents.open(f"<html>{page}".encode(), "a.html")
    except DocumentRefused:
        return
    for piece in document.pieces:
        if piece.end - piece.start == piece.until - piece.at:
            assert document.text[piece.start : piece.end].replace("\n", " ") == document.source[piece.at : piece.until].replace("\n", " ")


def word_document() -> bytes:
    """A report with a heading, runs, a table, a tracked deletion, hidden text, a text box and a footnote part."""
    file = docx.Document()
    file.add_heading("2019年工作总结", 1)
    paragraph = file.add_paragraph("学院投入")
    paragraph.add_run("12").bold = True
    paragraph.add_run("0万元，实施项目")
    paragraph.add_run("15个。")
    deleted = f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r><w:delText>另有99个</w:delText></w:r></w:del>'
    paragraph._p.append(parse_xml(deleted))
    paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:rPr><w:vanish/></w:rPr><w:t>暗藏77名</w:t></w:r>"))
    box = f"""<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
      <mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><w:txbxContent><w:p><w:r><w:t>文本框里说42户</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice>
      <mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>文本框里说42户</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"""
    paragraph._p.append(parse_xml(box))
    table = file.add_table(rows=3, cols=4)
    rows = [("指标", "单位", "2018年", "2019年"), ("培训基层干部", "人次", "60", "85"), ("投入帮扶资金", "万元", "100", "120.5")]
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def test_word_body_table_and_text_box_without_what_was_deleted() -> None:
    document = documents.open(word_document(), "a.docx")
    assert "学院投入120万元，实施项目15个。" in document.text
    assert document.text.count("文本框里说42户") == 1
    assert "99个" not in document.text
    assert "77名" not in document.text
    assert "2018年培训基层干部60人次。2019年培训基层干部85人次。" in document.text
    assert "2019年投入帮扶资金120.5万元。" in document.text


def test_word_positions_name_paragraph_and_run() -> None:
    document = documents.open(word_document(), "a.docx")
    at = document.text.index("120万元")
    first, second = document.within(at, at + 5)
    assert (first.where.paragraph, first.where.run, second.where.run) == (1, 1, 2)
    at = document.text.index("85人次")
    assert document.where(at, at + 2).part == "table"
    assert document.within(at + 2, at + 4) == ()  # the unit is a word of ours


def test_footnotes_are_read() -> None:
    content = word_document()
    note = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="1"><w:p><w:r><w:t>另有培训3期。</w:t></w:r></w:p></w:footnote></w:footnotes>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/footnotes.xml", note)
    document = documents.open(out.getvalue(), "a.docx")
    at = document.text.index("另有培训3期。")
    assert document.where(at, at + 2).part == "footnote"


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "附表1"
    rows = [
        ["2019年帮扶资金情况表", None, None, None],
        ["单位：万元", None, None, None],
        ["序号", "村名", "投入金额", "完成率"],
        [1, "甲村", 12.5, 0.85],
        [2, "乙村", 30.1 + 0.2, 1],
        [None, "合计", 42.8, None],
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet["D4"].number_format = "0%"
    sheet["D5"].number_format = "0.0%"
    hidden = book.create_sheet("底稿")
    hidden.append(["草稿", 999])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_annex_table_is_said_with_its_units_and_cells() -> None:
    document = documents.open(workbook(), "a.xlsx")
    assert "甲村投入金额12.5万元。甲村完成率85%。" in document.text
    assert "乙村投入金额30.3万元" in document.text  # 30.1 + 0.2 in floats is not 30.3
    assert "999" not in document.text
    at = document.text.index("12.5")
    assert document.where(at, at + 4).cell == "C4"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice makes the PDF of this test")
def test_a_pdf_is_read_with_wrapped_lines_joined_and_tables(tmp_path: Path) -> None:
    file = docx.Document()
    file.add_paragraph("甲段：" + PROSE * 3)
    file.add_paragraph("乙段。")
    table = file.add_table(rows=2, cols=3)
    table.style = "Table Grid"
    for row, cells in zip(table.rows, [("指标", "单位", "2019年"), ("培训基层干部", "人次", "85")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    file.save(str(tmp_path / "a.docx"))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "a.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(tmp_path)})
    document = documents.open(tmp_path / "a.pdf")
    assert "甲段：" + PROSE * 3 in document.text
    assert "2019年培训基层干部85人次" in document.text
    assert document.where(3, 5).page == 1


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.txt", "空"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "a.doc", "旧版"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "a.png", "图片"),
        (b"%PDF-1.4 nothing", "a.pdf", "PDF"),
        (b"PK\x03\x04 broken word/", "a.docx", "损坏"),
        (b"\x00\x01\x02\x03" * 100, "a.txt", "不是文本"),
        (b"<html><body><script>1</script></body></html>", "a.html", "正文"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes, name: str, says: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        documents.open(content, name)
    assert says in refused.value.zh
    assert refused.value.en


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def test_external_entities_are_refused() -> None:
    hostile = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document><w:body>&x;</w:body></w:document>'
    with pytest.raises(DocumentRefused, match="DOCTYPE"):
        documents.open(zipped(**{"word__document.xml": hostile}), "a.docx")


def test_a_zip_bomb_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="解压"):
        documents.open(zipped(**{"word__document.xml": b"<w/>", "word__media": b"\x00" * 20_000_000}), "a.docx")


def scan() -> bytes:
    """The smallest PDF of one page that is nothing but a picture."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 5 0 R /Resources << /XObject << /I 4 0 R >> >> >>",
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream",
        b"<< /Length 26 >>\nstream\nq 200 0 0 200 0 0 cm /I Do Q\nendstream",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, data in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + data + b"\nendobj\n"
    at = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    out += b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % at
    return bytes(out)


def test_a_scan_says_that_it_is_one() -> None:
    with pytest.raises(DocumentRefused, match="扫描件"):
        documents.open(scan(), "a.pdf")

"""The Word file: what GB/T 9704 asks, and a way from every number to its source and back."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from bangfu.office.reports import docx as word


@pytest.fixture(scope="module")
def opened(document):
    return docx.Document(BytesIO(word.write(document())))


def test_the_page_is_the_standard_s(opened):
    page = opened.sections[0]
    assert [round(side.mm) for side in (page.page_width, page.page_height)] == [210, 297]
    assert [round(side.mm) for side in (page.top_margin, page.left_margin, page.right_margin, page.bottom_margin)] == [37, 28, 26, 35]
    grid = page._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    fonts = opened.styles["Normal"].element.rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert opened.styles["Normal"].font.size.pt == 16
    assert opened.styles["Title"].font.size.pt == 22


def test_every_number_is_a_bookmark_and_leads_to_its_source_and_back(opened):
    body = opened.element.body
    names = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    ids = [mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert len(names) == len(set(names)) == len(set(ids))
    links = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))]
    assert set(links) <= set(names)
    assert links.count("s1") == 3 + 7
    assert {name for name in names if name.startswith("s")} == {"s1", "s2"}
    assert [link for link in links if link.startswith("n")] == ["n1", "n2"]
    assert sorted(ids, key=int) == sorted((mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkEnd"))), key=int)


def test_properties_stand_in_the_order_word_wants(opened):
    for kind, order in word._ORDER.items():
        for element in opened.element.body.iter(qn(f"w:{kind}")):
            tags = [child.tag.rpartition("}")[2] for child in element]
            assert tags == sorted(tags, key=order.split().index)


def test_a_demonstration_is_marked_and_a_real_report_is_not(opened, document):
    assert "演示数据" in opened.sections[0].header.paragraphs[0].text
    real = docx.Document(BytesIO(word.write(document(demonstration=False))))
    assert real.sections[0].header.paragraphs[0].text == ""


def test_page_numbers_stand_at_the_outer_edge(opened):
    page = opened.sections[0]
    assert opened.settings.odd_and_even_pages_header_footer
    assert page.footer.paragraphs[0].alignment == 2
    assert page.even_page_footer.paragraphs[0].alignment == 0
    assert page.footer.paragraphs[0].text.startswith("— ")


def test_the_third_level_runs_into_its_paragraph(opened):
    assert "1.强化责任。累计投入帮扶资金739.7万元，实施项目145个。" in [paragraph.text for paragraph in opened.paragraphs]


def test_a_wide_table_lies_on_its_side(opened, document):
    assert [section.orientation for section in opened.sections] == [0, 1, 0]
    narrow = docx.Document(BytesIO(word.write(document(years=0))))
    assert [section.orientation for section in narrow.sections] == [0, 0, 0]


def test_a_long_title_is_broken_before_a_word():
    assert word.title_lines("四川××学院2015—2020年定点帮扶工作报告") == ["四川××学院2015—2020年", "定点帮扶工作报告"]
    assert word.title_lines("短题目") == ["短题目"]


def test_in_english(document):
    text = "\n".join(p.text for p in docx.Document(BytesIO(word.write(document(lang="en")))).paragraphs)
    assert "Annex 1" in text
    assert "2020-12-21" in text

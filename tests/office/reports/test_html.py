"""The page: the same document, every number a link."""

from __future__ import annotations

from dataclasses import replace

from lxml import html as lxml_html

from bangfu.office.reports import html
from bangfu.office.reports.document import Paragraph, Run, Section


def test_every_number_leads_to_its_trace_or_its_source(document):
    page = lxml_html.fromstring(html.write(document()))
    numbers = page.xpath("//a[@class='figure']")
    assert len(numbers) == 6 + 7
    assert {a.get("href") for a in numbers} == {"#s1", "#s2"}
    assert [a.get("id") for a in numbers] == [f"n{n}" for n in range(1, 14)]
    assert {row.get("id") for row in page.xpath("//tr[@id]")} == {"s1", "s2"}
    traced = lxml_html.fromstring(html.write(document(), link=lambda source: f"/trace/{source.code}?period={source.asked.words}"))
    assert traced.xpath("//a[@class='figure']")[0].get("href") == "/trace/input?period=2015—2020年"


def test_the_page_says_what_the_document_says(document):
    page = lxml_html.fromstring(html.write(document()))
    text = "".join(page.xpath("//article")[0].itertext())
    assert "1.强化责任。累计投入帮扶资金739.7万元，实施项目145个。" in text
    assert "演示数据" in text
    assert page.xpath("//h2")[0].text == "一、工作背景"


def test_the_file_stands_alone(document):
    page = html.write(document())
    assert "http" not in page
    assert "<script" not in page


def test_what_an_office_writes_is_text_and_never_markup(document):
    evil = replace(document(), sections=(Section(1, "一、", "<b>", (Paragraph((Run("<script>alert(1)</script>"),)),)),))
    assert "<script>" not in html.write(evil)


def test_a_fragment_has_no_frame(document):
    part = html.fragment(document(demonstration=False))
    assert "<html" not in part
    assert part.lstrip().startswith("<article")
    assert "演示数据" not in part

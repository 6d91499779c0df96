"""Last year's report → this year's, and the round trip of a report that Bangfu wrote."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu import claims, quantities
from bangfu.claims.binding import SliceWords
from bangfu.ledger.models import Entry
from bangfu.ledger.people import person
from bangfu.ledger.post import Draft, post
from bangfu.ledger.setup import designate
from bangfu.office import checking, documents, drafting
from bangfu.office.books import Books
from bangfu.office.reports import docx as word
from bangfu.office.reports import html, issue

LAST, THIS = (date(2019, 1, 1), date(2020, 1, 1)), (date(2020, 1, 1), date(2021, 1, 1))


@pytest.fixture
def kept(office):
    """Two years of work: money, courses, meetings, purchases, posted cadres, each with other numbers in the second year."""
    designate(office.programme, [office.places["甲村"], office.places["丙村"]], by=office.clerk)
    cadres = [person(office.programme, name) for name in ("王一", "王二", "王三")]
    drafts = []
    for year, factor in ((2019, 1), (2020, 3)):
        drafts += [
            Draft(
                "payment",
                date(year, 3, 1),
                title="帮扶资金",
                place=office.places["甲村"].pk,
                counts_to="direct_input",
                measures={"amount": 12_345_600 * factor},
            ),
            Draft(
                "payment",
                date(year, 9, 1),
                title="帮扶资金",
                place=office.places["丙村"].pk,
                counts_to="direct_input",
                measures={"amount": 5_000_000},
            ),
            Draft(
                "purchase",
                date(year, 5, 1),
                title="农产品",
                place=office.places["甲村"].pk,
                counts_to="direct_purchase",
                facets={"channel": "canteen"},
                measures={"amount": 3_000_050 * factor},
            ),
            *(
                Draft(
                    "training",
                    date(year, 4 + n, 1),
                    title="培训班",
                    category="cadre",
                    place=office.places["新龙县"].pk,
                    facets={"level": "county"},
                    measures={"attendances": 60 + year % 7, "people": 60, "sessions": 1},
                )
                for n in range(1 + factor)
            ),
            *(Draft("meeting", date(year, 2 + n, 1), title="会议", category="committee") for n in range(3 * factor)),
        ]
    drafts += [Draft("posting", date(2019, 2, 1), category="team_member", place=office.places["甲村"].pk, persons=(c,)) for c in cadres[:2]]
    drafts += [Draft("posting", date(2020, 2, 1), category="team_member", place=office.places["丙村"].pk, persons=(cadres[2],))]
    post(office.programme, drafts, by=office.clerk)
    office.programme.refresh_from_db()
    return office


def written(office, period) -> bytes:
    return word.write(issue.report(Books(office.programme), issue.known_outlines()["annual"], period))


def checked(office, content: bytes):
    return checking.check(office.programme, documents.open(content, "报告.docx"))


def not_supported(result):
    return [(f.claim.quote, f.verdict.value, f.clause) for f in result.findings if f.verdict.value != "supported" and f.figure is not None]


# ── the round trip ──


def test_a_report_of_ours_is_supported_in_every_figure(kept):
    result = checked(kept, written(kept, LAST))
    assert sum(f.verdict.value == "supported" for f in result.findings) >= 20
    assert not_supported(result) == []
    assert result.report.contradictions == ()


def test_the_same_report_as_a_page_is_supported(kept):
    page = html.write(issue.report(Books(kept.programme), issue.known_outlines()["annual"], LAST))
    result = checking.check(kept.programme, documents.open(page.encode(), "报告.html"))
    assert len(result.findings) == len(checked(kept, written(kept, LAST)).findings)
    assert not_supported(result) == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice makes the PDF of this test")
def test_the_same_report_as_a_pdf_is_supported(kept, tmp_path):
    (tmp_path / "report.docx").write_bytes(written(kept, LAST))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "report.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(tmp_path)})
    result = checking.check(kept.programme, documents.open(tmp_path / "report.pdf"))
    assert sum(f.verdict.value == "supported" for f in result.findings) >= 20
    assert not_supported(result) == []


def test_an_amendment_contradicts_exactly_the_figures_that_rest_on_it(kept):
    content = written(kept, LAST)
    before = checked(kept, content)
    entry = Entry.objects.get(programme=kept.programme, kind="training", begin=date(2019, 5, 1), ended=None)
    amended = Draft(
        "training",
        date(2019, 5, 1),
        title="培训班",
        category="cadre",
        place=kept.places["新龙县"].pk,
        facets={"level": "county"},
        measures={"attendances": 99, "people": 60, "sessions": 1},
        supersedes=entry.pk,
    )
    post(kept.programme, [amended], by=kept.clerk, verb="amend", reason="签到表补正")
    kept.programme.refresh_from_db()
    after = checked(kept, content)
    changed = {f.figure.code for f, g in zip(after.findings, before.findings, strict=True) if f.verdict != g.verdict}
    contradicted = {f.figure.code for f in after.findings if f.verdict.value == "contradicted"}
    assert changed == contradicted != set()
    books = Books(kept.programme)
    period = books.slice(LAST)
    for finding in after.findings:  # what is contradicted is what the amended entry stands behind
        if finding.figure is not None and not finding.figure.combine:
            rests = any(s.fact.measures.get("attendances") == 99 for s in books.trace(finding.figure.code, period).shares)
            assert rests or finding.verdict.value == "supported"
            if finding.figure.measure == "attendances" and rests:
                assert finding.verdict.value == "contradicted"


def test_the_draft_for_the_next_year_is_supported_again(kept):
    made = drafting.draft(kept.programme, written(kept, LAST), "报告.docx", LAST, THIS)
    result = checked(kept, made.content)
    assert not_supported(result) == []
    text = documents.open(made.content, "报告.docx").text
    assert "2020年定点帮扶" in text
    assert "42.04万元" in text  # 12.3456 × 3 + 5
    assert "2019年" not in text
    table = next(t for t in docx.Document(io.BytesIO(made.content)).tables if "口径" in [c.text for c in t.rows[0].cells])
    sources = {row.cells[1].text: [c.text for c in row.cells[3:]] for row in reversed(table.rows[1:])}
    assert sources["投入帮扶资金"] == ["2020年", "42.04万元", "2", str(kept.programme.mark)]


# ── wording ──


def report(*paragraphs: str) -> bytes:
    file = docx.Document()
    for text in paragraphs:
        paragraph = file.add_paragraph()
        for i, piece in enumerate(text.split("|")):
            paragraph.add_run(piece).bold = bool(i % 2)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def test_numbers_are_said_in_the_same_wording_and_the_rest_is_untouched(kept):
    content = report(
        "2019年工作总结", "2019年，学院投入帮扶资金|近20万元|，党委专题研究帮扶工作三次，开展慰问演出88场。", "2019年5月6日，召开推进会。"
    )
    made = drafting.draft(kept.programme, content, "总结.docx", LAST, THIS)
    result = docx.Document(io.BytesIO(made.content))
    text = documents.open(made.content, "总结.docx").text.split("\n")
    assert text[0] == "2020年工作总结"
    assert text[1].startswith("2020年，学院投入帮扶资金近")
    assert "党委专题研究帮扶工作九次" in text[1]
    assert "开展慰问演出88场" in text[1]  # nothing bound: left for a person
    assert text[2] == "2019年5月6日，召开推进会。"  # the day of one event
    highlighted = {r.text for p in result.paragraphs for r in p.runs if r.font.highlight_color}
    assert {"88场", "2019年5月6日"} <= highlighted
    notes = [c.text for c in result.comments]
    assert any(n.startswith("近20万元 → 近") and "投入帮扶资金" in n for n in notes)
    assert [line.old for line in made.left] == ["88场"]


def test_a_replaced_number_is_a_live_field_in_the_old_form(kept):
    made = drafting.draft(kept.programme, report("2019年，学院投入帮扶资金|17.35万元|。"), "总结.docx", LAST, THIS)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        body, custom = archive.read("word/document.xml").decode(), archive.read("docProps/custom.xml").decode()
    assert 'w:instr=" DOCPROPERTY bangfu_' in body
    assert "42.04万元" in custom
    field = body[body.index("<w:fldSimple") : body.index("</w:fldSimple>")]
    assert "<w:b/>" in field
    assert "42.04万元" in field


def test_a_number_that_disagreed_last_year_is_marked(kept):
    made = drafting.draft(kept.programme, report("2019年，学院投入帮扶资金999万元。"), "总结.docx", LAST, THIS)
    assert made.lines[0].highlight == drafting.DOUBTFUL
    assert "不合" in made.lines[0].why[0]


def test_that_nothing_was_recorded_is_not_said_again_unseen(kept):
    made = drafting.draft(kept.programme, report("2019年消费帮扶：本期无台账记录。"), "总结.docx", LAST, THIS)
    result = docx.Document(io.BytesIO(made.content))
    assert {r.text for p in result.paragraphs for r in p.runs if r.font.highlight_color} == {"本期无台账记录"}
    assert [c.text for c in result.comments] == [drafting.ABSENT]


def test_only_word_is_drafted_from(kept):
    with pytest.raises(documents.DocumentRefused):
        drafting.draft(kept.programme, b"text", "a.txt", LAST, THIS)


@pytest.mark.parametrize(
    ("quote", "value", "said"),
    [
        ("739.7万元", "8123456", "812.35万元"),
        ("近2000人次", "2870", "近2900人次"),
        ("30余期", "47", "40余期"),
        ("三十余期", "47", "四十余期"),
        ("十二次", "105", "一百零五次"),
        ("1,204人次", "3574", "3574人次"),
        ("1600-1800元", "2045.5", "2000-2200元"),
        ("13个", "14", "14个"),
        ("约300户", "412", "约400户"),
        ("3000米以上", "3060", "3060米以上"),
        ("20余万元", "223860", "22余万元"),
        ("0名", "3", "3名"),
    ],
)
def test_like(quote, value, said):
    (claim,) = claims.read(f"共{quote}").claims or claims.read(quote).claims
    text = drafting.like(quote, claim.quantity, Decimal(value))
    found = claims.read(f"共{text}").claims[0].quantity
    assert found.admits(Decimal(value)), (text, said)
    assert text[-1] == said[-1]
    assert claim.quantity.word == found.word, text


@given(st.integers(0, 9999))
@settings(max_examples=300, deadline=None)
def test_chinese_numerals_read_back(number):
    assert quantities.numeral(drafting.numeral(number)).low == number


def test_a_slice_moves_with_the_period():
    def words(begin, end):
        return SliceWords(begin, end)

    assert drafting.moved(words(*LAST), LAST, THIS) == words(*THIS)
    assert drafting.moved(words(None, date(2020, 1, 7)), LAST, THIS) == words(None, THIS[1])
    assert drafting.moved(words(date(2015, 1, 1), None), LAST, THIS) == words(date(2015, 1, 1), THIS[1])
    assert drafting.moved(words(date(2018, 1, 1), date(2019, 1, 1)), LAST, THIS) == words(date(2019, 1, 1), date(2020, 1, 1))
    assert drafting.moved(words(date(2019, 7, 1), date(2019, 10, 1)), LAST, THIS) == words(date(2020, 7, 1), date(2020, 10, 1))

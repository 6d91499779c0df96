"""Checking a document against a programme's ledger: verdicts, JSON, what is given back, reviews, corrections."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import docx
import openpyxl
import pytest

from bangfu.ledger.post import Draft, post
from bangfu.office import checking, documents, targets
from bangfu.office.documents import DocumentRefused
from bangfu.office.said import claims_json

TEXT = """四川农牧学院2019年定点帮扶工作总结

2020年1月6日

一、主要做法

2019年，学院投入帮扶资金42.5万元，举办培训3期160人次。其中，甲村投入30万元。学院选派驻村干部2名。

二、存在问题

培训村干部9999户，投入资金近43元。
"""
KEYS = {
    "start",
    "end",
    "quote",
    "low",
    "high",
    "unit",
    "hedge",
    "kind",
    "subject",
    "place",
    "period",
    "per",
    "verdict",
    "figure",
    "ledger",
    "confidence",
}


@pytest.fixture
def kept(office):
    """2019: 300,000 to 甲村 and 125,000 to 丙村; three courses of 60, 60 and 40; two cadres posted. 2018: 50,000 to 甲村."""

    def payment(day, place, yuan, unit=None):
        return Draft(
            "payment",
            day,
            title="帮扶资金",
            place=office.places[place].pk,
            unit=unit,
            counts_to="direct_input",
            measures={"amount": yuan * 100},
        )

    def training(day, people):
        return Draft(
            "training",
            day,
            title="培训班",
            category="cadre",
            place=office.places["新龙县"].pk,
            facets={"level": "county"},
            measures={"attendances": people, "people": people, "sessions": 1},
        )

    from bangfu.ledger.people import person

    cadres = [person(office.programme, name) for name in ("王一", "王二")]
    drafts = [
        payment(date(2018, 5, 1), "甲村", 50_000),
        payment(date(2019, 3, 1), "甲村", 300_000),
        payment(date(2019, 9, 1), "丙村", 125_000),
        *(training(date(2019, 5, d), n) for d, n in ((1, 60), (10, 60), (20, 40))),
        *(Draft("posting", date(2019, 2, 1), category="team_member", place=office.places["甲村"].pk, persons=(c,)) for c in cadres),
    ]
    post(office.programme, drafts, by=office.clerk)
    return office


def checked_text(office, text=TEXT, **more):
    return checking.check(office.programme, documents.text(text, "总结.txt"), **more)


def verdicts(checked):
    return [(" ".join(f.claim.quote.split()), f.verdict.value) for f in checked.findings]


def test_each_claim_has_its_verdict(kept):
    found = dict(verdicts(checked_text(kept)))
    assert found["42.5万元"] == "supported"
    assert found["3期"] == "supported"
    assert found["160人次"] == "supported"
    assert found["30万元"] == "supported"  # limited to 甲村
    assert found["2名"] == "supported"
    assert found["近43元"] == "contradicted"


def test_a_slip_of_ten_thousand_is_named(kept):
    slip = next(f for f in checked_text(kept).findings if f.claim.quote == "近43元")
    assert slip.judgement.slip.value == "wan"
    assert "万元" in slip.judgement.zh


def test_the_json_form_is_that_of_the_contract(kept):
    checked = checked_text(kept)
    data = checking.as_json(checked)
    assert set(data) >= {"claims", "contradictions", "damaged", "counts"}
    for claim in data["claims"]:
        assert set(claim) >= KEYS
        assert TEXT[claim["start"] : claim["end"]] == claim["quote"]
    first = data["claims"][0]
    assert (first["low"], first["unit"], first["ledger"], first["figure"]) == (425000, "CNY", 425000, "direct_input")
    assert sum(data["counts"].values()) == len(data["claims"])
    assert checked.report.exit_status == 1


def test_the_ledger_is_read_at_the_mark_asked_for(kept):
    before = kept.programme.mark
    kept.programme.refresh_from_db()
    fresh = Draft(
        "payment", date(2019, 11, 1), title="追加", place=kept.places["甲村"].pk, counts_to="direct_input", measures={"amount": 10_000_00}
    )
    post(kept.programme, [fresh], by=kept.clerk)
    kept.programme.refresh_from_db()
    now = checked_text(kept).findings[0]
    then = checked_text(kept, mark=kept.programme.mark - 1).findings[0]
    assert (then.verdict.value, now.verdict.value) == ("supported", "contradicted")
    assert before is not None


def test_fragments_give_the_whole_text_once(kept):
    checked = checked_text(kept)
    pieces = checking.fragments(checked)
    assert "".join(p.text for p in pieces) == TEXT
    assert [p.index for p in pieces if p.index is not None] == list(range(len(checked.findings)))


def test_a_damaged_text_is_shown_as_it_should_read_and_as_it_was_given(kept):
    """地 and 党 were torn apart by a reading put between their halves."""
    given = "2019年，當?shù)攸h委組織學(xué)習(xí)，學(xué)院投入幫扶資金42.5萬元。"
    checked = checking.check(kept.programme, documents.text(given, "x.txt"))
    assert "".join(p.text for p in checking.fragments(checked)) == "2019年，当地党委组织学习，学院投入帮扶资金42.5万元。"
    assert "".join(p.text for p in checking.fragments(checked, original=True)) == given
    assert [p.text for p in checking.fragments(checked) if p.damaged] == ["地党"]


def word(*paragraphs: str) -> bytes:
    file = docx.Document()
    for text in paragraphs:
        paragraph = file.add_paragraph()
        for i, piece in enumerate(text.split("|")):
            paragraph.add_run(piece).italic = bool(i % 2)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def test_a_word_document_comes_back_with_comments_and_a_table(kept):
    content = word("2019年工作总结", "2019年，学院投入帮扶资金4|2.5万|元，举办培训4期。")
    checked = checking.check(kept.programme, documents.open(content, "总结.docx"))
    result = docx.Document(io.BytesIO(checking.as_docx(checked)))
    assert [p.text for p in result.paragraphs[:2]] == ["2019年工作总结", "2019年，学院投入帮扶资金42.5万元，举办培训4期。"]
    assert sorted(c.text[:4] for c in result.comments) == ["【不符】", "【相符】"]
    rows = [[c.text for c in row.cells] for row in result.tables[-1].rows]
    assert rows[0][:3] == ["序号", "原文", "结论"]
    assert [row[2] for row in rows[1:]] == ["相符", "不符"]
    assert [r.text for p in result.paragraphs for r in p.runs if r.font.highlight_color] == ["4期"]


def test_only_word_is_given_back_with_comments(kept):
    with pytest.raises(DocumentRefused):
        checking.as_docx(checked_text(kept))


def test_the_list_as_a_workbook(kept):
    checked = checked_text(kept)
    sheet = openpyxl.load_workbook(io.BytesIO(checking.as_xlsx(checked)))["核验结果"]
    rows = [[c.value for c in row] for row in sheet.iter_rows()]
    assert rows[0] == list(checking.HEADER)
    assert len(rows) == len(checked.findings) + 2
    assert rows[-1][0] == "合计"


def test_a_table_in_word_is_checked_cell_by_cell(kept):
    file = docx.Document()
    file.add_paragraph("附表")
    table = file.add_table(rows=3, cols=3)
    for row, cells in zip(
        table.rows, [("指标", "单位", "2019年"), ("投入帮扶资金", "万元", "42.5"), ("培训基层干部", "人次", "161")], strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    file.save(out)
    checked = checking.check(kept.programme, documents.open(out.getvalue(), "附表.docx"))
    assert verdicts(checked)[:2] == [("42.5万元", "supported"), ("161人次", "contradicted")]


def test_a_correction_is_remembered_for_this_office(kept):
    text = "2019年，学院送去各类资金42.5万元。"
    first = checked_text(kept, text).findings[0]
    checking.correct(kept.programme, first.signature, "direct_input", by=kept.clerk, catalogue=kept_catalogue())
    again = checked_text(kept, text).findings[0]
    assert again.binding.by_person
    assert (again.figure.code, again.verdict.value) == ("direct_input", "supported")
    checking.correct(kept.programme, first.signature, "", by=kept.clerk, catalogue=kept_catalogue())
    assert checked_text(kept, text).findings[0].verdict.value == "no_record"
    with pytest.raises(KeyError):
        checking.correct(kept.programme, first.signature, "nothing", by=kept.clerk, catalogue=kept_catalogue())
    assert checking.corrections(kept.elsewhere) == {}


def kept_catalogue():
    from bangfu.office import catalogue

    return catalogue()


def test_a_review_is_kept_and_run_again(kept):
    review = checking.keep(kept.programme, checked_text(kept), by=kept.clerk)
    assert review.counts["supported"] >= 5
    same, changed = checking.again(review)
    assert changed == []
    fresh = Draft(
        "payment", date(2019, 11, 1), title="追加", place=kept.places["乙村"].pk, counts_to="direct_input", measures={"amount": 10_000_00}
    )
    post(kept.programme, [fresh], by=kept.clerk)
    later, changed = checking.again(review)
    assert later.mark == same.mark + 1
    assert [(c.quote, c.before["verdict"], c.after["verdict"]) for c in changed][:1] == [("42.5万元", "supported", "contradicted")]


def test_earlier_reports_are_recalled(kept):
    checking.keep(kept.programme, checked_text(kept), by=kept.clerk)
    checked = checked_text(kept, "2020年2月6日\n\n2019年，学院投入帮扶资金46万元。")
    assert [(r.earlier.quote, r.index) for r in checked.report.recalled] == [("42.5万元", 0)]
    assert checked_text(kept).report.recalled == ()  # the same document does not quarrel with itself


FIRST = "四川农牧学院2018年工作总结\n\n2019年1月6日\n\n2018年，学院累计投入帮扶资金52.5万元。2017年以来，先后培训各类人员300人次，目前在岗驻村干部4名。"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2018年，全院共拿出帮扶资金46万元投入甲村等地。", ["同一时段"]),
        ("2018年学院直接投入帮扶资金近53万元。", []),  # the hedge admits what was said
        ("2020年1月6日\n\n2017年以来，累计培训各类人员280人次。", ["累计数变小"]),
        ("2020年1月6日\n\n2017年以来，累计培训各类人员420人次。", []),
        ("2018年，学院举办培训3期，培训各类人员340人次。", ["部分大于全部"]),
        ("2020年1月6日\n\n截至2019年底，学院累计投入帮扶资金50万元。", ["累计数变小"]),  # less than 2018 alone
        ("2020年1月6日\n\n目前，在岗驻村干部2名。", []),  # a stock may fall
        ("2018年，甲村投入帮扶资金30万元。", []),  # a part
        ("2018年，学院计划投入帮扶资金90万元。", []),
    ],
)
def test_what_an_earlier_report_said_in_other_words(kept, text, told):
    checking.keep(kept.programme, checked_text(kept, FIRST), by=kept.clerk)
    recalled = checked_text(kept, text).report.recalled
    assert [one.zh.startswith(word) for one, word in zip(recalled, told, strict=True)] == [True] * len(told)


def test_another_programme_does_not_see_it(kept):
    checking.keep(kept.programme, checked_text(kept), by=kept.clerk)
    document = documents.text("2020年2月6日\n\n2019年，学院投入帮扶资金46万元。", "x.txt")
    assert checking.check(kept.elsewhere, document).report.recalled == ()


def test_claims_without_a_ledger():
    from bangfu import claims

    document = documents.text(TEXT, "总结.txt")
    data = claims_json(document, claims.read(document.text))
    assert data["claims"][0]["low"] == 425000
    assert "verdict" not in data["claims"][0]


def test_a_rate_of_completion_is_held_against_the_target_that_was_set(kept):
    wish = targets.Wish(targets.Key("direct_input", 2019), Decimal(400_000))
    text = "2019年，学院投入帮扶资金42.5万元，完成年度任务的106.3%。"
    assert verdicts(checked_text(kept, text)) == [("42.5万元", "supported"), ("106.3%", "no_record")]
    targets.set_targets(kept.programme, [wish], by=kept.clerk)
    assert verdicts(checked_text(kept, text)) == [("42.5万元", "supported"), ("106.3%", "supported")]
    assert verdicts(checked_text(kept, text.replace("106.3", "160.3")))[1] == ("160.3%", "contradicted")

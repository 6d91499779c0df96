"""The round trip of the demonstration: what Bangfu wrote is checked with every number supported, and follows the ledger from there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth.models import User

from bangfu.ledger.models import Entry
from bangfu.ledger.post import drafts_of, post
from bangfu.office import checking, documents, drafting
from bangfu.office.books import Books
from bangfu.office.reports import docx, html, issue


def years(first: int, last: int | None = None) -> tuple[date, date]:
    return date(first, 1, 1), date((last or first) + 1, 1, 1)


def written(programme, period, form="docx") -> documents.Document:
    report = issue.report(Books(programme), issue.known_outlines()["annual"], period)
    if form == "html":
        return documents.open(html.write(report).encode(), "report.html")
    return documents.open(docx.write(report), "report.docx")


def not_supported(checked: checking.Checked) -> list[tuple[str, str, str]]:
    return [(f.claim.quote, f.verdict.value, f.clause) for f in checked.findings if f.verdict.value != "supported"]


@pytest.mark.parametrize(
    ("period", "form", "least"), [(years(2016), "docx", 80), (years(2019), "html", 140), (years(2015, 2020), "docx", 270)]
)
def test_every_number_of_our_own_report_is_supported(demonstration, period, form, least):
    checked = checking.check(demonstration, written(demonstration, period, form), earlier=False)
    assert not_supported(checked) == []
    assert checked.report.contradictions == ()
    assert len(checked.findings) >= least


def test_an_amended_payment_contradicts_the_numbers_that_rest_on_it_and_no_others(demonstration):
    """One payment of 2018 is 12,345.60 yuan more than was booked."""
    document = written(demonstration, years(2018))
    before, books = checking.check(demonstration, document, earlier=False), Books(demonstration)
    entry = Entry.objects.filter(programme=demonstration, kind="payment", ended=None, begin__year=2018, counts_to="direct_input").first()
    (draft,) = drafts_of([entry.pk]).values()
    amended = replace(draft, measures={**draft.measures, "amount": draft.measures["amount"] + 1_234_560}, supersedes=entry.pk)
    post(demonstration, [amended], by=User.objects.get(username="demo-clerk"), verb="amend", reason="与回单核对")
    demonstration.refresh_from_db()
    after, then = checking.check(demonstration, document, earlier=False), Books(demonstration)
    moved = set()
    for index, finding in enumerate(before.findings):
        code, asked = finding.figure.code, finding.judgement.asked
        if books.value(code, checking.slice_of(books, asked)) != then.value(code, checking.slice_of(then, asked)):
            moved.add(index)
    assert {i for i, f in enumerate(after.findings) if f.verdict.value == "contradicted"} == moved
    assert len(moved) >= 2
    assert all(f.verdict == g.verdict for i, (f, g) in enumerate(zip(after.findings, before.findings, strict=True)) if i not in moved)


def test_the_draft_of_the_next_year_is_supported_in_every_number(demonstration):
    made = drafting.draft(demonstration, written(demonstration, years(2018)).content, "报告.docx", years(2018), years(2019))
    assert made.left == ()
    assert not_supported(checking.check(demonstration, documents.open(made.content, "报告.docx"), earlier=False)) == []

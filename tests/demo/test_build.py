"""The demonstration programme, built from its workbooks: what came in, what the books say, and the history."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bangfu.demo.cast import VILLAGES
from bangfu.ledger.models import Ended, Entry, Evidence, Place, Posting, Programme
from bangfu.office import checking, documents
from bangfu.office.books import Books
from bangfu.office.models import Membership, Report
from bangfu.office.reports import docx
from bangfu.office.reports.issue import changes, issued, known_outlines, report

from .test_figures import PUBLISHED

DATELINE = (date(2015, 1, 1), date(2020, 12, 22))


def test_rows_read_are_recorded_skipped_or_refused(demonstration):
    counts = [batch.counts for batch in demonstration.batch_set.all()]
    assert len(counts) == 19
    assert all(c["read"] == c["recorded"] + c["amended"] + c["unchanged"] + c["skipped"] + c["refused"] for c in counts)
    assert sum(c["refused"] for c in counts) == 2
    assert sum(c["recorded"] for c in counts) > 2400
    assert sum(c["amended"] for c in counts) == 0


def test_the_books_give_what_is_published(demonstration, six_years_of):
    wrong = {}
    books = Books(demonstration)
    for code, wording, place in PUBLISHED:
        value = books.value(code, six_years_of(books, place)).value
        if not admits(code, wording, value):
            wrong[code, place] = (str(value), wording)
    assert wrong == {}


@pytest.fixture
def six_years_of():
    def asked(books, place=""):
        return books.slice(DATELINE, place=Place.objects.get(name=place).pk if place else None)

    return asked


def admits(code, wording, value):
    from bangfu.quantities import read

    return value is not None and read(wording).admits(value)


def test_a_second_build_changes_nothing(demonstration):
    from bangfu.demo.build import build

    before = (demonstration.mark, Entry.objects.count(), Membership.objects.count(), Report.objects.count())
    made = build(Path(os.environ["BANGFU_DATA"]) / "demo", lambda *_: None)
    assert (made.programme.mark, Entry.objects.count(), Membership.objects.count(), Report.objects.count()) == before
    assert len(made.counts) == 19


def test_there_is_a_history_to_look_at(demonstration):
    verbs = set(Posting.objects.filter(programme=demonstration).values_list("verb", flat=True))
    assert {"import", "record", "amend", "void"} <= verbs
    assert Ended.objects.filter(successor=None).count() == 1
    assert Evidence.objects.values("voucher__media_type").distinct().count() == 3


def test_the_issued_report_says_why_its_number_has_changed(demonstration):
    """A payment was recorded twice when the report was issued; since then it was voided."""
    kept = Report.objects.get(programme=demonstration)
    found = {
        change.source.code: change
        for change in changes(kept)
        if change.source.asked.place is None and change.source.asked.words == "2015—2020年"
    }
    change = found["direct_input"]
    assert change.after.value == Decimal(7_397_000)
    assert change.before is not None
    (line,) = change.lines
    assert line.after is None
    assert change.after.value - change.before == Decimal(line.parts) / 100
    assert issued(kept).mark == kept.mark < demonstration.mark


def test_the_report_of_the_books(demonstration):
    outline = known_outlines()["annual"]
    made = report(Books(demonstration), outline, (date(2015, 1, 1), date(2021, 1, 1)))
    text = made.text()
    assert "累计投入帮扶资金739.7万元" in text
    assert "新龙县德麦巴村、丹巴县" in text
    assert all(village in text for village in VILLAGES)
    assert "本期无台账记录" not in text
    assert docx.write(made)


@pytest.mark.parametrize("period", [(date(2015, 1, 1), date(2021, 1, 1)), (date(2019, 1, 1), date(2020, 1, 1))])
def test_the_report_is_supported_by_the_books_it_came_from(demonstration, tmp_path, period):
    """There and back: figures → sentences and tables → Word → claims → figures. (六项指标 is what the first table is called.)"""
    file = tmp_path / "report.docx"
    made = report(Books(demonstration), known_outlines()["annual"], period)
    file.write_bytes(docx.write(made))
    checked = checking.check(demonstration, documents.open(file), earlier=False)
    said = [(f.claim.quote, f.verdict.value, f.judgement.zh) for f in checked.findings if f.claim.quote != "六项"]
    assert len(said) > 140
    assert [line for line in said if line[1] != "supported"] == []
    assert checked.report.contradictions == ()


def test_a_real_programme_of_the_same_name_is_left_alone(own_database, tmp_path):
    from django.contrib.auth.models import User

    from bangfu.demo.build import _programme
    from bangfu.demo.cast import registers
    from bangfu.ledger.setup import setup

    user = User.objects.create_user("somebody")
    (real,) = setup(registers(), by=user)
    made = _programme(user)
    real.refresh_from_db()
    assert made.pk != real.pk
    assert (made.demonstration, real.demonstration) == (True, False)
    assert Programme.objects.count() == 2
    assert _programme(user).pk == made.pk

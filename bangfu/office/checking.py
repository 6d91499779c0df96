"""Check a document against the books: what the reader of a report asks of an office, with every answer in words, JSON, Word and Excel.

`check` joins the thinking half (claims, bindings, verdicts) with a programme's ledger at a mark. A check can be kept as a review, run again
later, and compared with what it said before.
"""

from __future__ import annotations

import hashlib
import io
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.db import transaction
from django.utils import timezone

from bangfu import claims, quantities
from bangfu.catalogue import Catalogue
from bangfu.claims import verify
from bangfu.claims.gazetteer import Named
from bangfu.claims.verify import Earlier, Finding, Gazetteer, Report, SliceWords, Verdict, number
from bangfu.figures import Slice, Value
from bangfu.ledger import crypt, facts
from bangfu.ledger.models import Entry, Party, Place, Programme, Project
from bangfu.ledger.setup import DESIGNATION
from bangfu.office import documents
from bangfu.office.books import Books
from bangfu.office.documents import Document
from bangfu.office.documents.editor import Editor
from bangfu.office.models import BindingMemory, Review
from bangfu.office.said import damaged, said
from bangfu.office.targets import target

MOST_CLAIMS = 10_000

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.supported: ("相符", "supported"),
    Verdict.contradicted: ("不符", "contradicted"),
    Verdict.no_record: ("无记录", "no record"),
    Verdict.ambiguous: ("待定", "ambiguous"),
    Verdict.unreadable: ("读不出", "unreadable"),
}
"""Each verdict as readers see it, Chinese and English."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A document, its report, and the books it was held against (`mark`)."""

    document: Document
    report: Report
    mark: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.report.findings


# ── checking ──


def check(programme: Programme, document: Document, mark: int | None = None, *, earlier: bool = True, before: int | None = None) -> Checked:
    """Check every claim of the document against the programme's ledger as known at `mark` (None: now).

    Raises DocumentRefused for more than MOST_CLAIMS numbers. With `earlier` it is also held against what the programme's kept reviews said: all of them, or those made before the review `before`.
    """
    books = Books(programme, mark)
    reading = claims.read(document.text)
    if len(reading.claims) > MOST_CLAIMS:
        raise documents.DocumentRefused(
            f"文中有 {len(reading.claims)} 个数，一次最多核验 {MOST_CLAIMS} 个：请拆开再交",
            f"The text holds {len(reading.claims)} numbers, at most {MOST_CLAIMS} are checked at once: split it",
        )
    report = verify.check(
        reading,
        books.catalogue,
        gazetteer(programme),
        asker(books),
        remembered=corrections(programme),
        earlier=said_before(programme, document, before) if earlier else (),
        tables=document.tables,
        target=lambda code, words: target(programme, code, slice_of(books, words)),
        people=lambda code, words: people(books, code, slice_of(books, words)),
    )
    return Checked(document, without_our_words(document, report), books.mark)


def without_our_words(document: Document, report: Report) -> Report:
    """The report without claims read in words that we put between the file's own (a table's heading said again)."""
    kept = [i for i, f in enumerate(report.findings) if document.within(*f.claim.span)]
    if len(kept) == len(report.findings):
        return report
    place = {old: new for new, old in enumerate(kept)}
    return replace(
        report,
        findings=tuple(report.findings[i] for i in kept),
        contradictions=tuple(
            replace(c, claims=tuple(place[i] for i in c.claims if i in place))
            for c in report.contradictions
            if c.cells or all(i in place for i in c.claims)
        ),
        recalled=tuple(replace(r, index=place[r.index]) for r in report.recalled if r.index in place),
    )


def asker(books: Books) -> Callable[[str, SliceWords], Value]:
    """The function that answers a claim's question from the books."""
    slices: dict[SliceWords, Slice] = {}

    def ask(code: str, words: SliceWords) -> Value:
        if words not in slices:
            slices[words] = slice_of(books, words)
        return books.value(code, slices[words])

    return ask


def people(books: Books, code: str, slice_: Slice) -> Value:
    """The people recorded in the entries of a figure that counts attendances; no entries where its fields have no people."""
    figure = books.catalogue.figures[code]
    if figure.measure != "attendances" or not all("people" in books.catalogue.kinds[kind].fields for kind in figure.kinds):
        return Value(None, 0)
    return facts.values(books.programme, [replace(figure, measure="people", unit="person")], slice_, books.mark)[code]


def slice_of(books: Books, words: SliceWords) -> Slice:
    """A text's limits as a slice of the ledger: several places or units are taken together."""
    period = (words.begin, words.end)
    one = books.slice(period, project=words.project)
    if words.places:
        subtrees = [books.slice(period, place=p).places or frozenset() for p in words.places]
        one = replace(one, places=frozenset().union(*subtrees))
    if words.units:
        subtrees = [books.slice(period, unit=u).units or frozenset() for u in words.units]
        one = replace(one, units=frozenset().union(*subtrees))
    return one


def gazetteer(programme: Programme) -> Gazetteer:
    """The names this programme's ledger knows: its places and what lies in and around them, the helper's units, its projects."""
    roots = list(programme.places.all())
    entries = Entry.objects.filter(programme=programme)
    used = set(entries.exclude(place=None).values_list("place", flat=True).distinct())
    paths = {p.path for p in roots} | set(Place.objects.filter(pk__in=used).values_list("path", flat=True))
    ids = {int(step) for path in paths for step in path.strip("/").split("/") if step}
    for root in roots:
        ids.update(Place.objects.filter(path__startswith=root.path).values_list("pk", flat=True))
    known = [
        Named(p.pk, "place", (p.name, *p.variants), p.level, tuple(int(s) for s in p.path.strip("/").split("/") if s)[:-1])
        for p in Place.objects.filter(pk__in=ids)
    ]
    helper = programme.helper
    known.append(Named(helper.pk, "helper", (helper.name, *helper.variants)))
    below = Party.objects.filter(path__startswith=helper.path).exclude(pk=helper.pk).exclude(kind__in=("branch", "general_branch"))
    known += [Named(u.pk, "unit", (u.name, *u.variants)) for u in below]
    known += [Named(p.pk, "project", (p.name,)) for p in Project.objects.filter(programme=programme)]
    designated = entries.filter(kind=DESIGNATION).exclude(place=None).values_list("place", flat=True)
    return Gazetteer(tuple(known), frozenset(designated))


# ── corrections ──


def corrections(programme: Programme) -> dict[str, str]:
    """Signature → figure code ("" for none), as people of this office corrected bindings; the latest word counts."""
    return {c.signature: c.figure for c in BindingMemory.objects.filter(programme=programme).order_by("pk")}


def correct(programme: Programme, signature: str, figure: str, *, by: Any, catalogue: Catalogue) -> BindingMemory:
    """Remember that claims of this signature speak of `figure` ("" — of none). Raises KeyError for an unknown code."""
    if figure and figure not in catalogue.figures:
        raise KeyError(f"没有指标“{figure}”（no such figure）")
    return BindingMemory.objects.create(programme=programme, signature=signature, figure=figure, by=by)


# ── reviews ──


def keep(programme: Programme, checked: Checked, *, by: Any, title: str = "") -> Review:
    """Keep the check: the document encrypted, what was found, and the mark it was made at."""
    report = checked.report
    with transaction.atomic():
        return Review.objects.create(
            programme=programme,
            by=by,
            mark=checked.mark,
            filename=checked.document.name[:255],
            title=(title or _title(checked))[:200],
            sha256=crypt.store(checked.document.content),
            counts=report.counts,
            dated=report.dated,
            result={**as_json(checked), "said": [_kept(e) for e in report.claimed(title or _title(checked))]},
        )


def again(review: Review, mark: int | None = None) -> tuple[Checked, list[Change]]:
    """Check a kept document once more, against the ledger of now (or of `mark`): what is found, and what has changed since."""
    document = documents.open(crypt.load(review.sha256), review.filename)
    checked = check(review.programme, document, mark, before=review.pk)
    return checked, changes(review.result["claims"], as_json(checked)["claims"])


@dataclass(frozen=True, slots=True)
class Change:
    """A claim whose verdict or ledger number is not what it was: `before` and `after` are its rows of the JSON form."""

    quote: str
    before: dict[str, Any]
    after: dict[str, Any]


def changes(before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]) -> list[Change]:
    """Claims at the same place whose verdict, figure or ledger number differ."""
    old = {(c["start"], c["end"]): c for c in before}
    return [
        Change(c["quote"], was, c)
        for c in after
        if (was := old.get((c["start"], c["end"]))) is not None and any(was[k] != c[k] for k in ("verdict", "figure", "ledger"))
    ]


def said_before(programme: Programme, document: Document, before: int | None = None) -> list[Earlier]:
    """What the programme's kept reviews of other documents said, the latest review of each document only."""
    sha256 = hashlib.sha256(document.content).hexdigest()
    latest: dict[str, Review] = {}
    reviews = Review.objects.filter(programme=programme).exclude(sha256=sha256).order_by("pk")
    for review in reviews if before is None else reviews.filter(pk__lt=before):
        latest[review.sha256] = review
    return [_recalled(one) for review in latest.values() for one in review.result.get("said", ())]


def _kept(said: Earlier) -> dict[str, Any]:
    asked = said.asked
    return {
        "title": said.title,
        "figure": said.figure,
        "unit": said.unit,
        "per": said.per,
        "low": None if said.low is None else str(said.low),
        "high": None if said.high is None else str(said.high),
        "quote": said.quote,
        "begin": asked.begin.isoformat() if asked.begin else None,
        "end": asked.end.isoformat() if asked.end else None,
        "places": list(asked.places),
        "units": list(asked.units),
        "project": asked.project,
    }


def _recalled(kept: Mapping[str, Any]) -> Earlier:
    asked = SliceWords(
        date.fromisoformat(kept["begin"]) if kept["begin"] else None,
        date.fromisoformat(kept["end"]) if kept["end"] else None,
        tuple(kept["places"]),
        tuple(kept["units"]),
        kept["project"],
    )
    low, high = (None if kept[k] is None else Decimal(kept[k]) for k in ("low", "high"))
    return Earlier(kept["title"], kept["figure"], asked, kept["unit"], kept["per"], low, high, kept["quote"])


def _title(checked: Checked) -> str:
    """What the text is called: its first line of words as it should read, else the name of its file."""
    return checked.report.reading.title.lstrip("•·-* ") or checked.document.name


# ── results ──


def as_json(checked: Checked) -> dict[str, Any]:
    """The answer of `bangfu check --json` (issue 2): positions in the original, money in yuan."""
    document, report = checked.document, checked.report
    return {
        "claims": [_row(document, f) for f in report.findings],
        "contradictions": [{"claims": list(c.claims), "why": c.zh} for c in report.contradictions],
        "earlier": [{"claim": r.index, "why": r.zh} for r in report.recalled],
        "damaged": damaged(document, report.reading),
        "counts": report.counts,
    }


def _row(document: Document, finding: Finding) -> dict[str, Any]:
    judgement = finding.judgement
    row = said(document, finding.claim)
    row["verdict"] = finding.verdict.value
    row["figure"] = finding.figure.code if finding.figure else None
    row["ledger"] = number(judgement.ledger)
    row["confidence"] = finding.binding.confidence
    row["why"] = judgement.zh
    row["slip"] = judgement.slip.value or None
    row["difference"], row["factor"] = number(judgement.difference), number(judgement.factor)
    row["runners_up"] = [c.figure.code for c in finding.binding.runners_up]
    return row


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of the text as the page shows it; with `index` it is that claim, with `damaged` a run that damage touched."""

    text: str
    index: int | None = None
    damaged: bool = False


def fragments(checked: Checked, *, original: bool = False) -> list[Fragment]:
    """The text in order, cut at its claims and damaged runs, for the annotated page: all of it, each character once.

    As it should read, or with `original` as it was handed in, before repair.
    """
    reading = checked.report.reading
    text = checked.document.text if original else reading.text
    claims_at = sorted((*(f.claim.span if original else f.claim.at), i) for i, f in enumerate(checked.findings))
    torn = [(d.start, d.end) if original else _repaired(reading, d.start, d.end) for d in reading.damaged]
    out: list[Fragment] = []
    at = 0
    for start, end, index in claims_at:
        if start < at:
            continue
        out += _plain(text, at, start, torn)
        unreadable = checked.findings[index].verdict is Verdict.unreadable
        out.append(Fragment(text[start:end], index, unreadable or any(a < end and start < b for a, b in torn)))
        at = end
    return out + _plain(text, at, len(text), torn)


def _plain(text: str, start: int, end: int, torn: list[tuple[int, int]]) -> list[Fragment]:
    """A stretch without claims, cut at the damaged runs in it."""
    out = []
    for a, b in torn:
        left, right = max(a, start), min(b, end)
        if left < right:
            out += [Fragment(text[start:left]), Fragment(text[left:right], damaged=True)]
            start = right
    return [f for f in (*out, Fragment(text[start:end])) if f.text]


def _repaired(reading: claims.Reading, start: int, end: int) -> tuple[int, int]:
    """Where a span of the original stands in the repaired text; the way back only rises, so it is found by halving."""
    places = range(len(reading.text))
    first = bisect_right(places, start, key=lambda i: reading.back(i, i + 1)[1])
    return first, max(first, bisect_left(places, end, key=lambda i: reading.back(i, i + 1)[0]))


HEADER = ("序号", "原文", "结论", "指标", "台账数", "文中数", "差额", "说明", "把握")
_WIDE = (8, 40, 10, 26, 16, 22, 14, 60, 8)


def rows(checked: Checked) -> list[tuple[str, ...]]:
    """The verdict list as readers see it, a row a claim, under `HEADER`."""
    return [_cells(i, f) for i, f in enumerate(checked.findings, 1)]


def _cells(index: int, finding: Finding) -> tuple[str, ...]:
    judgement, quantity = finding.judgement, finding.claim.quantity
    unit = quantities.unit(quantity.unit).zh
    ledger = "" if judgement.ledger is None else quantities.plain(judgement.ledger) + unit
    difference = "" if judgement.difference is None else quantities.plain(judgement.difference)
    label = finding.figure.label.zh if finding.figure else ""
    return (
        str(index),
        finding.clause[:120],
        VERDICTS[finding.verdict][0],
        label,
        ledger,
        " ".join(finding.claim.quote.split())[:40],
        difference,
        judgement.zh,
        f"{finding.binding.confidence:.0%}" if finding.figure else "",
    )


def as_xlsx(checked: Checked) -> bytes:
    """The verdict list, the contradictions and the counts as a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, wrap = book.add_format({"bold": True, "border": 1}), book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        sheet = book.add_worksheet("核验结果")
        for column, (name, width) in enumerate(zip(HEADER, _WIDE, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, bold)
        last = 0
        for last, cells in enumerate(rows(checked), 1):
            for column, text in enumerate(cells):
                sheet.write_string(last, column, text, wrap)
        sheet.write_string(last + 1, 0, "合计", bold)
        sheet.write_string(last + 1, 1, _counted(checked.report), bold)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.autofilter(0, 0, max(last, 1), len(HEADER) - 1)
        other = book.add_worksheet("文中矛盾")
        other.set_column(0, 0, 16)
        other.set_column(1, 1, 120)
        for column, name in enumerate(("涉及序号", "说明")):
            other.write_string(0, column, name, bold)
        for row, (which, why) in enumerate(_quarrels(checked.report), 1):
            other.write_string(row, 0, which, wrap)
            other.write_string(row, 1, why, wrap)
    return out.getvalue()


def _counted(report: Report) -> str:
    return "，".join(f"{VERDICTS[Verdict(v)][0]} {n}" for v, n in report.counts.items())


def _quarrels(report: Report) -> list[tuple[str, str]]:
    found = [("、".join(str(i + 1) for i in c.claims) or "表", c.zh) for c in report.contradictions]
    return found + [(str(r.index + 1), r.zh) for r in report.recalled]


_COLOURS = {
    Verdict.contradicted: "red",
    Verdict.ambiguous: "yellow",
    Verdict.unreadable: "yellow",
}


def _notes(checked: Checked) -> Iterator[tuple[tuple[int, int], str, list[str]]]:
    """What is said where in the document given back: span, highlight ("" for none), lines of the comment."""
    quarrels: dict[int, list[str]] = {}
    for one in checked.report.contradictions:
        why = f"文中矛盾：{one.zh}"
        for i in one.claims:
            quarrels.setdefault(i, []).append(why)
        if one.cells and not one.claims:
            yield one.cells[0], "yellow", [why]
    for one_more in checked.report.recalled:
        quarrels.setdefault(one_more.index, []).append(f"与以往报告不一致：{one_more.zh}")
    for index, finding in enumerate(checked.findings):
        colour = _COLOURS.get(finding.verdict, "yellow" if index in quarrels else "")
        yield finding.claim.span, colour, [f"【{VERDICTS[finding.verdict][0]}】{finding.judgement.zh}", *quarrels.get(index, ())]


def as_docx(checked: Checked) -> bytes:
    """The document given back: a comment at every claim, those to look at highlighted, and the table of verdicts at its end.

    Raises DocumentRefused where the document is not a docx.
    """
    if checked.document.format != "docx":
        raise documents.DocumentRefused("只有 Word 文档（docx）能带批注退回", "Only a Word document (docx) can be given back with comments")
    editor = Editor.open(checked.document.content, checked.document.name, timezone.now())
    for span, colour, lines in sorted(_notes(checked), reverse=True):  # from the end, so that what is written moves nothing that follows
        if runs := editor.runs(*span):
            if colour:
                editor.highlight(runs, colour)
            editor.comment(runs, lines)
    table = [(c[0], c[1], c[2], c[3], c[4], c[7]) for c in rows(checked)]
    table += [(which, "", "文中矛盾", "", "", why) for which, why in _quarrels(checked.report)]
    head = f"核验结果（台账截至第 {checked.mark} 号记账；{_counted(checked.report)}）"
    editor.table(head, (HEADER[0], HEADER[1], HEADER[2], HEADER[3], HEADER[4], HEADER[7]), table, (600, 2400, 900, 1500, 1200, 2400))
    return editor.save()

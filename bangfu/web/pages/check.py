"""Check a text against the ledger: paste or upload, the annotated text, the list of verdicts, each claim opened down to its entries."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bangfu.claims.binding import SliceWords
from bangfu.ledger.crypt import FileDamaged
from bangfu.ledger.models import Party, Place, Project
from bangfu.office import checking, documents
from bangfu.office.books import Books
from bangfu.office.checking import Checked
from bangfu.office.documents import DocumentRefused
from bangfu.office.models import Review
from bangfu.web.desk import Desk, desk_for
from bangfu.web.export import XLSX, attachment
from bangfu.web.filter import write_period
from bangfu.web.rows import rows
from bangfu.web.shown import number, unit_word

LONGEST_PASTE = 2_000_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _desk(request: HttpRequest, slug: str) -> Desk:
    desk = desk_for(request, slug)
    if not desk.access.may("check"):
        raise PermissionDenied
    return desk


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand a text in; what was handed in before."""
    desk = _desk(request, slug)
    wrong: list[str] = []
    typed = request.POST.get("text", "")
    if request.method == "POST":
        try:
            document = _given(desk, typed)
        except DocumentRefused as refused:
            wrong = [refused.en if desk.lang == "en" else refused.zh]
        else:
            checked = checking.check(desk.programme, document)
            review = checking.keep(desk.programme, checked, by=desk.user, title=request.POST.get("title", "").strip())
            return HttpResponseRedirect(desk.to("review", review.pk))
    found = Review.objects.filter(programme=desk.programme).select_related("by").order_by("-at")
    if desk.filter.text:
        found = found.filter(title__icontains=desk.filter.text) | found.filter(filename__icontains=desk.filter.text)
    return desk.page("check.html", at="check", wrong=wrong, typed=typed, reviews=found[:50], status=422 if wrong else 200)


def _given(desk: Desk, typed: str) -> documents.Document:
    """The uploaded file, else the pasted text. Raises DocumentRefused."""
    file = desk.request.FILES.get("file")
    if file is not None:
        if (file.size or 0) > documents.MOST_BYTES:
            raise DocumentRefused("文件太大：请拆开后分别核验", "The file is too large: split it")
        name = (file.name or "").rsplit("/", 1)[-1][:255]
        return documents.open(file.read(), name)
    if not typed.strip():
        raise DocumentRefused("请粘贴文稿，或选择一个文件", "Paste a text or choose a file")
    if len(typed) > LONGEST_PASTE:
        raise DocumentRefused("粘贴的文字太长：请改用上传文件", "The pasted text is too long: upload it as a file")
    return documents.text(typed.replace("\r\n", "\n"), "text.txt")


def _review(desk: Desk, pk: int) -> Review:
    return get_object_or_404(Review.objects.select_related("by", "programme"), pk=pk, programme=desk.programme)


def _run(review: Review, mark: int | None) -> tuple[Checked, list[checking.Change]]:
    try:
        return checking.again(review, mark)
    except (FileDamaged, DocumentRefused):
        raise Http404 from None


@require_safe
def review(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A check as it was made; with `now` as the ledger stands today, and what has changed since."""
    desk = _desk(request, slug)
    found = _review(desk, pk)
    now = request.GET.get("now") == "1"
    checked, changes = _run(found, None if now else found.mark)
    findings = list(enumerate(checked.findings))
    wanted = request.GET.get("verdict", "")
    original = request.GET.get("original") == "1"
    quarrels: dict[int, list[Any]] = {}
    for quarrel in checked.report.contradictions:
        for index in quarrel.claims:
            quarrels.setdefault(index, []).append(quarrel)
    listed = [(i, f) for i, f in findings if not wanted or f.verdict.value == wanted or (wanted == "quarrel" and i in quarrels)]
    return desk.page(
        "review.html",
        at="check",
        review=found,
        now=now,
        checked=checked,
        counts=checked.report.counts,
        fragments=checking.fragments(checked, original=original),
        original=original,
        mended=checked.report.reading.text != checked.document.text,
        findings=findings,
        listed=listed,
        wanted=wanted,
        quarrels=quarrels,
        changes=changes if now else [],
        verdicts=[v.value for v in checking.VERDICTS],
        shown_number=number,
    )


@require_safe
def claim(request: HttpRequest, slug: str, pk: int, index: int) -> HttpResponse:
    """One claim: what it says, what the ledger says, and the entries behind that."""
    desk = _desk(request, slug)
    found = _review(desk, pk)
    now = request.GET.get("now") == "1"
    checked, _ = _run(found, None if now else found.mark)
    if index >= len(checked.findings):
        raise Http404
    finding = checked.findings[index]
    context: dict[str, Any] = {"trace": None, "rows": [], "first": "after" not in request.GET}
    if finding.figure is not None:
        books = Books(desk.programme, checked.mark)
        asked = checking.slice_of(books, finding.judgement.asked)
        try:
            trace = books.trace(finding.figure.code, asked, after=request.GET.get("after") or None)
        except ValueError:
            raise Http404 from None
        context |= {
            "trace": trace,
            "figure": finding.figure,
            "rows": list(zip(rows(desk, (s.fact for s in trace.shares)), trace.shares, strict=True)),
            "page_of": lambda after: desk.to("claim", pk, index, after=after, now="1" if now else None),
            "part_of": lambda part, _: desk.to("figure", part.code, period=_period(finding.judgement.asked)),
        }
    if request.headers.get("HX-Target") == "trace" and context["trace"]:
        return desk.page("trace.html", **context)
    return desk.page(
        "claim.html",
        at="check",
        review=found,
        index=index,
        finding=finding,
        now=now,
        mark=checked.mark,
        quarrels=[c for c in checked.report.contradictions if index in c.claims],
        recalled=[r for r in checked.report.recalled if r.index == index],
        where=_where(finding.judgement.asked),
        others=checked.findings,
        unit=unit_word(finding.claim.quantity.unit, desk.lang),
        figures=sorted(desk.catalogue.figures.values(), key=lambda f: (f.chapter, f.label.zh)),
        total=len(checked.findings),
        **context,
    )


def _where(asked: SliceWords) -> str:
    """The places, units and project that the claim was limited to, by name."""
    names = [
        *Place.objects.filter(pk__in=asked.places).values_list("name", flat=True),
        *Party.objects.filter(pk__in=asked.units).values_list("name", flat=True),
        *Project.objects.filter(pk__in=filter(None, [asked.project])).values_list("name", flat=True),
    ]
    return "、".join(names)


def _period(asked: SliceWords) -> str:
    return write_period(asked.begin, asked.end)


@require_POST
def correct(request: HttpRequest, slug: str, pk: int, index: int) -> HttpResponse:
    """Say of which figure a claim really speaks; remembered for this office."""
    desk = desk_for(request, slug, writing=True)
    if not desk.access.may("check"):
        raise PermissionDenied
    found = _review(desk, pk)
    checked, _ = _run(found, found.mark)
    if index >= len(checked.findings):
        raise Http404
    try:
        checking.correct(
            desk.programme, checked.findings[index].signature, request.POST.get("figure", ""), by=desk.user, catalogue=desk.catalogue
        )
    except KeyError:
        raise Http404 from None
    messages.success(request, desk.say("check.corrected"), extra_tags="good")
    return HttpResponseRedirect(desk.to("claim", pk, index))


@require_safe
def review_file(request: HttpRequest, slug: str, pk: int, form: str) -> HttpResponse:
    """The check as a file: the Word document given back with comments, the list as Excel, everything as JSON."""
    desk = _desk(request, slug)
    found = _review(desk, pk)
    checked, _ = _run(found, None if request.GET.get("now") == "1" else found.mark)
    stem = found.filename.rpartition(".")[0] or found.filename
    if form == "json":
        content = json.dumps(checking.as_json(checked), ensure_ascii=False, indent=1).encode()
        answer = attachment(content, f"{stem}-核验.json", "application/json; charset=utf-8")
    elif form == "xlsx":
        answer = attachment(checking.as_xlsx(checked), f"{stem}-核验.xlsx", XLSX)
    elif form != "docx":
        raise Http404
    else:
        try:
            answer = attachment(checking.as_docx(checked), f"{stem}-核验.docx", DOCX)
        except DocumentRefused as refused:
            messages.error(request, refused.en if desk.lang == "en" else refused.zh, extra_tags="bad")
            return HttpResponseRedirect(desk.to("review", pk))
    desk.took("verdicts", f"{found.title} ({form})")
    return answer

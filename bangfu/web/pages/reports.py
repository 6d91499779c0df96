"""Reports: composed as a page with clickable numbers and as Word; issued ones kept as they were, with what has changed since; last year's renewed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from bangfu.office import documents, drafting
from bangfu.office.documents import DocumentRefused
from bangfu.office.models import Report
from bangfu.office.reports import docx, html
from bangfu.office.reports.document import Document, Source
from bangfu.office.reports.issue import changes, issue, issued, known_outlines, report
from bangfu.office.reports.outline import Outline
from bangfu.web.desk import Desk, desk_for
from bangfu.web.export import attachment
from bangfu.web.filter import UnreadablePeriod, read_period, write_period
from bangfu.web.pages.check import DOCX
from bangfu.web.rows import rows
from bangfu.web.shown import period as period_words
from bangfu.web.words import say


def _desk(request: HttpRequest, slug: str, *, writing: bool = False) -> Desk:
    desk = desk_for(request, slug, writing=writing)
    if not desk.access.may("reports"):
        raise PermissionDenied
    return desk


@require_safe
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    desk = _desk(request, slug)
    kept = Report.objects.filter(programme=desk.programme).select_related("by").order_by("-at")
    if desk.filter.text:
        kept = kept.filter(title__icontains=desk.filter.text)
    return desk.page("reports.html", at="reports", outlines=known_outlines(), kept=kept[:50])


@require_safe
def stylesheet(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view is given one
    """The report's own style sheet, which also stands inside its stand-alone file."""
    answer = HttpResponse(html.style(), content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "max-age=86400"
    return answer


stylesheet = login_not_required(stylesheet)


def _asked(desk: Desk) -> tuple[Outline, str, frozenset[str] | None]:
    """Outline, language and optional parts as the address names them. Raises Http404 for an outline that is none."""
    outline = known_outlines().get(desk.request.GET.get("outline", "") or desk.request.POST.get("outline", ""))
    if outline is None:
        raise Http404
    lang = desk.request.GET.get("lang", "") or desk.lang
    chosen = desk.request.GET.getlist("part")
    known = outline.options()
    options = frozenset(c for c in chosen if c in known) if "parts" in desk.request.GET else None
    return outline, lang if lang in {"zh", "en"} else "zh", options


def _composed(desk: Desk) -> tuple[Outline, Document]:
    outline, lang, options = _asked(desk)
    return outline, report(desk.books, outline, (desk.filter.begin, desk.filter.end), lang=lang, options=options)


def _link(desk: Desk, mark: int) -> Any:
    """Where a number leads: the figure for just what was asked, at the report's mark."""

    def link(source: Source) -> str:
        asked = source.asked
        now = None if mark >= desk.programme.mark else mark
        return desk.to(
            "figure", source.code, period=write_period(asked.begin, asked.end) or None, place=asked.place, unit=None, q=None, mark=now
        )

    return link


@require_safe
def view(request: HttpRequest, slug: str) -> HttpResponse:
    """The report as the books stand, as a page."""
    desk = _desk(request, slug)
    outline, document = _composed(desk)
    body = Markup(html.fragment(document, _link(desk, document.mark)))  # noqa: S704 - made by our own autoescaping template
    return desk.page("report.html", at="reports", outline=outline, document=document, body=body, report=None, changed=())


@require_safe
def word(request: HttpRequest, slug: str) -> HttpResponse:
    desk = _desk(request, slug)
    _, document = _composed(desk)
    desk.took("report", document.title)
    return attachment(docx.write(document), f"{document.title}.docx", DOCX)


@require_POST
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """Issue the report: freeze it as it is now."""
    desk = _desk(request, slug, writing=True)
    outline, document = _composed(desk)
    kept = issue(desk.programme, outline, (desk.filter.begin, desk.filter.end), document, by=desk.user)
    messages.success(request, desk.say("report.issued", mark=kept.mark), extra_tags="good")
    return HttpResponseRedirect(desk.to("kept_report", kept.pk))


@require_safe
def kept_report(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An issued report as it was, and why its numbers are others today."""
    desk = _desk(request, slug)
    found = get_object_or_404(Report.objects.select_related("by", "programme"), pk=pk, programme=desk.programme)
    document = issued(found)
    if request.GET.get("form") == "docx":
        desk.took("report", document.title)
        return attachment(docx.write(document), f"{document.title}.docx", DOCX)
    body = Markup(html.fragment(document, _link(desk, document.mark)))  # noqa: S704 - made by our own autoescaping template
    changed = changes(found)
    facts = {line.fact.id: line.fact for change in changed for line in change.lines}
    names = {row.id: row for row in rows(desk, list(facts.values())[:500])}
    return desk.page(
        "report.html",
        at="reports",
        outline=known_outlines().get(found.outline),
        document=document,
        body=body,
        report=found,
        changed=changed,
        names=names,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, slug: str) -> HttpResponse:
    """Last year's Word report → this year's, every number the ledger knows asked again."""
    desk = _desk(request, slug, writing=True)
    wrong: list[str] = []
    typed = {name: request.POST.get(name, "").strip() for name in ("old", "new")}
    if request.method == "POST":
        try:
            name, content = _former(desk)
            made = drafting.draft(desk.programme, content, name, _span(desk, typed["old"]), _span(desk, typed["new"]))
        except DocumentRefused as refused:
            wrong = [refused.en if desk.lang == "en" else refused.zh]
        except UnreadablePeriod as unread:
            wrong = [desk.say("filter.unreadable", period=str(unread))]
        else:
            desk.took("report", f"{name} → {period_words(*read_period(typed['new']), desk.lang)}")
            return attachment(made.content, f"{name.rpartition('.')[0] or name}-{typed['new']}.docx", DOCX)
    return desk.page("renew.html", at="reports", wrong=wrong, typed=typed, status=422 if wrong else 200)


def _former(desk: Desk) -> tuple[str, bytes]:
    """The former report that was handed in. Raises DocumentRefused."""
    file = desk.request.FILES.get("file")
    if file is None or (file.size or 0) > documents.MOST_BYTES:
        word = "renew.no_file" if file is None else "renew.too_big"
        raise DocumentRefused(say(word, "zh"), say(word, "en"))
    return file.name or "report.docx", file.read()


def _span(desk: Desk, text: str) -> tuple[date, date]:
    begin, end = read_period(text)
    if begin is None or end is None:
        raise UnreadablePeriod(text or desk.say("renew.blank"))
    return begin, end

"""The trail: every posting, who opened personal data, who took what out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from bangfu.ledger.loading import facts_of
from bangfu.ledger.models import Ended, Entry, Posting, Reveal
from bangfu.ledger.rows import row_id
from bangfu.office.models import Download
from bangfu.web.desk import Desk, desk_for
from bangfu.web.rows import Row, rows

PAGE = 50


def _before(request: HttpRequest) -> int | None:
    return row_id(request.GET.get("before"))


@require_safe
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    """Postings, newest first; the filter's period is that of the posting, its text is looked for in reasons and files."""
    desk = desk_for(request, slug)
    if desk.access.role == "liaison":  # what others wrote is not a liaison's
        raise PermissionDenied
    found = Posting.objects.filter(programme=desk.programme).select_related("by", "batch").order_by("-mark")
    if desk.filter.begin:
        found = found.filter(at__date__gte=desk.filter.begin)
    if desk.filter.end:
        found = found.filter(at__date__lt=desk.filter.end)
    if desk.filter.text:
        found = found.filter(reason__icontains=desk.filter.text) | found.filter(batch__filename__icontains=desk.filter.text)
    before = _before(request)
    if before is not None:
        found = found.filter(mark__lt=before)
    page = list(found[: PAGE + 1])
    counts = _counts(desk, [p.mark for p in page])
    context: dict[str, Any] = {
        "postings": [(p, counts.get(p.mark, 0)) for p in page[:PAGE]],
        "older": page[PAGE - 1].mark if len(page) > PAGE else None,
        "first": before is None,
    }
    if desk.access.manages:
        own = Q(person__programme=desk.programme) | Q(household__programme=desk.programme)
        context["reveals"] = list(Reveal.objects.filter(own).select_related("by", "person", "household").order_by("-at")[:PAGE])
        context["downloads"] = list(Download.objects.filter(programme=desk.programme).select_related("by").order_by("-at")[:PAGE])
    return desk.page("audit.html", at="audit", **context)


def _counts(desk: Desk, marks: list[int]) -> dict[int, int]:
    """How many entries each posting wrote or ended."""
    written = Entry.objects.filter(programme=desk.programme, mark__in=marks).values_list("mark").annotate(n=Count("id"))
    ended = (
        Ended.objects.filter(entry__programme=desk.programme, mark__in=marks, successor=None).values_list("mark").annotate(n=Count("entry"))
    )
    counts: dict[int, int] = {}
    for mark, n in [*written, *ended]:
        counts[mark] = counts.get(mark, 0) + n
    return counts


@require_safe
def posting(request: HttpRequest, slug: str, mark: int) -> HttpResponse:
    """One act of writing: what it wrote and what it ended."""
    desk = desk_for(request, slug)
    found = get_object_or_404(Posting.objects.select_related("by", "batch"), programme=desk.programme, mark=mark)
    written = entries_as_rows(desk, Entry.objects.filter(programme=desk.programme, mark=mark).order_by("id")[: PAGE * 4])
    gone = Ended.objects.filter(entry__programme=desk.programme, mark=mark, successor=None).values_list("entry", flat=True)
    ended = entries_as_rows(desk, Entry.objects.filter(pk__in=list(gone[: PAGE * 4])).order_by("id"))
    return desk.page("posting.html", at="audit", posting=found, written=written, ended=ended, counts=_counts(desk, [mark]).get(mark, 0))


def entries_as_rows(desk: Desk, entries: QuerySet[Entry]) -> list[Row]:
    """Entries as rows of a list, those outside a liaison's units left out."""
    facts = facts_of(list(entries.values_list("pk", flat=True)))
    own = desk.access.units()
    return rows(desk, [f for f in facts if own is None or f.unit in own])

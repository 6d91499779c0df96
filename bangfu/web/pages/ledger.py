"""The ledger as a list: filtered, sorted, paged, with what all of it comes to; exported as seen; filters kept under a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bangfu.catalogue import Field, Kind
from bangfu.ledger.listing import Listed, Order, Totals, listed, totals
from bangfu.ledger.loading import facts_of
from bangfu.ledger.models import Entry
from bangfu.ledger.rows import row_id
from bangfu.office.intake import giving_back
from bangfu.office.models import SavedView
from bangfu.quantities import from_parts
from bangfu.web.desk import Desk, desk_for
from bangfu.web.export import attachment, workbook
from bangfu.web.rows import Row, rows
from bangfu.web.shown import period, unit_word

PAGE = 50
LARGE = 200_000
"""With more entries than this the totals are asked for after the page has come."""
MOST_EXPORTED = 200_000
MOST_COLUMNS = 5


def _kind(desk: Desk) -> Kind | None:
    code = desk.request.GET.get("kind", "")
    if not code:
        return None
    found = desk.catalogue.kinds.get(code)
    if found is None:
        raise Http404
    return found


def _order(desk: Desk, kind: Kind | None) -> Order:
    return Order.read(desk.request.GET.get("sort", ""), [f.name for f in kind.measures()] if kind else ())


def _page(desk: Desk, kind: Kind | None, after: str | None, limit: int) -> Listed:
    try:
        return listed(
            desk.programme,
            desk.slice,
            kind=kind.code if kind else "",
            text=desk.filter.text,
            mark=desk.books.mark,
            after=after,
            limit=limit,
            order=_order(desk, kind),
        )
    except ValueError:  # not a bookmark of ours
        raise Http404 from None


def _totals(desk: Desk, kind: Kind | None) -> Totals:
    return totals(desk.programme, desk.slice, kind=kind.code if kind else "", text=desk.filter.text, mark=desk.books.mark)


def columns(kind: Kind | None, chosen: list[str], stated: Iterable[str]) -> list[Field]:
    """The measures that stand in columns of their own: those chosen, else the first few that are stated at all."""
    if kind is None:
        return []
    measures = list(kind.measures())
    named = [f for f in measures if f.name in chosen]
    present = set(stated)
    return named or [f for f in measures if f.name in present][:MOST_COLUMNS] or measures[:1]


@require_safe
def ledger(request: HttpRequest, slug: str) -> HttpResponse:
    desk = desk_for(request, slug)
    kind = _kind(desk)
    found = _page(desk, kind, request.GET.get("after") or None, PAGE)
    shown = rows(desk, facts_of(found.ids))
    small = (Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) < LARGE
    chosen = request.GET.getlist("col")
    return desk.page(
        "ledger.html",
        at="ledger",
        kind=kind,
        rows=shown,
        after=found.after,
        first="after" not in request.GET,
        totals=_totals(desk, kind) if small else None,
        columns=columns(kind, chosen, (name for row in shown for name in row.measures)),
        chosen=chosen,
        order=_order(desk, kind),
        kinds=[(label, [k for k in desk.catalogue.kinds.values() if k.chapter == code]) for code, label in desk.catalogue.chapters.items()],
        views=SavedView.objects.filter(programme=desk.programme, page="ledger").filter(by=desk.user)
        | SavedView.objects.filter(programme=desk.programme, page="ledger", shared=True),
        keep={"kind": kind.code if kind else None, "sort": str(_order(desk, kind)) or None},
        query=urlencode([(k, v) for k, v in parse_qsl(request.META.get("QUERY_STRING", "")) if k != "after"]),
    )


@require_safe
def ledger_totals(request: HttpRequest, slug: str) -> HttpResponse:
    """The totals alone, for a ledger so large that counting takes its time."""
    desk = desk_for(request, slug)
    kind = _kind(desk)
    summed = _totals(desk, kind)
    return desk.page("totals.html", kind=kind, totals=summed, columns=columns(kind, request.GET.getlist("col"), summed.sums))


@require_safe
def ledger_export(request: HttpRequest, slug: str) -> HttpResponse:
    """What the filter shows, in its order and columns, with its totals row."""
    desk = desk_for(request, slug)
    kind = _kind(desk)
    summed = _totals(desk, kind)
    shown = columns(kind, list(summed.sums), summed.sums)
    title = kind.label.say(desk.lang) if kind else desk.say("nav.ledger")
    head = [desk.say(f"ledger.{w}") for w in ("date", "last", "title", "kind", "category")]
    head += [desk.say("filter.place"), desk.say("filter.unit"), desk.say("ledger.party"), desk.say("ledger.project")]
    head += [f"{f.label.say(desk.lang)}（{unit_word(f.unit or 'other', desk.lang)}）" for f in shown] or [desk.say("ledger.measures")]
    head += [desk.say("ledger.source"), desk.say("ledger.number")]
    foot: list[Any] = [desk.say("show.total"), "", desk.say("show.entries", n=summed.count), *[""] * 6]
    foot += [from_parts(summed.sums[f.name], f.unit or "other") if f.adds and f.name in summed.sums else "" for f in shown] or [""]
    foot += ["", ""]
    notes = [
        f"{desk.programme.helper.name} · {desk.programme.name} · {period(desk.filter.begin, desk.filter.end, desk.lang)}"
        + (f" · {desk.place.name}" if desk.place else "")
        + (f" · {desk.unit.name}" if desk.unit else "")
        + (f" · “{desk.filter.text}”" if desk.filter.text else ""),
        f"{desk.say('show.as_at_mark', mark=desk.books.mark)} · {desk.user.get_full_name() or desk.user.username} · {timezone.localtime():%Y-%m-%d %H:%M}",
    ]
    if desk.programme.demonstration:
        notes.insert(0, desk.say("demo.mark"))
    content = workbook(title, notes, head, _lines(desk, kind, shown), foot)
    desk.took("ledger", f"{title} · {notes[0]} · {summed.count}")
    return attachment(content, f"{title}-{timezone.localdate():%Y%m%d}.xlsx")


def _lines(desk: Desk, kind: Kind | None, shown: list[Field]) -> Iterator[list[Any]]:
    after: str | None = None
    count = 0
    while count < MOST_EXPORTED:
        found = _page(desk, kind, after, 1000)
        for row in rows(desk, facts_of(found.ids)):
            yield _line(desk, row, shown)
        count += len(found.ids)
        after = found.after
        if after is None:
            return


def _line(desk: Desk, row: Row, shown: list[Field]) -> list[Any]:
    measures: list[Any] = [from_parts(row.measures[f.name], f.unit or "other") if f.name in row.measures else "" for f in shown]
    if not shown:
        measures = ["，".join(f"{f.label.say(desk.lang)} {digits}" for f, digits in row.amounts())]
    last = row.last or ""
    return [
        row.begin,
        last,
        row.title,
        row.kind.label.say(desk.lang),
        row.category,
        row.place,
        row.unit,
        row.party,
        row.project,
        *measures,
        row.source,
        str(row.id),
    ]


@require_safe
def ledger_form(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The entries of one kind that the filter shows, in the form of its template: corrected and imported again, they amend."""
    desk = desk_for(request, slug)
    kind = desk.catalogue.kinds.get(code)
    if kind is None:
        raise Http404
    ids: list[int] = []
    after: str | None = None
    while len(ids) < MOST_EXPORTED:
        found = _page(desk, kind, after, 1000)
        ids += found.ids
        after = found.after
        if after is None:
            break
    title = kind.label.say(desk.lang)
    desk.took("ledger", f"{title} · {len(ids)}")
    return attachment(giving_back.export(kind, ids), f"{title}-{timezone.localdate():%Y%m%d}.xlsx")


@require_POST
def save_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the present filter under a name, or forget one."""
    desk = desk_for(request, slug)
    forget = row_id(request.POST.get("forget"))
    if forget is not None:
        get_object_or_404(SavedView, pk=forget, programme=desk.programme, by=desk.user).delete()
        return HttpResponseRedirect(desk.bare("ledger"))
    query = request.POST.get("query", "")[:500]
    name = request.POST.get("name", "").strip()[:60]
    if name:
        SavedView.objects.create(
            programme=desk.programme,
            by=desk.user,
            page="ledger",
            name=name,
            query=query,
            shared=bool(request.POST.get("shared")) and desk.access.writes,
        )
    return HttpResponseRedirect(desk.bare("ledger") + (f"?{query}" if query else ""))

"""The overview, the list of figures, and one figure: its number, 口径, years, places, and the entries behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bangfu.catalogue import Figure, Label
from bangfu.figures import Slice, Value
from bangfu.ledger.models import Posting
from bangfu.office.models import FormDraft
from bangfu.web.desk import Desk, desk_for
from bangfu.web.rows import rows
from bangfu.web.shown import number

MOST_PLACES = 60
"""So many places are compared on a figure's page; with more the filter does it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with its value for the slice, and the years behind its small trend."""

    figure: Figure
    value: Value
    years: tuple[Decimal | None, ...] = ()


def lines(desk: Desk, figures: list[Figure], *, trends: bool = False) -> list[Line]:
    values = desk.books.values([f.code for f in figures], desk.slice)
    return [Line(f, values[f.code], trend(desk, f) if trends else ()) for f in figures]


def trend(desk: Desk, figure: Figure) -> tuple[Decimal | None, ...]:
    return tuple(value.value for _, value in desk.books.series(figure.code, desk.slice, desk.years))


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    desk = desk_for(request, slug)
    known = desk.catalogue
    core = lines(desk, list(known.core()), trends=True)
    chapters = []
    for code, label in known.chapters.items():
        found = [line for line in lines(desk, list(known.in_chapter(code))) if line.value.entries]
        chapters.append((code, label, found[:12], len(found)))
    return desk.page(
        "overview.html",
        at="overview",
        core=core,
        charts=_charts(desk, core),
        chapters=[c for c in chapters if c[3]],
        recent=_recent(desk),
        drafts=FormDraft.objects.filter(user=desk.user, programme=desk.programme).order_by("-at")[:5],
    )


def _charts(desk: Desk, core: list[Line]) -> list[tuple[str, str, list[Line]]]:
    """The core indicators over the years: one chart a unit, as what has another unit cannot stand on the same axis."""
    charts = []
    for unit in dict.fromkeys(line.figure.unit for line in core):
        of_unit = [line for line in core if line.figure.unit == unit and any(line.years)]
        if of_unit and len(desk.years) > 1:
            charts.append((unit, chart(desk, unit, [(line.figure, line.years) for line in of_unit]), of_unit))
    return charts


def chart(desk: Desk, unit: str, series: list[tuple[Figure, tuple[Decimal | None, ...]]]) -> str:
    """What charts.js draws, as JSON. Money is drawn in 万元 (in thousands of yuan in English)."""
    scale = Decimal(1)
    if unit == "CNY":
        scale = Decimal(10000 if desk.lang == "zh" else 1000)
    return json.dumps(
        {
            "kind": "bar",
            "labels": [str(year) for year in desk.years],
            "series": [
                {
                    "name": figure.label.say(desk.lang),
                    "data": [None if v is None else float(v / scale) for v in values],  # pixels, not figures
                    "words": [number((v / scale).quantize(Decimal("0.01"))) if v else "" for v in values],
                }
                for figure, values in series
            ],
        },
        ensure_ascii=False,
    )


def _recent(desk: Desk) -> list[Posting]:
    return list(Posting.objects.filter(programme=desk.programme).select_related("by", "batch").order_by("-mark")[:8])


@require_safe
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """All figures by chapter; the filter's text narrows them."""
    desk = desk_for(request, slug)
    text = desk.filter.text.casefold()

    def wanted(figure: Figure) -> bool:
        words = (figure.label.zh, figure.label.en, figure.code, figure.caliber.zh, *figure.says, *figure.cues)
        return not text or any(text in w.casefold() for w in words)

    chapters: list[tuple[str, Label, list[Line]]] = []
    for code, label in desk.catalogue.chapters.items():
        chosen = [f for f in desk.catalogue.in_chapter(code) if wanted(f)]
        chosen.sort(key=lambda f: f.core or 99)
        chapters.append((code, label, lines(desk, chosen)))
    return desk.page("figures.html", at="figures", chapters=[c for c in chapters if c[2]])


@require_safe
def trends(request: HttpRequest, slug: str) -> HttpResponse:
    """The small trend of one figure, asked for when its line comes into view."""
    desk = desk_for(request, slug)
    found = desk.catalogue.figures.get(request.GET.get("figure", ""))
    if found is None:
        raise Http404
    return desk.page("trend.html", values=trend(desk, found))


@require_safe
def figure(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    desk = desk_for(request, slug)
    found = desk.catalogue.figures.get(code)
    if found is None:
        raise Http404
    series = desk.books.series(code, desk.slice, desk.years) if len(desk.years) > 1 else []
    try:
        trace = desk.books.trace(code, desk.slice, after=request.GET.get("after") or None)
    except ValueError:  # not a bookmark of ours
        raise Http404 from None
    context = {
        "figure": found,
        "trace": trace,
        "rows": list(zip(rows(desk, (s.fact for s in trace.shares)), trace.shares, strict=True)),
        "first": "after" not in request.GET,
        "page_of": lambda after: desk.to("figure", code, after=after),
        "part_of": lambda part, slice_: desk.to("figure", part.code, place=_root(desk, slice_) or desk.filter.place),
    }
    if request.headers.get("HX-Target") == "trace":
        return desk.page("trace.html", **context)
    return desk.page(
        "figure.html",
        at="figures",
        series=series,
        chart=chart(desk, found.unit, [(found, tuple(v.value for _, v in series))]) if any(v.value for _, v in series) else "",
        places=_by_place(desk, found) if not found.combine else [],
        **context,
    )


def _root(desk: Desk, slice_: Slice) -> int | None:
    """The place whose subtree a slice holds, where least and most compare villages."""
    if slice_.places is None or slice_.places == desk.slice.places:
        return None
    return next((place.pk for place, _ in desk.places if place.pk in slice_.places), None)


def _by_place(desk: Desk, figure: Figure) -> list[tuple[int, str, int, Value]]:
    """The figure for each place of the programme within the filter, as a tree; places without entries are left out."""
    within = [(p, depth) for p, depth in desk.places if desk.place is None or p.path.startswith(desk.place.path)]
    if len(within) > MOST_PLACES:
        return []
    found = []
    for place, depth in within:
        slice_ = desk.books.slice((desk.filter.begin, desk.filter.end), place.pk, desk.filter.unit)
        value = desk.books.value(figure.code, slice_)
        if value.entries:
            found.append((place.pk, place.name, depth, value))
    least = min((depth for _, _, depth, _ in found), default=0)
    return [(pk, name, depth - least, value) for pk, name, depth, value in found]



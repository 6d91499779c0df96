"""The overview, the list of figures, and one figure: its number, 口径, years, places, and the entries behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bangfu.catalogue import Figure, Label
from bangfu.figures import Slice, Value
from bangfu.ledger.models import Entry, Place, Posting
from bangfu.ledger.setup import DESIGNATION
from bangfu.office import targets as plans
from bangfu.office.models import FormDraft
from bangfu.quantities import from_parts
from bangfu.web.desk import Desk, desk_for
from bangfu.web.export import attachment, workbook
from bangfu.web.rows import rows
from bangfu.web.shown import number, period, unit_word

MOST_PLACES = 60
"""So many places are compared on a figure's page; with more the filter does it."""

SHOWN_OF_CHAPTER = 12
"""So many figures of a chapter stand on the overview."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with its value for the slice, and the years behind its small trend."""

    figure: Figure
    value: Value
    years: tuple[Decimal | None, ...] = ()


def lines(desk: Desk, figures: list[Figure], *, trends: bool = False) -> list[Line]:
    values = desk.books.values([f.code for f in figures], desk.slice)
    years = trends_of(desk, figures) if trends else {}
    return [Line(f, values[f.code], years.get(f.code, ())) for f in figures]


def trends_of(desk: Desk, figures: list[Figure]) -> dict[str, tuple[Decimal | None, ...]]:
    """What each figure came to year by year, by its code."""
    series = desk.books.series_of([f.code for f in figures], desk.slice, desk.years)
    return {code: tuple(value.value for _, value in years) for code, years in series.items()}


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    desk = desk_for(request, slug)
    known = desk.catalogue
    core = lines(desk, list(known.core()), trends=True)
    chapters = []
    for code, label in known.chapters.items():
        found = [line for line in lines(desk, list(known.in_chapter(code))) if line.value.entries]
        chapters.append((code, label, found[:SHOWN_OF_CHAPTER], len(found)))
    return desk.page(
        "overview.html",
        at="overview",
        core=core,
        charts=_charts(desk, core),
        chapters=[c for c in chapters if c[3]],
        empty=not Entry.objects.filter(programme=desk.programme).exclude(kind=DESIGNATION).exists(),
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
    """The small trends of a chapter, asked for once its lines have come: on a large ledger they take their time."""
    desk = desk_for(request, slug)
    code = request.GET.get("chapter", "")
    if code not in desk.catalogue.chapters:
        raise Http404
    found = [line.figure for line in lines(desk, list(desk.catalogue.in_chapter(code))) if line.value.entries]
    if request.GET.get("some"):
        found = found[:SHOWN_OF_CHAPTER]
    return desk.page("trends.html", trends=list(trends_of(desk, found).items()))


@require_safe
def figure(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    desk = desk_for(request, slug)
    found = desk.catalogue.figures.get(code)
    if found is None:
        raise Http404
    series = desk.books.series(code, desk.slice, desk.years) if len(desk.years) > 1 else []
    if not any(value.entries for _, value in series):
        series = []
    try:
        trace = desk.books.trace(code, desk.slice, after=request.GET.get("after") or None)
    except ValueError:  # not a bookmark of ours
        raise Http404 from None
    context: dict[str, Any] = {
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
        target=plans.target(desk.programme, code, desk.slice),
        rate=plans.completion,
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
    paths = dict(Place.objects.filter(_below([p for p, _ in within])).values_list("pk", "path"))
    found = []
    for place, depth in within:
        below = frozenset(pk for pk, path in paths.items() if path.startswith(place.path))
        value = desk.books.value(figure.code, replace(desk.slice, places=below))
        if value.entries:
            found.append((place.pk, place.name, depth, value))
    least = min((depth for _, _, depth, _ in found), default=0)
    return [(pk, name, depth - least, value) for pk, name, depth, value in found]


def _below(places: list[Place]) -> Q:
    """The places that lie in or below one of these."""
    condition = Q(pk__in=[])
    for place in places:
        if not any(place.path != other.path and place.path.startswith(other.path) for other in places):
            condition |= Q(path__startswith=place.path)
    return condition


@require_safe
def figures_export(request: HttpRequest, slug: str) -> HttpResponse:
    """All figures that the page lists, with their values and 口径."""
    desk = desk_for(request, slug)
    chosen = [f for code in desk.catalogue.chapters for f in desk.catalogue.in_chapter(code)]
    table = [
        [
            desk.catalogue.chapters[f.chapter].say(desk.lang),
            f.label.say(desk.lang),
            line.value.value if line.value.value is not None else "",
            unit_word(f.unit, desk.lang),
            line.value.entries,
            f.caliber.say(desk.lang),
        ]
        for f, line in zip(chosen, lines(desk, chosen), strict=True)
    ]
    head = [
        desk.say("figures.chapter"),
        desk.say("figures.figure"),
        desk.say("show.value"),
        desk.say("figures.unit"),
        desk.say("figures.entries"),
        desk.say("figures.caliber"),
    ]
    desk.took("figures", _for(desk))
    return attachment(
        workbook(desk.say("nav.figures"), _notes(desk), head, table), f"{desk.say('nav.figures')}-{timezone.localdate():%Y%m%d}.xlsx"
    )


@require_safe
def trace_export(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The whole trace of a folded figure; its foot is the figure."""
    desk = desk_for(request, slug)
    found = desk.catalogue.figures.get(code)
    if found is None or found.combine:
        raise Http404
    table = []
    after: str | None = None
    total = Decimal(0)
    while True:
        trace = desk.books.trace(code, desk.slice, after=after, limit=1000)
        for row, share in zip(rows(desk, (s.fact for s in trace.shares)), trace.shares, strict=True):
            adds = from_parts(share.parts, found.unit)
            total += adds
            table.append(
                [row.begin, row.title, row.kind.label.say(desk.lang), row.category, row.place, row.unit, row.source, str(row.id), adds]
            )
        after = trace.after
        if after is None:
            break
    head = [desk.say(f"ledger.{w}") for w in ("date", "title", "kind", "category")]
    head += [desk.say("filter.place"), desk.say("filter.unit"), desk.say("ledger.source"), desk.say("ledger.number")]
    head += [f"{desk.say('figure.adds')}（{unit_word(found.unit, desk.lang)}）"]
    label = found.label.say(desk.lang)
    desk.took("trace", f"{label} · {_for(desk)}")
    notes = [*_notes(desk), f"{desk.say('figures.caliber')}：{found.caliber.say(desk.lang)}"]
    content = workbook(label, notes, head, table, [desk.say("show.total"), *[""] * 7, total])
    return attachment(content, f"{label}-{timezone.localdate():%Y%m%d}.xlsx")


def _for(desk: Desk) -> str:
    """The slice in words."""
    words = [
        period(desk.filter.begin, desk.filter.end, desk.lang),
        desk.place.name if desk.place else "",
        desk.unit.name if desk.unit else "",
    ]
    return " · ".join(w for w in words if w)


def _notes(desk: Desk) -> list[str]:
    notes = [f"{desk.programme.helper.name} · {desk.programme.name} · {_for(desk)} · {desk.say('show.as_at_mark', mark=desk.books.mark)}"]
    return [desk.say("demo.mark"), *notes] if desk.programme.demonstration else notes

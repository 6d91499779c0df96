"""考核: a scheme scored for the programme or a department, each item with its working; what no figure answers is entered here and kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bangfu.catalogue.shapes import How, Scheme
from bangfu.office import assessing
from bangfu.office.assessing import Assessed, NotJudged
from bangfu.office.targets import years_with_targets
from bangfu.scoring import State
from bangfu.web.desk import Desk, desk_for
from bangfu.web.export import attachment, workbook
from bangfu.web.pages.targets import year_of

TONES = {State.SCORED: ("", ""), State.OPEN: ("warn", "alert-triangle"), State.LEFT_OUT: ("", "")}


def known(desk: Desk, year: int) -> list[Scheme]:
    """The schemes that the visitor may see: a liaison those of departments."""
    found = assessing.schemes(year)
    return [s for s in found if s.assesses in assessing.OF_DEPARTMENT] if desk.access.role == "liaison" else found


@require_safe
def assess(request: HttpRequest, slug: str, code: str = "") -> HttpResponse:
    """One scheme for one year: the departments side by side, or the items of one of them (or of the programme)."""
    desk = desk_for(request, slug)
    year = year_of(desk)
    schemes = known(desk, year)
    scheme = next((s for s in schemes if s.code == code), None) if code else next(iter(schemes), None)
    if scheme is None and code:
        raise Http404
    known_years = {*desk.years, *years_with_targets(desk.programme)}
    now = timezone.localdate().year
    context: dict[str, Any] = {
        "year": year,
        "years": sorted(known_years | {now}),
        "bare": {now} - known_years,
        "schemes": schemes,
        "scheme": scheme,
        "holds": scheme is not None and assessing.holds(scheme, year),
        "of_departments": scheme is not None and scheme.assesses in assessing.OF_DEPARTMENT,
    }
    if scheme is None:
        return desk.page("assess.html", at="assess", one=None, ranked=None, **context)
    if context["of_departments"] and not desk.filter.unit:
        return desk.page("assess.html", at="assess", one=None, ranked=assessing.ranked(desk.books, scheme, year), **context)
    one, placing = assessing.graded(desk.books, scheme, year, desk.filter.unit if context["of_departments"] else None)
    steps = assessing.steps(desk.programme, scheme, year, one.unit)
    return desk.page(
        "assess.html",
        at="assess",
        one=one,
        ranked=None,
        placing=placing,
        steps=steps,
        item_names={line.rule.code: line.rule.label for line in one.lines},
        ballots=How.VOTE,
        state=State,
        said=assessing.said,
        **context,
    )


@require_POST
def assess_enter(request: HttpRequest, slug: str, code: str, item: str) -> HttpResponse:
    """Keep what a person says of an item; ballots come word by word."""
    desk = desk_for(request, slug, managing=True)
    year = year_of(desk)
    scheme = next((s for s in assessing.schemes(year) if s.code == code), None)
    if scheme is None:
        raise Http404
    unit = desk.filter.unit if scheme.assesses in assessing.OF_DEPARTMENT else None
    text = request.POST.get("value", "")
    ballots = {name.removeprefix("b-"): count.strip() for name, count in _texts(request) if name.startswith("b-") and count.strip()}
    if ballots:
        text = "，".join(f"{word}={count}" for word, count in ballots.items())
    try:
        assessing.enter(desk.programme, scheme, year, unit, item, text, by=desk.user, reason=request.POST.get("reason", ""))
    except NotJudged as refused:
        messages.error(request, refused.why.say(desk.lang), extra_tags="bad")
    else:
        messages.success(request, desk.say("assess.was_entered"), extra_tags="good")
    return HttpResponseRedirect(desk.to("assess_by", code) + f"#i-{item}")


@require_POST
def assess_self(request: HttpRequest, slug: str, code: str, item: str) -> HttpResponse:
    """Keep the points that a department gives itself: its liaison's word, or the clerk's for it."""
    desk = desk_for(request, slug, writing=True)
    year = year_of(desk)
    scheme = next((s for s in known(desk, year) if s.code == code), None)
    if scheme is None:
        raise Http404
    unit = desk.filter.unit if scheme.assesses in assessing.OF_DEPARTMENT else None
    try:
        text, reason = request.POST.get("points", ""), request.POST.get("reason", "")
        assessing.claim(desk.programme, scheme, year, unit, item, text, by=desk.user, reason=reason)
    except NotJudged as refused:
        messages.error(request, refused.why.say(desk.lang), extra_tags="bad")
    else:
        messages.success(request, desk.say("assess.was_entered"), extra_tags="good")
    return HttpResponseRedirect(desk.to("assess_by", code) + f"#i-{item}")


def _texts(request: HttpRequest) -> Iterable[tuple[str, str]]:
    return ((name, request.POST.get(name, "")) for name in request.POST)


@require_safe
def assess_export(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """What the page shows: the items with their working, or the departments side by side."""
    desk = desk_for(request, slug)
    year = year_of(desk)
    scheme = next((s for s in known(desk, year) if s.code == code), None)
    if scheme is None:
        raise Http404
    lang, unit = desk.lang, desk.filter.unit
    title = f"{desk.say('assess.of_year', year=year)} {scheme.label.say(lang)}"
    notes = [f"{desk.programme.helper.name} · {desk.programme.name} · {desk.say('show.as_at_mark', mark=desk.books.mark)}"]
    if scheme.assesses in assessing.OF_DEPARTMENT and not unit:
        head = [desk.say(f"assess.{w}") for w in ("rank", "department", "points", "grade", "open")]
        table: list[list[Any]] = [
            [
                placing.rank if placing else "",
                party.name,
                one.points,
                placing.grade.label.say(lang) if placing else "",
                "、".join(line.rule.label.say(lang) for line in one.open),
            ]
            for party, one, placing in assessing.ranked(desk.books, scheme, year)
        ]
        foot: list[Any] = []
    else:
        one = assessing.assess(desk.books, scheme, year, unit if scheme.assesses in assessing.OF_DEPARTMENT else None)
        if desk.unit and one.unit:
            notes.append(desk.unit.name)
        head = [desk.say(f"assess.{w}") for w in ("item", "full", "self", "points", "working", "entered", "evidence")]
        table = [_row(one, index, lang) for index in range(len(one.lines))]
        foot = [
            desk.say("show.total"),
            one.full,
            "" if one.self_score is None else one.self_score,
            one.points,
            one.marking.total.working.say(lang),
            "",
            "",
        ]
    desk.took("assessment", title)
    return attachment(workbook(title, notes, head, table, foot), f"{title}-{timezone.localdate():%Y%m%d}.xlsx")


def _row(one: Assessed, index: int, lang: str) -> list[Any]:
    line = one.lines[index]
    given = line.given
    return [
        "　" * line.depth + line.rule.label.say(lang),
        line.rule.points,
        line.layers.self_score.points if line.layers.self_score else "",
        line.score.points,
        line.score.working.say(lang),
        assessing.said(given.value) if given else "",
        f"{given.at:%Y-%m-%d} {given.by} {given.reason}".strip() if given else (line.figure.label.say(lang) if line.figure else ""),
    ]

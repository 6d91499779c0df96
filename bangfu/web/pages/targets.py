"""Targets: what is to be reached this year and how it stands, how it is divided, who set it; the grid and the table in which it is set."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bangfu.catalogue import Figure, Label
from bangfu.catalogue.reading import Problem, read_number
from bangfu.office import targets as plans
from bangfu.office import tasks
from bangfu.office.intake.cells import Refused
from bangfu.office.targets import Change, Division, Key, Progress, Sign, Standing, TargetsRefused, Wish
from bangfu.quantities import plain
from bangfu.web import answers
from bangfu.web.desk import Desk, desk_for
from bangfu.web.export import attachment, workbook
from bangfu.web.shown import unit_word

TONES = {
    Sign.REACHED: ("good", "circle-check"),
    Sign.ON_TIME: ("info", "circle-check"),
    Sign.SLOW: ("warn", "alert-triangle"),
    Sign.BEHIND: ("bad", "alert-triangle"),
    Sign.MISSED: ("bad", "circle-x"),
    Sign.OPEN: ("", "info-circle"),
}
TOLD = 200
"""So many steps of the history and so many problems are shown."""
_WHO = re.compile(r"w|[up][1-9]\d{0,8}")
"""Whose a cell of the grid is, in its name: the whole, a unit or a place."""
MOST_IDS = 1 << 62
MOST_DIGITS = 20
BIGGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Group:
    """A figure that was divided: its parts as they stand, and whether they come to the whole."""

    figure: Figure
    parts: list[Progress]
    divisions: list[Division]


def year_of(desk: Desk) -> int:
    """The year of the page: that in which the filter ends, else this one if it has targets, else the last that has, else the programme's last."""
    if desk.filter.end is not None:
        return (desk.filter.end - timedelta(days=1)).year
    if desk.filter.begin is not None:
        return desk.filter.begin.year
    known, now = plans.years_with_targets(desk.programme), timezone.localdate().year
    return now if now in known else known[-1] if known else desk.years[-1]


def of_desk(desk: Desk, year: int) -> dict[Key, Standing]:
    """The targets of a year that the visitor may see and the filter asks for."""
    found = plans.seen_by(plans.standing(desk.programme, [year]), desk.access.units())
    if desk.filter.unit and desk.slice.units is not None:
        found = {k: t for k, t in found.items() if k.unit in desk.slice.units}
    if desk.filter.place and desk.slice.places is not None:
        found = {k: t for k, t in found.items() if k.place in desk.slice.places}
    return found


def address_of(desk: Desk, one: Progress) -> str:
    """The trace of what was reached: the figure for just this year, unit and place."""
    key = one.target.key
    return desk.to("figure", key.figure, period=key.year, unit=key.unit, place=key.place, q=None)


@require_safe
def targets(request: HttpRequest, slug: str) -> HttpResponse:
    desk = desk_for(request, slug)
    year = year_of(desk)
    found = of_desk(desk, year)
    progress = plans.progress(desk.books, found.values(), timezone.localdate())
    units, places = answers.names(found)
    own = desk.access.units()
    steps = [s for s in plans.history(desk.programme, [year]) if own is None or s.key.unit in own]
    divided = plans.divisions(found) if not desk.filter.unit and not desk.filter.place and own is None else []
    with_targets = plans.years_with_targets(desk.programme)
    years = sorted({*desk.years, *with_targets, *([timezone.localdate().year] if desk.access.manages else [])})
    return desk.page(
        "targets.html",
        at="targets",
        year=year,
        years=years,
        bare={*years} - {*with_targets},
        whole=[p for p in progress if not p.target.key.unit and not p.target.key.place],
        by_unit=_groups(progress, divided, "unit"),
        by_place=_groups(progress, divided, "place"),
        faulty=[d for d in divided if not d.fits],
        signs=[(sign, n) for sign in Sign if (n := sum(p.sign is sign for p in progress))],
        tones=TONES,
        units=units,
        places=places,
        address=lambda one: address_of(desk, one),
        choices=[(label, list(desk.catalogue.in_chapter(code))) for code, label in desk.catalogue.chapters.items()],
        steps=steps[:TOLD],
        step_names=answers.names(s.key for s in steps[:TOLD]),
    )


def _groups(progress: Iterable[Progress], divided: Iterable[Division], among: str) -> list[Group]:
    groups: dict[str, Group] = {}
    for one in progress:
        if getattr(one.target.key, among):
            groups.setdefault(one.figure.code, Group(one.figure, [], [])).parts.append(one)
    for division in divided:
        if division.among == among:
            groups[division.figure.code].divisions.append(division)
    return list(groups.values())


@require_safe
def targets_export(request: HttpRequest, slug: str) -> HttpResponse:
    """What the page shows, as a table that can be filled in further and read back."""
    desk = desk_for(request, slug)
    year = year_of(desk)
    found = of_desk(desk, year)
    progress = plans.progress(desk.books, found.values(), timezone.localdate())
    rows = tasks.sheet_rows(desk.programme, [(p.target.key, p.target.value, p.target.due) for p in progress])
    more = [desk.say(f"targets.{w}") for w in ("reached", "rate_percent", "time_percent", "missing", "state")]
    table = [
        [
            *row,
            "" if p.reached.value is None else tasks.in_sheet(p.figure, p.reached.value)[0],
            "" if p.rate is None else p.rate,
            "" if p.time is None else p.time,
            tasks.in_sheet(p.figure, p.missing)[0],
            desk.say(f"sign.{p.sign}"),
        ]
        for row, p in zip(rows, progress, strict=True)
    ]
    if not table:  # a blank one to fill in: the core indicators, for the whole and for each unit
        people = [desk.programme.helper.name, *(u.name for u, _ in desk.units if u.pk != desk.programme.helper_id)]
        core = desk.catalogue.core()
        table = [[str(year), f.label.zh, who, "", "", tasks.in_sheet(f, Decimal(1))[1], "", *[""] * 5] for f in core for who in people]
    title = desk.say("targets.of_year", year=year)
    notes = [f"{desk.programme.helper.name} · {desk.programme.name} · {desk.say('show.as_at_mark', mark=desk.books.mark)}"]
    desk.took("targets", title)
    return attachment(workbook(title, notes, [*tasks.HEAD, *more], table), f"{title}-{timezone.localdate():%Y%m%d}.xlsx")


# --- setting them


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the grid: its name in the form, its text, what stood there the year before, and whether the text was typed and not yet set."""

    name: str
    text: str
    before: str
    typed: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
def targets_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The grid: units (or places) down, figures across. Handing it in shows the changes; nothing is set before they are confirmed."""
    desk = desk_for(request, slug, managing=True)
    year = year_of(desk)
    among = "place" if request.GET.get("among") == "place" else "unit"
    problems: list[str] = []
    if request.method == "POST":
        wishes, seen, wrong = _typed(desk, year)
        problems = [w.say(desk.lang) for w in wrong]
        if not problems:
            try:
                made = plans.changes(desk.programme, wishes)
            except TargetsRefused as refused:
                problems = [p.say(desk.lang) for p in refused.problems]
            else:
                if made:
                    return _confirm(desk, year, made, seen)
                problems = [desk.say("targets.nothing_changed")]
    return _grid(desk, year, among, problems)


def _grid(desk: Desk, year: int, among: str, problems: list[str]) -> HttpResponse:
    stands, before = plans.standing(desk.programme, [year]), plans.standing(desk.programme, [year - 1])
    known = desk.catalogue.figures
    codes = {f.code for f in desk.catalogue.core()} | {k.figure for k in (*stands, *before)}
    codes |= {code for code in desk.request.GET.getlist("add") if code in known and not known[code].part}
    figures = sorted((known[c] for c in codes), key=lambda f: (f.core or 99, list(known).index(f.code)))
    tree = desk.places if among == "place" else [(u, depth) for u, depth in desk.units if u.pk != desk.programme.helper_id]
    least = min((depth for _, depth in tree), default=0)
    lines = [("", 0, Key("", year))] + [(t.name, d - least, Key("", year, **{among: t.pk})) for t, d in tree]
    rows = [(name, depth, [_cell(desk, k._replace(figure=f.code), f, stands, before) for f in figures]) for name, depth, k in lines]
    others = [
        (code, label, [f for f in desk.catalogue.in_chapter(code) if f.code not in codes])
        for code, label in desk.catalogue.chapters.items()
    ]
    return desk.page(
        "targets_edit.html",
        at="targets",
        status=422 if problems else 200,
        problems=problems[:TOLD],
        year=year,
        among=among,
        figures=[(f, tasks.in_sheet(f, Decimal(1))[1] if desk.lang == "zh" else _measure(f)) for f in figures],
        rows=rows,
        others=[o for o in others if o[2]],
        added=desk.request.GET.getlist("add"),
        seen=json.dumps({_name(k): t.number for k, t in stands.items()}),
    )


def _measure(figure: Figure) -> str:
    return "10,000 yuan" if figure.unit == "CNY" else unit_word(figure.unit, "en")


def _name(key: Key) -> str:
    return f"{key.figure}-{'u' if key.unit else 'p' if key.place else 'w'}{key.unit or key.place or ''}"


def _cell(desk: Desk, key: Key, figure: Figure, stands: dict[Key, Standing], before: dict[Key, Standing]) -> Cell:
    def text(one: Standing | None) -> str:
        return plain(tasks.in_sheet(figure, one.value)[0]) if one else ""

    typed = desk.request.POST.get(_name(key))
    last_year = text(before.get(key._replace(year=key.year - 1)))
    return Cell(_name(key), text(stands.get(key)) if typed is None else typed[:40], last_year, typed is not None)


def _typed(desk: Desk, year: int) -> tuple[list[Wish], dict[Key, int], list[Label]]:
    """What was typed into the grid: the cells that no longer say what the person had before them; with what that was."""
    stands = plans.standing(desk.programme, [year])
    try:
        given = json.loads(desk.request.POST.get("seen", "{}"))
    except json.JSONDecodeError:
        given = {}
    seen: dict[Key, int] = {}
    wishes, wrong = [], []
    for name in desk.request.POST:
        typed = desk.request.POST.get(name, "")
        code, _, who = name.rpartition("-")
        figure = desk.catalogue.figures.get(code)
        if figure is None or not _WHO.fullmatch(who):
            continue
        pk = int(who[1:]) if who[1:] else None
        key = Key(code, year, pk if who[0] == "u" else None, pk if who[0] == "p" else None)
        number = given.get(name) if isinstance(given, dict) else None
        seen[key] = number if isinstance(number, int) else 0
        before, where = stands.get(key), plans.said(desk.programme, key, desk.lang)
        had = plans.value_of(desk.programme, key, seen[key])
        value: Decimal | None = None
        if typed.strip():
            try:
                value = read_number(typed, figure.unit, "万元" if figure.unit == "CNY" else "")
            except Problem as problem:
                wrong.append(Label(f"{where}：{problem.zh}", f"{where}: {problem.en}"))
                continue
        if value != had:
            wishes.append(Wish(key, value, before.due if before and value is not None else None, where))
    return wishes, seen, wrong


def _confirm(
    desk: Desk, year: int, made: list[Change], seen: dict[Key, int], problems: Iterable[str] = (), unread: Iterable[str] = ()
) -> HttpResponse:
    """The changes, before → after, and what the division comes to with them; a person's word sets them."""
    units, places = answers.names(c.wish.key for c in made)
    years = sorted({c.wish.key.year for c in made})
    after = plans.standing(desk.programme, years)
    for change in made:
        key, value = change.wish.key, change.wish.value
        if value is None:
            after.pop(key, None)
        else:
            after[key] = Standing(key, value, change.wish.due, 0)
    wishes = [
        [*c.wish.key, None if c.wish.value is None else str(c.wish.value), c.wish.due and c.wish.due.isoformat(), seen.get(c.wish.key, 0)]
        for c in made
    ]
    return desk.page(
        "targets_confirm.html",
        at="targets",
        status=422 if problems else 200,
        year=year,
        changes=[(desk.catalogue.figures[c.wish.key.figure], c) for c in made],
        units=units,
        places=places,
        reasoned=any(c.before for c in made),
        problems=list(problems),
        unread=list(unread),
        faulty=[d for d in plans.divisions(after) if not d.fits],
        whose=lambda key: plans.said(desk.programme, key, desk.lang),
        wishes=json.dumps(wishes),
        reason=desk.request.POST.get("reason", ""),
    )


@require_POST
def targets_set(request: HttpRequest, slug: str) -> HttpResponse:
    """Set what was confirmed, all of it or nothing."""
    desk = desk_for(request, slug, managing=True)
    year = year_of(desk)
    try:
        wishes, seen = _confirmed(request.POST.get("wishes", ""))
    except (ValueError, TypeError, ArithmeticError):  # not a page of ours
        return HttpResponseRedirect(desk.to("targets_edit"))
    try:
        made = plans.set_targets(desk.programme, wishes, by=desk.user, reason=request.POST.get("reason", ""), seen=seen)
    except TargetsRefused as refused:
        stands = plans.standing(desk.programme, {w.key.year for w in wishes})
        known = [Change(stands.get(w.key), w) for w in wishes if w.key.figure in desk.catalogue.figures]
        return _confirm(desk, year, known, seen, [p.say(desk.lang) for p in refused.problems])
    messages.success(request, desk.say("targets.were_set", n=len(made)), extra_tags="good")
    year = made[0].wish.key.year if made else year
    return HttpResponseRedirect(reverse("targets", args=[desk.programme.slug]) + desk.filter.query(period=year, unit=None, place=None))


def _confirmed(text: str) -> tuple[list[Wish], dict[Key, int]]:
    """The wishes of the confirmation page. Raises ValueError, TypeError or ArithmeticError where they are not its own."""
    wishes, seen = [], {}
    for row in json.loads(text):
        figure, year, unit, place, value, due, number = row
        key = Key(str(figure), int(year), unit and int(unit), place and int(place))
        wanted = None if value is None else Decimal(str(value))
        if wanted is not None and (not wanted.is_finite() or wanted.adjusted() > MOST_DIGITS):
            raise ValueError("not of this page")
        if key.year not in plans.YEARS or max(key.unit or 0, key.place or 0, int(number)) >= MOST_IDS:
            raise ValueError("not of this page")
        wishes.append(Wish(key, wanted, date.fromisoformat(due) if due else None))
        seen[key] = int(number)
    return wishes, seen


@require_POST
def targets_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Read a table of tasks and show what it would change."""
    desk = desk_for(request, slug, managing=True)
    year = year_of(desk)
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > BIGGEST:
        return _grid(desk, year, "unit", [desk.say("targets.no_file")])
    name = (file.name or "").rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    work = Path(settings.DATA) / "work"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        path = Path(folder) / f"tasks{Path(name).suffix[:10].lower()}"
        path.write_bytes(file.read())
        try:
            read = tasks.read_tasks(path, desk.programme, name=name, year=year, figure=request.POST.get("figure", ""))
        except Refused as refused:
            return _grid(desk, year, "unit", [f"{name}: {refused.en if desk.lang == 'en' else refused.zh}"])
    problems = [p.say(desk.lang) for p in read.problems]
    made: list[Change] = []
    if not problems:
        try:
            made = plans.changes(desk.programme, read.wishes)
        except TargetsRefused as refused:
            problems = [p.say(desk.lang) for p in refused.problems]
        else:
            problems = [] if made else [desk.say("targets.nothing_changed")]
    if problems:
        return _grid(desk, year, "unit", problems)
    return _confirm(desk, year, made, {c.wish.key: c.before.number if c.before else 0 for c in made}, unread=read.unread)

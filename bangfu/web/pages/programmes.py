"""Programmes: switch between them, set one up from a file or by hand, keep its places, units and members."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bangfu.ledger import places
from bangfu.ledger.models import Entry, Party, Place, Programme
from bangfu.ledger.post import PostingRefused, void
from bangfu.ledger.rows import row_id
from bangfu.ledger.setup import DESIGNATION, SetupRefused, designate, programme, setup
from bangfu.office.models import Membership
from bangfu.web.access import programmes_of
from bangfu.web.desk import Desk, desk_for, language, page
from bangfu.web.pages.accounts import new_account, username_problems
from bangfu.web.words import say

BIGGEST_REGISTER = 5 * 1024 * 1024


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the programme one was last in, or the only one; otherwise to the choice."""
    mine = programmes_of(request.user)
    chosen = mine.filter(slug=request.session.get("programme", "")).first() or mine.first()
    return redirect("overview", chosen.slug) if chosen else redirect("programmes")


def _administrator(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.is_superuser:
        raise PermissionDenied
    return user


@require_safe
def all_programmes(request: HttpRequest) -> HttpResponse:
    user = request.user
    roles = dict(Membership.objects.filter(user=user.pk).values_list("programme", "role"))
    rows = [
        (p, "administrator" if getattr(user, "is_superuser", False) else roles.get(p.pk, ""))
        for p in programmes_of(request.user).select_related("helper")
    ]
    return page(request, "programmes.html", at="programmes", rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
def new_programme(request: HttpRequest) -> HttpResponse:
    """From a JSON register, or by hand: helper organisation, name, period."""
    user = _administrator(request)
    lang = language(request)
    wrong: list[str] = []
    typed = {name: request.POST.get(name, "").strip() for name in ("helper", "name", "begin", "end", "slug")}
    if request.method == "POST":
        try:
            made = _from_file(request, user) if request.POST.get("verb") == "file" else [_by_hand(typed, lang)]
        except SetupRefused as refused:
            wrong = [p.say(lang) for p in refused.problems]
        except ValueError as error:
            wrong = [str(error)]
        else:
            messages.success(request, say("setup.made", lang, names="、".join(p.name for p in made)), extra_tags="good")
            return redirect("settings", made[0].slug)
    helpers = Party.objects.filter(kind="organisation", parent=None).order_by("name")
    return page(request, "new_programme.html", at="programmes", wrong=wrong, typed=typed, helpers=helpers, status=422 if wrong else 200)


def _from_file(request: HttpRequest, user: User) -> list[Programme]:
    lang = language(request)
    file = request.FILES.get("file")
    if file is None:
        raise ValueError(say("setup.no_file", lang))
    if (file.size or 0) > BIGGEST_REGISTER:
        raise ValueError(say("setup.too_big", lang))
    try:
        data = json.loads(file.read().decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(say("setup.not_json", lang, why=error)) from None
    return setup(data, by=user)


def _by_hand(typed: dict[str, str], lang: str) -> Programme:
    if not typed["helper"]:
        raise ValueError(say("setup.no_helper", lang))
    begin, end = _days(typed, lang)
    with transaction.atomic():
        helper = places.party(typed["helper"], "organisation")
        extra: dict[str, Any] = {"begin": begin} if begin else {}
        return programme(helper, typed["name"], end=end, slug=typed["slug"], **extra)


def _days(typed: dict[str, str], lang: str) -> tuple[date | None, date | None]:
    """First day and the day after the last. Raises ValueError."""
    found: list[date | None] = []
    for name in ("begin", "end"):
        try:
            found.append(date.fromisoformat(typed[name]) if typed[name] else None)
        except ValueError:
            raise ValueError(say("setup.bad_day", lang, day=typed[name])) from None
    begin, last = found
    return begin, last + timedelta(days=1) if last else None


# ── settings of a programme ──────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """The programme's name and period, its places, units and members: one page, one verb a form."""
    desk = desk_for(request, slug, managing=True)
    wrong: list[str] = []
    shown: tuple[str, str] | None = None
    if request.method == "POST":
        verb = VERBS.get(request.POST.get("verb", ""))
        if verb is None:
            wrong = [desk.say("error.e400_what")]
        else:
            try:
                with transaction.atomic():
                    shown = verb(desk)
            except (PostingRefused, SetupRefused) as refused:
                wrong = [p.say(desk.lang) for p in refused.problems]
            except ValueError as error:
                wrong = [str(error)]
            else:
                if shown is None:
                    messages.success(request, desk.say("setup.kept"), extra_tags="good")
                    return HttpResponseRedirect(reverse("settings", args=[slug]) + "#" + request.POST.get("part", ""))
    desk = desk_for(request, slug, managing=True)  # as it now is
    standing = Entry.objects.filter(programme=desk.programme, kind=DESIGNATION, ended=None)
    return desk.page(
        "settings.html",
        at="settings",
        status=422 if wrong else 200,
        wrong=wrong,
        shown=shown,
        typed=request.POST if wrong else {},
        last=desk.programme.end - timedelta(days=1) if desk.programme.end else None,
        designated=set(standing.values_list("place", flat=True)),
        named=set(desk.programme.places.values_list("pk", flat=True)),
        members=Membership.objects.filter(programme=desk.programme).select_related("user", "unit").order_by("user__username"),
        roles=Membership.ROLES,
        levels=places.LEVELS,
    )


def _text(desk: Desk, name: str) -> str:
    return desk.request.POST.get(name, "").strip()


def _id(desk: Desk, name: str) -> int:
    """An id of the form; 0, which nothing has, where it names none."""
    return row_id(_text(desk, name)) or 0


def _variants(desk: Desk) -> list[str]:
    text = _text(desk, "variants").replace("，", "、").replace(",", "、").replace(" ", "、")
    return [w for w in dict.fromkeys(text.split("、")) if w]


def _keep_programme(desk: Desk) -> None:
    mine = desk.programme
    typed = {name: _text(desk, name) for name in ("begin", "end")}
    begin, end = _days(typed, desk.lang)
    if not _text(desk, "name"):
        raise ValueError(desk.say("setup.no_name"))
    if end is not None and end <= (begin or mine.begin):
        raise ValueError(desk.say("setup.ends_before"))
    mine.name, mine.begin, mine.end = _text(desk, "name")[:200], begin or mine.begin, end
    mine.save(update_fields=["name", "begin", "end"])


def _add_place(desk: Desk) -> None:
    name, level = _text(desk, "name"), _text(desk, "level")
    if not name:
        raise ValueError(desk.say("setup.no_name"))
    if level not in places.LEVELS:
        raise ValueError(desk.say("setup.no_level"))
    parent = None
    if _text(desk, "parent"):  # a place of this programme or above one of its own, never another office's
        parent = next((p for p, _ in desk.places if p.pk == _id(desk, "parent")), None)
        if parent is None:
            raise ValueError(desk.say("setup.no_parent"))
    if parent is not None and places.LEVELS.index(level) <= places.LEVELS.index(parent.level):
        raise ValueError(desk.say("setup.level_order", level=desk.say(f"level.{level}"), above=desk.say(f"level.{parent.level}")))
    made = places.place(name, level, parent, variants=_variants(desk), code=_text(desk, "code") or None)
    desk.programme.places.add(made)
    if _text(desk, "designated"):
        designate(desk.programme, [made], by=desk.user)


def _keep_place(desk: Desk) -> None:
    place = get_object_or_404(Place, pk=_id(desk, "id"), pk__in=[p.pk for p, _ in desk.places])
    place.variants = [v for v in _variants(desk) if v != place.name]
    place.save(update_fields=["variants"])


def _designate(desk: Desk) -> None:
    """Make a village a designated one, or end that by voiding the entry that says so."""
    place = get_object_or_404(Place, pk=_id(desk, "id"), pk__in=[p.pk for p, _ in desk.places])
    standing = list(Entry.objects.filter(programme=desk.programme, kind=DESIGNATION, ended=None, place=place).values_list("pk", flat=True))
    if standing:
        void(desk.programme, standing, by=desk.user, reason=desk.say("setup.undesignated", name=place.name))
    else:
        designate(desk.programme, [place], by=desk.user)


def _drop_place(desk: Desk) -> None:
    """Workbooks of this programme need not know the place any more; it stays where entries name it."""
    desk.programme.places.remove(*Place.objects.filter(pk=_id(desk, "id")))


def _add_unit(desk: Desk) -> None:
    name = _text(desk, "name")
    if not name:
        raise ValueError(desk.say("setup.no_name"))
    parent = desk.programme.helper
    if _text(desk, "parent"):
        above = Party.objects.filter(pk=_id(desk, "parent"), path__startswith=parent.path).first()
        if above is None:
            raise ValueError(desk.say("setup.no_parent"))
        parent = above
    places.party(name, "unit", parent, variants=_variants(desk))


def _keep_unit(desk: Desk) -> None:
    unit = get_object_or_404(Party, pk=_id(desk, "id"), path__startswith=desk.programme.helper.path)
    unit.variants = [v for v in _variants(desk) if v != unit.name]
    unit.save(update_fields=["variants"])


def _add_member(desk: Desk) -> tuple[str, str] | None:
    """A member by user name; an account that does not exist is opened, and its first password shown once."""
    username, role = _text(desk, "username"), _text(desk, "role")
    if role not in Membership.ROLES:
        raise ValueError(desk.say("setup.no_role"))
    unit = Party.objects.filter(pk=_id(desk, "unit"), path__startswith=desk.programme.helper.path).first()
    if role == "liaison" and unit is None:
        raise ValueError(desk.say("setup.liaison_unit"))
    user = User.objects.filter(username=username).first()
    password = ""
    if user is None:
        problems = username_problems(username, desk.lang)
        if problems:
            raise ValueError(problems[0])
        user, password = new_account(username, full_name=_text(desk, "full_name")[:100])
    Membership.objects.update_or_create(
        user=user, programme=desk.programme, defaults={"role": role, "unit": unit if role == "liaison" else None}
    )
    return (username, password) if password else None


def _drop_member(desk: Desk) -> None:
    member = get_object_or_404(Membership, pk=_id(desk, "id"), programme=desk.programme)
    if member.user_id == desk.user.pk:
        raise ValueError(desk.say("setup.not_self"))
    member.delete()


VERBS = {
    "programme": _keep_programme,
    "add_place": _add_place,
    "keep_place": _keep_place,
    "designate": _designate,
    "drop_place": _drop_place,
    "add_unit": _add_unit,
    "keep_unit": _keep_unit,
    "add_member": _add_member,
    "drop_member": _drop_member,
}

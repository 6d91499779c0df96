"""What a view has in hand: the programme, what the visitor is in it, the filter of the address, the language — and how a page is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from bangfu.catalogue import Catalogue
from bangfu.figures import Slice
from bangfu.ledger.models import Entry, Party, Place, Programme
from bangfu.ledger.setup import DESIGNATION
from bangfu.office import catalogue
from bangfu.office.books import Books
from bangfu.office.models import Download
from bangfu.web.access import Access, programme_for, programmes_of
from bangfu.web.filter import Filter
from bangfu.web.words import LANGUAGES
from bangfu.web.words import say as say_in

LANGUAGE_COOKIE = "bangfu_language"


def language(request: HttpRequest) -> str:
    """The language the visitor chose; Chinese otherwise."""
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def page(request: HttpRequest, template: str, *, status: int = 200, desk: Desk | None = None, **context: Any) -> HttpResponse:
    """Render a whole page or a piece of one. Every template knows desk, lang, visitor and the messages waiting."""
    user = getattr(request, "user", None)
    known = {
        "desk": desk,
        "lang": language(request),
        "visitor": user if isinstance(user, User) else None,
        "notices": get_messages(request) if hasattr(request, "_messages") else (),
        "here": request.get_full_path(),
    }
    return render(request, template, known | context, status=status)


class Desk:
    """A visitor at work in one programme."""

    def __init__(self, request: HttpRequest, access: Access) -> None:
        self.request = request
        self.access = access
        self.programme: Programme = access.programme
        self.lang = language(request)
        asked = Filter.read(request.GET)
        if access.role == "liaison":  # never beyond the own unit, whatever the address says
            own = access.units() or frozenset()
            asked = replace(asked, unit=asked.unit if asked.unit in own else (access.unit.pk if access.unit else 0))
        self.filter = asked

    @property
    def user(self) -> User:
        user = self.request.user
        if not isinstance(user, User):  # the middleware asks everybody to sign in first
            raise TypeError("nobody is signed in")
        return user

    @property
    def catalogue(self) -> Catalogue:
        return catalogue()

    def say(self, key: str, **details: object) -> str:
        return say_in(key, self.lang, **details)

    def to(self, name: str, *args: object, **more: object) -> str:
        """The address of a page of this programme, with the filter kept and `more` added to the query (None takes out)."""
        return reverse(name, args=[self.programme.slug, *args]) + self.filter.query(**more)

    def bare(self, name: str, *args: object) -> str:
        """The address of a page of this programme without the filter: for forms that post."""
        return reverse(name, args=[self.programme.slug, *args])

    def page(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        return page(self.request, template, status=status, desk=self, **context)

    def took(self, what: str, detail: str = "") -> None:
        """Note that something was taken out of the house (domain.md 10.7)."""
        Download.objects.create(programme=self.programme, by=self.user, what=what, detail=detail[:500])

    @cached_property
    def books(self) -> Books:
        """The books at the mark of the filter, or the current one: one mark for the whole page."""
        return Books(self.programme, None if self.filter.mark is None else min(self.filter.mark, self.programme.mark))

    @cached_property
    def slice(self) -> Slice:
        """The filter as a slice: ids grown to subtrees. Its text narrows lists, not figures."""
        return self.books.slice((self.filter.begin, self.filter.end), self.filter.place, self.filter.unit)

    @cached_property
    def years(self) -> list[int]:
        """The years of the programme up to its end, or to its last entry; up to today where nothing but its villages is recorded yet."""
        recorded = Entry.objects.filter(programme=self.programme).exclude(kind=DESIGNATION)
        last = recorded.order_by("-begin").values_list("begin", flat=True).first()
        end = self.programme.end - timedelta(days=1) if self.programme.end else last or timezone.localdate()
        return list(range(self.programme.begin.year, max(self.programme.begin.year, end.year) + 1))[-15:]

    @cached_property
    def programmes(self) -> list[Programme]:
        return list(programmes_of(self.user))

    @cached_property
    def places(self) -> list[tuple[Place, int]]:
        """The programme's places as a tree, each with its depth, parents before children."""
        own = list(self.programme.places.all())
        ids = {int(i) for place in own for i in place.path.strip("/").split("/") if i}
        return list(_tree({p.pk: p for p in Place.objects.filter(pk__in=ids)}))

    @cached_property
    def units(self) -> list[tuple[Party, int]]:
        """The units of the helper organisation as a tree; a liaison's own subtree only."""
        root = self.access.unit if self.access.role == "liaison" and self.access.unit else self.programme.helper
        below = Party.objects.filter(path__startswith=root.path, kind__in=("organisation", "unit"))
        return list(_tree({p.pk: p for p in below}))

    @cached_property
    def place(self) -> Place | None:
        return Place.objects.filter(pk=self.filter.place).first() if self.filter.place else None

    @cached_property
    def unit(self) -> Party | None:
        return Party.objects.filter(pk=self.filter.unit).first() if self.filter.unit else None


def _tree(things: dict[int, Any]) -> Iterator[tuple[Any, int]]:
    children: dict[int | None, list[Any]] = {}
    for thing in things.values():
        parent = thing.parent_id if thing.parent_id in things else None
        children.setdefault(parent, []).append(thing)

    def walk(parent: int | None, depth: int) -> Iterator[tuple[Any, int]]:
        for thing in sorted(children.get(parent, []), key=lambda t: t.pk):
            yield thing, depth
            yield from walk(thing.pk, depth + 1)

    return walk(None, 0)


def desk_for(request: HttpRequest, slug: str, *, writing: bool = False, managing: bool = False) -> Desk:
    """The first line of every view of a programme: who may be here, with what in hand. Raises Http404, PermissionDenied."""
    return Desk(request, programme_for(request.user, slug, writing=writing, managing=managing))

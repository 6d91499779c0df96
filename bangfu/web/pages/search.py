"""Search over everything: entries, figures, kinds, places, units, projects; people by their whole name only, and not in the address."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from bangfu.figures import Slice
from bangfu.ledger.crypt import blind_index
from bangfu.ledger.listing import listed
from bangfu.ledger.loading import facts_of
from bangfu.ledger.models import Entry, Household, Person, Project
from bangfu.web.desk import Desk, desk_for
from bangfu.web.pages.audit import entries_as_rows
from bangfu.web.rows import Row, rows

MOST = 30


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest, slug: str) -> HttpResponse:
    desk = desk_for(request, slug)
    found = _found(desk) if desk.filter.text else {}
    people: list[Row] | None = None
    if request.method == "POST":
        if not desk.access.manages:
            raise PermissionDenied
        people = _of_person(desk, request.POST.get("name", "").strip())
    return desk.page("search.html", at="search", found=found, people=people)


def _found(desk: Desk) -> dict[str, Sequence[object]]:
    text = desk.filter.text
    low = text.casefold()
    known = desk.catalogue
    own = desk.access.units()
    entries = listed(desk.programme, Slice(units=None if own is None else frozenset(own)), text=text, limit=MOST)
    return {
        "entries": rows(desk, facts_of(entries.ids)),
        "figures": [
            f for f in known.figures.values() if any(low in w.casefold() for w in (f.label.zh, f.label.en, f.caliber.zh, *f.says, *f.cues))
        ][:MOST],
        "kinds": [k for k in known.kinds.values() if any(low in w.casefold() for w in (k.label.zh, k.label.en, k.note.zh, *k.titles))][
            :MOST
        ],
        "places": [p for p, _ in desk.places if any(low in w.casefold() for w in (p.name, *p.variants))],
        "units": [u for u, _ in desk.units if any(low in w.casefold() for w in (u.name, *u.variants))],
        "projects": list(Project.objects.filter(programme=desk.programme, name__icontains=text)[:MOST]) if own is None else [],
    }


def _of_person(desk: Desk, name: str) -> list[Row]:
    """The entries of the people and households of exactly this name, masked like everywhere."""
    if not name:
        return []
    persons = Person.objects.filter(programme=desk.programme, name_index=blind_index(name, "person.name"))
    homes = Household.objects.filter(programme=desk.programme, head_index=blind_index(name, "household.head"))
    about = Entry.objects.filter(programme=desk.programme, ended=None).filter(
        Q(pk__in=persons.values("participations__entry")) | Q(household__in=homes)
    )
    return entries_as_rows(desk, about.order_by("-begin", "-id")[: MOST * 4])

"""Places and parties: found under their parent or made there, with the path of ids that makes a subtree a prefix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from bangfu.ledger.models import Party, Place

LEVELS = ("province", "prefecture", "county", "township", "village", "site")
"""Of a place, from the top; a site is a school, a base, a road inside one of the others."""

PARTY_KINDS = ("organisation", "unit", "branch", "general_branch", "committee", "firm", "other")


def place(name: str, level: str, parent: Place | None = None, *, variants: Sequence[str] = (), code: str | None = None) -> Place:
    """The place of that name under that parent: the one that is known, else a new one. Variants and a code are added to it.

    A village that the parent's subtree knows at another depth is the same village; if it stands above `parent`'s depth it is moved below
    it (first known by its county only, later with its township). Raises ValueError for a level that is none.
    """
    if level not in LEVELS:
        raise ValueError(f"“{level}”不是地点的级别，可用：{'、'.join(LEVELS)} (not a level of a place)")
    with transaction.atomic():
        known = _known_place(name, level, parent)
        if known is None:
            known = Place.objects.create(parent=parent, name=name, level=level, variants=list(variants), code=code, path="")
            known.path = _path(parent, known.pk)
            known.save(update_fields=["path"])
        else:
            _add(known, variants)
            if code and known.code != code:
                known.code = code
                known.save(update_fields=["code"])
        return known


def _known_place(name: str, level: str, parent: Place | None) -> Place | None:
    found = Place.objects.filter(parent=parent, name=name).first()
    if found or parent is None or level != "village":
        return found
    county = parent if parent.level == "county" else parent.parent
    if county is None or county.level != "county":
        return None
    same = list(Place.objects.filter(path__startswith=county.path, name=name, level=level)[:2])
    if len(same) != 1:
        return None
    if same[0].parent_id == county.pk and parent.pk != county.pk:
        move(same[0], parent)
        return same[0]
    return same[0] if parent.pk == county.pk else None


def move(moved: Place, parent: Place) -> None:
    """Hang a place, with all below it, under another parent. Raises ValueError where the parent lies below the place itself."""
    if parent.path.startswith(moved.path):
        raise ValueError(f"“{parent.name}”在“{moved.name}”之内，不能作它的上级 (a place cannot lie below itself)")
    with transaction.atomic():
        former, moved.path, moved.parent = moved.path, _path(parent, moved.pk), parent
        for below in Place.objects.filter(path__startswith=former).exclude(pk=moved.pk):
            below.path = moved.path + below.path.removeprefix(former)
            below.save(update_fields=["path"])
        moved.save(update_fields=["path", "parent"])


def party(name: str, kind: str, parent: Party | None = None, *, variants: Sequence[str] = (), at: Place | None = None) -> Party:
    """The party of that name, kind and parent: the one that is known, else a new one. Raises ValueError for a kind that is none."""
    if kind not in PARTY_KINDS:
        raise ValueError(f"“{kind}”不是单位的类别，可用：{'、'.join(PARTY_KINDS)} (not a kind of party)")
    with transaction.atomic():
        known = Party.objects.filter(parent=parent, name=name, kind=kind).first()
        if known is None:
            known = Party.objects.create(parent=parent, name=name, kind=kind, variants=list(variants), place=at, path="")
            known.path = _path(parent, known.pk)
            known.save(update_fields=["path"])
        else:
            _add(known, variants)
        return known


def _path(parent: Place | Party | None, own: int) -> str:
    return f"{parent.path if parent else '/'}{own}/"


def _add(known: Place | Party, variants: Sequence[str]) -> None:
    fresh = [v for v in dict.fromkeys(variants) if v not in known.variants and v != known.name]
    if fresh:
        known.variants = [*known.variants, *fresh]
        known.save(update_fields=["variants"])


def subtrees(model: type[Place | Party], roots: Iterable[int]) -> list[frozenset[int]]:
    """For each of the places or parties the ids of itself and of all below it; nothing where there is none of that id."""
    roots = list(roots)
    everything = model._default_manager.all()  # noqa: SLF001 - Django's own name for it
    paths = dict(everything.filter(pk__in=roots).values_list("pk", "path"))
    if len(paths) <= FEW:
        everything = everything.filter(reduce(or_, (Q(path__startswith=path) for path in paths.values()), Q(pk=0)))
    found: dict[int, set[int]] = {root: set() for root in roots}
    for pk, path in everything.values_list("pk", "path"):
        for step in path.split("/"):
            if step and int(step) in paths:
                found[int(step)].add(pk)
    return [frozenset(found[root]) for root in roots]


FEW = 50
"""So many roots are looked up by their paths; for more the whole tree is read once."""

"""Who may see and do what: one answer, asked at the head of every view and every call of the API.

A stranger to a programme is told that it does not exist. An administrator (superuser) is a clerk everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from bangfu.ledger.models import Party, Programme
from bangfu.office.models import Membership

Visitor = User | AnonymousUser | AbstractBaseUser


@dataclass(frozen=True, slots=True)
class Access:
    """A user's standing in one programme. `unit` is a liaison's own: what lies outside its subtree is not for them."""

    programme: Programme
    role: str
    unit: Party | None = None

    @property
    def writes(self) -> bool:
        return self.role in {"clerk", "liaison"}

    @property
    def manages(self) -> bool:
        """Whether programme, places, units and members may be changed, batches taken back, personal data opened."""
        return self.role == "clerk"

    def may(self, page: str) -> bool:
        """Whether a page of this name is for them: what speaks of the whole ledger is not for a liaison."""
        if page in {"intake", "new"}:
            return self.writes
        if page == "settings":
            return self.manages
        return self.role != "liaison" or page not in {"reports", "check", "audit"}

    def units(self) -> frozenset[int] | None:
        """The ids a liaison may see (the unit and all below it); None: all."""
        if self.role != "liaison":
            return None
        if self.unit is None:
            return frozenset()
        return frozenset(Party.objects.filter(path__startswith=self.unit.path).values_list("id", flat=True))

    def admits(self, unit: int | None) -> bool:
        """Whether an entry of `unit` may be seen."""
        own = self.units()
        return own is None or unit in own


def programme_for(user: Visitor, slug: str, *, writing: bool = False, managing: bool = False) -> Access:
    """What `user` is in the programme `slug`. Raises Http404 for a stranger, PermissionDenied for a reader who would write."""
    programme = Programme.objects.select_related("helper").filter(slug=slug).first()
    if programme is None or not isinstance(user, User) or not user.is_active:
        raise Http404
    if user.is_superuser:
        return Access(programme, "clerk")
    membership = Membership.objects.select_related("unit").filter(user=user, programme=programme).first()
    if membership is None:
        raise Http404
    access = Access(programme, membership.role, membership.unit)
    if (writing and not access.writes) or (managing and not access.manages):
        raise PermissionDenied
    return access


def programmes_of(user: Visitor) -> QuerySet[Programme]:
    """The programmes between which `user` may switch, by name."""
    if not isinstance(user, User):
        return Programme.objects.none()
    everything = Programme.objects.order_by("name")
    return everything if user.is_superuser else everything.filter(memberships__user=user)

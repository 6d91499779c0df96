"""What the office keeps beside the ledger: who may do what, drafts of forms, saved views, what was taken out.

Nothing here enters a figure.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from bangfu.ledger.crypt import EncryptedJSONField
from bangfu.ledger.models import Batch, Entry, Party, Programme


class Account(models.Model):
    """What an account needs beyond Django's user: whether the first password, given by somebody else, is still to be changed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="account")
    must_change = models.BooleanField(default=False)


class Membership(models.Model):
    """What a user is in a programme: a clerk writes, a leader reads, a liaison sees the own unit's subtree and writes for it."""

    ROLES: ClassVar[tuple[str, ...]] = ("clerk", "leader", "liaison")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10)
    unit = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")  # a liaison's own

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "programme"], name="membership_once")]


class FormDraft(models.Model):
    """A form somebody has begun and not yet recorded; it survives a time-out. What was typed may be personal, so it is kept encrypted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    entry = models.ForeignKey(Entry, models.CASCADE, null=True, related_name="+")  # the entry being amended
    data = EncryptedJSONField(label="draft.data", default=dict)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "programme", "kind", "entry"], name="draft_once", nulls_distinct=False),
        ]


class SavedView(models.Model):
    """A filter worth keeping: a name for the query part of a page's address, for oneself or for all of the programme."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    shared = models.BooleanField(default=False)


class Download(models.Model):
    """Somebody took something out of the house: which list, file or voucher, with which filter. Never changed."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    what = models.CharField(max_length=20)  # ledger trace verdicts report workbook voucher template
    detail = models.CharField(max_length=500, default="")
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="+")


class Token(models.Model):
    """A key by which a program acts as its user in the API. Only a hash is kept: the token itself is shown once (tokens.py)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)  # what it is for
    digest = models.CharField(max_length=64, unique=True)
    made = models.DateTimeField(auto_now_add=True)
    used = models.DateTimeField(null=True)  # last, to the minute
    expires = models.DateTimeField(null=True)

"""What the office keeps beside the ledger: who may do what, drafts of forms, saved views, what was taken out, targets, assessments.

Nothing here enters a figure.
"""
# ruff: noqa: RUF012, DJ008 - Meta's lists are Django's way; a record that has no name of its own prints none

from __future__ import annotations

from django.conf import settings
from django.db import models

from bangfu.ledger.crypt import EncryptedJSONField, EncryptedTextField
from bangfu.ledger.models import Batch, Entry, Party, Place, Programme


class Account(models.Model):
    """What an account needs beyond Django's user: whether the first password, given by somebody else, is still to be changed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="account")
    must_change = models.BooleanField(default=False)


class Membership(models.Model):
    """What a user is in a programme: a clerk writes, a leader reads, a liaison sees the own unit's subtree and writes for it."""

    ROLES = ("clerk", "leader", "liaison")

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


class Upload(models.Model):
    """A file handed in and not yet recorded: kept encrypted, with what a person answered and corrected in its preview; afterwards what came of it."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    answers = EncryptedJSONField(label="upload.answers", default=dict)
    result = EncryptedJSONField(label="upload.result", default=dict)
    started = models.DateTimeField(null=True)  # recording, on a person's word
    done = models.DateTimeField(null=True)
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="+")


class Token(models.Model):
    """A key by which a program acts as its user in the API. Only a hash is kept: the token itself is shown once (tokens.py)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)  # what it is for
    digest = models.CharField(max_length=64, unique=True)
    made = models.DateTimeField(auto_now_add=True)
    used = models.DateTimeField(null=True)  # last, to the minute
    expires = models.DateTimeField(null=True)


class BindingMemory(models.Model):
    """A person's word on what a claim speaks of: claims of the same signature are bound so in this programme from now on; the latest counts.

    The signature holds words of a text, which may name people, so it is kept encrypted. `figure` is empty where none of ours is meant.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    signature = EncryptedTextField(label="binding.signature")
    figure = models.CharField(max_length=60, default="")


class Review(models.Model):
    """A check that was kept: the document (encrypted, by its SHA-256), what was found in it, and the mark it was made at.

    It can be run again; `result` then tells what has changed (office/checking.py).
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="reviews")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    mark = models.BigIntegerField()
    filename = models.CharField(max_length=255)
    title = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    dated = models.DateField(null=True)  # the day the text gives for itself
    counts = models.JSONField(default=dict)  # verdict → number of claims
    result = EncryptedJSONField(label="review.result", default=dict)

    class Meta:
        indexes = [models.Index(fields=["programme", "-at"], name="review_programme_at")]


class Report(models.Model):
    """A report as it was issued: the composed document, frozen with the mark it was read at. Never changed; the next issue stands beside it."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="reports")
    outline = models.CharField(max_length=40)
    lang = models.CharField(max_length=2)
    begin = models.DateField(null=True)
    end = models.DateField(null=True)  # half-open
    mark = models.BigIntegerField()
    title = models.CharField(max_length=200)
    document = models.JSONField()  # reports.document.to_data: figures only, nothing personal
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class HeaderMemory(models.Model):
    """What this office said a header of its ledgers means: in a table of `kind` the field, or (with `kind` empty) the kind of a table by its headers; the latest counts."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)
    kind = models.CharField(max_length=40, default="")
    header = models.CharField(max_length=200)  # as compared: without spaces, half width; of a whole table its headers' SHA-256
    field = models.CharField(max_length=60, default="")  # "" for none: kept in the details under its own header

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "kind", "header"], name="header_once")]


class Target(models.Model):
    """What is to be reached of a figure in a year, by the programme or by a unit or place of it (目标分解, domain.md 4.13).

    Only added to: of the rows for the same figure, year, unit and place the newest counts, and one without a value withdraws what stood.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="targets")
    figure = models.CharField(max_length=60)
    year = models.SmallIntegerField()
    unit = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    value = models.BigIntegerField(null=True)  # in smallest parts of the figure's unit
    due = models.DateField(null=True)  # the last day for it, where that is not the year's
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [models.Index(fields=["programme", "year", "figure"], name="target_year")]


class Judged(models.Model):
    """What a person entered for an item of an assessment that no figure answers: points, cases, ballots. Only added to; the newest counts."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=60)
    year = models.SmallIntegerField()
    unit = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    item = models.CharField(max_length=60)
    value = models.JSONField(null=True)  # a number as text, or how many ballots each word has; NULL: withdrawn
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [models.Index(fields=["programme", "year", "scheme"], name="judged_year")]


class FindingReply(models.Model):
    """What a person says to a finding of the ledger's check: an explanation that closes it, or why it is open again. Only added to; the newest counts.

    `finding` is the finding's own key (office/findings.py): an entry that is amended afterwards brings it up anew. What is said may name people.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    finding = models.CharField(max_length=32)
    closed = models.BooleanField()
    said = EncryptedTextField(label="finding.said")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["programme", "finding"], name="finding_reply")]


class SelfScore(models.Model):
    """The points that a department (or the organisation) gives itself for an item of an assessment (自评). Only added to; the newest counts."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=60)
    year = models.SmallIntegerField()
    unit = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    item = models.CharField(max_length=60)
    points = models.IntegerField(null=True)  # in hundredths; NULL: taken back
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [models.Index(fields=["programme", "year", "scheme"], name="self_score_year")]

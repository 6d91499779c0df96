"""Tokens of the API: made for a user, shown once, known again by their hash.

A token is 256 random bits, so a plain SHA-256 of it is as good as any slower hash, and quick enough for every call.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from bangfu.office.models import Token

PREFIX = "bangfu_"  # so that a token that leaked into a file is recognised as one


def issue(user: User, name: str, days: int | None = None) -> str:
    """A new token of `user` for the purpose `name`, valid for `days` (None: until it is revoked). The text is nowhere kept."""
    text = PREFIX + secrets.token_urlsafe(32)
    expires = None if days is None else timezone.now() + timedelta(days=days)
    Token.objects.create(user=user, name=name, digest=digest(text), expires=expires)
    return text


def holder(text: str) -> User | None:
    """The active user whose token this is; None for anything else, an expired one and a locked account included."""
    token = Token.objects.select_related("user").filter(digest=digest(text)).first()
    now = timezone.now()
    if token is None or not token.user.is_active or (token.expires and token.expires <= now):
        return None
    if token.used is None or now - token.used > timedelta(minutes=1):  # not a write for every read
        Token.objects.filter(pk=token.pk).update(used=now)
    user: User = token.user
    return user


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

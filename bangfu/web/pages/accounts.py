"""Signing in and out, the first account, one's own password, the language, and the accounts an administrator keeps."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bangfu.office.models import Account, Membership
from bangfu.web.desk import LANGUAGE_COOKIE, language, page
from bangfu.web.middleware import MUST_CHANGE
from bangfu.web.words import LANGUAGES, say

YEAR = 365 * 24 * 3600


def _token_file() -> Path:
    return Path(settings.DATA) / "first-account.token"


def somebody() -> bool:
    """Whether anybody can sign in; the command's own account, which has no password, does not count."""
    return User.objects.filter(is_active=True).exclude(password__startswith="!").exists()  # noqa: S106 - Django's mark of an unusable one


def first_token() -> str | None:
    """The one-time token with which the first account is made, None once there is an account. `bangfu serve` prints it."""
    path = _token_file()
    if somebody():
        path.unlink(missing_ok=True)
        return None
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(12))
    return path.read_text(encoding="ascii").strip()


def safe_next(request: HttpRequest, wanted: str) -> str:
    """Where to go after a form: only ever an address of our own."""
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()) else reverse("home")


def password_problems(password: str, again: str, user: User | None, lang: str) -> list[str]:
    """All that is wrong with a new password, in the page's words."""
    problems = [] if password == again else [say("password.differ", lang)]
    try:
        validate_password(password, user)
    except ValidationError as error:
        codes = {e.code for e in error.error_list}
        problems += [say(f"password.{code}", lang) for code in sorted(c for c in codes if c)]
    return problems


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if not somebody():
        return redirect("first")
    lang = language(request)
    wanted = request.POST.get("next") or request.GET.get("next") or reverse("home")
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(safe_next(request, wanted))
        return page(request, "sign_in.html", next=wanted, username="", wrong="", expired="next" in request.GET)
    username = request.POST.get("username", "").strip()
    user = authenticate(request, username=username, password=request.POST.get("password", ""))
    if user is None:
        wrong = say("sign_in.wrong", lang)
        return page(request, "sign_in.html", status=403, next=wanted, username=username, wrong=wrong, expired=False)
    login(request, user)
    request.session[MUST_CHANGE] = Account.objects.filter(user=user, must_change=True).exists()
    return HttpResponseRedirect(safe_next(request, wanted))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign_in")


@login_not_required
@sensitive_post_parameters("password", "again", "token")
@require_http_methods(["GET", "HEAD", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """Make the first account, an administrator; only while there is none, and only with the token that `bangfu serve` printed."""
    expected = first_token()
    if expected is None:
        return redirect("sign_in")
    lang = language(request)
    given = {name: request.POST.get(name, "").strip() for name in ("token", "username")}
    if request.method != "POST":
        return page(request, "first.html", wrong=[], token=request.GET.get("token", ""), username="")
    password = request.POST.get("password", "")
    wrong = [] if secrets.compare_digest(given["token"].encode(), expected.encode()) else [say("first.wrong_token", lang)]
    if not given["username"]:
        wrong.append(say("sign_in.no_username", lang))
    wrong += password_problems(password, request.POST.get("again", ""), User(username=given["username"]), lang)
    if wrong:
        return page(request, "first.html", status=422, wrong=wrong, token=given["token"], username=given["username"])
    with transaction.atomic():
        user = User.objects.create_superuser(given["username"], password=password)
    first_token()  # forgets the token
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("home")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    user = get_object_or_404(User, pk=request.user.pk)
    lang = language(request)
    must = bool(request.session.get(MUST_CHANGE))
    if request.method != "POST":
        return page(request, "password.html", wrong=[], must=must)
    new = request.POST.get("new", "")
    wrong = [] if user.check_password(request.POST.get("old", "")) else [say("password.old_wrong", lang)]
    wrong += password_problems(new, request.POST.get("again", ""), user, lang)
    if wrong:
        return page(request, "password.html", status=422, wrong=wrong, must=must)
    user.set_password(new)
    user.save(update_fields=["password"])
    Account.objects.update_or_create(user=user, defaults={"must_change": False})
    update_session_auth_hash(request, user)
    request.session[MUST_CHANGE] = False
    messages.success(request, say("password.changed", lang), extra_tags="good")
    return redirect("home")


@login_not_required
@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    answer = HttpResponseRedirect(safe_next(request, request.POST.get("next", "/")))
    chosen = request.POST.get("to", "")
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return answer


# ── accounts, for the administrator ──────────────────────────────────────────────────────────────────────────────────


def new_account(username: str, *, full_name: str = "") -> tuple[User, str]:
    """An account with a first password made here and shown once; it is to be changed at the first sign-in."""
    password = secrets.token_urlsafe(9)
    user = User.objects.create_user(username, password=password, last_name=full_name)
    Account.objects.create(user=user, must_change=True)
    return user, password


def _administrator(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.is_superuser:
        raise PermissionDenied
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def users(request: HttpRequest) -> HttpResponse:
    """All accounts: add one, give a new first password, close and open again."""
    me = _administrator(request)
    lang = language(request)
    wrong: list[str] = []
    shown: tuple[str, str] | None = None
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        username = request.POST.get("username", "").strip()
        if verb == "add":
            wrong = username_problems(username, lang)
            if not wrong:
                user, first_password = new_account(username, full_name=request.POST.get("full_name", "").strip()[:100])
                user.is_superuser = user.is_staff = request.POST.get("administrator") == "1"
                user.save(update_fields=["is_superuser", "is_staff"])
                shown = (username, first_password)
        else:
            user = get_object_or_404(User, username=username)
            if user == me:
                wrong = [say("users.not_self", lang)]
            elif verb == "reset":
                shown = (username, reset_password(user))
            elif verb in {"close", "open"}:
                user.is_active = verb == "open"
                user.save(update_fields=["is_active"])
            else:
                wrong = [say("error.e400_what", lang)]
    rows = []
    memberships = Membership.objects.select_related("programme", "unit").order_by("programme__name")
    by_user: dict[int, list[Membership]] = {}
    for membership in memberships:
        by_user.setdefault(membership.user_id, []).append(membership)
    rows = [(user, by_user.get(user.pk, [])) for user in User.objects.order_by("-is_active", "username")]
    return page(request, "users.html", at="users", rows=rows, wrong=wrong, shown=shown, status=422 if wrong else 200)


def username_problems(username: str, lang: str) -> list[str]:
    try:
        User.username_validator(username)
    except ValidationError:
        return [say("users.bad_name", lang)]
    return [say("users.taken", lang, name=username)] if User.objects.filter(username__iexact=username).exists() else []


def reset_password(user: User) -> str:
    """A new first password, shown once."""
    made = secrets.token_urlsafe(9)
    user.set_password(made)
    user.save(update_fields=["password"])
    Account.objects.update_or_create(user=user, defaults={"must_change": True})
    return made

"""A clear page for whatever goes wrong: what happened, and what to do next."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from bangfu.web.desk import page


def _error(request: HttpRequest, code: int, word: str | None = None, why: str = "") -> HttpResponse:
    return page(request, "error.html", status=code, code=code, word=word or f"e{code}", why=why)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _error(request, 413)
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    return _error(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    return _error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page stood open too long, or the form did not come from our own page."""
    return _error(request, 403, "csrf", reason)


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:  # noqa: ARG001 - axes calls it so
    """Too many wrong passwords (django-axes): a quarter of an hour's pause for this name from this address."""
    answer = _error(request, 429)
    answer["Retry-After"] = "900"
    return answer

"""What every answer carries: a strict Content-Security-Policy, no storing of signed-in pages; and who must sign in first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from bangfu.web.desk import language
from bangfu.web.words import say

MUST_CHANGE = "must_change"  # in the session: the first password is still to be changed

Answer = Callable[[HttpRequest], HttpResponseBase]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)


def policy(get_response: Answer) -> Answer:
    """Nothing inline, nothing from elsewhere; an answer that sets its own policy keeps it. Pages are never stored by a browser."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


class SignedIn(LoginRequiredMiddleware):
    """Everybody signs in first, except at the views marked otherwise; the API asks for its own token.

    A script that asks in the background (autosave, a piece of a page) gets 401 and a sentence instead of the sign-in page.
    """

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> HttpResponseBase | None:
        if request.path.startswith("/api/"):
            return None
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None:
            if request.headers.get("X-Requested-With") or request.headers.get("HX-Request"):
                return JsonResponse({"message": say("error.expired", language(request))}, status=401)
            return answer
        return self._first_password(request)

    def _first_password(self, request: HttpRequest) -> HttpResponse | None:
        """Whoever signed in with a password given by somebody else chooses an own one first."""
        if request.session.get(MUST_CHANGE) and request.path not in {reverse("password"), reverse("sign_out"), reverse("language")}:
            return HttpResponseRedirect(reverse("password"))
        return None

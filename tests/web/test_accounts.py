"""Signing in, the first account, passwords, the language, the administrator's accounts."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from bangfu.office.models import Account, Membership
from bangfu.web.pages.accounts import first_token
from tests.conftest import PASSWORD, Office
from tests.web.conftest import text


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str) -> object:
    return client.post(reverse("sign_in"), {"username": username, "password": password, **more})


def test_signing_in_leads_where_one_was(office: Office) -> None:
    client = Client()
    wanted = reverse("ledger", args=[office.programme.slug])
    answer = sign_in(client, "clerk", next=wanted)
    assert answer["Location"] == wanted  # type: ignore[index]
    assert client.get(wanted).status_code == 200
    client.post(reverse("sign_out"))
    assert client.get(wanted).status_code == 302


def test_signing_in_never_leads_elsewhere(office: Office) -> None:
    assert sign_in(Client(), "clerk", next="https://elsewhere.example/")["Location"] == "/"  # type: ignore[index]


def test_a_wrong_password_is_said_and_six_are_a_pause(office: Office) -> None:
    client = Client()
    for _ in range(5):
        answer = sign_in(client, "clerk", "wrong")
        assert answer.status_code == 403  # type: ignore[attr-defined]
        assert "用户名或密码不对" in text(answer)
    locked = sign_in(client, "clerk", "wrong")
    assert locked.status_code == 429  # type: ignore[attr-defined]
    assert "一刻钟" in text(locked)
    assert sign_in(client, "clerk").status_code == 429  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_first_account_needs_the_token_and_comes_once() -> None:
    client = Client()
    assert client.get("/sign-in/")["Location"] == "/first/"
    form = {"username": "zhang", "password": PASSWORD, "again": PASSWORD}
    refused = client.post("/first/", {**form, "token": "guess"})
    assert refused.status_code == 422
    assert not User.objects.exists()
    token = first_token()
    assert token
    assert client.post("/first/", {**form, "token": token})["Location"] == "/"
    assert User.objects.get().is_superuser
    assert first_token() is None
    assert Client().get("/first/")["Location"] == "/sign-in/"


@pytest.mark.django_db
def test_a_weak_first_password_is_told_with_everything_else() -> None:
    answer = Client().post("/first/", {"token": "x", "username": "", "password": "123", "again": "124"})
    page = text(answer)
    for sentence in ("启动口令不对", "请填用户名", "两次输入的新密码不一样", "密码太短"):
        assert sentence in page


def test_a_given_password_must_be_changed_first(office: Office) -> None:
    Account.objects.create(user=office.clerk, must_change=True)
    client = Client()
    sign_in(client, "clerk")
    at = reverse("ledger", args=[office.programme.slug])
    assert client.get(at)["Location"] == "/password/"
    wrong = client.post("/password/", {"old": "no", "new": "new-secret-9", "again": "new-secret-9"})
    assert wrong.status_code == 422
    client.post("/password/", {"old": PASSWORD, "new": "new-secret-9", "again": "new-secret-9"})
    assert client.get(at).status_code == 200
    assert sign_in(Client(), "clerk", "new-secret-9").status_code == 302  # type: ignore[attr-defined]


def test_the_language_is_remembered(office: Office, clerk: Client) -> None:
    at = reverse("overview", args=[office.programme.slug])
    assert clerk.post("/language/", {"to": "en", "next": at})["Location"] == at
    assert "Overview" in text(clerk.get(at))
    clerk.post("/language/", {"to": "klingon", "next": at})
    assert "Overview" in text(clerk.get(at))


def test_an_expired_session_tells_a_script_so(office: Office) -> None:
    at = reverse("keep_draft", args=[office.programme.slug, "training"])
    answer = Client().post(at, {"f.title": "x"}, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 401
    assert "登录已过期" in answer.json()["message"]


def test_only_an_administrator_keeps_accounts(office: Office, clerk: Client, administrator: Client) -> None:
    assert clerk.get("/users/").status_code == 403
    page = text(administrator.post("/users/", {"verb": "add", "username": "新人", "full_name": "王五"}))
    assert "初始密码" in page
    fresh = User.objects.get(username="新人")
    assert fresh.account.must_change
    assert administrator.post("/users/", {"verb": "add", "username": "新人"}).status_code == 422
    administrator.post("/users/", {"verb": "close", "username": "新人"})
    fresh.refresh_from_db()
    assert not fresh.is_active
    assert administrator.post("/users/", {"verb": "close", "username": "root"}).status_code == 422


def test_a_clerk_keeps_the_members(office: Office, clerk: Client) -> None:
    at = reverse("settings", args=[office.programme.slug])
    page = text(clerk.post(at, {"verb": "add_member", "username": "zhou", "role": "liaison", "unit": str(office.units["agro"].pk)}))
    assert "zhou" in page
    made = Membership.objects.get(user__username="zhou")
    assert (made.role, made.unit) == ("liaison", office.units["agro"])
    assert clerk.post(at, {"verb": "add_member", "username": "wu", "role": "liaison"}).status_code == 422
    assert clerk.post(at, {"verb": "add_member", "username": "wu", "role": "emperor"}).status_code == 422
    clerk.post(at, {"verb": "drop_member", "id": str(made.pk)})
    assert not Membership.objects.filter(pk=made.pk).exists()
    own = Membership.objects.get(user=office.clerk)
    assert clerk.post(at, {"verb": "drop_member", "id": str(own.pk)}).status_code == 422

"""The API as a program meets it: works, stranger refused, wrong method, missing thing, what is wrong said all at once."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bangfu.office import tokens
from bangfu.office.models import Token


class Caller:
    """A program with a token."""

    def __init__(self, user):
        self.token = tokens.issue(user, "test")
        self.client = Client(headers={"authorization": f"Bearer {self.token}"})

    def get(self, path, **query):
        return self.client.get(f"/api{path}", query)

    def post(self, path, body):
        return self.client.post(f"/api{path}", json.dumps(body), content_type="application/json")


@pytest.fixture
def clerk(office):
    return Caller(office.clerk)


@pytest.fixture
def leader(office):
    return Caller(office.leader)


@pytest.fixture
def stranger(office):
    return Caller(office.stranger)


def is_problem(answer, status):
    """The answer is problem details of that status; gives its body."""
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == status
    assert body["instance"] == answer.request["PATH_INFO"]
    assert {"type", "title", "detail"} <= set(body)
    return body


# --- who may call


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Bearer ", "Basic YTpi"])
def test_without_a_token_nothing_is_told(office, header):
    client = Client(headers={"authorization": header} if header else {})
    answer = client.get("/api/programmes")
    is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_session_is_no_token(office):
    """A page in somebody's browser cannot be made to call the API in their name."""
    client = Client()
    client.force_login(office.clerk)
    is_problem(client.get("/api/programmes"), 401)


def test_only_a_hash_of_a_token_is_kept(office):
    text = tokens.issue(office.clerk, "test")
    assert not Token.objects.filter(digest__contains=text).exists()
    assert tokens.holder(text) == office.clerk


def test_an_expired_token_and_a_locked_account_are_refused(office):
    expired = tokens.issue(office.clerk, "old", days=1)
    Token.objects.filter(digest=tokens.digest(expired)).update(expires=timezone.now() - timedelta(seconds=1))
    assert tokens.holder(expired) is None
    text = tokens.issue(office.leader, "locked")
    office.leader.is_active = False
    office.leader.save()
    assert tokens.holder(text) is None


def test_a_token_notes_when_it_was_used_but_not_at_every_call(office, django_assert_num_queries):
    text = tokens.issue(office.clerk, "test")
    tokens.holder(text)
    assert Token.objects.get(digest=tokens.digest(text)).used is not None
    with django_assert_num_queries(1):
        tokens.holder(text)


# --- programmes


def test_programmes_are_those_of_the_tokens_user(clerk, stranger):
    assert [(p["slug"], p["role"]) for p in clerk.get("/programmes").json()] == [("dingdian", "clerk")]
    assert [p["slug"] for p in stranger.get("/programmes").json()] == ["elsewhere"]


def test_chinese_stays_chinese(clerk):
    assert "定点帮扶" in clerk.get("/programmes").content.decode()


@pytest.mark.parametrize("path", ["figures", "figures/any", "figures/any/trace", "entries"])
def test_a_stranger_is_told_that_there_is_nothing(stranger, path):
    is_problem(stranger.get(f"/programmes/dingdian/{path}"), 404)


# --- the description of the API


def test_the_schema_is_open_to_all_and_names_no_other_host(client):
    answer = client.get("/api/openapi.json")
    schema = answer.json()
    assert schema["openapi"].startswith("3.")
    assert "://" not in answer.content.decode()


def test_the_documentation_loads_nothing_from_elsewhere(client):
    page = client.get("/api/docs").content.decode()
    assert "://" not in page
    assert "<script>" not in page

"""The API as a program meets it: works, stranger refused, wrong method, missing thing, what is wrong said all at once."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from bangfu.ledger.models import Entry
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


# --- entries

TRAINING = {"title": "兽医技术培训班", "begin": "2019-03-05", "place": "甲村", "people": "60", "attendances": "60"}


def test_one_entry_recorded_amended_and_voided(clerk, office):
    """60 attendances are recorded, become 62, and are taken out; each act has its own mark."""
    answer = clerk.post("/programmes/dingdian/entries", {"kind": "training", "fields": TRAINING})
    assert answer.status_code == 201, answer.content.decode()
    made = answer.json()
    assert made["mark"] == 1
    entry = made["entry"]
    assert (entry["title"], entry["place"], entry["begin"]) == ("兽医技术培训班", "甲村", "2019-03-05")
    assert entry["measures"]["attendances"] == {"value": 60, "unit": "person-time"}
    amended = clerk.post(f"/programmes/dingdian/entries/{entry['id']}/amend", {"fields": {"attendances": "62"}, "reason": "漏计2人"}).json()
    assert amended["mark"] == 2
    assert amended["entry"]["measures"]["attendances"]["value"] == 62
    assert amended["entry"]["supersedes"] == entry["id"]
    late = clerk.post(f"/programmes/dingdian/entries/{entry['id']}/amend", {"fields": {"attendances": "63"}, "reason": "再改"})
    is_problem(late, 409)
    voided = clerk.post(f"/programmes/dingdian/entries/{amended['entry']['id']}/void", {"reason": "重复登记"})
    assert voided.json()["entry"]["ended"] == {"mark": 3, "successor": None}
    is_problem(clerk.post(f"/programmes/dingdian/entries/{amended['entry']['id']}/void", {"reason": "再作废"}), 409)
    versions = clerk.get(f"/programmes/dingdian/entries/{entry['id']}").json()
    assert [v["measures"]["attendances"]["value"] for v in versions] == [60, 62]


def test_all_faults_come_back_at_once_and_nothing_is_recorded(clerk, office):
    bad = {"begin": "2019-02-30", "attendances": "六十来人哪", "place": "无此村"}
    body = is_problem(clerk.post("/programmes/dingdian/entries", {"kind": "training", "fields": bad}), 422)
    assert {e["where"] for e in body["errors"]} >= {"begin", "attendances", "title", "place"}
    assert all(e["message"] and e["message_en"] for e in body["errors"])

    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"kind": "no_such_kind", "fields": {}}, "kind"),
        ({"kind": "training", "fields": {"colour": "red"}}, "colour"),
        ({"kind": "training"}, "body.body.fields"),
        ({"fields": {}}, "body.body.kind"),
    ],
)
def test_what_cannot_be_an_entry_is_a_problem(clerk, body, where):
    found = is_problem(clerk.post("/programmes/dingdian/entries", body), 422)
    assert where in {e["where"] for e in found["errors"]}


def test_a_reader_may_not_write(leader, office):
    is_problem(leader.post("/programmes/dingdian/entries", {"kind": "training", "fields": TRAINING}), 403)


def test_a_stranger_may_not_even_know(stranger, clerk, office):
    made = clerk.post("/programmes/dingdian/entries", {"kind": "training", "fields": TRAINING}).json()["entry"]
    is_problem(stranger.post("/programmes/dingdian/entries", {"kind": "training", "fields": TRAINING}), 404)
    is_problem(stranger.get(f"/programmes/dingdian/entries/{made['id']}"), 404)
    is_problem(stranger.get(f"/programmes/elsewhere/entries/{made['id']}"), 404)
    is_problem(stranger.post(f"/programmes/elsewhere/entries/{made['id']}/void", {"reason": "恶意"}), 404)


def test_a_liaison_writes_and_sees_the_own_unit_only(office):
    liaison, clerk = Caller(office.liaison), Caller(office.clerk)
    own = liaison.post("/programmes/dingdian/entries", {"kind": "training", "fields": TRAINING}).json()["entry"]
    assert own["unit"] == "动物医学系"
    body = {"kind": "training", "fields": TRAINING | {"unit": "园艺系"}}
    found = is_problem(liaison.post("/programmes/dingdian/entries", body), 422)
    assert found["errors"][0]["where"] == "unit"
    others = clerk.post("/programmes/dingdian/entries", body).json()["entry"]
    is_problem(liaison.get(f"/programmes/dingdian/entries/{others['id']}"), 404)
    is_problem(liaison.post(f"/programmes/dingdian/entries/{others['id']}/void", {"reason": "不是我的"}), 404)
    moved = liaison.post(f"/programmes/dingdian/entries/{own['id']}/amend", {"fields": {"unit": "园艺系"}, "reason": "换部门"})
    is_problem(moved, 422)
    assert {u["name"] for u in liaison.get("/programmes/dingdian/units").json()} == {"动物医学系"}


# --- claims


def test_the_claims_of_a_text_need_no_programme(clerk):
    found = clerk.post("/claims", {"text": "共举办培训42期，培训近2000人次。"}).json()
    assert [(c["quote"], c["low"], c["unit"], c["hedge"]) for c in found["claims"]] == [
        ("42期", 42, "session", "exact"),
        ("近2000人次", 2000, "person-time", "about"),
    ]


def test_an_empty_text_is_a_problem(clerk):
    is_problem(clerk.post("/claims", {"text": "  "}), 422)


def test_other_addresses_and_methods_are_problems_too(clerk):
    is_problem(clerk.get("/no/such/thing"), 404)
    answer = clerk.client.delete("/api/programmes")
    is_problem(answer, 405)
    assert answer["Allow"] == "GET"


def test_entries_come_newest_first_a_page_at_a_time(clerk, office):
    """Five trainings on the first of January to May: pages of two, without a gap and without one twice."""
    for month in range(1, 6):
        clerk.post(
            "/programmes/dingdian/entries",
            {"kind": "training", "fields": TRAINING | {"begin": f"2019-{month:02}-01", "title": f"第{month}期"}},
        )
    found, after = [], None
    while True:
        page = clerk.get("/programmes/dingdian/entries", limit=2, **({"after": after} if after else {})).json()
        found += [e["title"] for e in page["entries"]]
        after = page["after"]
        if after is None:
            break
    assert found == ["第5期", "第4期", "第3期", "第2期", "第1期"]
    assert [e["title"] for e in clerk.get("/programmes/dingdian/entries", period="2019-03").json()["entries"]] == ["第3期"]
    assert [e["title"] for e in clerk.get("/programmes/dingdian/entries", q="第4").json()["entries"]] == ["第4期"]
    assert clerk.get("/programmes/dingdian/entries", mark=2).json()["entries"][0]["title"] == "第2期"
    assert clerk.get("/programmes/dingdian/entries", place=office.places["乙村"].pk).json()["entries"] == []
    is_problem(clerk.get("/programmes/dingdian/entries", after="nonsense"), 422)
    is_problem(clerk.get("/programmes/dingdian/entries", limit=0), 422)
    is_problem(clerk.get("/programmes/dingdian/entries", period="去年"), 422)


def test_a_person_is_shown_masked_and_not_looked_for_in_an_address(clerk):
    """A name in an address would stand in logs and histories (ASVS 14.2.1)."""
    fields = {"person": "王大山", "begin": "2018-01-01", "place": "甲村"}
    made = clerk.post("/programmes/dingdian/entries", {"kind": "posting", "fields": fields})
    assert made.status_code == 201, made.content.decode()
    (found,) = clerk.get("/programmes/dingdian/entries", kind="posting").json()["entries"]
    assert "王大山" not in json.dumps(found, ensure_ascii=False)
    assert found["persons"] == ["王*山"]
    assert clerk.get("/programmes/dingdian/entries", q="王大山").json()["entries"] == []


# --- figures, on the demonstration


def in_role(programme, role):
    return Caller(programme.memberships.get(role=role).user)


@pytest.fixture
def reader(demonstration):
    return in_role(demonstration, "leader")


@pytest.fixture
def demo(demonstration):
    return f"/programmes/{demonstration.slug}"


def test_a_figure_a_series_and_a_trace_are_the_same_number(reader, demo):
    figure = reader.get(f"{demo}/figures/trainings", period="2019").json()
    years = reader.get(f"{demo}/figures/trainings/series", first=2018, last=2020).json()["years"]
    assert [y["value"] for y in years if y["year"] == 2019] == [figure["value"]]
    total, after = 0, None
    while True:
        page = reader.get(f"{demo}/figures/trainings/trace", period="2019", limit=4, **({"after": after} if after else {})).json()
        assert page["carried"] == total
        total += sum(e["adds"] for e in page["trace"])
        after = page["after"]
        if after is None:
            break
    assert total == page["value"] == figure["value"] > 4


def test_figures_by_name_and_all_of_them(reader, demo):
    two = reader.get(f"{demo}/figures", codes="direct_input,trainings").json()
    assert [f["figure"] for f in two] == ["direct_input", "trainings"]
    assert (two[0]["value"], two[0]["unit"]) == (7397000, "CNY")
    every = reader.get(f"{demo}/figures").json()
    assert len(every) == len(reader.get("/figures").json())
    is_problem(reader.get(f"{demo}/figures", codes="direct_input,none"), 404)
    is_problem(reader.get(f"{demo}/figures/none"), 404)


def test_a_figure_as_it_stood(reader, demo):
    assert reader.get(f"{demo}/figures/direct_input", mark=1).json()["value"] == 0


def test_a_combination_names_its_parts(reader, demo):
    page = reader.get(f"{demo}/figures/funds_total/trace").json()
    assert {p["figure"] for p in page["of"]} == {"direct_input", "introduced_funds"}


@pytest.mark.parametrize(
    ("path", "query", "where"),
    [
        ("figures/trainings", {"period": "去年"}, "query.period"),
        ("figures/trainings/trace", {"after": "x"}, "query.after"),
        ("figures/trainings", {"mark": 9999}, "query.mark"),
        ("figures/trainings/series", {"first": 2020, "last": 2018}, "query.first"),
        ("entries", {"kind": "nosuch"}, "query.kind"),
        ("figures/trainings/trace", {"limit": 0}, "query.limit"),
        ("figures/trainings/series", {}, "query.first"),
    ],
)
def test_what_a_call_says_wrongly_is_named(reader, demo, path, query, where):
    body = is_problem(reader.get(f"{demo}/{path}", **query), 422)
    assert where in {e["where"] for e in body["errors"]}


def test_a_text_is_checked_against_the_ledger(reader, demo):
    found = reader.post(f"{demo}/check", {"text": "2015年以来，学校累计投入帮扶资金793.7万元，引进帮扶资金386万元。"}).json()
    assert [(c["quote"], c["verdict"]) for c in found["claims"]] == [("793.7万元", "contradicted"), ("386万元", "supported")]


def test_a_liaison_checks_nothing_against_the_whole_ledger(demonstration, demo):
    """A check would tell a liaison the numbers of other units."""
    liaison = in_role(demonstration, "liaison")
    is_problem(liaison.post(f"{demo}/check", {"text": "投入帮扶资金793.7万元。"}), 403)
    whole = in_role(demonstration, "clerk").get(f"{demo}/figures/trainings").json()["value"]
    assert liaison.get(f"{demo}/figures/trainings").json()["value"] < whole


# --- the snapshot


def test_the_schema_is_the_one_that_programs_were_written_against(client):
    """Paths, parameters and answers as in tests/api-schema.json. A wanted change is written there by `BANGFU_SNAPSHOT=1 pytest tests/test_api.py`."""
    schema = client.get("/api/openapi.json").json()
    schema["info"].pop("version")
    text = json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path = Path(__file__).parent / "api-schema.json"
    if os.environ.get("BANGFU_SNAPSHOT"):
        path.write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(path.read_text(encoding="utf-8"))


def test_a_sign_that_a_database_refuses_is_left_out(clerk):
    """PostgreSQL keeps no NUL: it is dropped at the door, on either engine."""
    made = clerk.post("/programmes/dingdian/entries", {"kind": "training", "fields": TRAINING | {"title": "兽医\0培训班"}})
    assert made.status_code == 201, made.content.decode()
    assert made.json()["entry"]["title"] == "兽医培训班"
    assert len(clerk.get("/programmes/dingdian/entries", q="兽\0医").json()["entries"]) == 1
    number = made.json()["entry"]["id"]
    assert clerk.post(f"/programmes/dingdian/entries/{number}/void", {"reason": "重\0复"}).status_code == 200

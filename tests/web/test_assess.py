"""Assessments on the page, at the prompt and by a call."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from bangfu.office import tokens
from bangfu.office.models import Judged
from bangfu.office.targets import set_targets
from tests.conftest import Office
from tests.office.test_targets import wish
from tests.web.conftest import text

SCHEME = "department_annual"


@pytest.fixture
def tasked(office: Office, ledger: dict[str, int]) -> Office:
    """2019: 动物医学系 paid 3 of its 4 万元: 7.5 of 10 points, scaled to 45 of 60."""
    set_targets(office.programme, [wish(4, unit=office.units["vet"].pk)], by=office.clerk)
    return office


def at(office: Office, name: str, *args: object, unit: int | None = None) -> str:
    return reverse(name, args=[office.programme.slug, *args]) + "?period=2019" + (f"&unit={unit}" if unit else "")


def test_a_department_is_scored_and_judged(tasked: Office, clerk: Client, leader: Client, liaison: Client) -> None:
    vet = tasked.units["vet"].pk
    assert "动物医学系" in text(leader.get(at(tasked, "assess_by", SCHEME)))
    page = text(leader.get(at(tasked, "assess_by", SCHEME, unit=vet)))
    assert "10 × 30000 ÷ 40000（按 75% 计），得 7.5 分" in page
    assert "还有 5 项未定" in page
    assert f"figures/direct_input/?period=2019&amp;unit={vet}" in page
    assert 'name="value"' not in page
    for item, given in {
        "returns": {"value": "1"},
        "meetings": {"value": "0"},
        "innovation": {"value": "7.5"},
        "falsified": {"value": "0"},
    }.items():
        clerk.post(at(tasked, "assess_enter", SCHEME, item, unit=vet), given)
    clerk.post(at(tasked, "assess_enter", SCHEME, "vote", unit=vet), {"b-优秀": "8", "b-称职": "2", "b-不称职": ""})
    page = text(leader.get(at(tasked, "assess_by", SCHEME, unit=vet)))
    assert "80.1<small>/ 100" in page
    assert "良好" in page
    assert "优秀=8，称职=2" in page
    assert "80.1" in text(leader.get(at(tasked, "assess_by", SCHEME)))
    assert "80.1" in text(liaison.get(at(tasked, "assess_by", SCHEME)))
    refused = clerk.post(at(tasked, "assess_enter", SCHEME, "innovation", unit=vet), {"value": "9"}, follow=True)
    assert "请写明原因" in text(refused)
    assert Judged.objects.filter(item="innovation").count() == 1
    sheet = openpyxl.load_workbook(io.BytesIO(leader.get(at(tasked, "assess_export", SCHEME, unit=vet)).content)).active
    assert sheet
    assert [c.value for c in list(sheet.iter_rows())[-1]][1:4] == [100, "", 80.1]


def test_who_may(tasked: Office, leader: Client, liaison: Client, stranger: Client, clerk: Client) -> None:
    vet, agro = tasked.units["vet"].pk, tasked.units["agro"].pk
    enter = at(tasked, "assess_enter", SCHEME, "returns", unit=vet)
    assert [c.post(enter, {"value": "1"}).status_code for c in (leader, liaison, stranger)] == [403, 403, 404]
    assert not Judged.objects.exists()
    assert liaison.get(at(tasked, "assess_by", "helper_unit_annual")).status_code == 404
    assert "动物医学系" in text(liaison.get(at(tasked, "assess_by", SCHEME, unit=agro)))  # the own unit, whatever the address says
    assert clerk.get(at(tasked, "assess_by", "nothing")).status_code == 404
    assert clerk.post(at(tasked, "assess_enter", "nothing", "x"), {"value": "1"}).status_code == 404
    assert "不适用于2019年" in text(clerk.get(at(tasked, "assess_by", "helper_unit_annual")))


def test_a_liaison_scores_the_own_unit(tasked: Office, liaison: Client, leader: Client, stranger: Client, clerk: Client) -> None:
    vet, agro = tasked.units["vet"].pk, tasked.units["agro"].pk
    own = at(tasked, "assess_self", SCHEME, "input", unit=vet)
    assert [c.post(own, {"points": "9"}).status_code for c in (leader, stranger)] == [403, 404]
    liaison.post(at(tasked, "assess_self", SCHEME, "input", unit=agro), {"points": "9", "reason": "已付三万"})  # goes to the own unit
    page = text(leader.get(at(tasked, "assess_by", SCHEME, unit=vet)))
    assert '<span title="liaison · 已付三万">9</span> <span class="small mute">(-1.5)</span>' in page
    assert "assess_self" not in page
    assert liaison.post(at(tasked, "assess_self", "helper_unit_annual", "innovation"), {"points": "1"}).status_code == 404
    assert "自评 99" in text(clerk.post(own, {"points": "99"}, follow=True))
    call = Client(headers={"authorization": f"Bearer {tokens.issue(tasked.liaison, 'test')}"})
    path = f"/api/programmes/{tasked.programme.slug}/assessments/{SCHEME}/self?year=2019&unit="
    body = json.dumps({"item": "input", "points": "8"})
    assert call.put(f"{path}{vet}", body, content_type="application/json").json()["self_score"] == 8
    assert call.put(f"{path}{agro}", body, content_type="application/json").status_code == 404


def test_by_a_call(tasked: Office) -> None:
    def call(user: Any) -> Client:
        return Client(headers={"authorization": f"Bearer {tokens.issue(user, 'test')}"})

    vet, agro = tasked.units["vet"].pk, tasked.units["agro"].pk
    path = f"/api/programmes/{tasked.programme.slug}/assessments"
    assert [s["scheme"] for s in call(tasked.leader).get(path, {"year": 2019}).json()] == [SCHEME, "helper_unit_annual"]
    one = f"{path}/{SCHEME}?year=2019&unit={vet}"
    found = call(tasked.liaison).get(one).json()
    assert (found["points"], found["full"], len(found["open"]), found["grade"]) == (45, 100, 5, None)
    assert call(tasked.liaison).get(f"{path}/{SCHEME}?year=2019&unit={agro}").status_code == 404
    assert call(tasked.leader).get(f"{path}/{SCHEME}?year=2019").status_code == 422
    assert call(tasked.leader).get(f"{path}/helper_unit_annual?year=2019&unit={vet}").status_code == 422
    assert call(tasked.stranger).get(one).status_code == 404

    def put(user: Any, **body: str) -> Any:
        return call(user).put(one, json.dumps(body), content_type="application/json")

    assert put(tasked.leader, item="vote", value="优秀=8").status_code == 403
    assert put(tasked.clerk, item="vote", value="很好=8").status_code == 422
    given = next(i for i in put(tasked.clerk, item="vote", value="优秀=8，称职=2").json()["items"] if i["item"] == "vote")
    assert (given["points"], given["entered"]["value"]) == (9.6, {"优秀": 8, "称职": 2})

"""Targets on the pages and in the API: set by the clerk, seen by each as far as it is theirs, never overwritten."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bangfu.office import targets as plans
from bangfu.office import tokens
from bangfu.office.models import Target
from bangfu.office.targets import Key, set_targets
from tests.conftest import Office
from tests.office.test_targets import wish
from tests.web.conftest import sheet, text


def at(office: Office, name: str, query: str = "?period=2019") -> str:
    return reverse(name, args=[office.programme.slug]) + query


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


@pytest.fixture
def divided(office: Office, ledger: dict[str, int]) -> Office:
    """2019: 10 万元, of which 动物医学系 4 and 园艺系 5. 3 and 2 万元 were paid (5 of 10; 3 of 4; 2 of 5)."""
    wishes = [wish(10), wish(4, unit=office.units["vet"].pk), wish(5, unit=office.units["agro"].pk)]
    set_targets(office.programme, wishes, by=office.clerk, reason="责任书")
    return office


def test_all_on_one_page(divided: Office, leader: Client) -> None:
    page = text(leader.get(at(divided, "targets")))
    assert "分解合计 90000元，与总目标 100000元不符，少 10000元" in page
    assert re.findall(r"<strong>([\d.]+)%</strong>", page) == ["50.0", "75.0", "40.0"]
    assert page.count("到期未完成") == 4  # the count, and each of the three
    vet = divided.units["vet"].pk
    link = re.search(rf'href="([^"]*/figures/direct_input/\?[^"]*unit={vet}[^"]*)"', page)
    assert link
    trace = text(leader.get(html.unescape(link[1])))
    assert 'bigvalue">3<small>万元' in trace
    assert "责任书" in page
    assert 'href="' + at(divided, "targets_edit", "")[:-1] not in page


def test_a_liaison_sees_the_own_unit_only(divided: Office, liaison: Client) -> None:
    page = text(liaison.get(at(divided, "targets")))
    assert "动物医学系" in page
    assert re.findall(r"<strong>([\d.]+)%</strong>", page) == ["75.0"]
    assert "园艺系" not in page
    assert "不符" not in page


def test_no_targets_yet(office: Office, clerk: Client, leader: Client) -> None:
    assert "2019年还没有下达目标" in text(clerk.get(at(office, "targets")))
    assert "目标由经办人下达" in text(leader.get(at(office, "targets")))
    blank = openpyxl.load_workbook(io.BytesIO(clerk.get(at(office, "targets_export")).content)).active
    assert blank
    assert blank.max_row > 6


@pytest.mark.parametrize(
    ("name", "clerk_gets", "leader_gets", "liaison_gets"),
    [("targets", 200, 200, 200), ("targets_export", 200, 200, 200), ("targets_edit", 200, 403, 403)],
)
def test_who_may_look(
    office: Office,
    clerk: Client,
    leader: Client,
    liaison: Client,
    stranger: Client,
    name: str,
    clerk_gets: int,
    leader_gets: int,
    liaison_gets: int,
) -> None:
    answers = [c.get(at(office, name)).status_code for c in (clerk, leader, liaison, stranger)]
    assert answers == [clerk_gets, leader_gets, liaison_gets, 404]
    for act in ("targets_set", "targets_import"):
        assert [c.post(at(office, act)).status_code for c in (leader, liaison, stranger)] == [403, 403, 404]


def test_the_grid_is_confirmed_before_it_is_set(office: Office, clerk: Client) -> None:
    vet = office.units["vet"].pk
    grid = text(clerk.get(at(office, "targets_edit")))
    assert f'name="direct_input-u{vet}"' in grid
    typed = {"seen": hidden(grid, "seen"), "direct_input-w": "10", f"direct_input-u{vet}": "4.5万元", "cadres_trained-w": "六十来人"}
    again = clerk.post(at(office, "targets_edit"), typed)
    assert again.status_code == 422
    assert "“六十来人”读不出" in text(again)
    assert 'value="六十来人"' in text(again)
    confirm = text(clerk.post(at(office, "targets_edit"), {**typed, "cadres_trained-w": "60"}))
    assert not Target.objects.exists()
    assert "确认 3 处改动" in confirm
    answer = clerk.post(at(office, "targets_set"), {"wishes": hidden(confirm, "wishes"), "reason": ""})
    assert answer.status_code == 302
    assert {k: int(t.value) for k, t in plans.standing(office.programme).items()} == {
        Key("direct_input", 2019): 100_000,
        Key("direct_input", 2019, vet): 45_000,
        Key("cadres_trained", 2019): 60,
    }


def test_a_cell_cleared_withdraws_and_needs_a_reason(divided: Office, clerk: Client) -> None:
    agro = divided.units["agro"].pk
    grid = text(clerk.get(at(divided, "targets_edit")))
    confirm = text(
        clerk.post(at(divided, "targets_edit"), {"seen": hidden(grid, "seen"), f"direct_input-u{agro}": "", "direct_input-w": "10"})
    )
    assert "确认 1 处改动" in confirm
    wishes = {"wishes": hidden(confirm, "wishes")}
    refused = clerk.post(at(divided, "targets_set"), wishes)
    assert refused.status_code == 422
    assert "请写明原因" in text(refused)
    clerk.post(at(divided, "targets_set"), {**wishes, "reason": "任务取消"})
    assert Key("direct_input", 2019, agro) not in plans.standing(divided.programme)
    for nonsense in (
        "nonsense",
        "{}",
        "[1]",
        '[["direct_input", 99999, null, null, "1", null, 0]]',
        '[["direct_input", 2019, 1e30, null, "1", null, 0]]',
    ):
        assert clerk.post(at(divided, "targets_set"), {"wishes": nonsense}).status_code == 302
    huge = '[["direct_input", 2019, null, null, "1E+999999999", null, 0]]'
    assert clerk.post(at(divided, "targets_set"), {"wishes": huge}).status_code == 302
    unknown = '[["x", 2019, null, null, "1", null, 0], ["x", 2019, null, null, "2", null, 0]]'
    assert clerk.post(at(divided, "targets_set"), {"wishes": unknown}).status_code == 422
    assert clerk.post(at(divided, "targets_edit"), {"seen": "[", "direct_input-u99999999999999999999": "1"}).status_code == 422


def test_two_clerks_do_not_undo_each_other(divided: Office, clerk: Client) -> None:
    """The other sets the whole to 11 while the grid is open: setting it to 12 is refused, setting another cell is not."""
    agro = divided.units["agro"].pk
    seen = hidden(text(clerk.get(at(divided, "targets_edit"))), "seen")
    set_targets(divided.programme, [wish(11)], by=divided.clerk, reason="追加")
    untouched = text(clerk.post(at(divided, "targets_edit"), {"seen": seen, "direct_input-w": "10", f"direct_input-u{agro}": "6"}))
    assert "确认 1 处改动" in untouched
    touched = text(clerk.post(at(divided, "targets_edit"), {"seen": seen, "direct_input-w": "12"}))
    refused = clerk.post(at(divided, "targets_set"), {"wishes": hidden(touched, "wishes"), "reason": "改"})
    assert "刚被别人改为 110000" in text(refused)


def test_a_table_comes_in_and_goes_out(divided: Office, clerk: Client) -> None:
    """The export with one number changed comes in as one change; as it was, as none."""
    out = clerk.get(at(divided, "targets_export")).content
    same = clerk.post(at(divided, "targets_import"), {"file": SimpleUploadedFile("任务.xlsx", out)})
    assert "没有要改的" in text(same)
    book = openpyxl.load_workbook(io.BytesIO(out))
    page = book.active
    assert page
    cell = next(c for c in page["E"] if c.value == 5)
    cell.value = 6
    changed = io.BytesIO()
    book.save(changed)
    confirm = text(clerk.post(at(divided, "targets_import"), {"file": SimpleUploadedFile("任务.xlsx", changed.getvalue())}))
    assert "确认 1 处改动" in confirm
    assert "与总目标" not in confirm  # 4 + 6 = 10
    wrong = clerk.post(at(divided, "targets_import"), {"file": SimpleUploadedFile("任务.xlsx", sheet([["指标", "目标"], ["修路", 5]]))})
    assert wrong.status_code == 422
    assert "没有指标“修路”" in text(wrong)
    assert clerk.post(at(divided, "targets_import"), {"file": SimpleUploadedFile("任务.xlsx", b"PK broken")}).status_code == 422
    assert clerk.post(at(divided, "targets_import")).status_code == 422


def api(user: Any) -> Client:
    return Client(headers={"authorization": f"Bearer {tokens.issue(user, 'test')}"})


def test_the_api_has_the_same_rules(divided: Office) -> None:
    path = f"/api/programmes/{divided.programme.slug}/targets"

    def put(user: Any, *targets: dict[str, Any], reason: str = "") -> Any:
        return api(user).put(path, json.dumps({"targets": targets, "reason": reason}), content_type="application/json")

    one = {"figure": "投入帮扶资金", "year": 2019, "unit": "动医系", "value": "4.5万元"}
    assert [put(u, one).status_code for u in (divided.leader, divided.liaison, divided.stranger)] == [403, 403, 404]
    refused = put(divided.clerk, one)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == "改动或撤回已下达的目标，请写明原因"
    done = put(divided.clerk, one, {"figure": "direct_input", "year": 2019, "value": None}, reason="年中调整").json()
    assert [(t["unit"], t["target"], t["reached"], t["rate"]) for t in done["targets"]] == [
        ("动物医学系", 45000, 30000, 66.7),
        ("园艺系", 50000, 20000, 40.0),
    ]
    assert [(d["target"], d["total"], d["fits"]) for d in done["divisions"]] == [(None, 95000, False)]
    own = api(divided.liaison).get(path, {"year": 2019}).json()
    assert [t["unit"] for t in own["targets"]] == ["动物医学系"]
    steps = api(divided.leader).get(f"{path}/history").json()
    assert [(s["unit"], s["before"], s["after"]) for s in steps[:2]] == [(None, 100000, None), ("动物医学系", 40000, 45000)]
    assert len(api(divided.liaison).get(f"{path}/history").json()) == 2
    assert put(divided.clerk, {"figure": "nothing", "year": 2019, "value": 1}).status_code == 422


def test_a_figure_shows_its_target(divided: Office, leader: Client) -> None:
    page = text(
        leader.get(reverse("figure", args=[divided.programme.slug, "direct_input"]) + f"?period=2019&unit={divided.units['vet'].pk}")
    )
    assert "4万元 · 完成率 <strong>75.0%</strong>" in page
    assert "完成率" not in text(leader.get(reverse("figure", args=[divided.programme.slug, "direct_input"]) + "?period=2019-03"))

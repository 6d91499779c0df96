"""The check-up of the ledger on its page, on the overview and by a call."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from bangfu.office import tokens
from bangfu.office.models import FindingReply
from tests.conftest import Office
from tests.office.test_targets import wish
from tests.web.conftest import record, text


@pytest.fixture
def faulty(office: Office) -> Office:
    """园艺系 pays 2 万元 of 1 approved; 动物医学系 3 of 2."""
    for unit, amount, approved in (("园艺系", "20000", "10000"), ("动物医学系", "30000", "20000")):
        record(
            office,
            "payment",
            title=f"{unit}的路",
            begin="2019-05-01",
            place="甲村",
            unit=unit,
            amount=amount,
            approved=approved,
            document="1号",
        )
    return office


def at(office: Office, name: str, *args: object) -> str:
    return reverse(name, args=[office.programme.slug, *args])


def test_a_finding_opens_its_entries_and_is_closed_with_a_word(faulty: Office, clerk: Client, leader: Client) -> None:
    page = text(clerk.get(at(faulty, "findings")))
    assert "支付 20,000 元，超过批准的 10,000 元" in page
    entry = re.search(r'href="([^"]*/entry/\d+/)[^"]*"><span class="nowrap">2019-05-01</span> 园艺系的路', page)
    assert entry
    assert clerk.get(entry[1]).status_code == 200
    keys = re.findall(r"/findings/([0-9a-f]{32})/", page)
    assert len(keys) == 2
    assert leader.post(at(faulty, "finding_reply", keys[0]), {"said": "x"}).status_code == 403
    assert "finding_reply" not in text(leader.get(at(faulty, "findings")))
    clerk.post(at(faulty, "finding_reply", keys[0]), {"said": " ", "verb": "close"})
    assert not FindingReply.objects.exists()
    clerk.post(at(faulty, "finding_reply", keys[0]), {"said": "补充协议已报批", "verb": "close"})
    assert "补充协议已报批" in text(leader.get(at(faulty, "findings"))).split("已核实的")[1]
    clerk.post(at(faulty, "finding_reply", keys[0]), {"said": "协议未签", "verb": "open"})
    assert "已核实的" not in text(leader.get(at(faulty, "findings")))
    assert clerk.post(at(faulty, "finding_reply", "0" * 32), {"said": "x"}).status_code == 404
    rows = [
        [c.value for c in r]
        for r in openpyxl.load_workbook(io.BytesIO(clerk.get(at(faulty, "findings_export")).content)).active.iter_rows()
    ]  # type: ignore[union-attr]
    assert "协议未签" in str(rows[-2:])


def test_the_filter_and_the_liaison_narrow_it(faulty: Office, clerk: Client, liaison: Client) -> None:
    def found(client: Client, query: str = "") -> int:
        return text(client.get(at(faulty, "findings") + query)).count("超过批准的")

    assert found(clerk) == 2
    assert found(clerk, f"?unit={faulty.units['agro'].pk}") == 1
    assert found(clerk, "?period=2018") == 0
    assert found(clerk, "?rule=C05") == 0
    assert found(clerk, "?q=20,000") == 2  # paid, and approved
    assert found(liaison) == 1


def test_the_overview_shows_the_flags(faulty: Office, leader: Client) -> None:
    from bangfu.office.targets import set_targets

    set_targets(faulty.programme, [wish(10)], by=faulty.clerk)
    assert f'hx-get="{at(faulty, "flags")}' in text(leader.get(at(faulty, "overview")))
    flags = text(leader.get(at(faulty, "flags")))
    assert "2019年目标与完成" in flags
    assert "50.0%" in flags
    assert "错误" in flags


def test_nothing_found_is_said(office: Office, clerk: Client) -> None:
    assert "没有发现问题" in text(clerk.get(at(office, "findings")))


def test_a_ledger_too_large_is_left_to_the_command(faulty: Office, clerk: Client, monkeypatch: Any) -> None:
    from bangfu.office import findings

    monkeypatch.setattr(findings, "LARGEST", 1)
    assert "bangfu findings" in text(clerk.get(at(faulty, "findings")))
    assert "bangfu findings" in text(clerk.get(at(faulty, "flags")))
    call = Client(headers={"authorization": f"Bearer {tokens.issue(faulty.clerk, 'test')}"})
    assert call.get(f"/api/programmes/{faulty.programme.slug}/findings").status_code == 503


def test_by_a_call(faulty: Office) -> None:
    def call(user: Any) -> Any:
        client = Client(headers={"authorization": f"Bearer {tokens.issue(user, 'test')}"})
        return client.get(f"/api/programmes/{faulty.programme.slug}/findings")

    assert [f["rule"] for f in call(faulty.leader).json()] == ["C01", "C01"]
    assert len(call(faulty.liaison).json()) == 1
    assert call(faulty.stranger).status_code == 404
    key = call(faulty.leader).json()[0]["key"]

    def reply(user: Any, key: str, **body: Any) -> Any:
        client = Client(headers={"authorization": f"Bearer {tokens.issue(user, 'test')}"})
        return client.post(f"/api/programmes/{faulty.programme.slug}/findings/{key}", body, content_type="application/json")

    assert [reply(u, key, said="x").status_code for u in (faulty.leader, faulty.liaison, faulty.stranger)] == [403, 403, 404]
    assert reply(faulty.clerk, key, said=" ").status_code == 422
    assert reply(faulty.clerk, "0" * 32, said="x").status_code == 404
    assert reply(faulty.clerk, key, said="已报批").json()["closed"] is True


def test_a_page_that_waits_asks_again(faulty: Office, clerk: Client, monkeypatch: Any) -> None:
    from bangfu.office import findings

    def looking(*_: Any, **__: Any) -> Any:
        raise findings.StillLooking

    monkeypatch.setattr(findings, "find", looking)
    page = text(clerk.get(at(faulty, "findings")))
    assert "正在体检" in page
    assert f'hx-get="{at(faulty, "findings")}"' in page
    assert "正在体检" in text(clerk.get(at(faulty, "flags")))
    assert clerk.get(at(faulty, "findings_export")).status_code == 302

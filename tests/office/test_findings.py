"""The ledger examined: what is found, who sees it, what is said to it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bangfu.ledger import checks
from bangfu.ledger.post import Draft, drafts_of, post
from bangfu.office import findings
from bangfu.office.targets import set_targets
from tests.office.test_targets import wish

TODAY = date(2020, 12, 31)


def over(unit: int | None = None) -> Draft:
    """12 000 yuan paid of 10 000 approved."""
    measures = {"amount": 1_200_000, "approved": 1_000_000}
    return Draft(
        "payment", date(2019, 3, 1), title="产业路", counts_to="direct_input", unit=unit, measures=measures, details={"document": "1号"}
    )


def test_what_is_found_is_replied_to_and_comes_up_anew_when_amended(office: Any) -> None:
    post(office.programme, [over()], by=office.clerk)
    (one,) = findings.find(office.programme, TODAY)
    assert (one.finding.rule, one.finding.message.zh, one.closed) == ("C01", "支付 12,000 元，超过批准的 10,000 元", False)
    answered = findings.reply(office.programme, one.key, "补充协议已报批", closed=True, by=office.clerk, today=TODAY)
    assert answered
    assert answered.closed
    assert [f.closed for f in findings.find(office.programme, TODAY)] == [True]
    with pytest.raises(ValueError, match="说明"):
        findings.reply(office.programme, one.key, " ", closed=False, by=office.clerk, today=TODAY)
    assert findings.reply(office.programme, "0" * 32, "x", closed=True, by=office.clerk, today=TODAY) is None
    (entry,) = one.finding.entries
    draft = drafts_of([entry])[entry]
    post(
        office.programme,
        [Draft(**{**{f: getattr(draft, f) for f in draft.__slots__}, "supersedes": entry})],
        by=office.clerk,
        verb="amend",
        reason="x",
    )
    assert [f.closed for f in findings.find(office.programme, TODAY)] == [False]


def test_a_liaison_sees_what_concerns_the_own_unit_alone(office: Any) -> None:
    post(office.programme, [over(office.units["vet"].pk), over(office.units["agro"].pk), over()], by=office.clerk)
    assert len(findings.find(office.programme, TODAY)) == 3
    assert len(findings.find(office.programme, TODAY, units=frozenset({office.units["vet"].pk}))) == 1


def test_targets_divided_wrongly_are_found(office: Any) -> None:
    set_targets(office.programme, [wish(10), wish(4, unit=office.units["vet"].pk)], by=office.clerk)
    (one,) = findings.find(office.programme, TODAY)
    assert (one.finding.rule, one.finding.message.zh) == ("C31", "2019年投入帮扶资金：分解合计 40000元，与总目标 100000元不符，少 60000元")


def test_every_rule_has_its_words() -> None:
    import inspect
    import re

    assert set(re.findall(r'Finding\("(C\d\d)"', inspect.getsource(checks))) | {"C31"} == set(findings.RULES)


def test_a_ledger_too_large_is_left_to_the_command(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    post(office.programme, [over()], by=office.clerk)
    monkeypatch.setattr(findings, "LARGEST", 0)
    with pytest.raises(findings.LedgerTooLarge):
        findings.find(office.programme, TODAY, waiting=True)
    assert findings.find(office.programme, TODAY)


def test_a_large_ledger_is_examined_beside_the_page(own_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is told to ask again until the one thread for it is through; what goes wrong there is not kept."""
    import threading

    from tests.conftest import build_office

    office = build_office()
    post(office.programme, [over()], by=office.clerk)
    held = threading.Event()
    usual = checks.check

    def slow(*args: Any, **more: Any) -> Any:
        held.wait(20)
        return usual(*args, **more)

    monkeypatch.setattr(findings, "AT_ONCE", 0)
    monkeypatch.setattr(checks, "check", slow)
    with pytest.raises(findings.StillLooking):
        findings.find(office.programme, TODAY, waiting=True)
    held.set()
    findings._under_way[next(iter(findings._under_way))].result(20)
    assert [f.finding.rule for f in findings.find(office.programme, TODAY, waiting=True)] == ["C01"]
    monkeypatch.setattr(checks, "check", lambda *_, **__: 1 // 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            findings.find(office.programme, date(2021, 1, 1), waiting=True)

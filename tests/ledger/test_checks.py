"""Each rule finds what it is for, and leaves alone what is in order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bangfu.ledger import checks, people, places
from bangfu.ledger.models import Voucher
from bangfu.ledger.post import Draft, post

TODAY = date(2020, 12, 31)
DAY = date(2019, 3, 1)


def yuan(amount: int, **more: int) -> dict[str, int]:
    return {"amount": amount * 100, **{name: value * 100 for name, value in more.items()}}


def found(office: Any, *drafts: Draft) -> list[tuple[str, str, list[int]]]:
    """(rule, sentence, which of the drafts), for these drafts in an office that has nothing else."""
    posting = post(office.programme, drafts, by=office.clerk)
    first = posting.programme.entry_set.order_by("pk").values_list("pk", flat=True)[0]
    return [(f.rule, f.message.zh, [e - first for e in f.entries]) for f in checks.check(office.programme, today=TODAY)]


def rules(office: Any, *drafts: Draft) -> dict[str, list[list[int]]]:
    by_rule: dict[str, list[list[int]]] = {}
    for rule, _, entries in found(office, *drafts):
        by_rule.setdefault(rule, []).append(entries)
    return by_rule


def payment(amount: int = 10_000, day: date = DAY, **more: Any) -> Draft:
    more.setdefault("counts_to", "direct_input")
    details = {"document": "川院发〔2019〕1号"} | more.pop("details", {})
    return Draft("payment", day, title="产业路", measures=yuan(amount, **more.pop("measures", {})), details=details, **more)


def test_in_order(office: Any) -> None:
    assert found(office, payment(), payment(20_000)) == []


def test_c01_approval(office: Any) -> None:
    over = payment(12_000, measures={"approved": 10_000})
    bare = payment(details={"document": ""})
    said = found(office, over, bare)
    assert said == [("C01", "支付 12,000 元，超过批准的 10,000 元", [0]), ("C01", "没有对应的项目、会议纪要或文件", [1])]


def test_c03_acceptance(office: Any) -> None:
    one, other, late = people.projects(office.programme, [people.ProjectRow(n) for n in ("饮水", "道路", "路灯")])
    drafts = [
        Draft("project", DAY, title="饮水", category="started", project=one),
        Draft("project", DAY, title="道路", category="started", project=other),
        Draft("project", date(2020, 2, 1), title="道路", category="accepted", project=other),
        Draft("project", date(2020, 6, 1), title="路灯", category="started", project=late),
    ]
    assert rules(office, *drafts) == {"C03": [[0]]}


def test_c05_numbers(office: Any) -> None:
    drafts = [payment(details={"voucher": v}, amount=n) for n, v in enumerate(("记-01", "记-02", " 记-01", ""), 1)]
    assert found(office, *drafts) == [("C05", "凭证号 记-01 用了 2 次", [0, 2])]


def test_c05_payees(office: Any) -> None:
    firm = places.party("甲公司", "firm").pk
    days = [DAY, date(2019, 3, 3), date(2019, 3, 9)]
    assert rules(office, *(payment(day=day, party=firm) for day in days), payment(party=None)) == {"C05": [[0, 1]]}


def test_c06_indicators(office: Any) -> None:
    here = {"place": office.places["甲村"].pk, "unit": office.units["vet"].pk}
    bought = Draft("purchase", date(2019, 3, 2), title="牦牛肉", counts_to="direct_purchase", measures=yuan(10_000), **here)
    later = Draft("purchase", date(2019, 5, 2), title="牦牛肉", counts_to="direct_purchase", measures=yuan(10_000), **here)
    ((rule, sentence, entries),) = found(office, payment(**here), bought, later)
    assert (rule, entries) == ("C06", [0, 1])
    assert "10,000 元疑似计入两个指标" in sentence


def test_c11_identity_numbers(office: Any) -> None:
    wrong, right = people.persons(
        office.programme,
        [people.PersonRow("扎西", "990101198001011230"), people.PersonRow("卓玛", "990101199002024563")],
    )
    aided = [Draft("student_aid", DAY, persons=(p,), measures=yuan(1_000)) for p in (wrong, right)]
    said = found(office, *aided)
    assert ("C11", [0]) in [(rule, entries) for rule, _, entries in said]
    assert all("19800101" not in sentence for _, sentence, _ in said)


def posted(office: Any, person: int, village: str, begin: date, end: date | None, category: str = "first_secretary") -> Draft:
    return Draft("posting", begin, end, category=category, persons=(person,), place=office.places[village].pk)


def test_c23_terms(office: Any) -> None:
    one, other = people.persons(office.programme, [people.PersonRow("扎西"), people.PersonRow("卓玛")])
    villages = [Draft("designation", date(2015, 8, 1), place=office.places[v].pk) for v in ("甲村", "乙村", "丙村")]
    said = found(
        office,
        *villages,
        posted(office, one, "甲村", date(2015, 8, 1), date(2018, 1, 1)),
        posted(office, other, "乙村", date(2018, 1, 1), None),
    )
    assert said == [("C23", "甲村的驻村干部 2017-12-31 期满，没有接任者", [3]), ("C23", "丙村没有在任第一书记的记录", [2])]


def test_c23_two_villages(office: Any) -> None:
    one = people.person(office.programme, "扎西")
    spans = [("甲村", date(2016, 1, 1), date(2018, 1, 1)), ("乙村", date(2017, 6, 1), date(2019, 1, 1)), ("丙村", date(2019, 1, 1), None)]
    said = found(office, *(posted(office, one, *span) for span in spans))
    assert said == [("C23", "同一人同时派驻甲村和乙村（2017-06-01 起）", [0, 1])]


def test_c24_attendances(office: Any) -> None:
    drafts = [Draft("training", DAY, title="电商", measures={"people": 60, "attendances": n}) for n in (59, 60, 180)]
    assert found(office, *drafts) == [("C24", "59 人次少于 60 人", [0])]


def test_c25_origin(office: Any) -> None:
    drafts = [
        Draft("purchase", DAY, title="土豆", counts_to="direct_purchase", measures=yuan(9), place=place)
        for place in (None, office.places["甲村"].pk, None)
    ]
    assert found(office, *drafts) == [("C25", "2 笔采购没有写明产地", [0, 2])]


def test_c26_adoption(office: Any) -> None:
    until = date(2020, 1, 1)
    drafts = [
        Draft("adoption", DAY, until, title="牦牛", counts_to="direct_purchase", details=details)
        for details in ({}, {"delivered": "2019-12-01"}, {"loss": "死亡，已退款"})
    ]
    open_ = Draft("adoption", DAY, date(2022, 1, 1), title="牦牛", counts_to="direct_purchase")
    assert found(office, *drafts, open_) == [("C26", "“牦牛”2019-12-31 到期，没有交付或损失处理的记录", [0])]


def test_c27_collective_income(office: Any) -> None:
    def income(year: int, category: str, amount: int, **more: int) -> Draft:
        return Draft(
            "collective_income", date(year, 1, 1), category=category, place=office.places["甲村"].pk, measures=yuan(amount, **more)
        )

    drafts = [income(2017, "operating", 9), income(2018, "operating", 9), income(2018, "subsidy", 5), income(2019, "operating", 20)]
    assert rules(office, *drafts) == {"C27": [[0, 1, 2]]}
    assert ("C27", "经营收入里含补助收入") in [said[:2] for said in found(office, income(2016, "operating", 9, subsidy=3))]


def test_c29_awards(office: Any) -> None:
    proof = Voucher.objects.create(programme=office.programme, sha256="0" * 64, filename="证书.jpg", size=1, media_type="", by=office.clerk)
    drafts = [
        Draft("award", DAY, title="先进单位"),
        Draft("award", DAY, title="先进单位", details={"document": "川委〔2019〕1号"}),
        Draft("award", DAY, title="先进单位", vouchers=(proof.pk,)),
    ]
    assert found(office, *drafts) == [("C29", "“先进单位”没有表彰文号或佐证", [0])]


def test_c30_rectification(office: Any) -> None:
    def finding(title: str, day: date = DAY, status: str = "open", **details: str) -> Draft:
        return Draft("rectification", day, title=title, facets={"status": status}, details=details)

    drafts = [
        finding("台账不全", deadline="2019-06-01"),
        finding("走访少", deadline="2021-06-01"),
        finding("资金闲置", status="closed"),
        finding("制度缺", status="closed", completed="2019-05-01"),
        finding("走访 少", date(2019, 12, 1), deadline="2021-06-01"),
    ]
    assert found(office, *drafts) == [
        ("C30", "“台账不全”整改时限 2019-06-01 已过，尚未完成", [0]),
        ("C30", "“走访少”一年内再次发现（2019-03-01、2019-12-01）", [1, 4]),
        ("C30", "“资金闲置”已销号，没有完成时间、复查或佐证", [2]),
    ]


def test_c35_days(office: Any) -> None:
    days = [date(2021, 1, 1), date(2014, 12, 31), DAY]
    said = found(office, *(Draft("training", day, title="电商") for day in days))
    assert said == [("C35", "日期 2021-01-01 在今天之后", [0]), ("C35", "日期 2014-12-31 早于项目开始（2015-01-01）", [1])]


def test_every_rule_is_registered_and_says_where_it_comes_from() -> None:
    names = {f.__name__ for f in checks.RULES}
    yielding = {n for n, f in vars(checks).items() if callable(f) and (f.__doc__ or "").startswith("C")}
    assert yielding == names


@pytest.mark.usefixtures("db")
def test_an_empty_ledger_has_no_faults(office: Any) -> None:
    assert checks.check(office.programme, today=TODAY) == []
    assert checks.check(office.elsewhere, today=TODAY) == []

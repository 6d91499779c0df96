"""The set of checked texts: a small ledger, a text, and what must be said of it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.catalogue import Catalogue
from bangfu.claims import read, verify
from bangfu.claims.around import Layout
from bangfu.claims.gazetteer import Gazetteer
from bangfu.claims.verdicts import Verdict
from bangfu.figures import Value

from ..checked.world import World, world  # noqa: TID252

HERE = Path(__file__).resolve().parent.parent / "checked"


def cases(name: str) -> list[Any]:
    found = tomllib.loads((HERE / name).read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases("verdicts.toml"))
def test_a_text_against_the_small_ledger(case: dict[str, Any]) -> None:
    against(case, world())


@pytest.mark.parametrize("case", cases("hospital_texts.toml"))
def test_a_text_against_the_ledger_of_a_hospital(case: dict[str, Any]) -> None:
    against(case, world("hospital.toml"))


def against(case: dict[str, Any], small: World) -> None:
    report = verify.check(read(case["text"]), small.catalogue, small.gazetteer, small.ask, target=small.target, people=small.people)
    told = [(f.claim.quote, f.verdict.value, f.figure.code if f.figure else None, f.judgement.zh) for f in report.findings]
    assert [(f.claim.quote, f.verdict.value) for f in report.findings] == [(quote, verdict) for quote, verdict, _, _ in case["claims"]], (
        told
    )
    for finding, (_, _, figure, slip) in zip(report.findings, case["claims"], strict=True):
        if figure:
            assert finding.figure is not None
            assert finding.figure.code == figure, told
        assert finding.judgement.slip.value == slip, told
        assert finding.judgement.zh
        assert finding.judgement.en
    assert [sorted(c.claims) for c in report.contradictions] == case.get("contradictions", []), [c.zh for c in report.contradictions]


@pytest.mark.parametrize("case", cases("contradictions.toml"))
def test_a_text_against_itself(case: dict[str, Any]) -> None:
    report = verify.check(read(case["text"]), Catalogue({}, {}, {}), Gazetteer(), lambda _code, _words: Value(None, 0))
    assert [sorted(c.claims) for c in report.contradictions] == case["contradictions"], [
        (f.claim.quote, f.claim.subject) for f in report.findings
    ]
    for one in report.contradictions:
        assert one.zh
        assert one.en


def test_a_text_checked_twice_says_the_same() -> None:
    small, text = world(), "\n".join(case.values[0]["text"] for case in cases("verdicts.toml"))
    first, second = (verify.check(read(text), small.catalogue, small.gazetteer, small.ask) for _ in range(2))
    assert [f.judgement for f in first.findings] == [f.judgement for f in second.findings]


def test_many_numbers_cost_no_more_than_their_share() -> None:
    small = world()
    text = "2019年，学校拨付帮扶资金57.6万元，党委专题研究帮扶工作8次。\n" * 100
    report = verify.check(read(text), small.catalogue, small.gazetteer, small.ask)
    assert report.counts["supported"] == report.counts["contradicted"] == 100
    assert report.contradictions == ()


def test_a_sentence_that_never_ends_is_read_in_stretches() -> None:
    text = "投入帮扶资金3万元卫生室改造" * 400
    layout = Layout(text, [(m.start(), m.end()) for m in re.finditer("3万元", text)])
    contexts = [layout.context(i) for i in range(400)]
    assert all(len(c.sentence_text) <= 700 and len(c.clause_text) <= 700 for c in contexts)
    assert all(c.sentence[0] <= c.at[0] < c.at[1] <= c.sentence[1] for c in contexts)


PIECES = [
    "2019年",
    "，",
    "。",
    "学校",
    "培训",
    "其中",
    "分别",
    "合计",
    "3",
    "十余",
    "近",
    "万元",
    "人次",
    "户",
    "%",
    "石桥村",
    "、",
    "占",
    "增长",
    "比上年",
    "\n",
    "（",
    "）",
    "一、",
    "12月31日",
    "\ufffd",
]


@pytest.mark.no_cover
@given(st.lists(st.sampled_from(PIECES), max_size=60))
@settings(max_examples=30, deadline=None)
def test_any_text_gets_a_verdict_for_each_claim(pieces: list[str]) -> None:
    small = world()
    report = verify.check(read("".join(pieces)), small.catalogue, small.gazetteer, small.ask)
    for finding in report.findings:
        assert finding.verdict is not Verdict.supported or finding.claim.quantity.readable
        assert finding.verdict is Verdict.unreadable or finding.claim.quantity.readable
        assert 0 <= finding.binding.confidence <= 1
    for one in report.contradictions:
        assert all(0 <= i < len(report.findings) for i in one.claims)
    assert sum(report.counts.values()) == len(report.findings)

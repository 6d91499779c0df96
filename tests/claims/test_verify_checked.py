"""The set of checked texts: a small ledger, a text, and what must be said of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bangfu.catalogue import Catalogue
from bangfu.claims import read, verify
from bangfu.claims.gazetteer import Gazetteer
from bangfu.figures import Value

from ..checked.world import world  # noqa: TID252

HERE = Path(__file__).resolve().parent.parent / "checked"


def cases(name: str) -> list[Any]:
    found = tomllib.loads((HERE / name).read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases("verdicts.toml"))
def test_a_text_against_the_small_ledger(case: dict[str, Any]) -> None:
    small = world()
    report = verify.check(read(case["text"]), small.catalogue, small.gazetteer, small.ask)
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


@pytest.mark.parametrize("case", cases("contradictions.toml"))
def test_a_text_against_itself(case: dict[str, Any]) -> None:
    report = verify.check(read(case["text"]), Catalogue({}, {}, {}), Gazetteer(), lambda _code, _words: Value(None, 0))
    assert [sorted(c.claims) for c in report.contradictions] == case["contradictions"], [
        (f.claim.quote, f.claim.subject) for f in report.findings
    ]
    for one in report.contradictions:
        assert one.zh
        assert one.en

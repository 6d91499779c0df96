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

HERE = Path(__file__).resolve().parent.parent / "checked"


def cases(name: str) -> list[Any]:
    found = tomllib.loads((HERE / name).read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases("contradictions.toml"))
def test_a_text_against_itself(case: dict[str, Any]) -> None:
    report = verify.check(read(case["text"]), Catalogue({}, {}, {}), Gazetteer(), lambda _code, _words: Value(None, 0))
    assert [sorted(c.claims) for c in report.contradictions] == case["contradictions"], [
        (f.claim.quote, f.claim.subject) for f in report.findings
    ]
    for one in report.contradictions:
        assert one.zh
        assert one.en

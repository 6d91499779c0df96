"""Marks in flat memory say what a dict would say."""

from __future__ import annotations

import random

from bangfu.office.intake import marks
from bangfu.office.intake.marks import Marks


def test_marks_agree_with_a_dict(monkeypatch: object) -> None:
    marks_, known = Marks(), {}
    rng = random.Random(3)
    monkeypatch.setattr(marks, "SMALL", 500)  # type: ignore[attr-defined]
    for row in range(1, 20_000):
        mark = rng.randrange(-5_000, 5_000) << rng.choice([0, 20, 40])
        expected = known.setdefault((mark & 0xFFFFFFFFFFFFFFFF) or 1, row)
        assert marks_.first(mark, row) == expected
        assert mark in marks_
    assert 1 << 60 not in marks_

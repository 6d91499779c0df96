"""Marks in flat memory say what a dict would say."""

from __future__ import annotations

import random

from bangfu.office.intake import marks
from bangfu.office.intake.marks import Marks


def test_marks_agree_with_a_dict(monkeypatch: object) -> None:
    marks_, known = Marks(), {}
    rng = random.Random(3)
    hashes = [rng.getrandbits(64) - (1 << 63) for _ in range(5_000)]
    monkeypatch.setattr(marks, "SMALL", 500)  # type: ignore[attr-defined]
    for row in range(1, 20_000):
        mark = rng.choice(hashes)
        expected = known.setdefault((mark & 0xFFFFFFFFFFFFFFFF) or 1, row)
        assert marks_.first(mark, row) == expected
        assert mark in marks_
    assert 1 << 60 not in marks_

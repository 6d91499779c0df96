"""The demonstration's targets, as its table of tasks says them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from bangfu.office import targets
from bangfu.office.books import Books
from bangfu.office.targets import Key, Sign


def test_the_tasks_of_the_demonstration(demonstration: Any) -> None:
    """2020: 投入 32.38 of 35 万元, technicians divided fifty short of 900; helped sales of 2019 were raised from 75 to 80 万元."""
    stands = targets.standing(demonstration)
    assert {key.year for key in stands} == set(range(2016, 2021))
    of_2020 = targets.standing(demonstration, [2020])
    progress = {p.target.key: p for p in targets.progress(Books(demonstration), of_2020.values(), date(2021, 1, 1))}
    assert progress[Key("direct_input", 2020)].rate == Decimal("92.5")
    assert progress[Key("introduced_funds", 2020)].sign is Sign.REACHED
    unfit = [d for d in targets.divisions(of_2020) if not d.fits]
    assert [(d.figure.code, d.gap) for d in unfit] == [("technicians_trained", -50)]
    steps = targets.history(demonstration, [2019], figure="helped_sales")
    assert [(s.before, s.after) for s in steps if s.key == Key("helped_sales", 2019)] == [(750_000, 800_000), (None, 750_000)]


def test_the_departments_stand_side_by_side(demonstration: Any) -> None:
    """All that were judged whole are placed, at most three in ten of them in the best grade; two are still under way."""
    from bangfu.office import assessing

    scheme = next(s for s in assessing.schemes(2020) if s.code == "department_annual")
    rows = assessing.ranked(Books(demonstration), scheme, 2020)
    assert sorted(unit.name for unit, one, _ in rows if one.open) == ["图书馆", "科研处"]
    placed = [placing for _, _, placing in rows if placing]
    assert len(placed) == 23
    assert len([p for p in placed if p.grade.code == "excellent"]) <= 6
    assert len({p.grade.code for p in placed}) > 1

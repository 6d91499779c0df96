"""Schemes scored from the books: 园艺系 paid 2 of its 5 万元 and 动物医学系 3 of its 3 (as in test_targets)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bangfu.office import assessing
from bangfu.office.assessing import NotJudged, assess, enter, graded, ranked
from bangfu.office.books import Books
from bangfu.office.targets import set_targets
from tests.office.test_targets import paid, wish  # noqa: F401 - a fixture

D = Decimal


@pytest.fixture
def scheme(office: Any) -> Any:
    return next(s for s in assessing.schemes(2019) if s.code == "department_annual")


def judge(office: Any, scheme: Any, unit: str, **texts: str) -> None:
    for item, text in texts.items():
        enter(office.programme, scheme, 2019, office.units[unit].pk, item, text, by=office.clerk)


EVERYTHING = {"returns": "1", "meetings": "0", "vote": "优秀=8，称职=2", "innovation": "7.5", "falsified": "0"}


def test_a_department_is_scored_by_its_own_targets(paid: Any, scheme: Any) -> None:  # noqa: F811
    """动物医学系: its only task done (10 of 10, scaled to 60), one return late (20 − 2), 9.6 by the vote, 7.5 judged: 95.1."""
    vet = paid.units["vet"].pk
    set_targets(paid.programme, [wish(3, unit=vet)], by=paid.clerk)
    one = assess(Books(paid.programme), scheme, 2019, vet)
    assert {line.rule.code for line in one.open} == set(EVERYTHING)
    assert graded(Books(paid.programme), scheme, 2019, vet)[1] is None
    judge(paid, scheme, "vet", **EVERYTHING)
    one, placing = graded(Books(paid.programme), scheme, 2019, vet)
    assert (one.open, one.points, one.full) == ((), D("95.10"), D(100))
    assert placing
    assert placing.working.zh == "95.1 分，优秀名额已满"  # three in ten of one department are none
    assert placing.grade.label.zh == "良好"
    by_code = {line.rule.code: line for line in one.lines}
    assert by_code["input"].target == 30_000
    assert by_code["input"].reached
    assert by_code["input"].reached.value == 30_000
    assert "缺项" in by_code["tasks"].score.working.zh
    assert by_code["bought"].score.working.zh == "本年度没有任务，按缺项计"


def test_what_was_entered_is_kept_and_changed_with_a_reason(paid: Any, scheme: Any) -> None:  # noqa: F811
    judge(paid, scheme, "vet", returns="1")
    unit = paid.units["vet"].pk
    with pytest.raises(NotJudged, match="请写明原因"):
        enter(paid.programme, scheme, 2019, unit, "returns", "2", by=paid.clerk)
    enter(paid.programme, scheme, 2019, unit, "returns", "2", by=paid.clerk, reason="漏计一次")
    enter(paid.programme, scheme, 2019, unit, "returns", "", by=paid.clerk, reason="重新核")
    kept = [(g.value, g.by, g.reason) for g in assessing.steps(paid.programme, scheme, 2019, unit)]
    assert kept == [(None, "clerk", "重新核"), (D(2), "clerk", "漏计一次"), (D(1), "clerk", "")]
    assert "returns" in {line.rule.code for line in assess(Books(paid.programme), scheme, 2019, unit).open}


@pytest.mark.parametrize(
    ("item", "text", "why"),
    [
        ("bought", "1", "不是要录入的"),
        ("nothing", "1", "不是要录入的"),
        ("returns", "一些", "不是数"),
        ("returns", "1.5", "整数"),
        ("returns", "-1", "整数"),
        ("innovation", "11", "应在 0 到 10 之间"),
        ("innovation", "NaN", "不小于 0"),
        ("vote", "很好=3", "票只能投给"),
        ("vote", "无", "请写成"),
    ],
)
def test_what_does_not_fit_is_refused(office: Any, scheme: Any, item: str, text: str, why: str) -> None:
    with pytest.raises(NotJudged, match=why):
        judge(office, scheme, "vet", **{item: text})


def test_departments_stand_side_by_side(paid: Any, scheme: Any) -> None:  # noqa: F811
    """动物医学系 95.1; 园艺系 2 of 5 万元 (4 of 10, scaled to 24) + 18 + 9.6 + 7.5 = 59.1; a veto brings its tasks to nothing and to the last grade."""
    vet, agro = paid.units["vet"].pk, paid.units["agro"].pk
    set_targets(paid.programme, [wish(3, unit=vet), wish(5, unit=agro)], by=paid.clerk)
    judge(paid, scheme, "vet", **EVERYTHING)
    rows = ranked(Books(paid.programme), scheme, 2019)
    assert [(unit.name, placing.rank if placing else None) for unit, _, placing in rows] == [("动物医学系", 1), ("园艺系", None)]
    judge(paid, scheme, "agro", **EVERYTHING)
    rows = ranked(Books(paid.programme), scheme, 2019)
    assert [(one.points, placing and placing.grade.code) for _, one, placing in rows] == [
        (D("95.10"), "good"),
        (D("59.10"), "failed"),
    ]  # 30 % of two is none
    enter(paid.programme, scheme, 2019, vet, "falsified", "1", by=paid.clerk, reason="举报查实")
    _, one, placing = next(row for row in ranked(Books(paid.programme), scheme, 2019) if row[0].pk == vet)
    assert one.marking.vetoed
    assert one.points == D("30.10")  # 18 + 9.6 + 7.5 − 5
    assert placing
    assert placing.grade.code == "failed"
    assert all(line.score.points == 0 for line in one.lines if line.rule.code in {"tasks", "input", "bought"})


def test_a_department_scores_itself_beside(paid: Any, scheme: Any) -> None:  # noqa: F811
    """It gives itself 10 for what the ledger gives 4 (2 of 5 万元); its points never enter the score."""
    agro = paid.units["agro"].pk
    set_targets(paid.programme, [wish(5, unit=agro)], by=paid.clerk)
    before = assess(Books(paid.programme), scheme, 2019, agro).points
    for item, points in (("input", "9"), ("input", "10"), ("innovation", "8.5"), ("vote", "9"), ("vote", "")):
        assessing.claim(paid.programme, scheme, 2019, agro, item, points, by=paid.liaison)
    one = assess(Books(paid.programme), scheme, 2019, agro)
    by_code = {line.rule.code: line.layers for line in one.lines}
    assert (one.points, one.self_score) == (before, D("18.5"))
    assert (by_code["input"].changed, by_code["input"].standing and by_code["input"].standing.points) == (D(-6), D(4))
    assert by_code["innovation"].final_score is None
    assert by_code["vote"].self_score is None
    for item, points in (("input", "11"), ("input", "x"), ("input", "1.234"), ("tasks", "1"), ("nothing", "1")):
        with pytest.raises(NotJudged):
            assessing.claim(paid.programme, scheme, 2019, agro, item, points, by=paid.liaison)


def test_the_programme_is_scored_by_a_scheme_of_helpers(paid: Any) -> None:  # noqa: F811
    """投入: 5 of 10 万元 are 6 of 12 points."""
    set_targets(paid.programme, [wish(10, 2021), wish(10)], by=paid.clerk)
    whole = assessing.schemes(2021)[0]
    assert (whole.assesses, assessing.holds(whole, 2021), assessing.holds(whole, 2019)) == ("unit", True, False)
    one = assess(Books(paid.programme), whole, 2019)
    (line,) = (x for x in one.lines if x.rule.code == "input")
    assert (line.score.points, line.depth) == (D(6), 1)
    with pytest.raises(NotJudged, match="不考核部门"):
        enter(paid.programme, whole, 2021, paid.units["vet"].pk, "innovation", "1", by=paid.clerk)

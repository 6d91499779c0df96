"""The scoring primitives of domain.md 5.14, (a) to (l), each with a number from a real table where there is one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.catalogue import CatalogueError, Scheme, load
from bangfu.catalogue.shapes import Grade, How, Label, Rule
from bangfu.figures import Value
from bangfu.scoring import Answer, Judgement, Layers, Marking, Score, State, answers, leaves, mark, place, score

D = Decimal


def rule(how: How, points: int | str = 10, **more: Any) -> Rule:
    decimals = {k: D(str(v)) if k in {"each", "step", "floor", "cap", "target"} and v is not None else v for k, v in more.items()}
    return Rule(code=str(decimals.pop("code", how.value)), label=Label("项", "item"), how=how, points=D(points), **decimals)


def points(one: Rule, reached: Any, target: Any = None) -> Decimal:
    return score(one, None if reached is None else D(str(reached)), None if target is None else D(str(target))).points


# ── (a) to (e), (h): one number, one target ──────────────────────────────────────────────────────────────────────────


def test_a_threshold_gives_all_or_nothing() -> None:
    """domain.md 5.2: 减贫人口完成率, 15 points; 100 % gives full, one person short gives 0."""
    one = rule(How.THRESHOLD, 15)
    assert points(one, 100, 100) == 15
    assert points(one, "99.9", 100) == 0
    assert points(one, 120, 100) == 15


def test_a_threshold_may_be_a_ceiling() -> None:
    """domain.md 5.3: more than 5 % wrong gives 0."""
    one = rule(How.THRESHOLD, 10, at_most=True)
    assert points(one, 5, 5) == 10
    assert points(one, "5.1", 5) == 0
    assert points(one, 0, 5) == 10


def test_b_ratio_gives_in_proportion_up_to_the_cap() -> None:
    one = rule(How.RATIO, 12)
    assert points(one, 80, 100) == D("9.6")
    assert points(one, 150, 100) == 12
    assert points(replace(one, cap=D("1.2")), 150, 100) == D("14.4")
    assert points(one, 1, 3) == 4
    assert points(one, 2, 7) == D("3.43"), "two places, half up"


def test_c_so_much_off_per_tenth_of_a_percentage_point() -> None:
    """domain.md 5.2: 义务教育, 4 points, −1 per 0.1 percentage point."""
    one = rule(How.SHORTFALL, 4, step="0.1", each=1)
    assert points(one, "99.8", 100) == 2
    assert points(one, "99.85", 100) == 3, "only whole steps count"
    assert points(one, "99.0", 100) == 0, "the floor"
    assert points(one, 101, 100) == 4


def test_d_so_much_off_per_case_down_to_a_floor() -> None:
    """domain.md 5.4: −2 per missing meeting, floor 0."""
    one = rule(How.CASES, 10, each=2)
    assert points(one, 0) == 10
    assert points(one, 3) == 4
    assert points(one, 30) == 0
    assert points(replace(one, floor=D(4)), 30) == 4


def test_e_a_deduction_without_floor() -> None:
    """domain.md 5.5: −1 each household not contacted, 本项扣分不保底."""
    assert points(rule(How.CASES, 10, each=1, floor=None), 25) == -15


def test_h_a_bonus_has_a_ceiling() -> None:
    """domain.md 5.7: up to 10 points on top."""
    one = rule(How.BONUS, 0, each=4, cap=10)
    assert [points(one, n) for n in (0, 1, 2, 3, 9)] == [0, 4, 8, 10, 10]


def test_j_a_vote_is_converted_at_the_weight_of_each_word() -> None:
    one = rule(How.VOTE, 8, weights={"满意": D(1), "基本满意": D("0.7"), "不满意": D(0)})
    assert score(one, {"满意": 30, "基本满意": 5}).points == D("7.66")
    assert score(one, {"不满意": 3}).points == 0
    assert score(one, {}).state is State.OPEN, "no ballots are no bad vote"
    with pytest.raises(ValueError, match="弃权"):
        score(one, {"满意": 30, "弃权": 1})
    with pytest.raises(ValueError, match="票只能投给"):
        score(one, D(35))


def test_points_by_a_reviewer_stay_within_the_full_mark() -> None:
    assert points(rule(How.JUDGED), "8.5") == D("8.5")
    with pytest.raises(ValueError, match="0 到 10"):
        score(rule(How.JUDGED), D(11))


def test_what_is_not_known_is_open_and_what_has_no_task_is_left_out() -> None:
    one = rule(How.RATIO)
    assert score(one, None, D(5)).state is State.OPEN
    assert score(one, D(5), None).state is State.OPEN
    assert score(one, D(5), D(0)).state is State.OPEN, "a ratio to nothing says nothing"
    assert score(replace(one, optional=True), D(5), None).state is State.LEFT_OUT
    assert score(replace(one, target=D(5)), D(5)).points == 10, "the rule's own target"


def test_a_sum_is_no_leaf_and_one_number_is_no_vote() -> None:
    with pytest.raises(ValueError, match="sum of its parts"):
        score(rule(How.SUM, parts=(rule(How.RATIO),)), D(1))
    with pytest.raises(ValueError, match="is no vote"):
        score(rule(How.CASES, each=1), {"满意": 1})


def test_every_score_says_how_it_came_about() -> None:
    said = score(rule(How.CASES, 10, each=2), D(30)).working
    assert said.zh == "30 处，每处扣 2，扣 60，最低 0，得 0 分"
    assert said.en == "30 cases, 2 off for each, 60 off, but not below 0: 0 points"


# ── (f), (g), (i): a scheme ──────────────────────────────────────────────────────────────────────────────────────────


def scheme(*items: Rule) -> Scheme:
    grades = (Grade("good", Label("好", "good"), D(90), D(30)), Grade("poor", Label("差", "poor"), D(0)))
    return Scheme("x", Label("考核", "assessment"), "unit", Label("", ""), items, grades)


def marked(one: Scheme, **reached: Any) -> Marking:
    return mark(one, {code: Answer(None if v is None else D(str(v)), D(100)) for code, v in reached.items()})


def test_f_items_are_the_sum_of_their_parts() -> None:
    one = scheme(rule(How.SUM, 30, code="all", parts=(rule(How.RATIO, 20, code="a"), rule(How.RATIO, 10, code="b"))))
    found = marked(one, a=50, b=100)
    assert found.total.points == 20
    assert found.items["all"].parts["a"].points == 10


def test_g_an_item_without_a_task_is_scaled_up() -> None:
    """domain.md 5.3: 没有年度任务的按缺项考核计分."""
    one = scheme(rule(How.RATIO, 60, code="a"), rule(How.RATIO, 40, code="b", optional=True))
    found = mark(one, {"a": Answer(D(80), D(100)), "b": Answer(D(7), None)})
    assert found.total.points == 80, "48 of 60 points are 80 of 100"
    assert found.items["b"].state is State.LEFT_OUT
    assert found.total.state is State.SCORED
    assert "缺项 40 分" in found.total.working.zh
    inside = scheme(rule(How.SUM, 100, code="all", parts=one.items))
    assert mark(inside, {"a": Answer(D(80), D(100))}).items["all"].points == 80
    nothing = scheme(rule(How.RATIO, 100, code="a", optional=True))
    assert mark(nothing, {}).total.state is State.LEFT_OUT


def test_i_a_veto_brings_its_items_to_nothing_and_takes_more() -> None:
    """domain.md 5.7: false data: the item scores 0 and a further −5 each, up to −55."""
    veto = rule(How.VETO, 0, code="false", each=5, floor=-55, zeroes=("a",))
    one = scheme(
        rule(How.SUM, 60, code="all", parts=(rule(How.RATIO, 40, code="a"), rule(How.RATIO, 20, code="b"))),
        rule(How.RATIO, 40, code="c"),
        veto,
    )
    assert marked(one, a=100, b=100, c=100, false=0).total.points == 100
    found = marked(one, a=100, b=100, c=100, false=2)
    assert found.vetoed
    assert found.items["all"].parts["a"].points == 0
    assert found.total.points == 20 + 40 - 10
    assert marked(one, a=100, b=100, c=100, false=40).total.points == 60 - 55


def test_a_total_with_open_items_names_them() -> None:
    one = scheme(
        rule(How.SUM, 60, code="all", parts=(rule(How.RATIO, 40, code="a"), rule(How.RATIO, 20, code="b"))), rule(How.RATIO, 40, code="c")
    )
    found = marked(one, a=100)
    assert found.total.state is State.OPEN
    assert found.total.open == ("b", "c")
    assert found.total.points == 40


def test_a_bonus_comes_on_top() -> None:
    one = scheme(rule(How.RATIO, 100, code="a"), rule(How.BONUS, 0, code="more", each=2, cap=10))
    assert marked(one, a=100, more=9).total.points == 110
    assert mark(one, {"a": Answer(D(100), D(100)), "more": Answer(D(0))}).total.points == 100


# ── (k) and (l) ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_k_three_scores_stand_side_by_side() -> None:
    layers = Layers(Judgement(D(9), "继续教育学院"), Judgement(D(8), "帮扶办", "缺签到表", (4,)))
    assert layers.standing == layers.review_score
    assert layers.changed == -1
    final = replace(layers, final_score=Judgement(D("8.5"), "领导小组"))
    assert final.standing == final.final_score
    assert final.self_score == Judgement(D(9), "继续教育学院"), "nothing is overwritten"
    assert Layers().standing is None
    assert Layers().changed == 0


GRADES = (
    Grade("good", Label("好", "good"), D(90), D(30)),
    Grade("fair", Label("较好", "fair"), D(75), D(40)),
    Grade("poor", Label("一般", "poor"), D(0)),
)


def placed(*totals: int, barred: str = "") -> list[tuple[int, str]]:
    found = place({f"u{n}": D(t) for n, t in enumerate(totals)}, GRADES, frozenset({barred} if barred else ()))
    return [(found[f"u{n}"].rank, found[f"u{n}"].grade.code) for n in range(len(totals))]


def test_l_rank_and_quota() -> None:
    assert placed(95, 92, 91, 90, 76, 60, 50, 40, 30, 20) == [
        (1, "good"), (2, "good"), (3, "good"), (4, "fair"), (5, "fair"), (6, "poor"), (7, "poor"), (8, "poor"), (9, "poor"), (10, "poor"),
    ]  # fmt: skip


def test_l_equal_points_share_a_rank_and_are_not_torn_apart() -> None:
    assert placed(99, 95, 95, 95, 20, 20, 20, 20, 20, 20)[:5] == [(1, "good"), (2, "fair"), (2, "fair"), (2, "fair"), (5, "poor")]


def test_l_nobody_overtakes_a_group_that_did_not_fit() -> None:
    assert placed(95, 95, 95, 95, 91, 1, 1, 1, 1, 1)[:5] == [(1, "fair"), (1, "fair"), (1, "fair"), (1, "fair"), (5, "poor")]


def test_l_a_vetoed_object_comes_to_the_last_grade_and_takes_nobodys_place() -> None:
    assert placed(99, 98, 97, 96, 20, 20, 20, 20, 20, 20, barred="u0")[:4] == [(1, "poor"), (2, "good"), (3, "good"), (4, "good")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 110), max_size=15))
def test_grades_never_rise_as_points_fall_and_quotas_hold(totals: list[int]) -> None:
    found = placed(*totals)
    codes = [g.code for g in GRADES]
    by_points = sorted(zip(totals, found, strict=True), key=lambda pair: -pair[0])
    assert [codes.index(g) for _, (_, g) in by_points] == sorted(codes.index(g) for _, (_, g) in by_points)
    for grade in GRADES[:-1]:
        assert sum(g == grade.code for _, g in found) <= len(totals) * (grade.quota or 0) / 100


@settings(max_examples=80, deadline=None)
@given(st.decimals(0, 1000, places=1), st.decimals(0, 1000, places=1), st.sampled_from([How.THRESHOLD, How.RATIO, How.SHORTFALL]))
def test_more_is_never_worse_and_no_score_leaves_its_range(low: Decimal, more: Decimal, how: How) -> None:
    one = rule(how, 10, each=1, step="0.1")
    scores = [score(one, reached, D(500)).points for reached in sorted([low, more])]
    assert scores == sorted(scores)
    assert all(0 <= s <= 10 for s in scores)


# ── the scheme that comes with Bangfu ────────────────────────────────────────────────────────────────────────────────


@cache
def example() -> Scheme:
    return load().schemes["helper_unit_annual"]


def test_the_example_scheme_is_scored_from_the_ledger() -> None:
    one = example()
    ledger = {r.figure: Value(D(80), 3) for r in leaves(one.items) if r.figure} | {"awards_high": Value(D(1), 1)}
    targets = {r.code: D(100) for r in leaves(one.items) if r.how in {How.RATIO, How.THRESHOLD, How.SHORTFALL} and r.code != "sold"}
    entered = {"sessions": D(1), "absences": D(0), "satisfaction": {"满意": 9, "基本满意": 1}, "innovation": D(8), "falsified": D(0)}
    found = mark(one, answers(one, ledger.__getitem__, targets, entered))
    assert found.total.state is State.SCORED
    results = found.items["results"]
    assert results.parts["sold"].state is State.LEFT_OUT
    assert results.parts["satisfaction"].points == D("7.76")
    assert results.points == ((D("9.6") + 4 * D("4.8") - D("4.8") + D("4.8") + D("7.76")) * 50 / 44).quantize(D("0.01"))
    assert found.items["honours"].points == 2
    assert found.total.points == sum(s.points for s in found.items.values())


def test_the_example_scheme_uses_every_primitive() -> None:
    hows = {r.how for r in example().items} | {r.how for r in leaves(example().items)}
    assert hows == set(How)
    assert any(r.optional for r in leaves(example().items))
    assert any(r.floor is None for r in leaves(example().items) if r.how is How.CASES)
    assert any(g.quota for g in example().grades)


def test_a_scheme_that_does_not_add_up_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.toml").write_text(
        """
zh = "考核"
en = "Assessment"
assesses = "everybody"
note_zh = "…"
note_en = "…"
points = 100

[[items]]
code = "a"
zh = "甲"
en = "A"
points = 60.5
how = "ratio"
figure = "nothing"

[[items]]
code = "a"
zh = "乙"
en = "B"
how = "cases"
points = 10
zeroes = ["c"]
""",
        encoding="utf-8",
    )
    with pytest.raises(CatalogueError) as refused:
        load(tmp_path)
    said = "\n".join(refused.value.faults)
    for one in (
        "mine.toml: assesses: 'everybody' is not one of",
        "mine.toml items[1]: figure: 'nothing' is not one of",
        "mine.toml items[2]: each: missing",
        "mine.toml: items: two items are called a",
        "mine.toml: items a: zeroes c, which is no item",
        "mine.toml: points: the scheme says 100, its items add up to 70.5",
        "mine.toml: grades: the last should begin at 0",
    ):
        assert one in said, said


def test_scores_are_plain_data() -> None:
    assert score(rule(How.CASES, 10, each=2), D(1)) == Score(D(8), D(10), score(rule(How.CASES, 10, each=2), D(1)).working)

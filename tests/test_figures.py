"""What each figure means: a small ledger in the docstring, a number expected. SQL is held to these meanings elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.catalogue import Catalogue, load
from bangfu.catalogue.loader import COMBINATIONS
from bangfu.catalogue.shapes import Figure, Fold
from bangfu.figures import COMBINE, FOLDS, Fact, Slice, Value, evaluate, trace, within
from bangfu.quantities import from_parts
from tests.ledgers import ledger

SIX_YEARS = Slice(begin=date(2015, 1, 1), end=date(2021, 1, 1))
NEW_DRAGON, RED_VALLEY = frozenset({1, 3}), frozenset({2, 4, 5})  # two counties, with the villages 3, and 4 and 5


@cache
def catalogue() -> Catalogue:
    return load()


def asked(code: str, told: Callable[..., Any] | str, slice_: Slice = SIX_YEARS) -> Decimal | None:
    return answer(code, told, slice_).value


def answer(code: str, told: Callable[..., Any] | str, slice_: Slice = SIX_YEARS) -> Value:
    known = catalogue()
    return evaluate(known.figures[code], ledger(told, known), slice_, known.figures)


# ── folds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sum_adds_up_what_was_paid_given_and_donated() -> None:
    """Ledger:
    payment 2018-05-03 amount=50000 counts_to=direct_input
    payment 2018-05-04 amount=9000 counts_to=introduced_funds
    donation 2019-01-01 amount=1200.55 counts_to=direct_input
    donation_money 2019-02-01 amount=300 counts_to=direct_input
    donation 2019-03-01 quantity=3 counts_to=direct_input
    """
    told = test_a_sum_adds_up_what_was_paid_given_and_donated
    assert asked("direct_input", told) == Decimal("51500.55")
    assert answer("direct_input", told).entries == 3, "goods without proof of value carry none"
    assert asked("introduced_funds", told) == 9000


def test_nothing_sums_to_nothing() -> None:
    assert answer("direct_input", "") == Value(Decimal(0), 0)


def test_one_payment_reaches_one_core_indicator() -> None:
    """Invariant 11, on the side of the catalogue: no figure of the six admits two indicators, no two admit the same one.

    purchase 2019-05-03 amount=100 counts_to=direct_purchase
    adoption 2019-05-03 amount=40 counts_to=direct_purchase category=animal
    helped_sale 2019-05-03 amount=7 counts_to=helped_sales
    purchase 2019-05-03 amount=1000 counts_to=none
    """
    told = test_one_payment_reaches_one_core_indicator
    assert asked("direct_purchase", told) == 140, "the indicator is purchases and adoption fees"
    assert asked("purchases", told) == 100, "purchases alone are purchases alone"
    assert asked("helped_sales", told) == 7
    core = [f for f in catalogue().core() if f.unit == "CNY"]
    assert sorted(f.where["counts_to"] for f in core) == [("direct_input",), ("direct_purchase",), ("helped_sales",), ("introduced_funds",)]
    assert all(catalogue().kinds[k].money for f in core for k in f.kinds)


def test_budgets_of_projects_and_bases_are_in_no_total_of_money() -> None:
    """Ledger:
    project 2018-03-01 amount=900000 project=1 category=started
    industry_base 2018-03-01 amount=400000 title=大棚 category=greenhouse
    """
    told = test_budgets_of_projects_and_bases_are_in_no_total_of_money
    assert asked("direct_input", told) == asked("introduced_funds", told) == asked("direct_purchase", told) == 0
    assert asked("project_budget", told) == 900000


def test_a_count_counts_entries() -> None:
    """Ledger:
    meeting 2016-03-01 category=committee
    meeting 2016-03-01 category=leading_group
    meeting 2016-04-01 category=study
    meeting 2016-05-01 category=party_lecture
    """
    told = test_a_count_counts_entries
    assert [asked(c, told) for c in ("special_sessions", "study_sessions", "party_lectures")] == [2, 1, 1]


def test_distinct_counts_each_person_once_and_attendances_every_time() -> None:
    """Ledger:
    student_aid 2018-09-01 person=1 amount=2000
    student_aid 2019-03-01 person=1 amount=2000
    student_aid 2019-03-01 person=2 amount=1000
    """
    told = test_distinct_counts_each_person_once_and_attendances_every_time
    assert asked("students_aided", told) == 2
    assert asked("student_aid_times", told) == 3
    assert asked("student_aid_per_person", told) == 2500
    assert asked("students_aided", told, Slice(date(2019, 1, 1), date(2020, 1, 1))) == 2, "in each year for itself"


def test_several_persons_in_one_entry_are_several_persons() -> None:
    """Ledger:
    award 2019-10-01 person=7,8 level=province title=先进个人
    award 2020-10-01 person=8 level=province title=先进个人
    award 2020-11-01 unit=1 level=province title=先进集体
    award 2020-12-01 person=9 level=national title=优秀教师
    """
    told = test_several_persons_in_one_entry_are_several_persons
    assert asked("persons_honoured_province", told) == 2
    assert asked("units_honoured_province", told) == 1
    assert asked("persons_honoured_nation", told) == 1


def test_last_takes_the_latest_of_each_as_at_the_last_day() -> None:
    """Ledger:
    enrolment 2018-09-01 title=甘孜州 people=300 nine_plus_three=20
    enrolment 2020-09-01 title=甘孜州 people=500 nine_plus_three=30
    enrolment 2019-09-01 title=凉山州 people=600
    """
    told = test_last_takes_the_latest_of_each_as_at_the_last_day
    assert asked("students_enrolled", told) == 1100
    assert asked("students_nine_plus_three", told) == 30
    assert asked("students_enrolled", told, Slice(end=date(2020, 1, 1))) == 900
    assert asked("students_enrolled", told, Slice(date(2021, 1, 1), date(2022, 1, 1))) == 1100, "a stock stands until it is counted again"


def test_of_two_on_the_same_day_the_later_entry_is_the_last() -> None:
    """Ledger:
    enrolment 2020-09-01 title=甘孜州 people=500
    enrolment 2020-09-01 title=甘孜州 people=501
    """
    assert asked("students_enrolled", test_of_two_on_the_same_day_the_later_entry_is_the_last) == 501


def test_standing_is_what_still_holds_on_the_last_day() -> None:
    """Ledger:
    posting 2015-08-01..2017-08-31 person=1 place=3 category=first_secretary
    posting 2019-09-01.. person=2 place=3 category=first_secretary
    posting 2018-09-01..2020-12-31 person=3 place=4 category=team_member
    """
    told = test_standing_is_what_still_holds_on_the_last_day
    assert asked("cadres_in_post", told) == 2, "until 31 December still is in post on that day"
    assert asked("cadres_in_post", told, Slice(end=date(2017, 8, 31))) == 1
    assert asked("cadres_in_post", told, Slice(end=date(2017, 9, 2))) == 0
    assert asked("cadres_in_post", told, Slice()) == 1, "without an end only what is open stands"
    assert asked("posted_cadres", told) == 3
    assert asked("posted_cadres", told, Slice(date(2018, 1, 1), date(2019, 1, 1))) == 1


def test_a_standing_measure_is_added_up() -> None:
    """Ledger:
    industry_base 2016-01-01.. title=甲 area=12.5 category=planting
    industry_base 2017-01-01..2018-12-31 title=乙 area=100 category=planting
    industry_base 2018-01-01.. title=甲 area=0.5 category=planting
    """
    told = test_a_standing_measure_is_added_up
    assert asked("base_area", told) == 13
    assert asked("demonstration_bases", told) == 1, "of the same name one"


def test_a_pairing_whose_helper_changed_is_one_household() -> None:
    """Ledger:
    pairing 2015-05-01..2018-04-30 household=1 person=11
    pairing 2018-05-01.. household=1 person=12
    pairing 2015-05-01.. household=2 person=11
    """
    told = test_a_pairing_whose_helper_changed_is_one_household
    assert asked("households_paired", told) == asked("households_ever_paired", told) == 2
    assert asked("helpers_paired", told) == 2


def test_what_is_counted_by_must_be_known() -> None:
    """Ledger:
    planning 2018-01-01 title=无地点
    planning 2018-01-01 title=有地点 place=1
    """
    told = test_what_is_counted_by_must_be_known
    assert answer("planning_places", told) == Value(Decimal(1), 2), "an entry without a place adds no place, but stands in the trace"


# ── slices ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_counts_where_it_begins() -> None:
    """Ledger:
    lecture 2015-12-31 sessions=1
    lecture 2016-01-01 sessions=2
    lecture 2016-12-31..2017-01-02 sessions=4
    lecture 2017-01-01 sessions=8
    """
    assert asked("lectures", test_an_entry_counts_where_it_begins, Slice(date(2016, 1, 1), date(2017, 1, 1))) == 6


def test_places_units_and_projects_narrow() -> None:
    """Ledger:
    payment 2018-01-01 amount=1 counts_to=direct_input place=3 unit=1 project=1
    payment 2018-01-01 amount=2 counts_to=direct_input place=4 unit=2
    payment 2018-01-01 amount=4 counts_to=direct_input
    """
    told = test_places_units_and_projects_narrow
    assert asked("direct_input", told, replace(SIX_YEARS, places=NEW_DRAGON)) == 1
    assert asked("direct_input", told, replace(SIX_YEARS, units=frozenset({2}))) == 2
    assert asked("direct_input", told, replace(SIX_YEARS, project=1)) == 1
    assert asked("direct_input", told, replace(SIX_YEARS, places=frozenset())) == 0


def test_inside_and_outside_the_designated_villages_make_the_whole() -> None:
    """Ledger:
    payment 2018-01-01 amount=1 counts_to=direct_input place=3
    payment 2018-01-01 amount=2 counts_to=direct_input place=1
    payment 2018-01-01 amount=4 counts_to=direct_input
    """
    told = test_inside_and_outside_the_designated_villages_make_the_whole
    slice_ = replace(SIX_YEARS, designated=frozenset({3}))
    assert asked("direct_input_designated", told, slice_) == 1
    assert asked("direct_input_outside", told, slice_) == 6, "a payment without a village lies outside"
    assert asked("direct_input", told, slice_) == 7


def test_only_the_words_of_where_are_admitted() -> None:
    """Ledger:
    training 2018-01-01 sessions=2 attendances=90 category=cadre
    training 2018-01-01 sessions=1 attendances=60 category=technician
    training 2018-01-01 sessions=1 attendances=30
    """
    told = test_only_the_words_of_where_are_admitted
    assert asked("cadres_trained", told) == 90
    assert asked("technicians_trained", told) == 60
    assert asked("training_attendances", told) == 180


# ── combinations ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_difference_takes_the_provincial_courses_away() -> None:
    """Ledger:
    training 2018-01-01 sessions=9 attendances=1950 level=province
    training 2018-01-01 sessions=28 attendances=3050 level=county
    training 2018-01-01 sessions=1 attendances=40
    """
    told = test_a_difference_takes_the_provincial_courses_away
    assert asked("local_trainings", told) == 29
    assert answer("local_attendances", told) == Value(Decimal(3090), 4)


def test_a_total_adds_what_is_known() -> None:
    """Ledger:
    payment 2018-01-01 amount=10 counts_to=direct_input
    fund_brought_in 2018-01-01 amount=5 counts_to=introduced_funds
    """
    assert asked("funds_total", test_a_total_adds_what_is_known) == 15


def test_a_ratio_is_of_the_same_households() -> None:
    """Ledger:
    household_income 2018-01-01 household=1 people=4 amount=20000 increase=4000
    household_income 2019-01-01 household=1 people=5 amount=25000 increase=8500
    household_income 2019-01-01 household=2 people=3 amount=15000 increase=5100
    """
    told = test_a_ratio_is_of_the_same_households
    assert asked("income_per_person", told) == 5000
    assert asked("income_increase_per_person", told) == 1700
    assert asked("income_increase_per_person", told, Slice(end=date(2019, 1, 1))) == 1000


def test_a_ratio_over_nothing_says_nothing() -> None:
    """Ledger:
    rectification 2018-01-01 status=closed
    rectification 2018-01-01 status=open
    rectification 2018-01-01 status=open
    """
    assert answer("rectification_rate", "") == Value(None, 0)
    assert asked("rectification_rate", test_a_ratio_over_nothing_says_nothing) == Decimal("33.33")
    assert answer("income_increase_per_person", "household_income 2018-01-01 household=1 people=4 amount=2").value is None


def test_least_and_most_look_over_the_villages() -> None:
    """Ledger:
    village_profile 2015-01-01 place=3 altitude=3480
    village_profile 2015-01-01 place=4 altitude=3150.5
    village_profile 2018-01-01 place=4 altitude=3160
    village_profile 2015-01-01 place=9 altitude=500
    """
    told = test_least_and_most_look_over_the_villages
    slice_ = replace(SIX_YEARS, compared=(frozenset({3}), frozenset({4}), frozenset({5})))
    assert asked("altitude_least", told, slice_) == 3160, "a village that is not compared does not count, nor one without a profile"
    assert asked("altitude_most", told, slice_) == 3480
    assert asked("altitude_most", told, replace(slice_, places=RED_VALLEY)) == 3160
    assert asked("altitude_least", told) is None, "nothing to compare"


def test_reached_counts_the_counties_with_anything() -> None:
    """Ledger:
    purchase 2019-01-01 amount=5 counts_to=direct_purchase place=3
    purchase 2019-01-01 amount=5 counts_to=direct_purchase place=5
    purchase 2019-01-01 amount=5 counts_to=direct_purchase place=2
    purchase 2019-01-01 amount=5 counts_to=direct_purchase place=77
    """
    told = test_reached_counts_the_counties_with_anything
    slice_ = replace(SIX_YEARS, counties=(NEW_DRAGON, RED_VALLEY, frozenset({6})))
    assert answer("purchase_counties", told, slice_) == Value(Decimal(2), 3)
    assert asked("purchase_counties", told, replace(slice_, places=NEW_DRAGON)) == 1
    assert asked("purchase_counties", told, replace(slice_, begin=date(2020, 1, 1))) == 0


def test_every_combination_and_every_fold_has_a_meaning() -> None:
    assert set(COMBINATIONS) == set(COMBINE)
    assert set(Fold) == set(FOLDS)


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

DAYS = st.dates(date(2014, 12, 1), date(2016, 2, 1))
SOME = st.none() | st.integers(1, 4)


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        kind = catalogue().kinds[draw(st.sampled_from(sorted(catalogue().kinds)))]
        choices = {f.name: [c.code for c in f.choices] for f in kind.fields.values() if f.choices and not f.personal}
        picked = {name: draw(st.sampled_from(["", *codes[:3]])) for name, codes in choices.items()}
        begin = draw(DAYS)
        made.append(
            Fact(
                number,
                kind.code,
                begin,
                draw(st.none() | st.dates(begin, date(2016, 3, 1))) if kind.state else begin,
                category=picked.pop("category", ""),
                counts_to=picked.pop("counts_to", ""),
                title=draw(st.sampled_from(["", "甲", "乙"])),
                unit=draw(SOME),
                place=draw(SOME),
                party=draw(SOME),
                project=draw(SOME),
                household=draw(SOME),
                persons=tuple(sorted(draw(st.sets(st.integers(1, 4), max_size=3)))),
                facets={name: word for name, word in picked.items() if word},
                measures={f.name: draw(st.integers(0, 10**6)) for f in kind.measures() if draw(st.booleans())},
            ),
        )
    return made


SLICES = st.builds(
    Slice,
    begin=st.none() | DAYS,
    end=st.none() | DAYS,
    places=st.none() | st.frozensets(st.integers(1, 4)),
    designated=st.frozensets(st.integers(1, 4)),
)


@settings(max_examples=20, deadline=None)
@given(facts(), SLICES)
def test_a_trace_adds_up_to_its_figure(entries: list[Fact], slice_: Slice) -> None:
    for figure in folded():
        shares = list(trace(figure, entries, slice_))
        value = evaluate(figure, entries, slice_)
        assert from_parts(sum(s.parts for s in shares), figure.unit) == value.value
        assert len({s.fact.id for s in shares}) == value.entries == len(shares)
        assert [(s.fact.begin, s.fact.id) for s in shares] == sorted((s.fact.begin, s.fact.id) for s in shares)


@settings(max_examples=20, deadline=None)
@given(facts(), st.lists(DAYS, min_size=2, max_size=4, unique=True))
def test_years_add_up_for_sums_and_counts_and_not_less_than_the_whole_for_distinct(entries: list[Fact], days: list[date]) -> None:
    days.sort()
    whole = Slice(days[0], days[-1])
    for figure in folded():
        parts = [evaluate(figure, entries, Slice(a, b)).value or 0 for a, b in pairwise(days)]
        value = evaluate(figure, entries, whole).value or 0
        if figure.fold in {Fold.SUM, Fold.COUNT}:
            assert sum(parts) == value
        elif figure.fold is Fold.DISTINCT:
            assert max(parts) <= value <= sum(parts)


@settings(max_examples=20, deadline=None)
@given(facts(), SLICES, st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(entries: list[Fact], slice_: Slice, random: Any) -> None:
    shuffled = random.sample(entries, len(entries))
    for figure in folded():
        assert evaluate(figure, entries, slice_) == evaluate(figure, shuffled, slice_)


def folded() -> list[Figure]:
    return [f for f in catalogue().figures.values() if f.fold]


def test_single_places_are_cut_to_the_slice() -> None:
    figure = catalogue().figures["altitude_least"]
    slice_ = replace(SIX_YEARS, compared=(frozenset({3}), frozenset({4})), places=frozenset({4, 5}))
    assert [s.places for s in within(figure, slice_)] == [frozenset({4})]


@pytest.mark.parametrize("code", ["direct_input", "students_aided"])
def test_a_figure_never_changes_its_facts(code: str) -> None:
    told = "payment 2018-01-01 amount=1 counts_to=direct_input\nstudent_aid 2018-01-01 person=1 amount=3"
    before = ledger(told, catalogue())
    evaluate(catalogue().figures[code], before, SIX_YEARS)
    assert before == ledger(told, catalogue())

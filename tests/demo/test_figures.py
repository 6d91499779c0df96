"""Every number that the reports of such a programme publish comes out of the demonstration's ledgers as a figure, in the words of a report.

The wording here is only the quantity; the whole sentences are the checker's business.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bangfu.figures import evaluate, trace
from bangfu.quantities import from_parts, read

PUBLISHED = [
    ("direct_input", "739.7万元", ""),
    ("projects", "145", ""),
    ("designated_villages", "4个村", ""),
    ("altitude_least", "3000米以上", ""),
    ("study_sessions", "60余次", ""),
    ("party_lectures", "30余次", ""),
    ("practice_batches", "9批", ""),
    ("practice_students", "191名", ""),
    ("special_sessions", "26次", ""),
    ("leader_visits", "74人次", ""),
    ("posted_cadres", "6名", ""),
    ("branches_paired", "13", ""),
    ("volunteers", "近1000名", ""),
    ("households_paired", "42户", ""),
    ("persons_honoured_province", "3位", ""),
    ("persons_honoured_nation", "1位", ""),
    ("scheme_colleges", "6所", ""),
    ("students_enrolled", "1126名", ""),
    ("students_nine_plus_three", "86名", ""),
    ("provincial_trainings", "9期", ""),
    ("provincial_attendances", "近2000人次", ""),
    ("local_trainings", "近30期", ""),
    ("local_attendances", "3000余人次", ""),
    ("kindergarten_cost", "130万元", "德麦巴村"),
    ("kindergarten_cost", "30万元", "二瓦槽村"),
    ("vehicles_given", "1辆", "新龙县"),
    ("donated_money", "13.6万元", ""),
    ("education_fund_amount", "13.6万元", ""),
    ("education_fund_villages", "4个村", ""),
    ("students_aided", "109名", ""),
    ("teachers_awarded", "46人次", ""),
    ("book_titles", "25册", ""),
    ("book_copies", "7.5万本", ""),
    ("books_given_villages", "4个村", ""),
    ("books_given", "3000多册", ""),
    ("lectures", "36场次", ""),
    ("planning_places", "近20", ""),
    ("village_renovation_cost", "13万元", ""),
    ("firms_settled", "3家", ""),
    ("firms_settled", "3家", "边耳乡"),
    ("products", "7", ""),
    ("demonstration_bases", "5", ""),
    ("collective_income", "121.09万元", ""),
    ("collective_income_from_bases", "121.09万元", ""),
    ("income_increase_per_person", "1600-1800元", ""),
    ("scenic_road_cost", "15万元", ""),
    ("scenic_road_cost", "15万元", "丹东镇"),
    ("purchase_participants", "近10000名", ""),
    ("purchase_counties", "4个县", ""),
    ("purchases", "102.7万元", ""),
    ("animal_fees", "40万元", ""),
    ("crop_fees", "20余万元", ""),
    ("seed_households", "300余户", ""),
    ("seed_increase_per_person", "1200-1600元", ""),
    ("households_raised", "60余户", ""),
    ("households_exited", "60余户", ""),
    ("cadres_promoted", "3名", ""),
    ("cadres_in_reserve", "3名", ""),
]


@pytest.fixture(scope="session")
def ask(catalogue, facts, six_years, subtree):
    def asked(code, place="", slice_=six_years):
        return evaluate(catalogue.figures[code], facts, replace(slice_, places=subtree[place] if place else None), catalogue.figures)

    return asked


@pytest.mark.parametrize(("code", "wording", "place"), PUBLISHED)
def test_the_ledger_gives_what_is_published(ask, code, wording, place):
    value = ask(code, place).value
    assert value is not None
    assert read(wording).admits(value), f"{code}: {value} is not {wording}"


def test_what_the_article_gets_wrong_is_not_in_the_ledger(ask):
    """14 branches, where 13 are paired; 42 paired households and 60-odd with lasting gain are two things."""
    assert ask("branches_paired").value == Decimal(13)
    assert ask("households_raised").value == Decimal(64)


def test_visitors_beyond_the_reach_of_the_work(ask):
    value = ask("visitors", "丹巴县").value
    assert value is not None
    assert value > 10000


def test_a_later_year_changes_none_of_it(ask, six_years):
    """The ledgers go on into 2021; «2015年以来» ends with the article's own dateline."""
    whole_years = replace(six_years, end=date(2021, 1, 1))
    later = replace(six_years, end=None)
    assert {code: ask(code, place, whole_years).value for code, _, place in PUBLISHED} == {
        code: ask(code, place).value for code, _, place in PUBLISHED
    }
    assert ask("projects", "", later).value == Decimal(147)
    assert ask("purchases", "", later).value > ask("purchases").value


def test_every_figure_has_something_to_show(catalogue, ask):
    """A page without numbers teaches nobody."""
    assert [code for code in catalogue.figures if not ask(code).entries] == []


def test_traces_add_up(catalogue, facts, six_years):
    for figure in catalogue.figures.values():
        if not figure.combine:
            parts = sum(share.parts for share in trace(figure, facts, six_years))
            assert from_parts(parts, figure.unit) == evaluate(figure, facts, six_years).value, figure.code


def test_no_money_is_counted_twice(facts):
    """Each payment counts to one indicator (invariant 11); budgets and costs count to none."""
    kinds = Counter((fact.kind, fact.counts_to) for fact in facts if fact.counts_to)
    assert dict(kinds.keys()) == {
        "payment": "direct_input",
        "donation": "direct_input",
        "donation_money": "direct_input",
        "fund_brought_in": "introduced_funds",
        "purchase": "direct_purchase",
        "adoption": "direct_purchase",
        "helped_sale": "helped_sales",
    }

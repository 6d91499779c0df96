"""The loader: strict, all faults at once, each with its file and key; an office's own files on top."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bangfu.catalogue import Catalogue, CatalogueError, Fold, load
from bangfu.figures import Slice, evaluate
from tests.ledgers import ledger

GREENHOUSE = """
zh = "温室巡查"
en = "Greenhouse round"
chapter = "money"
ledger = "greenhouse_round"
topic = "industry_base"
note_zh = "看一次棚记一行。"
note_en = "One row a round."

[fields]
title = { type = "text", zh = "大棚", en = "Greenhouse", required = true, headers = ["棚号"] }
begin = { zh = "巡查日期", en = "On" }
place = {}
unit = {}
quantity = { zh = "产量", en = "Yield", unit = "kg", export = "items" }
state_of_it = { type = "choice", zh = "情况", en = "State", choices = [{ code = "good", zh = "好", en = "Good" }, { code = "bad", zh = "坏", en = "Bad" }] }
"""

FIGURE = """
[greenhouse_yield]
zh = "大棚产量"
en = "Yield of the greenhouses"
chapter = "money"
topic = "industry_base"
unit = "kg"
fold = "sum"
kinds = ["greenhouse_round"]
measure = "quantity"
where = { state_of_it = ["good"] }
caliber_zh = "情况好的大棚产量之和。"
caliber_en = "Yield of the greenhouses in good state."
says = ["大棚产量{n}"]
"""

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An office's own folder: `folder(kinds={"name": toml}, figures={…})`."""

    def write(**files: dict[str, str]) -> Path:
        for sort, texts in files.items():
            (tmp_path / sort).mkdir(exist_ok=True)
            for name, text in texts.items():
                (tmp_path / sort / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def faults(folder: Path) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as refused:
        load(folder)
    return refused.value.faults


def test_a_kind_and_a_figure_of_an_office_need_no_code(folder: Folder) -> None:
    """Invariant 10, on the side of the catalogue.

    greenhouse_round 2019-03-01 title=一号棚 quantity=12.5 state_of_it=good
    greenhouse_round 2019-04-01 title=一号棚 quantity=7 state_of_it=bad
    """
    known = load(folder(kinds={"greenhouse_round": GREENHOUSE}, figures={"greenhouses": FIGURE}))
    kind = known.kinds["greenhouse_round"]
    assert list(kind.fields) == ["title", "begin", "place", "unit", "quantity", "state_of_it", "remark", "evidence"]
    assert "帮扶村" in kind.fields["place"].headers, "it has the usual header words without saying so"
    assert kind.titled_by == kind.fields["title"]
    assert known.figures_of("greenhouse_round") == (known.figures["greenhouse_yield"],)
    facts = ledger(test_a_kind_and_a_figure_of_an_office_need_no_code, known)
    assert evaluate(known.figures["greenhouse_yield"], facts, Slice()).value == Decimal("12.5")


def test_an_office_replaces_a_kind_by_its_own(folder: Folder, catalogue: Catalogue) -> None:
    renamed = GREENHOUSE.replace("温室巡查", "本院讲座").replace("state_of_it", "category")
    known = load(folder(kinds={"notice": renamed}))
    assert known.kinds["notice"].label.zh == "本院讲座"
    assert known.kinds.keys() == catalogue.kinds.keys()


def test_every_fault_is_named_by_file_and_key_and_all_at_once(folder: Folder) -> None:
    kind = (
        GREENHOUSE.replace('en = "Greenhouse round"', "")
        .replace('topic = "industry_base"', 'topic = "gardening"')
        .replace('unit = "kg"', 'unit = "bushel"')
        .replace("place = {}", 'place = { type = "text", shade = 3 }')
        .replace('code = "bad", zh = "坏"', 'code = "bad", zh = "好"')
    )
    figure = FIGURE.replace('"sum"', '"median"').replace("{n}", "很多").replace('"quantity"', '"weight"')
    found = faults(folder(kinds={"greenhouse_round": kind}, figures={"greenhouses": figure}))
    assert [f for f in found if "greenhouse" in f] == list(found)
    for said in (
        "greenhouse_round.toml: en: missing",
        "greenhouse_round.toml: topic: 'gardening' is not one of",
        "greenhouse_round.toml [fields] [quantity]: unit: 'bushel' is not a unit",
        "greenhouse_round.toml [fields] [place]: type: place is a column of the entry",
        "greenhouse_round.toml [fields] [place]: shade: unknown key",
        "greenhouse_round.toml [fields] [state_of_it]: choices: two choices share a word",
        "greenhouses.toml [greenhouse_yield]: fold: 'median' is not one of",
        "greenhouses.toml [greenhouse_yield]: says: '大棚产量很多' should hold {n} once",
        "figure greenhouse_yield: measure: 'weight' is not a measure of greenhouse_round",
    ):
        assert any(f.startswith(said) for f in found), (said, found)


def test_what_is_no_toml_is_said_and_the_rest_is_still_read(folder: Folder) -> None:
    found = faults(folder(kinds={"broken": "zh = ", "greenhouse_round": GREENHOUSE.replace("topic", "topik")}))
    assert any(f.startswith("broken.toml: not TOML") for f in found)
    assert "greenhouse_round.toml: topik: unknown key" in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("place = {}", "where_it_is = {}"), "[where_it_is]: zh: missing"),
        (('headers = ["棚号"]', 'headers = ["棚号", "地点"]'), None),  # its own word before the usual one of another field
        (('headers = ["棚号"]', 'headers = ["棚号", "巡查日期"]'), "fields.begin: the header 巡查日期 already points to title"),
        (("begin = {", "beginning = {"), "fields: every kind needs a field begin"),
        (("unit = {}", 'unit = { default = "=nobody" }'), "fields.unit: the default =nobody is neither"),
        (('unit = "kg"', 'unit = "kg", default = "many"'), "fields.quantity: the default many is neither"),
        (('unit = "kg"', 'unit = "kg", part_of = "whole"'), "fields.quantity: is part of whole, which should be a number in kg"),
        (("unit = {}", "unit = {}\nid_number = {}"), "fields.id_number: is about person, which is not a field"),
        (('type = "choice", zh', 'type = "flag", zh'), "[state_of_it]: choices: a choice, and only a choice, has choices"),
        (('en = "Good" }', 'en = "Good", implies = { level = "national" } }'), "good implies level = national"),
        (('headers = ["棚号"]', 'headers = "棚号"'), "[title]: headers: should be list"),
        (("required = true", "required = 1"), "[title]: required: should be bool"),
        (('ledger = "greenhouse_round"', "ledger = 7"), "ledger: should be str"),
        (("choices = [{", 'choices = ["好", {'), "choices: should be a list of tables"),
    ],
)
def test_a_field_that_does_not_fit(folder: Folder, change: tuple[str, str], said: str | None) -> None:
    assert change[0] in GREENHOUSE
    where = folder(kinds={"greenhouse_round": GREENHOUSE.replace(*change)})
    if said is None:
        assert "地点" not in load(where).kinds["greenhouse_round"].fields["place"].headers
    else:
        assert any(said in f for f in faults(where)), faults(where)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('fold = "sum"', 'fold = "sum"\ncombine = "total"'), "a figure has either a fold or a combine"),
        (('kinds = ["greenhouse_round"]', 'kinds = ["hothouse"]'), "kinds: 'hothouse' is not a kind"),
        (('unit = "kg"', 'unit = "km"'), "unit: km is not the unit of greenhouse_round.quantity (kg)"),
        (('"good"', '"ripe"'), "where: 'ripe' is not a choice of greenhouse_round.state_of_it"),
        (("state_of_it =", "title ="), "where: 'title' is not a choice or flag of greenhouse_round"),
        (('fold = "sum"', 'fold = "distinct"'), "of: distinct needs to know of what"),
        (('fold = "sum"', 'fold = "last"\nof = ["barn"]'), "of: 'barn' is not one of"),
        (('measure = "quantity"\n', ""), "measure: sum needs a measure"),
        (('fold = "sum"', 'fold = "count"'), "measure: count takes no measure"),
        (('says = ["大棚产量{n}"]', ""), "a figure says at least one sentence"),
        (('says = ["大棚产量{n}"]', 'says = ["大棚{n}"]\nper = "cow"'), "per: 'cow' is not one of"),
        (('says = ["大棚产量{n}"]', 'says = ["大棚{n}"]\ncore = 1'), "core: 1 is already direct_input"),
        (("where = { state_of_it", "scope = 'nowhere'\nwhere = { state_of_it"), "scope: 'nowhere' is not one of"),
    ],
)
def test_a_figure_that_does_not_fit(folder: Folder, change: tuple[str, str], said: str) -> None:
    assert change[0] in FIGURE
    found = faults(folder(kinds={"greenhouse_round": GREENHOUSE}, figures={"greenhouses": FIGURE.replace(*change)}))
    assert any(said in f for f in found), found


@pytest.mark.parametrize(
    ("combine", "said"),
    [
        ('combine = "ratio"\nparts = ["direct_input"]', "parts: ratio takes 2, not 1"),
        ('combine = "difference"\nparts = ["direct_input"]', "parts: difference takes 2 or more, not 1"),
        ('combine = "least"\nparts = ["direct_input", "purchases"]', "parts: least takes 1, not 2"),
        ('combine = "total"\nparts = ["direct_input", "nothing"]', "parts: 'nothing' is not a figure"),
        ('combine = "total"\nparts = ["direct_input", "funds_total"]', "'funds_total' is itself a combination"),
        ('combine = "total"\nparts = ["direct_input", "lectures"]', "unit: CNY is not the unit of lectures (session)"),
        ('combine = "least"\nparts = ["direct_input"]\nkinds = ["lecture"]', "combine: a combination never reads entries"),
    ],
)
def test_a_combination_that_does_not_fit(folder: Folder, combine: str, said: str) -> None:
    head = FIGURE.partition("unit =")[0]
    text = f'{head}unit = "CNY"\n{combine}\ncaliber_zh = "…"\ncaliber_en = "…"\nsays = ["{{n}}"]\n'
    found = faults(folder(figures={"mine": text}))
    assert any(said in f for f in found), found


def test_a_sum_in_people_must_say_that_it_counts_nobody_twice(folder: Folder) -> None:
    text = FIGURE.replace('"kg"', '"person"').replace('["greenhouse_round"]', '["volunteer"]').replace('"quantity"', '"people"')
    text = text.replace('where = { state_of_it = ["good"] }\n', "")
    found = faults(folder(figures={"mine": text}))
    assert found == (
        "figure greenhouse_yield: free_of_overlap: a sum in 人 must declare that it counts nobody twice, and its caliber must say why",
    )
    assert load(folder(figures={"mine": f"{text}free_of_overlap = true\n"})).figures["greenhouse_yield"].fold is Fold.SUM


def test_the_same_code_twice_in_a_folder_is_a_fault(folder: Folder) -> None:
    found = faults(folder(kinds={"greenhouse_round": GREENHOUSE}, figures={"a": FIGURE, "b": FIGURE}))
    assert found == ("b.toml: greenhouse_yield: another file of this folder declares it already",)


def test_words_of_a_choice_change_by_year(catalogue: Catalogue) -> None:
    """domain.md 3.1: the three kinds of monitored households are words of 2020 and later."""
    monitored = catalogue.kinds["household_status"].fields["category"].choice("marginal_at_risk")
    assert monitored is not None
    assert not monitored.valid_on(date(2019, 12, 31))
    assert monitored.valid_on(date(2020, 1, 1))

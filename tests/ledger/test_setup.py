"""An office is set up from a register, twice the same as once, or every fault of the register is named."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bangfu.ledger import places
from bangfu.ledger.models import Entry, Party, Place, Programme
from bangfu.ledger.setup import SetupRefused, designate, programme, setup
from bangfu.office.books import Books

REGISTER = {
    "organisations": [
        {
            "organisation": "四川农牧学院",
            "organisation_variants": ["学院", "我校"],
            "programme": {"name": "定点帮扶", "begin": "2015-08-01"},
            "places": [
                {"name": "石渠县", "kind": "county", "province": "四川省", "prefecture": "甘孜州"},
                {"name": "甲村", "kind": "village", "county": "石渠县", "township": "上乡", "designated": True},
                {"name": "乙村", "kind": "village", "county": "石渠县", "designated": False},
            ],
            "units": [{"name": "教务处"}, {"name": "动物医学系", "short": ["动医系"]}],
        },
        {
            "organisation": "四川水利学院",
            "places": [{"name": "甲村", "kind": "village", "county": "石渠县", "province": "四川省", "prefecture": "甘孜州"}],
            "units": [],
        },
        {"organisation": "外省某局", "places": [{"name": "甲村", "kind": "village", "county": "石渠县"}], "units": []},
    ],
    "files": {"甲.xlsx": "四川农牧学院"},
}


@pytest.fixture
def by(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("clerk")


def counts() -> tuple[int, ...]:
    return tuple(m.objects.count() for m in (Place, Party, Programme, Entry))


def names(place: Place | None) -> str:
    return names(place.parent) + place.name if place else ""


@pytest.mark.usefixtures("db", "small_catalogue")
def test_an_office_is_set_up_once(by: Any) -> None:
    first, second, third = setup(REGISTER, by=by)
    assert [names(Place.objects.get(name=v, programmes=first)) for v in ("甲村", "乙村")] == [
        "四川省甘孜州石渠县上乡甲村",
        "四川省甘孜州石渠县乙村",
    ]
    assert first.helper.variants == ["学院", "我校"]
    assert [(u.name, u.variants) for u in first.helper.children.order_by("pk")] == [("教务处", []), ("动物医学系", ["动医系"])]
    assert (first.begin, first.helper.path) == (date(2015, 8, 1), f"/{first.helper_id}/")
    assert sorted(p.name for p in first.places.all()) == ["乙村", "甲村", "石渠县"]
    village = Place.objects.get(name="甲村", programmes=first).pk
    assert [p.pk for p in second.places.all()] == [village]
    assert [p.pk for p in third.places.all()] != [village]  # a county of the same name, but whose?
    assert Books(first).slice().designated == {village}
    assert Books(second).slice().designated == frozenset()
    before = counts()
    assert setup(REGISTER, by=by) == [first, second, third]
    assert counts() == before


@pytest.mark.usefixtures("db")
def test_the_least_that_a_register_may_say(by: Any) -> None:
    (only,) = setup({"organisation": "某单位", "places": [{"name": "丙村", "kind": "village"}], "units": [{"name": "办公室"}]}, by=by)
    assert (only.helper.name, only.slug, only.mark) == ("某单位", "p1", 0)


@pytest.mark.usefixtures("db")
def test_levels_are_named_in_chinese_and_a_unit_by_its_name_alone(by: Any) -> None:
    (one,) = setup({"organisation": "甲", "places": [{"name": "丙村", "kind": "村", "county": "开江县"}], "units": ["教务处"]}, by=by)
    assert [(p.level, p.parent.level) for p in one.places.all()] == [("village", "county")]
    assert [u.name for u in one.helper.children.all()] == ["教务处"]


@pytest.mark.usefixtures("db")
def test_a_village_that_gets_its_township_later_stays_one_village(by: Any) -> None:
    lines = [{"name": "丙村", "kind": "village", "county": "开江县"}]
    setup({"organisation": "甲", "places": lines, "units": []}, by=by)
    lines[0]["township"] = "下镇"
    setup({"organisation": "乙", "places": lines, "units": []}, by=by)
    village = Place.objects.get(name="丙村")
    assert (village.parent.name, village.path) == ("下镇", f"{village.parent.path}{village.pk}/")


@pytest.mark.usefixtures("db")
def test_every_fault_of_a_register_is_named(by: Any) -> None:
    bad = {
        "organisations": [
            {
                "places": [{"name": "", "kind": "village"}, {"name": "丙村", "kind": "hamlet"}, 7],
                "units": [{"short": "教"}],
                "begin": "去年",
            },
            [],
            {"organisation": "甲", "places": {}, "units": [{"name": "处", "short": [1]}]},
        ]
    }
    with pytest.raises(SetupRefused) as refused:
        setup(bad, by=by)
    said = str(refused.value)
    for at in (
        "[0].organisation：缺少名称",
        "[0].places[0].name：缺少名称",
        "[0].places[1].kind：“hamlet”应是",
        "[0].places[2]：一个地点应写成",
        "[0].units[0].name：缺少名称",
        "[0].begin：“去年”不是日期",
        "[1]：应是一个对象",
        "[2].places：应是列表",
        "[2].units[0].short：应是文字的列表",
    ):
        assert at in said, at
    assert counts() == (0, 0, 0, 0)
    for nothing in ({}, [], None, {"organisations": []}):
        with pytest.raises(SetupRefused):
            setup(nothing, by=by)  # type: ignore[arg-type]


@pytest.mark.samples
@pytest.mark.usefixtures("db")
def test_the_sample_register(samples: Path, by: Any) -> None:
    data = json.loads((samples / "ledgers" / "registers.json").read_text("utf-8"))
    made = setup(data, by=by)
    assert [p.helper.name for p in made] == [o["organisation"] for o in data["organisations"]]
    for mine, said in zip(made, data["organisations"], strict=True):
        assert {p.name for p in mine.places.all()} == {p["name"] for p in said["places"]}
        assert {u.name for u in mine.helper.children.all()} == {u["name"] for u in said["units"]}
    before = counts()
    setup(data, by=by)
    assert counts() == before


@pytest.mark.usefixtures("small_catalogue")
def test_a_second_programme_by_hand(office: Any) -> None:
    mine = programme(office.helper, "托底帮扶", begin=date(2020, 6, 1))
    assert set(mine.places.all()) == set(office.programme.places.all())
    assert designate(mine, [office.places["甲村"]], by=office.clerk) == 1
    assert designate(mine, [office.places["甲村"]], by=office.clerk) == 0
    assert Entry.objects.get(programme=mine).begin == date(2020, 6, 1)
    with pytest.raises(SetupRefused) as refused:
        programme(office.helper, "托底帮扶", slug=mine.slug, begin=date(2020, 1, 1), end=date(2019, 1, 1))
    assert len(refused.value.problems) == 3


def test_places_and_parties_know_their_level(office: Any) -> None:
    with pytest.raises(ValueError, match="不是地点的级别"):
        places.place("丙村", "hamlet")
    with pytest.raises(ValueError, match="不是单位的类别"):
        places.party("甲公司", "shop")
    with pytest.raises(ValueError, match="之内"):
        places.move(office.places["新龙县"], office.places["甲村"])
    site = places.place("小学", "site", office.places["甲村"])
    places.move(office.places["甲村"], office.places["开江县"])
    site.refresh_from_db()
    assert places.subtrees(Place, [office.places["开江县"].pk])[0] >= {site.pk, office.places["甲村"].pk}

"""People are found again, shown masked, revealed with a record, and erased without moving a figure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from bangfu.figures import Slice
from bangfu.ledger import catalogue, facts, people
from bangfu.ledger.models import Household, Person, Reveal
from bangfu.ledger.people import HouseholdRow, NotRevealed, PersonRow, ProjectRow
from bangfu.ledger.post import Draft, post

ID = "990101198001011237"
OTHER_ID = "99010119900202456X"


def test_the_same_person_is_found_again(office: Any) -> None:
    """By number whatever the name's spelling; by name where a number is missing; a number learnt later is kept."""
    first, second, third = people.persons(
        office.programme,
        [PersonRow("扎　西", ID), PersonRow("扎西"), PersonRow("扎西", OTHER_ID)],
    )
    assert first == second != third
    assert people.person(office.programme, "扎西多吉", ID) == first
    fresh = people.person(office.programme, "卓玛", phone="16000001234")
    assert people.person(office.programme, "卓玛", OTHER_ID[:-1] + "x") == third  # the number decides
    known = people.person(office.programme, "央金")
    assert people.person(office.programme, "央金", "990101199103034561") == known
    stored = Person.objects.get(pk=known)
    assert (stored.name, stored.id_number) == ("央金", "990101199103034561")
    assert Person.objects.get(pk=fresh).phone == "16000001234"
    assert Person.objects.get(pk=first).name == "扎西"


def test_people_of_one_name_are_told_apart_by_household_and_place(office: Any) -> None:
    one, other = office.places["甲村"].pk, office.places["乙村"].pk
    here = people.person(office.programme, "扎西", place=one)
    there = people.person(office.programme, "扎西", place=other)
    assert here != there
    assert people.person(office.programme, "扎西", place=other) == there
    home = people.household(office.programme, "扎西", one)
    assert people.person(office.programme, "扎西", household=home, place=one) == here


def test_what_is_stated_is_not_overwritten(office: Any) -> None:
    first = people.person(office.programme, "卓玛", phone="16000001111", details={"sex": "女"})
    people.person(office.programme, "卓玛", phone="16000002222", details={"sex": "男", "education": "本科"})
    stored = Person.objects.get(pk=first)
    assert (stored.phone, stored.details) == ("16000001111", {"sex": "女", "education": "本科"})


def test_each_programme_has_its_own_people(office: Any) -> None:
    assert people.person(office.programme, "卓玛") != people.person(office.elsewhere, "卓玛")


def test_households_by_head_village_and_number(office: Any) -> None:
    one, other = office.places["甲村"].pk, office.places["乙村"].pk
    first, again, there, numbered, second = people.households(
        office.programme,
        [
            HouseholdRow("次仁", one),
            HouseholdRow("次 仁", one),
            HouseholdRow("次仁", other),
            HouseholdRow("次仁", one, "H-01"),
            HouseholdRow("次仁", one, "H-02"),
        ],
    )
    assert first == again == numbered
    assert len({first, there, second}) == 3
    assert Household.objects.get(pk=first).code == "H-01"


def test_projects_by_name_and_place(office: Any) -> None:
    one = office.places["甲村"].pk
    first, again, unplaced, other = people.projects(
        office.programme,
        [
            ProjectRow("饮水工程", one),
            ProjectRow("饮水 工程", one),
            ProjectRow("饮水工程"),
            ProjectRow("饮水工程", office.places["乙村"].pk),
        ],
    )
    assert first == again == unplaced != other


@pytest.mark.parametrize("make", [lambda p: people.person(p, " "), lambda p: people.household(p, ""), lambda p: people.project(p, " ")])
def test_nobody_without_a_name(office: Any, make: Any) -> None:
    with pytest.raises(ValueError, match="没有"):
        make(office.programme)


def test_a_person_cannot_be_read_in_the_database(office: Any) -> None:
    people.person(office.programme, "扎西多吉", ID, phone="16000001234", details={"education": "本科"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_person")
        row = b"|".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in cursor.fetchone())
    for plain in ("扎西", ID, "1234", "本科"):
        assert plain.encode() not in row


def test_masks() -> None:
    assert [people.masked_name(n) for n in ("", "张", "张三", "王小明", "扎西多吉")] == ["", "*", "张*", "王*明", "扎*多吉"]
    assert people.masked_id(ID) == "990101********37"
    assert people.masked_id("1234") == "****"
    assert people.masked_phone("16000001234") == "160****34"
    assert people.covered(f"监护人{ID}，电话16000001234；回单号2019030512345678") == "监护人990101********37，电话160****34；回单号2019030512345678"


def test_revealing_is_recorded(office: Any) -> None:
    one = Person.objects.get(pk=people.person(office.programme, "扎西", ID, details={"grade": "优秀"}))
    assert people.shown(one) == "扎*"
    assert people.reveal(one, "id_number", by=office.clerk, reason="核对身份证号") == ID
    assert people.reveal(one, "details.grade", by=office.leader, reason="年度考核") == "优秀"
    assert people.reveal(one, "phone", by=office.leader, reason="联系本人") == ""
    assert list(Reveal.objects.order_by("pk").values_list("by__username", "person", "field", "reason")) == [
        ("clerk", one.pk, "id_number", "核对身份证号"),
        ("leader", one.pk, "details.grade", "年度考核"),
        ("leader", one.pk, "phone", "联系本人"),
    ]
    for refused in ({"by": AnonymousUser(), "reason": "看看"}, {"by": office.clerk, "reason": " "}):
        with pytest.raises(NotRevealed):
            people.reveal(one, "name", **refused)
    with pytest.raises(NotRevealed, match="没有“password”"):
        people.reveal(one, "password", by=office.clerk, reason="看看")
    assert Reveal.objects.count() == 3


@pytest.mark.usefixtures("small_catalogue")
def test_erasing_moves_no_figure(office: Any) -> None:
    home = people.household(office.programme, "次仁", office.places["甲村"].pk)
    one = people.person(office.programme, "扎西", ID, household=home)
    entries = [
        Draft("student_aid", date(2019, 9, 1), persons=(one,), measures={"amount": 100_000}),
        Draft("visit", date(2019, 10, 1), household=home),
    ]
    post(office.programme, entries, by=office.clerk)
    figures = [f for f in catalogue().figures.values() if not f.combine]
    before = facts.values(office.programme, figures, Slice())
    people.erase(Household.objects.get(pk=home))
    assert facts.values(office.programme, figures, Slice()) == before
    gone = Person.objects.get(pk=one)
    assert (gone.name, gone.id_number, gone.phone, gone.details) == ("", None, None, {})
    assert people.shown(gone) == people.shown(Household.objects.get(pk=home)) == "（已抹去）"
    assert people.person(office.programme, "扎西", ID) != one

"""Targets a year: set without overwriting, divided, held against the books.

The ledger: 动物医学系 pays 3 万元 in 甲村 on 1 April 2019, 园艺系 2 万元 in 甲村 in May 2019 and 1 万元 in 丙村 in May 2020.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from bangfu.catalogue import Label
from bangfu.ledger.post import Draft, post
from bangfu.office import targets
from bangfu.office.books import Books
from bangfu.office.models import Target
from bangfu.office.targets import Key, Sign, TargetsRefused, Wish, set_targets

WAN = 10_000
MONEY = "direct_input"


@pytest.fixture
def paid(office: Any) -> Any:
    def one(amount: int, day: date, place: str, unit: str) -> Draft:
        where = {"place": office.places[place].pk, "unit": office.units[unit].pk}
        return Draft("payment", day, title="产业路", counts_to=MONEY, measures={"amount": amount * WAN * 100}, **where)

    post(
        office.programme,
        [one(3, date(2019, 4, 1), "甲村", "vet"), one(2, date(2019, 5, 1), "甲村", "agro"), one(1, date(2020, 5, 1), "丙村", "agro")],
        by=office.clerk,
    )
    office.programme.refresh_from_db()
    return office


def wish(wan: int | None, year: int = 2019, *, figure: str = MONEY, **who: Any) -> Wish:
    return Wish(Key(figure, year, **who), None if wan is None else Decimal(wan * WAN))


def whole(office: Any, year: int) -> Any:
    return Books(office.programme).slice((date(year, 1, 1), date(year + 1, 1, 1)))


def refused(office: Any, *wishes: Wish, **more: Any) -> list[str]:
    with pytest.raises(TargetsRefused) as caught:
        set_targets(office.programme, wishes, by=office.clerk, **more)
    return [p.zh for p in caught.value.problems]


def test_a_target_is_asked_for_its_slice(office: Any) -> None:
    """2019: 10 万元, of which 动物医学系 4; 2020: 8. A span of whole years is their sum, a part of one its year's."""
    vet = office.units["vet"].pk
    set_targets(office.programme, [wish(10), wish(8, 2020), wish(4, unit=vet)], by=office.clerk)
    books = Books(office.programme)

    def asked(begin: date | None, end: date, **who: Any) -> Decimal | None:
        return targets.target(office.programme, MONEY, books.slice((begin, end), **who))

    assert asked(date(2019, 1, 1), date(2020, 1, 1)) == 10 * WAN
    assert asked(date(2019, 1, 1), date(2020, 1, 1), unit=vet) == 4 * WAN
    assert asked(date(2019, 1, 1), date(2020, 1, 1), unit=office.helper.pk) == 10 * WAN
    assert asked(date(2019, 1, 1), date(2021, 1, 1)) == 18 * WAN
    assert asked(date(2020, 1, 1), date(2020, 12, 22)) == 8 * WAN
    assert asked(date(2019, 3, 1), date(2020, 1, 1)) is None
    assert asked(None, date(2020, 1, 1)) is None  # the programme began in 2015, and no target was set for its first years
    assert asked(date(2019, 1, 1), date(2020, 1, 1), unit=office.units["agro"].pk) is None
    assert asked(date(2019, 1, 1), date(2020, 1, 1), place=office.places["甲村"].pk) is None


def test_a_target_is_never_overwritten(office: Any) -> None:
    """10 → 12 → withdrawn: three rows, each with who and why; a change needs a reason."""
    set_targets(office.programme, [wish(10)], by=office.clerk)
    assert refused(office, wish(12)) == ["改动或撤回已下达的目标，请写明原因"]
    set_targets(office.programme, [wish(12)], by=office.clerk, reason="年中追加")
    assert set_targets(office.programme, [wish(12)], by=office.clerk) == []
    set_targets(office.programme, [wish(None)], by=office.clerk, reason="任务取消")
    assert targets.standing(office.programme) == {}
    steps = [(s.before, s.after, s.by, s.reason) for s in targets.history(office.programme)]
    ten, twelve = Decimal(10 * WAN), Decimal(12 * WAN)
    assert steps == [(twelve, None, "clerk", "任务取消"), (ten, twelve, "clerk", "年中追加"), (None, ten, "clerk", "")]


def test_the_database_refuses_to_change_a_target(office: Any) -> None:
    set_targets(office.programme, [wish(10)], by=office.clerk)
    for act in (lambda: Target.objects.update(value=1), lambda: Target.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_what_somebody_else_set_meanwhile_is_not_lost(office: Any) -> None:
    set_targets(office.programme, [wish(10)], by=office.clerk)
    seen = {key: one.number for key, one in targets.standing(office.programme).items()}
    set_targets(office.programme, [wish(11)], by=office.clerk, reason="甲改")
    assert refused(office, wish(12), reason="乙改", seen=seen) == ["2019年投入帮扶资金刚被别人改为 110000，请重新打开再改"]
    assert refused(office, wish(12), reason="乙改", seen={}) != []


def test_everything_wrong_is_said_at_once_and_nothing_is_set(office: Any) -> None:
    said = refused(
        office,
        wish(10),
        Wish(Key(MONEY, 2019), Decimal(9 * WAN), where="C4"),
        Wish(Key("nothing", 2019), Decimal(1), where="A1"),
        Wish(Key(MONEY, 19), Decimal(1)),
        Wish(Key(MONEY, 2019, unit=999_999), Decimal(0), where="B2"),
        Wish(Key("cadres_trained", 2019), Decimal("0.5")),
        Wish(Key(MONEY, 2019, unit=office.units["vet"].pk), Decimal(1), due=date(2020, 1, 1)),
    )
    assert said[0] == "A1：没有可以下达目标的指标“nothing”"
    assert said[1:4] == ["年度“19”不对，请写四位年份", "B2：没有编号 999999 的部门", "B2：目标“0”应大于 0；没有任务就留空"]
    assert "小于最小计量" in said[4]
    assert said[5:] == ["完成时限 2020-01-01 不在 2019 年内", "2019年投入帮扶资金写了两次：100000、90000（C4）"]
    assert not Target.objects.exists()


def test_progress_is_the_books_against_the_target(paid: Any) -> None:
    """2019: 5 of 10 万元 are paid, 3 of 动物医学系's 3; on 2 July half the year (183 of 365 days: 50.1 %) is gone."""
    vet = paid.units["vet"].pk
    set_targets(paid.programme, [wish(10), wish(3, unit=vet), wish(2, place=paid.places["丙村"].pk)], by=paid.clerk)
    stands = targets.standing(paid.programme)

    def on(day: date) -> list[tuple[Decimal | None, Decimal | None, Sign, Decimal]]:
        return [(p.rate, p.time, p.sign, p.missing) for p in targets.progress(Books(paid.programme), stands.values(), day)]

    half = Decimal("50.1")
    assert on(date(2019, 7, 2)) == [
        (Decimal("50.0"), half, Sign.SLOW, 5 * WAN),
        (Decimal("0.0"), half, Sign.BEHIND, 2 * WAN),
        (Decimal("100.0"), half, Sign.REACHED, 0),
    ]
    assert [sign for _, _, sign, _ in on(date(2019, 6, 30))] == [Sign.ON_TIME, Sign.BEHIND, Sign.REACHED]
    assert [sign for _, _, sign, _ in on(date(2020, 1, 1))] == [Sign.MISSED, Sign.MISSED, Sign.REACHED]


def test_not_quite_reached_is_not_a_hundred() -> None:
    assert targets.completion(Decimal(99_999), Decimal(100_000)) == Decimal("99.9")
    assert targets.completion(Decimal(105_260), Decimal(100_000)) == Decimal("105.3")
    assert targets.completion(None, Decimal(1)) is None
    assert targets.time_gone(2019, date(2019, 1, 10), date(2019, 1, 5)) == 50


def test_the_parts_are_held_against_the_whole(office: Any) -> None:
    """10 万元 divided as 4 + 5: 1 is missing; among the places as 4 + 6 it fits; 动物医学系 divides its own 4 as 4."""
    from bangfu.ledger.places import party

    vet, agro = office.units["vet"], office.units["agro"]
    room = party("动物教研室", "unit", vet)
    county = office.places["新龙县"]
    wishes = [wish(10), wish(4, unit=vet.pk), wish(5, unit=agro.pk), wish(4, unit=room.pk)]
    wishes += [wish(4, place=county.pk), wish(6, place=office.places["丙村"].pk), wish(3, place=office.places["甲村"].pk)]
    set_targets(office.programme, wishes, by=office.clerk)
    found = {(d.among, d.whole.unit or d.whole.place): d for d in targets.divisions(targets.standing(office.programme))}
    assert {who: d.gap for who, d in found.items()} == {
        ("unit", None): -1 * WAN,
        ("unit", vet.pk): 0,
        ("place", None): 0,
        ("place", county.pk): -1 * WAN,
    }
    assert found["unit", None].say("zh") == "分解合计 90000元，与总目标 100000元不符，少 10000元"
    assert found["place", None].say("zh") == "分解合计 100000元，与总目标相符"


def test_a_unit_that_is_the_organisation_itself_is_the_whole(office: Any) -> None:
    set_targets(office.programme, [wish(10, unit=office.helper.pk)], by=office.clerk)
    assert list(targets.standing(office.programme)) == [Key(MONEY, 2019)]
    assert isinstance(TargetsRefused([Label("甲", "a")]).problems, tuple)

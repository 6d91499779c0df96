"""What the tests of the ledger share: the small catalogue of world.py, and an office with people, households and projects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from bangfu import ledger
from tests.ledger.world import CATALOGUE, World


@pytest.fixture
def small_catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The small catalogue instead of the built-in one."""
    monkeypatch.setattr(ledger, "load", lambda *_: CATALOGUE)
    ledger.catalogue.cache_clear()
    yield CATALOGUE
    ledger.catalogue.cache_clear()


@pytest.fixture
def world(office: Any) -> World:
    """The office's places, units and some people, by id; 甲村 and 丙村 are designated villages (see `designate`)."""
    from bangfu.ledger.models import Household, Party, Person, Project

    programme = office.programme
    parties = [Party.objects.create(name=n, kind="firm", path="") for n in ("甲公司", "乙公司")]
    projects = [Project.objects.create(programme=programme, name=f"项目{n}") for n in range(3)]
    households = [Household.objects.create(programme=programme, head=f"户主{n}", head_index=bytes([n] * 16)) for n in range(12)]
    persons = [Person.objects.create(programme=programme, name=f"人{n}", name_index=bytes([n] * 16)) for n in range(15)]
    return World(
        places=[None, *(p.pk for p in office.places.values())],
        units=[None, *(u.pk for u in office.units.values())],
        parties=[None, *(p.pk for p in parties)],
        projects=[None, *(p.pk for p in projects)],
        households=[None, *(h.pk for h in households)],
        persons=[p.pk for p in persons],
    )


def designate(office: Any, *villages: str, begin: date = date(2015, 8, 1), end: date | None = None) -> None:
    """Entries that make villages the programme's designated ones."""
    from bangfu.ledger.post import Draft, post

    post(office.programme, [Draft("designation", begin, end, place=office.places[v].pk) for v in villages], by=office.clerk)

"""A key can be renewed: everything is sealed anew and says the same, and only then can the former key go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from bangfu.ledger import crypt, keys, people
from bangfu.ledger.models import Entry, Household, Person
from bangfu.ledger.post import Draft, post
from bangfu.office.models import FindingReply

pytestmark = pytest.mark.usefixtures("small_catalogue")


@pytest.fixture
def sealed(office: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[str]:
    """An office with five entries that have details, two people, a household, a reply that is never changed, and a file; gives the file."""
    settings.DATA = tmp_path
    monkeypatch.setenv("BANGFU_KEY_FILE", str(tmp_path / "my.key"))
    crypt.keyring.cache_clear()
    drafts = [Draft("training", date(2019, 1, day), details={"remark": f"第{day}次"}) for day in range(1, 6)]
    post(office.programme, [*drafts, Draft("training", date(2019, 1, 9))], by=office.clerk)
    people.person(office.programme, "扎西", "990101198001011234")
    people.person(office.programme, "卓玛")
    people.household(office.programme, "次仁")
    FindingReply.objects.create(programme=office.programme, finding="x", closed=True, said="已核对", by=office.clerk)
    yield crypt.store("户主,金额\n".encode())
    crypt.keyring.cache_clear()


def read(file: str) -> list[Any]:
    """All that is sealed, opened."""
    columns = ("name", "id_number", "phone", "details")
    return [
        list(Entry.objects.order_by("pk").values_list("details", flat=True)),
        list(Person.objects.order_by("pk").values_list(*columns)),
        list(Household.objects.values_list("head", "code", "details")),
        list(FindingReply.objects.values_list("said", flat=True)),
        crypt.load(file),
    ]


def test_renewed_sealed_anew_and_the_former_key_forgotten(sealed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """5 details, 2 names and a number, a head, a reply: 10 values and a file move to the new key, two at a time, with a stop in between."""
    monkeypatch.setattr(keys, "CHUNK", 2)
    before = read(sealed)
    former = crypt.keyring().current.hex()
    new = crypt.renew()
    assert [(k.name, k.current, k.values, k.files) for k in keys.held()] == [(former, False, 10, 1), (new, True, 0, 0)]

    def stop(done: int, of: int) -> None:
        assert of == 11
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keys.reseal(stop)
    assert [k.values + k.files for k in keys.held()] == [7, 4]
    assert read(sealed) == before
    told: list[tuple[int, int]] = []
    assert keys.reseal(lambda done, of: told.append((done, of))) == 7
    assert told[-1] == (7, 7)
    assert keys.reseal() == 0
    assert [(k.values, k.files) for k in keys.held()] == [(0, 0), (10, 1)]
    crypt.forget([former])
    assert [k.name for k in keys.held()] == [new]
    assert read(sealed) == before


def test_what_only_grows_is_guarded_again(sealed: str) -> None:
    crypt.renew()
    keys.reseal()
    for model in (Entry, FindingReply):
        with pytest.raises(DatabaseError, match="只能增加"), transaction.atomic():
            model._default_manager.update(programme=None)


def test_a_key_that_the_file_lacks_is_named_and_the_current_one_stays(sealed: str) -> None:
    former, new = crypt.keyring().current.hex(), crypt.renew()
    with pytest.raises(ValueError, match="current"):
        crypt.forget([new])
    crypt.forget([former])
    assert [(k.name, k.known) for k in keys.held()] == [(new, True), (former, False)]
    with pytest.raises(crypt.CannotDecrypt, match=former):
        keys.reseal()


def test_a_process_that_read_the_file_before_a_renewal_reads_it_again(sealed: str) -> None:
    early = crypt.keyring()
    crypt.renew()
    late = crypt.keyring().seal(b"x", "t")
    assert early.open(late, "t") == b"x"

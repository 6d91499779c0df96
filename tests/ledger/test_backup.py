"""The whole office in one file and back: the same rows, the same figures, on either engine."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from bangfu.figures import Slice
from bangfu.ledger import backup, catalogue, crypt, facts
from bangfu.ledger.models import Entry, Line, Person, Programme
from bangfu.ledger.post import Draft, post
from tests.conftest import copied, standing_on


@pytest.fixture
def saved(demonstration: Any, tmp_path: Path) -> Path:
    """A backup of the demonstration, without the key."""
    backup.write(tmp_path / "office.zip")
    return tmp_path / "office.zip"


@pytest.fixture(scope="session")
def migrated(django_db_setup: None, django_db_blocker: Any) -> str:
    """An office in which nothing has happened yet, to be copied."""
    with django_db_blocker.unblock():
        return copied("migrated")


@pytest.fixture
def empty(migrated: str, django_db_blocker: Any) -> Iterator[Any]:
    """An empty office to restore into."""

    def stand() -> Any:
        return standing_on(copied("restored", migrated))

    with django_db_blocker.unblock():
        yield stand


def everything() -> dict[str, list[Any]]:
    return {m._meta.db_table: list(backup._read(m)) for m in backup._models()}


def test_what_comes_back_is_what_went_in(saved: Path, empty: Any) -> None:
    """Every row of every table, every figure; new entries go on where the old ones stopped."""
    before, number = everything(), Entry.objects.order_by("pk").last()
    lines = Line.objects.count()
    with empty():
        made = backup.restore(saved)
        assert everything() == before
        assert made.tables["ledger_entry"] == len(before["ledger_entry"]) > 1000
        assert made.figures == len(catalogue().figures)
        assert made.opens
        assert Line.objects.count() == lines
        programme = Programme.objects.get()
        posting = post(programme, [Draft("lecture", number.begin, title="恢复之后")], by=User.objects.first())
        assert Entry.objects.get(mark=posting.mark, programme=programme).pk > number.pk
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_entry")


def test_a_backup_goes_into_an_empty_office_only(saved: Path) -> None:
    with pytest.raises(backup.BackupRefused, match="空的数据文件夹"):
        backup.restore(saved)


def test_the_key_is_in_it_only_where_it_was_asked_for(saved: Path, tmp_path: Path) -> None:
    assert backup.KEY not in zipfile.ZipFile(saved).namelist()
    backup.write(tmp_path / "with.zip", key=True)
    assert zipfile.ZipFile(tmp_path / "with.zip").read(backup.KEY) == crypt.key_file().read_bytes()


def test_nobody_is_readable_in_it(saved: Path, demonstration: Any) -> None:
    """The names of people stand in no table and in no stored file of the backup."""
    names = {p.name for p in Person.objects.filter(programme=demonstration)[:50]}
    with zipfile.ZipFile(saved) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert not [name for name in names if len(name) > 2 and name.encode() in whole]


def altered(source: Path, target: Path, name: str, change: Any) -> Path:
    """A copy of the archive in which one file says something else."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for one in old.namelist():
            content = old.read(one)
            new.writestr(one, change(content) if one == name else content)
    return target


def test_a_changed_backup_is_refused_whole(saved: Path, empty: Any, tmp_path: Path) -> None:
    changed = altered(saved, tmp_path / "changed.zip", "tables/ledger_measure.jsonl", lambda b: b.replace(b"]", b"0]", 1))
    with empty():
        with pytest.raises(backup.BackupRefused, match="ledger_measure"):
            backup.restore(changed)
        assert not Entry.objects.exists()
        assert not User.objects.exists()


def test_a_figure_that_is_not_the_same_refuses_the_whole(saved: Path, empty: Any, tmp_path: Path) -> None:
    def other(content: bytes) -> bytes:
        manifest = json.loads(content)
        (figures,) = manifest["figures"].values()
        figures["direct_input"][0] = "1"
        return json.dumps(manifest).encode()

    with empty():
        with pytest.raises(backup.BackupRefused, match="direct_input"):
            backup.restore(altered(saved, tmp_path / "changed.zip", "manifest.json", other))
        assert not Programme.objects.exists()


def test_what_another_version_wrote_is_named(saved: Path, empty: Any, tmp_path: Path) -> None:
    def other(content: bytes) -> bytes:
        return json.dumps(json.loads(content) | {"version": "9.9", "steps": {}}).encode()

    with empty(), pytest.raises(backup.BackupRefused, match=r"9\.9"):
        backup.restore(altered(saved, tmp_path / "changed.zip", "manifest.json", other))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip at all"])
def test_what_is_no_backup_is_refused(empty: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with empty(), pytest.raises(backup.BackupRefused):
        backup.restore(tmp_path / "x.zip")


def test_an_archive_cannot_write_elsewhere(saved: Path, empty: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("../evil.txt", "x")
        archive.writestr("catalogue/../../evil.toml", "x")
        archive.writestr("secret.key", "x")
    kept = (Path(settings.DATA) / "secret.key").read_text()
    with empty():
        backup.restore(saved)
    assert not (Path(settings.DATA).parent / "evil.txt").exists()
    assert not (Path(settings.DATA).parent / "evil.toml").exists()
    assert (Path(settings.DATA) / "secret.key").read_text() == kept


def test_with_another_key_figures_come_back_and_persons_stay_closed(saved: Path, empty: Any, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("BANGFU_KEY_FILE", str(tmp_path / "other.key"))
    crypt.keyring.cache_clear()
    try:
        with empty():
            assert not backup.restore(saved).opens
            programme = Programme.objects.get()
            assert facts.value(programme, catalogue().figures["direct_input"], Slice()).value
    finally:
        monkeypatch.undo()
        crypt.keyring.cache_clear()


def test_stored_files_come_back(demonstration: Any, empty: Any, tmp_path: Path) -> None:
    sha256 = crypt.store("凭证".encode())
    made = backup.write(tmp_path / "office.zip")
    assert made.files > 0
    shutil.rmtree(Path(settings.DATA) / "files")
    with empty():
        backup.restore(tmp_path / "office.zip")
    assert crypt.load(sha256) == "凭证".encode()

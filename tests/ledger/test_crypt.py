"""Invariant 12: what is personal cannot be read without the key file, and a value opens only where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bangfu.ledger import crypt


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Path]:
    """A key file and a data folder of this test alone."""
    settings.DATA = tmp_path
    monkeypatch.setenv("BANGFU_KEY_FILE", str(tmp_path / "keys" / "my.key"))
    crypt.keyring.cache_clear()
    yield tmp_path / "keys" / "my.key"
    crypt.keyring.cache_clear()


def test_the_key_file_is_made_at_first_start_for_its_owner_only(key: Path) -> None:
    crypt.keyring()
    assert key.stat().st_mode & 0o777 == 0o600
    assert [line.split()[0] == "index" for line in key.read_text().splitlines()] == [True, False]
    assert [p.name for p in key.parent.iterdir()] == ["my.key"]


def test_there_and_back(key: Path) -> None:
    sealed = crypt.keyring().seal("扎西".encode(), "person.name")
    assert "扎西".encode() not in sealed
    assert crypt.keyring().open(sealed, "person.name").decode() == "扎西"
    assert sealed != crypt.keyring().seal("扎西".encode(), "person.name")


@pytest.mark.parametrize("at", [0, 5, 20, -1])
def test_a_changed_or_moved_value_does_not_open(key: Path, at: int) -> None:
    sealed = bytearray(crypt.keyring().seal(b"13500000000", "person.phone"))
    with pytest.raises(crypt.CannotDecrypt, match="放错了位置"):
        crypt.keyring().open(bytes(sealed), "person.name")
    sealed[at] ^= 1
    with pytest.raises(crypt.CannotDecrypt):
        crypt.keyring().open(bytes(sealed), "person.phone")


def test_a_renewed_key_opens_what_the_former_sealed(key: Path) -> None:
    before = crypt.keyring().seal(b"x", "t")
    hashed = crypt.blind_index("张三", "person.name")
    crypt.renew()
    after = crypt.keyring().seal(b"x", "t")
    assert before[:4] != after[:4]
    assert crypt.keyring().open(before, "t") == crypt.keyring().open(after, "t") == b"x"
    assert crypt.blind_index("张三", "person.name") == hashed
    assert key.stat().st_mode & 0o777 == 0o600


def test_another_key_file_says_so(key: Path) -> None:
    sealed = crypt.keyring().seal(b"x", "t")
    key.unlink()
    crypt.keyring.cache_clear()
    with pytest.raises(crypt.CannotDecrypt, match="请放回原来的密钥文件"):
        crypt.keyring().open(sealed, "t")


@pytest.mark.parametrize("text", ["", "index", "nonsense here\n", "index !!!\n0a0b0c0d !!!\n"])
def test_a_broken_key_file_is_not_replaced(key: Path, text: str) -> None:
    key.parent.mkdir()
    key.write_text(text)
    with pytest.raises(crypt.CannotDecrypt, match="不是完整的密钥文件"):
        crypt.keyring()
    assert key.read_text() == text


def test_names_are_found_whatever_their_spaces_and_width(key: Path) -> None:
    assert crypt.blind_index("张　三", "n") == crypt.blind_index("张三", "n") != crypt.blind_index("张三", "other")
    assert crypt.blind_index("99010119800101123x", "id") == crypt.blind_index("９９０１０１19800101123X", "id")


def test_files_are_kept_encrypted_under_their_hash(key: Path) -> None:
    content = "户主,金额\n扎西,100\n".encode() * 100
    sha = crypt.store(content)
    assert crypt.store(content) == sha
    kept = crypt.stored(sha).read_bytes()
    assert "扎西".encode() not in kept
    assert crypt.load(sha) == content
    crypt.stored(sha).write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    with pytest.raises(crypt.CannotDecrypt):
        crypt.load(sha)
    crypt.stored(sha).unlink()
    with pytest.raises(crypt.FileDamaged, match="从备份恢复"):
        crypt.load(sha)


def test_an_encrypted_column_cannot_be_searched(db: None) -> None:
    from django.core.exceptions import FieldError

    from bangfu.ledger.models import Person

    with pytest.raises(FieldError):
        list(Person.objects.filter(name="张三"))
    assert not Person.objects.filter(id_number__isnull=False).exists()

"""Personal data and the office's own papers at rest: AES-256-GCM, keyed hashes to find things again, encrypted files.

A value is key id (4 bytes) + nonce (12) + ciphertext + tag (16), with its label as associated data, so that a value moved to another
column does not open. Keys live in a file outside the database (`BANGFU_KEY_FILE`, by default `encryption.key` in the data folder), one
a line, the last one current; the line `index` keys the hashes and is never renewed, as stored hashes could not be renewed with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

KEY_ID, NONCE, INDEX = 4, 12, 16
HEAD = KEY_ID + NONCE


class CannotDecrypt(ValueError):  # noqa: N818 - a sentence, as people read it
    """What was stored cannot be opened: its key is not in the key file, or it was changed or moved."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of a key file, by id; `current` encrypts, all decrypt."""

    keys: dict[bytes, AESGCM] = field(repr=False)
    current: bytes
    index: bytes = field(repr=False)

    def seal(self, plain: bytes, label: str) -> bytes:
        """`plain` encrypted under the current key (bytes: key id, nonce, ciphertext, tag)."""
        nonce = os.urandom(NONCE)
        return self.current + nonce + self.keys[self.current].encrypt(nonce, plain, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """What `seal` was given. Raises CannotDecrypt."""
        sealed = bytes(sealed)
        key = self.keys.get(sealed[:KEY_ID])
        if key is None:  # renewed since this process read the file
            keyring.cache_clear()
            key = keyring().keys.get(sealed[:KEY_ID])
        if key is None:
            raise CannotDecrypt(
                f"数据由密钥 {sealed[:KEY_ID].hex()} 加密，密钥文件 {key_file()} 中没有它：请放回原来的密钥文件"
                f"（encrypted with a key that is not in the key file: put the former key file back）"
            )
        try:
            return key.decrypt(sealed[KEY_ID:HEAD], sealed[HEAD:], label.encode())
        except InvalidTag:
            raise CannotDecrypt(f"密文（{label}）被改动过或放错了位置，无法解开 (ciphertext was changed or moved)") from None

    def hash(self, text: str, label: str) -> bytes:
        """A keyed hash (16 bytes) by which the same text under the same label is found again."""
        return hmac.digest(self.index, label.encode() + b"\0" + text.encode(), "sha256")[:INDEX]


def key_file() -> Path:
    return Path(os.environ.get("BANGFU_KEY_FILE") or settings.DATA / "encryption.key")


@cache
def keyring() -> Keyring:
    """The keys of this process; the key file is made at first start, readable by its owner only."""
    path = key_file()
    if not path.exists():
        _write(path, [_line("index"), _line(secrets.token_hex(KEY_ID))])
    return _read(path)


def renew() -> str:
    """Add a new current key to the key file; gives its id. The former keys stay in the file and open what they sealed (`keys.reseal`)."""
    path = key_file()
    keyring()  # made if it was missing
    name = secrets.token_hex(KEY_ID)
    _write(path, [*path.read_text(encoding="ascii").splitlines(), _line(name)], replace=True)
    keyring.cache_clear()
    return name


def forget(names: Iterable[str]) -> None:
    """Take keys out of the key file: for ever. Raises ValueError for the current one and for the key of the hashes."""
    path, gone = key_file(), set(names)
    if gone & {"index", keyring().current.hex()}:
        raise ValueError("the current key and the key of the hashes stay")
    _write(path, [line for line in path.read_text(encoding="ascii").splitlines() if line.split()[0] not in gone], replace=True)
    keyring.cache_clear()


def _line(name: str) -> str:
    return f"{name} {base64.b64encode(secrets.token_bytes(32)).decode()}"


def _read(path: Path) -> Keyring:
    """Raises CannotDecrypt where the file is not a key file."""
    keys: dict[bytes, AESGCM] = {}
    index = current = b""
    try:
        for line in path.read_text(encoding="ascii").splitlines():
            name, secret = line.split()
            key = base64.b64decode(secret, validate=True)
            if name == "index":
                index = key
            else:
                current = bytes.fromhex(name)
                keys[current] = AESGCM(key)
    except ValueError:
        index = b""
    if len(index) < INDEX or len(current) != KEY_ID:
        raise CannotDecrypt(f"{path} 不是完整的密钥文件：请从备份放回 (not a whole key file: put it back from its copy)")
    return Keyring(keys, current, index)


def _write(path: Path, lines: list[str], *, replace: bool = False) -> None:
    """Write whole or not at all; a key file that another process has just made is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if replace:
        Path(temporary).replace(path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links: the last of two that start at the same moment would win
        if not path.exists():
            Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


# --- finding again


def plain_name(name: str) -> str:
    """A name as it is compared: one width, no spaces inside (张　三 is 张三)."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def blind_index(text: str, label: str) -> bytes:
    """The keyed hash (HMAC-SHA-256, 16 bytes) of a name, identity number or row under a label."""
    return keyring().hash(plain_name(text), label)


# --- fields


if TYPE_CHECKING:
    Column = models.Field[Any, Any]
else:
    Column = models.Field  # generic for the type checker only


class Encrypted(Column):
    """A column of ciphertext; `label` binds a value to its column and must never change. It cannot be searched, only be null or not."""

    empty_strings_allowed = False

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        self.label = label
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "label": self.label}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002 - Django's signature
        return None if value is None else connection.Database.Binary(self.seal(value))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else self.unseal(bytes(value))

    def seal(self, value: Any) -> bytes:
        """The bytes to store."""
        raise NotImplementedError

    def unseal(self, stored: bytes) -> Any:
        """The value that was stored."""
        raise NotImplementedError


class EncryptedTextField(Encrypted):
    """Text, encrypted."""

    def seal(self, value: str) -> bytes:
        return keyring().seal(value.encode(), self.label)

    def unseal(self, stored: bytes) -> str:
        return keyring().open(stored, self.label).decode()


class EncryptedJSONField(Encrypted):
    """A JSON value, encrypted; an empty object is stored as no bytes, since most entries have no further details."""

    def seal(self, value: Any) -> bytes:
        return seal_json(value, self.label)

    def unseal(self, stored: bytes) -> Any:
        return open_json(stored, self.label)

    def value_to_string(self, obj: Any) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)


def seal_json(value: Any, label: str) -> bytes:
    """A JSON value as an EncryptedJSONField of that label stores it."""
    if value == {}:
        return b""
    return keyring().seal(_json(value).encode(), label)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def open_json(stored: bytes, label: str) -> Any:
    """The JSON value that `seal_json` was given."""
    return json.loads(keyring().open(stored, label)) if stored else {}


# --- files


class FileDamaged(ValueError):  # noqa: N818 - a sentence, as people read it
    """A stored file is missing, or is no longer what was stored."""


def stored(sha256: str) -> Path:
    """Where the file of that hash lies in the data folder."""
    return Path(settings.DATA) / "files" / sha256[:2] / sha256


def store(content: bytes) -> str:
    """Keep `content` encrypted in the data folder; gives its SHA-256 (hex), under which the same content is kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    if not stored(sha256).exists():
        seal_file(sha256, content)
    return sha256


def seal_file(sha256: str, content: bytes) -> None:
    """Write the file of that hash, under the current key, in place of what was there."""
    path = stored(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(keyring().seal(content, f"file.{sha256}"))
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)


def load(sha256: str) -> bytes:
    """The content kept under that hash. Raises FileDamaged, CannotDecrypt."""
    path = stored(sha256)
    if not path.exists():
        raise FileDamaged(
            f"文件 {sha256[:12]}… 不在数据文件夹的 files/ 中：请从备份恢复 (stored file is missing: restore it from a backup)"
        )
    content = keyring().open(path.read_bytes(), f"file.{sha256}")
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileDamaged(f"文件 {sha256[:12]}… 与存入时不同 (stored file is not what was stored)")
    return content

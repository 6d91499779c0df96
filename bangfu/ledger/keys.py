"""Keys renewed: everything that is encrypted is sealed again under the current key, so that a former one can be thrown away.

What is sealed stays the same; only its ciphertext changes, and for that alone the triggers of tables that only grow are lifted, inside the
transaction that seals a thousand rows. It can be stopped at any moment and gone on with: what is still under a former key is found by its
first bytes. Hashes keep their key for ever (`crypt.py`).
"""
# ruff: noqa: S608 - the texts of the queries are made of our own names; values travel as parameters

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from bangfu.ledger import crypt
from bangfu.ledger.crypt import KEY_ID
from bangfu.ledger.rows import rows

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the key file, or one that is missing there, with how many stored values and files need it."""

    name: str
    current: bool
    known: bool
    values: int
    files: int


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of ciphertext."""

    table: str
    name: str
    label: str


def held() -> list[Key]:
    """The keys of the key file in their order, then those that stored data need and the file lacks."""
    values: Counter[bytes] = Counter()
    for column in _columns():
        sql = f"SELECT substr({column.name}, 1, {KEY_ID}), COUNT(*) FROM {column.table} WHERE {_sealed(column)} GROUP BY 1"
        values.update({bytes(key): count for key, count in rows(sql, [])})
    files = Counter(_key_of(path) for path in _files())
    ring = crypt.keyring()
    missing = sorted((values.keys() | files.keys()) - ring.keys.keys())
    return [Key(key.hex(), key == ring.current, key in ring.keys, values[key], files[key]) for key in (*ring.keys, *missing)]


def reseal(progress: Callable[[int, int], None] | None = None) -> int:
    """Seal under the current key whatever is still under another; gives how many values and files that were.

    `progress` hears how many of how many are done. Raises CannotDecrypt where a value's key is missing: what was done until then stays done.
    """
    current = crypt.keyring().current
    of = sum(key.values + key.files for key in held() if not key.current)
    done = 0
    for column in _columns():
        last = 0
        while ids := _reseal_some(column, current, last):
            last = ids[-1]
            done += len(ids)
            if progress:
                progress(done, of)
    for path in _files():
        if _key_of(path) != current:
            crypt.seal_file(path.name, crypt.load(path.name))
            done += 1
            if progress:
                progress(done, of)
    return done


def _reseal_some(column: _Column, current: bytes, after: int) -> list[int]:
    """Seal a thousand values after an id anew, in one transaction; gives their ids."""
    ring = crypt.keyring()
    where = f"{_sealed(column)} AND substr({column.name}, 1, {KEY_ID}) <> %s AND id > %s ORDER BY id LIMIT {CHUNK}"
    update = f"UPDATE {column.table} SET {column.name} = %s WHERE id = %s AND {column.name} = %s"
    with transaction.atomic():
        found = [(pk, bytes(old)) for pk, old in rows(f"SELECT id, {column.name} FROM {column.table} WHERE {where}", [current, after])]
        renewed = [(ring.seal(ring.open(old, column.label), column.label), pk, old) for pk, old in found]
        if renewed:
            with _free_to_change(column.table), connection.cursor() as cursor:
                cursor.executemany(update, renewed)
    return [pk for pk, _ in found]


@contextmanager
def _free_to_change(table: str) -> Iterator[None]:
    """Lift the trigger by which a table only grows, if it has one: for this transaction alone, and nobody else can write meanwhile."""
    postgres = connection.vendor == "postgresql"
    name = f"{table}_only_grows" if postgres else f"{table}_no_update"
    listed = (
        "SELECT tgname FROM pg_trigger WHERE tgname = %s"
        if postgres
        else "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s"
    )
    found = rows(listed, [name])
    lift, lower = (f"ALTER TABLE {table} DISABLE TRIGGER {name}", f"ALTER TABLE {table} ENABLE TRIGGER {name}")
    if found and not postgres:
        lift, lower = f"DROP TRIGGER {name}", found[0][0]

    def act(statement: str) -> None:
        if found:
            if postgres:
                connection.check_constraints()  # a table with references still to be checked cannot be altered
            with connection.cursor() as cursor:
                cursor.execute(statement, None)

    act(lift)
    yield
    act(lower)


def _columns() -> list[_Column]:
    models = [model for app in ("ledger", "office") for model in apps.get_app_config(app).get_models()]
    return [
        _Column(model._meta.db_table, fld.column or fld.name, fld.label)  # noqa: SLF001 - Django's own name for it
        for model in models
        for fld in model._meta.concrete_fields  # noqa: SLF001 - Django's own name for it
        if isinstance(fld, crypt.Encrypted)
    ]


def _sealed(column: _Column) -> str:
    """That there is a value: neither null nor the no bytes of an empty object."""
    return f"length({column.name}) > 0"


def _files() -> Iterator[Path]:
    return (path for path in sorted((Path(settings.DATA) / "files").glob("[0-9a-f][0-9a-f]/*")) if len(path.name) == 64)  # a SHA-256


def _key_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(KEY_ID)

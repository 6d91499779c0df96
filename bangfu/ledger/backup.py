"""The whole office in one file, and back: tables as lines of JSON, stored files and the office's own catalogue beside them.

The file knows no engine: a backup of SQLite is restored into PostgreSQL and the other way round. What is encrypted stays encrypted; the key is
in it only where that was asked for. Every figure goes into it, is computed again after a restore, and must be the same, or nothing is restored.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from bangfu import __version__
from bangfu.catalogue import Label
from bangfu.figures import Slice
from bangfu.ledger import catalogue, crypt, facts, lines
from bangfu.ledger.models import Household, Line, Person, Programme, Title, Total, Variety
from bangfu.ledger.rows import insert, rows

FORMAT = 1
APPS = ("auth", "ledger", "office")
CHUNK = 5_000
STORED = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{64}|catalogue/[\w./-]+\.toml")
KEY = "encryption.key"


class BackupRefused(ValueError):  # noqa: N818 - a sentence, as people read it
    """Nothing was restored. `why` is the sentence."""

    def __init__(self, zh: str, en: str) -> None:
        self.why = Label(zh, en)
        super().__init__(zh)


@dataclass(slots=True)
class Backup:
    """What a backup holds, or what came of restoring it. `opens` tells whether the key at hand opens what is encrypted in it."""

    made: str
    version: str
    tables: dict[str, int] = field(default_factory=dict)
    files: int = 0
    figures: int = 0
    key: bool = False
    opens: bool = True


def write(path: Path, *, key: bool = False, progress: Callable[[int], None] | None = None) -> Backup:
    """Write everything into `path` (a zip), all of it as it was at one moment. `key`: the encryption key too. Raises OSError."""
    made = Backup(datetime.now(UTC).isoformat(timespec="seconds"), __version__, key=key)
    partial = path.with_name(f".{path.name}.partial")
    manifest: dict[str, Any] = {"format": FORMAT, "version": __version__, "made": made.made, "steps": _steps(), "tables": {}}
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        with _one_moment():
            for model in _models():
                table = model._meta.db_table  # noqa: SLF001 - Django's own name for it
                with archive.open(f"tables/{table}.jsonl", "w", force_zip64=True) as out:
                    digest, count = hashlib.sha256(), 0
                    for row in _read(model):
                        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                        digest.update(line)
                        out.write(line)
                        count += 1
                        if progress and count % CHUNK == 0:
                            progress(sum(made.tables.values()) + count)
                made.tables[table] = count
                manifest["tables"][table] = {"columns": [c.column for c in _columns(model)], "rows": count, "sha256": digest.hexdigest()}
            manifest["figures"] = _figures()
        made.figures = sum(map(len, manifest["figures"].values()))
        for name, file in _beside():
            archive.write(file, name)
            made.files += 1
        if key:
            crypt.keyring()  # made where it is missing
            archive.write(crypt.key_file(), KEY)
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    partial.replace(path)
    return made


def restore(path: Path, progress: Callable[[int], None] | None = None) -> Backup:
    """Put a backup into an empty office. Raises BackupRefused: nothing is restored unless all of it is, with every figure the same."""
    if Programme.objects.exists() or User.objects.exists():
        raise BackupRefused(
            "这里已有数据，备份只能恢复到空的数据文件夹：请用 BANGFU_DATA 另指一个。",
            "There are data here already; a backup goes into an empty data folder only: point BANGFU_DATA elsewhere.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            _understood(manifest)
            return _restore(archive, manifest, progress)
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        raise BackupRefused(
            f"{path.name} 不是完整的备份（{error}）：请换一份。", f"{path.name} is not a whole backup ({error}): take another."
        ) from None


def _restore(archive: zipfile.ZipFile, manifest: dict[str, Any], progress: Callable[[int], None] | None) -> Backup:
    made = Backup(manifest["made"], manifest["version"])
    data = Path(settings.DATA)
    for model in _models():
        _check(archive, model, manifest["tables"])
    for name in archive.namelist():
        if STORED.fullmatch(name) and ".." not in name:
            target = data / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
            made.files += 1
    if KEY in archive.namelist():
        _take_key(archive.read(KEY))
        made.key = True
    catalogue.cache_clear()
    with transaction.atomic():
        for model in _models():
            table = model._meta.db_table  # noqa: SLF001 - Django's own name for it
            made.tables[table] = _write(archive, model, progress, sum(made.tables.values()))
        _sequences()
        for programme in Programme.objects.all():
            lines.rebuild(programme)
        lines.varieties.cache_clear()
        computed = _figures()
        wrong = [
            f"{slug}/{code}" for slug, values in manifest["figures"].items() for code, v in values.items() if computed[slug].get(code) != v
        ]
        if wrong:
            some = "、".join(wrong[:5])
            raise BackupRefused(
                f"恢复后有 {len(wrong)} 项指标与备份时不同（{some}），没有恢复。",
                f"{len(wrong)} figures are not what they were when the backup was made ({some}); nothing was restored.",
            )
    made.figures = sum(map(len, computed.values()))
    made.opens = _opens()
    return made


def _understood(manifest: dict[str, Any]) -> None:
    if manifest.get("format") != FORMAT or manifest.get("steps") != _steps():
        made = manifest.get("version", "?")
        raise BackupRefused(
            f"这份备份是 {made} 版写的，结构与本版（{__version__}）不同：请用那一版恢复，再运行 bangfu upgrade。",
            f"The backup was written by version {made}, whose tables differ from those of {__version__}: restore it with that one, then `bangfu upgrade`.",
        )


def _steps() -> dict[str, str]:
    """The last migration of each of our apps: what the tables look like."""
    graph = MigrationLoader(None).graph
    return {app: name for app, name in graph.leaf_nodes() if app in APPS}


def _figures() -> dict[str, dict[str, list[Any]]]:
    """Every figure of every programme over all time: its number as text, and how many entries stand behind it."""
    wanted = list(catalogue().figures.values())
    found = {}
    for programme in Programme.objects.order_by("slug"):
        values = facts.values(programme, wanted, Slice())
        found[programme.slug] = {c: [None if v.value is None else str(v.value.normalize()), v.entries] for c, v in values.items()}
    return found


def _beside() -> Iterator[tuple[str, Path]]:
    """Stored files and the office's own catalogue: name in the archive, path."""
    data = Path(settings.DATA)
    for folder in ("files", "catalogue"):
        for file in sorted((data / folder).rglob("*")):
            name = file.relative_to(data).as_posix()
            if file.is_file() and STORED.fullmatch(name):
                yield name, file


# --- the key


def _take_key(content: bytes) -> None:
    """The backup's key file in the place of one that has opened nothing yet; a former one is kept beside it."""
    path = crypt.key_file()
    if path.exists() and path.read_bytes() != content:
        path.replace(path.with_name(f"{path.name}.before-restore"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
    crypt.keyring.cache_clear()


def _opens() -> bool:
    """Whether the key at hand opens what was restored."""
    try:
        for model in (Person, Household):
            model._default_manager.first()  # noqa: SLF001 - Django's own name for it
    except crypt.CannotDecrypt:
        return False
    return True


# --- tables


def _models() -> list[type[models.Model]]:
    """The models whose rows are kept, each after those it refers to."""
    index = {Line, Title, Total, Variety}  # made again
    known = [m for app in ("ledger", "office") for m in apps.get_app_config(app).get_models(include_auto_created=True)]
    every: list[type[models.Model]] = [User, *(m for m in known if m not in index)]
    ordered: list[type[models.Model]] = []

    def place(model: type[models.Model]) -> None:
        if model in ordered:
            return
        for fld in model._meta.concrete_fields:  # noqa: SLF001 - Django's own name for it
            if fld.related_model in every and fld.related_model is not model:
                place(fld.related_model)
        ordered.append(model)

    for model in every:
        place(model)
    return ordered


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return list(model._meta.concrete_fields)  # noqa: SLF001 - Django's own name for it


def _read(model: type[models.Model]) -> Iterator[list[Any]]:
    """The rows of a table as JSON values, in the order of their keys, a chunk at a time."""
    columns, kinds = [c.column for c in _columns(model)], [c.get_internal_type() for c in _columns(model)]
    keys = [f.column for f in model._meta.pk_fields]  # noqa: SLF001 - Django's own name for it
    at = [columns.index(key) for key in keys]
    names, order = (", ".join(f'"{c}"' for c in some) for some in (columns, keys))
    sql = f'SELECT {names} FROM "{model._meta.db_table}"'  # noqa: S608, SLF001 - our own names
    last: list[Any] = []
    while True:
        after = f" WHERE ({order}) > ({', '.join(['%s'] * len(last))})" if last else ""
        page = rows(f"{sql}{after} ORDER BY {order} LIMIT {CHUNK}", last)
        for row in page:
            yield list(map(_out, kinds, row))
        if len(page) < CHUNK:
            return
        last = [page[-1][i] for i in at]


def _out(kind: str, value: Any) -> Any:
    """A value of the database as JSON has it, the same on both engines."""
    if kind == "JSONField" and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _in(kind: str, value: Any) -> Any:
    """A value of the file as the engine takes it."""
    if value is None:
        return None
    if kind == "BinaryField":
        return base64.b64decode(value)
    if kind == "DateTimeField":
        moment = datetime.fromisoformat(value)
        return moment if connection.vendor == "postgresql" else str(moment.astimezone(UTC).replace(tzinfo=None))
    if kind == "JSONField":
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if kind == "BooleanField":
        return bool(value)
    return value


def _check(archive: zipfile.ZipFile, model: type[models.Model], told: dict[str, Any]) -> None:
    """Raises BackupRefused where a table is not what the manifest says of it."""
    table = model._meta.db_table  # noqa: SLF001 - Django's own name for it
    digest, count = hashlib.sha256(), 0
    with archive.open(f"tables/{table}.jsonl") as source:
        for line in source:
            digest.update(line)
            count += 1
    found = {"columns": [c.column for c in _columns(model)], "rows": count, "sha256": digest.hexdigest()}
    if told.get(table) != found:
        raise BackupRefused(
            f"备份里的 {table} 不完整或被改动过，没有恢复。",
            f"The table {table} of the backup is damaged or was changed; nothing was restored.",
        )


def _write(archive: zipfile.ZipFile, model: type[models.Model], progress: Callable[[int], None] | None, before: int) -> int:
    """The rows of a table as they were; gives how many."""
    columns = _columns(model)
    kinds = [c.get_internal_type() for c in columns]
    names = [str(c.column) for c in columns]
    table = model._meta.db_table  # noqa: SLF001 - Django's own name for it
    count = 0
    with archive.open(f"tables/{table}.jsonl") as source:
        while chunk := list(islice(source, CHUNK)):
            insert(table, names, [tuple(map(_in, kinds, json.loads(line))) for line in chunk])
            count += len(chunk)
            if progress:
                progress(before + count)
    return count


def _sequences() -> None:
    """On PostgreSQL, let new ids come after those that were put back (SQLite sees to it)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in _models():
            table, key = model._meta.db_table, model._meta.pk  # noqa: SLF001 - Django's own name for it
            if isinstance(key, models.AutoField):
                cursor.execute(
                    f'SELECT setval(pg_get_serial_sequence(%s, %s), COALESCE((SELECT MAX("{key.column}") FROM "{table}"), 1))',  # noqa: S608 - our own names
                    [table, key.column],
                )


@contextmanager
def _one_moment() -> Iterator[None]:
    """A transaction in which all tables are read as they were when it began."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield

"""Rows in bulk, on both engines: written by executemany on SQLite and COPY on PostgreSQL, read by plain SQL.

`bulk_create` is 18 to 36 times slower (docs/performance.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Sized
from typing import Any

from django.db import connection


def insert(table: str, columns: Sequence[str], values: Iterable[tuple[Any, ...]], types: Sequence[str] = ()) -> None:
    """Write rows whose values stand in the order of `columns`; dates and JSON values as text.

    With `types` (PostgreSQL's names of them) the values travel as they are, not as text. PostgreSQL works on the first rows while `values`
    still makes the later ones; making them may not ask the database anything.
    """
    if isinstance(values, Sized) and not len(values):
        return
    names = ", ".join(f'"{c}"' for c in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN{" (FORMAT BINARY)" if types else ""}') as copy:
                if types:
                    copy.set_types(types)
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(values))  # noqa: S608 - our own names


def new_ids(table: str, count: int) -> Sequence[int]:
    """So many ids in a row that nobody else will use, inside a transaction (on SQLite nobody else writes until it is over)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            last = (row[0] if row else 0) + count
        else:
            cursor.execute("SELECT pg_advisory_lock(%s)", [IDS])
            try:
                sequence = "pg_get_serial_sequence(%s, 'id')"
                cursor.execute(f"SELECT setval({sequence}, nextval({sequence}) + %s)", [table, table, count - 1])
                last = cursor.fetchone()[0]
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [IDS])
    return range(last - count + 1, last + 1)


def row_id(text: str | None) -> int | None:
    """The id of a row as a text names it (an address, a form, a prompt); None for what no row may have: ², ٣, a number of more than 18 digits."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


IDS = 20_150_801
"""The lock under which a span of ids is taken; it is held for that moment only."""


def rows(sql: str, params: Sequence[Any]) -> list[Any]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Any] = cursor.fetchall()
        return found


def within(column: str, values: Iterable[int] | Iterable[str], type_: str = "bigint") -> tuple[str, list[Any]]:
    """Whether a column is one of many values: a condition with its parameters, of which there is one, however many values there are.

    `type_` is the column's own (PostgreSQL's name of it): of another type the values would be gone through one by one, not hashed.
    """
    listed: list[Any] = sorted(values)
    if len(listed) == 1:
        return f"{column} = %s", listed
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::{type_}[])", [listed]
    return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(listed)]  # noqa: S608 - our own names

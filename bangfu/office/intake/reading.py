"""Files → sheets of texts, read in a child process with bounded memory and time; a broken file costs a sentence, never the server."""

from __future__ import annotations

import marshal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bangfu.office.intake import cells
from bangfu.office.intake.cells import Refused, letters

SECONDS = 180
"""No file may take longer to be read; a small one has less (`_allowed`)."""

HEAD = 3000
"""Rows of a sheet held at once; a longer sheet's remaining rows are read through `rest`, once, in their order."""

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; from 0, inclusive


@dataclass(slots=True)
class Sheet:
    """One sheet as texts. `rows` are its first rows (all of them up to HEAD), row 0 first; every cell is a text, "" where empty."""

    name: str
    rows: list[list[str]]
    merges: list[Merge] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    struck: frozenset[int] = frozenset()  # rows that are struck through: they do not count any more
    height: int = 0
    rest: Iterator[list[list[str]]] | None = None

    def cell(self, row: int, column: int) -> str:
        line = self.rows[row] if row < len(self.rows) else []
        return line[column] if column < len(line) else ""


@dataclass(slots=True)
class Book:
    """A file's sheets, and what was left aside (macros, links), each a (Chinese, English) pair of sentences."""

    file: str
    sheets: list[Sheet]
    remarks: list[tuple[str, str]] = field(default_factory=list)


def place_of(row: int, column: int) -> str:
    """The address of a cell as Excel writes it: (16, 4) → E17."""
    return f"{letters(column)}{row + 1}"


def read_book(path: Path, *, name: str = "", head: int | None = None, alone: bool = True, seconds: int | None = None) -> Book:
    """All sheets of a file with all their rows (at most `head` of each sheet). Raises Refused.

    Without `alone` the file is read in this process: for files that were written here.
    """
    book = Book(name or path.name, [])
    for sheet in sheets(path, book.remarks, name=book.file, head=head or 1 << 30, alone=alone, seconds=seconds):
        if sheet.rest is not None and head is None:
            for rows in sheet.rest:
                sheet.rows.extend(rows)
        sheet.rest = None
        book.sheets.append(sheet)
    return book


def sheets(
    path: Path,
    remarks: list[tuple[str, str]],
    *,
    name: str = "",
    head: int = HEAD,
    alone: bool = True,
    seconds: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Sheet]:
    """The sheets of a file one after another, each with at most `head` rows; the remaining rows of a sheet come through its `rest`.

    A sheet's `rest` ends when the next sheet is asked for. `remarks` receives what was left aside. `progress` hears how many rows were read.
    `name` is the file's name for people (a .csv has no other name for its sheet). Raises Refused.
    """
    stream = _Stream(messages(path, seconds=seconds) if alone else _here(path), remarks, progress)
    while True:
        message = stream.next_sheet()
        if message is None:
            return
        sheet = sheet_of(message)
        if name and sheet.name == path.stem:  # a .csv, kept under another name
            sheet.name = Path(name).stem
        while len(sheet.rows) < head:
            rows = stream.rows()
            if rows is None:
                break
            sheet.rows.extend(rows)
        else:
            sheet.rest = stream.rest()
        if len(sheet.rows) > head and sheet.rest is not None:
            over, sheet.rows = sheet.rows[head:], sheet.rows[:head]
            sheet.rest = _with_first(over, sheet.rest)
        yield sheet


def _with_first(first: list[list[str]], rest: Iterator[list[list[str]]]) -> Iterator[list[list[str]]]:
    yield first
    yield from rest


class _Stream:
    """The child's messages, sheet by sheet."""

    def __init__(self, stream: Iterator[tuple[Any, ...]], remarks: list[tuple[str, str]], progress: Callable[[int], None] | None) -> None:
        self.stream = stream
        self.remarks = remarks
        self.progress = progress
        self.held: tuple[Any, ...] | None = None
        self.count = 0

    def _next(self) -> tuple[Any, ...] | None:
        if self.held is not None:
            message, self.held = self.held, None
            return message
        return next(self.stream, None)

    def next_sheet(self) -> tuple[Any, ...] | None:
        while (message := self._next()) is not None:
            if message[0] == "sheet":
                return message
            if message[0] == "remark":
                self.remarks.append((message[1], message[2]))
            elif message[0] == "at" and self.progress is not None:
                self.progress(self.count)
        return None

    def rows(self) -> list[list[str]] | None:
        while (message := self._next()) is not None:
            if message[0] == "rows":
                rows: list[list[str]] = message[1]
                self.count += len(rows)
                if self.progress is not None:
                    self.progress(self.count)
                return rows
            if message[0] == "sheet":
                self.held = message
                return None
            if message[0] == "remark":
                self.remarks.append((message[1], message[2]))
        return None

    def rest(self) -> Iterator[list[list[str]]]:
        while (rows := self.rows()) is not None:
            yield rows


def sheet_of(message: tuple[Any, ...]) -> Sheet:
    """A sheet without its rows yet, from the child's message."""
    _, name, hidden, merges, hidden_rows, hidden_columns, struck, height = message
    return Sheet(
        str(name),
        [],
        [tuple(m) for m in merges],
        bool(hidden),
        frozenset(hidden_rows),
        frozenset(hidden_columns),
        frozenset(struck),
        int(height),
    )


def _here(path: Path) -> Iterator[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    cells.read(path, found.append)
    yield from found


def _allowed(path: Path) -> int:
    """Seconds that reading a file may take: eight, and five for every megabyte."""
    return min(SECONDS, 8 + 5 * (path.stat().st_size >> 20))


def messages(path: Path, *, seconds: int | None = None, stopped: Callable[[], bool] | None = None) -> Iterator[tuple[Any, ...]]:
    """The child's messages, as they come (see cells.py); ends after the last row. Raises Refused, also when the child dies or is too slow."""
    seconds = _allowed(path) if seconds is None else seconds
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-P", "-E", "-s", cells.__file__, str(path), str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    left = float(seconds)  # of waiting for the child; what is done with its rows meanwhile does not count
    try:
        while True:
            began = time.monotonic()
            timer = threading.Timer(max(left, 0.0), child.kill)
            timer.start()
            try:
                message = marshal.load(child.stdout)  # noqa: S302 - written by our own child
            except (EOFError, ValueError, TypeError) as error:
                raise Refused(
                    "文件读不下去：内容已损坏，或大到在规定的时间和内存里读不完",
                    "the file cannot be read: it is damaged, or too large for the time and memory allowed",
                ) from error
            finally:
                timer.cancel()
                left -= time.monotonic() - began
            if message[0] == "refused":
                raise Refused(message[1], message[2])
            if message[0] == "end" or (stopped is not None and stopped()):
                return
            yield message
    finally:
        child.kill()
        child.stdout.close()
        child.wait()

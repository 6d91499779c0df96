"""Files → sheets of texts, read in a child process with bounded memory and time; a broken file costs a sentence, never the server."""

from __future__ import annotations

import marshal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bangfu.office.intake import cells
from bangfu.office.intake.cells import Refused, letters

SECONDS = 120
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


def read_book(path: Path, *, head: int | None = None, alone: bool = True, seconds: int = SECONDS) -> Book:
    """All sheets of a file. Raises Refused.

    With `head`, at most so many rows of each sheet are held (`Sheet.height` says how many there are, where the file says it). Without `alone` the file
    is read in this process: for files that were written here.
    """
    return _book(path.name, _limited(messages(path, seconds=seconds) if alone else _here(path), head))


def _limited(stream: Iterator[tuple[Any, ...]], head: int | None) -> Iterator[tuple[Any, ...]]:
    seen = 0
    for message in stream:
        if message[0] == "sheet":
            seen = 0
        elif message[0] == "rows" and head is not None:
            if seen >= head:
                continue
            message = ("rows", message[1][: head - seen])  # noqa: PLW2901
            seen += len(message[1])
        yield message


def _book(name: str, stream: Iterator[tuple[Any, ...]]) -> Book:
    book = Book(name, [])
    for message in stream:
        match message:
            case ("remark", zh, en):
                book.remarks.append((zh, en))
            case ("sheet", *_):
                book.sheets.append(sheet_of(message))
            case ("rows", rows):
                book.sheets[-1].rows.extend(rows)
            case _:
                pass
    return book


def sheet_of(message: tuple[Any, ...]) -> Sheet:
    """A sheet without its rows yet, from the child's message."""
    _, name, hidden, merges, hidden_rows, hidden_columns, height = message
    return Sheet(str(name), [], [tuple(m) for m in merges], bool(hidden), frozenset(hidden_rows), frozenset(hidden_columns), int(height))


def _here(path: Path) -> Iterator[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    cells.read(path, found.append)
    yield from found


def messages(path: Path, *, seconds: int = SECONDS, stopped: Callable[[], bool] | None = None) -> Iterator[tuple[Any, ...]]:
    """The child's messages, as they come (see cells.py); ends after the last row. Raises Refused, also when the child dies or is too slow."""
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-P", "-E", "-s", cells.__file__, str(path), str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    timer = threading.Timer(seconds, child.kill)
    timer.start()
    assert child.stdout is not None
    try:
        while True:
            try:
                message = marshal.load(child.stdout)  # noqa: S302 - written by our own child
            except (EOFError, ValueError, TypeError) as error:
                raise Refused(
                    "文件读不下去：内容已损坏，或大到在规定的时间和内存里读不完", "the file cannot be read: it is damaged, or too large for the time and memory allowed"
                ) from error
            if message[0] == "refused":
                raise Refused(message[1], message[2])
            if message[0] == "end" or (stopped is not None and stopped()):
                return
            yield message
    finally:
        timer.cancel()
        child.kill()
        child.stdout.close()
        child.wait()

"""How the command speaks: one language at a time, tables that line up, JSON that stands alone on the standard output.

Progress, warnings and errors go to the standard error; the standard output carries the answer and nothing else.
"""

from __future__ import annotations

import json
import locale
import os
import sys
import time
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO


class Stop(Exception):  # noqa: N818 - a sentence for the person at the prompt, not a fault of the program
    """The verb cannot go on: one sentence that says what, where, and what to do next. `status` is the exit status."""

    def __init__(self, zh: str, en: str, status: int = 2) -> None:
        super().__init__(say(zh, en))
        self.status = status


def language() -> str:
    """`zh` or `en`: BANGFU_LANG, else what the system speaks."""
    chosen = os.environ.get("BANGFU_LANG") or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not chosen and os.name == "nt":
        chosen = locale.getlocale()[0] or ""
    return "zh" if chosen.lower().startswith(("zh", "chinese")) else "en"


def say(zh: str, en: str) -> str:
    """The one of the two that this person reads."""
    return zh if language() == "zh" else en


def open_streams() -> None:
    """UTF-8 for JSON on any code page; a file name that is no text is written out, never a reason to fall; nor is a stream that was closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")


def emit(value: Any) -> None:
    """One JSON value on one line of the standard output, UTF-8 whatever the code page."""
    line = json.dumps(value, ensure_ascii=False, default=str) + "\n"
    data = line.encode("utf-8", "backslashreplace")
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:  # a test's stand-in
        sys.stdout.write(line)
    else:
        sys.stdout.flush()
        buffer.write(data)
        buffer.flush()


def note(text: str) -> None:
    """A line for the person, beside the answer."""
    print(text, file=sys.stderr, flush=True)


def wide(text: str) -> int:
    """Columns that a text takes on a terminal: a Chinese sign takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(rows: Iterable[Sequence[object]], head: Sequence[str] = (), right: Iterable[int] = ()) -> None:
    """Rows in columns that line up, under a head; `right` are the columns of numbers."""
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    lines = [list(head), *texts] if head else texts
    if not lines:
        return
    widths = [max(wide(line[i]) for line in lines if i < len(line)) for i in range(max(map(len, lines)))]
    numbers = set(right)

    def lay(line: list[str]) -> str:
        cells = []
        for i, cell in enumerate(line):
            gap = " " * (widths[i] - wide(cell))
            cells.append(gap + cell if i in numbers else cell + gap)
        return "  ".join(cells).rstrip()

    for number, line in enumerate(lines):
        print(lay(line))
        if head and number == 0:
            print("  ".join("-" * w for w in widths))


class Progress:
    """A bar on the standard error: on a terminal it stays on its line, elsewhere a line every few seconds."""

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self.title = title
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty()
        self.width = 0  # of what stands on the terminal's line
        self.under_way = ""
        self.beats = 0
        self.shown = time.monotonic_ns()

    def begin(self, text: str) -> None:
        """Something is under way, before the first step is done."""
        self.under_way = text
        self._print(f"{self.title} {text}")

    def __call__(self, done: int, of: int | None = None) -> None:
        """`done` of `of` steps are behind us (`of` None: nobody knows how many)."""
        every = 100_000_000 if self.live else 5_000_000_000
        now = time.monotonic_ns()
        if now - self.shown < every and done != of:
            return
        self.shown = now
        if not done and self.under_way:  # still at what it began with
            self.beats += 1
            self._print(f"{self.title} {self.under_way} {'.' * (self.beats % 4)}".rstrip())
        elif of:
            full = 30 * min(done, of) // of
            self._print(f"{self.title} [{'#' * full}{'.' * (30 - full)}] {done}/{of}")
        else:
            self._print(f"{self.title} {done}")

    def _print(self, text: str) -> None:
        before, self.width = self.width, wide(text)
        gap = " " * max(before - self.width, 0)
        print(f"\r{text}{gap}" if self.live else text, end="" if self.live else "\n", file=self.stream, flush=True)

    def done(self) -> None:
        if self.live and self.width:
            self.width = 0
            print(file=self.stream)

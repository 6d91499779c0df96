"""The outline of a report: headings and sentences with slots for figures, declared in TOML and read strictly.

An outline holds no digits of its own (invariant 6): every number comes through a slot, «{figure_code}». What is fixed in it are words,
and names that the trade writes with digits (`NAMES`). All faults are named at once, by file and key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangfu.catalogue.loader import CatalogueError, Table
from bangfu.catalogue.shapes import Catalogue, Label

HERE = Path(__file__).parents[2] / "catalogue" / "outlines"

NAMES = ("9+3", "832平台", "832 platform")
"""Names written with digits that are no numbers (domain.md 0, 7.3)."""

WORDS = ("helper", "programme", "period", "villages", "counties", "place")
"""Slots that are words and not figures: who, when and where. `place` only in a sentence said for each village."""

SLOT = re.compile(r"\{(?P<code>[a-z0-9_]+)(?:~(?P<hedge>[^{}:]+))?(?::(?P<form>[nd]))?\}")
"""`{code}` is the figure's own sentence with its number, `{code:n}` the number with its unit, `{code:d}` the digits alone; `{code~近}` hedges it where true."""

COLUMNS = ("total", "years", "villages")


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of a sentence. It is left out where a figure in it has no record."""

    text: Label

    def codes(self) -> tuple[str, ...]:
        return tuple(m["code"] for m in SLOT.finditer(self.text.zh + self.text.en) if m["code"] not in WORDS)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Clauses joined into one sentence; with `each` it is said once for every designated village that has something to say."""

    clauses: tuple[Clause, ...]
    each: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its sentences and the parts under it. `key` names an optional part, which is composed only when asked for."""

    heading: Label
    key: str
    sentences: tuple[Sentence, ...]
    parts: tuple[Part, ...]

    def codes(self) -> Iterator[str]:
        for sentence in self.sentences:
            for clause in sentence.clauses:
                yield from clause.codes()
        for part in self.parts:
            yield from part.codes()


@dataclass(frozen=True, slots=True)
class Annex:
    """A table at the end: figures down, and across the whole period, its years, or the designated villages."""

    title: Label
    figures: tuple[str, ...]
    columns: str


@dataclass(frozen=True, slots=True)
class Outline:
    code: str
    label: Label
    title: Label
    parts: tuple[Part, ...]
    annexes: tuple[Annex, ...]

    def codes(self) -> tuple[str, ...]:
        """The figures named anywhere, each once, in reading order."""
        named = [code for part in self.parts for code in part.codes()]
        return tuple(dict.fromkeys([*named, *(code for annex in self.annexes for code in annex.figures)]))

    def options(self) -> dict[str, Label]:
        """The optional parts: key → heading."""
        return {part.key: part.heading for part in self.parts if part.key}


def outlines(catalogue: Catalogue, *folders: Path) -> dict[str, Outline]:
    """All outlines: those that come with Bangfu, then the office's own `folders` on top (the same file name replaces).

    Raises CatalogueError with every fault of every file.
    """
    paths = {path.stem: path for folder in (HERE, *folders) for path in sorted(folder.glob("*.toml"))}
    faults: list[str] = []
    found = {}
    for code, path in paths.items():
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            faults.append(f"{path.name}: not TOML: {error}")
            continue
        found[code] = _outline(code, Table(data, path.name, faults), catalogue)
    if faults:
        raise CatalogueError(faults)
    return found


def _outline(code: str, table: Table, catalogue: Catalogue) -> Outline:
    outline = Outline(
        code=code,
        label=table.label(),
        title=table.label("title"),
        parts=tuple(_part(t, catalogue) for t in _tables(table, "parts")),
        annexes=tuple(_annex(t, catalogue) for t in _tables(table, "annexes")),
    )
    _check_words(outline.title, table, "title")
    table.done()
    return outline


def _tables(table: Table, key: str) -> Iterator[Table]:
    for number, data in enumerate(table.take(key, list, []), 1):
        if isinstance(data, dict):
            yield Table(data, f"{table.at} {key}[{number}]", table.faults)
        else:
            table.fault(key, f"should be tables [[{key}]]")


def _part(table: Table, catalogue: Catalogue) -> Part:
    part = Part(
        heading=table.label(),
        key=table.take("key", str, ""),
        sentences=tuple(_sentence(t, catalogue) for t in _tables(table, "say")),
        parts=tuple(_part(t, catalogue) for t in _tables(table, "parts")),
    )
    _check_words(part.heading, table, "zh")
    table.done()
    return part


def _sentence(table: Table, catalogue: Catalogue) -> Sentence:
    zh, en = table.words("zh"), table.words("en")
    each = table.take("each", bool, default=False)
    if not zh or len(zh) != len(en):
        table.fault("zh", "a sentence has as many clauses in Chinese as in English, and at least one")
    clauses = tuple(Clause(Label(a, b)) for a, b in zip(zh, en, strict=False))
    for clause in clauses:
        _check_words(clause.text, table, "zh")
        _check_slots(clause.text, table, catalogue, each=each)
    table.done()
    return Sentence(clauses, each)


def _annex(table: Table, catalogue: Catalogue) -> Annex:
    figures = table.words("figures") or tuple(f.code for f in catalogue.core())
    annex = Annex(table.label(), figures, table.one_of("columns", COLUMNS, "total"))
    for code in figures:
        if code not in catalogue.figures:
            table.fault("figures", f"{code!r} is not a figure")
    _check_words(annex.title, table, "zh")
    table.done()
    return annex


def _check_words(label: Label, table: Table, key: str) -> None:
    for text in (label.zh, label.en):
        digits = own_digits(text)
        if digits:
            table.fault(key, f"{digits!r} in {text!r}: an outline holds no numbers of its own; use a figure's slot")


def _check_slots(label: Label, table: Table, catalogue: Catalogue, *, each: bool) -> None:
    known: Mapping[str, object] = catalogue.figures
    for text in (label.zh, label.en):
        for found in SLOT.finditer(text):
            code = found["code"]
            if code == "place" and not each:
                table.fault("each", "{place} belongs in a sentence said for each village")
            if code not in WORDS and code not in known:
                table.fault("zh", f"{code!r} in {text!r} is not a figure")
        if "{" in SLOT.sub("", text) or "}" in SLOT.sub("", text):
            table.fault("zh", f"{text!r} has a brace that is no slot; slots are {{code}}, {{code:n}}, {{code:d}} and {{code~近}}")
    if _slots(label.zh) != _slots(label.en):
        table.fault("en", f"{label.zh!r} and {label.en!r} name different figures")


def _slots(text: str) -> Sequence[Any]:
    return sorted(m["code"] for m in SLOT.finditer(text) if m["code"] not in WORDS)


def own_digits(text: str) -> str:
    """The digits a text holds outside its slots and outside the names that are written with digits."""
    text = SLOT.sub("", text)
    for name in NAMES:
        text = text.replace(name, "")
    return "".join(c for c in text if c.isdigit())

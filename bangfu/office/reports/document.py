"""What a report is before it is rendered: sections, paragraphs, tables, and numbers that know where they come from.

Plain frozen data in one language. Composition makes it, `docx` and `html` render it, a snapshot keeps it (`to_data`, `from_data`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """For what a figure was asked, as ids and days: the half-open period and the subtree of a place. `words` says it for readers."""

    begin: date | None = None
    end: date | None = None
    place: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One line of the table of sources: a figure for a slice, and what it came to. `index` begins at 1.

    `value` is in the figure's unit, None where there was nothing to say; `entries` of the ledger stand behind it.
    """

    index: int
    code: str
    label: str
    caliber: str
    asked: Asked
    unit: str
    value: Decimal | None
    entries: int
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; with `source` it is a number and points to that line of the table of sources."""

    text: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Table:
    """An annex table: title, line of units, header and rows of cells (each one run)."""

    title: str
    units: str
    header: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its number written out («一、», «（一）», «1.»), its paragraphs, and the sections under it. `level` begins at 1."""

    level: int
    number: str
    heading: str
    paragraphs: tuple[Paragraph, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A composed report. `mark` is the state of the ledger it was read at, `made` the day of its composition."""

    title: str
    lang: str
    helper: str
    programme: str
    period: str
    mark: int
    made: date
    demonstration: bool
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    sources: tuple[Source, ...]

    def text(self) -> str:
        """The running text, a line a paragraph: what a reader would check."""
        return "\n".join([self.title, *(line for section in self.sections for line in _lines(section))])

    def numbers(self) -> Iterator[Run]:
        """Every number of the running text and the tables, in reading order."""
        for section in self.sections:
            yield from _numbers(section)
        for table in self.tables:
            for row in table.rows:
                yield from (run for run in row if run.source is not None)

    def sources_by_figure(self) -> list[list[Source]]:
        """The sources, those of one figure together, in the order in which the figures first appear."""
        groups: dict[str, list[Source]] = {}
        for source in self.sources:
            groups.setdefault(source.code, []).append(source)
        return list(groups.values())

    def source(self, run: Run) -> Source | None:
        return None if run.source is None else self.sources[run.source - 1]


def _lines(section: Section) -> Iterator[str]:
    yield section.number + section.heading
    yield from (paragraph.text for paragraph in section.paragraphs)
    for inner in section.sections:
        yield from _lines(inner)


def _numbers(section: Section) -> Iterator[Run]:
    for paragraph in section.paragraphs:
        yield from (run for run in paragraph.runs if run.source is not None)
    for inner in section.sections:
        yield from _numbers(inner)


def to_data(document: Document) -> dict[str, Any]:
    """The document as JSON values (days as ISO, numbers as text), for a snapshot."""
    return {key: _plain(value) for key, value in asdict(document).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_data(data: Mapping[str, Any]) -> Document:
    """The document that `to_data` gave. Raises KeyError or TypeError where the data are not one."""
    return Document(
        **{
            **data,
            "made": date.fromisoformat(data["made"]),
            "sections": tuple(_section(s) for s in data["sections"]),
            "tables": tuple(
                Table(t["title"], t["units"], tuple(t["header"]), tuple(tuple(Run(**run) for run in row) for row in t["rows"]))
                for t in data["tables"]
            ),
            "sources": tuple(_source(s) for s in data["sources"]),
        },
    )


def _section(data: Mapping[str, Any]) -> Section:
    paragraphs = tuple(Paragraph(tuple(Run(**run) for run in p["runs"])) for p in data["paragraphs"])
    return Section(data["level"], data["number"], data["heading"], paragraphs, tuple(_section(s) for s in data["sections"]))


def _source(data: Mapping[str, Any]) -> Source:
    asked = dict(data["asked"])
    for side in ("begin", "end"):
        asked[side] = date.fromisoformat(asked[side]) if asked[side] else None
    value = None if data["value"] is None else Decimal(data["value"])
    return Source(**{**data, "asked": Asked(**asked), "value": value})

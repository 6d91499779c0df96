"""What the catalogue declares: kinds with their fields, figures, and the words for them in both languages.

Plain frozen data; `loader.py` makes them from TOML and refuses what does not fit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages: `zh` as an office writes it, `en` beside it."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh

    def say(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


class FieldType(StrEnum):
    """What a field holds, and with it where the ledger keeps it (see `Field.home`)."""

    TEXT = "text"
    NOTE = "note"  # long text
    CODE = "code"  # voucher, order or document number: text, never a number
    CHOICE = "choice"
    FLAG = "flag"  # 是 / 否
    DATE = "date"
    NUMBER = "number"  # a measure, with a unit
    PLACE = "place"
    UNIT = "unit"  # a department of the helper organisation
    PARTY = "party"  # any other organisation, branch, firm or committee
    PERSON = "person"
    HOUSEHOLD = "household"
    PROJECT = "project"


COLUMNS = ("title", "begin", "end", "place", "unit", "party", "person", "household", "project", "category", "counts_to")
"""Field names that fill a column of the entry itself; see `Field.home`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of an enumeration. `valid_from`/`valid_to` because terms change by year (domain.md 2, 3)."""

    code: str
    label: Label
    words: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind: its type, labels, and the header words under which offices keep it.

    `headers` are written as offices write them, without units or spaces ("培训名称", "金额"); the first is the one used
    in templates and exports. `unit` is the unit code of a NUMBER (quantities.UNITS). `personal` fields live in
    Person or Household only (invariant 12).
    """

    name: str
    type: FieldType
    label: Label
    headers: tuple[str, ...] = ()
    unit: str | None = None
    required: bool = False
    personal: bool = False
    choices: tuple[Choice, ...] = ()
    note: Label | None = None
    example: str = ""

    @property
    def home(self) -> str:
        """Where the ledger keeps the value: column, measure, facet (a plain code that figures may filter by), person or details."""
        if self.name in COLUMNS:
            return "column"
        if self.personal:
            return "person"
        if self.type is FieldType.NUMBER:
            return "measure"
        if self.type in {FieldType.CHOICE, FieldType.FLAG}:
            return "facet"
        return "details"

    def choice(self, code: str) -> Choice | None:
        return next((c for c in self.choices if c.code == code), None)


@dataclass(frozen=True, slots=True)
class Kind:
    """What can happen. An event is over when it has happened; a state holds from `begin` until `end` (perhaps open).

    `ledger` is the kind's word in an import's answer, `topic` the word of the activity in a text's claims.
    `money` says that the amount of this kind is a payment that may count to an indicator (DESIGN.md, Money); elsewhere
    amounts are budgets.
    """

    code: str
    label: Label
    chapter: str
    ledger: str
    topic: str
    note: Label
    fields: dict[str, Field]
    state: bool = False
    money: bool = False
    titles: tuple[str, ...] = ()  # words of a sheet's name or title line that point to this kind

    def measures(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.home == "measure")

    @property
    def titled_by(self) -> Field | None:
        """The field an entry of this kind is called by: its title, else the person or household it is about."""
        return next((self.fields[n] for n in ("title", "person", "household") if n in self.fields), None)


class Fold(StrEnum):
    """How entries become one number (DESIGN.md, Six words)."""

    SUM = "sum"
    COUNT = "count"
    LAST = "last"
    DISTINCT = "distinct"
    STANDING = "standing"


KEYS = ("entry", "person", "household", "unit", "party", "place", "project", "title", "category")
"""What `of` may name: the thing counted by distinct and standing, or whose last entry is taken."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What can be counted. Either a fold over entries (`fold`, `kinds` …) or a combination of other figures (`combine`, `parts`).

    `where` maps category, counts_to or a facet to the codes admitted. `scope` is "any", "designated" or "outside".
    `says` are sentence patterns with one `{n}`, which write the sentence and recognise it; `cues` are further words that
    point to this figure in somebody's text. `caliber` is the 口径 shown beside it (domain.md 1.1, 9).
    """

    code: str
    label: Label
    chapter: str
    topic: str
    unit: str
    caliber: Label
    says: tuple[str, ...]
    cues: tuple[str, ...] = ()
    core: int | None = None  # 1–6: the six core indicators, which come first in every return
    fold: Fold | None = None
    kinds: tuple[str, ...] = ()
    measure: str | None = None
    of: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scope: str = "any"
    free_of_overlap: bool = False  # a sum in 人 must declare it (DESIGN.md, 人)
    combine: str | None = None
    parts: tuple[str, ...] = ()
    per: str | None = None  # 人均, 户均, 年均: the denominator's word, for claims


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All kinds, figures and chapters, as loaded; nothing in it changes afterwards."""

    chapters: dict[str, Label]
    kinds: dict[str, Kind]
    figures: dict[str, Figure]

    def core(self) -> tuple[Figure, ...]:
        return tuple(sorted((f for f in self.figures.values() if f.core), key=lambda f: f.core or 0))

    def in_chapter(self, chapter: str) -> tuple[Figure, ...]:
        return tuple(f for f in self.figures.values() if f.chapter == chapter)

    def figures_of(self, kind: str) -> tuple[Figure, ...]:
        return tuple(f for f in self.figures.values() if kind in f.kinds)

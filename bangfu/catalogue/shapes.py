"""What the catalogue declares: kinds with their fields, figures, and the words for them in both languages.

Plain frozen data; `loader.py` makes them from TOML and refuses what does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


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


EXPORTS = ("date", "date_end", "place", "unit", "amount_cny", "people", "person_times", "sessions", "items", "households", "title")
"""The columns of a dry run's answer (`bangfu import --dry-run --json`); `Field.export` says which a field fills."""

COLUMNS = ("title", "begin", "end", "place", "unit", "party", "person", "household", "project", "category", "counts_to")
"""Field names that fill a column of the entry itself; see `Field.home`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of an enumeration. `valid_from`/`valid_to` because terms change by year (domain.md 2, 3).

    `words` are other ways in which offices write it. `implies` are the values it settles in other choices of the kind:
    the training category 省级专项培训 also says that the level is the province.
    """

    code: str
    label: Label
    words: tuple[str, ...] = ()
    implies: Mapping[str, str] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind: its type, labels, and the header words under which offices keep it.

    `headers` are written as offices write them, without units or spaces ("培训名称", "金额"); the first is the one used
    in templates and exports. `unit` is the unit code of a NUMBER (quantities.UNITS). `personal` fields live in
    Person or Household only (invariant 12); `about` says in which: the column "person" or "household" of the entry.

    `export` is the column of a dry run's answer in which the value is given (EXPORTS); where two fields of a kind share one, a row
    has one of them (an adopted animal is counted, an adopted field measured). `part_of` names the measure of which this
    one is a part: 学校预算 and 捐赠 add up to the amount where nobody wrote the total. `default` is what an entry that leaves the
    field empty counts as: "1" (a lecture is one 场), a choice's code, or "=name" for the value of another field (of a person
    field in a number: how many people it names). `names` are the columns that a cell of this text may be about
    ("获奖单位/个人"): it fills the first whose register knows the name, else the last; the text itself is kept here. A measure that does
    not add up (`adds`: a price, a share, a height) has no total under a list.
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
    about: str = ""
    export: str = ""
    part_of: str = ""
    default: str = ""
    names: tuple[str, ...] = ()
    adds: bool = True

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
        """The field an entry of this kind is called by: its title, else the person or household it is about (the one that must be stated)."""
        return next(iter(self._names()), None)

    def _names(self) -> tuple[Field, ...]:
        return tuple(sorted((self.fields[n] for n in ("title", "person", "household") if n in self.fields), key=lambda f: not f.required))

    def exports(self, column: str) -> tuple[Field, ...]:
        """The fields that fill a column of a dry run's answer; of several the first that is stated counts."""
        if column == "title":
            return (*self._names(), *(f for f in self.fields.values() if f.export == column))
        return tuple(f for f in self.fields.values() if f.export == column)

    def complete(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`values` as read (field name → value; numbers as Decimal in units), with what the catalogue settles for empty fields.

        Implied choices first, then totals of parts, then defaults. A stated value is never changed.
        """
        done = {name: value for name, value in values.items() if value is not None and value != ""}
        for one in self.fields.values():
            if not one.choices or one.name not in done:
                continue
            chosen = one.choice(done[one.name]) if isinstance(done[one.name], str) else None
            if chosen is not None:
                for name, code in chosen.implies.items():
                    done.setdefault(name, code)
        parts_of: dict[str, list[str]] = {}
        for one in self.fields.values():
            if one.part_of:
                parts_of.setdefault(one.part_of, []).append(one.name)
        for whole in reversed(self.fields) if parts_of else ():  # a part that is itself a whole stands after it
            parts = [done[name] for name in parts_of.get(whole, ()) if name in done]
            if parts:
                done.setdefault(whole, sum(parts, Decimal(0)))
        for one in self.fields.values():
            if one.default and one.name not in done:
                value = _settled(one, done)
                if value is not None:
                    done[one.name] = value
        return done


_NAMES = re.compile(r"[、,，;；/\s]+")


def _settled(one: Field, done: Mapping[str, Any]) -> Any:
    """The value of `Field.default`, or None where the field it looks at is empty as well."""
    if not one.default.startswith("="):
        return Decimal(one.default) if one.type is FieldType.NUMBER else one.default
    other = done.get(one.default[1:])
    if other is None or one.type is not FieldType.NUMBER or isinstance(other, Decimal):
        return other
    names = other if isinstance(other, (list, tuple)) else [n for n in _NAMES.split(str(other)) if n]
    return Decimal(len(names))


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
    part: bool = False  # stands behind other figures and means nothing over several places (a sum of altitudes): lists leave it out


class How(StrEnum):
    """How an item of a scheme turns what was reached into points (domain.md 5.14)."""

    THRESHOLD = "threshold"  # all or nothing
    RATIO = "ratio"  # in proportion to the target
    SHORTFALL = "shortfall"  # so much off per step below the target
    CASES = "cases"  # so much off per occurrence
    BONUS = "bonus"  # so much more per occurrence, on top of the full mark
    VETO = "veto"  # one occurrence and the whole is lost
    VOTE = "vote"  # a vote converted at the weight of each word
    JUDGED = "judged"  # points given by a reviewer
    SUM = "sum"  # its parts


@dataclass(frozen=True, slots=True)
class Rule:
    """One item of a scheme. `figure` and `target` say where its numbers come from; what is not given there is entered.

    `each` points per `step` (shortfall) or per occurrence (cases, bonus, veto). `floor` is the least an item can come to; None is no
    floor ("本项扣分不保底"). `cap` is the most a bonus can bring, or the most of the target that counts in a ratio. `at_most` turns a
    threshold round. `weights` are the shares of a vote's words. `optional`: without a task this year the item is left out and the others
    are scaled up (缺项). A veto's `zeroes` names the items that it brings to nothing, beside the points it takes.
    """

    code: str
    label: Label
    how: How
    points: Decimal
    figure: str | None = None
    target: Decimal | None = None
    each: Decimal = Decimal(0)
    step: Decimal = Decimal(1)
    floor: Decimal | None = Decimal(0)
    cap: Decimal | None = None
    at_most: bool = False
    optional: bool = False
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    zeroes: tuple[str, ...] = ()
    parts: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade word: from how many points on, and for how many in a hundred at most."""

    code: str
    label: Label
    least: Decimal
    quota: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """An assessment scheme: for what it is (unit, village team, first secretary, member, department, helper), for which years, its items and grades."""

    code: str
    label: Label
    assesses: str
    note: Label
    items: tuple[Rule, ...]
    grades: tuple[Grade, ...]
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All kinds, figures, chapters and schemes, as loaded; nothing in it changes afterwards. Two are the same only if they are one."""

    chapters: dict[str, Label]
    kinds: dict[str, Kind]
    figures: dict[str, Figure]
    schemes: dict[str, Scheme] = field(default_factory=dict)

    def core(self) -> tuple[Figure, ...]:
        return tuple(sorted((f for f in self.figures.values() if f.core), key=lambda f: f.core or 0))

    def in_chapter(self, chapter: str) -> tuple[Figure, ...]:
        """The figures that a chapter shows: all but those that only stand behind others."""
        return tuple(f for f in self.figures.values() if f.chapter == chapter and not f.part)

    def figures_of(self, kind: str) -> tuple[Figure, ...]:
        return tuple(f for f in self.figures.values() if kind in f.kinds)

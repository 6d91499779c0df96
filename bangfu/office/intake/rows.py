"""A table's lines → records: every cell read as the field its column means, with what bands, titles and the cells above settle.

One `TableReader` serves one table. Each column remembers what its texts were read to, as ledgers repeat themselves; that keeps a million rows quick.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import takewhile
from typing import Any, NamedTuple

from bangfu.catalogue import Field, FieldType, Kind
from bangfu.catalogue.reading import (
    DITTO,
    Period,
    Problem,
    is_blank,
    norm,
    read_choice,
    read_code,
    read_date,
    read_field,
    read_identity,
    read_number,
    to_parts,
)
from bangfu.office.intake.composite import cut, cut_within, unit_meant
from bangfu.office.intake.reading import Sheet, place_of
from bangfu.office.intake.registers import Place, Registers, Unit
from bangfu.office.intake.structure import Card, Grid, Table, account_book
from bangfu.office.intake.understanding import DAY_AND_WORDS, Meaning, Understood, years_in
from bangfu.office.intake.words import SERIAL, heading, is_note, is_title_info, is_venue, told_time
from bangfu.quantities import plain

IDENTITY = frozenset({"id_number", "household_id_number"})
ASKED = frozenset(
    {
        "duplicate",
        "checksum",
        "too_small",
        "unknown_place",
        "unknown_unit",
        "unknown_choice",
        "not_a_flag",
        "total_mismatch",
        "no_date",
        "alike",
        "corrected",
        "ambiguous_place",
        "ambiguous_unit",
    }
)


class Issue(NamedTuple):
    """Something wrong or unsure at a cell. `why` is a code word; `field` a field's name; `options` are likely answers.

    `same_as` is the row of the sheet, `entry` the entry of the ledger, that the row may repeat.
    """

    row: int
    column: int
    field: str
    why: str
    zh: str
    en: str
    same_as: int | None = None
    options: tuple[str, ...] = ()
    entry: int | None = None  # of the ledger, that the row may repeat

    @property
    def refuses(self) -> bool:
        """Whether the row cannot be recorded as it is."""
        return self.why not in ASKED

    @property
    def cell(self) -> str:
        return place_of(self.row, self.column)


@dataclass(slots=True)
class Record:
    """One entry as read. `values` by field name (numbers as Decimal in the field's unit, dates as Period, place and unit as Place and Unit or, where
    nobody knows them, as text); `extra` are the columns that mean nothing to us, under their own headers.
    """

    row: int
    kind: Kind
    values: dict[str, Any]
    extra: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # field name → column

    @property
    def refused(self) -> bool:
        return any(i.refuses for i in self.issues)


class Context(NamedTuple):
    """What the bands and titles settle for a row."""

    year: int | None
    place: Any  # Place or None
    unit: Unit | None = None
    period: Period | None = None  # the days that a band gives for its rows
    heads: tuple[str, ...] = ()  # beginnings of departments' names that stand above the rows
    told_year: bool = False  # a band says which year it is


@dataclass(frozen=True, slots=True)
class _Part:
    """One column as the reader uses it."""

    index: int
    field: Field
    scale: str
    memo: dict[Any, tuple[Any, Problem | None]]
    fill: bool
    merged: Mapping[int, str]
    joined: tuple[Field | None, ...] = ()
    inner: tuple[Field | None, ...] = ()
    legend: Mapping[str, str] | None = None


_TELLS_PLACE = {
    "project": ("title",),
    "payment": ("project", "title", "party"),
    "visit": ("household",),
    "pairing": ("household",),
    "training": ("category", "venue"),
    "branch_activity": ("party",),
    "lecture": ("audience",),
    "posting": ("category", "position"),
}
"""Kind → fields whose words name the place that a row is about, where no column, band or title does, or none but the county."""

_NAMES_GROUPS = {FieldType.PLACE, FieldType.UNIT, FieldType.PROJECT}
"""What may stand once for the rows of its group, without being merged. A blank date, person or word is never filled from above."""

_ASIDE = re.compile(r"[（(][^（）()]*[)）]")
_OF_YEAR = re.compile(r"^(?:19|20)\d\d年?度?(?:[-—~～至]+(?:19|20)?\d\d年?度?)?")
_DATED = re.compile(r"(?:19|20)\d\d年?(?:\d{1,2}月)?(?:\d{1,2}日)?$")
_LEDGER = re.compile(r"(?:情况)?(?:登记|统计|汇总|明细|记录|一览|花名)?(?:台账|表|册|清单|明细|统计|登记)$")
_OUTLINED = _NAMES_GROUPS | {FieldType.PERSON, FieldType.DATE, FieldType.PARTY}
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d(?:年度?)?")
_OPEN_END = re.compile(r"至今|现在|目前|在任|在岗|在村|在职|长期|未满|仍在|尚未|持续|常年")
_AND_OTHERS = re.compile(r"(?:等|一行)\s*(\d{1,3})\s*[人名位]")
_NUMBERED = re.compile(r"^\s*[（(]?[一二三四五六七八九十\d]+[、)）．.]\s*")
_BRANCH = re.compile(r"党总?支部|党总支|党委|党组织|支部委员会")
_LABELLED = re.compile(r"([\u4e00-\u9fff]{2,8})\s*[:：]\s*([^\s\u3000:：;；,，、]{2,30})(?![^\s\u3000;；,，、]*[:：])")
_SCHOOL_YEAR = re.compile(r"(?:19|20)\d\d\s*[-—–~～/至]\s*(?:19|20)?\d\d")
_BARE_DAY = re.compile(r"\d{1,2}[日号]")
_SECOND_DATE = re.compile(r"\d")
_AS_LONG_AS = re.compile(r"\d+\s*(?:个?月|个?工作日|[日天周年])[之以]?内|长期|持续|常态|立行立改|即知即改")
_ANY_YEAR = re.compile(r"(?:19|20)\d\d|\d\d年|^[3-5]\d{4}$|^'")


def _required(kind: Kind) -> tuple[Field, ...]:
    """The fields that an entry of the kind must have and that nothing else settles."""
    settled = {f.part_of for f in kind.fields.values()} | {n for f in kind.fields.values() for n in f.names}
    settled |= {n for f in kind.fields.values() for c in f.choices for n in c.implies}
    return tuple(
        f
        for f in kind.fields.values()
        if f.required and f.home != "person" and f.name != "begin" and not f.default and f.name not in settled
    )


class TableReader:
    """Reads the data lines of one table, in their order. `read(row, cells, bands)` gives a Record."""

    def __init__(self, understood: Understood, registers: Registers | None, grid: Grid) -> None:
        assert isinstance(understood.source, Table)
        assert understood.kind is not None
        self.understood = understood
        self.kind = understood.kind
        self.registers = registers
        self.table = understood.source
        merged = _merged_down(grid, self.table)
        shares = _blank_shares(self.table, merged)
        self.merged_years: Mapping[int, str] = {}
        first = next((c for c in self.table.columns if c.path), None)
        numbered = first is not None and heading(first.leaf).word.lower() in SERIAL and shares.get(first.index, 1.0) < 0.5
        self.serial = first.index if first is not None and numbered else None
        self.money_unit = _money_unit(self.table)
        self.parts: list[_Part] = []
        self.place_parts: list[_Part] = []
        self.extra: list[tuple[int, str]] = []
        self.year_over: int | None = None  # the year that stands over columns of months and days
        self.date_parts = self._split_date()
        self.merged_years = merged.get(self.date_parts.get("y", -1), {})
        self.block = _outline(self.table, self.serial)
        self.heads_over: dict[tuple[str, str], list[_Part]] = {}  # entries of a line told apart by what stands over the columns
        for meaning in understood.meanings:
            if meaning.head is not None and meaning.field is not None:
                part = _Part(meaning.column.index, meaning.field, meaning.scale, {}, fill=False, merged={})
                self.heads_over.setdefault(meaning.head, []).append(part)
            else:
                self._add(meaning, merged, shares)
        self.extra = _distinct(self.extra)
        tellers = _TELLS_PLACE.get(self.kind.code, ()) if registers is not None else ()
        self.tellers = [p for name in tellers for p in self.parts if p.field.name == name]
        self.begin = next((p for p in self.parts if p.field.name == "begin"), None)
        counts = Counter(
            m.field.name for m in understood.meanings if m.field is not None and m.head is None and m.field.type is FieldType.NUMBER
        )
        self.added = frozenset(name for name, count in counts.items() if count > 1)
        heads = self.kind.fields.get("attendances")
        self.by_heads = heads is not None and heads.default == "=person"
        self.above: dict[int, str] = {}
        self.last_year: int | None = None
        self.contexts: dict[tuple[str, ...], Context] = {}
        given = {name for name, _ in self.heads_over} | {p.field.name for parts in self.heads_over.values() for p in parts}
        self.required = tuple(f for f in _required(self.kind) if f.name not in given)
        self.told = self._told_above()
        headers = [m.column.title for m in understood.meanings if m.field is not None and m.field.name == "begin"]
        self.by_school_year = any("学年" in h for h in headers)
        self.row_cells: Sequence[str] = ()
        self.extra_merged = {i: merged[i] for i, _ in self.extra if i in merged}
        self.heads = self._heads_above()
        self.receipts = self._receipts()
        related = [
            c.index for c in self.table.columns if c.path and re.fullmatch(r"(?:与户主|家庭|户主)?(?:的)?关系", heading(c.leaf).word)
        ]
        self.relation = next(iter(related), None) if "household" in self.kind.fields else None  # of the members of a household
        self.remarks = [m.column.index for m in understood.meanings if m.field is not None and m.field.name == "remark"]
        self.remarks += [i for i, title in self.extra if re.search(r"备\s*注|说明", title)]
        self.place_required = bool(self.place_parts) and min(shares.get(p.index, 1.0) for p in self.place_parts) < 0.5
        self.across = _period_across(self.table.period, understood.year)
        self.title_month = self.across or _title_month(understood)
        self.quick = frozenset(p.index for p in self.parts if self._is_quick(p))
        self.choosing = self._choosing()
        self.choices: dict[tuple[str, ...], str] = {}
        self.near = ""
        if registers is not None and understood.place:
            found = registers.place(understood.place).one
            self.near = norm(found.county or found.name) if found is not None else ""

    def _told(self, cells: Sequence[str], record: Record, *, known: bool) -> Place | None:
        """Where no column, band or title tells the place: the village that the project's name, the trainees, the paired branch or the payee names;
        where not even the county is `known`, that of the venue.
        """
        assert self.registers is not None
        for part in self.tellers:
            if part.field.name == "venue" and known:
                continue  # a county's people may meet in one of its villages
            text = (cells[part.index] if part.index < len(cells) else "") or part.merged.get(record.row, "")
            if part.field.name == "party" and self.kind.code == "branch_activity":
                return self._home_of_branch(record)
            inside = {p.name: p for p in self.registers.places if len(p.name) >= 3 and p.name in text}
            fine = [p for p in inside.values() if p.level not in _WIDE] or ([] if part.field.name == "party" else list(inside.values()))
            if len(fine) == 1:
                return fine[0]
        return None

    def _add(self, meaning: Meaning, merged: Mapping[int, Mapping[int, str]], shares: Mapping[int, float]) -> None:
        index, fld = meaning.column.index, meaning.field
        if fld is None:
            self.extra.append((index, meaning.column.title or f"第{place_of(0, index)[:-1]}列"))
            return
        if index in self.date_parts.values():
            return
        down = merged.get(index, {})
        fill = not down and (
            (fld.type in _NAMES_GROUPS and 0.5 <= shares.get(index, 0.0) < 1.0 and _groups(self.table, index))
            or (fld.name == "begin" and 0.0 < shares.get(index, 0.0) < 1.0 and _groups(self.table, index, _YEAR_ALONE))
            or (index in self.block and fld.type in _OUTLINED and fld is not self.kind.titled_by)
        )
        part = _Part(index, fld, meaning.scale, {}, fill, {} if _is_measure(fld) else down, meaning.joined, meaning.inner, meaning.legend)
        (self.place_parts if fld.type is FieldType.PLACE and fld.name == "place" else self.parts).append(part)

    def _split_date(self) -> dict[str, int]:
        """A date in two or three columns (年, 月, 日), or dates whose year stands in a column of its own."""
        found: dict[str, int] = {}
        taken = {m.column.index: m.field.name for m in self.understood.meanings if m.field is not None}
        for column in self.table.columns:
            word = heading(column.leaf).word if column.path else ""
            for key, words in (("y", r"年|.{0,4}(?:年度|年份|年别)"), ("m", "月|月份"), ("d", "[日号]")):
                if re.fullmatch(words, word) and taken.get(column.index, "begin") == "begin":
                    found.setdefault(key, column.index)
                    over = years_in("年".join(column.path[:-1])) if key == "m" else []
                    self.year_over = over[0] if len(set(over)) == 1 else self.year_over
        if "m" in found and ("d" in found or "y" in found):
            return found
        if "y" in found and any(name == "begin" and index != found["y"] for index, name in taken.items()):
            return {"y": found["y"]}
        return {}

    def _is_quick(self, part: _Part) -> bool:
        """Whether a column's text always reads the same, whatever stands beside or above it."""
        beside = part.field.type is FieldType.UNIT and self.registers is not None and bool(self.registers.heads)
        dated = part.field.type is FieldType.DATE and self.title_month is not None
        return not (part.joined or part.inner or beside or dated or part.field.name in self.added)

    def _choosing(self) -> Field | None:
        """The field of the category, where no column tells it."""
        fld = self.kind.fields.get("category")
        told = any(m.field is not None and m.field.name == "category" for m in self.understood.meanings)
        return fld if fld is not None and fld.choices and not told else None

    def _chosen(self, bands: tuple[str, ...]) -> str:
        """The one category whose words the nearest band, the table's own titles or the sheet's name hold (认种登记表); "" where none or several do."""
        assert self.choosing is not None
        titles = [
            t
            for t in self.table.own_titles or self.table.titles
            if not is_title_info(re.sub(r"[（(][^（）()]*[)）]", "", t)) and not is_note(t)
        ]
        for text in (*reversed(bands), *reversed(titles), self.table.sheet.name):
            plain = norm(text)
            codes = {c.code for c in self.choosing.choices for w in (c.label.zh, *c.words) if len(w) > 1 and norm(w) in plain}
            if codes:
                return codes.pop() if len(codes) == 1 else ""
        return ""

    def _heads_above(self) -> tuple[str, ...]:
        """Beginnings of departments' names (of a branch, a campus) that the sheet's name, the table's own titles or the column's header have."""
        if self.registers is None:
            return ()
        column = next((m.column for m in self.understood.meanings if m.field is not None and m.field.name == "unit"), None)
        above = [self.table.sheet.name, *self.table.own_titles, *(column.path if column is not None else ())]
        return self.registers.heads_in("\n".join(above))

    def _receipts(self) -> tuple[int, int] | None:
        """In an account book of payments: the columns of what came in and of what went out."""
        book = account_book(self.table.columns)
        out = next((m.column.index for m in self.understood.meanings if m.field is not None and m.field.name == "amount"), None)
        return book if book is not None and self.kind.money and book[1] == out else None

    def skips(self, cells: Sequence[str]) -> bool:
        """Whether a line of data is no entry: nothing stands under its period, money came in and none went out, or a remark revokes it.

        What the lines below it repeat is kept all the same.
        """
        if not self._is_none(cells):
            return False
        self.passes(cells)
        return True

    def passes(self, cells: Sequence[str], *, total: bool = False) -> None:
        """Keep what the lines below a line that is no entry may repeat; of a total line only its month and day."""
        for index in (
            self.date_parts.values() if total else (*(p.index for p in (*self.parts, *self.place_parts)), *self.date_parts.values())
        ):
            if index < len(cells) and cells[index] and cells[index] not in DITTO and (not total or cells[index][0].isdecimal()):
                self.above[index] = cells[index]

    def _is_none(self, cells: Sequence[str]) -> bool:
        width = len(cells)
        if self.begin is not None and self.begin.index < width and _NOT_HELD.fullmatch(norm(cells[self.begin.index])):
            return True
        if self.heads_over and all(is_blank(cells[p.index]) for parts in self.heads_over.values() for p in parts if p.index < width):
            return True
        if self.table.period and all(is_blank(cells[i]) for i in self.table.measured if i < width):
            return True
        if self.relation is not None and self.relation < width and _MEMBER.fullmatch(norm(cells[self.relation])):
            return True
        first = cells[self.table.left : self.table.left + 5]
        together = "".join(first)
        if ("结" in together or "页" in together or "余" in together) and any(_CARRIED.fullmatch(norm(t)) for t in first):
            return True
        if self.receipts is not None:
            came, out = (cells[i] if i < width else "" for i in self.receipts)
            if is_blank(out) and not is_blank(came):
                return True
        return any(i < width and _REVOKED.search(cells[i]) is not None for i in self.remarks)

    # ── one row ──

    def records(self, row: int, cells: Sequence[str], bands: tuple[str, ...] = ()) -> Iterator[Record]:
        """The records of a data line: one, or one for each name over the columns under which something is stated."""
        line = self.read(row, cells, bands)
        if not self.heads_over:
            yield line
            return
        for (name, text), parts in self.heads_over.items():
            stated = [(p, cells[p.index]) for p in parts if p.index < len(cells) and not is_blank(cells[p.index])]
            if not stated:
                continue
            record = Record(row, self.kind, dict(line.values), dict(line.extra), list(line.issues), dict(line.places))
            for part, cell in stated:
                self._take(part, cell, self._context(bands), record)
            record.values[name] = self._named(name, text)
            record.places[name] = parts[0].index
            yield record

    def _named(self, name: str, text: str) -> Any:
        """What stands over columns: a village or department of the register, or a title."""
        if name == "title" or self.registers is None:
            return text
        return (self.registers.place(text) if name == "place" else self.registers.unit(text)).one or text

    def read(self, row: int, cells: Sequence[str], bands: tuple[str, ...] = ()) -> Record:
        """The record of a data line; `cells` are the whole row's texts."""
        context = self._context(bands)
        if "y" in self.date_parts or self.year_over:
            context = self._of_its_year(row, cells, context)
        values: dict[str, Any] = {}
        issues: list[Issue] = []
        places: dict[str, int] = {}
        record = Record(row, self.kind, values, {}, issues, places)
        quick = self.quick
        width = len(cells)
        self.row_cells = cells
        for part in self.parts:
            index = part.index
            text = cells[index] if index < width else ""
            if not text:
                goes_on = part is self.begin and self.serial is not None and self._goes_on(cells)
                text = part.merged.get(row, "") or (self.above.get(index, "") if part.fill or goes_on else "")
                if not text:
                    continue
            elif text in DITTO:
                text = self.above.get(index, "")
            if self.money_unit is not None and part.field.unit == "CNY" and not part.scale:
                text = self._with_unit(text, cells)
            self.above[index] = text
            if index in quick:  # read before, and nothing wrong with it
                known = part.memo.get(text)
                if known is not None and known[1] is None:
                    value, name = known[0], part.field.name
                    if value is not None:
                        values[name] = value
                        places[name] = index
                        if name == "begin":
                            self.last_year = value.begin.year
                    continue
            if part.joined or part.inner:
                self._take_apart(part, text, context, record)
            else:
                self._take(part, text, context, record)
        if self.remarks:
            self._corrected(cells, record)
        if "person" in values:
            self._several_names(cells, record)
            if self.by_heads:
                self._count_heads(cells, record)
        if self.date_parts:
            self._dated_by_parts(cells, context, record)
        self._settle_dates(context, record)
        if context.unit is not None:
            values.setdefault("unit", context.unit)
        if self.choosing is not None:
            choice = self.choices.get(bands)
            if choice is None:
                choice = self.choices[bands] = self._chosen(bands)
            if choice:
                values.setdefault("category", choice)
        if self.place_parts or context.place is not None:
            self._place(row, cells, context, record)
        if self.tellers and _is_wide(values.get("place")):
            told = self._told(cells, record, known=values.get("place") is not None)
            if told is not None and (values.get("place") is None or values["place"].name in {told.county, told.township}):
                values["place"] = told
        for index, title in self.extra:
            text = cells[index] if index < width else ""
            if text and not is_blank(text):
                record.extra[title] = text
        for name, value in self.told.items():
            values.setdefault(name, value)
        for fld in self.required:
            unknown = fld.type is FieldType.UNIT and isinstance(values.get(fld.name), str) and self.registers is not None
            if (fld.name not in values or unknown) and not any(i.field == fld.name and i.refuses for i in issues):
                issues.append(self._lacking(row, fld))
        return record

    def _lacking(self, row: int, fld: Field) -> Issue:
        """A field without which the ledger takes no entry of the kind."""
        column = next((p.index for p in (*self.parts, *self.place_parts) if p.field.name == fld.name), self.table.left)
        zh, en = f"没有填{fld.label.zh}，这一行记不进台账，请补上", f"{fld.label.en} is not stated: the row cannot be recorded; fill it in"
        return Issue(row, column, fld.name, "required", zh, en)

    def _told_above(self) -> dict[str, Any]:
        """What a line above the table says that all its rows are about, where no column does: 物品：蜂蜜."""
        called = self.kind.titled_by
        if called is None or called.type is not FieldType.TEXT or any(p.field is called for p in self.parts):
            return {}
        words = {called.label.zh, *called.headers}
        pairs = (pair for line in self.table.titles for pair in _LABELLED.findall(line))
        told = next(({called.name: value} for label, value in pairs if {label, f"{label}名称"} & words), {})
        return told or ({called.name: name} if called.required and (name := self._name_of_table()) else {})

    def _name_of_table(self) -> str:
        """What the table is called, by which its rows are called where no column names them: 各部门食堂采购."""
        titles = [t for t in self.table.titles if not is_title_info(_ASIDE.sub("", t)) and not is_note(t)]
        name = _ASIDE.sub("", "".join(titles[-1].split())) if titles else ""
        return _OF_YEAR.sub("", _LEDGER.sub("", _DATED.sub("", name)))

    def _goes_on(self, cells: Sequence[str]) -> bool:
        """Whether a row without a number of its own goes on with the entry above, whose day it shares."""
        assert self.serial is not None
        return not (self.serial < len(cells) and cells[self.serial])

    def _with_unit(self, text: str, cells: Sequence[str]) -> str:
        """An amount with the unit of money that a column of its own tells: 1.5 | 万元."""
        assert self.money_unit is not None
        unit = cells[self.money_unit] if self.money_unit < len(cells) else ""
        return text + unit if unit in MONEY_UNITS and re.fullmatch(r"[\d.,]+", text) else text

    def _take_apart(self, part: _Part, text: str, context: Context, record: Record) -> None:
        """A cell that holds several fields."""
        whole, pieces = cut_within(text, part.inner) if part.inner else ("", cut(text, part.joined))
        if part.inner:
            self._take(part, whole, context, record)
        known = {f.name: f for f in (*part.joined, *part.inner) if f is not None}
        for name, piece in pieces.items():
            if known[name].type is FieldType.CHOICE:
                with suppress(Problem):
                    record.values[name] = read_choice(piece, known[name].choices)
                if name not in record.values:
                    record.extra[known[name].label.zh] = piece  # 茶农: whom it was for, in words of its own
                continue
            scale = part.scale if known[name].unit == part.field.unit else ""
            self._take(_Part(part.index, known[name], scale, {}, fill=False, merged={}), piece, context, record)

    def _corrected(self, cells: Sequence[str], record: Record) -> None:
        """A remark that says what a number should be: 人数应为29人，左列笔误. It is taken, and said."""
        for index in self.remarks:
            text = cells[index] if index < len(cells) else ""
            found = _AMENDS.search(text) if text else None
            if found is None or not _WRONG.search(text):
                continue
            unit = found["u"] or ""
            fld = next(
                (f for f in self.kind.fields.values() if f.export and f.unit and f.unit == unit_meant(unit) and f.name in record.values),
                None,
            )
            part = next((p for p in self.parts if p.field.type is FieldType.NUMBER and found["w"] and self._is_called(p, found["w"])), None)
            if not unit and part is not None and part.field.name in record.values:  # 数量应为60
                fld = part.field
            if fld is None:
                continue
            scale = part.scale if part is not None and not unit else ""
            before, value = record.values[fld.name], read_number(found["n"] + unit, fld.unit or "other", scale)
            if value != before:
                record.values[fld.name] = value
                zh = f"备注说{fld.label.zh}应为 {plain(value)}，已按备注记（表内写 {plain(before)}），请核对"
                en = f"the remark says that {fld.label.en} should be {plain(value)} (written: {plain(before)}); taken as the remark says, check it"
                record.issues.append(Issue(record.row, record.places.get(fld.name, index), fld.name, "corrected", zh, en))

    def _is_called(self, part: _Part, word: str) -> bool:
        """Whether a remark's word is what a column's header ends in: 数量, 金额."""
        column = next(m.column for m in self.understood.meanings if m.column.index == part.index)
        return bool(column.path) and heading(column.leaf).word.endswith(word)

    def _count_heads(self, cells: Sequence[str], record: Record) -> None:
        """Where no column of heads states them, those that are named count, or those of «等5人»."""
        column = next((p.index for p in self.parts if p.field.name == "attendances"), None)
        if "attendances" not in record.values and (column is None or column >= len(cells) or is_blank(cells[column])):
            record.values["attendances"] = Decimal(len(record.values["person"].split("、")))
        said = _AND_OTHERS.search(cells[record.places["person"]]) if record.places["person"] < len(cells) else None
        if said is not None and (column is None or column >= len(cells) or is_blank(cells[column])):
            record.values["attendances"] = Decimal(said[1])

    @staticmethod
    def _several_names(cells: Sequence[str], record: Record) -> None:
        """Names told apart by spaces alone: as many as the heads the row counts, or more than two (a single name has one space at most)."""
        text = cells[record.places["person"]] if record.places["person"] < len(cells) else ""
        if " " not in text and "\u3000" not in text:
            return
        names = text.split() if len(record.values["person"].split("、")) < len(text.split()) else []
        heads = record.values.get("attendances")
        if len(names) > 1 and all(len(n) > 1 for n in names) and (heads == len(names) or (heads is None and len(names) > 2)):
            record.values["person"] = "、".join(n for name in names if (n := name.strip("、，,;；")))

    def _context(self, bands: tuple[str, ...]) -> Context:
        known = self.contexts.get(bands)
        if known is None:
            year, place, unit = self.understood.year, None, None
            period: Period | None = None
            heads, told_year = self.heads, False
            for band in bands:
                years = years_in(band)
                if len(set(years)) == 1:
                    year, told_year = years[0], True
                place = self._band_place(band) or place
                unit = self._band_unit(band) or unit
                period = _band_period(band) or _days_told(band) or period
                if self.registers is not None:
                    heads = self.registers.heads_in(band) or heads
            if place is None and self.registers is not None and self.understood.place:
                place = self.registers.place(self.understood.place, self.near).one
            known = self.contexts[bands] = Context(year, place, unit, period, heads, told_year)
        return known

    def _band_place(self, band: str) -> Place | None:
        if self.registers is None:
            return None
        bare = _NUMBERED.sub("", band).lstrip("★☆●○◆◇■□▲△※* ")
        found = self.registers.place(bare)
        if found.one is not None:
            return found.one  # type: ignore[no-any-return]
        inside = [p for p in self.registers.places if len(p.name) >= 3 and p.name in bare]
        return inside[0] if len({p.name for p in inside}) == 1 else None

    def _band_unit(self, band: str) -> Unit | None:
        """The department that a group row names for the rows below it, where no column does."""
        if self.registers is None or "unit" not in self.kind.fields or any(p.field.name == "unit" for p in self.parts):
            return None
        found = self.registers.unit(_NUMBERED.sub("", band))
        return found.one if found.how == "exact" else None

    def _take(self, part: _Part, text: str, context: Context, record: Record) -> None:
        fld = part.field
        if self.by_school_year and fld.name == "begin" and _SCHOOL_YEAR.fullmatch(text.strip()):
            text = f"{text.strip()}学年"
        if fld.type is FieldType.DATE and self.title_month is not None and _BARE_DAY.fullmatch(text):
            text = f"{self.title_month.begin.year}年{self.title_month.begin.month}月{text}"
        if fld.type is FieldType.UNIT and self.registers is not None and self.registers.heads:
            known: tuple[Any, Problem | None] | None = self._unit(text, self._heads_beside(record, context))
        else:
            known = part.memo.get(text)
        if known is None:
            year = self._year_for(text, context) if fld.type is FieldType.DATE else None
            key = text if year is None else (text, year)
            known = part.memo.get(key)
            if known is None:
                known = self._read(part, text, year)
                if len(part.memo) < 20_000:
                    part.memo[key] = known
        value, problem = known
        if problem is not None and problem.why == "bad_date" and fld.name == "begin" and "end" in self.kind.fields:
            value, problem = self._begun(part, text, context, record, problem)
        if problem is not None and problem.why == "bad_date" and fld.name == "begin":
            value, problem = self._day_and_words(part, text, context, record, problem)
        if self.added and fld.name in self.added and isinstance(value, Decimal) and isinstance(record.values.get(fld.name), Decimal):
            value += record.values[fld.name]
        if problem is not None:
            if not self._forgiven(fld, text, problem):
                found = _issue(record.row, part.index, fld, problem)
                if problem.why == "unknown_unit" and self.registers is not None:
                    found = found._replace(options=self.registers.like(text, "unit"))
                record.issues.append(found)
            if problem.why in {"unknown_choice", "not_a_flag", "bad_date", "checksum"}:
                record.extra.setdefault(fld.label.zh, text) if not fld.personal and problem.why != "checksum" else None
        if value is not None:
            record.values[fld.name] = value
            record.places[fld.name] = part.index
            if fld.type is FieldType.DATE and fld.name == "begin":
                self.last_year = value.begin.year

    def _heads_beside(self, record: Record, context: Context) -> tuple[str, ...]:
        """Beginnings of departments' names that stand beside the row's: in a column of its own (院区), else above it."""
        assert self.registers is not None
        for index, _ in self.extra:
            text = self.row_cells[index] if index < len(self.row_cells) else ""
            text = text or self.extra_merged.get(index, {}).get(record.row, "")
            if text and len(text) <= 12:
                heads = self.registers.heads_in(text)
                if heads:
                    return heads
        return context.heads

    def _begun(self, part: _Part, text: str, context: Context, record: Record, problem: Problem) -> tuple[Any, Problem | None]:
        """Of a span whose end is no date, the beginning; the end is reported."""
        first, joint, last = _SPAN.sub("\n", text, count=1).partition("\n")
        if not joint or not _ANY_YEAR.search(first + " ") or re.fullmatch(r"\D*(?:19|20)\d\d\D*", first):
            return None, problem
        try:
            value = read_date(first, self._year_for(first, context))
        except Problem:
            with suppress(Problem):  # the other way round: its end is what can be read
                record.values.setdefault("end", Period(read_date(last.strip(), None).final))
            return None, problem
        record.issues.append(_issue(record.row, part.index, self.kind.fields["end"], problem))
        return value, None

    def _day_and_words(self, part: _Part, text: str, context: Context, record: Record, problem: Problem) -> tuple[Any, Problem | None]:
        """A date with words behind it (2022.3.5，上寨村): the date; and the place, where no column tells it."""
        found = DAY_AND_WORDS.fullmatch(text.strip())
        if found is None:
            return None, problem
        try:
            value = read_date(found[1], self._year_for(found[1], context))
        except Problem:
            return None, problem
        if not self.place_parts and self.registers is not None and "place" in self.kind.fields:
            place = self.registers.place(found[2], self.near).one
            if place is not None:
                record.values["place"] = place
                record.places["place"] = part.index
        return value, None

    def _year_for(self, text: str, context: Context) -> int | None:
        if _ANY_YEAR.search(text):
            return None
        return context.year if context.year is not None else self.last_year

    @staticmethod
    def _forgiven(fld: Field, text: str, problem: Problem) -> bool:
        """A word in a secondary date (长期, 立行立改) is a remark, not a wrong date."""
        if problem.why != "bad_date" or fld.name == "begin":
            return False
        return not _SECOND_DATE.search(text) or fld.personal or _AS_LONG_AS.search(text) is not None

    def _read(self, part: _Part, text: str, year: int | None) -> tuple[Any, Problem | None]:
        fld = part.field
        text = part.legend.get(text.strip(), text) if part.legend else text
        try:
            if is_blank(text):
                return None, None
            if fld.type is FieldType.UNIT:
                return self._unit(text, ())
            if fld.name in IDENTITY:
                return self._identity(text)
            if fld.type is FieldType.DATE and fld.name == "end" and _OPEN_END.search(text) and not _SECOND_DATE.search(text):
                return None, None
            value = read_field(fld, text, scale=part.scale, year=year)
            return self._fitting(fld, text, value) if isinstance(value, Decimal) else (value, None)
        except Problem as problem:
            return None, problem

    @staticmethod
    def _fitting(fld: Field, text: str, value: Decimal) -> tuple[Any, Problem | None]:
        """Numbers finer than the ledger's smallest part: a formula's long tail of yuan is rounded to 分 as the sheet shows it; anything else is asked about
        and kept in the details.
        """
        unit = fld.unit or "other"
        if unit == "CNY" and value.as_tuple().exponent < -2 and len(text.rpartition(".")[2]) > 4:  # type: ignore[operator]
            value = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
        try:
            to_parts(value, unit)
        except Problem as problem:
            return value, problem
        return value, None

    @staticmethod
    def _identity(text: str) -> tuple[Any, Problem | None]:
        code = re.sub(r"[\s-]", "", read_code(text)).upper()
        try:
            read_identity(code)
        except Problem as problem:
            return (code if problem.why == "checksum" else None), problem
        return code, None

    def _unit(self, text: str, heads: tuple[str, ...]) -> tuple[Any, Problem | None]:
        if is_blank(text):
            return None, None
        if self.registers is None:
            return text.strip(), None
        found = self.registers.unit(text, heads)
        if found.one is not None:
            return found.one, None
        if found.options:
            names = "、".join(u.name for u in found.options)
            return text.strip(), Problem("ambiguous_unit", f"“{text}”可能是{names}，请选一个", f"“{text}” may be {names}; choose one")
        if norm(text) in {norm(self.registers.organisation), *map(norm, self.registers.variants)}:
            return None, None  # the organisation itself is no department
        return text.strip(), Problem(
            "unknown_unit",
            f"部门“{text}”不在名册里，请选一个已有的或新增",
            f"department “{text}” is not in the register; choose one or add it",
        )

    # ── dates ──

    def _of_its_year(self, row: int, cells: Sequence[str], context: Context) -> Context:
        """The context with the year that a column of years (merged, or named once) tells for the row, or the header over its months."""
        years = [self.year_over] if self.year_over and not context.told_year else []
        if "y" in self.date_parts:
            index = self.date_parts["y"]
            text = (cells[index] if index < len(cells) else "") or self.merged_years.get(row, "") or self.above.get(index, "")
            text = self.above.get(index, "") if text in DITTO else text
            self.above[index] = text
            years = [int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", text)] or years
        return context._replace(year=years[0]) if len(set(years)) == 1 else context

    def _dated_by_parts(self, cells: Sequence[str], context: Context, record: Record) -> None:
        texts = {}
        for key, index in self.date_parts.items():
            text = cells[index] if index < len(cells) else ""
            if not text or text in DITTO:
                text = self.above.get(index, "")
            self.above[index] = text
            texts[key] = re.sub(r"[年月日号份度\s]", "", text)
        year = texts.get("y") or (str(context.year) if context.year else "")
        begin = record.values.get("begin")
        if "m" not in self.date_parts:
            if begin is None and self.begin is None and year:
                self._try_begin(f"{year}年", record, self.date_parts["y"])
            return
        if year and texts.get("m"):
            self._try_begin(f"{year}年{texts['m']}月" + (f"{texts['d']}日" if texts.get("d") else ""), record, self.date_parts["m"])

    def _try_begin(self, text: str, record: Record, column: int) -> None:
        fld = self.kind.fields["begin"]
        try:
            record.values["begin"] = read_date(text)
            record.places["begin"] = column
        except Problem as problem:
            record.issues.append(_issue(record.row, column, fld, problem))

    def _settle_dates(self, context: Context, record: Record) -> None:
        values = record.values
        begin, end = values.get("begin"), values.get("end")
        if begin is None and not any(i.field == "begin" for i in record.issues):
            if context.period is not None:
                values["begin"] = begin = replace(context.period, last=None)
            elif self.title_month is not None and (self.across or context.year is None or context.year == self.title_month.begin.year):
                values["begin"] = begin = self.title_month
            elif end is not None:  # only when it was done is told
                values["begin"] = begin = end
                del values["end"]
                end = None
            elif context.year is not None:
                values["begin"] = begin = Period(date(context.year, 1, 1), precision="year")
            else:
                record.issues.append(
                    Issue(
                        record.row,
                        self.begin.index if self.begin else 0,
                        "begin",
                        "no_date",
                        "这一行没有日期，标题里也没有年份，请补上",
                        "no date in the row and no year in the title; fill it in",
                    ),
                )
        if (
            context.period is not None
            and context.period.last is not None
            and begin is not None
            and end is None
            and "end" in self.kind.fields
        ):
            stays = not begin.last and not (begin.open and _OPEN_END.search(self._said("begin")))
            if (
                stays
                and context.period.begin <= begin.begin <= context.period.last
                and not any(i.field in {"begin", "end"} for i in record.issues)
            ):
                values["end"] = end = Period(context.period.last)
        if begin is not None and end is not None and end.final < begin.begin:
            label = self.kind.fields["end"].label
            record.issues.append(
                Issue(
                    record.row,
                    record.places.get("end", 0),
                    "end",
                    "bad_date",
                    f"{label.zh}（{end.final}）早于开始（{begin.begin}），请核对",
                    f"{label.en} ({end.final}) comes before the beginning ({begin.begin}); check both",
                ),
            )
            del values["end"]

    def _said(self, name: str) -> str:
        """What the row at hand says of a field, as it is written."""
        part = next((p for p in self.parts if p.field.name == name), None)
        return self.row_cells[part.index] if part is not None and part.index < len(self.row_cells) else ""

    # ── places ──

    def _place(self, row: int, cells: Sequence[str], context: Context, record: Record) -> None:
        best: Place | None = None
        unknown: tuple[str, int] | None = None
        several: tuple[str, int, tuple[Any, ...]] | None = None
        near = self.near
        stated = False
        # where the county is named once for its group, a row that names nothing is of the village above
        goes_on = (
            len(self.place_parts) > 1
            and any(p.fill for p in self.place_parts)
            and not any(p.merged or (p.index < len(cells) and cells[p.index]) for p in self.place_parts)
        )
        for part in self.place_parts:
            index = part.index
            text = cells[index] if index < len(cells) else ""
            if not text:
                text = part.merged.get(row, "") or (self.above.get(index, "") if part.fill or goes_on else "")
            elif text in DITTO:
                text = self.above.get(index, "")
            if not text:
                continue
            self.above[index] = text
            whole = self._whole_of(text, context, near)
            if whole is not None:
                best = whole
                record.places["place"] = index
                continue
            stated = True
            if is_blank(text) or self.registers is None:
                if not is_blank(text):
                    record.values["place"] = text
                continue
            found = self.registers.place(text, near)
            if not found.options:
                found = self.registers.seat(text)
            if found.one is not None:
                one = found.one
                if best is None or _finer(one, best):
                    best = one
                    record.places["place"] = index
                if len(self.place_parts) > 1:
                    near = norm(one.county or one.name)
            elif found.options:
                several = (text, index, found.options)
            else:
                unknown = (text, index)
        if best is None:
            best = self._fallback(row, context, stated or self.registers is None, unknown, several, record)
        if best is not None:
            record.values["place"] = best

    def _whole_of(self, text: str, context: Context, near: str) -> Place | None:
        """The county or village that 全县, 县本级, 全村, 各组 mean: that of the title, the band, or the only one of the register."""
        found = _WHOLE.fullmatch(norm(text))
        if found is None or self.registers is None:
            return None
        if found["v"]:
            return context.place if context.place is not None and not _is_wide(context.place) else None
        counties = [p for p in self.registers.places if p.level == "county"]
        name = norm(context.place.county or context.place.name) if context.place is not None else near
        return next((p for p in counties if norm(p.name) == name), counties[0] if len(counties) == 1 else None)

    def _home_of_branch(self, record: Record) -> Place | None:
        """The village of the Party branch that an activity was held with, where the row tells no place but a venue (村委会, 公司本部)."""
        party = record.values.get("party")
        if self.registers is None or not isinstance(party, str) or not _BRANCH.search(party):
            return None
        return self.registers.place(party, self.near).one  # type: ignore[no-any-return]

    def _fallback(
        self,
        row: int,
        context: Context,
        stated: bool,
        unknown: tuple[str, int] | None,
        several: tuple[str, int, tuple[Any, ...]] | None,
        record: Record,
    ) -> Place | None:
        fld = self.kind.fields.get("place")
        home = self._home_of_branch(record) if several is None else None
        if home is not None:
            if unknown is not None:
                record.extra.setdefault(fld.label.zh if fld else "地点", unknown[0])
            return home
        if several is not None:
            names = tuple(p.name for p in several[2])
            said = "、".join(names)
            record.issues.append(
                Issue(
                    row,
                    several[1],
                    "place",
                    "ambiguous_place",
                    f"“{several[0]}”可能是{said}，请选一个",
                    f"“{several[0]}” may be {said}; choose one",
                    None,
                    names,
                )
            )
            return None
        if unknown is not None and context.place is not None and (_INSIDE.search(unknown[0]) or is_venue(unknown[0])):
            record.extra.setdefault(fld.label.zh if fld else "地点", unknown[0])
            return context.place  # type: ignore[no-any-return]
        if unknown is not None and is_venue(unknown[0]) and not (fld is not None and fld.required):
            record.extra.setdefault(fld.label.zh if fld else "地点", unknown[0])  # a room is no place of the register, nor is one wanted
            return None
        if unknown is not None:
            record.issues.append(
                Issue(
                    row,
                    unknown[1],
                    "place",
                    "unknown_place",
                    f"地点“{unknown[0]}”不在名册里，请选一个已有的或新增",
                    f"place “{unknown[0]}” is not in the register; choose one or add it",
                    None,
                    self.registers.like(unknown[0], "place") if self.registers is not None else (),
                )
            )
            record.extra.setdefault(fld.label.zh if fld else "地点", unknown[0])
            return None
        if context.place is not None and not stated:
            return context.place  # type: ignore[no-any-return]
        if self.place_required and fld is not None and self.registers is not None:  # a dash says as little as nothing
            index = self.place_parts[-1].index
            record.issues.append(
                Issue(row, index, "place", "missing", f"没有填{fld.label.zh}，请补上", f"{fld.label.en} is not stated; fill it in")
            )
        return None


_WHOLE = re.compile(
    r"(?:全县|全区|全市|全旗|本县|县级|县本级|县域|县直|全县各?(?:乡镇|村|行政村).{0,3}|各(?:乡镇|帮扶村|行政村|村))|(?P<v>全村|本村|村级|村集体|各(?:村民小)?组|全村各组)"
)
_INSIDE = re.compile(
    r"(?:室|厅|场|校|学|园|院|馆|楼|站|所|中心|会|基地|店|棚|田间|地头|服务点|礼堂|堂|线上|现场|家中|院坝|工地|车间)(?:[（(].{0,12}[)）])?$"
)
"""What a place is called that lies inside a village: where something was held, not where it counts."""

_WIDE = frozenset({"province", "prefecture", "county", "township"})


def _is_wide(place: Any) -> bool:
    return place is None or (isinstance(place, Place) and place.level in _WIDE)


def _finer(one: Place, other: Place) -> bool:
    order = ("province", "prefecture", "county", "township", "village", "site")
    return order.index(one.level) > order.index(other.level)


def _is_measure(fld: Field) -> bool:
    return fld.type is FieldType.NUMBER


def _issue(row: int, column: int, fld: Field, problem: Problem) -> Issue:
    return Issue(row, column, fld.name, problem.why, problem.zh, problem.en)


def _distinct(pairs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    seen: dict[str, int] = {}
    out = []
    for index, title in pairs:
        count = seen.get(title, 0)
        seen[title] = count + 1
        out.append((index, title if not count else f"{title}（{place_of(0, index)[:-1]}列）"))
    return out


MONEY_UNITS = frozenset({"元", "万元", "千元", "百元", "亿元"})


def _money_unit(table: Table) -> int | None:
    """The column that tells, row by row, in which unit of money an amount is written."""
    rows = [table.sheet.rows[line.row] for line in table.lines if line.sort == "data" and line.row < len(table.sheet.rows)]
    for column in table.columns:
        words = [r[column.index] for r in rows if column.index < len(r) and r[column.index]]
        if words and all(w in MONEY_UNITS for w in words):
            return column.index
    return None


def _merged_down(grid: Grid, table: Table) -> dict[int, dict[int, str]]:
    """Column → row → the text that a cell merged over several rows shows there."""
    out: dict[int, dict[int, str]] = {}
    for top, left, bottom, right in grid.sheet.merges:
        if bottom > top and bottom >= table.body and left <= table.right and right >= table.left and top < len(grid.rows):
            text = grid.raw(top, left)
            column = out.setdefault(left, {})
            for row in range(max(top, table.body), bottom + 1):
                column[row] = text
    return out


def _blank_shares(table: Table, merged: Mapping[int, Mapping[int, str]]) -> dict[int, float]:
    """Column → share of its data cells that show nothing."""
    lines = [line.row for line in table.lines if line.sort == "data" and line.row < len(table.sheet.rows)]
    if not lines:
        return {}
    rows = table.sheet.rows
    return {
        c.index: sum(1 for n in lines if (c.index >= len(rows[n]) or not rows[n][c.index]) and not merged.get(c.index, {}).get(n))
        / len(lines)
        for c in table.columns
    }


def _outline(table: Table, serial: int | None) -> frozenset[int]:
    """The first columns of a table that are always filled together or left empty together: what is written once for the lines below (帮扶干部, 部门)."""
    rows = [table.sheet.rows[line.row] for line in table.lines if line.sort == "data" and line.row < len(table.sheet.rows)]
    columns = [c.index for c in table.columns if c.index != serial]
    if len(rows) < 2 or not columns:
        return frozenset()

    def shape(index: int) -> list[bool]:
        return [index < len(r) and bool(r[index]) for r in rows]

    first = shape(columns[0])
    block = list(takewhile(lambda index: shape(index) == first, columns))
    return frozenset(block) if first[0] and not all(first) and 1 < len(block) < len(columns) else frozenset()


def _groups(table: Table, index: int, form: re.Pattern[str] | None = None) -> bool:
    """Whether a column's blanks follow its values as in a table whose groups are named once: the first data cell is filled, and runs of blanks are common.
    `form` is what every name looks like.
    """
    rows = [table.sheet.rows[line.row] for line in table.lines if line.sort == "data" and line.row < len(table.sheet.rows)]
    filled = [index < len(r) and bool(r[index]) for r in rows]
    if not filled or not filled[0]:
        return False
    texts = [norm(r[index]) for r, f in zip(rows, filled, strict=True) if f]
    # a name given once for its group does not come again and again
    if form is not None and not all(form.fullmatch(t) for t in texts):
        return False
    return len(set(texts)) >= 0.7 * len(texts) and not any(is_blank(t) for t in texts)


_NOT_HELD = re.compile(
    r"(?:因.{1,8})?(?:未|没有|暂未|尚未|不再)(?:开展|举办|实施|召开|执行|发放|组织|进行|开班|成行)|(?:已|因.{1,8})?取消|停办|未办|未开"
)
"""Stands for the day of what was planned and did not happen."""
_MEMBER = re.compile(r"(?!户主|本人).{1,8}")
_CARRIED = re.compile(
    r"(?:上年|上月|上期|上页|年初|期初|月初|本年|年末|期末|月末)(?:度)?(?:结转|结余|余额|转入)|结转(?:下年|下月|下期|下页|上年)(?:度)?|(?:承|接)[前上]页|[过转]次页|转下页"
)
"""A line that only carries a balance on."""
_REVOKED = re.compile(r"(?:此|本|该)(?:行|条|笔|项|户|次)?(?:记录)?(?:已)?作废|^\s*作废|已作废\s*$")
_AMENDS = re.compile(
    r"(?P<w>数量|金额|人数|人次|户数|场次|期数|件数|册数)?(?:应为|应是|更正为|改为|实发共?|实为|实有|共)\s*"
    r"(?P<n>\d[\d,]*(?:\.\d+)?\s*[万千]?)\s*(?P<u>人次|人|名|户|元|期|场)?"
)
_WRONG = re.compile(r"应为|应是|更正|笔误|有误|以本栏为准|以备注为准")
_SPAN = re.compile(r"\s*(?:[—–~～至到]+|(?<=[日号])-|(?<=[./]\d\d)-(?=\d{4}[./])|(?<=[./]\d)-(?=\d{4}[./]))\s*")
_HAPPENED = re.compile(r"(?<=[日号月])(?:[\u4e00-\u9fff]{2,6})$")
_IN_BAND = re.compile(r"[（(]([^（）()]*\d[^（）()]*)[)）]")


def _band_period(band: str) -> Period | None:
    """The days that a band gives in parentheses: 第一批（2018年3月—2021年5月）, 巡视反馈（2022年6月15日）. A bare year is none."""
    for inner in _IN_BAND.findall(band):
        if not re.search(r"(?:19|20)\d\d", inner):
            continue
        try:
            found = read_date(_HAPPENED.sub("", inner))
        except Problem:
            continue
        if found.precision != "year":
            return found
    return None


def _period_across(period: str, year: int | None) -> Period | None:
    """The period that stands over the columns, where it is more than a year."""
    if not period or re.fullmatch(r"(?:19|20)\d\d(?:年度?)?", period):
        return None
    try:
        return read_date(period, year)
    except Problem:
        return None


_MONTH_TITLE = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(?!\d{1,2}日)")
_TERM_TOLD = re.compile(
    r"(?:19|20)\d\d\s*(?:[-—–~～/至]+\s*(?:19|20)?\d\d)?\s*(?:学年度?|年度?)?\s*(?:第?[一二三四1-4]季度|第?[一二上下]学期|上半年|下半年)"
)
_TERM_TITLE = re.compile(
    r"((?:19|20)\d\d)\s*(?:[-—/]\s*(?:19|20)\d\d)?\s*(?:学年度?|年)?\s*第?([春秋])(?!节)季?|((?:19|20)\d\d)年?第?([一二三四])季度"
)


def _days_told(line: str) -> Period | None:
    """The days that a line gives for the rows below it: 走访时间：2023年1月10日—12日."""
    told = told_time(line)
    if not told:
        return None
    try:
        return read_date(told)
    except Problem:
        return None


def _title_month(understood: Understood) -> Period | None:
    """The days, month, term or quarter that a title names for all its rows."""
    source = understood.source
    for title in reversed(source.titles):
        days = _days_told(title)
        if days is not None:
            return days
    for title in source.titles[:2]:
        if re.search(r"(?:填报|制表|截止|截至|更新|填表|统计)(?:时间|日期|至|于|周期)", title):
            continue
        spoken = _TERM_TOLD.search(title)
        if spoken is not None:
            return read_date(spoken[0])
        if re.search(r"[-—~～至]", title):
            continue
        month = _MONTH_TITLE.search(title)
        if month is not None and 1 <= int(month[2]) <= 12:
            return Period(date(int(month[1]), int(month[2]), 1), precision="month")
        term = _TERM_TITLE.search(title)
        if term is not None and term[1]:
            return Period(date(int(term[1]), 9 if term[2] == "秋" else 3, 1), precision="month")
        if term is not None:
            return Period(date(int(term[3]), "一二三四".index(term[4]) * 3 + 1, 1), precision="month")
    return None


def read_card(understood: Understood, registers: Registers | None) -> Record:
    """The record of a form. Its row is the one in which its name stands."""
    card = understood.source
    assert isinstance(card, Card)
    assert understood.kind is not None
    table = Table(card.sheet, 0, 0, 0, max(len(card.cells) - 1, 0), [m.column for m in understood.meanings], card.titles)
    reader = TableReader(
        Understood(table, understood.kind, understood.confidence, understood.meanings, year=understood.year, place=understood.place),
        registers,
        Grid(_empty(card)),
    )
    cells = [value for _, _, value in card.cells]
    called = understood.kind.titled_by
    row = card.rows[0] if card.rows else 0
    for meaning in understood.meanings:
        if called is not None and meaning.field is not None and meaning.field.name == called.name:
            row = card.cells[meaning.column.index][1][0]
    record = reader.read(row, cells)
    where = {i: place for i, (_, place, _) in enumerate(card.cells)}
    record.issues = [
        i._replace(row=where.get(i.column, (row, 0))[0], column=where.get(i.column, (row, i.column))[1]) for i in record.issues
    ]
    record.places = {name: where[i][1] for name, i in record.places.items() if i in where}
    return record


def _empty(card: Card) -> Sheet:
    return Sheet(card.sheet.name, [])


def with_totals(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what the parts of a total add up to, where nobody wrote the total (and nothing else settled)."""
    done = dict(values)
    for whole in reversed(kind.fields.values()):
        if whole.name in done:
            continue
        parts = [done[f.name] for f in kind.fields.values() if f.part_of == whole.name and isinstance(done.get(f.name), Decimal)]
        if parts:
            done[whole.name] = sum(parts, Decimal(0))
    return done


def number_of(text: str, fld: Field, scale: str) -> Decimal | None:
    """A total line's number, or None where it states none."""
    if is_blank(text):
        return None
    try:
        return read_number(text, fld.unit or "other", scale)
    except Problem:
        return None

"""From a preview into the ledger: what is new, what was corrected, what is there already; all of it in one transaction, and back again.

The same workbook again records nothing, because a row is known by a keyed hash of what it says. A corrected workbook amends: a row that is no longer
there and a row that is new, alike enough, are the same row before and after.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import transaction

from bangfu.catalogue import Field, FieldType, Kind
from bangfu.catalogue.reading import Period, Problem, norm, to_parts
from bangfu.ledger import catalogue, crypt, people, places, post
from bangfu.ledger.crypt import keyring
from bangfu.ledger.models import Batch, Entry, Party, Place, Programme
from bangfu.ledger.people import HouseholdRow, PersonRow, ProjectRow
from bangfu.ledger.post import Draft
from bangfu.office.books import Books
from bangfu.office.intake.earlier import FORMER, Earlier, Keeper
from bangfu.office.intake.marks import Marks
from bangfu.office.intake.preview import Answers, Beside, Preview, Reader
from bangfu.office.intake.registers import Place as KnownPlace
from bangfu.office.intake.registers import Registers, Unit
from bangfu.office.intake.rows import Record
from bangfu.office.intake.understanding import LEFT_OUT, signatures
from bangfu.office.intake.words import Vocabulary
from bangfu.office.models import HeaderMemory
from bangfu.quantities import plain

CHUNK = 5_000
ALIKE = 0.55
"""How much of a row must be unchanged for a new row to be taken as the old one corrected."""

_WORDS: dict[int, Vocabulary] = {}


def vocabulary() -> Vocabulary:
    """The header words of this process's catalogue."""
    current = catalogue()
    if id(current) not in _WORDS:
        _WORDS.clear()
        _WORDS[id(current)] = Vocabulary(current)
    return _WORDS[id(current)]


def registers_of(programme: Programme) -> Registers:
    """The programme's places and its helper's departments, as a workbook's words are looked up in."""
    known = list(programme.places.all())
    above_ids = {int(i) for p in known for i in p.path.strip("/").split("/")}
    everything = {p.pk: p for p in Place.objects.filter(pk__in=above_ids)}
    found = []
    for place in everything.values():
        line = {
            everything[int(i)].level: everything[int(i)].name
            for i in place.path.strip("/").split("/")
            if int(i) in everything and int(i) != place.pk
        }
        found.append(
            KnownPlace(
                place.name,
                place.level,
                line.get("county", ""),
                line.get("township", ""),
                line.get("prefecture", ""),
                line.get("province", ""),
                variants=tuple(place.variants),
                id=place.pk,
                own=place in known,
            ),
        )
    helper = programme.helper
    units = [Unit(u.name, tuple(u.variants), u.pk) for u in Party.objects.filter(path__startswith=helper.path).exclude(pk=helper.pk)]
    return Registers(
        helper.name,
        tuple(p for p in found if p.level not in {"province", "prefecture"}),
        tuple(units),
        tuple(helper.variants),
        programme.pk,
    )


# ── what an office answered ──────────────────────────────────────────────────────────────────────────────────────────


def memory_of(programme: Programme) -> dict[tuple[str, str], str]:
    """(kind, header) → field, as this office answered before; ("", signature of a table) → its kind."""
    return {(m.kind, m.header): m.field for m in HeaderMemory.objects.filter(programme=programme)}


def remember(programme: Programme, kind: str, header: str, field_name: str, *, by: Any) -> None:
    """Keep an answer for the next workbook: what `header` means in a table of `kind` ("" for none of our fields)."""
    HeaderMemory.objects.update_or_create(
        programme=programme, kind=kind, header=norm(header)[:200], defaults={"field": field_name, "by": by}
    )


def remember_answers(programme: Programme, preview: Preview, answers: Answers, *, by: Any) -> None:
    """Keep all answers given in a preview: what the columns mean, and what tables of this form record."""
    for sheet in preview.sheets:
        for part in sheet.parts:
            answer = answers.get((sheet.sheet.name, part.number), {})
            said = LEFT_OUT if answer.get("skip") else answer.get("kind", "")
            if said:
                for signature in signatures(part.understood.source):
                    remember(programme, "", signature, said, by=by)
            for meaning in part.understood.meanings:
                chosen = answer.get("columns", {}).get(meaning.column.index)
                if chosen is not None and part.kind is not None:
                    remember(programme, part.kind.code, meaning.column.title, chosen, by=by)


# ── previews ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def preview(
    path: Path,
    programme: Programme,
    *,
    name: str = "",
    answers: Answers | None = None,
    progress: Callable[[int], None] | None = None,
) -> Preview:
    """What recording the file in `programme` would do, problems and all; nothing is written. Raises Refused."""
    return _reader([programme], answers).file(path, name=name, progress=progress)


def preview_among(path: Path, programmes: Sequence[Programme], *, name: str = "", progress: Callable[[int], None] | None = None) -> Preview:
    """As `preview`, for the programme whose places and units the file names (`Preview.registers.id`; `undecided` where that is not clear)."""
    return _reader(programmes, None).file(path, name=name, progress=progress)


def owner_among(path: Path, programmes: Sequence[Programme], *, name: str = "") -> Preview:
    """As `preview_among`, but with nothing read yet beyond what tells the programme: for a file that is too long to be read twice."""
    return _reader(programmes, None).opened(path, name=name)


def answer_among(
    path: Path, programmes: Sequence[Programme], *, name: str = "", progress: Callable[[int], None] | None = None
) -> tuple[Preview, dict[str, Any]]:
    """As `preview_among`, with the answer of a dry run: every row of the file. Raises Refused."""
    return _reader(programmes, None).answered(path, name=name, progress=progress)


def _reader(programmes: Sequence[Programme], answers: Answers | None) -> Reader:
    memory = memory_of(programmes[0]) if len(programmes) == 1 else {}
    known = {p.pk: p for p in programmes}

    def beside(found: Preview) -> Beside:
        programme = known.get(found.registers.id or 0) if found.registers is not None else None
        return Earlier(programme, found.file, Hashes().first).check if programme is not None else _nothing

    return Reader(vocabulary(), [registers_of(p) for p in programmes], answers=answers, memory=memory, beside=beside)


def _nothing(_: Sequence[Record]) -> None:
    """Nobody knows where the file belongs: there is nothing to hold it beside."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a corrected row changes: field name → (before, after), as shown."""

    entry: int
    sheet: str
    row: int
    fields: Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Result:
    """What an import came to. `read` = recorded + amended + unchanged + skipped + refused, always."""

    batch: Batch | None
    counts: dict[str, int]
    changes: list[Change] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)  # entries of the earlier workbook whose rows are no longer in it; they stand until voided
    figures: list[tuple[str, Decimal | None, Decimal | None]] = field(default_factory=list)  # code, before, after

    def adds_up(self) -> bool:
        c = self.counts
        return c["read"] == c["recorded"] + c["amended"] + c["unchanged"] + c["skipped"] + c["refused"]


# ── what a row says ──────────────────────────────────────────────────────────────────────────────────────────────────


def said(value: Any) -> str:
    """A read value as one text, the same for the same meaning however it was written."""
    if value.__class__ is str:
        return str(value)
    if value.__class__ is Decimal:
        return plain(value)
    if value.__class__ is Period:
        return f"{value.begin}|{value.last or ''}|{value.precision}{'+' if value.open else ''}"
    return f"#{value.id or value.name}"


class Hashes:
    """The keyed hashes of rows. The same row for the second time in one file is another row, and gets another hash."""

    def __init__(self) -> None:
        self.keys = keyring()
        self.seen = Marks()
        self.again: Counter[int] = Counter()
        self.count = 0
        self.orders: dict[tuple[str, ...], list[str]] = {}  # names as they come → in their order

    def of(self, record: Record) -> bytes:
        """16 bytes that know the row again."""
        text = self._text(record)
        found = self.keys.hash(text, "row")
        short = int.from_bytes(found[:7], "big")
        self.count += 1
        if self.seen.first(short, self.count) == self.count:
            return found
        self.again[short] += 1
        return self.keys.hash(f"{text}\x1e{self.again[short]}", "row")

    def first(self, record: Record) -> bytes:
        """The hash of the row as if it came for the first time."""
        return self.keys.hash(self._text(record), "row")

    def _text(self, record: Record) -> str:
        values = record.values
        names = tuple(values)
        order = self.orders.get(names)
        if order is None:
            order = self.orders[names] = sorted(names)
        told = [f"{n}={v}" if (v := values[n]).__class__ is str else f"{n}={said(v)}" for n in order]
        text = record.kind.code + "\x1e" + "\x1f".join(told)
        if record.extra:
            text += "\x1e" + "\x1f".join(f"{n}={v}" for n, v in sorted(record.extra.items()))
        return text


@dataclass(slots=True)
class Row:
    """A record on its way into the ledger."""

    sheet: str
    record: Record
    hash: bytes
    supersedes: int | None = None


class Drafter:
    """Records → drafts, with the people, households, projects and parties they name found or made, a chunk at a time."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.kinds: dict[str, _Shape] = {}
        self.parties: dict[str, int] = {}
        self.registers: Registers | None = None

    def drafts(self, rows: Sequence[Row]) -> list[Draft]:
        """One draft for each row, in their order."""
        made = [self._shape(r.record.kind).values(r.record) for r in rows]
        homes = self._homes(rows, made)
        persons = self._persons(rows, made)
        projects = self._projects(made)
        return [
            self._draft(r, v, homes.get(i), persons.get(i, ()), projects.get(i)) for i, (r, v) in enumerate(zip(rows, made, strict=True))
        ]

    def _shape(self, kind: Kind) -> _Shape:
        shape = self.kinds.get(kind.code)
        if shape is None:
            shape = self.kinds[kind.code] = _Shape(kind)
        return shape

    def _draft(self, row: Row, values: dict[str, Any], home: int | None, persons: tuple[int, ...], project: int | None) -> Draft:
        record = row.record
        shape = self.kinds[record.kind.code]
        begin, end = _span(values)
        measures = shape.measured(values)
        place, unit, party = values.get("place"), values.get("unit"), values.get("party")
        return Draft(
            kind=record.kind.code,
            begin=begin,
            end=end,
            title=str(values.get("title", ""))[:200] if shape.titled else "",
            category=values.get("category", ""),
            counts_to=values.get("counts_to", ""),
            unit=unit.id if unit.__class__ is Unit else None,
            place=place.id if place.__class__ is KnownPlace else None,
            party=self._party(party) if party else None,
            project=project,
            household=home,
            persons=persons,
            facets={n: values[n] for n in shape.facets if n in values},
            measures=measures,
            details=shape.detailed(values, measures, record.extra),
            sheet=row.sheet[:100],
            row=record.row + 1,
            row_hash=row.hash,
            supersedes=row.supersedes,
        )

    def _party(self, name: str) -> int:
        found = self.parties.get(name)
        if found is None:
            known = Party.objects.filter(name=name[:200], parent=None).exclude(kind="organisation").order_by("pk").first()
            found = self.parties[name] = known.pk if known is not None else places.party(name[:200], _party_kind(name)).pk
        return found

    def _homes(self, rows: Sequence[Row], made: Sequence[dict[str, Any]]) -> dict[int, int]:
        wanted: dict[int, HouseholdRow] = {}
        for i, (row, values) in enumerate(zip(rows, made, strict=True)):
            head = values.get("household")
            if head:
                about = {n: values[n] for n in self.kinds[row.record.kind.code].about_home if n in values}
                code = about.pop("household_code", "")
                wanted[i] = HouseholdRow(head, _place_id(values), str(code), {n: _plain(v) for n, v in about.items()})
        return dict(zip(wanted, people.households(self.programme, wanted.values()), strict=True)) if wanted else {}

    def _persons(self, rows: Sequence[Row], made: Sequence[dict[str, Any]]) -> dict[int, tuple[int, ...]]:
        wanted: list[tuple[int, PersonRow]] = []
        for i, (row, values) in enumerate(zip(rows, made, strict=True)):
            names = values.get("person")
            if not names:
                continue
            shape = self.kinds[row.record.kind.code]
            about = {n: values[n] for n in shape.about_person if n in values}
            number, phone = str(about.pop("id_number", "")), str(about.pop("phone", ""))
            for nth, name in enumerate(n for n in names.split("、") if n.strip()):
                wanted.append(
                    (
                        i,
                        PersonRow(
                            name,
                            number if nth == 0 else "",
                            phone if nth == 0 else "",
                            place=_place_id(values) if shape.of_village else None,
                            details={n: _plain(v) for n, v in about.items()} if nth == 0 else {},
                        ),
                    ),
                )
        found: dict[int, tuple[int, ...]] = {}
        if wanted:
            for (i, _row), person in zip(wanted, people.persons(self.programme, [p for _, p in wanted]), strict=True):
                found[i] = tuple(dict.fromkeys((*found.get(i, ()), person)))
        return found

    def _projects(self, made: Sequence[dict[str, Any]]) -> dict[int, int]:
        wanted = {i: ProjectRow(str(v["project"])[:200], _place_id(v)) for i, v in enumerate(made) if v.get("project")}
        return dict(zip(wanted, people.projects(self.programme, wanted.values()), strict=True)) if wanted else {}


class _Shape:
    """A kind taken apart once: which of its fields go where."""

    def __init__(self, kind: Kind) -> None:
        fields = kind.fields.values()
        self.kind = kind
        self.titled = "title" in kind.fields
        self.facets = tuple(f.name for f in fields if f.home == "facet")
        self.measures = tuple((f.name, f.unit or "other") for f in kind.measures())
        self.details = tuple(f for f in fields if f.home == "details")
        self.about_person = tuple(f.name for f in fields if f.home == "person" and f.about != "household")
        self.about_home = tuple(f.name for f in fields if f.home == "person" and f.about == "household")
        self.of_village = kind.titled_by is not None and kind.titled_by.name == "person" and not kind.state
        self.known: dict[tuple[str, Decimal], int] = {}
        self.naming = tuple(f for f in fields if f.names)
        self.usual = {f.name: f.default for f in fields if f.default and f.type is not FieldType.NUMBER and not f.default.startswith("=")}
        self.settles = any(f.part_of or (f.default and f.name not in self.usual) for f in fields) or any(
            c.implies for f in fields for c in f.choices
        )

    def values(self, record: Record) -> dict[str, Any]:
        values = self.kind.complete(record.values) if self.settles else {**self.usual, **record.values}
        for fld in self.naming:
            self._named(fld, values)
        return values

    def _named(self, fld: Field, values: dict[str, Any]) -> None:
        """A cell that names a unit, a place, a party or a person (获奖单位/个人): the first that its words fit."""
        text = values.get(fld.name)
        if not isinstance(text, str) or any(n in values for n in fld.names):
            return
        for name in fld.names:
            if name == "party" and any(w in text for w in ("支部", "党总支", "党委", "公司", "合作社", "委员会", "工作队")):
                values["party"] = text
                return
            if name == "person" and 2 <= len(norm(text)) <= 4 and not any(w in text for w in "村校院部处系"):
                values["person"] = text.replace(" ", "").replace("\u3000", "")
                return

    def measured(self, values: Mapping[str, Any]) -> dict[str, int]:
        found = {}
        for name, unit in self.measures:
            value = values.get(name)
            if value is None:
                continue
            parts = self.known.get((unit, value))
            if parts is None:
                try:
                    parts = to_parts(value, unit)
                except Problem:
                    continue  # finer than the smallest part: it stands in the details (rows.py asked about it)
                if len(self.known) < 50_000:
                    self.known[unit, value] = parts
            found[name] = parts
        return found

    def detailed(self, values: Mapping[str, Any], measures: Mapping[str, int], extra: Mapping[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {f.name: _plain(values[f.name]) for f in self.details if f.name in values}
        for name in ("unit", "place"):
            if isinstance(values.get(name), str):  # nobody knows it: kept as it is written
                found[self.kind.fields[name].label.zh] = values[name]
        for name, _ in self.measures:
            if name in values and name not in measures:
                found[self.kind.fields[name].label.zh] = plain(values[name])
        found.update(extra)
        return found


def _plain(value: Any) -> str:
    return (
        value.begin.isoformat()
        if isinstance(value, Period)
        else plain(value)
        if isinstance(value, Decimal)
        else str(getattr(value, "name", value))
    )


def _place_id(values: Mapping[str, Any]) -> int | None:
    place = values.get("place")
    return place.id if place.__class__ is KnownPlace else None


def _span(values: Mapping[str, Any]) -> tuple[date, date | None]:
    begin, end = values["begin"], values.get("end")
    last = end.final if end is not None else begin.last
    return begin.begin, None if last is None else last + timedelta(days=1)


def _party_kind(name: str) -> str:
    if "党总支" in name:
        return "general_branch"
    if "支部" in name:
        return "branch"
    if name.endswith(("委员会", "村委会", "居委会")):
        return "committee"
    return "firm" if "公司" in name or "合作社" in name else "other"


# ── what is there already ────────────────────────────────────────────────────────────────────────────────────────────

_SLICE = 900


def live_hashes(programme: Programme, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """Which of the rows stand in the ledger: hash → entry."""
    found: dict[bytes, int] = {}
    for at in range(0, len(hashes), _SLICE):
        rows = Entry.objects.filter(programme=programme, row_hash__in=hashes[at : at + _SLICE], ended__isnull=True).values_list(
            "row_hash", "id"
        )
        found.update((bytes(h), e) for h, e in rows if h is not None)
    return found


def _former(programme: Programme, filename: str, hits: Sequence[int]) -> list[int]:
    """The batches that an earlier form of this workbook made: of the same name, or holding a good part of its rows (those of `hits`)."""
    batches = set(Batch.objects.filter(programme=programme, filename=filename, taken_back__isnull=True).values_list("pk", flat=True))
    owners: Counter[int | None] = Counter()
    for at in range(0, len(hits), _SLICE):
        owners.update(Entry.objects.filter(pk__in=hits[at : at + _SLICE]).values_list("batch_id", flat=True))
    batches.update(b for b, count in owners.items() if b is not None and count >= FORMER[0] and count >= FORMER[1] * len(hits))
    return sorted(batches)


def _pair(new: Sequence[tuple[Row, Draft]], old: Mapping[int, Draft]) -> dict[int, int]:
    """Index of a new row → the entry it corrects: the likest pairs of the same kind and sheet first."""
    scored: list[tuple[float, int, int, int]] = []
    for i, (_, draft) in enumerate(new):
        for entry, before in old.items():
            if before.kind == draft.kind:
                likeness = _likeness(draft, before)
                likeness += 0.1 * (before.sheet == draft.sheet) + 0.08 * (before.sheet == draft.sheet and before.row == draft.row)
                if likeness >= ALIKE:
                    scored.append((-likeness, abs((before.row or 0) - (draft.row or 0)), i, entry))
    pairs: dict[int, int] = {}
    used: set[int] = set()
    for _, _, i, entry in sorted(scored):
        if i not in pairs and entry not in used:
            pairs[i] = entry
            used.add(entry)
    return pairs


_COMPARED = ("begin", "end", "title", "category", "unit", "place", "party", "project", "household", "persons")


def _likeness(one: Draft, other: Draft) -> float:
    same = total = 0
    for name in _COMPARED:
        a, b = getattr(one, name), getattr(other, name)
        if a or b:
            weight = 2 if name in {"title", "household", "persons"} else 1
            total += weight
            same += weight * (a == b)
    for mine, theirs in ((one.measures, other.measures), (one.facets, other.facets), (one.details, other.details)):
        for key in mine.keys() | theirs.keys():
            weight = 2 if key in {"voucher", "invoice", "order_number"} else 1
            total += weight
            same += weight * (mine.get(key) == theirs.get(key))
    return same / total if total else 0.0


def changes_between(before: Draft, after: Draft) -> dict[str, tuple[str, str]]:
    """Field name → (before, after) for everything that differs."""
    out: dict[str, tuple[str, str]] = {}
    for name in _COMPARED:
        a, b = getattr(before, name), getattr(after, name)
        if a != b:
            out[name] = (_show(a), _show(b))
    for mine, theirs in ((before.measures, after.measures), (before.facets, after.facets), (before.details, after.details)):
        for key in mine.keys() | theirs.keys():
            if mine.get(key) != theirs.get(key):
                out[key] = (_show(mine.get(key)), _show(theirs.get(key)))
    return out


def _show(value: Any) -> str:
    return "" if value is None or value == () else str(value)


# ── recording ────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Recorder:
    """Takes records as they are read and hands drafts to the ledger's writer, a chunk at a time."""

    def __init__(self, programme: Programme, filename: str) -> None:
        self.programme = programme
        self.filename = filename
        self.hashes = Hashes()
        self.drafter = Drafter(programme)
        self.signs = Keeper(programme)
        self.known = Entry.objects.filter(programme=programme, row_hash__isnull=False).exists()
        self.counts: Counter[str] = Counter()
        self.kinds: set[str] = set()
        self.changes: list[Change] = []
        self.gone: list[int] = []
        self.refused: set[tuple[str, str]] = set()  # kind and title (or place) of rows that are in the file, but cannot be recorded

    def drafts(self, rows: Iterable[tuple[str, Record]]) -> Iterable[Draft]:
        """What is to be written. Whether an earlier form of the file was recorded shows in its name and its first rows."""
        chunks = self._chunks(rows)
        first = next(chunks, [])
        there = self._there(first)
        batches = _former(self.programme, self.filename, list(there.values())) if self.known else []
        fresh = self._fresh(chain([(first, there)], ((chunk, self._there(chunk)) for chunk in chunks)))
        return self._against(fresh, batches) if batches else self._once(fresh)

    def _chunks(self, rows: Iterable[tuple[str, Record]]) -> Iterator[list[Row]]:
        """The rows that can be recorded, so many at a time."""
        chunk: list[Row] = []
        for sheet, record in rows:
            if record.refused or "begin" not in record.values:
                self.counts["refused"] += 1
                if len(self.refused) < 100_000:
                    self.refused.add((record.kind.code, record.values.get("title") or f"{sheet[:100]}!{record.row + 1}"))
                continue
            chunk.append(Row(sheet, record, self.hashes.of(record)))
            if len(chunk) >= CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _there(self, chunk: Sequence[Row]) -> dict[bytes, int]:
        return live_hashes(self.programme, [r.hash for r in chunk]) if self.known else {}

    def _fresh(self, chunks: Iterable[tuple[list[Row], Mapping[bytes, int]]]) -> Iterator[list[Row]]:
        """Of each chunk the rows that are not there yet."""
        for chunk, there in chunks:
            self.kinds.update({r.record.kind.code for r in chunk})
            self.counts["unchanged"] += len(there)
            fresh = [r for r in chunk if r.hash not in there] if there else chunk
            for row in fresh:
                self.signs.expect(row.record)
            yield fresh

    def _once(self, chunks: Iterable[list[Row]]) -> Iterator[Draft]:
        """Drafts of a file of which no earlier form is known: nothing to amend, nothing to hold."""
        for chunk in chunks:
            self.counts["recorded"] += len(chunk)
            yield from self.drafter.drafts(chunk)

    def _against(self, chunks: Iterable[list[Row]], batches: Sequence[int]) -> list[Draft]:
        """Drafts of a file of which an earlier form was recorded: what was corrected supersedes what it corrects."""
        fresh = [r for chunk in chunks for r in chunk]
        drafts = self.drafter.drafts(fresh)
        standing = Entry.objects.filter(programme=self.programme, batch__in=batches, ended__isnull=True)
        mine = self.hashes.seen
        left = [
            e
            for e, h, kind, title, sheet, row in standing.values_list("id", "row_hash", "kind", "title", "sheet", "row").order_by("id")
            if (h is None or int.from_bytes(bytes(h)[:7], "big") not in mine) and (kind, title or f"{sheet}!{row}") not in self.refused
        ]
        former = post.drafts_of(left[:5000])
        pairs = _pair(list(zip(fresh, drafts, strict=True)), former) if len(drafts) * len(former) <= 4_000_000 else {}
        out = []
        for i, draft in enumerate(drafts):
            entry = pairs.get(i)
            if entry is None:
                self.counts["recorded"] += 1
                out.append(draft)
                continue
            self.counts["amended"] += 1
            fields = changes_between(former[entry], draft)
            self.changes.append(Change(entry, draft.sheet, draft.row or 0, fields))
            out.append(_amending(draft, entry))
        paired = set(pairs.values())
        self.gone = [e for e in left if e not in paired]
        return out


def _amending(draft: Draft, entry: int) -> Draft:
    return Draft(**{**{n: getattr(draft, n) for n in Draft.__dataclass_fields__}, "supersedes": entry})


def record(
    found: Preview, programme: Programme, *, by: Any, answers: Answers | None = None, progress: Callable[[int], None] | None = None
) -> Result:
    """Record what a preview shows, in one transaction. Raises post.PostingRefused (nothing is written then) and reading.Refused.

    The same workbook again records nothing (and makes no batch); a corrected one amends. `Result` says what became of every row.
    """
    if found.path is None:
        return _record_held(found, programme, None, by, progress)
    if found.complete:
        return _record_held(found, programme, found.path, by, progress)
    return bring_in(found.path, programme, by=by, name=found.file, answers=answers, progress=progress)[1]


def _record_held(found: Preview, programme: Programme, path: Path | None, by: Any, progress: Callable[[int], None] | None) -> Result:
    rows = ((sheet.sheet.name, one) for sheet, _, one in found.records())
    return _write(programme, found.file, path, rows, lambda: (found.skipped, found.read), by, progress)


def bring_in(
    path: Path,
    programme: Programme,
    *,
    by: Any,
    name: str = "",
    answers: Answers | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Preview, Result]:
    """Read, check and record a file at one go, however long it is, with the memory of a few thousand rows. Raises as `record`."""
    reader = _reader([programme], answers)
    reader.keep = 1_000  # enough to show; the rest passes through
    found = reader.opened(path, name=name)

    rows = ((sheet.sheet.name, one) for sheet, _, one in reader.stream(found, progress=progress))
    return found, _write(programme, found.file, path, rows, lambda: (found.skipped, found.read), by, None)


_COLLECTED = gc.get_threshold()
_SELDOM = 50_000
"""Rows make no cycles: looking for some among them after every 700 new objects takes a tenth of the time of an import."""


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let the collector of cycles come less often for a while (of two imports at once the first that ends brings it back to its usual pace)."""
    gc.set_threshold(_SELDOM, *_COLLECTED[1:])
    try:
        yield
    finally:
        gc.set_threshold(*_COLLECTED)


def _write(
    programme: Programme,
    filename: str,
    path: Path | None,
    rows: Iterable[tuple[str, Record]],
    about: Callable[[], tuple[int, int]],
    by: Any,
    progress: Callable[[int], None] | None,
) -> Result:
    books = Books(programme)
    with transaction.atomic(), _seldom_collected():
        recorder = _Recorder(programme, filename)
        batch = None
        first = next(drafts := iter(recorder.drafts(rows)), None)
        if first is not None:
            content = path.read_bytes() if path is not None else b""
            batch = Batch.objects.create(
                programme=programme, filename=filename[:255], sha256=crypt.store(content) if content else "", by=by
            )
            post.post(
                programme, chain([first], drafts), by=by, verb="import", batch=batch, progress=progress, written=recorder.signs.written
            )
            recorder.signs.close()
        skipped, read = about()
        counts = {n: recorder.counts[n] for n in ("recorded", "amended", "unchanged", "refused")} | {"skipped": skipped, "read": read}
        if batch is not None:
            Batch.objects.filter(pk=batch.pk).update(counts=counts)
            batch.counts = counts
    result = Result(batch, counts, recorder.changes, recorder.gone)
    assert result.adds_up(), counts
    if batch is not None:
        result.figures = figures_changed(books, Books(programme), recorder.kinds)
    return result


def figures_changed(before: Books, after: Books, kinds: Iterable[str]) -> list[tuple[str, Decimal | None, Decimal | None]]:
    """The figures of these kinds (and the combinations of them) that are not what they were: code, before, after."""
    known = after.catalogue
    codes = [f.code for k in sorted(set(kinds)) for f in known.figures_of(k)]
    codes += [f.code for f in known.figures.values() if f.combine and any(p in codes for p in f.parts)]
    codes = list(dict.fromkeys(codes))
    old, new = before.values(codes, before.slice()), after.values(codes, after.slice())
    return [(c, old[c].value, new[c].value) for c in codes if old[c].value != new[c].value]


def take_back(batch: Batch, *, by: Any, reason: str) -> list[tuple[str, Decimal | None, Decimal | None]]:
    """Undo an import: its entries are voided, what it had amended stands again. Gives the figures that changed. Raises post.PostingRefused."""
    programme = batch.programme
    before = Books(programme)
    kinds = set(Entry.objects.filter(batch=batch).values_list("kind", flat=True).distinct())
    post.take_back(programme, batch, by=by, reason=reason)
    return figures_changed(before, Books(programme), kinds)

"""What is in the ledger already, though no row of this workbook: the same voucher number, or the same payee, amount and day, in an earlier batch.

Numbers and payees are encrypted in the ledger, so each entry has signs: keyed hashes of its numbers, and of its payee with amount and day. The two
tables (migration 0006) are an index of the entries and no record: they hold every entry up to `office_signed.entry`, whatever wrote it, are caught up
before they are read, and can be thrown away. An entry that has ended is passed over when it is found.
"""
# ruff: noqa: S608 - the texts of the queries are made of our own names; values travel as parameters

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.db import connection, transaction

from bangfu.catalogue import Kind
from bangfu.catalogue.reading import norm
from bangfu.ledger import catalogue
from bangfu.ledger.crypt import keyring
from bangfu.ledger.models import Batch, Entry, Household, Party, Person, Place, Programme
from bangfu.ledger.people import masked_name
from bangfu.ledger.post import Draft, drafts_of
from bangfu.ledger.rows import insert, rows, within
from bangfu.office.intake.rows import Issue, Record
from bangfu.office.intake.words import ONCE
from bangfu.quantities import from_parts, plain, unit

AT_ONCE = 5_000
_DIGIT = re.compile(r"\d")
PAYEES = ("supplier", "donor", "party", "household", "person")
"""Who gave or got the money, as kinds name them: the first that is stated."""

FORMER = 3, 0.3
"""A batch of which so many rows, and such a share of all that stand already, are rows of this workbook, is an earlier form of it."""


# ── signs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Signs:
    """Makes the signs of what was read or recorded: whole numbers of 64 bits."""

    def __init__(self) -> None:
        self.key = keyring().hash("", "sign")

    def of(self, kind: str, values: Mapping[str, Any], payee: str, cents: int | None, day: date) -> dict[int, str]:
        """Sign → the field it is made of. A number of fewer than six digits (记-12) is counted anew each year, so it is known with its year."""
        found: dict[int, str] = {}
        for name in ONCE:
            code = values.get(name)
            if not code:
                continue
            key = code.lower() if code.isascii() else norm(code)
            if len(key) >= 3:
                year = "" if len(_DIGIT.findall(key)) >= 6 else day.year
                found[self._sign(f"n{kind}\x1f{key}\x1f{year}")] = name
        if payee and cents:
            found[self._sign(f"p{kind}\x1f{payee}\x1f{cents}\x1f{day.toordinal()}")] = "amount"
        return found

    def _sign(self, text: str) -> int:
        return int.from_bytes(blake2b(text.encode(), key=self.key, digest_size=8).digest(), "big", signed=True)

    def of_record(self, record: Record) -> dict[int, str]:
        """The signs of a row as read; none where it says no day."""
        values = record.values
        begin = values.get("begin")
        if begin is None:
            return {}
        amount = values.get("amount") if begin.precision == "day" else None
        cents = None
        if amount.__class__ is Decimal:
            whole = amount * 100
            cents = int(whole) if whole == whole.to_integral_value() else None
        return self.of(record.kind.code, values, _payee(values) if cents else "", cents, begin.begin)

    def of_drafts(self, drafts: Mapping[int, Draft]) -> Iterator[tuple[int, int]]:
        """(sign, entry) of recorded entries."""
        parties = dict(Party.objects.filter(pk__in={d.party for d in drafts.values()}).values_list("pk", "name"))
        homes = {h.pk: h.head for h in Household.objects.filter(pk__in={d.household for d in drafts.values()}).only("head")}
        persons = {p.pk: p.name for p in Person.objects.filter(pk__in={p for d in drafts.values() for p in d.persons}).only("name")}
        for entry, draft in drafts.items():
            said = {
                **draft.details,
                "party": parties.get(draft.party or 0),
                "household": homes.get(draft.household or 0),
                "person": "、".join(persons[p] for p in draft.persons if p in persons),
            }
            for sign in self.of(draft.kind, said, _payee(said), draft.measures.get("amount"), draft.begin):
                yield sign, entry


def _payee(values: Mapping[str, Any]) -> str:
    for name in PAYEES:
        text = values.get(name)
        if text:
            return norm(text[:200]) if "、" not in text else "、".join(sorted(map(norm, text[:200].split("、"))))
    return ""


# ── the index ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Keeper:
    """Keeps the index in step with one posting, inside its transaction: signs of the drafts as they are made, entries as they are written."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.signs = Signs()
        self.waiting: deque[list[int]] = deque()
        self.first = self.last = 0

    def expect(self, record: Record) -> None:
        """The next draft that will be written is made of this record."""
        self.waiting.append(list(self.signs.of_record(record)))

    def written(self, entries: Sequence[int]) -> None:
        """So many drafts were written, as these entries."""
        found = [(sign, entry) for entry in entries for sign in self.waiting.popleft()]
        _insert(self.programme, found)
        self.first, self.last = self.first or entries[0], entries[-1]

    def close(self) -> None:
        """All are written: with what others wrote before it, the index holds up to the last. Nobody else posts until this transaction is over."""
        if self.last:
            catch_up(self.programme, before=self.first)
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO office_signed (programme, entry) VALUES (%s, %s) ON CONFLICT (programme) DO UPDATE SET entry = excluded.entry",
                    [self.programme.pk, self.last],
                )


def _insert(programme: Programme, signs: Iterable[tuple[int, int]]) -> None:
    ordered = sorted(signs)  # in the order of the table they go in several times as fast
    insert("office_sign", ("programme", "sign", "entry"), [(programme.pk, s, e) for s, e in ordered], ("int8", "int8", "int8"))


def catch_up(programme: Programme, *, before: int | None = None) -> None:
    """Bring the index to the last entry there is (before the entry `before`): what forms, amendments and take-backs wrote, or an earlier version."""
    behind = Entry.objects.filter(programme=programme, **({} if before is None else {"pk__lt": before})).order_by("pk")
    last = behind.values_list("pk", flat=True).last()
    if last is None or _signed(programme) >= last:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO office_signed (programme, entry) VALUES (%s, 0) ON CONFLICT DO NOTHING", [programme.pk])
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        cursor.execute(f"SELECT entry FROM office_signed WHERE programme = %s{lock}", [programme.pk])
        at = cursor.fetchone()[0]
        signs = Signs()
        while ids := list(behind.filter(pk__gt=at, pk__lte=last).values_list("pk", flat=True)[:AT_ONCE]):
            at = ids[-1]
            standing = behind.filter(pk__gte=ids[0], pk__lte=at, ended=None).values_list("pk", flat=True)
            _insert(programme, signs.of_drafts(drafts_of(standing)))
        cursor.execute("UPDATE office_signed SET entry = %s WHERE programme = %s AND entry < %s", [last, programme.pk, last])


def _signed(programme: Programme) -> int:
    found = rows("SELECT entry FROM office_signed WHERE programme = %s", [programme.pk])
    return int(found[0][0]) if found else 0


def _standing(programme: Programme, signs: Iterable[int]) -> dict[int, list[int]]:
    """Sign → the standing entries that have it."""
    condition, params = within("s.sign", signs)
    sql = (
        "SELECT s.sign, s.entry FROM office_sign s LEFT JOIN ledger_ended x ON x.entry_id = s.entry "
        f"WHERE s.programme = %s AND {condition} AND x.entry_id IS NULL ORDER BY s.entry"
    )
    found: dict[int, list[int]] = defaultdict(list)
    for sign, entry in rows(sql, [programme.pk, *params]):
        found[sign].append(entry)
    return found


# ── rows beside it ───────────────────────────────────────────────────────────────────────────────────────────────────


class Earlier:
    """Tells of the rows of one workbook which earlier batches may have recorded already. `row_hash` gives the hash by which a row is known again."""

    def __init__(self, programme: Programme, filename: str, row_hash: Any) -> None:
        catch_up(programme)
        self.programme = programme
        self.row_hash = row_hash
        self.signs = Signs()
        self.known = bool(rows("SELECT 1 FROM office_sign WHERE programme = %s LIMIT 1", [programme.pk]))
        own = Batch.objects.filter(programme=programme, filename=filename, taken_back=None)
        self.own: set[int | None] = set(own.values_list("pk", flat=True))
        self.same: Counter[int | None] = Counter()

    def check(self, records: Sequence[Record]) -> None:
        """Add a `duplicate` or `alike` issue, with the entry, to every record that an entry of another workbook, or of a form, may be.

        A row that stands already is none, nor is one that an earlier form of this workbook holds: it will be unchanged, or amended.
        """
        if not self.known:
            return
        made = [(r, self.signs.of_record(r)) for r in records if not r.refused]
        found = _standing(self.programme, {s for _, signs in made for s in signs})
        if not found:
            return
        entries = {e for some in found.values() for e in some}
        about = {pk: (batch, h) for pk, batch, h in _about(entries)}
        asked: list[tuple[Record, list[tuple[str, int]]]] = []
        for record, signs in made:
            hits = [(name, entry) for sign, name in signs.items() for entry in found.get(sign, ())]
            if not hits:
                continue
            mine = self.row_hash(record)
            same = next((about[e][0] for _, e in hits if about[e][1] == mine), -1)
            if same != -1:
                self.same[same] += 1
            else:
                asked.append((record, hits))
        total = sum(self.same.values())
        former = self.own | {b for b, n in self.same.items() if b is not None and n >= FORMER[0] and n >= FORMER[1] * total}
        for record, hits in asked:
            if any(about[e][0] in former for _, e in hits) or any(i.same_as is not None for i in record.issues):
                continue
            name, entry = hits[0]
            record.issues.append(_issue(record, name, entry))


def _about(entries: Iterable[int]) -> Iterator[tuple[int, int | None, bytes | None]]:
    condition, params = within("id", entries)
    for pk, batch, found in rows(f"SELECT id, batch_id, row_hash FROM ledger_entry WHERE {condition}", params):
        yield pk, batch, None if found is None else bytes(found)


def _issue(record: Record, name: str, entry: int) -> Issue:
    column = record.places.get(name, 0)
    if name == "amount":
        zh = f"与已记的台账（记录 {entry}）同收付方、同额、同日，请核对是否重复登记"
        en = f"the same payee, amount and day as entry {entry} in the ledger; is this the same one recorded twice?"
        return Issue(record.row, column, name, "alike", zh, en, entry=entry)
    label, code = record.kind.fields[name].label, record.values[name]
    zh = f"{label.zh}“{code}”在已记的台账（记录 {entry}）里用过，请核对是否重复登记"
    en = f"{label.en} “{code}” was used by entry {entry} in the ledger; is this the same one recorded twice?"
    return Issue(record.row, column, name, "duplicate", zh, en, entry=entry)


def told(entries: Iterable[int], lang: str = "zh") -> dict[int, str]:
    """Entries on one line each, to be read beside a row: workbook and row, day, what, who (persons masked), how much."""
    drafts = drafts_of(entries)
    names: dict[str, dict[int, str]] = {
        "place": dict(Place.objects.filter(pk__in={d.place for d in drafts.values()}).values_list("pk", "name")),
        "unit": dict(Party.objects.filter(pk__in={d.unit for d in drafts.values()}).values_list("pk", "name")),
        "party": dict(Party.objects.filter(pk__in={d.party for d in drafts.values()}).values_list("pk", "name")),
    }
    homes = {h.pk: h.head for h in Household.objects.filter(pk__in={d.household for d in drafts.values()}).only("head")}
    persons = {p.pk: p.name for p in Person.objects.filter(pk__in={p for d in drafts.values() for p in d.persons}).only("name")}
    files = dict(Entry.objects.filter(pk__in=drafts).values_list("pk", "batch__filename"))
    out = {}
    for entry, draft in drafts.items():
        kind: Kind = catalogue().kinds[draft.kind]
        source = f"{files[entry]} {draft.sheet}!{draft.row}" if files.get(entry) and draft.row else kind.label.say(lang)
        people = "、".join(masked_name(persons[p]) for p in draft.persons if p in persons)
        home = masked_name(homes[draft.household]) if draft.household in homes else ""
        who = [names[n].get(getattr(draft, n) or 0, "") for n in ("unit", "place", "party")]
        numbers = [
            f"{f.label.say(lang)} {plain(from_parts(draft.measures[f.name], f.unit or 'other'))}{unit(f.unit or 'other').zh if lang == 'zh' else ''}"
            for f in kind.measures()
            if f.name in draft.measures
        ]
        further = [str(draft.details[n]) for n in ("supplier", "donor", *ONCE) if draft.details.get(n)]
        out[entry] = " · ".join(t for t in (source, draft.begin.isoformat(), draft.title, home, people, *who, *numbers, *further) if t)[
            :300
        ]
    return out

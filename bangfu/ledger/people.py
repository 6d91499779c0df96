"""People, households and projects that entries point to: found again or made, many at once; shown masked; revealed with a record; erased.

A person is known by the identity number, else by name within household and place (domain.md 10: names alone are not enough, and
numbers are often missing). Blanks are filled by what a later ledger says; what is stated is never overwritten here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from bangfu.ledger.crypt import blind_index, keyring, plain_name, seal_json
from bangfu.ledger.models import Household, Person, Programme, Project, Reveal
from bangfu.ledger.rows import insert, new_ids

SLICE = 5_000


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What a ledger says of a person; `details` are the personal fields of its kind (JSON values), `household` and `place` ids."""

    name: str
    id_number: str = ""
    phone: str = ""
    household: int | None = None
    place: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """What a ledger says of a household: its head's name, village and number (户编号)."""

    head: str
    place: int | None = None
    code: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    name: str
    place: int | None = None


def tidy(name: str) -> str:
    """A name as it is kept: one width, no spaces inside a Chinese name (张　三 → 张三), single spaces elsewhere."""
    words = unicodedata.normalize("NFKC", name).split()
    return ("" if all(ord(c) > 127 for c in "".join(words)) else " ").join(words)


# --- found or made


def person(programme: Programme, name: str, id_number: str = "", **more: Any) -> int:
    """One person (see `persons`)."""
    return persons(programme, [PersonRow(name, id_number, **more)])[0]


def persons(programme: Programme, rows: Iterable[PersonRow]) -> list[int]:
    """The ids of the people in the order of the rows: those that are known, and new ones. Raises ValueError where a row has no name."""
    rows = list(rows)
    if any(not row.name.strip() for row in rows):
        raise ValueError("人员没有姓名 (a person without a name)")
    with transaction.atomic():
        _lock(programme)
        finder = _People(programme, rows)
        ids = [finder.find(row) for row in rows]
        finder.keep()
    return ids


def household(programme: Programme, head: str, place: int | None = None, code: str = "", **more: Any) -> int:
    """One household (see `households`)."""
    return households(programme, [HouseholdRow(head, place, code, **more)])[0]


def households(programme: Programme, rows: Iterable[HouseholdRow]) -> list[int]:
    """The ids of the households in the order of the rows: those that are known, and new ones.

    The same head in the same village is the same household, unless both have numbers and these differ. Raises ValueError without a head.
    """
    rows = list(rows)
    if any(not row.head.strip() for row in rows):
        raise ValueError("农户没有户主姓名 (a household without the name of its head)")
    with transaction.atomic():
        _lock(programme)
        finder = _Households(programme, rows)
        ids = [finder.find(row) for row in rows]
        finder.keep()
    return ids


def project(programme: Programme, name: str, place: int | None = None) -> int:
    """One project (see `projects`)."""
    return projects(programme, [ProjectRow(name, place)])[0]


def projects(programme: Programme, rows: Iterable[ProjectRow]) -> list[int]:
    """The ids of the projects in the order of the rows. The same name in the same place is the same project; a place may be missing."""
    rows = list(rows)
    if any(not row.name.strip() for row in rows):
        raise ValueError("项目没有名称 (a project without a name)")
    with transaction.atomic():
        _lock(programme)
        known: dict[str, list[tuple[int, int | None]]] = {}
        for pk, name, place in Project.objects.filter(programme=programme).order_by("pk").values_list("pk", "name", "place"):
            known.setdefault(plain_name(name), []).append((pk, place))
        ids = []
        for row in rows:
            same = known.setdefault(plain_name(row.name), [])
            found = next((pk for pk, at in same if at == row.place), None) or next(
                (pk for pk, at in same if at is None or row.place is None), None
            )
            if found is None:
                found = Project.objects.create(programme=programme, name=tidy(row.name), place_id=row.place).pk
                same.append((found, row.place))
            ids.append(found)
    return ids


def _lock(programme: Programme) -> None:
    """Two imports at once do not make the same person twice."""
    Programme.objects.select_for_update().get(pk=programme.pk)


@dataclass(slots=True)
class _Known:
    """A person or household under the finder's hands."""

    id: int
    row: Any
    stored: Any = None  # the record, where it was known before
    changed: bool = False


def _fits(one: int | None, other: int | None) -> bool:
    return one is None or other is None or one == other


class _People:
    """Finds people among those of the programme whose name or identity number occurs in the rows."""

    def __init__(self, programme: Programme, rows: Sequence[PersonRow]) -> None:
        self.programme = programme
        self.names = {row.name: blind_index(row.name, "person.name") for row in rows}
        self.numbers = {row.id_number: blind_index(row.id_number, "person.id_number") for row in rows if row.id_number}
        self.by_number: dict[bytes, _Known] = {}
        self.by_name: dict[bytes, list[_Known]] = {}
        self.fresh: list[_Known] = []
        self.ids = iter(new_ids("ledger_person", len(rows)))
        own = Person.objects.filter(programme=programme, erased=None)
        found: dict[int, Person] = {}
        for column, hashes in (("name_index", self.names), ("id_index", self.numbers)):
            wanted = list(set(hashes.values()))
            for at in range(0, len(wanted), SLICE):
                found |= {p.pk: p for p in own.filter(**{f"{column}__in": wanted[at : at + SLICE]})}
        for _, stored in sorted(found.items()):
            row = PersonRow(stored.name, stored.id_number or "", stored.phone or "", stored.household_id, stored.place_id, stored.details)
            self._know(
                _Known(stored.pk, row, stored), bytes(stored.name_index), None if stored.id_index is None else bytes(stored.id_index)
            )

    def _know(self, known: _Known, name: bytes, number: bytes | None) -> None:
        self.by_name.setdefault(name, []).append(known)
        if number:
            self.by_number[number] = known

    def find(self, row: PersonRow) -> int:
        """The id of the row's person, who is now known with all that the row says."""
        name = self.names[row.name]
        number = self.numbers.get(row.id_number)
        known = self.by_number.get(number) if number else None
        if known is None:
            known = self._of_that_name(row, name)
        if known is None:
            known = _Known(next(self.ids), row)
            self.fresh.append(known)
            self._know(known, name, number)
            return known.id
        self._fill(known, row, number)
        return known.id

    def _of_that_name(self, row: PersonRow, name: bytes) -> _Known | None:
        """The best of the same name: in the same household, in the same place, else one of whom neither is said."""
        fitting = [
            k
            for k in self.by_name.get(name, ())
            if not (k.row.id_number and row.id_number) and _fits(k.row.household, row.household) and _fits(k.row.place, row.place)
        ]
        return max(
            fitting,
            key=lambda k: (k.row.household == row.household, k.row.place == row.place, bool(k.row.id_number), -k.id),
            default=None,
        )

    def _fill(self, known: _Known, row: PersonRow, number: bytes | None) -> None:
        before = known.row
        known.row = PersonRow(
            before.name,
            before.id_number or row.id_number,
            before.phone or row.phone,
            before.household if before.household is not None else row.household,
            before.place if before.place is not None else row.place,
            {**row.details, **before.details},
        )
        if number and not before.id_number:
            self.by_number[number] = known
        known.changed = known.changed or known.row != before

    def keep(self) -> None:
        """Write the new people, and what is newly known of the others."""
        ring = keyring()
        made = []
        for known in self.fresh:
            row = known.row
            name = tidy(row.name)
            made.append(
                (
                    known.id,
                    self.programme.pk,
                    row.household,
                    row.place,
                    ring.seal(name.encode(), "person.name"),
                    self.names[row.name],
                    ring.seal(row.id_number.encode(), "person.id_number") if row.id_number else None,
                    self.numbers.get(row.id_number),
                    ring.seal(row.phone.encode(), "person.phone") if row.phone else None,
                    seal_json(dict(row.details), "person.details"),
                ),
            )
        columns = ("id", "programme_id", "household_id", "place_id", "name", "name_index", "id_number", "id_index", "phone", "details")
        insert("ledger_person", columns, made)
        changed = {k.id: k for same in self.by_name.values() for k in same if k.changed and k.stored is not None}
        for known in changed.values():
            row, stored = known.row, known.stored
            stored.id_number, stored.phone = row.id_number or None, row.phone or None
            stored.id_index = blind_index(row.id_number, "person.id_number") if row.id_number else None
            stored.household_id, stored.place_id, stored.details = row.household, row.place, dict(row.details)
            stored.save(update_fields=["id_number", "id_index", "phone", "household", "place", "details"])


class _Households:
    """Finds households among those of the programme whose head's name occurs in the rows."""

    def __init__(self, programme: Programme, rows: Sequence[HouseholdRow]) -> None:
        self.programme = programme
        self.heads = {row.head: blind_index(row.head, "household.head") for row in rows}
        self.known: dict[bytes, list[_Known]] = {}
        self.fresh: list[_Known] = []
        self.ids = iter(new_ids("ledger_household", len(rows)))
        own = Household.objects.filter(programme=programme, erased=None).order_by("pk")
        wanted = list(set(self.heads.values()))
        for at in range(0, len(wanted), SLICE):
            for stored in own.filter(head_index__in=wanted[at : at + SLICE]):
                row = HouseholdRow(stored.head, stored.place_id, stored.code or "", stored.details)
                self.known.setdefault(bytes(stored.head_index), []).append(_Known(stored.pk, row, stored))

    def find(self, row: HouseholdRow) -> int:
        """The id of the row's household, which is now known with all that the row says."""
        same = self.known.setdefault(self.heads[row.head], [])
        fitting = [
            k
            for k in same
            if _fits(k.row.place, row.place) and (not k.row.code or not row.code or plain_name(k.row.code) == plain_name(row.code))
        ]
        known = max(fitting, key=lambda k: (k.row.place == row.place, k.row.code == row.code, -k.id), default=None)
        if known is None:
            known = _Known(next(self.ids), row)
            self.fresh.append(known)
            same.append(known)
            return known.id
        before = known.row
        known.row = HouseholdRow(
            before.head,
            before.place if before.place is not None else row.place,
            before.code or row.code,
            {**row.details, **before.details},
        )
        known.changed = known.changed or known.row != before
        return known.id

    def keep(self) -> None:
        """Write the new households, and what is newly known of the others."""
        ring = keyring()
        made = []
        for known in self.fresh:
            row = known.row
            head = tidy(row.head)
            made.append(
                (
                    known.id,
                    self.programme.pk,
                    row.place,
                    ring.seal(head.encode(), "household.head"),
                    self.heads[row.head],
                    ring.seal(row.code.encode(), "household.code") if row.code else None,
                    seal_json(dict(row.details), "household.details"),
                ),
            )
        insert("ledger_household", ("id", "programme_id", "place_id", "head", "head_index", "code", "details"), made)
        for known in (k for same in self.known.values() for k in same if k.changed and k.stored is not None):
            row, stored = known.row, known.stored
            stored.place_id, stored.code, stored.details = row.place, row.code or None, dict(row.details)
            stored.save(update_fields=["place", "code", "details"])


# --- shown, revealed, erased


def masked_name(name: str) -> str:
    """A name with one character masked (domain.md 10.4): 张三 → 张*, 扎西多吉 → 扎*多吉."""
    if len(name) < 2:
        return "*" if name else ""
    return f"{name[0]}*{name[2:]}"


def masked_id(number: str) -> str:
    """An identity number as it is shown inside the office: its first six, eight stars, its last two (domain.md 10.4)."""
    return f"{number[:6]}********{number[-2:]}" if len(number) > 8 else "*" * len(number)


_NUMBERS = re.compile(
    r"(?<![\dA-Za-z])(?:\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]|(?P<phone>1[3-9]\d{9}))(?![\dA-Za-z])", re.ASCII
)


def covered(text: str) -> str:
    """A free text with the identity and telephone numbers in it masked: an office's own columns may hold them under any header."""
    return _NUMBERS.sub(lambda found: masked_phone(found[0]) if found["phone"] else masked_id(found[0]), text)


def masked_phone(number: str) -> str:
    return f"{number[:3]}****{number[-2:]}" if len(number) > 5 else "*" * len(number)


ERASED = "（已抹去）"


def shown(one: Person | Household) -> str:
    """What a person or household is called where personal data is not to be seen."""
    if one.erased:
        return ERASED
    return masked_name(one.name if isinstance(one, Person) else one.head)


class NotRevealed(ValueError):  # noqa: N818 - a sentence, as people read it
    """Personal data is shown to somebody signed in, for a stated reason, and only where there is some."""


def reveal(one: Person | Household, field_name: str, *, by: Any, reason: str) -> str:
    """The plain value of a personal field; who looked, at whose, and why is kept for good. Raises NotRevealed.

    Fields: name, id_number, phone of a person; head, code of a household; `details.<name>` of both.
    """
    if not getattr(by, "is_authenticated", False):
        raise NotRevealed("请先登录，再查看个人信息 (sign in first)")
    if not reason.strip():
        raise NotRevealed("请写明查看个人信息的原因 (say why you need to see it)")
    plain = ("name", "id_number", "phone") if isinstance(one, Person) else ("head", "code")
    if field_name in plain:
        value = getattr(one, field_name)
    elif field_name.startswith("details."):
        value = one.details.get(field_name.removeprefix("details."))
    else:
        raise NotRevealed(f"没有“{field_name}”这一项个人信息 (no such personal field)")
    holder = {"person": one} if isinstance(one, Person) else {"household": one}
    Reveal.objects.create(by=by, field=field_name[:40], reason=reason.strip()[:200], **holder)
    return "" if value is None else str(value)


def erase(one: Person | Household) -> None:
    """Take away everything personal for good; entries keep pointing to what is now nobody, and every figure stays as it is.

    The members of a household are erased with it.
    """
    with transaction.atomic():
        now = timezone.now()
        if isinstance(one, Household):
            for member in Person.objects.filter(household=one, erased=None):
                erase(member)
            one.head, one.head_index, one.code, one.details, one.erased = "", bytes(16), None, {}, now
        else:
            one.name, one.name_index, one.id_number, one.id_index = "", bytes(16), None, None
            one.phone, one.details, one.erased = None, {}, now
        one.save()

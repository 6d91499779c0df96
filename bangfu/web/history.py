"""One entry in full: its values as people read them, its persons masked or opened, its versions from first to last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bangfu.catalogue import Field, FieldType, Kind
from bangfu.ledger.models import Ended, Entry, Household, Party, Person, Place, Posting, Project
from bangfu.ledger.people import covered, masked_id, masked_phone
from bangfu.ledger.people import shown as shown_name
from bangfu.ledger.post import Draft, drafts_of
from bangfu.office.entering import OWN_COLUMNS, personal
from bangfu.web.desk import Desk
from bangfu.web.shown import parts, unit_word

HIDDEN = "••••"


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of an entry and its value as text; `personal` values are masked unless they were opened."""

    name: str
    label: str
    text: str
    personal: bool = False


@dataclass(slots=True)
class Version:
    """One version of an entry: who wrote it when and why, and what it changed against the one before (label, before, after)."""

    entry: int
    posting: Posting | None
    changes: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Names:
    """The names of everything that some drafts refer to, looked up together."""

    places: dict[int, str]
    parties: dict[int, str]
    projects: dict[int, str]
    persons: dict[int, Person]
    households: dict[int, Household]

    @classmethod
    def of(cls, drafts: Iterable[Draft]) -> Names:
        drafts = list(drafts)
        return cls(
            dict(Place.objects.filter(pk__in={d.place for d in drafts if d.place}).values_list("id", "name")),
            dict(Party.objects.filter(pk__in={i for d in drafts for i in (d.unit, d.party) if i}).values_list("id", "name")),
            dict(Project.objects.filter(pk__in={d.project for d in drafts if d.project}).values_list("id", "name")),
            Person.objects.in_bulk({i for d in drafts for i in d.persons}),
            Household.objects.in_bulk({d.household for d in drafts if d.household}),
        )


def shown(kind: Kind, draft: Draft, names: Names, lang: str, *, opened: bool = False) -> Iterator[Shown]:
    """Every stated field of the draft, in the order of its kind; then what the office's own columns said besides."""
    for fld in kind.fields.values():
        text = _text(fld, draft, names, lang, opened=opened)
        if text:
            yield Shown(fld.name, fld.label.say(lang), text, fld.home == "person" or fld.type in {FieldType.PERSON, FieldType.HOUSEHOLD})
    for name, value in draft.details.items():
        if name not in kind.fields and value not in {None, ""}:
            yield from _extra(name, value)


def _extra(name: str, value: Any) -> Iterator[Shown]:
    if isinstance(value, dict):
        for header, text in value.items():
            yield Shown(f"{name}.{header}", str(header), covered(str(text)))
    else:
        yield Shown(name, name, covered(str(value)))


def _text(fld: Field, d: Draft, names: Names, lang: str, *, opened: bool) -> str:
    if fld.home == "column":
        return _column(fld, d, names, lang, opened=opened)
    if fld.home == "measure":
        if fld.name not in d.measures:
            return ""
        return f"{parts(d.measures[fld.name], fld.unit or 'other')} {unit_word(fld.unit or 'other', lang)}"
    if fld.home == "facet":
        return choice_word(fld, d.facets.get(fld.name, ""), lang)
    if fld.home == "person":
        return _personal(fld, d, names, opened=opened)
    value = d.details.get(fld.name)
    if isinstance(value, list):
        return "、".join(covered(str(v)) for v in value)
    return "" if value is None else covered(str(value))


def _column(fld: Field, d: Draft, names: Names, lang: str, *, opened: bool) -> str:
    match fld.name:
        case "begin":
            return f"{d.begin:%Y-%m-%d}"
        case "end":
            return "" if d.end is None else f"{d.end - timedelta(days=1):%Y-%m-%d}"
        case "place":
            return names.places.get(d.place or 0, "")
        case "unit" | "party":
            return names.parties.get(getattr(d, fld.name) or 0, "")
        case "project":
            return names.projects.get(d.project or 0, "")
        case "person":
            people = [names.persons[i] for i in d.persons if i in names.persons]
            return "、".join(p.name if opened else shown_name(p) for p in people)
        case "household":
            home = names.households.get(d.household or 0)
            return "" if home is None else home.head if opened else shown_name(home)
        case "category" | "counts_to":
            return choice_word(fld, getattr(d, fld.name), lang)
    return str(getattr(d, fld.name))


def choice_word(fld: Field, code: str, lang: str) -> str:
    if fld.type is FieldType.FLAG:
        return {"yes": "Yes" if lang == "en" else "是", "no": "No" if lang == "en" else "否"}.get(code, "")
    found = fld.choice(code)
    return found.label.say(lang) if found else code


def _personal(fld: Field, d: Draft, names: Names, *, opened: bool) -> str:
    found = [personal(fld.name, holder) for holder in _holders(fld, d, names)]
    return "、".join(value if opened else _covered(fld.name, value) for value in found if value)


def _holders(fld: Field, d: Draft, names: Names) -> list[Person | Household]:
    """Whose field it is: the household's or the persons'."""
    if fld.about == "household":
        return [names.households[d.household]] if d.household in names.households else []
    return [names.persons[i] for i in d.persons if i in names.persons]


def _covered(name: str, value: str) -> str:
    if name.endswith("id_number"):
        return masked_id(value)
    return masked_phone(value) if name.endswith("phone") else HIDDEN


def opened_fields(kind: Kind, draft: Draft, names: Names) -> list[tuple[Person | Household, str]]:
    """What is opened when the personal data of an entry are: each person or household with each field that holds something, named as
    `people.reveal` knows it.
    """
    found: list[tuple[Person | Household, str]] = []
    for fld in kind.fields.values():
        if fld.name == "person":
            found += [(names.persons[i], "name") for i in draft.persons if i in names.persons]
        elif fld.name == "household" and draft.household in names.households:
            found.append((names.households[draft.household], "head"))
        elif fld.home == "person":
            column = OWN_COLUMNS.get(fld.name, f"details.{fld.name}")
            found += [(holder, column) for holder in _holders(fld, draft, names) if personal(fld.name, holder)]
    return found


def versions(desk: Desk, entry: Entry) -> list[Version]:
    """All versions of an entry, oldest first: the chain of what superseded what, each with its posting and its changes."""
    chain = [entry.pk]
    former = entry.supersedes_id
    while former is not None and former not in chain:
        chain.insert(0, former)
        former = Entry.objects.values_list("supersedes_id", flat=True).get(pk=former)
    later = Ended.objects.filter(entry=entry.pk).values_list("successor_id", flat=True).first()
    while later is not None and later not in chain:
        chain.append(later)
        later = Ended.objects.filter(entry=later).values_list("successor_id", flat=True).first()
    marks = dict(Entry.objects.filter(pk__in=chain).values_list("id", "mark"))
    postings = {p.mark: p for p in Posting.objects.filter(programme=desk.programme, mark__in=marks.values()).select_related("by", "batch")}
    drafts = drafts_of(chain)
    names = Names.of(drafts.values())
    kinds = desk.catalogue.kinds
    made = []
    before: dict[str, Shown] = {}
    for pk in chain:
        after = {s.name: s for s in shown(kinds[drafts[pk].kind], drafts[pk], names, desk.lang)}
        version = Version(pk, postings.get(marks[pk]))
        if before:
            for name in dict.fromkeys([*before, *after]):
                was, now = before.get(name), after.get(name)
                if (was.text if was else "") != (now.text if now else ""):
                    label = (now or was).label  # type: ignore[union-attr]
                    version.changes.append((label, was.text if was else "—", now.text if now else "—"))
        made.append(version)
        before = after
    return made


def voided(entry: Entry, desk: Desk) -> Posting | None:
    """The posting that voided the entry, if one did."""
    mark = Ended.objects.filter(entry=entry.pk, successor=None).values_list("mark", flat=True).first()
    return None if mark is None else Posting.objects.select_related("by").get(programme=desk.programme, mark=mark)

"""One entry from what somebody typed — a form of the pages, a call of the API, a line at the prompt — and back into the texts of a form.

The texts are read by the same functions as the cells of a workbook (catalogue/reading.py). Every problem is told at once, at its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from bangfu.catalogue import Field, FieldType, Kind, Label
from bangfu.catalogue.reading import Period, Problem, Value, missing, read_identity, read_row, to_parts
from bangfu.ledger import people, places
from bangfu.ledger.models import Household, Party, Person, Place, Programme, Project
from bangfu.ledger.people import PersonRow
from bangfu.ledger.post import Draft
from bangfu.ledger.rows import row_id
from bangfu.quantities import from_parts, plain

OWN_COLUMNS = {"id_number": "id_number", "phone": "phone", "household_code": "code"}
"""Personal fields that a person or household has a column for; all others stand in its details under the field's name."""

DIGITS_OF_AN_ID = 18

MOST_MEASURES = 6
"""So many measures stand among the first fields of a form."""


@dataclass(slots=True)
class Entered:
    """What was typed, as a draft for `ledger.post`; or the problems, by field name."""

    draft: Draft | None = None
    problems: dict[str, Label] = field(default_factory=dict)


@dataclass(slots=True)
class _References:
    """What the texts of an entry point to."""

    place: int | None = None
    unit: int | None = None
    party: int | None = None
    party_name: str = ""  # one that is new
    names: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)  # of other fields that hold a place, unit or party


def enter(
    programme: Programme,
    kind: Kind,
    texts: Mapping[str, str],
    *,
    scales: Mapping[str, str] | None = None,
    supersedes: int | None = None,
    vouchers: Sequence[int] = (),
    kept: Draft | None = None,
) -> Entered:
    """Read one entry of `kind` from texts by field name (`scales`: the unit a number was typed in, as 万元).

    `kept` is the draft of the entry being amended: what the form does not show of it (its cell, its own further columns, its vouchers)
    stays. People, households, projects and parties that are new are made, but only where nothing is wrong. A place or unit may be
    given as its id in digits.
    """
    row = read_row(kind, {name: text.replace("\0", "").strip() for name, text in texts.items()}, scales=scales)
    entered = Entered(problems={name: Label(p.zh, p.en) for name, p in row.problems.items()})
    refers = _References()
    for fld in kind.fields.values():
        text = row.values.get(fld.name)
        if isinstance(text, str):
            _refer(programme, fld, text, refers, entered.problems)
    _check_identities(kind, row.values, entered.problems)
    values = kind.complete(row.values)
    begin, end = _period(kind, values, entered.problems)
    measures = _measures(kind, values, entered.problems)
    if entered.problems or begin is None:
        return entered
    draft = Draft(
        kind=kind.code,
        begin=begin,
        end=end,
        title=str(values.get("title", "")) if "title" in kind.fields else "",
        category=str(values.get("category", "")),
        counts_to=str(values.get("counts_to", "")),
        unit=refers.unit,
        place=refers.place,
        facets={f.name: str(values[f.name]) for f in kind.fields.values() if f.home == "facet" and f.name in values},
        measures=measures,
        details=_details(kind, values, kept),
        vouchers=tuple(dict.fromkeys([*(kept.vouchers if kept else ()), *vouchers])),
        sheet=kept.sheet if kept else "",
        row=kept.row if kept else None,
        supersedes=supersedes,
    )
    with transaction.atomic():
        entered.draft = _with_people(programme, kind, values, refers, draft)
    return entered


def _refer(programme: Programme, fld: Field, text: str, refers: _References, problems: dict[str, Label]) -> None:
    """Place, unit and party of the entry itself by name (or id); other fields of these types stay texts."""
    if fld.name == "place":
        refers.place = find_place(programme, text)
        if refers.place is None:
            problems["place"] = Label(
                f"没有登记过“{text}”这个地点，请从列表中选，或先在项目设置里添加",
                f"No place {text!r} is known: choose one, or add it in the settings",
            )
    elif fld.name == "unit":
        refers.unit = find_unit(programme, text)
        if refers.unit is None:
            problems["unit"] = Label(
                f"没有登记过“{text}”这个部门，请从列表中选，或先在项目设置里添加",
                f"No unit {text!r} is known: choose one, or add it in the settings",
            )
    elif fld.name == "party":
        refers.party = find_party(programme, text)
        refers.party_name = "" if refers.party else text


def find_place(programme: Programme, text: str) -> int | None:
    """A place of the programme by id, name or variant; None where there is none, or where several have that name."""
    within = {int(i) for path in programme.places.values_list("path", flat=True) for i in path.strip("/").split("/")}
    if _is_id(text):
        return int(text) if int(text) in within else None
    return _only(Place, text, within)


def find_unit(programme: Programme, text: str) -> int | None:
    """A unit of the helper organisation (or itself) by id, name or variant."""
    below = Party.objects.filter(path__startswith=programme.helper.path)
    if _is_id(text):
        return below.filter(pk=int(text)).values_list("pk", flat=True).first()
    return _only(Party, text, set(below.values_list("pk", flat=True)))


def find_party(programme: Programme, text: str) -> int | None:
    """Any party by name; by id one that is no department of another organisation."""
    if _is_id(text):
        ours = Q(path__startswith=programme.helper.path) | ~Q(kind__in=("organisation", "unit"))
        return Party.objects.filter(ours, pk=int(text)).values_list("pk", flat=True).first()
    return _only(Party, text, None)


def _is_id(text: str) -> bool:
    """Whether it is a number that a row may have (² and a number of thirty digits are none)."""
    return row_id(text) is not None and len(text) < DIGITS_OF_AN_ID


def _only(model: type[Place | Party], text: str, within: set[int] | None) -> int | None:
    everything = model._default_manager.all() if within is None else model._default_manager.filter(pk__in=within)  # noqa: SLF001 - Django's own name for it
    named = list(everything.filter(name=text).values_list("pk", flat=True)[:2])
    if not named and within is not None:
        named = [pk for pk, variants in everything.values_list("pk", "variants") if text in variants]
    return named[0] if len(named) == 1 else None


def _check_identities(kind: Kind, values: Mapping[str, Value], problems: dict[str, Label]) -> None:
    for fld in kind.fields.values():
        text = values.get(fld.name)
        if fld.home == "person" and fld.name.endswith("id_number") and isinstance(text, str):
            try:
                read_identity(text)
            except Problem as problem:
                problems[fld.name] = Label(problem.zh, problem.en)


def _period(kind: Kind, values: Mapping[str, Any], problems: dict[str, Label]) -> tuple[date | None, date | None]:
    """Half-open begin and end: a range may stand in the first field; the second field is its last day."""
    first, second = values.get("begin"), values.get("end")
    if not isinstance(first, Period):
        if "begin" not in problems and not isinstance(first, Period):
            problem = missing(kind.fields["begin"])
            problems["begin"] = Label(problem.zh, problem.en)
        return None, None
    end = first.end
    if isinstance(second, Period):
        end = second.final + timedelta(days=1)
    if end is not None and end <= first.begin:
        problems["end"] = Label("结束日期不能早于开始日期", "The end lies before the beginning")
    return first.begin, end


def _measures(kind: Kind, values: Mapping[str, Any], problems: dict[str, Label]) -> dict[str, int]:
    found = {}
    for fld in kind.measures():
        value = values.get(fld.name)
        if isinstance(value, Decimal):
            try:
                found[fld.name] = to_parts(value, fld.unit or "other")
            except Problem as problem:
                problems.setdefault(fld.name, Label(problem.zh, problem.en))
    return found


def _details(kind: Kind, values: Mapping[str, Any], kept: Draft | None) -> dict[str, Any]:
    """The remaining fields as JSON values; of an amended entry also what its own further columns said."""
    details = {name: value for name, value in (kept.details if kept else {}).items() if name not in kind.fields}
    for fld in kind.fields.values():
        value = values.get(fld.name)
        if fld.home == "details" and value is not None:
            details[fld.name] = f"{value.begin:%Y-%m-%d}" if isinstance(value, Period) else str(value)
    return details


def _with_people(programme: Programme, kind: Kind, values: Mapping[str, Any], refers: _References, draft: Draft) -> Draft:
    """The draft with ids of its people, household, project and party, made where they are new."""
    about_person = {
        f.name: str(values[f.name]) for f in kind.fields.values() if f.home == "person" and f.about != "household" and f.name in values
    }
    about_home = {
        f.name: str(values[f.name]) for f in kind.fields.values() if f.home == "person" and f.about == "household" and f.name in values
    }
    household = None
    head = values.get("household")
    if isinstance(head, str):
        code = about_home.pop("household_code", "")
        household = people.household(programme, head, draft.place, code, details=about_home)
    persons: list[int] = []
    names = str(values.get("person", "")).split("、") if values.get("person") else []
    of_village = kind.titled_by is not None and kind.titled_by.name == "person"
    for nth, name in enumerate(names):
        own = about_person if nth == 0 else {}
        row = PersonRow(
            name,
            own.get("id_number", ""),
            own.get("phone", ""),
            place=draft.place if of_village and not kind.state else None,
            details={k: v for k, v in own.items() if k not in OWN_COLUMNS},
        )
        persons += people.persons(programme, [row])
    project = values.get("project")
    party = refers.party
    if refers.party_name:
        party = places.party(refers.party_name, "other").pk
    return Draft(
        **{name: getattr(draft, name) for name in Draft.__dataclass_fields__ if name not in {"persons", "household", "project", "party"}},
        persons=tuple(dict.fromkeys(persons)),
        household=household,
        project=people.project(programme, project, draft.place) if isinstance(project, str) else None,
        party=party,
    )


# ── back into a form ─────────────────────────────────────────────────────────────────────────────────────────────────


def texts(kind: Kind, draft: Draft) -> dict[str, str]:
    """The texts that a form shows for a stored entry, personal data included; `enter` reads them back to the same draft.

    A measure that only repeats the one it takes its default from (人次 that is 人数) is left out, so that it follows when that is amended.
    """
    found: dict[str, str] = {}
    for fld in kind.fields.values():
        text = "" if _repeats(kind, fld, draft) else _text(fld, draft)
        if text:
            found[fld.name] = text
    persons = list(Person.objects.filter(pk__in=draft.persons).order_by("pk"))
    home = Household.objects.filter(pk=draft.household).first() if draft.household else None
    if persons:
        found["person"] = "、".join(p.name for p in persons)
    if home:
        found["household"] = home.head
    for fld in kind.fields.values():
        if fld.home == "person":
            holder = home if fld.about == "household" else persons[0] if persons else None
            value = personal(fld.name, holder) if holder else ""
            if value:
                found[fld.name] = value
    return found


def _repeats(kind: Kind, fld: Field, draft: Draft) -> bool:
    source = kind.fields.get(fld.default[1:]) if fld.home == "measure" and fld.default.startswith("=") else None
    return source is not None and source.home == "measure" and draft.measures.get(source.name) == draft.measures.get(fld.name)


def personal(name: str, holder: Person | Household) -> str:
    """What a person or household holds under the name of a personal field."""
    column = OWN_COLUMNS.get(name)
    value = getattr(holder, column, None) if column else holder.details.get(name)
    return "" if value is None else str(value)


def _text(fld: Field, draft: Draft) -> str:
    if fld.name == "begin":
        return draft.begin.isoformat()
    if fld.name == "end":
        return (draft.end - timedelta(days=1)).isoformat() if draft.end else ""
    if fld.name in {"place", "unit"}:
        return str(getattr(draft, fld.name) or "")
    if fld.name == "party":
        return Party.objects.filter(pk=draft.party).values_list("name", flat=True).first() or "" if draft.party else ""
    if fld.name == "project":
        return Project.objects.filter(pk=draft.project).values_list("name", flat=True).first() or "" if draft.project else ""
    if fld.name in {"title", "category", "counts_to"}:
        return str(getattr(draft, fld.name))
    if fld.home == "measure":
        return plain(from_parts(draft.measures[fld.name], fld.unit or "other")) if fld.name in draft.measures else ""
    if fld.home == "facet":
        return draft.facets.get(fld.name, "")
    if fld.home == "details":
        value = draft.details.get(fld.name)
        return "" if value is None else "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return ""


def form_fields(kind: Kind) -> tuple[list[Field], list[Field]]:
    """The fields of a form in the order in which people fill it in, and those that are seldom filled: what and when, who and where, how
    much; then the rest, long texts last.
    """
    order = ("title", "person", "household", "begin", "end", "category", "place", "unit", "party", "project", "counts_to")
    fields = list(kind.fields.values())
    first = sorted((f for f in fields if f.name in order), key=lambda f: order.index(f.name))
    measures = [f for f in fields if f.home == "measure" and not f.part_of]
    required = [f for f in fields if f.required and f not in first and f not in measures]
    first += required + measures[:MOST_MEASURES]
    rest = [f for f in fields if f not in first]
    return first, sorted(rest, key=lambda f: f.type is FieldType.NOTE)

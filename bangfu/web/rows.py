"""Entries as a list shows them: ids made into names, all of a page at once, persons masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from bangfu.catalogue import Field, Kind
from bangfu.figures import Fact
from bangfu.ledger.models import Batch, Ended, Entry, Household, Party, Person, Place, Project
from bangfu.ledger.people import shown
from bangfu.web.desk import Desk
from bangfu.web.shown import parts


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `title` is what the entry is called by; a person's name is masked. `measures` are in smallest parts."""

    id: int
    kind: Kind
    begin: date
    end: date | None
    title: str
    category: str
    unit: str
    place: str
    party: str
    project: str
    measures: dict[str, int] = field(default_factory=dict)
    source: str = ""
    ended: bool = False

    @property
    def last(self) -> date | None:
        """The last day, where the entry has one."""
        return self.end - timedelta(days=1) if self.end else None

    def measure(self, name: str) -> str:
        found = self.kind.fields.get(name)
        return parts(self.measures.get(name), found.unit or "other") if found else "—"

    def amounts(self) -> list[tuple[Field, str]]:
        """The measures that are stated, as (field, digits), in the order of the kind's fields."""
        return [(f, parts(self.measures[f.name], f.unit or "other")) for f in self.kind.measures() if f.name in self.measures]


def rows(desk: Desk, facts: Iterable[Fact], *, with_source: bool = True) -> list[Row]:
    """The facts as rows, in their order: a handful of queries for all of them together."""
    facts = list(facts)
    places = dict(Place.objects.filter(pk__in={f.place for f in facts if f.place}).values_list("id", "name"))
    parties = dict(Party.objects.filter(pk__in={i for f in facts for i in (f.unit, f.party) if i}).values_list("id", "name"))
    projects = dict(Project.objects.filter(pk__in={f.project for f in facts if f.project}).values_list("id", "name"))
    persons = {p.pk: shown(p) for p in Person.objects.filter(pk__in={i for f in facts for i in f.persons}).only("name", "erased")}
    homes = {h.pk: shown(h) for h in Household.objects.filter(pk__in={f.household for f in facts if f.household}).only("head", "erased")}
    ids = [f.id for f in facts]
    ended = set(Ended.objects.filter(entry__in=ids).values_list("entry_id", flat=True))
    sources = _sources(ids) if with_source else {}
    made = []
    for fact in facts:
        kind = desk.catalogue.kinds[fact.kind]
        people = "、".join(persons.get(i, "") for i in fact.persons)
        title = (
            fact.title
            or homes.get(fact.household or 0, "")
            or people
            or projects.get(fact.project or 0, "")
            or parties.get(fact.party or 0, "")
        )
        made.append(
            Row(
                id=fact.id,
                kind=kind,
                begin=fact.begin,
                end=fact.end,
                title=title or kind.label.say(desk.lang),
                category=category_word(kind, fact.category, desk.lang),
                unit=parties.get(fact.unit or 0, ""),
                place=places.get(fact.place or 0, ""),
                party=parties.get(fact.party or 0, ""),
                project=projects.get(fact.project or 0, ""),
                measures=dict(fact.measures),
                source=sources.get(fact.id, ""),
                ended=fact.id in ended,
            )
        )
    return made


def category_word(kind: Kind, code: str, lang: str) -> str:
    if not code:
        return ""
    found = kind.fields["category"].choice(code) if "category" in kind.fields else None
    return found.label.say(lang) if found else code


def _sources(ids: list[int]) -> dict[int, str]:
    """Where the office's own file says so: workbook, sheet, row."""
    known = Entry.objects.filter(pk__in=ids, batch__isnull=False).values_list("id", "batch_id", "sheet", "row")
    files = dict(Batch.objects.filter(pk__in={batch for _, batch, _, _ in known}).values_list("id", "filename"))
    return {entry: f"{files[batch]} › {sheet}!{row}" if row else files[batch] for entry, batch, sheet, row in known}

"""Answers as plain JSON values, the same for the command and the API: numbers in the unit people read, periods by their last day.

Exact until the very end: a Decimal becomes a JSON number here and nowhere earlier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bangfu.catalogue import Catalogue, Field, Figure, Kind, Label
from bangfu.figures import Slice, Value
from bangfu.ledger import people
from bangfu.ledger.models import Ended, Entry, Measure, Participation, Party, Place
from bangfu.office.assessing import Assessed, Given
from bangfu.office.books import Trace
from bangfu.office.findings import Found
from bangfu.office.targets import Division, Key, Progress, Step
from bangfu.quantities import from_parts
from bangfu.scoring import Placing, Reached


def number(value: Decimal | int | None) -> int | float | None:
    """A number as JSON has it: whole ones without a point, others as they are written (JSON knows no Decimal)."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def last_day(end: date | None) -> str | None:
    """The last day of a half-open period."""
    return None if end is None else (end - timedelta(days=1)).isoformat()


def first_day(begin: date | None) -> str | None:
    return None if begin is None else begin.isoformat()


def label(words: Label) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def kind(of: Kind) -> dict[str, Any]:
    """A kind with its fields, as the catalogue declares it."""
    return {
        "code": of.code,
        "label": label(of.label),
        "chapter": of.chapter,
        "ledger": of.ledger,
        "topic": of.topic,
        "note": label(of.note),
        "state": of.state,
        "fields": [field(f) for f in of.fields.values()],
    }


def field(of: Field) -> dict[str, Any]:
    return {
        "name": of.name,
        "type": str(of.type),
        "label": label(of.label),
        "headers": list(of.headers),
        "unit": of.unit,
        "required": of.required,
        "personal": of.personal,
        "choices": [{"code": c.code, "label": label(c.label)} for c in of.choices],
        "example": of.example,
    }


def definition(of: Figure) -> dict[str, Any]:
    """What a figure is: its name, unit and 口径."""
    return {
        "code": of.code,
        "label": label(of.label),
        "chapter": of.chapter,
        "topic": of.topic,
        "unit": of.unit,
        "caliber": label(of.caliber),
        "core": of.core,
        "kinds": list(of.kinds),
        "parts": list(of.parts),
    }


def figure(of: Figure, slice_: Slice, value: Value, mark: int) -> dict[str, Any]:
    """A number: what was asked, for which period, at which mark, and how many entries stand behind it."""
    return {
        "figure": of.code,
        "label": label(of.label),
        "value": number(value.value),
        "unit": of.unit,
        "entries": value.entries,
        "begin": first_day(slice_.begin),
        "end": last_day(slice_.end),
        "mark": mark,
    }


def figures(wanted: Iterable[Figure], slice_: Slice, values: Mapping[str, Value], mark: int) -> list[dict[str, Any]]:
    return [figure(f, slice_, values[f.code], mark) for f in wanted]


def entries(ids: Sequence[int], catalogue: Catalogue) -> list[dict[str, Any]]:
    """The entries of those ids, in their order, with names instead of numbers; a person's name is masked (domain.md 10.4)."""
    found = Entry.objects.select_related("unit", "place", "party", "project", "household", "batch").in_bulk(ids)
    measures: dict[int, dict[str, int]] = {}
    for entry, name, parts in Measure.objects.filter(entry__in=ids).values_list("entry", "name", "value"):
        measures.setdefault(entry, {})[name] = parts
    persons: dict[int, list[str]] = {}
    for one in Participation.objects.filter(entry__in=ids).select_related("person").order_by("person"):
        persons.setdefault(one.entry_id, []).append(people.shown(one.person))
    ended = {e.entry_id: e for e in Ended.objects.filter(entry__in=ids)}
    return [_entry(found[i], catalogue, measures.get(i, {}), persons.get(i, []), ended.get(i)) for i in ids if i in found]


def _entry(of: Entry, catalogue: Catalogue, measures: Mapping[str, int], persons: list[str], ended: Ended | None) -> dict[str, Any]:
    declared = catalogue.kinds.get(of.kind)
    units = {f.name: f.unit or "" for f in declared.measures()} if declared else {}
    return {
        "id": of.pk,
        "kind": of.kind,
        "begin": of.begin.isoformat(),
        "end": last_day(of.end),
        "title": of.title or "、".join(persons) or (people.shown(of.household) if of.household else ""),
        "category": of.category or None,
        "counts_to": of.counts_to or None,
        "place": of.place.name if of.place else None,
        "unit": of.unit.name if of.unit else None,
        "party": of.party.name if of.party else None,
        "project": of.project.name if of.project else None,
        "persons": persons,
        "measures": {
            name: {"value": number(from_parts(parts, units[name])), "unit": units[name]}
            for name, parts in measures.items()
            if name in units
        },
        "facets": of.facets,
        "mark": of.mark,
        "supersedes": of.supersedes_id,
        "ended": {"mark": ended.mark, "successor": ended.successor_id} if ended else None,
        "source": {"file": of.batch.filename, "sheet": of.sheet, "row": of.row} if of.batch else None,
    }


def trace(of: Trace, catalogue: Catalogue, mark: int) -> dict[str, Any]:
    """A page of what stands behind a figure: `carried` from the pages before, then entries with what each adds.

    A combination has `of`, the figures that it rests on, instead of entries.
    """
    unit = of.figure.unit
    shown = entries([s.fact.id for s in of.shares], catalogue)
    adds = {s.fact.id: number(from_parts(s.parts, unit)) for s in of.shares}
    return {
        **figure(of.figure, of.slice, of.value, mark),
        "carried": number(from_parts(of.carried, unit)),
        "trace": [{**entry, "adds": adds[entry["id"]]} for entry in shown],
        "after": of.after,
        "of": [figure(f, s, v, mark) for f, s, v in of.of],
    }


# --- targets


def names(keys: Iterable[Key]) -> tuple[dict[int, str], dict[int, str]]:
    """The names of the units and of the places that targets are for, by id."""
    keys = list(keys)
    units = Party.objects.filter(pk__in={k.unit for k in keys if k.unit}).values_list("pk", "name")
    return dict(units), dict(Place.objects.filter(pk__in={k.place for k in keys if k.place}).values_list("pk", "name"))


def _who(key: Key, units: Mapping[int, str], places: Mapping[int, str]) -> dict[str, Any]:
    return {
        "year": key.year,
        "unit_id": key.unit,
        "unit": units.get(key.unit or 0),
        "place_id": key.place,
        "place": places.get(key.place or 0),
    }


def targets(found: Sequence[Progress], mark: int) -> list[dict[str, Any]]:
    """Targets with what was reached of them; `unit` and `place` say whose they are (neither: the programme's), `measure` in what they are."""
    units, places = names(p.target.key for p in found)
    return [
        {
            "figure": p.figure.code,
            "label": label(p.figure.label),
            **_who(p.target.key, units, places),
            "measure": p.figure.unit,
            "target": number(p.target.value),
            "due": p.target.due.isoformat() if p.target.due else None,
            "reached": number(p.reached.value),
            "entries": p.reached.entries,
            "rate": number(p.rate),
            "time": number(p.time),
            "state": str(p.sign),
            "missing": number(p.missing),
            "mark": mark,
        }
        for p in found
    ]


def divisions(found: Sequence[Division]) -> list[dict[str, Any]]:
    """How targets were divided, and whether the parts come to the whole."""
    units, places = names(d.whole for d in found)
    return [
        {
            "figure": d.figure.code,
            "among": d.among,
            **_who(d.whole, units, places),
            "measure": d.figure.unit,
            "target": number(d.target),
            "total": number(d.total),
            "gap": number(d.gap),
            "fits": d.fits,
            "said": {"zh": d.say("zh"), "en": d.say("en")},
        }
        for d in found
    ]


def steps(found: Sequence[Step]) -> list[dict[str, Any]]:
    """The history of targets, the newest first; `after` null is a withdrawal."""
    units, places = names(s.key for s in found)
    return [
        {
            "figure": s.key.figure,
            **_who(s.key, units, places),
            "before": number(s.before),
            "after": number(s.after),
            "due": s.due.isoformat() if s.due else None,
            "by": s.by,
            "at": s.at.isoformat(timespec="seconds"),
            "reason": s.reason,
        }
        for s in found
    ]


# --- findings


def findings(found: Sequence[Found]) -> list[dict[str, Any]]:
    """What the ledger's check-up finds, the gravest first, with what was replied."""
    return [
        {
            "key": f.key,
            "rule": f.finding.rule,
            "severity": str(f.finding.severity),
            "message": label(f.finding.message),
            "entries": list(f.finding.entries),
            "closed": f.closed,
            "replies": [{"closed": r.closed, "said": r.said, "by": r.by, "at": r.at.isoformat(timespec="seconds")} for r in f.replies],
        }
        for f in found
    ]


# --- assessments


def assessed(of: Assessed, mark: int, placing: Placing | None) -> dict[str, Any]:
    """A scheme scored: its items with their points and working; `open` names those not yet known."""
    total = of.marking.total
    return {
        "scheme": of.scheme.code,
        "label": label(of.scheme.label),
        "year": of.year,
        "unit_id": of.unit,
        "points": number(of.points),
        "full": number(of.full),
        "self_score": number(of.self_score),
        "working": label(total.working),
        "open": [line.rule.code for line in of.open],
        "vetoed": of.marking.vetoed,
        "rank": placing.rank if placing else None,
        "grade": label(placing.grade.label) if placing else None,
        "mark": mark,
        "items": [
            {
                "item": line.rule.code,
                "label": label(line.rule.label),
                "how": str(line.rule.how),
                "depth": line.depth,
                "points": number(line.score.points),
                "full": number(line.rule.points),
                "state": str(line.score.state),
                "working": label(line.score.working),
                "figure": line.figure.code if line.figure else None,
                "target": number(line.target),
                "reached": number(line.reached.value) if line.reached else None,
                "entered": given(line.given) if line.given else None,
                "self_score": number(line.layers.self_score.points) if line.layers.self_score else None,
            }
            for line in of.lines
        ],
    }


def given(of: Given) -> dict[str, Any]:
    """What a person entered for an item, and who, when, why."""
    return {"value": judged(of.value), "by": of.by, "at": of.at.isoformat(timespec="seconds"), "reason": of.reason}


def judged(value: Reached | None) -> Any:
    """A number, or ballots by word."""
    return dict(value) if isinstance(value, Mapping) else number(value)

"""A catalogue of few kinds with a figure of every fold and combination, and random drafts for any catalogue (seeded)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bangfu.catalogue import Catalogue, Choice, Field, FieldType, Figure, Fold, Kind, Label
from bangfu.ledger.post import Draft


def label(word: str) -> Label:
    return Label(word, word)


def field(name: str, type_: FieldType, **more: Any) -> Field:
    return Field(name=name, type=type_, label=label(name), **more)


def choice(name: str, *codes: str, **more: Any) -> Field:
    return field(name, FieldType.CHOICE, choices=tuple(Choice(c, label(c)) for c in codes), **more)


def kind(code: str, *fields: Field, **more: Any) -> Kind:
    usual = (
        field("begin", FieldType.DATE, required=True),
        field("end", FieldType.DATE),
        field("place", FieldType.PLACE),
        field("unit", FieldType.UNIT),
        field("remark", FieldType.NOTE),
    )
    named = {f.name: f for f in (*usual, *fields)}
    return Kind(code, label(code), "talent", code, "other", label(code), named, **more)


TITLE = field("title", FieldType.TEXT)
AMOUNT = field("amount", FieldType.NUMBER, unit="CNY")
PERSON = field("person", FieldType.PERSON)
HOUSEHOLD = field("household", FieldType.HOUSEHOLD)

KINDS = [
    kind(
        "training",
        TITLE,
        choice("category", "cadres", "technicians", "villagers"),
        choice("commissioned_by", "province", "county"),
        field("on_site", FieldType.FLAG),
        field("sessions", FieldType.NUMBER, unit="session"),
        field("person_times", FieldType.NUMBER, unit="person-time"),
        field("trainer", FieldType.TEXT, personal=True, about="person"),
    ),
    kind(
        "payment",
        field("title", FieldType.TEXT, required=True),
        AMOUNT,
        choice("counts_to", "input", "purchase"),
        field("project", FieldType.PROJECT),
        field("party", FieldType.PARTY),
        money=True,
    ),
    kind("visit", HOUSEHOLD, field("person_times", FieldType.NUMBER, unit="person-time")),
    kind("posting", PERSON, choice("category", "first_secretary", "member"), state=True),
    kind("student_aid", PERSON, AMOUNT, choice("counts_to", "input"), money=True),
    kind("household_income", HOUSEHOLD, AMOUNT),
    kind("designation", TITLE, state=True),
]


def figure(code: str, unit: str, **more: Any) -> Figure:
    return Figure(code=code, label=label(code), chapter="talent", topic="other", unit=unit, caliber=label(code), says=("{n}",), **more)


TRAININGS = ("training",)
FIGURES = [
    figure("trainings", "session", fold=Fold.SUM, kinds=TRAININGS, measure="sessions"),
    figure(
        "attendances", "person-time", fold=Fold.SUM, kinds=TRAININGS, measure="person_times", where={"category": ("cadres", "technicians")}
    ),
    figure("provincial", "item", fold=Fold.COUNT, kinds=TRAININGS, where={"commissioned_by": ("province",), "on_site": ("yes",)}),
    figure("input", "CNY", fold=Fold.SUM, kinds=("payment", "student_aid"), measure="amount", where={"counts_to": ("input",)}),
    figure("input_inside", "CNY", fold=Fold.SUM, kinds=("payment",), measure="amount", scope="designated"),
    figure("input_outside", "CNY", fold=Fold.SUM, kinds=("payment",), measure="amount", scope="outside"),
    figure("records", "session", fold=Fold.COUNT, kinds=("training", "payment", "visit")),
    figure("visited", "household", fold=Fold.DISTINCT, kinds=("visit",), of=("household",)),
    figure("aided", "person", fold=Fold.DISTINCT, kinds=("student_aid", "posting"), of=("person",)),
    figure("aided_at", "person", fold=Fold.DISTINCT, kinds=("student_aid",), of=("person", "place")),
    figure("payees", "organisation", fold=Fold.DISTINCT, kinds=("payment",), of=("party",)),
    figure("projects", "project", fold=Fold.DISTINCT, kinds=("payment",), of=("project",)),
    figure("titles", "item", fold=Fold.DISTINCT, kinds=("training", "payment"), of=("title",)),
    figure("unit_places", "item", fold=Fold.DISTINCT, kinds=("training",), of=("unit", "place", "category")),
    figure("each", "item", fold=Fold.DISTINCT, kinds=("training",), of=("entry",)),
    figure("income_now", "CNY", fold=Fold.LAST, kinds=("household_income",), measure="amount", of=("household",)),
    figure("aid_now", "CNY", fold=Fold.LAST, kinds=("student_aid",), measure="amount", of=("person",)),
    figure("on_post", "item", fold=Fold.STANDING, kinds=("posting",)),
    figure("people_on_post", "person", fold=Fold.STANDING, kinds=("posting",), of=("person",)),
    figure("amount_standing", "CNY", fold=Fold.STANDING, kinds=("payment",), measure="amount"),
    figure("villages", "village", fold=Fold.STANDING, kinds=("designation",), of=("place",)),
    figure("share_inside", "percent", combine="ratio", parts=("input_inside", "input")),
    figure("rest", "CNY", combine="difference", parts=("input", "input_inside", "input_outside")),
    figure("all_money", "CNY", combine="total", parts=("input_inside", "input_outside")),
    figure("least_input", "CNY", combine="least", parts=("input",)),
    figure("most_share", "percent", combine="most", parts=("share_inside",)),
]

CATALOGUE = Catalogue({"talent": label("人才")}, {k.code: k for k in KINDS}, {f.code: f for f in FIGURES})


@dataclass(frozen=True, slots=True)
class World:
    """What random drafts may refer to, by id."""

    places: Sequence[int | None]
    units: Sequence[int | None]
    parties: Sequence[int | None] = (None,)
    projects: Sequence[int | None] = (None,)
    households: Sequence[int | None] = (None,)
    persons: Sequence[int] = ()


def draft(kind_: Kind, world: World, rng: random.Random, first: date = date(2015, 1, 1), days: int = 6 * 365) -> Draft:
    """A random draft that the kind admits, with everything a kind has sometimes left out unless it is required."""

    def given(one: Field) -> bool:
        return one.required or rng.random() < 0.8

    begin = first + timedelta(days=rng.randrange(days))
    values: dict[str, Any] = {"kind": kind_.code, "begin": begin}
    facets: dict[str, str] = {}
    measures: dict[str, int] = {}
    details: dict[str, Any] = {}
    for one in kind_.fields.values():
        if one.name == "begin" or one.home == "person" or not given(one):
            continue
        if one.name == "end":
            values["end"] = begin + timedelta(days=rng.randrange(1, 900))
        elif one.name == "title":
            values["title"] = f"{kind_.code} {rng.randrange(30)}"
        elif one.name in {"category", "counts_to"}:
            values[one.name] = rng.choice(one.choices).code
        elif one.name == "person":
            values["persons"] = tuple(rng.sample(world.persons, min(len(world.persons), rng.choice((1, 1, 1, 3)))))
        elif one.home == "column":
            chosen = rng.choice(getattr(world, f"{one.name}s" if one.name != "party" else "parties"))
            if one.required and chosen is None:
                chosen = next(c for c in getattr(world, f"{one.name}s" if one.name != "party" else "parties") if c is not None)
            values[one.name] = chosen
        elif one.home == "measure":
            measures[one.name] = rng.choice((0, 1, 2, 60, 125_000, 7_397_000))
        elif one.home == "facet":
            facets[one.name] = rng.choice(("yes", "no")) if one.type is FieldType.FLAG else rng.choice(one.choices).code
        else:
            details[one.name] = f"{one.label.zh} {rng.randrange(100)}"
    return Draft(**values, facets=facets, measures=measures, details=details)


def drafts(catalogue: Catalogue, world: World, count: int, seed: int = 7) -> Iterator[Draft]:
    """So many random drafts over all kinds of the catalogue."""
    rng = random.Random(seed)
    kinds = list(catalogue.kinds.values())
    for _ in range(count):
        yield draft(rng.choice(kinds), world, rng)

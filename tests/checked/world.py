"""The small ledger of the checked texts as facts, with the names it knows, and a function that asks it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from bangfu.catalogue import Catalogue, load
from bangfu.catalogue.shapes import Figure
from bangfu.claims.binding import SliceWords
from bangfu.claims.gazetteer import Gazetteer, Named
from bangfu.figures import Fact, Slice, Value, evaluate
from bangfu.quantities import to_parts

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class World:
    catalogue: Catalogue
    facts: tuple[Fact, ...]
    gazetteer: Gazetteer
    targets: dict[tuple[str, int], Decimal]

    def target(self, code: str, words: SliceWords) -> Decimal | None:
        """The target of a figure for a whole year of the whole programme."""
        if (
            words.begin is None
            or words.end is None
            or words.places
            or words.units
            or words.project
            or words.begin.year + 1 != words.end.year
        ):
            return None
        return self.targets.get((code, words.begin.year))

    def people(self, code: str, words: SliceWords) -> Value:
        """The people in the entries of a figure that counts attendances."""
        return self._value(replace(self.catalogue.figures[code], measure="people", unit="person"), words)

    def ask(self, code: str, words: SliceWords) -> Value:
        return self._value(self.catalogue.figures[code], words)

    def _value(self, figure: Figure, words: SliceWords) -> Value:
        def below(roots: tuple[int, ...]) -> frozenset[int]:
            return frozenset(n.id for n in self.gazetteer.known if n.what == "place" and {n.id, *n.above} & set(roots))

        villages = tuple(below((v,)) for v in sorted(self.gazetteer.designated))
        counties = tuple(below((n.id,)) for n in self.gazetteer.known if n.level == "county")
        slice_ = Slice(
            words.begin,
            words.end,
            below(words.places) if words.places else None,
            frozenset(words.units) if words.units else None,
            words.project,
            designated=frozenset().union(*villages),
            compared=villages,
            counties=counties,
        )
        return evaluate(figure, self.facts, slice_, self.catalogue.figures)


@cache
def world(ledger: str = "ledger.toml") -> World:
    """The small ledger of that file: `helper` (names of the office), `places`, `units`, `projects`, entries."""
    data = tomllib.loads((HERE / ledger).read_text("utf-8"), parse_float=Decimal)
    catalogue = load()
    ids = {name: i for i, name in enumerate(data["places"], 1)}
    units = {name: i for i, name in enumerate(data["units"], 1)}
    known: list[Named] = []
    for name, (level, *rest) in data["places"].items():
        above: tuple[int, ...] = ()
        parent = next((r for r in rest if r in ids), None)
        if parent is not None:
            above = (*next(n.above for n in known if n.id == ids[parent]), ids[parent])
        known.append(Named(ids[name], "place", (name,), level, above))
    known += [Named(i, "unit", (name, *data["units"][name])) for name, i in units.items()]
    projects = {name: i for i, name in enumerate(data.get("projects", ()), 1)}
    known += [Named(i, "project", (name,)) for name, i in projects.items()]
    known.append(Named(0, "helper", tuple(data["helper"])))
    designated = frozenset(ids[name] for name, words in data["places"].items() if "designated" in words)
    facts = tuple(
        f
        for entry, number in zip(data["entry"], count(1000, 100), strict=False)
        for f in _facts(catalogue, entry, number, ids, units, projects)
    )
    targets = {(code, int(year)): Decimal(value) for code, years in data.get("targets", {}).items() for year, value in years.items()}
    return World(catalogue, facts, Gazetteer(tuple(known), designated), targets)


def _facts(
    catalogue: Catalogue, entry: dict[str, Any], number: int, places: dict[str, int], units: dict[str, int], projects: dict[str, int]
) -> list[Fact]:
    kind = catalogue.kinds[entry["kind"]]
    parts = {n: to_parts(Decimal(v), kind.fields[n].unit or "other") for n, v in entry.get("measures", {}).items()}
    facts = []
    for i in range(entry.get("many", 1)):
        one = entry.get("many") is not None
        facts.append(
            Fact(
                id=number + i,
                kind=kind.code,
                begin=entry["begin"],
                end=entry.get("end"),
                category=entry.get("category", ""),
                counts_to=entry.get("counts_to", ""),
                title=entry.get("title", kind.label.zh),
                unit=units[entry["unit"]] if "unit" in entry else 100 + i if one else None,
                place=places[entry["place"]] if "place" in entry else None,
                project=projects[entry["project"]] if "project" in entry else None,
                household=entry["households"][0] if "households" in entry else i + 1 if one else None,
                persons=tuple(entry.get("persons", (i + 1,) if one else ())),
                facets=entry.get("facets", {}),
                measures=parts,
            )
        )
    return facts

"""The demonstration's ledgers as facts, read by the catalogue alone: no database and no workbook in between."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from itertools import count

import pytest

from bangfu import catalogue as catalogue_
from bangfu.catalogue import reading
from bangfu.catalogue.shapes import Catalogue, Field, Kind
from bangfu.demo.cast import COLLEGE, COUNTIES, OTHER_VILLAGES, SITES, TOWNSHIP_OF, TOWNSHIPS, UNITS, VILLAGES
from bangfu.demo.layout import Table, written
from bangfu.demo.ledgers import ledgers
from bangfu.figures import Fact, Slice
from bangfu.quantities import to_parts

SCALE = re.compile(r"（(.*?)）$")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return catalogue_.load()


def field_of(kind: Kind, header: str) -> Field:
    """The field that a header word means; fails where the catalogue does not know it."""
    bare = re.sub(r"（(?!“).*?）", "", header)
    found = [f for f in kind.fields.values() if bare in f.headers]
    assert len(found) == 1, f"{kind.code}: {header}: {[f.name for f in found]}"
    return found[0]


class Registers:
    """Ids for names, given as they come; `places` knows what lies in what."""

    def __init__(self):
        self.ids = defaultdict(count(1).__next__)

    def id(self, sort, name):
        return self.ids[sort, name]


def above(place: str) -> list[str]:
    """A place and what it lies in, by the demonstration's own set-up."""
    chain = [place]
    township = TOWNSHIP_OF.get(place) or (SITES[place][0] if place in SITES else None)
    if township:
        chain.append(township)
    county = VILLAGES.get(place) or OTHER_VILLAGES.get(place) or TOWNSHIPS.get(chain[-1])
    if county:
        chain.append(county)
    if chain[-1] in COUNTIES:
        chain.append(COUNTIES[chain[-1]])
    return chain


def text_of(cell, table: Table) -> str:
    if cell is None or cell == "至今":
        return ""
    return written(cell, table.dates) if isinstance(cell, date) else str(cell)


def to_fact(number: int, kind: Kind, table: Table, row: dict, registers: Registers) -> Fact:
    cells = {field_of(kind, header).name: text_of(cell, table) for header, cell in row.items()}
    scales = {field_of(kind, header).name: m[1] for header in row if (m := SCALE.search(header)) and "万" in m[1]}
    read = reading.read_row(kind, cells, scales=scales)
    assert not read.problems, (table.sheet, row, {k: str(v) for k, v in read.problems.items()})
    values = kind.complete(read.values)
    begin = values["begin"]
    end = values.get("end")
    village = str(values.get("place") or "")
    for name in (*VILLAGES, *OTHER_VILLAGES):
        if village.endswith(name):
            village = name
    recipient(values)
    persons = str(values.get("person") or "").split("、") if values.get("person") else []
    return Fact(
        id=number,
        kind=kind.code,
        begin=begin.begin,
        end=end.end if end and end.end else begin.end,
        category=str(values.get("category") or ""),
        counts_to=str(values.get("counts_to") or ""),
        title=str(values.get("title") or ""),
        unit=registers.id("unit", values["unit"]) if values.get("unit") else None,
        place=registers.id("place", village) if village else None,
        party=registers.id("party", values["party"]) if values.get("party") else None,
        project=registers.id("project", values["project"]) if values.get("project") else None,
        household=registers.id("household", (village, values["household"])) if values.get("household") else None,
        persons=tuple(registers.id("person", (p, values.get("id_number"))) for p in persons),
        facets={n: str(v) for n, v in values.items() if n in kind.fields and kind.fields[n].home == "facet"},
        measures={
            n: to_parts(v, kind.fields[n].unit or "other")
            for n, v in values.items()
            if n in kind.fields and kind.fields[n].home == "measure"
        },
    )


def recipient(values: dict) -> None:
    """Who was honoured: a unit, a village, a Party branch or a person (`Field.names`)."""
    name = str(values.get("recipient", ""))
    sort = "unit" if name in {COLLEGE, *UNITS} else "place" if name in VILLAGES else "party" if name.endswith("党支部") else "person"
    if name:
        values.setdefault(sort, name)


@pytest.fixture(scope="session")
def registers() -> Registers:
    return Registers()


@pytest.fixture(scope="session")
def facts(catalogue, registers) -> list[Fact]:
    found = []
    for workbook in ledgers():
        for table in workbook.tables:
            for row in table.records():
                found.append(to_fact(len(found) + 1, catalogue.kinds[table.kind], table, row, registers))
    return found


@pytest.fixture(scope="session")
def subtree(facts, registers):
    """Place name → ids of everything in it that the ledgers name."""
    trees = defaultdict(set)
    for (sort, name), id_ in list(registers.ids.items()):
        if sort == "place":
            for higher in above(str(name)):
                trees[higher].add(id_)
    return {name: frozenset(ids) for name, ids in trees.items()}


@pytest.fixture(scope="session")
def six_years(subtree) -> Slice:
    """«2015年以来», closed by the article's own dateline."""
    villages = tuple(subtree[v] for v in VILLAGES)
    counties = tuple(subtree[county] for county in COUNTIES if county in subtree)
    return Slice(date(2015, 1, 1), date(2020, 12, 22), designated=frozenset().union(*villages), compared=villages, counties=counties)

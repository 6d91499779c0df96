"""Shown-when-done 7: posting, the overview, one figure, traces and the ledger page at 1,000,000 entries, beside floors of the same run.

    python bench/ledger.py [--entries 1000000] [--small 10000] [--postgres postgresql://…]

One programme: 40 villages in 4 counties, 30 units, 2,000 households, 20,000 people, ten years; all kinds of the catalogue, weighted as an
office's work is (purchases, visits and attendance make up most), about two measures an entry, details for every second one. The floor of
posting is a plain executemany (SQLite) or COPY (PostgreSQL) of the very same rows into tables with the same indexes.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

WEIGHTS = {"purchase": 40, "visit": 15, "attendance": 13, "student_aid": 3, "adoption": 3, "payment": 2, "training": 1, "household_income": 2}
"""Of a hundred entries so many are of these kinds; the other kinds share the rest evenly."""

FIRST, DAYS = date(2015, 1, 1), 3652


def world(programme, clerk):
    """Places, units, people, households, projects for the drafts to refer to: ids by name of the field."""
    from bangfu.ledger import people, places
    from bangfu.ledger.setup import designate

    province = places.place("四川省", "province")
    villages = []
    for c in range(4):
        county = places.place(f"县{c}", "county", province)
        villages += [places.place(f"村{c}-{v}", "village", county) for v in range(10)]
    programme.places.set(villages)
    designate(programme, villages[:6], by=clerk)
    units = [places.party(f"部门{n}", "unit", programme.helper) for n in range(30)]
    parties = [places.party(f"公司{n}", "firm") for n in range(200)]
    rng = random.Random(1)
    homes = people.households(programme, [people.HouseholdRow(f"户主{n}", rng.choice(villages).pk) for n in range(2_000)])
    persons = people.persons(programme, [people.PersonRow(f"人员{n}") for n in range(20_000)])
    projects = people.projects(programme, [people.ProjectRow(f"项目{n}", rng.choice(villages).pk) for n in range(500)])
    return {
        "place": [p.pk for p in villages],
        "unit": [u.pk for u in units],
        "party": [p.pk for p in parties],
        "project": projects,
        "household": homes,
        "person": persons,
    }


def drafts(catalogue, known, count) -> Iterator:
    """So many drafts, the same on every run."""
    from bangfu.catalogue import FieldType
    from bangfu.ledger.post import Draft

    rng = random.Random(2)
    rest = [k for k in catalogue.kinds if k not in WEIGHTS and k != "designation"]
    weights = {k: w for k, w in WEIGHTS.items() if k in catalogue.kinds}
    weights |= {k: (100 - sum(weights.values())) / len(rest) for k in rest}
    kinds = [catalogue.kinds[k] for k in weights]
    chosen = rng.choices(kinds, list(weights.values()), k=count)
    choice, randrange = rng.choice, rng.randrange
    for n, kind in enumerate(chosen):
        begin = FIRST + timedelta(days=randrange(DAYS))
        values, facets, measures, details = {}, {}, {}, {}
        for one in kind.fields.values():
            home, name = one.home, one.name
            if name == "begin" or home == "person":
                continue
            if name == "end":
                values["end"] = begin + timedelta(days=1 + randrange(700 if kind.state else 5))
            elif name == "title":
                values["title"] = f"{kind.label.zh}{n % 997}"
            elif name in {"category", "counts_to"}:
                values[name] = choice(one.choices).code
            elif name == "person":
                values["persons"] = (choice(known["person"]),)
            elif home == "column":
                values[name] = choice(known[name])
            elif home == "measure":
                if one.required or name == "amount" or len(measures) < 2:
                    measures[name] = 1 + randrange(500_000 if one.unit == "CNY" else 90)
            elif home == "facet":
                if one.required or not facets:
                    facets[name] = choice(("yes", "no")) if one.type is FieldType.FLAG else choice(one.choices).code
            elif one.required or (not details and n % 2):
                details[name] = f"{name}{randrange(10_000)}"
        yield Draft(kind.code, begin, facets=facets, measures=measures, details=details, sheet="2019", row=n % 60_000 + 2, row_hash=n.to_bytes(16, "big"), **values)

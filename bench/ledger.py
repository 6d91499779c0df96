"""Shown-when-done 7: posting, the overview, one figure, traces and the ledger page at 1,000,000 entries, beside floors of the same run.

    python bench/ledger.py [--entries 1000000] [--postgres postgresql://user@host/database]

One programme: 40 villages in 4 counties, 30 units, 2,000 households, 20,000 people, ten years; all kinds of the catalogue, weighted as an
office's work is (purchases, visits and attendance make up most), about two measures an entry, details for every second one.

Posting and its floor go in turns, a hundred thousand entries each, so that a busy machine slows both alike. The floor is a plain
executemany (SQLite) or COPY (PostgreSQL) of the very same rows, read back, into tables with the same columns and indexes, in one transaction.
The database must be empty: SQLite in a new folder, PostgreSQL in the database named, whose contents are the bench's own. Prints Markdown.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

WEIGHTS = {
    "purchase": 40,
    "visit": 15,
    "attendance": 13,
    "student_aid": 3,
    "adoption": 3,
    "payment": 2,
    "training": 1,
    "household_income": 2,
}
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
        yield Draft(
            kind.code,
            begin,
            facets=facets,
            measures=measures,
            details=details,
            sheet="2019",
            row=n % 60_000 + 2,
            row_hash=n.to_bytes(16, "big"),
            **values,
        )


# --- the floor


TABLES = ("ledger_entry", "ledger_measure", "ledger_participation")


def columns(table):
    from django.db import connection

    with connection.cursor() as cursor:
        return [c.name for c in connection.introspection.get_table_description(cursor, table)]


def make_floor():
    """Empty copies of the tables with the same indexes, without triggers and foreign keys."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL EXCLUDING IDENTITY)")
                continue
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND type IN ('table', 'index') AND sql IS NOT NULL", [table])
            for (sql,) in cursor.fetchall():
                plain = re.sub(r'REFERENCES "\w+" \("id"\) DEFERRABLE INITIALLY DEFERRED', "", sql)
                named = re.sub(r'(TABLE|INDEX|ON) "(\w+)"', r'\1 "floor_\2"', plain)
                cursor.execute(named)


def written(first, last):
    """The rows of the entries from `first` to `last` as plain values, by table."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            key = "id" if table == "ledger_entry" else "entry_id"
            text = "::text" if connection.vendor == "postgresql" else " || ''"  # dates and JSON as they went in
            listed = ", ".join(f'"{c}"{text}' if c in {"begin", "end", "facets"} else f'"{c}"' for c in columns(table))
            cursor.execute(f"SELECT {listed} FROM {table} WHERE {key} BETWEEN %s AND %s ORDER BY {key}", [first, last])
            found[table] = cursor.fetchall()
    return found


def write_floor(found):
    from django.db import transaction

    from bangfu.ledger.rows import insert

    with transaction.atomic():
        for table, values in found.items():
            insert(f"floor_{table}", columns(table), values)


# --- the measuring


def seconds(act):
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def posting(programme, clerk, stream):
    """(seconds of posting, seconds of the floor), in turns."""
    from bangfu.ledger.models import Entry
    from bangfu.ledger.post import post

    ours = floor = 0.0
    while chunk := list(islice(stream, 100_000)):
        ours += seconds(lambda chunk=chunk: post(programme, chunk, by=clerk))
        last = Entry.objects.order_by("-pk").values_list("pk", flat=True)[0]
        found = written(last - len(chunk) + 1, last)
        floor += seconds(lambda found=found: write_floor(found))
        del found
    return ours, floor


def settle():
    """What each engine does by itself in a quiet hour: statistics, and on PostgreSQL the visibility map."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE floor_{table}")
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def milliseconds(act):
    return seconds(act) * 1000


def reading(programme):
    """Milliseconds by name, each a list of measurements: overviews, single figures (the middle of three), traces, ledger pages."""
    from bangfu.ledger import facts
    from bangfu.ledger.models import Party, Place
    from bangfu.office.books import Books

    books = Books(programme)
    figures = books.catalogue.figures
    village = Place.objects.filter(level="village").order_by("pk").first().pk
    unit = Party.objects.filter(kind="unit").order_by("pk").first().pk
    slices = {
        "2019": books.slice((date(2019, 1, 1), date(2020, 1, 1))),
        "all time": books.slice(),
        "14 March to July 2019": books.slice((date(2019, 3, 14), date(2019, 8, 1))),
        "one village, all time": books.slice(place=village),
        "one unit, all time": books.slice(unit=unit),
    }
    found = {}
    for name, slice_ in slices.items():
        found[f"overview first, {name}"] = [milliseconds(lambda s=slice_: Books(programme).values(figures, s))]
        found[f"overview again, {name}"] = [milliseconds(lambda s=slice_: Books(programme).values(figures, s))]
    slowest = {}
    for name, slice_ in slices.items():
        each = {c: median(milliseconds(lambda f=f, s=slice_: facts.value(programme, f, s)) for _ in range(3)) for c, f in figures.items()}
        found[f"one figure, {name}"] = list(each.values())
        slowest[f"one figure, {name}"] = max(each, key=each.get)
    for code in ("purchase_deals", "households_visited", "students_aided", "income_net"):
        for name, times in traced(programme, figures[code], slices["all time"]).items():
            found[f"trace of {code}, {name}"] = times
    found |= listing(programme, slices)
    return found, slowest


def traced(programme, figure, slice_):
    """The first page of a trace and the two hundredth (or the last)."""
    from bangfu.ledger import facts

    first = [milliseconds(lambda: facts.shares(programme, figure, slice_)) for _ in range(5)]
    after, number = None, 1
    while number < 200 and (further := facts.shares(programme, figure, slice_, after=after).after):
        after, number = further, number + 1
    later = [milliseconds(lambda: facts.shares(programme, figure, slice_, after=after)) for _ in range(5)]
    return {"first page": first, f"page {number}": later}


def listing(programme, slices):
    """Pages of the ledger: newest first and deep, their totals, sorted by a measure, and searched by text, in every slice."""
    from bangfu.ledger.listing import Order, listed, totals

    found = {
        "ledger page": [],
        "totals of a ledger page": [],
        "ledger page sorted by amount": [],
        "ledger page, search": [],
        "totals of a search": [],
    }
    for slice_ in slices.values():
        for more in ({}, {"kind": "purchase"}, {"kind": "visit"}, {"kind": "training"}):
            after = ""
            for _ in range(4):
                page = []

                def ask(a=after, p=page, s=slice_, m=more):
                    p.append(listed(programme, s, after=a, **m))

                found["ledger page"].append(milliseconds(ask))
                after = page[0].after or ""
            found["totals of a ledger page"].append(milliseconds(lambda s=slice_, m=more: totals(programme, s, **m)))
        found["ledger page sorted by amount"].append(
            milliseconds(lambda s=slice_: listed(programme, s, kind="purchase", order=Order("amount")))
        )
        for text in ("培训12", "9", "没有的", "公司1"):
            for more in ({}, {"kind": "purchase"}, {"kind": "training"}):
                found["ledger page, search"].append(milliseconds(lambda s=slice_, t=text, m=more: listed(programme, s, text=t, **m)))
                found["totals of a search"].append(milliseconds(lambda s=slice_, t=text, m=more: totals(programme, s, text=t, **m)))
    return found


# --- the run


def write(entries):
    """Build the programme; print the seconds of posting and of its floor."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    from bangfu.ledger import catalogue, places
    from bangfu.ledger.setup import programme as found

    clerk = User.objects.create_user("clerk")
    programme = found(places.party("学院", "organisation"), "定点帮扶")
    known = world(programme, clerk)
    make_floor()
    ours, floor = posting(programme, clerk, drafts(catalogue(), known, entries))
    settle()
    print(f"| posting in bulk, seconds | {ours:.1f} (floor {floor:.1f}) | {ours / floor:.2f} × floor |", flush=True)


def read():
    """Print what reading costs, in this new process."""
    from bangfu.ledger.models import Programme

    found, slowest = reading(Programme.objects.get())
    for name, times in found.items():
        worst = f" ({slowest[name]})" if name in slowest else ""
        p95 = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        print(f"| {name}, ms | median {median(times):.1f}, p95 {p95:.1f} | worst {max(times):.1f}{worst} |", flush=True)


def machine():
    with Path("/proc/cpuinfo").open() as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.processor())
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgres", default="", help="an empty database, besides SQLite in a new folder")
    parser.add_argument("--step", choices=("write", "read"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        os.environ["DJANGO_SETTINGS_MODULE"] = "bangfu.settings"
        import django

        django.setup()
        write(arguments.entries) if arguments.step == "write" else read()
        return
    print(f"{arguments.entries:,} entries; {machine()}\n")
    for engine, address in (("SQLite", ""), ("PostgreSQL", arguments.postgres)):
        if engine == "PostgreSQL" and not address:
            continue
        with tempfile.TemporaryDirectory(prefix="bangfu-bench-") as folder:
            environment = os.environ | {"BANGFU_DATA": folder, "BANGFU_DATABASE": address}
            print(f"### {engine}\n\n| | | |\n|---|---|---|", flush=True)
            for step in ("write", "read"):
                again = [sys.executable, __file__, "--step", step, "--entries", str(arguments.entries)]
                subprocess.run(again, check=True, env=environment)
            print()


if __name__ == "__main__":
    main()

"""How quickly a ledger comes in: Bangfu's intake end to end, beside django-import-export and beside the bare floor.

    python bench/imports.py                   50,000 purchase rows of .xlsx: floor, Bangfu, django-import-export; 1,000,000 rows of .csv: floor, Bangfu
    python bench/imports.py --rows 5000 --csv 20000 --rounds 1

Every contender runs in a process of its own on a fresh copy of one migrated SQLite database, rounds interleaved; what is printed is the median.

floor    the same reader (the same child process), then executemany into the same indexed tables with the same columns: nothing is checked
bangfu   recording.bring_in: reading, understanding, every check, keyed hashes, encrypted details, one posting, counts and figures
peer     django-import-export 4, its usual way: ModelResource row by row, foreign keys looked up, full_clean, a dry run and the commit
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VILLAGES = [("上寨村", "青河县"), ("龙泉村", "青河县"), ("金坪村", "白马县"), ("大槐树村", "白马县")]
UNITS = ["党政办公室", "后勤管理处", "工会", "财务处", "教务处", "图书馆", "机电工程系", "艺术设计系"]
GOODS = ["苹果", "蜂蜜", "木耳", "腊肉", "土鸡蛋", "大米", "核桃", "花椒", "小米", "红枣"]
CHANNELS = ["食堂采购", "工会福利", "以购代捐", "职工自购"]
HEAD = ["序号", "采购日期", "采购部门", "采购渠道", "产品名称", "规格", "数量", "单价", "金额", "产地", "供货商", "发票号", "备注"]
SETUP = {
    "organisations": [
        {
            "organisation": "江北××大学",
            "places": [{"name": c, "kind": "county", "province": "江北省"} for c in ("青河县", "白马县")]
            + [{"name": v, "kind": "village", "county": c, "designated": True} for v, c in VILLAGES],
            "units": [{"name": u, "short": []} for u in UNITS],
        },
    ],
}


def rows(count: int) -> Any:
    """The purchase rows of the bench (seeded)."""
    rng = random.Random(7)
    start = date(2020, 1, 1)
    for n in range(1, count + 1):
        quantity, price = rng.randint(1, 300), rng.choice([5, 8, 12, 25, 48, 65, 120])
        yield [
            n,
            (start + timedelta(days=rng.randint(0, 1500))).isoformat(),
            rng.choice(UNITS),
            rng.choice(CHANNELS),
            rng.choice(GOODS),
            "500g",
            quantity,
            price,
            quantity * price,
            rng.choice(VILLAGES)[0],
            f"合作社{rng.randint(1, 40)}",
            f"{10_000_000 + n}",
            "",
        ]


def write_xlsx(path: Path, count: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("采购")
    sheet.write_row(0, 0, ["江北××大学消费帮扶采购台账"])
    sheet.write_row(1, 0, HEAD)
    for r, row in enumerate(rows(count), 2):
        sheet.write_row(r, 0, row)
    book.close()


def write_csv(path: Path, count: int) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows(rows(count))


# ── contenders (each in a process of its own) ────────────────────────────────────────────────────────────────────────


def django() -> tuple[Any, Any]:
    """The programme and its clerk."""
    import django as framework

    framework.setup()
    from django.contrib.auth import get_user_model

    from bangfu.ledger.models import Programme

    return Programme.objects.get(), get_user_model().objects.get()


def one(name: str, path: Path) -> dict[str, float]:
    """Run a contender; seconds, peak memory in MB, entries written, seconds until the first progress."""
    programme, clerk = django()
    first: list[float] = []
    started = time.perf_counter()
    before = time.process_time()

    def progress(_: int) -> None:
        if not first:
            first.append(time.perf_counter() - started)

    {"floor": floor, "bangfu": bangfu, "peer": peer}[name](path, programme, clerk, progress)
    seconds = time.perf_counter() - started
    from bangfu.ledger.models import Entry, Measure

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "seconds": seconds,
        "cpu": sum(u.ru_utime + u.ru_stime for u in spent) - before,
        "first": first[0] if first else seconds,
        "memory": memory,
        "child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "entries": Entry.objects.count(),
        "measures": Measure.objects.count(),
    }


def bangfu(path: Path, programme: Any, clerk: Any, progress: Any) -> None:
    from bangfu.office.intake import recording

    _, result = recording.bring_in(path, programme, by=clerk, progress=progress)
    assert result.adds_up(), result.counts


def floor(path: Path, programme: Any, clerk: Any, progress: Any) -> None:
    from django.db import connection, transaction

    from bangfu.ledger.models import Batch, Party, Place, Posting
    from bangfu.ledger.post import ENTRY_COLUMNS
    from bangfu.office.intake.reading import messages

    places = dict(Place.objects.values_list("name", "pk"))
    units = dict(Party.objects.values_list("name", "pk"))
    names = ", ".join(f'"{c}"' for c in ENTRY_COLUMNS)
    entry_sql = f"INSERT INTO ledger_entry ({names}) VALUES ({', '.join(['%s'] * len(ENTRY_COLUMNS))})"
    measure_sql = "INSERT INTO ledger_measure (entry_id, name, value) VALUES (%s, %s, %s)"
    with transaction.atomic(), connection.cursor() as cursor:
        batch = Batch.objects.create(programme=programme, filename=path.name, sha256="", by=clerk)
        Posting.objects.create(programme=programme, mark=2, verb="import", by=clerk, batch=batch)
        number = 1_000
        for message in messages(path):
            if message[0] != "rows":
                continue
            progress(0)
            entries, measures = [], []
            for cells in message[1]:
                if len(cells) < 13 or not cells[0].isdecimal():
                    continue
                number += 1
                details = f"{cells[10]}{cells[11]}".encode().ljust(120)
                entries.append(
                    (number, programme.pk, 2, "purchase", cells[1], None, cells[4], "", "direct_purchase", units[cells[2]], places[cells[9]], None, None, None,
                     '{"channel":"canteen"}', details, None, batch.pk, "采购", number, number.to_bytes(16, "big")),
                )  # fmt: skip
                measures += [
                    (number, "quantity", int(cells[6])),
                    (number, "unit_price", int(cells[7]) * 100),
                    (number, "amount", int(cells[8]) * 100),
                ]
            cursor.executemany(entry_sql, entries)
            cursor.executemany(measure_sql, measures)


def peer(path: Path, programme: Any, clerk: Any, progress: Any) -> None:
    import tablib
    from import_export import fields, resources
    from import_export.widgets import ForeignKeyWidget
    from python_calamine import CalamineWorkbook

    from bangfu.ledger.models import Batch, Entry, Measure, Party, Place, Posting

    batch = Batch.objects.create(programme=programme, filename=path.name, sha256="", by=clerk)
    Posting.objects.create(programme=programme, mark=2, verb="import", by=clerk, batch=batch)

    class Purchases(resources.ModelResource):
        begin = fields.Field("begin", "采购日期")
        title = fields.Field("title", "产品名称")
        unit = fields.Field("unit", "采购部门", widget=ForeignKeyWidget(Party, "name"))
        place = fields.Field("place", "产地", widget=ForeignKeyWidget(Place, "name"))
        row = fields.Field("row", "序号")

        class Meta:
            model = Entry
            fields = ("begin", "title", "unit", "place", "row")
            import_id_fields = ("row",)
            clean_model_instances = True
            use_transactions = True

        def before_save_instance(self, instance: Any, row: Any, **_: Any) -> None:
            instance.programme, instance.mark, instance.kind, instance.batch = programme, 2, "purchase", batch
            instance.facets = {"channel": row["采购渠道"]}
            instance.details = {"supplier": row["供货商"], "invoice": row["发票号"]}

        def validate_instance(self, instance: Any, _errors: Any = None, validate_unique: bool = True) -> None:
            optional = ["end", "category", "counts_to", "party", "project", "household", "supersedes", "sheet"]  # may be empty here
            instance.full_clean(exclude=optional, validate_unique=validate_unique)

        def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
            self.before_save_instance(instance, row)
            super().import_instance(instance, row, **kwargs)

        def after_save_instance(self, instance: Any, row: Any, **_: Any) -> None:
            for name, column, times in (("quantity", "数量", 1), ("unit_price", "单价", 100), ("amount", "金额", 100)):
                Measure.objects.create(entry=instance, name=name, value=int(float(row[column]) * times))

        def get_instance(self, *_: Any, **__: Any) -> None:
            return None  # every row is new, as it is for the others

    data = tablib.Dataset()
    table = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    data.headers = table[1]
    for line in table[2:]:
        data.append([int(v) if isinstance(v, float) else v for v in line])
    progress(0)
    resource_ = Purchases()
    dry = resource_.import_data(data, dry_run=True, raise_errors=False)
    if dry.has_errors() or dry.has_validation_errors():
        problem = (dry.row_errors() or [(0, ["?"])])[0]
        raise RuntimeError(f"the peer refuses the rows: {problem} {[r.error for r in dry.invalid_rows[:1]]}")
    resource_.import_data(data, dry_run=False, raise_errors=True)


# ── the runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--csv", type=int, default=1_000_000)
    parser.add_argument("--peer-rows", type=int, default=None, help="fewer rows for the peer (its time is then scaled)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("xlsx", "csv"))
    parser.add_argument("--one", nargs=2, metavar=("NAME", "FILE"))
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one[0], Path(options.one[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), options)


def run(folder: Path, options: argparse.Namespace) -> None:
    template = folder / "template"
    prepare(template)
    xlsx, csv_, small = folder / "采购.xlsx", folder / "采购.csv", folder / "采购（少）.xlsx"
    write_xlsx(xlsx, options.rows)
    peer_rows = options.peer_rows or options.rows
    write_xlsx(small, peer_rows)
    write_csv(csv_, options.csv)
    contenders = [("floor", xlsx, options.rows), ("bangfu", xlsx, options.rows), ("peer", small, peer_rows)]
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(0 if options.only == "csv" else options.rounds):
        for name, path, _count in contenders:
            found.setdefault(f"{name} xlsx", []).append(contend(template, folder, name, path))
    for name in () if options.only == "xlsx" else ("floor", "bangfu"):
        found.setdefault(f"{name} csv", []).append(contend(template, folder, name, csv_))
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    base = {"xlsx": options.rows, "csv": options.csv}
    medians = {key: statistics.median(r["seconds"] for r in runs) for key, runs in found.items()}
    if peer_rows != options.rows and "peer xlsx" in medians:
        medians["peer xlsx"] *= options.rows / peer_rows
    for key, runs in found.items():
        kind = key.split()[1]
        spread = f"[{min(r['seconds'] for r in runs):.2f}-{max(r['seconds'] for r in runs):.2f}]"
        print(
            f"{key:12s} {base[kind]:>9,} rows  {medians[key]:8.2f} s {spread:>16s} cpu {statistics.median(r['cpu'] for r in runs):7.2f} s  {base[kind] / medians[key]:>9,.0f} rows/s  x{medians[key] / medians['floor ' + kind]:6.2f} of the floor"
            f"  peak {max(r['memory'] for r in runs):5.0f} MB (reader {max(r['child'] for r in runs):.0f} MB)  first progress {max(r['first'] for r in runs):.2f} s  entries {runs[0]['entries']:.0f}",
        )
    if "peer xlsx" in medians:
        print(f"bangfu is x{medians['peer xlsx'] / medians['bangfu xlsx']:.1f} of django-import-export")


def prepare(data: Path) -> None:
    """A migrated database with the programme of the bench."""
    script = (
        "import django, json, sys; django.setup()\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from django.contrib.auth import get_user_model\n"
        "clerk = get_user_model().objects.create_user('clerk')\n"
        "from bangfu.ledger.setup import setup; setup(json.loads(sys.argv[1]), by=clerk)\n"
    )
    subprocess.run([sys.executable, "-c", script, json.dumps(SETUP)], env=environment(data), cwd=ROOT, check=True)


def environment(data: Path) -> dict[str, str]:
    return {
        **os.environ,
        "BANGFU_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "bangfu.settings",
        "PYTHONPATH": str(ROOT),
        "BANGFU_DATABASE": "",
    }


def contend(template: Path, folder: Path, name: str, path: Path) -> dict[str, float]:
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(template, data)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), "--one", name, str(path)],
        env=environment(data),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-3000:]}")
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    print(name, path.name, {k: round(v, 2) for k, v in result.items()}, file=sys.stderr)
    return result


if __name__ == "__main__":
    main()

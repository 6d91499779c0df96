"""Lines know the title, the project and the party of their entry, so that a text is looked for in them; titles are kept once each.

Persons are counted, never added up: their totals go.
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = """
    entry bigint NOT NULL,
    value bigint NOT NULL,
    variety_id integer NOT NULL,
    place integer NOT NULL,
    begin integer NOT NULL,
    year smallint NOT NULL,
    "end" integer NULL,
    unit integer NULL,
    household integer NULL,
    title integer NULL,
    project integer NULL,
    party integer NULL,
"""
KEY = "PRIMARY KEY (variety_id, year, place, begin, entry, value)"

TITLES = """
    INSERT INTO ledger_title (programme_id, kind, text) SELECT DISTINCT programme_id, kind, title FROM ledger_entry WHERE title <> ''
"""
LINES = """
    INSERT INTO ledger_line
    SELECT l.entry, l.value, l.variety_id, l.place, l.begin, l.year, l."end", l.unit, l.household, t.id, e.project_id, e.party_id
    FROM ledger_line_before l JOIN ledger_entry e ON e.id = l.entry
    LEFT JOIN ledger_title t ON t.programme_id = e.programme_id AND t.text = e.title AND t.kind = e.kind
    ORDER BY l.variety_id, l.year, l.place, l.begin, l.entry, l.value
"""
NAMED = """
    INSERT INTO ledger_variety (programme_id, kind, category, counts_to, facets, measure)
    SELECT DISTINCT v.programme_id, v.kind, v.category, v.counts_to, v.facets, '@{name}'
    FROM ledger_line l JOIN ledger_variety v ON v.id = l.variety_id WHERE v.measure = '' AND l.{name} IS NOT NULL
"""


def widen(_apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(TITLES)
    schema_editor.execute("ALTER TABLE ledger_line RENAME TO ledger_line_before")
    if postgres:
        schema_editor.execute("ALTER INDEX ledger_line_pkey RENAME TO ledger_line_before_pkey")
        schema_editor.execute(f'CREATE TABLE ledger_line ({COLUMNS} {KEY} INCLUDE ("end", unit, household, title, project, party))')
    else:
        schema_editor.execute(f"CREATE TABLE ledger_line ({COLUMNS} {KEY}) WITHOUT ROWID")
    schema_editor.execute(LINES)
    schema_editor.execute("DROP TABLE ledger_line_before")
    for name in ("project", "party"):
        schema_editor.execute(NAMED.format(name=name))
    schema_editor.execute("DELETE FROM ledger_total WHERE variety_id IN (SELECT id FROM ledger_variety WHERE measure = '@person')")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_totals_by_place")]
    operations = [
        migrations.CreateModel(
            "Title",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("text", models.CharField(max_length=200)),
                ("programme", models.ForeignKey("ledger.programme", django.db.models.deletion.CASCADE, db_index=False)),
            ],
        ),
        migrations.AddConstraint("title", models.UniqueConstraint(fields=["programme", "text", "kind"], name="title_once")),
        migrations.RunPython(widen),
    ]

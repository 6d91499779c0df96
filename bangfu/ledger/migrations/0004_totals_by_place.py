"""Totals are kept for each place, made anew from the lines; the name of a sheet may be as long as a spreadsheet allows."""

import django.db.models.deletion
from django.db import migrations, models


def widen(_apps, schema_editor):
    """SQLite minds no length, and would rebuild the table without its triggers."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE ledger_entry ALTER COLUMN sheet TYPE varchar(255)")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_lines")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(widen, migrations.RunPython.noop)],
            [migrations.AlterField("entry", "sheet", models.CharField(default="", max_length=255))],
        ),
        migrations.DeleteModel("Total"),
        migrations.CreateModel(
            "Total",
            [
                (
                    "pk",
                    models.CompositePrimaryKey("variety", "year", "place", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("year", models.SmallIntegerField()),
                ("place", models.IntegerField()),
                ("lines", models.BigIntegerField()),
                ("value", models.BigIntegerField()),
                (
                    "variety",
                    models.ForeignKey("ledger.variety", django.db.models.deletion.CASCADE, db_constraint=False, db_index=False),
                ),
            ],
        ),
        migrations.RunSQL(
            "INSERT INTO ledger_total (variety_id, year, place, lines, value)"
            " SELECT variety_id, year, place, COUNT(*), SUM(value) FROM ledger_line GROUP BY variety_id, year, place"
            " UNION ALL SELECT variety_id, year, -1, COUNT(*), SUM(value) FROM ledger_line GROUP BY variety_id, year",
            migrations.RunSQL.noop,
        ),
    ]

"""The table of `Line`, whose rows are kept in the order in which figures read them."""

from django.db import migrations

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
"""
KEY = "PRIMARY KEY (variety_id, year, place, begin, entry, value)"


def create(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f'CREATE TABLE ledger_line ({COLUMNS} {KEY} INCLUDE ("end", unit, household))')
    else:
        schema_editor.execute(f"CREATE TABLE ledger_line ({COLUMNS} {KEY}) WITHOUT ROWID")


def drop(_apps, schema_editor):
    schema_editor.execute("DROP TABLE ledger_line")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [migrations.RunPython(create, drop)]

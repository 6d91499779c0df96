"""The table of `Line`, whose rows are kept in the order in which figures read them."""

from django.db import migrations

COLUMNS = """
    variety_id bigint NOT NULL,
    year smallint NOT NULL,
    place bigint NOT NULL,
    begin integer NOT NULL,
    entry bigint NOT NULL,
    value bigint NOT NULL,
    "end" integer NULL,
    unit bigint NULL,
    household bigint NULL,
    party bigint NULL,
    project bigint NULL,
"""
KEY = "PRIMARY KEY (variety_id, year, place, begin, entry, value)"


def create(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f'CREATE TABLE ledger_line ({COLUMNS} {KEY} INCLUDE ("end", unit, household, party, project))')
    else:
        schema_editor.execute(f"CREATE TABLE ledger_line ({COLUMNS} {KEY}) WITHOUT ROWID")


def drop(_apps, schema_editor):
    schema_editor.execute("DROP TABLE ledger_line")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [migrations.RunPython(create, drop)]

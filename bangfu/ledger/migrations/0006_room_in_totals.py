"""Totals are counted up with every posting: PostgreSQL leaves room beside each row, so that its new version needs no new entry in the index."""

from django.db import migrations


def leave_room(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE ledger_total SET (fillfactor = 50)")


def leave_none(_apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE ledger_total RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_names_in_lines")]
    operations = [migrations.RunPython(leave_room, leave_none)]

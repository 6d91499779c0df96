"""The index of signs by which an entry is known again (office/intake/earlier.py), in the order in which it is searched."""

from django.db import migrations


def create(_apps, schema_editor):
    order = "" if schema_editor.connection.vendor == "postgresql" else " WITHOUT ROWID"
    key = "PRIMARY KEY (programme, sign, entry)"
    schema_editor.execute(f"CREATE TABLE office_sign (programme bigint NOT NULL, sign bigint NOT NULL, entry bigint NOT NULL, {key}){order}")
    schema_editor.execute("CREATE TABLE office_signed (programme bigint NOT NULL PRIMARY KEY, entry bigint NOT NULL)")


def drop(_apps, schema_editor):
    schema_editor.execute("DROP TABLE office_sign")
    schema_editor.execute("DROP TABLE office_signed")


class Migration(migrations.Migration):
    dependencies = [("office", "0005_targets")]
    operations = [migrations.RunPython(create, drop)]

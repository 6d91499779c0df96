"""Triggers that refuse to change or delete what the ledger has recorded, or what it refers to, on SQLite and on PostgreSQL."""

from django.db import migrations

TABLES = ("posting", "entry", "measure", "participation", "evidence", "ended", "reveal")
REFUSED = "账本只能增加：{table} 的记录不能修改或删除，请用更正或作废 (the ledger only grows: amend or void instead)"


REFERRED = {
    "programme": (("entry", "programme_id"),),
    "place": (("entry", "place_id"),),
    "party": (("entry", "unit_id"), ("entry", "party_id")),
    "project": (("entry", "project_id"),),
    "household": (("entry", "household_id"),),
    "batch": (("entry", "batch_id"),),
    "person": (("participation", "person_id"),),
}
NEEDED = "账本里有记录引用它，不能删除 (the ledger refers to it: it cannot be deleted)"


def statements(vendor):
    if vendor == "postgresql":
        yield """
            CREATE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation';
            END $$
        """
    for table in TABLES:
        name, message = f"ledger_{table}", REFUSED.format(table=table)
        if vendor == "postgresql":
            yield (
                f"CREATE TRIGGER {name}_only_grows BEFORE UPDATE OR DELETE ON {name} "
                f"FOR EACH ROW EXECUTE FUNCTION ledger_only_grows('{message}')"
            )
            yield (
                f"CREATE TRIGGER {name}_never_emptied BEFORE TRUNCATE ON {name} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION ledger_only_grows('{message}')"
            )
        else:
            for act in ("UPDATE", "DELETE"):
                yield f"CREATE TRIGGER {name}_no_{act.lower()} BEFORE {act} ON {name} BEGIN SELECT RAISE(ABORT, '{message}'); END"


    for table, references in REFERRED.items():
        name = f"ledger_{table}"
        referred = " OR ".join(f"EXISTS (SELECT 1 FROM ledger_{t} WHERE {column} = OLD.id)" for t, column in references)
        if vendor == "postgresql":
            yield f"""
                CREATE FUNCTION {name}_is_needed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF {referred} THEN
                        RAISE EXCEPTION USING MESSAGE = '{NEEDED}', ERRCODE = 'foreign_key_violation';
                    END IF;
                    RETURN OLD;
                END $$
            """
            yield f"CREATE TRIGGER {name}_needed BEFORE DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION {name}_is_needed()"
        else:
            yield f"CREATE TRIGGER {name}_needed BEFORE DELETE ON {name} WHEN {referred} BEGIN SELECT RAISE(ABORT, '{NEEDED}'); END"


def create(_apps, schema_editor):
    for statement in statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop(_apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        name = f"ledger_{table}"
        for suffix in ("only_grows", "never_emptied") if postgres else ("no_update", "no_delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}_{suffix}" + (f" ON {name}" if postgres else ""))
    for table in REFERRED:
        name = f"ledger_{table}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}_needed" + (f" ON {name}" if postgres else ""))
        if postgres:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}_is_needed()")
    if postgres:
        schema_editor.execute("DROP FUNCTION IF EXISTS ledger_only_grows()")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_models")]
    operations = [migrations.RunPython(create, drop)]

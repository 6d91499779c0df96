import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLES = ("office_target", "office_judged")
REFUSED = "目标和考核评分只能增加：请重新下达或撤回 (targets and marks are only added to: set or withdraw them anew)"


def only_grows(_apps, schema_editor):
    """As in the ledger's migration 0002: on both engines nothing here is changed or deleted."""
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            for name, act, each in (("only_grows", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} FOR EACH {each} EXECUTE FUNCTION ledger_only_grows('{REFUSED}')",
                    params=None,
                )
        else:
            for act in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END", params=None
                )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_lines'),
        ('office', '0004_uploads'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Judged',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme', models.CharField(max_length=60)),
                ('year', models.SmallIntegerField()),
                ('item', models.CharField(max_length=60)),
                ('value', models.JSONField(null=True)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(default='', max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.programme')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.party')),
            ],
            options={
                'indexes': [models.Index(fields=['programme', 'year', 'scheme'], name='judged_year')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figure', models.CharField(max_length=60)),
                ('year', models.SmallIntegerField()),
                ('value', models.BigIntegerField(null=True)),
                ('due', models.DateField(null=True)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(default='', max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.place')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='ledger.programme')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.party')),
            ],
            options={
                'indexes': [models.Index(fields=['programme', 'year', 'figure'], name='target_year')],
            },
        ),
        migrations.RunPython(only_grows, migrations.RunPython.noop),  # the tables take their triggers with them
    ]

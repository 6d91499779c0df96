import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLE = "office_selfscore"
REFUSED = "自评分只能增加：请重新填写 (self scores are only added to)"


def only_grows(_apps, schema_editor):
    """As in the ledger's migration 0002: on both engines nothing here is changed or deleted."""
    if schema_editor.connection.vendor == "postgresql":
        for name, act, each in (("only_grows", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_{name} BEFORE {act} ON {TABLE} FOR EACH {each} EXECUTE FUNCTION ledger_only_grows('{REFUSED}')",
                params=None,
            )
    else:
        for act in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{act.lower()} BEFORE {act} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END", params=None
            )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0005_names_in_lines'),
        ('office', '0007_finding_replies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SelfScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme', models.CharField(max_length=60)),
                ('year', models.SmallIntegerField()),
                ('item', models.CharField(max_length=60)),
                ('points', models.IntegerField(null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('reason', models.CharField(default='', max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.programme')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.party')),
            ],
            options={
                'indexes': [models.Index(fields=['programme', 'year', 'scheme'], name='self_score_year')],
            },
        ),
        migrations.RunPython(only_grows, migrations.RunPython.noop),  # the table takes its triggers with it
    ]

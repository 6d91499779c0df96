import bangfu.ledger.crypt
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLE = "office_findingreply"
REFUSED = "对体检发现的说明只能增加 (replies to findings are only added to)"


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
        ('ledger', '0004_totals_by_place'),
        ('office', '0006_signs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FindingReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('finding', models.CharField(max_length=32)),
                ('closed', models.BooleanField()),
                ('said', bangfu.ledger.crypt.EncryptedTextField(label='finding.said')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.programme')),
            ],
            options={
                'indexes': [models.Index(fields=['programme', 'finding'], name='finding_reply')],
            },
        ),
        migrations.RunPython(only_grows, migrations.RunPython.noop),  # the table takes its triggers with it
    ]

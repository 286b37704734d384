"""Keys and indexes that cost an import more than they are worth: another index begins with the same column.

Dropping them takes no time; each table is locked for that moment."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0007_batch_without_program"),
    ]

    operations = [
        migrations.AlterField(
            model_name="fieldchange",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="imports.importbatch",
            ),
        ),
        migrations.AlterField(
            model_name="problem",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="problems",
                to="imports.importbatch",
            ),
        ),
    ]

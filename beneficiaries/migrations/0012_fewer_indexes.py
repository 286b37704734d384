"""Indexes that others cover, or that nobody asks; each of them cost an import time at every row.

Dropping them takes no time; each table is locked for that moment."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("beneficiaries", "0011_assignment_rows"),
        ("imports", "0008_fewer_keys"),
        ("programs", "0002_calendar_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="member",
            name="member_of_household",
        ),
        migrations.AlterField(
            model_name="assignment",
            name="assistant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="assignmentrow",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="imports.importbatch",
            ),
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="household",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="enrollments",
                to="beneficiaries.household",
            ),
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="program",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrollments",
                to="programs.program",
                verbose_name="program",
            ),
        ),
        migrations.AlterField(
            model_name="rosterrow",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="imports.importbatch",
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="statuschange",
            name="legal_basis",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="programs.legalbasis",
            ),
        ),
    ]

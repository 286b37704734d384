"""Indexes of the lists of families: by parts of a name, and by the last visit with the never visited first.

Each index takes some seconds a million families, and writes wait meanwhile; reading goes on.
"""

import datetime

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models
from django.db.models.functions import Coalesce, Lower


class Migration(migrations.Migration):
    dependencies = [
        ("beneficiaries", "0003_graduation_case_rules"),
    ]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name="household",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(Lower("recipient_name"), "gin_trgm_ops"),
                name="household_by_name_part",
            ),
        ),
        migrations.RemoveIndex(model_name="household", name="household_by_last_visit"),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                Coalesce("last_visited_on", models.Value(datetime.date(1, 1, 1))),
                models.F("id"),
                name="household_by_last_visit",
            ),
        ),
    ]

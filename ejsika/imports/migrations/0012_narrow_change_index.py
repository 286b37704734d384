"""An index of what an import changed by its two numbers alone: every note is an entry in it.

Building it takes a second a million notes; imports wait meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0011_account_rows"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="fieldchange",
            name="change_by_batch",
        ),
        migrations.AddIndex(
            model_name="fieldchange",
            index=models.Index(fields=["batch", "key"], name="change_by_key"),
        ),
    ]

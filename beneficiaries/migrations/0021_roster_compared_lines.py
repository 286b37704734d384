"""Lines that are not compared yet stay out of the index by outcome, which each entered twice.

Building it takes a second a million lines; imports wait meanwhile.
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0020_status_change_by_known")]

    operations = [
        migrations.RemoveIndex(model_name="rosterrow", name="roster_by_outcome"),
        migrations.AddIndex(
            model_name="rosterrow",
            index=models.Index(fields=["batch", "outcome", "row"], condition=~Q(outcome=""), name="roster_by_outcome"),
        ),
    ]

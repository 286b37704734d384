"""Room beside each family: a roster changes most of them at once, and in place no index has to be touched.

Pages that are written from now on are filled by less than half: twice the disk, an eighth of the time. Locked for a
moment only.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0013_roster_choices_and_pairs")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE beneficiaries_household SET (fillfactor = 45)",
            "ALTER TABLE beneficiaries_household RESET (fillfactor)",
        )
    ]

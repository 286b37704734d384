"""An enrollment is graduated only by its own case, and only while that case is decided."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """ALTER TABLE beneficiaries_enrollment ADD CONSTRAINT enrollment_by_decided_case
               FOREIGN KEY (graduation_case_id, id, required_case_state)
               REFERENCES beneficiaries_graduationcase (id, enrollment_id, state)""",
            "ALTER TABLE beneficiaries_enrollment DROP CONSTRAINT enrollment_by_decided_case",
        ),
    ]

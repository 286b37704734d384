"""Kind, reasons and the order of the dates of a graduation case, kept by the database as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("beneficiaries", "0002_graduated_by_decided_case"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="graduationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["GA", "GM", "GP"])), name="graduation_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="graduationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reasons__contained_by",
                        [
                            "usaha",
                            "pekerjaan",
                            "anak_bekerja",
                            "kerja_luar",
                            "aset",
                            "anak_tamat",
                            "tanpa_komponen",
                            "memberi_kesempatan",
                            "lain",
                        ],
                    )
                ),
                name="graduation_reasons_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="graduationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("verified_on__isnull", True), ("verified_on__gte", models.F("proposed_on")), _connector="OR"
                    ),
                    models.Q(
                        ("decided_on__isnull", True), ("decided_on__gte", models.F("verified_on")), _connector="OR"
                    ),
                ),
                name="graduation_dates_in_order",
            ),
        ),
    ]

"""Who made a step of an enrollment is looked for once a statement, as the actor of an audit entry is.

Locked for a moment only; what is there was held by the foreign key.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CREATE = """
CREATE FUNCTION status_change_by_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hold_known_users(ARRAY(SELECT DISTINCT by_id FROM written WHERE by_id IS NOT NULL));
    RETURN NULL;
END $$;
CREATE TRIGGER status_change_by_known AFTER INSERT ON beneficiaries_statuschange
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION status_change_by_known();
CREATE TRIGGER status_change_by_still_known AFTER UPDATE ON beneficiaries_statuschange
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION status_change_by_known();

CREATE FUNCTION status_change_by_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM beneficiaries_statuschange WHERE by_id = OLD.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'steps of enrollments name this user';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER status_change_by_stays BEFORE DELETE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION status_change_by_stays();
"""
DROP = """
DROP TRIGGER status_change_by_stays ON accounts_user;
DROP FUNCTION status_change_by_stays();
DROP TRIGGER status_change_by_still_known ON beneficiaries_statuschange;
DROP TRIGGER status_change_by_known ON beneficiaries_statuschange;
DROP FUNCTION status_change_by_known();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_actor_known_by_statement"),
        ("beneficiaries", "0019_sent_edit_of_household"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="statuschange",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]

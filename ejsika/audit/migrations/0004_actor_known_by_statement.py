"""The actor of an audit entry is looked for once a statement: a foreign key asks at each of an import's 50,000 entries.

As strict as the key: a user who is named must be there and stays locked against removal until the transaction ends,
and a user whom an entry names is not removed. Locked for a moment only; what is there was held by the key.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CREATE = """
CREATE FUNCTION hold_known_users(named bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held bigint;
BEGIN
    PERFORM FROM accounts_user WHERE id = ANY(named) FOR KEY SHARE;
    GET DIAGNOSTICS held = ROW_COUNT;
    IF held <> cardinality(named) THEN
        RAISE foreign_key_violation USING MESSAGE = 'there is no such user';
    END IF;
END $$;

CREATE FUNCTION audit_actor_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hold_known_users(ARRAY(SELECT DISTINCT actor_id FROM added WHERE actor_id IS NOT NULL));
    RETURN NULL;
END $$;
CREATE TRIGGER audit_actor_known AFTER INSERT ON audit_auditevent
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_actor_known();

CREATE FUNCTION audit_actor_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM audit_auditevent WHERE actor_id = OLD.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'audit entries name this user';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER audit_actor_stays BEFORE DELETE ON accounts_user FOR EACH ROW EXECUTE FUNCTION audit_actor_stays();
"""
DROP = """
DROP TRIGGER audit_actor_stays ON accounts_user;
DROP FUNCTION audit_actor_stays();
DROP TRIGGER audit_actor_known ON audit_auditevent;
DROP FUNCTION audit_actor_known();
DROP FUNCTION hold_known_users(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_search_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="actor",
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

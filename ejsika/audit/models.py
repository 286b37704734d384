"""Who did what to which row, when: written in the transaction of the change, never altered afterwards."""

import json

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class AuditEvent(models.Model):
    """One act. `target` is named by model label and key, so that lower rooms can tell of higher ones."""

    at = models.DateTimeField(db_default=Now())
    # Without an index of its own: audit_by_actor begins with it. Whether there is this user is asked once a statement
    # (audit_actor_known), not at each of an import's entries.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    data = models.JSONField(db_default={}, default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["target_kind", "target_id", "-id"], name="audit_by_target"),
            # What the search reads, the newest first: all, one person's, one kind of act.
            models.Index(fields=["at", "id"], name="audit_by_time"),
            models.Index(fields=["actor", "at", "id"], name="audit_by_actor"),
            models.Index(fields=["action", "at", "id"], name="audit_by_action"),
        ]

    def __str__(self):
        return f"{self.action} {self.target_kind} {self.target_id}"


def record(action: str, *, target: models.Model, by, **data) -> AuditEvent:
    """Write one audit entry; call it inside the transaction of the change. `by` None means the system itself."""
    return AuditEvent.objects.create(
        action=action, actor=by, target_kind=target._meta.label_lower, target_id=target.pk, data=data
    )


# The same as a part of a longer statement, for what is done all day long; its parameters are those of record_values.
RECORD = """INSERT INTO audit_auditevent (action, actor_id, target_kind, target_id, data)
    VALUES (%(action)s, %(actor)s, %(target_kind)s, %(target_id)s, %(data)s::jsonb)"""


def record_values(action: str, *, target: models.Model, by, **data) -> dict:
    return {
        "action": action,
        "actor": by and by.pk,
        "target_kind": target._meta.label_lower,
        "target_id": target.pk,
        "data": json.dumps(data),
    }


def record_many(action: str, *, model: type[models.Model], by, entries: list[tuple[int, dict]]) -> None:
    """Write one audit entry for each (id, data) of many rows of a model. Cost: one statement a thousand."""
    kind = model._meta.label_lower
    events = [
        AuditEvent(action=action, actor=by, target_kind=kind, target_id=target_id, data=data)
        for target_id, data in entries
    ]
    AuditEvent.objects.bulk_create(events, batch_size=1_000)

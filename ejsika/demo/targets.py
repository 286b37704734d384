"""Targets of the present year: the same for every assistant, larger ones for koordinators and their kabupaten/kota."""

import datetime

from psycopg.types.json import Jsonb

from assistance_logs.targets.models import Target, TargetKind
from ejsika.accounts.models import User
from ejsika.audit.models import AuditEvent
from ejsika.demo.users import Users, coordinators
from ejsika.lib.copying import copy_rows

FOR_EACH = {
    TargetKind.VISITS: 520,
    TargetKind.SESSIONS: 60,
    TargetKind.ASSESSMENTS: 72,
    TargetKind.GRADUATIONS: 10,
}
UNDECIDED = "3674"  # has set none: what is not known is shown as such


def write_targets(cursor, users: Users, today: datetime.date) -> None:
    """Give every assistant, koordinator and kabupaten/kota that has no target one; others keep theirs."""
    busy = [assistant for assistant in users.assistants if assistant.families and assistant.regency != UNDECIDED]
    holders = [((assistant.id, None), 1) for assistant in busy]
    for code, username in coordinators().items():
        count = sum(assistant.regency == code for assistant in busy)
        if count:
            holders += [((users.ids[username], None), count), ((None, code), count)]
    known = set(Target.objects.values_list("user", "region"))
    new = [(holder, count) for holder, count in holders if holder not in known]
    first, by = today.replace(month=1, day=1), users.ids["admin"]
    columns = ["kind", "user_id", "region_code", "per_year", "valid_from", "set_by_id"]
    rows = [
        (kind.value, *holder, number * count, first, by) for holder, count in new for kind, number in FOR_EACH.items()
    ]
    copy_rows(cursor, Target, columns, rows)
    told = [
        (by, "target.set", User._meta.label_lower if user else "regions.region", user or int(code), _data(count, first))
        for (user, code), count in new
    ]
    copy_rows(cursor, AuditEvent, ["actor_id", "action", "target_kind", "target_id", "data"], told)


def _data(count: int, first: datetime.date) -> Jsonb:
    changes = {kind.value: [None, number * count] for kind, number in FOR_EACH.items()}
    return Jsonb({"changes": changes, "on": first.isoformat()})

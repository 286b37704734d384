"""What the assistants could not do this month, and which of the last visits a koordinator should look at."""

import datetime

from assistance_logs.leaves.actions import ask
from assistance_logs.leaves.models import LeaveReason
from assistance_logs.obligations.duties import DutyKind, date, open_duties
from assistance_logs.review.flags import refresh_flags
from beneficiaries.figures import View
from ejsika.accounts.models import User
from ejsika.demo.users import Users

LEAVE_DAYS_AGO, LEAVE_DAYS_AHEAD = 64, 12
ONE_IN = 9  # families whose visit is due has a hindrance
FLAGGED_DAYS = 21  # older visits have been looked at
REASONS = ["bencana", "bepergian", "cuti", "akses", "sakit"]
NOTES = ["Jembatan putus sejak banjir.", "Panen di kampung suami.", "", "Jalan longsor, menunggu alat berat.", ""]


def write_excuses(cursor, families: list, today: datetime.date) -> None:
    """Write an excuse for some of these families whose visit is due this month, with its audit entry."""
    month = View.month(today)
    ids = [family.id for family in families]
    values = {"ids": ids, "reasons": REASONS, "notes": NOTES, "day": max(month.start, today - datetime.timedelta(3))}
    within = "h.id = ANY(%(ids)s::bigint[])"
    cursor.execute(
        f"""WITH due AS (
            SELECT d.household, a.assistant_id, row_number() OVER (ORDER BY d.household) AS n
            FROM ({open_duties(date(today), within)}) d
            JOIN beneficiaries_assignment a ON a.household_id = d.household AND a.ended_on IS NULL
            WHERE d.kind = '{DutyKind.VISIT}' AND d.due_until < {date(month.end)}),
        added AS (
            INSERT INTO assistance_logs_excuse (household_id, month, reason, note, by_id, created_at, revoke_reason)
            SELECT household, {date(month.start)}, (%(reasons)s::text[])[1 + n / {ONE_IN} %% {len(REASONS)}],
                (%(notes)s::text[])[1 + n / {ONE_IN} %% {len(NOTES)}], assistant_id, %(day)s::date + time '09:00', ''
            FROM due WHERE n %% {ONE_IN} = 0 ON CONFLICT DO NOTHING RETURNING *)
        INSERT INTO audit_auditevent (at, actor_id, action, target_kind, target_id, data)
        SELECT created_at, by_id, 'duty.excused', 'beneficiaries.household', household_id,
            jsonb_build_object('excuse', id, 'reason', reason, 'note', note) FROM added ORDER BY id""",
        values,
    )


def write_leaves(users: Users, today: datetime.date) -> None:
    """Write leaves of the cast's assistant, once: one that is over, and one that waits for the koordinator."""
    people = User.objects.in_bulk([users.ids["pendamping"], users.ids["koordinator"]])
    assistant, coordinator = people[users.ids["pendamping"]], people[users.ids["koordinator"]]
    if assistant.leaves.exists():
        return
    for by, first, days, reason, note in (
        (coordinator, -LEAVE_DAYS_AGO, 4, LeaveReason.ILLNESS, "Rawat inap."),
        (assistant, LEAVE_DAYS_AHEAD, 6, LeaveReason.LEAVE, "Menikahkan adik."),
    ):
        start = today + datetime.timedelta(days=first)
        end = start + datetime.timedelta(days=days)
        ask(assistant=assistant, by=by, started_on=start, ended_on=end, reason=reason, note=note)


def flag_last_visits(cursor, families: list, today: datetime.date) -> None:
    """Flag these families' visits of the last weeks."""
    since = today - datetime.timedelta(days=FLAGGED_DAYS)
    cursor.execute(
        "SELECT id FROM assistance_logs_visit WHERE household_id = ANY(%s) AND happened_at >= %s ORDER BY id",
        [[family.id for family in families], since],
    )
    refresh_flags([key for (key,) in cursor.fetchall()], today)

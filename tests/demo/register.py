"""The invented programme as the tests make it, and a digest to compare two of them by."""

from django.core.management import call_command
from django.db import connection

SIZE = 200


def fill(households: int = SIZE, **options) -> None:
    call_command("demo", households=households, verbosity=0, **options)


def fingerprint(up_to: int | None = None) -> str:
    """A digest of what the families are, without ids; `up_to` leaves out families with a later id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT md5(string_agg(md5(concat_ws('|', h.kk, h.recipient_name, h.region_code, h.address, h.rt, h.phone,
                   h.latitude, h.longitude, h.account_digest, h.status, h.last_visited_on, u.username, a.started_on,
                   e.since, e.reason, e.letter, c.state, c.reasons, c.decided_on, m.niks, v.visits, s.lives)), ''
                   ORDER BY h.id))
               FROM beneficiaries_household h
               JOIN beneficiaries_assignment a ON a.household_id = h.id JOIN accounts_user u ON u.id = a.assistant_id
               JOIN beneficiaries_enrollment e ON e.household_id = h.id
               LEFT JOIN beneficiaries_graduationcase c ON c.enrollment_id = e.id
               LEFT JOIN LATERAL (SELECT array_agg(nik ORDER BY id) niks FROM beneficiaries_member
                   WHERE household_id = h.id) m ON true
               LEFT JOIN LATERAL (SELECT array_agg((uuid, happened_at, result, notes)::text ORDER BY id) visits
                   FROM assistance_logs_visit WHERE household_id = h.id) v ON true
               LEFT JOIN LATERAL (SELECT array_agg((assessed_on, floor, assets, monthly_income)::text ORDER BY id) lives
                   FROM beneficiaries_assessment WHERE household_id = h.id) s ON true
               WHERE %s::bigint IS NULL OR h.id <= %s""",
            [up_to, up_to],
        )
        return cursor.fetchone()[0]

"""What is due, and what flags a visit: how long they take at a size, as medians; the database's own time."""

import statistics
import time

ROUNDS = 7
# Visits of the last two years, spread over the families and their assistants as the log spreads them.
_FILL = """
    INSERT INTO assistance_logs_visit (uuid, outbox_version, household_id, assistant_id, kind, happened_at, result,
        person_met, topics, notes, follow_up, latitude, longitude, accuracy_m, is_current)
    SELECT gen_random_uuid(), 1, f.household_id, f.assistant_id, 'KR',
        now() - interval '730 days' * (1 - n::float8 / %(count)s), 'bertemu_pengurus', 'pengurus', '{usaha}',
        CASE WHEN n %% 3 = 0 THEN 'Catatan kunjungan nomor ' || n || ': usaha berjalan, anak sekolah, rumah bersih.'
            ELSE '' END, '', -6.5 + (n %% 997) / 1000.0, 106 + (n %% 991) / 1000.0, 12, true
    FROM generate_series(1, %(count)s) n
    JOIN (SELECT row_number() OVER (ORDER BY household_id) - 1 AS number, household_id, assistant_id
          FROM beneficiaries_assignment WHERE ended_on IS NULL) f ON f.number = n * 7919::bigint %% %(families)s"""


def measure(households: int, visits: int) -> dict[str, float]:
    """Time everything over one database of this size, filled up to so many visits: {what: ms}."""
    from django.db import connection, connections
    from django.utils import timezone

    from assistance_logs.models import Visit
    from assistance_logs.obligations.duties import date, open_duties
    from assistance_logs.review.flags import refresh_flags
    from assistance_logs.worklist import day_of
    from beneficiaries import tallies
    from ejsika.accounts.models import User
    from tests.bench.data import prepare

    database = database_of(households)
    prepare(database, households)
    connections.databases["default"]["NAME"] = database
    connection.close()
    duties = f"SELECT count(*), max(due_until) FROM ({open_duties(date(timezone.localdate()), 'true')}) d"
    assistant = User.objects.get(username="pendamping")
    found = {
        "jatuh tempo semua KPM": _median(lambda: _ask(duties)),
        "hitungan semua desa": _median(tallies.refresh_all, 2),
        "hari seorang pendamping": _median(lambda: day_of(assistant, timezone.localdate(), limit=20)),
    }
    _fill(visits)
    newest = list(Visit.objects.filter(assistant=assistant).order_by("-pk").values_list("pk", flat=True)[:200])
    found[f"bendera kunjungan baru, {Visit.objects.count()} kunjungan"] = statistics.median(
        _median(lambda key=key: refresh_flags([key]), 1) for key in newest
    )
    return found


def database_of(households: int) -> str:
    """One of its own: so full a log would change what pages are measured on."""
    return f"bench_log_{households}"


def show(found: dict[str, float]) -> None:
    for what, ms in found.items():
        print(f"{what:60}{ms:>10.1f} ms")


def _ask(sql: str) -> tuple:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def _fill(visits: int) -> None:
    from django.db import connection

    present, families = _ask(
        """SELECT (SELECT count(*) FROM assistance_logs_visit), count(*) FROM beneficiaries_assignment
        WHERE ended_on IS NULL"""
    )
    with connection.cursor() as cursor:
        if present < visits:  # of a series the planner expects a thousand rows, and would join each by itself
            cursor.execute("SET enable_nestloop = off")
            cursor.execute(_FILL, {"count": visits - present, "families": families})
            cursor.execute("RESET enable_nestloop")
        cursor.execute("ANALYZE assistance_logs_visit")


def _median(call, rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)

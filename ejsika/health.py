"""/healthz: is all well? For load balancers and for whoever started the server."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ejsika.database.programs import ServerError

# The worker writes a heartbeat every 10 s; its own queue takes it for dead after 30 s too.
WORKER_SILENCE = timedelta(seconds=30)


@require_safe
@login_not_required
def healthz(request):
    parts = {"web": "ok", **database_and_worker()}
    is_well = set(parts.values()) == {"ok"}
    return JsonResponse({"status": "ok" if is_well else "gangguan", **parts}, status=200 if is_well else 503)


def database_and_worker() -> dict[str, str]:
    """One query; without a database nothing is known of the worker."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
            (heartbeat,) = cursor.fetchone()
    except (DatabaseError, ServerError):
        return {"database": "tidak menjawab", "worker": "tidak diketahui"}
    is_alive = heartbeat is not None and timezone.now() - heartbeat < WORKER_SILENCE
    return {"database": "ok", "worker": "ok" if is_alive else "tidak berjalan"}

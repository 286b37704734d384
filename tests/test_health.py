import pytest
from django.db import connection
from django.test import Client

from ejsika.database.programs import ServerError

pytestmark = pytest.mark.django_db


def beat(ago):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)", [ago])


def test_all_is_well_without_a_login(client):
    beat("5 seconds")
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "web": "ok", "database": "ok", "worker": "ok"}


@pytest.mark.parametrize("ago", [None, "40 seconds"], ids=["no worker", "worker that fell silent"])
def test_missing_worker_is_named(client, ago):
    if ago:
        beat(ago)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "gangguan", "web": "ok", "database": "ok", "worker": "tidak berjalan"}


def test_missing_database_is_named(client, monkeypatch):
    def refuse():
        raise ServerError("PostgreSQL tidak mau mulai.")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "tidak menjawab"
    assert answer.json()["worker"] == "tidak diketahui"


def test_only_reading_is_allowed():
    assert Client().post("/healthz").status_code == 405

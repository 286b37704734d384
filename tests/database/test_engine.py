"""Who connects needs to know nothing about the server: Django's engine and the worker's connection wake it."""

import asyncio

import psycopg
import pytest
from django.db import connections
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app

from ejsika.database.base import DatabaseWrapper, embedded_server
from ejsika.database.worker import WakingConnection, worker_connector
from tests.database.conftest import kill


@pytest.fixture
def engine(server, django_db_blocker):
    settings = connections["default"].settings_dict
    wrapper = DatabaseWrapper(
        settings | {"EMBEDDED": server.folder, "EMBEDDED_OPTIONS": server.options, "NAME": "ejsika"}, "other"
    )
    with django_db_blocker.unblock():
        yield wrapper


def number(engine):
    """Connect as Django does; what it does next needs an alias of the settings."""
    with engine.get_new_connection(engine.get_connection_params()) as connection:
        return connection.execute("SELECT 1").fetchone()[0]


def test_connecting_starts_the_server_and_starts_it_again(engine, server):
    assert server.running() is None
    assert number(engine) == 1
    kill(server)
    assert number(engine) == 1


def test_stale_address_is_looked_up_again(engine, server):
    params = engine.get_connection_params() | {"host": "/nowhere"}
    engine.get_new_connection(params).close()


def test_refusal_of_a_live_server_is_not_tried_again(engine):
    engine.settings_dict["NAME"] = "absent"
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        number(engine)


def test_shell_of_the_database_gets_the_socket_and_the_wheels_psql(engine, server):
    arguments, _ = engine.client_class.settings_to_cmd_args_env(engine.settings_dict, ["-c", "SELECT 1"])
    assert arguments[0].endswith("/bin/psql")
    assert server.running().socket in arguments


def test_server_of_the_outside_is_left_alone():
    wrapper = DatabaseWrapper(
        connections["default"].settings_dict | {"EMBEDDED": None, "HOST": "db.example.org", "PORT": "5433"}, "other"
    )
    assert embedded_server(wrapper.settings_dict) is None
    assert wrapper.get_connection_params()["host"] == "db.example.org"


def test_worker_connection_wakes_the_server(engine, server, monkeypatch):
    monkeypatch.setitem(connections["default"].settings_dict, "EMBEDDED", server.folder)
    monkeypatch.setitem(connections["default"].settings_dict, "EMBEDDED_OPTIONS", server.options)
    params = engine.get_connection_params()
    kill(server)

    async def connect():
        connection = await WakingConnection.connect(**{**params, "cursor_factory": None})
        await connection.close()

    asyncio.run(connect())
    assert server.running()


def test_queue_gives_its_worker_our_connection():
    assert app.connector.get_worker_connector is worker_connector
    assert isinstance(worker_connector(), PsycopgConnector)

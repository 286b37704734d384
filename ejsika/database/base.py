"""The engine `ejsika.database`: Django's PostgreSQL, which wakes the embedded server when that is the one meant.

Web, commands, shell and tests all connect through here, so none of them needs to know about the server.
"""

import re
import time
from functools import lru_cache
from itertools import count

from django.db import InterfaceError, OperationalError
from django.db.backends.postgresql import base, client, operations

from ejsika.database.programs import ServerError, program
from ejsika.database.server import PORT, Server

RETRY_SECONDS = 20
# What says that the database went away, or has no room: COPY raises psycopg's own errors, past Django.
GONE = (OperationalError, InterfaceError, base.Database.OperationalError, base.Database.InterfaceError, ServerError)


def embedded_server(settings_dict: dict) -> Server | None:
    """Give the server that these settings mean, or None when they name one of the outside."""
    folder = settings_dict.get("EMBEDDED")
    if not folder:
        return None
    # The name of a test database is not the cluster's own: that one is only there to be made with it.
    return Server(folder, "ejsika", settings_dict["USER"], settings_dict.get("EMBEDDED_OPTIONS"))


def is_down(error: base.Database.OperationalError) -> bool:
    """Tell a server that is not there, or just starting, recovering or stopping, from one that answers no."""
    text = str(error)
    return "FATAL:" not in text or "the database system is" in text


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict, parameters):
        server = embedded_server(settings_dict)
        if server is None:
            return super().settings_to_cmd_args_env(settings_dict, parameters)
        here = settings_dict | {"HOST": server.ensure(), "PORT": PORT}
        arguments, variables = super().settings_to_cmd_args_env(here, parameters)
        return [program("psql"), *arguments[1:]], variables


class PlannedCursor(base.CursorMixin, base.Database.RawCursor):
    """Statements that are planned once and kept (see planned_cursor)."""

    def execute(self, query, params=None):
        if params is not None:
            query, names = _numbered(query)
            params = [params[name] for name in names] if names else params
        return super().execute(query, params, prepare=True)


@lru_cache(500)
def _numbered(query: str) -> tuple[bytes, list[str]]:
    """A statement with its parameters as PostgreSQL numbers them, and their names if they have any.

    psycopg would look for them each time, which for the longest takes as long as to answer it.
    """
    names, places = {}, count(1)

    def number(found: re.Match) -> str:
        if found[0] == "%%":
            return "%"
        return f"${names.setdefault(found[1], len(names) + 1) if found[1] else next(places)}"

    return re.sub(r"%(?:%|s|\((\w+)\)s)", number, query).encode(), list(names)


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor, sql, params):
        """What the log of queries tells, also of a planned one: the statement with its values."""
        if isinstance(cursor, PlannedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient
    ops_class = DatabaseOperations

    def planned_cursor(self):
        """A cursor for a long statement with few values, which takes longer to plan than to run.

        PostgreSQL plans it once a connection, for whatever values come, so that each value must mean about as much
        work as any other; it plans anew when tables or their statistics change.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(PlannedCursor(self.connection))

    def init_connection_state(self):
        """Say how planned statements are meant, before any transaction that might take it back."""
        super().init_connection_state()
        self.connection.prepare_threshold = 0  # for PlannedCursor: Django's own cursors keep no statement
        self.connection.execute("SET plan_cache_mode = force_generic_plan")

    def get_connection_params(self):
        params = super().get_connection_params()
        params.setdefault("connect_timeout", 10)
        if server := embedded_server(self.settings_dict):
            params |= {"host": server.ensure(), "port": PORT}
        return params

    def get_new_connection(self, conn_params):
        """Connect; after a refusal make sure again that the embedded server runs, since a live pid is no proof."""
        server = embedded_server(self.settings_dict)
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            try:
                return super().get_new_connection(conn_params)
            except base.Database.OperationalError as error:
                if server is None or not is_down(error) or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)
            conn_params = conn_params | {"host": server.ensure()}

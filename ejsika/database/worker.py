"""How the queue's worker connects: it goes around the engine, with a pool and a LISTEN connection of its own.

Left alone it asks once for parameters, and when PostgreSQL dies its LISTEN ends on the refused reconnect: the worker
then stops, or polls on slowly without a word.
"""

import asyncio
import time

import psycopg
from django.db import connections
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django.utils import connector_params

from ejsika.database.base import embedded_server, is_down

RETRY_SECONDS = 60


class WakingConnection(psycopg.AsyncConnection):
    @classmethod
    async def connect(cls, conninfo: str = "", **kwargs):
        """Try for up to a minute, waking the embedded server if it is down."""
        server = embedded_server(connections["default"].settings_dict)
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            if server:
                kwargs["host"] = await asyncio.to_thread(server.ensure)
            try:
                return await super().connect(conninfo, **kwargs)
            except psycopg.OperationalError as error:
                if not is_down(error) or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.2)


def on_app_ready(app: App) -> None:
    """Give the worker, and only it, its connector: at this moment every process passes, and none may connect."""
    app.connector.get_worker_connector = worker_connector


def worker_connector() -> PsycopgConnector:
    """Keep few connections: after PostgreSQL's death the pool waits 1, 2, 4 … s for each dead one that it meets."""
    return PsycopgConnector(
        kwargs=connector_params("default"), connection_class=WakingConnection, min_size=1, max_size=4
    )

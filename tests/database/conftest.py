import os
import pwd
import signal
import time
from pathlib import Path

import pytest

from ejsika.database.programs import UNSHARE, Identity, can_reach, dropped_to, succeeds
from ejsika.database.server import Server

OPTIONS = {"fsync": "off", "max_connections": "20", "shared_buffers": "16MB"}


def kill(server: Server) -> int:
    """Kill the server and wait until it is gone: a signal only asks."""
    pid = server.running().pid
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.running() and time.monotonic() < deadline:
        time.sleep(0.01)
    return pid


@pytest.fixture
def make_server(open_folder):
    """Make servers that are stopped at the end, before the open folder goes in which they may stand."""
    made = []

    def make(folder: Path) -> Server:
        made.append(Server(folder, "ejsika", "app", OPTIONS))
        return made[-1]

    yield make
    for server in made:
        server.stop(patience=5)


@pytest.fixture
def server(make_server, open_folder):
    return make_server(open_folder / "pg")


@pytest.fixture
def as_root():
    if os.geteuid() != 0:
        pytest.skip("only root is refused by PostgreSQL")


@pytest.fixture
def with_namespaces(as_root):
    if not succeeds(Identity(0, 0, prefix=UNSHARE), ["true"]):
        pytest.skip("user namespaces are not allowed here")


@pytest.fixture
def as_root_beside_nobody(as_root, open_folder):
    user = pwd.getpwnam("nobody")
    if not can_reach(dropped_to(user.pw_uid, user.pw_gid), open_folder):
        pytest.skip("the programs lie below a private folder")

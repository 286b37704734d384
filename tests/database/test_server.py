"""The embedded server: found, made, started, recovered and stopped, in folders of the tests' own."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from ejsika.database.programs import ServerError, identity_for
from ejsika.database.server import PORT
from tests.database.conftest import kill

ROOT = Path(__file__).resolve().parents[2]
START = """
import sys
from ejsika.database.server import Server
print(Server(sys.argv[1], "ejsika", "app", {"fsync": "off", "max_connections": "20"}).ensure())
"""
# A container's first process often waits for nothing, so what ends stays a zombie below it.
START_BELOW_ONE_THAT_DOES_NOT_WAIT = f"""
import time
from ejsika.database.processes import adopt_orphans
adopt_orphans()
{START}
sys.stdout.flush()
time.sleep(60)
"""


def ask(server, sql):
    with psycopg.connect(host=server.ensure(), port=PORT, user="app", dbname="ejsika", autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def start_elsewhere(server, code=START):
    return subprocess.Popen(
        [sys.executable, "-c", code, str(server.folder)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_life_of_a_server(server):
    assert server.running() is None
    assert not server.folder.exists(), "looking must not make anything"
    assert server.stop() is False

    ask(server, "CREATE TABLE kept AS SELECT 1 AS number")
    assert ask(server, "SHOW listen_addresses") == ""
    assert ask(server, "SHOW server_encoding") == "UTF8"
    first = server.running()
    assert ask(server, "SELECT number FROM kept") == 1
    assert server.running() == first

    assert server.stop() is True
    assert server.running() is None
    assert ask(server, "SELECT number FROM kept") == 1


def test_killed_server_starts_again_with_its_data(server):
    ask(server, "CREATE TABLE kept AS SELECT 1 AS number")
    first = kill(server)
    assert ask(server, "SELECT number FROM kept") == 1
    assert server.running().pid != first


def test_number_of_another_process_is_not_taken_for_the_server(server):
    server.ensure()
    kill(server)
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert server.running() is None
    assert ask(server, "SELECT 1") == 1


def test_zombie_is_not_taken_for_the_server(server):
    starter = start_elsewhere(server, START_BELOW_ONE_THAT_DOES_NOT_WAIT)
    try:
        assert starter.stdout.readline()
        first = kill(server)
        assert ask(server, "SELECT 1") == 1
        assert server.running().pid != first
        assert ") Z " in Path(f"/proc/{first}/stat").read_text()
    finally:
        starter.kill()
        starter.communicate()


def test_processes_that_start_at_once_share_one_server(server):
    starters = [start_elsewhere(server) for _ in range(4)]
    answers = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0] * 4, answers
    assert len(set(answers)) == 1
    assert server.running()
    assert not list(server.folder.glob("new-*"))


def test_killed_making_leaves_nothing_that_looks_like_a_cluster(server):
    half = server.folder / "new-half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert ask(server, "SELECT 1") == 1
    assert not half.exists()


def test_long_and_odd_paths(make_server, open_folder):
    server = make_server(open_folder / 'a b, it\'s "quoted" `$HOME`' / ("long" * 25) / "pg")
    assert ask(server, "SELECT 1") == 1
    socket = Path(server.running().socket)
    assert not socket.is_relative_to(server.folder)
    assert socket.stat().st_mode & 0o777 == 0o700
    server.stop()
    socket.rmdir()


def test_socket_folder_of_somebody_else_is_refused(make_server, open_folder):
    server = make_server(open_folder / ("long" * 25))
    server.ensure()
    socket = Path(server.running().socket)
    server.stop()
    socket.chmod(0o777)
    with pytest.raises(ServerError, match="Folder soket"):
        server.ensure()
    socket.rmdir()


def test_as_root_it_runs_as_nobody_where_nobody_gets_to(make_server, open_folder, as_root_beside_nobody):
    assert identity_for(open_folder, None).prefix == ()
    server = make_server(open_folder / "pg")
    server.ensure()
    assert Path(f"/proc/{server.running().pid}").stat().st_uid != 0
    server.stop()
    open_folder.chmod(0o700)
    for use in (server.ensure, server.require_own):
        with pytest.raises(ServerError, match="tidak lagi terjangkau"):
            use()


def test_below_a_private_folder_of_root_files_stay_roots(make_server, open_folder, with_namespaces):
    open_folder.chmod(0o700)
    server = make_server(open_folder / "pg")
    assert ask(server, "SELECT 1") == 1
    assert server.data.stat().st_uid == 0


def test_cluster_of_another_user_is_refused_in_one_line(make_server, open_folder, as_root):
    server = make_server(open_folder / "pg")
    server.ensure()
    code = f"""
import os
from ejsika.database.programs import ServerError
from ejsika.database.server import Server
os.setgroups([]), os.setgid(4321), os.setuid(4321)
for use in ("ensure", "running", "stop", "require_own"):
    try:
        getattr(Server({str(server.folder)!r}, "ejsika", "app"), use)()
    except ServerError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 4, done
    assert all("dimulai sebagai root: pakai root, atau hapus" in line for line in lines)


@pytest.mark.parametrize("name", ["pg", "data"])
def test_unusable_folder_is_said_in_one_line(server, name):
    place = {"pg": server.folder, "data": server.data}[name]
    place.parent.mkdir(exist_ok=True)
    place.write_text("no folder")
    with pytest.raises(ServerError) as error:
        server.ensure()
    assert str(server.folder) in str(error.value)
    assert "\n" not in str(error.value)


def test_broken_configuration_is_said_with_postgresqls_own_words(server):
    server.ensure()
    server.stop()
    server.options["max_connections"] = "many"
    with pytest.raises(ServerError, match="max_connections"):
        server.ensure()

"""`manage.py run` for real: a fresh folder, web and worker up, killed parts back, everything gone at the end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ejsika.database.server import Server

ROOT = Path(__file__).resolve().parent.parent


def wait_until_healthy(port, seconds=90):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return answer.status
        except OSError:
            time.sleep(0.1)
    return None


def processes_of(folder):
    """Processes that were told this test's folder in their environment, or that work in it."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            told = (entry / "environ").read_bytes() + os.fsencode((entry / "cwd").readlink())
            command = (entry / "cmdline").read_text().replace("\0", " ")
        except (OSError, ValueError):
            continue
        if os.fsencode(folder) in told and int(entry.name) != os.getpid() and command:
            found[int(entry.name)] = command
    return found


def kill(folder, pattern):
    pid = next(pid for pid, command in sorted(processes_of(folder).items()) if re.search(pattern, command))
    os.kill(pid, signal.SIGKILL)


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def run(open_folder, port):
    variables = {"DJANGO_SETTINGS_MODULE": "tests.run_settings", "EJSIKA_TEST_FOLDER": str(open_folder)}
    started = []

    def begin():
        started.append(
            subprocess.Popen(
                [sys.executable, "manage.py", "run", "--port", str(port)],
                cwd=ROOT,
                env=os.environ | variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        )
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate()
    Server(open_folder / "pg", "ejsika", "app").stop(patience=2)


def test_life_of_an_installation(run, port, open_folder):
    process = run()
    assert wait_until_healthy(port) == 200, process.communicate(timeout=1)

    second = run()
    assert "sudah berjalan" in second.communicate(timeout=60)[0]
    assert second.returncode == 1

    for pattern in ("gunicorn", "procrastinate worker", r"bin/postgres -D"):
        kill(open_folder, pattern)
    time.sleep(0.5)
    assert wait_until_healthy(port) == 200

    began = time.monotonic()
    os.killpg(process.pid, signal.SIGTERM)
    said = process.communicate(timeout=30)[0]
    assert time.monotonic() - began < 5, said
    assert process.returncode == 0
    assert processes_of(open_folder) == {}
    assert said.count("dimulai lagi") >= 2


def test_taken_port_is_said_in_one_line(run, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        process = run()
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert said == f"CommandError: Port {port} sedang dipakai program lain: hentikan dulu program itu.\n"

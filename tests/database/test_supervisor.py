"""The supervisor with small children: whatever dies is started again, whatever ends it leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from ejsika.database.processes import parent_of

ROOT = Path(__file__).resolve().parents[2]
# The second child leaves a grandchild behind that ignores SIGTERM, in a session of its own.
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
SLEEPER = "import time; time.sleep(60)"
CODE = f"""
import sys, time
from pathlib import Path
from ejsika.database.processes import Parent
from ejsika.database.supervisor import Child, Supervisor
parent = Parent()
supervisor = Supervisor(Path("."), None, lambda line: print(line, flush=True))
if "attached" in sys.argv:
    supervisor.wants_end = parent.wants_end
python = sys.executable
stubborn = "import subprocess, sys, time; " \\
    "subprocess.Popen([sys.executable, '-c', {STUBBORN!r}], start_new_session=True); time.sleep(60)"
print("code", supervisor.complete(Child("once", [python, "-c", "raise SystemExit(7)"])), flush=True)
children = [Child("sleeper", [python, "-c", {SLEEPER!r}]), Child("other", [python, "-c", stubborn])]
try:
    supervisor.keep(children, None)
finally:
    supervisor.end()
print("ended", flush=True)
"""


def descendants(pid):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and parent_of(int(entry.name)) == pid:
            found += [int(entry.name), *descendants(int(entry.name))]
    return found


def wait_for(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.02)


def is_gone(pid):
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def ignore_interrupt():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.fixture
def start():
    started, tree = [], []

    def begin(*command, **options):
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True, **options
        )
        started.append(process)
        assert process.stdout.readline() == "code 7\n"
        wait_for(lambda: any(command[-1] == STUBBORN for command in map(command_of, descendants(process.pid))))
        tree.extend([process.pid, *descendants(process.pid)])
        return process

    yield begin
    for process in started:
        for pid in {*tree, *descendants(process.pid)}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize(
    ("number", "before"), [(signal.SIGINT, ignore_interrupt), (signal.SIGTERM, None)], ids=["ignored SIGINT", "SIGTERM"]
)
def test_signal_to_the_group_ends_every_process_within_five_seconds(start, number, before):
    process = start(sys.executable, "-c", CODE, preexec_fn=before)
    left = descendants(process.pid)
    began = time.monotonic()
    os.killpg(process.pid, number)
    assert process.communicate()[0] == "ended\n"
    assert time.monotonic() - began < 5
    assert all(is_gone(pid) for pid in left)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_child_that_dies_is_started_again(start, number):
    process = start(sys.executable, "-c", CODE)
    first = next(pid for pid in descendants(process.pid) if command_of(pid)[-1] == SLEEPER)
    os.kill(first, number)
    assert process.stdout.readline() == f"sleeper berhenti (kode {-number}): dimulai lagi.\n"
    wait_for(lambda: any(command_of(pid)[-1] == SLEEPER for pid in descendants(process.pid) if pid != first))


def test_children_die_with_a_killed_supervisor(start):
    process = start(sys.executable, "-c", CODE)
    children = [pid for pid in descendants(process.pid) if parent_of(pid) == process.pid]
    process.kill()
    wait_for(lambda: all(is_gone(pid) for pid in children))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_end_of_make_alone_is_noticed(start, tmp_path, number):
    (tmp_path / "run.py").write_text(CODE)
    (tmp_path / "Makefile").write_text(f"run:\n\t@{sys.executable} {tmp_path}/run.py attached\n")
    make = start("make", "-f", str(tmp_path / "Makefile"), "run", env=os.environ | {"PYTHONPATH": str(ROOT)})
    left = descendants(make.pid)
    os.kill(make.pid, number)
    wait_for(lambda: all(is_gone(pid) for pid in left))


PARENT = """
import signal, subprocess, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
child = subprocess.Popen([sys.executable, "-c", '''
from ejsika.database.processes import Parent
parent = Parent()
print("ready", flush=True)
while input():
    print(parent.wants_end(), flush=True)
'''], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
child.stdout.readline()
for how in (signal.SIG_BLOCK, signal.SIG_UNBLOCK, signal.SIG_BLOCK):
    signal.pthread_sigmask(how, {signal.SIGINT})
    child.stdin.write("?\\n")
    child.stdin.flush()
    print(child.stdout.readline(), end="", flush=True)
child.stdin.write("\\n")
child.stdin.flush()
child.wait()
"""


def test_end_is_noticed_where_make_still_held_its_signals_back_when_we_began():
    told = subprocess.run([sys.executable, "-c", PARENT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False", "True"]


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return [""]

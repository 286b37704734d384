"""Web, worker and PostgreSQL killed in the middle of imports; `make soak` does this fifty times."""

import secrets
import socket

from tests.faults.kills import Trial
from tests.faults.register import Register


def test_imports_end_whole_or_not_at_all_whatever_is_killed(open_folder):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    seed = secrets.randbelow(10**6)
    print("seed", seed)
    with Register(open_folder, port) as register:
        outcome = Trial(register, seed, rows=300).run(3)
        register.manage("check_tallies")
    assert outcome.faults == [], f"seed {seed}"
    assert outcome.imports == 3
    assert {victim for victim, _ in outcome.kills} == {"web", "worker", "postgres"}

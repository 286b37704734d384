"""make soak: many imports while processes are killed; tests/faults/test_kills.py does a few of them."""

import argparse
import os
import secrets
import socket
import sys
import tempfile
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"

import django


def main() -> None:
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--imports", type=int, default=50)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options = parser.parse_args()
    django.setup()
    from tests.faults.kills import Trial
    from tests.faults.register import Register

    with tempfile.TemporaryDirectory(prefix="ejsika-soak-", dir="/tmp") as name, socket.socket() as probe:
        folder = Path(name)
        folder.chmod(0o755)
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        print(f"{options.imports} impor, benih {options.seed}", flush=True)
        with Register(folder, port) as register:
            outcome = Trial(register, options.seed, options.rows, lambda line: print(line, flush=True)).run(
                options.imports
            )
            register.manage("check_tallies")
    kills = ", ".join(f"{victim}/{step} {count}" for (victim, step), count in sorted(outcome.kills.items()))
    print(f"dimatikan: {kills}")
    counts = f"{len(outcome.half)} setengah, {len(outcome.lost)} hilang, {len(outcome.stuck)} macet"
    print(f"{outcome.imports} impor: {counts}; terlama {outcome.longest:.1f} s")
    for fault in outcome.faults:
        print(fault)
    sys.exit(bool(outcome.faults))


if __name__ == "__main__":
    main()

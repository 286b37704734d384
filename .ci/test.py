"""The whole suite: what needs no browser in parallel, then the browser apart, since it needs the cores for itself."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APART = [f"--ignore=tests/{folder}" for folder in ("quality", "e2e", "bench")]
# Each process of the run, and each that a test starts, would compile the tests and all of ours anew.
VARIABLES = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
SUITES = {
    "tests": ["-n", "auto", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder", *APART],
    "tests/quality": ["-n", "2"],
    "tests/e2e": [],
}


def main() -> None:
    os.chdir(ROOT)
    codes, closing = [], []
    for folder, options in SUITES.items():
        if any(Path(folder).rglob("test_*.py")):
            code, last = run([sys.executable, "-m", "pytest", folder, *options])
            codes.append(code)
            closing.append(last)
    for line in closing:
        print(line)
    sys.exit(next((code for code in codes if code), 0))


def run(command: list[str]) -> tuple[int, str]:
    """Run pytest, show what it says as it says it, and keep its closing line."""
    color = ["--color=yes"] if sys.stdout.isatty() else []
    process = subprocess.Popen([*command, *color], env=VARIABLES, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    said = b""
    while part := os.read(process.stdout.fileno(), 65536):
        sys.stdout.buffer.write(part)
        sys.stdout.flush()
        said = (said + part)[-4096:]
    return process.wait(), said.decode(errors="replace").strip().rpartition("\n")[2]


if __name__ == "__main__":
    main()

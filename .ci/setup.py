"""Set up what a door needs: `python3 .ci/setup.py run|check|test`. Standard library only; does nothing twice.

As root missing system packages are installed; a normal user is told their names in one line (exit 2).
"""

import ctypes
import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from ejsika.database.processes import Parent  # noqa: E402

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = {"run": ["requirements.txt"], "check": ["requirements.txt", "tests/requirements.txt"]}
REQUIREMENTS["test"] = REQUIREMENTS["check"]
OLDEST = (3, 11)


def main(door: str) -> None:
    os.chdir(ROOT)
    # A script's `make run &` has SIGINT ignored, and pip would inherit that.
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if sys.version_info < OLDEST:
        fail(2, f"Perlu Python {OLDEST[0]}.{OLDEST[1]} atau lebih baru; ini {sys.version.split()[0]}.")
    with only_one():
        install_packages(missing_packages(door))
        install_requirements(door)


def fail(code: int, line: str) -> None:
    print(line, file=sys.stderr)
    sys.exit(code)


def only_one():
    try:
        Path("var").mkdir(exist_ok=True)
        lock = Path("var/setup.lock").open("a")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        fail(1, f"Folder {ROOT / 'var'} tidak bisa dipakai: {error.strerror}.")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def missing_packages(door: str) -> list[str]:
    packages = []
    can_make_venv = all(getattr(importlib.util.find_spec(name), "origin", None) for name in ("venv", "ensurepip"))
    if not can_make_venv and not is_current("run"):
        packages.append("python3-venv")
    if door == "test" and not shutil.which("chromium"):
        packages.append("chromium")
    if door == "test" and not has_library("libatomic.so.1"):  # the driver of the browser leans on it
        packages.append("libatomic1")
    return packages


def has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def install_packages(packages: list[str]) -> None:
    if not packages:
        return
    names = " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        fail(2, f"Belum terpasang: {names}. Pasang dulu, misalnya: sudo apt-get install {names}")
    print(f"Memasang {names} …", flush=True)
    quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    variables = {"DEBIAN_FRONTEND": "noninteractive"}
    if call([*quiet, "update"], variables) or call([*quiet, "install", "-y", *packages], variables):
        fail(2, f"apt-get tidak berhasil memasang {names}: sebabnya tertulis di atas.")


def install_requirements(door: str) -> None:
    if is_current(door):
        return
    if not os.access(PYTHON, os.X_OK) or subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode:
        print("Membuat .venv …", flush=True)
        if call([sys.executable, "-m", "venv", "--clear", str(VENV)]):
            fail(1, "Folder .venv tidak bisa dibuat: sebabnya tertulis di atas.")
    files = REQUIREMENTS[door]
    print(f"Memasang {files[-1]} …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    if call([*pip, "-r", files[-1]], {"PIP_ROOT_USER_ACTION": "ignore"}):
        fail(1, f"pip tidak berhasil memasang {files[-1]}: sebabnya tertulis di atas.")
    for name in ("run", door):
        stamp(name).write_text(wanted(name))


def is_current(door: str) -> bool:
    """Tell whether what the requirements say now was installed whole, for this Python."""
    return os.access(PYTHON, os.X_OK) and stamp(door).exists() and stamp(door).read_text() == wanted(door)


def stamp(door: str) -> Path:
    return VENV / f"installed-{len(REQUIREMENTS[door])}"


def wanted(door: str) -> str:
    return "\n".join(["{}.{}".format(*sys.version_info), *(Path(name).read_text() for name in REQUIREMENTS[door])])


def call(command: list[str], variables: dict[str, str] | None = None) -> int:
    """Run a command; end it when we are to end, which make does not always say."""
    parent = Parent()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=os.environ | (variables or {}))
    try:
        while True:
            try:
                return process.wait(0.3)
            except subprocess.TimeoutExpired:
                if parent.wants_end():
                    sys.exit(130)
    finally:
        process.terminate()


if __name__ == "__main__":
    main(sys.argv[1])

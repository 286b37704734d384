"""The gate without the tests: every step runs, also after one has failed, and the failed ones are named at the end."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# Secrets of a real server, thrown away with this process; no database is needed for the check.
PRODUCTION = {
    "DEBUG": "0",
    "EJSIKA_DEMO": "0",
    "EJSIKA_EMBEDDED_DATABASE": "1",
    "DATABASE_URL": "",
    "ALLOWED_HOSTS": "ejsika.example.org",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "SEAL_KEY": secrets.token_urlsafe(64),
}
# makemigrations reads the history in a database: an own cluster, so that no data and no running server is touched.
OWN_DATABASE = {"DJANGO_SETTINGS_MODULE": "tests.settings", "EJSIKA_TEST_FOLDER": "var/check"}
STEPS = {
    "ruff check": (["-m", "ruff", "check", "--quiet", "."], {}),
    "ruff format": (["-m", "ruff", "format", "--check", "--quiet", "."], {}),
    "makemigrations": (["manage.py", "makemigrations", "--check", "--dry-run"], OWN_DATABASE),
    "check --deploy": (["manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    "pip check": (["-m", "pip", "--disable-pip-version-check", "check"], {}),
}
AUDIT_SECONDS = 120


def main() -> None:
    os.chdir(ROOT)
    failed = []
    try:
        for name, (arguments, variables) in STEPS.items():
            print(f"== {name}", flush=True)
            if run(arguments, variables).returncode:
                failed.append(name)
    finally:
        run(["manage.py", "database", "stop", "--quiet"], OWN_DATABASE)
    print("== pip-audit", flush=True)
    if not audit():
        failed.append("pip-audit")
    print(f"make check: gagal: {', '.join(failed)}" if failed else "make check: semua baik", flush=True)
    sys.exit(bool(failed))


def run(arguments: list[str], variables: dict[str, str], **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [PYTHON, *arguments], env=os.environ | variables, stdin=subprocess.DEVNULL, text=True, **options
    )


def audit() -> bool:
    """Look up known vulnerabilities of what is installed; where there is no data, say so instead of passing."""
    frozen = Path("var/frozen.txt")
    frozen.write_text(run(["-m", "pip", "freeze"], {}, stdout=subprocess.PIPE).stdout)
    tool = [
        "-m",
        "pip_audit",
        "--no-deps",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "-f",
        "json",
        "-r",
        str(frozen),
    ]
    try:
        answer = run(tool, {}, capture_output=True, timeout=AUDIT_SECONDS)
        packages = json.loads(answer.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        print("DILEWATI: layanan data kerentanan tidak menjawab.")
        return True
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        print(f"DILEWATI: layanan data kerentanan tidak mengenal satu pun dari {len(packages)} paket.")
        return True
    found = [(package, fault) for package in known for fault in package["vulns"]]
    for package, fault in found:
        fixed = ", ".join(fault["fix_versions"]) or "belum ada"
        print(f"{package['name']} {package['version']}: {fault['id']} (diperbaiki di: {fixed})")
    print(f"{len(known)} dari {len(packages)} paket diperiksa, {len(found)} kerentanan.")
    return not found


if __name__ == "__main__":
    main()

"""The files for a real server agree with the code, with each other and with the page that tells how to use them."""

import configparser
import re
import subprocess
from pathlib import Path

import html5lib
import pytest
from django.conf import settings
from django.core.management import get_commands

from ejsika.lib.http import FORM_BYTES

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
NGINX = (DEPLOY / "ejsika.nginx.conf").read_text()
README = (ROOT / "README.md").read_text()
SECTION = README[README.index("## On a real server") : README.index("## Tests")]


def read_unit(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str
    unit.read_string(path.read_text())
    return unit


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_what_there_is_as_nobody_special(path):
    service = read_unit(path)["Service"]
    program, *arguments = service["ExecStart"].split()
    assert program.startswith("/opt/ejsika/.venv/bin/")
    assert service["WorkingDirectory"] == "/opt/ejsika"
    for argument in arguments:
        if argument.endswith(".py"):
            assert (ROOT / argument).is_file()
    if "manage.py" in arguments:
        assert arguments[arguments.index("manage.py") + 1] in get_commands()
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == ("ejsika", "yes", "strict")
    assert service["CapabilityBoundingSet"] == ""


def test_the_timer_starts_the_backup():
    assert (DEPLOY / "ejsika-backup.timer").exists()
    assert {path.stem for path in UNITS} == {"ejsika-web", "ejsika-worker", "ejsika-backup"}
    assert " backup " in read_unit(DEPLOY / "ejsika-backup.service")["Service"]["ExecStart"]


def test_nginx_lets_through_what_an_upload_may_have_and_no_more():
    size = int(re.search(r"client_max_body_size (\d+);", NGINX)[1])
    assert size == 80_000_000 + FORM_BYTES
    assert settings.ROSTER_MAX_BYTES == 80_000_000


def test_nginx_sets_what_is_trusted_and_asks_where_gunicorn_listens():
    assert f"server {gunicorn_bind()};" in NGINX
    assert "proxy_set_header X-Forwarded-Proto https;" in NGINX
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "proxy_set_header Host $host;" in NGINX


def gunicorn_bind() -> str:
    return re.search(r'^bind = "(.+)"', (ROOT / "ejsika/gunicorn.conf.py").read_text(), re.MULTILINE)[1]


def test_nginx_keeps_no_addresses():
    assert NGINX.count("access_log off;") == 2
    assert re.search(r"error_log \S+ crit;", NGINX)


@pytest.mark.parametrize("path", sorted((DEPLOY / "errors").glob("*.html")), ids=lambda path: path.name)
def test_pages_of_nginx_are_valid_and_named_in_its_settings(path):
    html5lib.HTMLParser(strict=True).parse(path.read_text())
    assert f"/galat/{path.name};" in NGINX
    assert "style=" not in path.read_text()


def test_pages_of_nginx_have_the_headers_of_ours():
    shown = NGINX[NGINX.index("location /galat/") :]
    kept_for = 'Strict-Transport-Security "max-age=31536000; includeSubDomains; preload"'
    for header in (kept_for, "X-Content-Type-Options nosniff", 'Cache-Control "no-store"'):
        assert f"add_header {header} always;" in shown


def test_the_page_names_every_file_and_the_three_commands_of_an_upgrade():
    for path in DEPLOY.iterdir():
        known = path.name in SECTION or f"*{path.suffix}" in SECTION or path.is_dir()
        assert known, path.name
    upgrade = SECTION[SECTION.index("**Upgrade.**") :]
    commands = [line for line in upgrade.splitlines() if line.startswith("    ")]
    assert len(commands) == 3


def test_the_settings_that_the_page_asks_for_are_those_of_the_example():
    example = (ROOT / ".env.example").read_text()
    asked = re.findall(r"^    ([A-Z_]+)=", SECTION, re.MULTILINE)
    assert {"SECRET_KEY", "SEAL_KEY", "DATABASE_URL", "BEHIND_PROXY"} <= set(asked)
    for name in asked:
        assert re.search(rf"^#? ?{name}=", example, re.MULTILINE), name


def test_the_script_that_prepares_is_one():
    script = DEPLOY / "prepare"
    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", script], check=True)
    for command in re.findall(r"manage\.py (\w+)", script.read_text()):
        assert command in get_commands()

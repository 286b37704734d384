"""README and .env.example say what there is: every variable, command, door and role."""

import re
from pathlib import Path

from django.core.management import get_commands

from ejsika.accounts.permissions import ROLE_PERMISSIONS
from ejsika.demo import DEMO_PASSWORD
from ejsika.demo.users import CAST

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
OURS = ("ejsika", "beneficiaries", "assistance_logs", "reports")


def test_every_variable_is_explained_and_has_an_example():
    read = re.compile(r"""(?:env(?:\.\w+)?|secret)\(\s*"([A-Z_]+)\"""")
    variables = set(read.findall((ROOT / "ejsika/settings.py").read_text()))
    assert {"SECRET_KEY", "DATABASE_URL", "EJSIKA_DEMO"} <= variables
    example = (ROOT / ".env.example").read_text()
    for name in variables:
        assert f"`{name}`" in README, name
        assert re.search(rf"^#? ?{name}=", example, re.MULTILINE), name


def test_nothing_but_the_settings_reads_the_environment():
    for top in OURS:
        for path in (ROOT / top).rglob("*.py"):
            if path.name != "settings.py":
                text = path.read_text()
                assert not re.search(r"os\.getenv|environ\.Env|os\.environ\[", text), path


def test_every_command_of_ours_is_in_the_readme():
    commands = {name for name, app in get_commands().items() if str(app).startswith(OURS)}
    assert {"run", "database", "demo", "import_roster", "undo_import", "load_regions"} <= commands
    for name in commands:
        assert f"manage.py {name}" in README, name


def test_every_door_of_the_makefile_is_in_the_readme():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"run", "test", "check"} <= set(targets)
    for name in targets:
        assert f"make {name}" in README, name


def test_roles_in_the_readme_are_those_that_there_are():
    table = README[README.index("## Roles") : README.index("## Where things are")]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(ROLE_PERMISSIONS)


def test_every_demo_login_is_in_the_readme():
    start = README[README.index("## Quick start") : README.index("## Roles")]
    for username, *_ in CAST:
        assert f"`{username}`" in start, username
    assert f"`{DEMO_PASSWORD}`" in start


def test_files_that_the_readme_names_exist():
    for path in re.findall(r"`((?:\w+/)+[\w.]+\.(?:py|md|html|css|js|csv))`", README):
        assert (ROOT / path).is_file(), path

"""README and .env.example say what there is: every variable, command, door and role."""

import re
from pathlib import Path

from django.core.management import get_commands

from ejsika.accounts.permissions import Role

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


def test_every_role_is_in_the_readme():
    for role in Role.values:
        assert f"| `{role}` |" in README

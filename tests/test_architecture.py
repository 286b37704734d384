"""The shape of the house, kept by reading the code: one-way imports, closed doors, budgets, nothing inline."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Lower rooms first: a room imports from those before it and from itself, never from those behind it.
ROOMS = [
    "ejsika.database",
    "ejsika.lib",
    "ejsika.audit",
    "ejsika.regions",
    "ejsika.programs",
    "ejsika.accounts",
    "ejsika.jobs",
    "ejsika.files",
    "ejsika.outbox",
    "ejsika.imports",
    "beneficiaries",
    "assistance_logs",
    "reports",
    "ejsika.demo",
    "ejsika.home",
    "ejsika.health",
    "ejsika.errors",
    "ejsika.offline",
    "ejsika.urls",
]
ABOVE = {"ejsika.settings", "ejsika.wsgi"}
PYTHON = sorted(
    path
    for top in ("ejsika", "beneficiaries", "assistance_logs", "reports")
    for path in (ROOT / top).rglob("*.py")
    if "__pycache__" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STATIC = sorted(path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".js"})
SCOPED = "Household|Member|Enrollment|Assessment|Visit|VisitPhoto|Excuse|Group|GroupSession|GraduationCase|ImportBatch"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if module == room or module.startswith(f"{room}.")), None)


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in {name_of(path)}"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_imports_point_one_way(path):
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    here = room_of(module)
    if here is None or module in ABOVE:
        return
    for imported in imports(path):
        there = room_of(imported)
        assert there is None or ROOMS.index(there) <= ROOMS.index(here), f"{module} imports {imported}"


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_pages_read_scoped_models_through_their_two_doors(path):
    if (
        not {"views", "forms", "resources"} & {part.removesuffix(".py") for part in path.parts}
        and path.parts[len(ROOT.parts)] != "reports"
    ):
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        assert not re.search(rf"\b({SCOPED})\.objects\.(?!for_user\(|countable_by\(|none\()", line), (
            f"{name_of(path)}:{number}"
        )


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_modules_and_functions_keep_their_budgets(path):
    assert path.stem not in {"utils", "services", "selectors", "signals", "helpers"}
    if "migrations" in path.parts:
        return
    source = path.read_text()
    assert len(source.splitlines()) <= 350
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            assert length <= (30 if "views" in name_of(path) else 45), (
                f"{name_of(path)}: {node.name} has {length} lines"
            )


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=name_of)
def test_templates_and_static_files_keep_their_budget(path):
    assert len(path.read_text().splitlines()) <= 150


@pytest.mark.parametrize("path", [path for path in STATIC if path.suffix == ".js"], ids=name_of)
def test_scripts_never_make_html_from_strings(path):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", path.read_text()
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_hold_nothing_inline(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert not re.search(r"\s(style|on[a-z]+)=", text)
    assert not re.search(r"\s(hx-[a-z]+)=", text), "write data-hx-…"
    assert "|safe" not in text
    assert ".objects" not in text


@pytest.mark.parametrize("path", [*PYTHON, *TEMPLATES, *STATIC], ids=name_of)
def test_nothing_is_left_for_later_unsaid(path):
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text())


@pytest.mark.django_db
def test_migrations_match_the_models():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)

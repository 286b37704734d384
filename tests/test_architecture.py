"""The shape of the house, kept by reading the code: one-way imports, closed doors, budgets, nothing inline."""

import ast
import re
from functools import cache
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
UNNAMED = {"utils", "services", "selectors", "signals", "helpers"}
SCOPED = "Household|Member|Enrollment|Assessment|Visit|VisitPhoto|Excuse|Group|GroupSession|GraduationCase|ImportBatch"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def text_of(path: Path) -> str:
    return path.read_text()


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(text_of(path))))


def found_in(paths, pattern: str) -> list[str]:
    """Every place where a pattern stands: the file, the line, and the match."""
    return [
        f"{name_of(path)}:{text_of(path).count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for path in paths
        for match in re.finditer(pattern, text_of(path))
    ]


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if module == room or module.startswith(f"{room}.")), None)


def imports(path: Path) -> set[str]:
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_no_import_is_relative():
    found = [
        name_of(path) for path in PYTHON for node in nodes_of(path) if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert found == []


def test_imports_point_one_way():
    wrong = []
    for path in PYTHON:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        here = room_of(module)
        if here is None or module in ABOVE:
            continue
        for imported in imports(path):
            there = room_of(imported)
            if there is not None and ROOMS.index(there) > ROOMS.index(here):
                wrong.append(f"{module} imports {imported}")
    assert wrong == []


def is_of_pages(path: Path) -> bool:
    names = {part.removesuffix(".py") for part in path.parts}
    return bool({"views", "forms", "resources"} & names) or path.parts[len(ROOT.parts)] == "reports"


def test_pages_read_scoped_models_through_their_two_doors():
    pages = [path for path in PYTHON if is_of_pages(path)]
    assert found_in(pages, rf"\b({SCOPED})\.objects\.(?!for_user\(|countable_by\(|none\()") == []


def test_modules_keep_their_names_and_budgets():
    assert [name_of(path) for path in PYTHON if path.stem in UNNAMED] == []
    own = [path for path in PYTHON if "migrations" not in path.parts]
    assert [name_of(path) for path in own if len(text_of(path).splitlines()) > 350] == []


def test_functions_keep_their_budgets():
    wrong = []
    for path in PYTHON:
        most = 30 if "views" in name_of(path) else 45
        for node in nodes_of(path) if "migrations" not in path.parts else []:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                if length > most:
                    wrong.append(f"{name_of(path)}: {node.name} has {length} lines")
    assert wrong == []


def test_templates_and_static_files_keep_their_budget():
    assert [name_of(path) for path in [*TEMPLATES, *STATIC] if len(text_of(path).splitlines()) > 150] == []


def test_scripts_never_make_html_from_strings():
    scripts = [path for path in STATIC if path.suffix == ".js"]
    html = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert found_in(scripts, html) == []


@pytest.mark.parametrize(
    "inline",
    [
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
        r"\s(style|on[a-z]+)=",
        r"\s(hx-[a-z]+)=",  # write data-hx-…
        r"\|safe",
        r"\.objects",
    ],
)
def test_templates_hold_nothing_inline(inline):
    assert found_in(TEMPLATES, inline) == []


def test_nothing_is_left_for_later_unsaid():
    assert found_in([*PYTHON, *TEMPLATES, *STATIC], r"\b(TODO|FIXME|XXX|HACK)\b") == []


def test_there_is_something_to_read():
    assert len(PYTHON) > 300 and len(TEMPLATES) > 150 and len(STATIC) > 30


@pytest.mark.django_db
def test_migrations_match_the_models():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)

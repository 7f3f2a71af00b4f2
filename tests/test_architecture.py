"""The shape of the code itself: who may import what, how long things are, what the core may not touch."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src/dangui"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
CORE = sorted((SOURCE / "core").glob("*.py"))

MOST_CORE_LINES = 4_000
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 40

OWNERS = {
    "allauth": {"web"},
    "cryptography": {"signing", "store"},
    "django": {"api", "cli", "serving", "store", "web"},
    "gmssl_pyx": {"signing"},
    "granian": {"cli"},
    "ninja": {"api"},
    "psycopg": {"cli", "store", "web"},
    "psycopg_pool": {"store"},
    "pydantic": {"api"},
    "pypdfium2": {"render"},
    "typst": {"demo", "render"},
    "yaml": {"evaluate", "packs_yaml"},
}
"""Which parts may import a package that is not ours; every other part does without it."""

UNTOLD = {"now", "today", "utcnow", "random", "urandom", "token_hex", "uuid4", "open", "print", "sleep", "environ"}
"""What the core would have to find out by itself; it is told the time and fresh ids, and does no input or output."""


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def part(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module


def code_lines(path: Path) -> int:
    """Lines that are neither blank nor a comment nor part of a docstring."""
    text = path.read_text("utf-8")
    said = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(text.splitlines(), 1)
    return sum(1 for number, line in lines if number not in said and line.strip() and not line.lstrip().startswith("#"))


def test_nothing_points_back_and_every_module_has_its_place() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=SOURCE.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", CORE, ids=name)
def test_the_core_imports_only_the_standard_library_and_itself(path: Path) -> None:
    assert [
        each
        for each in imports(path)
        if each.partition(".")[0] not in sys.stdlib_module_names and not each.startswith("dangui.core")
    ] == []


@pytest.mark.parametrize("path", CORE, ids=name)
def test_the_core_is_told_the_time_and_does_no_input_or_output(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in called}
    assert names & UNTOLD == set()


def test_the_core_stays_small() -> None:
    assert sum(map(code_lines, CORE)) < MOST_CORE_LINES


def test_each_foreign_package_is_imported_only_by_its_owners() -> None:
    found: dict[str, set[str]] = {}
    for path in FILES:
        for each in imports(path):
            package = each.partition(".")[0]
            if package not in sys.stdlib_module_names and package != "dangui":
                found.setdefault(package, set()).add(part(path))
    strangers = {package: parts - OWNERS.get(package, set()) for package, parts in found.items()}
    assert {package: parts for package, parts in strangers.items() if parts} == {}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_file_and_no_function_is_too_long(path: Path) -> None:
    text = path.read_text("utf-8")
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES]
    long = [] if name(path) == "web/desk/samples.py" else long  # what the page of components shows: literals, no logic
    assert long == []
    assert len(text.splitlines()) <= MOST_FILE_LINES


@pytest.mark.parametrize("path", CORE, ids=name)
def test_a_module_of_the_core_begins_with_its_term_and_explains_its_names(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    first = (ast.get_docstring(tree) or "").splitlines()[0]
    assert " — " in first
    named = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert [node.name for node in named if not node.name.startswith("_") and not ast.get_docstring(node)] == []

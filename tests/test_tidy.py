"""Taste as a test: the budgets of size and the habits that keep the code readable."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "danqing"
MODULES = sorted(SOURCE.rglob("*.py"))
FUNCTION_LINES_MAX = 50
CLASS_LINES_MAX = 250
FILE_LINES_MAX = 400
PORT_METHODS_MAX = 6
BANNED_NAMES = {"utils", "helpers", "common", "misc", "base"}
# Function-local imports are for keeping `--help` fast; nothing else may hide one.
LOCAL_IMPORTS_ALLOWED = {"cli"}

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def test_there_is_something_to_measure() -> None:
    assert len(MODULES) > 50


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_is_tidy(module: Path) -> None:
    text = module.read_text()
    tree = ast.parse(text)
    assert module.stem not in BANNED_NAMES
    assert text.count("\n") <= FILE_LINES_MAX
    assert re.match(r"[^\n]+[.:,;]?", ast.get_docstring(tree) or ""), "says what it is for"
    for node in _definitions(tree):
        lines = (node.end_lineno or 0) - node.lineno + 1
        assert lines <= (CLASS_LINES_MAX if isinstance(node, ast.ClassDef) else FUNCTION_LINES_MAX), node.name
        if isinstance(node, ast.ClassDef) and _is_protocol(node):
            assert sum(isinstance(part, Definition) for part in node.body) <= PORT_METHODS_MAX, node.name
    if module.relative_to(SOURCE).parts[0].removesuffix(".py") not in LOCAL_IMPORTS_ALLOWED:
        assert not list(_local_imports(tree))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_what_is_public_is_explained(module: Path) -> None:
    tree = ast.parse(module.read_text())
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, Definition) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_the_tree_on_paper_is_the_tree() -> None:
    drawn = re.findall(r"^  ([a-z_]+)(?:/|\.py) ", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE)
    real = {path.stem for path in SOURCE.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert sorted(drawn) == sorted(name for name in real if not name.startswith("__"))


def test_the_repository_speaks_of_danqing_alone() -> None:
    """No registry hosts, no paths of one machine, no lock file that remembers where it downloaded from."""
    banned = r'"resolved": *"https?:|--(extra-)?index-url|https?://[a-z0-9.:-]+/simple|(^|[^a-z])/(home|root)/[a-z]'
    found = subprocess.run(
        ["git", "grep", "-nIE", banned, "--", ".", ":!tests/test_tidy.py"], cwd=ROOT, capture_output=True, text=True
    )
    assert found.stdout == ""


def _definitions(tree: ast.Module) -> Iterator[Definition]:
    return (node for node in ast.walk(tree) if isinstance(node, Definition))


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(isinstance(parent, ast.Name) and parent.id == "Protocol" for parent in node.bases)


def _local_imports(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom))

"""The shape of the code: who may import whom, and that things are found by name instead of being listed."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "danqing"
MODULES = sorted(SOURCE.rglob("*.py"))


def test_the_import_contracts_are_kept() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stdout


def test_the_contracts_catch_what_they_forbid() -> None:
    """A contract that names a module which does not exist would pass for ever."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = {name for row in contracts for name in (*row.get("source_modules", ()), *row.get("modules", ()))}
    for name in named:
        path = SOURCE.joinpath(*name.removesuffix(".*").split(".")[1:])
        assert path.is_dir() or path.with_suffix(".py").is_file(), name


def test_only_the_configuration_reads_the_environment() -> None:
    readers = {
        module.relative_to(SOURCE).as_posix()
        for module in MODULES
        if _mentions(module, {("os", "environ"), ("os", "getenv")})
    }
    assert readers == {"config/__init__.py"}


def test_torch_is_imported_nowhere_but_in_its_worker() -> None:
    importers = [module for module in MODULES if "torch" in _imports(module)]
    assert importers in ([], [SOURCE / "local" / "worker.py"])


@pytest.mark.parametrize("package", ["dialects", "providers", "prompts/translators"])
def test_no_part_is_named_by_anybody_but_itself(package: str) -> None:
    """Dialects, providers and translators are found by their file's name: nothing outside of `app` may list them."""
    within = package.replace("/", ".")
    parts = {f"danqing.{within}.{part.stem}" for part in (SOURCE / package).glob("*.py") if part.stem != "__init__"}
    for module in MODULES:
        inside = module.parent == SOURCE / package
        if not inside and module != SOURCE / "app.py":
            assert not parts & _imports(module), module


def _mentions(module: Path, attributes: set[tuple[str, str]]) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in attributes
        for node in ast.walk(ast.parse(module.read_text()))
    )


def _imports(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found

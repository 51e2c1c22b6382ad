"""Every cell of docs/recovery.md names a test that is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "recovery.md").read_text()
FAULTS = [
    "kill -9",
    "SIGTERM",
    "SIGSTOP and back",
    "database gone for 10 s",
    "disk full",
    "answer lost",
    "upstream gone",
]


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE))
    assert len(named) > 10
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}, (
            f"{path}::{name}"
        )


def test_every_state_meets_every_fault() -> None:
    for state in ("queued", "submitting", "running", "done"):
        [section] = re.findall(rf"^## [^\n]*`{state}`.*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
        rows = [row.strip("|").split("|") for row in section.splitlines() if row.startswith("| ")][1:]
        assert [cells[0].strip() for cells in rows] == FAULTS
        assert all("::test_" in cells[-1] for cells in rows)

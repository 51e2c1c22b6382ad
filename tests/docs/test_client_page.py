"""What docs/client.md shows runs as it is printed, and what it names is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from danqing import Client
from danqing.client.requests import FilmWishes
from serving import Server

PAGE = (Path(__file__).parents[2] / "docs" / "client.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{number}" for number in range(len(EXAMPLES))])
def test_an_example_runs_as_it_is_printed(example: str, server: Server, tmp_path: Path) -> None:
    named = {"DANQING_URL": server.url, "DANQING_KEY": server.key}
    where = {"DANQING_DATA": str(tmp_path / "data")} if "local()" in example else named
    run = subprocess.run(
        [sys.executable, "-c", example],
        cwd=tmp_path,
        env={**os.environ, **where},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert (run.returncode, run.stderr) == (0, "")
    for name in re.findall(r'save\("(\S+)"\)', example):
        assert (tmp_path / name).stat().st_size > 1000


def test_every_call_that_is_named_is_there() -> None:
    with Client("http://127.0.0.1:9", "nobody's") as client:
        named = re.findall(r"client\.(\w+)\.(\w+)\(", PAGE)
        for group, more in re.findall(r"^\| `client\.(\w+)\.(.*?) \|", PAGE, re.MULTILINE):
            named += [(group, name) for name in re.findall(r"`\.(\w+)\(", more)]
        assert len(named) > 15
        for group, name in named:
            assert callable(getattr(getattr(client, group), name))


def test_every_wish_is_told() -> None:
    told = re.search(r"takes (`model`.*?)\. Without", PAGE, re.DOTALL)
    assert told
    assert {
        *re.findall(r"`(\w+)`", told[1]),
        "max_cost",
        "deadline",
        "webhook",
        "once",
    } == FilmWishes.__annotations__.keys()

"""What docs/api.md says is so: its commands run, in their order, against a real server."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from contract.calls import new_key
from danqing.dialects.native import SUBJECTS
from danqing.front import Front
from serving import Server

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FRONT = Front(*[None] * 8)  # type: ignore[arg-type]  # nobody asks


def test_the_commands_run_as_they_are_printed(server: Server, tmp_path: Path) -> None:
    if not all(map(shutil.which, ("bash", "curl", "jq"))):
        pytest.skip("bash, curl and jq are not installed")
    text = "\n".join(BLOCKS).replace("localhost:8787", server.url)
    env = {"KEY": new_key(server, "reader"), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    assert '"admitted"\n"running"\n"produced"' in run.stdout
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made["fox.webp"][8:12] == b"WEBP"
    assert made["foxes.zip"].startswith(b"PK")
    assert made["shared.png"].startswith(b"\x89PNG")
    assert made["ledger.csv"].startswith(b"id,at,phase")


def test_every_path_that_it_names_is_there() -> None:
    paths = {call.operation.path for kind in SUBJECTS for call in kind(FRONT).calls()}
    there = {re.sub(r"\{\w+\}", "*", path) for path in paths} | {"/openapi.json"}
    named = set(re.findall(r"/api(/[\w/.-]+)", re.sub(r"\$\w+|\bID\b|\bNAME\b|veo-3.0[\w.-]+", "ANY", PAGE)))
    for path in named:
        assert path.rstrip(".").replace("ANY", "*") in there, path

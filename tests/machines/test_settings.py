"""What is wrong with the settings of a fleet is told in one sentence, without a password in it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from fleet import Fleet


def refused(folder: Path, env: Mapping[str, str], *words: str) -> str:
    """What a command says as it gives up."""
    command = [sys.executable, "-m", "danqing", *words, "--data", str(folder / "refused")]
    run = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1, run.stderr
    assert run.stderr.count("\n") == 1, run.stderr
    return run.stderr


def test_many_processes_need_a_database_that_they_can_share(tmp_path: Path) -> None:
    assert "DANQING_DATABASE" in refused(tmp_path, {}, "worker")
    assert "DANQING_DATABASE" in refused(tmp_path, {}, "serve", "--no-work", "--port", "0")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mysql://root:hunter2@host/name", "postgresql://"),
        ("postgresql://tester:hunter2@127.0.0.1:9/nowhere", "cannot be reached"),
    ],
)
def test_an_address_that_is_no_good(tmp_path: Path, address: str, says: str) -> None:
    told = refused(tmp_path, {"DANQING_DATABASE": address}, "serve", "--port", "0")
    assert says in told
    assert "hunter2" not in told


def test_a_secret_that_is_not_one(tmp_path: Path) -> None:
    assert "64 hexadecimal" in refused(tmp_path, {"DANQING_SECRET": "tr0ub4dor"}, "serve", "--port", "0")


def test_a_database_that_was_made_with_another_secret(machines: Fleet) -> None:
    machines.gateway()
    told = refused(machines.folder, machines.settings | {"DANQING_SECRET": "0f" * 32}, "worker")
    assert "made with another secret" in told

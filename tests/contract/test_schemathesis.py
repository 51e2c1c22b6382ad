"""Schemathesis asks the native API by its own description: no answer is the server's fault, and each has its shape.

The suite asks a few times for each call; `make fuzz` asks some 10,000 times in all.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from serving import Server

from .calls import new_key

PROGRAM = Path(__file__).parents[2] / ".venvs" / "schemathesis" / "bin" / "schemathesis"
CASES = int(os.environ.get("DANQING_FUZZ_CASES", "2"))
CHECKS = "not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance"
ENDLESS = ("/events", "/jobs/{job}/events")  # streams


def test_whatever_is_asked_is_answered_as_it_is_described(server: Server, tmp_path: Path) -> None:
    if not PROGRAM.exists():
        pytest.skip("Schemathesis is not installed; `make test` installs it")
    key = new_key(server, "fuzz", budget_usd="0")  # what is fine costs no time
    run = subprocess.run(
        [
            *(PROGRAM, "run", f"{server.url}/api/openapi.json", "-H", f"Authorization: Bearer {key}"),
            *(word for path in ENDLESS for word in ("--exclude-path", path)),
            *("--checks", CHECKS, "--phases", "examples,fuzzing", "--max-examples", str(CASES)),
            *("--seed", "1", "--no-shrink", "--continue-on-failure", "--warnings", "off"),
            *("--generation-with-security-parameters", "false", "--generation-database", "none"),
            *("--request-timeout", "60", "--suppress-health-check", "all"),
        ],
        cwd=tmp_path,  # it keeps what it found
        capture_output=True,
        text=True,
        timeout=CASES * 60 + 60,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "OTEL_SDK_DISABLED": "true"},
    )
    print(run.stdout[-1500:])
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    asked = re.search(r"(\d+) generated, (\d+) passed", run.stdout)
    assert asked
    assert int(asked[1]) == int(asked[2]) >= 100

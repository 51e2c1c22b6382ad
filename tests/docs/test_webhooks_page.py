"""docs/webhooks.md does what it says: its calls and its receiver run as they are printed."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from danqing.domain.webhooks import Event
from serving import Server

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
EXAMPLE = "https://example.com/done"
PATIENCE_S = 120

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [text for found, text in _FENCE.findall(PAGE.read_text()) if found == kind]


def run(block: str, server: Server, receiver: str) -> dict[str, object]:
    """What a block of the page prints, asked of a server, with a receiver of the reader's own."""
    text = block.replace("http://127.0.0.1:8787", server.url).replace("sk-test-***", server.key)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text.replace(EXAMPLE, receiver)], capture_output=True, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout or b"{}")


@pytest.mark.skipif(not shutil.which("bash") or not shutil.which("curl"), reason="bash and curl are not installed")
def test_the_page_runs_from_top_to_bottom(new_server: Callable[..., Server]) -> None:
    [webhook, single, secret] = blocks("bash")
    [program] = blocks("python")
    server = new_server({"DANQING_WEBHOOKS_PRIVATE": "true"})
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    receiver = f"http://127.0.0.1:{port}/done"
    assert str(run(webhook, server, receiver)["secret"]).startswith("whsec_")
    env = {**os.environ, "PORT": str(port), "WEBHOOK_SECRET": str(run(secret, server, receiver)["secret"])}
    with subprocess.Popen([sys.executable, "-c", program], env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            run(single, server, receiver)
            assert process.stdout
            said = process.stdout.readline().split()
        finally:
            process.kill()
    [job] = server.call("GET", "/api/jobs").json()["jobs"]
    assert said == ["job.done", job["id"], "ok"]


def test_every_event_is_on_the_page() -> None:
    assert {f"`{event.value}`" for event in Event} <= set(re.findall(r"^\| (`job\.\w+`) ", PAGE.read_text(), re.M))


def test_what_comes_is_json() -> None:
    [example] = blocks("json")
    assert set(msgspec.json.decode(example)) == {"type", "timestamp", "data", "user_metadata"}

"""What docs/mcp.md shows runs as it is printed, and its tools are those that there are."""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters

from danqing.wire.mcp import TOOLS, WAIT_S
from serving import Server

PAGE = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text()


def block(kind: str, server: Server) -> str:
    """The one block of its kind, with the address and the key of a server of the reader's own."""
    (text,) = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return text.replace("http://127.0.0.1:8787", server.url).replace("sk-test-***", server.key)


def test_the_example_runs_as_it_is_printed(server: Server) -> None:
    run = subprocess.run([sys.executable, "-c", block("python", server)], capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stderr) == (0, "")
    assert "Cost: $" in run.stdout


def test_the_settings_start_what_they_say(server: Server, tmp_path: Path) -> None:
    told = json.loads(block("json", server))["mcpServers"]["danqing"]
    assert told["command"] == "danqing"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(tmp_path), **told["env"]}
    start = StdioServerParameters(command=sys.executable, args=["-m", "danqing", *told["args"]], env=env)

    async def names() -> list[str]:
        async with Client(start) as agent:
            return [tool.name for tool in (await agent.list_tools()).tools]

    assert asyncio.run(names()) == list(TOOLS)


def test_the_table_is_the_tools() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(TOOLS)
    assert f"`wait_seconds` ({WAIT_S})" in PAGE

"""Agents at /mcp, asked with the protocol's own client: in the versions with a handshake and in those without one."""

import asyncio
import base64
import json
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from io import BytesIO
from types import SimpleNamespace

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, ImageContent, ResourceLink, TextContent
from PIL import Image
from starlette.requests import Request

from danqing.dialects.mcp.origins import require_known
from danqing.dialects.mcp.tools import Tools
from danqing.domain.errors import Problem
from danqing.domain.jobs import Job, State
from making import a_job
from serving import Server

from .calls import CENT, jobs, new_key, spent

MODEL = "imagen-4.0-generate-001"
FILMS = "veo-2.0-generate-001"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "spending", "arguments": {}}}
ACCEPT = {"accept": "application/json, text/event-stream"}


@asynccontextmanager
async def agent(server: Server, key: str, mode: str = "auto", **headers: str) -> AsyncIterator[Client]:
    """An agent's client. Header names have their hyphens as underscores."""
    sent = {"authorization": f"Bearer {key}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with (
        httpx2.AsyncClient(headers=sent, timeout=120) as http,
        Client(streamable_http_client(f"{server.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def ask(
    server: Server, key: str, work: Callable[[Client], Awaitable[CallToolResult]], mode: str = "auto", **headers: str
) -> CallToolResult:
    async def main() -> CallToolResult:
        async with agent(server, key, mode, **headers) as client:
            return await work(client)

    return asyncio.run(main())


def call(server: Server, key: str, name: str, **arguments: object) -> CallToolResult:
    return ask(server, key, lambda client: client.call_tool(name, arguments))


async def generate(wanted: dict[str, object], client: Client) -> CallToolResult:
    return await client.call_tool("generate_image", wanted)


def said(result: CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if isinstance(part, TextContent))


def test_a_picture_with_its_cost_its_link_and_its_progress(server: Server) -> None:
    key = new_key(server, "an agent")
    heard: list[float] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    async def work(client: Client) -> CallToolResult:
        tools = (await client.list_tools()).tools
        assert {"generate_image", "edit_image", "generate_video", "job_status"} <= {tool.name for tool in tools}
        assert "dry_run" in (client.instructions or "")
        wanted = {"prompt": "a red fox in the snow", "model": MODEL, "seed": 5}
        return await client.call_tool("generate_image", wanted, progress_callback=tell)

    result = ask(server, key, work)
    assert not result.is_error
    assert "Cost: $0.04 of play money." in said(result)
    assert "a sketch by the embedded Sketch engine, not a model's work" in said(result)
    (link,) = [part for part in result.content if isinstance(part, ResourceLink)]
    (preview,) = [part for part in result.content if isinstance(part, ImageContent)]
    with Image.open(BytesIO(base64.b64decode(preview.data))) as small:
        assert (preview.mime_type, small.format, max(small.size)) == ("image/webp", "WEBP", 256)
    found = call(server, key, "search_gallery", words="fox snow")
    assert [asset["prompt"] for asset in found.structured_content["found"]] == ["a red fox in the snow"]
    assert [part.data for part in found.content if isinstance(part, ImageContent)] == [preview.data]
    assert call(server, server.key, "search_gallery", words="nothing like it").structured_content["found"] == []
    with urllib.request.urlopen(link.uri) as answer:  # no key is needed
        assert (answer.headers["content-type"], len(answer.read())) == (link.mime_type, link.size)
    told = result.structured_content
    assert (told["charged"]["nanos"], told["sketch"], told["outputs"][0]["seed"]) == (spent(server, key), True, 5)
    assert heard == sorted(heard)
    assert heard
    edited = call(
        server, key, "edit_image", prompt="night", picture=f"files/{told['outputs'][0]['file']}", dry_run=True
    )
    assert edited.structured_content["parameters"]["pictures"] == 1


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_film_is_come_back_to(server: Server, mode: str) -> None:
    key = new_key(server, f"a patient agent, {mode}")

    async def work(client: Client) -> CallToolResult:
        wanted = {"prompt": "[danqing:slow=30] a fox", "model": FILMS, "seconds": 5, "wait_seconds": 0}
        begun = await client.call_tool("generate_video", wanted)
        assert "is still at work" in said(begun)
        assert begun.structured_content["held"]["nanos"] > 0
        job = begun.structured_content["job"]
        assert "still at work" in said(await client.call_tool("job_status", {"job": job}))
        ended = await client.call_tool("cancel_job", {"job": job})
        assert (ended.structured_content["state"], ended.is_error) == ("cancelled", False)
        assert "nothing was charged" in said(ended)
        return await client.call_tool("job_status", {"job": job, "wait_seconds": 600})

    assert "cancelled" in said(ask(server, key, work, mode)).lower()
    assert spent(server, key) == 0


def test_what_cannot_be_is_an_error_of_the_tool_with_a_sentence(server: Server) -> None:
    key = new_key(server, "a clumsy agent", budget_usd="0.05")
    for name, arguments, says in (
        ("generate_image", {"prompt": "a fox", "model": "imagen-9"}, "imagen-9"),
        ("generate_image", {"prompt": "a fox", "model": MODEL, "count": 9}, "1 to 4"),
        ("generate_image", {"prompt": "[danqing:filtered] a cat", "model": MODEL}, "filtered"),
        ("generate_image", {"prompt": "a fox", "model": MODEL, "count": 2}, "budget"),
        ("generate_image", {"prompt": "a fox", "model": MODEL, "max_cost": "0.01"}, "at most $0.01"),
        ("edit_image", {"prompt": "night", "picture": "cat.png"}, "must be a data: URL"),
        ("edit_image", {"prompt": "night", "picture": "files/nothing"}, "There is no file nothing"),
        ("job_status", {"job": "nothing"}, "There is no job nothing"),
        ("sing", {}, "There is no tool sing"),
    ):
        result = call(server, key, name, **arguments)
        assert result.is_error, name
        assert says in said(result), said(result)
        assert result.structured_content["error"]["message"] in said(result)
    assert spent(server, key) == 0


def test_nothing_of_other_keys_is_shown(server: Server) -> None:
    made = call(server, server.key, "generate_image", prompt="[danqing:slow=30] a fox", model=MODEL, wait_seconds=0)
    job, other = made.structured_content["job"], new_key(server, "a curious agent")
    for name in ("job_status", "cancel_job"):
        assert call(server, other, name, job=job).is_error
    assert not call(server, server.key, "cancel_job", job=job).is_error


def test_a_dry_run_and_the_limit_of_a_connection_cost_nothing(server: Server) -> None:
    key = new_key(server, "a careful agent")
    wanted = {"prompt": "a fox", "model": MODEL, "count": 2}
    quote = call(server, key, "generate_image", **wanted, dry_run=True)
    assert (quote.structured_content["cost"]["nanos"], quote.structured_content["affordable"]) == (8 * CENT, True)
    for asked in (wanted, {**wanted, "max_cost": "5.00"}):
        limited = ask(server, key, partial(generate, asked), x_danqing_max_cost="0.05")
        assert limited.is_error
        assert "at most $0.05" in said(limited)
    dry = ask(server, key, partial(generate, wanted), danqing_dry_run="true")
    assert dry.structured_content["cost"]["nanos"] == 8 * CENT
    assert jobs(server, key) == []


def test_a_server_that_no_agent_asks_does_not_load_the_protocol() -> None:
    asks = "import sys; from danqing.app import find_dialects; assert 'danqing.dialects.mcp' in [d.__name__ for d in "
    tells = "find_dialects()]; print(sorted({'mcp', 'mcp_types', 'httpx2', 'jsonschema'} & {*sys.modules}))"
    run = subprocess.run([sys.executable, "-c", asks + tells], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_who_waits_is_told_at_once_when_the_server_stops() -> None:
    async def main() -> tuple[Job, list[float]]:
        leaving, heard = asyncio.Event(), []

        async def endless(job: Job) -> AsyncIterator[Job]:
            yield job
            leaving.set()
            await asyncio.Event().wait()

        async def tell(progress: float, message: str) -> None:
            heard.append(progress)

        front = SimpleNamespace(leaving=leaving, gateway=SimpleNamespace(watch=endless))
        return await asyncio.wait_for(Tools(front)._waited(a_job(state=State.RUNNING), 600, tell), 10), heard

    job, heard = asyncio.run(main())
    assert (job.state, len(heard)) == (State.RUNNING, 1)


def test_models_and_money_are_told(server: Server) -> None:
    models = call(server, server.key, "list_models", makes="video").structured_content["models"]
    assert FILMS in [model["id"] for model in models]
    assert MODEL not in [model["id"] for model in models]
    assert call(server, server.key, "spending").structured_content["account"]["available"]["nanos"] > 0


def test_a_call_whose_answer_was_lost_is_not_made_twice(server: Server) -> None:
    key = new_key(server, "an unlucky agent")
    wanted = {"prompt": "[danqing:filtered] a cat", "model": MODEL}
    for _ in range(2):
        ask(server, key, partial(generate, wanted), idempotency_key="the same")
    assert len(jobs(server, key)) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://localhost:6274"}, 200),
        ({"origin": "http://127.0.0.1"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.example", "host": "evil.example"}, 403),
        ({"origin": "http://localhost.evil.example"}, 403),
        ({"origin": "http://localhost", "host": "evil.example"}, 403),
        ({"origin": "http://[::1"}, 403),
        ({"authorization": "Bearer nobody"}, 401),
        ({"content-type": "text/plain"}, 400),
    ],
)
def test_pages_of_strangers_and_strangers_are_kept_out(server: Server, headers: dict[str, str], status: int) -> None:
    answer = server.call("POST", "/mcp", CALL, headers={**ACCEPT, **headers})
    assert answer.status == status, answer.body
    if status in (401, 403):
        assert json.loads(answer.body)["error"]["message"]
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("public_url", "origin", "host", "known"),
    [
        ("https://gw.example", "https://gw.example", "gw.example", True),
        ("https://gw.example", "https://gw.example", "127.0.0.1:8787", True),
        ("https://gw.example", "https://evil.example", "gw.example", False),
        ("https://gw.example", "https://gw.example", "evil.example", False),
        ("", "https://gw.example", "gw.example", False),
    ],
)
def test_pages_of_the_address_that_the_owner_names_may_ask(
    public_url: str, origin: str, host: str, known: bool
) -> None:
    headers = [(b"origin", origin.encode()), (b"host", host.encode())]
    request = Request({"type": "http", "method": "POST", "path": "/mcp", "headers": headers})
    if known:
        require_known(request, public_url)
    else:
        with pytest.raises(Problem, match="may not ask this server"):
            require_known(request, public_url)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_are_no_sessions_to_open_or_to_end(server: Server, method: str) -> None:
    answer = server.call(method, "/mcp", headers=ACCEPT)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"jsonrpc": "2.0"}', b"[" * 100_000])
def test_what_is_no_request_is_refused(server: Server, body: bytes) -> None:
    assert server.call("POST", "/mcp", body, headers=ACCEPT).status in (400, 413)

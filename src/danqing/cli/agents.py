"""Serves an agent on stdin and stdout: what it asks goes to the gateway's /mcp, with the files of this machine between.

The tools are the gateway's. Here a picture may be named by its path, and what was made may be saved.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx2
import mcp_types as types
import msgspec
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from danqing import __version__
from danqing.cli.report import Report
from danqing.cli.running import perform
from danqing.client import UNREACHABLE, AsyncClient, files
from danqing.client.requests import READY
from danqing.client.told import Output
from danqing.domain.errors import Kind, Problem, invalid
from danqing.wire import mcp
from danqing.wire.picture_header import read_header

T = TypeVar("T")

Context = ServerRequestContext[Any, Any]

PLACES = ("picture", "pictures", "references", "mask", "first_frame", "last_frame", "film")  # arguments that are files
SAVE = "save_to"
SAVED = {"generate_image", "edit_image", "generate_video", "job_status"}
HERE = " A path of this machine stands for a picture or a film too, and save_to has what was made saved here."
ATTEMPTS = 3
PAUSE_S = 0.5
TIMEOUT_S = mcp.WAIT_S_MAX + 60


def serve() -> None:
    """Answer one agent until it goes away."""

    async def work(client: AsyncClient) -> Report:
        bridge = _Bridge(client)
        server = Server[Any](
            "danqing",
            version=__version__,
            title="Danqing 丹青",
            instructions=mcp.INSTRUCTIONS + HERE,
            on_list_tools=bridge.tools,
            on_call_tool=bridge.call,
        )
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())
        return Report(None, [])

    perform(work, json=False)


class _Bridge:
    """Hands an agent's calls on. Each has an Idempotency-Key: one whose answer was lost is not paid for twice."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def tools(self, context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        """The gateway's tools, told with what they can do here besides."""
        try:
            listed = await self._asked(lambda gateway: gateway.list_tools())
        except Problem as problem:
            raise MCPError(types.INTERNAL_ERROR, problem.message) from problem
        return types.ListToolsResult(tools=[_at_home(tool) for tool in listed.tools])

    async def call(self, context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        """What a tool answers. What does not work is a result too, with a sentence."""
        try:
            arguments = dict(params.arguments or {})
            target = _target(arguments.pop(SAVE, None)) if params.name in SAVED else None
            for place in PLACES:
                if place in arguments:
                    arguments[place] = await asyncio.to_thread(_given, arguments[place], film=place == "film")
            tell = context.session.report_progress
            result = await self._asked(
                lambda gateway: gateway.call_tool(params.name, arguments, progress_callback=tell)
            )
            return await self._saved(result, target, str(arguments.get("prompt", ""))) if target else result
        except Problem as problem:
            return types.CallToolResult.model_validate(mcp.refusal(problem))

    async def _asked(self, ask: Callable[[Client], Awaitable[T]]) -> T:
        """What the gateway says, asked again when it does not answer. Raises Problem."""
        once = uuid4().hex
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(PAUSE_S)
            try:
                async with self._gateway(once) as gateway:
                    return await ask(gateway)
            except (httpx2.TransportError, MCPError, ExceptionGroup) as error:
                _raise_unless_away(error)
        server = await self._client.where()
        message = f"The server at {server.url} does not answer. Jobs are not lost: call job_status when it does."
        raise Problem(Kind.UNAVAILABLE, message, code=UNREACHABLE)

    async def _saved(self, result: types.CallToolResult, target: Path, prompt: str) -> types.CallToolResult:
        """The result, with its files on this machine and their paths told."""
        made = result.structured_content or {}
        paths: list[str] = []
        for told in made.get("outputs", []) if made.get("state") == "done" else []:
            output = msgspec.convert(told, Output)
            path = await self._client.assets.file(output, prompt).claim(target)
            paths.append(str(path.absolute()))
        if paths:
            result.content.insert(1, types.TextContent(type="text", text="Saved: " + ", ".join(paths)))
            result.structured_content = {**made, "saved": paths}
        return result

    @asynccontextmanager
    async def _gateway(self, once: str) -> AsyncIterator[Client]:
        server = await self._client.where()
        headers = {"authorization": f"Bearer {server.key}", "idempotency-key": once}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=TIMEOUT_S, trust_env=False) as http,
            Client(streamable_http_client(f"{server.url}/mcp", http_client=http)) as gateway,
        ):
            yield gateway


def _raise_unless_away(error: Exception) -> None:
    """Raises what the gateway has said as a Problem; returns when nobody has said anything."""
    match error:
        case ExceptionGroup():
            for each in error.exceptions:
                _raise_unless_away(each)
        case MCPError():
            raise Problem(Kind.INVALID, error.message, code=str(error.data or "protocol")) from error
        case httpx2.TransportError():
            return
        case _:
            raise error


def _at_home(tool: types.Tool) -> types.Tool:
    """A tool, with the argument that has its files saved."""
    if tool.name not in SAVED:
        return tool
    says = "A folder or a file of this machine to save to; nothing is overwritten."
    properties = {**tool.input_schema["properties"], SAVE: {"type": "string", "description": says}}
    return tool.model_copy(update={"input_schema": {**tool.input_schema, "properties": properties}})


def _target(given: object) -> Path | None:
    if given is None:
        return None
    if not isinstance(given, str) or not given:
        raise invalid(f"{SAVE} is the path of a folder or a file.", param=SAVE)
    path = Path(given).expanduser()
    files.require_writable(path, f" for {SAVE}")
    return path


def _given(value: object, *, film: bool) -> object:
    """An argument with the files themselves where paths of this machine stood: pictures or a film, nothing else."""
    if isinstance(value, list):
        return [_given(each, film=film) for each in value]
    if not isinstance(value, str) or value.startswith(READY):
        return value
    path = Path(value).expanduser()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise invalid(f"{value[:200]} cannot be read: {error.strerror}.", code="no_file") from error
    if film and data[4:8] != b"ftyp":
        raise invalid(f"{value[:200]} is not an MP4 film.", code="invalid_film")
    if not film and read_header(data) is None:
        raise invalid(f"{value[:200]} is not a PNG, JPEG or WebP picture.", code="invalid_picture")
    return files.encoded(data)

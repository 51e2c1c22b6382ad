"""What is said to agents, through the `mcp` package: its server, with our tools; whoever imports this loads it."""

from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from danqing import __version__
from danqing.dialects.mcp.tools import Tools
from danqing.front import Front
from danqing.wire import mcp

Context = ServerRequestContext[Any, Any]


class Speech:
    """The protocol, spoken for one server."""

    def __init__(self, front: Front, body_bytes_max: int) -> None:
        self._tools = Tools(front)
        self._body_bytes_max = body_bytes_max
        self._listed = types.ListToolsResult.model_validate({"tools": mcp.tools()})
        self._server = Server[Any](
            "danqing",
            version=__version__,
            title="Danqing 丹青",
            instructions=mcp.INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )

    def answer(self) -> Response:
        """What answers one request."""
        return _Spoken(self._server, self._body_bytes_max)

    async def _list(self, context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return self._listed

    async def _call(self, context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        async def tell(progress: float, message: str) -> None:
            await context.session.report_progress(progress, 1.0, message)

        assert context.request is not None, "every call comes with a request"
        answer = await self._tools.call(context.request, params.name, params.arguments or {}, tell)
        return types.CallToolResult.model_validate(answer)


class _Spoken(Response):
    """One request and its answer. Nothing outlives it, so any server of several answers any request."""

    def __init__(self, server: Server[Any], body_bytes_max: int) -> None:
        super().__init__()
        self._manager = StreamableHTTPSessionManager(server, stateless=True, max_request_body_size=body_bytes_max)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._manager.run():
            await self._manager.handle_request(scope, receive, send)

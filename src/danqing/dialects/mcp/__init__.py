"""The Model Context Protocol at /mcp, for agents: tools that make pictures and films with the caller's own key.

Streamable HTTP without sessions, in every version that the `mcp` package speaks; each POST is one request, and progress
comes in its stream. The package is only loaded when the first agent asks.
"""

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from danqing.dialects.mcp.origins import require_known
from danqing.domain.errors import Kind, Problem
from danqing.front import BODY_BYTES_MAX, Front, Reply, refusal
from danqing.later import Later
from danqing.wire import mcp

if TYPE_CHECKING:
    from danqing.dialects.mcp import speech
else:
    speech = Later("danqing.dialects.mcp.speech")

PATH = "/mcp"
envelope = mcp.failure


def claims(request: Request) -> bool:
    """One path."""
    return request.url.path.rstrip("/") == PATH


def routes(front: Front) -> list[BaseRoute]:
    """The one address that agents are given."""
    spoken: list[speech.Speech] = []

    async def answer(request: Request) -> Response | Reply:
        require_known(request, front.public_url)
        try:
            request.state.key = await front.key(request)
        except Problem as problem:
            reply = refusal(problem, envelope)
            if problem.kind is Kind.UNAUTHENTICATED:
                reply.headers["www-authenticate"] = 'Bearer realm="danqing"'
            return reply
        if not spoken:
            speak = await asyncio.to_thread(lambda: speech.Speech)  # a second of CPU
            spoken.append(speak(front, BODY_BYTES_MAX))
        return spoken[0].answer()

    return [Route(PATH, front.endpoint(answer, envelope), methods=["POST"])]

"""What the tools of an agent do: ask, wait while telling how far it is, and show what was made."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
import structlog
from starlette.requests import Request

from danqing.domain.errors import Kind, Problem
from danqing.domain.gallery import AssetSearch, terms_of
from danqing.domain.generation import Output
from danqing.domain.jobs import Job, State
from danqing.domain.keys import Key
from danqing.domain.media import Medium
from danqing.domain.money import dollars
from danqing.front import Front
from danqing.front.quotes import MAX_COST, ceiling_of, is_dry
from danqing.wire import books, mcp, native
from danqing.wire.holes import Json, Tree

log = structlog.get_logger("danqing.mcp")

PREVIEW_PX = 256
STEP = 0.01  # less progress than this is not told
Tell = Callable[[float, str], Awaitable[None]]


class Tools:
    """The tools of one server."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def call(self, request: Request, name: str, arguments: Mapping[str, Any], tell: Tell) -> Tree:
        """The result of a call, as the protocol has it. What does not work is a result too, with a sentence."""
        try:
            return await self._result(request, request.state.key, mcp.read_call(name, arguments), tell)
        except Problem as problem:
            return mcp.refusal(problem)
        except Exception:
            log.exception("defect")
            message = "Something is wrong inside Danqing. It is in the server's log."
            return mcp.refusal(Problem(Kind.INTERNAL, message))

    async def _result(self, request: Request, key: Key, call: mcp.Call, tell: Tell) -> Tree:
        match call:
            case mcp.JobStatus():
                job = await self._front.gateway.job(key, call.job)
                return await self._shown(request, key, await self._waited(job, call.wait_seconds, tell))
            case mcp.CancelJob():
                job = await self._front.gateway.cancel(key, call.job)
                told = await self._shown(request, key, job)
                return mcp.cancelled(job, told) if job.state is State.CANCELLED else told
            case mcp.SearchGallery():
                return await self._found(request, key, call)
            case mcp.ListModels():
                rows = [row for row in self._front.gateway.catalog.models if call.makes in (None, *row.ability.makes)]
                return _plain({"models": [mcp.model(row) for row in rows]})
            case mcp.Spending():
                spent = await self._front.accounts.spending(key)
                standings = await self._front.accounts.standings(key)
                return _plain({**books.spending(spent), "limits": [books.standing(row) for row in standings]})
            case _:
                return await self._made(request, key, call, tell)

    async def _made(self, request: Request, key: Key, call: mcp.Making, tell: Tell) -> Tree:
        body = call.request()
        ask = await self._front.decode(native.read_job, body)
        request = _within(request, call.max_cost)
        if call.dry_run or is_dry(request):
            quote = await self._front.quote(request, key, ask.generation)
            return _plain(msgspec.json.decode(b"".join(piece for piece in quote.pieces if isinstance(piece, bytes))))
        job = await self._front.submit(request, key, body, ask.generation, ask.uploads)
        return await self._shown(request, key, await self._waited(job, call.wait_seconds, tell))

    async def _found(self, request: Request, key: Key, call: mcp.SearchGallery) -> Tree:
        medium = Medium(call.kind) if call.kind else None
        search = AssetSearch(terms=terms_of(call.words), medium=medium, starred=call.starred)
        rows = await self._front.curator.assets(key, search, limit=call.limit, before=None)
        told: list[Json] = [mcp.found(row, self._front.link(request, row.output, row.job)) for row in rows]
        previews = await self._previews(key, [row.output for row in rows])
        return {**_plain({"found": told}), "content": [mcp.text(msgspec.json.encode(told).decode()), *previews]}

    async def _previews(self, key: Key, outputs: Sequence[Output]) -> list[Json]:
        """Small pictures of the first few; one that cannot be made is left out, as the file itself is still there."""
        shown: list[Json] = []
        for output in outputs[: mcp.PREVIEWS_MAX]:
            with suppress(Problem):
                webp, _ = await self._front.curator.thumbnail(key, output.file, PREVIEW_PX)
                shown.append(mcp.preview(webp))
        return shown

    async def _waited(self, job: Job, seconds: int, tell: Tell) -> Job:
        """The job when it has ended, or as it is after so many seconds or when the server stops; it goes on anyway."""
        told, newest = -STEP, job
        leaving = asyncio.ensure_future(self._front.leaving.wait())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds) as limit:
                leaving.add_done_callback(lambda left: None if left.cancelled() else limit.reschedule(0))
                async for newest in self._front.gateway.watch(job):
                    if newest.progress >= told + STEP and not newest.state.ended:
                        told = newest.progress
                        await tell(told, newest.stage or newest.state.value)
        leaving.cancel()
        return newest

    async def _shown(self, request: Request, key: Key, job: Job) -> Tree:
        """A job with its files. One that did not end well is an error, with its reason."""

        def url(output: Output) -> str:
            return self._front.link(request, output, job)

        structured = mcp.told(job, url)
        if job.fault:
            refused = mcp.refusal(job.fault.problem())
            return {**refused, "structuredContent": {**native.error(job.fault.problem()), **structured}}
        there = [output for output in job.media if not output.gone]
        links = [mcp.link(output, url) for output in there]
        content = [mcp.text(mcp.summary(job, url)), *await self._previews(key, there), *links]
        return {"content": content, "structuredContent": structured}


def _plain(told: Tree) -> Tree:
    """A result that is read by machines and models alike."""
    return {"content": [mcp.text(msgspec.json.encode(told).decode())], "structuredContent": told}


def _within(request: Request, max_cost: str | None) -> Request:
    """The request, with the most that the agent will pay; what its connection is held to stays."""
    ceiling = ceiling_of(request)
    if max_cost is None or (ceiling is not None and ceiling <= dollars(max_cost)):
        return request
    headers = [(name, value) for name, value in request.scope["headers"] if name != MAX_COST.encode()]
    return Request({**request.scope, "headers": [*headers, (MAX_COST.encode(), max_cost.encode())]})

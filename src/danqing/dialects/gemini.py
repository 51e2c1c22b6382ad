"""Gemini in Google's own dialect: words and pictures by `generateContent`, and the lists of all models."""

from collections.abc import AsyncIterator, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import danqing.front.paths  # noqa: F401  registers {at:google}
from danqing.domain.advice import is_open
from danqing.domain.errors import Problem, invalid
from danqing.domain.jobs import Job
from danqing.front import Envelope, Front, Handler, Reply
from danqing.front.headers import dated
from danqing.wire import google, sse
from danqing.wire.holes import Piece, Tree, plan
from danqing.wire.words import Words

PAGE_SIZE_MAX = 1000

envelope = google.error
_told = partial(envelope, count="candidateCount", prompt="contents")


def claims(request: Request) -> bool:
    """`predict` claims Google's paths for both."""
    return False


def routes(front: Front) -> list[BaseRoute]:
    """`generateContent` and its kin, `models.list` and `models.get`."""
    talks = _Talks(front)

    async def listed(request: Request) -> Reply:
        await front.key(request)
        query = request.query_params
        write = google.publisher_models if "publishers/" in request.path_params["at"] else google.models
        rows = front.gateway.catalog.models
        return Reply.of(write(rows, page_size=_page_size(request), page_token=query.get("pageToken", "")))

    async def named(request: Request) -> Reply:
        await front.key(request)
        model = front.gateway.catalog.find(request.path_params["model"])
        write = google.publisher_model if "publishers/" in request.path_params["at"] else google.model
        return Reply.of(write(model), headers=dated(model.lifecycle))

    table: list[tuple[str, str, Handler, Envelope]] = [
        ("POST", "models/{model}:generateContent", talks.generate, _told),
        ("POST", "models/{model}:streamGenerateContent", talks.stream, _told),
        ("POST", "models/{model}:countTokens", talks.count, _told),
        ("GET", "models", listed, envelope),
        ("GET", "models/{model}", named, envelope),
    ]
    return [
        Route(f"/{{at:google}}{path}", front.endpoint(call, told), methods=[method])
        for method, path, call, told in table
    ]


class _Talks:
    """Conversations: answered in one piece, in a stream, or only counted."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def generate(self, request: Request) -> Reply | Response:
        """One answer. Content that was refused is told in it, where every client of this call looks for it."""
        job = await self._submit(request)
        return await self._front.patient(job, self._content(job), _told)

    async def stream(self, request: Request) -> Reply | Response:
        """Events with `alt=sse`, which google-genai asks for; one array of chunks without it (wire.md 8)."""
        job = await self._submit(request)
        try:
            chunks = await self._front.begun(self._chunks(job))
        except Problem:  # before anything was sent: the status can still tell it
            return self._front.refused(await self._front.gateway.wait(job), _told)
        headers = self._front.told(self._front.gateway.latest(job))
        if request.query_params.get("alt") == "sse":
            return self._front.events(events(chunks), sse.BLANK, headers)
        return self._front.events(array(chunks), sse.BLANK, headers, mime="application/json")

    async def count(self, request: Request) -> Reply:
        """How many tokens a conversation is; nothing is made, stored or charged."""
        await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(partial(google.read_count, request.path_params["model"]), body)
        counted = google.token_count(ask.generation)
        if is_open(ask.generation):  # it is the same for whichever is advised
            return Reply.of(counted)
        return Reply.of(counted, headers=dated(self._front.gateway.catalog.find(ask.generation.model).lifecycle))

    async def _submit(self, request: Request) -> Job:
        key = await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(partial(google.read_generate, request.path_params["model"]), body)
        generation = await self._front.gateway.advisor.settle(key, ask.generation, in_words=True)
        model = self._front.gateway.catalog.find(generation.model)
        if not model.conversational:
            raise google.unanswered(model, request.url.path.rpartition(":")[2])
        return await self._front.submit(request, key, body, generation, ask.uploads)

    async def _content(self, job: Job) -> Reply:
        job = await self._front.gateway.wait(job)
        if job.refusal and not job.filtered:
            return self._front.refused(job, _told)
        return Reply.of(google.generated(job), headers=self._front.told(job))

    async def _chunks(self, job: Job) -> AsyncIterator[Tree]:
        words = Words()
        async for newest in self._front.gateway.watch(job):
            if news := words.tell(newest):
                yield google.words_chunk(newest, news)
        if newest.refusal and not newest.filtered:
            raise newest.refusal.problem()
        yield google.last_chunk(newest)


async def events(chunks: AsyncIterator[Tree]) -> AsyncIterator[Sequence[Piece]]:
    """Chunks as server-sent events, with a Problem as the last of them."""
    async for chunk in _to_the_end(chunks):
        yield sse.event(chunk)


async def array(chunks: AsyncIterator[Tree]) -> AsyncIterator[Sequence[Piece]]:
    """Chunks as one JSON array, with a Problem as the last of them."""
    opening = b"["
    async for chunk in _to_the_end(chunks):
        yield (opening, *plan(chunk))
        opening = b",\n"
    yield (b"]",)


async def _to_the_end(chunks: AsyncIterator[Tree]) -> AsyncIterator[Tree]:
    """The chunks; a Problem among them is the last one, as the status was sent long ago."""
    try:
        async for chunk in chunks:
            yield chunk
    except Problem as problem:
        yield _told(problem)


def _page_size(request: Request) -> int | None:
    text = request.query_params.get("pageSize")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 0 <= int(text[:9]) <= PAGE_SIZE_MAX:
        raise invalid(f"pageSize must be 0 to {PAGE_SIZE_MAX}.", param="pageSize")
    return int(text) or None

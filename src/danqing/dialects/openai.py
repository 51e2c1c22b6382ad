"""OpenAI's dialect: pictures and films over chat completions, and the list of models."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from danqing.domain.generation import Generation
from danqing.domain.jobs import Job
from danqing.domain.media import Medium
from danqing.front import Front, Reply
from danqing.front.headers import dated
from danqing.wire import google, openai, sse
from danqing.wire.filmchat import Narrator
from danqing.wire.holes import Piece
from danqing.wire.openai import ChatAsk
from danqing.wire.words import Words

envelope = openai.error


def claims(request: Request) -> bool:
    """OpenAI's errors are expected below `/v1`, but for Google's client, which may ask there too."""
    return f"{request.url.path}/".startswith("/v1/") and "x-goog-api-client" not in request.headers


def routes(front: Front) -> list[BaseRoute]:
    """Chat completions and models."""
    chat = _Chat(front)

    async def models(request: Request) -> Reply:
        await front.key(request)
        rows = front.gateway.catalog.models
        # google-genai 3 with a base URL that lacks /gemini asks for this path too (wire.md, section 3).
        return Reply.of({**openai.models(rows), "models": google.models(rows)["models"]})

    async def model(request: Request) -> Reply:
        await front.key(request)
        row = front.gateway.catalog.find(request.path_params["model"])
        return Reply.of({**google.model(row), **openai.model(row)}, headers=dated(row.lifecycle))

    return [
        Route("/v1/chat/completions", front.endpoint(chat.complete, envelope), methods=["POST"]),
        Route("/v1/models", front.endpoint(models, envelope), methods=["GET"]),
        Route("/v1/models/{model}", front.endpoint(model, envelope), methods=["GET"]),
    ]


class _Chat:
    """Chat completions: whatever the model makes, told as a message."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def complete(self, request: Request) -> Reply | Response:
        """One answer, or a stream of it; the job goes on when the client leaves."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(openai.read_chat, body)
        generation = await self._front.gateway.advisor.settle(key, ask.generation)
        makes_film = Medium.VIDEO in self._front.gateway.catalog.find(generation.model).ability.makes
        generation = _enhanced(generation) if makes_film else generation
        job = await self._front.submit(request, key, body, generation, ask.uploads, shared=makes_film)
        narrator = self._narrator(request, job) if Medium.VIDEO in job.generation.wants else Words()
        if ask.stream:
            return self._front.events(self._frames(job, ask, narrator.tell), sse.COMMENT, self._front.told(job))
        work = self._message(job, ask, narrator.tell)
        return await self._front.patient(job, work, envelope)

    async def _message(self, job: Job, ask: ChatAsk, tell: Callable[[Job], str]) -> Reply:
        text = ""
        async for newest in self._front.gateway.watch(job):
            text += tell(newest)
        if newest.refusal:
            return self._front.refused(newest, envelope)
        return Reply.of(openai.completion(newest, content=text, listed=ask.listed), headers=self._front.told(newest))

    async def _frames(self, job: Job, ask: ChatAsk, tell: Callable[[Job], str]) -> AsyncIterator[Sequence[Piece]]:
        yield sse.event(openai.first_chunk(job))
        async for newest in self._front.gateway.watch(job):
            if news := tell(newest):
                yield sse.event(openai.words_chunk(newest, news))
        if refusal := newest.refusal:
            yield sse.event(openai.error(refusal.problem()))
            return
        if Medium.IMAGE in newest.generation.wants:
            yield sse.event(openai.media_chunk(newest, listed=ask.listed))
        yield sse.event(openai.stop_chunk(newest))
        if ask.include_usage:
            yield sse.event(openai.usage_chunk(newest))
        yield (sse.DONE,)

    def _narrator(self, request: Request, job: Job) -> Narrator:
        front = self._front
        return Narrator(
            front.base(request),
            watch=lambda film: front.link(request, film, job),
            download=lambda film: front.link(request, film, job, save=True),
        )


def _enhanced(generation: Generation) -> Generation:
    """A film over chat begins with its enhanced prompt, so it is asked for (wire.md, section 10)."""
    named = dict(generation.knobs)
    return replace(generation, knobs=tuple({"enhancePrompt": True, **named}.items()))

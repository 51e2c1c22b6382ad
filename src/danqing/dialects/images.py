"""OpenAI's images: made from words, changed, in one answer or in a stream, with links or with the pictures inside."""

from collections.abc import AsyncIterator, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from danqing.domain.errors import Problem
from danqing.domain.generation import PREVIEWS
from danqing.domain.jobs import Job
from danqing.domain.media import Blob
from danqing.front import Envelope, Front, Handler, Reply
from danqing.wire import openai, sse
from danqing.wire.holes import Piece, Tree
from danqing.wire.openai import images
from danqing.wire.openai.images import ImagesAsk

_NAMES = {
    "prompt": "prompt",
    "aspect": "size",
    "pixels": "size",
    "mime": "output_format",
    "quality": "output_compression",
    "wants": "model",
}
envelope = openai.error


def claims(request: Request) -> bool:
    """`openai` claims everything below `/v1`."""
    return False


def routes(front: Front) -> list[BaseRoute]:
    """Generations, edits, and a word on variations."""
    calls = _Calls(front)
    table: list[tuple[str, Handler, Envelope]] = [
        ("/v1/images/generations", calls.generate, _of_words),
        ("/v1/images/edits", calls.edit, _of_pictures),
        ("/v1/images/variations", calls.vary, _of_pictures),
    ]
    return [Route(path, front.endpoint(call, told), methods=["POST"]) for path, call, told in table]


def _of_words(problem: Problem) -> Tree:
    """A model that only changes pictures is the wrong one for words alone."""
    return envelope(problem, **_NAMES, pictures="model")


def _of_pictures(problem: Problem) -> Tree:
    return envelope(problem, **_NAMES, pictures="image")


class _Calls:
    """The handlers, around one front."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def generate(self, request: Request) -> Reply | Response:
        """Pictures from words."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(images.read_images, body)
        job = await self._front.submit(request, key, body, ask.generation, ask.uploads)
        return await self._answered(request, job, ask, "image_generation", _of_words)

    async def edit(self, request: Request) -> Reply | Response:
        """Pictures from pictures, by words, and inside a mask if there is one."""
        key = await self._front.key(request)
        if request.headers.get("content-type", "").startswith("multipart/"):
            async with self._front.form(request) as form:
                ask = images.read_edit(form)
                job = await self._front.submit(request, key, form.content, ask.generation, ask.uploads)
        else:
            body = await self._front.body(request)
            ask = await self._front.decode(images.read_edit, body)
            job = await self._front.submit(request, key, body, ask.generation, ask.uploads)
        return await self._answered(request, job, ask, "image_edit", _of_pictures)

    async def vary(self, request: Request) -> Reply:
        """Nothing makes variations any more; what does nearly the same is named."""
        await self._front.key(request)
        raise images.retired_variations()

    async def _answered(
        self, request: Request, job: Job, ask: ImagesAsk, call: str, told: Envelope
    ) -> Reply | Response:
        front = self._front
        if not ask.stream:
            return await front.patient(job, self._pictures(request, job, ask, told), told)
        try:
            trees = await front.begun(self._events(job, call))
        except Problem:  # before anything was sent: the status can still tell it
            return front.refused(await front.gateway.wait(job), told)
        return front.events(_frames(trees, told), sse.COMMENT, front.told(front.gateway.latest(job)))

    async def _pictures(self, request: Request, job: Job, ask: ImagesAsk, told: Envelope) -> Reply:
        job = await self._front.gateway.wait(job)
        if job.refusal:
            return self._front.refused(job, told)
        tree = images.answer(job, ask, lambda output: self._front.link(request, output, job))
        return Reply.of(tree, headers=self._front.told(job))

    async def _events(self, job: Job, call: str) -> AsyncIterator[Tree]:
        seen: list[Blob] = []
        async for newest in self._front.gateway.watch(job):
            if newest.preview and newest.preview not in seen and PREVIEWS in dict(job.generation.knobs):
                yield images.partial(newest, newest.preview, len(seen), call)
                seen.append(newest.preview)
        if newest.refusal:
            raise newest.refusal.problem()
        for tree in images.completed(newest, call):
            yield tree


async def _frames(trees: AsyncIterator[Tree], told: Envelope) -> AsyncIterator[Sequence[Piece]]:
    """Trees as events named after their type. A Problem among them ends them, unnamed, or no SDK would see it."""
    try:
        async for tree in trees:
            yield sse.event(tree, name=str(tree["type"]))
    except Problem as problem:
        yield sse.event(told(problem))

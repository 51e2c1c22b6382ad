"""OpenAI's responses: pictures by the image_generation tool, waited for, polled or streamed; conversations go on."""

from collections.abc import AsyncIterator, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from danqing.domain.conversation import going_on
from danqing.domain.errors import Problem, invalid
from danqing.domain.generation import Generation
from danqing.domain.jobs import Job, State
from danqing.domain.keys import Key
from danqing.domain.media import Blob, Cited
from danqing.front import Front, Handler, Reply
from danqing.wire import openai, sse
from danqing.wire.holes import Piece, Tree
from danqing.wire.openai import responses
from danqing.wire.openai.responses import Create, Teller

PREVIOUS = "previous_response_id"
_NAMES = {
    "prompt": "input",
    "messages": "input",
    "pictures": "input",
    "aspect": "size",
    "pixels": "size",
    "mime": "output_format",
    "quality": "output_compression",
    "mask": "input_image_mask",
    "task": "action",
    "wants": "tools",
    "job": "response_id",
}


def envelope(problem: Problem) -> Tree:
    """OpenAI's, with the names that fields have in these calls."""
    return openai.error(problem, **_NAMES)


def claims(request: Request) -> bool:
    """`openai` claims everything below `/v1`."""
    return False


def routes(front: Front) -> list[BaseRoute]:
    """Everything below /v1/responses."""
    calls = _Responses(front)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "/v1/responses", calls.create),
        ("GET", "/v1/responses/{id}", calls.retrieve),
        ("DELETE", "/v1/responses/{id}", calls.delete),
        ("POST", "/v1/responses/{id}/cancel", calls.cancel),
    ]
    return [Route(path, front.endpoint(handler, envelope), methods=[method]) for method, path, handler in table]


class _Responses:
    """The handlers, around one front."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def create(self, request: Request) -> Reply | Response:
        """Ask for something: the answer is awaited, streamed, or looked for later under the response's id."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(responses.read_create, body)
        job = await self._front.submit(request, key, body, await self._placed(key, ask), ask.uploads)
        if ask.stream:
            return self._stream(job, -1)
        if ask.background:
            return self._told(job)
        return await self._front.patient(job, self._made(job), envelope)

    async def retrieve(self, request: Request) -> Reply | Response:
        """How far it is, or its events: all of them, or those after the one that was seen last."""
        _, job = await self._asked(request)
        query = request.query_params
        if query.get("stream", "").lower() in ("true", "1"):
            return self._stream(job, responses.read_after(query.get("starting_after")))
        if "starting_after" in query:
            raise invalid("starting_after goes with stream=true alone.", param="starting_after")
        return self._told(job)

    async def cancel(self, request: Request) -> Reply:
        """End it and give its money back; one that has ended stays as it is."""
        key, job = await self._asked(request)
        return self._told(await self._front.gateway.cancel(key, job.id))

    async def delete(self, request: Request) -> Reply:
        """Take away what it was given and made, once it has ended; the job stays, for the books."""
        _, job = await self._asked(request)
        return Reply.of(responses.deleted(await self._front.cleaner.delete(job)))

    async def _asked(self, request: Request) -> tuple[Key, Job]:
        """The response that the path names. Raises Problem(NOT_FOUND)."""
        key = await self._front.key(request)
        return key, await self._response(key, responses.job_id(request.path_params["id"]))

    async def _response(self, key: Key, id: str) -> Job:
        return responses.require_response(await self._front.gateway.job(key, id))

    async def _placed(self, key: Key, ask: Create) -> Generation:
        """What is asked for, with what was said before, and of the model that is to make it."""
        before = await self._response(key, ask.previous) if ask.previous else None
        asked = await self._with_items(key, ask.generation)
        asked = going_on(asked, before, param=PREVIOUS) if before else asked
        rows = (row for row in self._front.gateway.catalog.models if ask.model.removeprefix("models/") in row.names)
        return responses.placed(ask, asked, next(rows, None), before)

    async def _with_items(self, key: Key, asked: Generation) -> Generation:
        """The pictures themselves, where items of earlier responses were only named."""
        there: dict[Blob, Blob] = {}
        for blob in asked.blobs():
            if isinstance(blob, Cited) and blob.file.startswith(responses.ITEM):
                job, _ = responses.item_place(blob.file)
                there[blob] = responses.made_item(await self._response(key, job), blob.file)
        return asked.with_files(lambda blob: there.get(blob, blob)) if there else asked

    async def _made(self, job: Job) -> Reply:
        """The response when it has ended; one that made nothing is an error, as the SDKs expect of who waits."""
        return self._told(await self._front.gateway.wait(job), failing=True)

    def _told(self, job: Job, *, failing: bool = False) -> Reply:
        if job.refusal and (failing or job.state is State.DONE):
            return self._front.refused(job, envelope)
        return Reply.of(responses.response(job), headers=self._front.told(job))

    def _stream(self, job: Job, after: int) -> Reply | Response:
        if job.state is State.DONE and job.refusal:
            return self._front.refused(job, envelope)
        return self._front.events(self._frames(job, after), sse.COMMENT, self._front.told(job), resumable=True)

    async def _frames(self, job: Job, after: int) -> AsyncIterator[Sequence[Piece]]:
        teller = Teller(after)
        async for newest in self._front.gateway.watch(job):
            for event in teller.tell(newest):
                yield sse.event(event, name=str(event["type"]))

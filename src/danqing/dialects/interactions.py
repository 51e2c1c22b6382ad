"""Google's Interactions: waited for, polled or streamed, and each may go on with the one before it."""

from collections.abc import AsyncIterator, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import danqing.front.paths  # noqa: F401  registers {at:google}
from danqing.domain.conversation import asked_in, going_on
from danqing.domain.errors import invalid
from danqing.domain.generation import Turn
from danqing.domain.jobs import Job, State
from danqing.domain.keys import Key
from danqing.front import Front, Handler, Reply
from danqing.wire import google, sse
from danqing.wire.google.interactions import Create, events, interaction, placed, read_create, read_event_id
from danqing.wire.holes import Piece
from danqing.wire.status import STATUS

PREVIOUS = "previous_interaction_id"
# google-genai asks up to four times more by itself when it sees one of these (wire.md 4.2); each would be a new job.
ASKED_AGAIN = frozenset({408, 409, 429, *range(500, 600)})
_FLAGS = {"true": True, "1": True, "false": False, "0": False, "": False}

envelope = partial(
    google.error,
    aspect="response_format.aspect_ratio",
    size="response_format.image_size",
    seconds="response_format.duration",
    mime="response_format.mime_type",
    delivery="response_format.delivery",
    wants="response_format",
    task="generation_config.video_config.task",
    prompt="input",
    pictures="input",
    first_frame="input",
    film="input",
)


def claims(request: Request) -> bool:
    """`predict` claims Google's paths for all."""
    return False


def routes(front: Front) -> list[BaseRoute]:
    """Create, get, cancel and delete, below every beginning that Google's paths have."""
    calls = _Interactions(front)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "", calls.create),
        ("GET", "/{id}", calls.get),
        ("DELETE", "/{id}", calls.delete),
        ("POST", "/{id}/cancel", calls.cancel),
    ]
    return [
        Route(f"/{{at:google}}interactions{path}", front.endpoint(call, envelope), methods=[method])
        for method, path, call in table
    ]


class _Interactions:
    """The handlers, around one front."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def create(self, request: Request) -> Reply | Response:
        """Ask for something: the answer is awaited, streamed, or looked for later under the interaction's id."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(read_create, body)
        job = await self._submit(request, key, body, ask)
        if ask.stream:
            return self._stream(request, job, 0)
        if ask.background:
            return self._told(request, job)
        return await self._front.patient(job, self._made(request, job), envelope)

    async def get(self, request: Request) -> Reply | Response:
        """How far it is, or its events: all of them, or those after the one that was seen last."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, request.path_params["id"])
        query = request.query_params
        last = query.get("last_event_id") or request.headers.get("last-event-id")
        if _flag(request, "stream"):
            return self._stream(request, job, read_event_id(last))
        if "last_event_id" in query:
            raise invalid("last_event_id goes with stream=true alone.", param="last_event_id")
        return self._told(request, job, await self._asked(key, job) if _flag(request, "include_input") else ())

    async def cancel(self, request: Request) -> Reply:
        """End it and give its money back; one that has ended stays as it is."""
        key = await self._front.key(request)
        return self._told(request, await self._front.gateway.cancel(key, request.path_params["id"]))

    async def delete(self, request: Request) -> Reply:
        """Take away what it was given and made, once it has ended; the job stays, for the books."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, request.path_params["id"])
        await self._front.cleaner.delete(job)
        return Reply.of({})

    async def _submit(self, request: Request, key: Key, body: bytes, ask: Create) -> Job:
        asked = ask.generation
        if ask.previous:
            asked = going_on(asked, await self._front.gateway.job(key, ask.previous), param=PREVIOUS)
        asked = await self._front.gateway.advisor.settle(key, asked)
        asked = placed(asked, ask.beginning, self._front.gateway.catalog.find(asked.model))
        return await self._front.submit(request, key, body, asked, ask.uploads, callback=ask.callback)

    async def _made(self, request: Request, job: Job) -> Reply:
        """The interaction when it has ended.

        Where it made nothing, the status says so, unless it is one that clients answer by asking again.
        """
        job = await self._front.gateway.wait(job)
        if job.fault is None or (status := STATUS[job.fault.kind]) in ASKED_AGAIN:
            return self._told(request, job)
        tree = {**envelope(job.fault.problem()), **interaction(job, self._address(request))}
        return Reply.of(tree, status=status, headers=self._front.told(job))

    async def _asked(self, key: Key, job: Job) -> Sequence[Turn]:
        """What was said in this one, without what it goes on with."""
        follows = job.generation.follows
        return asked_in(job, await self._front.gateway.job(key, follows) if follows else None)

    def _told(self, request: Request, job: Job, asked: Sequence[Turn] = ()) -> Reply:
        if _removed(job):
            return self._front.refused(job, envelope)
        return Reply.of(interaction(job, self._address(request), asked=asked), headers=self._front.told(job))

    def _stream(self, request: Request, job: Job, seen: int) -> Reply | Response:
        if _removed(job):
            return self._front.refused(job, envelope)
        return self._front.events(self._frames(request, job, seen), sse.COMMENT, self._front.told(job), resumable=True)

    async def _frames(self, request: Request, job: Job, seen: int) -> AsyncIterator[Sequence[Piece]]:
        async for newest in self._front.gateway.watch(job):
            for event in events(newest, self._address(request))[seen:]:
                seen += 1
                yield sse.event(event, name=str(event["event_type"]), id=str(event["event_id"]))
        yield (sse.DONE,)

    def _address(self, request: Request) -> partial[str]:
        return partial(google.address, self._front.base(request))


def _removed(job: Job) -> bool:
    return job.state is State.DONE and job.refusal is not None


def _flag(request: Request, name: str) -> bool:
    word = request.query_params.get(name, "").lower()
    if word not in _FLAGS:
        raise invalid(f"{name} must be true or false.", param=name)
    return _FLAGS[word]

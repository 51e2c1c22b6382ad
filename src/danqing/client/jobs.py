"""Jobs: asked for, come back to, followed until they end, cancelled; whatever they make."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Literal
from urllib.parse import urlencode
from uuid import uuid4

import msgspec

from danqing.client.delivered import AsyncResult
from danqing.client.told import Code, Job, Moment
from danqing.client.transport import Transport, quoted
from danqing.domain.jobs import State

Headers = Mapping[str, str]
NOTHING: Headers = {}


class _Timeline(msgspec.Struct):
    timeline: tuple[Moment, ...]


class _Jobs(msgspec.Struct):
    jobs: tuple[Job, ...]


class AsyncJob:
    """A job that was asked for. `told` is the newest that is known of it; the other members ask the server."""

    def __init__(self, transport: Transport, told: Job) -> None:
        self._transport = transport
        self.told = told

    def __repr__(self) -> str:
        return f"<Job {self.id}: {self.state.value}, {self.progress:.0%}>"

    @property
    def id(self) -> str:
        """What `client.jobs.get` finds it by, today and later."""
        return self.told.id

    @property
    def state(self) -> State:
        """Where it stands, as far as is known here."""
        return self.told.state

    @property
    def progress(self) -> float:
        """How far it is, from 0 to 1, as far as is known here."""
        return self.told.progress

    async def __aiter__(self) -> AsyncGenerator[Job]:
        """The job now, then after every change, until it has ended; goes on when the connection breaks."""
        path = f"jobs/{quoted(self.id)}/events"
        async with aclosing(self._transport.events(path, Job, lambda job: job.state.ended)) as snapshots:
            async for self.told in snapshots:
                yield self.told

    async def wait(self) -> AsyncResult:
        """What it has delivered, when it has ended. Raises its Problem when it did not end well."""
        if not self.state.ended:
            async for _ in self:
                pass
        return self.result()

    def result(self) -> AsyncResult:
        """What it has delivered as far as is known here. Raises its Problem when it did not end well."""
        return AsyncResult(self._transport, self.told.succeeded())

    async def refresh(self) -> "AsyncJob":
        """Learn where it stands now."""
        return await self._again("GET", f"jobs/{quoted(self.id)}")

    async def cancel(self) -> "AsyncJob":
        """End it and have its money back; an ended job stays as it is."""
        return await self._again("POST", f"jobs/{quoted(self.id)}/cancel")

    async def delete(self) -> "AsyncJob":
        """Take the files of an ended job away; the job itself and its bill stay."""
        return await self._again("DELETE", f"jobs/{quoted(self.id)}")

    async def _again(self, method: str, path: str) -> "AsyncJob":
        self.told = await self._transport.ask(method, path, Job)
        return self


class AsyncJobs:
    """All jobs of the key."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def submit(self, request: Mapping[str, object], *, once: str = "", headers: Headers = NOTHING) -> AsyncJob:
        """Ask for a generation: the body of POST /api/jobs. Answers at once; the same `once` is the same job.

        Without one it makes its own, so that an answer which is lost on the way is never paid for twice.
        """
        sent = {**headers, "idempotency-key": once or uuid4().hex}
        return self._job(await self._transport.ask("POST", "jobs", Job, body=request, headers=sent))

    async def again(self, id: str, seed: int | Literal["same"] | None = None) -> AsyncJob:
        """Ask for what a job was asked for once more; without a `seed` with a new one. Answers at once."""
        body = {} if seed is None else {"seed": seed}
        once = {"idempotency-key": uuid4().hex}
        path = f"jobs/{quoted(id)}/again"
        return self._job(await self._transport.ask("POST", path, Job, body=body, headers=once))

    async def retry(self, id: str) -> AsyncJob:
        """Ask once more for what a job did not deliver, at no more than was held for it; twice is one new job."""
        return self._job(await self._transport.ask("POST", f"jobs/{quoted(id)}/retry", Job))

    async def timeline(self, id: str) -> tuple[Moment, ...]:
        """Everything that happened to a job, the oldest first."""
        return (await self._transport.ask("GET", f"jobs/{quoted(id)}/timeline", _Timeline)).timeline

    async def code(self, id: str) -> Code:
        """What asks for the same as a job did, in every dialect, to be run as it is printed."""
        return await self._transport.ask("GET", f"jobs/{quoted(id)}/code", Code)

    async def get(self, id: str) -> AsyncJob:
        """One job, as it is now."""
        return self._job(await self._transport.ask("GET", f"jobs/{quoted(id)}", Job))

    async def list(
        self,
        *,
        limit: int = 20,
        before: str = "",
        state: State | None = None,
        model: str = "",
        kind: Literal["image", "video"] | None = None,
        since: str = "",
        until: str = "",
        key: str = "",
    ) -> tuple[AsyncJob, ...]:
        """The newest jobs, newest first; `before` is the id of the last one seen, `since` and `until` are ISO's.

        `key` is the id of one whose jobs this one sees.
        """
        chosen = {"before": before, "state": state, "model": model, "kind": kind, "since": since, "until": until}
        chosen["key"] = key
        asked = urlencode({"limit": limit, **{name: value for name, value in chosen.items() if value}})
        return tuple(map(self._job, (await self._transport.ask("GET", f"jobs?{asked}", _Jobs)).jobs))

    async def cancel(self, id: str) -> AsyncJob:
        """End a job and have its money back; an ended job comes back as it is."""
        return self._job(await self._transport.ask("POST", f"jobs/{quoted(id)}/cancel", Job))

    async def delete(self, id: str) -> AsyncJob:
        """Take an ended job's files away; the job itself stays."""
        return self._job(await self._transport.ask("DELETE", f"jobs/{quoted(id)}", Job))

    def _job(self, told: Job) -> AsyncJob:
        return AsyncJob(self._transport, told)

"""Where a job is driven: short ones at once in this process, long ones through a durable queue."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from danqing.domain.jobs import Job
from danqing.domain.media import Medium
from danqing.domain.ports import Provider

Drive = Callable[[str], Awaitable[None]]
Alive = Callable[[], Awaitable[Collection[str]]]


SLOTS = 64  # jobs that a process drives at once for an engine elsewhere
ASKS = "gateway"  # the kind of a process that puts jobs into the queue and takes none


class Queue(Protocol):
    """Sees to it that some live worker drives a job, whatever dies in between."""

    async def open(self, drive: Drive) -> None:
        """Begin to work; called once, inside the event loop that `drive` runs on."""

    async def put(self, job: Job) -> None:
        """Have a job that was admitted this moment driven, when its turn comes."""

    async def put_again(self, jobs: Sequence[Job]) -> None:
        """The same for jobs whose process died or whose drive broke off; what stands in the queue stays as it is."""

    async def reclaim(self, alive: Alive) -> None:
        """Have what processes took that are no longer `alive` done by others."""

    async def trim(self, before: datetime, *, dry: bool) -> int:
        """Forget what the queue remembers of work that ended before a moment, or only count it."""

    async def close(self) -> None:
        """Stop taking work."""


def is_long(job: Job) -> bool:
    """Whether a job is worth 20 ms of bookkeeping: films are, and what nobody waits for."""
    return Medium.VIDEO in job.generation.wants or job.member is not None


def slots_of(provider: Provider | None) -> int:
    """How many jobs one process drives at once: what a provider says, or SLOTS."""
    return int(getattr(provider, "slots", None) or SLOTS)


class Tasks:
    """A queue without a memory, for tests and for one-off commands: jobs run as tasks of this process."""

    def __init__(self) -> None:
        self._drive: Drive | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, drive: Drive) -> None:
        self._drive = drive

    async def put(self, job: Job) -> None:
        if self._drive is None:
            raise RuntimeError("put before open")
        task = asyncio.ensure_future(self._drive(job.id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def put_again(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            await self.put(job)

    async def reclaim(self, alive: Alive) -> None:
        """Nothing outlives the process."""

    async def trim(self, before: datetime, *, dry: bool) -> int:
        return 0

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

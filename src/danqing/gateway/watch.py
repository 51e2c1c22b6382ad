"""The watch that every process keeps over all of them: it lives, it sees who does not, and no job is left to nobody.

Any number of processes may keep it at once: a job is adopted in one conditional update, and whoever comes second finds
nothing to do.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from danqing.domain.jobs import Job
from danqing.domain.ports import Fleet
from danqing.gateway.dispatch import Queue
from danqing.gateway.runner import Runner

log = structlog.get_logger("danqing.watch")

BEATS = 10  # in one lease, so that a few that come late cost nobody its life


class Watch:
    """Beats, and has jobs driven whose process died, or whose drive broke off.

    `tell` has everybody hear of each job that this process has adopted: whoever still drives it stops.
    `release` is told of each job that this process had put into the queue and another has claimed, `expire` of each
    that has waited beyond its deadline.
    """

    def __init__(
        self,
        fleet: Fleet,
        queue: Queue,
        runner: Runner,
        *,
        tell: Callable[[Job], None],
        release: Callable[[str], None],
        expire: Callable[[str], Awaitable[object]],
        now: Callable[[], datetime],
    ) -> None:
        self._tell = tell
        self._release = release
        self._expire = expire
        self._now = now
        self._fleet = fleet
        self._queue = queue
        self._runner = runner
        self._handed: dict[str, Job] = {}  # what waits, and the queue was told of by this process
        self._suspects: set[str] = set()
        self._awake = self._beaten = time.monotonic()
        self._rounds: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Be listed, adopt what is left to nobody, and go on watching."""
        self._awake = self._beaten = time.monotonic()
        await self.round()
        self._rounds = asyncio.create_task(self._watch(), name="watch")

    async def close(self) -> None:
        """Stop watching. Until this process leaves, the others take it for alive."""
        if self._rounds:
            self._rounds.cancel()
            await asyncio.wait([self._rounds])

    async def leave(self) -> None:
        """Let the others take over at once what is unfinished here; nothing may be at work here any more."""
        try:
            await self._fleet.leave()
        except Exception:
            log.exception("the others will notice when the lease has ended")

    @property
    def waiting(self) -> int:
        """How many jobs wait that this process answers for."""
        return len(self._handed)

    async def put(self, job: Job) -> None:
        """Have a new job driven when its turn comes. When the queue cannot take it now, the next round tries again."""
        self._handed[job.id] = job
        try:
            await self._queue.put(job)
        except Exception:
            self._handed.pop(job.id, None)
            log.exception("the queue did not take a job", job=job.id)

    async def round(self) -> None:
        """Beat; adopt what is left to nobody; have it driven, and what the dead had taken from the queue."""
        await self._fleet.beat()
        for job in self._late():
            await self._expire(job.id)
        forsaken = await self._forsaken()
        if self._was_away():
            return
        adopted = await self._fleet.adopt(forsaken)
        for job in adopted:
            self._tell(job)
        await self._queue.reclaim(self._fleet.alive)
        await self._queue.put_again(adopted)
        self._handed |= {job.id: job for job in adopted}

    async def _forsaken(self) -> set[str]:
        """What this process answers for and neither drives nor has told the queue of, and did not a round ago."""
        handed = set(self._handed)  # before the store is read: what is handed in meanwhile stays
        answering = await self._fleet.answering()
        for id in handed - answering.keys():
            self._handed.pop(id, None)
            self._release(id)
        driven = self._runner.driven()
        suspects = {id for id, waits in answering.items() if id not in (self._handed if waits else driven)}
        forsaken = suspects & self._suspects  # twice, since what was admitted this moment begins a moment later
        self._suspects = suspects
        return forsaken

    def _late(self) -> list[Job]:
        """What has waited beyond its deadline. What is driven watches its own."""
        now, driven = self._now(), self._runner.driven()
        return [job for id, job in self._handed.items() if id not in driven and job.deadline and job.deadline < now]

    def _was_away(self) -> bool:
        """Whether this process, or the database, was: then the others have a lease's time to show that they live."""
        now = time.monotonic()
        if now - self._beaten > self._fleet.lease_s / 2:
            self._awake = now + self._fleet.lease_s
        self._beaten = now
        return now < self._awake

    async def _watch(self) -> None:
        while True:
            # Not all at once: processes that were started together would sweep together.
            await asyncio.sleep(self._fleet.lease_s / BEATS * random.uniform(0.9, 1.1))
            try:
                await self.round()
            except Exception as error:
                log.warning("a round was missed", error=type(error).__name__)

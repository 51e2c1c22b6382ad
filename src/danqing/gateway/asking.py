"""Asks an engine for a job's work, and asks again where that is safe: after a lost answer, or a file not stored."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from itertools import chain, repeat

import structlog

from danqing.domain.errors import Declined, Kind, Lost, Problem, Unstored
from danqing.domain.generation import Generation
from danqing.domain.jobs import Job, Progressed, Withheld
from danqing.domain.media import Blob
from danqing.domain.ports import Assets, Order, Provider, Source, Story, Update
from danqing.domain.recovery import recover
from danqing.gateway.story import story_of

log = structlog.get_logger("danqing.asking")

PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)  # the last one again and again, until the job's deadline
AGAIN = "asking again"
WAITING = "waiting for storage"


class Asking:
    """How one drive asks its provider. `trouble` is what is waited out: what became of the job when its time is over.

    `job` gives the job as it is now, `sent` what of it the engine is asked for; `tell` is told what it waits for.
    `lost`: a process that died may have sent it before, so that an engine which does not answer may be at work all the
    same.
    """

    def __init__(
        self,
        provider: Provider,
        assets: Assets,
        job: Callable[[], Job],
        tell: Callable[[Progressed], Awaitable[None]],
        *,
        sent: Callable[[Job], Generation],
        lost: Problem | None = None,
    ) -> None:
        self.trouble = lost
        self._provider = provider
        self._assets = assets
        self._job = job
        self._sent = sent
        self._tell = tell

    async def updates(self) -> AsyncGenerator[Update]:
        """Everything that the engine has to say, once. Raises Problem."""
        for pause_s in chain(PAUSES_S, repeat(PAUSES_S[-1])):
            try:
                async with aclosing(self._asked()) as updates:
                    async for update in updates:
                        self.trouble = None
                        yield update
                return
            except Problem as problem:
                if not self._bears(problem):
                    raise
                log.warning("the engine is asked again", job=self._job().id, code=problem.code)
            await self._tell(Progressed(0.0, AGAIN if isinstance(self.trouble, Lost) else WAITING))
            await asyncio.sleep(pause_s)

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        """Store a file for the provider, with the job's story in it. Raises Unstored, and has it told."""
        try:
            return await self._assets.put(source, mime, {**story_of(self._job()), **(story or {})})
        except Problem as problem:
            if problem.kind is not Kind.UNAVAILABLE:
                raise
            self.trouble = Unstored(problem.kind, problem.message, code=problem.code, retry_after=problem.retry_after)
            await self._tell(Progressed(0.0, WAITING))
            raise self.trouble from problem

    def open(self, blob: Blob, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """See `domain.ports.Assets`."""
        return self._assets.open(blob, start, stop)

    async def path(self, blob: Blob) -> str:
        """See `domain.ports.Assets`."""
        return await self._assets.path(blob)

    async def _asked(self) -> AsyncGenerator[Update]:
        """What the engine says that it has not said before."""
        job = self._job()
        refused = sum(attempt.fault.kind is Kind.FILTERED for attempt in job.attempts)
        order = Order(
            job=f"{job.id}-{refused}" if refused else job.id,  # or who knows request ids would refuse it again unseen
            generation=self._sent(job),
            upstream=job.upstream,
            ticket=job.ticket,
            delivered=len(job.media),
            turned_away=sum(attempt.upstream == job.provider for attempt in job.attempts),
        )
        withheld = len(job.withheld)
        async with aclosing(self._provider.generate(order, self)) as updates:
            async for update in updates:
                if isinstance(update, Withheld) and withheld:
                    withheld -= 1
                else:
                    yield update

    def _bears(self, problem: Problem) -> bool:
        """Whether to ask again: where a job whose process died would be, too."""
        if isinstance(problem, Unstored):
            self.trouble = problem
            return recover(self._job(), repeatable=self._provider.repeatable) is None
        if isinstance(problem, Lost) and self._provider.repeatable:
            self.trouble = self.trouble or problem
            return True
        passing = isinstance(problem, Declined) or problem.kind in (Kind.BUSY, Kind.UNAVAILABLE)
        return isinstance(self.trouble, Lost) and passing

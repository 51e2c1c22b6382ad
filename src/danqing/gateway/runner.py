"""Drives one job: runs its provider, lets `step` decide, commits what must survive a crash, tells the watchers."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from itertools import chain, repeat

import structlog

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Output
from danqing.domain.health import UPSTREAM_LATE
from danqing.domain.jobs import (
    Accepted,
    Event,
    Failed,
    Finished,
    Job,
    Produced,
    Progressed,
    Reported,
    Started,
    State,
    Withheld,
    step,
)
from danqing.domain.ledger import Transfer
from danqing.domain.media import Medium
from danqing.domain.ports import LEAVING, Assets, Editor, Fleet, Provider, Store
from danqing.domain.recovery import recover
from danqing.domain.wording import Rewritten
from danqing.gateway.asking import Asking
from danqing.gateway.checking import Checker
from danqing.gateway.events import Hub
from danqing.gateway.routing import Router

log = structlog.get_logger("danqing.runner")

COMMIT_PAUSES_S = (0.1, 0.5, 2.0, 5.0, 10.0, 20.0, 20.0)
DEADLINES_S = {Medium.VIDEO: 1800, Medium.IMAGE: 600, Medium.TEXT: 300}


class Superseded(Exception):
    """The stored job is further than this drive knows: cancelled, driven elsewhere, or committed unheard."""


class _Run:
    """One drive of one job: the job as it is now, and the transfers that are not in the store yet.

    `lost` is what it comes to if the engine cannot tell what became of what another process sent.
    """

    def __init__(self, job: Job, store: Store, hub: Hub, now: Callable[[], datetime]) -> None:
        self.job = job
        self.lost: Failed | None = None
        self._transfers: tuple[Transfer, ...] = ()
        self._stored = len(job.outputs)
        self._store = store
        self._hub = hub
        self._now = now

    async def take(self, event: Event) -> None:
        """One step: decided, committed when it must not be lost, told."""
        after, transfers = step(self.job, event, self._now())
        transfers = (*self._transfers, *transfers)
        if _must_survive(self.job, after, event):
            after = replace(after, version=self.job.version + 1)
            await self._commit(after, transfers)
            transfers, self._stored = (), len(after.outputs)
        self.job, self._transfers = after, transfers
        self._hub.publish(self._shown())

    def _shown(self) -> Job:
        """The job as others may see it: whoever hears of a file fetches it, and can only when it is stored."""
        outputs = self.job.outputs
        fetchable = tuple(each for at, each in enumerate(outputs) if at < self._stored or not each.blob)
        return self.job if len(fetchable) == len(outputs) else replace(self.job, outputs=fetchable)

    async def _commit(self, job: Job, transfers: Sequence[Transfer]) -> None:
        """Commit, patiently: what an engine has delivered is not given up because the database is away for a while."""
        for pause_s in COMMIT_PAUSES_S:
            try:
                taken = await self._store.commit(job, transfers)
                break
            except Problem as problem:
                log.warning("the store did not take a step", job=job.id, code=problem.code)
                await asyncio.sleep(pause_s)
        else:
            taken = await self._store.commit(job, transfers)
        if not taken:
            raise Superseded


def _must_survive(before: Job, job: Job, event: Event) -> bool:
    match event:
        case Progressed() | Reported():
            return False
        case Accepted():
            # Once, however often it is told; watchers elsewhere begin with the prompt.
            return (job.ticket, job.prompt) != (before.ticket, before.prompt)
        case Produced() | Withheld():
            # The last output is committed together with the end, which follows at once.
            return 0 < len(job.media) + len(job.withheld) < (job.generation.count or 1)
        case _:
            return True


class Runner:
    """All drives of this process; at most one per job."""

    def __init__(
        self,
        store: Store,
        assets: Assets,
        providers: Mapping[str, Provider],
        router: Router,
        editor: Editor,
        checker: Checker,
        hub: Hub,
        fleet: Fleet,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._fleet = fleet
        self._assets = assets
        self._providers = providers
        self._router = router
        self._editor = editor
        self._checker = checker
        self._hub = hub
        self._now = now
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._runs: dict[str, _Run] = {}
        self._closed = False

    def begin(self, job: Job) -> None:
        """Drive a job that was admitted this moment, in this process."""
        self._start(job.id, self._drive(_Run(job, self._store, self._hub, self._now)))

    async def drive(self, id: str) -> None:
        """Drive a job that waits to its end, from where it stands; returns when it has ended or was taken over."""
        if id not in self._tasks and not self._closed:
            self._start(id, self._claim(id))
        if task := self._tasks.get(id):
            await asyncio.wait([task])
        if self._closed:
            # Were this to return, the queue would take the job for done. It is for another process to go on with.
            await asyncio.Event().wait()

    @property
    def busy(self) -> int:
        """How many jobs are driven here."""
        return len(self._tasks)

    def driven(self) -> set[str]:
        """The jobs that are driven here at this moment."""
        return set(self._tasks)

    def stop(self, id: str) -> None:
        """Stop working on a job; closing the provider's generator cancels the engine's work."""
        if task := self._tasks.get(id):
            task.cancel()

    def yields(self, id: str, version: int) -> None:
        """Leave a job to the process that has committed this version of it, with the engine's work as it is."""
        if (run := self._runs.get(id)) and run.job.version < version:
            self._tasks[id].cancel(LEAVING)

    async def close(self) -> None:
        """Stop everything. Jobs stay as they are stored and are resumed by the next start."""
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel(LEAVING)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, id: str, work: Coroutine[object, object, None]) -> None:
        if id in self._tasks:
            work.close()
            return
        task = asyncio.create_task(work, name=f"job {id}")
        self._tasks[id] = task
        task.add_done_callback(lambda _: self._tasks.pop(id, None))

    async def _claim(self, id: str) -> None:
        for pause_s in chain(COMMIT_PAUSES_S, repeat(COMMIT_PAUSES_S[-1])):  # nobody else knows that it waits
            try:
                job = await self._fleet.claim(id)
                break
            except Problem as problem:
                log.warning("a job could not be claimed", job=id, code=problem.code)
                await asyncio.sleep(pause_s)
        if job:
            await self._resume(_Run(job, self._store, self._hub, self._now))

    async def _resume(self, run: _Run) -> None:
        provider = self._providers.get(run.job.provider)
        run.lost = recover(run.job, repeatable=False)
        await self._drive(run, None if provider and provider.repeatable else run.lost)

    async def _drive(self, run: _Run, verdict: Event | None = None) -> None:
        """To the end: that of the `verdict`, or else what the provider comes to."""
        self._runs[run.job.id] = run
        try:
            if run.job.wording.pending and not verdict:
                await run.take(Progressed(0.0, run.job.wording.stage))
                await run.take(await self._reword(run))
            if run.job.state.ended:
                return
            make = self._words if run.job.generation.words_only else self._work
            await run.take(verdict or await make(run))
        except Superseded:
            log.info("superseded", job=run.job.id)
            stored = await self._store.job(run.job.id)
            if stored and stored.state.ended:
                self._hub.publish(stored)  # whoever ended it may not have told the watchers here
        except Exception:
            # Its row is as the last commit left it; the watch has it driven again from there.
            log.exception("a drive broke off", job=run.job.id)
        finally:
            self._runs.pop(run.job.id, None)

    async def _reword(self, run: _Run) -> Event:
        """Do to the prompt what was planned, before anybody is sent it; the event that it has come to."""
        job = run.job
        try:
            async with asyncio.timeout(self._left_s(job)):
                return Rewritten(await self._editor.reword(job.generation, job.wording))
        except Problem as problem:
            return Failed(problem)
        except TimeoutError:
            return Failed(late())
        except Exception:
            log.exception("the editor failed", job=job.id)
            return Failed(Problem(Kind.INTERNAL, "The prompt could not be reworded; nothing was charged."))

    async def _words(self, run: _Run) -> Event:
        """Deliver the words that would be sent, and nothing else."""
        if run.job.state is State.QUEUED:
            await run.take(Started())
        if not run.job.wording.prompt:
            return Failed(Problem(Kind.UPSTREAM, run.job.wording.trouble or "The prompt could not be reworded."))
        await run.take(Produced(Output(medium=Medium.TEXT, text=run.job.wording.prompt)))
        return Finished()

    async def _work(self, run: _Run) -> Event:
        """Ask one engine after another until one has brought it to an end; the event that ends the job."""
        since = self._now()
        while True:
            if run.job.state is State.QUEUED:
                try:
                    plan = await self._router.next(run.job, since)
                except Problem as problem:
                    return Failed(problem)
                await run.take(Started(plan))
            with self._router.asking(run.job) as hear:
                end = await self._make(run, hear)
                hear(end)
            turned_away = self._router.turned_away(run.job, end)
            if turned_away is None:
                return end
            code = turned_away.problem.code
            log.info("turned away", job=run.job.id, upstream=run.job.provider, model=run.job.upstream, code=code)
            await run.take(turned_away)

    async def _make(self, run: _Run, hear: Callable[[Event], None]) -> Event:
        """Run the provider; the event that it has come to."""
        provider = self._providers.get(run.job.provider)
        if provider is None:
            message = f"The upstream {run.job.provider!r} is no longer configured."
            return Failed(Problem(Kind.UNAVAILABLE, message))
        lost = run.lost.problem if run.lost else None
        asking = Asking(provider, self._assets, lambda: run.job, run.take, sent=self._router.sent, lost=lost)
        try:
            async with asyncio.timeout(self._makers_s(run.job)), aclosing(asking.updates()) as updates:
                async for update in updates:
                    if isinstance(update, Accepted):
                        hear(update)
                    for told in await self._checker.checked(run.job, update):
                        await run.take(told)
        except (Superseded, asyncio.CancelledError):
            raise
        except Problem as problem:
            return Failed(problem)
        except TimeoutError:
            return Failed(asking.trouble or self._late(run.job))
        except Exception:
            log.exception("provider failed", job=run.job.id, provider=run.job.provider)
            return Failed(Problem(Kind.INTERNAL, "The engine failed unexpectedly; nothing was charged."))
        return Finished()

    def _left_s(self, job: Job) -> float:
        """Until the deadline of the job."""
        now = self._now()
        left_s = (job.deadline - now).total_seconds() if job.deadline else deadline_s(job.generation)
        if job.member:  # it may wait for long, and be worked on no longer than any other
            left_s = min(left_s, deadline_s(job.generation) - (now - (job.started or now)).total_seconds())
        return left_s

    def _makers_s(self, job: Job) -> float:
        """The same, or until whoever makes it may take no longer, counted from when the work was sent."""
        if (own_s := self._router.deadline_s(job)) is None:
            return self._left_s(job)
        return min(self._left_s(job), own_s - (self._now() - (job.started or job.created)).total_seconds())

    def _late(self, job: Job) -> Problem:
        """What ends it: its own deadline, or that of whoever makes it."""
        if (own_s := self._router.deadline_s(job)) is None or (job.deadline and self._now() >= job.deadline):
            return late()
        message = (
            f"The upstream {job.provider!r} took longer than the {own_s} seconds that it may; nothing was charged."
        )
        return Problem(Kind.TIMEOUT, message, code=UPSTREAM_LATE)


def deadline_s(generation: Generation) -> int:
    """How long a job may take, waiting included, when nobody says."""
    return max(DEADLINES_S[medium] for medium in generation.wants)


def late() -> Problem:
    """What ends a job at its deadline."""
    return Problem(Kind.TIMEOUT, "The work was not finished within the deadline; nothing was charged.")

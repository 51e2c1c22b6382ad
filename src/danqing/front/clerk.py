"""Makes batches: an asker like any dialect, who stays when its client has left, and asks for a few things at a time.

A batch is driven by the process that took it in, and by another one when that has died. Whoever drives it begins with
what the jobs say: a request that is a job already is found by its Idempotency-Key and never made twice.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import NAMESPACE_URL, uuid4, uuid5

import structlog

from danqing.domain.batches import (
    Batch,
    Batches,
    Members,
    Stage,
    Tally,
    at_once,
    member_of,
    tally,
)
from danqing.domain.errors import Kind, Problem, not_found
from danqing.domain.faults import fault_of
from danqing.domain.jobs import Job
from danqing.domain.keys import Key
from danqing.domain.media import JSONL, Blob
from danqing.domain.membership import Member
from danqing.domain.models import Model
from danqing.domain.ports import Fleet, Once
from danqing.front.sheet import Sheet
from danqing.gateway.gateway import Gateway, utc_now
from danqing.gateway.shelf import Shelf
from danqing.wire import google

log = structlog.get_logger("danqing.clerk")

EVERY_S = 2.0
DRIVES_MAX = 50  # batches that one process drives at once
REFUSED_AT_ONCE = 100
_WAIT_S = 5
_ANY = Member("", 0)
_PASSING = (Kind.BUSY, Kind.UNAVAILABLE)


class Stock(Batches, Members, Protocol):
    """All that is written down about batches; one store keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a batch is to be made of; the fields as in `Batch`."""

    model: Model
    source: Blob
    count: int
    inline: bool
    title: str = ""


class _Over(Exception):
    """The batch was cancelled or forgotten meanwhile."""


class Clerk:
    """All batches of this process, and what is told of any."""

    def __init__(
        self, stock: Stock, gateway: Gateway, shelf: Shelf, fleet: Fleet, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._stock = stock
        self._gateway = gateway
        self._shelf = shelf
        self._fleet = fleet
        self._now = now
        self.sheet = Sheet(stock, gateway.assets)
        self._news = asyncio.Event()
        self._drives: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Drive what was taken in here, and what nobody alive drives, until this is cancelled."""
        try:
            while True:
                try:
                    await self._round()
                except Exception as error:
                    log.warning("a round was missed", error=type(error).__name__)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), EVERY_S)
                self._news.clear()
        finally:
            for drive in self._drives.values():
                drive.cancel()
            await asyncio.gather(*self._drives.values(), return_exceptions=True)

    async def take(self, key: Key, asked: Asked, once: Once | None = None) -> Batch:
        """Take a batch in. The same `once` gives the same batch. Raises Problem(BUSY), Problem(MISMATCH)."""
        now = self._now()
        batch = Batch(
            id=(uuid5(NAMESPACE_URL, f"{key.id}:{once.name}") if once else uuid4()).hex,
            key=key.id,
            model=asked.model.id,
            source=asked.source,
            count=asked.count,
            inline=asked.inline,
            percent=asked.model.batch_percent,
            title=asked.title,
            fingerprint=once.fingerprint if once else "",
            created=now,
            updated=now,
        )
        there = await self._stock.open_batch(batch, self._fleet.id)
        if there.fingerprint != batch.fingerprint:
            message = "This Idempotency-Key was used before with another request. Use a new one for every new request."
            raise Problem(Kind.MISMATCH, message, code="idempotency_mismatch")
        self._news.set()
        return there

    async def batch(self, key: Key, id: str) -> Batch:
        """One of the key's batches. Raises Problem(NOT_FOUND)."""
        batch = await self._stock.batch(id)
        if batch is None or batch.key != key.id:
            raise not_found(f"batch {id[:64]}")
        return batch

    async def page(self, key: Key, after: tuple[datetime, str] | None, limit: int) -> tuple[list[Batch], bool]:
        """Some of the key's batches, newest first, and whether there are more. `after`: of the last one seen."""
        found = await self._stock.batches(key.id, after, limit + 1)
        return found[:limit], len(found) > limit

    async def tally(self, batch: Batch) -> Tally:
        """How many of its requests have come to what."""
        return tally(batch, await self._stock.states(batch.id))

    async def cancel(self, key: Key, id: str) -> None:
        """End a batch and the jobs of it that are at work. One that has ended stays as it is."""
        await self._end(await self.batch(key, id), Stage.CANCELLED)

    async def delete(self, key: Key, id: str) -> None:
        """Cancel a batch and forget it; its jobs and their bill stay."""
        await self.cancel(key, id)
        await self._stock.drop_batch(id)

    async def quotes(self, key: Key, model: str, lines: AsyncIterable[bytes]) -> tuple[Job | None, int]:
        """What requests can cost at the most, in nano-dollars, and the job of the first of them that can be made.

        Raises the Problem of the first one when none can.
        """
        first: Job | None = None
        total, trouble = 0, None
        await self._gateway.ready()
        async for line in lines:
            try:
                ask = google.read_line(model, line)
                generation = await self._shelf.found(key, ask.generation)
                generation = await self._gateway.advisor.settle(key, generation, in_words=True)
                job = self._gateway.quote(key, generation, member=_ANY)
            except Problem as problem:
                trouble = trouble or problem
                continue
            total += job.held
            first = first or job
            await asyncio.sleep(0)  # others have their turn between two of many
        if first is None and trouble:
            raise trouble
        return first, total

    async def _round(self) -> None:
        alive = await self._fleet.alive()
        for batch in await self._stock.adopt_batches(self._fleet.id, alive):
            if batch.id not in self._drives and len(self._drives) < DRIVES_MAX:
                drive = asyncio.create_task(self._drive(batch), name=f"batch {batch.id}")
                self._drives[batch.id] = drive
                drive.add_done_callback(partial(self._forget, batch.id))

    def _forget(self, id: str, _: asyncio.Task[None]) -> None:
        self._drives.pop(id, None)

    async def _drive(self, batch: Batch) -> None:
        """To its end. When this breaks off, the next round begins again."""
        try:
            async with asyncio.timeout((batch.deadline - self._now()).total_seconds()):
                await self._make(batch)
        except _Over:
            pass
        except TimeoutError:
            await self._end(batch, Stage.EXPIRED)
        except Problem as problem:
            log.warning("a batch cannot be made", batch=batch.id, code=problem.code)
            if problem.kind not in _PASSING:
                await self._end(batch, Stage.FAILED, problem)
        except Exception:
            log.exception("a batch broke off", batch=batch.id)

    async def _make(self, batch: Batch) -> None:
        if batch.stage is Stage.PENDING:
            batch = await self._step(batch.at(Stage.RUNNING, self._now()))
        key = await self._stock.key_of(batch.key)
        if key is None or key.revoked:
            message = "The API key of this batch was revoked."
            raise Problem(Kind.UNAUTHENTICATED, message, code="invalid_api_key")
        known = await self._stock.numbers(batch.id) | {number for number, _ in batch.refused}
        waiting = {self._awaited(job) async for job in self.sheet.members(batch) if not job.state.ended}
        refused: dict[int, Problem] = {}
        try:
            async for number, line in self.sheet.lines(batch.source):
                if number in known:
                    continue
                while len(waiting) >= at_once(key):
                    waiting = await _one_less(waiting)
                try:
                    waiting.add(self._awaited(await self._submitted(batch, key, number, line)))
                except Problem as problem:
                    refused[number] = problem
                if len(refused) >= REFUSED_AT_ONCE:
                    batch, refused = await self._step(batch.refusing(refused, self._now())), {}
            if refused:
                batch = await self._step(batch.refusing(refused, self._now()))
            while waiting:
                waiting = await _one_less(waiting)
        finally:
            for task in waiting:
                task.cancel()
        await self._finish(batch)

    def _awaited(self, job: Job) -> asyncio.Task[Job]:
        return asyncio.create_task(self._gateway.wait(job))

    async def _submitted(self, batch: Batch, key: Key, number: int, line: bytes) -> Job:
        """The job of a request, as soon as there is room for it. Raises Problem, and _Over."""
        ask = await asyncio.to_thread(google.read_line, batch.model, line)
        generation = await self._shelf.found(key, ask.generation)
        generation = await self._gateway.advisor.settle(key, generation, in_words=True)
        for upload in ask.uploads:
            if upload.data is not None:
                await self._gateway.assets.put(upload.data, upload.blob.mime)
        once = Once(f"batch:{batch.id}:{number}", hashlib.sha256(line).hexdigest())
        while True:
            await self._require_open(batch)
            left_s = int((batch.deadline - self._now()).total_seconds())
            try:
                job = await self._gateway.submit(
                    key, generation, once=once, within_s=max(left_s, 1), member=member_of(batch, number)
                )
            except Problem as problem:
                if problem.kind not in _PASSING:
                    raise
                await asyncio.sleep(problem.retry_after or _WAIT_S)
                continue
            try:
                await self._require_open(batch)
            except _Over:
                await self._gateway.cancel(key, job.id)
                raise
            return job

    async def _finish(self, batch: Batch) -> None:
        if not batch.inline:
            blob = await self._gateway.assets.put(self.sheet.written(batch), JSONL)
            title = f"{batch.title or batch.id}, results"
            file = await self._shelf.add(batch.key, batch.results, blob, title)
            batch = replace(batch, responses=file.name)
        await self._step(batch.at(Stage.SUCCEEDED, self._now()))

    async def _end(self, batch: Batch, stage: Stage, problem: Problem | None = None) -> None:
        """End a batch and cancel what is at work for it, whoever drives it."""
        while not batch.stage.ended:
            fault = fault_of(problem) if problem else None
            if await self._stock.advance(replace(batch.at(stage, self._now()), fault=fault)):
                break
            newest = await self._stock.batch(batch.id)
            if newest is None:
                return
            batch = newest
        key = await self._stock.key_of(batch.key)
        if key and stage is not Stage.SUCCEEDED:
            async for job in self.sheet.members(batch):
                if not job.state.ended:
                    await self._gateway.cancel(key, job.id)

    async def _step(self, batch: Batch) -> Batch:
        if not await self._stock.advance(batch):
            raise _Over
        return batch

    async def _require_open(self, batch: Batch) -> None:
        newest = await self._stock.batch(batch.id)
        if newest is None or newest.stage.ended:
            raise _Over


async def _one_less(waiting: set[asyncio.Task[Job]]) -> set[asyncio.Task[Job]]:
    """Those that are left when one or more have ended. Raises what one of them has raised."""
    ended, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in ended:
        task.result()
    return left

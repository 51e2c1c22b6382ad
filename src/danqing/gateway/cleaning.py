"""Keeps what is stored small: gives up files that have had their time, and removes what nothing names any more.

Every part may be cut off at any point and done again: a job first says that its files are gone and ceases to name them,
and a file is only removed when no job names it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.jobs import Job
from danqing.domain.media import Blob
from danqing.domain.ports import Archive, Stored, Upkeep
from danqing.domain.retention import Keep, Swept, cutoffs, deleted, due, present, without, without_file
from danqing.domain.shelf import SHELF_FILES_MAX, File, Finding, Shelves
from danqing.domain.webhooks import Outbox
from danqing.gateway.dispatch import Queue
from danqing.gateway.gateway import utc_now

log = structlog.get_logger("danqing.cleaning")

# A file is put before the job that names it is committed, half an hour earlier at the most: the longest drive. The rest
# is for a clock that somebody sets, and for buckets, which do not note that what they have is put again.
GRACE = timedelta(days=1)
REQUESTS_KEPT = timedelta(days=30)  # Idempotency-Keys; clients may count on a day
DELIVERIES_KEPT = timedelta(days=30)  # notifications that were delivered or given up
HISTORY_KEPT = timedelta(days=1)  # of what the queue has done
FIRST_S = 60.0
EVERY_S = 3600.0
PAGE = 200
_BEGINNING = (datetime(1970, 1, 1, tzinfo=UTC), "")


class Stock(Upkeep, Shelves, Finding, Protocol):
    """All that names files; one store keeps it."""


class Cleaner:
    """Sweeps now and then, and deletes by hand. `keep` is what holds for keys that do not say otherwise."""

    def __init__(
        self,
        upkeep: Stock,
        archive: Archive,
        queue: Queue,
        outbox: Outbox,
        keep: Keep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._upkeep = upkeep
        self._archive = archive
        self._queue = queue
        self._outbox = outbox
        self._keep = keep
        self._now = now

    async def run(self) -> None:
        """Sweep every hour until it is cancelled."""
        await asyncio.sleep(FIRST_S)
        while True:
            try:
                await self.sweep()
            except Problem as problem:
                log.warning("the sweep is put off", code=problem.code)
            except Exception:
                log.exception("the sweep broke off")
            await asyncio.sleep(EVERY_S)

    async def sweep(self, *, dry: bool = False) -> Swept | None:
        """Remove what has had its time; `dry` only counts it. None when another process is at it."""
        async with self._upkeep.turn() as ours:
            if not ours:
                return None
            now, swept = self._now(), Swept()
            await self._expire(now, swept, dry=dry)
            await self._clear_shelves(now, swept, dry=dry)
            await self._remove_unnamed(now - GRACE, swept, dry=dry)
            swept.requests = await self._upkeep.forget(now - REQUESTS_KEPT, dry=dry)
            swept.deliveries = await self._outbox.forget_deliveries(now - DELIVERIES_KEPT, dry=dry)
            swept.workflows = await self._queue.trim(now - HISTORY_KEPT, dry=dry)
            log.info("swept", dry=dry, jobs=swept.jobs, files=swept.files, bytes=swept.bytes)
            return swept

    async def delete(self, job: Job) -> Job:
        """Take away at once what a job was given and made; its story and its bill stay.

        Raises Problem(INVALID) until it has ended.
        """
        if not present(_at_rest(job)) and all(output.gone for output in job.outputs):
            return job
        after = deleted(job, self._now())
        await self._give_up(after)
        await self._discard(_blobs(job), before=job.updated)
        return after

    async def delete_output(self, job: Job, file: str) -> None:
        """Take one of a job's files away at once. Raises Problem(INVALID) until the job has ended."""
        await self._give_up(without_file(_at_rest(job), file, self._now()))
        await self._discard([output.blob for output in job.outputs if output.file == file], before=job.updated)

    async def delete_upload(self, file: File) -> None:
        """Take a file away that was sent, at once; jobs that were asked with it keep what they need."""
        await self._upkeep.unshelve(file)
        await self._discard([file.blob], before=file.updated)

    async def _give_up(self, job: Job) -> None:
        if not await self._upkeep.give_up(job):
            raise Problem(Kind.BUSY, "The job is being changed by somebody else; try again.", retry_after=1)

    async def _discard(self, blobs: Iterable[Blob | None], *, before: datetime) -> None:
        """A file that was put again since is on its way into another job; the sweep sees to it later."""
        hashes = {blob.sha256 for blob in blobs if blob}
        if not hashes:  # they would stand for everything
            return
        async for page in self._unnamed(hashes, before=before):
            for stored in page:
                await self._archive.delete(stored)

    async def _clear_shelves(self, now: datetime, swept: Swept, *, dry: bool) -> None:
        if dry:
            swept.uploads = len(await self._upkeep.expired(now, SHELF_FILES_MAX))
            return
        while page := await self._upkeep.expired(now, PAGE):
            for file in page:
                swept.uploads += await self._upkeep.unshelve(file)

    async def _expire(self, now: datetime, swept: Swept, *, dry: bool) -> None:
        for key, own in (await self._upkeep.keeps()).items():
            if before := cutoffs({**self._keep, **own}, now):
                async for job in self._ended(key, max(before.values())):
                    if kinds := due(job, before):
                        swept.jobs += 1 if dry else await self._upkeep.give_up(without(job, kinds, now))

    async def _ended(self, key: str, before: datetime) -> AsyncIterator[Job]:
        after = _BEGINNING
        while page := await self._upkeep.ended(key, before=before, after=after, limit=PAGE):
            for job in page:
                yield job
            after = (page[-1].updated, page[-1].id)

    async def _remove_unnamed(self, before: datetime, swept: Swept, *, dry: bool) -> None:
        async for page in self._unnamed((), before=before):
            for stored in page:
                if dry or await self._archive.delete(stored):
                    swept.files += 1
                    swept.bytes += stored.size

    async def _unnamed(self, hashes: Collection[str], *, before: datetime) -> AsyncIterator[list[Stored]]:
        """Pages of the files with these hashes, or of all, that were put before a moment and that no job names.

        Who looks after the files whether they are named, and not the other way round, misses no job that names one.
        """
        async for page in _paged(self._archive.stored(*hashes), before):
            named = await self._upkeep.named({stored.sha256 for stored in page})
            yield [stored for stored in page if stored.sha256 not in named]


def _at_rest(job: Job) -> Job:
    if not job.state.ended:
        message = "The job has not ended. Cancel it first: POST /api/jobs/ID/cancel, or danqing cancel ID."
        raise invalid(message, param="job", code="job_unfinished")
    return job


async def _paged(listed: AsyncIterator[Stored], before: datetime) -> AsyncIterator[list[Stored]]:
    page: list[Stored] = []
    async for stored in listed:
        if stored.at <= before:
            page.append(stored)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page


def _blobs(job: Job) -> list[Blob]:
    return [*job.generation.blobs(), *(output.blob for output in job.outputs if output.blob)]

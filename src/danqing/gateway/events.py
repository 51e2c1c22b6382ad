"""Tells watchers how a job changes, inside one process. Progress passes here and is never stored."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from weakref import WeakValueDictionary

from danqing.domain.jobs import Job

REFRESH_S = 5.0  # how often a watcher looks into the store, for jobs that another process drives


class _Topic:
    """The newest snapshot of one job. Watchers see the newest, not every one: nothing piles up behind a slow one."""

    def __init__(self) -> None:
        self.job: Job | None = None
        self.changed = asyncio.Event()

    def publish(self, job: Job) -> None:
        self.job = job
        self.changed.set()
        self.changed = asyncio.Event()


class Hub:
    """The topics of all jobs that are driven or watched here."""

    def __init__(self) -> None:
        self._topics: WeakValueDictionary[str, _Topic] = WeakValueDictionary()  # lives as long as somebody watches
        self._driven: dict[str, _Topic] = {}  # and as long as the job is at work
        self._per_key: Counter[str] = Counter()

    def publish(self, job: Job) -> None:
        """Tell the job's watchers."""
        topic = self._topics.setdefault(job.id, _Topic())
        topic.publish(job)
        if job.state.ended:
            self._per_key[job.key] -= self._driven.pop(job.id, None) is not None
        elif job.id not in self._driven:
            self._driven[job.id] = topic
            self._per_key[job.key] += 1

    def alive(self, key: str) -> int:
        """How many jobs of a key are at work here."""
        return self._per_key[key]

    def latest(self, stored: Job) -> Job:
        """The newest snapshot: what is stored, or what has been told since."""
        topic = self._topics.get(stored.id)
        return _newer(stored, topic.job if topic else None)

    async def follow(self, id: str, load: Callable[[], Awaitable[Job]]) -> AsyncIterator[Job]:
        """The present first, then every change, until the job has ended. `load` reads the stored job."""
        topic = self._topics.setdefault(id, _Topic())
        changed = topic.changed  # taken before the store is read, so that no change falls in between
        newest = topic.job or await load()
        yield newest
        while not newest.state.ended:
            heard = await _wait(changed)
            changed = topic.changed
            latest = _newer(newest if heard else await load(), topic.job)
            if latest != newest:
                newest = latest
                yield newest


def _newer(stored: Job, told: Job | None) -> Job:
    if told is None or (told.version, told.progress) < (stored.version, stored.progress):
        return stored
    return told


async def _wait(changed: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(REFRESH_S):
            return await changed.wait()
    except TimeoutError:
        return False

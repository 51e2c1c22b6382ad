"""Tells watchers how a job changes, here and, through the bus, everywhere. Progress passes here and is never stored."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from weakref import WeakValueDictionary

from danqing.domain.jobs import Job
from danqing.domain.ports import Bus, News
from danqing.domain.sight import Sight, sight_of

REFRESH_S = 5.0  # how often a watcher looks into the store, should news of another process be lost
HEARD_MAX = 10_000  # jobs elsewhere whose progress is remembered


class _Topic:
    """The newest snapshot of one job. Watchers see the newest, not every one: nothing piles up behind a slow one."""

    def __init__(self) -> None:
        self.job: Job | None = None
        self.elsewhere = 0  # the newest version that another process told of
        self.changed = asyncio.Event()

    def publish(self, job: Job) -> None:
        self.job = job
        self.stir()

    def stir(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class Alone:
    """A `Bus` for a process that has the store to itself."""

    async def open(self, hear: Callable[[News], None]) -> None:
        """There is nobody to hear."""

    def publish(self, news: News) -> None:
        """There is nobody to tell."""

    async def close(self) -> None:
        """Nothing was opened."""


class Hub:
    """The topics of all jobs that are driven or watched here."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._topics: WeakValueDictionary[str, _Topic] = WeakValueDictionary()  # lives as long as somebody watches
        self._driven: dict[str, _Topic] = {}  # and as long as the job is at work
        self._per_key: Counter[str] = Counter()
        self._narrow: WeakValueDictionary[Sight, asyncio.Event] = WeakValueDictionary()  # who sees one key alone
        self._wide: WeakValueDictionary[Sight, asyncio.Event] = WeakValueDictionary()
        self._heard: dict[str, News] = {}  # the progress of jobs that are driven elsewhere

    def publish(self, job: Job) -> None:
        """Tell the job's watchers, here and elsewhere."""
        known = self._topics.get(job.id)
        before = known.job if known else None
        changed = before is None or before.version != job.version
        self._bus.publish(News(job.id, job.key, job.version, job.state, job.progress, job.stage, changed))
        self._tell(job)

    def hear(self, news: News) -> None:
        """What another process tells of a job: its watchers here look into the store when its row has changed."""
        self._heard.pop(news.job, None)
        if news.state.ended:
            self.release(news.job)
        else:
            if len(self._heard) >= HEARD_MAX:
                self._heard.pop(next(iter(self._heard)))
            self._heard[news.job] = news
        self._stir(news.key)
        if topic := self._topics.get(news.job):
            topic.elsewhere = max(topic.elsewhere, news.version)
            topic.stir()

    def release(self, id: str) -> None:
        """The job is not this process's any more."""
        if (topic := self._driven.pop(id, None)) and topic.job:
            self._per_key[topic.job.key] -= 1

    def stirred(self, sight: Sight) -> asyncio.Event:
        """Set when next something happens to a job in sight, here or elsewhere."""
        watching = self._narrow if sight.keys and len(sight.keys) == 1 else self._wide
        return watching.setdefault(sight, asyncio.Event())

    @staticmethod
    async def wait(event: asyncio.Event) -> bool:
        """Wait for it, or for the time to look into the store in any case: False."""
        try:
            async with asyncio.timeout(REFRESH_S):
                return await event.wait()
        except TimeoutError:
            return False

    def _stir(self, key: str) -> None:
        told = [self._narrow.pop(sight_of(key), None)]
        told += [self._wide.pop(sight, None) for sight in list(self._wide) if sight.sees(key)]
        for event in filter(None, told):
            event.set()

    def _tell(self, job: Job) -> None:
        self._stir(job.key)
        topic = self._topics.setdefault(job.id, _Topic())
        topic.publish(job)
        if job.state.ended:
            self._per_key[job.key] -= self._driven.pop(job.id, None) is not None
        elif job.id not in self._driven:
            self._driven[job.id] = topic
            self._per_key[job.key] += 1

    def alive(self, key: str) -> int:
        """How many unfinished jobs of a key this process answers for."""
        return self._per_key[key]

    def latest(self, stored: Job) -> Job:
        """The newest snapshot: what is stored, or what has been told since."""
        topic = self._topics.get(stored.id)
        return self._progressed(_newer(stored, topic.job if topic else None))

    async def follow(self, id: str, load: Callable[[], Awaitable[Job]]) -> AsyncIterator[Job]:
        """The present first, then every change, until the job has ended. `load` reads the stored job."""
        topic = self._topics.setdefault(id, _Topic())
        changed = topic.changed  # taken before the store is read, so that no change falls in between
        newest = topic.job or await load()
        yield newest
        while not newest.state.ended:
            heard = await self.wait(changed)
            changed = topic.changed
            known = _newer(newest, topic.job)
            if not heard or topic.elsewhere > known.version:
                known = _newer(await load(), topic.job)
            latest = self._progressed(known)
            if latest != newest:
                newest = latest
                yield newest

    def _progressed(self, job: Job) -> Job:
        """With what another process told of it beyond what is stored."""
        news = self._heard.get(job.id)
        if news is None or job.state.ended or news.version < job.version or news.progress < job.progress:
            return job
        return replace(job, state=news.state, progress=news.progress, stage=news.stage)


def _newer(stored: Job, told: Job | None) -> Job:
    if told is None or (told.version, told.progress) < (stored.version, stored.progress):
        return stored
    return told

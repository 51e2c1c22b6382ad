"""What happens to the jobs that a key sees as one stream, which any process can go on with where another broke off.

An event is a whole job as it is now, so what was missed while nobody listened is told by the newest of it.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from danqing.domain.errors import Problem, invalid
from danqing.domain.jobs import Job
from danqing.domain.ports import Feed
from danqing.domain.sight import Sight
from danqing.gateway.events import Hub

PAGE = 100
PAUSE_S = 0.1  # what happens within it is read at once: the films of a key tell of their progress all the time
OVERLAP = timedelta(seconds=5)  # the clocks of machines differ, and a commit is seen later than its time says
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DIGITS_MAX = 16

Cursor = tuple[datetime, str]


def write_moment(job: Job) -> str:
    """Up to where a stream has told everything once it has told of this job; the `id` of an event."""
    return str((job.updated - _EPOCH) // _MICROSECOND)


def read_moment(text: str) -> datetime:
    """The other way. Raises Problem(INVALID)."""
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise invalid("Last-Event-ID is not an id of this stream.", param="last-event-id")
    return _EPOCH + int(text) * _MICROSECOND


async def follow(feed: Feed, hub: Hub, sight: Sight, after: datetime) -> AsyncIterator[Job]:
    """The jobs in sight as they change after a moment, and a little before it, without an end.

    Each change is told once, or the next one instead of it.
    """
    told: dict[str, Job] = {}
    start = after - OVERLAP
    while True:
        stirred = hub.stirred(sight)  # taken before the store is read, so that no change falls in between
        position: Cursor = (start, "")
        while page := await _page(feed, sight, position):
            for job in page:
                if job.id not in told or told[job.id].version < job.version:
                    told[job.id] = job
                    yield hub.latest(job)
            position = (page[-1].updated, page[-1].id)
        for id, job in list(told.items()):
            if (newest := hub.latest(job)) != job:
                told[id] = newest
                yield newest
        start = max(start, position[0] - OVERLAP)
        told = {id: job for id, job in told.items() if not job.state.ended or job.updated >= start}
        await hub.wait(stirred)
        await asyncio.sleep(PAUSE_S)


async def _page(feed: Feed, sight: Sight, after: Cursor) -> list[Job]:
    try:
        return await feed.changed(sight, after, PAGE)
    except Problem:
        return []  # the database is away; the stream goes on when it is back

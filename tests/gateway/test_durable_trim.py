"""What the queue remembers of work that has ended can be forgotten, and work at hand cannot."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from danqing.gateway.durable import Durable
from making import a_job


async def test_ended_work_is_trimmed(tmp_path: Path) -> None:
    may_end, driven = asyncio.Event(), asyncio.Event()

    async def drive(id: str) -> None:
        if id == "long":
            driven.set()
            await may_end.wait()

    queue = Durable(f"sqlite:///{tmp_path / 'queue.sqlite'}", executor="tester", slots={"sketch": 3})
    await queue.open(drive)
    try:
        for id in ("one", "two", "long"):
            await queue.put(a_job(id=id))
        await driven.wait()
        soon = datetime.now(UTC) + timedelta(hours=1)
        await trimmable(queue, soon, 2)
        assert await queue.trim(datetime.now(UTC) - timedelta(hours=1), dry=False) == 0
        assert await queue.trim(soon, dry=False) == 2
        assert await queue.trim(soon, dry=False) == 0
        may_end.set()
        await trimmable(queue, soon, 1)
    finally:
        await queue.close()


async def trimmable(queue: Durable, before: datetime, count: int) -> None:
    """Wait until so much has ended."""
    while await queue.trim(before, dry=True) < count:  # noqa: ASYNC110  the queue tells nobody
        await asyncio.sleep(0.05)

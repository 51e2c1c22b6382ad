"""A job that changes hands: whoever adopts it says so, and whoever still drives it leaves the engine to the new one."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from danqing.domain.jobs import Accepted, State
from danqing.domain.ports import Assets, News, Order, Update
from danqing.upstream.patience import called_off
from gateway.test_gateway import Puppet, staged
from making import a_generation


class Wire:
    """A `Bus` whose other end the test holds."""

    def __init__(self) -> None:
        self.told: list[News] = []

    async def open(self, hear: Callable[[News], None]) -> None:
        self.hear = hear

    def publish(self, news: News) -> None:
        self.told.append(news)

    async def close(self) -> None:
        """Nothing was opened."""


@pytest.mark.anyio
async def test_whoever_was_taken_over_stops_and_the_engine_goes_on(tmp_path: Path) -> None:
    entered: asyncio.Queue[str] = asyncio.Queue()
    left: asyncio.Queue[str] = asyncio.Queue()
    called: list[str] = []

    async def works(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted(ticket="op1")
        entered.put_nowait(order.ticket)

        async def cancel() -> None:
            called.append(order.job)

        try:
            async with called_off(cancel):
                await asyncio.Event().wait()
        finally:
            left.put_nowait(order.job)

    wire = Wire()
    async with staged(tmp_path, Puppet(works), bus=wire) as stage, asyncio.timeout(20):
        job = await stage.gateway.submit(stage.key, a_generation())
        assert await entered.get() == ""
        now = await stage.gateway.job(stage.key, job.id)

        wire.hear(News(job.id, job.key, now.version, State.RUNNING))  # what is known here already
        await asyncio.sleep(0)
        assert left.empty()
        wire.hear(News(job.id, job.key, now.version + 1, State.RUNNING))
        assert await left.get() == job.id
        assert called == []

        # Nobody had really taken it: left to nobody, it is adopted again, which the others are told of.
        assert await entered.get() == "op1"
        assert (job.id, now.version + 1) in {(news.job, news.version) for news in wire.told}
        assert (await stage.gateway.cancel(stage.key, job.id)).state is State.CANCELLED
        assert await left.get() == job.id
        assert called == [job.id]

"""The durable queue on DBOS itself, where DBOS is easily used wrongly (docs/decisions/0014 lists each way)."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

from danqing.gateway.dispatch import Alive
from danqing.gateway.durable import APPLICATION_VERSION, Durable
from making import a_job

MOMENT_S = 1.5  # several polls


class Desk:
    """Takes down what is driven, and holds each drive up until it is let go."""

    def __init__(self) -> None:
        self.driven: list[str] = []
        self.loops: set[asyncio.AbstractEventLoop] = set()
        self.go = asyncio.Event()

    async def drive(self, id: str) -> None:
        self.driven.append(id)
        self.loops.add(asyncio.get_running_loop())
        await self.go.wait()

    async def begun(self, count: int) -> list[str]:
        """What was driven, once there is so much of it."""
        async with asyncio.timeout(20):
            while len(self.driven) < count:  # noqa: ASYNC110  the queue tells nobody
                await asyncio.sleep(0.05)
        return self.driven


@asynccontextmanager
async def opened(
    folder: Path, desk: Desk, executor: str, slots: Mapping[str, int] | None = None, *, works: bool = True
) -> AsyncIterator[Durable]:
    url = f"sqlite:///{folder / 'queue.sqlite'}"
    queue = Durable(url, executor=executor, slots=(slots or {"sketch": 4}) if works else None)
    await queue.open(desk.drive)
    try:
        yield queue
    finally:
        await queue.close()


def look(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "queue.sqlite")) as file:
        return file.execute(query).fetchall()


def living(*ids: str) -> Alive:
    async def alive() -> Collection[str]:
        return ids

    return alive


async def test_drives_run_on_the_loop_that_opened_the_queue_and_under_a_fixed_version(tmp_path: Path) -> None:
    desk = Desk()
    async with opened(tmp_path, desk, "one") as queue:
        await queue.put(a_job(id="a", turn=1))
        assert await desk.begun(1) == ["a"]
        assert desk.loops == {asyncio.get_running_loop()}
        assert look(tmp_path, "SELECT DISTINCT application_version FROM workflow_status") == [(APPLICATION_VERSION,)]
        assert look(tmp_path, "PRAGMA journal_mode") == [("wal",)]
        desk.go.set()


async def test_the_work_of_others_is_taken_over_when_they_are_dead_and_never_before(tmp_path: Path) -> None:
    left, heir = Desk(), Desk()
    async with opened(tmp_path, left, "one") as queue:
        await queue.put(a_job(id="a", turn=1))
        await left.begun(1)
    async with opened(tmp_path, heir, "two") as queue:
        await queue.reclaim(living("one", "two"))
        await asyncio.sleep(MOMENT_S)
        assert heir.driven == [], "a start takes nothing of a neighbour that lives"
        await queue.reclaim(living("two"))
        assert await heir.begun(1) == ["a"]
        heir.go.set()
        assert look(tmp_path, "SELECT count(*) FROM workflow_status WHERE executor_id = 'one'") == [(0,)]


async def test_what_stands_in_the_queue_is_not_put_twice_and_what_was_begun_is_put_again(tmp_path: Path) -> None:
    desk = Desk()
    async with opened(tmp_path, desk, "one", {"sketch": 1}) as queue:
        busy, waits = a_job(id="busy", turn=1), a_job(id="waits", turn=2)
        await queue.put(busy)
        await desk.begun(1)
        await queue.put(waits)
        await queue.put_again([waits, a_job(id="lost", turn=3), replace(busy, turn=0)])
        desk.go.set()
        assert sorted(await desk.begun(4)) == ["busy", "busy", "lost", "waits"]
        await asyncio.sleep(MOMENT_S)
        assert len(desk.driven) == 4


async def test_the_lowest_turn_is_next(tmp_path: Path) -> None:
    desk = Desk()
    async with opened(tmp_path, desk, "one", {"sketch": 1}) as queue:
        await queue.put(a_job(id="first", turn=1))
        await desk.begun(1)
        for turn in (9, 3, 6):
            await queue.put(a_job(id=f"turn {turn}", turn=turn))
        desk.go.set()
        assert await desk.begun(4) == ["first", "turn 3", "turn 6", "turn 9"]


async def test_a_process_that_only_asks_polls_nothing(tmp_path: Path) -> None:
    asks, works = Desk(), Desk()
    before = {thread.name for thread in threading.enumerate()}
    async with opened(tmp_path, asks, "one", works=False) as queue:
        await queue.put(a_job(id="a", turn=1))
        await asyncio.sleep(MOMENT_S)
        new = {thread.name for thread in threading.enumerate()} - before
        assert [name for name in new if "queue" in name] == []
        assert asks.driven == []
    async with opened(tmp_path, works, "two"):
        assert await works.begun(1) == ["a"]
        works.go.set()

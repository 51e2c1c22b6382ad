"""Units of work share a commit without sharing their fate, and nobody hears of a result before the commit."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from sqlalchemy import Connection, event, insert, select

from danqing.domain.errors import Kind, Problem
from danqing.store.engine import Engines, open_engines
from danqing.store.tables import balances
from danqing.store.writer import BATCH, GroupCommit, Worker, reader, writer


def write(name: str) -> Callable[[Connection], str]:
    """A unit of work that leaves a row behind."""

    def work(connection: Connection) -> str:
        connection.execute(insert(balances), {"balance": name, "posted": 0, "held": 0})
        return name

    return work


def fail_after_writing(connection: Connection) -> str:
    write("half")(connection)
    raise ValueError("half done")


def written(engines: Engines) -> set[str]:
    with engines.reading.connect() as connection:
        return set(connection.execute(select(balances.c.balance)).scalars()) - {"bank", "revenue"}


class Gate:
    """A unit of work that holds the writer up, so that what comes next is waiting together."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self, connection: Connection) -> None:
        self.entered.set()
        self.open.wait()


async def hold_up(worker: Worker) -> tuple[Gate, asyncio.Task[None]]:
    gate = Gate()
    task = asyncio.create_task(worker.run(gate))
    await asyncio.to_thread(gate.entered.wait)
    return gate, task


async def put_in(worker: Worker, *units: Callable[[Connection], str]) -> list[asyncio.Task[str]]:
    tasks = [asyncio.create_task(worker.run(unit)) for unit in units]
    await asyncio.sleep(0)
    return tasks


@pytest.fixture
def bare(sqlite_url: str) -> Iterator[Engines]:
    engines = open_engines(sqlite_url)
    yield engines
    engines.dispose()


@pytest.fixture
async def group(bare: Engines) -> AsyncIterator[GroupCommit]:
    group = GroupCommit(bare.writing)
    yield group
    await group.close()


@pytest.fixture
def commits(bare: Engines) -> list[Connection]:
    """Every commit of the writing engine."""
    seen: list[Connection] = []
    event.listen(bare.writing, "commit", seen.append)
    return seen


async def test_each_database_gets_its_writer_and_its_readers(engines: Engines) -> None:
    writing, reading = writer(engines), reader(engines)
    assert isinstance(writing, GroupCommit) == (engines.writing.dialect.name == "sqlite")
    assert await writing.run(write("a")) == "a"
    assert await reading.run(lambda connection: len(connection.execute(select(balances)).all())) == 3
    with pytest.raises(ValueError, match="half done"):
        await writing.run(fail_after_writing)
    assert written(engines) == {"a"}
    await writing.close()
    await reading.close()


async def test_what_waits_together_is_committed_together(group: GroupCommit, commits: list[Connection]) -> None:
    gate, first = await hold_up(group)
    names = [f"unit{n}" for n in range(2 * BATCH + 1)]
    tasks = await put_in(group, *(write(name) for name in names))
    gate.open.set()
    assert await asyncio.gather(*tasks) == names
    await first
    assert len(commits) == 1 + 3


async def test_one_that_fails_takes_nothing_down_with_it(
    group: GroupCommit, bare: Engines, commits: list[Connection]
) -> None:
    gate, first = await hold_up(group)
    tasks = await put_in(group, write("before"), fail_after_writing, write("after"))
    gate.open.set()
    before, failed, after = await asyncio.gather(*tasks, return_exceptions=True)
    await first
    assert (before, after) == ("before", "after")
    assert isinstance(failed, ValueError)
    assert written(bare) == {"before", "after"}
    assert len(commits) == 2


async def test_when_the_commit_fails_everybody_is_told(group: GroupCommit, bare: Engines) -> None:
    gate, first = await hold_up(group)
    tasks = await put_in(group, write("a"), fail_after_writing, write("b"))

    @event.listens_for(bare.writing, "commit")
    def break_down(connection: Connection) -> None:
        raise OSError("the disk is gone")

    gate.open.set()
    outcomes = await asyncio.gather(first, *tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [OSError] * 4
    event.remove(bare.writing, "commit", break_down)
    assert written(bare) == set()
    assert await group.run(write("later")) == "later"


async def test_a_caller_who_left_before_his_turn_has_nothing_done(group: GroupCommit, bare: Engines) -> None:
    gate, first = await hold_up(group)
    (leaver,) = await put_in(group, write("leaver"))
    leaver.cancel()
    await asyncio.wait([leaver])
    gate.open.set()
    await first
    assert await group.run(write("stayer")) == "stayer"
    assert written(bare) == {"stayer"}


async def test_what_has_begun_is_finished_though_its_caller_left(group: GroupCommit, bare: Engines) -> None:
    gate, first = await hold_up(group)
    first.cancel()
    (next_one,) = await put_in(group, write("next"))
    gate.open.set()
    assert await next_one == "next"
    assert written(bare) == {"next"}


@pytest.mark.parametrize("make", [writer, reader])
async def test_closing_finishes_what_was_begun_and_takes_no_more(
    bare: Engines, make: Callable[[Engines], Worker]
) -> None:
    worker = make(bare)
    gate, first = await hold_up(worker)
    (second,) = await put_in(worker, lambda connection: "done")
    closing = asyncio.create_task(worker.close())
    await asyncio.sleep(0)
    with pytest.raises(Problem) as refusal:
        await worker.run(write("late"))
    assert refusal.value.kind is Kind.UNAVAILABLE
    gate.open.set()
    await closing
    await first
    assert await second == "done"
    await worker.close()


async def test_readers_do_not_wait_for_a_writer(group: GroupCommit, bare: Engines) -> None:
    gate, first = await hold_up(group)
    reading = reader(bare)
    assert await reading.run(lambda connection: "read") == "read"
    assert not first.done()
    gate.open.set()
    await first
    await reading.close()

"""Work on the database away from the event loop: units of work go in, their results come out after the commit.

A unit of work is a callable that takes a Connection and returns a result or raises; it never commits.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Protocol, TypeVar, cast

from sqlalchemy import Connection, Engine

from danqing.domain.errors import Kind, Problem
from danqing.store.engine import READERS, WRITERS, Engines

T = TypeVar("T")
Work = Callable[[Connection], T]
_Outcome = Callable[["asyncio.Future[object]"], None]

BATCH = 200  # units of work in one commit at most


class Worker(Protocol):
    """Runs units of work on threads of its own."""

    async def run(self, work: Work[T]) -> T:
        """Its result, after the commit; what it raises, with nothing of it written. Raises Problem(UNAVAILABLE)."""

    async def close(self) -> None:
        """Finish what was begun and take no more."""


class Doing(Protocol):
    """A way to have units of work done, `store.database.Database`'s own."""

    async def __call__(self, work: Work[T]) -> T:
        """See `Worker.run`."""


class Pool:
    """Several connections side by side, one transaction for each unit of work."""

    def __init__(self, engine: Engine, size: int, name: str) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._closed = False

    async def run(self, work: Work[T]) -> T:
        """See Worker."""
        if self._closed:
            raise _closed()
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transact, work)

    async def close(self) -> None:
        """See Worker."""
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)

    def _transact(self, work: Work[T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)


@dataclass(frozen=True, slots=True, eq=False)
class _Unit:
    """One unit of work and the caller who waits for it."""

    work: Callable[[Connection], object]
    caller: "asyncio.Future[object]"


class GroupCommit:
    """One connection and one thread that commit together whatever has come in while the last commit was written.

    Every unit of work has its own savepoint: one that raises takes nothing down with it. No result is delivered before
    the commit, and when the commit fails, nobody's work was done and everybody is told so.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: SimpleQueue[_Unit | None] = SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._serve, name="danqing-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Work[T]) -> T:
        """See Worker. A unit whose caller is gone before its turn is skipped."""
        if self._closed:
            raise _closed()
        unit = _Unit(work, asyncio.get_running_loop().create_future())
        self._waiting.put(unit)
        return cast(T, await unit.caller)

    async def close(self) -> None:
        """See Worker."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        ended = False
        while not ended:
            batch = self._gather()
            ended = batch[-1] is None
            units = [unit for unit in batch if unit and not unit.caller.cancelled()]
            if units:
                self._commit(units)

    def _gather(self) -> list[_Unit | None]:
        """Wait for one unit and take what else is there. None comes last of all: nothing is put in after it."""
        batch = [self._waiting.get()]
        while len(batch) < BATCH and not self._waiting.empty():
            batch.append(self._waiting.get())
        return batch

    def _commit(self, units: Sequence[_Unit]) -> None:
        try:
            with self._engine.begin() as connection:
                outcomes = [_attempt(unit.work, connection) for unit in units]
        except Exception as error:
            outcomes = [partial(_fail, error)] * len(units)
        told = list(zip(units, outcomes, strict=True))
        for loop in {unit.caller.get_loop() for unit in units}:
            # Once for a whole batch: waking an event loop costs as much as a unit of work.
            loop.call_soon_threadsafe(_tell, [row for row in told if row[0].caller.get_loop() is loop])


def _tell(told: Sequence[tuple[_Unit, _Outcome]]) -> None:
    for unit, outcome in told:
        if not unit.caller.done():
            outcome(unit.caller)


def _deliver(result: object, caller: "asyncio.Future[object]") -> None:
    caller.set_result(result)


def _fail(error: Exception, caller: "asyncio.Future[object]") -> None:
    caller.set_exception(error)


def _attempt(work: Callable[[Connection], object], connection: Connection) -> _Outcome:
    """Do the work within a savepoint. Raises only when the transaction itself is lost."""
    # Said to the driver: SQLAlchemy would compile these words anew each time, at a tenth of a whole commit's work.
    connection.exec_driver_sql("SAVEPOINT unit")
    try:
        tell = partial(_deliver, work(connection))
    except Exception as error:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT unit")
        tell = partial(_fail, error)
    connection.exec_driver_sql("RELEASE SAVEPOINT unit")
    return tell


def writer(engines: Engines) -> Worker:
    """The way to write that suits the database."""
    if engines.single_writer:
        return GroupCommit(engines.writing)
    return Pool(engines.writing, WRITERS, "danqing-writer")


def reader(engines: Engines) -> Worker:
    """Reads run side by side and see what was committed before they began."""
    return Pool(engines.reading, READERS, "danqing-reader")


def _closed() -> Problem:
    return Problem(Kind.UNAVAILABLE, "The server is stopping. Try again.", code="stopping", retry_after=1)

"""Batches in rows, taken further one version at a time, and the jobs that belong to them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Text, bindparam, delete, func, insert, or_, select, tuple_, update

from danqing.domain.batches import UNFINISHED_MAX, Batch, Stage
from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import Job, State
from danqing.domain.keys import Key
from danqing.store.documents import read_batch, write_batch
from danqing.store.jobs import COLUMNS, job_of
from danqing.store.register import key_of
from danqing.store.tables import Moment, batches, jobs, keys
from danqing.store.writer import Doing

_OPEN = batches.c.stage.in_([stage.value for stage in Stage if not stage.ended])
_ENDED = batches.c.stage.in_([stage.value for stage in Stage if stage.ended])
_this = batches.c.id == bindparam("this")
_find = select(batches.c.document).where(_this)
_lock_key = update(keys).where(keys.c.id == bindparam("of")).values(stored=keys.c.stored)
_count = select(func.count()).select_from(batches).where(batches.c.key == bindparam("key"), _OPEN)
_advance = update(batches).where(_this, batches.c.version == bindparam("old"))
_newest = (
    select(batches.c.document)
    .where(batches.c.key == bindparam("key"))
    .order_by(batches.c.created.desc(), batches.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_older = _newest.where(
    tuple_(batches.c.created, batches.c.id) < tuple_(bindparam("created", type_=Moment), bindparam("id", type_=Text))
)
_forget = delete(batches).where(_ENDED, batches.c.updated < bindparam("before", type_=Moment))
_any_open = select(batches.c.id).where(_OPEN).limit(1)
_of_batch = jobs.c.batch == bindparam("batch")
_members = (
    select(*COLUMNS)
    .where(_of_batch, jobs.c.number > bindparam("after", type_=Integer))
    .order_by(jobs.c.number)
    .limit(bindparam("limit", type_=Integer))
)
_states = select(jobs.c.state, func.count()).where(_of_batch).group_by(jobs.c.state)
_numbers = select(jobs.c.number).where(_of_batch)


class Docket:
    """Implements the ports Batches and Members: `read` and `write` have units of work done, `store.database`'s own."""

    def __init__(self, read: Doing, write: Doing) -> None:
        self._read = read
        self._write = write

    async def open_batch(self, batch: Batch, driver: str) -> Batch:
        """Write down a new batch, or return the one with its id. Raises Problem(BUSY) when its key has too many."""
        return await self._write(lambda connection: open_batch(connection, batch, driver))

    async def batch(self, id: str) -> Batch | None:
        """One batch by its id."""
        return await self._read(lambda connection: find(connection, id))

    async def batches(self, key: str, after: tuple[datetime, str] | None, limit: int) -> list[Batch]:
        """A key's batches, newest first."""
        return await self._read(lambda connection: newest(connection, key, after, limit))

    async def advance(self, batch: Batch) -> bool:
        """One step. False when somebody else has taken it further meanwhile, or it is gone."""
        return await self._write(lambda connection: advance(connection, batch))

    async def adopt_batches(self, driver: str, alive: Collection[str]) -> list[Batch]:
        """Drive every unfinished batch that nobody alive drives: all that this process drives then."""
        if not await self._read(lambda connection: connection.execute(_any_open).first()):
            return []
        return await self._write(lambda connection: adopt(connection, driver, alive))

    async def drop_batch(self, id: str) -> bool:
        """Forget a batch; its jobs stay. False when it is gone."""
        return await self._write(lambda connection: drop(connection, id))

    async def members(self, batch: str, after: int, limit: int) -> list[Job]:
        """Its jobs by their numbers, from the one after `after` on."""
        return await self._read(lambda connection: members(connection, batch, after, limit))

    async def states(self, batch: str) -> Mapping[State, int]:
        """How many of its jobs are in which state."""
        return await self._read(lambda connection: states(connection, batch))

    async def numbers(self, batch: str) -> set[int]:
        """Which of its requests are jobs."""
        return await self._read(lambda connection: numbers(connection, batch))

    async def key_of(self, id: str) -> Key | None:
        """A key by its id, a revoked one too."""
        return await self._read(lambda connection: key_of(connection, id))


def open_batch(connection: Connection, batch: Batch, driver: str) -> Batch:
    """Write down a new batch, or find the one with its id. Raises Problem(BUSY) when its key has too many."""
    connection.execute(_lock_key, {"of": batch.key})
    if there := find(connection, batch.id):
        return there
    if connection.execute(_count, {"key": batch.key}).scalar_one() >= UNFINISHED_MAX:
        message = f"This key has {UNFINISHED_MAX} unfinished batches; wait for one of them to end, or cancel it."
        raise Problem(Kind.BUSY, message, code="too_many_batches", retry_after=60)
    fixed = {"id": batch.id, "key": batch.key, "sha256": batch.source.sha256, "created": batch.created}
    connection.execute(insert(batches), {**fixed, "driver": driver, **_state(batch)})
    return batch


def find(connection: Connection, id: str) -> Batch | None:
    """A batch by its id."""
    document = connection.execute(_find, {"this": id}).scalar()
    return read_batch(document) if document is not None else None


def newest(connection: Connection, key: str, after: tuple[datetime, str] | None, limit: int) -> list[Batch]:
    """A key's batches, newest first."""
    values: dict[str, Any] = {"key": key, "limit": limit}
    if after is None:
        found = connection.execute(_newest, values)
    else:
        found = connection.execute(_older, {**values, "created": after[0], "id": after[1]})
    return [read_batch(document) for document in found.scalars()]


def advance(connection: Connection, batch: Batch) -> bool:
    """One step. False when the row is not one version behind, or gone."""
    return connection.execute(_advance, {"this": batch.id, "old": batch.version - 1, **_state(batch)}).rowcount == 1


def adopt(connection: Connection, driver: str, alive: Collection[str]) -> list[Batch]:
    """Answer for every unfinished batch that nobody alive answers for; all that this process answers for then."""
    theirs = or_(batches.c.driver.is_(None), batches.c.driver.not_in(list(alive)))
    connection.execute(update(batches).where(_OPEN, theirs).values(driver=driver))
    own = select(batches.c.document).where(_OPEN, batches.c.driver == driver).order_by(batches.c.created)
    return [read_batch(document) for document in connection.execute(own).scalars()]


def drop(connection: Connection, id: str) -> bool:
    """Forget a batch. False when it is gone."""
    return connection.execute(delete(batches).where(_this), {"this": id}).rowcount == 1


def forget(connection: Connection, before: datetime) -> None:
    """Drop the batches that ended before a moment."""
    connection.execute(_forget, {"before": before})


def members(connection: Connection, batch: str, after: int, limit: int) -> list[Job]:
    """The jobs of a batch by their numbers, from the one after `after` on."""
    rows = connection.execute(_members, {"batch": batch, "after": after, "limit": limit})
    return [job_of(row) for row in rows]


def states(connection: Connection, batch: str) -> Mapping[State, int]:
    """How many jobs of a batch are in which state."""
    return {State(row[0]): row[1] for row in connection.execute(_states, {"batch": batch})}


def numbers(connection: Connection, batch: str) -> set[int]:
    """Which requests of a batch are jobs."""
    return set(connection.execute(_numbers, {"batch": batch}).scalars())


def _state(batch: Batch) -> dict[str, Any]:
    return {
        "stage": batch.stage.value,
        "version": batch.version,
        "updated": batch.updated,
        "document": write_batch(batch),
    }

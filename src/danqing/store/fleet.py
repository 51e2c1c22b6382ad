"""The processes that share a database, and which of them answers for which job.

A job's `driver` is the process that answers for it until it ends; its `turn` is set while it waits to be claimed.
Whoever was not seen for a lease, by the database's clock, is dead, and so is whoever is not listed: nothing need be
remembered of the dead, so nothing can be forgotten too early.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from danqing.domain.jobs import Job
from danqing.store import clock
from danqing.store.jobs import COLUMNS, job_of
from danqing.store.tables import UNFINISHED, WAITING, jobs, processes
from danqing.store.transfers import insert_once
from danqing.store.writer import Doing

_see = update(processes).where(processes.c.id == bindparam("this"))
_forget_others = delete(processes).where(processes.c.id != bindparam("this"))
_forget = delete(processes).where(processes.c.id == bindparam("this"))
_forget_dead = delete(processes).where(processes.c.seen <= bindparam("since"))
_alive = select(processes.c.id, processes.c.kind).where(processes.c.seen > bindparam("since"))
_drivers = select(jobs.c.driver).where(UNFINISHED).distinct()
_answering = select(jobs.c.id, WAITING.label("waits")).where(UNFINISHED, jobs.c.driver == bindparam("this"))
_claim = (
    update(jobs)
    .where(jobs.c.id == bindparam("job"), UNFINISHED, WAITING)
    .values(driver=bindparam("this"), turn=None, version=jobs.c.version + 1)
    .returning(*COLUMNS)
)


class Member:
    """Implements `domain.ports.Fleet` for one process.

    `alone`: no other process can be at work on this database, so every other one is dead and beats are not needed.
    """

    def __init__(self, read: Doing, write: Doing, *, id: str, kind: str, lease_s: float, alone: bool) -> None:
        self.id = id
        self.lease_s = lease_s
        self._read = read
        self._write = write
        self._kind = kind
        self._lease = timedelta(seconds=lease_s)
        self._alone = alone
        self._known = False

    async def beat(self) -> None:
        """Be alive for another lease; the first time, be listed."""
        if not (self._alone and self._known):
            await self._write(self._seen)
        self._known = True

    async def leave(self) -> None:
        """Be dead at once, so that others need not wait for the lease to end."""
        await self._write(lambda connection: connection.execute(_forget, {"this": self.id}))

    async def alive(self) -> dict[str, str]:
        """The living processes, this one too, and the kind of each."""
        return await self._read(self._living)

    async def answering(self) -> dict[str, bool]:
        """The unfinished jobs that this process answers for, and whether each waits to be claimed."""
        rows = await self._read(lambda connection: connection.execute(_answering, {"this": self.id}).all())
        return {row.id: row.waits for row in rows}

    async def adopt(self, forsaken: Collection[str]) -> list[Job]:
        """Answer for every unfinished job that nobody alive answers for, and for one's own `forsaken` ones anew.

        They wait to be claimed, and whoever still drives one can commit nothing more.
        """
        if not forsaken and not await self._read(self._lost):
            return []
        return await self._write(lambda connection: self._adopted(connection, forsaken))

    async def claim(self, id: str) -> Job | None:
        """Drive a job that waits: the only one who may. None when it ended or another has claimed it."""
        row = await self._write(lambda connection: connection.execute(_claim, {"job": id, "this": self.id}).first())
        return job_of(row) if row else None

    def _seen(self, connection: Connection) -> None:
        now = clock.now(connection)
        if self._alone:
            connection.execute(_forget_others, {"this": self.id})
        if connection.execute(_see, {"this": self.id, "seen": now}).rowcount == 0:
            row = {"id": self.id, "kind": self._kind, "started": now, "seen": now}
            insert_once(connection, processes, row)

    def _lost(self, connection: Connection) -> list[str | None]:
        """Who unfinished jobs name as their driver and is not alive."""
        living = self._living(connection)
        return [driver for driver in connection.execute(_drivers).scalars() if driver not in living]

    def _living(self, connection: Connection) -> dict[str, str]:
        return {self.id: self._kind} if self._alone else living(connection, self._lease)

    def _adopted(self, connection: Connection, forsaken: Collection[str]) -> list[Job]:
        # Named one by one: a job that somebody claims while this waits for its row is then passed over.
        lost = self._lost(connection)
        whose = or_(jobs.c.driver.in_([driver for driver in lost if driver]), jobs.c.driver.is_(None))
        left = (jobs.c.driver == self.id) & jobs.c.id.in_(forsaken)
        adopt = (
            update(jobs)
            .where(UNFINISHED, or_(whose, left))
            .values(driver=self.id, turn=func.coalesce(jobs.c.turn, 0), version=jobs.c.version + 1)
            .returning(*COLUMNS)
        )
        rows: Sequence[Job] = [job_of(row) for row in connection.execute(adopt)]
        connection.execute(_forget_dead, {"since": clock.now(connection) - self._lease})
        return sorted(rows, key=lambda job: (job.created, job.id))


def living(connection: Connection, lease: timedelta) -> dict[str, str]:
    """The processes that were seen within a lease, and the kind of each."""
    rows = connection.execute(_alive, {"since": clock.now(connection) - lease})
    return {row.id: row.kind for row in rows}

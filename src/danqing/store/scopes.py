"""Whose work is counted together: a key's, or that of all keys of a project; and the queries that count it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from danqing.domain.ledger import Phase, opening
from danqing.domain.limits import Budget, room
from danqing.store.documents import read_job
from danqing.store.tables import UNFINISHED, Moment, balances, jobs, keys, transfers
from danqing.store.transfers import balance, book, insert_once, set_floor


class Scope:
    """A key or a project as what limits hold for. `members` tells whether a key's id belongs to `:owner`."""

    def __init__(self, whose: str, members: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> None:
        self.whose = whose
        at_work = (UNFINISHED, members(jobs.c.key))
        settled, told = transfers.alias("settled"), transfers.alias("told")
        self._unfinished = select(func.count()).select_from(jobs).where(*at_work)
        self._at_work = select(jobs.c.document).where(*at_work)
        self._latest = (
            select(jobs.c.created)
            .where(members(jobs.c.key), jobs.c.created > bindparam("since", type_=Moment))
            .order_by(jobs.c.created.desc())
        )
        self._stored = select(func.coalesce(func.sum(keys.c.stored), 0)).where(members(keys.c.id))
        self._spent = (
            select(
                func.coalesce(
                    func.sum(func.coalesce(settled.c.amount, transfers.c.amount) + func.coalesce(told.c.amount, 0)),
                    0,
                )
            )
            .join(settled, settled.c.id == transfers.c.job.concat(":settle"), isouter=True)
            .join(told, told.c.id == transfers.c.job.concat(":words"), isouter=True)
            .where(
                members(transfers.c.key),
                transfers.c.phase == Phase.HOLD.value,
                transfers.c.created >= bindparam("begins", type_=Moment),
                transfers.c.created < bindparam("ends", type_=Moment),
            )
        )

    def latest(self, connection: Connection, owner: str, most: int, since: datetime) -> list[datetime]:
        """When the newest jobs since a moment were admitted, newest first, `most` of them at the most."""
        values = {"owner": owner, "since": since}
        return list(connection.execute(self._latest.limit(most), values).scalars())

    def unfinished(self, connection: Connection, owner: str) -> int:
        """How many jobs have not ended."""
        return int(connection.execute(self._unfinished, {"owner": owner}).scalar_one())

    def stored(self, connection: Connection, owner: str) -> int:
        """The bytes of all delivered files, and those that the jobs at work are expected to add."""
        kept = int(connection.execute(self._stored, {"owner": owner}).scalar_one())
        at_work = connection.execute(self._at_work, {"owner": owner}).scalars()
        return kept + sum(room(read_job(document).generation) for document in at_work)

    def open(self, connection: Connection, owner: str, budget: Budget, at: datetime) -> bool:
        """Make the balance of a budget, with what its period has cost already. False when it is there.

        A job that has not ended counts with its hold, for good: its settlement knows nothing of this budget.
        """
        row = {"balance": budget.balance, "posted": 0, "held": 0, "floor": -budget.most}
        new = insert_once(connection, balances, row)
        if new:
            self._catch_up(connection, owner, budget, at)
        return new

    def reset(self, connection: Connection, owner: str, budget: Budget, at: datetime) -> None:
        """Give a budget another limit; what was not counted while it had none is counted now."""
        if not self.open(connection, owner, budget, at):
            set_floor(connection, budget.balance, budget.most)
            self._catch_up(connection, owner, budget, at)

    def _catch_up(self, connection: Connection, owner: str, budget: Budget, at: datetime) -> None:
        period = {"owner": owner, "begins": budget.begins, "ends": budget.resets}
        spent = int(connection.execute(self._spent, period).scalar_one())
        counted = balance(connection, budget.balance)
        if (more := spent - counted.held + counted.posted) > 0:
            book(connection, opening(budget.balance, more, at.isoformat()), at)


KEY = Scope("key", lambda column: column == bindparam("owner"))
PROJECT = Scope("project", lambda column: column.in_(select(keys.c.id).where(keys.c.project == bindparam("owner"))))

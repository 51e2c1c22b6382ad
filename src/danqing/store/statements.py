"""The ledger as it is read: sums of what was charged by day, model, key and project, and the transfers behind them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)

from danqing.domain.errors import not_found
from danqing.domain.ledger import CHARGES, Phase
from danqing.domain.usage import By, Entry, Figure, Spent
from danqing.store.sight import within
from danqing.store.tables import Moment, jobs, keys, transfers
from danqing.store.writer import Doing

_EPOCH = date(1970, 1, 1)
_COLUMNS: dict[By, ColumnElement[Any]] = {
    By.DAY: literal_column("transfers.created / 86400000000", BigInteger),  # whole days of microseconds since 1970
    By.MODEL: jobs.c.model,
    By.KEY: transfers.c.key,
    By.PROJECT: keys.c.project,
}


class Statements:
    """Implements the port Ledger. Every method raises Problem(BUSY or UNAVAILABLE)."""

    def __init__(self, read: Doing) -> None:
        self._read = read

    async def figures(self, which: Spent, by: Sequence[By], *, limit: int) -> list[Figure]:
        """What was charged, in the order of `by`, the newest day first; `limit` figures at the most."""
        return await self._read(lambda connection: _figures(connection, which, by, limit))

    async def entries(self, which: Spent, *, limit: int, before: str | None = None) -> list[Entry]:
        """Single transfers, newest first; `before` is the id of the last one seen. Raises Problem(NOT_FOUND) for it."""
        return await self._read(lambda connection: _entries(connection, which, limit, before))


def _figures(connection: Connection, which: Spent, by: Sequence[By], limit: int) -> list[Figure]:
    told = [_COLUMNS[name].label(f"by_{name}") for name in by]
    delivered = case((transfers.c.phase == Phase.POST.value, 1), else_=0)  # once for each job
    sums = (func.sum(delivered).label("jobs"), func.sum(transfers.c.amount).label("charged"))
    charged = _all(select(*told, *sums), which).where(transfers.c.phase.in_(sorted(phase.value for phase in CHARGES)))
    order = [column.desc() if name is By.DAY else column for name, column in zip(by, told, strict=True)]
    rows = connection.execute(charged.group_by(*told).order_by(*order).limit(limit))
    return [_figure(row, by) for row in rows if row.jobs]


def _figure(row: Row[Any], by: Sequence[By]) -> Figure:
    names = {name.value: getattr(row, f"by_{name}") for name in by}
    if By.DAY in by:
        names["day"] = _EPOCH + timedelta(days=int(names["day"]))
    return Figure(jobs=int(row.jobs), charged=int(row.charged), **names)  # Postgres adds up BIGINT as a Decimal


def _entries(connection: Connection, which: Spent, limit: int, before: str | None) -> list[Entry]:
    lines = _all(select(transfers, jobs.c.model, keys.c.project), which)
    if before is not None:
        seen = select(transfers.c.created).where(transfers.c.id == before, within(which.sight, transfers.c.key))
        last = connection.execute(seen).scalar()
        if last is None:
            raise not_found(f"line {before[:100]}")
        lines = lines.where(tuple_(transfers.c.created, transfers.c.id) < tuple_(literal(last, Moment), before))
    rows = connection.execute(lines.order_by(transfers.c.created.desc(), transfers.c.id.desc()).limit(limit))
    return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> Entry:
    phase = Phase(row.phase)
    return Entry(
        id=row.id,
        at=row.created,
        phase=phase,
        account=row.account,
        key=row.key,
        project=row.project,
        job=row.job,
        model=row.model or "",
        amount=row.amount,
        held=row.held,
        charged=row.amount if phase in CHARGES else 0,
    )


def _all(columns: Select[Any], which: Spent) -> Select[Any]:
    joined = transfers.join(jobs, jobs.c.id == transfers.c.job, isouter=True)
    found = columns.select_from(joined.join(keys, keys.c.id == transfers.c.key, isouter=True))
    found = found.where(within(which.sight, transfers.c.key))
    named = ((transfers.c.account, which.account), (jobs.c.model, which.model), (transfers.c.job, which.job))
    found = found.where(*(column == value for column, value in named if value is not None))
    if which.project is not None:
        found = found.where(keys.c.project == which.project if which.project else keys.c.project.is_(None))
    if which.since:
        found = found.where(transfers.c.created >= which.since)
    if which.until:
        found = found.where(transfers.c.created < which.until)
    return found

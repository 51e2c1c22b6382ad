"""Notifications in rows: written in the commit that ends their job, claimed by whoever sends them, kept for a while."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, Integer, RowMapping, Text, bindparam, delete, func, select, tuple_, update

from danqing.domain.errors import not_found
from danqing.domain.jobs import Job
from danqing.domain.webhooks import CLAIMED_FOR, Delivery, Event, Fate, announcements, within_bounds
from danqing.store import clock
from danqing.store.tables import PENDING, Moment, deliveries
from danqing.store.transfers import insert_once
from danqing.store.webhooks import end, of_key

_find = select(deliveries).where(deliveries.c.id == bindparam("id"))
_waiting = select(func.count()).where(deliveries.c.key == bindparam("key"), PENDING)
_due = (
    select(deliveries.c.id)
    .where(
        PENDING,
        deliveries.c.due <= bindparam("now", type_=Moment),
        deliveries.c.key.not_in(bindparam("busy", expanding=True)),
    )
    .order_by(deliveries.c.due)
    .limit(bindparam("limit", type_=Integer))
)
_claim_one = _due.with_for_update(skip_locked=True)
_claim = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(attempts=deliveries.c.attempts + 1, due=bindparam("claimed", type_=Moment))
    .returning(deliveries)
)
_write = update(deliveries).where(deliveries.c.id == bindparam("this"))
_settle = _write.where(deliveries.c.attempts == bindparam("attempt"), PENDING)
_give_up = (
    update(deliveries)
    .where(deliveries.c.webhook == bindparam("of"), deliveries.c.key == bindparam("owner"), PENDING)
    .values(state=Fate.DEAD.value, error=bindparam("why"), updated=bindparam("at", type_=Moment))
)
_newest = (
    select(deliveries)
    .where(deliveries.c.key == bindparam("key"))
    .order_by(deliveries.c.created.desc(), deliveries.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_older = tuple_(deliveries.c.created, deliveries.c.id) < tuple_(
    bindparam("created", type_=Moment), bindparam("before", type_=Text)
)
_position = select(deliveries.c.created).where(deliveries.c.key == bindparam("key"), deliveries.c.id == bindparam("id"))
_old = select(deliveries.c.id).where(deliveries.c.updated < bindparam("before", type_=Moment), ~PENDING)
_drop = delete(deliveries).where(deliveries.c.id.in_(bindparam("ids", expanding=True)))


def announce(connection: Connection, job: Job) -> None:
    """Write down who is to be told that a job has ended."""
    if told := announcements(job, of_key(connection, job.key)):
        waiting = connection.execute(_waiting, {"key": job.key}).scalar_one()
        for delivery in within_bounds(told, waiting):
            insert_once(connection, deliveries, _row(delivery))


def is_due(connection: Connection) -> bool:
    """Whether there is something to claim."""
    values = {"now": clock.now(connection), "busy": [], "limit": 1}
    return connection.execute(_due, values).first() is not None


def claim(connection: Connection, limit: int, busy: Collection[str]) -> list[Delivery]:
    """Some that are due, none of the `busy` keys, each for nobody else until its claim is over."""
    now = clock.now(connection)
    ids = connection.execute(_claim_one, {"now": now, "busy": list(busy), "limit": limit}).scalars().all()
    if not ids:
        return []
    rows = connection.execute(_claim, {"ids": ids, "claimed": now + CLAIMED_FOR}).mappings()
    return [_delivery(row) for row in rows]


def settle(connection: Connection, delivery: Delivery, *, ended: bool) -> bool:
    """Write down what came of an attempt. False when it is not this attempt's any more."""
    row = _row(delivery)
    if connection.execute(_settle, {"this": row.pop("id"), "attempt": delivery.attempts, **row}).rowcount == 0:
        return False
    if ended:
        end(connection, delivery.webhook, delivery.updated)
        give_up(connection, delivery.key, delivery.webhook, delivery.error, delivery.updated)
    return True


def give_up(connection: Connection, key: str, webhook: str, why: str, at: datetime) -> None:
    """Whatever waits for a webhook is dead."""
    connection.execute(_give_up, {"of": webhook, "owner": key, "why": why, "at": at})


def replay(connection: Connection, delivery: Delivery) -> None:
    """Have it be sent as it says."""
    row = _row(delivery)
    connection.execute(_write, {"this": row.pop("id"), **row})


def find(connection: Connection, id: str) -> Delivery | None:
    """One by its id."""
    row = connection.execute(_find, {"id": id}).mappings().first()
    return _delivery(row) if row else None


def newest(connection: Connection, key: str, limit: int, before: str | None, state: Fate | None) -> list[Delivery]:
    """A key's, newest first, from the one after `before` on. Raises Problem(NOT_FOUND) for an unknown `before`."""
    page, values = _newest, {"key": key, "limit": limit}
    if before is not None:
        created = connection.execute(_position, {"key": key, "id": before}).scalar()
        if created is None:
            raise not_found(f"notification {before[:64]}")
        page, values = page.where(_older), {**values, "created": created, "before": before}
    if state:
        page = page.where(deliveries.c.state == state.value)
    return [_delivery(row) for row in connection.execute(page, values).mappings()]


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Drop up to `limit` that were delivered or given up before a moment; how many they were."""
    ids = connection.execute(_old.limit(limit), {"before": before}).scalars().all()
    if ids:
        connection.execute(_drop, {"ids": ids})
    return len(ids)


def forgettable(connection: Connection, before: datetime) -> int:
    """How many `forget` would drop in all."""
    everything = _old.subquery()
    return connection.execute(select(func.count()).select_from(everything), {"before": before}).scalar_one()


def _row(delivery: Delivery) -> dict[str, object]:
    return {**asdict(delivery), "event": delivery.event.value, "state": delivery.state.value}


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**{**row, "event": Event(row["event"]), "state": Fate(row["state"])})

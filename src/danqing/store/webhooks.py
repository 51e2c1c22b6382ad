"""Webhooks in rows: the addresses of a key that are told how its jobs end, and the numbers of their secrets."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from danqing.domain.webhooks import WEBHOOKS_MAX, Event, Webhook
from danqing.store.tables import Moment, keys, webhooks
from danqing.store.transfers import insert_once

_ADDRESSED = webhooks.c.url != ""
_find = select(webhooks).where(webhooks.c.id == bindparam("id"))
_of_key = (
    select(webhooks).where(webhooks.c.key == bindparam("key"), _ADDRESSED).order_by(webhooks.c.created, webhooks.c.id)
)
_lock_key = select(keys.c.id).where(keys.c.id == bindparam("key")).with_for_update(key_share=True)
_insert = insert(webhooks)
_this = webhooks.c.id == bindparam("this")
_remove = delete(webhooks).where(_this, webhooks.c.key == bindparam("key"), _ADDRESSED)
_end = update(webhooks).where(_this).values(ended=bindparam("at", type_=Moment))
_rotate = (
    update(webhooks)
    .where(_this)
    .values(secret=webhooks.c.secret + 1, rotated=bindparam("at", type_=Moment))
    .returning(webhooks)
)


def add(connection: Connection, webhook: Webhook) -> bool:
    """Write a new one. False when its key has as many as it may."""
    connection.execute(_lock_key, {"key": webhook.key})  # so that two at once are counted one after the other
    if len(of_key(connection, webhook.key)) >= WEBHOOKS_MAX:
        return False
    connection.execute(_insert, _row(webhook))
    return True


def of_key(connection: Connection, key: str) -> list[Webhook]:
    """Those of a key that have an address, the oldest first."""
    return [_webhook(row) for row in connection.execute(_of_key, {"key": key}).mappings()]


def find(connection: Connection, id: str) -> Webhook | None:
    """One by its id."""
    row = connection.execute(_find, {"id": id}).mappings().first()
    return _webhook(row) if row else None


def remove(connection: Connection, key: str, id: str) -> bool:
    """Take one away. False when the key has none of that id."""
    return connection.execute(_remove, {"this": id, "key": key}).rowcount == 1


def end(connection: Connection, id: str, at: datetime) -> None:
    """It is told nothing any more."""
    connection.execute(_end, {"this": id, "at": at})


def rotate(connection: Connection, webhook: Webhook, at: datetime) -> Webhook:
    """The next secret for one, which is written down first when it is new."""
    insert_once(connection, webhooks, _row(webhook))
    return _webhook(connection.execute(_rotate, {"this": webhook.id, "at": at}).mappings().one())


def _row(webhook: Webhook) -> dict[str, object]:
    return {**asdict(webhook), "events": " ".join(webhook.events)}


def _webhook(row: RowMapping) -> Webhook:
    return Webhook(**{**row, "events": tuple(map(Event, row["events"].split()))})

"""Webhooks and their notifications on one database: what the holder of a key sees of them, and who sends them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from danqing.domain.webhooks import Delivery, Fate, Webhook
from danqing.store import deliveries, webhooks
from danqing.store.writer import Doing

AT_ONCE = 500
_DELETED = "The webhook was deleted."


class Postbox:
    """Implements `domain.webhooks.Postbox` and `domain.webhooks.Outbox`."""

    def __init__(self, read: Doing, write: Doing) -> None:
        self._read = read
        self._write = write

    async def add(self, webhook: Webhook) -> bool:
        """Remember a new one. False when its key has as many as it may."""
        return await self._write(lambda connection: webhooks.add(connection, webhook))

    async def webhooks(self, key: str) -> list[Webhook]:
        """Those of a key, the oldest first."""
        return await self._read(lambda connection: webhooks.of_key(connection, key))

    async def remove(self, key: str, id: str, at: datetime) -> bool:
        """Forget one; what waits for it is given up. False when the key has none of that id."""
        return await self._write(lambda connection: _removed(connection, key, id, at))

    async def rotate(self, webhook: Webhook, at: datetime) -> Webhook:
        """Give it the next secret."""
        return await self._write(lambda connection: webhooks.rotate(connection, webhook, at))

    async def deliveries(
        self, key: str, *, limit: int, before: str | None = None, state: Fate | None = None
    ) -> list[Delivery]:
        """A key's notifications, newest first, from the one after `before` on. Raises Problem(NOT_FOUND) for that."""
        return await self._read(lambda connection: deliveries.newest(connection, key, limit, before, state))

    async def replay(self, delivery: Delivery) -> None:
        """Have one be sent as it says."""
        await self._write(lambda connection: deliveries.replay(connection, delivery))

    async def claim(self, limit: int, busy: Collection[str]) -> list[Delivery]:
        """Some that are due, none of the `busy` keys: nobody else gets them for a while. Counts an attempt."""
        if not await self._read(deliveries.is_due):
            return []
        return await self._write(lambda connection: deliveries.claim(connection, limit, busy))

    async def settle(self, delivery: Delivery, *, ended: bool) -> bool:
        """Write down what came of an attempt. False when another process has claimed it, or it was given up."""
        return await self._write(lambda connection: deliveries.settle(connection, delivery, ended=ended))

    async def webhook(self, id: str) -> Webhook | None:
        """One by its id."""
        return await self._read(lambda connection: webhooks.find(connection, id))

    async def delivery(self, id: str) -> Delivery | None:
        """One by its id."""
        return await self._read(lambda connection: deliveries.find(connection, id))

    async def forget_deliveries(self, before: datetime, *, dry: bool) -> int:
        """Drop what was delivered or given up before a moment, a batch in each commit, or only count it."""
        if dry:
            return await self._read(lambda connection: deliveries.forgettable(connection, before))
        dropped = 0
        while batch := await self._write(lambda connection: deliveries.forget(connection, before, AT_ONCE)):
            dropped += batch
        return dropped


def _removed(connection: Connection, key: str, id: str, at: datetime) -> bool:
    if not webhooks.remove(connection, key, id):
        return False
    deliveries.give_up(connection, key, id, _DELETED, at)
    return True

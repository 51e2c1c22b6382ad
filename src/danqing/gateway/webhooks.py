"""Webhooks of a key: set up, taken away, given a new secret; and what has become of their notifications."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from danqing.domain.callbacks import Callback, address
from danqing.domain.errors import Kind, Problem, invalid, not_found
from danqing.domain.keys import Key
from danqing.domain.webhooks import (
    EVERYTHING,
    WEBHOOKS_MAX,
    Delivery,
    Event,
    Fate,
    Outbox,
    Postbox,
    Webhook,
    own_webhook,
    replayed,
)
from danqing.gateway.gateway import utc_now
from danqing.gateway.keyring import Keyring

PAGE_MAX = 200


class Box(Postbox, Outbox, Protocol):
    """All that is written down about webhooks; one store keeps it."""


class Webhooks:
    """What the holder of a key can do. `private`: addresses of this network may be called, and by http."""

    def __init__(
        self, box: Box, keyring: Keyring, *, private: bool = False, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._box = box
        self._keyring = keyring
        self._private = private
        self._now = now

    def allowed(self, callback: Callback, base: str) -> Callback:
        """What a request that came by the address `base` may say of its end. Raises Problem(INVALID)."""
        return replace(callback.checked(private=self._private), base=base)

    async def create(self, key: Key, url: str, events: Sequence[Event], base: str) -> tuple[Webhook, str]:
        """A new webhook, and its secret, which is shown this once; without events it is told of all.

        Links in what it is told begin with `base`. Raises Problem: INVALID, BUSY for too many.
        """
        url = address(url, private=self._private)
        told = tuple(dict.fromkeys(events)) or EVERYTHING
        id = f"webhook_{uuid4().hex[:16]}"
        webhook = Webhook(id=id, key=key.id, url=url, events=told, base=base, created=self._now())
        if not await self._box.add(webhook):
            message = f"A key has at most {WEBHOOKS_MAX} webhooks. Delete one first."
            raise Problem(Kind.INVALID, message, code="too_many_webhooks")
        return webhook, self._secret(webhook)

    async def all(self, key: Key) -> list[Webhook]:
        """Those of a key, the oldest first."""
        return await self._box.webhooks(key.id)

    async def remove(self, key: Key, id: str) -> None:
        """Tell it nothing any more, what is on its way included. Raises Problem(NOT_FOUND)."""
        if not await self._box.remove(key.id, id, self._now()):
            raise not_found(f"webhook {id[:64]}")

    async def rotate(self, key: Key, id: str) -> tuple[Webhook, str]:
        """A new secret, shown this once; for a day the one before signs too. Raises Problem(NOT_FOUND)."""
        webhook = next((row for row in await self._box.webhooks(key.id) if row.id == id), None)
        if webhook is None:
            raise not_found(f"webhook {id[:64]}")
        webhook = await self._box.rotate(webhook, self._now())
        return webhook, self._secret(webhook)

    async def secret(self, key: Key) -> str:
        """A new secret for the addresses that single jobs of the key name; for a day the one before signs too."""
        now = self._now()
        return self._secret(await self._box.rotate(own_webhook(key.id, now), now))

    async def deliveries(
        self, key: Key, *, limit: int = 50, before: str | None = None, state: Fate | None = None
    ) -> list[Delivery]:
        """A key's notifications, newest first, at most PAGE_MAX at a time. Raises Problem: INVALID, NOT_FOUND."""
        if not 1 <= limit <= PAGE_MAX:
            raise invalid(f"limit must be 1 to {PAGE_MAX}.", param="limit")
        return await self._box.deliveries(key.id, limit=limit, before=before, state=state)

    async def replay(self, key: Key, id: str) -> Delivery:
        """Send a notification again, delivered or not, with the same id. Raises Problem: INVALID, NOT_FOUND."""
        delivery = await self._box.delivery(id)
        if delivery is None or delivery.key != key.id:
            raise not_found(f"notification {id[:64]}")
        webhook = await self._box.webhook(delivery.webhook)
        if not delivery.single and (webhook is None or webhook.ended):
            message = "The webhook of this notification has ended. Create it anew: POST /api/webhooks."
            raise invalid(message, param="delivery", code="webhook_ended")
        again = replayed(delivery, self._now())
        await self._box.replay(again)
        return again

    def _secret(self, webhook: Webhook) -> str:
        return self._keyring.webhook_secret(webhook.id, webhook.secret)

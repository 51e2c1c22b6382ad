"""Who is told how a key's jobs end, and what has become of each notification (see `wire.webhooks`)."""

from collections.abc import Sequence

import msgspec

from danqing.client.transport import Transport, quoted
from danqing.domain.webhooks import Event, Fate


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An address that is told how jobs of a key end, until it has `ended`. `secret` is there when it is new."""

    id: str
    url: str
    events: tuple[Event, ...]
    created: str
    rotated: str | None = None
    ended: str | None = None
    secret: str | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One notification to one address. `webhook` is None for one that a single job named.

    `status`, `error` and `answer` are of the last attempt; it is tried again at `next`, and given up at `until`.
    """

    id: str
    webhook: str | None
    job: str
    event: Event
    url: str
    state: Fate
    attempts: int
    next: str | None
    until: str | None
    status: int | None
    error: str | None
    answer: str | None
    created: str
    updated: str


class _Webhooks(msgspec.Struct):
    webhooks: tuple[Webhook, ...]


class _Deleted(msgspec.Struct):
    deleted: str


class _Secret(msgspec.Struct):
    secret: str


class _Deliveries(msgspec.Struct):
    deliveries: tuple[Delivery, ...]


class AsyncWebhooks:
    """The webhooks of the key."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create(self, url: str, events: Sequence[str] = ()) -> Webhook:
        """A new one, with its secret, which is shown this once; without events it is told of all."""
        return await self._transport.ask_once("POST", "webhooks", Webhook, body={"url": url, "events": events})

    async def delete(self, id: str) -> None:
        """Tell one nothing any more."""
        await self._transport.ask_once("DELETE", f"webhooks/{quoted(id)}", _Deleted)

    async def rotate(self, id: str) -> Webhook:
        """One with a new secret; for a day the one before signs too."""
        return await self._transport.ask_once("POST", f"webhooks/{quoted(id)}/rotate", Webhook)

    async def secret(self) -> str:
        """A new secret for the addresses that single jobs name; for a day the one before signs too."""
        return (await self._transport.ask_once("POST", "webhooks/secret", _Secret)).secret

    async def deliveries(self, *, limit: int = 20, state: Fate | None = None) -> tuple[Delivery, ...]:
        """The newest notifications, newest first: all, or those in a state."""
        only = f"&state={state.value}" if state else ""
        return (await self._transport.ask("GET", f"webhooks/deliveries?limit={limit}{only}", _Deliveries)).deliveries

    async def replay(self, id: str) -> Delivery:
        """Send a notification again, delivered or dead."""
        return await self._transport.ask("POST", f"webhooks/deliveries/{quoted(id)}/replay", Delivery)

    async def list(self) -> tuple[Webhook, ...]:
        """All, the oldest first."""
        return (await self._transport.ask("GET", "webhooks", _Webhooks)).webhooks

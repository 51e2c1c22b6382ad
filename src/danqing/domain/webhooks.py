"""Who is told how a job ended, when it is tried again, and when it is given up; and the seams for keeping and sending.

A notification is written down in the commit that ends its job, so it is never lost; it may arrive twice, and says so by
its id (standardwebhooks.com).
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from danqing.domain.jobs import Job, State

WEBHOOKS_MAX = 10  # of one key
PENDING_MAX = 1000  # notifications of one key that wait
TRIED_FOR = timedelta(hours=24)
CLAIMED_FOR = timedelta(seconds=20)  # whoever sends has that long to say what came of it
BOTH_SIGN_FOR = timedelta(hours=24)  # after a rotation the secret before signs beside the new one
PAUSE_S = 5.0
PAUSE_MAX_S = 4 * 3600.0
JITTER = 0.2
GONE = 410
SECRET_PREFIX = "whsec_"
_OWN = "own_"


class Event(StrEnum):
    """What can be told of a job: the state that it ended in."""

    DONE = "job.done"
    FAILED = "job.failed"
    CANCELLED = "job.cancelled"
    UNKNOWN = "job.unknown"


EVERYTHING = tuple(Event)
_EVENTS = {
    State.DONE: Event.DONE,
    State.FAILED: Event.FAILED,
    State.CANCELLED: Event.CANCELLED,
    State.UNKNOWN: Event.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address of a key that is told how its jobs end, as far as it listens to these `events`.

    `secret` is the number of its secret, which follows from the server's own; `rotated` is when that was new. Links in
    what it is told begin with `base`. `ended`: it said that it is gone, and is told nothing any more.
    """

    id: str
    key: str
    url: str
    events: tuple[Event, ...]
    base: str
    created: datetime
    secret: int = 1
    rotated: datetime | None = None
    ended: datetime | None = None

    def signers(self, at: datetime) -> tuple[int, ...]:
        """The numbers of the secrets to sign with, the present one first."""
        both = self.rotated is not None and at < self.rotated + BOTH_SIGN_FOR and self.secret > 1
        return (self.secret, self.secret - 1) if both else (self.secret,)


def own_webhook(key: str, at: datetime) -> Webhook:
    """What stands for all addresses that single jobs of a key name: they share its secret.

    Number 0 is one that nobody was shown.
    """
    return Webhook(id=_OWN + key, key=key, url="", events=(), base="", created=at, secret=0)


class Fate(StrEnum):
    """What has become of a notification."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # given up; it can be replayed


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One notification to one address. Its `id` is the same however often it is sent.

    `webhook` says whose secret signs it. `due` is when it is tried next, `until` when it is given up. `status`, `error`
    and `answer` are of the last attempt: the status, what went wrong, and the beginning of what was answered.
    """

    id: str
    webhook: str
    key: str
    job: str
    event: Event
    url: str
    base: str
    created: datetime
    updated: datetime
    due: datetime
    until: datetime
    state: Fate = Fate.PENDING
    attempts: int = 0
    status: int | None = None
    error: str = ""
    answer: str = ""

    @property
    def single(self) -> bool:
        """Whether it goes to an address that its job named."""
        return self.webhook.startswith(_OWN)

    def dead(self, why: str, at: datetime) -> "Delivery":
        """Given up."""
        return replace(self, state=Fate.DEAD, error=why, updated=at)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of one attempt: the status and at most a KB of the answer, or the `trouble` that it met."""

    status: int | None = None
    answer: str = ""
    trouble: str = ""

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants to be told nothing any more."""
        return self.status == GONE


def announcements(job: Job, webhooks: Iterable[Webhook]) -> list[Delivery]:
    """The notifications of a job that has ended, whose key has these webhooks."""
    event, callback = _EVENTS[job.state], job.callback
    if callback and callback.urls:
        own = own_webhook(job.key, job.updated)
        told = [replace(own, url=url, base=callback.base) for url in callback.urls]
    else:
        told = [row for row in webhooks if event in row.events and not row.ended]
    return [_announced(job, event, row) for row in told]


def within_bounds(deliveries: Sequence[Delivery], waiting: int) -> list[Delivery]:
    """New ones, when so many of their key wait already: those beyond PENDING_MAX are given up at once."""
    why = f"More than {PENDING_MAX} notifications of this key were waiting."
    return [row if waiting + nth < PENDING_MAX else row.dead(why, row.created) for nth, row in enumerate(deliveries)]


def _announced(job: Job, event: Event, webhook: Webhook) -> Delivery:
    at = job.updated
    digest = hashlib.sha256(f"{job.id}\n{webhook.id}\n{webhook.url}".encode()).hexdigest()
    return Delivery(
        id=f"msg_{digest[:32]}",
        webhook=webhook.id,
        key=job.key,
        job=job.id,
        event=event,
        url=webhook.url,
        base=webhook.base,
        created=at,
        updated=at,
        due=at,
        until=at + TRIED_FOR,
    )


def settled(delivery: Delivery, receipt: Receipt, at: datetime, luck: float) -> Delivery:
    """What an attempt makes of a notification. `luck`, from 0 to 1, keeps many from being tried again together.

    Each pause is twice as long as it was tried for so far, from seconds to hours.
    """
    told = replace(delivery, status=receipt.status, answer=receipt.answer, updated=at)
    if receipt.taken:
        return replace(told, state=Fate.DELIVERED, error="")
    if receipt.gone:
        return told.dead("The receiver says that it is gone (410).", at)
    error = receipt.trouble or f"The receiver answered {receipt.status}{_hint(receipt.status)}."
    tried_s = (at - (delivery.until - TRIED_FOR)).total_seconds()
    pause_s = min(max(PAUSE_S, 2 * tried_s), PAUSE_MAX_S) * (1 - JITTER + 2 * JITTER * luck)
    due = at + timedelta(seconds=pause_s)
    return told.dead(error, at) if due > delivery.until else replace(told, error=error, due=due)


def _hint(status: int | None) -> str:
    return "; redirects are not followed" if status and 300 <= status < 400 else ""


def replayed(delivery: Delivery, at: datetime) -> Delivery:
    """The same notification, to be sent again from now on."""
    return replace(delivery, state=Fate.PENDING, due=at, until=at + TRIED_FOR, updated=at)


class Postbox(Protocol):
    """Webhooks and notifications as the holder of a key sees them."""

    async def add(self, webhook: Webhook) -> bool:
        """Remember a new one. False when its key has WEBHOOKS_MAX."""

    async def webhooks(self, key: str) -> list[Webhook]:
        """Those of a key, the oldest first."""

    async def remove(self, key: str, id: str, at: datetime) -> bool:
        """Forget one; what waits for it is given up. False when the key has none of that id."""

    async def rotate(self, webhook: Webhook, at: datetime) -> Webhook:
        """Give it the next secret; `own_webhook`s are remembered from the first time on."""

    async def deliveries(
        self, key: str, *, limit: int, before: str | None = None, state: Fate | None = None
    ) -> list[Delivery]:
        """A key's notifications, newest first, from the one after `before` on. Raises Problem(NOT_FOUND) for that."""

    async def replay(self, delivery: Delivery) -> None:
        """Have one be sent as it says."""


class Outbox(Protocol):
    """Notifications as they are sent, by any process."""

    async def claim(self, limit: int, busy: Collection[str]) -> list[Delivery]:
        """Some that are due, none of the `busy` keys: for CLAIMED_FOR nobody else gets them. Counts an attempt."""

    async def settle(self, delivery: Delivery, *, ended: bool) -> bool:
        """Write down what came of an attempt. `ended`: its webhook is told nothing any more.

        False when another process has claimed it meanwhile, or it was given up.
        """

    async def webhook(self, id: str) -> Webhook | None:
        """One by its id."""

    async def delivery(self, id: str) -> Delivery | None:
        """One by its id."""

    async def forget_deliveries(self, before: datetime, *, dry: bool) -> int:
        """Drop what was delivered or given up before a moment, or only count it."""


class Courier(Protocol):
    """A way to the receiver."""

    async def carry(self, delivery: Delivery, job: Job, secrets: Sequence[str], at: datetime) -> Receipt:
        """Bring it once, signed with each of the secrets. Raises nothing that has to do with the receiver."""

"""The shapes of answers about webhooks and their notifications."""

import msgspec

from danqing.domain.webhooks import Event, Fate
from danqing.wire.answers.shapes import Shape


class Webhook(Shape):
    """An address that is told how jobs of a key end, until it has `ended`. `secret` is shown when it is new."""

    id: str
    url: str
    events: list[Event]
    created: str
    rotated: str | None
    ended: str | None
    secret: str | msgspec.UnsetType = msgspec.UNSET


class Webhooks(Shape):
    """Those of a key, the oldest first."""

    webhooks: list[Webhook]


class WebhookSecret(Shape):
    """What notifications to the addresses of single jobs are signed with from now on."""

    secret: str


class WebhookDeleted(Shape):
    """The id of a webhook that is told nothing any more."""

    deleted: str


class Delivery(Shape):
    """One notification. `webhook` is null for an address that its job named; `status`, `error`: of the last attempt."""

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


class Deliveries(Shape):
    """A page, newest first; `next` is what to give as `before` for the one after it."""

    deliveries: list[Delivery]
    next: str | None

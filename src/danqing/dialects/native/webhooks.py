"""Who is told how a key's jobs end, and what has become of each notification."""

from starlette.requests import Request

from danqing.dialects.native.calls import Call, Subject
from danqing.dialects.native.reading import choice, limit
from danqing.domain.webhooks import Fate
from danqing.front import Front, Reply
from danqing.wire import bodies, webhooks
from danqing.wire.answers import webhooks as answers
from danqing.wire.holes import Json

PAGE = 50


class Webhooks:
    """All of it is for the key that it belongs to."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def calls(self) -> list[Call]:
        """What can be asked."""
        call, request = Subject("webhooks").call, webhooks.WebhookRequest
        return [
            call("GET /webhooks", self.all, answers.Webhooks),
            call("POST /webhooks", self.create, answers.Webhook, status=201, body=request),
            call("POST /webhooks/secret", self.secret, answers.WebhookSecret),
            call("GET /webhooks/deliveries", self.deliveries, answers.Deliveries, query="state:fate limit before"),
            call("POST /webhooks/deliveries/{delivery}/replay", self.replay, answers.Delivery),
            call("DELETE /webhooks/{webhook}", self.remove, answers.WebhookDeleted),
            call("POST /webhooks/{webhook}/rotate", self.rotate, answers.Webhook),
        ]

    async def all(self, request: Request) -> Reply:
        """The key's webhooks, the oldest first."""
        rows = await self._front.webhooks.all(await self._front.key(request))
        return Reply.of({"webhooks": [webhooks.webhook(row) for row in rows]})

    async def create(self, request: Request) -> Reply:
        """A new webhook: `url`, and the `events` that it is told of; its secret is in this answer and never again."""
        key = await self._front.key(request)
        wanted = bodies.decode(await self._front.body(request), webhooks.WebhookRequest)
        row, secret = await self._front.webhooks.create(key, wanted.url, wanted.events, self._front.base(request))
        return Reply.of({**webhooks.webhook(row), "secret": secret}, status=201)

    async def remove(self, request: Request) -> Reply:
        """Tell a webhook nothing any more."""
        key, id = await self._front.key(request), request.path_params["webhook"]
        await self._front.webhooks.remove(key, id)
        return Reply.of({"deleted": id})

    async def rotate(self, request: Request) -> Reply:
        """A new secret for a webhook, in this answer and never again; for a day the one before signs too."""
        key = await self._front.key(request)
        row, secret = await self._front.webhooks.rotate(key, request.path_params["webhook"])
        return Reply.of({**webhooks.webhook(row), "secret": secret})

    async def secret(self, request: Request) -> Reply:
        """A new secret for the addresses that single jobs name; for a day the one before signs too."""
        key = await self._front.key(request)
        return Reply.of({"secret": await self._front.webhooks.secret(key)})

    async def deliveries(self, request: Request) -> Reply:
        """The key's notifications, newest first: those in one `state`, or all."""
        key, query = await self._front.key(request), request.query_params
        state = choice(query["state"], Fate, "state") if query.get("state") else None
        most = limit(request, PAGE)
        rows = await self._front.webhooks.deliveries(key, limit=most, before=query.get("before"), state=state)
        told: list[Json] = [webhooks.delivery(row) for row in rows]
        return Reply.of({"deliveries": told, "next": rows[-1].id if len(rows) == most else None})

    async def replay(self, request: Request) -> Reply:
        """Send a notification again, with the same id."""
        key = await self._front.key(request)
        row = await self._front.webhooks.replay(key, request.path_params["delivery"])
        return Reply.of(webhooks.delivery(row))

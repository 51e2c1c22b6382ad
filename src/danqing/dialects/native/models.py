"""What can be asked for: the models, which of them to ask, and who makes their work."""

from starlette.requests import Request

from danqing.dialects.native.calls import Call, Subject
from danqing.front import Front, Reply
from danqing.front.headers import dated
from danqing.wire import advice, asking, native, standings
from danqing.wire.answers import models
from danqing.wire.holes import Json


class Models:
    """The catalog, as it is served here."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def calls(self) -> list[Call]:
        """What can be asked."""
        call = Subject("models").call
        return [
            call("GET /models", self.models, models.Models, query="retiring"),
            call("GET /models/{model}", self.model, models.Model),
            call("GET /models/{model}/schema", self.schema, dict),
            call("POST /advise", self.advise, models.Counsel, body=native.JobRequest),
            call("GET /upstreams", self.upstreams, models.Upstreams),
        ]

    async def models(self, request: Request) -> Reply:
        """Every model with its abilities, prices and dates; `?retiring`: those that end, and who used them lately."""
        every, sight = self._front.gateway.catalog.models, await self._front.porter.sight(request)
        rows: list[Json] = [native.model(row) for row in every]
        if "retiring" in request.query_params:
            rows = [native.retiring(row) for row in await self._front.accounts.retiring(every, sight)]
        return Reply.of({"models": rows})

    async def model(self, request: Request) -> Reply:
        """One model, by id or alias."""
        await self._front.key(request)
        row = self._front.gateway.catalog.find(request.path_params["model"])
        return Reply.of(native.model(row), headers=dated(row.lifecycle))

    async def schema(self, request: Request) -> Reply:
        """What a model can be asked for, as a JSON Schema (2020-12) of the body of POST /api/jobs."""
        await self._front.key(request)
        row = self._front.gateway.catalog.find(request.path_params["model"])
        return Reply.of(asking.schema(row), headers=dated(row.lifecycle))

    async def advise(self, request: Request) -> Reply:
        """Which model to ask and why, or what speaks against the one that is named; takes the body of a job."""
        key = await self._front.key(request)
        ask = await self._front.decode(native.read_job, await self._front.body(request))
        return Reply.of(advice.counsel(await self._front.gateway.advisor.counsel(key, ask.generation)))

    async def upstreams(self, request: Request) -> Reply:
        """Who makes what live keys ask for, and how they do as this server sees it; all of it for the owner."""
        owner = await self._front.porter.is_owner(request)
        test = not owner and (await self._front.key(request)).test  # test keys are served by the embedded engine
        rows = () if test else self._front.gateway.upstreams()
        return Reply.of({"upstreams": [standings.upstream(row, owner=owner) for row in rows]})

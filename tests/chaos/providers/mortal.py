"""A provider for the engine of the chaos tests: asks once, remembers the operation, waits, fetches the files."""

import asyncio
from collections.abc import AsyncGenerator, Mapping

from danqing.domain.generation import Output
from danqing.domain.jobs import Accepted, Produced
from danqing.domain.media import Medium
from danqing.domain.ports import Assets, Order, Provider, Update
from danqing.upstream.client import Request, Upstream
from danqing.upstream.patience import patiently

SIDE = 64
POLL_S = 0.1


class Mortal:
    """See `domain.ports.Provider`. `repeatable` when the engine is told the job's id as an Idempotency-Key."""

    honours: frozenset[str] = frozenset()

    def __init__(self, base_url: str, *, repeatable: bool, slots: int) -> None:
        self.repeatable = repeatable
        self.slots = slots
        self._engine = Upstream("engine", base_url, _nobody)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._engine.close()

    async def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """Ask, unless there is a ticket; then wait and fetch what was not delivered before."""
        ticket = order.ticket or await self._ask(order, assets)
        yield Accepted(ticket=ticket)
        await self._done(ticket, assets)
        film = Medium.VIDEO in order.generation.wants
        for number in range(order.delivered, order.generation.count or 1):
            name = f"/files/{ticket}/{number}.{'mp4' if film else 'png'}"
            blob = await self._engine.download(self._engine.address(name), assets)
            medium, duration = (Medium.VIDEO, 1000) if film else (Medium.IMAGE, 0)
            yield Produced(Output(medium=medium, blob=blob, width=SIDE, height=SIDE, duration_ms=duration))

    async def _ask(self, order: Order, assets: Assets) -> str:
        headers = {"idempotency-key": order.job} if self.repeatable else {}
        ask = Request(method="POST", path="/make", body={"job": order.job}, headers=headers, paid=True)
        answer = await self._engine.call(ask, assets)
        assert isinstance(answer.body, dict)
        return str(answer.body["operation"])

    async def _done(self, ticket: str, assets: Assets) -> None:
        poll, done = Request(method="GET", path=f"/operations/{ticket}"), False
        while not done:
            await asyncio.sleep(POLL_S)
            answer = await patiently(lambda: self._engine.call(poll, assets))
            assert isinstance(answer.body, dict)
            done = bool(answer.body["done"])


async def _nobody() -> Mapping[str, str]:
    return {}


def connect(settings: Mapping[str, object]) -> Provider:
    """`base_url`: where the engine is; `repeatable`: whether it is told the job's id; `slots`: films at a time."""
    return Mortal(str(settings["base_url"]), repeatable=bool(settings["repeatable"]), slots=int(str(settings["slots"])))

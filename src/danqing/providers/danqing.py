"""Another Danqing: asked under the job's own id, so that the same job is never made twice, however often it is sent."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from danqing.domain.errors import Kind
from danqing.domain.jobs import Accepted, Produced, Progressed, Reported, Withheld
from danqing.domain.media import Medium
from danqing.domain.money import dollars
from danqing.domain.ports import Assets, Order, Provider, Update
from danqing.upstream.client import Request, Upstream
from danqing.upstream.fetching import fetched
from danqing.upstream.keys import Keys
from danqing.upstream.patience import called_off, patiently, undeclined
from danqing.upstream.reaching import Listing, Reached, reach_by_list
from danqing.upstream.settings import Settings, misset, read_settings
from danqing.upstream.ticket import Ticket, read_ticket
from danqing.wire import native, partner
from danqing.wire.partner import Told

POLL_S = 0.25  # at first; a film is asked for less and less often, up to `poll_s`


@dataclass(frozen=True, slots=True, kw_only=True)
class DanqingSettings(Settings):
    """[upstreams.NAME] with `kind = "danqing"`. `max_cost` is the most, in dollars, that one job may cost there."""

    max_cost: str = ""
    poll_s: float = 3.0


class _Everything(frozenset[str]):
    """All knobs are passed on; what the other server ignores of them it says itself."""

    def __contains__(self, name: object) -> bool:
        return True


class Partner:
    """See `domain.ports.Provider`."""

    repeatable = True
    honours: frozenset[str] = _Everything()

    def __init__(self, settings: DanqingSettings) -> None:
        self._poll_s = settings.poll_s
        self._max_cost = {"x-danqing-max-cost": settings.max_cost} if settings.max_cost else {}
        self._keys = Keys(settings.name, settings.base_url, settings.all_keys, judge=partner.judge, pace=settings.pace)
        self.load = self._keys.load
        self.slots = self._keys.slots

    async def close(self) -> None:
        """Let go of every connection."""
        await self._keys.close()

    async def reach(self, models: Collection[str]) -> Sequence[Reached]:
        """See `upstream.reaching.Reachable`."""
        return await reach_by_list(self._keys, Listing("/api/models", "models"), models)

    async def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """The other server's job, followed to its end; its outputs are taken over as they come."""
        ticket = read_ticket(order.ticket) if order.ticket else None
        mark = ticket.key if ticket else self._keys.steady(order.job, order.turned_away)
        async with self._keys.lease(order.upstream, mark, begun=bool(ticket)) as (mark, upstream):
            if ticket:
                told = await self._asked(upstream, ticket.ids[0], assets)
            else:
                told = await self._submitted(upstream, order, assets)
                yield Accepted(Ticket(mark, (told.id,)).write(), told.prompt)
            async with called_off(lambda: _cancel(upstream, told.id, assets)):
                pause_s, taken = min(POLL_S, self._poll_s), 0
                media = 0
                while True:
                    yield Reported(ignored=told.ignored, changes=told.changes, served_by=told.served_by)
                    for delivered in told.delivered[taken:]:
                        taken += 1
                        media += delivered.output.medium is not Medium.TEXT
                        if media > order.delivered:
                            yield await self._taken_over(upstream, delivered, assets)
                        elif delivered.output.medium is Medium.TEXT and not order.delivered:
                            yield Produced(delivered.output)
                    if told.state.ended:
                        break
                    yield Progressed(told.fraction, told.stage)
                    await asyncio.sleep(pause_s)
                    pause_s = min(pause_s * 1.5, self._poll_s)
                    told = await self._asked(upstream, told.id, assets)
        yield Reported(cost=told.charged)
        for reason in told.withheld:
            yield Withheld(reason)
        if told.problem and not (told.withheld and told.problem.kind is Kind.FILTERED):
            raise told.problem

    async def _submitted(self, upstream: Upstream, order: Order, assets: Assets) -> Told:
        """Begin the job, or find the one that was begun when this was sent before. Raises Lost."""
        asked = replace(order.generation, model=order.upstream or order.generation.model)
        request = Request(
            method="POST",
            path="/api/jobs",
            body=native.write_job(asked),
            headers={"idempotency-key": order.job, **self._max_cost},
            paid=True,
        )
        return upstream.read((await upstream.call(request, assets)).body, partner.read_told)

    async def _asked(self, upstream: Upstream, id: str, assets: Assets) -> Told:
        async def ask() -> Told:
            answer = await upstream.call(Request(method="GET", path=f"/api/jobs/{id}"), assets)
            return upstream.read(answer.body, partner.read_told)

        return await undeclined(patiently(ask, pause_s=self._poll_s))

    async def _taken_over(self, upstream: Upstream, delivered: partner.Delivered, assets: Assets) -> Produced:
        if not delivered.file:
            return Produced(delivered.output)
        url = upstream.address(f"/api/files/{delivered.file}")
        blob = await fetched(lambda: upstream.download(url, assets), pause_s=self._poll_s)
        return Produced(replace(delivered.output, blob=blob))


def connect(settings: Mapping[str, object]) -> Provider:
    """See `DanqingSettings`. Raises Problem(INVALID) naming the setting."""
    read = read_settings(settings, DanqingSettings)
    if read.max_cost:
        try:
            dollars(read.max_cost)
        except ValueError as error:
            raise misset(read.name, "max_cost", f"is wrong: {error}") from error
    return Partner(read)


async def _cancel(upstream: Upstream, id: str, assets: Assets) -> None:
    await upstream.tell(Request(method="POST", path=f"/api/jobs/{id}/cancel"), assets)

"""Orders for providers that speak HTTP, and what comes of them."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

from danqing.domain.errors import Problem
from danqing.domain.generation import Generation, Output
from danqing.domain.jobs import Accepted, Produced, Progressed, Reported, Withheld
from danqing.domain.media import Medium
from danqing.domain.ports import Assets, Order, Provider, Update
from making import a_generation

FILM = frozenset({Medium.VIDEO})


@dataclass
class Told:
    """Everything that a provider said of one order, and the Problem that it ended with."""

    updates: list[Update] = field(default_factory=list)
    problem: Problem | None = None

    def __iter__(self) -> Iterator[Output]:
        return (update.output for update in self.updates if isinstance(update, Produced))

    @property
    def outputs(self) -> list[Output]:
        return list(self)

    @property
    def withheld(self) -> list[str]:
        return [update.reason for update in self.updates if isinstance(update, Withheld)]

    @property
    def accepted(self) -> list[Accepted]:
        return [update for update in self.updates if isinstance(update, Accepted)]

    @property
    def progress(self) -> list[Progressed]:
        return [update for update in self.updates if isinstance(update, Progressed)]

    @property
    def reported(self) -> list[Reported]:
        return [update for update in self.updates if isinstance(update, Reported)]

    @property
    def ignored(self) -> set[str]:
        return {name for told in self.reported for name in told.ignored}

    @property
    def ticket(self) -> str:
        return [told.ticket for told in self.accepted][-1]


def an_order(generation: Generation, upstream: str, **fields: object) -> Order:
    return Order(job="8167db37-2b7c-4794-9232-891d02ca7fa3", generation=generation, upstream=upstream, **fields)


def a_film(prompt: str = "a cat", **fields: object) -> Generation:
    return a_generation(prompt, **{"wants": FILM, "aspect": "16:9", "size": "720p", "seconds": 8, "count": 1, **fields})


async def told_by(provider: Provider, order: Order, assets: Assets) -> Told:
    """Drive the provider to its end."""
    return await told_in(provider.generate(order, assets))


async def told_in(updates: AsyncGenerator[Update]) -> Told:
    """All of the updates."""
    told = Told()
    try:
        async with aclosing(updates):
            async for update in updates:
                told.updates.append(update)
    except Problem as problem:
        told.problem = problem
    return told

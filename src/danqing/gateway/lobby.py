"""Where a job stands that waits: how many are before it, and about how long it will be."""

import time
from collections.abc import Mapping
from math import ceil
from statistics import fmean

from danqing.domain.jobs import Job
from danqing.domain.ports import Feed, Fleet, Provider
from danqing.domain.queueing import Place
from danqing.gateway.dispatch import ASKS, slots_of

MEMORY_S = 10.0
MODELS_REMEMBERED = 1000


class Lobby:
    """Knows how fast the queues move."""

    def __init__(self, feed: Feed, fleet: Fleet, providers: Mapping[str, Provider]) -> None:
        self._feed = feed
        self._fleet = fleet
        self._providers = providers
        self._known: dict[str, tuple[float, float]] = {}

    async def place(self, job: Job) -> Place | None:
        """None when the job does not wait."""
        if job.turn is None or job.state.ended:
            return None
        position = await self._feed.ahead(job) + 1
        pace = await self._seconds_each(job.generation.model)
        at_once = await self._at_once(job.provider)
        return Place(position, ceil(position / at_once * pace) if pace and at_once else None)

    async def _at_once(self, provider: str) -> int:
        workers = [kind for kind in (await self._fleet.alive()).values() if kind != ASKS]
        return len(workers) * slots_of(self._providers.get(provider))

    async def _seconds_each(self, model: str) -> float | None:
        known = self._known.get(model)
        if known and time.monotonic() - known[0] < MEMORY_S:
            return known[1]
        took = await self._feed.durations(model)
        if not took:
            return None
        if len(self._known) >= MODELS_REMEMBERED:
            self._known.clear()
        self._known[model] = (time.monotonic(), fmean(took))
        return fmean(took)

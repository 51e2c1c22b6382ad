"""Asks an engine what costs nothing: whether it is there, takes the key and has a model, and what time it is there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, runtime_checkable

from danqing.domain.errors import Problem
from danqing.domain.media import Blob
from danqing.domain.ports import Source, Story
from danqing.upstream.client import Request, Upstream
from danqing.upstream.faults import wrong
from danqing.upstream.keys import Keys
from danqing.wire.bodies import Fields

SILENCE_S = 15.0
ANSWER_S = 30.0  # for all of an answer, however slowly it comes
Reader = Callable[[Fields], frozenset[str]]
_UNKNOWN = "upstream_not_found"  # the engine is there, and has no such list or no such model
_REFUSED = frozenset({"upstream_credentials", "upstream_refused"})  # what is asked has no fault but its key


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What one key has found. `clock_s`: how far the engine's clock is ahead of this machine's, to the second.

    `accepted`: whether the key opens it; None for an engine that asks for none. `models`: how many it lists, None
    for no list. `missing`: which of those that it was asked for it does not have. `problem`: why the key is of no use.
    """

    seconds: float
    clock_s: float | None = None
    accepted: bool | None = None
    models: int | None = None
    missing: frozenset[str] = frozenset()
    problem: Problem | None = None


@runtime_checkable
class Reachable(Protocol):
    """A provider that can be asked what costs nothing. `models` are the ids that it is to be asked for in earnest."""

    async def reach(self, models: Collection[str]) -> Sequence[Reached]:
        """What each key finds, in the order of the keys. Raises nothing."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Where an engine lists its models: in `rows` of the answer, each with its id in `id`."""

    path: str
    rows: str = "data"
    id: str = "id"
    params: Mapping[str, str] = field(default_factory=dict)

    def request(self) -> Request:
        """The question."""
        return Request(method="GET", path=self.path, params=self.params, silence_s=SILENCE_S)

    def read(self, fields: Fields) -> frozenset[str]:
        """The ids in the answer. Raises Problem."""
        rows = fields.objects(self.rows)
        return frozenset((row.text(self.id) or "").removeprefix("models/") for row in rows)


async def reach_by_list(keys: Keys, listing: Listing, models: Collection[str]) -> Sequence[Reached]:
    """Ask for the list with every key, and once without any: where that is answered, a key proves nothing."""
    found = await asyncio.gather(*(_listed(upstream, listing, models) for upstream in keys.each()))
    stranger = await _listed(keys.stranger(), listing, ())
    return [replace(one, accepted=None) if one.accepted and not stranger.problem else one for one in found]


async def reach_by_model(keys: Keys, asks: Mapping[str, Request]) -> Sequence[Reached]:
    """Ask for one model after the other with every key, where no list can be asked for."""
    return [await _by_model(upstream, asks) for upstream in keys.each()]


async def _listed(upstream: Upstream, listing: Listing, models: Collection[str]) -> Reached:
    """An engine that is there and lists nothing is as good as one that does."""
    found, ids = await _asked(upstream, listing.request(), listing.read)
    if ids is not None:
        return replace(found, models=len(ids), missing=frozenset(models) - ids)
    return replace(found, problem=None) if found.problem and found.problem.code == _UNKNOWN else found


async def _by_model(upstream: Upstream, asks: Mapping[str, Request]) -> Reached:
    answers = {model: (await _asked(upstream, ask))[0] for model, ask in asks.items()}
    serious = [found for found in answers.values() if found.problem and found.problem.code != _UNKNOWN]
    if serious:
        return serious[0]
    return Reached(
        seconds=min(found.seconds for found in answers.values()),
        clock_s=next((found.clock_s for found in answers.values() if found.clock_s is not None), None),
        accepted=True,
        missing=frozenset(model for model, found in answers.items() if found.problem),
    )


async def _asked(upstream: Upstream, ask: Request, read: Reader | None = None) -> tuple[Reached, frozenset[str] | None]:
    """One question: how long its answer took, and the ids in it."""
    clock = asyncio.get_running_loop().time
    begun = clock()
    try:
        async with asyncio.timeout(ANSWER_S):
            answer = await upstream.call(ask, _Nowhere())
        seconds = clock() - begun
        ids = upstream.read(answer.body, read) if read else None
    except TimeoutError:
        return Reached(seconds=clock() - begun, problem=wrong(upstream.name, "its answer comes too slowly")), None
    except Problem as problem:
        accepted = False if problem.code in _REFUSED else None
        return Reached(seconds=clock() - begun, accepted=accepted, problem=problem), None
    ahead = _ahead(answer.headers.get("Date", ""), seconds)
    return Reached(seconds=seconds, clock_s=ahead, accepted=True), ids


def _ahead(date: str, seconds: float) -> float | None:
    """The engine wrote its time somewhere between our question and its answer."""
    try:
        there = parsedate_to_datetime(date)
    except ValueError:
        return None
    if there.tzinfo is None:  # "-0000": it does not tell where it is
        return None
    return float(round((there - datetime.now(UTC)).total_seconds() + seconds / 2))


class _Nowhere:
    """Assets for answers that have no files."""

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        """Raises Problem."""
        raise wrong("engine", "there is a file where a list should be")

    def open(self, blob: Blob, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """Raises Problem."""
        raise wrong("engine", "there is a file where a list should be")

    async def path(self, blob: Blob) -> str:
        """Raises Problem."""
        raise wrong("engine", "there is a file where a list should be")

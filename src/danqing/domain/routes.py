"""Who may make a model's work, and in which order: the catalog's routes and the operator's wishes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from math import inf, log

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.faults import Attempt
from danqing.domain.jobs import SKETCH, Event, Failed, Finished, Job, State, TurnedAway
from danqing.domain.models import Model, Route

ANOTHER_KEY = 0  # the `retry_after` of who has another key, which can be asked at once
ATTEMPTS_MAX = 20
BUSY_RETRIES = 2  # of each route
BACKOFF_S = 1.0  # before the first of them when nobody says; before the second twice that
_TELLING = {kind: at for at, kind in enumerate((Kind.BUSY, Kind.UNAVAILABLE, Kind.UPSTREAM, Kind.INVALID))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """One configured upstream, as far as it decides who is asked.

    `models`: patterns of our ids, and the ids that it knows those models by, "" where it is the same one. With any, it
    serves them before whatever the catalog says, and others only where a route names it; without, what the routes to
    its `kind` say. `weight`: its share of the work among those that stand side by side; one with 0 is asked when the
    others cannot be. `deadline_s`: how long it may take for one job. `retry_filtered`: how often it is asked again for
    what it has refused, for engines that refuse by chance.
    """

    name: str
    kind: str
    models: Mapping[str, str] = field(default_factory=dict, hash=False)
    weight: float = 1.0
    deadline_s: int | None = None
    retry_filtered: int = 0


@dataclass(frozen=True, slots=True)
class Pick:
    """Who is asked next, and in how many seconds."""

    route: Route
    wait_s: float


Tier = list[tuple[Upstream, Route]]  # those that stand side by side


def candidates(model: Model, upstreams: Sequence[Upstream], *, sketched: bool, spin: str) -> tuple[Route, ...]:
    """Everybody who can be asked, best first; each route names an upstream and the id that it knows the model by.

    What is `sketched` is the Sketch engine's: all that test keys ask for, and what a live key asks for in so many words
    (docs/decisions/0009). Those that stand side by side come in an order that follows from `spin` and their weights:
    the same one whenever the same job is looked at.
    Raises Problem(UNAVAILABLE) when there is nobody.
    """
    if sketched:
        return (Route(provider=SKETCH),)
    found: dict[tuple[str, str], Route] = {}
    for tier in _tiers(model, upstreams):
        for _, route in sorted(tier, key=lambda pair: _place(pair[0], spin)):
            found.setdefault((route.provider, route.upstream), route)
    if not found:
        message = f"No upstream that can make {model.id} is configured. Configure one, or use a test key for a sketch."
        raise Problem(Kind.UNAVAILABLE, message, code="no_upstream")
    return tuple(found.values())


def _tiers(model: Model, upstreams: Sequence[Upstream]) -> Iterator[Tier]:
    """First whom the operator has make it, then the model's own routes in their order."""
    wished = ((upstream, _wish(model, upstream)) for upstream in upstreams)
    yield [(upstream, _route(upstream, id)) for upstream, id in wished if id]
    for route in model.routes:
        named = [upstream for upstream in upstreams if upstream.name == route.provider]
        alike = [upstream for upstream in upstreams if upstream.kind == route.provider and not upstream.models]
        id = route.upstream or model.id
        yield [(upstream, _route(upstream, id, route.deadline_s)) for upstream in named or alike]


def _wish(model: Model, upstream: Upstream) -> str:
    """The id that the operator has an upstream make the model by; "" when nothing is said of it."""
    wishes = upstream.models.items()
    return next(
        (id or model.id for pattern, id in wishes if any(fnmatchcase(name, pattern) for name in model.names)), ""
    )


def _route(upstream: Upstream, id: str, deadline_s: int | None = None) -> Route:
    return Route(provider=upstream.name, upstream=id, deadline_s=deadline_s or upstream.deadline_s)


def _place(upstream: Upstream, spin: str) -> float:
    """Lowest is first, in a share of all spins that is the upstream's part of the weights."""
    if not upstream.weight:
        return inf
    drawn = int.from_bytes(sha256(f"{spin} {upstream.name}".encode()).digest()[:8])
    return -log((drawn + 1) / 2**64) / upstream.weight


def pick(
    routes: Sequence[Route], attempts: Sequence[Attempt], away_s: Callable[[Route], float], at: datetime
) -> Pick | None:
    """Who is asked next: whoever can be soonest, the best of those; None when nobody is left.

    `away_s` are the seconds until a route can be asked at all. Who was busy is asked again after a pause, a few times,
    and at once when it has another key. Who said no in any other way is not asked again, but for content that it
    refused by chance.
    """
    if attempts and attempts[-1].fault.kind is Kind.FILTERED:
        return next((Pick(route, 0.0) for route in routes if _asked(route, attempts[-1])), None)
    if len(attempts) >= ATTEMPTS_MAX:
        return None
    waits = [(max(pause, away_s(route)), route) for route in routes if (pause := _pause_s(route, attempts, at)) < inf]
    if not waits:
        return None
    wait_s, route = min(waits, key=lambda wait: wait[0])
    return Pick(route, wait_s)


def _pause_s(route: Route, attempts: Sequence[Attempt], at: datetime) -> float:
    """Seconds until a route is asked again after what it has said; `inf` for never."""
    said = [attempt for attempt in attempts if _asked(route, attempt)]
    if not said:
        return 0.0
    last = said[-1].fault
    if last.retry_after == ANOTHER_KEY:
        return 0.0
    busy = sum(attempt.fault.kind is Kind.BUSY for attempt in said)
    if last.kind is not Kind.BUSY or busy > BUSY_RETRIES:
        return inf
    pause_s = last.retry_after or BACKOFF_S * 2 ** (busy - 1)
    return max(pause_s - (at - said[-1].at).total_seconds(), 0.0)


def _asked(route: Route, attempt: Attempt) -> bool:
    return (attempt.upstream, attempt.model) == (route.provider, route.upstream)


def most_telling(attempts: Sequence[Attempt]) -> Problem | None:
    """What is told of several that all said no: that of which the caller can make most, the newest of those."""
    if not attempts:
        return None
    return min(reversed(attempts), key=lambda attempt: _TELLING.get(attempt.fault.kind, len(_TELLING))).fault.problem()


def turned_away(job: Job, end: Event, upstream: Upstream | None) -> TurnedAway | None:
    """Whether an end that the work has come to at an engine is only the end of one attempt.

    It is when nothing was begun, and when all of it was refused and the upstream is asked again for such things.
    """
    problem = end.problem if isinstance(end, Failed) else None
    if isinstance(problem, Declined):
        return TurnedAway(problem) if job.state is State.SUBMITTING else None
    reason = _refusal(job, end)
    refused = sum(attempt.fault.kind is Kind.FILTERED and attempt.upstream == job.provider for attempt in job.attempts)
    if not reason or upstream is None or refused >= upstream.retry_filtered:
        return None
    return TurnedAway(Problem(Kind.FILTERED, reason, code="filtered"))


def _refusal(job: Job, end: Event) -> str:
    """Why all of it was refused; "" when it was not."""
    if job.outputs:
        return ""
    if isinstance(end, Failed):
        return end.problem.message if end.problem.kind is Kind.FILTERED else ""
    return next(iter(job.withheld), "") if isinstance(end, Finished) else ""

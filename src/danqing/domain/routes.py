"""Who may make a model's work, and in which order: the catalog's routes and the operator's wishes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from math import inf, log

from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import SKETCH
from danqing.domain.models import Model, Route


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
    models: Mapping[str, str] = field(default_factory=dict)
    weight: float = 1.0
    deadline_s: int | None = None
    retry_filtered: int = 0


Tier = list[tuple[Upstream, Route]]  # those that stand side by side


def candidates(model: Model, upstreams: Sequence[Upstream], *, test: bool, spin: str) -> tuple[Route, ...]:
    """Everybody who can be asked, best first; each route names an upstream and the id that it knows the model by.

    A test key is always served by the Sketch engine, a live key never (docs/decisions/0009). Those that stand side by
    side come in an order that follows from `spin` and their weights: the same one whenever the same job is looked at.
    Raises Problem(UNAVAILABLE) when there is nobody.
    """
    if test:
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

"""Who makes what live keys ask for, as the server tells it."""

import msgspec


class UpstreamKeys(msgspec.Struct, frozen=True):
    """How many keys an upstream has, and how many of them were turned away and rest."""

    all: int
    resting: int


class UpstreamRoute(msgspec.Struct, frozen=True, kw_only=True):
    """How an upstream does with one model; more than its health is told to the owner."""

    model: str
    serves: tuple[str, ...]
    health: str
    retry_after: float = 0.0
    in_flight: int = 0
    asked: int = 0
    success: float | None = None
    last_error: str | None = None


class Upstream(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes what live keys ask for, as the server that was asked sees it."""

    name: str
    kind: str
    routes: tuple[UpstreamRoute, ...]
    weight: float | None = None
    keys: UpstreamKeys | None = None

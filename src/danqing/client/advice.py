"""What the server advises, as frozen values: the shapes of `wire.advice`."""

import msgspec

from danqing.client.told import Finding, Money


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One model that can do it, and what it costs at the most: what it is good at, what not, what may go wrong."""

    model: str
    cost: Money
    reasons: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Unfit(msgspec.Struct, frozen=True):
    """One model that cannot do it, and why."""

    model: str
    message: str


class Counsel(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a request to a model; `chosen` is that model with its reasons, None when the caller named it."""

    model: str
    languages: tuple[str, ...]
    findings: tuple[Finding, ...]
    chosen: Option | None = None
    why: str = ""
    alternatives: tuple[Option, ...] = ()
    unfit: tuple[Unfit, ...] = ()

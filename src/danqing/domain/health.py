"""Whether it is worth asking an engine for a model, from what became of the last times: a breaker that heals by itself.

closed -> open, when most of what was asked lately broke -> half open, after a while: one may try -> closed, or open
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from danqing.domain.errors import Declined, Kind, Problem, Unstored

WINDOW = timedelta(seconds=60)  # outcomes older than that say nothing
OUTCOMES_MAX = 100
BROKEN_MIN = 5  # of what is in the window, and at least half of it
OPEN_S = 15.0  # the first time, twice as long each time after that
OPEN_S_MAX = 300.0
UPSTREAM_LATE = "upstream_late"  # the code of what took longer than its upstream may
_BREAKS = frozenset({Kind.UPSTREAM, Kind.UNAVAILABLE, Kind.UNKNOWN, Kind.NO_FUNDS})
_TELLS_NOTHING = frozenset({Kind.BUSY, Kind.TIMEOUT, Kind.INTERNAL})  # who asks sets the deadline, and defects are ours


class Gate(StrEnum):
    """Whether it is asked."""

    CLOSED = "closed"
    HALF_OPEN = "half open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one time. `broke`: the engine's fault, and not only that it was busy or late."""

    at: datetime
    good: bool
    broke: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One engine and one model. `until` is set while the breaker is open, and after that until a try went well.

    `trips` counts how often it opened since it was last closed, `error` is the code of the last thing that went wrong.
    """

    outcomes: tuple[Outcome, ...] = ()
    until: datetime | None = None
    trips: int = 0
    trying: bool = False
    in_flight: int = 0
    error: str = ""

    def gate(self, at: datetime) -> Gate:
        """Whether it is asked at this moment. While somebody tries, everybody else finds it open."""
        if self.until is None:
            return Gate.CLOSED
        return Gate.OPEN if self.trying or at < self.until else Gate.HALF_OPEN

    def away_s(self, at: datetime) -> float:
        """Seconds until it is asked again; 0 when it is asked now."""
        if self.gate(at) is not Gate.OPEN or self.until is None:
            return 0.0
        return max((self.until - at).total_seconds(), 1.0)

    def success(self, at: datetime) -> float | None:
        """The share of what went well lately; None when nothing was asked."""
        recent = [outcome.good for outcome in self.recent(at)]
        return sum(recent) / len(recent) if recent else None

    def recent(self, at: datetime) -> Iterator[Outcome]:
        """What is in the window."""
        return (outcome for outcome in self.outcomes if outcome.at > at - WINDOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStanding:
    """How an upstream does with one model, by its own id; `serves` are the models of the catalog that it makes.

    `away_s` are the seconds until it is asked again. `success` is the share of what went well among the `asked` that
    came to an end lately, None when there were none. `error` is the code of the last thing that went wrong.
    """

    model: str
    serves: tuple[str, ...]
    gate: Gate
    away_s: float
    in_flight: int
    asked: int
    success: float | None
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an upstream does, as one process sees it. `resting`: how many of its `keys` are not asked for now."""

    name: str
    kind: str
    weight: float
    keys: int
    resting: int
    routes: tuple[RouteStanding, ...]


def asked(health: Health, at: datetime) -> Health:
    """The health when work is handed over."""
    trying = health.trying or health.gate(at) is Gate.HALF_OPEN
    return replace(health, in_flight=health.in_flight + 1, trying=trying)


def accepted(health: Health) -> Health:
    """The health when an engine has taken work: whoever tried has found it well, long before a film is made."""
    return replace(health, until=None, trips=0, trying=False, outcomes=()) if health.trying else health


def left(health: Health) -> Health:
    """The health when the work was called off, or is somebody else's now: that says nothing."""
    return replace(health, in_flight=health.in_flight - 1, trying=False)


def told(health: Health, problem: Problem | None, at: datetime) -> Health:
    """The health when the work has come to an end; `problem` is what went wrong."""
    after = left(health)
    unasked = isinstance(problem, Declined) and problem.kind is Kind.INVALID  # it has no way to make such a thing
    if unasked or isinstance(problem, Unstored):
        return after
    broke = problem is not None and (problem.kind in _BREAKS or problem.code == UPSTREAM_LATE)
    good = problem is None or not (broke or problem.kind in _TELLS_NOTHING)
    outcomes = (*after.recent(at), Outcome(at, good, broke))[-OUTCOMES_MAX:]
    after = replace(after, outcomes=outcomes, error=after.error if good or problem is None else problem.code)
    if good:
        return replace(after, until=None, trips=0, outcomes=(outcomes[-1],)) if health.trying else after
    if not broke or (health.gate(at) is Gate.OPEN and not health.trying):
        return after
    return _opened(after, at) if health.trying or _broken(outcomes) else after


def _broken(outcomes: tuple[Outcome, ...]) -> bool:
    broken = sum(outcome.broke for outcome in outcomes)
    return broken >= BROKEN_MIN and broken * 2 >= len(outcomes)


def _opened(health: Health, at: datetime) -> Health:
    open_s = min(OPEN_S * 2 ** min(health.trips, 9), OPEN_S_MAX)
    return replace(health, until=at + timedelta(seconds=open_s), trips=health.trips + 1)


def whole_seconds(seconds: float) -> int:
    """For a Retry-After: never too early, never 0."""
    return max(ceil(seconds), 1)

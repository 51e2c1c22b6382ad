"""How much a key or a project may do: money by period, requests by minute, jobs at once, bytes kept.

Money is limited by balances, one for each owner and period, so the figures here are only names, days and sentences.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation
from danqing.domain.ledger import budget_of, owner_and_period
from danqing.domain.media import Medium
from danqing.domain.money import show
from danqing.domain.retention import Keep, Kept

MINUTE = timedelta(minutes=1)
WAIT_FOR_A_JOB_S = 10
_MB = 1_000_000
_IMAGE_BYTES = 2 * _MB
_SECOND_BYTES = _MB
_KINDS = {len(""): "", len("2026-11"): "monthly ", len("2026-11-25"): "daily "}
_SECONDS = 8  # of a film whose length is not told


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a key or a project may do; None is no limit.

    `total` (over the whole life), `monthly` and `daily` (by the calendar, in UTC) are nano-dollars, `per_minute` counts
    admitted requests of any 60 seconds, `concurrent` unfinished jobs, `storage` bytes of delivered files. `keep_…` are
    the days that files are kept after their job has ended; None is as the server says.
    """

    total: int | None = None
    monthly: int | None = None
    daily: int | None = None
    per_minute: int | None = None
    concurrent: int | None = None
    storage: int | None = None
    keep_pictures: int | None = None
    keep_films: int | None = None
    keep_inputs: int | None = None

    @property
    def keep(self) -> Keep:
        """How long files are kept, where that is set."""
        days = {Kept.PICTURES: self.keep_pictures, Kept.FILMS: self.keep_films, Kept.INPUTS: self.keep_inputs}
        return {kind: value for kind, value in days.items() if value is not None}


UNLIMITED = Limits()
Changes = Mapping[str, int | None]  # some of the fields of `Limits`, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Keys that share limits; what one of them spends counts for all."""

    id: str
    name: str
    limits: Limits
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one limit is used up, in its own unit. `whose`: "key" or "project"; `limit`: a field of `Limits`.

    `resets` is when it begins anew, None when it does not by itself. The account's money is told in the same way, as
    the limit "balance" of the "account".
    """

    whose: str
    limit: str
    most: int
    used: int
    resets: datetime | None = None

    @property
    def left(self) -> int:
        """What is still allowed."""
        return max(0, self.most - self.used)

    def after(self, cost: int, generation: Generation) -> int:
        """What would be left with one more request; below zero it would be refused."""
        more = {"per_minute": 1, "concurrent": 1, "storage": room(generation)}.get(self.limit, cost)
        return self.most - self.used - more if more else self.left


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit of money for one period of one owner: the balance that counts it, and the most that it allows."""

    limit: str
    balance: str
    most: int
    begins: datetime
    resets: datetime


def budgets(owner: str, limits: Limits, at: datetime) -> tuple[Budget, ...]:
    """What an owner's request at this moment counts in, besides the total, which counts everything."""
    periods = (("monthly", limits.monthly, f"{at:%Y-%m}"), ("daily", limits.daily, f"{at:%Y-%m-%d}"))
    return tuple(
        Budget(limit, budget_of(owner, period), most, *_span(period))
        for limit, most, period in periods
        if most is not None
    )


def room(generation: Generation) -> int:
    """The bytes that a job is expected to add to what is kept: 2 MB for a picture, 1 MB for a second of film."""
    count = generation.count or 1
    if Medium.VIDEO in generation.wants:
        return count * (generation.seconds or _SECONDS) * _SECOND_BYTES
    return count * _IMAGE_BYTES if Medium.IMAGE in generation.wants else 0


def over_budget(balance: str, key: str, cost: int, left: int, at: datetime) -> Problem:
    """The refusal of a request that may cost more than a budget has left; its name says whose and which it is."""
    owner, period = owner_and_period(balance)
    whose = "key" if owner == key else "project"
    kind = _KINDS[len(period)]
    told = f"This can cost up to ${show(cost)}, and the {kind}budget of this {whose} has ${show(left)} left"
    code = f"{'project_' if whose == 'project' else ''}{kind.replace(' ', '_')}budget_exceeded"
    if not period:
        return Problem(Kind.NO_FUNDS, f"{told}. Ask for less, or raise the budget.", code=code)
    resets = _span(period)[1]
    message = f"{told}. It begins anew at {resets:%Y-%m-%d %H:%M} UTC. Ask for less, wait, or raise the budget."
    return Problem(Kind.NO_FUNDS, message, code=code, retry_after=_seconds(resets - at))


def too_dear(cost: int, ceiling: int) -> Problem:
    """The refusal of a request that may cost more than its author wants to pay."""
    message = (
        f"This can cost up to ${show(cost)}, and at most ${show(ceiling)} is to be paid for it. "
        "Ask for less, or allow more."
    )
    return Problem(Kind.NO_FUNDS, message, code="max_cost_exceeded")


def too_fast(whose: str, most: int, resets: datetime, at: datetime) -> Problem:
    """The refusal of a request beyond those of one minute."""
    message = (
        f"This {whose} may send {most} {_plural('request', most)} a minute, and has. "
        f"The next one is taken at {resets:%Y-%m-%d %H:%M:%S} UTC."
    )
    return Problem(Kind.BUSY, message, code="rate_limit_exceeded", retry_after=_seconds(resets - at))


def too_many(whose: str, most: int) -> Problem:
    """The refusal of a request while too many jobs have not ended."""
    message = (
        f"This {whose} may have {most} unfinished {_plural('job', most)} at a time, and has. "
        "Wait for one to end, or cancel one."
    )
    return Problem(Kind.BUSY, message, code="too_many_jobs", retry_after=WAIT_FOR_A_JOB_S)


def too_full(whose: str, most: int, used: int) -> Problem:
    """The refusal of a request whose files might not find room. `used` has what the jobs at work may add."""
    message = (
        f"The files of this {whose} may take {_megabytes(most)}, and take {_megabytes(used)} with those that are being "
        "made. Delete some, or raise the limit."
    )
    return Problem(Kind.NO_FUNDS, message, code="storage_exceeded")


def _span(period: str) -> tuple[datetime, datetime]:
    """When a period such as "2026-11" or "2026-11-25" begins and when the next one does."""
    year, month, *day = map(int, period.split("-"))
    begins = datetime(year, month, day[0] if day else 1, tzinfo=UTC)
    return begins, begins + timedelta(days=1) if day else (begins + timedelta(days=31)).replace(day=1)


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _megabytes(size: int) -> str:
    return f"{size / _MB:,.1f} MB"

"""What was spent, by day, model, key and project, each figure with its lines in the ledger; and where it is going."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from danqing.domain.ledger import Phase
from danqing.domain.limits import Standing
from danqing.domain.sight import EVERYBODY, Sight

LATELY = timedelta(days=7)  # what a forecast goes by
_MONEY = frozenset({"balance", "total", "monthly", "daily"})


class By(StrEnum):
    """What figures are told apart by."""

    DAY = "day"  # of the charge, in UTC
    MODEL = "model"
    KEY = "key"
    PROJECT = "project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Which charges are meant; None does not choose, and "" is no project. `since` is in, `until` is not."""

    sight: Sight = EVERYBODY
    account: str | None = None  # whose money: that of live keys, or the play money of test keys
    model: str | None = None
    project: str | None = None
    job: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was charged (nano-dollars) for so many jobs; None for what the figures are not told apart by."""

    jobs: int
    charged: int
    day: date | None = None
    model: str | None = None
    key: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One transfer as it is read: `charged` is what it took, `held` the hold that it makes or releases."""

    id: str
    at: datetime
    phase: Phase
    account: str
    key: str
    project: str | None
    job: str
    model: str
    amount: int
    held: int
    charged: int


class Ledger(Protocol):
    """The transfers, read."""

    async def figures(self, which: Spent, by: Sequence[By], *, limit: int) -> list[Figure]:
        """What was charged, in the order of `by`, the newest day first; `limit` figures at the most."""

    async def entries(self, which: Spent, *, limit: int, before: str | None = None) -> list[Entry]:
        """Single transfers, newest first; `before` is the id of the last one seen. Raises Problem(NOT_FOUND) for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """If it goes on as it did of late: nano-dollars by day, this month's sum at its end, when limits are used up.

    None for a limit of money that begins anew before that, or is not used at all.
    """

    by_day: int
    month_so_far: int
    month: int
    used_up: tuple[tuple[Standing, datetime | None], ...]


def forecast(charged: Mapping[date, int], standings: Sequence[Standing], now: datetime) -> Forecast:
    """From what was charged on each day of this month and of the last LATELY."""
    today = now.date()
    recent = [amount for day, amount in charged.items() if day > today - LATELY]
    by_day = sum(recent) // LATELY.days
    so_far = sum(amount for day, amount in charged.items() if (day.year, day.month) == (today.year, today.month))
    ends = datetime.combine(_next_month(today), time(tzinfo=UTC))
    left = by_day * int((ends - now).total_seconds()) // 86_400
    money = [standing for standing in standings if standing.limit in _MONEY]
    return Forecast(
        by_day=by_day,
        month_so_far=so_far,
        month=so_far + left,
        used_up=tuple((standing, _used_up(standing, by_day, now)) for standing in money),
    )


def since_of(now: datetime) -> datetime:
    """From when on a forecast needs to know what was charged."""
    first = datetime.combine(now.date().replace(day=1), time(tzinfo=UTC))
    return min(first, datetime.combine(now.date() - LATELY + timedelta(days=1), time(tzinfo=UTC)))


def _used_up(standing: Standing, by_day: int, now: datetime) -> datetime | None:
    if not standing.left:
        return now
    days = standing.left // by_day if by_day else None
    if days is None or days > 36_500:
        return None
    at = now + timedelta(seconds=standing.left * 86_400 // by_day)
    return at if standing.resets is None or at < standing.resets else None


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)

"""What was spent and on what, as its owner reads it: sums, the lines behind each of them, and where it is going."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from danqing.domain.errors import invalid
from danqing.domain.keys import Key
from danqing.domain.limits import Standing
from danqing.domain.usage import By, Entry, Figure, Forecast, Ledger, Spent, forecast, since_of
from danqing.gateway.gateway import utc_now

FIGURES_MAX = 10_000
ENTRIES_MAX = 1_000


class Standings(Protocol):
    """How far limits are used up."""

    async def standings(self, key: str, at: datetime) -> tuple[Standing, ...]:
        """See `domain.ports.Books`."""


class Bookkeeper:
    """Reads the ledger; nothing here changes it."""

    def __init__(self, ledger: Ledger, books: Standings, now: Callable[[], datetime] = utc_now) -> None:
        self._ledger = ledger
        self._books = books
        self._now = now

    async def figures(self, which: Spent, by: Sequence[By]) -> list[Figure]:
        """What was charged. Raises Problem(INVALID) for more than FIGURES_MAX figures."""
        figures = await self._ledger.figures(which, by, limit=FIGURES_MAX + 1)
        if len(figures) > FIGURES_MAX:
            message = f"That would be more than {FIGURES_MAX} figures. Ask for a shorter time, or tell fewer apart."
            raise invalid(message, param="by", code="too_many_figures")
        return figures

    async def entries(self, which: Spent, *, limit: int, before: str | None) -> list[Entry]:
        """Single transfers, newest first, at most ENTRIES_MAX at a time."""
        if not 1 <= limit <= ENTRIES_MAX:
            raise invalid(f"limit must be 1 to {ENTRIES_MAX}.", param="limit")
        return await self._ledger.entries(which, limit=limit, before=before)

    async def forecast(self, key: Key) -> Forecast:
        """Where the money is going that a key's statement tells of."""
        now = self._now()
        which = Spent(sight=key.spenders, since=since_of(now))
        days: dict[date, int] = {}
        for figure in await self._ledger.figures(which, [By.DAY], limit=FIGURES_MAX):
            if figure.day:
                days[figure.day] = figure.charged
        return forecast(days, await self._books.standings(key.id, now), now)

"""The health of every upstream with every model, as this process has seen it: who is asked, and who is left alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog

from danqing.domain import health
from danqing.domain.errors import Declined, Kind
from danqing.domain.health import Health, whole_seconds
from danqing.domain.jobs import Accepted, Event, Failed

log = structlog.get_logger("danqing.breakers")

Hear = Callable[[Event], None]


class Breakers:
    """See `domain.ports.Breakers`. Asked by the router for jobs, and by text models for the words of a job."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._health: dict[tuple[str, str], Health] = {}

    def known(self, upstream: str, model: str) -> Health:
        """How it did."""
        return self._health.get((upstream, model), Health())

    def models(self, upstream: str) -> tuple[str, ...]:
        """The models that an upstream was asked for, by its own ids."""
        return tuple(model for name, model in self._health if name == upstream)

    def admit(self, upstream: str, model: str) -> None:
        """Raises Declined while a model is left alone."""
        if (away_s := self.known(upstream, model).away_s(self._now())) > 0:
            wait_s = whole_seconds(away_s)
            message = f"{model} of the upstream {upstream!r} keeps failing; it is asked again in {wait_s} seconds."
            raise Declined(Kind.UNAVAILABLE, message, code="upstreams_away", retry_after=wait_s)

    @contextmanager
    def asking(self, upstream: str, model: str) -> Iterator[Hear]:
        """While an engine is at work; to be told that it has accepted, and what it has come to."""
        at = (upstream, model)
        ends: list[Event] = []

        def hear(event: Event) -> None:
            if isinstance(event, Accepted):
                self._mark(at, health.accepted(self._health[at]))
            else:
                ends.append(event)

        self._health[at] = health.asked(self.known(*at), self._now())
        try:
            yield hear
        finally:
            known = self._health[at]
            problem = ends[0].problem if ends and isinstance(ends[0], Failed) else None
            self._mark(at, health.told(known, problem, self._now()) if ends else health.left(known))

    def _mark(self, at: tuple[str, str], after: Health) -> None:
        before, self._health[at] = self._health[at], after
        if (gate := after.gate(self._now())) is not before.gate(self._now()):
            log.warning("an upstream's breaker", upstream=at[0], model=at[1], gate=gate.value, code=after.error)

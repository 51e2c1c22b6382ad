"""A breaker opens when most of what was asked lately broke, lets one try after a while, and closes again."""

from datetime import timedelta

import pytest

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.health import OPEN_S, OPEN_S_MAX, UPSTREAM_LATE, WINDOW, Gate, Health, accepted, asked, left, told
from making import NOON

BROKEN = Problem(Kind.UPSTREAM, "It broke.", code="upstream_failed")
BUSY = Declined(Kind.BUSY, "Later.", code="upstream_busy")
REFUSED = Problem(Kind.FILTERED, "No.")


def after(*problems: Problem | None, health: Health | None = None, at_s: float = 0) -> Health:
    """The health after work that came to this, one after the other."""
    health, at = health or Health(), NOON + timedelta(seconds=at_s)
    for problem in problems:
        health = told(asked(health, at), problem, at)
    return health


@pytest.mark.parametrize(
    ("problems", "gate"),
    [
        ([], Gate.CLOSED),
        ([BROKEN] * 4, Gate.CLOSED),
        ([BROKEN] * 5, Gate.OPEN),
        ([None] * 6 + [BROKEN] * 5, Gate.CLOSED),
        ([None] * 5 + [BROKEN] * 5, Gate.OPEN),
        ([BUSY] * 9, Gate.CLOSED),  # that is what retry-after is for
        ([REFUSED] * 9, Gate.CLOSED),
        ([Problem(Kind.TIMEOUT, "Late.")] * 9, Gate.CLOSED),  # whoever asks sets the deadline
        ([Problem(Kind.TIMEOUT, "Late.", code=UPSTREAM_LATE)] * 5, Gate.OPEN),  # the owner of the server sets this one
        ([Problem(Kind.INVALID, "Not so.")] * 9, Gate.CLOSED),
        ([Declined(Kind.INVALID, "It has no films.")] * 9 + [BROKEN] * 5, Gate.OPEN),  # those were never sent
        ([Problem(Kind.UNKNOWN, "Lost.")] * 5, Gate.OPEN),
        ([Declined(Kind.UNAVAILABLE, "Not there.")] * 5, Gate.OPEN),
    ],
)
def test_it_opens_when_most_of_it_broke(problems: list[Problem | None], gate: Gate) -> None:
    assert after(*problems).gate(NOON) is gate


def test_what_is_long_ago_says_nothing() -> None:
    health = after(BROKEN, health=after(*[BROKEN] * 4), at_s=WINDOW.total_seconds() + 1)
    assert health.gate(NOON + WINDOW) is Gate.CLOSED


def test_one_may_try_after_a_while_and_closes_it() -> None:
    health, later = after(*[BROKEN] * 5), NOON + timedelta(seconds=OPEN_S)
    assert (health.gate(NOON), health.away_s(NOON)) == (Gate.OPEN, OPEN_S)
    assert health.gate(later) is Gate.HALF_OPEN
    trying = asked(health, later)
    assert trying.gate(later) is Gate.OPEN, "for everybody else"
    assert trying.away_s(later) > 0
    assert left(trying).gate(later) is Gate.HALF_OPEN, "when whoever tried has gone away"
    assert told(trying, None, later).gate(later) is Gate.CLOSED
    assert accepted(trying).gate(later) is Gate.CLOSED, "a film is not waited for"
    assert accepted(health).gate(NOON) is Gate.OPEN, "what was begun before says nothing"
    assert after(BROKEN, health=told(trying, None, later)).gate(later) is Gate.CLOSED, "the old failures are forgotten"


def test_it_stays_open_for_longer_each_time_up_to_a_limit() -> None:
    health, at, waits = after(*[BROKEN] * 5), NOON, []
    for _ in range(1100):
        at += timedelta(seconds=health.away_s(at))
        health = told(asked(health, at), BROKEN, at)
        waits.append(health.away_s(at))
    assert waits[:3] == [OPEN_S * 2, OPEN_S * 4, OPEN_S * 8]
    assert waits[-1] == OPEN_S_MAX


def test_the_share_of_what_went_well_counts_who_was_busy_and_what_is_in_flight() -> None:
    health = asked(after(None, None, BUSY, BROKEN), NOON)
    assert (health.success(NOON), health.in_flight, health.error) == (0.5, 1, "upstream_failed")
    assert Health().success(NOON) is None

"""What is told of a batch, and how many of its jobs are at work at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from danqing.domain.batches import AT_ONCE, Batch, Stage, at_once, tally, unanswered
from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import State
from danqing.domain.keys import Key
from danqing.domain.limits import Limits
from danqing.domain.media import JSONL, Blob

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
BATCH = Batch(
    id="b", key="k", model="m", source=Blob("ab" * 32, 9, JSONL), count=5, inline=True, created=NOON, updated=NOON
)


def test_a_batch_goes_from_step_to_step() -> None:
    running = BATCH.at(Stage.RUNNING, NOON + timedelta(seconds=1))
    assert (running.stage, running.version, running.updated - NOON) == (Stage.RUNNING, 1, timedelta(seconds=1))
    problem = Problem(Kind.NO_FUNDS, "no money")
    refusing = running.refusing({3: problem}, NOON).refusing({1: problem}, NOON)
    assert ([number for number, _ in refusing.refused], refusing.version) == ([1, 3], 3)
    assert BATCH.deadline == NOON + timedelta(hours=48)


def test_its_requests_are_counted() -> None:
    refused = BATCH.refusing({0: Problem(Kind.INVALID, "no")}, NOON)
    states = {State.DONE: 1, State.FAILED: 1, State.RUNNING: 1}
    told = tally(refused, states)
    assert (told.count, told.succeeded, told.failed, told.pending) == (5, 1, 2, 2)
    over = tally(replace(refused, stage=Stage.CANCELLED), states)
    assert (over.succeeded, over.failed, over.pending) == (1, 4, 0)


@pytest.mark.parametrize(("concurrent", "most"), [(None, AT_ONCE), (100, AT_ONCE), (3, 2), (2, 1), (1, 1)])
def test_it_leaves_room_for_what_somebody_waits_for(concurrent: int | None, most: int) -> None:
    limits = Limits(concurrent=concurrent)
    key = Key(id="k", name="k", account="a", test=True, hint="", limits=limits, created=NOON)
    assert at_once(key) == most


def test_what_was_not_begun_says_why() -> None:
    assert unanswered(BATCH.at(Stage.EXPIRED, NOON)).kind is Kind.TIMEOUT
    assert unanswered(BATCH.at(Stage.CANCELLED, NOON)).kind is Kind.CANCELLED

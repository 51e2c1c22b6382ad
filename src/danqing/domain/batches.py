"""Batches: many requests that are made when there is room for them, each a job of its own, and told of together.

    pending -> running -> succeeded | failed | cancelled | expired

The batch's row says which requests there are and which were refused before they became jobs; everything else is told by
the jobs themselves, so that there is nothing to be recovered but the place in the list of requests.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import Fault, fault_of
from danqing.domain.jobs import Job, State
from danqing.domain.keys import Key
from danqing.domain.media import Blob
from danqing.domain.membership import Member

REQUESTS_MAX = 10_000  # of one batch
UNFINISHED_MAX = 20  # batches of one key
AT_ONCE = 4  # jobs of one batch
LASTS = timedelta(hours=48)  # as with Google: what is not done by then is not done
TITLE_CHARACTERS_MAX = 512


class Stage(StrEnum):
    """Where a batch stands."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"  # every request has come to its end, well or not
    FAILED = "failed"  # its requests cannot be read
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        """Whether nothing is begun any more."""
        return self not in (Stage.PENDING, Stage.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Requests to one `model`, `count` of them, as lines of `source`.

    `inline`: the results are told in the answer, else they are written to a file, `responses`. `percent` is what its
    jobs cost of the model's price. `refused` has what was never a job, by its number. `once` and `fingerprint`: the
    Idempotency-Key that it was made with, and what of.
    """

    id: str
    key: str
    model: str
    source: Blob
    count: int
    inline: bool
    created: datetime
    updated: datetime
    percent: int = 100
    title: str = ""
    stage: Stage = Stage.PENDING
    version: int = 0
    refused: tuple[tuple[int, Fault], ...] = ()
    responses: str = ""
    fault: Fault | None = None
    fingerprint: str = ""

    @property
    def deadline(self) -> datetime:
        """When it must have ended."""
        return self.created + LASTS

    @property
    def results(self) -> str:
        """The name of the file that its results are written to."""
        return f"batch-{self.id}"

    def at(self, stage: Stage, at: datetime) -> "Batch":
        """It, one step further."""
        return replace(self, stage=stage, updated=at, version=self.version + 1)

    def refusing(self, refused: Mapping[int, Problem], at: datetime) -> "Batch":
        """It, with requests that did not become jobs."""
        all_refused = dict(self.refused) | {number: fault_of(problem) for number, problem in refused.items()}
        return replace(self, refused=tuple(sorted(all_refused.items())), updated=at, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many requests of a batch have come to what."""

    count: int
    succeeded: int
    failed: int

    @property
    def pending(self) -> int:
        """Those that are not at their end."""
        return self.count - self.succeeded - self.failed


def tally(batch: Batch, states: Mapping[State, int]) -> Tally:
    """What is told of a batch, from the states of its jobs. Once it has ended, nothing is pending."""
    done = states.get(State.DONE, 0)
    failed = sum(number for state, number in states.items() if state.ended) - done + len(batch.refused)
    if batch.stage.ended:
        failed = batch.count - done
    return Tally(batch.count, done, min(failed, batch.count - done))


def at_once(key: Key) -> int:
    """How many jobs of one batch are unfinished at a time: the key's own requests are to find room beside them."""
    most = key.limits.concurrent
    return AT_ONCE if most is None else max(1, min(AT_ONCE, most - 1))


def unanswered(batch: Batch) -> Problem:
    """What became of a request that was not begun when its batch ended."""
    if batch.stage is Stage.EXPIRED:
        return Problem(Kind.TIMEOUT, "The batch was not done within 48 hours; this request was not begun.")
    return Problem(Kind.CANCELLED, "The batch was cancelled; this request was not begun.", code="cancelled")


class Batches(Protocol):
    """Where batches are written down."""

    async def open_batch(self, batch: Batch, driver: str) -> Batch:
        """Write down a new batch, or return the one with its id. Raises Problem(BUSY) when its key has too many."""

    async def batch(self, id: str) -> Batch | None:
        """One batch by its id."""

    async def batches(self, key: str, after: tuple[datetime, str] | None, limit: int) -> list[Batch]:
        """A key's batches, newest first: after `created` and id of the last one seen."""

    async def advance(self, batch: Batch) -> bool:
        """One step. False when somebody else has taken it further meanwhile, or it is gone."""

    async def adopt_batches(self, driver: str, alive: Collection[str]) -> list[Batch]:
        """Drive every unfinished batch that nobody alive drives: all that this process drives then."""

    async def drop_batch(self, id: str) -> bool:
        """Forget a batch; its jobs stay. False when it is gone."""


class Members(Protocol):
    """The jobs of a batch, found by it."""

    async def members(self, batch: str, after: int, limit: int) -> list[Job]:
        """Its jobs by their numbers, from the one after `after` on."""

    async def states(self, batch: str) -> Mapping[State, int]:
        """How many of its jobs are in which state."""

    async def numbers(self, batch: str) -> set[int]:
        """Which of its requests are jobs."""

    async def key_of(self, id: str) -> Key | None:
        """A key by its id, a revoked one too."""


def member_of(batch: Batch, number: int) -> Member:
    """What a job of it says of itself."""
    return Member(batch.id, number)

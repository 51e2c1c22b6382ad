"""The life of a job as people read it: every step, attempt and delivery with its time, from what is stored of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from danqing.domain.faults import Fault
from danqing.domain.jobs import Job, State
from danqing.domain.marks import Mark

ADMITTED = "admitted"


@dataclass(frozen=True, slots=True)
class Moment:
    """One line: what happened, when, at whom, and what was wrong then."""

    what: str
    at: datetime
    by: str = ""
    fault: Fault | None = None


def timeline(job: Job) -> tuple[Moment, ...]:
    """Everything that is known, the oldest first. Jobs of before steps were noted have their attempts and their end."""
    return (Moment(ADMITTED, job.created), *(_told(mark, job) for mark in job.marks or sorted(_known(job), key=_when)))


def _told(mark: Mark, job: Job) -> Moment:
    if mark.what == State.SUBMITTING:
        return Moment(mark.what, mark.at, mark.by)
    attempt = next((attempt for attempt in job.attempts if attempt.at == mark.at), None)
    if attempt:
        by = f"{attempt.upstream}/{attempt.model}" if attempt.model else attempt.upstream
        return Moment(mark.what, mark.at, by, attempt.fault)
    ended = job.state.ended and mark.what == job.state.value
    return Moment(mark.what, mark.at, mark.by, job.fault if ended else None)


def _known(job: Job) -> Iterator[Mark]:
    yield from (Mark("turned_away", attempt.at) for attempt in job.attempts)
    if job.started:
        yield Mark(State.SUBMITTING.value, job.started, job.makers[0])
    if job.state.ended:
        yield Mark(job.state.value, job.updated)


def _when(mark: Mark) -> datetime:
    return mark.at

"""What a job came to, in one word: the same for every upstream that made it and every dialect that tells it."""

from enum import StrEnum

from danqing.domain.jobs import Job, State


class Outcome(StrEnum):
    """Of a job that has ended. Only the first two are charged, for what was delivered (docs/outcomes.md)."""

    OK = "ok"  # all that was asked for
    PARTIAL = "partial"  # some of it; `Job.withheld` says why the rest is missing
    FILTERED = "filtered"  # nothing, because of the content
    FAILED = "failed"  # nothing, for another reason
    CANCELLED = "cancelled"  # nobody wanted it any more
    UNKNOWN = "unknown"  # nobody can tell whether it was made


_ENDINGS = {State.FAILED: Outcome.FAILED, State.CANCELLED: Outcome.CANCELLED, State.UNKNOWN: Outcome.UNKNOWN}


def outcome_of(job: Job) -> Outcome | None:
    """What it came to; None while it goes on."""
    if job.state is State.DONE:
        return Outcome.PARTIAL if job.withheld else Outcome.OK
    return Outcome.FILTERED if job.filtered else _ENDINGS.get(job.state)

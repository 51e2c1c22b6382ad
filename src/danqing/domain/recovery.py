"""What becomes of a job that came to grief: driven again, never sent twice; or asked for once more by its owner."""

from danqing.domain.errors import Kind, Lost, invalid
from danqing.domain.generation import Generation
from danqing.domain.jobs import Failed, Job, State


def recover(job: Job, *, repeatable: bool) -> Failed | None:
    """What must happen to a job whose process died. None: drive it again from where it stands.

    `repeatable`: the engine may be asked twice for the same job without doing, or being paid for, the work twice.
    Other engines are only asked again when nothing was sent, or with the ticket of the work that they already do.
    """
    if repeatable or job.ticket or job.state is State.QUEUED or job.wording.pending:
        return None
    message = "The gateway stopped while the engine was at work. What became of it is unknown; it is not sent again."
    return Failed(Lost(Kind.UNKNOWN, message, code="outcome_unknown"))


def retried(job: Job) -> Generation:
    """What was asked for, to be asked for once more. Raises Problem unless the job ended without delivering."""
    if not job.state.ended or job.state is State.DONE:
        what = "was delivered" if job.state is State.DONE else "is still at work"
        message = f"The job {what}; only what came to nothing is retried. POST /api/jobs/ID/again makes it anew."
        raise invalid(message, param="job", code="not_retryable")
    return job.recipe(job.generation.seed)

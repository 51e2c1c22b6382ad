"""What went wrong, as a job remembers it: its own fault, and why others turned it away before."""

from dataclasses import dataclass
from datetime import datetime

from danqing.domain.errors import Kind, Problem


@dataclass(frozen=True, slots=True)
class Fault:
    """A Problem at rest: what a job that did not succeed remembers of it."""

    kind: Kind
    code: str
    message: str
    retry_after: int | None = None

    def problem(self) -> Problem:
        """The Problem to raise for whoever waits for the job."""
        return Problem(self.kind, self.message, code=self.code, retry_after=self.retry_after)


def fault_of(problem: Problem) -> Fault:
    """What a job remembers of a Problem."""
    return Fault(problem.kind, problem.code, problem.message, problem.retry_after)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that the work was turned away: nothing of it was begun, or all of it was refused.

    `upstream` was asked for `model`, and said no at `at`.
    """

    upstream: str
    model: str
    at: datetime
    fault: Fault


def removed(since: datetime) -> Fault:
    """What is told to whoever asks for a file that was taken away."""
    message = f"The file was removed on {since:%Y-%m-%d at %H:%M} UTC. Its job and its bill are kept; make it again."
    return Fault(Kind.NOT_FOUND, "file_removed", message)

"""The one family of errors: a kind and a code for machines, a sentence for people that says what to do.

Every part of Danqing raises `Problem` and nothing else on purpose. Anything else that escapes is a defect: it is logged
with its traceback and shown as `Kind.INTERNAL`. Each dialect turns a Problem into its own shape; `wire.status` has
the HTTP status of each kind.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What went wrong, from the caller's point of view."""

    INVALID = "invalid"  # the request cannot be understood or is not possible with this model
    UNAUTHENTICATED = "unauthenticated"  # no key, or one that is not known
    NO_FUNDS = "no_funds"  # the account or the key's budget cannot cover the hold
    FORBIDDEN = "forbidden"  # the key is known but may not do this
    NOT_FOUND = "not_found"  # no such thing, or not yours: the two are not told apart
    NOT_ALLOWED = "not_allowed"  # the path exists, the method does not
    MISMATCH = "mismatch"  # an Idempotency-Key was used again with another body
    TOO_LARGE = "too_large"  # a limit on size was passed
    FILTERED = "filtered"  # the engine refused the content; nothing was charged
    BUSY = "busy"  # try again later
    CANCELLED = "cancelled"  # the caller cancelled the job
    UPSTREAM = "upstream"  # the engine failed
    UNKNOWN = "unknown"  # the engine may or may not have done the work; not charged, not repeated by machine
    TIMEOUT = "timeout"  # the engine did not finish within the deadline
    UNAVAILABLE = "unavailable"  # Danqing itself is starting, stopping or short of a resource
    INTERNAL = "internal"  # a defect in Danqing


class Problem(Exception):
    """Raised for everything that can go wrong.

    `message` is one sentence for a person and says what to do. `param` names the field at fault as the domain spells
    it; each dialect has its own spelling. `code` is for machines, finer than the kind, which is its default.
    `retry_after` is in seconds.
    """

    def __init__(
        self, kind: Kind, message: str, *, param: str | None = None, code: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.param = param
        self.code = code or kind.value
        self.retry_after = retry_after

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and vars(self) == vars(other)

    __hash__ = Exception.__hash__

    def __repr__(self) -> str:
        return f"Problem({self.kind.value}/{self.code}: {self.message})"


class Declined(Problem):
    """An engine did not take the work. Nothing was begun and nothing is owed, so that another one may be asked."""


class Lost(Problem):
    """What was sent got no answer, and the engine may be at work. One that knows request ids can be asked again."""


class Unstored(Problem):
    """A file found no room here. Nothing is wrong with the work itself; what can be fetched again can be kept later."""


def invalid(message: str, *, param: str | None = None, code: str = "invalid_value") -> Problem:
    """The most common Problem: a request that must be changed before it is sent again."""
    return Problem(Kind.INVALID, message, param=param, code=code)


def not_found(what: str) -> Problem:
    """`what` with its name, e.g. "job 42". The same words whether it does not exist or belongs to somebody else."""
    return Problem(Kind.NOT_FOUND, f"There is no {what} that this key may see.")

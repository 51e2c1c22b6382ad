"""What finds work at an engine again after this process died: kept with the job before anything is waited for."""

from dataclasses import dataclass

import msgspec

from danqing.domain.errors import Kind, Problem

PARTED = "The gateway stopped before it was certain that this one was begun."  # of one of several works


@dataclass(frozen=True, slots=True)
class Ticket:
    """`key` is the mark of the key that began it, `ids` are the engine's names of the works, `of` how many there are
    to be: fewer ids than that mean that the process died in between."""

    key: str
    ids: tuple[str, ...]
    of: int = 1

    def write(self) -> str:
        """As text."""
        return msgspec.json.encode(self).decode()


def read_ticket(text: str) -> Ticket:
    """The way back. Raises Problem(UNKNOWN) for a ticket that this provider has not written."""
    try:
        return msgspec.json.decode(text, type=Ticket)
    except msgspec.MsgspecError:
        message = "What this job was begun with cannot be read; what became of it is unknown."
        raise Problem(Kind.UNKNOWN, message, code="outcome_unknown") from None

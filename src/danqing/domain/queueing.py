"""How it stands with work that waits for its turn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job stands that waits: `position` 1 is next; `seconds` until its work begins, None when none can tell."""

    position: int
    seconds: int | None

"""What happened to a job and when: one mark for every step that somebody may ask about later, stored with the job."""

from dataclasses import dataclass
from datetime import datetime

MARKS_MAX = 200  # the newest are kept


@dataclass(frozen=True, slots=True)
class Mark:
    """One step: a word for it, its time, and who does the work from then on, "provider/model", where that is told."""

    what: str
    at: datetime
    by: str = ""


def noted(marks: tuple[Mark, ...], what: str, at: datetime, by: str = "") -> tuple[Mark, ...]:
    """The marks with one more."""
    return (*marks, Mark(what, at, by))[-MARKS_MAX:]

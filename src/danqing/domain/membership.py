"""Which batch a job belongs to: a name and a number, known to whoever knows jobs and to whoever knows batches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """The job answers request `number` of `batch`, counted from 0; it waits behind all that somebody waits for."""

    batch: str
    number: int

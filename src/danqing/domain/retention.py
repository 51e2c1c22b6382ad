"""How long files are kept, and what a job is without them: its story and its bill stay, its files are given up."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from danqing.domain.errors import invalid
from danqing.domain.generation import Output
from danqing.domain.jobs import Job
from danqing.domain.media import Medium

DAYS_MAX = 36_500
FOREVER = "forever"


class Kept(StrEnum):
    """What a period is set for."""

    PICTURES = "pictures"
    FILMS = "films"
    INPUTS = "inputs"  # the files that requests came with


Keep = Mapping[Kept, int | None]
"""Days after the job's end, None for ever. What is not named is kept as the server says, and there for ever."""


@dataclass(slots=True)
class Swept:
    """What a sweep has removed, or would remove."""

    jobs: int = 0  # whose files have had their time
    files: int = 0  # that no job names
    bytes: int = 0
    requests: int = 0  # Idempotency-Keys
    uploads: int = 0  # files that were sent, or written for a key
    deliveries: int = 0  # notifications
    workflows: int = 0  # of the queue's history


def read_keep(given: Mapping[str, object], *, param: str = "keep_days") -> Keep:
    """Periods as people write them: whole days, or "forever". Raises Problem(INVALID)."""
    return {_kept(name, param): _days(value, param) for name, value in given.items()}


def cutoffs(keep: Keep, now: datetime) -> dict[Kept, datetime]:
    """Files of jobs that ended before these moments are given up; a kind that is kept for ever is not named."""
    return {kind: now - timedelta(days=days) for kind, days in keep.items() if days is not None}


def due(job: Job, before: Mapping[Kept, datetime]) -> frozenset[Kept]:
    """Which of an ended job's files have had their time."""
    return frozenset(kind for kind in present(job) if kind in before and job.updated < before[kind])


def present(job: Job) -> frozenset[Kept]:
    """Which kinds of files it still has."""
    outputs = {_kind(output) for output in job.outputs if output.blob and not output.gone}
    asked_with_files = any(True for _ in job.generation.blobs())
    return frozenset(outputs | ({Kept.INPUTS} if asked_with_files and not job.inputs_gone else set()))


def without(job: Job, kinds: Collection[Kept], at: datetime) -> Job:
    """The job one version further, without these files. `updated` stays: it is when the job itself ended."""
    going = present(job) & frozenset(kinds)
    outputs = tuple(
        replace(output, gone=at) if output.blob and not output.gone and _kind(output) in going else output
        for output in job.outputs
    )
    inputs_gone = at if Kept.INPUTS in going else job.inputs_gone
    return replace(job, outputs=outputs, inputs_gone=inputs_gone, version=job.version + 1)


def without_file(job: Job, file: str, at: datetime) -> Job:
    """The job one version further, without one of the files that it made."""
    outputs = tuple(
        replace(output, gone=output.gone or at) if output.file == file else output for output in job.outputs
    )
    return replace(job, outputs=outputs, version=job.version + 1)


def deleted(job: Job, at: datetime) -> Job:
    """The job one version further, without all that it was given and made; its words too are handed out no more."""
    after = without(job, frozenset(Kept), at)
    return replace(after, outputs=tuple(replace(output, gone=output.gone or at) for output in after.outputs))


def _kept(name: str, param: str) -> Kept:
    try:
        return Kept(name)
    except ValueError:
        kinds = ", ".join(kind.value for kind in Kept)
        raise invalid(f"{param} is set for {kinds}, and not for {name[:40]!r}.", param=param) from None


def _days(value: object, param: str) -> int | None:
    if value is None or value == FOREVER:
        return None
    text = "" if isinstance(value, bool) else str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= DAYS_MAX):
        raise invalid(f"{param} has whole days from 0 to {DAYS_MAX}, or {FOREVER!r}.", param=param)
    return int(text)


def _kind(output: Output) -> Kept:
    return Kept.FILMS if output.medium is Medium.VIDEO else Kept.PICTURES

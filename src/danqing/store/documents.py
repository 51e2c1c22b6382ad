"""A job as the text that the database keeps: JSON of the whole Job, so that a new field needs no migration.

A field that a document lacks has its default; a field that is no longer known is passed over.
"""

import msgspec

from danqing.domain.jobs import Job
from danqing.domain.retention import Keep, Kept

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Job)


class _Limits(msgspec.Struct):
    keep_days: dict[Kept, int | None] = {}


_limits = msgspec.json.Decoder(_Limits)


def write_job(job: Job) -> str:
    """The document of a job."""
    return _encoder.encode(job).decode()


def read_job(document: str) -> Job:
    """The job of a document."""
    return _decoder.decode(document)


def read_keep(limits: str) -> Keep:
    """How long files are kept, of the limits of a key or a project."""
    return _limits.decode(limits).keep_days

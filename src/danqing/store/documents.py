"""A job as the text that the database keeps: JSON of the whole Job, so that a new field needs no migration.

A field that a document lacks has its default; a field that is no longer known is passed over.
"""

import msgspec

from danqing.domain.jobs import Job

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Job)


def write_job(job: Job) -> str:
    """The document of a job."""
    return _encoder.encode(job).decode()


def read_job(document: str) -> Job:
    """The job of a document."""
    return _decoder.decode(document)

"""Jobs, files and limits as the text that the database keeps: all of it as JSON, so that a new field is no migration.

A field that a document lacks has its default; a field that is no longer known is passed over.
"""

from dataclasses import asdict, fields, replace

import msgspec

from danqing.domain.batches import Batch
from danqing.domain.generation import Translate
from danqing.domain.jobs import Job
from danqing.domain.limits import UNLIMITED, Limits
from danqing.domain.media import Blob
from danqing.domain.shelf import File

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Job)
_batch_decoder = msgspec.json.Decoder(Batch)
_file_decoder = msgspec.json.Decoder(File)


class _Manner(msgspec.Struct):
    """What a key's document says beside its limits."""

    translate: Translate | None = None


_manner_decoder = msgspec.json.Decoder(_Manner)
_limits_decoder = msgspec.json.Decoder(Limits)
_LIMITS = frozenset(field.name for field in fields(Limits))


def write_job(job: Job) -> str:
    """The document of a job."""
    return _encoder.encode(job).decode()


def read_job(document: str) -> Job:
    """The job of a document."""
    return _decoder.decode(document)


def write_batch(batch: Batch) -> str:
    """The document of a batch."""
    return _encoder.encode(batch).decode()


def read_batch(document: str) -> Batch:
    """The batch of a document."""
    return _batch_decoder.decode(document)


def write_file(file: File) -> str:
    """The document of a file of a shelf; its parts have rows of their own."""
    return _encoder.encode(replace(file, parts=())).decode()


def read_file(document: str, parts: tuple[Blob, ...] = ()) -> File:
    """The file of a document."""
    return replace(_file_decoder.decode(document), parts=parts)


def read_limits(document: str) -> Limits:
    """The limits of a key or a project."""
    return UNLIMITED if document == "{}" else _limits_decoder.decode(document)


def read_translate(document: str) -> Translate | None:
    """What becomes of a key's prompts in other languages, where that is set."""
    return None if document == "{}" else _manner_decoder.decode(document).translate


def write_translate(translate: Translate | None, document: str) -> str:
    """A key's document that says so; whatever else it says stays."""
    rest = {name: value for name, value in msgspec.json.decode(document).items() if name != "translate"}
    return _encoder.encode({**rest, "translate": translate} if translate else rest).decode()


def write_limits(limits: Limits, document: str = "{}") -> str:
    """A document with these limits and no others; whatever else it says stays."""
    rest = {name: value for name, value in msgspec.json.decode(document).items() if name not in _LIMITS}
    told = {name: value for name, value in asdict(limits).items() if value is not None}
    return _encoder.encode({**rest, **told}).decode()

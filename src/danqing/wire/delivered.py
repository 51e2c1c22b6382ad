"""A file in an engine's answer, wherever it was put: stored while it came, still as base64, or only linked."""

from dataclasses import dataclass, field

from danqing.domain.errors import invalid
from danqing.domain.media import Blob
from danqing.wire.bodies import Fields
from danqing.wire.inline import read_base64


@dataclass(frozen=True, slots=True)
class File:
    """A picture or film. `blob` when it is stored already, else its bytes, else the address that it is fetched from.

    `signature` is what the engine signed it with.
    """

    mime: str
    data: bytes = field(default=b"", repr=False)
    uri: str = ""
    blob: Blob | None = None
    signature: str = ""


def read_file(fields: Fields, name: str, mime: str) -> File:
    """The file under `name`: a Blob, or base64 that was too short to be taken out. Raises Problem(INVALID)."""
    match fields.take(name):
        case Blob() as blob:
            return File(blob.mime, blob=blob)
        case str(text) if text:
            return File(mime, read_base64(text, param=name))
        case _:
            raise invalid(f"{fields.path(name)} holds no file.", param=name)

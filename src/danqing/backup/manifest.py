"""What a backup says of itself: where it comes from, how much it has, and the hash of every part."""

from datetime import datetime

import msgspec

from danqing.domain.errors import Problem, invalid

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files.jsonl"
SECRETS = ("secret", "test-key")


class Part(msgspec.Struct, frozen=True):
    """A part but for the files, which are named by their hashes."""

    name: str
    bytes: int
    sha256: str


class Listed(msgspec.Struct, frozen=True):
    """A line of FILES: a file by its `Blob.name`, in the order in which the files are kept."""

    name: str
    bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`files` is None without files. `missing`: how many were named and could not be found, as after a deletion."""

    format: int
    danqing: str
    revision: str
    made: datetime
    tables: dict[str, int]  # rows
    files: int | None
    file_bytes: int
    missing: int
    parts: tuple[Part, ...]


def table_part(name: str) -> str:
    """The part with the rows of a table."""
    return f"tables/{name}.jsonl"


def file_part(name: str) -> str:
    """The part that is a file."""
    return f"files/{name[:2]}/{name}"


def read_manifest(text: bytes) -> Manifest:
    """Raises Problem(INVALID) when it is not one, or one of a later format."""
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as error:
        raise damaged(MANIFEST, "it cannot be read") from error
    if manifest.format != FORMAT:
        raise invalid("The backup was made by a newer version of Danqing. Install that version.", param="backup")
    return manifest


def damaged(part: str, how: str) -> Problem:
    """The Problem of a part that is not as it was written."""
    return invalid(
        f"The backup is damaged at {part}: {how}. Use another backup.", param="backup", code="backup_damaged"
    )

"""The shelf of a key: files that it sent, and those that are written for it, each until it expires.

What jobs make is listed beside them and found by its name in the same way; how long that is kept, `retention` says.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.media import JSONL, Blob

FILE_BYTES_MAX = 2 << 30
PICTURE_BYTES_MAX = 20_000_000  # as for pictures in requests
PIXELS_MAX = 40_000_000
LINES_BYTES_MAX = 512 << 20
SHELF_BYTES_MAX = 20 << 30  # of one key's files that were sent, as with Google
SHELF_FILES_MAX = 10_000
TITLE_CHARACTERS_MAX = 512
MEDIA, LINES, RESULTS = "vision", "batch", "batch_output"  # what a file is for, where nobody says it
UNFINISHED = timedelta(days=1)  # how long an upload may be gone on with

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a key. It has a `blob` when all of it is here; until then `parts` are what has come, in their order.

    `size` is in bytes, as it was announced. `title` is what its owner calls it, `purpose` what it is for, in OpenAI's
    words. `lasts` is how long it is to be kept when it is whole, None for as long as the server keeps files. `made`:
    nobody has sent it. `job`: a job made it, and it lies on no shelf. `expires`: None is for as long as the files of
    jobs are kept.
    """

    id: str
    key: str
    name: str
    size: int
    created: datetime
    updated: datetime
    expires: datetime | None = None
    lasts: timedelta | None = None
    title: str = ""
    purpose: str = ""
    made: bool = False
    job: str = ""
    blob: Blob | None = None
    duration_ms: int = 0
    parts: tuple[Blob, ...] = ()

    @property
    def received(self) -> int:
        """How many bytes of it are here."""
        return self.blob.size if self.blob else sum(part.size for part in self.parts)

    def whole(self, blob: Blob, at: datetime, expires: datetime, duration_ms: int = 0) -> "File":
        """It, when all of it is here; a film with its length."""
        purpose = self.purpose or (LINES if blob.mime == JSONL else MEDIA)
        return replace(self, blob=blob, updated=at, expires=expires, duration_ms=duration_ms, purpose=purpose, parts=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is said of a file that is about to be sent: `name` "" for any, `size` in bytes, None when it is not known.

    `lasts`: how long it is to be kept, None for as long as the server keeps files.
    """

    name: str = ""
    title: str = ""
    purpose: str = ""
    size: int | None = None
    lasts: timedelta | None = None

    def checked(self) -> "Wanted":
        """It, when it can be had. Raises Problem(INVALID), Problem(TOO_LARGE)."""
        if self.name and not _NAME.fullmatch(self.name):
            message = "A file's name has 1 to 40 of a-z, 0-9 and -, and neither begins nor ends with a -."
            raise invalid(message, param="name", code="invalid_file_name")
        if len(self.title) > TITLE_CHARACTERS_MAX:
            raise invalid(f"A display name has {TITLE_CHARACTERS_MAX} characters at the most.", param="displayName")
        if self.size == 0:
            raise empty()
        if self.size is not None and self.size > FILE_BYTES_MAX:
            raise too_large("A file", FILE_BYTES_MAX)
        return self


Recognise = Callable[[bytes], str | None]
"""Tells what a picture or film is by its first bytes, as "image/png"; None for anything else."""


class Shelves(Protocol):
    """Where it is written down what lies on the shelves. What has expired is not there."""

    async def shelve(self, file: File) -> None:
        """Write down a new file, whole or not, which takes `size` bytes of its key's room from now on.

        Raises Problem(INVALID) when the key has one of this name, Problem(NO_FUNDS) when there is no room for it.
        """

    async def extend(self, file: File, part: Blob) -> bool:
        """One more part of an upload. False when somebody else has sent it meanwhile, or it is gone."""

    async def complete(self, file: File) -> bool:
        """An upload is whole. False when it was before, or is gone."""

    async def unshelve(self, file: File) -> bool:
        """Take a file or an unfinished upload away; nothing names its bytes then. False when it is gone."""

    async def upload(self, id: str) -> File | None:
        """An upload by its id, finished or not."""

    async def filed(self, key: str, after: tuple[datetime, str] | None, limit: int, purpose: str = "") -> list[File]:
        """A key's files, those of its jobs too, newest first: after `created` and `name` of the last one seen.

        With a `purpose` those that are for it.
        """


class Finding(Protocol):
    """How files are found again."""

    async def on_shelf(self, key: str, name: str) -> File | None:
        """The key's file of this name that was sent or written, and is whole."""

    async def expired(self, before: datetime, limit: int) -> list[File]:
        """Files and unfinished uploads whose time was over before a moment."""


def limit_of(mime: str) -> int:
    """The most bytes that a file of this kind may have."""
    if mime.startswith("image/"):
        return PICTURE_BYTES_MAX
    return LINES_BYTES_MAX if mime == JSONL else FILE_BYTES_MAX


def require_room(files: tuple[int, int], more: int) -> None:
    """Raises Problem(NO_FUNDS) when a shelf cannot take so many more bytes. `files`: their number, and their bytes."""
    count, size = files
    if count >= SHELF_FILES_MAX or size + more > SHELF_BYTES_MAX:
        message = (
            f"This key has sent {count} files of {size / 1e9:.1f} GB in all, and may have {SHELF_FILES_MAX} of "
            f"{SHELF_BYTES_MAX >> 30} GB. Delete some, or wait until they expire."
        )
        raise Problem(Kind.NO_FUNDS, message, code="storage_exceeded")


def taken(name: str) -> Problem:
    """The refusal of a second file of one name."""
    message = f"This key has a file {name!r} already. Delete it first, or give this one another name."
    return invalid(message, param="name", code="file_exists")


def empty() -> Problem:
    """The refusal of a file with nothing in it."""
    return invalid("The file is empty.", param="file", code="empty_file")


def too_large(what: str, most: int) -> Problem:
    """The refusal of a file by its size."""
    size = f"{most >> 20} MB" if most % 1000 else f"{most // 1_000_000} MB"
    return Problem(Kind.TOO_LARGE, f"{what} may have {size} at the most.", param="file", code="file_too_large")

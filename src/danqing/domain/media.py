"""References to media: what a picture or film is, where its bytes are known by, never the bytes themselves."""

from dataclasses import dataclass
from enum import StrEnum


class Medium(StrEnum):
    """What a request asks for and an output is."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"


JSONL = "application/jsonl"  # requests, and their results, each on a line of its own
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "video/mp4": "mp4"}
_NAMED = SUFFIXES | {JSONL: "jsonl"}
_MIMES = {suffix: mime for mime, suffix in _NAMED.items()}


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file by its content: `sha256` in hex, `size` in bytes, `mime` such as "image/png"."""

    sha256: str
    size: int
    mime: str

    @property
    def suffix(self) -> str:
        """The usual file name ending, without the dot."""
        return _NAMED.get(self.mime, "bin")

    @property
    def name(self) -> str:
        """What the file is stored as: its hash and its ending."""
        return f"{self.sha256}.{self.suffix}"


@dataclass(frozen=True, slots=True)
class Cited(Blob):
    """A file of the key that asks, of which only the name is known yet; nothing that is stored holds one."""

    file: str


@dataclass(frozen=True, slots=True)
class Linked(Blob):
    """A picture on the web, of which only the address is known yet; nothing that is stored holds one."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a file's own header tells of it; 0 for what it does not tell. A picture has no length and no sound."""

    width: int
    height: int
    duration_ms: int = 0
    fps: int = 0
    audio: bool = False


def cited(file: str) -> Cited:
    """What stands for a file until it is found."""
    return Cited("", 0, "", file)


def linked(url: str) -> Linked:
    """What stands for a picture until it is fetched; what it is will be seen then."""
    return Linked("", 0, "image/png", url)


def blob_named(name: str, size: int) -> Blob:
    """The way back from `Blob.name`."""
    sha256, _, suffix = name.partition(".")
    return Blob(sha256, size, _MIMES.get(suffix, "application/octet-stream"))

"""The studio's files as browsers are sent them: its own modules, and the libraries that the build brought from npm.

What a page loads lies below an address that names this very build, so that it may be kept for ever; the page itself is
asked for every time, and is answered "not modified" while it is the same. Text is compressed once, when it is loaded.
"""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from danqing.studio.links import links

MIMES: Mapping[str, str] = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
}
VENDOR = "vendor"
PAGE = "index.html"
UNBUILT = "unbuilt.html"
ABSENT = "not built, since npm was out of reach: run `python build_pack.py` where it is not"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: what is sent, as what, and how a browser knows it again, by a strong tag of the content.

    `packed`: the same with gzip, or nothing where that saves nothing.
    """

    data: bytes
    mime: str
    etag: str
    packed: bytes = b""

    @classmethod
    def of(cls, data: bytes, mime: str) -> "Asset":
        """Hashed and compressed here, once, and not whenever it is asked for: a typeface of Chinese is large."""
        packed = b"" if mime.startswith("font/") else gzip.compress(data, mtime=0)
        tag = hashlib.sha256(data).hexdigest()[:32]
        return cls(data, mime, f'"{tag}"', packed if len(packed) < len(data) else b"")

    @property
    def packed_etag(self) -> str:
        """What is sent with gzip is another representation, and has another tag."""
        return f'{self.etag[:-1]}-gzip"'


@dataclass(frozen=True, slots=True)
class Studio:
    """All that `/studio` sends. `build` is in the address of every file; `complete`: the libraries are there."""

    build: str
    page: Asset
    files: Mapping[str, Asset]
    complete: bool


def available() -> bool:
    """Whether the build brought the libraries."""
    return (files(__name__) / VENDOR / "stamp").is_file()


@cache
def load() -> Studio:
    """The studio as it lies in the package."""
    root = files(__name__)
    found = dict(sorted(_files(root, "")))
    digest = hashlib.sha256((root / PAGE).read_bytes())
    for name, file in found.items():
        digest.update(f"{name}\n{file.etag}\n".encode())
    build, complete = digest.hexdigest()[:16], available()
    text = (root / (PAGE if complete else UNBUILT)).read_text()
    named = links({name: file.data for name, file in found.items()}, f"/studio/{build}") if complete else []
    page = text.replace("{build}", build).replace("{links}", "\n".join(named))
    return Studio(build, Asset.of(page.encode(), "text/html; charset=utf-8"), found, complete)


def _files(folder: Traversable, above: str) -> Iterator[tuple[str, Asset]]:
    for entry in folder.iterdir():
        name = above + entry.name
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        elif mime := MIMES.get(entry.name.rpartition(".")[2]):
            yield name, Asset.of(entry.read_bytes(), mime)

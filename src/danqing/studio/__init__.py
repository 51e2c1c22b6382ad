"""The studio's files as browsers are sent them: its own modules, and the libraries that the build brought from npm.

What a page loads lies below an address that names this very build, so that it may be kept for ever; the page itself is
asked for every time, and is answered "not modified" while it is the same. Text is compressed once, when it is loaded.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from posixpath import normpath

MIMES: Mapping[str, str] = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
}
VENDOR = "vendor"
GROUND = "styles/ground.css"  # says in which order the others count
FIRST_ROOM = "create"
FIRST = ("app.js", f"rooms/{FIRST_ROOM}/room.js")
PAGE = "index.html"
UNBUILT = "unbuilt.html"
_IMPORT = re.compile(
    r"""(?:^|;)(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|(?:^|;)import\s*["']([^"']+)["']""", re.MULTILINE
)
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
    links = {"styles": _styles(found, build), "preloads": _preloads(found, build) if complete else []}
    page = text.replace("{build}", build)
    for name, rows in links.items():
        page = page.replace(f"{{{name}}}", "\n".join(rows))
    return Studio(build, Asset.of(page.encode(), "text/html; charset=utf-8"), found, complete)


def _styles(found: Mapping[str, Asset], build: str) -> Iterator[str]:
    """The links to the stylesheets; that of a room which is not the first is fetched at leisure, and taken up there."""
    later = {name.split("/")[1] for name in found if name.startswith("rooms/")} - {FIRST_ROOM}
    for name in sorted((name for name in found if name.endswith(".css")), key=lambda name: (name != GROUND, name)):
        room = PurePosixPath(name).stem
        how = f'prefetch" as="style" data-room="{room}' if room in later else "stylesheet"
        yield f'<link rel="{how}" href="/studio/{build}/{name}">'


def _preloads(found: Mapping[str, Asset], build: str) -> Iterator[str]:
    """The links to the modules of the first room, so that they are fetched at once and not one after the other."""
    for name in sorted(_reached(found, FIRST, set())):
        yield f'<link rel="modulepreload" href="/studio/{build}/{name}">'


def _reached(found: Mapping[str, Asset], names: Iterable[str], seen: set[str]) -> set[str]:
    """The modules that are loaded with these at once; what is imported later, when it is needed, is not."""
    for name in set(names) - seen:
        seen.add(name)
        above = PurePosixPath(name).parent
        imported = [a or b for a, b in _IMPORT.findall(found[name].data.decode())]
        _reached(found, [normpath(above / target) for target in imported], seen)
    return seen


def _files(folder: Traversable, above: str) -> Iterator[tuple[str, Asset]]:
    for entry in folder.iterdir():
        name = above + entry.name
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        elif mime := MIMES.get(entry.name.rpartition(".")[2]):
            yield name, Asset.of(entry.read_bytes(), mime)

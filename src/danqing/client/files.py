"""Files on the caller's side: pictures that go into a request, and free names for what comes back."""

import os
import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pybase64

from danqing.domain.errors import invalid
from danqing.domain.media import SUFFIXES

SLUG_CHARACTERS_MAX = 50  # at most 200 bytes, and a file name has 255
_SPELLINGS = frozenset({*SUFFIXES.values(), "jpeg"})


def slug(prompt: str) -> str:
    """A prompt as a file name: its letters and digits in any script, everything between them a hyphen."""
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", prompt).lower())
    return words[:SLUG_CHARACTERS_MAX].strip("-") or "danqing"


def names(prompt: str, suffix: str, out: Path | None) -> Iterator[Path]:
    """Names in the order in which they are tried.

    `out` is a folder, or a file whose name is taken as it is the first time; its ending gives way to the true one.
    """
    if out is None or out.is_dir():
        folder = out or Path()
        yield from (folder / f"{slug(prompt)}-{number}.{suffix}" for number in count(1))
    else:
        stem = out.stem if out.suffix[1:].lower() in _SPELLINGS else out.name
        yield out.with_name(f"{stem}.{suffix}")
        yield from (out.with_name(f"{stem}-{number}.{suffix}") for number in count(2))


def claim(candidates: Iterator[Path]) -> Path:
    """The first name that nobody has, as an empty file; nothing is ever overwritten."""
    for path in candidates:
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            continue
        return path
    raise FileExistsError("every name is taken")


def require_writable(out: Path | None, how: str = " with -o") -> None:
    """Raises Problem before anything is paid for that could not be saved; `how` another place is named."""
    folder = Path() if out is None else out if out.is_dir() else out.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise invalid(f"Nothing can be saved in {folder.absolute()}; choose another place{how}.", param="output")


def data_url(path: Path) -> str:
    """A picture as it goes into a request. The server looks at the bytes; the type in the URL is not relied on."""
    return encoded(path.read_bytes())


def encoded(data: bytes) -> str:
    """The same for a picture that is in memory."""
    return f"data:application/octet-stream;base64,{pybase64.b64encode(data).decode()}"

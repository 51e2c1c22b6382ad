"""Writing the story of an output into the file itself, without touching a pixel, and reading it back.

Whoever finds the file later, without Danqing, still knows the prompt, the model and the seed that made it. A file that
carries a C2PA signature is left alone: a changed byte would break what the signature says.
"""

import asyncio
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, ParamSpec

from danqing.assets import jpeg, mp4, png, webp
from danqing.assets.binary import Malformed
from danqing.domain.gallery import Inspect, Provenance
from danqing.domain.media import Blob
from danqing.domain.ports import Assets, Story

P = ParamSpec("P")

_Write = Callable[[BinaryIO, BinaryIO, Story], bool]
_Read = Callable[[BinaryIO], dict[str, object] | None]
_IsSigned = Callable[[BinaryIO], bool]

_PICTURES: dict[bytes, tuple[_Write, _Read, _IsSigned]] = {
    png.SIGNATURE: (png.write, png.read, png.signed),
    jpeg.SIGNATURE: (jpeg.write, jpeg.read, jpeg.signed),
    webp.SIGNATURE: (webp.write, webp.read, webp.signed),
}


def stamp(path: Path, story: Story) -> bool:
    """Write the story into a PNG, JPEG, WebP or MP4. False when the file was left as it was.

    What the file is, is told by its first bytes. Pictures are copied beside the file and renamed over it, films are
    written to in place. An earlier story is replaced.
    """
    with path.open("r+b") as file:
        head = _head(file)
        if _is_film(head):
            return _try(mp4.append, file, story)
        write = _picture(head)[0]
        return write is not None and _rewrite(path, file, story, write)


def stamped(data: bytes, story: Story) -> bytes:
    """The same file in memory, with the story in it; the bytes as they are when it cannot be written into them."""
    if _is_film(data):
        film = BytesIO(data)
        return film.getvalue() if _try(mp4.append, film, story) else data
    write_picture = _picture(data)[0]
    target = BytesIO()
    done = write_picture is not None and _try(write_picture, BytesIO(data), target, story)
    return target.getvalue() if done else data


def read(path: Path) -> dict[str, object] | None:
    """The story that a file carries, if it does."""
    with path.open("rb") as file:
        head = _head(file)
        read_story = mp4.read if _is_film(head) else _picture(head)[1]
        try:
            return read_story(file) if read_story else None
        except Malformed:
            return None


def told(data: bytes) -> dict[str, object] | None:
    """The story that a file in memory carries, if it does; it may be anybody's."""
    read_story = mp4.read if _is_film(data) else _picture(data)[1]
    try:
        return read_story(BytesIO(data)) if read_story else None
    except Malformed:
        return None


def inspector(assets: Assets) -> Inspect:
    """What tells of a stored file whether it is signed, and whether its story is in it."""

    async def inspect(blob: Blob) -> Provenance:
        path = Path(await assets.path(blob))
        return await asyncio.to_thread(lambda: Provenance(signed=signed(path), story=read(path) is not None))

    return inspect


def signed(path: Path) -> bool:
    """Whether the file carries a C2PA manifest; nobody has checked what it says."""
    with path.open("rb") as file:
        head = _head(file)
        is_signed = mp4.signed if _is_film(head) else _picture(head)[2]
        try:
            return is_signed is not None and is_signed(file)
        except Malformed:
            return False


def _head(file: BinaryIO) -> bytes:
    head = file.read(8)
    file.seek(0)
    return head


def _is_film(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _picture(head: bytes) -> tuple[_Write | None, _Read | None, _IsSigned | None]:
    return next((codec for signature, codec in _PICTURES.items() if head.startswith(signature)), (None, None, None))


def _try(work: Callable[P, bool], *args: P.args, **kwargs: P.kwargs) -> bool:
    """A damaged file goes to its owner as it came; what is wrong with it will show when it is opened."""
    try:
        return work(*args, **kwargs)
    except Malformed:
        return False


def _rewrite(path: Path, source: BinaryIO, story: Story, write: _Write) -> bool:
    beside = path.with_name(path.name + ".stamped")
    try:
        with beside.open("wb") as target:
            stamped = _try(write, source, target, story)
        if stamped:
            os.replace(beside, path)
        return stamped
    finally:
        beside.unlink(missing_ok=True)

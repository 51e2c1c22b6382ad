"""Writing the story of an output into the file itself, without touching a pixel, and reading it back.

Whoever finds the file later, without Danqing, still knows the prompt, the model and the seed that made it. A file that
carries a C2PA signature is left alone: a changed byte would break what the signature says.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from danqing.assets import jpeg, mp4, png, webp
from danqing.assets.binary import Malformed
from danqing.domain.ports import Story

_Write = Callable[[BinaryIO, BinaryIO, Story], bool]
_Read = Callable[[BinaryIO], dict[str, object] | None]

_PICTURES: dict[bytes, tuple[_Write, _Read]] = {
    png.SIGNATURE: (png.write, png.read),
    jpeg.SIGNATURE: (jpeg.write, jpeg.read),
    webp.SIGNATURE: (webp.write, webp.read),
}


def stamp(path: Path, story: Story) -> bool:
    """Write the story into a PNG, JPEG, WebP or MP4. False when the file was left as it was.

    What the file is, is told by its first bytes. Pictures are copied beside the file and renamed over it, films are
    written to in place. An earlier story is replaced.
    """
    try:
        with path.open("r+b") as file:
            head = _head(file)
            if head[4:8] == b"ftyp":
                return mp4.append(file, story)
            for signature, (write, _) in _PICTURES.items():
                if head.startswith(signature):
                    return _rewrite(path, file, story, write)
    except Malformed:
        pass  # the file goes to its owner as it came; what is wrong with it will show when it is opened
    return False


def read(path: Path) -> dict[str, object] | None:
    """The story that a file carries, if it does."""
    try:
        with path.open("rb") as file:
            head = _head(file)
            if head[4:8] == b"ftyp":
                return mp4.read(file)
            for signature, (_, read_story) in _PICTURES.items():
                if head.startswith(signature):
                    return read_story(file)
    except Malformed:
        pass
    return None


def _head(file: BinaryIO) -> bytes:
    head = file.read(8)
    file.seek(0)
    return head


def _rewrite(path: Path, source: BinaryIO, story: Story, write: _Write) -> bool:
    beside = path.with_name(path.name + ".stamped")
    try:
        with beside.open("wb") as target:
            stamped = write(source, target, story)
        if stamped:
            os.replace(beside, path)
        return stamped
    finally:
        beside.unlink(missing_ok=True)

"""Reading container formats: exact reads that fail loudly, and copies that never hold more than a piece in memory."""

from typing import BinaryIO

PIECE = 1 << 20
TEXT_MAX = 1 << 20  # no text that somebody put into a file is read beyond this


class Malformed(ValueError):
    """The bytes are not what their format promises."""


def exactly(file: BinaryIO, size: int) -> bytes:
    """The next `size` bytes. Raises Malformed when there are fewer."""
    data = file.read(size)
    if len(data) != size:
        raise Malformed(f"{size} bytes expected, {len(data)} found")
    return data


def text(file: BinaryIO, offset: int, size: int) -> bytes:
    """A piece of text from the middle of a file. Raises Malformed when it is absurdly long."""
    if size > TEXT_MAX:
        raise Malformed(f"a text of {size} bytes")
    file.seek(offset)
    return exactly(file, size)


def copy(source: BinaryIO, target: BinaryIO, offset: int, size: int) -> None:
    """Append `size` bytes at `offset` of the source to the target. Raises Malformed when there are fewer."""
    source.seek(offset)
    while size > 0:
        piece = exactly(source, min(size, PIECE))
        target.write(piece)
        size -= len(piece)


def length(file: BinaryIO) -> int:
    """The size of an open file."""
    return file.seek(0, 2)

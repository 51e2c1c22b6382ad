"""Looks at a stored file's header: what it really is, in pixels, seconds and frames, whoever made it."""

from danqing.domain.media import Blob, Shape
from danqing.domain.ports import Assets
from danqing.wire import film_header
from danqing.wire.picture_header import read_header

# A picture's size stands in its first bytes, but for a JPEG that begins with a story, a profile or a signature.
PICTURE_BYTES = (4 << 10, 256 << 10, 4 << 20)


async def probe(assets: Assets, blob: Blob) -> Shape | None:
    """What the header tells; None when it tells nothing. Raises Problem when the file cannot be read."""
    if blob.mime.startswith("video/"):
        return await _film(assets, blob)
    for most in PICTURE_BYTES:
        if header := read_header(await _read(assets, blob, 0, min(most, blob.size))):
            return Shape(width=header.width, height=header.height)
        if most >= blob.size:
            break
    return None


async def _film(assets: Assets, blob: Blob) -> Shape | None:
    look = film_header.look(blob.size)
    try:
        start, stop = next(look)
        while True:
            start, stop = look.send(await _read(assets, blob, start, stop))
    except StopIteration as end:
        header: film_header.FilmHeader | None = end.value
    if header is None:
        return None
    return Shape(
        width=header.width,
        height=header.height,
        duration_ms=header.duration_ms,
        fps=header.fps,
        audio=header.audio,
    )


async def _read(assets: Assets, blob: Blob, start: int, stop: int) -> bytes:
    return b"".join([chunk async for chunk in assets.open(blob, start, stop)])

"""Small pictures of files, made by one process beside the server and kept by the content of the file."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path

from danqing.assets.cache import Cache
from danqing.domain.errors import Kind, Problem
from danqing.domain.media import Blob
from danqing.domain.ports import Assets
from danqing.sketch.pool import Limits, Pool, WorkerDied

CACHE_BYTES_MAX = 512 << 20
WAITING_MAX = 400  # a page of a gallery, for several readers
RETRY_S = 2
LIMITS = Limits(film_s=20, picture_s=20, memory_bytes=1 << 30)


class Thumbnails:
    """Makes each once on this machine; `scratch` is a directory for unfinished files."""

    def __init__(self, assets: Assets, room: Path, scratch: Path, *, bytes_max: int = CACHE_BYTES_MAX) -> None:
        self._assets = assets
        self._cache = Cache(room, bytes_max=bytes_max)
        self._scratch = scratch
        self._pool = Pool(1, LIMITS, program="danqing.assets.thumbnailer")
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def thumbnail(self, blob: Blob, side: int) -> bytes:
        """A WebP picture that fits into a square of `side` pixels; of a film its first frame.

        Raises Problem(NOT_FOUND) when the file is gone, Problem(UNAVAILABLE) when it cannot be read, Problem(BUSY).
        """
        task = {"film": blob.mime.startswith("video/"), "side": side}
        return await self._found(blob, f"{blob.sha256}-{side}.webp", task)

    async def sheet(self, blob: Blob) -> bytes:
        """A JPEG with sixteen moments of a film. Raises as `thumbnail` does."""
        return await self._found(blob, f"{blob.sha256}-sheet.jpg", {"sheet": True})

    async def close(self) -> None:
        """End the process."""
        await self._pool.close()

    async def _found(self, blob: Blob, name: str, task: Mapping[str, object]) -> bytes:
        """What was made before, or is made now."""
        found = await asyncio.to_thread(self._read, name)
        if found is not None:
            return found
        if self._waiting >= WAITING_MAX:
            raise Problem(Kind.BUSY, "Too many thumbnails are asked for; try again in a moment.", retry_after=RETRY_S)
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._read, name) or await self._made(blob, name, task)
        finally:
            self._waiting -= 1

    async def _made(self, blob: Blob, name: str, task: Mapping[str, object]) -> bytes:
        out = self._scratch / name
        source = await self._assets.path(blob)
        try:
            async with aclosing(self._pool.run({**task, "source": source, "out": str(out)})) as messages:
                async for message in messages:
                    if error := message.get("error"):
                        raise _useless(str(error))
            return await asyncio.to_thread(lambda: self._cache.add(out, name).read_bytes())
        except WorkerDied as error:
            raise _useless("It took too long, or too much memory.") from error
        finally:
            _drop(out)

    def _read(self, name: str) -> bytes | None:
        path = self._cache.find(name)
        return path.read_bytes() if path else None


def _drop(draft: Path) -> None:
    """At once, and in no thread: there are none left when the server stops and cuts a request off."""
    draft.unlink(missing_ok=True)


def _useless(why: str) -> Problem:
    return Problem(Kind.INVALID, f"There is no thumbnail of this file. {why}", code="no_thumbnail")

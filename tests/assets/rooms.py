"""Where an archive under test keeps things, whichever kind it is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from danqing.assets.bucket import Bucket
from danqing.assets.disk import Disk
from danqing.domain.media import Blob
from danqing.domain.ports import Archive, Stored

BYTES_MAX = 80 << 20
LOCK = "lock"


@dataclass
class Room:
    """A directory of the test's own, and for a bucket a prefix of its own on a running server."""

    kind: str
    folder: Path
    address: str = ""

    def opened(self, *, bytes_max: int = BYTES_MAX) -> Disk | Bucket:
        if self.address:
            return Bucket(self.address, local=self.folder, bytes_max=bytes_max, cache_bytes_max=1 << 30)
        return Disk(self.folder, bytes_max=bytes_max)

    def unfinished(self) -> list[Path]:
        return [path for path in (self.folder / "incoming").glob("*/*") if path.name != LOCK]

    def kept(self) -> list[Stored]:
        """As a newly opened archive lists it."""
        archive = self.opened()
        try:
            return asyncio.run(listed(archive))
        finally:
            archive.close()


async def listed(archive: Archive) -> list[Stored]:
    return [stored async for stored in archive.stored()]


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def content(archive: Archive, blob: Blob, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in archive.open(blob, start, stop)])

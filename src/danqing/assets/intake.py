"""What is put, on its way in: received, measured, given its story and then its name, never on the event loop's time."""

import asyncio
import errno
import hashlib
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, ParamSpec, TypeVar

from danqing.assets import stamp
from danqing.assets.desk import Desk
from danqing.domain.errors import Kind, Problem
from danqing.domain.media import Blob
from danqing.domain.ports import Source, Story

P = ParamSpec("P")
R = TypeVar("R")

_GATHER = 1 << 20  # small pieces of a stream are collected to this size before they go to a thread
_IN_MEMORY_MAX = 8 << 20  # larger ones are stamped in a file, so that no film is in memory twice
_TROUBLES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), ("is full. Free some space", "disk_full")),
    **dict.fromkeys((errno.EIO, errno.EROFS, errno.EFBIG), ("cannot be written to. Look at it", "disk_broken")),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A file with all its bytes and its name, that is not kept yet. One on disk may be moved away."""

    blob: Blob
    content: bytes | Path


class Intake:
    """Makes drafts and hands each to `keep` in a thread; what `keep` leaves of it is swept up."""

    def __init__(self, room: Path, *, bytes_max: int, threads: int, keep: Callable[[Draft], None]) -> None:
        self._bytes_max = bytes_max
        self._keep = keep
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="assets")
        self._desk = Desk(room)

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        """Keep bytes, a stream, or a finished file that is moved away; stamp the story into it first, if given.

        Raises Problem(TOO_LARGE) beyond `bytes_max`, and Problem(UNAVAILABLE) when the disk is full.
        """
        if isinstance(source, bytes):
            return await self.run(self._bytes, source, mime, story)
        if isinstance(source, PurePath):
            return await self.run(self._moved, Path(source), mime, story)
        received = await self.receive(source)
        return await self.run(self._file, received, mime, story)

    async def receive(self, source: AsyncIterator[bytes]) -> Path:
        """Write a stream to a new file, which is gone again if the stream does not end well."""
        temporary = self.sheet()
        file = await self.run(temporary.open, "wb")
        size = 0
        try:
            async with aclosing(_gather(source)) as pieces:
                async for piece in pieces:
                    size += len(piece)
                    self._check(size)
                    await self.run(file.write, piece)
            await self.run(file.close)
        except BaseException:
            await self.run(_discard, file, temporary)
            raise
        return temporary

    def sheet(self) -> Path:
        """A name for an unfinished file of this process."""
        return self._desk.sheet()

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do blocking work in a thread. It is finished, and cleans up after itself, even if the caller goes away."""
        future = asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))
        try:
            return await asyncio.shield(future)
        except OSError as error:
            if error.errno not in _TROUBLES:
                raise
            what, code = _TROUBLES[error.errno]
            message = f"The disk that keeps the files {what}, then try again."
            raise Problem(Kind.UNAVAILABLE, message, code=code) from error

    def close(self) -> None:
        """Wait for the threads and give the temporary directory back."""
        self._threads.shutdown()
        self._desk.close()

    def _bytes(self, data: bytes, mime: str, story: Story | None) -> Blob:
        self._check(len(data))
        if story is not None and len(data) > _IN_MEMORY_MAX:
            return self._file(self._written(data), mime, story)
        if story is not None:
            data = stamp.stamped(data, story)
        blob = Blob(hashlib.sha256(data).hexdigest(), len(data), mime)
        self._keep(Draft(blob, data))
        return blob

    def _written(self, data: bytes) -> Path:
        temporary = self.sheet()
        try:
            temporary.write_bytes(data)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return temporary

    def _moved(self, source: Path, mime: str, story: Story | None) -> Blob:
        real = source.resolve(strict=True)
        self._check(real.stat().st_size)
        temporary = self.sheet()
        try:
            shutil.move(real, temporary)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return self._file(temporary, mime, story)

    def _file(self, temporary: Path, mime: str, story: Story | None) -> Blob:
        try:
            if story is not None:
                stamp.stamp(temporary, story)
            with temporary.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                blob = Blob(digest, file.tell(), mime)
            self._keep(Draft(blob, temporary))
            return blob
        finally:
            temporary.unlink(missing_ok=True)

    def _check(self, size: int) -> None:
        if size > self._bytes_max:
            message = f"The file is larger than {self._bytes_max} bytes, the most that is stored here."
            raise Problem(Kind.TOO_LARGE, message, code="file_too_large")


async def _gather(source: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The same bytes in fewer pieces: a trip to a thread costs more than a small write."""
    gathered: list[bytes] = []
    size = 0
    async for piece in source:
        gathered.append(piece)
        size += len(piece)
        if size >= _GATHER:
            yield b"".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)


def _discard(file: BinaryIO, path: Path) -> None:
    try:
        file.close()  # fails where the disk is full
    finally:
        path.unlink(missing_ok=True)

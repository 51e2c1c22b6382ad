"""Keeping files by their content on a disk, so that a power cut leaves either the whole file or nothing.

A file is written under a temporary name, flushed, renamed to `aa/<sha256>.<suffix>`, and its directory flushed. All
of it happens in a few threads: the event loop never waits for a disk.
"""

import asyncio
import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path, PurePath
from typing import BinaryIO, ParamSpec, TypeVar
from uuid import uuid4

from danqing.assets import stamp
from danqing.domain.errors import Kind, Problem, not_found
from danqing.domain.media import Blob
from danqing.domain.ports import Source, Story

P = ParamSpec("P")
R = TypeVar("R")

CHUNK = 3 << 19  # 1.5 MiB: a multiple of 3, so that each chunk can be turned into base64 by itself
_GATHER = 1 << 20  # small pieces of a stream are collected to this size before they go to a thread
_IN_MEMORY_MAX = 8 << 20  # larger ones are stamped in a file, so that no film is in memory twice
_THREADS = 4
_LOCK = "lock"
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Disk:
    """The Assets port on a directory, which several processes may share."""

    def __init__(self, root: Path, *, bytes_max: int) -> None:
        self._root = root
        self._bytes_max = bytes_max
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="assets")
        self._desk = _Desk(root / "incoming")

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        """Store bytes, a stream, or a finished file that is moved away; stamp the story into it first, if given.

        Raises Problem(TOO_LARGE) beyond `bytes_max`, and Problem(UNAVAILABLE) when the disk is full.
        """
        if isinstance(source, bytes):
            return await self._run(self._put_bytes, source, mime, story)
        if isinstance(source, PurePath):
            return await self._run(self._put_file, Path(source), mime, story)
        received = await self._receive(source)
        return await self._run(self._keep, received, mime, story)

    async def open(self, blob: Blob) -> AsyncIterator[bytes]:
        """The bytes in chunks of CHUNK. Raises Problem(NOT_FOUND)."""
        file, chunk = await self._run(self._begin, blob)
        try:
            while chunk:
                yield chunk
                chunk = b"" if file.closed else await self._run(file.read, CHUNK)
        finally:
            if not file.closed:
                await self._run(file.close)

    async def path(self, blob: Blob) -> str:
        """Where the file is. Raises Problem(NOT_FOUND)."""
        home = self._home(blob)
        if not await self._run(home.is_file):
            raise not_found("file")
        return str(home)

    def close(self) -> None:
        """Wait for the threads and give the temporary directory back."""
        self._threads.shutdown()
        self._desk.close()

    async def _run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do blocking work in a thread. It is finished, and cleans up after itself, even if the caller goes away."""
        future = asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))
        try:
            return await asyncio.shield(future)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            message = "The disk that keeps the files is full. Free some space, then try again."
            raise Problem(Kind.UNAVAILABLE, message, code="disk_full") from error

    def _put_bytes(self, data: bytes, mime: str, story: Story | None) -> Blob:
        self._check(len(data))
        if story is not None and len(data) > _IN_MEMORY_MAX:
            temporary = self._desk.sheet()
            with temporary.open("wb") as file:
                file.write(data)
            return self._keep(temporary, mime, story)
        if story is not None:
            data = stamp.stamped(data, story)
        blob = Blob(hashlib.sha256(data).hexdigest(), len(data), mime)
        home = self._home(blob)
        if not home.exists():
            self._write(home, data)
        _flush(home.parent)
        return blob

    def _write(self, home: Path, data: bytes) -> None:
        temporary = self._desk.sheet()
        try:
            with temporary.open("wb", buffering=0) as file:
                file.write(data)
                os.fsync(file.fileno())
            _make(home.parent)
            os.replace(temporary, home)
        finally:
            temporary.unlink(missing_ok=True)

    def _put_file(self, source: Path, mime: str, story: Story | None) -> Blob:
        real = source.resolve(strict=True)
        self._check(real.stat().st_size)
        temporary = self._desk.sheet()
        try:
            shutil.move(real, temporary)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return self._keep(temporary, mime, story)

    async def _receive(self, source: AsyncIterator[bytes]) -> Path:
        """Write a stream to a temporary file, which is gone again if the stream does not end well."""
        temporary = self._desk.sheet()
        file = await self._run(temporary.open, "wb")
        size = 0
        try:
            async with aclosing(_gather(source)) as pieces:
                async for piece in pieces:
                    size += len(piece)
                    self._check(size)
                    await self._run(file.write, piece)
            await self._run(file.close)
        except BaseException:
            await self._run(_discard, file, temporary)
            raise
        return temporary

    def _keep(self, temporary: Path, mime: str, story: Story | None = None) -> Blob:
        """Move a temporary file to the place that its content gives it."""
        try:
            if story is not None:
                stamp.stamp(temporary, story)
            with temporary.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                blob = Blob(digest, file.tell(), mime)
                home = self._home(blob)
                if not home.exists():
                    os.fsync(file.fileno())
                    _make(home.parent)
                    os.replace(temporary, home)
            _flush(home.parent)
            return blob
        finally:
            temporary.unlink(missing_ok=True)

    def _begin(self, blob: Blob) -> tuple[BinaryIO, bytes]:
        """The file and its first chunk; the file is closed already when that was all of it."""
        try:
            file = self._home(blob).open("rb")
        except FileNotFoundError:
            raise not_found("file") from None
        chunk = file.read(CHUNK)
        if len(chunk) == blob.size:
            file.close()
        return file, chunk

    def _home(self, blob: Blob) -> Path:
        return self._root / blob.sha256[:2] / f"{blob.sha256}.{blob.suffix}"

    def _check(self, size: int) -> None:
        if size > self._bytes_max:
            message = f"The file is larger than {self._bytes_max} bytes, the most that is stored here."
            raise Problem(Kind.TOO_LARGE, message, code="file_too_large")


class _Desk:
    """A process's own directory for unfinished files.

    Its lock is held for as long as the process lives, however it dies; a directory whose lock nobody holds was left
    over and is swept by the next process to start.
    """

    def __init__(self, room: Path) -> None:
        _make(room)
        self._directory = room / uuid4().hex
        with _locked(room):
            for directory in room.iterdir():
                _sweep(directory)
            self._directory.mkdir()
            self._lock = _locked(self._directory)

    def sheet(self) -> Path:
        """A name for a new file."""
        return self._directory / uuid4().hex

    def close(self) -> None:
        """Let go of the directory and of what still lies in it."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self._lock.close()


def _locked(directory: Path, *, wait: bool = True) -> BinaryIO:
    """A directory's lock, held until it is closed. Raises BlockingIOError when it is taken and is not waited for."""
    lock = (directory / _LOCK).open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise
    return lock


def _sweep(directory: Path) -> None:
    if not directory.is_dir():
        return
    try:
        with _locked(directory, wait=False):
            shutil.rmtree(directory)
    except BlockingIOError:
        pass  # its process is alive


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
    file.close()
    path.unlink(missing_ok=True)


def _make(directory: Path) -> None:
    """Create a directory, and flush the one that it stands in so that it is still there after a power cut."""
    if directory.is_dir():
        return
    _make(directory.parent)
    directory.mkdir(exist_ok=True)
    _flush(directory.parent)


def _flush(directory: Path) -> None:
    hold = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(hold)
    finally:
        os.close(hold)

"""Keeping files by their content on a disk, so that a power cut leaves either the whole file or nothing.

A file is written under a temporary name, flushed, renamed to `aa/<sha256>.<suffix>`, and its directory flushed. All
of it happens in a few threads: the event loop never waits for a disk.
"""

import os
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from danqing.assets.desk import flush, locked, make
from danqing.assets.intake import Draft, Intake
from danqing.assets.naming import name_in, place_of
from danqing.domain.errors import not_found
from danqing.domain.media import Blob
from danqing.domain.ports import Source, Stored, Story

CHUNK = 3 << 19  # 1.5 MiB: a multiple of 3, so that each chunk can be turned into base64 by itself
_THREADS = 4


class Disk:
    """The Archive port on a directory, which several processes may share."""

    def __init__(self, root: Path, *, bytes_max: int) -> None:
        self._root = root
        self._intake = Intake(root / "incoming", bytes_max=bytes_max, threads=_THREADS, keep=self._keep)

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        """Store bytes, a stream, or a finished file that is moved away; stamp the story into it first, if given.

        Raises Problem(TOO_LARGE) beyond `bytes_max`, and Problem(UNAVAILABLE) when the disk is full.
        """
        return await self._intake.put(source, mime, story)

    async def open(self, blob: Blob, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `stop`, in chunks of CHUNK. Raises Problem(NOT_FOUND)."""
        stop = blob.size if stop is None else min(stop, blob.size)
        file, chunk = await self._intake.run(self._begin, blob, start, stop)
        try:
            while chunk:
                yield chunk
                start += len(chunk)
                chunk = await self._intake.run(file.read, min(CHUNK, stop - start)) if start < stop else b""
        finally:
            if not file.closed:
                await self._intake.run(file.close)

    async def path(self, blob: Blob) -> str:
        """Where the file is. Raises Problem(NOT_FOUND)."""
        home = self._root / place_of(blob.name)
        if not await self._intake.run(home.is_file):
            raise not_found("file")
        return str(home)

    async def stored(self, *hashes: str) -> AsyncIterator[Stored]:
        """What is kept of the files with these hashes, or everything when none is named, in no order."""
        for shelf in await self._intake.run(self._shelves, hashes):
            for stored in await self._intake.run(_on, shelf):
                if not hashes or stored.sha256 in hashes:
                    yield stored

    async def delete(self, stored: Stored) -> bool:
        """Give a file up. False when it has been put again since it was listed, or is gone already."""
        return await self._intake.run(self._delete, stored)

    def close(self) -> None:
        """Wait for the threads and give the temporary directory back."""
        self._intake.close()

    def _keep(self, draft: Draft) -> None:
        """Move a draft to the place that its content gives it; nobody deletes that file meanwhile."""
        home = self._root / place_of(draft.blob.name)
        with locked(self._root, shared=True):
            if home.exists():
                os.utime(home, ns=(home.stat().st_atime_ns, home.stat().st_mtime_ns))  # renews what `_put_at` reads
            elif isinstance(draft.content, Path):
                self._settle(draft.content, home)
            else:
                self._write(draft.content, home)
            flush(home.parent)

    def _write(self, data: bytes, home: Path) -> None:
        temporary = self._intake.sheet()
        try:
            with temporary.open("wb", buffering=0) as file:
                file.write(data)
            self._settle(temporary, home)
        finally:
            temporary.unlink(missing_ok=True)

    def _settle(self, temporary: Path, home: Path) -> None:
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        make(home.parent)
        os.replace(temporary, home)

    def _begin(self, blob: Blob, start: int, stop: int) -> tuple[BinaryIO, bytes]:
        """The file and its first chunk; the file is closed already when that was all of it."""
        try:
            file = (self._root / place_of(blob.name)).open("rb")
        except FileNotFoundError:
            raise not_found("file") from None
        file.seek(start)
        chunk = file.read(max(0, min(CHUNK, stop - start)))
        if start + len(chunk) >= stop:
            file.close()
        return file, chunk

    def _shelves(self, hashes: Collection[str]) -> list[Path]:
        named = {place_of(name)[:2] for name in hashes}
        return [path for path in self._root.iterdir() if path.is_dir() and (not named or path.name in named)]

    def _delete(self, stored: Stored) -> bool:
        home = self._root / place_of(stored.name)
        with locked(self._root):
            try:
                if _put_at(home.stat()) != stored.at:
                    return False
                home.unlink()
            except FileNotFoundError:
                return False
        return True


def _on(shelf: Path) -> list[Stored]:
    with os.scandir(shelf) as entries:
        return [
            Stored(entry.name, entry.stat().st_size, _put_at(entry.stat()))
            for entry in entries
            if name_in(f"{shelf.name}/{entry.name}")
        ]


def _put_at(found: os.stat_result) -> datetime:
    """When the file was last put: the change of its inode, which no rename and no reading alters afterwards."""
    return datetime.fromtimestamp(found.st_ctime_ns / 1e9, UTC)

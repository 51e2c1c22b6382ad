"""Where the parts of a backup lie: a folder, in which files are hard links where that is possible, or one tar file.

Both are written under another name and get their own when they are whole, so that a backup is complete or not there.
"""

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Protocol

from danqing.backup.manifest import FILES, MANIFEST, Listed, Part, damaged, file_part
from danqing.domain.errors import Problem, invalid

CHUNK = 1 << 20
_PRIVATE = 0o600


class Writer(Protocol):
    """Takes the parts of a new backup. Blocking; meant for a thread."""

    def add(self, name: str, pieces: Iterable[bytes]) -> Part:
        """A part, readable by its owner alone."""

    def take(self, name: str, source: Path) -> None:
        """A stored file, which never changes."""

    def finish(self) -> None:
        """From now on it is there, after a power cut too."""

    def abandon(self) -> None:
        """Leave nothing behind. Does no harm after `finish`."""


class Reader(Protocol):
    """Gives the parts of a backup. Blocking; meant for a thread."""

    def open(self, name: str) -> IO[bytes]:
        """A part but for the files. Raises Problem(INVALID) when it is missing."""

    def files(self, listed: Iterable[Listed]) -> Iterator[tuple[Listed, IO[bytes]]]:
        """The stored files, in the order in which they are listed. Raises Problem(INVALID) that names a missing one."""

    def close(self) -> None:
        """Let go of it."""


def writer(target: Path, previous: Path | None) -> Writer:
    """For a new FOLDER or FILE.tar; in a folder, files that `previous`, an earlier one, has are taken from there."""
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise invalid(f"{target} is there already. Name a new folder, or a new file that ends in .tar.", param="target")
    if target.suffix == ".tar":
        if previous:
            raise invalid("Only a folder can be made from an earlier one; leave out --since.", param="since")
        return _TarWriter(target)
    if previous and not (previous / MANIFEST).is_file():
        raise invalid(f"{previous} is not a backup in a folder.", param="since")
    return _FolderWriter(target, previous)


def reader(source: Path) -> Reader:
    """Raises Problem(INVALID) when there is no complete backup."""
    if source.is_dir():
        return _FolderReader(source)
    if source.is_file():
        return _TarReader(source)
    raise invalid(f"There is no backup at {source}.", param="backup")


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """A stream in chunks."""
    return iter(lambda: stream.read(CHUNK), b"")


class _FolderWriter:
    def __init__(self, target: Path, previous: Path | None) -> None:
        self._target = target
        self._previous = previous
        self._draft = target.with_name(f".{target.name}.draft")
        self.abandon()
        self._draft.mkdir(parents=True, mode=0o700)

    def add(self, name: str, pieces: Iterable[bytes]) -> Part:
        path = self._place(name)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
            return _write(name, pieces, file)

    def take(self, name: str, source: Path) -> None:
        place = self._place(name)
        earlier = self._previous / name if self._previous else source
        source = earlier if earlier.is_file() else source
        try:
            os.link(source, place)
        except OSError:  # another file system, or one without links
            shutil.copyfile(source, place)

    def finish(self) -> None:
        os.sync()
        if self._target.exists():
            self._target.rmdir()  # it was empty
        self._draft.rename(self._target)
        _flush(self._target.parent)

    def abandon(self) -> None:
        shutil.rmtree(self._draft, ignore_errors=True)

    def _place(self, name: str) -> Path:
        path = self._draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


class _TarWriter:
    def __init__(self, target: Path) -> None:
        self._target = target
        self._draft = target.with_name(f".{target.name}.draft")
        self.abandon()
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, pieces: Iterable[bytes]) -> Part:
        with TemporaryFile(dir=self._target.parent) as spool:  # a tar file wants to know the size before
            part = _write(name, pieces, spool)
            spool.seek(0)
            self._append(name, part.bytes, spool)
        return part

    def take(self, name: str, source: Path) -> None:
        with source.open("rb") as file:
            self._append(name, os.fstat(file.fileno()).st_size, file)

    def finish(self) -> None:
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._draft.rename(self._target)
        _flush(self._target.parent)

    def abandon(self) -> None:
        self._draft.unlink(missing_ok=True)

    def _append(self, name: str, size: int, content: IO[bytes]) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, _PRIVATE
        self._tar.addfile(entry, content)
        _forget(self._tar)


class _FolderReader:
    def __init__(self, source: Path) -> None:
        self._source = source

    def open(self, name: str) -> IO[bytes]:
        try:
            return (self._source / name).open("rb")
        except FileNotFoundError:
            raise _missing(name) from None

    def files(self, listed: Iterable[Listed]) -> Iterator[tuple[Listed, IO[bytes]]]:
        for line in listed:
            with self.open(file_part(line.name)) as file:
                yield line, file

    def close(self) -> None:
        """There is nothing to let go of."""


class _TarReader:
    """Remembers where its few parts lie; its many files are only passed by, in their order."""

    def __init__(self, source: Path) -> None:
        self._file = source.open("rb")
        self._parts: dict[str, tuple[int, int]] = {}
        try:
            for entry in self._entries():
                if not entry.name.startswith("files/"):
                    self._parts[entry.name] = (entry.offset_data, entry.size)
        except Problem:
            self.close()
            raise

    def open(self, name: str) -> IO[bytes]:
        if name not in self._parts:
            raise _missing(name)
        return io.BufferedReader(_Slice(self._file, *self._parts[name]))

    def files(self, listed: Iterable[Listed]) -> Iterator[tuple[Listed, IO[bytes]]]:
        there = (entry for entry in self._entries() if entry.name.startswith("files/"))
        for line in listed:
            entry = next(there, None)
            if entry is None or entry.name != file_part(line.name):
                raise _missing(file_part(line.name))
            yield line, io.BufferedReader(_Slice(self._file, entry.offset_data, entry.size))

    def close(self) -> None:
        self._file.close()

    def _entries(self) -> Iterator[tarfile.TarInfo]:
        self._file.seek(0)
        try:
            with tarfile.open(fileobj=self._file, mode="r:") as tar:
                while entry := tar.next():
                    yield entry
                    _forget(tar)
        except tarfile.TarError as error:
            raise damaged("its end", "the tar file is cut off, or is none") from error


class _Slice(io.RawIOBase):
    """A part of a file, wherever others have left its position."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file = file
        self._at, self._end = start, start + size

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """As much as there is and fits."""
        data = os.pread(self._file.fileno(), min(len(buffer), self._end - self._at), self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _write(name: str, pieces: Iterable[bytes], file: IO[bytes]) -> Part:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += file.write(piece)
    return Part(name, size, digest.hexdigest())


def _missing(name: str) -> Exception:
    if name == MANIFEST:
        return invalid("The backup is not complete, or none: it has no manifest.json.", param="backup")
    return damaged(name, f"it is missing, though {FILES if name.startswith('files/') else MANIFEST} names it")


def _forget(tar: tarfile.TarFile) -> None:
    vars(tar)["members"].clear()  # it would remember every entry, and there may be millions


def _flush(directory: Path) -> None:
    hold = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(hold)
    finally:
        os.close(hold)

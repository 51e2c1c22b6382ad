"""A process's own directory for unfinished files, and the few things that directories need to outlive a power cut."""

import fcntl
import os
import shutil
import time
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from danqing.domain.errors import Kind, Problem

LOCK = "lock"
_PATIENCE_S = 10.0  # a lock is held for milliseconds, unless its process was stopped
_LOOK_AGAIN_S = 0.02


class Desk:
    """Where a process's unfinished files lie.

    Its lock is held for as long as the process lives, however it dies; a directory whose lock nobody holds was left
    over and is swept by the next process to start.
    """

    def __init__(self, room: Path) -> None:
        make(room)
        self.directory = room / uuid4().hex
        with locked(room):
            for directory in room.iterdir():
                _sweep(directory)
            self.directory.mkdir()
            self._lock = locked(self.directory)

    def sheet(self) -> Path:
        """A name for a new file."""
        return self.directory / uuid4().hex

    def close(self) -> None:
        """Let go of the directory and of what still lies in it."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self._lock.close()


def locked(directory: Path, *, shared: bool = False, patience_s: float = _PATIENCE_S) -> BinaryIO:
    """A directory's lock, held until it is closed. Raises Problem(UNAVAILABLE) when others keep it for too long."""
    how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    lock = (directory / LOCK).open("ab")
    give_up = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if time.monotonic() >= give_up:
                lock.close()
                message = f"Another process keeps {directory} to itself. See whether it was stopped, then try again."
                raise Problem(Kind.UNAVAILABLE, message, code="disk_locked") from None
            time.sleep(_LOOK_AGAIN_S)
        except OSError:
            lock.close()
            raise


def make(directory: Path) -> None:
    """Create a directory, and flush the one that it stands in so that it is still there after a power cut."""
    if directory.is_dir():
        return
    make(directory.parent)
    directory.mkdir(exist_ok=True)
    flush(directory.parent)


def flush(directory: Path) -> None:
    """Have a directory's new names survive a power cut."""
    hold = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(hold)
    finally:
        os.close(hold)


def _sweep(directory: Path) -> None:
    if not directory.is_dir():
        return
    try:
        with locked(directory, patience_s=0):
            shutil.rmtree(directory)
    except Problem:
        pass  # its process is alive

"""Copies of a bucket's files on this machine, for engines that need a path; the least recently used ones go first."""

import os
import time
from pathlib import Path

from danqing.assets.desk import locked, make

IN_USE_S = 900.0  # how long an engine may wait for its turn with a path in its hand


class Cache:
    """A directory of copies, which several processes may share. A copy is there whole or not at all."""

    def __init__(self, root: Path, *, bytes_max: int) -> None:
        make(root)
        self._root = root
        self._bytes_max = bytes_max

    def find(self, name: str) -> Path | None:
        """The copy, which stays for IN_USE_S at the least."""
        path = self._root / name
        with locked(self._root, shared=True):
            try:
                os.utime(path)
            except FileNotFoundError:
                return None
        return path

    def add(self, temporary: Path, name: str) -> Path:
        """Move a finished file in, and give others up until all fit again; what is in use stays even then."""
        path = self._root / name
        with locked(self._root):
            os.utime(temporary)
            os.replace(temporary, path)
            self._trim()
        return path

    def drop(self, name: str) -> None:
        """Give a copy up."""
        (self._root / name).unlink(missing_ok=True)

    def _trim(self) -> None:
        with os.scandir(self._root) as entries:
            found = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in entries)
        total = sum(size for _, size, _ in found)
        unused = time.time() - IN_USE_S
        for used, size, path in found:
            if total <= self._bytes_max or used > unused:
                return
            if size:  # the lock has none
                os.unlink(path)
                total -= size

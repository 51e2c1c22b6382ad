"""The body of a request while it arrives, within limits: whole in memory, or a form with its files on the disk."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from starlette.requests import ClientDisconnect, Request

from danqing.domain.errors import Kind, Problem
from danqing.wire.forms import EDGE_BYTES, End, Form, FormFile, FormReader, Part, read_text

GATHER_BYTES = 1 << 20  # a trip to a thread costs more than a small write


async def pieces(request: Request, bytes_max: int) -> AsyncIterator[bytes]:
    """The body as it comes. Raises Problem(TOO_LARGE) before more than the limit was taken in."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > bytes_max:
        raise _too_large(bytes_max)
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > bytes_max:
                raise _too_large(bytes_max)
            yield piece
    except ClientDisconnect:
        raise Problem(Kind.CANCELLED, "The client left before its request was complete.") from None


@asynccontextmanager
async def form(request: Request, scratch: Path, bytes_max: int) -> AsyncIterator[Form]:
    """The form that a request brings. What of its files was not moved away is removed when the block ends.

    Raises Problem: INVALID for whatever is no form, TOO_LARGE, UNAVAILABLE when the disk is full.
    """
    desk = _Desk(scratch)
    try:
        reader = FormReader(request.headers.get("content-type", ""))
        async for piece in pieces(request, bytes_max):
            for event in reader.feed(piece):
                await desk.take(event)
        reader.close()
        yield Form(tuple(desk.texts), tuple(desk.files))
    finally:
        await asyncio.to_thread(desk.clear)


class _Desk:
    """Where a form is put together, part after part."""

    def __init__(self, scratch: Path) -> None:
        self.texts: list[tuple[str, str]] = []
        self.files: list[FormFile] = []
        self._scratch = scratch
        self._part = Part("", None, "")
        self._text = bytearray()
        self._draft: _Draft | None = None

    async def take(self, event: Part | bytes | End) -> None:
        match event:
            case Part():
                self._part = event
                self._draft = None if event.filename is None else _Draft(self._scratch / uuid4().hex)
            case bytes() if self._draft:
                await self._draft.take(event)
            case bytes():
                self._text += event
            case End() if self._draft:
                self.files.append(await self._draft.finish(self._part))
                self._draft = None
            case End():
                self.texts.append((self._part.name, read_text(bytes(self._text), self._part.name)))
                self._text.clear()

    def clear(self) -> None:
        if self._draft:
            self._draft.discard()
        for file in self.files:
            Path(file.path).unlink(missing_ok=True)


class _Draft:
    """A file of a form that is being written, never on the event loop's time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._gathered = bytearray()
        self._head = self._tail = b""
        self._size = 0
        self._seen = hashlib.sha256()

    async def take(self, data: bytes) -> None:
        self._gathered += data
        if len(self._gathered) >= GATHER_BYTES:
            await asyncio.to_thread(self._write)

    async def finish(self, part: Part) -> FormFile:
        await asyncio.to_thread(self._write, last=True)
        return FormFile(
            part.name,
            part.filename or "",
            part.mime,
            self._path,
            self._size,
            self._seen.hexdigest(),
            self._head,
            self._tail,
        )

    def discard(self) -> None:
        if self._file:
            with suppress(OSError):  # what was not written yet finds no room on a full disk
                self._file.close()
        self._path.unlink(missing_ok=True)

    def _write(self, *, last: bool = False) -> None:
        data = bytes(self._gathered)
        self._gathered.clear()
        self._head += data[: EDGE_BYTES - len(self._head)]
        self._tail = (self._tail + data)[-EDGE_BYTES:]
        self._size += len(data)
        self._seen.update(data)
        try:
            self._file = self._file or self._path.open("xb")
            self._file.write(data)
            if last:
                self._file.close()
        except OSError as error:
            message = "This server's disk takes no more files. Free some space there, then try again."
            raise Problem(Kind.UNAVAILABLE, message, code="disk_full") from error


def _too_large(bytes_max: int) -> Problem:
    return Problem(Kind.TOO_LARGE, f"The request is larger than {bytes_max >> 20} MB.", code="request_too_large")

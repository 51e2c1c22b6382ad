"""Reads what an engine sends while it arrives: JSON, with every file in it on its way into the assets."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from contextlib import suppress
from types import TracebackType

import aiohttp

from danqing.domain.media import Blob
from danqing.domain.ports import Assets
from danqing.wire.media_type import BYTES_NEEDED, media_type
from danqing.wire.sieve import Closed, Malformed, Opened, Sieve, read_marked

PIECES_AHEAD = 4  # of a file, between the network and the disk
ERROR_BYTES_MAX = 64 << 10
ERROR_S = 10.0  # for those
FILES_MAX = 64  # in one answer
ANSWER_BYTES_MAX = 1 << 30
SECRET_CHARACTERS_MIN = 8
HIDDEN = "…".encode()
_OPENING = frozenset({"authorization", "x-goog-api-key"})


def secrets_in(headers: Mapping[str, str]) -> frozenset[bytes]:
    """What headers that open an engine give away, and no answer of it may: people are told what engines say.

    Others, such as that of the project that is asked in, are no secret, and answers name it.
    """
    parts = (part for name, value in headers.items() if name.lower() in _OPENING for part in value.split())
    return frozenset(part.encode() for part in parts if len(part) >= SECRET_CHARACTERS_MIN)


async def read_json(response: aiohttp.ClientResponse, assets: Assets, secrets: Collection[bytes]) -> object:
    """The whole body, with Blobs in place of files. Raises Malformed and what the assets raise."""
    async with Intake(assets, secrets) as intake:
        text = bytearray()
        async for chunk in response.content.iter_any():
            text += await intake.take(chunk)
        return intake.tree(bytes(text))


async def read_text(response: aiohttp.ClientResponse, secrets: Collection[bytes]) -> str:
    """The beginning of a body that is read for its words, or what came of it in a while."""
    said = bytearray()
    with suppress(TimeoutError):
        async with asyncio.timeout(ERROR_S):
            async for chunk in response.content.iter_any():
                said += chunk
                if len(said) > ERROR_BYTES_MAX:
                    break
    return _without(bytes(said[:ERROR_BYTES_MAX]), secrets).decode(errors="replace")


class Intake:
    """Stores the files of one answer as they come. What it was storing when the answer broke off is dropped.

    `secrets` are taken out of its text, where it is a success too: an engine may quote the key that it was opened with.
    """

    def __init__(self, assets: Assets, secrets: Collection[bytes] = ()) -> None:
        self._assets = assets
        self._secrets = secrets
        self._sieve = Sieve()
        self._blobs: list[Blob] = []
        self._file: _File | None = None
        self._size = 0

    async def __aenter__(self) -> "Intake":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            await self._file.drop()

    async def take(self, chunk: bytes) -> bytes:
        """The text in the next piece of the answer, with marks where files were. Raises Malformed."""
        self._size += len(chunk)
        if self._size > ANSWER_BYTES_MAX:
            raise Malformed(f"it is larger than {ANSWER_BYTES_MAX >> 20} MB")
        for found in self._sieve.feed(chunk):
            match found:
                case Opened():
                    if len(self._blobs) == FILES_MAX:
                        raise Malformed(f"it has more than {FILES_MAX} files")
                    self._file = _File(self._assets)
                case Closed():
                    await self._close()
                case bytes():
                    assert self._file is not None, "a file was opened"
                    await self._file.write(found)
        return self._sieve.text()

    def tree(self, text: bytes) -> object:
        """JSON text with Blobs in the places of its marks. Raises Malformed."""
        return read_marked(_without(text, self._secrets), self._blobs)

    async def events(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[object]:
        """The `data` of each server-sent event as JSON, "[DONE]" left out. Raises Malformed."""
        pieces: list[bytes] = []
        async for chunk in chunks:
            pieces.append(await self.take(chunk))
            if b"\n" not in pieces[-1]:  # a long line comes in many pieces, and is looked through once
                continue
            *whole, pending = b"".join(pieces).replace(b"\r\n", b"\n").split(b"\n\n")
            pieces = [pending]
            for event in whole:
                if data := b"\n".join(_data_of(event)):
                    yield self.tree(data)

    async def whole(self, chunks: AsyncIterator[bytes], *, bytes_max: int) -> Blob:
        """A body that is one file. Raises Malformed."""
        self._file = _File(self._assets)
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > bytes_max:
                raise Malformed(f"it is larger than {bytes_max >> 20} MB")
            await self._file.write(chunk)
        await self._close()
        return self._blobs[-1]

    async def _close(self) -> None:
        assert self._file is not None, "a file was opened"
        self._blobs.append(await self._file.close())
        self._file = None


class _File:
    """One file between the network and the assets. Its type is told by its first bytes, not by who sent it."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self._head = b""
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(PIECES_AHEAD)
        self._whole = False
        self._stored: asyncio.Task[Blob] | None = None

    async def write(self, piece: bytes) -> None:
        if self._stored is None:
            self._head += piece
            if len(self._head) < BYTES_NEEDED:
                return
            self._begin()
        else:
            await self._put(piece)

    async def close(self) -> Blob:
        if self._stored is None:
            self._begin()
        self._whole = True
        return await self._end()

    async def drop(self) -> None:
        """Let the assets clean up: for them the file breaks off."""
        if self._stored:
            with suppress(Exception):
                await self._end()

    def _begin(self) -> None:
        mime = media_type(self._head)
        if mime is None:
            raise Malformed("a file in it is neither a picture nor a film that is known here")
        self._stored = asyncio.create_task(self._assets.put(self._read(), mime))

    async def _end(self) -> Blob:
        await self._put(None)
        assert self._stored is not None, "it has begun"
        return await self._stored

    async def _put(self, piece: bytes | None) -> None:
        """Hand a piece over; when the assets gave up, say why."""
        assert self._stored is not None, "it has begun"
        putting = asyncio.ensure_future(self._pieces.put(piece))
        await asyncio.wait({putting, self._stored}, return_when=asyncio.FIRST_COMPLETED)
        if not putting.done():
            putting.cancel()
            await self._stored

    async def _read(self) -> AsyncIterator[bytes]:
        yield self._head
        while (piece := await self._pieces.get()) is not None:
            yield piece
        if not self._whole:
            raise Malformed("it breaks off within a file")


def _without(text: bytes, secrets: Collection[bytes]) -> bytes:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def _data_of(event: bytes) -> list[bytes]:
    lines = [line.removeprefix(b"data:").strip() for line in event.split(b"\n") if line.startswith(b"data:")]
    return [] if lines == [b"[DONE]"] else lines

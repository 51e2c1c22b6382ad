"""How a client speaks with its server: patient when it is away for a moment, never paying twice, never losing a byte.

What the server refuses comes back as the Problem that it was. A connection that breaks is taken up again: an event
stream where it was, a download at the byte where it stopped.
"""

import asyncio
import io
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from danqing.config import Remote
from danqing.domain.errors import Kind, Problem
from danqing.wire.sse import Parser

T = TypeVar("T")
Locate = Callable[[], Awaitable[Remote]]  # where the server is now, and the key to show there
Way = AbstractAsyncContextManager[Locate]  # how the server is found; what was started for that ends with it

PAUSES_S = (0.2, 0.5, 1.0)  # between the attempts to reach a server that does not answer
RESUMES = 30  # how often in a row a broken stream or download is taken up again
TIMEOUTS = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)  # a stream gives a sign of life in 15 s
CHUNK_BYTES = 1 << 20
UNREACHABLE = "unreachable"
_PASSING = frozenset({UNREACHABLE, "stopping"})  # codes of what is over in a moment
_GATEWAYS = frozenset({502, 503, 504})  # said by whatever stands before a server that is away


class _Complaint(msgspec.Struct):
    kind: Kind
    code: str
    message: str
    param: str | None = None
    retry_after: int | None = None


class _Refusal(msgspec.Struct):
    error: _Complaint


class Transport:
    """One server, spoken to as the holder of one key. Every method raises Problem.

    The way to the server is asked anew for every attempt, so it may move, or one may be started, between two of them.
    """

    def __init__(self, way: Way, pauses_s: Sequence[float] = PAUSES_S) -> None:
        self._way = way
        self._pauses_s = pauses_s
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._open: tuple[aiohttp.ClientSession, Locate] | None = None
        self._closed = False

    async def close(self) -> None:
        """Close the connections, and what was started to find the server. Nothing can be asked any more."""
        self._closed, self._open = True, None
        await self._stack.aclose()

    async def where(self) -> Remote:
        """Where the server is now, and the key to show there."""
        _, locate = await self._opened()
        return await locate()

    async def ask(
        self,
        method: str,
        path: str,
        shape: type[T],
        *,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """What the server answers, as a value. Asked again when nothing came: for what may be asked twice."""
        return await self._patiently(lambda: self.ask_once(method, path, shape, body=body, headers=headers))

    async def ask_once(
        self,
        method: str,
        path: str,
        shape: type[T],
        *,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """The same for what must not be asked twice."""
        async with self._answer(method, path, body=body, headers=headers) as answer:
            return _decode(await answer.read(), shape)

    async def bytes(self, path: str) -> bytes:
        """A file as it is, in memory."""

        async def attempt() -> bytes:
            async with self._answer("GET", path) as answer:
                return await answer.read()

        return await self._patiently(attempt)

    async def events(self, path: str, shape: type[T], ended: Callable[[T], bool]) -> AsyncGenerator[T]:
        """The values of an event stream until the one that ended; goes on when the connection breaks."""
        left = RESUMES
        while True:
            try:
                parser = Parser()
                async with self._answer("GET", path) as answer:
                    async for chunk in answer.content.iter_any():
                        for event in parser.feed(chunk):
                            value = _decode(event.data.encode(), shape)
                            left = RESUMES
                            yield value
                            if ended(value):
                                return
            except Problem as problem:
                if problem.code not in _PASSING or left == 0:
                    raise
            if left == 0:
                raise _unreachable("The server ended the stream too early.")
            left -= 1
            await asyncio.sleep(self._pauses_s[-1])

    async def download(self, path: str, target: Path) -> None:
        """Save a file at `target`, whole or not at all; what is there is replaced. A broken line is taken up again."""
        draft = target.with_name(f".{target.name}.part")
        out = await asyncio.to_thread(draft.open, "wb")
        try:
            with out:
                await self._fill(path, out)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    async def _fill(self, path: str, out: BinaryIO) -> None:
        """Write a file; whenever the line breaks, ask for the rest of the very same file. Patient while it grows."""
        validator, farthest, pauses = "", 0, iter(self._pauses_s)
        while True:
            begun = out.tell() if validator else 0
            try:
                rest = {"range": f"bytes={begun}-", "if-range": validator} if begun else {}
                async with self._answer("GET", path, headers=rest) as answer:
                    validator = answer.headers.get("etag", "")
                    if not answer.headers.get("content-range", "").startswith(f"bytes {begun}-"):
                        out.truncate(out.seek(0))
                    async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                        await asyncio.to_thread(out.write, chunk)
                return
            except Problem as problem:
                if out.tell() > farthest:
                    farthest, pauses = out.tell(), iter(self._pauses_s)
                pause_s = next(pauses, None)
                if problem.code not in _PASSING or pause_s is None:
                    raise
            await asyncio.sleep(pause_s)

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        for pause_s in self._pauses_s:
            try:
                return await attempt()
            except Problem as problem:
                if problem.code not in _PASSING:
                    raise
            await asyncio.sleep(pause_s)
        return await attempt()

    @asynccontextmanager
    async def _answer(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A successful answer, still to be read. Raises Problem for any other, and for none."""
        http, locate = await self._opened()
        server = await locate()
        sent = {"authorization": f"Bearer {server.key}", "content-type": "application/json", **(headers or {})}
        data = None if body is None else io.BytesIO(msgspec.json.encode(body))  # sent piece by piece
        try:
            async with http.request(method, f"{server.url}/api/{path}", data=data, headers=sent) as answer:
                if not answer.ok:
                    raise _refused(answer.status, await answer.read())
                yield answer
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unreachable(f"The server at {server.url} does not answer.") from error

    async def _opened(self) -> tuple[aiohttp.ClientSession, Locate]:
        async with self._opening:
            if self._closed:
                raise Problem(Kind.UNAVAILABLE, "This client is closed; make another one.", code="closed")
            if self._open is None:
                locate = await self._stack.enter_async_context(self._way)
                http = await self._stack.enter_async_context(aiohttp.ClientSession(timeout=TIMEOUTS))
                self._open = http, locate
            return self._open


def quoted(name: str) -> str:
    """A name as one segment of a path, whatever is in it."""
    return quote(name, safe="")


def _decode(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _foreign() from error


def _refused(status: int, body: bytes) -> Problem:
    """The Problem that the server told; one of our own when the words are somebody else's, such as a proxy's."""
    try:
        told = msgspec.json.decode(body, type=_Refusal).error
    except (msgspec.MsgspecError, UnicodeDecodeError):
        if status in _GATEWAYS:
            return _unreachable(f"The server is away (status {status}).")
        return _foreign()
    return Problem(told.kind, told.message, param=told.param, code=told.code, retry_after=told.retry_after)


def _unreachable(message: str) -> Problem:
    return Problem(Kind.UNAVAILABLE, message, code=UNREACHABLE)


def _foreign() -> Problem:
    message = "What answers there does not speak as Danqing does; check the address and the versions."
    return Problem(Kind.UPSTREAM, message, code="not_danqing")

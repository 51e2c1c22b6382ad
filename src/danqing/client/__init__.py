"""The gateway's verbs over HTTP, for the command line and for scripts: ask, follow, fetch, and keep the books.

What the server says under /api comes back as frozen values, and its refusals as the Problems that they were. A
connection that breaks is taken up again: submitting carries an Idempotency-Key, so that nothing is paid for twice.
"""

import asyncio
import io
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import quote
from uuid import uuid4

import aiohttp
import msgspec

from danqing.client.advice import Counsel
from danqing.client.told import Job, Key, Model, NewKey, Project, Quote, Retiring, Swept, Upstream, Usage
from danqing.config import Remote
from danqing.domain.errors import Kind, Problem
from danqing.wire.sse import Parser

T = TypeVar("T")
Limiting = Mapping[str, str | int | None]  # limits as the server takes them; None takes one away
Locate = Callable[[], Awaitable[Remote]]  # where the server is now, and the key to show there

NOTHING: Limiting = {}
PAUSES_S = (0.2, 0.5, 1.0)  # between the attempts to reach a server that does not answer
RESUMES = 30  # how often in a row a broken stream is taken up again
TIMEOUTS = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)  # a stream gives a sign of life in 15 s
CHUNK_BYTES = 1 << 20
UNREACHABLE = "unreachable"
_PASSING = frozenset({UNREACHABLE, "stopping"})  # codes of what is over in a moment
_GATEWAYS = frozenset({502, 503, 504})  # said by whatever stands before a server that is away


class _Jobs(msgspec.Struct):
    jobs: tuple[Job, ...]


class _Models(msgspec.Struct):
    models: tuple[Model, ...]


class _Retiring(msgspec.Struct):
    models: tuple[Retiring, ...]


class _Upstreams(msgspec.Struct):
    upstreams: tuple[Upstream, ...]


class _Keys(msgspec.Struct):
    keys: tuple[Key, ...]


class _Projects(msgspec.Struct):
    projects: tuple[Project, ...]


class _Revoked(msgspec.Struct):
    revoked: str


class _Paid(msgspec.Struct):
    paid: bool


class _Sweep(msgspec.Struct):
    swept: Swept | None


class _Complaint(msgspec.Struct):
    kind: Kind
    code: str
    message: str
    param: str | None = None
    retry_after: int | None = None


class _Refusal(msgspec.Struct):
    error: _Complaint


class Client:
    """One server, asked as the holder of one key. Every method raises Problem.

    `locate` is asked anew for every attempt, so a server may move, or one may be started, between two of them.
    """

    def __init__(self, http: aiohttp.ClientSession, locate: Locate, pauses_s: Sequence[float] = PAUSES_S) -> None:
        self._http = http
        self._locate = locate
        self._pauses_s = pauses_s

    async def submit(self, request: Mapping[str, object], *, once: str = "") -> Job:
        """Ask for a generation: the body of POST /api/jobs. Answers at once with the job; the same `once`, the same."""
        return await self._ask("POST", "jobs", Job, body=request, headers={"idempotency-key": once or uuid4().hex})

    async def again(self, id: str, seed: int | Literal["same"] | None = None) -> Job:
        """Ask for what a job was asked for once more; without a `seed` with a new one. Answers at once."""
        body = {} if seed is None else {"seed": seed}
        once = {"idempotency-key": uuid4().hex}
        return await self._ask("POST", f"jobs/{_quoted(id)}/again", Job, body=body, headers=once)

    async def quote(self, request: Mapping[str, object]) -> Quote:
        """What a generation would cost at the most; nothing is made."""
        return await self._ask("POST", "quote", Quote, body=request)

    async def advise(self, request: Mapping[str, object]) -> Counsel:
        """Which model to ask and why, or what there is to say of the one that is named; nothing is made."""
        return await self._ask("POST", "advise", Counsel, body=request)

    async def watch(self, id: str) -> AsyncGenerator[Job]:
        """The job now, then after every change, until it has ended; goes on when the connection breaks."""
        left = RESUMES
        while True:
            try:
                async with aclosing(self._events(id)) as snapshots:
                    async for job in snapshots:
                        left = RESUMES
                        yield job
                        if job.state.ended:
                            return
            except Problem as problem:
                if problem.code not in _PASSING or left == 0:
                    raise
            left -= 1
            await asyncio.sleep(self._pauses_s[-1])

    async def job(self, id: str) -> Job:
        """One job, with its progress."""
        return await self._ask("GET", f"jobs/{_quoted(id)}", Job)

    async def jobs(self, *, limit: int = 20) -> tuple[Job, ...]:
        """The key's newest jobs, newest first."""
        return (await self._ask("GET", f"jobs?limit={limit}", _Jobs)).jobs

    async def cancel(self, id: str) -> Job:
        """End a job and have its money back; an ended job comes back as it is."""
        return await self._ask("POST", f"jobs/{_quoted(id)}/cancel", Job)

    async def delete(self, id: str) -> Job:
        """Take an ended job's files away; the job itself stays."""
        return await self._ask("DELETE", f"jobs/{_quoted(id)}", Job)

    async def models(self) -> tuple[Model, ...]:
        """Every model with its abilities, prices and dates."""
        return (await self._ask("GET", "models", _Models)).models

    async def retiring(self) -> tuple[Retiring, ...]:
        """The models that end, the next one first, and who used them lately: everybody, for the owner."""
        return (await self._ask("GET", "models?retiring", _Retiring)).models

    async def upstreams(self) -> tuple[Upstream, ...]:
        """Who makes what live keys ask for, and how they do; all of it for the owner."""
        return (await self._ask("GET", "upstreams", _Upstreams)).upstreams

    async def usage(self) -> Usage:
        """The key's balance, its limits and what it has spent by model."""
        return await self._ask("GET", "usage", Usage)

    async def keys(self) -> tuple[Key, ...]:
        """All keys. For the owner."""
        return (await self._ask("GET", "keys", _Keys)).keys

    async def create_key(
        self, name: str, *, test: bool = True, project: str | None = None, limits: Limiting = NOTHING
    ) -> NewKey:
        """A new key with its secret. For the owner."""
        body = {"name": name, "test": test, "project": project, **limits}
        return await self._ask_once("POST", "keys", NewKey, body=body)

    async def limit_key(self, id: str, limits: Limiting) -> Key:
        """Change some limits of a key. For the owner."""
        return await self._ask("PATCH", f"keys/{_quoted(id)}", Key, body=limits)

    async def projects(self) -> tuple[Project, ...]:
        """All projects. For the owner."""
        return (await self._ask("GET", "projects", _Projects)).projects

    async def create_project(self, name: str, limits: Limiting = NOTHING) -> Project:
        """Keys that share limits. For the owner."""
        return await self._ask_once("POST", "projects", Project, body={"name": name, **limits})

    async def limit_project(self, id: str, limits: Limiting) -> Project:
        """Change some limits of a project. For the owner."""
        return await self._ask("PATCH", f"projects/{_quoted(id)}", Project, body=limits)

    async def revoke(self, id: str) -> None:
        """Have a key refused from now on. For the owner."""
        await self._ask_once("DELETE", f"keys/{_quoted(id)}", _Revoked)

    async def fund(self, usd: str, cause: str) -> bool:
        """Money for the live account. False when the same cause has paid before. For the owner."""
        return (await self._ask("POST", "funds", _Paid, body={"usd": usd, "cause": cause})).paid

    async def sweep(self, *, dry_run: bool) -> Swept | None:
        """Remove what has had its time, or only count it. None when another process is at it. For the owner."""
        return (await self._ask("POST", "sweep", _Sweep, body={"dry_run": dry_run})).swept

    async def download(self, file: str, path: Path) -> None:
        """Save a delivered file at `path`, whole or not at all; what is there is replaced."""
        await self._patiently(lambda: self._download(file, path))

    async def _download(self, file: str, path: Path) -> None:
        draft = path.with_name(f".{path.name}.part")
        out = await asyncio.to_thread(draft.open, "wb")
        try:
            with out:
                async with self._answer("GET", f"files/{_quoted(file)}") as answer:
                    async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                        await asyncio.to_thread(out.write, chunk)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    async def _events(self, id: str) -> AsyncGenerator[Job]:
        parser = Parser()
        async with self._answer("GET", f"jobs/{_quoted(id)}/events") as answer:
            async for chunk in answer.content.iter_any():
                for event in parser.feed(chunk):
                    yield _decode(event.data.encode(), Job)
        raise _unreachable("The server ended the stream too early.")

    async def _ask(
        self,
        method: str,
        path: str,
        shape: type[T],
        *,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        return await self._patiently(lambda: self._ask_once(method, path, shape, body=body, headers=headers))

    async def _ask_once(
        self,
        method: str,
        path: str,
        shape: type[T],
        *,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        async with self._answer(method, path, body=body, headers=headers) as answer:
            return _decode(await answer.read(), shape)

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
        server = await self._locate()
        sent = {"authorization": f"Bearer {server.key}", "content-type": "application/json", **(headers or {})}
        data = None if body is None else io.BytesIO(msgspec.json.encode(body))  # sent piece by piece
        try:
            async with self._http.request(method, f"{server.url}/api/{path}", data=data, headers=sent) as answer:
                if not answer.ok:
                    raise _refused(answer.status, await answer.read())
                yield answer
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _unreachable(f"The server at {server.url} does not answer.") from error


@asynccontextmanager
async def connect(locate: Locate) -> AsyncIterator[Client]:
    """A client with its connections, which are closed with the block."""
    async with aiohttp.ClientSession(timeout=TIMEOUTS) as http:
        yield Client(http, locate)


def _quoted(name: str) -> str:
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

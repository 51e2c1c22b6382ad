"""What all front doors share: who asks, how much may be sent, and how an answer with large files in it is streamed."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import TypeVar

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from danqing.domain.callbacks import Callback
from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.generation import Generation, Output
from danqing.domain.jobs import Job
from danqing.domain.keys import Key
from danqing.domain.ports import Fetch, Once
from danqing.front import bodies
from danqing.front.clerk import Clerk
from danqing.front.download import download
from danqing.front.fetching import fetched
from danqing.front.headers import advised, dated, made_by, shown, told_by, worded
from danqing.front.porter import Porter
from danqing.front.quotes import DRY_RUN, ceiling_of, is_dry, within
from danqing.front.wishes import called_back, wished
from danqing.gateway.accounts import Accounts
from danqing.gateway.bookkeeping import Bookkeeper
from danqing.gateway.cleaning import Cleaner
from danqing.gateway.curating import Curator
from danqing.gateway.gateway import Gateway
from danqing.gateway.shelf import Shelf
from danqing.gateway.webhooks import Webhooks
from danqing.wire import books
from danqing.wire.forms import Form
from danqing.wire.holes import Json, Piece, length, plan, spell
from danqing.wire.inline import Upload
from danqing.wire.status import ASK_ONCE, STATUS

log = structlog.get_logger("danqing.front")

T = TypeVar("T")

BODY_BYTES_MAX = 64 << 20
LARGE_BODY_BYTES = 256 << 10
HEARTBEAT_S = 15.0
IDEMPOTENCY_CHARACTERS_MAX = 255
Envelope = Callable[[Problem], Json]


@dataclass(slots=True)
class Reply:
    """An answer whose files are still files: JSON pieces and Blobs, sent with an exact length."""

    pieces: Sequence[Piece]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Json, *, status: int = 200, headers: Mapping[str, str] | None = None) -> "Reply":
        """From a tree that may hold `wire.holes.Hole` leaves."""
        return cls(plan(tree), status, dict(headers or {}))


class Quoted(Exception):
    """Ends a request with its quote, wherever it is noticed that nothing is to be made."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


Handler = Callable[[Request], Awaitable[Reply | Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Front:
    """Handed to every dialect; holds the gateway and the few things that a request needs around it."""

    def __init__(
        self,
        gateway: Gateway,
        accounts: Accounts,
        cleaner: Cleaner,
        shelf: Shelf,
        clerk: Clerk,
        curator: Curator,
        bookkeeper: Bookkeeper,
        webhooks: Webhooks,
        *,
        public_url: str = "",
        scratch: Path | None = None,
        fetch: Fetch | None = None,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self.gateway = gateway
        self.accounts = accounts
        self.cleaner = cleaner
        self.shelf = shelf
        self.clerk = clerk
        self.curator = curator
        self.bookkeeper = bookkeeper
        self.webhooks = webhooks
        self.porter = Porter(gateway, accounts)
        self.public_url = public_url.rstrip("/")
        self._scratch = scratch or Path(gettempdir())
        self._fetch = fetch
        self._heartbeat_s = heartbeat_s
        self.leaving = asyncio.Event()

    def leave(self) -> None:
        """End the streams that can be taken up elsewhere; what else is being answered may still be."""
        self.leaving.set()

    def endpoint(self, handler: Handler, envelope: Envelope) -> Endpoint:
        """A Starlette endpoint: Replies are streamed, Problems put into the dialect's envelope."""

        async def endpoint(request: Request) -> Response:
            try:
                answer = await handler(request)
            except Quoted as quoted:
                answer = quoted.reply
            except Exception as error:
                answer = refusal(error, envelope)
            return answer if isinstance(answer, Response) else self.respond(answer)

        return endpoint

    def respond(self, reply: Reply) -> Response:
        """The reply as a response; the files in it are read chunk by chunk while it is sent."""
        if len(reply.pieces) == 1 and isinstance(reply.pieces[0], bytes):
            return Response(reply.pieces[0], reply.status, reply.headers, "application/json")
        headers = {"content-length": str(length(reply.pieces)), **reply.headers}
        return StreamingResponse(self.spell(reply.pieces), reply.status, headers, "application/json")

    def spell(self, pieces: Sequence[Piece]) -> AsyncIterator[bytes]:
        """The bytes of JSON pieces; a Blob becomes its base64."""
        return spell(pieces, lambda blob: self.gateway.assets.open(blob))

    async def patient(self, job: Job, work: Awaitable[Reply], envelope: Envelope) -> Reply | Response:
        """The reply, however long it takes: after a while blanks are sent before the JSON, so that no client gives up.

        From then on the status is 200 already, the headers have told what is known of the job, and a Problem can only
        be told in the body (wire.md, section 10).
        """
        task = asyncio.ensure_future(work)
        if await self._done(task):
            return task.result()
        headers = {"x-accel-buffering": "no", **self.told(self.gateway.latest(job))}
        return StreamingResponse(self._blanks(task, envelope), 200, headers, "application/json")

    async def _blanks(self, task: asyncio.Future[Reply], envelope: Envelope) -> AsyncIterator[bytes]:
        yield b"\n"
        while not await self._done(task):
            yield b"\n"
        try:
            reply = task.result()
        except Exception as error:
            reply = refusal(error, envelope)
        async for text in self.spell(reply.pieces):
            yield text

    async def _done(self, task: asyncio.Future[T]) -> bool:
        # The task is only waited for, never cancelled: what a client has paid for goes on when the client leaves.
        done, _ = await asyncio.wait({task}, timeout=self._heartbeat_s)
        return bool(done)

    async def begun(self, frames: AsyncIterator[T]) -> AsyncIterator[T]:
        """The frames, when the first is there or after a while; a Problem that comes before that is raised here."""
        first = asyncio.ensure_future(anext(frames))
        if await self._done(first):
            first.result()
        return _rejoined(first, frames)

    def events(
        self,
        frames: AsyncIterator[Sequence[Piece]],
        comment: bytes,
        headers: Mapping[str, str],
        *,
        resumable: bool = False,
        mime: str = "text/event-stream",
    ) -> Response:
        """Server-sent events, or whatever `mime` says; `comment` is sent whenever nothing else was for a while.

        Those that are `resumable` end when the server is told to stop: whoever listens goes on at any other.
        """
        headers = {"cache-control": "no-cache", "x-accel-buffering": "no", **headers}
        return StreamingResponse(self._kept_alive(frames, comment, resumable), 200, headers, mime)

    async def _kept_alive(
        self, frames: AsyncIterator[Sequence[Piece]], comment: bytes, resumable: bool
    ) -> AsyncIterator[bytes]:
        upcoming = asyncio.ensure_future(anext(frames))
        leaving = asyncio.ensure_future(self.leaving.wait())
        awaited = {upcoming, leaving} if resumable else {upcoming}
        try:
            while True:
                await asyncio.wait(awaited, timeout=self._heartbeat_s, return_when=asyncio.FIRST_COMPLETED)
                if not upcoming.done():
                    if resumable and leaving.done():
                        return
                    yield comment
                    continue
                async for text in self.spell(upcoming.result()):
                    yield text
                awaited.discard(upcoming)
                upcoming = asyncio.ensure_future(anext(frames))
                awaited.add(upcoming)
        except StopAsyncIteration:
            return
        finally:
            upcoming.cancel()
            leaving.cancel()

    async def key(self, request: Request) -> Key:
        """Who asks. Raises Problem: UNAUTHENTICATED, and FORBIDDEN when a viewer wants more than to look."""
        return await self.porter.key(request)

    async def body(self, request: Request) -> bytes:
        """The whole body. Raises Problem(TOO_LARGE) before more than the limit was taken in."""
        return b"".join([piece async for piece in bodies.pieces(request, BODY_BYTES_MAX)])

    def pieces(self, request: Request, *, bytes_max: int) -> AsyncIterator[bytes]:
        """The body as it comes. Raises Problem: TOO_LARGE, and CANCELLED when the client leaves before its end."""
        return bodies.pieces(request, bytes_max)

    def form(self, request: Request, *, bytes_max: int = BODY_BYTES_MAX) -> AbstractAsyncContextManager[Form]:
        """The form that a request brings, multipart/form-data, whose files lie on the disk until the block ends.

        `Form.content` is what `submit` knows it again by. Raises Problem: INVALID, TOO_LARGE, UNAVAILABLE.
        """
        return bodies.form(request, self._scratch, bytes_max)

    async def decode(self, read: Callable[[bytes], T], body: bytes) -> T:
        """What a codec makes of a body. A large one is read in a thread: pictures in it are decoded and hashed."""
        return read(body) if len(body) <= LARGE_BODY_BYTES else await asyncio.to_thread(read, body)

    async def submit(
        self,
        request: Request,
        key: Key,
        body: bytes,
        generation: Generation,
        uploads: Sequence[Upload],
        *,
        shared: bool = False,
        ceiling: int | None = None,
        once: Once | None = None,
        callback: Callback | None = None,
    ) -> Job:
        """Have a request made. Its files are stored first, so that the generation's Blobs can be opened.

        `body` is all that the request says, for its Idempotency-Key. `ceiling`, `once` and `callback` hold where the
        caller says nothing of its own beside it. Raises Quoted when the caller only wants to know what it would cost.
        """
        callback = called_back(request, callback, self.webhooks, self.base(request))
        generation = await self.shelf.found(key, generation)
        generation = await self.gateway.advisor.settle(key, wished(request, generation))
        if is_dry(request):
            raise Quoted(await self.quote(request, key, generation))
        ceiling, within_s = ceiling_of(request, ceiling), within(request)
        if uploads:
            await self.gateway.ready()
            self.gateway.quote(key, generation, ceiling=ceiling)
        for upload in uploads:
            if upload.data is not None:
                await self.gateway.assets.put(upload.data, upload.blob.mime)
        generation = await fetched(self._fetch, generation)
        once = once_of(request, body) or once
        return await self.gateway.submit(
            key, generation, once=once, shared=shared, ceiling=ceiling, within_s=within_s, callback=callback
        )

    async def quote(self, request: Request, key: Key, generation: Generation) -> Reply:
        """What a request would cost at the most, and what would be left of every limit; nothing is stored or made."""
        await self.gateway.ready()
        generation = await self.shelf.found(key, generation)
        generation = await self.gateway.advisor.settle(key, wished(request, generation))
        return await self.quoted(key, self.gateway.quote(key, generation, ceiling=ceiling_of(request)))

    async def quoted(self, key: Key, job: Job) -> Reply:
        """What a job would cost, in front of all limits."""
        standings = await self.accounts.standings(key)
        headers = {
            DRY_RUN: "true",
            **advised(job),
            **made_by(job),
            **worded(job),
            **dated(self.gateway.catalog.lifecycle(job.generation.model)),
        }
        return Reply.of(books.quote(job, standings), headers=headers)

    def told(self, job: Job) -> dict[str, str]:
        """The headers that tell of a job and of its model."""
        return {**told_by(job), **dated(self.gateway.catalog.lifecycle(job.generation.model))}

    def refused(self, job: Job, envelope: Envelope) -> Reply:
        """The reply for a job with nothing to hand out: the reason, with the headers that tell of the job."""
        assert job.refusal is not None, "the job has something to hand out, or not ended"
        reply = refusal(job.refusal.problem(), envelope)
        reply.headers |= self.told(job)
        return reply

    def base(self, request: Request) -> str:
        """The address that clients reach this server by, without a slash at the end."""
        return self.public_url or str(request.base_url).rstrip("/")

    def link(self, request: Request, output: Output, job: Job, *, save: bool = False) -> str:
        """A public link to see a picture or a film, or to save it; signed, and expiring."""
        assert output.blob is not None, "words have no file"
        day, name = self.gateway.link(output, job)
        return f"{self.base(request)}/cdn/{'download/' if save else ''}{day:%Y%m%d}/{name}.{output.blob.suffix}"

    async def file(self, request: Request, name: str, *, attach: bool = False) -> Response:
        """A file of the caller by its name, whoever made it. Raises Problem(NOT_FOUND)."""
        key = await self.key(request)
        if (sent := await self.shelf.sent(key, name)) and sent.blob:
            return await download(self.gateway.assets, sent.blob, request, shown(sent.blob, name, attach=attach))
        return await self.download(request, *await self.gateway.file(key, name), attach=attach)

    async def download(self, request: Request, output: Output, job: Job, *, attach: bool = False) -> Response:
        """A delivered file, with byte ranges; `attach` has browsers save it instead of showing it."""
        assert output.blob is not None, "words have no file"
        headers = {**shown(output.blob, output.file, attach=attach), **made_by(job)}
        return await download(self.gateway.assets, output.blob, request, headers)


async def _rejoined(first: Awaitable[T], rest: AsyncIterator[T]) -> AsyncIterator[T]:
    yield await first
    async for frame in rest:
        yield frame


def once_of(request: Request, body: bytes) -> Once | None:
    """The Idempotency-Key with the fingerprint of the request that it stands for."""
    name = request.headers.get("idempotency-key", "")
    if not name:
        return None
    if len(name) > IDEMPOTENCY_CHARACTERS_MAX:
        raise invalid(
            f"An Idempotency-Key has at most {IDEMPOTENCY_CHARACTERS_MAX} characters.", param="idempotency-key"
        )
    seen = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + body)
    return Once(name, seen.hexdigest())


def refusal(error: Exception, envelope: Envelope) -> Reply:
    """The reply for whatever went wrong. Anything but a Problem is a defect: logged in full, shown as one sentence."""
    if not isinstance(error, Problem):
        log.error("defect", exc_info=error)
        error = Problem(Kind.INTERNAL, "Something is wrong inside Danqing. It is in the server's log.")
    headers = {}
    if error.retry_after is not None:
        headers["retry-after"] = str(error.retry_after)
    if error.kind in ASK_ONCE:
        headers["x-should-retry"] = "false"  # openai's client would otherwise ask, and pay, three times
    return Reply.of(envelope(error), status=STATUS[error.kind], headers=headers)

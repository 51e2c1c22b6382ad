"""One careful client for the address and the key of an engine.

Answers are read while they arrive: files in them go straight into the assets. Whatever goes wrong becomes a Problem
that says whether the engine had taken the work, and holds no key. No redirect is followed with a key in hand.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp
from yarl import URL

from danqing.domain.errors import Kind, Problem
from danqing.domain.media import Blob
from danqing.domain.ports import Assets
from danqing.upstream import faults
from danqing.upstream.answers import ANSWER_BYTES_MAX, Intake, read_json, read_text, secrets_in
from danqing.upstream.faults import Judge
from danqing.upstream.forms import Field, write_form
from danqing.upstream.guard import open_connector
from danqing.upstream.patience import until_stored
from danqing.wire import bodies
from danqing.wire.bodies import Fields
from danqing.wire.holes import Json, length, plan, spell
from danqing.wire.media_type import media_type

T = TypeVar("T")
Authorize = Callable[[], Awaitable[Mapping[str, str]]]

SUCCESS = (200, 201, 202)
REDIRECTS = (301, 302, 303, 307, 308)
CONNECT_S = 10
SILENCE_S = 330  # a picture may take minutes, and nothing is sent until it is there
BODY_S = 60  # for the body once the first byte has come, and a second more for every
BODY_BYTES_PER_S = 100_000
DOWNLOAD_BYTES_MAX = 512 << 20
REDIRECTS_MAX = 3
CONNECTIONS_PER_ENGINE = 128


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: JSON with Blobs where the engine sent files."""

    body: object
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call. `paid`: it has the engine work for money, so that it is sent once and its loss is an unknown outcome.

    `path` follows the engine's base URL. `body` is a tree that may hold `wire.holes.Hole`; `form`, fields and files in
    their order, is sent as multipart in its place. `headers` go on top of those that every call of the engine has.
    `silence_s` is how long nothing may come.
    """

    method: str
    path: str
    body: Json = None
    form: Sequence[Field] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    paid: bool = False
    silence_s: float = SILENCE_S


class Upstream:
    """One engine at one address with one key.

    `name` is what people call it in the configuration. `judge` reads the engine's own words for what went wrong.
    """

    def __init__(self, name: str, base_url: str, authorize: Authorize, *, judge: Judge | None = None) -> None:
        self.name = name
        self._judge = judge
        self._base = URL(base_url.rstrip("/"), encoded=True)
        self._authorize = authorize
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def close(self) -> None:
        """Let go of every connection."""
        for session in self._sessions.values():
            await session.close()

    async def call(self, request: Request, assets: Assets) -> Answer:
        """The answer, with its files stored. Raises Problem; Declined when the engine did not take the work."""
        async with self._answered(request, assets) as (response, secrets):
            with faults.understood(self.name, "its answer"):
                async with asyncio.timeout(_patience_s(response)):
                    body = await read_json(response, assets, secrets)
            return Answer(body, dict(response.headers))

    async def tell(self, request: Request, assets: Assets) -> None:
        """A call whose answer is of no interest, such as one to stop. Raises Problem."""
        async with self._answered(request, assets):
            pass

    async def events(self, request: Request, assets: Assets) -> AsyncGenerator[object]:
        """The `data` of each server-sent event as JSON, "[DONE]" left out. Raises Problem."""
        async with self._answered(request, assets) as (response, secrets):
            with faults.understood(self.name, "its answer"):
                async with (
                    Intake(assets, secrets) as intake,
                    aclosing(intake.events(response.content.iter_any())) as events,
                ):
                    async for event in events:
                        yield event

    async def download(self, url: str, assets: Assets, *, headers: Mapping[str, str] | None = None) -> Blob:
        """Store the file at a URL that the engine gave. The key only goes to the engine's own address.

        While there is no room for it here, it is fetched again and again.
        """
        return await until_stored(lambda: self._downloaded(url, assets, headers or {}))

    def read(self, body: object, reader: Callable[[Fields], T]) -> T:
        """The answer's JSON as `reader` understands it. Raises Problem(UPSTREAM) when it cannot."""
        try:
            return reader(bodies.read(body, camel=False))
        except Problem as problem:
            if problem.kind is Kind.INVALID:
                raise faults.wrong(self.name, f"its answer cannot be read: {problem.message}") from None
            raise

    async def page(self, url: str) -> str:
        """The beginning of the text at a URL that the engine gave. The key only goes to the engine's own address."""
        async with self._got(self._link(self._base, url), {}, SUCCESS) as (response, secrets):
            return await read_text(response, secrets)

    async def keep(self, data: bytes, assets: Assets) -> Blob:
        """Store a file that an answer held. Raises Problem."""
        if (mime := media_type(data)) is None:
            raise faults.wrong(self.name, "a file in its answer is neither a picture nor a film that is known here")
        return await until_stored(lambda: assets.put(data, mime))

    def address(self, path: str) -> str:
        """Where `path` is at this engine, for `download`."""
        return f"{self._base}{path}"

    @asynccontextmanager
    async def _answered(
        self, request: Request, assets: Assets
    ) -> AsyncIterator[tuple[aiohttp.ClientResponse, frozenset[bytes]]]:
        """The response once it is a success, and what of it nobody may be told."""
        key = await self._authorize()
        headers, secrets = {**key, **request.headers}, secrets_in(key)
        data: aiohttp.FormData | AsyncIterator[bytes] | None = (
            write_form(request.form, assets.open) if request.form else None
        )
        if request.body is not None:
            pieces = plan(request.body)
            headers |= {"content-type": "application/json", "content-length": str(length(pieces))}
            data = spell(pieces, assets.open)
        url = URL(f"{self._base}{request.path}", encoded=True).extend_query(request.params)
        with faults.told(self.name, paid=request.paid):
            async with self._session().request(
                request.method,
                url,
                data=data,
                headers=headers,
                allow_redirects=False,
                timeout=_timeout(request.silence_s),
            ) as response:
                if response.status not in SUCCESS:
                    said = await read_text(response, secrets)
                    raise faults.refusal(self.name, response, said, paid=request.paid, judge=self._judge)
                yield response, secrets

    @asynccontextmanager
    async def _got(
        self, url: URL, headers: Mapping[str, str], expected: Collection[int]
    ) -> AsyncIterator[tuple[aiohttp.ClientResponse, frozenset[bytes]]]:
        own = url.origin() == self._base.origin()
        key = await self._authorize() if own else {}
        secrets = secrets_in(key)
        with faults.told(self.name, paid=False):
            async with self._session(guarded=not own).get(
                url, headers={**key, **headers} if own else {}, allow_redirects=False
            ) as response:
                if response.status not in expected:
                    raise faults.refusal(self.name, response, await read_text(response, secrets), paid=False)
                yield response, secrets

    def _link(self, base: URL, url: str) -> URL:
        """Where a link leads that stands at `base`. Raises Problem for one that leads nowhere."""
        try:
            link = base.join(URL(url, encoded=True))
            if link.scheme in ("http", "https") and link.host and link.port:
                return link
        except ValueError:  # a host or a port that cannot be
            pass
        raise faults.wrong(self.name, "the file's address is no http address")

    async def _downloaded(self, url: str, assets: Assets, headers: Mapping[str, str]) -> Blob:
        at = self._base
        for _ in range(REDIRECTS_MAX + 1):
            at = self._link(at, url)
            async with self._got(at, headers, (200, *REDIRECTS)) as (response, _):
                if response.status == 200:
                    return await self._file(response, assets)
                url = response.headers.get("location", "")
        raise faults.wrong(self.name, "the file's address redirects again and again")

    async def _file(self, response: aiohttp.ClientResponse, assets: Assets) -> Blob:
        if (response.content_length or 0) > DOWNLOAD_BYTES_MAX:
            raise faults.wrong(self.name, f"the file is larger than {DOWNLOAD_BYTES_MAX >> 20} MB")
        with faults.understood(self.name, "the file"):
            async with asyncio.timeout(_patience_s(response)), Intake(assets) as intake:
                return await intake.whole(response.content.iter_any(), bytes_max=DOWNLOAD_BYTES_MAX)

    def _session(self, *, guarded: bool = False) -> aiohttp.ClientSession:
        """Links that an engine gives lead anywhere: they are opened by a client that reaches public addresses only."""
        if guarded not in self._sessions:
            self._sessions[guarded] = aiohttp.ClientSession(
                connector=open_connector(public_only=guarded, limit=CONNECTIONS_PER_ENGINE),
                timeout=_timeout(SILENCE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=not guarded,
            )
        return self._sessions[guarded]


def _timeout(silence_s: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=CONNECT_S, sock_read=silence_s)


def _patience_s(response: aiohttp.ClientResponse) -> float:
    told = response.content_length or DOWNLOAD_BYTES_MAX
    return BODY_S + min(told, ANSWER_BYTES_MAX) / BODY_BYTES_PER_S

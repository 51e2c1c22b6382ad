"""Fetches pictures that users only name by an address on the web, and nothing else that could be reached from here.

Only https and only public addresses are connected to, after every redirect anew; no key, no cookie and no proxy of this
server's goes along. All that cannot be had is told in one sentence, so that nobody learns of this network by asking.
"""

import asyncio
from collections.abc import Callable

import aiohttp
from yarl import URL

from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.media import Blob
from danqing.domain.ports import Assets
from danqing.upstream.guard import open_connector
from danqing.wire.inline import PICTURE_BYTES_MAX, picture

SECONDS = 30.0  # for all of it
CONNECT_S = 10
AT_ONCE = 16
REDIRECTS_MAX = 3
CHUNK = 1 << 16
_MOVED = (301, 302, 303, 307, 308)
_HEADERS = {"accept": "image/png, image/jpeg, image/webp", "accept-encoding": "identity", "user-agent": "Danqing"}


def guarded() -> aiohttp.TCPConnector:
    """Connections to public addresses alone."""
    return open_connector(public_only=True, limit=AT_ONCE)


class Pictures:
    """Implements the port Fetch. `connect` and `schemes` are for tests, which no public address leads to."""

    def __init__(
        self,
        assets: Assets,
        *,
        connect: Callable[[], aiohttp.TCPConnector] = guarded,
        schemes: frozenset[str] = frozenset({"https"}),
        seconds: float = SECONDS,
    ) -> None:
        self._assets = assets
        self._connect = connect
        self._schemes = schemes
        self._seconds = seconds
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, url: str) -> Blob:
        """The picture, stored. Raises Problem(INVALID or TOO_LARGE)."""
        try:
            async with self._turn, asyncio.timeout(self._seconds):
                data = await self._fetched(URL(url))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            raise _missing("it cannot be reached from here, or not in time") from None
        found = await asyncio.to_thread(picture, data, param="pictures")
        return await self._assets.put(data, found.blob.mime)

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session:
            await self._session.close()

    async def _fetched(self, at: URL) -> bytes:
        for _ in range(REDIRECTS_MAX + 1):
            if at.scheme not in self._schemes or not at.host or at.user or at.password:
                raise _missing("only https:// addresses without a name or a password are followed")
            async with self._opened().get(at, headers=_HEADERS, allow_redirects=False) as response:
                if response.status not in _MOVED:
                    return await _read(response)
                at = at.join(URL(response.headers.get("location", "")))
        raise _missing("it redirects again and again")

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connect(),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_S),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> bytes:
    if response.status != 200:
        raise _missing("what is there does not answer with a picture")
    data = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        data += chunk
        if len(data) > PICTURE_BYTES_MAX:
            message = f"The picture at an address in pictures is larger than {PICTURE_BYTES_MAX // 1_000_000} MB."
            raise Problem(Kind.TOO_LARGE, message, param="pictures", code="picture_too_large")
    return bytes(data)


def _missing(why: str) -> Problem:
    message = f"A picture that is named by an address cannot be had: {why}. Send the picture itself as a data: URL."
    return invalid(message, param="pictures", code="unsupported_url")

"""Takes notifications to receivers, which may be anybody's: public addresses only, no redirect, and not for long."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import aiohttp
from yarl import URL

from danqing import __version__
from danqing.domain.jobs import Job
from danqing.domain.webhooks import Delivery, Receipt
from danqing.upstream.guard import Unreachable, open_connector
from danqing.wire.webhooks import headers, notification

TIMEOUT_S = 10.0
ANSWER_S = 2.0  # for the words of one that does not take it
ANSWER_BYTES_MAX = 1024
CONNECTIONS = 64
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class Courier:
    """Implements `domain.webhooks.Courier`. `private`: this network's addresses may be called too.

    Links begin with `public_url`, or without one with the address that each notification says.
    """

    def __init__(self, public_url: str = "", *, private: bool = False, timeout_s: float = TIMEOUT_S) -> None:
        self._public_url = public_url.rstrip("/")
        self._private = private
        self._timeout_s = timeout_s
        self._opened: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of every connection."""
        if self._opened:
            await self._opened.close()

    async def carry(self, delivery: Delivery, job: Job, secrets: Sequence[str], at: datetime) -> Receipt:
        """Bring it once. Nothing that the receiver does is raised."""
        body = notification(delivery, job, self._public_url or delivery.base)
        sent = {"user-agent": f"danqing/{__version__}", **headers(delivery.id, at, body, secrets)}
        try:
            async with asyncio.timeout(self._timeout_s):
                url = URL(delivery.url, encoded=True)
                async with self._session().post(url, data=body, headers=sent, allow_redirects=False) as response:
                    receipt = Receipt(response.status, await _beginning(response))
                    response.close()  # what is left of the answer is not waited for
                    return receipt
        except TimeoutError:
            return Receipt(trouble=f"The receiver did not answer within {self._timeout_s:g} seconds.")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Receipt(trouble=_trouble(error))

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=open_connector(public_only=not self._private, limit=CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._opened


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """The first KB of what a receiver says when it does not take a notification."""
    said = b""
    if not response.ok:
        with suppress(TimeoutError, aiohttp.ClientError, OSError):
            async with asyncio.timeout(ANSWER_S):
                while (room := ANSWER_BYTES_MAX - len(said)) and (piece := await response.content.read(room)):
                    said += piece
    return _UNPRINTABLE.sub(" ", said.decode(errors="replace")).strip()


def _trouble(error: Exception) -> str:
    """What kept a notification from its receiver, in a sentence."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, Unreachable):
        return "The address is not public; it is not called."
    if isinstance(error, aiohttp.ClientSSLError):
        return "The receiver's certificate is not valid."
    if isinstance(error, aiohttp.ClientConnectorError):
        return "Nobody answers at the address."
    if isinstance(error, ValueError):
        return "The address cannot be called."
    return "The receiver closed the connection without an answer."

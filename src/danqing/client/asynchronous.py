"""The client for programs with an event loop."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from types import TracebackType
from typing import Self, Unpack

import msgspec

from danqing.client.advice import Counsel
from danqing.client.assets import AsyncAssets
from danqing.client.jobs import AsyncJobs
from danqing.client.making import AsyncImages, AsyncVideos
from danqing.client.office import AsyncOffice
from danqing.client.requests import FilmWishes, Given, Inputs, asked
from danqing.client.told import Model, Quote, Usage
from danqing.client.transport import PAUSES_S, Locate, Transport, Way
from danqing.client.webhooks import AsyncWebhooks
from danqing.config import Remote, key, remote
from danqing.domain.errors import Kind, Problem, invalid


class _Models(msgspec.Struct):
    models: tuple[Model, ...]


class AsyncClient:
    """One server, asked as the holder of one key: by default the one that DANQING_URL and DANQING_KEY name.

    `way`: how it is found when it has no fixed address. `pauses_s`: between the attempts to reach it. Every method
    raises Problem. Use it in `async with`, or `close` it.
    """

    def __init__(
        self, url: str = "", key: str = "", *, way: Way | None = None, pauses_s: Sequence[float] = PAUSES_S
    ) -> None:
        self._transport = Transport(way or nullcontext(way_to(_named(url, key))), pauses_s)
        self.jobs = AsyncJobs(self._transport)
        self.images = AsyncImages(self.jobs)
        self.videos = AsyncVideos(self.jobs)
        self.assets = AsyncAssets(self._transport)
        self.webhooks = AsyncWebhooks(self._transport)
        self.office = AsyncOffice(self._transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close its connections. Jobs go on."""
        await self._transport.close()

    async def where(self) -> Remote:
        """Where the server is now, and the key that is shown there."""
        return await self._transport.where()

    async def quote(
        self,
        prompt: str,
        *,
        pictures: Sequence[Given] = (),
        first_frame: Given | None = None,
        last_frame: Given | None = None,
        film: bool = False,
        **wishes: Unpack[FilmWishes],
    ) -> Quote:
        """What a picture, or a `film`, would cost at the most, and what would be left; nothing is made."""
        inputs: Inputs = {
            "pictures": pictures,
            "first_frame": first_frame,
            "last_frame": last_frame,
        }
        request = await asked(prompt, wishes, wants="video" if film else "image", inputs=inputs)
        return await self.quoted(request["request"])

    async def quoted(self, request: Mapping[str, object]) -> Quote:
        """What the body of a job would cost at the most; nothing is made."""
        return await self._transport.ask("POST", "quote", Quote, body=request)

    async def advise(self, request: Mapping[str, object]) -> Counsel:
        """Which model to ask and why, or what there is to say of the one that is named; nothing is made."""
        return await self._transport.ask("POST", "advise", Counsel, body=request)

    async def models(self) -> tuple[Model, ...]:
        """Every model with its abilities, prices and dates."""
        return (await self._transport.ask("GET", "models", _Models)).models

    async def usage(self) -> Usage:
        """The key's balance, its limits and what it has spent by model."""
        return await self._transport.ask("GET", "usage", Usage)


def way_to(server: Remote) -> Locate:
    """To a server whose address is known. Raises Problem when it is none, or when there is no key."""
    if not server.url.startswith(("http://", "https://")):
        message = f"{server.url[:200]} is no address of a server: that begins with http:// or https://."
        raise invalid(message, param="url", code="configuration")
    if not server.key:
        raise Problem(Kind.UNAUTHENTICATED, "A server is named; give a key for it too, in DANQING_KEY or as `key`.")

    async def locate() -> Remote:
        return server

    return locate


def _named(url: str, given: str) -> Remote:
    found = remote()
    if not (url or found):
        message = "No server is named: give url and key, set DANQING_URL and DANQING_KEY, or use Client.local()."
        raise invalid(message, param="url", code="configuration")
    return Remote(url.rstrip("/") or (found.url if found else ""), given or key())

"""Google AI Studio, by a key: pictures by generateContent, films and pictures by Interactions, and the older calls.

A ticket (`upstream.ticket`) names the operations or interactions and the key that began them.
"""

import re
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from yarl import URL

from danqing.domain.jobs import Reported
from danqing.domain.media import Blob, Medium
from danqing.domain.ports import Assets, Order, Provider, Update
from danqing.domain.spoken import in_sentences
from danqing.upstream.client import Request, Upstream
from danqing.upstream.google import (
    HONOURS,
    Background,
    Surface,
    by_method,
    delivered,
    each_picture,
    in_background,
    refused,
    rewritten,
    seeded,
    unsaid,
)
from danqing.upstream.keys import Keys
from danqing.upstream.reaching import Listing, Reached, reach_by_list
from danqing.upstream.settings import Settings, misset, read_settings
from danqing.wire.google.content import in_words
from danqing.wire.google.errors import judge
from danqing.wire.google.interactions import KNOBS, read_interaction, write_interaction
from danqing.wire.google.results import Operation

PAGE = "1000"  # as many as one answer can list
ADDRESS = "https://generativelanguage.googleapis.com"
Method = Literal["generateContent", "interactions", "predict", "predictLongRunning"]
_FILE = re.compile(r"(?:^|/)files/([a-z0-9-]+)")
_VERSION = re.compile(r"v[a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleSettings(Settings):
    """[upstreams.NAME] with `kind = "google"`.

    `methods`: patterns of model ids and the call that they are asked by, where it is not the usual one of their family,
    such as {"veo-*" = "predictLongRunning"}.
    """

    base_url: str = ADDRESS
    version: str = "v1beta"
    methods: dict[str, Method] = field(default_factory=dict)


class Google:
    """See `domain.ports.Provider`. It takes no request ids, so that what was sent and lost stays unknown."""

    repeatable = False
    honours = HONOURS

    def __init__(self, surface: Surface, version: str, methods: Mapping[str, str]) -> None:
        self.load = surface.keys.load
        self.slots = surface.keys.slots
        self._surface = surface
        self._version = version
        self._methods = methods

    async def close(self) -> None:
        """Let go of every connection."""
        await self._surface.keys.close()

    async def reach(self, models: Collection[str]) -> Sequence[Reached]:
        """See `upstream.reaching.Reachable`."""
        listing = Listing(f"/{self._version}/models", "models", "name", {"pageSize": PAGE})
        return await reach_by_list(self._surface.keys, listing, models)

    def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """By the call that the model is known or configured to be asked by."""
        return by_method(self._surface, order, assets, self._methods, {"interactions": self._interactions})

    def _interactions(self, surface: Surface, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        return (self._films if Medium.VIDEO in order.generation.wants else self._pictures)(order, assets)

    def _films(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """A background interaction for each."""
        asked = in_words(in_sentences(order.generation), people=True)
        if asked.last_frame:
            raise refused(self._surface.name, "cannot have a film end on a given picture", "last_frame")

        def begin(index: int) -> Request:
            body = write_interaction(order.upstream, seeded(asked, index), background=True)
            return Request(method="POST", path=self._path(), body=body, paid=True)

        work = Background(
            begin=begin,
            look=lambda id: Request(method="GET", path=self._path(id)),
            cancel=lambda id: Request(method="POST", path=self._path(f"{id}/cancel")),
            read=_as_operation,
            count=order.generation.count or 1,
        )
        report = Reported(ignored=unsaid(order.generation, {"seconds", "task"}, KNOBS))
        return in_background(self._surface, work, order, assets, report, rewritten(order.generation, asked))

    def _pictures(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """An interaction for each, side by side."""
        asked = in_words(in_sentences(order.generation), people=True)

        async def call(index: int) -> list[Update]:
            body = write_interaction(order.upstream, seeded(asked, index), background=False)
            async with self._surface.keys.lease(order.upstream) as (_, upstream):
                answer = await upstream.call(Request(method="POST", path=self._path(), body=body, paid=True), assets)
                told = read_interaction(answer.body)
                if told.problem:
                    raise told.problem
                return await delivered(self._surface, upstream, order, assets, told.reply, index)

        return each_picture(order, call, asked, unsaid(order.generation, (), KNOBS))

    def _path(self, rest: str = "") -> str:
        return f"/{self._version}/interactions" + (f"/{rest}" if rest else "")


def connect(settings: Mapping[str, object]) -> Provider:
    """See `GoogleSettings`. Raises Problem(INVALID) naming the setting."""
    read = read_settings(settings, GoogleSettings)
    if not read.all_keys:
        raise misset(read.name, "key", "is missing; AI Studio gives one")
    if not _VERSION.fullmatch(read.version):
        raise misset(read.name, "version", "must be a version such as v1beta")
    surface = Surface(
        name=read.name,
        keys=Keys(
            read.name,
            read.base_url,
            read.all_keys,
            scheme=lambda key: {"x-goog-api-key": key},
            judge=judge,
            pace=read.pace,
        ),
        path=lambda model, method: f"/{read.version}/models/{model}:{method}",
        look=lambda name: Request(method="GET", path=f"/{read.version}/{name}"),
        fetch=partial(_fetch, read.version),
        vertex=False,
        poll_s=read.poll_s,
        films={},
    )
    return Google(surface, read.version, read.methods)


async def _fetch(version: str, upstream: Upstream, uri: str, assets: Assets) -> Blob:
    """A file of Google's own is asked for at the engine's address, whatever host its uri names (wire.md 6.4)."""
    name, host = _FILE.search(uri), URL(uri).host
    own = host in (None, URL(ADDRESS).host, URL(upstream.address("")).host)
    if name and own:
        uri = upstream.address(f"/{version}/files/{name[1]}:download?alt=media")
    return await upstream.download(uri, assets)


def _as_operation(body: object) -> Operation:
    told = read_interaction(body)
    return Operation(told.id, told.done, tuple(told.reply.files), told.problem, units=told.reply.units)

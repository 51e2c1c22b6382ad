"""OpenAI, and every server that speaks as it does: pictures by images or chat, films by videos."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Coroutine, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.generation import PREVIEWS, Generation, Output
from danqing.domain.jobs import Accepted, Produced, Progressed, Reported, Withheld
from danqing.domain.media import Medium
from danqing.domain.ports import Assets, Order, Provider, Update
from danqing.domain.spoken import Beyond, beyond_words, in_sentences
from danqing.sketch.masks import Masks
from danqing.upstream.client import Request, Upstream
from danqing.upstream.faults import wrong
from danqing.upstream.fetching import fetched, kept
from danqing.upstream.keys import Keys
from danqing.upstream.patience import called_off, patiently, undeclined
from danqing.upstream.reaching import Listing, Reached, reach_by_list
from danqing.upstream.settings import SeasonedSettings, misset, read_settings
from danqing.upstream.side_by_side import gravest, side_by_side
from danqing.upstream.ticket import PARTED, Ticket, read_ticket
from danqing.wire.delivered import File
from danqing.wire.holes import Tree
from danqing.wire.openai import films, pictures, talks
from danqing.wire.openai.flavours import FLAVOURS, Flavour
from danqing.wire.openai.refusals import judge
from danqing.wire.openai.sizes import Sizes, read_pixels

WAITING_FILM_S = 1800  # for a film that is made within one call
PREVIEWS_MAX = 3
FEWER = "The engine delivered fewer pictures than it was asked for, and said no more than that."


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAISettings(SeasonedSettings):
    """[upstreams.NAME] with `kind = "openai"`.

    `flavour` is the server's kind; the settings after it take the place of what is known of that kind. `sizes` and
    `film_sizes` are the only ones that it makes, such as ["1024x1024"]. `previews` (0 to 3) are asked for while one
    picture is drawn.
    """

    base_url: str = "https://api.openai.com/v1"
    flavour: str = "openai"
    pictures: Literal["images", "chat", "none"] | None = None
    films: Literal["videos", "video", "none"] | None = None
    count_max: int | None = None
    sizes: tuple[str, ...] = ()
    film_sizes: tuple[str, ...] = ()
    previews: int = 0


@dataclass(frozen=True, slots=True)
class _Server:
    """What all calls of one upstream share. `version` is "/v1" where its address ends in that."""

    name: str
    keys: Keys
    flavour: Flavour
    version: str
    extra: Tree
    previews: int
    poll_s: float
    masks: Masks


class OpenAI:
    """See `domain.ports.Provider`. It takes no request ids, so that what was sent and lost stays unknown."""

    repeatable = False

    def __init__(self, server: _Server) -> None:
        self.load = server.keys.load
        self.slots = server.keys.slots
        self._server = server
        flavour = server.flavour
        self.honours = flavour.knobs | (talks.KNOBS if flavour.pictures == "chat" else frozenset())
        self.honours |= {PREVIEWS} if flavour.previews and flavour.pictures == "images" else frozenset()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._server.keys.close()
        await self._server.masks.close()

    async def reach(self, models: Collection[str]) -> Sequence[Reached]:
        """See `upstream.reaching.Reachable`."""
        return await reach_by_list(self._server.keys, Listing(f"{self._server.version}/models"), models)

    def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """Pictures are there when the call ends; films are polled, and found again by their ticket."""
        server, wants = self._server, order.generation.wants
        if beyond := self._beyond(order.generation):
            return _nothing(server, beyond.what, beyond.param)
        order = replace(order, generation=in_sentences(order.generation))
        if Medium.VIDEO in wants:
            makers = {"videos": _films, "video": _waited_for}
            make = makers.get(server.flavour.films)
            return make(server, order, assets) if make else _nothing(server, "makes no video", "wants")
        if server.flavour.pictures == "chat" or Medium.IMAGE not in wants:
            return _many(server, order, assets, 1, partial(_talk, server, order, assets))
        if server.flavour.pictures != "images":
            return _nothing(server, f"makes no {' and '.join(sorted(wants))}", "wants")
        wished = dict(order.generation.knobs).get(PREVIEWS) if server.flavour.previews else None
        previews = min(wished, PREVIEWS_MAX) if isinstance(wished, int) else server.previews
        if previews > 0 and (order.generation.count or 1) == 1:
            return _watched(server, order, assets, previews, shown=wished is not None)
        return _many(server, order, assets, server.flavour.count_max, partial(_pictures, server, order, assets))

    def _beyond(self, asked: Generation) -> Beyond | None:
        flavour = self._server.flavour
        film = Medium.VIDEO in asked.wants
        if film and len(asked.pictures) > 1:
            return Beyond("takes one picture with a film", "pictures")
        return beyond_words(asked, masks=flavour.masks and flavour.pictures == "images" and not film)


def connect(settings: Mapping[str, object]) -> Provider:
    """See `OpenAISettings`. Raises Problem(INVALID) naming the setting."""
    read = read_settings(settings, OpenAISettings)
    if read.flavour not in FLAVOURS:
        raise misset(read.name, "flavour", f"must be one of {', '.join(FLAVOURS)}")
    if not 0 <= read.previews <= PREVIEWS_MAX:
        raise misset(read.name, "previews", f"must be 0 to {PREVIEWS_MAX}")
    known = FLAVOURS[read.flavour]
    flavour = replace(
        known,
        pictures=read.pictures or known.pictures,
        films=read.films or known.films,
        count_max=max(read.count_max or known.count_max, 1),
        sizes=_sizes(read, "sizes", known.sizes),
        sizes_of={} if read.sizes else known.sizes_of,
        film_sizes=_sizes(read, "film_sizes", known.film_sizes),
    )
    # LocalAI's films are beside /v1, everything else is below it.
    address = read.base_url.rstrip("/")
    root = address.removesuffix("/v1")
    keys = Keys(read.name, root, read.all_keys, judge=judge, pace=read.pace)
    version = address.removeprefix(root)
    masks = Masks("transparent")
    return OpenAI(_Server(read.name, keys, flavour, version, read.always, read.previews, read.poll_s, masks))


def _sizes(settings: OpenAISettings, name: str, known: Sizes) -> Sizes:
    given: Sequence[str] = getattr(settings, name)
    fixed = tuple(size for text in given if (size := read_pixels(text)))
    if len(fixed) < len(given):
        raise misset(settings.name, name, 'must be a list of sizes such as "1024x1024"')
    return replace(known, fixed=fixed) if fixed else known


async def _nothing(server: _Server, what: str, param: str) -> AsyncGenerator[Update]:
    code = "unsupported_medium" if param == "wants" else "unsupported_parameter"
    raise Declined(Kind.INVALID, f"The upstream {server.name!r} {what}.", param=param, code=code)
    yield


async def _many(
    server: _Server, order: Order, assets: Assets, most: int, call: partial[Coroutine[object, object, list[Update]]]
) -> AsyncGenerator[Update]:
    """As few calls as the server allows, side by side. Several are accepted as one."""
    left = (order.generation.count or 1) - order.delivered
    counts = [min(most, left - at) for at in range(0, left, most)]
    accepted = False
    async with aclosing(side_by_side([partial(call, count) for count in counts])) as calls:
        async for made in calls:
            for update in made:
                if not (accepted and isinstance(update, Accepted)):
                    yield update
                accepted = accepted or isinstance(update, Accepted)


async def _pictures(server: _Server, order: Order, assets: Assets, count: int) -> list[Update]:
    """One call of images, made or edited."""
    asked = pictures.write_pictures(order.generation, order.upstream, server.flavour, count=count, extra=server.extra)
    asked = await _masked(server, asked, assets)
    try:
        async with server.keys.lease(order.upstream) as (_, upstream):
            answer = await upstream.call(_images(server, asked), assets)
            told = upstream.read(answer.body, pictures.read_pictures)
            return [Accepted(prompt=told.prompt), *await _made(order, upstream, assets, asked, told, count)]
    except Problem as problem:
        return _withheld(problem, count)


async def _watched(
    server: _Server, order: Order, assets: Assets, previews: int, *, shown: bool
) -> AsyncGenerator[Update]:
    """One picture with its previews, which tell how far it is, and what it looks like when that is to be `shown`."""
    extra: Tree = {**server.extra, "stream": True, PREVIEWS: previews}
    asked = pictures.write_pictures(order.generation, order.upstream, server.flavour, count=1, extra=extra)
    asked = await _masked(server, asked, assets)
    begun = False
    try:
        async with (
            server.keys.lease(order.upstream) as (_, upstream),
            aclosing(upstream.events(_images(server, asked), assets)) as events,
        ):
            async for event in events:
                told = upstream.read(event, pictures.read_event)
                if not begun:
                    begun = True
                    yield Accepted()
                if isinstance(told, pictures.Preview):
                    seen = await kept(upstream, told.file, assets) if shown and told.file else None
                    yield Progressed((told.number + 1) / (previews + 1), f"preview {told.number + 1}", seen)
                elif told:
                    for update in await _made(order, upstream, assets, asked, told, 1):
                        yield update
                    return
        raise wrong(server.name, "its stream ended before the picture")
    except Problem as problem:
        for update in _withheld(problem, 1):
            yield update


async def _masked(server: _Server, asked: pictures.Asked, assets: Assets) -> pictures.Asked:
    """With its mask as OpenAI reads masks, whatever the client's looks like."""
    return replace(asked, mask=await server.masks(asked.mask, assets)) if asked.mask else asked


def _images(server: _Server, asked: pictures.Asked) -> Request:
    if not asked.pictures:
        return Request(method="POST", path=f"{server.version}/images/generations", body=asked.fields, paid=True)
    form = asked.form("image[]" if len(asked.pictures) > 1 else "image")
    return Request(method="POST", path=f"{server.version}/images/edits", form=form, paid=True)


async def _made(
    order: Order, upstream: Upstream, assets: Assets, asked: pictures.Asked, told: pictures.Pictures, count: int
) -> list[Update]:
    """What an answer delivered. Links are followed at once: they live for an hour at the most."""
    if not told.files:
        raise wrong(upstream.name, "its answer has no picture")
    made: list[Update] = [Reported(ignored=asked.ignored)]
    for file in told.files[:count]:
        made.append(await _picture(order, upstream, assets, file, told.tokens // len(told.files)))
    return [*made, *[Withheld(FEWER)] * (count - len(told.files))]


async def _picture(order: Order, upstream: Upstream, assets: Assets, file: File, tokens: int) -> Produced:
    """Tokens count when they are those of the model that was asked for: another one's have another price."""
    own = order.upstream == order.generation.model
    blob = await kept(upstream, file, assets)
    return Produced(Output(medium=Medium.IMAGE, blob=blob, tokens=tokens if own else 0))


async def _talk(server: _Server, order: Order, assets: Assets, count: int) -> list[Update]:
    """One answer of a conversation."""
    asked = order.generation
    body = talks.write_chat(asked, order.upstream, extra=server.extra)
    request = Request(method="POST", path=f"{server.version}/chat/completions", body=body, paid=True)
    report = Reported(ignored=pictures.ignored(asked, talks.TOLD | talks.KNOBS))
    made: list[Update] = [Accepted(), report]
    try:
        async with server.keys.lease(order.upstream) as (_, upstream):
            answer = await upstream.call(request, assets)
            told = upstream.read(answer.body, talks.read_chat_reply)
            made[1] = replace(report, used=told.units)
            if told.words and Medium.TEXT in asked.wants:
                made.append(Produced(Output(medium=Medium.TEXT, text=told.words)))
            for file in told.files:
                made.append(await _picture(order, upstream, assets, file, told.tokens // len(told.files)))
    except Problem as problem:
        return _withheld(problem, count)
    if told.refusal and not told.files:
        return [*made[:2], Withheld(told.refusal)]
    if len(made) == 2:
        raise wrong(server.name, "it answered in words and made no picture" if told.words else "its answer is empty")
    return made


async def _films(server: _Server, order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """Each film is a job of its own at the engine; they are begun one after the other and awaited in that order."""
    asked = films.write_film(order.generation, order.upstream, server.flavour, extra=server.extra)
    count = order.generation.count or 1
    ticket = read_ticket(order.ticket) if order.ticket else None
    async with server.keys.lease(order.upstream, ticket.key if ticket else "") as (mark, upstream):
        ids = list(ticket.ids) if ticket else []
        problems: list[Problem] = []
        async with called_off(lambda: _cancel(server, upstream, assets, ids)):
            while not ticket and len(ids) < count and not problems:
                try:
                    ids.append((await _begin(server, upstream, assets, asked)).id)
                except Problem as problem:
                    if not ids:
                        raise
                    problems.append(problem)
                else:
                    yield Accepted(Ticket(mark, tuple(ids), count).write())
            yield Reported(ignored=asked.ignored)
            delivered = 0
            withheld = [PARTED] * (ticket.of - len(ids)) if ticket else []
            for at, id in enumerate(ids):
                film = await _polled(server, upstream, assets, id)
                while not film.done:
                    yield Progressed((at + film.fraction) / count, "filming")
                    await asyncio.sleep(server.poll_s)
                    film = await _polled(server, upstream, assets, id)
                if film.problem and film.problem.kind is Kind.FILTERED:
                    withheld.append(film.problem.message)
                elif film.problem:
                    problems.append(film.problem)
                else:
                    delivered += 1
                    if delivered > order.delivered:
                        yield await _film(server, upstream, assets, order, film)
    for reason in withheld:
        yield Withheld(reason)
    if problems:
        raise gravest(problems, begun=True)


async def _begin(server: _Server, upstream: Upstream, assets: Assets, asked: pictures.Asked) -> films.FilmJob:
    form = asked.form("input_reference")
    answer = await upstream.call(Request(method="POST", path=f"{server.version}/videos", form=form, paid=True), assets)
    return upstream.read(answer.body, films.read_film)


async def _polled(server: _Server, upstream: Upstream, assets: Assets, id: str) -> films.FilmJob:
    async def ask() -> films.FilmJob:
        answer = await upstream.call(Request(method="GET", path=f"{server.version}/videos/{id}"), assets)
        return upstream.read(answer.body, films.read_film)

    return await undeclined(patiently(ask, pause_s=server.poll_s))


async def _film(server: _Server, upstream: Upstream, assets: Assets, order: Order, film: films.FilmJob) -> Produced:
    url = upstream.address(f"{server.version}/videos/{film.id}/content")
    blob = await fetched(lambda: upstream.download(url, assets), pause_s=server.poll_s)
    seconds = film.seconds or order.generation.seconds or 0
    width, height = film.pixels
    return Produced(
        Output(medium=Medium.VIDEO, blob=blob, duration_ms=round(seconds * 1000), width=width, height=height)
    )


async def _cancel(server: _Server, upstream: Upstream, assets: Assets, ids: Sequence[str]) -> None:
    for id in ids:
        with suppress(Problem):
            await upstream.tell(Request(method="DELETE", path=f"{server.version}/videos/{id}"), assets)


async def _waited_for(server: _Server, order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """LocalAI: the call ends when the film is there, one at a time."""
    asked = films.write_film(order.generation, order.upstream, server.flavour, extra=server.extra)
    request = Request(method="POST", path="/video", body=films.as_call(asked), paid=True, silence_s=WAITING_FILM_S)
    for _ in range((order.generation.count or 1) - order.delivered):
        async with server.keys.lease(order.upstream) as (_, upstream):
            answer = await upstream.call(request, assets)
            told = upstream.read(answer.body, pictures.read_pictures)
            yield Accepted()
            yield Reported(ignored=asked.ignored)
            if not told.files:
                raise wrong(server.name, "its answer has no film")
            blob = await kept(upstream, told.files[0], assets)
            yield Produced(Output(medium=Medium.VIDEO, blob=blob, duration_ms=(order.generation.seconds or 0) * 1000))


def _withheld(problem: Problem, count: int) -> list[Update]:
    """The content of one call was refused; what other calls deliver is kept. Raises every other Problem."""
    if problem.kind is not Kind.FILTERED:
        raise problem
    return [Accepted(), *[Withheld(problem.message)] * count]

"""AiHubMix and its kind: gateways that speak Imagen, Veo and picture chat as their documents do, and films by chat."""

import asyncio
import re
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from fnmatch import fnmatch

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.generation import Generation, Output
from danqing.domain.jobs import Accepted, Produced, Progressed, Reported, Withheld
from danqing.domain.media import Medium
from danqing.domain.ports import Assets, Order, Provider, Update
from danqing.domain.spoken import Beyond, beyond_words, in_sentences
from danqing.upstream.client import Request, Upstream
from danqing.upstream.faults import wrong
from danqing.upstream.fetching import fetched, kept
from danqing.upstream.keys import Keys
from danqing.upstream.patience import patiently, undeclined
from danqing.upstream.reaching import Listing, Reached, reach_by_list
from danqing.upstream.settings import SeasonedSettings, read_settings
from danqing.upstream.side_by_side import side_by_side
from danqing.upstream.ticket import Ticket, read_ticket
from danqing.wire import filmstory, google
from danqing.wire.delivered import File
from danqing.wire.filmstory import FilmStory
from danqing.wire.google.errors import judge as google_judge
from danqing.wire.openai import pictures, refusals, talks

FILM_SILENCE_S = 900
STORY_CHARACTERS_MAX = 100_000  # many times what a film's story has
FILM_MS = 8000
FIXED = {"aspect": "16:9", "size": "720p", "seconds": 8}  # of a film by chat; nothing else can be asked for
FIXED_KNOBS = {"enhancePrompt": True, "generateAudio": True}
KNOBS = frozenset({"enhancePrompt", "guidanceScale", "generateAudio", "language", "addWatermark"})
# What each call can tell; the rest is reported.
_PREDICTED = KNOBS | {"count", "aspect", "size", "seed", "person", "negative", "mime", "quality"}
_OPERATED = KNOBS | {"count", "aspect", "size", "seed", "person", "negative", "seconds"}
_TALKED = talks.KNOBS | {"count", "aspect", "seed"}
_FILE = re.compile(r"files/([A-Za-z0-9_-]{1,100})(?::download)?(?:\?.*)?\Z")
_MODELS = "/gemini/v1beta/models"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings(SeasonedSettings):
    """[upstreams.NAME] with `kind = "gateway"`. `base_url` is the gateway's root, below which are /gemini and /v1.

    `predict` has patterns of the models that are asked by `:predict`, `film_chat` of those that tell films in a chat.
    """

    predict: tuple[str, ...] = ("imagen-*",)
    film_chat: tuple[str, ...] = ("veo-3", "veo3*")
    poll_s: float = 10.0


class Gateway:
    """See `domain.ports.Provider`. These gateways take no request ids: what was sent and lost stays unknown."""

    repeatable = False
    honours = KNOBS | talks.KNOBS

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._keys = Keys(
            settings.name, settings.base_url, settings.all_keys, scheme=_headers, judge=_judge, pace=settings.pace
        )
        self.load = self._keys.load
        self.slots = self._keys.slots

    async def close(self) -> None:
        """Let go of every connection."""
        await self._keys.close()

    async def reach(self, models: Collection[str]) -> Sequence[Reached]:
        """See `upstream.reaching.Reachable`."""
        return await reach_by_list(self._keys, Listing("/v1/models"), models)

    def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """The way that fits the model."""
        settings, model = self._settings, order.upstream
        if refused := _refused(settings, order):
            return refused
        order = replace(order, generation=in_sentences(order.generation))
        if Medium.VIDEO in order.generation.wants:
            if _named(model, settings.film_chat):
                return _told(self._keys, settings, order, assets)
            return _operated(self._keys, settings, order, assets)
        if _named(model, settings.predict):
            return _predicted(self._keys, settings, order, assets)
        return _talked(self._keys, settings, order, assets)


def connect(settings: Mapping[str, object]) -> Provider:
    """See `GatewaySettings`. Raises Problem(INVALID) naming the setting."""
    return Gateway(read_settings(settings, GatewaySettings))


def _refused(settings: GatewaySettings, order: Order) -> AsyncGenerator[Update] | None:
    """What its calls have no place for. What stands in no document of theirs is not tried with somebody's money."""
    asked, film = order.generation, Medium.VIDEO in order.generation.wants
    beyond = beyond_words(asked)
    if not beyond and asked.pictures and (film or _named(order.upstream, settings.predict)):
        beyond = Beyond("takes no pictures beside the prompt of this model", "pictures")
    return _declined(settings, beyond) if beyond else None


async def _declined(settings: GatewaySettings, beyond: Beyond) -> AsyncGenerator[Update]:
    message = f"The upstream {settings.name!r} {beyond.what}."
    raise Declined(Kind.INVALID, message, param=beyond.param, code="unsupported_parameter")
    yield


def _headers(key: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key}", "x-goog-api-key": key} if key else {}


def _judge(status: int, body: object) -> Kind | None:
    return refusals.judge(status, body) or google_judge(status, body)


def _named(model: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(model, pattern) for pattern in patterns)


def _plain(generation: Generation) -> Generation:
    """Without the knobs that are not passed on; the gateway has reported those already."""
    return replace(generation, knobs=tuple((name, knob) for name, knob in generation.knobs if name in KNOBS))


async def _kept(upstream: Upstream, settings: GatewaySettings, assets: Assets, file: File) -> Output:
    """Links die soon. A file of the gateway's own is fetched from the gateway, whatever host its URI names."""
    if file.uri and (named := _FILE.search(file.uri)):
        file = replace(file, uri=upstream.address(f"/gemini/v1beta/files/{named[1]}:download?alt=media"))
    blob = await kept(upstream, file, assets, pause_s=settings.poll_s)
    return Output(medium=Medium.VIDEO if blob.mime.startswith("video/") else Medium.IMAGE, blob=blob)


async def _predicted(keys: Keys, settings: GatewaySettings, order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """Imagen's `:predict`: all pictures in one call."""
    _require_words(settings, order)
    asked = replace(_plain(order.generation), count=(order.generation.count or 1) - order.delivered)
    body = {**google.write_predict(asked, with_reasons=True), **settings.always}
    async with keys.lease(order.upstream) as (_, upstream):
        path = f"{_MODELS}/{order.upstream}:predict"
        answer = await upstream.call(Request(method="POST", path=path, body=body, paid=True), assets)
        yield Accepted()
        yield Reported(ignored=pictures.ignored(order.generation, _PREDICTED))
        results = google.read_predictions(answer.body)
        if not results:
            # What the document warns of: a filtered prompt answers with nothing at all.
            yield Withheld("The gateway delivered no picture and gave no reason; the content may have been filtered.")
        for result in results:
            yield result if isinstance(result, Withheld) else Produced(await _kept(upstream, settings, assets, result))


async def _talked(keys: Keys, settings: GatewaySettings, order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """Pictures by chat, one in each answer."""

    async def talk() -> list[Update]:
        body = talks.write_chat(order.generation, order.upstream, extra=settings.always, ratio_line=True)
        request = Request(method="POST", path="/v1/chat/completions", body=body, paid=True)
        async with keys.lease(order.upstream) as (_, upstream):
            answer = await upstream.call(request, assets)
            told = upstream.read(answer.body, talks.read_chat_reply)
            ignored = pictures.ignored(order.generation, _TALKED)
            made: list[Update] = [Reported(ignored=ignored, used=told.units)]
            if told.words and Medium.TEXT in order.generation.wants:
                made.append(Produced(Output(medium=Medium.TEXT, text=told.words)))
            made += [Produced(await _kept(upstream, settings, assets, file)) for file in told.files]
        if len(made) == 1 and told.refusal:
            return [Withheld(told.refusal)]
        if len(made) == 1:
            raise wrong(settings.name, "it answered in words and made no picture")
        return made

    accepted = False
    calls = [talk for _ in range((order.generation.count or 1) - order.delivered)]
    async with aclosing(side_by_side(calls)) as answers:
        async for made in answers:
            if not accepted:
                accepted = True
                yield Accepted()
            for update in made:
                yield update


async def _operated(keys: Keys, settings: GatewaySettings, order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """Veo's `:predictLongRunning`: an operation that is polled. It cannot be stopped."""
    _require_words(settings, order)
    asked = _plain(order.generation)
    ticket = read_ticket(order.ticket) if order.ticket else None
    async with keys.lease(order.upstream, ticket.key if ticket else "") as (mark, upstream):
        if not ticket:
            body = google.write_long_running(asked)
            path = f"{_MODELS}/{order.upstream}:predictLongRunning"
            answer = await upstream.call(Request(method="POST", path=path, body=body, paid=True), assets)
            begun = google.read_operation(answer.body)
            if begun.problem:
                raise begun.problem
            if not begun.name:
                raise wrong(upstream.name, "it named no operation")
            ticket = Ticket(mark, (begun.name,))
            yield Accepted(ticket.write())
            yield Reported(ignored=pictures.ignored(order.generation, _OPERATED))
        while not (operation := await _asked(upstream, settings, ticket.ids[0], assets)).done:
            yield Progressed(operation.fraction or 0.0, "filming")
            await asyncio.sleep(settings.poll_s)
        if operation.problem:
            raise operation.problem
        films = [result for result in operation.results if isinstance(result, File)]
        for film in films[order.delivered :]:
            output = await _kept(upstream, settings, assets, film)
            yield Produced(replace(output, duration_ms=(asked.seconds or 0) * 1000))
        withheld = [result for result in operation.results if isinstance(result, Withheld)]
        for reason in withheld:
            yield reason
        if not films and not withheld:
            yield Withheld("The gateway delivered no film and gave no reason; the content may have been filtered.")


def _require_words(settings: GatewaySettings, order: Order) -> None:
    if order.generation.pictures:
        message = f"The upstream {settings.name!r} takes no pictures beside the prompt of {order.upstream}."
        raise Declined(Kind.INVALID, message, param="pictures", code="unsupported_parameter")


async def _asked(upstream: Upstream, settings: GatewaySettings, name: str, assets: Assets) -> google.Operation:
    async def ask() -> google.Operation:
        answer = await upstream.call(Request(method="GET", path=f"/gemini/v1beta/{name.lstrip('/')}"), assets)
        return google.read_operation(answer.body)

    return await undeclined(patiently(ask, pause_s=settings.poll_s))


async def _told(keys: Keys, settings: GatewaySettings, order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """A film by chat. The text is read as it comes; when it breaks off after it named its task, the links it gave
    are followed instead, and so they are after a restart."""
    if next(order.generation.blobs(), None):
        message = f"The upstream {settings.name!r} tells films from words only; leave the pictures out."
        raise Declined(Kind.INVALID, message, param="first_frame", code="unsupported_parameter")
    ticket = read_ticket(order.ticket) if order.ticket else None
    async with keys.lease(order.upstream, ticket.key if ticket else "") as (mark, upstream):
        story = FilmStory(source=ticket.ids[0]) if ticket else FilmStory()
        if not ticket:
            yield Reported(ignored=_unmoved(order.generation))
            accepted = False
            async with aclosing(_stories(upstream, settings, order, assets)) as stories:
                async for story in stories:
                    if not accepted and (story.source or story.link):
                        accepted = True
                        yield Accepted(Ticket(mark, (story.source or story.link,)).write(), story.prompt)
                    yield Progressed(story.fraction, story.stage)
            if not accepted:
                yield Accepted()
        if story.filtered:
            yield Withheld(story.failure)
            return
        if story.failure:
            raise Problem(Kind.UPSTREAM, story.failure, code="upstream_failed")
        link = story.link or await _found(upstream, settings, story.source)
        blob = await fetched(lambda: upstream.download(link, assets), pause_s=settings.poll_s)
        yield Produced(Output(medium=Medium.VIDEO, blob=blob, duration_ms=FILM_MS))


async def _stories(
    upstream: Upstream, settings: GatewaySettings, order: Order, assets: Assets
) -> AsyncGenerator[FilmStory]:
    """The story after each piece of it. Raises Problem when it ends before anything can be found by it."""
    message = {"role": "user", "content": order.generation.instruction}
    body = {"model": order.upstream, "messages": [message], "stream": True, **settings.always}
    request = Request(method="POST", path="/v1/chat/completions", body=body, paid=True, silence_s=FILM_SILENCE_S)
    text, story = "", FilmStory()
    try:
        async with aclosing(upstream.events(request, assets)) as events:
            async for event in events:
                text += upstream.read(event, talks.read_words)
                if len(text) > STORY_CHARACTERS_MAX:
                    raise wrong(upstream.name, "its story does not end")
                story = filmstory.read_story(text)
                yield story
    except Problem as problem:
        if problem.kind is not Kind.UNKNOWN or not story.source:
            raise
    if not (story.link or story.failure or story.source):
        raise wrong(upstream.name, "its story ended without a film")


async def _found(upstream: Upstream, settings: GatewaySettings, source: str) -> str:
    """The film's link, from the page that goes on telling of it."""
    if filmstory.link_in(source):
        return source
    while True:
        text = await undeclined(patiently(lambda: upstream.page(source), pause_s=settings.poll_s))
        story = filmstory.read_story(text)
        if story.link:
            return story.link
        if story.failure:
            kind = Kind.FILTERED if story.filtered else Kind.UPSTREAM
            raise Problem(kind, story.failure, code="upstream_failed")
        await asyncio.sleep(settings.poll_s)


def _unmoved(generation: Generation) -> tuple[str, ...]:
    """What was asked for and is not as such films are anyway."""
    parameters = generation.parameters()
    knobs = dict(generation.knobs)
    as_ever = {name for name, value in FIXED.items() if parameters.get(name) == value}
    as_ever |= {name for name, value in FIXED_KNOBS.items() if knobs.get(name) is value}
    return pictures.ignored(generation, {"count", *as_ever})

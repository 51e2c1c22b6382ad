"""What Google's two surfaces, AI Studio and Vertex, share: pictures in one call, and work in the background."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.generation import Generation, Output, Person
from danqing.domain.jobs import Accepted, Produced, Progressed, Reported, Withheld
from danqing.domain.media import Blob, Medium
from danqing.domain.ports import Assets, Order, Update
from danqing.domain.spoken import beyond_words, in_sentences
from danqing.upstream.client import Request, Upstream
from danqing.upstream.fetching import fetched, kept
from danqing.upstream.keys import Keys
from danqing.upstream.patience import called_off, patiently
from danqing.upstream.side_by_side import gravest, side_by_side
from danqing.upstream.ticket import PARTED, Ticket, read_ticket
from danqing.wire.delivered import File
from danqing.wire.google import content, edits
from danqing.wire.google.calls import write_long_running, write_predict
from danqing.wire.google.content import Reply, in_words, read_content, write_content
from danqing.wire.google.refusals import shortened
from danqing.wire.google.results import UNEXPLAINED, Operation, read_operation, read_predictions
from danqing.wire.holes import Tree

HALF_LIFE_S = 40.0  # of the work that is left, for engines that do not tell how far they are
FRACTION_MAX = 0.95
LOOK_SILENCE_S = 60.0  # of an engine that is asked how far it is
PREDICT_KNOBS = frozenset({"guidanceScale", "enhancePrompt", "language", "safetySetting", "addWatermark"}) | edits.KNOBS
FILM_KNOBS = frozenset({"enhancePrompt", "generateAudio", "resizeMode", "compressionQuality"})
HONOURS = PREDICT_KNOBS | FILM_KNOBS | content.KNOBS

# By which call a model is asked, by the family that its id names.
METHODS = {"imagen*": "predict", "veo*": "predictLongRunning", "gemini-omni*": "interactions", "*": "generateContent"}
_MAKES = {
    "predict": {Medium.IMAGE},
    "generateContent": {Medium.IMAGE, Medium.TEXT},
    "predictLongRunning": {Medium.VIDEO},
}
# A file's type is seen when it is there; what is done to pictures is said or refused.
_SAID = frozenset({"count", "aspect", "size", "seed", "negative", "mime", "task", "area", "factor"})
REFERENCES_MAX = 3  # of a film of Veo's


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """One of the two: its keys, and how its addresses and bodies are spelled.

    `path` is that of a model's method, `look` asks for an operation by its name, `fetch` gets what an answer links to.
    `films` are parameters that every call for films has. `mask` draws a mask as the surface wants it, if it takes any.
    """

    name: str
    keys: Keys
    path: Callable[[str, str], str]
    look: Callable[[str], Request]
    fetch: Callable[[Upstream, str, Assets], Awaitable[Blob]]
    vertex: bool
    poll_s: float
    films: Tree
    mask: Callable[[Blob, Assets], Awaitable[Blob]] | None = None


Flow = Callable[[Surface, Order, Assets], AsyncGenerator[Update]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Work that goes on at the engine: how the one at an index is begun, looked at, understood and called off."""

    begin: Callable[[int], Request]
    look: Callable[[str], Request]
    read: Callable[[object], Operation]
    cancel: Callable[[str], Request] | None = None
    count: int = 1


async def by_method(
    surface: Surface, order: Order, assets: Assets, methods: Mapping[str, str], more: Mapping[str, Flow]
) -> AsyncGenerator[Update]:
    """By the call that the model is asked by: `methods`, patterns of ids and calls, go before what is known of it.

    `more` are calls that only this surface has. Raises Declined when the call cannot make what is asked for.
    """
    model = order.upstream
    method = next(method for names in (methods, METHODS) for id, method in names.items() if fnmatchcase(model, id))
    flows = {**_FLOWS, **more}
    if method not in flows:
        raise refused(surface.name, f"has no {method}, by which {model} is asked", "model")
    _check(surface, method, order.generation)
    async with aclosing(flows[method](surface, order, assets)) as updates:
        async for update in updates:
            yield update


def _check(surface: Surface, method: str, asked: Generation) -> None:
    if not asked.wants & _MAKES.get(method, asked.wants):
        kinds = " and ".join(sorted(asked.wants))
        raise refused(surface.name, f"makes no {kinds} with {method}", "wants")
    given = next(asked.blobs(), None)
    if method in ("predict", "predictLongRunning") and not surface.vertex and given not in _frames(asked):
        raise refused(surface.name, f"takes no pictures and no films beside the prompt with {method}", "pictures")
    if method == "predictLongRunning" and len(asked.pictures) > REFERENCES_MAX:
        raise refused(surface.name, f"takes at most {REFERENCES_MAX} pictures for a film to go by", "pictures")
    filmed = method == "interactions" and asked.film  # which is told what becomes of it
    spoken = replace(asked, film=None, task=None) if filmed else asked
    if method not in ("predict", "predictLongRunning") and (beyond := beyond_words(spoken)):
        raise refused(surface.name, f"{beyond.what} with {method}", beyond.param)


def _frames(asked: Generation) -> tuple[Blob | None, ...]:
    return (None, asked.first_frame, asked.last_frame)


def refused(name: str, what: str, param: str) -> Declined:
    """The upstream cannot do something that would make a different thing if it were left out."""
    return Declined(Kind.INVALID, f"The upstream {name!r} {what}.", param=param, code="unsupported_parameter")


def unsaid(asked: Generation, said: Collection[str], knobs: Collection[str]) -> tuple[str, ...]:
    """What was asked for and is in no call of this kind; knobs that nothing of Google's honours were told before."""
    parameters = [name for name in asked.parameters() if name not in {*_SAID, *said}]
    if asked.person is not Person.ADULT and "person" in parameters:
        parameters.remove("person")  # said in words, or nothing that has to be said
    return (*parameters, *(name for name, _ in asked.knobs if name in HONOURS and name not in knobs))


async def by_content(surface: Surface, order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """Pictures by `generateContent`: a call for each, side by side."""
    asked = in_words(in_sentences(order.generation), people=not surface.vertex)

    async def call(index: int) -> list[Update]:
        body = write_content(seeded(asked, index), vertex=surface.vertex)
        path = surface.path(order.upstream, "generateContent")
        async with surface.keys.lease(order.upstream) as (_, upstream):
            answer = await upstream.call(Request(method="POST", path=path, body=body, paid=True), assets)
            return await delivered(surface, upstream, order, assets, read_content(answer.body), index)

    said = {"person", "quality"} if surface.vertex else ()
    ignored = unsaid(order.generation, said, content.KNOBS)
    async with aclosing(each_picture(order, call, asked, ignored)) as updates:
        async for update in updates:
            yield update


async def each_picture(
    order: Order, call: Callable[[int], Awaitable[list[Update]]], asked: Generation, ignored: Sequence[str]
) -> AsyncGenerator[Update]:
    """One call for each picture, accepted with the first that is answered; what is filtered is withheld."""

    async def kept(index: int) -> list[Update]:
        try:
            return await call(index)
        except Problem as problem:
            return withheld(problem, 1)

    accepted = False
    async with aclosing(
        side_by_side([partial(kept, at) for at in range(order.delivered, order.generation.count or 1)])
    ) as calls:
        async for updates in calls:
            if not accepted:
                yield Accepted(prompt=rewritten(order.generation, asked))
                yield Reported(ignored=tuple(ignored))
                accepted = True
            for update in updates:
                yield update


async def by_predict(surface: Surface, order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """Pictures by `:predict`: all in one call."""
    mask = order.generation.mask
    drawn = await surface.mask(mask, assets) if mask and surface.mask else mask
    asked = replace(order.generation, knobs=_only(order.generation, PREDICT_KNOBS), mask=drawn)
    path, body = surface.path(order.upstream, "predict"), write_predict(asked, with_reasons=True)
    count = asked.count or 1
    async with surface.keys.lease(order.upstream) as (_, upstream):
        try:
            answer = await upstream.call(Request(method="POST", path=path, body=body, paid=True), assets)
            results = read_predictions(answer.body)
        except Problem as problem:
            results = tuple(update for update in withheld(problem, count) if isinstance(update, Withheld))
        yield Accepted()
        yield Reported(ignored=unsaid(order.generation, {"person", "quality"}, PREDICT_KNOBS))
        for result in results[:count]:
            if isinstance(result, File):
                yield await produced(surface, upstream, order, assets, result, asked.seed)
            else:
                yield result
        for _ in range(count - len(results)):
            yield Withheld(UNEXPLAINED)


def by_operation(surface: Surface, order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """Films by `:predictLongRunning`: all in one operation."""
    knobs = FILM_KNOBS if surface.vertex else frozenset({"enhancePrompt"})
    asked = replace(order.generation, knobs=_only(order.generation, knobs))
    body = write_long_running(asked)
    sound: Tree = {} if asked.audio is None or not surface.vertex else {"generateAudio": asked.audio}
    parameters = {**surface.films, **sound, **_tree(body.get("parameters"))}
    path = surface.path(order.upstream, "predictLongRunning")
    request = Request(method="POST", path=path, body={**body, "parameters": parameters}, paid=True)
    work = Background(begin=lambda _: request, look=surface.look, read=read_operation)
    ignored = unsaid(order.generation, {"person", "seconds"}, knobs)
    return in_background(surface, work, order, assets, Reported(ignored=ignored))


_FLOWS: Mapping[str, Flow] = {
    "generateContent": by_content,
    "predict": by_predict,
    "predictLongRunning": by_operation,
}


async def in_background(
    surface: Surface, work: Background, order: Order, assets: Assets, report: Reported, prompt: str = ""
) -> AsyncGenerator[Update]:
    """Begin each work, tell its ticket before anything is waited for, then look at one after the other until it ends.

    A ticket has what is needed to go on after this process died: the mark of the key and the engine's own names.
    """
    ticket = read_ticket(order.ticket) if order.ticket else None
    async with surface.keys.lease(order.upstream, ticket.key if ticket else "") as (mark, upstream):
        ids = list(ticket.ids) if ticket else []
        ended: list[Operation] = []
        problems: list[Problem] = []
        async with called_off(lambda: _cancel(upstream, work, ids[len(ended) :], assets)):
            while not ticket and len(ids) < work.count and not problems:
                try:
                    ids.append(await _begin(upstream, work, len(ids), assets))
                except Problem as problem:
                    if not ids:
                        raise
                    problems.append(problem)
                else:
                    yield Accepted(Ticket(mark, tuple(ids), work.count).write(), prompt)
            yield report
            for at, id in enumerate(ids):
                async with aclosing(_watched(surface, upstream, work, id, assets)) as states:
                    async for state in states:
                        if isinstance(state, float):
                            yield Progressed((at + state) / len(ids), "filming")
                        else:
                            ended.append(state)
                            yield Reported(used=state.units)
            films = [result for state in ended for result in state.results if isinstance(result, File)]
            for index, film in enumerate(films[order.delivered :], order.delivered):
                yield await produced(surface, upstream, order, assets, film, seeded(order.generation, index).seed)
    lost = [PARTED] * (ticket.of - len(ids)) if ticket else []
    for update in (*_withheld_of(ended), *(Withheld(reason) for reason in lost)):
        yield update
    problems += [state.problem for state in ended if state.problem and state.problem.kind is not Kind.FILTERED]
    if problems:
        raise gravest(problems, begun=True)


async def delivered(
    surface: Surface, upstream: Upstream, order: Order, assets: Assets, reply: Reply, index: int
) -> list[Update]:
    """What one answer of a conversational model has come to."""
    asked = order.generation
    made: list[Update] = [Reported(used=reply.units)]
    talks = Medium.TEXT in asked.wants
    if talks and reply.words:
        made.append(Produced(Output(medium=Medium.TEXT, text=reply.words)))
    for file in reply.files if talks else reply.files[:1]:
        made.append(await produced(surface, upstream, order, assets, file, seeded(asked, index).seed))
    if reply.withheld:
        made.append(Withheld(reply.withheld))
    elif not reply.files and not talks:
        said = f": {shortened(reply.words)}" if reply.words else "."
        made.append(Withheld(f"The engine answered in words instead of a picture{said}"))
    return made


async def produced(
    surface: Surface, upstream: Upstream, order: Order, assets: Assets, file: File, seed: int | None
) -> Produced:
    """One file, fetched patiently when it is only linked: it is made and paid for."""
    if file.uri and not file.blob:
        blob = await fetched(partial(surface.fetch, upstream, file.uri, assets), pause_s=surface.poll_s)
    else:
        blob = await kept(upstream, file, assets)
    film = blob.mime.startswith("video/")
    length = (order.generation.seconds or 0) * 1000 if film else 0
    medium = Medium.VIDEO if film else Medium.IMAGE
    return Produced(Output(medium=medium, blob=blob, duration_ms=length, seed=seed, signature=file.signature))


def withheld(problem: Problem, count: int) -> list[Update]:
    """Content that a call was refused for. Raises every other Problem."""
    if problem.kind is not Kind.FILTERED:
        raise problem
    return [Withheld(problem.message)] * count


def seeded(asked: Generation, index: int) -> Generation:
    """The generation for the picture at an index: with the same seed all would be the same."""
    return asked if asked.seed is None else replace(asked, seed=asked.seed + index)


def rewritten(before: Generation, after: Generation) -> str:
    """The prompt that was sent, when it is not the author's."""
    return after.prompt if after.prompt != before.prompt else ""


async def _begin(upstream: Upstream, work: Background, index: int, assets: Assets) -> str:
    state = work.read((await upstream.call(work.begin(index), assets)).body)
    if state.problem:
        raise state.problem
    if not state.name:
        raise Problem(Kind.UNKNOWN, "The engine began the work and did not name it.", code="outcome_unknown")
    return state.name


async def _watched(
    surface: Surface, upstream: Upstream, work: Background, id: str, assets: Assets
) -> AsyncGenerator[Operation | float]:
    """How far it is, again and again, and at last what it came to."""
    clock = asyncio.get_running_loop().time
    began = clock()

    async def ask() -> Operation:
        look = replace(work.look(id), silence_s=LOOK_SILENCE_S)
        return work.read((await upstream.call(look, assets)).body)

    while True:
        await asyncio.sleep(surface.poll_s * random.uniform(0.8, 1.2))
        try:
            state = await patiently(ask, pause_s=surface.poll_s)
        except Problem as problem:  # never Declined: the engine has the work
            lost = problem.kind in (Kind.UNAVAILABLE, Kind.BUSY)
            kind, code = (Kind.UNKNOWN, "outcome_unknown") if lost else (problem.kind, problem.code)
            state = Operation(id, True, problem=Problem(kind, problem.message, code=code))
        if state.done:
            yield state
            return
        by_time = min(1 - 0.5 ** ((clock() - began) / HALF_LIFE_S), FRACTION_MAX)
        yield by_time if state.fraction is None else state.fraction


async def _cancel(upstream: Upstream, work: Background, ids: Sequence[str], assets: Assets) -> None:
    if work.cancel is None:
        return
    for id in ids:
        with suppress(Problem):
            await upstream.call(work.cancel(id), assets)


def _withheld_of(ended: Sequence[Operation]) -> list[Update]:
    made: list[Update] = [result for state in ended for result in state.results if isinstance(result, Withheld)]
    refusals = [state.problem for state in ended if state.problem and state.problem.kind is Kind.FILTERED]
    return [*made, *(Withheld(problem.message) for problem in refusals)]


def _only(asked: Generation, knobs: Collection[str]) -> tuple[tuple[str, str | int | float | bool], ...]:
    return tuple((name, knob) for name, knob in asked.knobs if name in knobs)


def _tree(node: object) -> Tree:
    return dict(node) if isinstance(node, Mapping) else {}

"""What a model can do, what it costs, until when it lives and who makes its pictures now; all of it data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.generation import Area, Generation, Person, Role, Task
from danqing.domain.media import Blob, Medium
from danqing.domain.money import Price, Units
from danqing.domain.prompts import IMAGE_TOKENS, count_tokens
from danqing.domain.shapes import Shapes
from danqing.domain.sizes import nearest

T = TypeVar("T", str, int, Person)

PROMPT_CHARACTERS_MAX = 32_000
QUALITY_MAX = 100
REPLY_TOKENS_MAX = 2_048  # the most words that a conversational model may answer with; part of the hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What a model can be asked for. An empty tuple means that the parameter does not exist for it.

    The first of each tuple is the default, except `count_default`. `pictures_max` is how many pictures it takes as
    input over a whole conversation. `pixels` are the sizes that it is sold in, as "1536x1024"; with `step`, it makes
    every width and height that are multiples of it, as far as its ratios and sizes go. `tasks` are what it does to
    pictures or films that are given; `masks`: it can be told where, and finds `areas` by itself; `factors` are those of
    an upscale. `roles`: what pictures can be given for. `extend_seconds` are the lengths by which a film goes on, and
    `reference_seconds` those of a film that goes by pictures, where they are not `seconds`. `anew`: it makes something
    of words alone.
    """

    makes: frozenset[Medium]
    count_max: int = 1
    count_default: int = 1
    aspects: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    pixels: tuple[str, ...] = ()
    step: int = 0
    seconds: tuple[int, ...] = ()
    persons: tuple[Person, ...] = ()
    mimes: tuple[str, ...] = ()
    pictures_max: int = 0
    frames: bool = False
    tasks: tuple[Task, ...] = ()
    masks: bool = False
    areas: tuple[Area, ...] = ()
    factors: tuple[int, ...] = ()
    roles: tuple[Role, ...] = ()
    extend_seconds: tuple[int, ...] = ()
    reference_seconds: tuple[int, ...] = ()
    anew: bool = True
    fps: int = 0
    audio: bool = False
    languages: tuple[str, ...] = ()

    def lengths(self, generation: Generation) -> tuple[int, ...]:
        """The lengths in seconds that this request can be made in; of a film that goes on, of what is new."""
        if generation.task is Task.EXTEND and self.extend_seconds:
            return self.extend_seconds
        return self.reference_seconds if generation.pictures and self.reference_seconds else self.seconds


class Strength(StrEnum):
    """What a model is the right one for."""

    CONTEXT = "context"  # follows long texts and reasons about them
    KNOWLEDGE = "knowledge"  # of the world: maps, charts, how things work
    MIXED = "mixed"  # words and pictures in one answer
    EDITING = "editing"  # changes the pictures it is given, in a conversation
    LETTERING = "lettering"  # sets text that can be read
    PHOTO = "photo"  # quality like a photograph's
    STYLE = "style"  # of an art or an artist
    BRAND = "brand"  # logos, products, what a brand looks like


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompting:
    """How a model likes to be asked. 0: there is no known limit.

    `text_characters_max` and `text_phrases_max` are how much quoted text it sets reliably, in each phrase and in all.
    `risky` words are likely to trip its filter; each with what can be said instead. `caution` is what to know before
    relying on it. `source` is where all this was found.
    """

    tokens_max: int = 0
    text_characters_max: int = 0
    text_phrases_max: int = 0
    risky: Mapping[str, str] = field(default_factory=dict, hash=False)
    good_at: tuple[Strength, ...] = ()
    caution: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to have the model's work made, and the id that the model is known by there.

    `provider` is the name of an upstream, or in the catalog also a kind: every upstream of it. `deadline_s` is how long
    it may take for one job.
    """

    provider: str
    upstream: str = ""
    deadline_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """The deprecation clock: when the vendor announced the end, when it comes, and what takes over.

    `loses` are sentences on what is lost when the successor does the work. `source` is where the dates were found.
    """

    announced: date | None = None
    shutdown: date | None = None
    successor: str = ""
    loses: tuple[str, ...] = ()
    source: str = ""

    def left(self, today: date) -> int | None:
        """The days until the shutdown, below zero after it; None when no end is announced."""
        return (self.shutdown - today).days if self.shutdown else None


@dataclass(frozen=True, slots=True)
class Found:
    """Where a figure was found and on which day, so that it can be checked again."""

    source: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One row of the catalog. `methods` are Google's names of the calls that reach it, for `models.list`.

    `batch_percent`: what a request of a batch costs of the price.
    """

    id: str
    title: str
    family: str
    ability: Ability
    price: Price
    priced: Found | None = None
    batch_percent: int = 100
    aliases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    prompting: Prompting = field(default_factory=Prompting)
    description: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every id that finds this model."""
        return (self.id, *self.aliases)

    @property
    def conversational(self) -> bool:
        """Whether it answers in words as well as in pictures."""
        return Medium.TEXT in self.ability.makes


def fit(generation: Generation, model: Model) -> Generation:
    """The generation with the model's defaults filled in. Raises Problem(INVALID) naming the allowed values."""
    ability = model.ability
    generation = _tasked(_shaped(generation, model), model)
    require_prompt(generation)
    _check_pictures(generation, model)
    _check_task(generation, model)
    _check_place(generation, model)
    count = generation.count if generation.count is not None else ability.count_default
    if not 1 <= count <= ability.count_max:
        allowed = "exactly 1" if ability.count_max == 1 else f"1 to {ability.count_max}"
        raise invalid(f"{model.id} makes {allowed} in one request, not {count}.", param="count")
    if generation.quality is not None and not 0 <= generation.quality <= QUALITY_MAX:
        raise invalid(f"The quality must be 0 to {QUALITY_MAX}, not {generation.quality}.", param="quality")
    wants = _wants(generation, model)
    return replace(
        generation,
        model=model.id,
        wants=wants,
        count=count,
        aspect=_aspect(generation, model),
        size=_choose(generation.size, ability.sizes, "size", "size", model),
        seconds=_length(generation, model),
        factor=_factor(generation, model),
        person=_choose(generation.person, ability.persons, "value for people", "person", model),
        mime=_choose(generation.mime, ability.mimes, "file type", "mime", model),
        audio=_audio(generation, ability) if Medium.VIDEO in wants else None,
    )


def require_prompt(generation: Generation) -> None:
    """Raises Problem(INVALID) for a request that no model takes: one that says nothing, or too much."""
    if not generation.prompt and not any(generation.blobs()):
        raise invalid("The prompt is empty. Say what should be made.", param="prompt", code="empty_prompt")
    if len(generation.words) > PROMPT_CHARACTERS_MAX:
        message = f"The prompt has {len(generation.words)} characters; at most {PROMPT_CHARACTERS_MAX} are taken."
        raise invalid(message, param="prompt", code="prompt_too_long")


def _tasked(generation: Generation, model: Model) -> Generation:
    """With the first thing that the model does to what is given, when it does nothing else and nothing is said."""
    if model.ability.anew or generation.task:
        return generation
    if not any(generation.blobs()):
        raise invalid(f"{model.id} only changes what it is given. Send it a picture.", param="pictures")
    return replace(generation, task=model.ability.tasks[0])


def _check_pictures(generation: Generation, model: Model) -> None:
    if len(generation.pictures) > model.ability.pictures_max:
        most = model.ability.pictures_max
        talk = most and any(turn.role == "model" for turn in generation.turns)
        more = " of the whole conversation; begin a new one with those that matter" if talk else ""
        message = f"{model.id} takes {f'at most {most} pictures' if most else 'no pictures'} with the prompt{more}."
        raise invalid(message, param="pictures")
    if (generation.first_frame or generation.last_frame) and not model.ability.frames:
        raise invalid(f"{model.id} cannot start or end on a given picture.", param="first_frame")
    frames = ((generation.first_frame, "first_frame"), (generation.last_frame, "last_frame"), (generation.mask, "mask"))
    for blob, param in (*((picture, "pictures") for picture in generation.pictures), *frames):
        if blob and not blob.mime.startswith("image/"):
            raise invalid(f"What is given as {param} is not a picture but {blob.mime}.", param=param)


def _check_task(generation: Generation, model: Model) -> None:
    task, tasks = generation.task, model.ability.tasks
    if task and task not in tasks:
        can = f"Of what can be done to something it does: {', '.join(tasks)}." if tasks else "It only makes new things."
        raise invalid(f"{model.id} does not do {task}. {can}", param="task", code="unsupported_parameter")
    if task and not (generation.pictures or generation.film):
        raise invalid(f"To {task} something, give it: a picture, or a film.", param="pictures")
    strange = [role for role in generation.roles if role not in (Role.BASE, *model.ability.roles)]
    if strange:
        message = f"{model.id} takes no picture as {strange[0]}. {_known(model.ability.roles, 'It takes one as')}"
        raise invalid(message.strip(), param="roles", code="unsupported_parameter")
    if generation.roles and len(generation.roles) != len(generation.pictures):
        raise invalid("Give one role for each picture, in their order.", param="roles")
    if film := generation.film:
        _check_film(film, generation, model)


def _check_place(generation: Generation, model: Model) -> None:
    """What says where something may change."""
    if generation.mask and not model.ability.masks:
        raise invalid(f"{model.id} takes no mask.", param="mask", code="unsupported_parameter")
    if generation.area and generation.area not in model.ability.areas:
        known = _known(model.ability.areas, "It finds") or "Send a mask." * model.ability.masks
        message = f"{model.id} does not find the {generation.area} by itself. {known}"
        raise invalid(message.strip(), param="area", code="unsupported_parameter")
    if generation.mask and generation.area:
        raise invalid("Send a mask, or say what is to be found; not both.", param="area")
    if (generation.mask or generation.area) and not generation.pictures:
        raise invalid("A mask needs the picture that it belongs to.", param="mask")


def _known(words: Sequence[str], does: str) -> str:
    return f"{does} {', '.join(words)}." if words else ""


def _check_film(film: Blob, generation: Generation, model: Model) -> None:
    if Medium.VIDEO not in model.ability.makes or not model.ability.tasks:
        raise invalid(f"{model.id} takes no film.", param="film", code="unsupported_parameter")
    if not film.mime.startswith("video/"):
        raise invalid(f"What is given as film is not one but {film.mime}.", param="film")
    if not generation.task:
        raise invalid(f"Say what becomes of the film: {', '.join(model.ability.tasks)}.", param="task")
    if generation.first_frame or generation.last_frame:
        raise invalid("A film that is given has its own frames; leave the others out.", param="first_frame")


def _wants(generation: Generation, model: Model) -> frozenset[Medium]:
    makes = model.ability.makes
    if possible := generation.wants & makes:
        return possible
    if generation.wants - {Medium.TEXT}:
        raise invalid(f"{model.id} makes {' and '.join(sorted(makes))}, nothing else.", param="wants")
    return makes - {Medium.TEXT}  # nothing or words were asked for, and it has none: chat clients ask for words


def _aspect(generation: Generation, model: Model) -> str | None:
    if generation.aspect is None and (generation.pictures or generation.first_frame or generation.film):
        return None  # what begins with a picture or a film keeps its shape
    return _choose(generation.aspect, model.ability.aspects, "aspect ratio", "aspect", model)


def _shaped(generation: Generation, model: Model) -> Generation:
    """With the ratio and the size, in the model's own words, of the pixels that are asked for."""
    if generation.pixels is None:
        return generation
    ability = model.ability
    shapes = Shapes(ability.aspects, ability.sizes, ability.pixels, ability.step)
    found = shapes.words(generation.pixels)
    if found is None:
        raise invalid(f"{model.id} does not make {generation.pixels[:100]}. {shapes.told()}", param="pixels")
    if generation.aspect not in (None, found.aspect):
        raise invalid(f"{generation.pixels} is not {generation.aspect}: leave one of them out.", param="aspect")
    return replace(generation, aspect=found.aspect, size=generation.size or found.size)


def _length(generation: Generation, model: Model) -> int | None:
    """What is done to a whole film takes the length of that film."""
    ability = model.ability
    if generation.film and generation.task is not Task.EXTEND and generation.film_ms:
        seconds = -(-generation.film_ms // 1000)
        if generation.seconds not in (None, seconds):
            message = f"The film that is given has {seconds} seconds, and has them afterwards; leave the length out."
            raise invalid(message, param="seconds")
        return seconds
    return _choose(generation.seconds, ability.lengths(generation), "length in seconds", "seconds", model)


def _factor(generation: Generation, model: Model) -> int | None:
    if generation.task is not Task.UPSCALE:
        if generation.factor:
            raise invalid("A factor belongs to the task upscale.", param="factor")
        return None
    return _choose(generation.factor, model.ability.factors, "factor", "factor", model)


def _audio(generation: Generation, ability: Ability) -> bool:
    wished = dict(generation.knobs).get("generateAudio")
    return wished if isinstance(wished, bool) else ability.audio


def _choose(value: T | None, allowed: Sequence[T], what: str, param: str, model: Model) -> T | None:
    if value is None:
        return allowed[0] if allowed else None
    if value in allowed:
        return value
    if not allowed:
        raise invalid(f"{model.id} has no {what}; leave it out.", param=param)
    choices = [str(choice) for choice in allowed]
    near = nearest(param, str(value), choices) if len(choices) > 1 else None
    hint = f" The nearest is {near}." if near else ""
    raise invalid(f"{model.id} does not know the {what} {value}. Allowed: {', '.join(choices)}.{hint}", param=param)


def prompt_tokens(generation: Generation) -> int:
    """What a conversation counts as when it is asked."""
    return count_tokens(generation.words) + IMAGE_TOKENS * len(generation.pictures)


def most(generation: Generation, model: Model) -> Units:
    """The most that a fitted generation can come to; at the rates of its size, it is the quote and the hold."""
    count = generation.count or 1
    pictures = count if Medium.IMAGE in generation.wants else 0
    films = count if Medium.VIDEO in generation.wants else 0
    words = REPLY_TOKENS_MAX if model.conversational else 0
    return Units(
        images=pictures,
        films=films,
        film_ms=films * (generation.seconds or 0) * 1000,
        input_tokens=prompt_tokens(generation),
        output_tokens=words + pictures * model.price.at(generation.size).image_tokens,
    )


class Catalog:
    """All models by every id that finds them, in the order of their ids."""

    def __init__(self, models: Sequence[Model]) -> None:
        self.models = tuple(sorted(models, key=lambda model: model.id))
        self._by_name: Mapping[str, Model] = {name: model for model in self.models for name in model.names}

    def ability(self, name: str, upstream: str = "") -> Ability | None:
        """What whoever makes a model's work can do: as the upstream's own row says, or else as the model's does.

        None when there is neither any more; work that was begun goes on as it was asked for.
        """
        row = self._by_name.get(upstream) or self._by_name.get(name)
        return row.ability if row else None

    def lifecycle(self, name: str) -> Lifecycle:
        """The dates of a model by any of its names; none for one that is not known any more."""
        row = self._by_name.get(name)
        return row.lifecycle if row else Lifecycle()

    def find(self, name: str) -> Model:
        """By id or alias, with or without a leading "models/". Raises Problem(NOT_FOUND) with the nearest ids."""
        bare = name.rpartition("models/")[2]
        if bare in self._by_name:
            return self._by_name[bare]
        family = re.split(r"[-.\d]", bare)[0]
        near = [model.id for model in self.models if family and model.id.startswith(family)]
        hint = f" Did you mean {', '.join(near)}?" if near else " GET /api/models lists them all."
        message = f"There is no model {bare[:100]!r} here.{hint}"
        raise Problem(Kind.NOT_FOUND, message, param="model", code="model_not_found")

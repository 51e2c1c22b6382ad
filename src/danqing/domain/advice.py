"""Which model to ask for what, why, and what each alternative would cost: `model: "auto"` and `danqing advise`.

The rules are those of the vendors' own guide: Gemini for what needs context, knowledge of the world, words and pictures
together, or an edit in a conversation; Imagen for the quality of a photograph, a style, a brand; a film by its length,
its ratio, its sound and its price. What each model is good at is in the catalog, so the advice follows from it alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from danqing.domain.errors import Problem, invalid
from danqing.domain.generation import Generation
from danqing.domain.media import Medium
from danqing.domain.models import Catalog, Model, Strength, fit, most
from danqing.domain.money import show
from danqing.domain.preflight import Finding, preflight, risks
from danqing.domain.prompts import count_tokens, wishes
from danqing.domain.prompts.languages import Languages
from danqing.domain.prompts.spans import quoted
from danqing.domain.prompts.wishes import Wish

Rank = tuple[int, bool, bool, bool, int, int, str]

AUTO = "auto"  # the name of the model that is whichever is advised
TOLD_MAX = 3  # reasons in one refusal
LONG_TOKENS = 480  # more than a picture model of the old kind reads
LETTERING_CHARACTERS = 25  # more than it sets reliably


@dataclass(frozen=True, slots=True)
class Need:
    """Something that is asked for, and the sentence that says how that is seen. `strength`: None for sound."""

    strength: Strength | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One model that can do it. `cost`: the most that it can come to, in nano-dollars.

    `reasons` are the needs that it is good at, `lacks` the ones that it is not, `risks` what is likely to go wrong with
    it and not with every model; `notes` what to know besides.
    """

    model: str
    cost: int
    reasons: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The model to ask, the others that could be asked instead, best first, and why each of the rest cannot."""

    chosen: Option
    why: str
    alternatives: tuple[Option, ...] = ()
    unfit: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """What is told of a request before it is made: what it is written in, and what is found in it for the `model`.

    `advice` is why that one, None when the caller has named it.
    """

    model: str
    languages: Languages
    findings: tuple[Finding, ...]
    advice: Advice | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is the same for every model: the needs, the texts that the prompt quotes, its languages, and the day."""

    needs: tuple[Need, ...]
    texts: tuple[str, ...]
    languages: Languages
    today: date


def is_open(generation: Generation) -> bool:
    """Whether the caller leaves the model to us."""
    return generation.model.rpartition("models/")[2] == AUTO


def counsel(
    generation: Generation, languages: Languages, catalog: Catalog, models: Sequence[Model], today: date
) -> Counsel:
    """What is told of a request to the model that it names, or else to the best of `models`.

    Raises Problem: NOT_FOUND for a model that the catalog does not have, and as `advise` does.
    """
    advice = advise(generation, languages, models, today) if is_open(generation) else None
    model = catalog.find(advice.chosen.model if advice else generation.model)
    found = preflight(generation, model, languages)
    return Counsel(model=model.id, languages=languages, findings=found, advice=advice)


def advise(generation: Generation, languages: Languages, models: Sequence[Model], today: date) -> Advice:
    """The advice for a request whose model does not matter. The price is of as many outputs as it asks for, or of one.

    Raises Problem(INVALID, no_model) with the reasons when none of the models can do it.
    """
    film = _is_film(generation)
    wanted = _wanted(generation, film)
    texts = quoted(generation.prompt)
    asked = _Asked(tuple(_needs(generation, film, texts)), texts, languages, today)
    ranked: list[tuple[Rank, Option]] = []
    unfit: list[tuple[str, str]] = []
    for model in models:
        if film != (Medium.VIDEO in model.ability.makes) or not (model.ability.anew or wanted.task):
            continue
        try:
            fitted = fit(wanted, model)
        except Problem as problem:
            unfit.append((model.id, problem.message))
            continue
        option = _option(fitted, model, asked)
        ranked.append((_rank(option, model, asked), option))
    if not ranked:
        told = [*dict.fromkeys(message for _, message in unfit)] or [f"None makes {'films' if film else 'pictures'}."]
        more = [f"The other {len(told) - TOLD_MAX} cannot either."] if len(told) > TOLD_MAX else []
        message = " ".join(["No model here can do that.", *told[:TOLD_MAX], *more])
        raise invalid(message, param="model", code="no_model")
    ranked.sort(key=lambda pair: pair[0])
    options = [option for _, option in ranked]
    return Advice(chosen=options[0], why=_why(ranked), alternatives=tuple(options[1:]), unfit=tuple(unfit))


def follow(generation: Generation, advice: Advice) -> Generation:
    """The request to the model that is advised, for as much as the advice has counted.

    Words that are wanted too are still wanted, beside the picture and not in its place.
    """
    wanted = _wanted(generation, _is_film(generation))
    words = generation.wants & {Medium.TEXT}
    told = (*advice.chosen.reasons, advice.why)
    return replace(wanted, model=advice.chosen.model, wants=wanted.wants | words, advised=told)


def _wanted(generation: Generation, film: bool) -> Generation:
    media = generation.wants - {Medium.TEXT} or frozenset({Medium.VIDEO if film else Medium.IMAGE})
    return replace(generation, count=1 if generation.count is None else generation.count, wants=media)


def _is_film(generation: Generation) -> bool:
    if generation.wants & {Medium.IMAGE, Medium.VIDEO}:
        return Medium.VIDEO in generation.wants
    if generation.seconds or generation.first_frame or generation.last_frame or generation.film:
        return True
    return Wish.FILM in wishes.find(generation.prompt)


def _needs(generation: Generation, film: bool, texts: Sequence[str]) -> Iterator[Need]:
    found = wishes.find(generation.prompt)
    if film:
        if generation.audio is not False and (Wish.SOUND in found or texts):
            shown = found.get(Wish.SOUND) or texts[0]
            yield Need(None, f"“{shown}” is to be heard.")
        return
    if len(generation.turns) > 1:
        yield Need(Strength.CONTEXT, "It goes on a conversation.")
    elif count_tokens(generation.prompt) > LONG_TOKENS:
        yield Need(Strength.CONTEXT, "It is long, and all of it has to be followed.")
    if generation.pictures:
        yield Need(Strength.EDITING, "It changes a picture, or goes by one.")
    if Wish.MIXED not in found and generation.wants >= {Medium.TEXT, Medium.IMAGE}:
        yield Need(Strength.MIXED, "Words are wanted beside the picture.")
    if sum(map(len, texts)) > LETTERING_CHARACTERS:
        yield Need(Strength.LETTERING, "It has much text to be set.")
    for wish, sentence in _SENTENCES.items():
        if wish in found:
            yield Need(Strength(wish.value), sentence.format(found[wish]))


_BECAUSE = (
    "it is better at what is asked for",
    "its vendor still runs it",
    "it understands the prompt as it is",
    "it is the steadier one",
    "it costs less",
    "its end comes later",
    "one of two that are alike has to come first",
)
_SENTENCES = {
    Wish.MIXED: "“{}” asks for words beside the picture.",
    Wish.KNOWLEDGE: "“{}” needs knowledge of the world.",
    Wish.BRAND: "“{}” is about a brand or a product.",
    Wish.PHOTO: "“{}” asks for the quality of a photograph.",
    Wish.STYLE: "“{}” names a style.",
}


def _option(fitted: Generation, model: Model, asked: _Asked) -> Option:
    needs = asked.needs
    met = {need: need.strength in model.prompting.good_at if need.strength else model.ability.audio for need in needs}
    return Option(
        model=model.id,
        cost=model.price.at(fitted.size).cost(most(fitted, model)),
        reasons=tuple(need.sentence for need in needs if met[need]),
        lacks=tuple(need.sentence for need in needs if not met[need]),
        risks=tuple(finding.sentence for finding in risks(fitted, model, asked.texts)),
        notes=tuple(_notes(model, asked)),
    )


def _notes(model: Model, asked: _Asked) -> Iterator[str]:
    if beyond := asked.languages.beyond(model.ability.languages):
        yield f"It takes prompts in {', '.join(model.ability.languages)}: {' and '.join(beyond)} must be translated."
    if _is_gone(model, asked.today):
        makers = " or ".join(dict.fromkeys(route.upstream for route in model.routes if route.upstream))
        yield f"Its vendor has switched it off; {makers or 'another model'} makes it now."
    if model.prompting.caution:
        yield model.prompting.caution


def _is_gone(model: Model, today: date) -> bool:
    left = model.lifecycle.left(today)
    return left is not None and left <= 0


def _rank(option: Option, model: Model, asked: _Asked) -> Rank:
    """The best has the lowest; what each place stands for is told by `_BECAUSE`."""
    ends = model.lifecycle.shutdown or date.max
    return (
        len(option.risks) - len(option.reasons),
        _is_gone(model, asked.today),
        bool(asked.languages.beyond(model.ability.languages)),
        bool(model.prompting.caution),
        option.cost,
        -ends.toordinal(),
        model.id,
    )


def _why(ranked: Sequence[tuple[Rank, Option]]) -> str:
    """What settled it between the first two."""
    price = f"${show(ranked[0][1].cost)} at the most"
    if len(ranked) == 1:
        return f"No other model here can do it: {price}."
    (first, _), (second, rival), *_ = ranked
    because = next(words for words, one, other in zip(_BECAUSE, first, second, strict=True) if one != other)
    return f"It comes before {rival.model} because {because}: {price}."

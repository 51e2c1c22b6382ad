"""What becomes of a request on its way to a maker that cannot do all of it: the nearest that it can, and what changed.

A model that is gone is made by another with other ratios, sizes and lengths. `adapt` finds the nearest of each. What
would be more than twice as large, long or wide is no longer what was asked for, and is refused.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from danqing.domain.errors import Problem, invalid
from danqing.domain.generation import Generation, Person, Role
from danqing.domain.media import Medium
from danqing.domain.models import Ability
from danqing.domain.sizes import apart, ratio, scale

T = TypeVar("T", str, int)

FACTOR_MAX = 2.0
_STRICTEST_FIRST = (Person.NONE, Person.ADULT, Person.ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between what was asked for and what is made. `param` is spelled as in `Generation`."""

    param: str
    asked: str
    made: str
    message: str


def changed(param: str, asked: object, made: object, message: str = "") -> Change:
    """A change with its sentence."""
    instead = f"{made} is asked for instead" if made else "it is left to them"
    sentence = message or f"The {_WORDS[param]} {asked} is not known to whoever makes this now; {instead}."
    return Change(param=param, asked=str(asked), made=str(made or ""), message=sentence)


def adapt(generation: Generation, ability: Ability | None) -> tuple[Generation, tuple[Change, ...]]:
    """A fitted generation as it is sent to who makes it, and what of it is changed.

    `ability` is the maker's, None when nothing is known of it. The count stays: a provider makes as many calls as it
    takes. What is to be left out and who may be seen stays too where the maker has no such parameter: a provider says
    it in words, or reports it. Raises Problem(INVALID) for what the maker cannot do in any sensible way; another may.
    """
    if ability is None:
        if generation.task or generation.mask or generation.area or generation.roles:
            raise _refused("is not known to change what it is given", "task")
        return generation, ()
    _require(generation, ability)
    sent = replace(
        generation,
        wants=generation.wants & ability.makes or generation.wants,
        aspect=_near(generation.aspect, ability.aspects, ratio, "aspect"),
        size=_size(generation, ability),
        seconds=_seconds(generation, ability),
        person=_person(generation, ability),
        mime=_mime(generation, ability),
        audio=generation.audio if ability.audio else None,
    )
    return sent, tuple(_differences(generation, sent))


def _differences(asked: Generation, sent: Generation) -> Iterator[Change]:
    if asked.wants != sent.wants:
        yield changed("wants", "text", "", "Whoever makes this now says nothing beside its pictures.")
    for param in ("aspect", "size", "seconds", "person", "mime"):
        before, after = getattr(asked, param), getattr(sent, param)
        if before != after:
            yield changed(param, before, after)
    if asked.audio and not sent.audio:
        yield changed("audio", "sound", "silence", "Whoever makes this now makes no sound.")


def _require(generation: Generation, ability: Ability) -> None:
    """Raises Problem for what would make a different thing if it were left out."""
    if not generation.wants & ability.makes - {Medium.TEXT} and generation.wants != {Medium.TEXT}:
        raise _refused(f"makes no {' and '.join(sorted(generation.wants - {Medium.TEXT}))}", "wants")
    if len(generation.pictures) > ability.pictures_max:
        most = f"at most {ability.pictures_max}" if ability.pictures_max else "no"
        raise _refused(f"takes {most} pictures with the prompt", "pictures")
    if (generation.first_frame or generation.last_frame) and not ability.frames:
        raise _refused("cannot start or end on a given picture", "first_frame")
    if generation.task and generation.task not in ability.tasks:
        raise _refused(f"does not {generation.task} what it is given", "task")
    if generation.mask and not ability.masks:
        raise _refused("takes no mask", "mask")
    if generation.area and generation.area not in ability.areas:
        raise _refused(f"does not find the {generation.area} of a picture by itself", "area")
    if generation.factor and generation.factor not in ability.factors:
        raise _refused(f"makes nothing {generation.factor} times as large", "factor")
    for role in generation.roles:
        if role not in (Role.BASE, *ability.roles):
            raise _refused(f"takes no picture as {role}", "roles")


def _size(generation: Generation, ability: Ability) -> str | None:
    known = [size for size in ability.sizes if scale(size)]
    return _near(generation.size, known or ability.sizes, lambda size: scale(size) or 0.0, "size")


def _seconds(generation: Generation, ability: Ability) -> int | None:
    longest_first = sorted(
        ability.lengths(generation), reverse=True
    )  # of two that are as near, the client gets the longer one
    return _near(generation.seconds, longest_first, float, "seconds")


def _person(generation: Generation, ability: Ability) -> Person | None:
    """The widest that is no wider than what was asked for: nobody gets to see more than they allowed."""
    asked = generation.person
    if asked is None or not ability.persons or asked in ability.persons:
        return asked
    stricter = _STRICTEST_FIRST[: _STRICTEST_FIRST.index(asked)]
    possible = [person for person in stricter if person in ability.persons]
    if not possible:
        raise _refused(f"knows no rule for people as strict as {asked}", "person")
    return possible[-1]


def _mime(generation: Generation, ability: Ability) -> str | None:
    asked = generation.mime
    return asked if asked in ability.mimes or asked is None else next(iter(ability.mimes), None)


def _near(asked: T | None, allowed: Sequence[T], measure: Callable[[T], float], param: str) -> T | None:
    """The allowed value that is nearest by its measure. A maker without this parameter is not told of it."""
    if asked is None or asked in allowed:
        return asked
    if not allowed:
        return None
    wanted = measure(asked)
    nearest = min(allowed, key=lambda value: apart(measure(value), wanted) if wanted else 0.0)
    if wanted and apart(measure(nearest), wanted) > FACTOR_MAX:
        choices = ", ".join(str(value) for value in allowed)
        raise _refused(f"makes nothing near the {_WORDS[param]} {asked}. It makes {choices}", param)
    return nearest


def _refused(what: str, param: str) -> Problem:
    return invalid(f"Whoever makes this model's work now {what}.", param=param, code="unsupported_parameter")


_WORDS = {
    "aspect": "ratio",
    "size": "size",
    "seconds": "length in seconds",
    "mime": "type",
    "person": "rule for people",
}

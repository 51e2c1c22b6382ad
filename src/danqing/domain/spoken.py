"""What is to become of given pictures, in sentences: for engines that take words and have no field for it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from danqing.domain.generation import Generation, Role, Task

_TASKS = {
    Task.EDIT: "",
    Task.INSERT: "Put this into the picture that is given, and change nothing else.",
    Task.REMOVE: "Take this away from the picture that is given, and fill its place as the surroundings are.",
    Task.BACKGROUND: "Let this be the background of the picture that is given; keep its subject as it is.",
    Task.OUTPAINT: "Let the picture that is given go on beyond its old edges; keep what is there as it is.",
}
_ROLES = {
    Role.BASE: "is the one to change",
    Role.SUBJECT: "shows who or what is to be seen",
    Role.STYLE: "shows the style",
}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@dataclass(frozen=True, slots=True)
class Beyond:
    """Something that no words stand for: what an engine does not do, and the parameter that asks for it."""

    what: str
    param: str


def in_sentences(generation: Generation) -> Generation:
    """The generation with its prompt saying what is to be done with the pictures, and what each is given for."""
    said = list(_sentences(generation))
    if not said:
        return generation
    last = max(at for at, turn in enumerate(generation.turns) if turn.role == "user")
    turns = list(generation.turns)
    turns[last] = replace(turns[last], parts=(*turns[last].parts, "\n".join(said)))
    return replace(generation, turns=tuple(turns))


def beyond_words(generation: Generation, *, masks: bool = False) -> Beyond | None:
    """The first thing that cannot be said in words; `masks`: there is a place for one beside them."""
    if generation.mask and not masks:
        return Beyond("takes no mask", "mask")
    if generation.area:
        return Beyond(f"does not find the {generation.area} of a picture by itself", "area")
    if generation.film:
        return Beyond("takes no film", "film")
    if generation.task and generation.task not in _TASKS:
        return Beyond(f"does not {generation.task} what it is given", "task")
    strange = next((role for role in generation.roles if role not in _ROLES), None)
    if strange or len(generation.roles) > len(_ORDINALS):
        return Beyond(f"takes no picture as {strange}" if strange else "takes fewer pictures with roles", "roles")
    return None


def _sentences(generation: Generation) -> Iterator[str]:
    if generation.task and (sentence := _TASKS.get(generation.task)):
        yield sentence
    for ordinal, role in zip(_ORDINALS, generation.roles, strict=False):
        yield f"The {ordinal} picture {_ROLES.get(role, 'is given to go by')}."

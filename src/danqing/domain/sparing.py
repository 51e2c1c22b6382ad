"""A request in as few words as it takes: without what the model would do anyway."""

from dataclasses import replace

from danqing.domain.errors import Problem
from danqing.domain.generation import Generation
from danqing.domain.models import Model, fit

_LEFT_TO_THE_MODEL = ("aspect", "size", "seconds", "person", "mime", "factor")


def spared(generation: Generation, model: Model) -> Generation:
    """The same request with what the model does of itself left out. Raises Problem for what it does not take.

    How many are made is said wherever there is a choice: vendors do not agree on what is usual.
    """
    whole = fit(generation, model)
    names = (*_LEFT_TO_THE_MODEL, *(["count"] if model.ability.count_max == 1 else []))
    for name in names:
        less = replace(generation, **{name: None})  # type: ignore[arg-type]
        if _fitted(less, model) == whole:
            generation = less
    return replace(generation, wants=whole.wants)


def _fitted(generation: Generation, model: Model) -> Generation | None:
    try:
        return fit(generation, model)
    except Problem:
        return None

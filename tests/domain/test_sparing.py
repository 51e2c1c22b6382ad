"""A request in few words is the same request."""

from dataclasses import replace

import pytest

from danqing.catalog import load
from danqing.domain.errors import Problem
from danqing.domain.generation import Generation, Turn
from danqing.domain.media import Blob
from danqing.domain.models import Model, fit
from danqing.domain.sparing import spared

MODELS = load().models
PHOTO = Blob("0" * 64, 10, "image/png")


def asked(model: Model) -> Generation:
    parts = ("a fox",) if model.ability.anew else ("a fox", PHOTO)
    return Generation(model=model.id, turns=(Turn("user", parts),), wants=frozenset())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_what_was_filled_in_is_left_out_again(model: Model) -> None:
    whole = fit(asked(model), model)
    few = spared(whole, model)
    assert fit(few, model) == whole
    assert {few.aspect, few.size, few.seconds, few.person, few.mime, few.factor} == {None}
    assert (few.count is None) == (model.ability.count_max == 1)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_what_was_chosen_stays(model: Model) -> None:
    ability = model.ability
    for name, choices in (("aspect", ability.aspects), ("size", ability.sizes), ("seconds", ability.seconds)):
        for choice in choices[1:]:
            assert getattr(spared(replace(asked(model), **{name: choice}), model), name) == choice


def test_pixels_say_the_ratio_and_the_size() -> None:
    model = next(model for model in MODELS if model.id == "gpt-image-2")
    few = spared(fit(replace(asked(model), pixels="1536x1024"), model), model)
    assert (few.pixels, few.aspect, few.size) == ("1536x1024", None, None)


def test_what_the_model_does_not_take_is_refused() -> None:
    model = next(model for model in MODELS if model.id == "imagen-3.0-generate-002")
    with pytest.raises(Problem, match="1 to 4"):
        spared(replace(asked(model), count=9), model)

"""Fitting a request to a model, quoting it, finding it."""

from dataclasses import replace

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Person, Turn
from danqing.domain.media import Blob, Medium
from danqing.domain.models import Ability, Catalog, Model, fit, most
from danqing.domain.money import Price, dollars
from making import a_generation

IMAGEN = Model(
    id="imagen-3.0-generate-002",
    title="Imagen 3",
    family="imagen",
    ability=Ability(
        makes=frozenset({Medium.IMAGE}),
        count_max=4,
        count_default=4,
        aspects=("1:1", "16:9"),
        persons=(Person.ADULT, Person.NONE),
        mimes=("image/png", "image/jpeg"),
    ),
    price=Price(image=dollars("0.03")),
    aliases=("imagen-3",),
)
PICTURE = Blob("0" * 64, 10, "image/png")


def test_what_is_left_out_becomes_the_models_default() -> None:
    fitted = fit(a_generation(), IMAGEN)
    assert (fitted.count, fitted.aspect, fitted.person, fitted.mime) == (4, "1:1", Person.ADULT, "image/png")
    assert IMAGEN.price.cost(most(fitted, IMAGEN)) == 4 * dollars("0.03")


@pytest.mark.parametrize(
    ("fields", "param", "named"),
    [
        ({"count": 5}, "count", "1 to 4"),
        ({"count": 0}, "count", "1 to 4"),
        ({"aspect": "7:3"}, "aspect", "1:1, 16:9"),
        ({"person": Person.ALL}, "person", "allow_adult, dont_allow"),
        ({"mime": "image/gif"}, "mime", "image/png, image/jpeg"),
        ({"seconds": 8}, "seconds", "leave it out"),
        ({"turns": (Turn("user", ("  ",)),)}, "prompt", "empty"),
        ({"turns": (Turn("user", ("x" * 40_000,)),)}, "prompt", "32000"),
        ({"turns": (Turn("user", ("a cat", PICTURE)),)}, "pictures", "takes no pictures"),
        ({"quality": 101}, "quality", "0 to 100"),
        ({"quality": -1}, "quality", "0 to 100"),
        ({"wants": frozenset({Medium.VIDEO})}, "wants", "makes image, nothing else"),
        ({"first_frame": PICTURE}, "first_frame", "given picture"),
    ],
)
def test_what_a_model_cannot_do_is_refused_with_what_it_can(fields: dict[str, object], param: str, named: str) -> None:
    with pytest.raises(Problem, match=named) as raised:
        fit(a_generation(**fields), IMAGEN)
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)


def test_an_edited_picture_keeps_its_own_shape() -> None:
    model = replace(IMAGEN, ability=replace(IMAGEN.ability, pictures_max=2))
    asked = a_generation(turns=(Turn("user", ("make it night", PICTURE)),))
    assert fit(asked, model).aspect is None


def test_models_are_found_by_any_of_their_names_and_strangers_get_a_hint() -> None:
    catalog = Catalog([IMAGEN])
    for name in ("imagen-3.0-generate-002", "imagen-3", "models/imagen-3", "publishers/google/models/imagen-3"):
        assert catalog.find(name) is IMAGEN
    with pytest.raises(Problem, match=r"Did you mean imagen-3\.0-generate-002") as raised:
        catalog.find("imagen-9")
    assert raised.value.kind is Kind.NOT_FOUND

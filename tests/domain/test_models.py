"""Fitting a request to a model, quoting it, finding it."""

from dataclasses import replace

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Area, Person, Role, Task, Turn
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
        ({"aspect": "7:3"}, "aspect", r"Allowed: 1:1, 16:9\. The nearest is 16:9\."),
        ({"aspect": "wide"}, "aspect", r"Allowed: 1:1, 16:9\.$"),
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
        ({"task": Task.UPSCALE}, "task", "only makes new things"),
        ({"mask": PICTURE}, "mask", "takes no mask"),
        ({"film": PICTURE}, "film", "takes no film"),
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


def test_a_conversation_with_too_many_pictures_is_told_to_begin_anew() -> None:
    model = replace(IMAGEN, ability=replace(IMAGEN.ability, pictures_max=1))
    turns = (Turn("user", (PICTURE,)), Turn("model", (PICTURE,)), Turn("user", ("in blue",)))
    with pytest.raises(Problem, match="at most 1 pictures with the prompt of the whole conversation; begin a new one"):
        fit(a_generation(turns=turns), model)


def test_models_are_found_by_any_of_their_names_and_strangers_get_a_hint() -> None:
    catalog = Catalog([IMAGEN])
    for name in ("imagen-3.0-generate-002", "imagen-3", "models/imagen-3", "publishers/google/models/imagen-3"):
        assert catalog.find(name) is IMAGEN
    with pytest.raises(Problem, match=r"Did you mean imagen-3\.0-generate-002") as raised:
        catalog.find("imagen-9")
    assert raised.value.kind is Kind.NOT_FOUND


EDITOR = replace(IMAGEN, ability=replace(IMAGEN.ability, pictures_max=2, masks=True, tasks=(Task.EDIT, Task.UPSCALE)))
CAMERA = Model(
    id="veo",
    title="Veo",
    family="veo",
    ability=Ability(makes=frozenset({Medium.VIDEO}), seconds=(8,), frames=True, fps=24, tasks=(Task.EXTEND,)),
    price=Price(second=dollars("0.35")),
)
CLIP = Blob("1" * 64, 10, "video/mp4")
SHOWN = (Turn("user", (PICTURE,)),)
FILMED = {"wants": frozenset({Medium.VIDEO}), "count": 1}


def test_what_is_given_may_be_changed_where_the_model_can() -> None:
    assert fit(a_generation(turns=SHOWN, mask=PICTURE, task=Task.EDIT), EDITOR).aspect is None
    assert fit(a_generation(film=CLIP, task=Task.EXTEND, **FILMED), CAMERA).seconds == 8
    assert fit(a_generation("", film=CLIP, task=Task.EXTEND, **FILMED), CAMERA), "a film may go on without a word"


@pytest.mark.parametrize(
    ("model", "fields", "param", "named"),
    [
        (EDITOR, {"task": Task.REMOVE, "turns": SHOWN}, "task", "edit, upscale"),
        (EDITOR, {"task": Task.UPSCALE}, "pictures", "give it"),
        (EDITOR, {"mask": PICTURE}, "mask", "needs the picture"),
        (EDITOR, {"turns": (Turn("user", ("x", CLIP)),)}, "pictures", "not a picture but video/mp4"),
        (EDITOR, {"turns": SHOWN, "mask": CLIP}, "mask", "not a picture"),
        (CAMERA, {"first_frame": CLIP, **FILMED}, "first_frame", "not a picture"),
        (CAMERA, {"film": PICTURE, "task": Task.EXTEND, **FILMED}, "film", "not one but image/png"),
        (CAMERA, {"film": CLIP, **FILMED}, "task", "what becomes of the film: extend"),
        (CAMERA, {"film": CLIP, "task": Task.EXTEND, "last_frame": PICTURE, **FILMED}, "first_frame", "its own frames"),
    ],
)
def test_what_is_given_must_be_what_it_is_given_as(
    model: Model, fields: dict[str, object], param: str, named: str
) -> None:
    with pytest.raises(Problem, match=named) as raised:
        fit(a_generation(**fields), model)
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)


RETOUCHER = replace(
    EDITOR,
    ability=replace(
        EDITOR.ability, roles=(Role.STYLE,), areas=(Area.BACKGROUND,), factors=(2, 4), anew=False,
        tasks=(Task.UPSCALE, Task.EDIT),
    ),
)  # fmt: skip
CUTTER = replace(
    CAMERA,
    ability=replace(
        CAMERA.ability, tasks=(Task.EXTEND, Task.EDIT), extend_seconds=(7,), seconds=(8, 4), reference_seconds=(8,),
        pictures_max=3,
    ),
)  # fmt: skip


def test_who_only_changes_things_does_the_first_that_it_does() -> None:
    fitted = fit(a_generation("", turns=SHOWN), RETOUCHER)
    assert (fitted.task, fitted.factor) == (Task.UPSCALE, 2)
    assert fit(a_generation(turns=SHOWN, task=Task.EDIT), RETOUCHER).factor is None
    styled = a_generation(turns=(Turn("user", (PICTURE, PICTURE)),), roles=(Role.BASE, Role.STYLE), task=Task.EDIT)
    assert fit(replace(styled, area=Area.BACKGROUND), RETOUCHER).roles == (Role.BASE, Role.STYLE)


def test_a_film_goes_on_for_a_length_of_its_own_and_is_changed_as_a_whole() -> None:
    asked = a_generation(film=CLIP, film_ms=8_042, task=Task.EXTEND, **FILMED)
    assert fit(asked, CUTTER).seconds == 7
    assert fit(replace(asked, task=Task.EDIT), CUTTER).seconds == 9
    assert fit(replace(asked, task=Task.EDIT, film_ms=0), CUTTER).seconds == 8, "nobody knows its length"
    assert fit(a_generation(turns=SHOWN, **FILMED), CUTTER).seconds == 8


@pytest.mark.parametrize(
    ("model", "fields", "param", "named"),
    [
        (RETOUCHER, {}, "pictures", "only changes what it is given"),
        (RETOUCHER, {"turns": SHOWN, "roles": (Role.SUBJECT,)}, "roles", "takes one as style"),
        (RETOUCHER, {"turns": SHOWN, "roles": (Role.BASE, Role.STYLE)}, "roles", "one role for each"),
        (RETOUCHER, {"turns": SHOWN, "area": Area.SEMANTIC}, "area", "finds background"),
        (RETOUCHER, {"turns": SHOWN, "area": Area.BACKGROUND, "mask": PICTURE}, "area", "not both"),
        (RETOUCHER, {"turns": SHOWN, "factor": 3}, "factor", "2, 4"),
        (RETOUCHER, {"turns": SHOWN, "task": Task.EDIT, "factor": 2}, "factor", "task upscale"),
        (EDITOR, {"turns": SHOWN, "area": Area.BACKGROUND}, "area", "Send a mask"),
        (EDITOR, {"turns": SHOWN, "task": Task.UPSCALE, "factor": 2}, "factor", "has no factor"),
        (CUTTER, {"film": CLIP, "film_ms": 8_000, "task": Task.EDIT, "seconds": 4, **FILMED}, "seconds", "8 seconds"),
        (CUTTER, {"turns": SHOWN, "seconds": 4, **FILMED}, "seconds", "Allowed: 8"),
    ],
)
def test_what_is_said_of_a_change_must_fit_together(
    model: Model, fields: dict[str, object], param: str, named: str
) -> None:
    test_what_is_given_must_be_what_it_is_given_as(model, fields, param, f"(?i){named}")

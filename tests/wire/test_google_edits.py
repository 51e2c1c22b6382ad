"""Imagen's edits and upscales and Veo's references and films, as google-genai sends them (wire.md 15.4), and back."""

import json

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Area, Generation, Role, Task
from danqing.domain.media import Cited
from danqing.wire import google

from .samples import PICTURE, PICTURE_64, blob_of, jpeg, sent

RAW = {"referenceType": "REFERENCE_TYPE_RAW", "referenceId": 1}
SHOWN = {"bytesBase64Encoded": PICTURE_64, "mimeType": "image/png"}
FOUND = {blob_of(PICTURE): PICTURE, blob_of(jpeg(), "image/jpeg"): jpeg()}


def reference(kind: str, id: int, **more: object) -> dict[str, object]:
    return {"referenceImage": SHOWN, "referenceId": id, "referenceType": f"REFERENCE_TYPE_{kind}", **more}


def mask(mode: str, *, shown: bool = False, **config: object) -> dict[str, object]:
    image = {"referenceImage": SHOWN} if shown else {}
    entry = {"referenceId": 2, "referenceType": "REFERENCE_TYPE_MASK"}
    return {**image, **entry, "maskImageConfig": {"maskMode": f"MASK_MODE_{mode}", **config}}


def edit(*references: dict[str, object], prompt: str = "p", **parameters: object) -> dict[str, object]:
    return {"instances": [{"prompt": prompt, "referenceImages": list(references)}], "parameters": parameters}


def read(body: dict[str, object]) -> google.Ask:
    return google.read_predict("imagen-3.0-capability-001", json.dumps(body).encode())


def made(body: dict[str, object]) -> Generation:
    return read(body).generation


INPAINT = edit(
    reference("RAW", 1),
    mask("USER_PROVIDED", shown=True, dilation=0.02),
    sampleCount=1,
    editMode="EDIT_MODE_INPAINT_INSERTION",
    editConfig={"baseSteps": 30},
)
FOUND_BY_ITSELF = edit(
    reference("RAW", 1), mask("SEMANTIC", maskClasses=[8, 9]), editMode="EDIT_MODE_INPAINT_REMOVAL", prompt="x"
)
CUSTOM = edit(
    reference("SUBJECT", 4, subjectImageConfig={"subjectType": "SUBJECT_TYPE_ANIMAL", "subjectDescription": "a cat"}),
    reference("STYLE", 7, styleImageConfig={"styleDescription": "ink"}),
    prompt="[4] in the style of [7]",
)
CONTROLLED = edit(
    reference("CONTROL", 1, controlImageConfig={"controlType": "CONTROL_TYPE_SCRIBBLE", "computeControl": True}),
    editMode="EDIT_MODE_CONTROLLED_EDITING",
)
UPSCALE = {
    "instances": [{"image": SHOWN}],
    "parameters": {
        "upscaleConfig": {"upscaleFactor": "x4", "imagePreservationFactor": 0.5},
        "includeRaiReason": True,
        "outputOptions": {"mimeType": "image/jpeg"},
        "sampleCount": 1,
        "mode": "upscale",
    },
}


def test_a_picture_is_changed_where_a_mask_says() -> None:
    ask = read(INPAINT)
    asked = ask.generation
    assert (asked.task, asked.mask, asked.pictures, asked.prompt) == (
        Task.INSERT, blob_of(PICTURE), (blob_of(PICTURE),), "p",
    )  # fmt: skip
    assert dict(asked.knobs) == {"maskImageConfig.dilation": 0.02, "editConfig": '{"baseSteps":30}'}
    assert [upload.data for upload in ask.uploads] == [PICTURE, PICTURE]
    assert asked.roles == (), "a picture to change is what a picture is anyway"


def test_what_is_to_be_found_is_named_and_its_classes_are_kept() -> None:
    asked = made(FOUND_BY_ITSELF)
    assert (asked.task, asked.area, asked.mask) == (Task.REMOVE, Area.SEMANTIC, None)
    assert dict(asked.knobs) == {"maskImageConfig.maskClasses": "[8,9]"}


def test_pictures_have_roles_and_ids_that_the_prompt_calls_them_by() -> None:
    asked = made(CUSTOM)
    assert (asked.task, asked.roles) == (None, (Role.SUBJECT, Role.STYLE))
    assert json.loads(str(dict(asked.knobs)["referenceImages"]))[1] == {
        "referenceId": 7, "styleImageConfig": {"styleDescription": "ink"},
    }  # fmt: skip


def test_the_picture_to_change_comes_first() -> None:
    asked = made(edit(reference("STYLE", 1), reference("RAW", 2), editMode="edit_mode_style"))
    assert (asked.task, asked.roles) == (Task.EDIT, (Role.BASE, Role.STYLE))
    assert dict(asked.knobs) == {
        "editMode": "EDIT_MODE_STYLE",
        "referenceImages": '[{"referenceId":2},{"referenceId":1}]',
    }


def test_a_picture_is_made_larger() -> None:
    asked = made(UPSCALE)
    assert (asked.task, asked.factor, asked.prompt, asked.mime) == (Task.UPSCALE, 4, "", "image/jpeg")
    assert dict(asked.knobs) == {"upscaleConfig.imagePreservationFactor": 0.5}


ODD_IDS = edit(reference("RAW", 4), {**mask("SEMANTIC", maskClasses=[8]), "referenceId": 3})


@pytest.mark.parametrize("body", [INPAINT, FOUND_BY_ITSELF, CUSTOM, CONTROLLED, UPSCALE, ODD_IDS])
def test_what_was_read_is_sent_on_as_it_came(body: dict[str, object]) -> None:
    ask = read(body)
    written = json.loads(sent(google.write_predict(ask.generation, with_reasons=ask.with_reasons), FOUND))
    assert {"parameters": {}, **written} == body


MODES = {
    "DEFAULT": Task.EDIT,
    "INPAINT_REMOVAL": Task.REMOVE,
    "INPAINT_INSERTION": Task.INSERT,
    "OUTPAINT": Task.OUTPAINT,
    "BGSWAP": Task.BACKGROUND,
    "PRODUCT_IMAGE": Task.BACKGROUND,
    "STYLE": Task.EDIT,
}


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_is_a_task_and_goes_back_into_itself(mode: str) -> None:
    asked = made(edit(reference("RAW", 1), editMode=f"EDIT_MODE_{mode}"))
    assert asked.task is MODES[mode]
    written = json.loads(sent(google.write_predict(asked), FOUND)).get("parameters", {})
    assert written.get("editMode", "EDIT_MODE_DEFAULT") == f"EDIT_MODE_{mode}"


@pytest.mark.parametrize(
    ("instance", "parameters", "param", "named"),
    [
        ({"personImage": {"image": SHOWN}, "productImages": []}, {}, "personImage", "tried on.*REFERENCE_TYPE_RAW"),
        ({"productImages": [{"image": SHOWN}]}, {}, "productImages", "set into another scene"),
        ({"image": SHOWN}, {"mode": "FOREGROUND"}, "mode", 'only "upscale"'),
        ({"image": SHOWN, "scribble": {}}, {}, "scribble", "cut out"),
        ({"image": SHOWN}, {}, "image", 'mode "upscale"'),
        ({"mask": {}}, {}, "mask", "REFERENCE_TYPE_MASK"),
        ({"video": {"gcsUri": "files/a"}}, {}, "video", "predictLongRunning"),
        ({"image": SHOWN}, {"mode": "upscale", "upscaleConfig": {"upscaleFactor": "8"}}, "factor", "x2, x3 or x4"),
        ({}, {"mode": "upscale"}, "pictures", r"instances\[0\].image is missing"),
        ({"image": {"gcsUri": "gs://b/o"}}, {"mode": "upscale"}, "pictures", "file of this server"),
        ({}, {"editMode": "EDIT_MODE_OUTPAINT"}, "pictures", "REFERENCE_TYPE_RAW"),
        ({"referenceImages": [reference("RAW", 1)]}, {"editMode": "PAINT"}, "editMode", "EDIT_MODE_BGSWAP"),
        ({"referenceImages": [reference("RAW", 1)] * 2}, {}, "pictures", "one REFERENCE_TYPE_RAW"),
        ({"referenceImages": [reference("STYLE", 1), mask("BACKGROUND")]}, {}, "pictures", "REFERENCE_TYPE_RAW"),
        ({"referenceImages": [reference("PHOTO", 1)]}, {}, "referenceType", "REFERENCE_TYPE_SUBJECT"),
        ({"referenceImages": [RAW]}, {}, "pictures", "only a mask"),
        ({"referenceImages": [reference("RAW", 1), mask("USER_PROVIDED")]}, {}, "mask", "not neither"),
        ({"referenceImages": [reference("RAW", 1), mask("FOREGROUND", shown=True)]}, {}, "mask", "not both"),
        ({"referenceImages": [reference("RAW", 1), mask("SKY")]}, {}, "maskMode", "MASK_MODE_SEMANTIC"),
        ({"referenceImages": [reference("SUBJECT", 1)] * 17}, {}, "pictures", "At most 16"),
        ({"referenceImages": [reference("RAW", "one")]}, {}, "referenceId", "a whole number"),
    ],
)  # fmt: skip
def test_what_nobody_makes_is_refused_with_what_somebody_does(
    instance: dict[str, object], parameters: dict[str, object], param: str, named: str
) -> None:
    with pytest.raises(Problem, match=named) as raised:
        read({"instances": [{"prompt": "p", **instance}], "parameters": parameters})
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)


def test_what_a_reference_says_that_nobody_knows_is_told_as_ignored() -> None:
    assert dict(made(edit(reference("RAW", 1, mood="calm"))).knobs) == {"referenceImages.mood": "calm"}


def film(**instance: object) -> google.Ask:
    return google.read_long_running(
        "veo-3.1-generate-001", json.dumps({"instances": [{"prompt": "p", **instance}]}).encode()
    )


def test_a_film_goes_by_pictures() -> None:
    entries = [{"image": SHOWN, "referenceType": "ASSET"}, {"image": SHOWN, "referenceType": "STYLE"}]
    ask = film(referenceImages=entries)
    assert ask.generation.roles == (Role.SUBJECT, Role.STYLE)
    written = json.loads(sent(google.write_long_running(ask.generation), FOUND))
    assert written["instances"] == [{"prompt": "p", "referenceImages": entries}]
    spelled = film(referenceImages=[{"image": {"inlineData": {"data": PICTURE_64}}, "referenceType": "asset"}])
    assert spelled.generation.roles == (Role.SUBJECT,)


@pytest.mark.parametrize("name", ["gcsUri", "uri"])
def test_a_film_goes_on_by_its_name(name: str) -> None:
    asked = film(
        video={name: "https://host/gemini/v1beta/files/abc:download?alt=media", "mimeType": "video/mp4"}
    ).generation
    assert isinstance(asked.film, Cited)
    assert (asked.film.file, asked.task) == ("abc", Task.EXTEND)


@pytest.mark.parametrize(
    ("instance", "param", "named"),
    [
        ({"mask": {}, "video": {"gcsUri": "files/a"}}, "mask", "by a mask"),
        ({"video": {"gcsUri": "gs://b/film.mp4"}}, "film", "file of this server"),
        ({"video": {}}, "film", "holds no film"),
        ({"video": {"bytesBase64Encoded": PICTURE_64}}, "film", "is not an MP4 film"),
        ({"referenceImages": [{"image": SHOWN, "referenceType": "MOOD"}]}, "referenceType", "ASSET, STYLE"),
        ({"referenceImages": [{"referenceType": "ASSET"}]}, "pictures", "is missing"),
    ],
)
def test_what_a_film_cannot_go_by_is_refused(instance: dict[str, object], param: str, named: str) -> None:
    with pytest.raises(Problem, match=named) as raised:
        film(**instance)
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)

"""Google's generation calls, read and written: Imagen `:predict` and Veo `:predictLongRunning` (wire.md 5 and 6.1).

Reading takes every spelling that is in use; writing gives the one that google-genai sends in Vertex mode, which is the
mode in which every parameter exists.
"""

import re
from collections.abc import Iterable

import msgspec

from danqing.domain.errors import invalid
from danqing.domain.generation import Generation, Knob, Turn
from danqing.domain.media import Blob, Medium
from danqing.wire import bodies
from danqing.wire.asks import Ask, read_person
from danqing.wire.bodies import Fields
from danqing.wire.holes import Hole, Json, Tree, given
from danqing.wire.inline import Upload, file_here, picture, read_base64

_SECONDS = re.compile(r"([0-9]{1,6})(?:\.0+)?s?")
_MIMES = {"image/jpg": "image/jpeg"}

# Fields of an instance that carry media which no model here takes in this call; the rest of an instance are knobs.
_PREDICT_REFUSED = ("image", "referenceImages", "mask", "video", "scribble", "personImage", "productImages")
_FILM_REFUSED = ("referenceImages", "video", "mask")


def read_predict(model: str, body: bytes) -> Ask:
    """A request for pictures. Raises Problem(INVALID)."""
    fields = bodies.read(body)
    instance = _only_instance(fields)
    _refuse(instance, _PREDICT_REFUSED, model)
    prompt = instance.text("prompt")
    parameters = fields.nested("parameters")
    file = parameters.nested("outputOptions")
    with_reasons = parameters.flag("includeRaiReason") or False
    generation = Generation(
        model=model,
        turns=_turns(prompt),
        wants=frozenset({Medium.IMAGE}),
        count=parameters.whole("sampleCount", "numberOfImages"),
        aspect=parameters.text("aspectRatio"),
        size=upper(parameters.text("sampleImageSize", "imageSize")),
        seed=parameters.whole("seed"),
        person=read_person(parameters.text("personGeneration")),
        negative=parameters.text("negativePrompt") or "",
        mime=file_type(file.text("mimeType")),
        quality=file.whole("compressionQuality"),
        knobs=(*parameters.knobs(), *file.knobs("outputOptions."), *instance.knobs(), *fields.knobs()),
    )
    return Ask(generation, with_reasons=with_reasons)


def read_long_running(model: str, body: bytes) -> Ask:
    """A request for films. Raises Problem(INVALID)."""
    fields = bodies.read(body)
    instance = _only_instance(fields)
    _refuse(instance, _FILM_REFUSED, model)
    prompt = instance.text("prompt")
    first = _frame(instance, "image", "first_frame")
    last = _frame(instance, "lastFrame", "last_frame")
    parameters = fields.nested("parameters")
    generation = Generation(
        model=model,
        turns=_turns(prompt),
        wants=frozenset({Medium.VIDEO}),
        count=parameters.whole("sampleCount", "numberOfVideos"),
        aspect=parameters.text("aspectRatio"),
        size=_lower(parameters.text("resolution")),
        seconds=_seconds(parameters),
        seed=parameters.whole("seed"),
        person=read_person(parameters.text("personGeneration")),
        negative=parameters.text("negativePrompt") or "",
        first_frame=first.blob if first else None,
        last_frame=last.blob if last else None,
        knobs=(*parameters.knobs(), *instance.knobs(), *fields.knobs()),
    )
    return Ask(generation, tuple(frame for frame in (first, last) if frame))


def read_fetch(body: bytes) -> str:
    """The operation that `:fetchPredictOperation` asks for, by its name (wire.md 6.2). Raises Problem(INVALID)."""
    name = bodies.read(body).text("operationName")
    if not name:
        raise invalid('Name the operation: {"operationName": "…/operations/…"}.', param="operationName")
    return name


def write_predict(generation: Generation, *, with_reasons: bool = False) -> Tree:
    """The body of a `:predict` call that asks for these pictures."""
    file: Tree = {"mimeType": generation.mime, "compressionQuality": generation.quality}
    parameters: Tree = {
        "sampleCount": generation.count,
        "aspectRatio": generation.aspect,
        "sampleImageSize": generation.size,
        "seed": generation.seed,
        "personGeneration": generation.person.upper() if generation.person else None,
        "negativePrompt": generation.negative or None,
        "outputOptions": given(file) or None,
        "includeRaiReason": with_reasons or None,
    }
    return _call({"prompt": generation.prompt}, parameters, generation.knobs)


def write_long_running(generation: Generation) -> Tree:
    """The body of a `:predictLongRunning` call that asks for these films."""
    instance: Tree = {
        "prompt": generation.prompt,
        "image": _write_frame(generation.first_frame),
        "lastFrame": _write_frame(generation.last_frame),
    }
    parameters: Tree = {
        "sampleCount": generation.count,
        "durationSeconds": generation.seconds,
        "aspectRatio": generation.aspect,
        "resolution": generation.size,
        "seed": generation.seed,
        "personGeneration": generation.person,
        "negativePrompt": generation.negative or None,
    }
    return _call(given(instance), parameters, generation.knobs)


def upper(word: str | None) -> str | None:
    """A word as Google spells sizes of pictures."""
    return word.upper() if word else None


def file_type(word: str | None) -> str | None:
    """A MIME type in its proper spelling."""
    lower = _lower(word)
    return _MIMES.get(lower, lower) if lower else None


def _only_instance(fields: Fields) -> Fields:
    instances = fields.objects("instances")
    if len(instances) != 1:
        message = f"instances must hold exactly one object with a prompt, not {len(instances)}."
        raise invalid(message, param="instances")
    return instances[0]


def _refuse(instance: Fields, names: Iterable[str], model: str) -> None:
    for name in names:
        if name in instance:
            message = f"{model} does not take {name} yet; leave it out."
            raise invalid(message, param=name, code="unsupported_parameter")


def _turns(prompt: str | None) -> tuple[Turn, ...]:
    words = (prompt or "").strip()
    return (Turn("user", (words,) if words else ()),)


def _frame(instance: Fields, name: str, param: str) -> Upload | None:
    """A picture as `{bytesBase64Encoded, mimeType}`, `{inlineData: {data, mimeType}}` or `{gcsUri: "files/NAME"}`.

    The type is not trusted.
    """
    if name not in instance:
        return None
    file = instance.nested(name)
    if address := file.text("gcsUri", "fileUri", "uri"):
        return file_here(address, param=param)
    text = file.nested("inlineData").text("data") if "inlineData" in file else file.text("bytesBase64Encoded")
    if not text:
        raise invalid(f"{name} holds no picture; send it as {name}.bytesBase64Encoded.", param=param)
    return picture(read_base64(text, param=param), param=param)


def _seconds(parameters: Fields) -> int | None:
    """8, "8" or "8s"."""
    if not parameters.is_text("durationSeconds"):
        return parameters.whole("durationSeconds")
    match = _SECONDS.fullmatch(parameters.text("durationSeconds") or "")
    if not match:
        raise invalid('parameters.durationSeconds must be a number of seconds such as 8 or "8s".', param="seconds")
    return int(match[1])


def _lower(word: str | None) -> str | None:
    return word.lower() if word else None


def _write_frame(blob: Blob | None) -> Json:
    return {"bytesBase64Encoded": Hole(blob), "mimeType": blob.mime} if blob else None


def _call(instance: Tree, parameters: Tree, knobs: Iterable[tuple[str, Knob]]) -> Tree:
    asked = given(parameters) | {name: _unfolded(knob) for name, knob in knobs}
    return {"instances": [instance]} | ({"parameters": asked} if asked else {})


def _unfolded(knob: Knob) -> Json:
    """A list or object that was read as compact JSON text is sent as what it was."""
    if not isinstance(knob, str) or not knob.startswith(("{", "[")):
        return knob
    try:
        value: Json = msgspec.json.decode(knob)
    except (msgspec.DecodeError, RecursionError):
        return knob
    return value if bodies.compact(value) == knob else knob

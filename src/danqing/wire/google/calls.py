"""Google's generation calls, read and written: Imagen `:predict` and Veo `:predictLongRunning` (wire.md 5 and 6.1).

Reading takes every spelling that is in use; writing gives the one that google-genai sends in Vertex mode, which is the
mode in which every parameter exists.
"""

import re
from collections.abc import Iterable

from danqing.domain.errors import invalid
from danqing.domain.generation import Generation, Knob, Turn
from danqing.domain.media import Medium
from danqing.wire import bodies
from danqing.wire.asks import Ask, read_person
from danqing.wire.bodies import Fields
from danqing.wire.google import edits
from danqing.wire.google.callbacks import read_config
from danqing.wire.google.given import read_picture, write_file
from danqing.wire.holes import Tree, given

_SECONDS = re.compile(r"([0-9]{1,6})(?:\.0+)?s?")
_MIMES = {"image/jpg": "image/jpeg"}
_ELSEWHERE = frozenset({edits.REFERENCES, edits.MODE, edits.MASK_ID, *edits.MASK_KNOBS, *edits.UPSCALE_KNOBS})


def read_predict(model: str, body: bytes) -> Ask:
    """A request for pictures, made or changed. Raises Problem(INVALID)."""
    fields = bodies.read(body)
    instance = _only_instance(fields)
    prompt = instance.text("prompt")
    parameters = fields.nested("parameters")
    inputs = edits.read_edit(instance, parameters)
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
    return Ask(inputs.put(generation), inputs.uploads, with_reasons=with_reasons)


def read_long_running(model: str, body: bytes) -> Ask:
    """A request for films. Raises Problem(INVALID)."""
    fields = bodies.read(body)
    instance = _only_instance(fields)
    prompt = instance.text("prompt")
    inputs = edits.read_film_inputs(instance)
    first = read_picture(instance, "image", "first_frame")
    last = read_picture(instance, "lastFrame", "last_frame")
    parameters = fields.nested("parameters")
    callback = read_config(fields, "webhookConfig")
    generation = Generation(
        model=model,
        turns=_turns(prompt),
        wants=frozenset({Medium.VIDEO}),
        count=parameters.whole("sampleCount", "numberOfVideos"),
        aspect=parameters.text("aspectRatio"),
        size=lower(parameters.text("resolution")),
        seconds=seconds(parameters, "durationSeconds"),
        seed=parameters.whole("seed"),
        person=read_person(parameters.text("personGeneration")),
        negative=parameters.text("negativePrompt") or "",
        first_frame=first.blob if first else None,
        last_frame=last.blob if last else None,
        knobs=(*parameters.knobs(), *instance.knobs(), *fields.knobs()),
    )
    uploads = (*(frame for frame in (first, last) if frame), *inputs.uploads)
    return Ask(inputs.put(generation), uploads, callback=callback)


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
    instance, change = edits.write_edit(generation)
    prompt: Tree = {"prompt": generation.instruction} if generation.instruction or not instance else {}
    return _call({**prompt, **instance}, {**parameters, **change}, generation.knobs)


def write_long_running(generation: Generation) -> Tree:
    """The body of a `:predictLongRunning` call that asks for these films."""
    instance: Tree = {
        "prompt": generation.instruction,
        "image": write_file(generation.first_frame),
        "lastFrame": write_file(generation.last_frame),
        **edits.write_film_inputs(generation),
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


def lower(word: str | None) -> str | None:
    """A word as Google spells sizes of films."""
    return word.lower() if word else None


def file_type(word: str | None) -> str | None:
    """A MIME type in its proper spelling."""
    name = lower(word)
    return _MIMES.get(name, name) if name else None


def seconds(fields: Fields, name: str) -> int | None:
    """A length as 8, "8" or "8s"."""
    if not fields.is_text(name):
        return fields.whole(name)
    match = _SECONDS.fullmatch(fields.text(name) or "")
    if not match:
        raise invalid(f'{fields.path(name)} must be a number of seconds such as 8 or "8s".', param="seconds")
    return int(match[1])


def _only_instance(fields: Fields) -> Fields:
    instances = fields.objects("instances")
    if len(instances) != 1:
        message = f"instances must hold exactly one object with a prompt, not {len(instances)}."
        raise invalid(message, param="instances")
    return instances[0]


def _turns(prompt: str | None) -> tuple[Turn, ...]:
    words = (prompt or "").strip()
    return (Turn("user", (words,) if words else ()),)


def _call(instance: Tree, parameters: Tree, knobs: Iterable[tuple[str, Knob]]) -> Tree:
    plain = {name: edits.unfolded(knob) for name, knob in knobs if name not in _ELSEWHERE}
    asked = given(parameters) | plain
    return {"instances": [instance]} | ({"parameters": asked} if asked else {})

"""The code that asks for it with google-genai, in the mode of the SDK in which every parameter exists."""

import re
from collections.abc import Callable, Mapping, Sequence

from danqing.domain.generation import Role, Task, Turn
from danqing.domain.media import Blob
from danqing.wire.code.python import Call, Source, assigned, literal
from danqing.wire.code.recipe import Given, Recipe, Unsaid

_PICTURE = {
    "count": "number_of_images",
    "aspect": "aspect_ratio",
    "size": "image_size",
    "seed": "seed",
    "person": "person_generation",
    "negative": "negative_prompt",
    "mime": "output_mime_type",
    "quality": "output_compression_quality",
    "enhance": "enhance_prompt",
    "knobs.guidanceScale": "guidance_scale",
    "knobs.safetySetting": "safety_filter_level",
    "knobs.language": "language",
    "knobs.addWatermark": "add_watermark",
}
_EDIT = {name: word for name, word in _PICTURE.items() if name not in ("size", "enhance")}
_FILM = {
    "count": "number_of_videos",
    "aspect": "aspect_ratio",
    "size": "resolution",
    "seconds": "duration_seconds",
    "seed": "seed",
    "person": "person_generation",
    "negative": "negative_prompt",
    "enhance": "enhance_prompt",
    "knobs.generateAudio": "generate_audio",
}
_TALK = {"count": "candidate_count", "seed": "seed", "knobs.temperature": "temperature", "knobs.topP": "top_p"}
_SHAPE = {"aspect": "aspect_ratio", "size": "image_size", "person": "person_generation"}
_FILE = {"mime": "mimeType", "quality": "compressionQuality"}
_REFERENCES = {role: f"types.{role.name.title()}ReferenceImage" for role in Role} | {
    Role.BASE: "types.RawReferenceImage"
}
_MODES = {
    Task.INSERT: "EDIT_MODE_INPAINT_INSERTION",
    Task.REMOVE: "EDIT_MODE_INPAINT_REMOVAL",
    Task.OUTPAINT: "EDIT_MODE_OUTPAINT",
    Task.BACKGROUND: "EDIT_MODE_BGSWAP",
}
_SPELLED_ALIKE = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*")  # what proto-JSON does not spell anew
_CONNECTED = """\
client = genai.Client(
    vertexai=True,  # the SDK's mode in which every parameter exists; nothing of Google's is needed
    api_key=os.environ["DANQING_KEY"],
    http_options={{"base_url": {address}}},
)
"""
_PICTURES = """\
for number, made in enumerate(answer.generated_images, 1):
    path = f"made-{number}{mimetypes.guess_extension(made.image.mime_type)}"
    with open(path, "wb") as file:
        file.write(made.image.image_bytes)
    print(path)"""
_PARTS = """\
parts = [part for candidate in answer.candidates for part in candidate.content.parts]
for number, part in enumerate(parts, 1):
    if part.text:
        print(part.text)
    if part.inline_data:
        path = f"made-{number}{mimetypes.guess_extension(part.inline_data.mime_type)}"
        with open(path, "wb") as file:
            file.write(part.inline_data.data)
        print(path)"""
_FILMS = """\
while not operation.done:
    time.sleep(5)
    operation = client.operations.get(operation)
if operation.error:
    raise SystemExit(operation.error["message"])
for number, made in enumerate(operation.response.generated_videos, 1):
    path = f"made-{number}.mp4"
    with open(path, "wb") as file:
        file.write(made.video.video_bytes)
    print(path)"""

Way = Callable[[Recipe, Unsaid], str]


def ways(recipe: Recipe) -> Sequence[Way]:
    """The calls that may say it, the usual one first."""
    generation = recipe.generation
    if recipe.makes_film:
        return (_film,)
    if generation.task is Task.UPSCALE:
        return (_upscaled,)
    if not (generation.pictures or recipe.ordered):
        return (_talked, _drawn) if recipe.model.conversational else (_drawn,)
    told = generation.roles or generation.mask or generation.area or generation.task in _MODES
    return (_edited, _talked) if told or not recipe.model.ability.anew else (_talked, _edited)


def _drawn(recipe: Recipe, unsaid: Unsaid) -> str:
    told = {"model": recipe.generation.model, "prompt": recipe.generation.prompt}
    config = _config("GenerateImagesConfig", unsaid.named(_PICTURE), recipe, unsaid, _parameters)
    return _script(recipe, assigned("answer", _call("generate_images", told, config)), _PICTURES)


def _edited(recipe: Recipe, unsaid: Unsaid) -> str:
    told: dict[str, object] = {"model": recipe.generation.model, "prompt": recipe.generation.prompt}
    told["reference_images"] = _references(recipe, unsaid)
    said: dict[str, object] = dict(unsaid.named(_EDIT))
    if mode := _MODES.get(recipe.generation.task or Task.EDIT):
        unsaid.take("task")
        said["edit_mode"] = mode
    config = _config("EditImageConfig", said, recipe, unsaid, _parameters)
    return _script(recipe, assigned("answer", _call("edit_image", told, config)), _PICTURES)


def _upscaled(recipe: Recipe, unsaid: Unsaid) -> str:
    unsaid.take_all("task", "pictures")
    told: dict[str, object] = {"model": recipe.generation.model, "image": _image(recipe.pictures()[0])}
    told["upscale_factor"] = f"x{unsaid.take('factor') or 2}"
    said = unsaid.named({"mime": "output_mime_type", "quality": "output_compression_quality"})
    config = _config("UpscaleImageConfig", said, recipe, unsaid, _parameters)
    return _script(recipe, assigned("answer", _call("upscale_image", told, config)), _PICTURES)


def _film(recipe: Recipe, unsaid: Unsaid) -> str:
    generation = recipe.generation
    told: dict[str, object] = {"model": generation.model}
    if generation.prompt:
        told["prompt"] = generation.prompt
    said: dict[str, object] = dict(unsaid.named(_FILM))
    if first := recipe.given("first_frame"):
        unsaid.take("first_frame")
        told["image"] = _image(first)
    if last := recipe.given("last_frame"):
        unsaid.take("last_frame")
        said["last_frame"] = _image(last)
    if (film := recipe.given("film")) and generation.task is Task.EXTEND:
        unsaid.take_all("film", "task")
        told["video"] = _video(film)
    if generation.pictures:
        said["reference_images"] = _film_references(recipe, unsaid)
    config = _config("GenerateVideosConfig", said, recipe, unsaid, _parameters)
    return _script(recipe, assigned("operation", _call("generate_videos", told, config)), _FILMS)


def _talked(recipe: Recipe, unsaid: Unsaid) -> str:
    generation = recipe.generation
    unsaid.take_all("turns", "pictures")
    wants = sorted(medium.upper() for medium in generation.wants)
    said: dict[str, object] = {"response_modalities": wants, **unsaid.named(_TALK)}
    files = {given.blob: given for given in recipe.pictures()}
    if shape := unsaid.named(_SHAPE):
        said["image_config"] = Call("types.ImageConfig", shape)
    system = [part for turn in generation.turns if turn.role == "system" for part in turn.parts]
    if system:
        said["system_instruction"] = system if len(system) > 1 else system[0]
    told = {"model": generation.model, "contents": _contents(recipe, files)}
    config = _config("GenerateContentConfig", said, recipe, unsaid, _generation_config)
    return _script(recipe, assigned("answer", _call("generate_content", told, config)), _PARTS)


def _contents(recipe: Recipe, files: Mapping[Blob, Given]) -> object:
    turns = [turn for turn in recipe.generation.turns if turn.role != "system"]
    if len(turns) == 1:
        parts = [part if isinstance(part, str) else _part(files[part]) for part in turns[0].parts]
        return parts if len(parts) > 1 else parts[0]
    return [_content(turn, files) for turn in turns]


def _content(turn: Turn, files: Mapping[Blob, Given]) -> Call:
    parts = [Call("types.Part", {"text": part}) if isinstance(part, str) else _part(files[part]) for part in turn.parts]
    return Call("types.Content", {"role": turn.role, "parts": parts})


def _call(name: str, told: Mapping[str, object], config: Call) -> Call:
    return Call(f"client.models.{name}", {**told, "config": config})


def _script(recipe: Recipe, call: str, saving: str) -> str:
    connected = _CONNECTED.format(address=literal(f"{recipe.base}/gemini"))
    body = "\n".join([connected + call, saving])
    modules = [name for name in ("mimetypes", "os", "time", "urllib.request") if f"{name}." in body]
    imports = "".join(f"import {name}\n" for name in modules)
    return f"{imports}\nfrom google import genai\nfrom google.genai import types\n\n{body}\n"


def _config(
    name: str,
    said: Mapping[str, object],
    recipe: Recipe,
    unsaid: Unsaid,
    body: Callable[[Unsaid], Mapping[str, object]],
) -> Call:
    options: dict[str, object] = {"headers": {**recipe.headers("google"), **unsaid.wishes()}}
    if more := body(unsaid):
        options["extra_body"] = more
    return Call(f"types.{name}", {**said, "http_options": Call("types.HttpOptions", options)})


def _parameters(unsaid: Unsaid) -> Mapping[str, object]:
    """What the SDK has no word for, as Google's JSON has it."""
    size = {"sampleImageSize": value} if (value := unsaid.take("size")) else {}
    told = {**size, **_spelled_alike(unsaid)}
    return {"parameters": told} if told else {}


def _generation_config(unsaid: Unsaid) -> Mapping[str, object]:
    file = unsaid.named(_FILE)
    told: dict[str, object] = {"imageConfig": {"imageOutputOptions": file}} if file else {}
    told |= _spelled_alike(unsaid)
    return {"generationConfig": told} if told else {}


def _spelled_alike(unsaid: Unsaid) -> dict[str, object]:
    """The knobs that arrive under the names that they have."""
    names = [name for name in unsaid.lacks() if name.startswith("knobs.")]
    alike = [name for name in names if _SPELLED_ALIKE.fullmatch(name) and "." not in name.removeprefix("knobs.")]
    return dict(unsaid.named({name: name.removeprefix("knobs.") for name in alike}))


def _references(recipe: Recipe, unsaid: Unsaid) -> list[Call]:
    unsaid.take_all("pictures", "roles")
    given = recipe.pictures()
    roles = recipe.generation.roles or (Role.BASE, *[Role.SUBJECT] * (len(given) - 1))
    entries = [
        Call(_REFERENCES[role], {"reference_id": at, "reference_image": _image(picture)})
        for at, (picture, role) in enumerate(zip(given, roles, strict=True), 1)
    ]
    place: dict[str, object] = {"reference_id": len(given) + 1}
    if mask := recipe.given("mask"):
        unsaid.take("mask")
        place |= {"reference_image": _image(mask), "config": {"mask_mode": "MASK_MODE_USER_PROVIDED"}}
    elif area := unsaid.take("area"):
        place["config"] = {"mask_mode": f"MASK_MODE_{str(area).upper()}"}
    return [*entries, *([Call("types.MaskReferenceImage", place)] if len(place) > 1 else [])]


def _film_references(recipe: Recipe, unsaid: Unsaid) -> list[Call]:
    unsaid.take_all("pictures", "roles")
    given = recipe.pictures()
    roles = recipe.generation.roles or (Role.SUBJECT,) * len(given)
    kinds = ["STYLE" if role is Role.STYLE else "ASSET" for role in roles]
    return [
        Call("types.VideoGenerationReferenceImage", {"image": _image(picture), "reference_type": kind})
        for picture, kind in zip(given, kinds, strict=True)
    ]


def _image(given: Given) -> Call:
    return _file("types.Image", given, "image_bytes")


def _video(given: Given) -> Call:
    return _file("types.Video", given, "video_bytes")


def _file(kind: str, given: Given, data: str) -> Call:
    if given.file:
        where = "gcs_uri" if kind == "types.Image" else "uri"
        return Call(kind, {where: given.named, "mime_type": given.blob.mime})
    if given.url:
        return Call(kind, {data: _fetched(given), "mime_type": given.blob.mime})
    return Call(f"{kind}.from_file", {"location": given.path})


def _part(given: Given) -> Call:
    if given.file:
        return Call("types.Part.from_uri", {"file_uri": given.named, "mime_type": given.blob.mime})
    data = _fetched(given) if given.url else Source(f'open("{given.path}", "rb").read()')
    return Call("types.Part.from_bytes", {"data": data, "mime_type": given.blob.mime})


def _fetched(given: Given) -> Source:
    return Source(f"urllib.request.urlopen({literal(given.url)}).read()")

"""OpenAI's images calls as clients make them (wire.md 16.1): requests read, answers and streams written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from danqing.domain.errors import Problem, invalid
from danqing.domain.generation import PREVIEWS, Generation, Output, Turn
from danqing.domain.jobs import Job
from danqing.domain.media import Blob, Medium
from danqing.domain.money import Units
from danqing.domain.prompts import IMAGE_TOKENS
from danqing.wire import bodies
from danqing.wire.asks import read_person
from danqing.wire.bodies import Fields
from danqing.wire.forms import Form
from danqing.wire.holes import Hole, Json, Tree, given
from danqing.wire.inline import Upload
from danqing.wire.openai.given import given_picture_at_most, given_pictures, require_no_other_files
from danqing.wire.openai.shapes import read_size

PREVIEWS_MAX = 3
# Who names no model has written for one of these: the first, but for parameters that only the second had.
_USUAL = ("dall-e-2", "gpt-image-1")
_OF_GPT_IMAGE = ("background", "moderation", "output_compression", "output_format", "partial_images", "stream")
_MIMES = {"png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg", "webp": "image/webp"}
_QUALITIES = {"low": "low", "medium": "medium", "high": "high", "standard": "medium", "hd": "high", "auto": None}
_BACKGROUNDS = ("transparent", "opaque", "auto")
_DELIVERIES = ("b64_json", "url")


@dataclass(frozen=True, slots=True)
class ImagesAsk:
    """One request. Its `uploads` are to be stored before the generation is submitted.

    An answer holds its pictures when it is `inline`, and links to them when it is `linked`: both, unless the client
    has chosen, because clients of DALL·E look for the link and those of GPT Image for the picture.
    """

    generation: Generation
    uploads: tuple[Upload, ...] = ()
    stream: bool = False
    inline: bool = True
    linked: bool = True


def read_images(body: bytes) -> ImagesAsk:
    """A request for pictures from words. Raises Problem(INVALID)."""
    return _read(bodies.read(body, camel=False), (), None)


def read_edit(said: bytes | Form) -> ImagesAsk:
    """A request to change pictures: a form, as every SDK sends it, or JSON. Raises Problem."""
    form = said if isinstance(said, Form) else None
    fields = said.fields() if isinstance(said, Form) else bodies.read(said, camel=False)
    if fields.take("markup") or (form and form.files_of("markup")):
        message = "markup is not offered here: say in words what is to change, and with a mask where."
        raise invalid(message, param="markup", code="unsupported_parameter")
    require_no_other_files(form, ("image", "mask"))
    pictures = [*given_pictures(fields, form, "image"), *given_pictures(fields, form, "images")]
    mask = given_picture_at_most(fields, form, "mask")
    if not pictures:
        raise invalid("Send the picture that is to be changed, as image.", param="image")
    return _read(fields, pictures, mask)


def retired_variations() -> Problem:
    """What whoever asks for variations is told."""
    message = (
        "Variations were retired with DALL·E 2. Send the picture to /v1/images/edits, with a model such as gpt-image-2 "
        "and a prompt that says what may vary."
    )
    return invalid(message, param="model", code="endpoint_retired")


def answer(job: Job, ask: ImagesAsk, url: Callable[[Output], str]) -> Tree:
    """The pictures of a job that has ended well; `url` gives the address of one."""
    pictures = list(_pictures(job))
    entry = given({"revised_prompt": job.prompt or None})
    data: list[Json] = [
        {
            **({"b64_json": Hole(output.blob)} if ask.inline and output.blob else {}),
            **({"url": url(output)} if ask.linked else {}),
            **entry,
        }
        for output in pictures
    ]
    return {
        "created": int(job.created.timestamp()),
        "data": data,
        **told_of(job, pictures[0]),
        "usage": _usage(job, job.usage()),
    }


def partial(job: Job, preview: Blob, number: int, call: str) -> Tree:
    """An event with a picture on its way; the first is 0."""
    return {
        "type": f"{call}.partial_image",
        "b64_json": Hole(preview),
        "partial_image_index": number,
        "created_at": int(job.updated.timestamp()),
        "background": "auto",
        "output_format": preview.mime.partition("/")[2],
        "quality": "auto",
        "size": job.generation.pixels or "auto",
    }


def completed(job: Job, call: str) -> Iterator[Tree]:
    """The last events of a stream, one for each picture. `call` is what their types begin with, "image_edit"."""
    units, pictures = job.usage(), list(_pictures(job))
    prompt, each = units.input_tokens, units.output_tokens // len(pictures)
    for at, output in enumerate(pictures):
        own = Units(input_tokens=prompt if at == 0 else 0, output_tokens=output.tokens or each)
        yield {
            "type": f"{call}.completed",
            **({"b64_json": Hole(output.blob)} if output.blob else {}),
            "created_at": int(job.updated.timestamp()),
            "quality": "auto",
            **told_of(job, output),
            "usage": _usage(job, own),
        }


def _read(fields: Fields, pictures: Sequence[Upload], mask: Upload | None) -> ImagesAsk:
    prompt = (fields.text("prompt") or "").strip()
    if not prompt:
        raise invalid("prompt is missing. Say what should be made.", param="prompt", code="empty_prompt")
    model = fields.text("model") or _USUAL[any(name in fields for name in _OF_GPT_IMAGE)]
    stream = fields.flag("stream") or False
    delivery = _one_of(fields, "response_format", _DELIVERIES)
    mime, quality, knobs = read_made(fields)
    size = read_size(fields.text("size"))
    generation = Generation(
        model=model,
        turns=(Turn("user", (prompt, *(upload.blob for upload in pictures))),),
        wants=frozenset({Medium.IMAGE}),
        count=fields.whole("n"),
        aspect=fields.text("aspectRatio", "aspect_ratio") or size.aspect,
        size=fields.text("resolution") or size.size,
        pixels=size.pixels,
        seed=fields.whole("seed"),
        person=read_person(fields.text("personGeneration", "person_generation")),
        negative=fields.text("negative_prompt", "negativePrompt") or "",
        mime=mime,
        quality=quality,
        mask=mask.blob if mask else None,
        knobs=(*knobs.items(), *fields.knobs()),
    )
    uploads = (*pictures, *([mask] if mask else []))
    return ImagesAsk(generation, uploads, stream, inline=delivery != "url" or stream, linked=delivery != "b64_json")


def read_made(fields: Fields) -> tuple[str | None, int | None, dict[str, str | int]]:
    """The file's type, how much is kept when it is compressed, and how it is to be drawn in OpenAI's own words.

    Raises Problem(INVALID).
    """
    word = fields.text("output_format")
    mime = _MIMES.get(word.lower()) if word else None
    if word and mime is None:
        raise invalid(f"Pictures are made as png, jpeg or webp, not as {word[:100]}.", param="output_format")
    compression = fields.whole("output_compression")
    if compression not in (None, 100) and mime in (None, "image/png"):
        raise invalid("A PNG is not compressed: ask for jpeg or webp too.", param="output_compression")
    drawn = _one_of(fields, "quality", tuple(_QUALITIES))
    background = _one_of(fields, "background", _BACKGROUNDS)
    if background == "transparent" and mime == "image/jpeg":
        raise invalid("A JPEG has no transparent background: ask for png or webp.", param="background")
    moderation = _one_of(fields, "moderation", ("low", "auto"))
    previews = fields.whole(PREVIEWS)
    if previews is not None and not 0 <= previews <= PREVIEWS_MAX:
        raise invalid(f"{PREVIEWS} must be 0 to {PREVIEWS_MAX}.", param=PREVIEWS)
    told: dict[str, str | int | None] = {
        "quality": _QUALITIES[drawn or "auto"],
        "background": background if background != "auto" else None,
        "moderation": moderation if moderation != "auto" else None,
        PREVIEWS: previews or None,
    }
    return mime, compression, {name: value for name, value in told.items() if value is not None}


def _one_of(fields: Fields, name: str, words: Sequence[str]) -> str | None:
    word = fields.text(name)
    if word is not None and word not in words:
        raise invalid(f"{name} must be one of {', '.join(words)}, not {word[:100]!r}.", param=name)
    return word


def _pictures(job: Job) -> Iterator[Output]:
    return (output for output in job.outputs if output.medium is Medium.IMAGE)


def told_of(job: Job, output: Output) -> Tree:
    """What the pictures are like; of what was wished only what was honoured."""
    honoured = {name: value for name, value in job.generation.knobs if name not in job.ignored}
    told: Mapping[str, Json] = {
        "background": honoured.get("background", "opaque"),
        "output_format": output.blob.mime.partition("/")[2] if output.blob else None,
        "quality": honoured.get("quality"),
        "size": f"{output.width}x{output.height}" if output.width else None,
    }
    return given(told)


def _usage(job: Job, units: Units) -> Tree:
    shown = min(IMAGE_TOKENS * len(job.generation.pictures), units.input_tokens)
    return {
        "input_tokens": units.input_tokens,
        "input_tokens_details": {"image_tokens": shown, "text_tokens": units.input_tokens - shown},
        "output_tokens": units.output_tokens,
        "output_tokens_details": {"image_tokens": units.output_tokens, "text_tokens": 0},
        "total_tokens": units.input_tokens + units.output_tokens,
    }

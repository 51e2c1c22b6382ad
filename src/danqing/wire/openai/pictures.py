"""OpenAI's images calls as an upstream speaks them: requests for its flavour written, answers and events read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec

from danqing.domain.errors import Declined, Kind, invalid
from danqing.domain.generation import PREVIEWS, Generation, Person
from danqing.domain.media import Blob
from danqing.wire.bodies import Fields
from danqing.wire.delivered import File, read_file
from danqing.wire.holes import Json, Tree
from danqing.wire.openai.flavours import Flavour
from danqing.wire.openai.refusals import read_error, read_fault
from danqing.wire.openai.sizes import Sizes, is_taken, pixels

SD_ARGUMENTS = "sd_cpp_extra_args"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its fields, the pictures that go with it, and the names of parameters that it cannot tell.

    `mask` is transparent where the first picture may change (wire.md 16.1).
    """

    fields: Tree
    pictures: tuple[Blob, ...] = ()
    ignored: tuple[str, ...] = ()
    mask: Blob | None = None

    def form(self, *names: str) -> tuple[tuple[str, str | Blob], ...]:
        """As multipart: fields as text, then the pictures under `names`, the last of which is every further one's."""
        texts = tuple((name, _text(value)) for name, value in self.fields.items())
        files = tuple((names[min(at, len(names) - 1)], picture) for at, picture in enumerate(self.pictures))
        return (*texts, *files, *([("mask", self.mask)] if self.mask else []))


@dataclass(frozen=True, slots=True)
class Pictures:
    """An answer. `prompt` is the rewritten one, `tokens` those of all its pictures, 0 when they are not told."""

    files: tuple[File, ...]
    prompt: str = ""
    input_tokens: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture on its way, the first is 0; None when it was told of but not sent."""

    number: int
    file: File | None


def write_pictures(
    generation: Generation, model: str, flavour: Flavour, *, count: int, extra: Mapping[str, Json]
) -> Asked:
    """A request for `count` pictures. Raises Declined for a ratio that the server cannot make."""
    told: Tree = {
        "model": model,
        **_prompted(generation, flavour),
        **size_field(generation, flavour.picture_sizes(model)),
    }
    if generation.pictures and "size" not in told and flavour.auto_size:
        told["size"] = "auto"
    told["n"] = count
    for name, value in generation.parameters().items():
        field = flavour.picture_fields.get(name, "")
        if field and field[0] not in "<|":
            told[field] = _spelled(name, value)
    told |= {name: value for name, value in generation.knobs if name in flavour.knobs}
    told |= {**flavour.always, **extra}
    known = {"count", "size", "pixels", "aspect", *flavour.picture_fields, *flavour.knobs, *({PREVIEWS} & told.keys())}
    return Asked(told, generation.pictures, ignored(generation, known), generation.mask)


def size_field(generation: Generation, sizes: Sizes) -> Tree:
    """Pixels, or ratio and resolution, as `size`; nothing when neither was asked for. Raises Declined."""
    if generation.pixels and is_taken(generation.pixels, sizes):
        return {"size": generation.pixels}
    if generation.aspect is None and (generation.size is None or generation.pictures or generation.first_frame):
        return {}
    aspect = generation.aspect or "1:1"
    size = pixels(aspect, generation.size, sizes)
    if size is None:
        message = f"This upstream cannot make {aspect} at {generation.size or 'its own size'}."
        raise Declined(Kind.INVALID, message, param="aspect", code="unsupported_size")
    return {"size": f"{size[0]}x{size[1]}"}


def ignored(generation: Generation, told: Collection[str]) -> tuple[str, ...]:
    """The parameters and knobs that are not in the request, but for those that ask for what every engine does anyway.

    What is done to pictures is no parameter here: it is said in the prompt, or refused.
    """
    parameters = generation.parameters()
    parameters.pop("task", None)
    if parameters.get("person") == Person.ALL:
        del parameters["person"]
    if parameters.get("mime") in ("image/png", "video/mp4"):
        del parameters["mime"]
    names = (*parameters, *(name for name, _ in generation.knobs))
    return tuple(name for name in names if name not in told)


def read_pictures(fields: Fields) -> Pictures:
    """The answer to an images call. Raises the Problem that it tells of."""
    if problem := read_error(fields):
        raise problem
    entries = fields.objects("data")
    usage = fields.nested("usage")
    return Pictures(
        files=tuple(file for entry in entries if (file := _file(entry))),
        prompt=next((text for entry in entries if (text := entry.text("revised_prompt"))), ""),
        input_tokens=usage.tally("input_tokens"),
        tokens=usage.tally("output_tokens"),
    )


def read_event(fields: Fields) -> Pictures | Preview | None:
    """An event of a stream: the finished picture, a preview, or None. Raises the Problem that it tells of."""
    kind = fields.text("type") or ""
    if kind == "error" and "error" not in fields:
        raise read_fault(fields)
    if problem := read_error(fields):
        raise problem
    if kind.endswith(".partial_image"):
        number = fields.tally("partial_image_index")
        return Preview(number, read_file(fields, "b64_json", "image/png") if "b64_json" in fields else None)
    if not kind.endswith(".completed"):
        return None
    usage = fields.nested("usage")
    return Pictures(
        files=(read_file(fields, "b64_json", "image/png"),),
        input_tokens=usage.tally("input_tokens"),
        tokens=usage.tally("output_tokens"),
    )


def _file(entry: Fields) -> File | None:
    if "b64_json" in entry:
        return read_file(entry, "b64_json", "image/png")
    if not entry.is_text("url") and "url" in entry:
        return read_file(entry, "url", "image/png")  # a data: URL, stored while it came
    url = entry.text("url") or ""
    if url.startswith("data:"):
        return read_file(Fields({"url": url.partition(",")[2]}), "url", "image/png")
    return File("image/png", uri=url) if url else None


def _prompted(generation: Generation, flavour: Flavour) -> Tree:
    """The prompt, with the parameters in it that two of the servers take nowhere else."""
    prompt = generation.instruction
    fields = flavour.picture_fields
    if fields.get("negative") == "|":
        prompt = prompt.replace("|", "¦")  # what stands behind a bar is not wanted in the picture
        return {"prompt": f"{prompt}|{generation.negative}" if generation.negative else prompt}
    inside = {name: field[1:] for name, field in fields.items() if field.startswith("<")}
    if inside and SD_ARGUMENTS in prompt:
        raise invalid(f"The prompt must not hold {SD_ARGUMENTS}.", param="prompt")
    parameters = generation.parameters()
    arguments = {field: parameters[name] for name, field in inside.items() if name in parameters}
    if not arguments:
        return {"prompt": prompt}
    return {"prompt": f"{prompt} <{SD_ARGUMENTS}>{msgspec.json.encode(arguments).decode()}</{SD_ARGUMENTS}>"}


def _spelled(name: str, value: Json) -> Json:
    return str(value).partition("/")[2] if name == "mime" else value


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()

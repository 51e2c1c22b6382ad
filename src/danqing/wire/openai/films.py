"""OpenAI's videos calls as an upstream speaks them: jobs begun, polled, and read; and LocalAI's one call that waits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.generation import Generation
from danqing.domain.media import Blob
from danqing.wire.bodies import Fields
from danqing.wire.holes import Hole, Json, Tree
from danqing.wire.openai.flavours import Flavour
from danqing.wire.openai.pictures import Asked, ignored, size_field
from danqing.wire.openai.refusals import read_error, read_fault
from danqing.wire.openai.sizes import Pixels, read_pixels

_SECONDS = re.compile(r"[0-9]{1,5}(\.[0-9]{1,6})?")
_ENDED = {"completed": True, "succeeded": True, "failed": False, "cancelled": False, "canceled": False}


@dataclass(frozen=True, slots=True)
class FilmJob:
    """How far an engine's film is; `problem` when it failed. `fraction` is from 0 to 1; 0 and (0, 0): not told."""

    id: str
    done: bool = False
    fraction: float = 0.0
    seconds: float = 0.0
    pixels: Pixels = (0, 0)
    problem: Problem | None = None


def write_film(generation: Generation, model: str, flavour: Flavour, *, extra: Mapping[str, Json]) -> Asked:
    """A request for one film. Raises Declined for what the server cannot do."""
    if generation.last_frame:
        message = "This upstream cannot end a film on a given picture."
        raise Declined(Kind.INVALID, message, param="last_frame", code="unsupported_parameter")
    told: Tree = {"model": model, "prompt": generation.instruction, **size_field(generation, flavour.film_sizes)}
    if generation.seconds is not None:
        told["seconds"] = str(generation.seconds)
    parameters = generation.parameters()
    told |= {field: parameters[name] for name, field in flavour.film_fields.items() if name in parameters}
    told |= extra
    names = {"count", "size", "pixels", "aspect", "seconds", *flavour.film_fields}
    return Asked(told, _frames(generation), ignored(generation, names))


def as_call(asked: Asked) -> Tree:
    """The same for LocalAI, which takes JSON, pixels as numbers and the first picture as base64."""
    fields = dict(asked.fields)
    if size := read_pixels(str(fields.pop("size", ""))):
        fields["width"], fields["height"] = size
    if asked.pictures:
        fields["start_image"] = Hole(asked.pictures[0])
    return {**fields, "response_format": "b64_json"}


def read_film(fields: Fields) -> FilmJob:
    """A film's job. Raises the Problem that stands in the place of a job."""
    id = fields.text("id") or ""
    status = (fields.text("status") or "").lower()
    if not id:
        raise read_error(fields) or Problem(Kind.UPSTREAM, "The engine named no job.", code="upstream_malformed")
    fraction = min(max(fields.number("progress") or 0, 0), 100) / 100
    seconds, size = fields.take("seconds"), fields.take("size")
    return FilmJob(
        id,
        done=status in _ENDED,
        fraction=fraction,
        seconds=float(str(seconds)) if _SECONDS.fullmatch(str(seconds)) else 0.0,
        pixels=read_pixels(str(size)) or (0, 0),
        problem=None if _ENDED.get(status, True) else read_fault(fields.nested("error")),
    )


def _frames(generation: Generation) -> tuple[Blob, ...]:
    frames = (generation.first_frame,) if generation.first_frame else generation.pictures
    if len(frames) > 1:
        message = "This upstream takes one picture to begin a film with."
        raise Declined(Kind.INVALID, message, param="pictures", code="unsupported_parameter")
    return tuple(frame for frame in frames if frame)

"""Interactions of an engine: how it is asked for pictures and films, and how its answers are read (wire.md 15.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Turn
from danqing.domain.media import Medium
from danqing.domain.money import Units
from danqing.wire import bodies
from danqing.wire.bodies import Fields
from danqing.wire.delivered import File, read_file
from danqing.wire.google.content import Reply, read_signature
from danqing.wire.google.errors import read_error, read_rpc_status
from danqing.wire.google.interactions.steps import content, write_steps
from danqing.wire.google.refusals import is_policy
from danqing.wire.google.results import senseless
from danqing.wire.holes import Json, Tree, given

KNOBS = {"temperature": "temperature", "top_p": "top_p", "topP": "top_p"}
_RUNNING = ("in_progress", "queued")
_FILTERED = "filtered"  # another Danqing's own code
_ENDINGS = {
    "incomplete": "The engine stopped before the work was whole.",
    "cancelled": "The engine's work was cancelled there.",
    "budget_exceeded": "The budget of the engine's account is used up.",
    "failed": "The engine failed and gave no reason.",
}


@dataclass(frozen=True, slots=True)
class Interaction:
    """How far it is. `problem` is set when it ended without a result."""

    id: str
    done: bool
    reply: Reply = field(default_factory=Reply)
    problem: Problem | None = None


def write_interaction(model: str, generation: Generation, *, background: bool) -> Tree:
    """The body of a call that asks for one picture or film."""
    film = Medium.VIDEO in generation.wants
    config: dict[str, Json] = {
        "seed": generation.seed,
        "video_config": {"task": _task(generation)} if film else None,
        **{KNOBS[name]: value for name, value in generation.knobs if name in KNOBS},
    }
    body: dict[str, Json] = {
        "model": model,
        "input": _input(generation),
        "system_instruction": _system(generation.turns),
        "response_format": _film(generation) if film else _picture(generation),
        "generation_config": given(config) or None,
        "background": True if background else None,
    }
    return given(body)


def read_interaction(body: object) -> Interaction:
    """The answer, as bytes or as a tree with Blobs. Raises Problem: what it tells of, or that it makes no sense."""
    try:
        fields = bodies.read(body, camel=False)
        told = read_error(fields)
        interaction = _interaction(fields)
    except Problem as problem:
        raise senseless(problem) from problem
    if told:
        raise told
    return interaction


def _input(generation: Generation) -> Json:
    """Words alone, or the conversation step by step."""
    steps = write_steps(generation.turns)
    if len(steps) == 1 and not list(generation.blobs()):
        return generation.prompt
    given = [content(blob) for blob in (generation.first_frame, generation.film) if blob]
    if given:
        steps[-1] = {**steps[-1], "content": [*_contents(steps[-1]), *given]}
    return steps


def _contents(step: Tree) -> Sequence[Json]:
    contents = step["content"]
    assert isinstance(contents, list)
    return contents


def _system(turns: Sequence[Turn]) -> str | None:
    words = [part for turn in turns if turn.role == "system" for part in turn.parts if isinstance(part, str)]
    return "\n".join(words) or None


def _task(generation: Generation) -> str:
    if generation.task:
        return generation.task.value
    if generation.first_frame:
        return "image_to_video"
    return "reference_to_video" if generation.pictures else "text_to_video"


def _film(generation: Generation) -> Tree:
    return given(
        {
            "type": "video",
            "aspect_ratio": generation.aspect,
            "resolution": generation.size,
            "duration": f"{generation.seconds}s" if generation.seconds and not generation.film else None,
            "delivery": "uri",  # a film inline is base64 in every poll that sees it
        }
    )


def _picture(generation: Generation) -> Tree:
    """JPEG is the one type that can be asked for."""
    jpeg = generation.mime if generation.mime == "image/jpeg" else None
    return given({"type": "image", "aspect_ratio": generation.aspect, "image_size": generation.size, "mime_type": jpeg})


def _interaction(fields: Fields) -> Interaction:
    id, status = fields.text("id") or "", (fields.text("status") or "").lower()
    if status in _RUNNING:
        return Interaction(id, False)
    steps = fields.objects("steps")
    faults = [*fields.objects("errors"), *(step.nested("error") for step in steps if "error" in step)]
    reply = Reply(tuple(_said(steps)), units=_units(fields.nested("usage")))
    problem = None if status == "completed" and not faults else _problem(status, faults)
    return Interaction(id, True, reply, None if reply.files else problem)


def _said(steps: Sequence[Fields]) -> Iterator[str | File]:
    """What the engine said and made; what it has signed is the file behind the thought that holds the signature."""
    signature = ""
    for step in steps:
        kind = step.text("type")
        if kind == "thought":
            signature = read_signature(step, "signature")
        elif kind == "model_output":
            for part in _parts(step):
                signed = isinstance(part, File) and signature
                yield replace(part, signature=signature) if isinstance(part, File) and signed else part
                signature = "" if signed else signature


def _parts(step: Fields) -> Iterator[str | File]:
    for entry in step.objects("content"):
        kind, mime = entry.text("type"), entry.text("mime_type") or ""
        if kind == "text":
            yield entry.text("text") or ""
        elif kind in ("image", "video"):
            uri = entry.text("uri")
            yield File(mime, uri=uri) if uri else read_file(entry, "data", mime)


def _problem(status: str, faults: Sequence[Fields]) -> Problem:
    """The codes are URIs or words, and none is documented for content; so the message decides."""
    for fault in faults:
        code, message = fault.take("code"), fault.text("message")
        if message and (code == _FILTERED or is_policy(message) or is_policy(str(code).replace("_", " "))):
            return Problem(Kind.FILTERED, message, code="filtered")
        if message:
            return read_rpc_status(code if isinstance(code, int) else 2, message)
    message = _ENDINGS.get(status, f"The engine ended its work as {status[:40]!r}.")
    return Problem(Kind.UPSTREAM, message, code="upstream_error")


def _units(usage: Fields) -> Units:
    thoughts = usage.tally("total_thought_tokens")
    spoken = usage.tally("total_output_tokens")
    return Units(input_tokens=usage.tally("total_input_tokens"), output_tokens=spoken + thoughts)

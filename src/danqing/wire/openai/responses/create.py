"""A request for a response, read: what is asked for, of what conversation, and how the answer is awaited.

What is not offered here is refused with what can be done instead; what no engine may honour becomes a knob, and is told
as ignored. wire.md 16.3 has the fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from danqing.domain.advice import AUTO
from danqing.domain.conversation import require_turns
from danqing.domain.errors import invalid, not_found
from danqing.domain.generation import Generation, Knob
from danqing.domain.jobs import Job
from danqing.domain.media import Medium, cited
from danqing.domain.models import Model
from danqing.wire import bodies
from danqing.wire.asks import Message
from danqing.wire.bodies import Fields
from danqing.wire.inline import Upload, picture, read_base64
from danqing.wire.openai.given import given_picture_at_most
from danqing.wire.openai.images import read_made
from danqing.wire.openai.messages import conversation, read_message
from danqing.wire.openai.shapes import Size, read_size

PREFIX = "resp_"
ITEM = "ig_"
TOOL = "image_generation"
ACTIONS = ("generate", "edit", "auto")
_REFUSED: Mapping[str, str] = {
    "conversation": "Conversations are not kept under a name here; go on with previous_response_id.",
    "prompt": "Prompt templates are not kept here; send the words as input.",
    "context_management": "Nothing is left out of a conversation here; leave it out, or begin a new one.",
}
_PASSED_OVER = ("reasoning", "compaction")  # what a model thought is no part of what it said
METADATA = "metadata"
_PAIRS_MAX, _WORDS_MAX = 16, 512  # of metadata, as OpenAI has it
_TEXT = frozenset({Medium.TEXT})
_PICTURE = frozenset({Medium.IMAGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """One request. Its `uploads` are to be stored before the generation is submitted.

    `generation` has the model that the tool names, or else none, and is still to be `placed`; pictures that are named
    as items of earlier responses stand in it by the items' ids. `model` is the one that the request names.
    `previous` is the job of the response that it goes on with.
    """

    generation: Generation
    model: str
    uploads: tuple[Upload, ...] = ()
    action: str = ""
    previous: str = ""
    stream: bool = False
    background: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tool:
    """What the image_generation tool is set to."""

    model: str = ""
    action: str = ""
    size: Size = field(default_factory=Size)
    mime: str | None = None
    quality: int | None = None
    mask: Upload | None = None
    knobs: tuple[tuple[str, Knob], ...] = ()


def read_create(body: bytes) -> Create:
    """What is asked for. Raises Problem(INVALID), or Problem(TOO_LARGE) for a picture."""
    fields = bodies.read(body, camel=False)
    for name, message in _REFUSED.items():
        if fields.take(name):
            raise invalid(message, param=name, code="unsupported_parameter")
    _require_words(fields.nested("text"))
    tool = _tool(fields.objects("tools"))
    wants = _wants(fields, tool)
    messages = _messages(fields)
    talk = conversation(messages)
    require_turns(talk.turns, param="input")
    stream, background = fields.flag("stream") or False, fields.flag("background") or False
    previous = fields.text("previous_response_id")
    model, tool = fields.text("model") or "", tool or _Tool()
    generation = Generation(
        model=tool.model,
        turns=talk.turns,
        wants=wants,
        count=1,
        aspect=tool.size.aspect or talk.aspect,
        size=tool.size.size,
        pixels=tool.size.pixels,
        seed=fields.whole("seed"),
        mime=tool.mime,
        quality=tool.quality,
        mask=tool.mask.blob if tool.mask else None,
        knobs=(*tool.knobs, *_kept(fields, background=background), *_metadata(fields), *fields.knobs()),
    )
    return Create(
        generation=generation,
        model=model,
        uploads=(*talk.uploads, *([tool.mask] if tool.mask else [])),
        action=tool.action,
        previous=job_id(previous) if previous else "",
        stream=stream,
        background=background,
    )


def placed(ask: Create, asked: Generation, named: Model | None, before: Job | None) -> Generation:
    """The request with the model that is to work on it; `named` is the row of the one that was named, if there is one.

    Code for the responses API names a text model and leaves the picture to the tool. There are no text models here, so
    that the picture is made by the tool's model, by the named one where it makes pictures, by that of the response
    which this one goes on with, or by whichever is advised. A name that was passed over is told as ignored.
    Raises Problem(INVALID).
    """
    if ask.action == "edit" and not asked.pictures:
        raise invalid("There is no picture to edit: send one as input_image, or go on from a response.", param="tools")
    knobs = asked.knobs
    if ask.action == "generate" and asked.pictures:
        knobs = (*knobs, ("action", "generate"))  # an engine looks at all that it is given
    if asked.model:
        passed_over = ask.model if ask.model != asked.model else ""
        return replace(asked, knobs=(*knobs, *([("model", passed_over)] if passed_over else [])))
    if named:
        if Medium.IMAGE not in named.ability.makes:
            raise invalid(f"{named.id} makes films; ask for them at /v1/videos.", param="model")
        return replace(asked, model=named.id, wants=asked.wants & named.ability.makes or asked.wants, knobs=knobs)
    if Medium.IMAGE not in asked.wants:
        message = (
            f"{ask.model[:100] or 'No model'} is not here to answer in words. Send the tool {TOOL}, or name a model "
            "of this server, such as gemini-3.1-flash-image."
        )
        raise invalid(message, param="model", code="model_not_found")
    told = [("model", ask.model)] if ask.model and ask.model != AUTO else []
    return replace(asked, model=before.generation.model if before else AUTO, wants=_PICTURE, knobs=(*knobs, *told))


def job_id(id: str) -> str:
    """The job that a response's id stands for; a job's own id is taken too."""
    return id.removeprefix(PREFIX)


def item_place(id: str) -> tuple[str, int]:
    """The job and the place in its output of an item's id. Raises Problem(NOT_FOUND) for what cannot be one."""
    job, _, place = id.removeprefix(ITEM).rpartition("_")
    if not (job and place.isascii() and place.isdigit() and len(place) < 4):
        raise not_found(f"item {id[:100]}")
    return job, int(place)


def require_response(job: Job) -> Job:
    """The job, when it is found as a response: not one of a film, nor one that was not to be stored.

    Raises Problem(NOT_FOUND).
    """
    if Medium.VIDEO in job.generation.wants or dict(job.generation.knobs).get("store") is False:
        raise not_found(f"response {PREFIX}{job.id}")
    return job


def _tool(tools: Sequence[Fields]) -> _Tool | None:
    found = None
    for fields in tools:
        kind = fields.text("type") or ""
        if kind != TOOL or found:
            message = f"{fields.path('type')} {kind[:100]!r}: one tool is offered here, {TOOL}, once. Leave others out."
            raise invalid(message, param="tools", code="unsupported_parameter")
        found = _set(fields)
    return found


def _set(fields: Fields) -> _Tool:
    action = fields.text("action") or "auto"
    if action not in ACTIONS:
        raise invalid(f"action must be one of {', '.join(ACTIONS)}, not {action[:100]!r}.", param="action")
    mime, quality, knobs = read_made(fields)
    return _Tool(
        model=fields.text("model") or "",
        action=action,
        size=read_size(fields.text("size")),
        mime=mime,
        quality=quality,
        mask=given_picture_at_most(fields, None, "input_image_mask"),
        knobs=(*knobs.items(), *fields.knobs()),
    )


def _wants(fields: Fields, tool: _Tool | None) -> frozenset[Medium]:
    """Words, or a picture and what is said with it; a picture alone when the tool must be used."""
    is_word = fields.is_text("tool_choice")
    choice = fields.text("tool_choice") if is_word else fields.nested("tool_choice")
    if isinstance(choice, Fields):
        kind = choice.text("type")
        word = choice.text("mode") if kind == "allowed_tools" else "required" if kind == TOOL else kind
        word = word or "auto"
    else:
        word = choice or "auto"
    if word not in ("auto", "none", "required"):
        message = f"tool_choice {word[:100]!r} is not offered here. Allowed: auto, none, required, {TOOL}."
        raise invalid(message, param="tool_choice", code="unsupported_parameter")
    if word == "required" and tool is None:
        raise invalid(f'tool_choice asks for a tool: send tools=[{{"type": "{TOOL}"}}].', param="tools")
    if tool is None or word == "none":
        return _TEXT
    return _PICTURE if word == "required" else _TEXT | _PICTURE


def _messages(fields: Fields) -> list[Message]:
    """What is said: `instructions` first, which hold for this request alone."""
    system = fields.text("instructions")
    messages = [Message("system", (system,))] if system else []
    if fields.is_text("input"):
        words = (fields.text("input") or "").strip()
        messages += [Message("user", (words,))] if words else []
    else:
        for item in fields.one_or_more("input"):
            messages += _item(item)
    if not any(message.role == "user" for message in messages):
        raise invalid("The prompt is empty. Say in input what should be made.", param="input", code="empty_prompt")
    return messages


def _item(item: Fields) -> list[Message]:
    """A message, or a picture that an earlier response made, sent back whole or by its id."""
    kind = item.text("type") or ("message" if "role" in item else "item_reference")
    if kind == "message":
        return [read_message(item)]
    id = item.text("id") or ""
    if kind == f"{TOOL}_call":
        if result := item.text("result"):
            return [Message("model", (picture(read_base64(result, param="input"), param="input"),))]
        return [Message("model", (Upload(cited(id), None),))] if id else []
    if kind == "item_reference" and id.startswith(ITEM):
        return [Message("model", (Upload(cited(id), None),))]
    if kind in _PASSED_OVER:
        return []
    message = f"{item.path('type')} {kind[:100]!r} is not taken. Allowed: message, {TOOL}_call, item_reference to one."
    raise invalid(message, param="input", code="unsupported_part")


def _require_words(text: Fields) -> None:
    if (text.nested("format").text("type") or "text") != "text":
        message = "Words are answered as they come, and not as JSON; leave text.format out."
        raise invalid(message, param="text.format", code="unsupported_parameter")


def _kept(fields: Fields, *, background: bool) -> tuple[tuple[str, Knob], ...]:
    """A response that is not to be stored is found by nobody again; its job is kept for the books, which is told."""
    if fields.flag("store") is not False:
        return ()
    if background:
        raise invalid("What is made in the background is looked for later: leave store out.", param="store")
    return (("store", False),)


def _metadata(fields: Fields) -> tuple[tuple[str, Knob], ...]:
    """What is told again with the response."""
    given = dict(fields.nested(METADATA).knobs())
    if len(given) > _PAIRS_MAX or any(len(str(value)) > _WORDS_MAX for value in given.values()):
        raise invalid(f"{METADATA} holds at most {_PAIRS_MAX} values of {_WORDS_MAX} characters.", param=METADATA)
    return ((METADATA, bodies.compact(given)),) if given else ()

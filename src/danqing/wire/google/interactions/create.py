"""A request to create an interaction, read: what is asked for, of what conversation, and how the answer is awaited.

What is not offered here is refused with what can be done instead; what no engine may honour becomes a knob, and is told
as ignored. wire.md 15.3 has the fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from danqing.domain.callbacks import Callback
from danqing.domain.conversation import require_turns
from danqing.domain.errors import Problem, invalid
from danqing.domain.generation import Delivery, Generation, Knob, Task, Turn
from danqing.domain.media import Blob, Medium
from danqing.domain.models import Model
from danqing.wire import bodies
from danqing.wire.bodies import Fields
from danqing.wire.google.callbacks import read_config
from danqing.wire.google.calls import file_type, lower, seconds, upper
from danqing.wire.google.interactions.steps import Conversation, read_input
from danqing.wire.inline import Upload

_REFUSED: Mapping[str, str] = {
    "agent": "Agents are not offered here; name a model instead.",
    "agent_config": "Agents are not offered here; name a model instead.",
    "cached_content": "Nothing is cached here; send it as input, or go on with previous_interaction_id.",
    "continuation_token": "No answer stops half way here, so that none has to be continued; leave it out.",
    "environment": "Environments are for agents, which are not offered here; leave it out.",
    "tools": "Tools are not offered here; leave them out.",
}
_UNSTORED = (
    "Every job is kept here for the books, so that store cannot be false. Leave it out, and DELETE the interaction "
    "when you have its answer: its files and words are then given out no more."
)
_TASKS = {"edit": Task.EDIT, "extend": Task.EXTEND, "upscale": Task.UPSCALE}
_BEGINNINGS = ("text_to_video", "image_to_video", "reference_to_video")
_MADE = {medium.value: medium for medium in Medium}
Knobs = tuple[tuple[str, Knob], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """One request. Its `uploads` are to be stored before the generation is submitted.

    `generation` wants nothing when nothing was said, and is still to be `placed`. `beginning` is the task of a film
    that is made anew: what its pictures are for. `previous` is the interaction that it goes on with,
    `callback` who is told of its end.
    """

    generation: Generation
    uploads: tuple[Upload, ...] = ()
    beginning: str = ""
    previous: str = ""
    stream: bool = False
    background: bool = False
    callback: Callback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    """What `response_format` asks for."""

    wants: frozenset[Medium] = frozenset()
    aspect: str | None = None
    size: str | None = None
    seconds: int | None = None
    mime: str | None = None
    delivery: Delivery | None = None
    knobs: Knobs = field(default=())


def read_create(body: bytes) -> Create:
    """What is asked for. Raises Problem(INVALID), or Problem(TOO_LARGE) for a picture."""
    fields = bodies.read(body, camel=False)
    _require_offered(fields)
    model = _model(fields)
    talk, system = read_input(fields), fields.text("system_instruction")
    form = _formats(fields.one_or_more("response_format"))
    wants = form.wants | _modalities(fields.words("response_modalities"))
    config = fields.nested("generation_config")
    image, film = config.nested("image_config"), config.nested("video_config")
    task, beginning = _task(film.text("task"))
    stream, background = fields.flag("stream") or False, fields.flag("background") or False
    previous, callback = fields.text("previous_interaction_id") or "", read_config(fields, "webhook_config")
    turns = (*((Turn("system", (system,)),) if system else ()), *_turns(talk))
    require_turns(turns, param="input")
    generation = Generation(
        model=model,
        turns=turns,
        wants=_one_medium(wants or (frozenset({Medium.VIDEO}) if task or beginning else wants)),
        count=1,
        aspect=form.aspect or image.text("aspect_ratio"),
        size=form.size or upper(image.text("image_size")),
        seconds=form.seconds,
        seed=config.whole("seed"),
        mime=form.mime or _mime(fields),
        film=talk.film.blob if talk.film else None,
        film_ms=talk.film.film_ms if talk.film else 0,
        task=task or (Task.EDIT if talk.film else None),
        delivery=form.delivery,
        knobs=(
            *config.knobs(),
            *image.knobs("image_config."),
            *film.knobs("video_config."),
            *form.knobs,
            *_tier(fields),
            *_safety(fields.objects("safety_settings")),
            *fields.knobs(),
            *talk.knobs,
        ),
    )
    return Create(
        generation=generation,
        uploads=talk.uploads(),
        beginning=beginning,
        previous=previous,
        stream=stream,
        background=background,
        callback=callback,
    )


def placed(asked: Generation, beginning: str, model: Model) -> Generation:
    """The request as this model is to take it: what is wanted, when nothing was said, and what the pictures are for.

    One picture for a film is what it begins on, where the model can do that; several are what it goes by. Raises
    Problem(INVALID).
    """
    asked = replace(asked, wants=asked.wants or model.ability.makes)
    if Medium.VIDEO not in asked.wants & model.ability.makes:
        if beginning:
            raise _wrong_task(f"{model.id} makes no films; leave generation_config.video_config out.")
        return asked
    last = max((at for at, turn in enumerate(asked.turns) if turn.role == "user"), default=None)
    given = [part for part in asked.turns[last].parts if isinstance(part, Blob)] if last is not None else []
    if beginning == "text_to_video" and given:
        raise _wrong_task("text_to_video takes no pictures; say image_to_video or reference_to_video.")
    if beginning == "image_to_video" and len(given) != 1:
        raise _wrong_task(f"image_to_video begins on one picture of the last step, not on {len(given)}.")
    inferred = not beginning and len(given) == 1 and model.ability.frames and not asked.film
    if last is None or not (beginning == "image_to_video" or inferred):
        return asked
    turn = asked.turns[last]
    worded = replace(turn, parts=tuple(part for part in turn.parts if isinstance(part, str)))
    return replace(asked, turns=(*asked.turns[:last], worded, *asked.turns[last + 1 :]), first_frame=given[0])


def _model(fields: Fields) -> str:
    if model := fields.text("model"):
        return model
    raise invalid("Name the model that is to make it.", param="model")


def _turns(talk: Conversation) -> Sequence[Turn]:
    """What is said, by somebody who asks for something: in words, or by what is given."""
    asks = any(message.role == "user" for message in talk.messages)
    if not (asks or talk.film):
        raise invalid("The prompt is empty. Say in input what should be made.", param="input", code="empty_prompt")
    return [*(message.turn() for message in talk.messages), *([] if asks else [Turn("user", ())])]


def _require_offered(fields: Fields) -> None:
    for name, message in _REFUSED.items():
        if fields.take(name):
            raise invalid(message, param=name, code="unsupported_parameter")
    if fields.flag("store") is False:
        raise invalid(_UNSTORED, param="store", code="unsupported_parameter")


def _task(word: str | None) -> tuple[Task | None, str]:
    """What is done to something that is given, or how a new film begins."""
    if word is None or word in _BEGINNINGS:
        return None, word or ""
    if word not in _TASKS:
        raise _wrong_task(f"{word[:100]!r} is not a task. Allowed: {', '.join((*_BEGINNINGS, *_TASKS))}.")
    return _TASKS[word], ""


def _formats(entries: Sequence[Fields]) -> _Format:
    formats = [_format(entry) for entry in entries]
    media = [form for form in formats if form.wants - {Medium.TEXT}]
    if len(media) > 1:
        raise invalid("response_format asks for several pictures or films; ask for one at a time.", param="wants")
    form = media[0] if media else _Format()
    wants = frozenset(medium for entry in formats for medium in entry.wants)
    return replace(form, wants=wants, knobs=tuple(knob for entry in formats for knob in entry.knobs))


def _format(entry: Fields) -> _Format:
    kind = (entry.text("type") or "").lower()
    medium = _MADE.get(kind)
    if medium is None:
        message = f"{entry.path('type')} {kind[:100]!r} is not made here. Allowed: {', '.join(_MADE)}."
        raise invalid(message, param="wants", code="unsupported_parameter")
    if medium is Medium.TEXT:
        if "schema" in entry or (entry.text("mime_type") or "text/plain") != "text/plain":
            message = "Words are answered as they come, and not as JSON; leave schema and mime_type out."
            raise invalid(message, param="response_format", code="unsupported_parameter")
        return _Format(wants=frozenset({medium}), knobs=tuple(entry.knobs("response_format.")))
    if "gcs_uri" in entry:
        message = "Files are kept here and not written to gcs_uri; leave it out, and download what uri names."
        raise invalid(message, param="gcs_uri", code="unsupported_parameter")
    return _Format(
        wants=frozenset({medium}),
        aspect=entry.text("aspect_ratio"),
        size=lower(entry.text("resolution")) if medium is Medium.VIDEO else upper(entry.text("image_size")),
        seconds=seconds(entry, "duration") if medium is Medium.VIDEO else None,
        mime=file_type(entry.text("mime_type")),
        delivery=_delivery(entry.text("delivery")),
        knobs=tuple(entry.knobs("response_format.")),
    )


def _delivery(word: str | None) -> Delivery | None:
    if word is None:
        return None
    if word.lower() not in tuple(Delivery):
        allowed = ", ".join(Delivery)
        raise invalid(f"{word[:100]!r} is not a delivery. Allowed: {allowed}.", param="delivery")
    return Delivery(word.lower())


def _modalities(words: Sequence[str]) -> frozenset[Medium]:
    """The older way to say what is wanted, in small letters or capitals."""
    for word in words:
        if word.lower() not in _MADE:
            allowed = ", ".join(_MADE)
            raise invalid(f"{word[:100]!r} is not a modality that is made here. Allowed: {allowed}.", param="wants")
    return frozenset(_MADE[word.lower()] for word in words)


def _one_medium(wants: frozenset[Medium]) -> frozenset[Medium]:
    if wants >= {Medium.IMAGE, Medium.VIDEO}:
        raise invalid("An answer has a picture or a film; ask for one of them.", param="wants")
    return wants


def _mime(fields: Fields) -> str | None:
    """The older `response_mime_type`, which also says how words are wanted."""
    mime = file_type(fields.text("response_mime_type"))
    if mime is None or mime == "text/plain":
        return None
    if not mime.startswith(("image/", "video/")):
        message = f"{mime[:100]!r} is not answered here; words come as they are."
        raise invalid(message, param="response_mime_type", code="unsupported_parameter")
    return mime


def _tier(fields: Fields) -> Knobs:
    """All work is done as soon as possible, which is what "standard" says."""
    tier = fields.text("service_tier")
    return () if tier in (None, "standard") else (("service_tier", str(tier)),)


def _safety(settings: Sequence[Fields]) -> Knobs:
    """In the words of `generateContent`, by which the models that have them are asked."""
    told = []
    for setting in settings:
        kind, threshold, method = setting.text("type"), setting.text("threshold"), setting.text("method")
        if not (kind and threshold):
            raise invalid("Each of safety_settings has a type and threshold.", param="safety_settings")
        words = {"category": f"HARM_CATEGORY_{kind.upper()}", "threshold": threshold.upper()}
        told.append(words | ({"method": method.upper()} if method else {}))
    return (("safetySettings", bodies.compact(told)),) if told else ()


def _wrong_task(message: str) -> Problem:
    return invalid(message, param="generation_config.video_config.task")

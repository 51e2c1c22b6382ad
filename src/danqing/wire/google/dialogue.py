"""Google's `generateContent`, read as clients ask it: a conversation becomes one Generation (wire.md 8 and 15.2)."""

from collections.abc import Iterator, Sequence

from danqing.domain.errors import invalid
from danqing.domain.generation import Generation, Knob
from danqing.domain.media import Medium
from danqing.wire import bodies
from danqing.wire.asks import Ask, Message, Part, Role, read_person
from danqing.wire.bodies import Fields
from danqing.wire.google.calls import file_type, upper
from danqing.wire.google.content import read_signature
from danqing.wire.inline import given_picture, picture, read_base64

_ROLES: dict[str, Role] = {"user": "user", "model": "model"}
_BOTH = frozenset({Medium.TEXT, Medium.IMAGE})
_MODALITIES = {"TEXT": Medium.TEXT, "IMAGE": Medium.IMAGE, "VIDEO": Medium.VIDEO}
# Things that only the vendor keeps: to leave them out would be to make something else.
_ELSEWHERE = ("cachedContent", "continuationToken")
# Kinds of parts that are no words and no picture in the request itself.
_REFUSED = ("functionCall", "functionResponse", "executableCode", "codeExecutionResult")


Knobs = list[tuple[str, Knob]]


def read_generate(model: str, body: bytes) -> Ask:
    """A request for words and pictures. Raises Problem(INVALID), or Problem(TOO_LARGE) for a picture."""
    return read_talk(model, bodies.read(body))


def read_count(model: str, body: bytes) -> Ask:
    """What `:countTokens` is to count: a conversation, or a whole request as `generateContentRequest`."""
    fields = bodies.read(body)
    return read_talk(model, fields.nested("generateContentRequest") if "generateContentRequest" in fields else fields)


def read_talk(model: str, fields: Fields) -> Ask:
    """The same, of what was read of the body already."""
    messages, beside = _conversation(fields)
    config = fields.nested("generationConfig")
    image = config.nested("imageConfig")
    file = image.nested("imageOutputOptions")
    generation = Generation(
        model=model,
        turns=tuple(message.turn() for message in messages),
        wants=_wants(config.words("responseModalities")),
        count=config.whole("candidateCount"),
        aspect=image.text("aspectRatio"),
        size=upper(image.text("imageSize")),
        seed=config.whole("seed"),
        person=read_person(image.text("personGeneration")),
        mime=file_type(file.text("mimeType")),
        quality=file.whole("compressionQuality"),
        knobs=(
            *config.knobs(),
            *image.knobs("imageConfig."),
            *file.knobs("imageOutputOptions."),
            *fields.knobs(),
            *beside,
        ),
    )
    return Ask(generation, tuple(upload for message in messages for upload in message.uploads()))


def _conversation(fields: Fields) -> tuple[list[Message], Knobs]:
    """All messages, the system's first, and what was said beside them. The model is the one in the path."""
    fields.take("model")
    for name in _ELSEWHERE:
        if name in fields:
            message = f"{name} is not kept here; send the whole conversation in contents."
            raise invalid(message, param=name, code="unsupported_parameter")
    system = fields.nested("systemInstruction")
    system.take("role")
    told, *said = [(_message("system", system)), *(_message(_role(it), it) for it in fields.one_or_more("contents"))]
    if not any(message.role == "user" and message.parts for message, _ in said):
        raise invalid('contents must hold at least one message of the role "user".', param="contents")
    if any(told[0].uploads()):
        raise invalid("systemInstruction takes words alone; put pictures into contents.", param="systemInstruction")
    messages = [message for message, _ in (told, *said) if message.parts]
    return messages, [knob for _, beside in (told, *said) for knob in beside]


def _role(content: Fields) -> Role:
    role = content.text("role") or "user"
    if role not in _ROLES:
        message = f"{content.path('role')} must be user or model; tools are not offered here."
        raise invalid(message, param="contents", code="unsupported_role")
    return _ROLES[role]


def _message(role: Role, content: Fields) -> tuple[Message, Knobs]:
    pieces = content.one_or_more("parts")
    signed = [(part, signature) for piece in pieces for signature in [read_signature(piece)] for part in _part(piece)]
    beside = [knob for piece in pieces for knob in piece.knobs("parts.")]
    parts, signatures = (tuple(part for part, _ in signed), tuple(signature for _, signature in signed))
    return Message(role, parts, signatures if any(signatures) else ()), [*beside, *content.knobs("contents.")]


def _part(piece: Fields) -> Iterator[Part]:
    for name in _REFUSED:
        if name in piece:
            message = f"{piece.path(name)} is not taken. Send words as text, and a picture itself as inlineData."
            raise invalid(message, param="contents", code="unsupported_part")
    file, words = piece.nested("inlineData"), piece.text("text")
    if piece.flag("thought"):
        return  # a model's thoughts that are sent back are no part of what it said
    if words:
        yield words
    if data := file.text("data"):
        yield picture(read_base64(data, param="inlineData"), param="inlineData")
    if "fileData" in piece:
        yield given_picture(piece.nested("fileData").text("fileUri") or "", param="fileData.fileUri")


def _wants(modalities: Sequence[str]) -> frozenset[Medium]:
    """Both, where nothing is said, as the vendor's models for pictures do."""
    for word in modalities:
        if word.upper() not in _MODALITIES:
            allowed = ", ".join(_MODALITIES)
            raise invalid(f"{word[:100]!r} is not a modality that is made here. Allowed: {allowed}.", param="wants")
    return frozenset(_MODALITIES[word.upper()] for word in modalities) or _BOTH

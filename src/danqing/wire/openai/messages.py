"""The messages of a chat, read: words and pictures in every form in which clients send them and send them back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from danqing.domain.errors import invalid
from danqing.domain.generation import Turn
from danqing.wire.asks import Message, Part, Role
from danqing.wire.bodies import Fields
from danqing.wire.inline import Upload, picture, read_base64
from danqing.wire.openai.given import referred

_ROLES: dict[str, Role] = {"system": "system", "developer": "system", "user": "user", "assistant": "model"}

# Where each type of part keeps its words; the last two are what other interfaces call them.
_TEXT_FIELDS = {"text": "text", "refusal": "refusal", "input_text": "text", "output_text": "text"}
_PICTURE_TYPES = frozenset({"image_url", "input_image"})

# A habit of many users: the aspect ratio as a line of the system message (wire.md 9.1).
_ASPECT_LINE = re.compile(r"^[ \t]*aspect_ratio[ \t]*[=:][ \t]*([0-9]{1,3}:[0-9]{1,3})[ \t]*$\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Conversation:
    """All messages. `aspect` is what a system message asked for."""

    turns: tuple[Turn, ...]
    uploads: tuple[Upload, ...]
    aspect: str | None


def read_messages(written: Sequence[Fields]) -> Conversation:
    """The conversation. Raises Problem when nobody asks for anything, or a part is of a kind that is not taken."""
    return conversation([read_message(fields) for fields in written])


def conversation(messages: Sequence[Message]) -> Conversation:
    """What these messages come to. Raises Problem(INVALID) when nobody asks for anything."""
    if not any(message.role == "user" for message in messages):
        raise invalid("messages must hold at least one message with the role user.", param="messages")
    aspects = [aspect for message in messages for aspect in _aspects(message)]
    messages = [_without_aspect(message) for message in messages]
    return Conversation(
        turns=tuple(message.turn() for message in messages if message.parts),
        uploads=tuple(upload for message in messages for upload in message.uploads()),
        aspect=aspects[-1] if aspects else None,
    )


def read_message(fields: Fields) -> Message:
    """One of them. Raises Problem."""
    role = fields.text("role") or "user"
    if role not in _ROLES or fields.take("tool_calls"):
        message = f"Tools are not offered here: {fields.path('role')} must be one of {', '.join(_ROLES)}."
        raise invalid(message, param="messages", code="unsupported_role")
    said = tuple(_content(fields))
    return Message(_ROLES[role], (*said, *_sent_back(fields, said)))


def _content(fields: Fields) -> Iterator[Part]:
    if fields.is_text("content"):
        yield from _words(fields.text("content"))
        return
    for item in fields.items("content"):
        yield from _words(item) if isinstance(item, str) else _part(item)


def _part(fields: Fields) -> Iterator[Part]:
    kind = fields.text("type") or "text"
    if kind in _TEXT_FIELDS:
        yield from _words(fields.text(_TEXT_FIELDS[kind]))
    elif kind in _PICTURE_TYPES:
        yield _linked_picture(fields)
    else:
        message = f"{fields.path('type')} is {kind[:100]!r}, which is not taken. Allowed: text, image_url."
        raise invalid(message, param="messages", code="unsupported_part")


def _sent_back(fields: Fields, said: Sequence[Part]) -> Iterator[Part]:
    """What an earlier answer delivered beside its `content`, which repeats some of it: each thing is taken once."""
    seen = {part.blob for part in said if isinstance(part, Upload)}
    wordless = not any(isinstance(part, str) for part in said)
    for part in (*_multi_mod(fields), *_images(fields)):
        if isinstance(part, str):
            if wordless:
                yield part
        elif part.blob not in seen:
            seen.add(part.blob)
            yield part


def _multi_mod(fields: Fields) -> Iterator[Part]:
    """`multi_mod_content` of this gateway's own answers, in either spelling (wire.md 9.3)."""
    for part in fields.objects("multi_mod_content"):
        yield from _words(part.text("text"))
        file = part.nested("inline_data", "inlineData")
        text = file.text("data")
        if text:
            yield picture(read_base64(text, param="inline_data"), param="inline_data")


def _images(fields: Fields) -> Iterator[Part]:
    """`images`, the custom of other gateways (wire.md 9.4)."""
    return (_linked_picture(image) for image in fields.objects("images"))


def _linked_picture(fields: Fields) -> Upload:
    return referred(fields, "image_url")


def _words(text: str | None) -> Iterator[str]:
    if text:
        yield text


def _aspects(message: Message) -> list[str]:
    if message.role != "system":
        return []
    return [aspect for part in message.parts if isinstance(part, str) for aspect in _ASPECT_LINE.findall(part)]


def _without_aspect(message: Message) -> Message:
    if message.role != "system":
        return message
    kept = (_ASPECT_LINE.sub("", part) if isinstance(part, str) else part for part in message.parts)
    return replace(message, parts=tuple(part for part in kept if part))

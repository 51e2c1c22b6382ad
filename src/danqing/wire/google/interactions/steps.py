"""A conversation as Interactions have it, step by step, in both directions (wire.md 15.3).

What was signed stands in a step of its own, right behind the thought that holds the signature.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from danqing.domain.errors import invalid
from danqing.domain.generation import Knob, Turn
from danqing.domain.media import Blob
from danqing.wire.asks import Message, Part, Role
from danqing.wire.bodies import Fields
from danqing.wire.google.content import read_signature
from danqing.wire.holes import Hole, Json, Tree
from danqing.wire.inline import Upload, film, given_film, given_picture, picture, read_base64

Said = tuple[Tree, str]  # some content, and what it is signed with

_STEPS: dict[str, Role] = {"user_input": "user", "model_output": "model", "user": "user", "model": "model"}
_CONTENTS = ("text", "image", "video")
_NOT_TAKEN = ("audio", "document")


@dataclass(slots=True)
class Conversation:
    """What `input` holds. `film` is the last one in it; `knobs` are what stands beside the parts."""

    messages: list[Message] = field(default_factory=list)
    film: Upload | None = None
    knobs: list[tuple[str, Knob]] = field(default_factory=list)
    _signature: str = ""

    def add(self, item: Fields) -> None:
        """A step, or content that stands without one."""
        kind = item.text("type") or ""
        if kind == "thought":
            self._signature = read_signature(item, "signature")
            item.take("summary")  # what a model thought is no part of what it said
        elif kind in _CONTENTS or kind in _NOT_TAKEN or not (kind or "content" in item or "role" in item):
            self._say("user", list(self._part(kind, item)))
        else:
            self._step(kind or item.text("role") or "", item)
        self.knobs += item.knobs("input.")

    def uploads(self) -> tuple[Upload, ...]:
        """All files in it."""
        pictures = (upload for message in self.messages for upload in message.uploads())
        return (*pictures, self.film) if self.film else tuple(pictures)

    def _step(self, kind: str, step: Fields) -> None:
        if kind not in _STEPS:
            message = f"input has a step {kind[:100]!r}; tools are not offered here. Allowed: {', '.join(_STEPS)}."
            raise invalid(message, param="input", code="unsupported_step")
        step.take("error")
        parts: list[Part] = []
        for item in [step.text("content") or ""] if step.is_text("content") else step.one_or_more("content"):
            if isinstance(item, str):
                parts += [item] if item else []
                continue
            parts += self._part(item.text("type") or "", item)
            self.knobs += item.knobs("input.content.")
        self._say(_STEPS[kind], parts)

    def _part(self, kind: str, content: Fields) -> Iterator[Part]:
        content.take("mime_type", "annotations")  # a file is what its own header says
        match kind or "text":
            case "text":
                if words := content.text("text"):
                    yield words
            case "image":
                yield _picture(content)
            case "video":
                self.film = _film(content)
            case _:
                message = (
                    f"{content.path('type')} is {kind[:100]!r}, which is not taken. Allowed: {', '.join(_CONTENTS)}."
                )
                raise invalid(message, param="input", code="unsupported_part")

    def _say(self, role: Role, parts: Sequence[Part]) -> None:
        """Turns of the same role are one. A signature belongs to the first file that comes behind it."""
        place = next((at for at, part in enumerate(parts) if isinstance(part, Upload)), 0)
        signed = [self._signature if role == "model" and at == place else "" for at in range(len(parts))]
        self._signature = ""
        if self.messages and self.messages[-1].role == role:
            last = self.messages.pop()
            signed = [*_padded(last.signatures, len(last.parts)), *signed]
            parts = (*last.parts, *parts)
        if parts:
            self.messages.append(Message(role, tuple(parts), tuple(signed) if any(signed) else ()))


def read_input(fields: Fields) -> Conversation:
    """`input`: words alone, contents, or steps. Raises Problem(INVALID), or Problem(TOO_LARGE) for a picture."""
    conversation = Conversation()
    if fields.is_text("input"):
        words = (fields.text("input") or "").strip()
        conversation.messages += [Message("user", (words,))] if words else []
    else:
        for item in fields.one_or_more("input"):
            conversation.add(item)
    return conversation


def write_steps(turns: Iterable[Turn]) -> list[Tree]:
    """Everything that was said, but by the system."""
    steps: list[Tree] = []
    for turn in turns:
        contents = [content(part) for part in turn.parts]
        if turn.role == "user":
            steps.append({"type": "user_input", "content": contents})
        elif turn.role == "model":
            steps += spoken(zip(contents, _padded(turn.signatures, len(contents)), strict=True))
    return steps


def spoken(said: Iterable[Said]) -> list[Tree]:
    """What a model said, as its steps."""
    steps: list[Tree] = []
    open_step: list[Json] | None = None
    for tree, signature in said:
        if signature:
            steps.append({"type": "thought", "signature": signature})
        if signature or open_step is None:
            open_step = []
            steps.append({"type": "model_output", "content": open_step})
        open_step.append(tree)
    return steps


def content(part: str | Blob) -> Tree:
    """Words, or a file inline."""
    if isinstance(part, str):
        return {"type": "text", "text": part}
    return {"type": kind_of(part), "mime_type": part.mime, "data": Hole(part)}


def kind_of(blob: Blob) -> str:
    """What a file is called among contents."""
    return "video" if blob.mime.startswith("video/") else "image"


def _padded(signatures: Sequence[str], count: int) -> Sequence[str]:
    """One for each of so many parts."""
    return (*signatures, *([""] * count))[:count]


def _picture(content: Fields) -> Upload:
    if uri := content.text("uri"):
        content.take("data")
        return given_picture(uri, param="input.uri")
    if data := content.text("data"):
        return picture(read_base64(data, param="input.data"), param="input.data")
    raise invalid("An image in input holds no picture; give its data or its uri.", param="input")


def _film(content: Fields) -> Upload:
    if uri := content.text("uri"):
        content.take("data")
        return given_film(uri, param="input.uri")
    if data := content.text("data"):
        return film(read_base64(data, param="input.data"), param="input.data")
    raise invalid("A video in input holds no film; give its data or its uri.", param="input")

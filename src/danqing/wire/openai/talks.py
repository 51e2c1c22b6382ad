"""Chat completions as an upstream speaks them: a conversation written, pictures found wherever they were put."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from danqing.domain.generation import Generation, Turn
from danqing.domain.media import Blob, Medium
from danqing.domain.money import Units
from danqing.wire.bodies import Fields
from danqing.wire.delivered import File, read_file
from danqing.wire.holes import Hole, Json, Tree, given
from danqing.wire.inline import read_base64
from danqing.wire.openai.refusals import read_error

KNOBS = frozenset({"temperature", "top_p", "max_tokens", "max_completion_tokens"})
TOLD = frozenset({"count", "aspect", "size", "seed"})  # parameters that a chat can tell
_ROLES = {"system": "system", "user": "user", "model": "assistant"}
_IN_WORDS = re.compile(
    r"!\[[^\]\n]{0,200}\]\((data:image/[a-z+.-]{1,20};base64,[A-Za-z0-9+/=_-]+|https?://[^\s)]{1,2000})\)"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its words without the pictures in them, its pictures, and why there is nothing more."""

    words: str
    files: tuple[File, ...]
    refusal: str = ""
    input_tokens: int = 0
    tokens: int = 0

    @property
    def units(self) -> Units | None:
        """What the engine counted; None when it did not."""
        counted = Units(input_tokens=self.input_tokens, output_tokens=self.tokens)
        return counted if self.input_tokens or self.tokens else None


def write_chat(generation: Generation, model: str, *, extra: Mapping[str, Json], ratio_line: bool = False) -> Tree:
    """The body of a chat completion. `ratio_line`: the ratio as a system message, which is AiHubMix's custom."""
    messages: list[Json] = [_message(turn) for turn in generation.turns]
    image = given({"aspect_ratio": generation.aspect, "image_size": generation.size})
    if ratio_line and generation.aspect:
        messages.insert(0, {"role": "system", "content": f"aspect_ratio={generation.aspect}"})
        image = {}
    pictured = Medium.IMAGE in generation.wants
    body: Tree = {"model": model, "messages": messages, "modalities": ["text", "image"] if pictured else None}
    if pictured and image:
        body["image_config"] = image
    body["seed"] = generation.seed
    body |= {name: value for name, value in generation.knobs if name in KNOBS}
    return given({**body, **extra})


def read_chat_reply(fields: Fields) -> Reply:
    """The answer. Raises the Problem that stands in its place."""
    if problem := read_error(fields):
        raise problem
    usage = fields.nested("usage")
    choice = next(iter(fields.objects("choices")), Fields({}))
    message = choice.nested("message")
    words, files = _content(message)
    refusal = message.text("refusal") or ""
    if not refusal and choice.text("finish_reason") == "content_filter":
        refusal = "The engine withheld it because of its content and gave no reason."
    return Reply(
        words=words,
        files=tuple(_unique([*files, *_beside(message)])),
        refusal=refusal,
        input_tokens=usage.tally("prompt_tokens"),
        tokens=usage.tally("completion_tokens"),
    )


def read_words(fields: Fields) -> str:
    """The words in one event of a stream. Raises the Problem that stands in their place."""
    if problem := read_error(fields):
        raise problem
    choice = next(iter(fields.objects("choices")), Fields({}))
    return choice.nested("delta").text("content") or ""


def _message(turn: Turn) -> Tree:
    parts: list[Json] = [
        {"type": "image_url", "image_url": {"url": Hole(part, url=True)}}
        if isinstance(part, Blob)
        else {"type": "text", "text": part}
        for part in turn.parts
    ]
    words = [part for part in turn.parts if isinstance(part, str)]
    return {"role": _ROLES[turn.role], "content": "\n".join(words) if len(words) == len(parts) else parts}


def _content(message: Fields) -> tuple[str, list[File]]:
    """Words, and pictures between them."""
    if not message.is_text("content"):
        words, files = [], []
        for item in message.items("content"):
            if isinstance(item, str):
                words.append(item)
            elif text := item.text("text"):
                words.append(text)
            else:
                files += _linked(item)
        return "\n".join(words), files
    text = message.text("content") or ""
    return _IN_WORDS.sub("", text).strip(), [_at(url) for url in _IN_WORDS.findall(text)]


def _beside(message: Fields) -> Iterator[File]:
    """`multi_mod_content` of AiHubMix and of Danqing, `images` of many others."""
    for part in message.objects("multi_mod_content"):
        file = part.nested("inline_data", "inlineData")
        if "data" in file:
            yield read_file(file, "data", "image/png")
    for image in message.objects("images"):
        yield from _linked(image)


def _linked(fields: Fields) -> list[File]:
    """`image_url`, an object with a `url` or the URL itself; `b64_json` is some look-alikes' habit."""
    if "b64_json" in fields:
        return [read_file(fields, "b64_json", "image/png")]
    holder = fields
    name = "image_url"
    if "image_url" in fields and not fields.is_text("image_url"):
        value = fields.take("image_url")
        if isinstance(value, Blob):
            return [File(value.mime, blob=value)]
        holder, name = Fields(value, camel=False) if isinstance(value, dict) else Fields({}), "url"
    if not holder.is_text(name):
        value = holder.take(name)
        return [File(value.mime, blob=value)] if isinstance(value, Blob) else []
    return [_at(holder.text(name) or "")]


def _at(url: str) -> File:
    if url.startswith("data:"):
        return File("image/png", read_base64(url.partition(",")[2], param="image_url"))
    return File("image/png", uri=url)


def _unique(files: list[File]) -> Iterator[File]:
    """Each picture once: some answers have the same one in two places."""
    seen: set[object] = set()
    for file in files:
        mark = file.blob.sha256 if file.blob else file.data or file.uri
        if mark and mark not in seen:
            seen.add(mark)
            yield file

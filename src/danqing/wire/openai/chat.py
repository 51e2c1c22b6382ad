"""Chat completions requests, read: a conversation in words and pictures becomes one Generation (wire.md 9.1)."""

from dataclasses import dataclass

from danqing.domain.errors import invalid
from danqing.domain.generation import Generation
from danqing.domain.media import Medium
from danqing.wire import bodies
from danqing.wire.inline import Upload
from danqing.wire.openai.messages import read_messages

_MODALITIES: dict[str, frozenset[Medium]] = {
    "text": frozenset({Medium.TEXT}),
    "image": frozenset({Medium.TEXT, Medium.IMAGE}),
    "video": frozenset({Medium.VIDEO}),
}


@dataclass(frozen=True, slots=True)
class ChatAsk:
    """One request. Its `uploads` are to be stored before the generation is submitted.

    `include_usage`: a client that streams wants a last chunk with the usage. `listed`: pictures are wanted in `images`
    too, as clients of OpenRouter and LiteLLM look for them, who name the picture first.
    """

    generation: Generation
    uploads: tuple[Upload, ...] = ()
    stream: bool = False
    include_usage: bool = False
    listed: bool = False


def read_chat(body: bytes) -> ChatAsk:
    """A chat completions request. Raises Problem(INVALID), or Problem(TOO_LARGE) for a picture."""
    fields = bodies.read(body, camel=False)
    model = fields.text("model")
    if not model:
        raise invalid("model is missing.", param="model")
    conversation = read_messages(fields.objects("messages"))
    stream = fields.flag("stream") or False
    options = fields.nested("stream_options")
    include_usage = options.flag("include_usage") or False
    image, modalities = fields.nested("image_config"), fields.words("modalities")
    generation = Generation(
        model=model,
        turns=conversation.turns,
        wants=_wants(modalities or ["text"]),
        count=fields.whole("n"),
        aspect=fields.text("aspect_ratio") or image.text("aspect_ratio") or conversation.aspect,
        size=fields.text("size") or image.text("image_size"),
        seed=fields.whole("seed"),
        knobs=(*fields.knobs(), *image.knobs("image_config."), *options.knobs("stream_options.")),
    )
    listed = bool(modalities) and modalities[0].lower() == "image"
    return ChatAsk(generation, conversation.uploads, stream, include_usage, listed)


def _wants(modalities: list[str]) -> frozenset[Medium]:
    wants: frozenset[Medium] = frozenset()
    for word in modalities:
        if word.lower() not in _MODALITIES:
            allowed = ", ".join(_MODALITIES)
            raise invalid(f"{word[:100]!r} is not a modality that is made here. Allowed: {allowed}.", param="wants")
        wants |= _MODALITIES[word.lower()]
    return wants

"""Draws, edits and talks with google-genai's generate_content, in both of its modes, at once, streamed and async.

Env: BASE, KEY, POOR: a key that can pay for nothing.
"""

import asyncio
import os
import warnings
from collections.abc import Iterable
from io import BytesIO

from facts import Facts
from google import genai
from google.genai import types
from PIL import Image

warnings.simplefilter("ignore")

BASE, KEY, POOR = (os.environ[name] for name in ("BASE", "KEY", "POOR"))
MODEL = "gemini-2.0-flash-preview-image-generation"
BOTH = ["TEXT", "IMAGE"]
NEWER = hasattr(types, "ImageConfig")


def connect(mode: str, key: str = KEY) -> genai.Client:
    vertex = {"vertexai": True} if mode == "vertex" else {}
    return genai.Client(api_key=key, http_options={"base_url": BASE + "/gemini"}, **vertex)


def file(width: int, height: int, kind: str = "PNG") -> types.Part:
    data = BytesIO()
    Image.new("RGB", (width, height), "firebrick").save(data, kind)
    return types.Part.from_bytes(data=data.getvalue(), mime_type=f"image/{kind.lower()}")


def seen(parts: Iterable[types.Part] | None) -> list[object]:
    """Words as "words", pictures as their format, mode and size."""
    told = []
    for part in parts or []:
        if part.text is not None:
            told.append("words")
        elif part.inline_data:
            picture = Image.open(BytesIO(part.inline_data.data))
            picture.load()
            told.append([part.inline_data.mime_type, picture.mode, *picture.size])
    return told


def told(answer: types.GenerateContentResponse) -> dict[str, object]:
    candidate = answer.candidates[0]
    usage = answer.usage_metadata
    return {
        "parts": seen(candidate.content.parts),
        "role": candidate.content.role,
        "reason": candidate.finish_reason.value,
        "said": candidate.finish_message,
        "text": answer.text,
        "tokens": [usage.prompt_token_count, usage.candidates_token_count, usage.total_token_count],
        "model": answer.model_version,
    }


def drawn(client: genai.Client, contents: object, model: str = MODEL, **config: object) -> dict[str, object]:
    config = types.GenerateContentConfig(**{"response_modalities": BOTH, **config})
    return told(client.models.generate_content(model=model, contents=contents, config=config))


def shaped(client: genai.Client) -> dict[str, object]:
    """The ratio is a field of its own since 1.55."""
    shape = {"image_config": types.ImageConfig(aspect_ratio="16:9", image_size="1K")} if NEWER else {}
    return drawn(client, "a red fox in the snow", seed=7, temperature=0.5, **shape)


def by_default(client: genai.Client) -> list[object]:
    """Without a word on what is wanted; with what many scripts send along."""
    setting = types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_NONE")
    config = types.GenerateContentConfig(system_instruction="Be brief.", safety_settings=[setting])
    answer = client.models.generate_content(model=MODEL, contents="a red fox", config=config)
    return seen(answer.candidates[0].content.parts)


def chatted(client: genai.Client) -> list[dict[str, object]]:
    """The SDK's own chat sends back all that was said and drawn."""
    chat = client.chats.create(model=MODEL, config=types.GenerateContentConfig(response_modalities=BOTH))
    first = chat.send_message("draw a red fox in the snow")
    second = chat.send_message("make it black and white")
    history = [seen(content.parts) for content in chat.get_history()]
    return [told(first), told(second), history]


def streamed(client: genai.Client, prompt: str, **config: object) -> dict[str, object]:
    config = types.GenerateContentConfig(**{"response_modalities": BOTH, **config})
    chunks = list(client.models.generate_content_stream(model=MODEL, contents=prompt, config=config))
    parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts or []]
    last = chunks[-1]
    return {
        "chunks": len(chunks),
        "parts": seen(part for part in parts if part.text != ""),
        "text": "".join(chunk.text or "" for chunk in chunks),
        "reason": last.candidates[0].finish_reason.value,
        "tokens": last.usage_metadata.total_token_count,
    }


async def without_waiting() -> list[object]:
    client = connect("developer").aio
    config = types.GenerateContentConfig(response_modalities=["IMAGE"])
    whole = await client.models.generate_content(model=MODEL, contents="a fox", config=config)
    stream = await client.models.generate_content_stream(model=MODEL, contents="a fox", config=config)
    parts = [part async for chunk in stream for part in chunk.candidates[0].content.parts]
    return seen([*whole.candidates[0].content.parts, *parts])


def counted(client: genai.Client) -> int:
    return client.models.count_tokens(model=MODEL, contents=["abcd" * 5, file(4, 3)]).total_tokens


def ask(facts: Facts, mode: str) -> None:
    """What is told apart by the mode that it is asked in."""
    client = connect(mode)
    calls = {
        "shaped": lambda: shaped(client),
        "filtered": lambda: drawn(client, "[danqing:filtered] a red fox"),
        "failed": lambda: drawn(client, "[danqing:fail] a red fox"),
        "imagen": lambda: drawn(client, "a red fox", model="imagen-3.0-generate-002"),
        "veo": lambda: drawn(client, "a red fox", model="veo-2.0-generate-001"),
        "stream": lambda: streamed(client, "a red fox in the snow"),
        "filtered stream": lambda: streamed(client, "[danqing:filtered] a red fox"),
        "failed stream": lambda: streamed(client, "[danqing:fail] a red fox"),
        "counted": lambda: counted(client),
    }
    for name, call in calls.items():
        facts.of(f"{mode} {name}", call)


def main() -> None:
    facts = Facts()
    ask(facts, "developer")
    ask(facts, "vertex")
    client, poor = connect("developer"), connect("developer", POOR)
    facts.of("by default", lambda: by_default(client))
    facts.of("words", lambda: streamed(client, "what would you draw?", response_modalities=["TEXT"]))
    facts.of("several", lambda: drawn(client, [file(320, 240, "JPEG"), file(300, 400), "make it a crayon drawing"]))
    facts.of("chatted", lambda: chatted(client))
    facts.of("without waiting", lambda: asyncio.run(without_waiting()))
    facts.of("too many", lambda: drawn(client, "a red fox", candidate_count=2))
    facts.of("poor", lambda: drawn(poor, "a red fox"))
    facts.of("poor stream", lambda: streamed(poor, "a red fox"))
    facts.tell()


main()

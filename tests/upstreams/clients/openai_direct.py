"""Calls an imitation of OpenAI with the openai SDK, to see that the imitation is one. Env: BASE, KEY; prints JSON."""

import base64
import json
import os
from io import BytesIO

import openai
from openai import OpenAI

client = OpenAI(api_key=os.environ["KEY"], base_url=os.environ["BASE"] + "/v1", max_retries=0)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def of(call: object) -> object:
    try:
        return call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code]


def picture(name: str = "a.png") -> tuple[str, BytesIO, str]:
    return (name, BytesIO(PNG), "image/png")


def generated(prompt: str, **more: object) -> object:
    answer = client.images.generate(model="gpt-image-2", prompt=prompt, **more)
    return [[bool(base64.b64decode(one.b64_json)) for one in answer.data], answer.usage.output_tokens]


def edited(*names: str) -> object:
    image = [picture(name) for name in names] if len(names) > 1 else picture(*names)
    return len(client.images.edit(model="gpt-image-2", prompt="in red", image=image, n=2).data)


def streamed() -> object:
    if not hasattr(openai.types, "ImageGenPartialImageEvent"):
        return "not in this era"
    events = client.images.generate(model="gpt-image-2", prompt="a fox", stream=True, partial_images=2)
    return [event.type for event in events]


def filmed(prompt: str) -> object:
    if not hasattr(client, "videos"):
        return "not in this era"
    film = client.videos.create(model="sora-2", prompt=prompt, seconds="8", size="1280x720", input_reference=picture())
    while film.status in ("queued", "in_progress"):
        film = client.videos.retrieve(film.id)
    if film.error:
        return [film.status, film.error.code]
    size = len(client.videos.download_content(film.id).content)
    return [film.status, film.progress, film.seconds, size, client.videos.delete(film.id).deleted]


def talked() -> object:
    words = {"role": "user", "content": "a fox"}
    answer = client.chat.completions.create(model="any", messages=[words], modalities=["text", "image"])
    message = answer.choices[0].message
    return [message.content, message.images[0]["image_url"]["url"][:22], answer.usage.completion_tokens]


print(
    json.dumps(
        {
            "generated": of(lambda: generated("a fox", n=2, size="1280x720")),
            "blocked": of(lambda: generated("!blocked")),
            "busy": of(lambda: generated("!busy")),
            "unknown": of(lambda: generated("a fox", extra_body={"seed": 1})),
            "edited": of(lambda: [edited("a.png"), edited("a.png", "b.png")]),
            "streamed": of(streamed),
            "filmed": of(lambda: filmed("a fox")),
            "withheld": of(lambda: filmed("!withheld")),
            "talked": of(talked),
            "listed": of(lambda: [model.id for model in client.models.list()]),
        }
    )
)

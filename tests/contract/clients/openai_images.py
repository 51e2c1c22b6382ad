"""Calls a server with openai: images made, changed, linked and streamed, and everything that can go wrong.

Env: BASE, KEY, FOLDER for files.
"""

import asyncio
import base64
import inspect
import os
import urllib.request
from pathlib import Path

from facts import Facts
from openai import AsyncOpenAI, OpenAI
from openai.types import ImagesResponse

BASE, KEY, FOLDER = (os.environ[name] for name in ("BASE", "KEY", "FOLDER"))
IMAGES = OpenAI(api_key=KEY, base_url=BASE + "/v1").images
STREAMS = "stream" in inspect.signature(IMAGES.generate).parameters


def kept(name: str, data: bytes) -> str:
    Path(FOLDER, name).write_bytes(data)
    return name


def told(answer: ImagesResponse, name: str) -> dict[str, object]:
    """The answer, with its pictures in files."""
    return {
        "files": [kept(f"{name}-{at}", base64.b64decode(picture.b64_json)) for at, picture in enumerate(answer.data)],
        "links": [picture.url for picture in answer.data],
        "revised": [picture.revised_prompt for picture in answer.data],
        "format": getattr(answer, "output_format", None),
        "quality": getattr(answer, "quality", None),
        "size": getattr(answer, "size", None),
        "background": getattr(answer, "background", None),
        "usage": answer.usage.to_dict(),
        "created": answer.created,
    }


def generated() -> dict[str, object]:
    answer = IMAGES.generate(
        model="gpt-image-2",
        prompt="a red fox in the snow",
        n=2,
        size="768x512",
        quality="high",
        output_format="jpeg",
        output_compression=70,
        moderation="low",
        extra_body={"seed": 3},
    )
    return told(answer, "generated")


def linked() -> dict[str, object]:
    """What code for DALL·E does: no format is named, and the link is opened without a key."""
    raw = IMAGES.with_raw_response.generate(
        model="dall-e-3", prompt="a lighthouse at night", size="1024x1024", quality="hd", style="vivid"
    )
    picture = raw.parse().data[0]
    with urllib.request.urlopen(picture.url) as response:
        name, mime = kept("linked", response.read()), response.headers["content-type"]
    return {"file": name, "mime": mime, "url": picture.url, **{name: raw.headers[name] for name in HEADERS}}


HEADERS = ("danqing-ignored", "danqing-served-by", "sunset", "link", "danqing-job")


def only_link() -> dict[str, object]:
    answer = IMAGES.generate(model="dall-e-2", prompt="a fox", size="256x256", response_format="url")
    return {"b64_json": answer.data[0].b64_json, "url": answer.data[0].url}


def edited() -> dict[str, object]:
    with Path(FOLDER, "generated-0").open("rb") as first, Path(FOLDER, "generated-1").open("rb") as second:
        answer = IMAGES.edit(model="gpt-image-1", image=[first, second], prompt="in black and white", size="auto")
    return told(answer, "edited")


def streamed() -> dict[str, object]:
    """The events of a stream that makes a picture, and of one that changes it."""
    made = IMAGES.generate(
        model="gpt-image-2", prompt="a red fox in the snow", size="512x512", stream=True, partial_images=3
    )
    events = [event.to_dict() for event in made]
    with Path(FOLDER, "generated-0").open("rb") as picture:
        changed = IMAGES.edit(model="gpt-image-2", image=picture, prompt="mirror it", stream=True, output_format="webp")
        events += [event.to_dict() for event in changed]
    for event in events:
        if "b64_json" in event:
            event["file"] = kept(f"{event['type']}", base64.b64decode(event.pop("b64_json")))
    return {"events": events}


async def concurrent() -> list[object]:
    """Two at once with the asynchronous client."""
    async with AsyncOpenAI(api_key=KEY, base_url=BASE + "/v1") as client:
        answers = await asyncio.gather(
            *(client.images.generate(model="dall-e-2", prompt=f"{what}", size="256x256") for what in ("a cat", "a dog"))
        )
    return [kept(f"async-{at}", base64.b64decode(answer.data[0].b64_json)) for at, answer in enumerate(answers)]


def varied() -> object:
    with Path(FOLDER, "generated-0").open("rb") as picture:
        return IMAGES.create_variation(image=picture, n=2)


def edit_of_nothing() -> object:
    return IMAGES.edit(model="gpt-image-1", image=b"no picture", prompt="in black and white")


def broken_stream() -> object:
    return list(IMAGES.generate(model="gpt-image-1", prompt="[danqing:fail] a fox", stream=True))


def main() -> None:
    facts = Facts()
    facts.of("generated", generated)
    facts.of("linked", linked)
    facts.of("only link", only_link)
    facts.of("edited", edited)
    facts.of("async", lambda: asyncio.run(concurrent()))
    facts.of("variation", varied)
    facts.of("size", lambda: IMAGES.generate(model="gpt-image-1", prompt="a fox", size="1792x1024"))
    facts.of("gif", lambda: IMAGES.generate(model="gpt-image-1", prompt="a fox", output_format="gif"))
    facts.of("film", lambda: IMAGES.generate(model="sora-2", prompt="a fox"))
    facts.of("eleven", lambda: IMAGES.generate(model="gpt-image-1", prompt="a fox", n=11))
    facts.of("filtered", lambda: IMAGES.generate(model="gpt-image-1", prompt="[danqing:filtered] a fox"))
    facts.of("no picture", edit_of_nothing)
    if STREAMS:
        facts.of("streamed", streamed)
        facts.of("broken stream", broken_stream)
    facts.tell()


main()

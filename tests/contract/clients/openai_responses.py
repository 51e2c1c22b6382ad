"""Calls a server with openai: responses with the image_generation tool, waited for, streamed, polled and gone on with.

Env: BASE, KEY, FOLDER for files.
"""

import asyncio
import base64
import os
import time
from pathlib import Path

from facts import Facts
from openai import AsyncOpenAI, OpenAI

BASE, KEY, FOLDER = (os.environ[name] for name in ("BASE", "KEY", "FOLDER"))
CLIENT = OpenAI(api_key=KEY, base_url=BASE + "/v1")
TEXT_MODEL = "gpt-5"
UNNAMED = {"type": "image_generation", "size": "512x512"}
TOOL = UNNAMED | {"model": "gpt-image-2"}


def kept(name: str, text: str) -> str:
    Path(FOLDER, name).write_bytes(base64.b64decode(text, validate=True))
    return name


def told(answer: object, name: str) -> dict[str, object]:
    """The response, with its pictures in files."""
    tree = answer.to_dict()
    for item in tree["output"]:
        if item.get("result"):
            item["result"] = kept(f"{name}-{item['id']}", item["result"])
    return {**tree, "words": answer.output_text}


FIRST: dict[str, str] = {}


def made() -> dict[str, object]:
    answer = CLIENT.responses.create(
        model=TEXT_MODEL,
        input="a red fox in the snow",
        tools=[TOOL | {"output_format": "jpeg", "background": "opaque"}],
        metadata={"shelf": "foxes"},
    )
    FIRST.update(id=answer.id, item=answer.output[0].id, result=answer.output[0].result)
    return told(answer, "made")


def gone_on() -> dict[str, object]:
    answer = CLIENT.responses.create(
        model=TEXT_MODEL, input="mirror it", previous_response_id=FIRST["id"], tools=[UNNAMED]
    )
    return told(answer, "gone-on")


def by_items() -> list[object]:
    """The picture sent back by its id, and whole."""
    said = {"role": "user", "content": [{"type": "input_text", "text": "mirror it"}]}
    answers = [
        CLIENT.responses.create(
            model=TEXT_MODEL,
            input=[{"type": "image_generation_call", "id": FIRST["item"], **more}, said],
            tools=[TOOL | {"action": "edit"}],
        )
        for more in ({}, {"status": "completed", "result": FIRST["result"]})
    ]
    return [told(answer, "by-items") for answer in answers]


def shown() -> dict[str, object]:
    """A picture inside the input."""
    content = [
        {"type": "input_text", "text": "mirror it"},
        {"type": "input_image", "detail": "auto", "image_url": "data:image/jpeg;base64," + FIRST["result"]},
    ]
    answer = CLIENT.responses.create(
        model="gpt-image-2",
        input=[{"role": "user", "content": content}],
        tools=[UNNAMED],
        tool_choice={"type": "image_generation"},
    )
    return told(answer, "shown")


def events(**more: object) -> list[dict[str, object]]:
    stream = CLIENT.responses.create(
        model=TEXT_MODEL, input="a red fox in the snow", tools=[TOOL | {"partial_images": 2}], stream=True, **more
    )
    trees = [event.to_dict() for event in stream]
    for tree in trees:
        if "partial_image_b64" in tree:
            tree["file"] = kept("partial", tree.pop("partial_image_b64"))
    return trees


def streamed() -> list[dict[str, object]]:
    trees = events()
    trees[-1]["response"]["output"][0]["result"] = kept("streamed", trees[-1]["response"]["output"][0]["result"])
    return trees


def polled() -> dict[str, object]:
    answer = CLIENT.responses.create(model=TEXT_MODEL, input="a lighthouse at night", tools=[TOOL], background=True)
    first = answer.status
    while answer.status in ("queued", "in_progress"):
        time.sleep(0.1)
        answer = CLIENT.responses.retrieve(answer.id)
    CLIENT.responses.delete(answer.id)
    return {"first": first, **told(answer, "polled")}


def talk() -> dict[str, object]:
    answer = CLIENT.responses.create(
        model="gemini-3.1-flash-image",
        instructions="Be brief.",
        input="a red fox",
        tools=[{"type": "image_generation"}],
    )
    return told(answer, "talk")


async def asynchronous() -> dict[str, object]:
    async with AsyncOpenAI(api_key=KEY, base_url=BASE + "/v1") as client:
        return told(await client.responses.retrieve(FIRST["id"]), "async")


def filtered() -> object:
    return CLIENT.responses.create(model=TEXT_MODEL, input="[danqing:filtered] a fox", tools=[TOOL])


def broken_stream() -> list[object]:
    stream = CLIENT.responses.create(model=TEXT_MODEL, input="[danqing:fail] a fox", tools=[TOOL], stream=True)
    return [event.to_dict() for event in stream]


def main() -> None:
    facts = Facts()
    facts.of("made", made)
    facts.of("gone on", gone_on)
    facts.of("by items", by_items)
    facts.of("shown", shown)
    facts.of("streamed", streamed)
    facts.of("polled", polled)
    facts.of("talk", talk)
    facts.of("async", lambda: asyncio.run(asynchronous()))
    facts.of("filtered", filtered)
    facts.of("broken stream", broken_stream)
    facts.of("words", lambda: CLIENT.responses.create(model=TEXT_MODEL, input="Hello"))
    facts.tell()


main()

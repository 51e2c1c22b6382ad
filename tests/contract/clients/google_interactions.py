"""Draws, films and talks by google-genai's interactions, at once, in the background, streamed and async.

Env: BASE, KEY, FOLDER; FILM: the job of a film that is there; ONLY: the names of some calls, between commas, where not
all of them are to be made.
"""

import asyncio
import base64
import os
import time
import warnings
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from facts import Facts
from google import genai
from PIL import Image

warnings.simplefilter("ignore")

BASE, KEY, FOLDER, FILM, ONLY = (os.environ[name] for name in ("BASE", "KEY", "FOLDER", "FILM", "ONLY"))
PICTURES = "gemini-3.1-flash-image"
PICTURE = {"type": "image", "aspect_ratio": "16:9"}
LINKED = {**PICTURE, "delivery": "uri"}
WORDS = {"type": "text"}
POLL_S = 0.2

client = genai.Client(api_key=KEY, http_options={"base_url": BASE + "/gemini"})
first: list[str] = []  # the interaction that others go on with


def size(data: str) -> list[object]:
    picture = Image.open(BytesIO(base64.b64decode(data)))
    picture.load()
    return [picture.format, *picture.size]


def seen(steps: Iterable[object]) -> list[object]:
    """What a model said: words as "words", pictures as their format and size or as "linked"."""
    contents = [content for step in steps or [] if step.type == "model_output" for content in step.content]
    return [
        "words" if content.type == "text" else "linked" if content.uri else size(content.data) for content in contents
    ]


def told(answer: object) -> dict[str, object]:
    usage = answer.usage
    return {
        "id": answer.id,
        "status": answer.status,
        "model": answer.model,
        "made": seen(answer.steps),
        "text": answer.output_text,
        "previous": answer.previous_interaction_id,
        "tokens": [usage.total_input_tokens, usage.total_output_tokens, usage.total_tokens] if usage else None,
        "errors": [[error.code, error.message] for error in answer.errors or []],
        "created": answer.created,
    }


def create(**asked: object) -> object:
    return client.interactions.create(**{"model": PICTURES, "response_format": PICTURE, **asked})


def drawn() -> dict[str, object]:
    answer = create(input="a red fox in the snow", generation_config={"seed": 7})
    first.append(answer.id)
    return told(answer) | {"image": size(answer.output_image.data)}


def mixed() -> dict[str, object]:
    """A picture given beside words, and what is wanted in the older field."""
    data = BytesIO()
    Image.new("RGB", (320, 240), "firebrick").save(data, "PNG")
    picture = {"type": "image", "data": base64.b64encode(data.getvalue()).decode(), "mime_type": "image/png"}
    asked = [{"type": "text", "text": "make it black and white"}, picture]
    return told(client.interactions.create(model=PICTURES, input=asked, response_modalities=["text", "image"]))


def followed() -> dict[str, object]:
    answer = create(input="make it black and white", previous_interaction_id=first[0])
    again = client.interactions.get(answer.id, include_input=True)
    said = [[content.text for content in step.content] for step in again.input]
    return told(answer) | {"said": said, "the same": told(again) == told(answer)}


def polled(answer: object) -> object:
    while answer.status == "in_progress":
        time.sleep(POLL_S)
        answer = client.interactions.get(answer.id)
    return answer


def filmed() -> dict[str, object]:
    """A film of another dialect, looked at as an interaction."""
    answer = client.interactions.get(FILM)
    video = answer.output_video
    Path(FOLDER, "inline.mp4").write_bytes(base64.b64decode(video.data))
    return {"status": answer.status, "mime": video.mime_type}


def fetched() -> object:
    """A picture that came by its address."""
    answer = polled(create(input="a red fox", response_format=LINKED, background=True))
    Path(FOLDER, "linked.png").write_bytes(client.files.download(file=answer.output_image.uri))
    return told(answer)["made"]


def heard(events: Iterable[object]) -> list[list[object]]:
    """Each event: its number, its kind, and what it brings."""
    return [[event.event_id, event.event_type, brought(event)] for event in events]


def brought(event: object) -> object:
    if event.event_type == "step.delta":
        return [event.delta.type, getattr(event.delta, "text", None) or getattr(event.delta, "uri", None)]
    if event.event_type == "error":
        return event.error.message
    return getattr(getattr(event, "interaction", None) or event, "status", None)


def streamed() -> dict[str, object]:
    """A whole stream, and the same taken up behind each third event at another moment."""
    asked = {"response_format": [WORDS, LINKED], "stream": True}
    stream = create(input="a red fox in the snow", **asked)
    opened = next(iter(stream))
    events = heard([opened, *stream])
    id = opened.interaction.id
    rest = {
        number: heard(client.interactions.get(id, stream=True, last_event_id=number)) for number, *_ in events[1::3]
    }
    return {"events": events, "rest": rest, "all": heard(client.interactions.get(id, stream=True))}


def inline_stream() -> list[object]:
    """The picture that was drawn at first, in the events of its interaction."""
    events = client.interactions.get(first[0], stream=True)
    return [size(event.delta.data) for event in events if event.event_type == "step.delta"]


async def without_waiting() -> dict[str, object]:
    aio = client.aio.interactions
    asked = {"model": PICTURES, "input": "why?", "response_format": WORDS}
    whole = await aio.create(**asked)
    begun = await aio.create(**asked, background=True)
    kinds = [event.event_type async for event in await aio.get(begun.id, stream=True)]
    streamed = [event.event_type async for event in await aio.create(**asked, stream=True)]
    return {"made": told(whole)["made"], "begun": begun.status, "kinds": kinds, "the same": streamed == kinds}


def cancelled() -> list[object]:
    begun = create(input="[danqing:slow=60] a fox", background=True)
    ended = client.interactions.cancel(begun.id)
    client.interactions.delete(begun.id)
    return [begun.status, ended.status, client.interactions.get(begun.id).status]


def deleted() -> object:
    answer = create(input="why?", response_format=WORDS)
    client.interactions.delete(answer.id)
    return client.interactions.get(answer.id).status


def main() -> None:
    facts = Facts()
    calls = {
        "drawn": drawn,
        "mixed": mixed,
        "followed": followed,
        "filmed": filmed,
        "fetched": fetched,
        "streamed": streamed,
        "inline stream": inline_stream,
        "without waiting": lambda: asyncio.run(without_waiting()),
        "cancelled": cancelled,
        "deleted": deleted,
        "words": lambda: told(client.interactions.create(model=PICTURES, input="why?", response_modalities=["text"])),
        "filtered": lambda: told(create(input="[danqing:filtered] a fox")),
        "failed": lambda: told(create(input="[danqing:fail] a lonely fox")),
        "failed stream": lambda: heard(create(input="[danqing:fail] a lonely fox", stream=True)),
        "filtered in the background": lambda: told(polled(create(input="[danqing:filtered] a fox", background=True))),
        "not stored": lambda: told(create(input="a fox", store=False)),
        "unknown": lambda: client.interactions.get("00000000-0000-0000-0000-000000000000").status,
        "unknown before": lambda: told(create(input="a fox", previous_interaction_id="nothing")),
    }
    for name, call in calls.items():
        if not ONLY or name in ONLY.split(","):
            facts.of(name, call)
    facts.tell()


main()

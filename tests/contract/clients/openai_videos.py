"""Calls a server with openai: a film made and polled, listed, downloaded and deleted, and everything that can go wrong.

Env: BASE, KEY, FOLDER for files, FIRST: a picture to begin with.
"""

import asyncio
import os
import warnings
from pathlib import Path

from facts import Facts
from openai import AsyncOpenAI, OpenAI
from openai.types import Video

warnings.simplefilter("ignore", DeprecationWarning)  # the SDK says so of the whole interface
BASE, KEY, FOLDER, FIRST = (os.environ[name] for name in ("BASE", "KEY", "FOLDER", "FIRST"))
CLIENT = OpenAI(api_key=KEY, base_url=BASE + "/v1")
VIDEOS = CLIENT.videos
FILMS: list[Video] = []


def made() -> dict[str, object]:
    """A film from a first picture, polled to its end."""
    with Path(FIRST).open("rb") as picture:
        film = VIDEOS.create_and_poll(
            model="sora-2",
            prompt="a red fox hops over a stream",
            seconds="4",
            size="720x1280",
            input_reference=picture,
            poll_interval_ms=500,
        )
    FILMS.append(film)
    return film.to_dict()


def begun() -> dict[str, object]:
    """The answer to a film that is only begun, and what its poll says of the next one."""
    raw = VIDEOS.with_raw_response.create(model="sora-2", prompt="[danqing:slow=600] a cat")
    film = raw.parse()
    FILMS.append(film)
    return {**film.to_dict(), "poll_after": raw.headers["openai-poll-after-ms"]}


def content(variant: str) -> dict[str, object]:
    answer = VIDEOS.download_content(FILMS[0].id, variant=variant)
    name = f"{variant}.bin"
    answer.write_to_file(Path(FOLDER, name))
    return {"file": name, "mime": answer.response.headers["content-type"]}


def listed() -> dict[str, object]:
    """The newest first, page by page, and the oldest first."""
    page = VIDEOS.list(limit=1)
    return {
        "first page": [film.id for film in page.data],
        "has_more": page.has_more,
        "all": [film.id for film in page],
        "oldest first": [film.id for film in VIDEOS.list(order="asc")],
    }


async def asynchronous() -> dict[str, object]:
    """The asynchronous client finds the same."""
    async with AsyncOpenAI(api_key=KEY, base_url=BASE + "/v1") as client:
        film = await client.videos.retrieve(FILMS[0].id)
        failed = await client.videos.create_and_poll(
            model="sora-2", prompt="[danqing:filtered] a fox", poll_interval_ms=200
        )
        listed = [film.id async for film in client.videos.list(limit=2)]
    return {"film": film.to_dict(), "failed": failed.to_dict(), "listed": listed}


def deleted() -> dict[str, object]:
    """The word on it, and what is listed then."""
    word = VIDEOS.delete(FILMS[0].id).to_dict()
    return {"word": word, "listed": [film.id for film in VIDEOS.list()]}


def cancelled() -> dict[str, object]:
    """The film that takes too long, ended by the call that Danqing has for it."""
    path = f"{BASE}/api/jobs/{FILMS[1].id.removeprefix('video_')}/cancel"
    CLIENT.post(path, cast_to=object)
    return VIDEOS.retrieve(FILMS[1].id).to_dict()


def main() -> None:
    facts = Facts()
    facts.of("made", made)
    facts.of("begun", begun)
    facts.of("retrieved", lambda: VIDEOS.retrieve(FILMS[0].id).to_dict())
    for variant in ("video", "thumbnail", "spritesheet"):
        facts.of(variant, lambda variant=variant: content(variant))
    facts.of("listed", listed)
    facts.of("async", lambda: asyncio.run(asynchronous()))
    facts.of("too early", lambda: VIDEOS.download_content(FILMS[1].id))
    facts.of("not to be deleted", lambda: VIDEOS.delete(FILMS[1].id))
    facts.of("five seconds", lambda: VIDEOS.create(model="sora-2", prompt="a fox", seconds="5"))
    facts.of("square", lambda: VIDEOS.create(model="sora-2", prompt="a fox", size="1024x1024"))
    facts.of("picture", lambda: VIDEOS.create(model="dall-e-3", prompt="a fox"))
    facts.of("unknown", lambda: VIDEOS.retrieve("video_none"))
    dear = {"x-danqing-max-cost": "0.01"}
    facts.of("remix", lambda: VIDEOS.remix(FILMS[0].id, prompt="at night", extra_headers=dear))
    facts.of("character", lambda: VIDEOS.create_character(name="Ann", video=b"\0\0\0\x18ftypmp42"))
    facts.of("edit", lambda: VIDEOS.edit(prompt="at night", video=b"words"))
    facts.of("cancelled", cancelled)
    facts.of("deleted", deleted)
    facts.of("content of deleted", lambda: VIDEOS.download_content(FILMS[0].id))
    facts.tell()


main()

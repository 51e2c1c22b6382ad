"""Sends files with google-genai, finds them again, uses them in a conversation, and takes them away.

Env: BASE, KEY, FOLDER with fox.png, film.mp4 and lines.jsonl in it, LARGE: a film of more than one chunk.
"""

import asyncio
import os
import warnings
from io import BytesIO
from pathlib import Path

from facts import Facts
from google import genai
from google.genai import types

warnings.simplefilter("ignore")

BASE, KEY, FOLDER, LARGE = (os.environ[name] for name in ("BASE", "KEY", "FOLDER", "LARGE"))
MODEL = "gemini-2.0-flash-preview-image-generation"
ERA = os.environ["ERA"]


def connect(base: str = BASE + "/gemini") -> genai.Client:
    return genai.Client(api_key=KEY, http_options={"base_url": base})


client = connect()


def told(file: types.File) -> dict[str, object]:
    return {
        "name": file.name,
        "title": file.display_name,
        "mime": file.mime_type,
        "size": file.size_bytes,
        "state": file.state.value,
        "source": file.source.value,
        "hash": file.sha256_hash,
        "lasts": (file.expiration_time - file.create_time).total_seconds(),
    }


def send(path: str, **config: str) -> types.File:
    return client.files.upload(file=str(Path(FOLDER, path)), config=config)


def of_memory() -> dict[str, object]:
    file = BytesIO(Path(FOLDER, "fox.png").read_bytes())
    return told(client.files.upload(file=file, config={"mime_type": "image/png", "display_name": "from memory"}))


def large() -> list[object]:
    """A file that is sent in several chunks, and comes back as it was."""
    file = client.files.upload(file=LARGE)
    data = client.files.download(file=file)
    client.files.delete(name=file.name)
    return [file.mime_type, file.size_bytes, data == Path(LARGE).read_bytes()]


def found() -> dict[str, object]:
    return told(client.files.get(name=f"files/fox-of-{ERA}"))


def by_address(base: str) -> list[object]:
    """Where the base URL has no /gemini, and by the address that the file has."""
    other = connect(base)
    file = other.files.get(name=f"files/fox-of-{ERA}")
    listed = [entry.name for entry in other.files.list(config={"page_size": 2})]
    return [file.name, other.files.get(name=file.uri).name, len(other.files.download(file=file)), listed]


def edited() -> list[object]:
    """A conversation about a file that was sent before."""
    fox = client.files.get(name=f"files/fox-of-{ERA}")
    config = types.GenerateContentConfig(response_modalities=["TEXT", "IMAGE"])
    answer = client.models.generate_content(model=MODEL, contents=[fox, "make it night"], config=config)
    return [part.inline_data.mime_type for part in answer.candidates[0].content.parts if part.inline_data]


def deleted() -> list[object]:
    name = send("fox.png").name
    client.files.delete(name=name)
    try:
        client.files.get(name=name)
    except genai.errors.ClientError as error:
        return [error.code, error.status]
    return []


def refused(path: str, **config: str) -> str:
    return client.files.upload(file=str(Path(FOLDER, path)), config=config).name


async def everything() -> list[object]:
    aio = client.aio
    file = await aio.files.upload(file=str(Path(FOLDER, "film.mp4")))
    got = await aio.files.get(name=file.name)
    data = await aio.files.download(file=got)
    listed = [entry.name async for entry in await aio.files.list(config={"page_size": 3})]
    await aio.files.delete(name=file.name)
    return [got.mime_type, len(data), file.name in listed]


facts = Facts()
facts.of("picture", lambda: told(send("fox.png", name=f"fox-of-{ERA}", display_name="A red fox")))
facts.of("film", lambda: told(send("film.mp4")))
facts.of("lines", lambda: told(send("lines.jsonl", mime_type="jsonl")))
facts.of("of memory", of_memory)
facts.of("large", large)
facts.of("found", found)
facts.of("at the root", lambda: by_address(BASE))
facts.of("by its address", lambda: by_address(BASE + "/gemini"))
facts.of("edited", edited)
facts.of("deleted", deleted)
facts.of("async", lambda: asyncio.run(everything()))
facts.of("taken name", lambda: refused("fox.png", name=f"fox-of-{ERA}"))
facts.of("no file", lambda: refused("nothing.bin", mime_type="application/pdf"))
facts.of("unknown", lambda: client.files.get(name="files/nobody").name)
facts.tell()

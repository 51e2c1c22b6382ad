"""Makes batches with google-genai, of requests in the call and in a file.

Env: BASE, KEY, FOLDER.
"""

import asyncio
import json
import os
import time
import warnings
from pathlib import Path

from facts import Facts
from google import genai
from google.genai import types

warnings.simplefilter("ignore")

BASE, KEY, FOLDER = (os.environ[name] for name in ("BASE", "KEY", "FOLDER"))
MODEL = "gemini-2.0-flash-preview-image-generation"
WORDS = {"response_modalities": ["TEXT"]}
client = genai.Client(api_key=KEY, http_options={"base_url": BASE + "/gemini"})


def over(batch: types.BatchJob) -> types.BatchJob:
    while not batch.done:
        time.sleep(0.2)
        batch = client.batches.get(name=batch.name)
    return batch


def inline() -> dict[str, object]:
    requests = [
        {
            "contents": [{"parts": [{"text": "a red fox"}], "role": "user"}],
            "config": WORDS,
            "metadata": {"which": "fox"},
        },
        {"contents": [{"parts": [{"text": "[danqing:fail] a fox"}], "role": "user"}], "config": WORDS},
    ]
    begun = client.batches.create(model=MODEL, src=requests, config={"display_name": "two foxes"})
    batch = over(begun)
    first, second = batch.dest.inlined_responses
    return {
        "state": [begun.state.value, batch.state.value],
        "title": batch.display_name,
        "model": batch.model,
        "ended": batch.end_time is not None,
        "words": bool(first.response.text),
        "metadata": first.metadata,
        "error": [second.error.code, bool(second.error.message)],
    }


def by_file() -> list[object]:
    lines = Path(FOLDER, "requests.jsonl")
    request = {"contents": [{"parts": [{"text": "a red fox"}]}]}
    lines.write_text(json.dumps({"key": "fox", "request": request}) + "\n")
    file = client.files.upload(file=str(lines), config={"mime_type": "jsonl", "display_name": "requests"})
    batch = over(client.batches.create(model=f"models/{MODEL}", src=file.name))
    [line] = client.files.download(file=batch.dest.file_name).decode().splitlines()
    told = json.loads(line)
    parts = told["response"]["candidates"][0]["content"]["parts"]
    return [batch.state.value, told["key"], [part["inlineData"]["mimeType"] for part in parts if "inlineData" in part]]


def cancelled() -> list[object]:
    batch = client.batches.create(model=MODEL, src=[{"contents": "[danqing:slow=60] a fox", "config": WORDS}] * 2)
    client.batches.cancel(name=batch.name)
    state = client.batches.get(name=batch.name).state.value
    client.batches.delete(name=batch.name)
    try:
        client.batches.get(name=batch.name)
    except genai.errors.ClientError as error:
        return [state, error.code]
    return [state]


def listed() -> list[str]:
    return [batch.state.value for batch in client.batches.list(config={"page_size": 1})]


async def at_once() -> list[object]:
    aio = client.aio
    batch = await aio.batches.create(model=MODEL, src=[{"contents": "a red fox", "config": WORDS}])
    while not batch.done:
        await asyncio.sleep(0.2)
        batch = await aio.batches.get(name=batch.name)
    return [bool(batch.dest.inlined_responses[0].response.text)]


facts = Facts()
facts.of("inline", inline)
facts.of("by file", by_file)
facts.of("cancelled", cancelled)
facts.of("listed", listed)
facts.of("async", lambda: asyncio.run(at_once()))
facts.of("unknown", lambda: client.batches.get(name="batches/nobody").name)
facts.tell()

"""Asks a server for pictures and films that come to every outcome, with google-genai and with openai.

Env: BASE, KEY, FOLDER (not used), ASKS: JSON, [way, outcome, model, prompt, count] of each.
"""

import json
import os
import time
import warnings
from collections.abc import Callable

from facts import Facts
from google import genai
from google.genai import types
from openai import OpenAI

warnings.simplefilter("ignore")

BASE, KEY = os.environ["BASE"], os.environ["KEY"]
GOOGLE = genai.Client(vertexai=True, api_key=KEY, http_options={"base_url": BASE + "/gemini"})
OPENAI = OpenAI(api_key=KEY, base_url=BASE + "/v1", max_retries=0)


def imagen(model: str, prompt: str, count: int, *, reasons: bool = False) -> list[object]:
    """Of each entry: whether it has a picture, and the reason when it has none."""
    config = types.GenerateImagesConfig(number_of_images=count, include_rai_reason=reasons)
    made = GOOGLE.models.generate_images(model=model, prompt=prompt, config=config).generated_images
    return [[bool(entry.image and entry.image.image_bytes), bool(entry.rai_filtered_reason)] for entry in made or []]


def veo(model: str, prompt: str, count: int) -> dict[str, object]:
    config = types.GenerateVideosConfig(number_of_videos=count)
    operation = GOOGLE.models.generate_videos(model=model, prompt=prompt, config=config)
    while not operation.done:
        time.sleep(0.05)
        operation = GOOGLE.operations.get(operation)
    told = operation.response
    return {
        "films": len(told.generated_videos or []) if told else 0,
        "withheld": told.rai_media_filtered_count if told else None,
        "reasons": bool(told and told.rai_media_filtered_reasons),
        "error": operation.error and operation.error["code"],
    }


def chat(model: str, prompt: str, count: int) -> object:
    messages = [{"role": "user", "content": prompt}]
    answer = OPENAI.chat.completions.create(model=model, messages=messages, modalities=["text", "image"], n=count)
    return pictures(getattr(answer.choices[0].message, "multi_mod_content", None) or [])


def streamed(model: str, prompt: str, count: int) -> object:
    messages = [{"role": "user", "content": prompt}]
    parts: list[dict[str, object]] = []
    for chunk in OPENAI.chat.completions.create(
        model=model, messages=messages, modalities=["text", "image"], n=count, stream=True
    ):
        for choice in chunk.choices:
            parts += getattr(choice.delta, "multi_mod_content", None) or []
    return pictures(parts)


def pictures(parts: list[dict[str, object]]) -> int:
    return sum("inline_data" in part for part in parts)


WAYS: dict[str, Callable[[str, str, int], object]] = {
    "imagen": imagen,
    "imagen with reasons": lambda *asked: imagen(*asked, reasons=True),
    "veo": veo,
    "chat": chat,
    "streamed": streamed,
}
facts = Facts()
for way, outcome, model, prompt, count in json.loads(os.environ["ASKS"]):
    facts.of(f"{way} {outcome}", lambda: WAYS[way](model, prompt, count))  # noqa: B023  called at once
facts.tell()

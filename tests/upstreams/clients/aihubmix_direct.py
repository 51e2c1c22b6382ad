"""Calls an imitation of AiHubMix as its document does, with google-genai and openai. Env: BASE, KEY; prints JSON."""

import base64
import json
import os
import warnings

from google import genai
from google.genai import types
from openai import OpenAI

warnings.simplefilter("ignore")
BASE, KEY = os.environ["BASE"], os.environ["KEY"]
google = genai.Client(api_key=KEY, http_options={"base_url": f"{BASE}/gemini"})
openai = OpenAI(api_key=KEY, base_url=f"{BASE}/v1", max_retries=0)


def of(call: object) -> object:
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:60]


def pictured(prompt: str) -> object:
    config = types.GenerateImagesConfig(number_of_images=2, aspect_ratio="1:1")
    answer = google.models.generate_images(model="imagen-3.0-generate-002", prompt=prompt, config=config)
    return [bool(one.image.image_bytes) for one in answer.generated_images]


def filmed(prompt: str) -> object:
    config = types.GenerateVideosConfig(aspect_ratio="16:9", number_of_videos=1, duration_seconds=5)
    operation = google.models.generate_videos(model="veo-2.0-generate-001", prompt=prompt, config=config)
    while not operation.done:
        operation = google.operations.get(operation)
    [film] = operation.response.generated_videos
    return len(google.files.download(file=film.video))


def talked() -> object:
    words = [{"role": "user", "content": "a fox"}]
    model = "gemini-2.0-flash-preview-image-generation"
    answer = openai.chat.completions.create(model=model, messages=words, modalities=["text", "image"])
    parts = answer.choices[0].message.multi_mod_content
    return [bool(base64.b64decode(part["inline_data"]["data"])) for part in parts if "inline_data" in part]


def told(stream: bool) -> object:
    words = [{"role": "user", "content": "a butterfly"}]
    answer = openai.chat.completions.create(model="veo-3", messages=words, stream=stream)
    text = "".join(chunk.choices[0].delta.content for chunk in answer) if stream else answer.choices[0].message.content
    return ["Task ID" in text, "Retrying" in text, "Download Video" in text]


print(
    json.dumps(
        {
            "pictured": of(lambda: pictured("a fox")),
            "blank": of(lambda: pictured("!blank girl")),
            "filmed": of(lambda: filmed("!uri a kitten")),
            "talked": of(talked),
            "told": of(lambda: [told(False), told(True)]),
        }
    )
)

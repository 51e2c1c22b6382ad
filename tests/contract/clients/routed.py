"""Calls a server whose upstreams go wrong, with google-genai and openai as people use them.

Env: BASE, KEY, FOLDER.
"""

import os
import warnings

from facts import Facts
from google import genai
from google.genai import types
from openai import OpenAI

warnings.simplefilter("ignore")

BASE, KEY = os.environ["BASE"], os.environ["KEY"]
google = genai.Client(vertexai=True, api_key=KEY, http_options={"base_url": BASE + "/gemini"})
openai = OpenAI(api_key=KEY, base_url=BASE + "/v1", max_retries=0)


def drawn(prompt: str, count: int = 1) -> list[bool]:
    """Whether each picture is there."""
    config = types.GenerateImagesConfig(number_of_images=count)
    answer = google.models.generate_images(model="imagen-4.0-generate-001", prompt=prompt, config=config)
    return [bool(made.image and made.image.image_bytes) for made in answer.generated_images]


def talked(prompt: str) -> list[str]:
    """The kinds of what was answered."""
    message = {"role": "user", "content": prompt}
    model = "gemini-2.0-flash-preview-image-generation"
    answer = openai.chat.completions.create(model=model, messages=[message], modalities=["text", "image"])
    return [kind for part in answer.choices[0].message.multi_mod_content for kind in part if part[kind]]


facts = Facts()
facts.of("keys", lambda: drawn("a fox", 4))
facts.of("lost", lambda: drawn("a lost fox !hangup"))
facts.of("busy", lambda: drawn("a busy fox !forward !busy"))
facts.of("declined", lambda: talked("a forbidden fox !forbidden"))
facts.tell()

"""Asks for pictures and films with every parameter that Google knows. Env: BASE, KEY, FOLDER for what comes back."""

import base64
import os
import time
import warnings
from pathlib import Path

from facts import Facts
from google import genai
from google.genai import types

warnings.simplefilter("ignore")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FRAME = types.Image(image_bytes=PNG, mime_type="image/png")
FOLDER = Path(os.environ["FOLDER"])
client = genai.Client(vertexai=True, api_key=os.environ["KEY"], http_options={"base_url": os.environ["BASE"]})


def saved(name: str, data: bytes) -> str:
    (FOLDER / name).write_bytes(data)
    return name


def pictures(prompt: str, **config: object) -> list[list[object]]:
    made = client.models.generate_images(
        model="imagen-echo", prompt=prompt, config=types.GenerateImagesConfig(**config)
    ).generated_images
    return [
        [saved(f"{prompt[:5]}{at}", one.image.image_bytes), one.image.mime_type]
        if one.image and one.image.image_bytes
        else [one.rai_filtered_reason]
        for at, one in enumerate(made)
    ]


def films(prompt: str, **more: object) -> object:
    config = types.GenerateVideosConfig(**more.pop("config"))
    operation = client.models.generate_videos(model="veo-echo", prompt=prompt, config=config, **more)
    while not operation.done:
        time.sleep(0.05)
        operation = client.operations.get(operation)
    told = operation.response
    made = [saved(f"film{at}", one.video.video_bytes) for at, one in enumerate(told.generated_videos or [])]
    return [made, told.rai_media_filtered_count or 0, told.rai_media_filtered_reasons or []]


EVERYTHING = {
    "number_of_images": 2,
    "aspect_ratio": "16:9",
    "image_size": "2K",
    "seed": 7,
    "guidance_scale": 7.5,
    "negative_prompt": "rain, 雨",
    "person_generation": "ALLOW_ALL",
    "safety_filter_level": "BLOCK_ONLY_HIGH",
    "include_rai_reason": True,
    "language": "en",
    "output_mime_type": "image/jpeg",
    "output_compression_quality": 80,
    "add_watermark": False,
    "enhance_prompt": True,
}
FILM = {
    "number_of_videos": 2,
    "duration_seconds": 6,
    "aspect_ratio": "9:16",
    "resolution": "1080p",
    "seed": 9,
    "person_generation": "allow_all",
    "negative_prompt": "cars",
    "enhance_prompt": True,
    "generate_audio": True,
    "last_frame": FRAME,
}
facts = Facts()
facts.of("pictures", lambda: pictures("a red fox, 狐 “quoted”\n\u2028second line", **EVERYTHING))
facts.of("some", lambda: pictures("a fox !rai", number_of_images=3, include_rai_reason=True, seed=1))
facts.of("film", lambda: films("a fox runs", image=FRAME, config=FILM))
facts.of("some films", lambda: films("a fox !partly", config={"number_of_videos": 2, "seed": 3}))
facts.tell()

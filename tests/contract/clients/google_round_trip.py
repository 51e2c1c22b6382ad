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
WHITE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==")
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


def edited(prompt: str, *references: object, **config: object) -> list[object]:
    config = types.EditImageConfig(**config)
    made = client.models.edit_image(
        model="imagen-echo", prompt=prompt, reference_images=list(references), config=config
    ).generated_images
    return [one.image.mime_type for one in made]


def larger() -> list[object]:
    config = types.UpscaleImageConfig(include_rai_reason=True, enhance_input_image=True, image_preservation_factor=0.4)
    made = client.models.upscale_image(model="imagen-echo", image=FRAME, upscale_factor="x4", config=config)
    return [one.image.mime_type for one in made.generated_images]


RAW = types.RawReferenceImage(reference_id=1, reference_image=FRAME)
MASK = types.MaskReferenceImage(
    reference_id=2,
    reference_image=types.Image(image_bytes=WHITE, mime_type="image/png"),
    config=types.MaskReferenceConfig(mask_mode="MASK_MODE_USER_PROVIDED", mask_dilation=0.02),
)
FOUND = types.MaskReferenceImage(
    reference_id=3, config=types.MaskReferenceConfig(mask_mode="MASK_MODE_SEMANTIC", segmentation_classes=[7, 8])
)
SUBJECT = types.SubjectReferenceImage(
    reference_id=2,
    reference_image=FRAME,
    config=types.SubjectReferenceConfig(subject_type="SUBJECT_TYPE_ANIMAL", subject_description="a fox"),
)
STYLE = types.StyleReferenceImage(
    reference_id=4, reference_image=FRAME, config=types.StyleReferenceConfig(style_description="ink")
)
BY = [types.VideoGenerationReferenceImage(image=FRAME, reference_type=kind) for kind in ("ASSET", "STYLE")]
GIVEN = types.Video(video_bytes=(FOLDER / "given.mp4").read_bytes(), mime_type="video/mp4")
INSERT = {"edit_mode": "EDIT_MODE_INPAINT_INSERTION", "base_steps": 30, "guidance_scale": 60, "number_of_images": 2}
facts = Facts()
facts.of("pictures", lambda: pictures("a red fox, 狐 “quoted”\n\u2028second line", **EVERYTHING))
facts.of("some", lambda: pictures("a fox !rai", number_of_images=3, include_rai_reason=True, seed=1))
facts.of("film", lambda: films("a fox runs", image=FRAME, config=FILM))
facts.of("some films", lambda: films("a fox !partly", config={"number_of_videos": 2, "seed": 3}))
facts.of("edited", lambda: edited("a hat", RAW, MASK, **INSERT))
facts.of("custom", lambda: edited("[2] in the style of [4] on [1]", RAW, SUBJECT, STYLE, FOUND, number_of_images=1))
facts.of("larger", larger)
facts.of("by pictures", lambda: films("by pictures", config={"duration_seconds": 8, "reference_images": BY}))
facts.of("longer", lambda: films("longer", video=GIVEN, config={"duration_seconds": 7}))
facts.tell()

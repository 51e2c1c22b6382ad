"""Changes pictures and films with google-genai in Vertex mode, which is the mode that has these calls.

Env: BASE, KEY, FOLDER with photo.png, mask.png and subject.png; FILM: the name of a file that is a film, or "".
"""

import os
import warnings
from collections.abc import Callable
from pathlib import Path

from facts import Facts
from google import genai
from google.genai import types

warnings.simplefilter("ignore")  # of calls that are deprecated, which these tests are about

BASE, KEY, FOLDER, FILM = (os.environ[name] for name in ("BASE", "KEY", "FOLDER", "FILM"))
CAPABILITY, UPSCALE, VEO = "imagen-3.0-capability-001", "imagen-4.0-upscale-preview", "veo-3.1-generate-001"
CLIENT = genai.Client(vertexai=True, api_key=KEY, http_options={"base_url": BASE + "/gemini"})


def image(name: str) -> types.Image:
    return types.Image(image_bytes=Path(FOLDER, name).read_bytes(), mime_type="image/png")


PHOTO = types.RawReferenceImage(reference_id=1, reference_image=image("photo.png"))
MASK = types.MaskReferenceImage(
    reference_id=2,
    reference_image=image("mask.png"),
    config=types.MaskReferenceConfig(mask_mode="MASK_MODE_USER_PROVIDED", mask_dilation=0.0),
)


def edited(name: str, prompt: str, *references: object, **config: object) -> dict[str, object]:
    config = {"number_of_images": 1, "output_mime_type": "image/png", **config}
    answer = CLIENT.models.edit_image(
        model=CAPABILITY,
        prompt=prompt,
        reference_images=list(references),
        config=types.EditImageConfig(**config),
    )
    [generated] = answer.generated_images
    Path(FOLDER, f"{name}.png").write_bytes(generated.image.image_bytes)
    return {"mime": generated.image.mime_type}


def enlarged() -> dict[str, object]:
    config = types.UpscaleImageConfig(include_rai_reason=True, output_mime_type="image/jpeg")
    answer = CLIENT.models.upscale_image(model=UPSCALE, image=image("photo.png"), upscale_factor="x2", config=config)
    Path(FOLDER, "enlarged.jpg").write_bytes(answer.generated_images[0].image.image_bytes)
    return {"mime": answer.generated_images[0].image.mime_type}


def filmed(prompt: str, **given: object) -> str | None:
    """Begin a film; its operation's name."""
    config = types.GenerateVideosConfig(number_of_videos=1, **given.pop("config", {}))
    return CLIENT.models.generate_videos(model=VEO, prompt=prompt, config=config, **given).name


def found(mode: str) -> types.MaskReferenceImage:
    """A mask that the model is to find."""
    return types.MaskReferenceImage(reference_id=2, config=types.MaskReferenceConfig(mask_mode=mode))


def reference(kind: str) -> object:
    return types.VideoGenerationReferenceImage(image=image("subject.png"), reference_type=kind)


def calls() -> dict[str, Callable[[], object]]:
    subject = types.SubjectReferenceImage(
        reference_id=1,
        reference_image=image("subject.png"),
        config=types.SubjectReferenceConfig(subject_type="SUBJECT_TYPE_PRODUCT", subject_description="a card"),
    )
    every: dict[str, Callable[[], object]] = {
        "insert": lambda: edited("insert", "a cat", PHOTO, MASK, edit_mode="EDIT_MODE_INPAINT_INSERTION", base_steps=9),
        "remove": lambda: edited("remove", "", PHOTO, MASK, edit_mode="EDIT_MODE_INPAINT_REMOVAL"),
        "foreground": lambda: edited("x", "a cat", PHOTO, found("MASK_MODE_FOREGROUND"), edit_mode="EDIT_MODE_DEFAULT"),
        "subject": lambda: edited("subject", "[1] on a beach", subject),
        "upscale": enlarged,
    }
    if hasattr(CLIENT.models, "recontext_image"):
        try_on = types.RecontextImageSource(
            person_image=image("photo.png"), product_images=[types.ProductImage(product_image=image("photo.png"))]
        )
        every["try on"] = lambda: CLIENT.models.recontext_image(model=CAPABILITY, source=try_on)
        cut = types.SegmentImageSource(image=image("photo.png"))
        mode = types.SegmentImageConfig(mode="FOREGROUND")
        every["segment"] = lambda: CLIENT.models.segment_image(model=CAPABILITY, source=cut, config=mode)
    if hasattr(types, "VideoGenerationReferenceImage"):
        slow = "[danqing:slow=60] a film"
        every["references"] = lambda: filmed(slow, config={"reference_images": [reference("ASSET")]})
        every["style"] = lambda: filmed(slow, config={"reference_images": [reference("STYLE")]})
    if hasattr(types, "VideoGenerationMask"):
        mask = types.VideoGenerationMask(image=image("mask.png"), mask_mode="REMOVE")
        every["film mask"] = lambda: filmed("a film", config={"mask": mask})
    if FILM:
        every["longer"] = lambda: filmed("a cat jumps", video=types.Video(uri=FILM, mime_type="video/mp4"))
    return every


def main() -> None:
    facts = Facts()
    for name, call in calls().items():
        facts.of(name, call)
    facts.tell()


main()

"""Calls imitations of Google with google-genai, to see that they are. Env: STUDIO, STUDIO_KEY, VERTEX, VERTEX_KEY."""

import base64
import json
import os
import time
import warnings

from google import genai
from google.genai import errors, types

warnings.simplefilter("ignore")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ABSENT = "not in this era"


def connect(name: str) -> genai.Client:
    mode = {"vertexai": True} if name == "VERTEX" else {}
    options = {"base_url": os.environ[name]}
    return genai.Client(api_key=os.environ[f"{name}_KEY"], http_options=options, **mode)


def of(call: object) -> object:
    try:
        return call()
    except errors.APIError as error:
        return [type(error).__name__, error.code, error.status]
    except ValueError as error:
        return ABSENT if "only supported in" in str(error) else str(error)


def content(client: genai.Client, prompt: str, *parts: object) -> object:
    config = types.GenerateContentConfig(response_modalities=["TEXT", "IMAGE"], seed=3, temperature=0.5)
    answer = client.models.generate_content(
        model="gemini-3.1-flash-image", contents=[*parts, prompt] if parts else prompt, config=config
    )
    if not answer.candidates:
        return str(answer.prompt_feedback.block_reason.value)
    [candidate] = answer.candidates
    if not candidate.content:
        return [candidate.finish_reason.value, candidate.finish_message]
    kinds = ["thought" if part.thought else "text" if part.text else "picture" for part in candidate.content.parts]
    return [kinds, candidate.finish_reason.value, answer.usage_metadata.candidates_token_count]


def chat(client: genai.Client) -> object:
    """The SDK sends the model's turn back with its signatures."""
    talk = client.chats.create(model="gemini-3-pro-image")
    talk.send_message("a fox")
    answer = talk.send_message("in blue")
    return len(answer.candidates[0].content.parts)


def pictures(client: genai.Client, prompt: str) -> object:
    config = types.GenerateImagesConfig(number_of_images=2, include_rai_reason=True, aspect_ratio="16:9")
    made = client.models.generate_images(model="imagen-4.0-generate-001", prompt=prompt, config=config)
    return [one.rai_filtered_reason or bool(one.image.image_bytes) for one in made.generated_images]


def film(client: genai.Client, prompt: str) -> object:
    config = types.GenerateVideosConfig(number_of_videos=1, duration_seconds=8, aspect_ratio="16:9")
    image = types.Image(image_bytes=PNG, mime_type="image/png")
    operation = client.models.generate_videos(model="veo-3.1-generate-001", prompt=prompt, image=image, config=config)
    while not operation.done:
        time.sleep(0.01)
        operation = client.operations.get(operation)
    if operation.error:
        return operation.error["code"]
    if not operation.response.generated_videos:
        return operation.response.rai_media_filtered_reasons
    video = operation.response.generated_videos[0].video
    return len(video.video_bytes or client.files.download(file=video))


def interaction(client: genai.Client, prompt: str, **more: object) -> object:
    if not hasattr(client, "interactions") or genai.__version__ < "3":
        return ABSENT
    told = client.interactions.create(model="gemini-omni-1.1-flash", input=prompt, **more)
    while told.status == "in_progress":
        time.sleep(0.01)
        told = client.interactions.get(told.id)
    if told.status != "completed":
        return [told.status, told.errors[0].message]
    made = told.output_video or told.output_image
    return [
        told.status,
        made.uri.partition("/files/")[0] if made.uri else bool(made.data),
        told.usage.total_output_tokens,
    ]


def cancelled(client: genai.Client) -> object:
    if not hasattr(client, "interactions") or genai.__version__ < "3":
        return ABSENT
    told = client.interactions.create(model="gemini-omni-1.1-flash", input="!stuck", background=True)
    return client.interactions.cancel(told.id).status


def free(client: genai.Client, name: str) -> object:
    """What costs nothing: the list of AI Studio; what Vertex has to say of a model, and its counting of words."""
    if name == "STUDIO":
        return [model.name for model in client.models.list()][:1]
    counted = client.models.count_tokens(model="gemini-3.1-flash-image", contents="a cat")
    return [client.models.get(model="gemini-3.1-flash-image").name, counted.total_tokens]


def main() -> None:
    facts = {}
    part = types.Part.from_bytes(data=PNG, mime_type="image/png")
    for name in ("STUDIO", "VERTEX"):
        client = connect(name)
        calls = {
            "free": lambda client=client, name=name: free(client, name),
            "content": lambda client=client: content(client, "a fox"),
            "edited": lambda client=client: content(client, "in blue", part, part),
            "blocked": lambda client=client: content(client, "!blocked"),
            "withheld": lambda client=client: content(client, "!IMAGE_SAFETY"),
            "busy": lambda client=client: content(client, "!busy"),
            "chat": lambda client=client: chat(client),
            "pictures": lambda client=client: pictures(client, "a fox"),
            "partly": lambda client=client: pictures(client, "!rai"),
            "film": lambda client=client: film(client, "a fox"),
            "filtered film": lambda client=client: film(client, "!filtered"),
            "failed film": lambda client=client: film(client, "!code13"),
        }
        facts[name.lower()] = {call: of(calls[call]) for call in calls}
    studio = connect("STUDIO")
    facts["interactions"] = {
        "film": of(lambda: interaction(studio, "a fox", background=True, response_format=VIDEO)),
        "inline": of(lambda: interaction(studio, "!inline", background=True, response_format=VIDEO)),
        "picture": of(lambda: interaction(studio, "a fox")),
        "failed": of(lambda: interaction(studio, "!failed", background=True)),
        "cancelled": of(lambda: cancelled(studio)),
    }
    print(json.dumps(facts))


VIDEO = {"type": "video", "aspect_ratio": "16:9", "resolution": "720p", "duration": "8s", "delivery": "uri"}
main()

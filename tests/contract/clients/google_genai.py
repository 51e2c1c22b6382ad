"""Calls a server with google-genai in both of its modes: with a key alone (Developer) and with vertexai=True.

Env: BASE, KEY, FOLDER for files, FILM: the name of an operation that has ended, DAILY: a key that has no
money today, RATED: one that may ask once a minute.
"""

import os
import time
import warnings
from pathlib import Path

from facts import Facts
from google import genai
from google.genai import types

warnings.simplefilter("ignore")  # of deprecated arguments, which these tests are about

BASE, KEY, FOLDER, FILM, DAILY, RATED = (
    os.environ[name] for name in ("BASE", "KEY", "FOLDER", "FILM", "DAILY", "RATED")
)
IMAGEN, VEO = "imagen-3.0-generate-002", "veo-2.0-generate-001"
ID = FILM.rpartition("/")[2]
VERTEX_NAME = f"projects/ahm-gemini-03/locations/us-central1/publishers/google/models/{VEO}/operations/{ID}"


def connect(mode: str, key: str = KEY, **options: str) -> genai.Client:
    vertex = {"vertexai": True} if mode == "vertex" else {}
    return genai.Client(api_key=key, http_options={"base_url": BASE + "/gemini", **options}, **vertex)


def draw(client: genai.Client, prompt: str, model: str = IMAGEN, **config: object) -> list[types.GeneratedImage]:
    config = types.GenerateImagesConfig(**config)
    return client.models.generate_images(model=model, prompt=prompt, config=config).generated_images


def saved(client: genai.Client, name: str) -> list[str]:
    """The document's way to keep the pictures."""
    files = []
    made = draw(client, "a red fox in the snow", number_of_images=1, aspect_ratio="16:9", output_mime_type="image/jpeg")
    for number, generated in enumerate(made):
        file = Path(FOLDER, f"{name}-{number}.jpg")
        file.write_bytes(generated.image.image_bytes)
        files.append(file.name)
    return files


def reasons(client: genai.Client) -> list[list[object]]:
    made = draw(client, "[danqing:filtered=1] a red fox", number_of_images=2, include_rai_reason=True)
    return [[bool(entry.image and entry.image.image_bytes), entry.rai_filtered_reason] for entry in made]


def polled(client: genai.Client, operation: types.GenerateVideosOperation) -> types.GenerateVideosOperation:
    while not operation.done:
        time.sleep(0.05)
        operation = client.operations.get(operation)
    return operation


def started(client: genai.Client, prompt: str) -> dict[str, object]:
    first = client.models.generate_videos(
        model=VEO, prompt=prompt, config=types.GenerateVideosConfig(person_generation="dont_allow", number_of_videos=1)
    )
    last = polled(client, first)
    response = last.response
    return {
        "name": first.name,
        "was_done": first.done,
        "error": last.error,
        "reasons": response.rai_media_filtered_reasons if response else None,
        "count": response.rai_media_filtered_count if response else None,
    }


def watched(client: genai.Client, name: str, operation_name: str) -> dict[str, object]:
    """Poll a film that is there, twice, as the SDK goes on with the name of the last answer; then keep the film."""
    operation = client.operations.get(types.GenerateVideosOperation(name=operation_name))
    operation = client.operations.get(operation)
    video = operation.response.generated_videos[0].video
    if video.uri:
        client.files.download(file=video)
    video.save(str(Path(FOLDER, f"{name}.mp4")))
    return {"done": operation.done, "name": operation.name, "uri": video.uri, "mime": video.mime_type}


def fetched(client: genai.Client, uri: str) -> int:
    """The size of a film that is downloaded by this address."""
    return len(client.files.download(file=types.Video(uri=uri)))


def film_addresses(client: genai.Client) -> list[int]:
    operation = client.operations.get(types.GenerateVideosOperation(name=FILM))
    uri = operation.response.generated_videos[0].video.uri
    name = uri.rpartition("files/")[2].partition(":")[0]
    https = f"https://elsewhere.example/gemini/v1beta/files/{name}:download?alt=media"
    return [fetched(client, address) for address in (uri, https, f"files/{name}")]


def every(client: genai.Client, **config: int) -> list[str]:
    return [model.name for model in client.models.list(config=config or None)]


def ask(facts: Facts, mode: str) -> None:
    """All that works, or fails, in the same way in both modes."""
    client = connect(mode)
    nowhere = types.GenerateVideosOperation(name=f"publishers/google/models/{VEO}/operations/none")
    calls = {
        "pictures": lambda: saved(client, mode),
        "filtered": lambda: len(draw(client, "[danqing:filtered] a red fox", number_of_images=2)),
        "reasons": lambda: reasons(client),
        "bad ratio": lambda: len(draw(client, "a fox", aspect_ratio="7:3")),
        "too many": lambda: len(draw(client, "a fox", number_of_images=5)),
        "no money today": lambda: len(draw(connect(mode, key=DAILY), "a fox")),
        "too fast": lambda: [len(draw(connect(mode, key=RATED), "a fox", number_of_images=1)) for _ in range(2)],
        "unknown model": lambda: len(draw(client, "a fox", model="imagen-9")),
        "failed film": lambda: started(client, "[danqing:fail] a kitten"),
        "filtered film": lambda: started(client, "[danqing:filtered] a kitten"),
        "unknown operation": lambda: client.operations.get(nowhere).name,
        "models": lambda: every(client),
        "models by fives": lambda: every(client, page_size=5),
        "model": lambda: client.models.get(model=IMAGEN).model_dump(),
    }
    for name, call in calls.items():
        facts.of(f"{mode} {name}", call)


def main() -> None:
    facts = Facts()
    ask(facts, "developer")
    ask(facts, "vertex")
    developer = connect("developer")
    facts.of("developer film", lambda: watched(developer, "developer", FILM))
    facts.of("developer film by Vertex's name", lambda: watched(developer, "projects", VERTEX_NAME))
    facts.of("vertex film", lambda: watched(connect("vertex"), "vertex", f"publishers/google/{FILM}"))
    facts.of("addresses", lambda: film_addresses(developer))
    facts.of("unknown file", lambda: developer.files.download(file="files/none"))
    facts.of("wrong key", lambda: every(connect("developer", key="sk-test-wrong")))
    facts.of("alpha", lambda: every(connect("developer", api_version="v1alpha")))
    facts.of("no version", lambda: every(connect("developer", api_version="")))
    facts.tell()


main()

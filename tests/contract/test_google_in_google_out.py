"""What Google's own client says reaches Google's Vertex through a server as without one, and so do the answers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from rows import add_model
from serving import Server
from upstreams import vertex

from .conftest import Facts, performed

SETTINGS = """[upstreams.vertex]
base_url = "{url}"
key = "{key}"
poll_s = 0.05
"""
PERSONS = ["allow_adult", "allow_all", "dont_allow"]
BOTH = {"count_max": 4, "aspects": ["1:1", "16:9", "9:16"], "persons": PERSONS, "roles": ["subject", "style"]}
PICTURE: dict[str, object] = {
    "sizes": ["1K", "2K"],
    "mimes": ["image/png", "image/jpeg"],
    "pictures_max": 5,
    "masks": True,
    "tasks": ["edit", "insert", "upscale"],
    "areas": ["semantic"],
    "factors": [2, 4],
}
FILM: dict[str, object] = {
    "sizes": ["720p", "1080p"],
    "mimes": ["video/mp4"],
    "seconds": [8, 6],
    "fps": 24,
    "frames": True,
    "audio": True,
    "pictures_max": 3,
    "tasks": ["extend"],
    "extend_seconds": [7],
}
FALLEN_BACK = {"aspectRatio", "personGeneration", "seed", "includeRaiReason", "generateAudio"}  # what may be added
FALLEN_BACK |= {"sampleImageSize", "outputOptions", "durationSeconds", "resolution", "sampleCount"}


@dataclass(frozen=True)
class Way:
    """What came of the same script, and what the engine was sent by it."""

    facts: Facts
    sent: dict[str, dict[str, Any]]

    def file(self, name: str) -> bytes:
        return (self.facts.folder / name).read_bytes()


@dataclass(frozen=True)
class Ways:
    """Straight to the engine, and through a server."""

    straight: Way
    through: Way


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def ways(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ways]:
    async with vertex.imitating() as cloud:
        server = Server(tmp_path_factory.mktemp("round-trip") / "data")
        for id, makes, price, more in (
            ("imagen-echo", "image", {"image": "0.04"}, PICTURE),
            ("veo-echo", "video", {"second": "0.40"}, FILM),
        ):
            add_model(server.data, id, [makes], price=price, routes=[("vertex", id)], **BOTH, **more)
        (server.data / "danqing.toml").write_text(SETTINGS.format(url=cloud.url, key=vertex.KEY))
        await asyncio.to_thread(server.start)
        key = await asyncio.to_thread(server.live_key)
        straight = await run(cloud, Server(Path(), url=cloud.url), vertex.KEY, tmp_path_factory)
        cloud.calls.clear()
        front = Server(Path(), url=f"{server.url}/gemini")
        yield Ways(straight, await run(cloud, front, key, tmp_path_factory))
        assert await asyncio.to_thread(server.stop) == 0, server.log()[-3000:]


async def run(cloud: vertex.Vertex, at: Server, key: str, folders: pytest.TempPathFactory) -> Way:
    folder = folders.mktemp("round-trip")
    (folder / "given.mp4").write_bytes(a_film())
    facts = await asyncio.to_thread(partial(performed, folder=folder), "google_round_trip", "newest", at, key, folders)
    bodies = [*cloud.bodies(":predict"), *cloud.bodies(":predictLongRunning")]
    return Way(facts, {body["instances"][0].get("prompt", ""): body for body in bodies})


def a_film() -> bytes:
    """Two seconds."""
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=1)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(2):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


async def test_what_was_asked_reaches_the_engine_unchanged(ways: Ways) -> None:
    assert ways.straight.sent.keys() == ways.through.sent.keys()
    assert len(ways.straight.sent) == 9
    for prompt, asked in ways.straight.sent.items():
        told = ways.through.sent[prompt]
        assert told["instances"] == asked["instances"]
        parameters = told["parameters"]
        assert {name: parameters.get(name) for name in asked["parameters"]} == asked["parameters"]
        assert parameters.keys() - asked["parameters"].keys() <= FALLEN_BACK


async def test_what_was_answered_reaches_the_client_unchanged(ways: Ways) -> None:
    for call in ("pictures", "film", "some films", "edited", "custom", "larger", "by pictures", "longer"):
        assert ways.through.facts.value(call) == ways.straight.facts.value(call)
    here, there = (sorted(entry[-1] for entry in way.facts.value("some")) for way in (ways.through, ways.straight))  # type: ignore[attr-defined]
    assert here == there, "what is refused comes last here, and in its place there"
    for name, mime in ways.straight.facts.value("pictures"):  # type: ignore[attr-defined]
        there, here = (Image.open(BytesIO(way.file(name))) for way in (ways.straight, ways.through))
        assert (here.size, here.tobytes(), mime) == (there.size, there.tobytes(), "image/png")
    assert ways.through.file("film0") == ways.straight.file("film0")

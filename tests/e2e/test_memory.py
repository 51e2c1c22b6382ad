"""Eight clients at once get a film of 20 MB, or eight pictures of 2 MB, inside their JSON: no copy is in memory.

What counts is memory that belongs to the server's process alone; pages of files that the kernel keeps do not.
"""

import asyncio
import base64
import json
import random
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from rows import add_model
from serving import Answer, Server
from upstreams import openai, vertex
from upstreams.googles import Tree, Work, at_work
from upstreams.media import FILM

CLIENTS = 8
ABOVE_REST_MB = 64
FILM_BYTES = 20_000_000
PICTURE_BYTES = 2_000_000
SETTINGS = """
[upstreams.vertex]
kind = "vertex"
base_url = "{films}"
key = "{films_key}"
poll_s = 0.1
[upstreams.openai]
base_url = "{pictures}/v1"
key = "{pictures_key}"
"""


class Films(vertex.Vertex):
    """Answers with a large film, whose base64 is made once."""

    def __init__(self) -> None:
        super().__init__()
        film = FILM + random.Random(1).randbytes(FILM_BYTES - len(FILM))
        self.inside = base64.b64encode(film)

    async def finished(self, request: web.Request, work: Work, words: set[str]) -> web.StreamResponse:
        opening = json.dumps({"name": work.id, "done": True, "response": {"videos": [{"mimeType": "video/mp4"}]}})
        head, tail = opening[:-4], opening[-4:]
        body = [f'{head},"bytesBase64Encoded":"'.encode(), self.inside, f'"{tail}'.encode()]
        response = web.StreamResponse(headers={"content-length": str(sum(map(len, body)))})
        await response.prepare(request)
        for piece in body:
            await response.write(piece)
        return response


class Pictures(openai.Engine):
    """Answers with large pictures, whose base64 is made once."""

    def __init__(self) -> None:
        super().__init__()
        dice = random.Random(2)
        made = [b"\x89PNG\r\n\x1a\n" + dice.randbytes(PICTURE_BYTES) for _ in range(8)]
        self.answer = json.dumps({"created": 1, "data": [{"b64_json": base64.b64encode(one).decode()} for one in made]})

    async def _generate(self, request: web.Request, call: openai.Call) -> web.StreamResponse:
        return web.Response(text=self.answer, content_type="application/json")


@dataclass
class Gateway:
    """A server before both, and a live key."""

    server: Server
    key: str

    def film(self) -> int:
        """How many characters of film one client gets."""
        path = "/gemini/v1beta/models/veo-3.0-generate-001:predictLongRunning"
        asked: Tree = {"instances": [{"prompt": "a fox"}], "parameters": {"sampleCount": 1, "durationSeconds": 8}}
        name = self._call("POST", path, asked).json()["name"]
        while not (told := self._call("GET", f"/gemini/v1beta/{name}").json()).get("done"):
            threading.Event().wait(0.2)
        return len(told["response"]["videos"][0]["bytesBase64Encoded"])

    def pictures(self) -> int:
        """How many characters of pictures one client gets."""
        asked: Tree = {"model": "talk", "messages": [{"role": "user", "content": "a fox"}], "n": 8}
        told = self._call("POST", "/v1/chat/completions", {**asked, "modalities": ["text", "image"]}).json()
        parts = told["choices"][0]["message"]["multi_mod_content"]
        return sum(len(part["inline_data"]["data"]) for part in parts if "inline_data" in part)

    def _call(self, method: str, path: str, body: object = None) -> Answer:
        answer = self.server.call(method, path, body, key=self.key, timeout=280)
        assert answer.status == 200, answer.body[:500]
        return answer

    def memory_mb(self, name: str) -> float:
        """VmRSS: now. VmHWM: the most since the mark was set back."""
        [size] = re.findall(rf"{name}:\s+(\d+) kB", self._proc("status").read_text())
        return int(size) / 1024

    def set_mark_back(self) -> None:
        self._proc("clear_refs").write_text("5")

    def _proc(self, name: str) -> Path:
        assert self.server.process
        return Path(f"/proc/{self.server.process.pid}/{name}")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    async with AsyncExitStack() as stack:
        films = await stack.enter_async_context(at_work(Films()))
        pictures = await stack.enter_async_context(openai.at_work(Pictures()))
        server = Server(tmp_path_factory.mktemp("memory") / "data")
        routes = [("openai", "gpt-image-2")]
        add_model(server.data, "talk", ["text", "image"], price={"image": "0.01"}, routes=routes, count_max=8)
        urls = {"films": films.url, "pictures": pictures.url}
        keys = {"films_key": vertex.KEY, "pictures_key": pictures.keys[0]}
        (server.data / "danqing.toml").write_text(SETTINGS.format(**urls, **keys))
        await asyncio.to_thread(server.start)
        yield Gateway(server, await asyncio.to_thread(server.live_key))
        assert await asyncio.to_thread(server.stop) == 0, server.log()[-3000:]


WAYS: dict[str, tuple[Callable[[Gateway], int], int]] = {
    "a film in an operation": (Gateway.film, FILM_BYTES),
    "pictures in a chat": (Gateway.pictures, 8 * PICTURE_BYTES),
}


@pytest.mark.parametrize("way", WAYS)
async def test_what_passes_through_is_never_in_memory(gateway: Gateway, way: str) -> None:
    ask, size = WAYS[way]
    await asyncio.to_thread(ask, gateway)  # whatever is loaded or kept for the first one is part of the rest
    rest = gateway.memory_mb("VmRSS")
    gateway.set_mark_back()
    got = await asyncio.gather(*(asyncio.to_thread(ask, gateway) for _ in range(CLIENTS)))
    above = gateway.memory_mb("VmHWM") - rest
    assert min(got) > size * 4 / 3
    assert above < ABOVE_REST_MB, f"{above:.0f} MB above {rest:.0f}"

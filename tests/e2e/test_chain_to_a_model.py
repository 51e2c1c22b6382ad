"""A client, Danqing, another Danqing with a live key, and Google behind that: names and prices on the whole way."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.calls import ended
from serving import Answer, Server
from upstreams import ai_studio, vertex
from upstreams.media import FILM

IMAGEN, GEMINI, VEO = "imagen-4.0-generate-001", "gemini-2.5-flash-image", "veo-3.0-generate-001"
MAKER = """
[upstreams.google]
base_url = "{google}"
key = "{google_key}"
poll_s = 0.05
[upstreams.vertex]
base_url = "{vertex}"
key = "{vertex_key}"
poll_s = 0.05
"""
FRONT = """
[upstreams.partner]
kind = "danqing"
base_url = "{url}"
key = "{key}"
poll_s = 0.1
models = ["imagen-4.0-generate-001", "gemini-2.5-flash-image", "veo-3.0-generate-001"]
"""


@dataclass(frozen=True)
class Link:
    """One of the two servers, and a live key of it."""

    server: Server
    key: str

    async def call(self, method: str, path: str, body: object = None) -> Answer:
        return await asyncio.to_thread(self.server.call, method, path, body, key=self.key)

    async def newest(self) -> dict[str, object]:
        """The last job."""
        [job] = (await self.call("GET", "/api/jobs?limit=1")).json()["jobs"]
        return job

    async def spent(self) -> int:
        usage = (await self.call("GET", "/api/usage")).json()
        return -usage["budget"]["posted"]["nanos"]


@dataclass(frozen=True)
class Chain:
    """The one that clients ask, and the one that makes."""

    front: Link
    maker: Link


def linked(folder: Path, settings: str) -> Link:
    """A server at work, with money for its live key."""
    folder.mkdir(parents=True)
    (folder / "danqing.toml").write_text(settings)
    server = Server(folder).start()
    return Link(server, server.live_key())


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def chain(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    async with ai_studio.imitating() as studio, vertex.imitating() as cloud:
        keys = {"google_key": ai_studio.KEY, "vertex_key": vertex.KEY}
        behind = MAKER.format(google=studio.url, vertex=cloud.url, **keys)
        maker = await asyncio.to_thread(linked, folder / "maker", behind)
        settings = FRONT.format(url=maker.server.url, key=maker.key)
        front = await asyncio.to_thread(linked, folder / "front", settings)
        yield Chain(front, maker)
        for link in (front, maker):
            assert await asyncio.to_thread(link.server.stop) == 0, link.server.log()[-3000:]
            assert "defect" not in link.server.log()
            assert link.server.audit() == []
        assert maker.key not in front.server.log()


async def paid_alike(chain: Chain, asked: str, maker: str) -> None:
    """The last job here and there: who made it, what it cost."""
    here, there = await chain.front.newest(), await chain.maker.newest()
    assert here["served_by"] == [f"partner/{asked}", *there["served_by"]]  # type: ignore[misc]
    assert there["served_by"] == [maker]
    assert (here["sketch"], there["sketch"], here["outcome"]) == (False, False, "ok")
    assert here["charged"] == there["charged"]
    assert here["charged"]["nanos"] > 0  # type: ignore[index]


async def test_pictures_by_predict(chain: Chain) -> None:
    body = {"instances": [{"prompt": "a fox"}], "parameters": {"sampleCount": 2}}
    answer = await chain.front.call("POST", f"/gemini/v1beta/models/{IMAGEN}:predict", body)
    assert answer.status == 200, answer.body
    assert len(answer.json()["predictions"]) == 2
    assert answer.headers["danqing-served-by"] == f"partner/{IMAGEN}, google/gemini-3.1-flash-image"
    await paid_alike(chain, IMAGEN, "google/gemini-3.1-flash-image")


async def test_words_and_a_picture_by_chat(chain: Chain) -> None:
    body = {"model": GEMINI, "messages": [{"role": "user", "content": "a fox"}], "modalities": ["text", "image"]}
    answer = await chain.front.call("POST", "/v1/chat/completions", body)
    assert answer.status == 200, answer.body
    message = answer.json()["choices"][0]["message"]
    assert message["content"] == "Here it is."
    assert sum("inline_data" in part for part in message["multi_mod_content"]) == 1
    await paid_alike(chain, GEMINI, str((await chain.maker.newest())["served_by"][0]))  # type: ignore[index]


async def test_a_film_by_an_operation(chain: Chain) -> None:
    body = {"instances": [{"prompt": "a fox"}], "parameters": {"durationSeconds": 8}}
    begun = await chain.front.call("POST", f"/gemini/v1beta/models/{VEO}:predictLongRunning", body)
    assert begun.status == 200, begun.body
    await asyncio.to_thread(ended, chain.front.server, begun.headers["danqing-job"], chain.front.key)
    told = (await chain.front.call("GET", f"/gemini/v1beta/{begun.json()['name']}")).json()
    [film] = told["response"]["videos"]
    assert base64.b64decode(film["bytesBase64Encoded"]) == FILM
    await paid_alike(chain, VEO, "vertex/veo-3.1-generate-001")


async def test_what_the_model_refuses_costs_nothing_anywhere(chain: Chain) -> None:
    before = (await chain.front.spent(), await chain.maker.spent())
    body = {"instances": [{"prompt": "a fox !blocked"}], "parameters": {"sampleCount": 1}}
    answer = await chain.front.call("POST", f"/gemini/v1beta/models/{IMAGEN}:predict", body)
    assert answer.status == 400, answer.body
    assert b"The prompt was blocked" in answer.body
    assert [(await link.newest())["outcome"] for link in (chain.front, chain.maker)] == ["filtered"] * 2
    assert (await chain.front.spent(), await chain.maker.spent()) == before

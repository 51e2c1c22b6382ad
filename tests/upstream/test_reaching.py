"""Engines are asked what costs nothing: each key is judged by itself, and what is not told is not guessed."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from danqing import providers
from danqing.upstream import reaching
from danqing.upstream.reaching import Reachable, Reached
from upstreams import ai_studio, aihubmix, vertex
from upstreams import openai as look_alikes
from upstreams.openai import at_work
from upstreams.raw import saying, talking

WANTED = ("gemini-3.1-flash-image", "long-gone-1")


async def reached(settings: Mapping[str, object], models: tuple[str, ...] = WANTED) -> list[Reached]:
    """What the provider of these settings finds."""
    provider = providers.connect(str(settings["kind"]), {"name": "engine", **settings})
    assert isinstance(provider, Reachable)
    try:
        return list(await provider.reach(models))
    finally:
        await provider.close()  # type: ignore[attr-defined]


async def test_each_key_of_ai_studio_is_judged_by_itself() -> None:
    async with ai_studio.imitating() as studio:
        good, bad = await reached({"kind": "google", "base_url": studio.url, "keys": [ai_studio.KEY, "AIza-wrong-123"]})
    assert (good.accepted, good.missing, good.problem) == (True, {"long-gone-1"}, None)
    assert (good.models, good.clock_s in (-1, 0, 1)) == (4, True)
    assert bad.accepted is False
    assert "API key not valid" in str(bad.problem)
    assert "AIza" not in str(bad.problem)


async def test_vertex_is_asked_about_models_and_a_key_of_it_counts_words(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with vertex.imitating() as cloud:
        account = cloud.service_account(tmp_path_factory.mktemp("account"))
        wanted = (*WANTED, "veo-3.1-generate-001")
        [found] = await reached({"kind": "vertex", "base_url": cloud.url, "credentials": str(account)}, wanted)
        assert (found.accepted, found.models, found.missing, found.problem) == (True, None, {"long-gone-1"}, None)
        [found] = await reached({"kind": "vertex", "base_url": cloud.url, "key": vertex.KEY}, wanted)
        assert (found.accepted, found.missing, found.problem) == (True, set(), None)
        assert {call.path.rpartition(":")[2] for call in cloud.calls if call.method == "POST"} == {"countTokens"}
        [found] = await reached({"kind": "vertex", "base_url": cloud.url, "key": "AIza-wrong-123"}, ())
        assert found.accepted is False
        cloud.refusing = True
        [found] = await reached({"kind": "vertex", "base_url": cloud.url, "credentials": str(account)})
        assert "gives no token" in str(found.problem)


async def test_a_clock_that_does_not_say_where_it_is_says_nothing() -> None:
    head = "content-type: application/json\r\ndate: Thu, 26 Nov 2026 10:00:00 -0000"
    async with talking(saying(b'{"data": []}', head=head)) as url:
        [found] = await reached({"kind": "openai", "base_url": f"{url}/v1", "key": "sk-x-123456"}, ())
    assert (found.clock_s, found.problem, found.models) == (None, None, 0)


async def test_an_engine_that_asks_for_no_key_proves_none() -> None:
    async with at_work(look_alikes.Engine("sd-server", keys=())) as engine:
        [found] = await reached(
            {"kind": "openai", "flavour": "sd-server", "base_url": f"{engine.url}/v1", "key": "sk-any"}
        )
    assert (found.accepted, found.problem) == (None, None)


async def test_a_gateway_is_asked_for_its_models() -> None:
    async with at_work(aihubmix.Hub()) as hub:
        [found] = await reached({"kind": "gateway", "base_url": hub.url, "key": hub.keys[0]})
    assert (found.accepted, found.problem) == (True, None)


async def test_an_engine_without_a_list_is_there_all_the_same() -> None:
    async with talking(saying(b'{"detail": "Not Found"}', status="404 Not Found")) as url:
        [found] = await reached({"kind": "openai", "base_url": url})
    assert (found.models, found.missing, found.problem) == (None, set(), None)


async def test_a_clock_that_differs_is_measured() -> None:
    late = format_datetime(datetime.now(UTC) - timedelta(minutes=5), usegmt=True)
    async with talking(saying(b'{"data": []}', head=f"content-type: application/json\r\ndate: {late}")) as url:
        [found] = await reached({"kind": "openai", "base_url": url})
    assert found.clock_s is not None
    assert -302 <= found.clock_s <= -298


@pytest.mark.parametrize("body", [{"data": "none"}, {"data": [{"id": 7}]}, [1, 2], {"data": [{"b64": "A" * 200_000}]}])
async def test_what_is_no_list_is_told(body: object) -> None:
    async with talking(saying(json.dumps(body).encode())) as url:
        [found] = await reached({"kind": "openai", "base_url": url})
    assert found.problem is not None
    assert found.problem.code in ("upstream_malformed", "bad_answer")


async def test_an_engine_that_never_comes_to_an_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def trickle(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    monkeypatch.setattr(reaching, "ANSWER_S", 0.1)
    async with talking(trickle) as url:
        [found] = await reached({"kind": "openai", "base_url": url})
    assert "comes too slowly" in str(found.problem)


async def test_an_engine_that_is_not_there() -> None:
    [found] = await reached({"kind": "danqing", "base_url": "http://127.0.0.1:9", "key": "sk-live-1"})
    assert (found.accepted, found.problem and found.problem.code) == (None, "upstream_unreachable")

"""Several upstreams behind one server: whoever can makes it, and nobody makes what another may have begun."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from contract.conftest import performed
from e2e.traces import eventually
from serving import Server
from upstreams import ai_studio, openai

WRONG_KEY = "AIza-of-nobody-0123456789"
PAIR = """
[upstreams.studio]
kind = "google"
base_url = "{studio}"
keys = {keys}
poll_s = 0.2

[upstreams.studio.models]
"imagen-*" = "gemini-3.1-flash-image"
"gemini-*" = "gemini-3-pro-image"
"veo-*" = "gemini-omni-1.1-flash"

[upstreams.spare]
kind = "openai"
base_url = "{engine}/v1"
key = "{engine_key}"
weight = 0

[upstreams.spare.models]
"imagen-*" = "gpt-image-2"
"gemini-*" = "gpt-image-2"
"veo-*" = "sora-2"
"""


class Pair:
    """A server with two upstreams, the second of which is asked when the first cannot be, and a live key."""

    def __init__(self, server: Server, key: str, studio: ai_studio.Studio, spare: openai.Engine) -> None:
        self.server = server
        self.key = key
        self.studio = studio
        self.spare = spare

    async def ask(self, method: str, path: str, body: object = None, *, key: str = "") -> dict[str, object]:
        answer = await asyncio.to_thread(self.server.call, method, path, body, key=key or self.key)
        assert answer.status < 300, answer.body
        return answer.json()

    async def job(self, prompt: str) -> dict[str, object]:
        """The newest job with this prompt, in full."""
        jobs = (await self.ask("GET", "/api/jobs"))["jobs"]
        return next(job for job in jobs if job["prompt"] == prompt)


@asynccontextmanager
async def paired(folder: Path, keys: Sequence[str], engine_key: str) -> AsyncIterator[Pair]:
    async with ai_studio.imitating() as studio, openai.imitating() as spare:
        server = Server(folder / "data")
        server.data.mkdir()
        names = {"studio": studio.url, "keys": json.dumps(keys), "engine": spare.url, "engine_key": engine_key}
        (server.data / "danqing.toml").write_text(PAIR.format(**names))
        await asyncio.to_thread(server.start)
        key = await asyncio.to_thread(server.live_key, usd="50.00")
        try:
            yield Pair(server, key, studio, spare)
            assert await asyncio.to_thread(server.stop) == 0, server.log()[-3000:]
        finally:
            server.kill()
        assert "defect" not in server.log(), server.log()[-3000:]
        assert not any(key in server.log() for key in (*keys, engine_key))
        assert server.audit() == []


def attempts_of(job: dict[str, object]) -> list[tuple[str, str]]:
    return [(one["upstream"], one["error"]["code"]) for one in job["attempts"]]


async def test_the_official_clients_get_their_pictures_from_whoever_can_make_them(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with paired(tmp_path, [WRONG_KEY, ai_studio.KEY], "sk-real-0123456789") as pair:
        told = await asyncio.to_thread(performed, "routed", "newest", pair.server, pair.key, tmp_path_factory)

        assert told.value("keys") == [True] * 4, "one of two keys is worth nothing, and nobody notices"
        assert (await pair.job("a fox"))["attempts"] == []

        assert told.error("lost")["code"] == 502
        lost = await pair.job("a lost fox !hangup")
        assert (lost["state"], lost["provider"], attempts_of(lost)) == ("unknown", "studio", [])
        assert not any("lost" in str(call.fields) for call in pair.spare.submitted), "it may have been made"

        assert told.value("busy") == [True]
        busy = await pair.job("a busy fox !forward !busy")
        assert (busy["provider"], busy["upstream"]) == ("spare", "gpt-image-2")
        assert attempts_of(busy) == [("studio", "upstream_busy")]

        assert "inline_data" in str(told.value("declined"))
        declined = await pair.job("a forbidden fox !forbidden")
        assert (declined["provider"], set(attempts_of(declined))) == ("spare", {("studio", "upstream_credentials")})

        await standings(pair)


async def standings(pair: Pair) -> None:
    """What the owner is told of it all, and what others are."""
    all_of_it = (await pair.ask("GET", "/api/upstreams", key=pair.server.owner_key))["upstreams"]
    assert [row["name"] for row in all_of_it] == ["studio", "spare"]
    assert all_of_it[0]["keys"] == {"all": 2, "resting": 2}
    routes = {route["model"]: route for route in all_of_it[0]["routes"]}
    assert routes["gemini-3-pro-image"]["last_error"] == "upstream_credentials"
    assert {route["in_flight"] for row in all_of_it for route in row["routes"]} == {0}
    others = (await pair.ask("GET", "/api/upstreams"))["upstreams"]
    assert {name for row in others for route in row["routes"] for name in route} == {"model", "serves", "health"}
    assert (await pair.ask("GET", "/api/upstreams", key=pair.server.key))["upstreams"] == [], "test keys are sketched"
    env = {**os.environ, "DANQING_URL": pair.server.url, "DANQING_KEY": pair.server.owner_key, "COLUMNS": "160"}
    command = [sys.executable, "-m", "danqing", "upstreams"]
    shown = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, check=True)
    assert b"studio (google)" in shown.stdout
    assert b"upstream_credentials" in shown.stdout


async def test_a_server_that_is_killed_in_the_middle_of_a_fallback_goes_on_with_it(tmp_path: Path) -> None:
    async with paired(tmp_path, [ai_studio.KEY], "sk-unknown-0123456789") as pair:
        film = {"model": "veo-3.0-generate-001", "prompt": "a fox !second-busy", "seconds": 8}
        await pair.ask("POST", "/api/jobs", {"model": "imagen-4.0-generate-001", "prompt": "a boat", "count": 1})
        await pair.studio.asked(1, ":generateContent")
        id = (await pair.ask("POST", "/api/jobs", film))["id"]

        def told() -> dict[str, object]:
            return pair.server.call("GET", f"/api/jobs/{id}", key=pair.key).json()

        await asyncio.to_thread(eventually, lambda: len(told()["attempts"]) >= 2, pause_s=0.05)
        await asyncio.to_thread(pair.server.kill)
        await asyncio.to_thread(pair.server.start)
        job = await asyncio.to_thread(eventually, lambda: (row := told())["state"] == "done" and row)
        assert job["provider"] == "studio"
        assert len(pair.studio.bodies("/interactions")) == 2, "busy, then begun once"
        assert attempts_of(job) == [("studio", "upstream_busy"), ("spare", "upstream_credentials")]
        assert len(pair.spare.submitted) == 1, "what it said is not forgotten"

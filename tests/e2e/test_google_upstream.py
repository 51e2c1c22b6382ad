"""A live key reaches Google: what was written for models that are gone is made by those that live."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from danqing.wire.google.content import NO_SIGNATURE
from filming import a_film
from upstreams.media import FILM

from .live import CLOUD, STUDIO, Gateway, live_gateway


@pytest.fixture
async def gateway(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Gateway]:
    """Both upstreams, or those in the settings that a test gives."""
    async with live_gateway(tmp_path, getattr(request, "param", STUDIO + CLOUD)) as gateway:
        yield gateway


async def test_pictures_of_imagen_are_made_by_gemini(gateway: Gateway) -> None:
    body = {
        "instances": [{"prompt": "a fox !first-only !large"}],
        "parameters": {"sampleCount": 3, "aspectRatio": "16:9"},
    }
    answer = await gateway.call("POST", "/gemini/v1beta/models/imagen-4.0-generate-001:predict", body)
    assert answer.status == 200, answer.body
    made = answer.json()["predictions"]
    assert isinstance(made, list)
    assert [len(base64.b64decode(one["bytesBase64Encoded"])) > 100_000 for one in made] == [True, True]
    assert answer.headers["danqing-served-by"] == "google/gemini-3.1-flash-image"
    assert answer.headers["sunset"] == "Mon, 17 Aug 2026 00:00:00 GMT"
    told = 'aspect="16:9";made="256x256", size="1K";made="256x256", count="3";made="2"'
    assert answer.headers["danqing-changed"] == told
    job = (await gateway.call("GET", f"/api/jobs/{answer.headers['danqing-job']}")).json()
    assert job["charged"] == {"usd": "0.08", "nanos": 80_000_000}
    [withheld] = job["withheld"]
    assert "IMAGE_SAFETY" in withheld


async def test_a_prompt_that_is_refused_costs_nothing(gateway: Gateway) -> None:
    body = {"instances": [{"prompt": "a fox !blocked"}], "parameters": {"sampleCount": 1}}
    answer = await gateway.call("POST", "/gemini/v1beta/models/imagen-4.0-generate-001:predict", body)
    assert answer.status == 400, answer.body
    assert b"The prompt was blocked" in answer.body
    job = (await gateway.call("GET", f"/api/jobs/{answer.headers['danqing-job']}")).json()
    assert job["charged"]["nanos"] == 0


async def test_a_conversation_takes_what_the_engine_signed_back_to_it(gateway: Gateway) -> None:
    path = "/gemini/v1beta/models/gemini-3.1-flash-image:generateContent"
    contents: list[object] = [{"role": "user", "parts": [{"text": "a fox !signed"}]}]
    first = await gateway.call("POST", path, {"contents": contents})
    assert first.status == 200, first.body
    drawn = first.json()["candidates"][0]["content"]  # type: ignore[index]
    assert [part.get("thoughtSignature") for part in drawn["parts"]] == [None, "c2ln"]
    contents += [drawn, {"role": "user", "parts": [{"text": "in blue"}]}]
    assert (await gateway.call("POST", path, {"contents": contents})).status == 200
    sent = gateway.studio.bodies(":generateContent")[-1]["contents"][1]["parts"]
    assert [part["thoughtSignature"] for part in sent] == [NO_SIGNATURE, "c2ln"]
    assert sent[1]["inlineData"]["data"] == drawn["parts"][1]["inlineData"]["data"]

    path, asked = (
        "/gemini/v1/interactions",
        {"model": "gemini-3.1-flash-image", "response_modalities": ["text", "image"]},
    )
    first = await gateway.call("POST", path, {**asked, "input": "a fox !signed"})
    thoughts = [step.get("signature") for step in first.json()["steps"] if step["type"] == "thought"]  # type: ignore[attr-defined]
    assert thoughts == ["c2ln"]
    goes_on = {**asked, "input": "in blue", "previous_interaction_id": first.json()["id"]}
    assert (await gateway.call("POST", path, goes_on)).status == 200
    contents = gateway.studio.bodies(":generateContent")[-1]["contents"]
    assert [content["role"] for content in contents] == ["user", "model", "user"]
    assert [part["thoughtSignature"] for part in contents[1]["parts"]] == [NO_SIGNATURE, "c2ln"]


async def test_a_film_goes_on_after_the_server_was_killed_and_is_begun_once(gateway: Gateway) -> None:
    body = {"instances": [{"prompt": "a fox"}], "parameters": {"sampleCount": 1, "durationSeconds": 8}}
    gateway.cloud.held = True
    started = await gateway.call("POST", "/gemini/v1beta/models/veo-3.0-generate-001:predictLongRunning", body)
    assert started.status == 200, started.body
    await gateway.cloud.asked(3)
    await asyncio.to_thread(gateway.server.kill)
    gateway.cloud.held = False
    await asyncio.to_thread(gateway.server.start)
    operation = await gateway.finished(str(started.json()["name"]))
    [film] = operation["response"]["videos"]
    assert base64.b64decode(film["bytesBase64Encoded"]) == FILM
    assert len(gateway.cloud.bodies(":predictLongRunning")) == 1


@pytest.mark.parametrize("gateway", [STUDIO], indirect=True)
async def test_films_of_veo_are_made_by_omni_in_veos_shapes_measured_and_paid_for_as_they_came(
    gateway: Gateway, tmp_path: Path
) -> None:
    gateway.studio.film = a_film(tmp_path / "film.mp4", width=1280, height=720, seconds=6).read_bytes()
    body = {"instances": [{"prompt": "a fox"}], "parameters": {"sampleCount": 2, "durationSeconds": 5}}
    started = await gateway.call("POST", "/gemini/v1beta/models/veo-2.0-generate-001:predictLongRunning", body)
    assert started.status == 200, started.body
    name = str(started.json()["name"])
    assert "models/veo-2.0-generate-001/operations/" in name
    response = (await gateway.finished(name))["response"]
    assert len(response["videos"]) == len(response["generateVideoResponse"]["generatedSamples"]) == 2

    headers = (await gateway.call("GET", f"/gemini/v1beta/{name}")).headers
    assert headers["danqing-served-by"] == "google/gemini-omni-1.1-flash"
    assert headers["deprecation"].startswith("@")
    assert headers["sunset"] == "Tue, 30 Jun 2026 00:00:00 GMT"
    assert headers["danqing-changed"] == 'seconds="5";made="6", audio="silence";made="sound"'
    assert headers["danqing-cost-usd"] == "3.50", "6 seconds came, no more than the 5 that were asked for are charged"
    asked = [(call["model"], call["response_format"]["duration"]) for call in gateway.studio.bodies("/interactions")]
    assert asked == [("gemini-omni-1.1-flash", "5s")] * 2


async def test_a_film_by_interactions_is_asked_for_by_interactions(gateway: Gateway) -> None:
    path, film = "/gemini/v1/interactions", {"type": "video", "duration": "5s", "delivery": "uri"}
    asked = {"model": "gemini-omni-1.1-flash", "input": "a fox runs", "response_format": film, "background": True}
    begun = await gateway.call("POST", path, asked)
    assert (begun.status, begun.json()["status"]) == (200, "in_progress"), begun.body
    id = begun.json()["id"]
    heard = await gateway.call("GET", f"{path}/{id}?stream=true&last_event_id=2")
    assert [line for line in heard.body.decode().split("\n") if line.startswith("event:")][
        -1
    ] == "event: interaction.completed"
    [content] = (await gateway.call("GET", f"{path}/{id}")).json()["steps"][-1]["content"]  # type: ignore[index]
    assert (content["type"], content["mime_type"]) == ("video", "video/mp4")
    assert (await gateway.call("GET", content["uri"].removeprefix(gateway.server.url))).body == FILM
    [sent] = gateway.studio.bodies("/interactions")
    assert (sent["response_format"]["duration"], sent["background"]) == ("5s", True)
    assert sent["generation_config"]["video_config"] == {"task": "text_to_video"}

    goes_on = {**asked, "input": "at night", "response_format": {"type": "video"}, "previous_interaction_id": id}
    begun = await gateway.call("POST", path, goes_on)
    assert begun.status == 200, begun.body
    await gateway.call("GET", f"{path}/{begun.json()['id']}?stream=true")
    sent = gateway.studio.bodies("/interactions")[-1]
    inline = {"type": "video", "mime_type": "video/mp4", "data": base64.b64encode(FILM).decode()}
    assert sent["input"][-1]["content"] == [{"type": "text", "text": "at night"}, inline]
    assert sent["generation_config"]["video_config"] == {"task": "edit"}


@pytest.mark.parametrize("gateway", [STUDIO], indirect=True)
async def test_a_film_is_left_alone_when_the_server_stops_and_called_off_when_it_is_cancelled(gateway: Gateway) -> None:
    body = {"instances": [{"prompt": "a fox !stuck"}], "parameters": {"durationSeconds": 8}}
    started = await gateway.call("POST", "/gemini/v1beta/models/veo-3.0-generate-001:predictLongRunning", body)
    assert started.status == 200, started.body
    await gateway.studio.asked(1, "/int1")
    assert await asyncio.to_thread(gateway.server.stop) == 0
    assert not gateway.studio.works["int1"].cancelled
    await asyncio.to_thread(gateway.server.start)
    await gateway.studio.asked(len(gateway.studio.bodies("/int1")) + 1, "/int1")
    gone = await gateway.call("POST", f"/api/jobs/{started.headers['danqing-job']}/cancel")
    assert gone.status == 200, gone.body
    await gateway.studio.asked(1, "/int1/cancel")
    assert len(gateway.studio.bodies("/interactions")) == 1

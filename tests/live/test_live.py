"""`make live` against the imitations: what holds, what differs, what is not asked, and that nothing else is spent."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from danqing.catalog import load
from danqing.domain.money import show
from upstreams import ai_studio, aihubmix, vertex
from upstreams import openai as look_alikes
from upstreams.openai import at_work

from .__main__ import told
from .facts import WRONG_KEY, Bill, Findings, Verdict, cost, examine
from .vendors import OMNI_SECONDS, PROMPT, VENDORS, VEO_SECONDS

PAGE = Path(__file__).parents[2] / "docs" / "live.md"
WIDE = (1376, 768)
ALL = Bill(10**12)


@dataclass
class World:
    """All four vendors, imitated, and what somebody who has a key for each is asked with."""

    studio: ai_studio.Studio
    cloud: vertex.Vertex
    engine: look_alikes.Engine
    hub: aihubmix.Hub
    env: Mapping[str, str]

    @property
    def paid(self) -> list[str]:
        """The calls that could have cost something."""
        calls = [*self.studio.calls, *self.cloud.calls, *self.engine.calls, *self.hub.calls]
        return [
            call.path for call in calls if call.method == "POST" and call.key != WRONG_KEY and "token" not in call.path
        ]

    async def examined(self, bill: Bill) -> Findings:
        more = {
            "google": {"base_url": self.studio.url, "poll_s": 0.01},
            "vertex": {"base_url": self.cloud.url, "poll_s": 0.01},
            "openai": {"base_url": f"{self.engine.url}/v1"},
            "aihubmix": {"base_url": self.hub.url},
        }
        return await examine(VENDORS, self.env, bill, more)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        studio = await stack.enter_async_context(ai_studio.imitating())
        cloud = await stack.enter_async_context(vertex.imitating())
        engine = await stack.enter_async_context(at_work(look_alikes.Engine()))
        hub = await stack.enter_async_context(at_work(aihubmix.Hub()))
        for one in (studio, cloud, engine, hub):
            one.shape = WIDE
            one.models = [route.upstream for model in load().models for route in model.routes]
        studio.film, cloud.film = a_film(OMNI_SECONDS), a_film(VEO_SECONDS)
        env = {
            "GEMINI_API_KEY": ai_studio.KEY,
            "GOOGLE_APPLICATION_CREDENTIALS": str(await asyncio.to_thread(cloud.service_account, tmp_path)),
            "OPENAI_API_KEY": engine.keys[0],
            "AIHUBMIX_API_KEY": hub.keys[0],
        }
        yield World(studio, cloud, engine, hub, env)


def a_film(seconds: int, fps: int = 24) -> bytes:
    """A film that a player would show."""
    file = BytesIO()
    with av.open(file, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for shade in range(seconds * fps):
            frame = av.VideoFrame.from_ndarray(np.full((36, 64, 3), shade, np.uint8), format="rgb24")
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return file.getvalue()


def verdicts(findings: Findings) -> dict[str, Verdict]:
    return {row.fact.id: row.verdict for rows in findings.checked.values() for row in rows}


async def test_every_fact_is_checked_and_what_the_imitations_do_otherwise_is_found(world: World) -> None:
    findings = await world.examined(Bill(ALL.most))
    expected = {fact.id: Verdict.HOLDS for vendor in VENDORS for fact in vendor.facts}
    expected["google-imagen-is-gone"] = Verdict.DIFFERS  # the imitation still has it, for gateways that do
    assert verdicts(findings) == expected, list(told(findings, 0))
    assert findings.differ
    spoken = "\n".join(told(findings, 0))
    assert not any(key in spoken for name, key in world.env.items() if name.endswith("KEY"))


async def test_a_vendor_that_does_otherwise_is_found_out(world: World) -> None:
    for one in (world.studio, world.cloud, world.engine, world.hub):
        one.shape, one.models = (768, 1376), ["something-else"]
    world.studio.film = world.cloud.film = a_film(8)
    found = verdicts(await world.examined(Bill(ALL.most)))
    differing = {"google-models", "google-picture", "google-film", "vertex-models", "vertex-picture", "vertex-film"}
    differing |= {"openai-models", "aihubmix-picture", "aihubmix-imagen", "google-imagen-is-gone"}
    assert {id for id, verdict in found.items() if verdict is Verdict.DIFFERS} == differing


async def test_without_an_agreement_only_what_is_free_is_asked(world: World) -> None:
    findings = await world.examined(Bill(0))
    free = {fact.id for vendor in VENDORS for fact in vendor.facts if not fact.cost}
    assert {id for id, verdict in verdicts(findings).items() if verdict is not Verdict.UNASKED} == free
    assert world.paid == []
    assert PROMPT not in str(world.paid)
    assert "YES=1 agrees to that." in list(told(findings, 7))[-1]


async def test_no_more_is_spent_than_was_agreed(world: World) -> None:
    bill = Bill(cost(VENDORS, world.env) // 2)
    await world.examined(bill)
    assert 0 < bill.spent <= bill.most


async def test_a_vendor_that_cannot_be_asked_differs_in_nothing(world: World) -> None:
    findings = await examine(VENDORS[:1], world.env, Bill(0), {"google": {"base_url": "http://127.0.0.1:9"}})
    assert verdicts(findings)["google-models"] is Verdict.UNTOLD


async def test_without_keys_it_says_which_are_missing() -> None:
    findings = await examine(VENDORS, {}, Bill(0))
    assert (findings.checked, findings.differ, cost(VENDORS, {})) == ({}, False, 0)
    assert [re.findall(r"Set (\S+)", line) for line in told(findings, 0)] == [[v.variables[0]] for v in VENDORS]


def test_the_page_tells_every_fact_with_its_cost() -> None:
    rows = [
        f"| `{fact.id}` | {fact.says} | {fact.how} | {'free' if not fact.cost else f'${show(fact.cost)}'} |"
        for vendor in VENDORS
        for fact in vendor.facts
    ]
    assert re.findall(r"^\| `.*\|$", PAGE.read_text(), re.MULTILINE) == rows

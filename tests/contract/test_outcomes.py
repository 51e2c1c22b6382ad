"""Every way of every upstream to say no, as docs/outcomes.md has it, and what real SDKs of three eras make of it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from danqing.domain.outcomes import Outcome
from rows import EIGHT_SECONDS, add_model
from serving import Server
from upstreams import ai_studio, openai, vertex
from upstreams.aihubmix import Hub

from .calls import ended
from .conftest import ERAS, performed

PAGE = (Path(__file__).parent.parent.parent / "docs" / "outcomes.md").read_text()
SETTINGS = """
[upstreams.google]
base_url = "{google}"
key = "{google_key}"
poll_s = 0.05
[upstreams.vertex]
base_url = "{vertex}"
key = "{vertex_key}"
poll_s = 0.05
[upstreams.openai]
base_url = "{openai}/v1"
key = "{openai_key}"
poll_s = 0.05
[upstreams.talker]
kind = "openai"
base_url = "{openai}/v1"
key = "{openai_key}"
pictures = "chat"
[upstreams.hub]
kind = "gateway"
base_url = "{hub}"
key = "{openai_key}"
poll_s = 0.05
"""
# For each call of the page: the upstream that makes it, how the models are called that it makes so, what they make.
CALLS = {
    "Google generateContent": ("google", "gemini-3.1-flash-image", ["image"]),
    "Google Interactions": ("google", "gemini-omni-1.1-flash", ["video"]),
    "Vertex predict": ("vertex", "imagen-4.0-generate-001", ["image"]),
    "Vertex predictLongRunning": ("vertex", "veo-3.1-generate-001", ["video"]),
    "OpenAI images": ("openai", "gpt-image-2", ["image"]),
    "OpenAI chat": ("talker", "gpt-image-2", ["image"]),
    "OpenAI videos": ("openai", "sora-2", ["video"]),
    "AiHubMix predict": ("hub", "imagen-4.0-generate-001", ["image"]),
    "AiHubMix predictLongRunning": ("hub", "veo-3.1-generate-001", ["video"]),
    "AiHubMix veo-3 by chat": ("hub", "veo-3", ["video"]),
}
TALK, FILM = ("google", "gemini-3.1-flash-image", ["text", "image"]), CALLS["Vertex predictLongRunning"]
# What SDKs are made to ask for, by the word of the imitation that brings the outcome about, and for how many.
PICTURED = {"ok": "fine", "partial": "first-only", "filtered": "blocked", "failed": "500", "unknown": "hangup"}
FILMED = {"ok": "fine", "partial": "partly", "filtered": "op-policy", "failed": "code13", "unknown": "hangup"}
WAYS = {
    "imagen": (TALK, PICTURED),
    "imagen with reasons": (TALK, PICTURED),
    "chat": (TALK, PICTURED),
    "streamed": (TALK, PICTURED),
    "veo": (FILM, FILMED),
}
COUNT = 2


@dataclass(frozen=True)
class No:
    """One row of the page."""

    call: str
    said: str
    outcome: str
    word: str

    @property
    def model(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", f"{self.call} {self.word}".lower())


def noes() -> list[No]:
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \| ([^|]+) \| (\w+) \| `!([\w-]+)` \|$", PAGE, re.MULTILINE)
    return [No(f"{upstream} {call}", said, outcome, word) for upstream, call, said, outcome, word in rows]


NOES = noes()


@dataclass
class Gateway:
    """A server before all of the imitations, and a live key."""

    server: Server
    key: str
    studio: ai_studio.Studio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    async with AsyncExitStack() as stack:
        studio = await stack.enter_async_context(ai_studio.imitating())
        cloud = await stack.enter_async_context(vertex.imitating())
        engine = await stack.enter_async_context(openai.imitating())
        hub = await stack.enter_async_context(openai.at_work(Hub()))
        urls = {"google": studio.url, "vertex": cloud.url, "openai": engine.url, "hub": hub.url}
        keys = {"google_key": ai_studio.KEY, "vertex_key": vertex.KEY, "openai_key": engine.keys[0]}
        server = Server(tmp_path_factory.mktemp("outcomes") / "data")
        write(server.data)
        (server.data / "danqing.toml").write_text(SETTINGS.format(**urls, **keys))
        await asyncio.to_thread(server.start)
        yield Gateway(server, await asyncio.to_thread(server.live_key), studio)
        assert await asyncio.to_thread(server.stop) == 0, server.log()[-3000:]
        assert "defect" not in server.log(), server.log()[-3000:]
        assert server.audit() == []


def write(data: Path) -> None:
    """A model for each row and for each thing that an SDK asks for: one that broke too often would be left alone."""
    rows = {no.model: CALLS[no.call] for no in NOES}
    rows |= {name(era, way, outcome): call for era in ERAS for way, (call, words) in WAYS.items() for outcome in words}
    for id, (upstream, asked, makes) in rows.items():
        film, price = (EIGHT_SECONDS, {"second": "0.10"}) if makes == ["video"] else ({}, {"image": "0.04"})
        route = (upstream, asked if asked == "veo-3" else f"{asked}-{id}")
        add_model(data, id, makes, price=price, routes=[route], count_max=4, **film)


def name(era: str, way: str, outcome: str) -> str:
    return f"{era}-{way}-{outcome}".replace(" ", "-")


def test_the_page_has_every_outcome_of_every_call() -> None:
    assert {no.call for no in NOES} == set(CALLS)
    kinds = set(re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE))
    assert kinds == {outcome.value for outcome in Outcome}
    told = re.findall(r"^\| `(\w+)` \|(?:[^|\n]+\|){5,}$", PAGE, re.MULTILINE)
    assert set(told) == set(PICTURED) == set(FILMED)


async def test_every_way_to_say_no_comes_to_its_outcome_and_costs_what_was_delivered(gateway: Gateway) -> None:
    def asked(no: No) -> dict[str, object]:
        body = {"model": no.model, "prompt": f"a fox !{no.word}", "count": COUNT if no.outcome == "partial" else 1}
        begun = gateway.server.call("POST", "/api/jobs", body, key=gateway.key)
        assert begun.status == 201, begun.body
        return ended(gateway.server, str(begun.json()["id"]), gateway.key)

    jobs = dict(zip(NOES, await asyncio.gather(*(asyncio.to_thread(asked, no) for no in NOES)), strict=True))
    found = {(no.call, no.word): job["outcome"] for no, job in jobs.items()}
    assert found == {(no.call, no.word): no.outcome for no in NOES}
    for no, job in jobs.items():
        delivered = [output for output in job["outputs"] if output["medium"] != "text"]
        assert (job["charged"]["nanos"] > 0) == bool(delivered) == (no.outcome in ("ok", "partial")), no
        assert bool(job["withheld"]) == (no.outcome in ("partial", "filtered")), no
        assert all(job["withheld"]), no


IMAGEN = {"ok": [[True, False]] * 2, "partial": [[True, False]], "filtered": ("ClientError", 400)}
REASONS = {"ok": [[True, False]] * 2, "partial": [[True, False], [False, True]], "filtered": [[False, True]] * 2}
CHAT = {"ok": 2, "partial": 1, "filtered": ("BadRequestError", 400)}
STREAM = {"ok": 2, "partial": 1, "filtered": ("APIError", None), "failed": ("APIError", None)}
BROKEN = {"failed": ("ServerError", 502), "unknown": ("ServerError", 502)}
LOST = {"failed": ("InternalServerError", 502), "unknown": ("InternalServerError", 502)}
SEEN = {
    "imagen": IMAGEN | BROKEN,
    "imagen with reasons": REASONS | BROKEN,
    "chat": CHAT | LOST,
    "streamed": STREAM | {"unknown": ("APIError", None)},
    "veo": {
        "ok": {"films": 2, "withheld": 0, "reasons": False, "error": None},
        "partial": {"films": 1, "withheld": 1, "reasons": True, "error": None},
        "filtered": {"films": 0, "withheld": 1, "reasons": True, "error": None},
        "failed": {"films": 0, "withheld": None, "reasons": False, "error": 14},
        "unknown": {"films": 0, "withheld": None, "reasons": False, "error": 2},
    },
}


@pytest.mark.parametrize("era", ERAS)
async def test_no_sdk_breaks_on_any_outcome(
    gateway: Gateway, era: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    asks = [
        (way, outcome, name(era, way, outcome), f"a fox !{word}", COUNT)
        for way, (_, words) in WAYS.items()
        for outcome, word in words.items()
    ]
    facts = await asyncio.to_thread(
        performed, "outcomes", era, gateway.server, gateway.key, tmp_path_factory, ASKS=json.dumps(asks)
    )
    seen: dict[str, dict[str, object]] = {way: {} for way in WAYS}
    for way, outcome, *_ in asks:
        fact = facts.calls[f"{way} {outcome}"]
        code = fact.get("code") if isinstance(fact.get("code"), int) else fact.get("status_code")
        seen[way][outcome] = fact["value"] if "value" in fact else (fact["error"], code)
    strange = {(way, of): (got, SEEN[way][of]) for way in WAYS for of, got in seen[way].items() if got != SEEN[way][of]}
    assert strange == {}

"""Prompts in other languages through every dialect: English reaches the engine, the author's words are kept."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from serving import Answer
from upstreams.text_model import POEM_ASKED, POEM_IN_ENGLISH

from .live import CLOUD, STUDIO, Gateway, live_gateway

WRITER = """
[prompts.translators.writer]
kind = "model"
upstream = "google"
model = "gemini-3.1-flash-lite"
input_million_tokens = "0.10"
output_million_tokens = "0.40"
"""
ENHANCER = WRITER.replace("translators.writer", "enhancer").replace('kind = "model"\n', "")
COST = 300 * 100 + (20 + 100) * 400  # what the text model counts, at those prices
PICTURE = 40_000_000
RICH = "A wide ink painting of misty mountains over still water, soft dawn light, a slow crane shot"
IMAGEN, VEO = "imagen-4.0-generate-001", "veo-3.0-generate-001"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with live_gateway(tmp_path, STUDIO + CLOUD + WRITER + ENHANCER) as gateway:
        yield gateway


async def predicted(gateway: Gateway, prompt: str = POEM_ASKED, headers: dict[str, str] | None = None) -> Answer:
    body = {"instances": [{"prompt": prompt}], "parameters": {"sampleCount": 1}}
    return await gateway.call("POST", f"/gemini/v1beta/models/{IMAGEN}:predict", body, headers)


async def told(gateway: Gateway, answer: Answer) -> dict[str, Any]:
    return (await gateway.call("GET", f"/api/jobs/{answer.headers['danqing-job']}")).json()


def sent_pictures(gateway: Gateway) -> list[str]:
    """The prompts of the pictures that the engine was asked for."""
    bodies = gateway.studio.bodies(":generateContent")
    asked = [body for body in bodies if body["generationConfig"].get("responseModalities") != ["TEXT"]]
    return [body["contents"][-1]["parts"][0]["text"] for body in asked]


async def test_the_documents_own_prompt_reaches_every_engine_in_the_language_that_it_understands(
    gateway: Gateway,
) -> None:
    # Imagen's predictions, with the prompt that was sent in the place that they have for it
    answer = await predicted(gateway)
    assert answer.status == 200, answer.body
    assert answer.json()["predictions"][0]["prompt"] == POEM_IN_ENGLISH
    assert answer.headers["danqing-prompt-language"] == "zh-Hant"
    assert answer.headers["danqing-prompt-sent"] == "translated from zh-Hant into en; by writer"
    job = await told(gateway, answer)
    assert (job["prompt"], job["rewritten"]) == (POEM_ASKED, POEM_IN_ENGLISH)
    assert (job["wording"]["cost"]["nanos"], job["charged"]["nanos"]) == (COST, PICTURE + COST)
    usage = (await gateway.call("GET", "/api/usage")).json()
    lines = [(line["phase"], line["amount"]["nanos"]) for line in usage["statement"]]
    assert sorted(lines[:2]) == [("post", PICTURE), ("words", COST)]
    assert [(row["jobs"], row["charged"]["nanos"]) for row in usage["by_model"]] == [(1, PICTURE + COST)]

    # the same words again, over chat and over Danqing's own interface, are paid for once
    chat = {"model": IMAGEN, "messages": [{"role": "user", "content": POEM_ASKED}], "n": 1}
    answer = await gateway.call("POST", "/v1/chat/completions", chat)
    assert answer.status == 200, answer.body
    assert (await told(gateway, answer))["wording"]["cost"]["nanos"] == 0
    made = await gateway.call("POST", "/api/jobs", {"model": IMAGEN, "prompt": POEM_ASKED, "count": 1})
    assert made.status == 201, made.body
    assert sent_pictures(gateway)[:2] == [POEM_IN_ENGLISH] * 2

    # films that are polled, and films over chat, which are enriched as well
    body = {"instances": [{"prompt": POEM_ASKED}], "parameters": {"durationSeconds": 8}}
    begun = await gateway.call("POST", f"/gemini/v1beta/models/{VEO}:predictLongRunning", body)
    assert begun.status == 200, begun.body
    await gateway.finished(str(begun.json()["name"]))
    gateway.studio.text_model.known[POEM_IN_ENGLISH] = RICH
    chat = {"model": "veo-3", "messages": [{"role": "user", "content": POEM_ASKED}]}
    answer = await gateway.call("POST", "/v1/chat/completions", chat)
    assert answer.status == 200, answer.body
    story = answer.json()["choices"][0]["message"]["content"]
    assert json.JSONDecoder().raw_decode(story)[0] == {"prompt": RICH}
    assert answer.headers["danqing-prompt-sent"].startswith("translated from zh-Hant into en, enriched; by writer, ")
    films = [body["instances"][0]["prompt"] for body in gateway.cloud.bodies(":predictLongRunning")]
    assert films == [POEM_IN_ENGLISH, RICH]

    # a model that reads every language gets the author's own words
    chat = {"model": "gemini-2.5-flash-image", "messages": [{"role": "user", "content": POEM_ASKED}]}
    answer = await gateway.call("POST", "/v1/chat/completions", {**chat, "modalities": ["text", "image"]})
    assert answer.status == 200, answer.body
    assert "danqing-prompt-sent" not in answer.headers
    assert sent_pictures(gateway)[-1] == POEM_ASKED
    assert len(gateway.studio.text_model.messages) == 2


async def test_the_request_says_whether_its_prompt_is_translated(gateway: Gateway) -> None:
    model = gateway.studio.text_model
    quote = await gateway.call("POST", "/api/quote", {"model": IMAGEN, "prompt": POEM_ASKED, "count": 1})
    asked = quote.json()
    assert asked["wording"]["translated"] == {"from": "zh-Hant", "to": "en"}
    assert asked["cost"]["nanos"] == PICTURE + asked["wording"]["most"]["nanos"] > PICTURE
    assert model.messages == []

    answer = await predicted(gateway, headers={"danqing-translate": "off"})
    assert (answer.status, sent_pictures(gateway)) == (200, [POEM_ASKED])
    assert "switched off" in answer.headers["danqing-prompt-trouble"]
    answer = await gateway.call(
        "POST", "/api/jobs", {"model": IMAGEN, "prompt": POEM_ASKED, "count": 1, "translate": "off"}
    )
    assert "switched off" in answer.json()["wording"]["trouble"]

    model.temper = "obeys"
    answer = await predicted(gateway)
    assert answer.status == 200, answer.body
    assert "sent as it was written" in answer.headers["danqing-prompt-trouble"]
    job = await told(gateway, answer)
    assert (job["charged"]["nanos"], job["rewritten"], job["wording"]["by"]) == (PICTURE, "", [])
    before = len(sent_pictures(gateway))
    answer = await predicted(gateway, headers={"danqing-translate": "require"})
    assert answer.status == 502, answer.body
    assert b"could not be translated, so that nothing was made and nothing was charged" in answer.body
    job = await told(gateway, answer)
    assert (job["state"], job["charged"]["nanos"], job["error"]["code"]) == ("failed", 0, "translation_failed")
    assert len(sent_pictures(gateway)) == before

    wanted = {"name": "plain", "test": False, "translate": "off"}
    plain = await asyncio.to_thread(gateway.server.call, "POST", "/api/keys", wanted, key=gateway.server.owner_key)
    live, gateway.key = gateway.key, str(plain.json()["secret"])
    assert "switched off" in (await predicted(gateway)).headers["danqing-prompt-trouble"]
    gateway.key = live

    for name, word in (("danqing-translate", "perhaps"), ("danqing-enhance", "a lot")):
        answer = await predicted(gateway, headers={name: word})
        assert answer.status == 400, answer.body
        assert name.encode() in answer.body

    model.temper = "faithful"
    model.known["a cat"] = RICH
    answer = await predicted(gateway, "a cat", {"danqing-enhance": "true"})
    assert answer.json()["predictions"][0]["prompt"] == RICH
    assert (await told(gateway, answer))["prompt"] == "a cat"
    assert "danqing-prompt-sent" not in (await predicted(gateway, "a cat", {"danqing-enhance": "false"})).headers


async def test_a_test_key_reaches_no_text_model(gateway: Gateway) -> None:
    body = {"instances": [{"prompt": POEM_ASKED}], "parameters": {"sampleCount": 1}}
    path = f"/gemini/v1beta/models/{IMAGEN}:predict"
    live, gateway.key = gateway.key, gateway.server.key
    answer = await gateway.call("POST", path, body, {"danqing-translate": "require"})
    gateway.key = live
    assert answer.status == 200, answer.body
    assert "Sketch engine reads it" in answer.headers["danqing-prompt-trouble"]
    assert (answer.headers["danqing-prompt-language"], answer.headers["danqing-findings"]) == (
        "zh-Hant",
        "other_language",
    )
    assert gateway.studio.calls == []

    body = {"instances": [{"prompt": "a girl in a field of poppies at noon"}], "parameters": {"sampleCount": 1}}
    answer = await gateway.call("POST", path, body, {"danqing-preflight": "strict"})
    assert answer.status == 400, answer.body
    assert b"young woman" in answer.body
    assert gateway.studio.calls == []
    answer = await gateway.call("POST", path, body)
    assert (answer.status, answer.headers["danqing-findings"]) == (200, "risky_word")
    [finding] = (await told(gateway, answer))["wording"]["findings"]
    assert (finding["code"], finding["severity"], finding["param"]) == ("risky_word", "warning", "prompt")

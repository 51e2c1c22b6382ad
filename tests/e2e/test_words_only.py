"""The words that an engine would be sent, seen before anything is made of them, for no more than they cost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from upstreams.text_model import POEM_ASKED, POEM_IN_ENGLISH

from .live import STUDIO, Gateway, live_gateway
from .test_translation import COST, IMAGEN, PICTURE, WRITER, sent_pictures

ASKED = {"model": IMAGEN, "prompt": POEM_ASKED, "count": 1}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with live_gateway(tmp_path, STUDIO + WRITER) as gateway:
        yield gateway


async def test_a_translation_is_delivered_alone_and_then_costs_no_more(gateway: Gateway) -> None:
    quote = (await gateway.call("POST", "/api/quote", {**ASKED, "words_only": True})).json()
    assert 0 < quote["cost"]["nanos"] == quote["wording"]["most"]["nanos"]
    answer = await gateway.call("POST", "/api/jobs", {**ASKED, "words_only": True})
    assert answer.status == 201, answer.body
    job = answer.json()
    while job["state"] not in ("done", "failed", "unknown"):
        job = (await gateway.call("GET", f"/api/jobs/{job['id']}")).json()
    assert (job["state"], [output["text"] for output in job["outputs"]]) == ("done", [POEM_IN_ENGLISH])
    assert (job["held"]["nanos"], job["charged"]["nanos"]) == (quote["cost"]["nanos"], COST)
    assert job["outcome"] == "ok"
    assert (await gateway.call("GET", "/api/assets")).json()["assets"] == []
    assert sent_pictures(gateway) == [], "the engine was not asked"
    made = (await gateway.call("POST", "/api/jobs", ASKED)).json()
    while made["state"] not in ("done", "failed", "unknown"):
        made = (await gateway.call("GET", f"/api/jobs/{made['id']}")).json()
    assert (made["state"], made["charged"]["nanos"]) == ("done", PICTURE), "the same words are paid for once"
    assert sent_pictures(gateway) == [POEM_IN_ENGLISH]


async def test_words_that_are_sent_as_they_are_written_are_not_asked_for(gateway: Gateway) -> None:
    for prompt, translate in (("a red fox in the snow", "auto"), (POEM_ASKED, "off")):
        body = {**ASKED, "prompt": prompt, "translate": translate, "words_only": True}
        answer = await gateway.call("POST", "/api/jobs", body)
        assert (answer.status, answer.json()["error"]["code"]) == (400, "nothing_to_reword")
    assert gateway.studio.bodies(":generateContent") == []

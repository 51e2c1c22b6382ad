"""The model "auto" stands for those that the server's own upstreams make, and for nothing where they make nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.media import Medium
from danqing.domain.routes import Upstream
from gateway.test_gateway import Puppet, staged
from making import a_generation

ULTRA = "imagen-4.0-ultra-generate-001"
ASKED = a_generation("a minimalist logo of a fox", model="auto", count=None, wants=frozenset())


@pytest.mark.anyio
async def test_only_what_an_upstream_makes_is_advised(tmp_path: Path) -> None:
    upstreams = {Upstream(name="mine", kind="openai", models={ULTRA: ""}): Puppet()}
    async with staged(tmp_path, upstreams=upstreams) as stage:
        asked = await stage.gateway.advisor.settle(stage.key, ASKED)
        assert (asked.model, asked.count, asked.wants) == (ULTRA, 1, frozenset({Medium.IMAGE}))
        assert asked.advised[-1].startswith("No other model here can do it: $0.06")
        with pytest.raises(Problem) as refusal:
            await stage.gateway.advisor.settle(stage.key, replace(ASKED, wants=frozenset({Medium.VIDEO})))
        assert refusal.value.message == "No model here can do that. None makes films."


@pytest.mark.anyio
async def test_where_nobody_makes_anything_that_is_said(tmp_path: Path) -> None:
    upstreams = {Upstream(name="mine", kind="openai", models={"sumi-9": ""}): Puppet()}
    async with staged(tmp_path, upstreams=upstreams) as stage:
        with pytest.raises(Problem) as refusal:
            await stage.gateway.advisor.settle(stage.key, ASKED)
        assert (refusal.value.kind, refusal.value.code) == (Kind.UNAVAILABLE, "no_upstream")


@pytest.mark.anyio
async def test_words_that_are_wanted_too_stay_wanted(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        talk = replace(ASKED, wants=frozenset({Medium.TEXT}))
        asked = await stage.gateway.advisor.settle(stage.key, talk)
        assert asked.wants == {Medium.TEXT, Medium.IMAGE}
        named = replace(ASKED, model=ULTRA)
        assert await stage.gateway.advisor.settle(stage.key, named) is named

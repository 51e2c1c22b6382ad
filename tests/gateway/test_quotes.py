"""A quote is the hold, to the nano-dollar, for every model and whatever it can be asked for."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from danqing.catalog import load
from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation
from danqing.domain.jobs import Accepted
from danqing.domain.media import Blob
from danqing.domain.models import Model
from danqing.domain.ports import Assets, Order, Update
from making import a_generation

from .test_gateway import Puppet, staged

MODELS = load().models
PICTURE = Blob("ab" * 32, 1024, "image/png")


async def waits(order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """Nothing, for ever."""
    await asyncio.Event().wait()
    yield Accepted()


@st.composite
def asked(draw: st.DrawFn) -> tuple[Model, Generation]:
    """A model, and a request that it can honour."""
    model = draw(st.sampled_from(MODELS))
    ability = model.ability
    pictures = (PICTURE,) * draw(st.integers(0 if ability.anew else 1, ability.pictures_max))
    lengths = ability.reference_seconds if pictures and ability.reference_seconds else ability.seconds
    prompt = draw(st.text("ab 山水\n", min_size=1, max_size=400).filter(str.strip))
    generation = a_generation(
        prompt,
        model=draw(st.sampled_from(model.names)),
        wants=draw(st.sets(st.sampled_from(sorted(ability.makes)), min_size=1).map(frozenset)),
        count=draw(st.none() | st.integers(1, ability.count_max)),
        seconds=draw(st.none() | st.sampled_from(lengths)) if lengths else None,
        size=draw(st.none() | st.sampled_from(ability.sizes)) if ability.sizes else None,
    )
    turns = tuple(replace(turn, parts=(*turn.parts, *pictures)) for turn in generation.turns)
    return model, replace(generation, turns=turns)


def test_a_quote_is_the_hold(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        context = staged(tmp_path, Puppet(waits))
        stage = runner.run(context.__aenter__())

        @settings(max_examples=150, deadline=None, database=None)
        @given(asked())
        def quoted_and_held(pair: tuple[Model, Generation]) -> None:
            _, generation = pair
            before, _ = runner.run(stage.money())
            quote = stage.gateway.quote(stage.key, generation)
            job = runner.run(stage.gateway.submit(stage.key, generation, ceiling=quote.held))
            held, _ = runner.run(stage.money())
            assert held - before == quote.held == job.held
            assert (quote.provider, quote.upstream, quote.ignored) == (job.provider, job.upstream, job.ignored)
            assert quote.generation == replace(job.generation, seed=quote.generation.seed)
            assert runner.run(stage.gateway.cancel(stage.key, job.id)).charged == 0
            if quote.held:
                with pytest.raises(Problem) as refusal:
                    stage.gateway.quote(stage.key, generation, ceiling=quote.held - 1)
                assert (refusal.value.kind, refusal.value.code) == (Kind.NO_FUNDS, "max_cost_exceeded")

        quoted_and_held()
        runner.run(context.__aexit__(None, None, None))

"""Words are put right before anybody is asked: committed first, once, and the same for whoever goes on with the job."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Output, Translate
from danqing.domain.jobs import Job, Produced, State
from danqing.domain.media import Medium
from danqing.domain.ports import Assets, Once, Order, Update
from danqing.domain.prompts.languages import Languages
from danqing.domain.routes import Upstream
from danqing.prompts import connect
from danqing.prompts.editor import Editor
from gateway.test_gateway import Puppet, Stage, delivers, staged
from making import CENT, NOON, a_generation
from upstreams.text_model import TextModel

FOX, FILM = "雪の中の狐", frozenset({Medium.VIDEO})
IMAGEN = "imagen-4.0-generate-001"
COST = 40_000_000


class Writer(TextModel):
    """A text model as a provider; `held` until the test lets it go on."""

    repeatable = False
    honours: frozenset[str] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        system, user = (str(turn.parts[0]) for turn in order.generation.turns)
        self.asked.set()
        await self.free.wait()
        yield Produced(Output(medium=Medium.TEXT, text=self.answer(system, user)))


def editing(writer: Writer | None) -> Editor:
    row = {"kind": "model", "upstream": "writer", "model": "m", "output_million_tokens": "1"}
    translators = {"writer": row} if writer else {}
    return connect({"translators": translators}, {"writer": writer} if writer else {}, lambda text: Languages("ja"))


async def finished(stage: Stage, id: str) -> State:
    job = await stage.gateway.wait(await stage.gateway.job(stage.key, id))
    return job.state


@pytest.mark.anyio
async def test_what_is_sent_is_committed_before_anybody_is_asked(tmp_path: Path) -> None:
    seen: list[tuple[str, bool]] = []

    async def looks(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        stored = await stage.database.job(order.job)
        assert stored
        seen.append((order.generation.prompt, stored.wording.done))
        async with aclosing(delivers(order, assets)) as updates:
            async for update in updates:
                yield update

    async with staged(tmp_path, Puppet(looks), editor=editing(Writer())) as stage:
        asked = a_generation(FOX, model=IMAGEN, count=1)
        quoted = stage.gateway.quote(stage.key, asked)
        job = await stage.gateway.wait(await stage.gateway.submit(stage.key, asked))
        assert seen == [("a fox in the snow", True)]
        assert (job.generation.prompt, job.prompt) == (FOX, "a fox in the snow")
        assert quoted.held == job.held == COST + job.wording.most
        assert job.charged == COST + job.wording.cost
        assert await stage.money() == (0, job.charged)


@pytest.mark.anyio
async def test_a_process_that_ends_over_the_words_has_sent_nothing_and_the_next_one_does_all_of_it(
    tmp_path: Path,
) -> None:
    writer, puppet = Writer(), Puppet(repeatable=False)
    writer.free.clear()
    async with staged(tmp_path, puppet, editor=editing(writer)) as stage:
        asked = await stage.gateway.submit(stage.key, a_generation(FOX, model=IMAGEN, count=1))
        await writer.asked.wait()
    assert puppet.orders == []
    writer.free.set()
    async with staged(tmp_path, puppet, editor=editing(writer)) as stage, asyncio.timeout(20):
        job = await stage.database.job(asked.id)
        assert job
        async for newest in stage.gateway.watch(job):
            job = newest
        assert (job.state, job.prompt) == (State.DONE, "a fox in the snow")
    assert [order.generation.prompt for order in puppet.orders] == ["a fox in the snow"]


@pytest.mark.anyio
async def test_the_next_process_sends_the_same_words_and_asks_no_text_model(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def waits(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        begun.set()
        await asyncio.Event().wait()
        yield

    writer = Writer()
    async with staged(tmp_path, Puppet(waits), editor=editing(writer)) as stage:
        asked = await stage.gateway.submit(stage.key, a_generation(FOX, model=IMAGEN, count=1))
        await begun.wait()
    writer.known[FOX] = "something else"
    puppet = Puppet()
    async with staged(tmp_path, puppet, editor=editing(writer)) as stage, asyncio.timeout(20):
        job = await stage.database.job(asked.id)
        assert job
        async for newest in stage.gateway.watch(job):
            job = newest
        assert (job.state, job.wording.cost > 0) == (State.DONE, True)
    assert [order.generation.prompt for order in puppet.orders] == ["a fox in the snow"]
    assert len(writer.messages) == 1


@pytest.mark.anyio
async def test_what_must_be_translated_and_is_not_ends_the_job_for_nothing(tmp_path: Path) -> None:
    writer, puppet = Writer(), Puppet()
    writer.temper = "obeys"
    async with staged(tmp_path, puppet, editor=editing(writer)) as stage:
        asked = a_generation(FOX, model=IMAGEN, count=1, translate=Translate.REQUIRE)
        job = await stage.gateway.wait(await stage.gateway.submit(stage.key, asked))
        assert job.fault
        assert (job.state, job.fault.code, job.charged) == (State.FAILED, "translation_failed", 0)
        assert await stage.money() == (0, 0)
    assert puppet.orders == []


@pytest.mark.anyio
async def test_nobody_who_could_translate_is_told_before_money_is_held(tmp_path: Path) -> None:
    async with staged(tmp_path, editor=editing(None)) as stage:
        with pytest.raises(Problem) as thrown:
            await stage.gateway.submit(stage.key, a_generation(FOX, model=IMAGEN, translate=Translate.REQUIRE))
        assert (thrown.value.kind, thrown.value.code) == (Kind.INVALID, "no_translator")
        assert await stage.money() == (0, 0)
        assert await stage.accounts.jobs(stage.key) == []


@pytest.mark.anyio
async def test_a_job_that_is_cancelled_over_its_words_costs_nothing(tmp_path: Path) -> None:
    writer, puppet = Writer(), Puppet()
    writer.free.clear()
    async with staged(tmp_path, puppet, editor=editing(writer)) as stage:
        job = await stage.gateway.submit(stage.key, a_generation(FOX, model=IMAGEN, count=1))
        await writer.asked.wait()
        assert (await stage.gateway.cancel(stage.key, job.id)).state is State.CANCELLED
        assert await finished(stage, job.id) is State.CANCELLED
        assert await stage.money() == (0, 0)
    assert puppet.orders == []


@pytest.mark.anyio
async def test_a_ceiling_counts_the_words(tmp_path: Path) -> None:
    async with staged(tmp_path, editor=editing(Writer())) as stage:
        with pytest.raises(Problem) as thrown:
            stage.gateway.quote(stage.key, a_generation(FOX, model=IMAGEN, count=1), ceiling=COST + CENT // 100)
        assert thrown.value.code == "max_cost_exceeded"


@pytest.mark.anyio
async def test_watchers_are_told_what_is_done_to_the_words(tmp_path: Path) -> None:
    async with staged(tmp_path, Puppet(), editor=editing(Writer())) as stage:
        seen: list[tuple[State, str]] = []
        asked = await stage.gateway.submit(stage.key, a_generation(FOX, model=IMAGEN, count=1))
        async for job in stage.gateway.watch(asked):
            seen.append((job.state, job.stage))
        assert (State.SUBMITTING, "translating") in seen
        assert seen[-1] == (State.DONE, "")


@pytest.mark.anyio
async def test_what_comes_before_an_engine_is_asked_is_not_counted_against_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [NOON]
    slow = Upstream(name="slow", kind="slow", models={"*": ""}, deadline_s=10)
    async with staged(tmp_path, upstreams={slow: Puppet()}, editor=editing(Writer()), now=lambda: at[0]) as stage:
        admit = stage.database.admit

        async def admit_slowly(draft: Job, once: Once | None, *, driver: str) -> Job:
            job = await admit(draft, once, driver=driver)
            at[0] += timedelta(seconds=11)
            return job

        monkeypatch.setattr(stage.database, "admit", admit_slowly)
        job = await stage.gateway.wait(await stage.gateway.submit(stage.key, a_generation(FOX, model=IMAGEN, count=1)))
        assert (job.state, job.fault, job.prompt) == (State.DONE, None, "a fox in the snow")
        assert job.started == at[0]

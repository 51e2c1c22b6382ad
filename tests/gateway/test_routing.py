"""Work that one engine turns away is made by another, and work that one may have begun by nobody else."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.health import OPEN_S
from danqing.domain.jobs import Accepted, State, Withheld
from danqing.domain.ports import Assets, Load, Order, Update
from danqing.domain.routes import Upstream
from making import CENT, a_generation

from .test_gateway import Puppet, Script, delivers, ended, staged

BUSY = Declined(Kind.BUSY, "Later.", code="upstream_busy", retry_after=1)
BROKEN = Declined(Kind.UPSTREAM, "Check its key.", code="upstream_credentials")
GONE = Declined(Kind.UNAVAILABLE, "Not there.", code="upstream_unreachable")
LOST = Problem(Kind.UNKNOWN, "Lost.", code="outcome_unknown")


def named(name: str, **settings: object) -> Upstream:
    """An upstream that makes everything. A later letter is a later choice."""
    weight = {"a": 1e9, "b": 1, "c": 0}[name]
    return replace(Upstream(name=name, kind="any", models={"*": "its-own"}, weight=weight), **settings)


def raising(*problems: Exception, then: Script = delivers) -> Script:
    """Goes wrong once for each of these."""
    left = list(problems)

    async def script(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        if left:
            raise left.pop(0)
        async for update in then(order, assets):
            yield update

    return script


async def accepts_and_dies(order: Order, assets: Assets) -> AsyncGenerator[Update]:
    yield Accepted("ticket")
    raise BUSY


@pytest.mark.anyio
@pytest.mark.parametrize("problem", [BUSY, BROKEN, GONE, Declined(Kind.INVALID, "It makes no such thing.")])
async def test_the_second_makes_what_the_first_turns_away(tmp_path: Path, problem: Problem) -> None:
    first, second = Puppet(raising(problem)), Puppet(honours=frozenset())
    async with staged(tmp_path, upstreams={named("a"): first, named("b"): second}) as stage:
        job = await ended(stage, a_generation(count=2, knobs=(("guidanceScale", 7.5),)))

        assert (job.state, job.charged, job.provider, job.upstream) == (State.DONE, 6 * CENT, "b", "its-own")
        assert [(one.upstream, one.model, one.fault.kind) for one in job.attempts] == [("a", "its-own", problem.kind)]
        assert job.ignored == ("guidanceScale",), "it is the second that does not honour it"
        assert (len(first.orders), len(second.orders)) == (1, 1)
        assert await stage.money() == (0, 6 * CENT)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("script", "state"),
    [(raising(LOST), State.UNKNOWN), (accepts_and_dies, State.FAILED), (raising(RuntimeError("defect")), State.FAILED)],
    ids=["lost", "accepted", "defect"],
)
async def test_what_may_have_been_begun_is_asked_of_nobody_else(tmp_path: Path, script: Script, state: State) -> None:
    second = Puppet()
    async with staged(tmp_path, upstreams={named("a"): Puppet(script), named("b"): second}) as stage:
        job = await ended(stage, a_generation())
        assert (job.state, job.provider, job.attempts, second.orders) == (state, "a", (), [])
        assert await stage.money() == (0, 0)


@pytest.mark.anyio
async def test_whoever_is_busy_is_asked_again_once_nobody_else_is_left(tmp_path: Path) -> None:
    first, second = Puppet(raising(BUSY)), Puppet(raising(BROKEN))
    async with staged(tmp_path, upstreams={named("a"): first, named("b"): second}) as stage:
        job = await ended(stage, a_generation())
        assert (job.state, job.provider) == (State.DONE, "a")
        assert [one.upstream for one in job.attempts] == ["a", "b"]
        assert [order.turned_away for order in first.orders] == [0, 1]


@pytest.mark.anyio
async def test_when_all_say_no_the_most_telling_is_told_with_when_to_come_back(tmp_path: Path) -> None:
    later = Declined(Kind.BUSY, "In an hour.", retry_after=3600)
    upstreams = {named("a"): Puppet(raising(later)), named("b"): Puppet(raising(BROKEN))}
    async with staged(tmp_path, upstreams=upstreams) as stage:
        job = await ended(stage, a_generation())
        assert (job.state, len(job.attempts)) == (State.FAILED, 2)
        assert job.fault
        assert (job.fault.kind, job.fault.message, job.fault.problem().retry_after) == (Kind.BUSY, "In an hour.", 3600)


@pytest.mark.anyio
async def test_a_killed_process_leaves_a_fallback_that_the_next_one_goes_on_with(tmp_path: Path) -> None:
    """The attempt is committed before the next is begun; while nobody is asked, nothing may have been sent."""
    upstreams = {named("a"): Puppet(raising(BUSY), repeatable=False), named("b"): Puppet(raising(BUSY))}
    async with staged(tmp_path, upstreams=upstreams) as stage:
        job = await stage.gateway.submit(stage.key, a_generation())
        async for newest in stage.gateway.watch(job):
            if len(newest.attempts) == 2:
                break
    first, second = Puppet(repeatable=False), Puppet()
    async with staged(tmp_path, upstreams={named("a"): first, named("b"): second}) as stage:
        job = await stage.gateway.wait(job)
        assert (job.state, job.provider) == (State.DONE, "a")
        assert [one.upstream for one in job.attempts] == ["a", "b"]
        assert (len(first.orders), len(second.orders)) == (1, 0)


@pytest.mark.anyio
async def test_content_that_is_refused_by_chance_is_asked_for_again_only_where_that_is_wanted(tmp_path: Path) -> None:
    def refusing(times: int) -> Script:
        asked = [0]

        async def script(order: Order, assets: Assets) -> AsyncGenerator[Update]:
            asked[0] += 1
            yield Accepted("ticket", "rewritten")
            if asked[0] > times:
                async for update in delivers(order, assets):
                    yield update
            for _ in range(0 if asked[0] > times else order.generation.count or 1):
                yield Withheld("unsafe")

        return script

    for times, state, tries in ((1, State.DONE, 2), (2, State.FAILED, 2)):
        puppet = Puppet(refusing(times))
        async with staged(tmp_path / str(times), upstreams={named("a", retry_filtered=1): puppet}) as stage:
            job = await ended(stage, a_generation(count=2))
            assert (job.state, len(puppet.orders)) == (state, tries)
            assert [one.fault.kind for one in job.attempts] == [Kind.FILTERED]
            assert len({order.job for order in puppet.orders}) == 2, "under a new name, or it would be found again"
            assert await stage.money() == (0, 6 * CENT if state is State.DONE else 0)
    puppet = Puppet(refusing(1))
    async with staged(tmp_path / "strict", upstreams={named("a"): puppet}) as stage:
        assert ((await ended(stage, a_generation())).filtered, len(puppet.orders)) == (True, 1)


@pytest.mark.anyio
async def test_an_engine_that_keeps_breaking_is_asked_last_and_when_all_do_new_work_is_refused(tmp_path: Path) -> None:
    first, second = Puppet(raising(*[GONE] * 5)), Puppet()
    async with staged(tmp_path, upstreams={named("a"): first, named("b"): second}) as stage:
        for _ in range(5):
            assert (await ended(stage, a_generation(count=1))).provider == "b"
        for _ in range(2):
            job = await ended(stage, a_generation(count=1))
            assert (job.provider, job.attempts) == ("b", ()), "the first is not asked any more"
        second.script = raising(*[Problem(Kind.UPSTREAM, "Broken.")] * 7)
        for _ in range(7):
            assert (await ended(stage, a_generation(count=1))).state is State.FAILED
        with pytest.raises(Problem, match="a, b") as raised:
            await stage.gateway.submit(stage.key, a_generation(count=1))
        assert (raised.value.kind, raised.value.code) == (Kind.UNAVAILABLE, "upstreams_away")
        assert 1 <= (raised.value.retry_after or 0) <= OPEN_S
        assert (len(first.orders), len(second.orders)) == (5, 14)
        assert await stage.money() == (0, 7 * 3 * CENT), "nothing is held for what was refused"


@pytest.mark.anyio
async def test_an_upstream_that_has_all_it_may_do_is_passed_over(tmp_path: Path) -> None:
    first, second = Puppet(), Puppet()
    first.load = lambda model: Load(keys=1, resting=0, rests_s=0, full=True)  # type: ignore[attr-defined]
    async with staged(tmp_path, upstreams={named("a"): first, named("b"): second}) as stage:
        assert (await ended(stage, a_generation())).provider == "b"
    async with staged(tmp_path, upstreams={named("a"): first}) as stage:
        assert (await ended(stage, a_generation())).provider == "a", "it waits there when there is nobody else"


@pytest.mark.anyio
async def test_a_route_has_a_deadline_of_its_own(tmp_path: Path) -> None:
    async def forever(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted()
        await asyncio.Event().wait()

    async with staged(tmp_path, upstreams={named("a", deadline_s=1): Puppet(forever), named("b"): Puppet()}) as stage:
        job = await ended(stage, a_generation())
        assert job.fault
        assert (job.fault.kind, job.fault.code, job.provider) == (Kind.TIMEOUT, "upstream_late", "a")

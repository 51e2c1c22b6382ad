"""Engines that lose answers and disks that fill up: who is asked again, and what it comes to in the end."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from danqing.assets.disk import Disk
from danqing.domain.errors import Declined, Kind, Lost, Problem
from danqing.domain.generation import Output
from danqing.domain.jobs import Accepted, Job, Produced, State, Withheld
from danqing.domain.media import Blob, Medium
from danqing.domain.ports import Assets, Order, Source, Story, Update
from danqing.gateway import asking
from making import CENT, a_generation

from .test_gateway import PNG, Puppet, Stage, delivers, ended, staged

LOST = Lost(Kind.UNKNOWN, "The answer never came.", code="outcome_unknown")
AWAY = Declined(Kind.UNAVAILABLE, "Nobody is there.", code="upstream_unreachable")
REFUSED = Problem(Kind.INVALID, "Not this.", code="upstream_refused")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAUSES_S", (0.05,))


@dataclass
class Troubled(Puppet):
    """Raises one Problem each time that it is asked, the last one for ever; without any more it delivers."""

    problems: list[Problem] = field(default_factory=list)
    for_ever: bool = False

    async def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        self.orders.append(order)
        if self.problems:
            raise self.problems[0] if self.for_ever and len(self.problems) == 1 else self.problems.pop(0)
        async for update in delivers(order, assets):
            yield update


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("repeatable", "problems", "asked", "state", "kind"),
    [
        (True, [LOST], 2, State.DONE, None),
        (True, [LOST, LOST, AWAY], 4, State.DONE, None),
        (True, [LOST, AWAY, REFUSED], 3, State.FAILED, Kind.INVALID),
        (True, [AWAY], 1, State.FAILED, Kind.UNAVAILABLE),
        (False, [LOST], 1, State.UNKNOWN, Kind.UNKNOWN),
    ],
    ids=["lost", "lost and away", "lost and refused", "away", "lost where nobody knows ids"],
)
async def test_what_was_lost_is_asked_for_again_where_request_ids_are_known(
    tmp_path: Path, repeatable: bool, problems: list[Problem], asked: int, state: State, kind: Kind | None
) -> None:
    puppet = Troubled(repeatable=repeatable, problems=list(problems))
    async with staged(tmp_path, puppet) as stage:
        job = await ended(stage, a_generation(count=1))
        assert (job.state, job.fault.kind if job.fault else None) == (state, kind)
        assert len(puppet.orders) == asked
        assert len({order.job for order in puppet.orders}) == 1
        assert await stage.money() == (0, job.charged) == (0, 3 * CENT if state is State.DONE else 0)


@pytest.mark.anyio
async def test_what_stays_lost_is_unknown_when_its_time_is_over(tmp_path: Path) -> None:
    async with staged(tmp_path, Troubled(problems=[LOST, AWAY], for_ever=True)) as stage:
        job = await stage.gateway.submit(stage.key, a_generation(count=1), within_s=1)
        seen = [snapshot async for snapshot in stage.gateway.watch(job)]
        assert asking.AGAIN in [snapshot.stage for snapshot in seen]
        assert (seen[-1].state, seen[-1].charged) == (State.UNKNOWN, 0)


@pytest.mark.anyio
async def test_what_another_process_may_have_sent_has_not_failed_because_the_engine_is_away_now(
    tmp_path: Path,
) -> None:
    async def forever(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        await asyncio.Event().wait()
        yield Accepted()

    async with staged(tmp_path, Puppet(forever)) as stage:
        jobs = [await stage.gateway.submit(stage.key, a_generation(count=1), within_s=3) for _ in range(2)]
        await asyncio.sleep(0.05)
    async with staged(tmp_path, Troubled(problems=[AWAY] * 4)) as stage:
        assert {(await stage.gateway.wait(job)).state for job in jobs} == {State.DONE}
    async with staged(tmp_path, Puppet(forever)) as stage:
        job = await stage.gateway.submit(stage.key, a_generation(count=1), within_s=2)
        await asyncio.sleep(0.05)
    async with staged(tmp_path, Troubled(problems=[AWAY], for_ever=True)) as stage:
        assert (await stage.gateway.wait(job)).state is State.UNKNOWN


class Full(Disk):
    """A disk that refuses some files before there is room."""

    refuses = 0

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        if self.refuses:
            self.refuses -= 1
            raise Problem(Kind.UNAVAILABLE, "The disk is full.", code="disk_full")
        return await super().put(source, mime, story)


async def halves(order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """One picture withheld and then two that are made, as the engine tells every time that it is asked."""
    yield Accepted(ticket="operations/7")
    yield Withheld("unsafe")
    for _ in range(order.delivered, 2):
        yield Produced(Output(medium=Medium.IMAGE, blob=await assets.put(PNG, "image/png")))


async def stored_late(stage: Stage, refuses: int) -> tuple[Job, list[str]]:
    assert isinstance(stage.gateway.assets, Full)
    stage.gateway.assets.refuses = refuses
    job = await stage.gateway.submit(stage.key, a_generation(count=3), within_s=2)
    seen = [snapshot async for snapshot in stage.gateway.watch(job)]
    return seen[-1], [snapshot.stage for snapshot in seen]


@pytest.mark.anyio
async def test_a_file_that_finds_no_room_is_fetched_again_with_its_ticket(tmp_path: Path) -> None:
    puppet = Puppet(halves, repeatable=False)
    async with staged(tmp_path, puppet, disk=Full) as stage:
        job, stages = await stored_late(stage, 3)
        assert (job.state, len(job.outputs), job.withheld, job.charged) == (State.DONE, 2, ("unsafe",), 6 * CENT)
        assert asking.WAITING in stages
        assert [order.ticket for order in puppet.orders] == ["", *["operations/7"] * 3]


@pytest.mark.anyio
async def test_a_disk_that_stays_full_is_named_at_the_deadline(tmp_path: Path) -> None:
    async with staged(tmp_path, Puppet(halves, repeatable=False), disk=Full) as stage:
        job, _ = await stored_late(stage, 10_000)
        assert job.fault
        assert (job.state, job.fault.code, job.charged) == (State.FAILED, "disk_full", 0)


@pytest.mark.anyio
async def test_what_cannot_be_had_again_fails_when_it_finds_no_room(tmp_path: Path) -> None:
    puppet = Puppet(repeatable=False)
    async with staged(tmp_path, puppet, disk=Full) as stage:
        job, _ = await stored_late(stage, 1)
        assert job.fault
        assert (job.state, job.fault.code, len(puppet.orders)) == (State.FAILED, "disk_full", 1)

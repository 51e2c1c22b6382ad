"""Files as they really are: measured when they come, told where they differ, paid for by what they hold."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from danqing.domain.generation import Output
from danqing.domain.jobs import Accepted, Produced, State
from danqing.domain.media import Medium
from danqing.domain.money import dollars
from danqing.domain.ports import Assets, Order, Update
from filming import a_film
from gateway.test_gateway import Puppet, ended, staged
from making import a_generation

pytestmark = pytest.mark.anyio
FILM = frozenset({Medium.VIDEO})


def filming(folder: Path, **shape: int) -> Puppet:
    """An engine that films what it likes and says that it is what was asked for."""

    async def films(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted()
        asked = order.generation
        film = a_film(folder / f"{order.job}.mp4", **shape)  # type: ignore[arg-type]
        blob = await assets.put(film, "video/mp4")
        length = (asked.seconds or 0) * 1000
        yield Produced(Output(medium=Medium.VIDEO, blob=blob, duration_ms=length, width=1280, height=720, audio=True))

    return Puppet(films)


async def test_a_film_is_paid_for_by_the_seconds_that_it_has(tmp_path: Path) -> None:
    async with staged(tmp_path, filming(tmp_path, width=320, height=180, seconds=6, audio=False)) as stage:
        job = await ended(stage, a_generation(model="veo-3.0-generate-001", wants=FILM, count=1, seconds=8))

    assert (job.state, job.held, job.charged) == (State.DONE, dollars("3.20"), dollars("2.40"))
    [film] = job.outputs
    assert (film.width, film.height, film.duration_ms, film.fps, film.audio) == (320, 180, 6000, 24, False)
    assert {change.param: (change.asked, change.made) for change in job.changes} == {
        "seconds": ("8", "6"),
        "size": ("720p", "320x180"),
        "audio": ("sound", "silence"),
    }


async def test_a_size_that_was_paid_for_and_did_not_come_is_not_charged(tmp_path: Path) -> None:
    asked = a_generation(model="veo-3.1-generate-001", wants=FILM, count=1, seconds=4, size="4k")
    async with staged(tmp_path, filming(tmp_path, width=1280, height=720, seconds=4)) as stage:
        job = await ended(stage, asked)

    assert (job.held, job.charged) == (dollars("2.40"), dollars("1.60"))
    assert [(change.param, change.asked, change.made) for change in job.changes] == [("size", "4k", "1280x720")]


async def test_a_film_that_runs_longer_costs_no_more_than_was_quoted(tmp_path: Path) -> None:
    async with staged(tmp_path, filming(tmp_path, width=1280, height=720, seconds=5)) as stage:
        job = await ended(stage, a_generation(model="veo-3.0-generate-001", wants=FILM, count=1, seconds=4))
    assert job.charged == job.held == dollars("1.60")


async def test_what_was_changed_and_what_came_is_stored_with_the_job(tmp_path: Path) -> None:
    async with staged(tmp_path, filming(tmp_path, seconds=1)) as stage:
        job = await ended(stage, a_generation(model="veo-2.0-generate-001", wants=FILM, count=1, seconds=5))
        assert (await stage.database.job(job.id) or job).changes == job.changes != ()

"""The bar that a person watches: it stands where the job stands, and says how to come back to it."""

import asyncio
import io
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

import msgspec
import pytest
from rich.console import Console

from danqing.cli.making import follow
from danqing.client import UNREACHABLE, AsyncJob
from danqing.client.told import Job
from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import State
from danqing.wire import native
from making import a_job


def told(**fields: object) -> Job:
    """A job as the client knows it."""
    tree = native.job(replace(a_job(state=State.RUNNING), **fields), lambda output: "")
    return msgspec.json.decode(json.dumps(tree, default=list), type=Job)


class Script:
    """Stands for a connection: a job goes through these snapshots, and then something happens."""

    def __init__(self, *snapshots: Job, end: BaseException | None = None) -> None:
        self._snapshots = snapshots
        self._end = end
        self.seen: list[str] = []
        self.screen = Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)

    def job(self) -> AsyncJob:
        return AsyncJob(self, told())

    async def events(self, path: str, shape: type[Job], ended: Callable[[Job], bool]) -> AsyncGenerator[Job]:
        for job in self._snapshots:
            before = self._drawn()
            yield job
            self.seen.append(self._drawn().removeprefix(before))
        if self._end:
            raise self._end

    def _drawn(self) -> str:
        return self.screen.file.getvalue()


def test_the_bar_stands_where_the_job_stands() -> None:
    script = Script(
        told(),
        told(progress=0.37, stage="filming [1/2]"),
        told(progress=0.9, stage="sound"),
        told(state=State.DONE, progress=1.0),
    )
    ended = asyncio.run(follow(script.job(), script.screen))
    assert ended.job.state is State.DONE
    shown = ["  0%", " 37%", " 90%", "100%"]
    assert [percent for percent, drawn in zip(shown, script.seen, strict=True) if percent not in drawn] == []
    assert "filming [1/2]" in script.seen[1]
    assert "sound" in script.seen[2]


def test_nothing_is_drawn_where_nobody_looks() -> None:
    script = Script(told(progress=0.5), told(state=State.DONE, progress=1.0))
    pipe = Console(file=io.StringIO(), force_terminal=False)
    asyncio.run(follow(script.job(), pipe))
    assert pipe.file.getvalue() == ""


def test_a_server_that_stays_away_does_not_mean_that_the_job_is_lost() -> None:
    script = Script(told(), end=Problem(Kind.UNAVAILABLE, "The server does not answer.", code=UNREACHABLE))
    with pytest.raises(Problem, match=f"The server does not answer. .*danqing job {told().id} --save"):
        asyncio.run(follow(script.job(), script.screen))

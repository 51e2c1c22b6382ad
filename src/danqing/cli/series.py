"""Many requests as one undertaking: one quote for all of them, a few at a time, one bar for how far they all are."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer

from danqing.cli import making
from danqing.cli.report import console
from danqing.client import AsyncClient, AsyncJob, AsyncResult, files
from danqing.client.told import Job, Quote
from danqing.domain.errors import Kind, Problem
from danqing.domain.limits import too_dear
from danqing.domain.money import show
from danqing.wire.books import read_amount

Request = Mapping[str, object]
Tell = Callable[[Job], None]

AT_ONCE = 4
ATTEMPTS = 60  # at a limit of the key, such as requests a minute
WAIT_S_MAX = 60
_REFUSALS = frozenset({Kind.INVALID, Kind.NOT_FOUND})  # of one request, whatever becomes of the others


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one request: a job that ended well, or one that did not, or none."""

    job: Job | None = None
    result: AsyncResult | None = None
    problem: Problem | None = None

    @property
    def seconds(self) -> float:
        """How long it took, waiting included."""
        if self.job is None:
            return 0.0
        return (datetime.fromisoformat(self.job.updated) - datetime.fromisoformat(self.job.created)).total_seconds()


async def quotes(client: AsyncClient, requests: Sequence[Request]) -> list[Quote | Problem]:
    """What each would cost at the most, or why it would be refused. Raises Problem for what concerns all of them."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(request: Request) -> Quote | Problem:
        async with gate:
            try:
                return await client.quoted(request)
            except Problem as problem:
                if problem.kind not in _REFUSALS:
                    raise
                return problem

    return await asyncio.gather(*map(one, requests))


def agree(found: Sequence[Quote | Problem], max_cost: str | None) -> None:
    """Say what all of it costs at the most; above `max_cost` dollars a person is asked. Raises Problem otherwise."""
    ceiling = None if max_cost is None else read_amount(max_cost, "max_cost")
    told = [quote for quote in found if isinstance(quote, Quote)]
    total = sum(quote.cost.nanos for quote in told)
    money = " of play money" if any(quote.test for quote in told) else ""
    console(stderr=True).print(f"{len(told)} to make, ${show(total)} at the most{money}.")
    if ceiling is None or total <= ceiling:
        return
    if not (sys.stdin.isatty() and typer.confirm(f"That is more than ${show(ceiling)}. Go on?", err=True)):
        raise too_dear(total, ceiling)


async def made(client: AsyncClient, request: Request, tell: Tell, *, once: str = "") -> Made:
    """Have one made and wait for its end. The same `once` is the same job. Never raises a Problem."""
    job: AsyncJob | None = None
    try:
        job = await _submitted(client, request, once)
        result = await making.watched(job, tell)
        return Made(result.job, result)
    except Problem as problem:
        return Made(job.told if job else None, problem=problem)


async def each(count: int, one: Callable[[int, Tell], Awaitable[None]]) -> None:
    """Do so many things, a few at a time, in their order; each tells of its job as it goes on."""
    gate = asyncio.Semaphore(AT_ONCE)
    with _bar(count) as show_progress:

        async def gated(index: int) -> None:
            async with gate:
                await one(index, lambda job: show_progress(index, job.progress))
            show_progress(index, 1.0)

        await asyncio.gather(*map(gated, range(count)))


async def fetched(result: AsyncResult, folder: Path) -> list[Path]:
    """Save its files under names of their own: whoever is killed on the way puts them there the next time."""
    stem = f"{files.slug(result.job.prompt)}-{result.job.id[:8]}"
    named = ((file, folder / f"{stem}-{number}.{file.suffix}") for number, file in enumerate(result.files, start=1))
    return [await file.save(path) for file, path in named]


async def _submitted(client: AsyncClient, request: Request, once: str) -> AsyncJob:
    """The job, once the limits of the key have room for it."""
    for _ in range(ATTEMPTS):
        try:
            return await client.jobs.submit(request, once=once)
        except Problem as problem:
            if problem.kind is not Kind.BUSY:
                raise
            await asyncio.sleep(min(problem.retry_after or 1, WAIT_S_MAX))
    return await client.jobs.submit(request, once=once)


@contextmanager
def _bar(count: int) -> Iterator[Callable[[int, float], None]]:
    far = [0.0] * count
    with making.bar(console(stderr=True)) as shown:
        task = shown.add_task("", total=float(count))

        def show_progress(index: int, progress: float) -> None:
            far[index] = progress
            done = f"{sum(each == 1.0 for each in far)} of {count}"
            shown.update(task, completed=sum(far), description=done, refresh=True)

        yield show_progress

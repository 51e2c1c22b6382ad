"""Has pictures and films made: asks, follows the job with a bar that moves as the work does, and saves the files."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from danqing.cli import files, tables
from danqing.cli.report import Report, console
from danqing.cli.running import LEFT, perform
from danqing.client import UNREACHABLE, Client
from danqing.client.told import Job, Output
from danqing.domain.errors import Kind, Problem
from danqing.domain.media import SUFFIXES

Given = Path | Sequence[Path] | None


@dataclass(frozen=True, slots=True)
class Saving:
    """What is to happen with the files: where they go (None: here, named after the prompt), whether they are shown."""

    out: Path | None
    view: bool


def make(
    request: Mapping[str, object], saving: Saving, *, pictures: Mapping[str, Given] | None = None, json: bool
) -> None:
    """Ask for a generation and stay until its files are saved. `pictures`: the fields of the request that hold some."""

    async def work(client: Client) -> Report:
        files.require_writable(saving.out)
        body = await _body(request, pictures or {})
        with leaving("danqing jobs"):
            job = await client.submit(body)
        return await _finish(client, job, saving)

    perform(work, json=json)


def again(id: str, seed: int | Literal["same"] | None, saving: Saving, *, json: bool) -> None:
    """Have an earlier job's recipe made once more, and stay until the files are saved."""

    async def work(client: Client) -> Report:
        files.require_writable(saving.out)
        with leaving("danqing jobs"):
            job = await client.again(id, seed)
        return await _finish(client, job, saving)

    perform(work, json=json)


def quote(request: Mapping[str, object], *, pictures: Mapping[str, Given], json: bool) -> None:
    """What a generation would cost; nothing is made."""

    async def work(client: Client) -> Report:
        told = await client.quote(await _body(request, pictures))
        return Report(told, tables.quote(told))

    perform(work, json=json)


def save(id: str, saving: Saving, *, json: bool) -> None:
    """Follow a job that was asked for earlier, and save its files."""

    async def work(client: Client) -> Report:
        files.require_writable(saving.out)
        return await _finish(client, await client.job(id), saving)

    perform(work, json=json)


async def follow(client: Client, job: Job, screen: Console) -> Job:
    """The job when it has ended; until then `screen` shows how far it is."""
    with bar(screen) as shown:
        task = shown.add_task(tables.stage(job), total=1.0)

        def tell(job: Job) -> None:
            shown.update(task, completed=job.progress, description=tables.stage(job), refresh=True)

        return await watched(client, job, tell)


async def watched(client: Client, job: Job, tell: Callable[[Job], None]) -> Job:
    """The job when it has ended; until then `tell` hears of its changes."""
    try:
        async with aclosing(client.watch(job.id)) as snapshots:
            async for job in snapshots:
                tell(job)
    except Problem as problem:
        if problem.code != UNREACHABLE:
            raise
        message = f"{problem.message} The job is not lost: danqing job {job.id} --save"
        raise Problem(Kind.UNAVAILABLE, message, code=UNREACHABLE) from problem
    return job


async def _finish(client: Client, job: Job, saving: Saving) -> Report:
    with leaving(f"danqing job {job.id} --save"):
        job = (await follow(client, job, console(stderr=True))).succeeded()
        saved = [await fetch(client, job, output, saving.out) for output in job.outputs if output.file]
    document = {**msgspec.to_builtins(job), "saved": [str(path.absolute()) for path in saved]}
    lines = tables.made(job, saved)
    if saving.view and any([await asyncio.to_thread(typer.launch, str(path)) for path in saved]):
        lines = [*lines, "There is no program here that shows it."]
    return Report(document, lines)


async def _body(request: Mapping[str, object], pictures: Mapping[str, Given]) -> dict[str, object]:
    """The request with its pictures in it; what was not given is left to the model."""
    inputs = {name: await asyncio.to_thread(_data_urls, given) for name, given in pictures.items()}
    return {name: value for name, value in {**request, **inputs}.items() if value not in (None, "", [])}


@contextmanager
def leaving(command: str) -> Iterator[None]:
    """Ctrl-C leaves the job alone; `command` comes back to it."""
    try:
        yield
    except asyncio.CancelledError:
        message = f"What was asked for is not cancelled. To come back to it: {command}"
        raise Problem(Kind.CANCELLED, message, code=LEFT) from None


async def fetch(client: Client, job: Job, output: Output, out: Path | None) -> Path:
    """Save an output under a name that nobody has; gives the path."""
    assert output.file is not None, "only outputs with a file are saved"
    suffix = SUFFIXES.get(output.mime or "", "bin")
    path = await asyncio.to_thread(files.claim, files.names(job.prompt, suffix, out))
    try:
        await client.download(output.file, path)
    except BaseException:
        path.unlink()
        raise
    return path


def _data_urls(given: Given) -> str | list[str] | None:
    if given is None:
        return None
    return files.data_url(given) if isinstance(given, Path) else [files.data_url(path) for path in given]


def bar(screen: Console) -> Progress:
    """Gone when it is done; not shown at all where nobody would see it move."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)

"""Has pictures and films made: asks, follows the job with a bar that moves as the work does, and saves the files."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from danqing.cli import tables
from danqing.cli.report import Report, console
from danqing.cli.running import LEFT, perform
from danqing.client import UNREACHABLE, AsyncClient, AsyncJob, AsyncResult
from danqing.client.files import require_writable
from danqing.client.requests import MAX_COST, Inputs, addresses
from danqing.client.told import Job
from danqing.domain.errors import Kind, Problem, invalid

_FILES = ("pictures", "first_frame", "last_frame", "mask", "film")  # the fields of a request that hold some


@dataclass(frozen=True, slots=True)
class Saving:
    """What is to happen with the files: where they go (None: here, named after the prompt), whether they are shown."""

    out: Path | None
    view: bool


def make(
    request: Mapping[str, object], saving: Saving, *, files: Inputs, max_cost: str | None = None, json: bool
) -> None:
    """Ask for a generation and stay until its files are saved. `files`: the fields of the request that hold some."""

    async def work(client: AsyncClient) -> Report:
        require_writable(saving.out)
        headers = {} if max_cost is None else {MAX_COST: max_cost}
        body = await _body(request, files)
        with leaving("danqing jobs"):
            job = await client.jobs.submit(body, headers=headers)
        return await _finish(job, saving)

    perform(work, json=json)


def as_written(text: str, saving: Saving, *, max_cost: str | None, json: bool) -> None:
    """Ask for what JSON says, the body of POST /api/jobs, whose files may be paths; stay until the files are saved."""

    async def work(client: AsyncClient) -> Report:
        require_writable(saving.out)
        headers = {} if max_cost is None else {MAX_COST: max_cost}
        body = await _with_files(_read(text))
        with leaving("danqing jobs"):
            job = await client.jobs.submit(body, headers=headers)
        return await _finish(job, saving)

    perform(work, json=json)


def again(id: str, seed: int | Literal["same"] | None, saving: Saving, *, json: bool) -> None:
    """Have an earlier job's recipe made once more, and stay until the files are saved."""

    async def work(client: AsyncClient) -> Report:
        require_writable(saving.out)
        with leaving("danqing jobs"):
            job = await client.jobs.again(id, seed)
        return await _finish(job, saving)

    perform(work, json=json)


def quote(request: Mapping[str, object], *, files: Inputs, json: bool) -> None:
    """What a generation would cost; nothing is made."""

    async def work(client: AsyncClient) -> Report:
        told = await client.quoted(await _body(request, files))
        return Report(told, tables.quote(told))

    perform(work, json=json)


def save(id: str, saving: Saving, *, json: bool) -> None:
    """Follow a job that was asked for earlier, and save its files."""

    async def work(client: AsyncClient) -> Report:
        require_writable(saving.out)
        return await _finish(await client.jobs.get(id), saving)

    perform(work, json=json)


async def follow(job: AsyncJob, screen: Console) -> AsyncResult:
    """What the job has delivered when it has ended; until then `screen` shows how far it is. Raises Problem."""
    with bar(screen) as shown:
        task = shown.add_task(tables.stage(job.told), total=1.0)

        def tell(job: Job) -> None:
            shown.update(task, completed=job.progress, description=tables.stage(job), refresh=True)

        return await watched(job, tell)


async def watched(job: AsyncJob, tell: Callable[[Job], None]) -> AsyncResult:
    """What the job has delivered when it has ended; until then `tell` hears of its changes. Raises Problem."""
    try:
        async with aclosing(aiter(job)) as snapshots:
            async for told in snapshots:
                tell(told)
    except Problem as problem:
        if problem.code != UNREACHABLE:
            raise
        message = f"{problem.message} The job is not lost: danqing job {job.id} --save"
        raise Problem(Kind.UNAVAILABLE, message, code=UNREACHABLE) from problem
    return job.result()


async def _finish(job: AsyncJob, saving: Saving) -> Report:
    with leaving(f"danqing job {job.id} --save"):
        made = await follow(job, console(stderr=True))
        saved = [await file.claim(saving.out) for file in made.files]
    document = {**msgspec.to_builtins(made.job), "saved": [str(path.absolute()) for path in saved]}
    lines = tables.made(made.job, saved)
    if saving.view and any([await asyncio.to_thread(typer.launch, str(path)) for path in saved]):
        lines = [*lines, "There is no program here that shows it."]
    return Report(document, lines)


async def _body(request: Mapping[str, object], given: Inputs) -> dict[str, object]:
    """The request with its files in it; what was not given is left to the model."""
    inputs = {name: await addresses(each) for name, each in given.items() if each}
    return {name: value for name, value in {**request, **inputs}.items() if value not in (None, "", [])}


def _read(text: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except msgspec.DecodeError as error:
        message = f"This is no JSON object, which the body of POST /api/jobs is ({error})."
        raise invalid(message, code="invalid_json") from None


async def _with_files(request: Mapping[str, object]) -> dict[str, object]:
    """The request with the files in it that it names by their paths, in a conversation too."""
    found = {name: await _found(value) if name in _FILES else value for name, value in request.items()}
    turns = found.get("turns")
    if isinstance(turns, list):
        found["turns"] = [await _turn(turn) if isinstance(turn, dict) else turn for turn in turns]
    return found


async def _turn(turn: Mapping[str, object]) -> dict[str, object]:
    parts = turn.get("parts")
    told = parts if isinstance(parts, list) else []
    return {**turn, "parts": [await _part(part) if isinstance(part, dict) else part for part in told]}


async def _part(part: Mapping[str, object]) -> dict[str, object]:
    return {name: await _found(value) for name, value in part.items()}


async def _found(value: object) -> object:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return await addresses(value)
    return await addresses(value) if isinstance(value, str) else value


@contextmanager
def leaving(command: str) -> Iterator[None]:
    """Ctrl-C leaves the job alone; `command` comes back to it."""
    try:
        yield
    except asyncio.CancelledError:
        message = f"What was asked for is not cancelled. To come back to it: {command}"
        raise Problem(Kind.CANCELLED, message, code=LEFT) from None


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

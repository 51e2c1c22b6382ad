"""Has every row of a CSV file made, and keeps a file of results beside it from which it goes on after any end."""

import asyncio
import csv
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table

from danqing.cli import making, rows, series
from danqing.cli.report import Report
from danqing.cli.running import FAILED, perform
from danqing.client import UNREACHABLE, AsyncClient, AsyncResult, files
from danqing.client.told import Quote
from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.jobs import State

REFUSED = "refused"
_AGAIN = frozenset({REFUSED, State.FAILED.value})  # what cost nothing and is tried anew by the next run
_ENDS = "\n  "  # between the files of a row


@dataclass(slots=True)
class Result:
    """A line of the file of results. `attempt` counts the runs that tried it after a failure."""

    line: int
    prompt: str
    row: str
    attempt: int = 0
    state: str = ""
    job: str = ""
    cost: str = ""
    files: str = ""
    error: str = ""


def batch(file: Path, *, template: str, model: str, max_cost: str | None, folder: Path | None, json: bool) -> None:
    """Make what is not made yet. Ends the process with 1 when some of it was not to be had."""
    left: list[Result] = []

    async def work(client: AsyncClient) -> Report:
        listed = rows.read(await asyncio.to_thread(_text, file), file.name, model=model, template=template)
        run = _Run(client, listed, file.with_name(f"{file.stem}.results.csv"), folder or file.with_name(file.stem))
        with making.leaving("the same command, which goes on where it was"):
            await run.all(max_cost)
        left.extend(result for result in run.results if result.state != State.DONE.value)
        document = {"results": str(run.path.absolute()), "rows": [asdict(result) for result in run.results]}
        return Report(document, list(_lines(run.path, run.results)))

    perform(work, json=json)
    if left:
        sys.exit(FAILED)


class _Run:
    """One run over a file: its rows, and what is known of each."""

    def __init__(self, client: AsyncClient, listed: Sequence[rows.Row], path: Path, folder: Path) -> None:
        self.path = path
        self.results = _remembered(path, listed)
        self._client = client
        self._rows = listed
        self._folder = folder
        self._writing = asyncio.Lock()

    async def all(self, max_cost: str | None) -> None:
        """Quote what is left, then have it made; the results are written after every row."""
        self._folder.mkdir(exist_ok=True)
        files.require_writable(self._folder)
        left = [index for index, result in enumerate(self.results) if not self._has(result)]
        found = await series.quotes(self._client, [self._rows[index].request for index in left])
        for index, quote in zip(left, found, strict=True):
            if isinstance(quote, Problem):
                result = self.results[index]
                result.state, result.error = REFUSED, quote.message
        wanted = [index for index, quote in zip(left, found, strict=True) if isinstance(quote, Quote)]
        if wanted:
            series.agree(found, max_cost)
        await self._write()
        await series.each(len(wanted), lambda at, tell: self._make(wanted[at], tell))

    async def _make(self, index: int, tell: series.Tell) -> None:
        row, result = self._rows[index], self.results[index]
        if result.state in _AGAIN:
            result.attempt += 1
        made = await series.made(self._client, row.request, tell, once=f"{row.name}-{result.attempt}")
        if made.problem and made.problem.code == UNREACHABLE:
            raise made.problem  # nothing is known of its end; the next run asks again
        if made.job:
            result.job, result.cost = made.job.id, made.job.charged.usd
        result.error = made.problem.message if made.problem else ""
        if made.result:
            await self._fetch(made.result, result)
        result.state = made.job.state.value if made.job else REFUSED
        await self._write()

    async def _fetch(self, made: AsyncResult, result: Result) -> None:
        try:
            result.files = _ENDS.join(map(str, await series.fetched(made, self._folder)))
        except Problem as problem:
            if problem.kind is not Kind.NOT_FOUND:
                raise
            result.error = problem.message  # taken away on the server since it was made

    def _has(self, result: Result) -> bool:
        """Whether nothing is left to do for it."""
        if result.state == State.DONE.value:
            return all(Path(path).exists() for path in result.files.split(_ENDS) if path)
        return bool(result.state) and result.state not in _AGAIN

    async def _write(self) -> None:
        async with self._writing:
            await asyncio.to_thread(_write, self.path, [asdict(result) for result in self.results])


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid(f"{file} is not UTF-8.", param="file", code="batch_file") from error


def _remembered(path: Path, listed: Sequence[rows.Row]) -> list[Result]:
    """What earlier runs have written of the rows that are still there."""
    known: dict[str, dict[str, str]] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as table:
            known = {line["row"]: line for line in csv.DictReader(table) if line.get("row")}
    return [_result(row, known.get(row.name, {})) for row in listed]


def _result(row: rows.Row, before: dict[str, str]) -> Result:
    result = Result(row.line, str(row.request["prompt"]), row.name)
    attempt = before.get("attempt", "")
    result.attempt = int(attempt) if attempt.isdecimal() else 0
    for name in ("state", "job", "cost", "files", "error"):
        setattr(result, name, before.get(name) or "")
    return result


def _write(path: Path, results: Sequence[dict[str, object]]) -> None:
    """All of it or nothing: a reader, and the next run, never see half a file."""
    draft = path.with_name(f".{path.name}.part")
    with draft.open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, [field.name for field in fields(Result)])
        table.writeheader()
        table.writerows(results)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def _lines(path: Path, results: Sequence[Result]) -> Iterator[RenderableType]:
    yield str(path)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for title in ("line", "state", "cost", "files, or why there are none"):
        table.add_column(title, overflow="fold")
    for result in results:
        cost = f"${result.cost}" if result.cost else ""
        table.add_row(str(result.line), result.state, cost, result.files.replace(_ENDS, "\n") or result.error)
    yield table

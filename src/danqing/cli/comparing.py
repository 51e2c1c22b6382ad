"""Has one prompt made by several models, in several ratios, from several seeds, and lays the results side by side."""

import asyncio
import hashlib
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import msgspec
from rich.console import RenderableType
from rich.table import Table

from danqing.cli import contact_sheet, making, series
from danqing.cli.report import Report
from danqing.cli.running import FAILED, perform
from danqing.client import UNREACHABLE, AsyncClient, files
from danqing.client.told import Quote
from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.money import show

CELLS_MAX = 100
DIGEST_CHARACTERS = 16
SEED_DIGITS_MAX = 18


@dataclass(slots=True)
class Cell:
    """One of the requests, and what became of it."""

    model: str
    aspect: str | None
    seed: int | None
    quote: Quote | Problem | None = None
    made: series.Made = field(default_factory=series.Made)
    saved: list[Path] = field(default_factory=list)

    def request(self, prompt: str) -> dict[str, object]:
        """As POST /api/jobs takes it; the model chooses what is left out."""
        asked = {"model": self.model, "prompt": prompt, "aspect": self.aspect, "seed": self.seed, "count": 1}
        return {name: value for name, value in asked.items() if value is not None}


def cells(models: str, ratios: str, seeds: str) -> tuple[list[Cell], int]:
    """Every combination, and how many of them are a row: that of one model. Raises Problem(INVALID)."""
    named = _words(models)
    if not named:
        raise invalid("Name the models: --models imagen-3.0-generate-002,imagen-4.0-generate-001", param="models")
    if wrong := [word for word in _words(seeds) if not (word.isdecimal() and len(word) <= SEED_DIGITS_MAX)]:
        raise invalid(f"{wrong[0][:100]!r} is no seed; seeds are whole numbers: --seeds 1,2", param="seeds")
    aspects: list[str | None] = [*_words(ratios)] or [None]
    chosen: list[int | None] = [int(word) for word in _words(seeds)] or [None]
    across = list(product(aspects, chosen))
    if len(named) * len(across) > CELLS_MAX:
        message = f"That makes {len(named) * len(across)} pictures; at most {CELLS_MAX} are compared at once."
        raise invalid(message, param="models", code="too_many")
    return [Cell(model, aspect, seed) for model in named for aspect, seed in across], len(across)


def compare(
    prompt: str, models: str, ratios: str, seeds: str, *, max_cost: str | None, folder: Path | None, json: bool
) -> None:
    """Quote all of them together, have them made, and save them with their contact sheet.

    Ends the process with 1 when some of it was not to be had.
    """
    asked: list[Cell] = []
    place = folder or Path()

    async def work(client: AsyncClient) -> Report:
        listed, columns = cells(models, ratios, seeds)
        files.require_writable(folder)
        path = None
        with making.leaving("the same command, which goes on where it was"):
            await _quote(client, listed, prompt, max_cost)
            with _undertaking(place, [cell.request(prompt) for cell in listed]) as name:
                await _make(client, listed, prompt, name, place)
                if any(cell.saved for cell in listed):
                    path = await asyncio.to_thread(_sheet, listed, columns, prompt, place)
        if path is None:
            nothing = Problem(Kind.UPSTREAM, "There is no picture in any answer.", code="nothing_delivered")
            raise next((cell.made.problem for cell in listed if cell.made.problem), nothing)
        asked.extend(listed)
        return Report(_document(listed, path), list(_lines(listed, path)))

    perform(work, json=json)
    if not all(cell.saved for cell in asked):
        sys.exit(FAILED)


async def _quote(client: AsyncClient, asked: Sequence[Cell], prompt: str, max_cost: str | None) -> None:
    found = await series.quotes(client, [cell.request(prompt) for cell in asked])
    for cell, quote in zip(asked, found, strict=True):
        if isinstance(quote, Problem):
            cell.made = series.Made(problem=quote)
    if any(cell.made.problem is None for cell in asked):
        series.agree(found, max_cost)


@contextmanager
def _undertaking(folder: Path, requests: Sequence[dict[str, object]]) -> Iterator[str]:
    """A name for these requests, kept in the folder until they have come to an end.

    So a run that was broken off is gone on with, and after one that has ended all of it is made anew.
    """
    digest = hashlib.sha256(msgspec.json.encode(requests)).hexdigest()[:DIGEST_CHARACTERS]
    mark = folder / f".danqing-compare-{digest}"
    if not mark.exists():
        mark.write_text(secrets.token_hex(DIGEST_CHARACTERS))
    yield f"compare-{mark.read_text().strip()}"
    mark.unlink(missing_ok=True)


async def _make(client: AsyncClient, asked: Sequence[Cell], prompt: str, name: str, folder: Path) -> None:
    left = [(number, cell) for number, cell in enumerate(asked) if cell.made.problem is None]

    async def one(index: int, tell: series.Tell) -> None:
        number, cell = left[index]
        cell.made = await series.made(client, cell.request(prompt), tell, once=f"{name}-{number}")
        if cell.made.problem and cell.made.problem.code == UNREACHABLE:
            raise cell.made.problem  # nothing is known of its end; the next run asks again
        if cell.made.result:
            try:
                cell.saved = await series.fetched(cell.made.result, folder)
            except Problem as problem:
                cell.made = series.Made(cell.made.job, problem=problem)

    await series.each(len(left), one)


def _sheet(asked: Sequence[Cell], columns: int, prompt: str, folder: Path) -> Path:
    drawn = contact_sheet.draw([_labelled(cell) for cell in asked], columns)
    path = files.claim(files.names(prompt, "png", folder / f"{files.slug(prompt)}-sheet.png"))
    drawn.save(path, "PNG")
    return path


def _labelled(cell: Cell) -> contact_sheet.Cell:
    facts = [cell.aspect or "", "" if (seed := _seed(cell)) is None else f"seed {seed}"]
    lines = [cell.model, ", ".join(filter(None, facts))]
    if cell.made.job:
        lines.append(f"{_cost(cell)}, {cell.made.seconds:.1f} s")
        lines += ["a sketch, not a model's work"] if cell.made.job.sketch else []
    fault = (
        "" if cell.saved else cell.made.problem.message if cell.made.problem else "There is no picture in the answer."
    )
    return contact_sheet.Cell(lines, next(iter(cell.saved), None), fault)


def _document(asked: Sequence[Cell], sheet: Path) -> dict[str, object]:
    rows = [
        {
            "model": cell.model,
            "aspect": cell.aspect,
            "seed": _seed(cell),
            "seconds": cell.made.seconds,
            "job": msgspec.to_builtins(cell.made.job),
            "error": cell.made.problem.message if cell.made.problem else None,
            "saved": [str(path.absolute()) for path in cell.saved],
        }
        for cell in asked
    ]
    charged = sum(cell.made.job.charged.nanos for cell in asked if cell.made.job)
    return {"sheet": str(sheet.absolute()), "charged": {"usd": show(charged), "nanos": charged}, "cells": rows}


def _lines(asked: Sequence[Cell], sheet: Path) -> Iterator[RenderableType]:
    yield str(sheet)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for title in ("model", "ratio", "seed", "cost", "seconds", "file"):
        table.add_column(title, overflow="fold")
    for cell in asked:
        what = ", ".join(map(str, cell.saved)) or (cell.made.problem.message if cell.made.problem else "no picture")
        seed = "" if (told := _seed(cell)) is None else str(told)
        table.add_row(cell.model, cell.aspect or "", seed, _cost(cell), f"{cell.made.seconds:.1f}", what)
    yield table
    if any(cell.made.job and cell.made.job.sketch for cell in asked):
        yield "Made by the Sketch engine: sketches, not a model's work."


def _seed(cell: Cell) -> int | None:
    """The seed that it was made from, also where none was asked for."""
    seed = cell.made.job.parameters.get("seed") if cell.made.job else cell.seed
    return seed if isinstance(seed, int) else None


def _cost(cell: Cell) -> str:
    return f"${cell.made.job.charged.usd}" if cell.made.job else ""


def _words(text: str) -> list[str]:
    """What stands between the commas, each once."""
    return list(dict.fromkeys(filter(None, (word.strip() for word in text.split(",")))))

"""What `danqing doctor` looks at, one thing after the other: each says how it is, and what to do where it is broken."""

import asyncio
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

import aiohttp
import av
from sqlalchemy import make_url, text

from danqing.app import connect_archive, connect_upstreams, running_at
from danqing.catalog import load as load_catalog
from danqing.config import Config
from danqing.config.showing import discreet
from danqing.domain.errors import Problem
from danqing.domain.models import Catalog
from danqing.domain.ports import Provider
from danqing.domain.routes import candidates
from danqing.sketch.craft import art
from danqing.store import revision
from danqing.store.engine import Engines, open_engines, troubles_told
from danqing.upstream.reaching import Reachable, Reached
from danqing.upstream.settings import read_upstream

DISK_BYTES_MIN = 100 << 20
DISK_BYTES_FEW = 2 << 30
CLOCK_S_OFF = 5  # what is signed with a time is taken within minutes; a clock that is off will be off further
CLOCK_S_MAX = 60
RETIRING_DAYS = 90
SERVER_S = 5
NEVER = "It is made at the first start."


class State(StrEnum):
    """How something is. Only what is broken keeps work from being done."""

    WELL = "well"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Checkup:
    """One thing that was looked at, and one sentence about it. `facts` are for programs."""

    what: str
    state: State
    told: str
    facts: Mapping[str, object]


def well(what: str, told: str, **facts: object) -> Checkup:
    """Nothing to do."""
    return Checkup(what, State.WELL, told, facts)


def note(what: str, told: str, **facts: object) -> Checkup:
    """Worth knowing."""
    return Checkup(what, State.NOTE, told, facts)


def broken(what: str, told: str, **facts: object) -> Checkup:
    """Something to be done."""
    return Checkup(what, State.BROKEN, told, facts)


async def look_at(config: Config) -> AsyncIterator[Checkup]:
    """Everything; nothing is changed but for a file that is put and taken away again."""
    yield await _server(config)
    yield _disk(config)
    yield await _told("database", asyncio.to_thread(_database, config))
    yield await _told("files", _files(config))
    yield _engine()
    catalog = load_catalog(extra=config.catalog if config.catalog.is_dir() else None)
    async for checkup in _upstreams(config, catalog):
        yield checkup
    if config.upstreams:
        yield _prompts(config)


async def _told(what: str, looked: Awaitable[Checkup]) -> Checkup:
    """A Problem is what is wrong."""
    try:
        return await looked
    except Problem as problem:
        return broken(what, problem.message, code=problem.code)


async def _server(config: Config) -> Checkup:
    """Whether one is at work on the data directory."""
    url = running_at(config.data)
    if not url:
        return well("server", f"None is at work on {config.data}.", running=False)
    begun = time.monotonic()
    try:
        timeout = aiohttp.ClientTimeout(SERVER_S)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(f"{url}/healthz") as answer:
            if answer.status == 200:
                return well("server", f"At work: {url}.", running=True, url=url, ms=_ms(time.monotonic() - begun))
            told = f"{url} answers {answer.status}."
    except (aiohttp.ClientError, TimeoutError):
        told = f"{url} was announced and does not answer. Was it killed? The next start tidies up."
    return note("server", told, running=False, url=url)


def _disk(config: Config) -> Checkup:
    """The room where the tables and files are, or will be."""
    there = next(path for path in (config.data, *config.data.parents) if path.exists())
    free = shutil.disk_usage(there).free
    told = f"{_size(free)} free at {there}."
    facts = {"path": str(there), "free_bytes": free}
    if free < DISK_BYTES_MIN:
        return broken("disk", f"{told} What comes is refused before long; make room.", **facts)
    if free < DISK_BYTES_FEW:
        return note("disk", f"{told} A film takes up to 20 MB.", **facts)
    return well("disk", told, **facts)


def _database(config: Config) -> Checkup:
    """At which revision it stands, and how long a small transaction takes."""
    address = str(discreet(config.database_url))
    if not config.shared and not Path(make_url(config.database_url).database or "").exists():
        return note("database", f"{address} is not there yet. {NEVER}", address=address)
    engines = open_engines(config.database_url)
    try:
        with troubles_told():
            stands, ms, ahead = revision.current(engines.reading), *_round_trip(engines)
    finally:
        engines.dispose()
    facts = {"address": address, "revision": stands, "newest": revision.HEAD, "ms": ms, "clock_s": ahead}
    told = f"{address} is at revision {stands or 'none'}, {ms} ms for a transaction."
    if abs(ahead) > CLOCK_S_OFF:
        return broken("database", f"{told} {_clock(ahead)}", **facts)
    if stands == revision.HEAD:
        return well("database", told, **facts)
    if stands > revision.HEAD:
        return broken("database", f"{told} A newer Danqing made it; install that.", **facts)
    return note("database", f"{told} The next start brings it to {revision.HEAD}.", **facts)


def _round_trip(engines: Engines) -> tuple[int, float]:
    """Milliseconds of an empty transaction with the right to write, and how far the database's clock is ahead."""
    begun = time.monotonic()
    with engines.writing.begin() as connection:
        ahead = 0.0
        if not engines.single_writer:
            ahead = float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
            ahead -= time.time()
    return _ms(time.monotonic() - begun), round(ahead)


async def _files(config: Config) -> Checkup:
    """A file is put, read and taken away again."""
    if not ("://" in config.assets or await asyncio.to_thread(Path(config.assets).exists)):
        return note("files", f"{config.assets} is not there yet. {NEVER}", address=config.assets)
    with tempfile.TemporaryDirectory() as own:  # a bucket's files pass through a folder, which shall not stay
        return await _tried(replace(config, data=Path(own), files=config.assets))


async def _tried(config: Config) -> Checkup:
    archive = await connect_archive(config)
    content, begun = secrets.token_bytes(4096), time.monotonic()
    try:
        blob = await archive.put(content, "image/png")
        same = b"".join([chunk async for chunk in archive.open(blob)]) == content
        async for stored in archive.stored(blob.sha256):
            await archive.delete(stored)
    finally:
        archive.close()
    ms = _ms(time.monotonic() - begun)
    facts = {"address": config.assets, "ms": ms}
    if not same:
        return broken("files", f"{config.assets} gives back something else than was put there.", **facts)
    return well("files", f"{config.assets} keeps and gives back, {ms} ms.", **facts)


def _engine() -> Checkup:
    """What the embedded engine draws and films with; no program of the machine is needed."""
    facts = {"pack": art.available(), "pyav": av.__version__}
    if not art.available():
        return note(
            "sketch", "The art pack was not built; sketches do without its pictograms. Build with npm.", **facts
        )
    return well("sketch", f"The art pack is there; films are written by PyAV {av.__version__}.", **facts)


def _prompts(config: Config) -> Checkup:
    """Who translates what a model does not understand; what is wrong with them was told with the settings."""
    table = config.prompts.get("translators", {})
    names = list(table) if isinstance(table, dict) else []
    if not names:
        told = "Nobody translates: [prompts.translators.model] in danqing.toml would name a text model that does."
        return note("prompts", told, translators=[])
    return well("prompts", f"Other languages are translated by {', '.join(names)}.", translators=names)


async def _upstreams(config: Config, catalog: Catalog) -> AsyncIterator[Checkup]:
    if not config.upstreams:
        yield note("upstreams", "None is configured: live keys are refused, test keys are served by sketches.")
        return
    wanted = _wanted(config, catalog)
    providers = connect_upstreams(config)
    try:
        found = await asyncio.gather(*(_reached(provider, wanted[name]) for name, provider in providers.items()))
    finally:
        for provider in providers.values():
            if close := getattr(provider, "close", None):
                await close()
    for name, reached in zip(providers, found, strict=True):
        for number, one in enumerate(reached, 1):
            what = f"upstream {name}" + (f", key {number} of {len(reached)}" if len(reached) > 1 else "")
            yield _upstream(what, one, str(config.upstreams[name].get("kind", name)))
        if not reached:
            yield note(f"upstream {name}", "Its kind cannot be asked for nothing; it was not reached.")
        has = [one.missing for one in reached if one.models is not None]
        lacking = frozenset.intersection(*has) if has else frozenset(wanted[name])
        for checkup in _dates(name, wanted[name], lacking, catalog):
            yield checkup


async def _reached(provider: Provider, wanted: Mapping[str, Sequence[str]]) -> Sequence[Reached]:
    return await provider.reach(sorted(wanted)) if isinstance(provider, Reachable) else ()


def _wanted(config: Config, catalog: Catalog) -> dict[str, dict[str, list[str]]]:
    """By upstream: the ids that it is asked for, each with our models whose work that is."""
    upstreams = [read_upstream(name, row) for name, row in config.upstreams.items()]
    wanted: dict[str, dict[str, list[str]]] = {upstream.name: {} for upstream in upstreams}
    for model in catalog.models:
        try:
            routes = candidates(model, upstreams, sketched=False, spin="")
        except Problem:  # nobody makes it
            continue
        for route in routes:
            wanted[route.provider].setdefault(route.upstream, []).append(model.id)
    return wanted


def _upstream(what: str, found: Reached, kind: str) -> Checkup:
    facts = {
        "kind": kind,
        "ms": _ms(found.seconds),
        "accepted": found.accepted,
        "models": found.models,
        "missing": sorted(found.missing),
        "clock_s": found.clock_s,
        "code": found.problem.code if found.problem else None,
    }
    if found.problem:
        return broken(what, found.problem.message, **facts)
    key = "The key is accepted" if found.accepted else "It asks for no key"
    models = "" if found.models is None else f", {found.models} models"
    told = f"{key}{models}, {_ms(found.seconds)} ms."
    if found.clock_s is not None and abs(found.clock_s) > CLOCK_S_OFF:
        judge = broken if abs(found.clock_s) > CLOCK_S_MAX else note
        return judge(what, f"{told} {_clock(found.clock_s)}", **facts)
    if found.missing:
        return note(what, f"{told} It does not have {', '.join(sorted(found.missing))}.", **facts)
    return well(what, told, **facts)


def _dates(
    upstream: str, wanted: Mapping[str, Sequence[str]], lacking: Collection[str], catalog: Catalog
) -> Iterator[Checkup]:
    """What the catalog knows of the ends of models that work is sent to. What an engine still lists, it still has."""
    today = datetime.now(UTC).date()
    for model in catalog.models:
        end = model.lifecycle.shutdown
        if model.id not in wanted or end is None or (end - today).days > RETIRING_DAYS:
            continue
        others = [id for id in wanted[model.id] if id != model.id]
        makes = f" for {_list(others)}" if others else ""
        successor = f" Its successor is {model.lifecycle.successor}." if model.lifecycle.successor else ""
        told = f"{upstream} is asked for it{makes}; its vendor {_ends(end, today)}.{successor}"
        gone = end <= today and model.id in lacking
        facts = {"model": model.id, "upstream": upstream, "shutdown": end.isoformat(), "serves": wanted[model.id]}
        yield (broken if gone else note)(f"model {model.id}", told, **facts)


def _ends(end: date, today: date) -> str:
    return f"switched it off on {end}" if end <= today else f"switches it off on {end}, in {(end - today).days} days"


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _clock(ahead: float) -> str:
    side = "behind" if ahead > 0 else "ahead"
    return f"This machine's clock is {abs(ahead):g} s {side} of its; set it, best by NTP."


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.0f} MB"

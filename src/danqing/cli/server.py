"""Runs the server in the foreground, and says on its first line what a client has to be told to use it."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path

import structlog
import uvloop

from danqing import __version__, app, studio
from danqing.cli import logs
from danqing.cli.report import Report, show
from danqing.cli.running import INTERRUPTED, give_up
from danqing.config import Config, load
from danqing.home import explained

_log = structlog.get_logger("danqing.settings")


def start(*, data: Path | None, host: str | None, port: int | None, work: bool | None, level: str, json: bool) -> None:
    """Serve until SIGTERM or SIGINT; ends the process with one sentence when that is not possible."""

    async def served() -> None:
        config = _noted(load(data=data, host=host, port=port, work=work))
        await app.serve(config, lambda url: show(banner(config, url), json=json))

    _run(served, level=level, json=json)


def work(*, data: Path | None, host: str | None, port: int | None, level: str, json: bool) -> None:
    """Make films until SIGTERM or SIGINT; ends the process with one sentence when that is not possible."""

    async def worked() -> None:
        config = _noted(load(data=data, host=host))
        first = f"Danqing {__version__} makes films for the servers on its database."

        def ready(url: str) -> None:
            health = f"{url}/healthz" if url else ""
            told = [first, f"  {'health':<18}  {health}"] if url else [first]
            show(Report({"files": config.assets, "health": health}, told), json=json)

        await app.work(config, ready, port=port)

    _run(worked, level=level, json=json)


def _noted(config: Config) -> Config:
    """The same, after its oddities were told."""
    for note in config.notes:
        _log.warning("the settings are odd", note=note)
    return config


def _run(main: Callable[[], Coroutine[None, None, None]], *, level: str, json: bool) -> None:
    logs.configure(level)
    try:
        with explained(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())
    except Exception as error:
        give_up(error, json=json)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def banner(config: Config, url: str) -> Report:
    """Where the server is, in the words of each client; its test key; where the files go."""
    base = config.public_url.rstrip("/") or url
    key = (config.data / "test-key").read_text().strip()
    bases = {"google-genai": f"{base}/gemini", "openai": f"{base}/v1", "curl": base}
    page = f"{base}/studio" if studio.available() else ""
    document = {
        "url": base,
        "base_urls": bases,
        "studio": page,
        "test_key": key,
        "test_key_file": str(config.data / "test-key"),
        "files": config.assets,
    }
    facts = {**bases, "studio": page or studio.ABSENT, "test key": key, "pictures and films": config.assets}
    lines = [f"  {name:<18}  {value}" for name, value in facts.items()]
    return Report(document, [f"Danqing {__version__} is ready. Base URLs:", *lines])

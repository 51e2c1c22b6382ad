"""Looks at everything that a server needs, from its own machine, whether it is at work or not; changes nothing."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import uvloop
from rich.table import Table
from rich.text import Text

from danqing import config
from danqing.cli import checkups, configuring, logs
from danqing.cli.checkups import Checkup, State
from danqing.cli.report import Report, show
from danqing.cli.running import FAILED, INTERRUPTED, give_up
from danqing.config.survey import Survey
from danqing.home import explained

_STYLES = {State.WELL: "green", State.NOTE: "yellow", State.BROKEN: "red"}


def doctor(*, data: Path | None, json: bool) -> None:
    """Every checkup; ends the process with 1 when something is broken."""
    logs.configure("error")
    try:
        with explained(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(_examined(data))
        show(_report(found), json=json)
    except Exception as error:
        give_up(error, json=json)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    if any(checkup.state is State.BROKEN for checkup in found):
        sys.exit(FAILED)


async def _examined(data: Path | None) -> list[Checkup]:
    """Mistakes in the settings come first. An upstream that has some is left out; with others nothing can be done."""
    surveyed = configuring.examined(data=data)
    found = [
        Checkup("settings", State.BROKEN if mistake.grave else State.NOTE, str(mistake), {"where": mistake.where})
        for mistake in surveyed.mistakes
    ]
    if any(mistake.grave and not mistake.setting.startswith("upstreams.") for mistake in surveyed.mistakes):
        return found
    loaded = config.load(data=data)
    right = {name: row for name, row in loaded.upstreams.items() if not _mistaken(name, surveyed)}
    if not found:
        there = "can be used" if surveyed.written.text else "is not there; every setting is as the environment says"
        found.append(checkups.well("settings", f"{loaded.file} {there}.", file=str(loaded.file)))
    return found + [checkup async for checkup in checkups.look_at(replace(loaded, upstreams=right))]


def _mistaken(upstream: str, surveyed: Survey) -> bool:
    within = f"upstreams.{upstream}."
    return any(mistake.grave and mistake.setting.startswith(within) for mistake in surveyed.mistakes)


def _report(found: list[Checkup]) -> Report:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_column(overflow="fold")
    for checkup in found:
        table.add_row(Text(checkup.state.value, style=_STYLES[checkup.state]), checkup.what, checkup.told)
    count = sum(checkup.state is State.BROKEN for checkup in found)
    verdict = f"{count} broken." if count else "All is well."
    return Report({"well": not count, "checkups": found}, [table, verdict])

"""Carries out a command: finds the server, runs the work, and turns whatever happens into output and an exit status."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, NoReturn

import uvloop

from danqing.cli.report import Report, complain, show
from danqing.client import AsyncClient, Way
from danqing.client.asynchronous import way_to
from danqing.config import remote
from danqing.domain.errors import Kind, Problem
from danqing.later import Later

if TYPE_CHECKING:
    from danqing import home
    from danqing.cli import logs
else:
    home = Later("danqing.home")  # the server's own parts are only needed where no other server is named
    logs = Later("danqing.cli.logs")

Work = Callable[[AsyncClient], Awaitable[Report]]

FAILED = 1
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
LEFT = "left"  # the code of a job that goes on without us


def perform(work: Work, *, json: bool, owner: bool = False) -> None:
    """Do the work and print its report; ends the process when it fails. `owner`: with the owner's key."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            report = runner.run(_asked(work, owner=owner))
        show(report, json=json)
    except Exception as error:
        give_up(error, json=json)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def give_up(error: Exception, *, json: bool) -> NoReturn:
    """Say what went wrong and end the process. What is neither a Problem nor the machine's fault is a defect."""
    if isinstance(error, OSError):
        what = f"{error.filename}: {error.strerror}." if error.filename else str(error)
        error = Problem(Kind.UNAVAILABLE, what or type(error).__name__)
    if not isinstance(error, Problem):
        raise error
    complain(error, json=json)
    sys.exit(INTERRUPTED if error.code == LEFT else FAILED)


async def _asked(work: Work, *, owner: bool) -> Report:
    async with AsyncClient(way=found(owner=owner)) as client:
        return await work(client)


def found(*, owner: bool = False) -> Way:
    """The way to the server that is named, or to this machine's own. Raises Problem."""
    if named := remote():
        return nullcontext(way_to(named))
    logs.configure("error")
    return home.at_home(owner=owner)

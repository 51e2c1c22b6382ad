"""`danqing`, but it kills itself: at the step whose number is in CHAOS_DIE_AT, counted from its start.

The last thing that it does is to write into CHAOS_DEATHS where that was.

A step is a moment beside something that must not be lost or done twice: before and after every commit, every claim,
every file that is put away, every call to the engine and every job that is given to the queue. What many do at the same
moment, such as a crowd of clients that a new server finds at its door, is one step.
"""

import functools
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from itertools import count
from pathlib import Path
from typing import Any

from danqing import cli, providers
from danqing.assets.bucket import Bucket
from danqing.assets.disk import Disk
from danqing.gateway.durable import Durable
from danqing.store.database import Database
from danqing.store.fleet import Member
from danqing.upstream.client import Upstream

Method = Callable[..., Coroutine[Any, Any, Any]]
STEPS: tuple[tuple[type, str], ...] = (
    (Database, "admit"),
    (Database, "commit"),
    (Member, "adopt"),
    (Member, "claim"),
    (Disk, "put"),
    (Bucket, "put"),
    (Upstream, "call"),
    (Upstream, "download"),
    (Durable, "put"),
)
_last = int(os.environ.get("CHAOS_DIE_AT") or 0)
_steps = count(1)
_places = [""]  # the last one


def step(place: str) -> None:
    """One step more, and perhaps the last."""
    if place == _places[0]:
        return
    _places[0] = place
    if next(_steps) == _last:
        with open(os.environ["CHAOS_DEATHS"], "a") as deaths:
            deaths.write(f"{place}\n")
        os.kill(os.getpid(), signal.SIGKILL)


def dying(method: Method) -> Method:
    """The method with a step before and after it."""

    @functools.wraps(method)
    async def mortal(*args: Any, **kwargs: Any) -> Any:
        step(f"before {method.__qualname__}")
        result = await method(*args, **kwargs)
        step(f"after {method.__qualname__}")
        return result

    return mortal


if __name__ == "__main__":
    providers.__path__.append(str(Path(__file__).parent / "providers"))
    for owner, name in STEPS:
        setattr(owner, name, dying(getattr(owner, name)))
    sys.exit(cli.main())

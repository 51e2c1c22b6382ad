"""A process that is killed before the n-th word to the database, for every n: `python -m store.dying ADDRESS`.

It admits a job (`job<n>`) and takes another (`paid<n>`) to its end. Each n has a process of its own, so that what one
has left behind is all that there is; the last n is the one that lives to the end. Prints it.
"""

import asyncio
import os
import signal
import sys

from sqlalchemy import Engine, event

from danqing.domain.ports import Once
from danqing.store import connect

from .samples import a_job, delivered


async def live(address: str, n: int) -> None:
    """Do the work, and die on the way."""
    database = await connect(address)
    words_left = n

    def count_down(*_: object) -> None:
        nonlocal words_left
        words_left -= 1
        if words_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    paid = await database.admit(a_job(f"paid{n}"), None)
    for moment in ("before_cursor_execute", "commit"):
        event.listen(Engine, moment, count_down)
    await database.admit(a_job(f"job{n}"), Once(f"order{n}", "f"))
    await database.commit(*delivered(paid, f"file{n}"))
    await database.close()


def main() -> None:
    """One child after another, until one is not killed."""
    n, status = 0, signal.SIGKILL.value
    while status == signal.SIGKILL:
        n += 1
        child = os.fork()
        if child == 0:
            asyncio.run(live(sys.argv[1], n))
            os._exit(0)
        _, status = os.waitpid(child, 0)
    print(n if status == 0 else -1)


if __name__ == "__main__":
    main()

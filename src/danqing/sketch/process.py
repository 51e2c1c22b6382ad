"""What a worker process does beside its work: reads requests from stdin, answers on stdout, and keeps within limits.

A bad request never ends it; the end of stdin does, with status 0, and in the middle of a task the end of whoever
started it. Its memory is limited, and it yields to whatever else the machine has to do.
"""

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import TextIO

NICENESS = 10  # the server answers first, then pictures are drawn
WATCH_S = 0.2

Message = dict[str, object]
Send = Callable[[Message], None]
Answer = Callable[[str, Send], None]


def serve(answer: Answer, lines: Iterable[str], out: TextIO) -> None:
    """Answer every line, in order."""

    def send(message: Message) -> None:
        out.write(json.dumps(message, ensure_ascii=False) + "\n")
        out.flush()

    for line in lines:
        if line.strip():
            answer(line, send)


def serve_stdin(answer: Answer, memory_bytes: int) -> int:
    """Limit this process, then serve stdin until it ends; the status to exit with."""
    _limit_memory(memory_bytes)
    os.nice(NICENESS)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to stderr and not between the replies
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    serve(answer, sys.stdin, replies)
    return 0


def _limit_memory(most: int) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _end_with(parent: int) -> None:
    """End this process, whatever it is doing, once its parent is gone: nobody waits for the drawing any more."""
    while os.getppid() == parent:
        time.sleep(WATCH_S)
    os._exit(1)

"""The drawing process: takes one JSON request per line on stdin and answers with JSON lines on stdout.

Run as `python -m danqing.sketch.worker [BYTES]`. Requests name a task ("picture", "film", "edit", "words"); answers
are any number of `{"progress", "stage"}` and then one `{"done"}` or `{"error"}`. A bad request never ends the process;
the end of stdin does, with status 0, and in the middle of a task the end of whoever started it. Memory is limited to
BYTES, so that a hostile picture cannot hurt its neighbours, and drawing yields to whatever else the machine has to do.
"""

import errno
import json
import os
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TextIO

from PIL import Image

from danqing.sketch.intake import TooLarge, Unreadable, opened
from danqing.sketch.planning.plan import Plan, plan
from danqing.sketch.telling import say
from danqing.sketch.works.edit import edit, told
from danqing.sketch.works.film import film
from danqing.sketch.works.grain import enlarged
from danqing.sketch.works.look import look
from danqing.sketch.works.picture import FORMATS, encoded, picture

MEMORY_BYTES = 2 << 30
NICENESS = 10  # the server answers first, then pictures are drawn
WATCH_S = 0.2
SIDE_MIN, SIDE_MAX = 64, 2816
SECONDS_MAX, FPS_MAX = 60, 60

Message = dict[str, object]
Send = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One line of stdin, with the protocol's defaults."""

    task: str = "picture"
    prompt: str = ""
    seed: int = 0
    person: str = "all"
    negative: str = ""
    width: int = 1024
    height: int = 1024
    mime: str = "image/png"
    quality: int = 90
    seconds: int = 8
    fps: int = 24
    inputs: list[str] = field(default_factory=list)
    first: str | None = None
    last: str | None = None
    out: str = ""
    huge: bool = False
    silent: bool = False


class BadRequest(Exception):
    """The line does not follow the protocol."""


_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("task", "prompt", "person", "negative", "mime", "out"), (str,)),
    **dict.fromkeys(("seed", "width", "height", "quality", "seconds", "fps"), (int,)),
    "inputs": (list,),
    "first": (str, type(None)),
    "last": (str, type(None)),
    **dict.fromkeys(("huge", "silent"), (bool,)),
}
_RANGES: dict[str, tuple[int, int]] = {
    "width": (SIDE_MIN, SIDE_MAX),
    "height": (SIDE_MIN, SIDE_MAX),
    "quality": (1, 100),
    "seconds": (1, SECONDS_MAX),
    "fps": (1, FPS_MAX),
}


def read(line: str) -> Request:
    """The request in a line. Raises BadRequest with a sentence that says what is wrong."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The request is not JSON.") from error
    if not isinstance(given, dict):
        raise BadRequest("The request is not a JSON object.")
    known = {key: given[key] for key in (spec.name for spec in fields(Request)) if given.get(key) is not None}
    for name, value in known.items():
        if not isinstance(value, _TYPES[name]) or (isinstance(value, bool) and bool not in _TYPES[name]):
            raise BadRequest(f"The field {name} has the wrong type.")
    request = Request(**known)
    if request.task not in TASKS:
        raise BadRequest(f"The task {request.task!r} is not known.")
    if not all(isinstance(path, str) for path in request.inputs):
        raise BadRequest("The field inputs must be a list of paths.")
    for name, (low, high) in _RANGES.items():
        if not low <= known.get(name, low) <= high:
            raise BadRequest(f"The field {name} must be between {low} and {high}.")
    if request.mime not in FORMATS:
        raise BadRequest(f"The type {request.mime!r} is not one of {', '.join(FORMATS)}.")
    if request.task == "film" and (request.width % 2 or request.height % 2):
        raise BadRequest("A film needs an even width and height.")
    if request.task != "words" and not request.out:
        raise BadRequest("The field out is missing.")
    if request.task == "edit" and not request.inputs:
        raise BadRequest("An edit needs a picture.")
    return request


def _planned(request: Request, send: Send) -> Plan:
    """The plan, with its prompt told at once: whoever waits for a film reads it while the film is made."""
    made = plan(request.prompt, seed=request.seed, person=request.person, negative=request.negative)
    send({"progress": 0.02, "stage": "planning", "prompt": say.enhanced(made)})
    return made


def _report(plan: Plan, text: str, **facts: object) -> Message:
    """The closing message, with what does not apply left null."""
    blank: Message = {"width": None, "height": None, "seconds": None, "fps": None, "audio": False, "mime": None}
    said: Message = {
        "text": text,
        "prompt": say.enhanced(plan),
        "drawn": list(plan.drawn),
        "missing": list(plan.missing),
    }
    return {"done": {**blank, **said, **facts}}


def _written(plan: Plan) -> str:
    """The caption, and a poem when the prompt asks for one."""
    poem = say.poem(plan)
    return say.caption(plan) if poem is None else f"{say.caption(plan)}\n\n{poem}"


def _picture(request: Request, send: Send) -> Message:
    made = _planned(request, send)
    send({"progress": 0.1, "stage": "drawing"})
    drawn = picture(made, request.width, request.height)
    return _report(made, _written(made), **_kept(drawn, request, send))


def _kept(drawn: Image.Image, request: Request, send: Send) -> Message:
    """Write the picture; what is to be reported of it."""
    send({"progress": 0.8, "stage": "writing"})
    if request.huge:
        drawn = enlarged(drawn, request.seed)
    Path(request.out).write_bytes(encoded(drawn, request.mime, request.quality))
    return {"width": drawn.width, "height": drawn.height, "mime": request.mime}


def _film(request: Request, send: Send) -> Message:
    made = _planned(request, send)
    first, last = (opened(Path(path)) if path else None for path in (request.first, request.last))
    film(
        made,
        Path(request.out),
        width=request.width,
        height=request.height,
        seconds=request.seconds,
        fps=request.fps,
        report=lambda progress, stage: send({"progress": round(progress, 3), "stage": stage}),
        first=first,
        last=last,
        huge=request.huge,
        silent=request.silent,
    )
    return _report(
        made,
        _written(made),
        width=request.width,
        height=request.height,
        seconds=request.seconds,
        fps=request.fps,
        audio=not request.silent,
        mime="video/mp4",
    )


def _edit(request: Request, send: Send) -> Message:
    made = _planned(request, send)
    given = opened(Path(request.inputs[-1]))
    given = _scaled(given, request.height)
    send({"progress": 0.2, "stage": "drawing"})
    changed = edit(given, made)
    drawn = changed.picture if changed.picture.size == given.size else _scaled(changed.picture, request.height)
    text = look(given, made.language) + "\n\n" + told(changed, made.language, given=len(request.inputs))
    words = {"drawn": list(changed.carried), "missing": list(changed.refused)}
    return _report(made, text, **words, **_kept(drawn, request, send))


def _scaled(given: Image.Image, height: int) -> Image.Image:
    """The picture at the height that was asked for, in its own shape; a very wide one becomes less high."""
    scale = min(height / given.height, SIDE_MAX / given.width)
    size = max(1, round(given.width * scale)), max(1, round(given.height * scale))
    return given if size == given.size else given.resize(size, Image.Resampling.LANCZOS)


def _words(request: Request, send: Send) -> Message:
    made = _planned(request, send)
    seen = "\n".join(look(opened(Path(path)), made.language) for path in request.inputs)
    return _report(made, say.answer(made, seen))


TASKS: dict[str, Callable[[Request, Send], Message]] = {
    "picture": _picture,
    "film": _film,
    "edit": _edit,
    "words": _words,
}


def answer(line: str, send: Send) -> None:
    """Serve one line: every outcome, also a failure, is sent as a message."""
    try:
        request = read(line)
        send({"progress": 0.0, "stage": "planning"})
        send(TASKS[request.task](request, send))
    except Unreadable as error:
        send(_error("invalid_picture", str(error)))
    except TooLarge as error:
        send(_error("too_large", str(error)))
    except BadRequest as error:
        send(_error("failed", str(error)))
    except MemoryError:
        send(_error("failed", "The drawing needed more memory than a worker may use."))
    except Exception as error:
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            send(_error("disk_full", "There is no room for the drawing."))
            return
        traceback.print_exc(file=sys.stderr)
        send(_error("failed", "The drawing failed."))


def _error(code: str, message: str) -> Message:
    return {"error": {"code": code, "message": message}}


def serve(lines: Iterable[str], out: TextIO) -> None:
    """Answer every line, in order."""

    def send(message: Message) -> None:
        out.write(json.dumps(message, ensure_ascii=False) + "\n")
        out.flush()

    for line in lines:
        if line.strip():
            answer(line, send)


def main() -> int:
    """Limit this process, then serve stdin until it ends."""
    _limit_memory(int(sys.argv[1]) if len(sys.argv) > 1 else MEMORY_BYTES)
    os.nice(NICENESS)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to stderr and not between the replies
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    serve(sys.stdin, replies)
    return 0


def _limit_memory(most: int) -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _end_with(parent: int) -> None:
    """End this process, whatever it is doing, once its parent is gone: nobody waits for the drawing any more."""
    while os.getppid() == parent:
        time.sleep(WATCH_S)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())

"""The drawing process: takes one JSON request per line on stdin and answers with JSON lines on stdout.

Run as `python -m danqing.sketch.worker [BYTES]`. Requests name a task, one of `TASKS`; answers are any number of
`{"progress", "stage"}` and then one `{"done"}` or `{"error"}`. A bad request never ends the process; the end of stdin
does, with status 0, and in the middle of a task the end of whoever started it. Memory is limited to BYTES, so that a
hostile picture cannot hurt its neighbours, and drawing yields to whatever else the machine has to do.
"""

import errno
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from PIL import Image, ImageChops

from danqing.sketch.intake import TooLarge, Unreadable, opened, opened_mask
from danqing.sketch.planning.plan import Plan, plan
from danqing.sketch.process import Message, Send, serve_stdin
from danqing.sketch.telling import say
from danqing.sketch.works import change, refilm
from danqing.sketch.works.collage import References
from danqing.sketch.works.edit import edit, told
from danqing.sketch.works.film import film
from danqing.sketch.works.grain import enlarged
from danqing.sketch.works.look import look
from danqing.sketch.works.picture import FORMATS, encoded, picture
from danqing.sketch.works.place import masked, plain_ground
from danqing.sketch.works.refilm import Facts

MEMORY_BYTES = 2 << 30
SIDE_MIN, SIDE_MAX = 64, 2816
ROUGH = 4  # times as small, each side
SECONDS_MAX, FPS_MAX = 60, 60


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
    work: str = "edit"
    roles: list[str] = field(default_factory=list)
    mask: str | None = None
    grown: float = 0.0
    area: str = ""
    factor: int = 2
    ratio: float | None = None
    given: str | None = None
    out: str = ""
    huge: bool = False
    silent: bool = False
    preview: bool = False


class BadRequest(Exception):
    """The line does not follow the protocol."""


_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("task", "prompt", "person", "negative", "mime", "out", "work", "area"), (str,)),
    **dict.fromkeys(("seed", "width", "height", "quality", "seconds", "fps", "factor"), (int,)),
    **dict.fromkeys(("inputs", "roles"), (list,)),
    **dict.fromkeys(("first", "last", "mask", "given"), (str, type(None))),
    "grown": (int, float),
    "ratio": (int, float, type(None)),
    **dict.fromkeys(("huge", "silent", "preview"), (bool,)),
}
_RANGES: dict[str, tuple[int, int]] = {
    "width": (SIDE_MIN, SIDE_MAX),
    "height": (SIDE_MIN, SIDE_MAX),
    "quality": (1, 100),
    "seconds": (1, SECONDS_MAX),
    "fps": (1, FPS_MAX),
    "factor": (2, 4),
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
    if request.task in ("edit", "change", "mask") and not request.inputs:
        raise BadRequest("An edit needs a picture.")
    if request.task == "change" and request.work not in change.TASKS:
        raise BadRequest(f"The work {request.work!r} is not known.")
    if request.task in ("extend", "refilm") and not request.given:
        raise BadRequest("The film to begin with is missing.")
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
    rough = {"preview": _rough(made, request)} if request.preview else {}
    send({"progress": 0.1, "stage": "drawing", **rough})
    drawn = picture(made, request.width, request.height)
    return _report(made, _written(made), **_kept(drawn, request, send))


def _rough(plan: Plan, request: Request) -> str:
    """A file with the same picture as a small one, which is drawn in a moment."""
    width, height = (max(side // ROUGH, SIDE_MIN) for side in (request.width, request.height))
    path = Path(f"{request.out}.rough")
    path.write_bytes(encoded(picture(plan, width, height), "image/png", request.quality))
    return str(path)


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
    by = _references(request) if request.roles else None
    film(
        made,
        Path(request.out),
        width=request.width,
        height=request.height,
        seconds=request.seconds,
        fps=request.fps,
        report=_reporting(send),
        first=first,
        last=last,
        by=by,
        huge=request.huge,
        silent=request.silent,
    )
    missing = (*made.missing, *change.style_left(made, request.roles))
    facts = Facts((request.width, request.height), request.fps, request.seconds * request.fps, not request.silent)
    return _filmed(made, facts, missing=list(missing))


def _filmed(made: Plan, facts: Facts, **words: object) -> Message:
    width, height = facts.size
    measures = {"width": width, "height": height, "seconds": facts.frames / facts.fps, "fps": facts.fps}
    text = str(words.pop("text", "")) or _written(made)
    return _report(made, text, **measures, audio=facts.audio, mime="video/mp4", **words)


def _references(request: Request) -> References:
    """The pictures that a film goes by, each by its role."""
    shown = [opened(Path(path)) for path in request.inputs]
    return References(*(_of(role, shown, request.roles) for role in ("subject", "style")))


def _of(role: str, shown: Sequence[Image.Image], roles: Sequence[str]) -> tuple[Image.Image, ...]:
    return tuple(picture for picture, its in zip(shown, roles, strict=False) if its == role)


def _extend(request: Request, send: Send) -> Message:
    made = _planned(request, send)
    seconds, silent = request.seconds, request.silent
    report = _reporting(send)
    facts = refilm.extend(
        made, Path(request.given or ""), Path(request.out), seconds=seconds, silent=silent, report=report
    )
    return _filmed(made, facts)


def _refilm(request: Request, send: Send) -> Message:
    made = _planned(request, send)
    given, out = Path(request.given or ""), Path(request.out)
    done = refilm.refilm(made, given, out, silent=request.silent, report=_reporting(send))
    account = done.account
    words = {"drawn": list(account.carried), "missing": list(account.refused)}
    return _filmed(made, done.facts, text=told(account, made.language), **words)


def _reporting(send: Send) -> Callable[[float, str], None]:
    return lambda progress, stage: send({"progress": round(min(progress, 1.0), 3), "stage": stage})


def _change(request: Request, send: Send) -> Message:
    made = _planned(request, send)
    given = _given(request)
    mask = None
    if why := change.is_too_large(request.work, given):
        raise TooLarge(why)
    if given.base and request.mask:
        mask = masked(Path(request.mask), given.base.size, request.grown)
    elif given.base and request.area == "background":
        mask = plain_ground(given.base)
        if mask is None:
            raise Unreadable("The background of the picture is not plain, and is not found without a mask. Send one.")
    send({"progress": 0.2, "stage": "drawing"})
    done = change.change(request.work, given, made, mask, (request.width, request.height))
    text = "\n\n".join(look(picture, made.language) for picture in [given.base or done.picture])
    words = {"drawn": list(done.carried), "missing": list(done.refused)}
    said = f"{text}\n\n{told(done, made.language)}" if done.changes else text
    return _report(made, said, **words, **_kept(done.picture, request, send))


def _mask(request: Request, send: Send) -> Message:
    """A mask for another engine: transparent, or white, where something may change."""
    mask = opened_mask(Path(request.inputs[0]))
    if request.work == "transparent":
        drawn = Image.new("RGBA", mask.size, (0, 0, 0, 255))
        drawn.putalpha(ImageChops.invert(mask))
    else:
        drawn = mask.convert("RGB")
    drawn.save(request.out, "PNG")
    return {"done": {"width": mask.width, "height": mask.height, "mime": "image/png"}}


def _given(request: Request) -> change.Given:
    """The pictures by their roles; without any, the first is what is changed."""
    shown = [opened(Path(path)) for path in request.inputs]
    roles = request.roles or ["base", *["subject"] * (len(shown) - 1)]
    bases = (*_of("base", shown, roles), *_of("content", shown, roles))
    subjects, styles = _of("subject", shown, roles), _of("style", shown, roles)
    return change.Given(bases[0] if bases else None, subjects, styles, request.ratio, request.factor)


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
    "change": _change,
    "extend": _extend,
    "refilm": _refilm,
    "mask": _mask,
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


def main() -> int:
    """Limit this process, then serve stdin until it ends."""
    return serve_stdin(answer, int(sys.argv[1]) if len(sys.argv) > 1 else MEMORY_BYTES)


if __name__ == "__main__":
    sys.exit(main())

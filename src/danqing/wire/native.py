"""The JSON of Danqing's own interface under /api: jobs and models, for the studio and the command line."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from danqing.domain.callbacks import Callback
from danqing.domain.errors import Problem
from danqing.domain.faults import Attempt, Fault
from danqing.domain.generation import Area, Generation, Knob, Output, Preflight, Role, Task, Translate, Turn
from danqing.domain.jobs import Job, State
from danqing.domain.media import Blob, Medium
from danqing.domain.models import Model
from danqing.domain.outcomes import outcome_of
from danqing.domain.queueing import Place
from danqing.domain.retention import Swept
from danqing.domain.retiring import Retiring
from danqing.domain.shelf import File
from danqing.domain.timeline import timeline as timeline_of
from danqing.domain.wording import ENHANCE, Wording
from danqing.wire import bodies
from danqing.wire.abilities import ability, money, prices
from danqing.wire.asks import Ask, read_person
from danqing.wire.holes import Hole, Json, Tree, given
from danqing.wire.inline import Upload, given_film, given_picture

_Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class JobPicture(msgspec.Struct, forbid_unknown_fields=True):
    """A picture of a conversation: a data: URL, or the name of a file of the key."""

    picture: str


class JobTurn(msgspec.Struct, forbid_unknown_fields=True):
    """One message of a conversation: words and pictures in their order."""

    role: Literal["system", "user", "model"]
    parts: list[str | JobPicture]


class JobRequest(msgspec.Struct, forbid_unknown_fields=True):
    """POST /api/jobs. `turns` are a conversation that the prompt and its pictures end.

    Pictures and films are data: URLs or names of files of the key: "files/NAME", or an address that ends in that.
    `roles` are those of the pictures, one for each.
    """

    model: str
    prompt: str = ""
    turns: list[JobTurn] = []
    wants: list[Literal["text", "image", "video"]] = []  # empty: what the model makes
    count: _Whole | None = None
    aspect: str | None = None
    size: str | None = None
    pixels: str | None = None
    seconds: _Whole | None = None
    seed: _Whole | None = None
    person: str | None = None
    negative: str = ""
    mime: str | None = None
    quality: _Whole | None = None
    pictures: list[str] = []
    first_frame: str | None = None
    last_frame: str | None = None
    mask: str | None = None
    area: Area | None = None
    film: str | None = None
    task: Task | None = None
    roles: list[Role] = []
    factor: _Whole | None = None
    translate: Translate | None = None
    enhance: bool | None = None
    preflight: Preflight | None = None
    sketch: bool = False  # in place of the model's work, at no cost
    words_only: bool = False  # only the prompt that would be sent, at the cost of translating and enriching it
    knobs: dict[str, str | bool | _Whole | float] = {}
    webhook: str | None = None  # who is told when it has ended


class SweepRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /api/sweep. `dry_run`: only say what would be removed."""

    dry_run: bool = False


class AgainRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /api/jobs/ID/again. `seed`: "same" for that of the job; without one it is a new one."""

    seed: _Whole | Literal["same"] | None = None

    def of(self, job: Job) -> Generation:
        """What is to be made. Raises Problem when the files that the job was asked with are away."""
        return job.recipe(job.generation.seed if self.seed == "same" else self.seed)


def read_again(body: bytes) -> AgainRequest:
    """How a job is to be made again. Raises Problem(INVALID)."""
    return bodies.decode(body, AgainRequest)


def read_sweep(body: bytes) -> SweepRequest:
    """A request to clean up. Raises Problem(INVALID)."""
    return bodies.decode(body, SweepRequest)


def read_job(body: bytes) -> Ask:
    """A request for a job. Unknown fields are refused. Raises Problem."""
    request = bodies.decode(body, JobRequest)
    pictures = tuple(given_picture(url, param="pictures") for url in request.pictures)
    first = _frame(request.first_frame, "first_frame")
    last_frame = _frame(request.last_frame, "last_frame")
    mask = _frame(request.mask, "mask")
    film = given_film(request.film, param="film") if request.film else None
    prompt = request.prompt.strip()
    said = [_turn(turn) for turn in request.turns]
    last = Turn("user", (*([prompt] if prompt else []), *(upload.blob for upload in pictures)))
    generation = Generation(
        model=request.model,
        turns=(*(turn for turn, _ in said), *([last] if last.parts or not said else [])),
        wants=frozenset(map(Medium, request.wants)),
        count=request.count,
        aspect=request.aspect,
        size=request.size,
        pixels=request.pixels,
        seconds=request.seconds,
        seed=request.seed,
        person=read_person(request.person),
        negative=request.negative,
        mime=request.mime,
        quality=request.quality,
        first_frame=first.blob if first else None,
        last_frame=last_frame.blob if last_frame else None,
        mask=mask.blob if mask else None,
        area=request.area,
        film=film.blob if film else None,
        film_ms=film.film_ms if film else 0,
        task=request.task,
        roles=tuple(request.roles),
        factor=request.factor,
        translate=request.translate,
        preflight=request.preflight,
        sketch=request.sketch,
        words_only=request.words_only,
        knobs=tuple(_knobs(request).items()),
    )
    before = tuple(upload for _, uploads in said for upload in uploads)
    files = (*before, *pictures, *(file for file in (first, last_frame, mask, film) if file))
    return Ask(generation, files, callback=Callback((request.webhook,)) if request.webhook else None)


def write_job(generation: Generation) -> Tree:
    """The body of POST /api/jobs that asks another Danqing for the same; an older one knows no empty fields."""
    parameters = {**generation.parameters(), "negative": generation.negative}
    inputs: Tree = {
        "first_frame": _picture(generation.first_frame),
        "last_frame": _picture(generation.last_frame),
        "mask": _picture(generation.mask),
        "film": _picture(generation.film),
    }
    return {
        "model": generation.model,
        "turns": [
            {
                "role": turn.role,
                "parts": [part if isinstance(part, str) else {"picture": _picture(part)} for part in turn.parts],
            }
            for turn in generation.turns
        ],
        "wants": sorted(generation.wants),
        "knobs": dict(generation.knobs),
        **({"roles": generation.roles} if generation.roles else {}),
        **({"translate": generation.translate} if generation.translate else {}),
        **parameters,
        **given(inputs),
    }


def job(row: Job, url: Callable[[Output], str], place: Place | None = None) -> Tree:
    """Everything about a job but its key. `url` gives the address of an output's file.

    `place` is where the job stands while it waits.
    """
    return {
        "id": row.id,
        "state": row.state.value,
        "outcome": outcome_of(row),
        "stage": row.stage,
        "progress": 1.0 if row.state is State.DONE else row.progress,
        "model": row.generation.model,
        "advised": row.generation.advised,
        "prompt": row.generation.prompt,
        "rewritten": row.prompt,
        "wording": wording(row.wording),
        "parameters": parameters(row.generation),
        "outputs": [output(made, url) for made in row.outputs],
        "withheld": row.withheld,
        "ignored": row.ignored,
        "changes": changes(row),
        "held": money(row.held),
        "charged": money(row.charged),
        "provider": row.provider,
        "upstream": row.upstream,
        "served_by": row.makers,
        "attempts": [_attempt(attempt) for attempt in row.attempts],
        "sketch": row.sketch,
        "test": row.test,
        "shared": row.shared,
        "batch": row.member.batch if row.member else None,
        "created": time(row.created),
        "updated": time(row.updated),
        "inputs_gone": time(row.inputs_gone),
        "webhooks": row.callback.urls if row.callback else (),
        "queue": {"position": place.position, "seconds": place.seconds} if place else None,
        "error": _fault(row.fault),
    }


def whose(key: str, names: Mapping[str, str]) -> Tree:
    """The key that something is of, by its id and what it is called."""
    return {"id": key, "name": names.get(key, "")}


def timeline(row: Job) -> Tree:
    """What happened to a job and when, the oldest first."""
    moments: list[Json] = [
        {"what": moment.what, "at": time(moment.at), "by": moment.by or None, "error": _fault(moment.fault)}
        for moment in timeline_of(row)
    ]
    return {"job": row.id, "state": row.state.value, "timeline": moments}


def model(row: Model) -> Tree:
    """A model with all that a form needs to ask it for something."""
    return {
        "id": row.id,
        "title": row.title,
        "family": row.family,
        "description": row.description,
        "aliases": row.aliases,
        "ability": ability(row.ability),
        "prices": prices(row.price),
        "batch_percent": row.batch_percent,
        "priced": {"source": row.priced.source, "as_of": row.priced.as_of.isoformat()} if row.priced else None,
        "lifecycle": {
            "announced": row.lifecycle.announced.isoformat() if row.lifecycle.announced else None,
            "shutdown": row.lifecycle.shutdown.isoformat() if row.lifecycle.shutdown else None,
            "successor": row.lifecycle.successor or None,
            "loses": row.lifecycle.loses,
            "source": row.lifecycle.source or None,
        },
    }


def retiring(row: Retiring) -> Tree:
    """A model that ends: the days that are left, and who used it lately."""
    return {
        **model(row.model),
        "left": row.left,
        "used_by": [
            {"key": use.key, "name": use.name, "test": use.test, "jobs": use.jobs, "last": time(use.last)}
            for use in row.uses
        ],
    }


def swept(row: Swept | None) -> Tree:
    """What a sweep has removed; `swept` is null when another process is at it."""
    return {"swept": asdict(row) if row else None}


def sent(file: File) -> Tree:
    """A file that was sent, and the address that requests name it by."""
    assert file.blob is not None, "it is sent when all of it is here"
    return {
        "file": file.name,
        "address": f"files/{file.name}",
        "mime": file.blob.mime,
        "bytes": file.size,
        "seconds": file.duration_ms / 1000 if file.duration_ms else None,
        "expires": time(file.expires),
    }


def error(problem: Problem) -> Tree:
    """The body of an answer that is not a success."""
    return {
        "error": {
            "kind": problem.kind.value,
            "code": problem.code,
            "message": problem.message,
            "param": problem.param,
            "retry_after": problem.retry_after,
        }
    }


def time(moment: datetime | None) -> str | None:
    """A point in time as ISO text."""
    return moment.isoformat() if moment else None


def wording(row: Wording) -> Tree:
    """What is to become of a prompt, or what became of it. `cost` is paid when the job is."""
    translated = row.translated or (row.pending and row.target)
    return {
        "languages": row.languages,
        "translated": {"from": row.source, "to": row.target} if translated else None,
        "enhanced": row.enhanced or (row.pending and row.enhance),
        "by": row.by,
        "most": money(row.most),
        "cost": money(row.cost),
        "trouble": row.trouble or None,
        "findings": [asdict(finding) for finding in row.findings],
    }


def _knobs(request: JobRequest) -> dict[str, Knob]:
    return request.knobs if request.enhance is None else {**request.knobs, ENHANCE: request.enhance}


def _turn(turn: JobTurn) -> tuple[Turn, list[Upload]]:
    """A message, and the pictures of it that are to be stored."""
    parts = [part if isinstance(part, str) else given_picture(part.picture, param="pictures") for part in turn.parts]
    uploads = [part for part in parts if isinstance(part, Upload)]
    return Turn(turn.role, tuple(part.blob if isinstance(part, Upload) else part for part in parts)), uploads


def _picture(blob: Blob | None) -> Json:
    return Hole(blob, url=True) if blob else None


def _frame(url: str | None, param: str) -> Upload | None:
    return given_picture(url, param=param) if url else None


def parameters(generation: Generation) -> Tree:
    """What the request says beside the prompt; what it leaves to the model is left out."""
    inputs: Tree = {
        "pictures": len(generation.pictures),
        "first_frame": generation.first_frame is not None,
        "last_frame": generation.last_frame is not None,
        "mask": generation.mask is not None,
        "film": generation.film is not None,
        "roles": generation.roles,
        "knobs": dict(generation.knobs),
    }
    given = {name: value for name, value in inputs.items() if value}
    return {"wants": sorted(generation.wants), **generation.parameters(), **given}


def changes(row: Job) -> list[Json]:
    """What is made in another way than it was asked for."""
    return [asdict(change) for change in row.changes]


def output(row: Output, url: Callable[[Output], str]) -> Tree:
    """One thing that was delivered; `url` gives the address of its file."""
    blob = row.blob
    return {
        "medium": row.medium.value,
        "file": row.file or None,
        "url": url(row) if blob and not row.gone else None,
        "gone": time(row.gone),
        "mime": blob.mime if blob else None,
        "bytes": blob.size if blob else None,
        "width": row.width or None,
        "height": row.height or None,
        "seconds": row.duration_ms / 1000 if row.duration_ms else None,
        "fps": row.fps or None,
        "audio": row.audio,
        "seed": row.seed,
        "drawn": row.drawn,
        "missing": row.missing,
        "text": "" if row.gone else row.text,
    }


def _attempt(attempt: Attempt) -> Tree:
    """Who turned the work away before, and why."""
    return {
        "upstream": attempt.upstream,
        "model": attempt.model,
        "at": time(attempt.at),
        "error": _fault(attempt.fault),
    }


def _fault(fault: Fault | None) -> Json:
    return {"kind": fault.kind.value, "code": fault.code, "message": fault.message} if fault else None

"""OpenAI's videos calls as clients make them (wire.md 16.2): requests for films read, films and their lists written.

The SDKs send forms. Others send JSON, and AiHubMix takes Veo's parameters in it, under Google's names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest

from danqing.domain.errors import Problem, invalid, not_found
from danqing.domain.generation import Generation, Output, Task, Turn
from danqing.domain.jobs import Job, State
from danqing.domain.media import Blob, Medium
from danqing.wire import bodies
from danqing.wire.asks import read_person
from danqing.wire.bodies import Fields
from danqing.wire.forms import Form
from danqing.wire.holes import Json, Tree
from danqing.wire.inline import Upload, given_film, sent_film
from danqing.wire.openai.given import given_picture_at_most, require_no_other_files
from danqing.wire.openai.shapes import read_size
from danqing.wire.openai.sizes import Sizes, pixels

USUAL = "sora-2"  # for who names no model
PREFIX = "video_"
LISTED, LISTED_MAX = 20, 100
_STATUS = {
    State.QUEUED: "queued",
    State.SUBMITTING: "in_progress",
    State.RUNNING: "in_progress",
    State.DONE: "completed",
}  # whatever else has ended has failed


class Variant(StrEnum):
    """What there is of a film."""

    VIDEO = "video"
    THUMBNAIL = "thumbnail"
    SPRITESHEET = "spritesheet"


@dataclass(frozen=True, slots=True)
class FilmAsk:
    """One request. Its `uploads` are to be stored before the generation is submitted.

    `source` is the id of the job whose film is to be changed; the generation has no film before that is found, and
    that job's model unless it names one.
    """

    generation: Generation
    uploads: tuple[Upload, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Which films are listed."""

    after: str | None
    limit: int
    oldest_first: bool


def read_video(said: bytes | Form) -> FilmAsk:
    """A request for a film. Raises Problem."""
    form, fields = _opened(said)
    require_no_other_files(form, ("input_reference",))
    first = given_picture_at_most(fields, form, "input_reference")
    return FilmAsk(_film(fields, first_frame=first.blob if first else None), (first,) if first else ())


def read_change(said: bytes | Form, task: Task, *, source: str = "") -> FilmAsk:
    """A request to change a film or to go on with one, which it gives or names as {"id"}. Raises Problem.

    `source` names it when the path does.
    """
    form, fields = _opened(said)
    require_no_other_files(form, ("video",))
    film, source = (None, source) if source else _source(fields, form)
    if not (film or source):
        raise invalid('Send the film as video, or name it: {"id": "video_…"}.', param="video")
    generation = _film(fields, film=film, task=task)
    if not (generation.model or source):
        generation = replace(generation, model=USUAL)
    return FilmAsk(generation, (film,) if film else (), source)


def read_page(after: str | None, limit: str | None, order: str | None) -> Page:
    """Which films are to be listed. Raises Problem(INVALID)."""
    number = limit or str(LISTED)
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= LISTED_MAX):
        raise invalid(f"limit must be 1 to {LISTED_MAX}.", param="limit")
    if order not in (None, "", "asc", "desc"):
        raise invalid("order must be asc or desc.", param="order")
    return Page(job_id(after) if after else None, int(number), order == "asc")


def job_id(id: str) -> str:
    """The job that a film's id stands for; a job's own id is taken too."""
    return id.removeprefix(PREFIX)


def read_variant(word: str | None) -> Variant:
    """Which file of a film is wanted. Raises Problem(INVALID)."""
    if (word or Variant.VIDEO) not in list(Variant):
        raise invalid(f"variant must be one of {', '.join(Variant)}.", param="variant")
    return Variant(word or Variant.VIDEO)


def require_film(job: Job) -> Job:
    """The job, when it makes a film that was not deleted. Raises Problem(NOT_FOUND)."""
    if Medium.VIDEO not in job.generation.wants:
        raise not_found(f"film {job.id}")
    if job.refusal and not is_film(job):
        raise job.refusal.problem()
    return job


def is_film(job: Job) -> bool:
    """Whether it makes a film, and that was not deleted."""
    return Medium.VIDEO in job.generation.wants and not (job.state is State.DONE and job.refusal)


def finished(job: Job) -> Output:
    """The film of a job. Raises Problem when it is not there: not yet, or never."""
    if job.refusal:
        raise job.refusal.problem()
    if not job.media:
        raise invalid("The film is not finished. Ask again when its status is completed.", code="video_not_ready")
    return job.media[0]


def no_characters() -> Problem:
    """What whoever asks for characters is told."""
    message = (
        "Characters are not offered here: they went with Sora, and no model that is alive has them. Describe who is to "
        "be seen, or begin the film with a picture, as input_reference."
    )
    return invalid(message, param="video", code="unsupported_call")


def is_remix(job: Job) -> bool:
    """Whether it is another film with something changed."""
    return job.generation.task is Task.EDIT and job.generation.film is not None


def video(job: Job, remixed: Job | None = None) -> Tree:
    """A film as OpenAI tells of one, finished or not; `remixed` is the job of the one that it was made from."""
    film = next(iter(job.media), None)
    fault = job.fault if job.state.ended else None
    seconds = film.duration_ms / 1000 if film and film.duration_ms else job.generation.seconds
    return {
        "id": PREFIX + job.id,
        "object": "video",
        "created_at": int(job.created.timestamp()),
        "completed_at": int(job.updated.timestamp()) if job.state is State.DONE else None,
        "expires_at": None,
        "model": job.generation.model,
        "status": _STATUS.get(job.state, "failed"),
        "progress": 100 if job.state is State.DONE else int(job.progress * 100),
        "prompt": job.generation.prompt,
        "seconds": f"{seconds:g}" if seconds else None,
        "size": f"{film.width}x{film.height}" if film and film.width else _size(job.generation),
        "remixed_from_video_id": PREFIX + remixed.id if remixed else None,
        "error": {"code": fault.code, "message": fault.message} if fault else None,
    }


def videos(jobs: Sequence[Job], remixed: Sequence[Job | None] = (), *, more: bool) -> Tree:
    """A page of films, with those that they were made from; `more`: others follow."""
    data: list[Json] = [video(job, source) for job, source in zip_longest(jobs, remixed)]
    return {
        "object": "list",
        "data": data,
        "first_id": PREFIX + jobs[0].id if jobs else None,
        "last_id": PREFIX + jobs[-1].id if jobs else None,
        "has_more": more,
    }


def deleted(job: Job) -> Tree:
    """The word on a film whose files are gone."""
    return {"id": PREFIX + job.id, "object": "video.deleted", "deleted": True}


def _opened(said: bytes | Form) -> tuple[Form | None, Fields]:
    return (said, said.fields()) if isinstance(said, Form) else (None, bodies.read(said, camel=False))


def _source(fields: Fields, form: Form | None) -> tuple[Upload | None, str]:
    """The film that is to be changed: a file, the name of one, or the id of the job that made it."""
    files = form.files_of("video") if form else []
    if len(files) > 1:
        raise invalid(f"video is one film, not {len(files)}.", param="video")
    if files:
        return sent_film(files[0], param="video"), ""
    if fields.is_text("video"):
        text = fields.text("video") or ""
        return (None, job_id(text)) if text.startswith(PREFIX) else (given_film(text, param="video"), "")
    return None, job_id(fields.text("video[id]") or fields.nested("video").text("id") or "")


def _film(
    fields: Fields, *, first_frame: Blob | None = None, film: Upload | None = None, task: Task | None = None
) -> Generation:
    prompt = (fields.text("prompt") or "").strip()
    if not prompt:
        raise invalid("prompt is missing. Say what should be filmed.", param="prompt", code="empty_prompt")
    size = read_size(fields.text("size", "resolution"))
    sound = fields.flag("generateAudio", "generate_audio")
    return Generation(
        model=fields.text("model") or ("" if task else USUAL),
        turns=(Turn("user", (prompt,)),),
        wants=frozenset({Medium.VIDEO}),
        count=fields.whole("n"),
        aspect=fields.text("aspectRatio", "aspect_ratio") or size.aspect,
        size=size.size,
        pixels=size.pixels,
        seconds=fields.whole("seconds", "durationSeconds", "duration_seconds", "duration"),
        seed=fields.whole("seed"),
        person=read_person(fields.text("personGeneration", "person_generation")),
        negative=fields.text("negativePrompt", "negative_prompt") or "",
        first_frame=first_frame,
        film=film.blob if film else None,
        film_ms=film.film_ms if film else 0,
        task=task,
        knobs=(*([("generateAudio", sound)] if sound is not None else []), *fields.knobs()),
    )


def _size(generation: Generation) -> str | None:
    """What it is to be, before it is there."""
    if generation.pixels or not generation.aspect:
        return generation.pixels
    found = pixels(generation.aspect, generation.size or "720p", Sizes())
    return f"{found[0]}x{found[1]}" if found else None

"""OpenAI's videos: films begun, polled, listed, downloaded and deleted; changed and continued where a model does it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from danqing.domain.errors import Problem
from danqing.domain.gallery import JobSearch
from danqing.domain.generation import Task
from danqing.domain.jobs import Job
from danqing.domain.keys import Key
from danqing.domain.media import Medium, cited
from danqing.front import Front, Handler, Reply
from danqing.wire import openai
from danqing.wire.forms import Form
from danqing.wire.holes import Tree
from danqing.wire.openai import videos
from danqing.wire.openai.videos import FilmAsk, Page, Variant

POLL_AFTER_MS = 1000
LOOK_MAX = 50  # pages that are looked through for films that were not deleted
THUMBNAIL_SIDE = 512
_NAMES = {
    "prompt": "prompt",
    "aspect": "size",
    "pixels": "size",
    "first_frame": "input_reference",
    "film": "video",
    "pictures": "video",
    "task": "video",
    "wants": "model",
    "job": "video_id",
}


def envelope(problem: Problem) -> Tree:
    """OpenAI's, with the names that fields have in these calls."""
    return openai.error(problem, **_NAMES)


def claims(request: Request) -> bool:
    """`openai` claims everything below `/v1`."""
    return False


def routes(front: Front) -> list[BaseRoute]:
    """Everything below /v1/videos."""
    films = _Films(front)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "/v1/videos", films.create),
        ("GET", "/v1/videos", films.listed),
        ("POST", "/v1/videos/edits", partial(films.change, Task.EDIT)),
        ("POST", "/v1/videos/extensions", partial(films.change, Task.EXTEND)),
        ("POST", "/v1/videos/characters", films.characters),
        ("GET", "/v1/videos/characters/{id}", films.characters),
        ("GET", "/v1/videos/{id}", films.retrieve),
        ("DELETE", "/v1/videos/{id}", films.delete),
        ("GET", "/v1/videos/{id}/content", films.content),
        ("POST", "/v1/videos/{id}/remix", films.remix),
    ]
    return [Route(path, front.endpoint(handler, envelope), methods=[method]) for method, path, handler in table]


class _Films:
    """The handlers, around one front."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def create(self, request: Request) -> Reply:
        """Begin a film; answers at once."""
        return await self._begun(request, videos.read_video)

    async def change(self, task: Task, request: Request) -> Reply:
        """Begin another film from one that is sent or named."""
        return await self._begun(request, partial(videos.read_change, task=task))

    async def remix(self, request: Request) -> Reply:
        """Begin another film from the one that the path names."""
        source = videos.job_id(request.path_params["id"])
        return await self._begun(request, partial(videos.read_change, task=Task.EDIT, source=source))

    async def characters(self, request: Request) -> Reply:
        """There are none."""
        await self._front.key(request)
        raise videos.no_characters()

    async def retrieve(self, request: Request) -> Reply:
        """A film as it is now."""
        key, job = await self._asked(request)
        return await self._told(key, job)

    async def listed(self, request: Request) -> Reply:
        """The key's films, the newest first unless `order` is asc; `after` is the id of the last one seen."""
        key = await self._front.key(request)
        query = request.query_params
        page = videos.read_page(query.get("after"), query.get("limit"), query.get("order"))
        films = await self._films(key, page)
        shown = films[: page.limit]
        remixed = [await self._remixed(key, job) for job in shown]
        return Reply.of(videos.videos(shown, remixed, more=len(films) > page.limit))

    async def delete(self, request: Request) -> Reply:
        """Take a film's files away; its bill stays."""
        _, job = await self._asked(request)
        return Reply.of(videos.deleted(await self._front.cleaner.delete(job)))

    async def content(self, request: Request) -> Response:
        """The film itself, one picture of it, or many on one sheet."""
        key, job = await self._asked(request)
        variant = videos.read_variant(request.query_params.get("variant"))
        name = videos.finished(job).file
        if variant is Variant.VIDEO:
            film, job = await self._front.gateway.file(key, name)
            return await self._front.download(request, film, job)
        if variant is Variant.THUMBNAIL:
            data, _ = await self._front.curator.thumbnail(key, name, THUMBNAIL_SIDE)
            return Response(data, headers=self._front.told(job), media_type="image/webp")
        data = await self._front.curator.sheet(key, name)
        return Response(data, headers=self._front.told(job), media_type="image/jpeg")

    async def _begun(self, request: Request, read: Callable[[bytes | Form], FilmAsk]) -> Reply:
        key = await self._front.key(request)
        if request.headers.get("content-type", "").startswith("multipart/"):
            async with self._front.form(request) as form:
                job = await self._submitted(request, key, form.content, read(form))
            return await self._told(key, job)
        body = await self._front.body(request)
        ask = await self._front.decode(read, body)
        return await self._told(key, await self._submitted(request, key, body, ask))

    async def _submitted(self, request: Request, key: Key, body: bytes, ask: FilmAsk) -> Job:
        generation = ask.generation
        if ask.source:
            source = await self._front.gateway.job(key, ask.source)
            film = cited(videos.finished(source).file)
            generation = replace(generation, film=film, model=generation.model or source.generation.model)
        return await self._front.submit(request, key, body, generation, ask.uploads)

    async def _asked(self, request: Request) -> tuple[Key, Job]:
        """The film that the path names. Raises Problem(NOT_FOUND), also when it was deleted."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, videos.job_id(request.path_params["id"]))
        return key, videos.require_film(job)

    async def _films(self, key: Key, page: Page) -> list[Job]:
        """A page of the key's films that were not deleted, and one more if there is one."""
        films: list[Job] = []
        search, after = JobSearch(medium=Medium.VIDEO, oldest_first=page.oldest_first), page.after
        for _ in range(LOOK_MAX):
            jobs = await self._front.accounts.jobs(key, limit=page.limit + 1, before=after, search=search)
            films += filter(videos.is_film, jobs)
            if len(films) > page.limit or len(jobs) <= page.limit:
                break
            after = jobs[-1].id
        return films[: page.limit + 1]

    async def _remixed(self, key: Key, job: Job) -> Job | None:
        """The job of the key that made the film which this one changes."""
        film = job.generation.film
        found = await self._front.curator.holding(key, film.sha256) if film and videos.is_remix(job) else None
        return found.job if found else None

    async def _told(self, key: Key, job: Job) -> Reply:
        headers = self._front.told(job)
        if not job.state.ended:
            headers["openai-poll-after-ms"] = str(POLL_AFTER_MS)
        return Reply.of(videos.video(job, await self._remixed(key, job)), headers=headers)

"""Danqing's own interface under /api, for the studio, the command line and automation."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

import msgspec
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from danqing import __version__
from danqing.domain.errors import invalid
from danqing.domain.generation import Output
from danqing.domain.jobs import Job, Place
from danqing.front import Front, Handler, Reply, token_of
from danqing.front.headers import dated
from danqing.gateway.feed import read_moment, write_moment
from danqing.wire import advice, books, native, sse, standings
from danqing.wire.holes import Json, Piece, Tree

R = TypeVar("R", bound=msgspec.Struct)

envelope = native.error


def claims(request: Request) -> bool:
    """Everything below `/api`."""
    return request.url.path.startswith("/api")


def routes(front: Front) -> list[BaseRoute]:
    """Jobs, files, models, money, keys and projects."""
    api = FastAPI(
        title="Danqing",
        version=__version__,
        description="Jobs, files, models, keys and money. Money is told in dollars and in whole nano-dollars.",
        docs_url=None,
        redoc_url=None,
    )
    jobs, reading, office = _Jobs(front), _Reading(front), _Office(front)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "/jobs", jobs.create),
        ("GET", "/jobs", jobs.listed),
        ("GET", "/jobs/{job}", jobs.get),
        ("DELETE", "/jobs/{job}", jobs.delete),
        ("POST", "/quote", jobs.quote),
        ("POST", "/jobs/{job}/again", jobs.again),
        ("POST", "/jobs/{job}/cancel", jobs.cancel),
        ("GET", "/jobs/{job}/events", jobs.events),
        ("GET", "/events", jobs.all_events),
        ("GET", "/files/{file}", jobs.download),
        ("GET", "/models", reading.models),
        ("GET", "/models/{model}", reading.model),
        ("POST", "/advise", reading.advise),
        ("GET", "/upstreams", reading.upstreams),
        ("GET", "/usage", reading.usage),
        ("GET", "/keys", office.keys),
        ("POST", "/keys", office.create_key),
        ("PATCH", "/keys/{key}", office.limit_key),
        ("DELETE", "/keys/{key}", office.revoke),
        ("GET", "/projects", office.projects),
        ("POST", "/projects", office.create_project),
        ("PATCH", "/projects/{project}", office.limit_project),
        ("POST", "/funds", office.fund),
        ("POST", "/sweep", office.sweep),
    ]
    for method, path, handler in table:
        summary = (handler.__doc__ or "").strip().splitlines()[0]
        api.add_api_route(
            path,
            front.endpoint(handler, envelope),
            methods=[method],
            name=handler.__name__,
            summary=summary,
            response_class=Response,
            include_in_schema=True,
        )
    return [Mount("/api", routes=[_plain(route) for route in api.routes])]


def _plain(route: BaseRoute) -> BaseRoute:
    """Starlette's own route for one that FastAPI describes, which would answer unknown paths in its own way."""
    return Route(route.path, route.endpoint, methods=route.methods) if isinstance(route, APIRoute) else route


class _Jobs:
    """Generations, from asking to downloading."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def create(self, request: Request) -> Reply:
        """Ask for a generation; answers at once with the job."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        ask = await self._front.decode(native.read_job, body)
        job = await self._front.submit(request, key, body, ask.generation, ask.uploads)
        return Reply.of(self._tree(request, job), status=201, headers=self._front.told(job))

    async def again(self, request: Request) -> Reply:
        """Make what a job was asked for once more, as a new job at today's price: `seed` is a number or "same"."""
        key = await self._front.key(request)
        body = await self._front.body(request)
        wanted = native.read_again(body)
        before = await self._front.gateway.job(key, request.path_params["job"])
        job = await self._front.submit(request, key, body, wanted.of(before), ())
        return Reply.of(self._tree(request, job), status=201, headers=self._front.told(job))

    async def quote(self, request: Request) -> Reply:
        """What a job would cost at the most; takes the body of a job and makes nothing."""
        key = await self._front.key(request)
        ask = await self._front.decode(native.read_job, await self._front.body(request))
        return await self._front.quote(request, key, ask.generation)

    async def listed(self, request: Request) -> Reply:
        """The key's jobs, newest first: `limit`, and `before` with the id of the last one seen."""
        key = await self._front.key(request)
        query = request.query_params
        limit = _whole(query.get("limit", "50"), "limit")
        jobs = await self._front.accounts.jobs(key, limit=limit, before=query.get("before"))
        return Reply.of({"jobs": [self._tree(request, job) for job in jobs]})

    async def get(self, request: Request) -> Reply:
        """One job, with its progress."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, request.path_params["job"])
        return Reply.of(await self._placed(request, job), headers=self._front.told(job))

    async def cancel(self, request: Request) -> Reply:
        """End a job and give its money back."""
        key = await self._front.key(request)
        job = await self._front.gateway.cancel(key, request.path_params["job"])
        return Reply.of(self._tree(request, job), headers=self._front.told(job))

    async def delete(self, request: Request) -> Reply:
        """Take an ended job's files away; the job stays, for the books."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, request.path_params["job"])
        return Reply.of(self._tree(request, await self._front.cleaner.delete(job)), headers=self._front.told(job))

    async def events(self, request: Request) -> Response:
        """Follow a job: server-sent events, each the whole job, until it has ended."""
        key = await self._front.key(request)
        job = await self._front.gateway.job(key, request.path_params["job"])

        async def frames() -> AsyncIterator[Sequence[Piece]]:
            async for newest in self._front.gateway.watch(job):
                yield sse.event(await self._placed(request, newest), id=write_moment(newest))

        return self._front.events(frames(), sse.COMMENT, self._front.told(job), resumable=True)

    async def all_events(self, request: Request) -> Response:
        """Follow all jobs of the key; `Last-Event-ID` goes on where a stream broke off, on any server."""
        key = await self._front.key(request)
        last = request.headers.get("last-event-id") or request.query_params.get("after")
        after = read_moment(last) if last else None

        async def frames() -> AsyncIterator[Sequence[Piece]]:
            async for newest in self._front.gateway.events(key, after):
                yield sse.event(self._tree(request, newest), id=write_moment(newest))

        return self._front.events(frames(), sse.COMMENT, {}, resumable=True)

    async def download(self, request: Request) -> Response:
        """A file by its name; `?attach` has browsers save it."""
        return await self._front.file(request, request.path_params["file"], attach="attach" in request.query_params)

    async def _placed(self, request: Request, job: Job) -> Tree:
        """The job with its place in the queue, while it waits."""
        return self._tree(request, job, await self._front.gateway.place(job))

    def _tree(self, request: Request, job: Job, place: Place | None = None) -> Tree:
        base = self._front.base(request).removesuffix("/api")

        def url(output: Output) -> str:
            return f"{base}/api/files/{output.file}"

        return native.job(job, url, place)


class _Reading:
    """What a key may know: the models, and its own money."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def models(self, request: Request) -> Reply:
        """Every model with its abilities, prices and dates; `?retiring`: those that end, and who used them lately."""
        accounts, models = self._front.accounts, self._front.gateway.catalog.models
        owner = accounts.is_owner(token_of(request))
        key = None if owner else await self._front.key(request)
        rows: list[Json] = [native.model(row) for row in models]
        if "retiring" in request.query_params:
            rows = [native.retiring(row) for row in await accounts.retiring(models, key)]
        return Reply.of({"models": rows})

    async def model(self, request: Request) -> Reply:
        """One model, by id or alias."""
        await self._front.key(request)
        row = self._front.gateway.catalog.find(request.path_params["model"])
        return Reply.of(native.model(row), headers=dated(row.lifecycle))

    async def advise(self, request: Request) -> Reply:
        """Which model to ask and why, or what speaks against the one that is named; takes the body of a job."""
        key = await self._front.key(request)
        ask = await self._front.decode(native.read_job, await self._front.body(request))
        return Reply.of(advice.counsel(await self._front.gateway.advisor.counsel(key, ask.generation)))

    async def upstreams(self, request: Request) -> Reply:
        """Who makes what live keys ask for, and how they do as this server sees it; all of it for the owner."""
        owner = self._front.accounts.is_owner(token_of(request))
        test = not owner and (await self._front.key(request)).test  # test keys are served by the embedded engine
        rows = () if test else self._front.gateway.upstreams()
        return Reply.of({"upstreams": [standings.upstream(row, owner=owner) for row in rows]})

    async def usage(self, request: Request) -> Reply:
        """The key's balance, its limits, and what it has spent by model."""
        key = await self._front.key(request)
        spent = await self._front.accounts.spending(key)
        standings = await self._front.accounts.standings(key)
        limits: list[Json] = [books.standing(row) for row in standings]
        return Reply.of({"key": books.key(key), **books.spending(spent), "limits": limits})


class _Office:
    """Keys, projects, limits and payments: what the owner of the server sets."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def keys(self, request: Request) -> Reply:
        """All keys. For the owner."""
        self._require_owner(request)
        return Reply.of({"keys": [books.key(key) for key in await self._front.accounts.keys()]})

    async def create_key(self, request: Request) -> Reply:
        """A new key; its secret is in this answer and never again. For the owner."""
        wanted = await self._read(request, books.KeyRequest)
        key, secret = await self._front.accounts.create_key(
            wanted.name,
            test=wanted.test,
            project=wanted.project,
            limits=wanted.limits(),
            translate=wanted.translate,
        )
        return Reply.of({**books.key(key), "secret": secret}, status=201)

    async def limit_key(self, request: Request) -> Reply:
        """Change some limits of a key, and what becomes of its prompts, everywhere. For the owner."""
        wanted = await self._read(request, books.KeyLimitsRequest)
        key = await self._front.accounts.limit_key(request.path_params["key"], wanted.changes())
        if not isinstance(wanted.translate, msgspec.UnsetType):
            key = await self._front.accounts.translate_for(key.id, wanted.translate)
        return Reply.of(books.key(key))

    async def sweep(self, request: Request) -> Reply:
        """Remove what has had its time, now; `dry_run` only counts it. For the owner."""
        self._front.accounts.require_owner(token_of(request))
        wanted = native.read_sweep(await self._front.body(request))
        return Reply.of(native.swept(await self._front.cleaner.sweep(dry=wanted.dry_run)))

    async def revoke(self, request: Request) -> Reply:
        """Refuse a key from now on. For the owner."""
        self._require_owner(request)
        await self._front.accounts.revoke(request.path_params["key"])
        return Reply.of({"revoked": request.path_params["key"]})

    async def projects(self, request: Request) -> Reply:
        """All projects. For the owner."""
        self._require_owner(request)
        rows = await self._front.accounts.projects()
        return Reply.of({"projects": [books.project(project) for project in rows]})

    async def create_project(self, request: Request) -> Reply:
        """A new project: keys that share limits. For the owner."""
        wanted = await self._read(request, books.ProjectRequest)
        project = await self._front.accounts.create_project(wanted.name, wanted.limits())
        return Reply.of(books.project(project), status=201)

    async def limit_project(self, request: Request) -> Reply:
        """Change some limits of a project, at once and everywhere. For the owner."""
        wanted = await self._read(request, books.LimitsRequest)
        project = await self._front.accounts.limit_project(request.path_params["project"], wanted.changes())
        return Reply.of(books.project(project))

    async def fund(self, request: Request) -> Reply:
        """Money for the live account; the same cause pays once. For the owner."""
        paid = await self._read(request, books.FundRequest)
        new = await self._front.accounts.fund(books.read_amount(paid.usd, "usd"), paid.cause)
        return Reply.of({"paid": new}, status=201 if new else 200)

    async def _read(self, request: Request, shape: type[R]) -> R:
        """What the owner, and nobody else, asks for."""
        self._require_owner(request)
        return books.read(await self._front.body(request), shape)

    def _require_owner(self, request: Request) -> None:
        self._front.accounts.require_owner(token_of(request))


def _whole(text: str, param: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid(f"{param} must be a whole number.", param=param)
    return int(text)

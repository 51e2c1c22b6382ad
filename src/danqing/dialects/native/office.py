"""Keys, projects, limits and cleaning: what the owner of the server sets, and admins in the same way."""

from datetime import timedelta
from typing import TypeVar

import msgspec
from starlette.requests import Request

from danqing.dialects.native.calls import Call, Subject
from danqing.front import Front, Reply
from danqing.wire import books, native
from danqing.wire.answers import money, shapes

R = TypeVar("R", bound=msgspec.Struct)


class Office:
    """Keys, projects and limits: what the owner of the server sets."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def calls(self) -> list[Call]:
        """What can be asked."""
        call, project = Subject("office").call, money.Project
        return [
            call("GET /keys", self.keys, money.Keys, who="owner"),
            call("POST /keys", self.create_key, money.Key, status=201, body=books.KeyRequest, who="owner"),
            call("PATCH /keys/{key}", self.limit_key, money.Key, body=books.KeyLimitsRequest, who="owner"),
            call("DELETE /keys/{key}", self.revoke, shapes.Revoked, who="owner"),
            call("POST /keys/{key}/rotate", self.rotate, money.Key, body=books.RotateRequest, who="owner"),
            call("GET /projects", self.projects, money.Projects, who="owner"),
            call("POST /projects", self.create_project, project, status=201, body=books.ProjectRequest, who="owner"),
            call("PATCH /projects/{project}", self.limit_project, project, body=books.LimitsRequest, who="owner"),
            call("POST /sweep", self.sweep, money.Sweep, body=native.SweepRequest, who="owner"),
        ]

    async def keys(self, request: Request) -> Reply:
        """All keys. For the owner."""
        await self._require_owner(request)
        return Reply.of({"keys": [books.key(key) for key in await self._front.accounts.keys()]})

    async def create_key(self, request: Request) -> Reply:
        """A new key; its secret is in this answer and never again. For the owner."""
        wanted = await self._read(request, books.KeyRequest)
        key, secret = await self._front.accounts.create_key(
            wanted.name,
            test=wanted.test,
            project=wanted.project,
            role=wanted.role,
            limits=wanted.limits(),
            translate=wanted.translate,
        )
        return Reply.of({**books.key(key), "secret": secret}, status=201)

    async def limit_key(self, request: Request) -> Reply:
        """Change a key's name, role, some of its limits, and what becomes of its prompts, everywhere. For the owner."""
        wanted = await self._read(request, books.KeyLimitsRequest)
        id, accounts = request.path_params["key"], self._front.accounts
        if not isinstance(wanted.role, msgspec.UnsetType):
            await accounts.set_role(id, wanted.role)  # before all others: it may be refused
        key = await accounts.limit_key(id, wanted.changes())
        if not isinstance(wanted.name, msgspec.UnsetType):
            key = await accounts.rename_key(key.id, wanted.name)
        if not isinstance(wanted.translate, msgspec.UnsetType):
            key = await accounts.translate_for(key.id, wanted.translate)
        return Reply.of(books.key(key))

    async def rotate(self, request: Request) -> Reply:
        """A new secret for a key, shown once; the one before ends at once, or after `grace_hours`. For the owner."""
        await self._require_owner(request)
        wanted = books.read(await self._front.body(request) or b"{}", books.RotateRequest)
        grace = timedelta(hours=wanted.grace_hours)
        key, secret = await self._front.accounts.rotate_key(request.path_params["key"], grace)
        return Reply.of({**books.key(key), "secret": secret})

    async def sweep(self, request: Request) -> Reply:
        """Remove what has had its time, now; `dry_run` only counts it. For the owner."""
        await self._require_owner(request)
        wanted = native.read_sweep(await self._front.body(request))
        return Reply.of(native.swept(await self._front.cleaner.sweep(dry=wanted.dry_run)))

    async def revoke(self, request: Request) -> Reply:
        """Refuse a key from now on. For the owner."""
        await self._require_owner(request)
        await self._front.accounts.revoke(request.path_params["key"])
        return Reply.of({"revoked": request.path_params["key"]})

    async def projects(self, request: Request) -> Reply:
        """All projects. For the owner."""
        await self._require_owner(request)
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

    async def _read(self, request: Request, shape: type[R]) -> R:
        """What the owner, and nobody else, asks for."""
        await self._require_owner(request)
        return books.read(await self._front.body(request), shape)

    async def _require_owner(self, request: Request) -> None:
        await self._front.porter.require_owner(request)

"""What the owner of a server sets and sees: keys, projects, money, upstreams, and what is cleaned away."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from danqing.client.told import Key, NewKey, Project, Retiring, Swept
from danqing.client.transport import Transport, quoted
from danqing.client.upstreams import Upstream

Limiting = Mapping[str, str | int | None]  # limits as the server takes them; None takes one away
Role = Literal["viewer", "member", "admin"]
NOTHING: Limiting = {}


class _Keys(msgspec.Struct):
    keys: tuple[Key, ...]


class _Projects(msgspec.Struct):
    projects: tuple[Project, ...]


class _Retiring(msgspec.Struct):
    models: tuple[Retiring, ...]


class _Upstreams(msgspec.Struct):
    upstreams: tuple[Upstream, ...]


class _Revoked(msgspec.Struct):
    revoked: str


class _Paid(msgspec.Struct):
    paid: bool


class _Sweep(msgspec.Struct):
    swept: Swept | None


class AsyncOffice:
    """For the owner's key or an admin's; some of it is told to others too, as far as it concerns them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def retiring(self) -> tuple[Retiring, ...]:
        """The models that end, the next one first, and who used them lately: everybody, for the owner."""
        return (await self._transport.ask("GET", "models?retiring", _Retiring)).models

    async def upstreams(self) -> tuple[Upstream, ...]:
        """Who makes what live keys ask for, and how they do; all of it for the owner."""
        return (await self._transport.ask("GET", "upstreams", _Upstreams)).upstreams

    async def keys(self) -> tuple[Key, ...]:
        """All keys."""
        return (await self._transport.ask("GET", "keys", _Keys)).keys

    async def create_key(
        self,
        name: str,
        *,
        test: bool = True,
        project: str | None = None,
        role: Role = "member",
        limits: Limiting = NOTHING,
    ) -> NewKey:
        """A new key with its secret. A viewer needs a project, an admin may have none."""
        body = {"name": name, "test": test, "project": project, "role": role, **limits}
        return await self._transport.ask_once("POST", "keys", NewKey, body=body)

    async def limit_key(self, id: str, limits: Limiting) -> Key:
        """Change some limits of a key, or its `role`."""
        return await self._transport.ask("PATCH", f"keys/{quoted(id)}", Key, body=limits)

    async def revoke(self, id: str) -> None:
        """Have a key refused from now on."""
        await self._transport.ask_once("DELETE", f"keys/{quoted(id)}", _Revoked)

    async def projects(self) -> tuple[Project, ...]:
        """All projects."""
        return (await self._transport.ask("GET", "projects", _Projects)).projects

    async def create_project(self, name: str, limits: Limiting = NOTHING) -> Project:
        """Keys that share limits."""
        return await self._transport.ask_once("POST", "projects", Project, body={"name": name, **limits})

    async def limit_project(self, id: str, limits: Limiting) -> Project:
        """Change some limits of a project."""
        return await self._transport.ask("PATCH", f"projects/{quoted(id)}", Project, body=limits)

    async def fund(self, usd: str, cause: str) -> bool:
        """Money for the live account. False when the same cause has paid before."""
        return (await self._transport.ask("POST", "funds", _Paid, body={"usd": usd, "cause": cause})).paid

    async def sweep(self, *, dry_run: bool) -> Swept | None:
        """Remove what has had its time, or only count it. None when another process is at it."""
        return (await self._transport.ask("POST", "sweep", _Sweep, body={"dry_run": dry_run})).swept

"""Every command that asks a server something and prints the answer."""

from danqing.cli import tables
from danqing.cli.report import Report
from danqing.cli.running import perform
from danqing.client import AsyncClient
from danqing.client.office import Limiting
from danqing.client.told import Snippet
from danqing.domain.errors import invalid


def jobs(*, limit: int, json: bool) -> None:
    """The newest jobs of the key."""

    async def work(client: AsyncClient) -> Report:
        rows = [job.told for job in await client.jobs.list(limit=limit)]
        return Report({"jobs": rows}, tables.jobs(rows))

    perform(work, json=json)


def job(id: str, *, json: bool) -> None:
    """Everything about one job."""

    async def work(client: AsyncClient) -> Report:
        row = (await client.jobs.get(id)).told
        return Report(row, tables.job(row))

    perform(work, json=json)


def code(id: str, dialect: str, *, json: bool) -> None:
    """What asks for the same as a job did, in one dialect."""

    async def work(client: AsyncClient) -> Report:
        told = await client.jobs.code(id)
        snippet: Snippet = getattr(told, dialect)
        if snippet.code is None and not json:
            message = f"This dialect has no words for {', '.join(snippet.lacks)} of the job; curl and cli have."
            raise invalid(message, param="as", code="unsupported_parameter")
        return Report(told, [snippet.code or ""])

    perform(work, json=json)


def cancel(id: str, *, json: bool) -> None:
    """End a job."""

    async def work(client: AsyncClient) -> Report:
        row = (await client.jobs.cancel(id)).told
        return Report(row, tables.cancelled(row))

    perform(work, json=json)


def delete(id: str, *, json: bool) -> None:
    """Take an ended job's files away."""

    async def work(client: AsyncClient) -> Report:
        row = (await client.jobs.delete(id)).told
        return Report(row, [f"The files of job {row.id} are gone; the job and its bill are kept."])

    perform(work, json=json)


def sweep(*, dry_run: bool, json: bool) -> None:
    """Remove what has had its time."""

    async def work(client: AsyncClient) -> Report:
        swept = await client.office.sweep(dry_run=dry_run)
        return Report({"dry_run": dry_run, "swept": swept}, tables.swept(swept, dry_run=dry_run))

    perform(work, json=json, owner=True)


def models(*, retiring: bool, json: bool) -> None:
    """The catalog, or what of it ends."""

    async def listed(client: AsyncClient) -> Report:
        rows = await client.models()
        return Report({"models": rows}, tables.models(rows))

    async def ending(client: AsyncClient) -> Report:
        rows = await client.office.retiring()
        return Report({"models": rows}, tables.retiring(rows))

    perform(ending if retiring else listed, json=json, owner=retiring)


def upstreams(*, json: bool) -> None:
    """The upstreams and their health."""

    async def work(client: AsyncClient) -> Report:
        rows = await client.office.upstreams()
        return Report({"upstreams": rows}, tables.upstreams(rows))

    perform(work, json=json, owner=True)


def usage(*, json: bool) -> None:
    """The money of the key."""

    async def work(client: AsyncClient) -> Report:
        spent = await client.usage()
        return Report(spent, tables.usage(spent))

    perform(work, json=json)


def keys(*, json: bool) -> None:
    """All keys of the server."""

    async def work(client: AsyncClient) -> Report:
        rows = await client.office.keys()
        return Report({"keys": rows}, tables.keys(rows))

    perform(work, json=json, owner=True)


def create_key(name: str, *, test: bool, project: str | None, limits: Limiting, json: bool) -> None:
    """A new key; the one time that its secret is printed."""

    async def work(client: AsyncClient) -> Report:
        key = await client.office.create_key(name, test=test, project=project, limits=limits)
        return Report(key, tables.new_key(key))

    perform(work, json=json, owner=True)


def limit_key(id: str, *, limits: Limiting, json: bool) -> None:
    """Other limits for a key."""

    async def work(client: AsyncClient) -> Report:
        key = await client.office.limit_key(id, limits)
        return Report(key, tables.keys([key]))

    perform(work, json=json, owner=True)


def projects(*, json: bool) -> None:
    """All projects of the server."""

    async def work(client: AsyncClient) -> Report:
        rows = await client.office.projects()
        return Report({"projects": rows}, tables.projects(rows))

    perform(work, json=json, owner=True)


def create_project(name: str, *, limits: Limiting, json: bool) -> None:
    """A new project."""

    async def work(client: AsyncClient) -> Report:
        project = await client.office.create_project(name, limits)
        return Report(project, [project.id, *tables.projects([project])])

    perform(work, json=json, owner=True)


def limit_project(id: str, *, limits: Limiting, json: bool) -> None:
    """Other limits for a project."""

    async def work(client: AsyncClient) -> Report:
        project = await client.office.limit_project(id, limits)
        return Report(project, tables.projects([project]))

    perform(work, json=json, owner=True)


def fund(usd: str, cause: str, *, json: bool) -> None:
    """Pay into the live account."""

    async def work(client: AsyncClient) -> Report:
        paid = await client.office.fund(usd, cause)
        told = f"{usd} dollars were paid in." if paid else f"{cause!r} has paid before; nothing was added."
        return Report({"paid": paid}, [told])

    perform(work, json=json, owner=True)


def revoke(id: str, *, json: bool) -> None:
    """Have a key refused from now on."""

    async def work(client: AsyncClient) -> Report:
        await client.office.revoke(id)
        return Report({"revoked": id}, [f"{id} is refused from now on."])

    perform(work, json=json, owner=True)

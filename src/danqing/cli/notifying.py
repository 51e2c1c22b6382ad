"""Asks a server about webhooks, and prints the answer."""

from collections.abc import Sequence

import msgspec
from rich.table import Table

from danqing.cli.report import Report
from danqing.cli.running import perform
from danqing.client import AsyncClient
from danqing.client.webhooks import Delivery, Webhook
from danqing.domain.webhooks import Fate


def webhooks(*, json: bool) -> None:
    """The key's webhooks."""

    async def work(client: AsyncClient) -> Report:
        rows = await client.webhooks.list()
        return Report({"webhooks": [_told(row) for row in rows]}, [_webhooks(rows)] if rows else ["No webhooks yet."])

    perform(work, json=json)


def create(url: str, events: Sequence[str], *, json: bool) -> None:
    """A new webhook; the one time that its secret is printed."""

    async def work(client: AsyncClient) -> Report:
        return _new(await client.webhooks.create(url, events))

    perform(work, json=json)


def rotate(id: str, *, json: bool) -> None:
    """A new secret for a webhook."""

    async def work(client: AsyncClient) -> Report:
        return _new(await client.webhooks.rotate(id))

    perform(work, json=json)


def remove(id: str, *, json: bool) -> None:
    """Have a webhook told nothing any more."""

    async def work(client: AsyncClient) -> Report:
        await client.webhooks.delete(id)
        return Report({"deleted": id}, [f"{id} is told nothing any more."])

    perform(work, json=json)


def deliveries(state: Fate | None, *, limit: int, json: bool) -> None:
    """The newest notifications."""

    async def work(client: AsyncClient) -> Report:
        rows = await client.webhooks.deliveries(state=state, limit=limit)
        return Report({"deliveries": rows}, [_deliveries(rows)] if rows else ["No notifications yet."])

    perform(work, json=json)


def replay(id: str, *, json: bool) -> None:
    """Send a notification once more."""

    async def work(client: AsyncClient) -> Report:
        row = await client.webhooks.replay(id)
        return Report(row, [f"{row.id} is sent to {row.url} once more."])

    perform(work, json=json)


def _new(row: Webhook) -> Report:
    return Report(row, [row.secret or "", _webhooks([row]), "This is the only time that the secret is shown."])


def _told(row: Webhook) -> dict[str, object]:
    """A webhook without the place of a secret that is not told."""
    return {name: value for name, value in msgspec.to_builtins(row).items() if name != "secret"}


def _webhooks(rows: Sequence[Webhook]) -> Table:
    table = _table("id", "address", "events", "ended")
    for row in rows:
        table.add_row(row.id, row.url, ", ".join(row.events), row.ended or "")
    return table


def _deliveries(rows: Sequence[Delivery]) -> Table:
    table = _table("id", "event", "state", "attempts", "job", "address, and the last answer")
    for row in rows:
        last = row.error or (f"status {row.status}" if row.status else "")
        table.add_row(row.id, row.event, row.state, str(row.attempts), row.job, f"{row.url}\n{last}".strip())
    return table


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for title in titles:
        table.add_column(title, no_wrap=title == "id", overflow="fold")
    return table

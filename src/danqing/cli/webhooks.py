"""The commands about webhooks: who is told how jobs end, and what has become of each notification."""

from typing import TYPE_CHECKING, Annotated

import typer

from danqing.cli.practice import Json
from danqing.domain.webhooks import Event, Fate
from danqing.later import Later

if TYPE_CHECKING:
    from danqing.cli import notifying
else:
    notifying = Later("danqing.cli.notifying")


WebhookId = Annotated[str, typer.Argument(metavar="ID", help="The webhook's id.", show_default=False)]

webhooks = typer.Typer(help="Have addresses told how the key's jobs end.", no_args_is_help=True)


@webhooks.command("list")
def list_webhooks(json: Json = False) -> None:
    """List the key's webhooks."""
    notifying.webhooks(json=json)


@webhooks.command()
def create(
    url: Annotated[str, typer.Argument(help="Where notifications go: https://…", show_default=False)],
    event: Annotated[
        list[Event] | None, typer.Option(help="Such as job.done; repeatable. Without it, all of them.")
    ] = None,
    json: Json = False,
) -> None:
    """Have an address told; prints the secret that notifications are signed with, once."""
    notifying.create(url, event or [], json=json)


@webhooks.command()
def rotate(id: WebhookId, json: Json = False) -> None:
    """Give a webhook a new secret; for a day the one before signs too."""
    notifying.rotate(id, json=json)


@webhooks.command()
def remove(id: WebhookId, json: Json = False) -> None:
    """Have a webhook told nothing any more."""
    notifying.remove(id, json=json)


@webhooks.command()
def deliveries(
    state: Annotated[Fate | None, typer.Option(help="Only those that stand so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 20,
    json: Json = False,
) -> None:
    """List the newest notifications, and what has become of them."""
    notifying.deliveries(state, limit=limit, json=json)


@webhooks.command()
def replay(
    id: Annotated[str, typer.Argument(metavar="ID", help="The notification's id.", show_default=False)],
    json: Json = False,
) -> None:
    """Send a notification once more."""
    notifying.replay(id, json=json)

"""The commands for what was made: found again, laid on a sheet, shown, given to others."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from danqing.cli.practice import Json
from danqing.later import Later

if TYPE_CHECKING:
    from danqing.cli import gallery
else:
    gallery = Later("danqing.cli.gallery")


class Kind(StrEnum):
    """What was made."""

    IMAGE = "image"
    VIDEO = "video"


Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A file's name, as the gallery lists it.", show_default=False)
]

showing = typer.Typer()


@showing.command("gallery")
def list_files(
    words: Annotated[str, typer.Argument(help="All of them stand in the prompt or the parameters.")] = "",
    kind: Annotated[Kind | None, typer.Option(help="Only pictures, or only films.")] = None,
    model: Annotated[str | None, typer.Option(help="Only those of this model.")] = None,
    ratio: Annotated[str | None, typer.Option(help="Only those of this shape, such as 16:9.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="From this day on: 2026-11-26")] = None,
    key: Annotated[str | None, typer.Option(metavar="ID", help="Only those of this key, where yours sees it.")] = None,
    cost_min: Annotated[str | None, typer.Option(metavar="DOLLARS", help="Only what cost no less: 0.10")] = None,
    cost_max: Annotated[str | None, typer.Option(metavar="DOLLARS", help="Only what cost no more: 0.50")] = None,
    starred: Annotated[bool, typer.Option("--starred", help="Only those with a mark.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 20,
    sheet: Annotated[Path | None, typer.Option(help="Lay them on a contact sheet, and save it there.")] = None,
    json: Json = False,
) -> None:
    """Find pictures and films that were made before, newest first."""
    chosen = {"kind": kind, "model": model, "ratio": ratio, "since": since, "starred": starred or None}
    chosen |= {"key": key, "cost_min": cost_min, "cost_max": cost_max}
    gallery.show(words, chosen, limit=limit, sheet=sheet, json=json)


@showing.command()
def share(
    name: Name,
    hours: Annotated[int, typer.Option(min=1, max=8760, help="How long the link is good.")] = 24,
    json: Json = False,
) -> None:
    """Make a link by which anybody sees a file for some time."""
    gallery.share(name, hours=hours, json=json)


@showing.command()
def unshare(
    id: Annotated[str, typer.Argument(metavar="ID", help="The link's id.", show_default=False)], json: Json = False
) -> None:
    """Revoke a link at once."""
    gallery.unshare(id, json=json)


@showing.command("open")
def open_files(
    name: Annotated[str, typer.Argument(metavar="NAME|JOB", help="A file's name, or a job's id.", show_default=False)],
    json: Json = False,
) -> None:
    """Show a file, or what a job has delivered, in the program that this machine has for it."""
    gallery.view(name, json=json)

"""The commands for working on a picture as one does: the same again, many side by side, and a whole table of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from danqing.cli.later import Later

if TYPE_CHECKING:
    from danqing.cli import making
else:
    making = Later("danqing.cli.making")

Out = Annotated[Path | None, typer.Option("--output", "-o", help="A file or a folder; nothing is overwritten.")]
View = Annotated[bool, typer.Option("--open", help="Show it when it is there.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

practice = typer.Typer()


@practice.command()
def again(
    id: Annotated[str, typer.Argument(metavar="JOB", help="The id of an earlier job.", show_default=False)],
    seed: Annotated[int | None, typer.Option(help="This one; without it, one that was not used yet.")] = None,
    same: Annotated[bool, typer.Option("--same", help="The job's own seed.")] = False,
    output: Out = None,
    view: View = False,
    json: Json = False,
) -> None:
    """Make what an earlier job was asked for once more, at today's price."""
    if same and seed is not None:
        raise typer.BadParameter("Give --seed or --same, not both.")
    making.again(id, "same" if same else seed, making.Saving(output, view), json=json)

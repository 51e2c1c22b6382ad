"""What is typed about the settings of a server: are they right, which are in force, what could be set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from danqing.later import Later

if TYPE_CHECKING:
    from danqing.cli import configuring
else:
    configuring = Later("danqing.cli.configuring")

File = Annotated[
    Path | None, typer.Argument(exists=True, dir_okay=False, help="In place of the server's danqing.toml.")
]
Data = Annotated[Path | None, typer.Option(file_okay=False, help="Where everything is kept.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

config = typer.Typer(
    help="Check, show and begin danqing.toml, the settings of this machine's server.", no_args_is_help=True
)


@config.command()
def check(
    file: File = None,
    no_keys: Annotated[bool, typer.Option("--no-keys", help="Do not look whether the keys are there.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Tell every mistake with its file, its line and what to do. 1 when there is one that a server cannot work with."""
    configuring.check(file, keys=not no_keys, data=data, json=json)


@config.command()
def show(file: File = None, data: Data = None, json: Json = False) -> None:
    """Show every setting that is in force, and who set it; no key and no password."""
    configuring.show_all(file, data=data, json=json)


@config.command()
def example() -> None:
    """Print a danqing.toml with everything that can be set, to be changed and kept."""
    configuring.example()

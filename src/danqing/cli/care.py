"""The commands by which the owner of a machine looks after its server: audits, checkups, backups, tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from danqing.cli.practice import Json
from danqing.later import Later

if TYPE_CHECKING:
    from danqing.cli import auditing, doctoring, keeping, migrating
else:
    parts = ("auditing", "doctoring", "keeping", "migrating")
    auditing, doctoring, keeping, migrating = (Later(f"danqing.cli.{name}") for name in parts)

Data = Annotated[Path | None, typer.Option(file_okay=False, help="Where everything is kept.")]
Force = Annotated[bool, typer.Option("--force", help="Also under processes that are at work on Postgres.")]

care = typer.Typer()
care_of_tables = typer.Typer(
    help="Bring this machine's database to a revision of its tables, by hand.", no_args_is_help=True
)


@care.command()
def audit(
    files: Annotated[bool, typer.Option("--files", help="Look for every delivered file too.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="And read each of them through.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Check that statements, balances, jobs and files agree; the server may be at work. 1 when they do not."""
    auditing.audit(files=files, deep=deep, data=data, json=json)


@care.command()
def doctor(data: Data = None, json: Json = False) -> None:
    """Look at all that this machine's server needs: upstreams, keys, clocks, disk, database. 1 when it is broken."""
    doctoring.doctor(data=data, json=json)


@care.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FOLDER|FILE.tar", help="What to make.", show_default=False)],
    data: Data = None,
    since: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="An earlier folder, whose files are used again.")
    ] = None,
    no_files: Annotated[bool, typer.Option("--no-files", help="Leave pictures and films out.")] = False,
    no_secret: Annotated[bool, typer.Option("--no-secret", help="Leave out what the keys are known by.")] = False,
    json: Json = False,
) -> None:
    """Back up this machine's server, while it works: jobs, money, keys and files at one moment."""
    keeping.backup(target, files=not no_files, secret=not no_secret, since=since, data=data, json=json)


@care.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder or tar file.", show_default=False)],
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring a backup back into an empty database, of either kind: all of it or nothing."""
    keeping.bring_back(source, data=data, json=json)


@care_of_tables.command("current")
def db_current(data: Data = None, json: Json = False) -> None:
    """Tell at which revision the tables stand."""
    migrating.current(data=data, json=json)


@care_of_tables.command("upgrade")
def db_upgrade(force: Force = False, data: Data = None, json: Json = False) -> None:
    """Go up to the newest revision, as a server does when it starts."""
    migrating.upgrade(force=force, data=data, json=json)


@care_of_tables.command("downgrade")
def db_downgrade(
    revision: Annotated[str, typer.Argument(help="Such as 0001; base for no tables at all.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Data may be lost with it.")] = False,
    force: Force = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Go down to a revision, for an older Danqing. Stop every server on the database first."""
    migrating.downgrade(revision, yes=yes, force=force, data=data, json=json)

"""The commands and their options, as they are typed; what they do is imported when one of them is run."""

import json as json_text
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from danqing import __version__
from danqing.cli import configuration, owner
from danqing.cli.care import Data, care, care_of_tables
from danqing.cli.changing import changing
from danqing.cli.practice import PICTURE_MODEL, Json, Out, RefusedAbove, View, practice, there
from danqing.cli.showing import showing
from danqing.cli.webhooks import webhooks
from danqing.domain.generation import Person, Translate
from danqing.later import Later

if TYPE_CHECKING:
    from danqing.cli import advising, agents, commands, making, server
else:
    parts = ("advising", "agents", "commands", "making", "server")
    advising, agents, commands, making, server = (Later(f"danqing.cli.{name}") for name in parts)

FILM_MODEL = "veo-3.0-generate-preview"
_JPEG = {".jpg": "image/jpeg", ".jpeg": "image/jpeg"}  # other endings leave the format to the model


class Level(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


Prompt = Annotated[str, typer.Argument(help="What to make, in any language.", show_default=False)]
JobId = Annotated[str, typer.Argument(metavar="ID", help="The job's id.", show_default=False)]
Aspect = Annotated[str | None, typer.Option(help="The ratio of width to height, such as 16:9.")]
Count = Annotated[int, typer.Option("--count", "-n", min=1, help="How many to make.")]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same result.")]
Size = Annotated[str | None, typer.Option(help="The resolution, such as 1K, 2K or 720p.")]
People = Annotated[Person | None, typer.Option(help="Whether people may be drawn.")]
Translated = Annotated[Translate | None, typer.Option("--translate", help="If the model does not know its language.")]
Enhanced = Annotated[bool | None, typer.Option("--enhance/--no-enhance", help="Have the prompt enriched.")]
Negative = Annotated[str, typer.Option(help="What is not to be seen.", show_default=False)]
Host = Annotated[str | None, typer.Option(help="The address to listen at: 0.0.0.0 for all of them.")]

_GIVEN = "a path, or files/NAME of one that was made before."
Pictures = Annotated[
    list[str] | None, typer.Option("--picture", parser=there, help=f"To start from, repeatable: {_GIVEN}")
]
Frame = Annotated[str | None, typer.Option("--frame", parser=there, help=f"The picture that it begins with: {_GIVEN}")]
LastFrame = Annotated[
    str | None, typer.Option("--last-frame", parser=there, help=f"The picture that it ends with: {_GIVEN}")
]

app = typer.Typer(
    name="danqing",
    help="Pictures and films from one gateway. Without DANQING_URL and DANQING_KEY it works on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they would print the values of variables, which may be keys and prompts
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(owner.keys, name="keys")
app.add_typer(owner.projects, name="projects")
app.add_typer(webhooks, name="webhooks")
app.add_typer(practice)
app.add_typer(changing)
app.add_typer(showing)
app.add_typer(configuration.config, name="config")
app.add_typer(care)
app.add_typer(care_of_tables, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="Print it.")] = False,
) -> None:
    """What can be asked without a command."""


@app.command()
def draw(
    prompt: Prompt,
    model: Annotated[str, typer.Option(help="The model to ask.")] = PICTURE_MODEL,
    aspect: Aspect = None,
    count: Count = 1,
    seed: Seed = None,
    size: Size = None,
    person: People = None,
    negative: Negative = "",
    picture: Pictures = None,
    translate: Translated = None,
    enhance: Enhanced = None,
    max_cost: RefusedAbove = None,
    output: Out = None,
    view: View = False,
    json: Json = False,
) -> None:
    """Draw a picture and save it here."""
    request = {
        "model": model,
        "prompt": prompt,
        "aspect": aspect,
        "count": count,
        "seed": seed,
        "size": size,
        "person": person,
        "negative": negative,
        "translate": translate,
        "enhance": enhance,
        "mime": _JPEG.get(output.suffix.lower()) if output else None,
    }
    making.make(request, making.Saving(output, view), files={"pictures": picture}, max_cost=max_cost, json=json)


@app.command()
def film(
    prompt: Prompt,
    model: Annotated[str, typer.Option(help="The model to ask.")] = FILM_MODEL,
    seconds: Annotated[int | None, typer.Option(min=1, help="How long it lasts.")] = None,
    aspect: Aspect = None,
    count: Count = 1,
    seed: Seed = None,
    size: Size = None,
    person: People = None,
    negative: Negative = "",
    frame: Frame = None,
    last_frame: LastFrame = None,
    translate: Translated = None,
    enhance: Enhanced = None,
    max_cost: RefusedAbove = None,
    output: Out = None,
    view: View = False,
    json: Json = False,
) -> None:
    """Make a film and save it here; takes a while, and shows how far it is."""
    request = {
        "model": model,
        "prompt": prompt,
        "seconds": seconds,
        "aspect": aspect,
        "count": count,
        "seed": seed,
        "size": size,
        "person": person,
        "negative": negative,
        "translate": translate,
        "enhance": enhance,
    }
    frames = {"first_frame": frame, "last_frame": last_frame}
    making.make(request, making.Saving(output, view), files=frames, max_cost=max_cost, json=json)


@app.command()
def quote(
    prompt: Prompt,
    model: Annotated[str, typer.Option(help="The model to ask.")] = PICTURE_MODEL,
    seconds: Annotated[int | None, typer.Option(min=1, help="How long a film lasts.")] = None,
    aspect: Aspect = None,
    count: Count = 1,
    size: Size = None,
    picture: Pictures = None,
    translate: Translated = None,
    enhance: Enhanced = None,
    json: Json = False,
) -> None:
    """Say what a picture or a film would cost at the most, and what would be left; nothing is made."""
    request = {
        "model": model,
        "prompt": prompt,
        "seconds": seconds,
        "aspect": aspect,
        "count": count,
        "size": size,
        "translate": translate,
        "enhance": enhance,
    }
    making.quote(request, files={"pictures": picture}, json=json)


@app.command()
def advise(
    prompt: Prompt,
    model: Annotated[str, typer.Option(help="Look through a request to this one; auto for the best.")] = "auto",
    film: Annotated[bool | None, typer.Option("--film/--picture", help="Else the prompt says.")] = None,
    seconds: Annotated[int | None, typer.Option(min=1, help="How long a film lasts.")] = None,
    aspect: Aspect = None,
    count: Count = 1,
    size: Size = None,
    negative: Negative = "",
    json: Json = False,
) -> None:
    """Say which model to ask and why, what others would cost, and what may go wrong; nothing is made."""
    request = {"model": model, "prompt": prompt, "seconds": seconds, "aspect": aspect, "count": count, "size": size}
    advising.tell({**request, "negative": negative}, film=film, json=json)


@app.command()
def jobs(
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many.")] = 20,
    json: Json = False,
) -> None:
    """List the newest jobs."""
    commands.jobs(limit=limit, json=json)


@app.command()
def job(
    id: JobId,
    save: Annotated[bool, typer.Option("--save", help="Wait for its end and save its files.")] = False,
    output: Out = None,
    view: View = False,
    json: Json = False,
) -> None:
    """Show everything about a job."""
    if save or output or view:
        making.save(id, making.Saving(output, view), json=json)
    else:
        commands.job(id, json=json)


@app.command()
def cancel(id: JobId, json: Json = False) -> None:
    """End a job; it then costs nothing."""
    commands.cancel(id, json=json)


@app.command()
def delete(id: JobId, json: Json = False) -> None:
    """Take an ended job's files away; the job and its bill are kept."""
    commands.delete(id, json=json)


@app.command()
def models(
    retiring: Annotated[bool, typer.Option("--retiring", help="What dies next, and who used it lately.")] = False,
    json: Json = False,
) -> None:
    """List the models with their prices and limits, or those whose end is named."""
    commands.models(retiring=retiring, json=json)


@app.command()
def upstreams(json: Json = False) -> None:
    """Show who makes what live keys ask for, and how well. For the owner of the server."""
    commands.upstreams(json=json)


@app.command()
def usage(json: Json = False) -> None:
    """Show what the key has spent, and what it may still spend."""
    commands.usage(json=json)


@app.command()
def fund(
    dollars: Annotated[str, typer.Argument(metavar="DOLLARS", help="How much: 25.00", show_default=False)],
    cause: Annotated[str, typer.Option(help="Where it comes from, such as an invoice number; it pays once.")],
    json: Json = False,
) -> None:
    """Pay into the account that live keys spend from. For the owner of the server."""
    commands.fund(dollars, cause, json=json)


@app.command()
def sweep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    json: Json = False,
) -> None:
    """Remove files that have had their time, as the server does every hour. For the owner of the server."""
    commands.sweep(dry_run=dry_run, json=json)


@app.command()
def serve(
    data: Data = None,
    host: Host = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="0 for any free port.")] = None,
    work: Annotated[bool | None, typer.Option("--work/--no-work", help="Whether it makes films itself.")] = None,
    log_level: Annotated[Level, typer.Option(help="info also logs every request.")] = Level.WARNING,
    json: Json = False,
) -> None:
    """Run the gateway until it is told to stop."""
    server.start(data=data, host=host, port=port, work=work, level=log_level.value, json=json)


@app.command()
def worker(
    data: Annotated[Path | None, typer.Option(file_okay=False, help="Where the settings are kept.")] = None,
    host: Host = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Where /healthz answers; nowhere if none.")] = None,
    log_level: Annotated[Level, typer.Option(help="How much is logged.")] = Level.WARNING,
    json: Json = False,
) -> None:
    """Make films for the servers on the same database, which must be Postgres."""
    server.work(data=data, host=host, port=port, level=log_level.value, json=json)


@app.command()
def mcp() -> None:
    """Serve an agent on stdin and stdout, with the tools of the Model Context Protocol and the key's own budget."""
    agents.serve()


def main() -> NoReturn:
    """Run the command that was typed, and end the process with its status."""
    arguments = sys.argv[1:]
    try:
        status = app(arguments, prog_name="danqing", standalone_mode=False)
    except typer.TyperException as error:
        _misused(error, json="--json" in arguments)
        status = error.exit_code
    except typer.Abort:
        status = 1
    sys.exit(status)


def _misused(error: typer.TyperException, *, json: bool) -> None:
    """One sentence about what was typed wrongly: the same two shapes as for every other error."""
    message = error.format_message()
    if json:
        problem = {"kind": "invalid", "code": "usage", "message": message, "param": None, "retry_after": None}
        typer.echo(json_text.dumps({"error": problem}, indent=2, ensure_ascii=False))
    else:
        typer.echo(message, err=True)

"""The commands for working on a picture as one does: the same again, many side by side, and a whole table of them."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from danqing.later import Later

if TYPE_CHECKING:
    from danqing.cli import batching, commands, comparing, making
else:
    parts = ("batching", "commands", "comparing", "making")
    batching, commands, comparing, making = (Later(f"danqing.cli.{name}") for name in parts)

Out = Annotated[Path | None, typer.Option("--output", "-o", help="A file or a folder; nothing is overwritten.")]
View = Annotated[bool, typer.Option("--open", help="Show it when it is there.")]
Folder = Annotated[
    Path | None, typer.Option("--output", "-o", exists=True, file_okay=False, help="The folder to save in.")
]
MaxCost = Annotated[str | None, typer.Option(metavar="DOLLARS", help="Ask before all of it may cost more: 0.50")]
RefusedAbove = Annotated[
    str | None, typer.Option("--max-cost", metavar="DOLLARS", help="Refused if it may cost more: 0.50")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

PICTURE_MODEL = "imagen-4.0-generate-preview-05-20"

_ELSEWHERE = ("files/", "https://")

practice = typer.Typer()


class Dialect(StrEnum):
    """What code is written in."""

    GOOGLE_GENAI = "google_genai"
    OPENAI = "openai"
    CURL = "curl"
    CLI = "cli"


def there(text: str) -> str:
    """A file by its path, or by the name under which the server has it. Raises BadParameter when it is not there."""
    if text.startswith(_ELSEWHERE) or Path(text).is_file():
        return text
    raise typer.BadParameter(f"{text!r} is no file here, nor one of the server's such as files/abc123.")


@practice.command()
def make(
    file: Annotated[
        typer.FileText, typer.Argument(metavar="FILE.json", help="A file, or - for what is typed.", show_default=False)
    ],
    max_cost: RefusedAbove = None,
    output: Out = None,
    view: View = False,
    json: Json = False,
) -> None:
    """Make whatever JSON asks for: the body of POST /api/jobs, whose files may be paths. Save it here."""
    making.as_written(file.read(), making.Saving(output, view), max_cost=max_cost, json=json)


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


@practice.command()
def code(
    id: Annotated[str, typer.Argument(metavar="JOB", help="The id of an earlier job.", show_default=False)],
    dialect: Annotated[Dialect, typer.Option("--as", help="Whose words it is in.")] = Dialect.CLI,
    json: Json = False,
) -> None:
    """Print the code that asks for the same as an earlier job, to be run as it is printed."""
    commands.code(id, dialect.value, json=json)


@practice.command()
def compare(
    prompt: Annotated[str, typer.Argument(help="What to make, in any language.", show_default=False)],
    models: Annotated[str, typer.Option(metavar="A,B", help="The models to ask.", show_default=False)],
    ratios: Annotated[str, typer.Option(metavar="A,B", help="Ratios, such as 1:1,16:9.", show_default=False)] = "",
    seeds: Annotated[str, typer.Option(metavar="A,B", help="Seeds, such as 1,2.", show_default=False)] = "",
    max_cost: MaxCost = None,
    output: Folder = None,
    json: Json = False,
) -> None:
    """Make one prompt with every model, in every ratio, from every seed, and lay the results side by side."""
    comparing.compare(prompt, models, ratios, seeds, max_cost=max_cost, folder=output, json=json)


@practice.command()
def batch(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False, help="A row for each.", show_default=False),
    ],
    template: Annotated[
        str,
        typer.Option(help='The prompt of every row, with its columns: "{subject} in the snow".', show_default=False),
    ] = "",
    model: Annotated[str, typer.Option(help="The model to ask where a row names none.")] = PICTURE_MODEL,
    max_cost: MaxCost = None,
    output: Folder = None,
    json: Json = False,
) -> None:
    """Make every row of a table: prompt, model, aspect, size, seconds, seed, count, negative. Go on after any end."""
    batching.batch(file, template=template, model=model, max_cost=max_cost, folder=output, json=json)

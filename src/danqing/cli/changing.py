"""The commands that change what is given: a picture by words, larger, or set in motion, and a film that goes on."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from danqing.cli.practice import Json, Out, RefusedAbove, View
from danqing.later import Later

if TYPE_CHECKING:
    from danqing.cli import making
else:
    making = Later("danqing.cli.making")

AUTO = "auto"


class Change(StrEnum):
    """What is done to a picture, where the words alone do not say it."""

    EDIT = "edit"
    INSERT = "insert"
    REMOVE = "remove"
    OUTPAINT = "outpaint"
    BACKGROUND = "background"


_PICTURE = "A path, or files/NAME of one that was made before."
Picture = Annotated[str, typer.Argument(metavar="PICTURE", help=_PICTURE, show_default=False)]
Words = Annotated[str, typer.Argument(help="What is to change, in any language.", show_default=False)]
Model = Annotated[str, typer.Option(help="The model to ask; the server chooses when it is auto.")]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same result.")]
Seconds = Annotated[int | None, typer.Option(min=1, help="How long it lasts.")]

changing = typer.Typer()


@changing.command()
def edit(
    picture: Picture,
    prompt: Words,
    mask: Annotated[str | None, typer.Option(help="Where: what is white or transparent in this picture.")] = None,
    like: Annotated[list[str] | None, typer.Option(help="A picture to go by; repeatable.")] = None,
    task: Annotated[Change | None, typer.Option(help="What is done, where the words do not say it.")] = None,
    model: Model = AUTO,
    aspect: Annotated[str | None, typer.Option(help="The ratio to continue it to, such as 16:9.")] = None,
    seed: Seed = None,
    max_cost: RefusedAbove = None,
    output: Out = None,
    view: View = False,
    json: Json = False,
) -> None:
    """Change a picture as the words say, and save the new one here."""
    request = {"model": model, "prompt": prompt, "task": task, "aspect": aspect, "seed": seed, **_wants(model, "image")}
    given = {"pictures": [picture, *(like or [])], "mask": mask}
    making.make(request, making.Saving(output, view), files=given, max_cost=max_cost, json=json)


@changing.command()
def upscale(
    picture: Picture,
    factor: Annotated[int, typer.Option(min=2, max=4, help="How many times as long its sides become.")] = 2,
    model: Model = AUTO,
    max_cost: RefusedAbove = None,
    output: Out = None,
    view: View = False,
    json: Json = False,
) -> None:
    """Make the same picture with more pixels, and save it here."""
    request = {"model": model, "task": "upscale", "factor": factor, **_wants(model, "image")}
    making.make(request, making.Saving(output, view), files={"pictures": [picture]}, max_cost=max_cost, json=json)


@changing.command()
def animate(
    picture: Picture,
    prompt: Annotated[str, typer.Argument(help="What happens in the film.", show_default=False)],
    last: Annotated[str | None, typer.Option(help="The picture that the film ends with.")] = None,
    model: Model = AUTO,
    seconds: Seconds = None,
    seed: Seed = None,
    max_cost: RefusedAbove = None,
    output: Out = None,
    view: View = False,
    json: Json = False,
) -> None:
    """Make a film that begins with a picture, and save it here."""
    request = {"model": model, "prompt": prompt, "seconds": seconds, "seed": seed, **_wants(model, "video")}
    given = {"first_frame": picture, "last_frame": last}
    making.make(request, making.Saving(output, view), files=given, max_cost=max_cost, json=json)


@changing.command()
def extend(
    film: Annotated[str, typer.Argument(metavar="FILM", help="A path, or files/NAME.", show_default=False)],
    prompt: Annotated[str, typer.Argument(help="What happens next.", show_default=False)],
    model: Model = AUTO,
    seed: Seed = None,
    max_cost: RefusedAbove = None,
    output: Out = None,
    view: View = False,
    json: Json = False,
) -> None:
    """Have a film go on from its last frame, and save the longer one here; only what is new is paid for."""
    request = {"model": model, "prompt": prompt, "task": "extend", "seed": seed, **_wants(model, "video")}
    making.make(request, making.Saving(output, view), files={"film": film}, max_cost=max_cost, json=json)


def _wants(model: str, medium: str) -> dict[str, object]:
    """What the server is to choose a model for."""
    return {"wants": [medium]} if model == AUTO else {}

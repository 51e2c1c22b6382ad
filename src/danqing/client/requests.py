"""What may be said of a picture or a film that is asked for, and how it becomes the body of POST /api/jobs."""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol, TypedDict

from danqing.client import files
from danqing.client.told import Output
from danqing.domain.errors import invalid

AUTO = "auto"  # whichever model of the server is best for the request


class Delivered(Protocol):
    """A file of a result, whichever client it came from."""

    @property
    def told(self) -> Output:
        """What the server says of it."""


Given = str | Path | bytes | Output | Delivered
"""A file: its path, its bytes, one that was delivered before, or "files/NAME" or a data: URL as they are."""

NOTHING: Mapping[str, object] = {}
MAX_COST = "x-danqing-max-cost"
Inputs = Mapping[str, "Given | Sequence[Given] | None"]  # the fields of a request that hold files
READY = ("data:", "files/", "http://", "https://")


class Wishes(TypedDict, total=False):
    """All of it may be left out. What a model cannot do is refused, or told on the job; nothing is dropped in silence.

    `model`: an id of `client.models()`; without one the server chooses, and tells why. `count`: 1, if nothing is said,
    whatever the model's own habit is. `aspect` such as "16:9", `size`
    such as "1K", `pixels` such as "1536x1024", `mime` such as "image/png". `max_cost`: what may be paid at the most, in
    dollars. `deadline`: the seconds in which it must be done. `webhook`: who is told of its end. `once`: the same word
    is the same job.
    """

    model: str
    count: int
    aspect: str
    size: str
    pixels: str
    seed: int
    person: Literal["allow_all", "allow_adult", "dont_allow"]
    negative: str
    mime: str
    quality: int
    translate: Literal["auto", "off", "require"]
    enhance: bool
    preflight: Literal["report", "strict"]
    sketch: bool
    knobs: Mapping[str, str | bool | int | float]
    max_cost: str | Decimal | float
    deadline: int
    webhook: str
    once: str


class FilmWishes(Wishes, total=False):
    """The same for a film."""

    seconds: int


class Asked(TypedDict):
    """What `AsyncJobs.submit` takes."""

    request: dict[str, object]
    headers: dict[str, str]
    once: str


async def asked(
    prompt: str,
    wishes: Wishes | FilmWishes,
    *,
    wants: Literal["image", "video"] | None = None,
    inputs: Inputs,
    details: Mapping[str, object] = NOTHING,
) -> Asked:
    """The request with its files in it. Raises Problem.

    `inputs` are the fields of the body that hold files, `details` those that follow from what is asked for.
    """
    said: dict[str, object] = dict(wishes)
    once, deadline, most = said.pop("once", ""), said.pop("deadline", None), said.pop("max_cost", None)
    headers = {} if deadline is None else {"danqing-deadline": str(deadline)}
    if most is not None:
        headers[MAX_COST] = f"{Decimal(str(most)):f}"
    body: dict[str, object] = {"model": AUTO, "count": 1, **said, "prompt": prompt}
    for name, given in inputs.items():
        if given is not None and given != ():
            body[name] = await addresses(given)
    if wants and body["model"] == AUTO:
        body["wants"] = [wants]
    body |= {name: value for name, value in details.items() if value not in (None, [])}
    return {"request": body, "headers": headers, "once": str(once)}


async def addresses(given: Given | Sequence[Given]) -> str | list[str]:
    """Files as they are told to the server. Raises Problem."""
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return [await _address(each) for each in given]
    return await _address(given)


async def _address(given: Given) -> str:
    """How a file is told to the server: one that it has by its name, any other as a data: URL."""
    match given:
        case bytes():
            return files.encoded(given)
        case str() if given.startswith(READY):
            return given
        case str() | Path():
            return await asyncio.to_thread(_read, Path(given))
    output = given if isinstance(given, Output) else given.told
    if not output.file:
        raise invalid("Words cannot stand where a picture or a film is wanted.", code="no_file")
    return f"files/{output.file}"


def _read(path: Path) -> str:
    try:
        return files.data_url(path)
    except OSError as error:
        raise invalid(f"{path} cannot be read: {error.strerror}.", param="path", code="no_file") from error

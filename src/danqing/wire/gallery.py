"""The JSON of delivered files under /api, in both directions: assets, boards, links, what a file tells of itself."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from danqing.domain.gallery import Asset, Board, Lineage, Provenance, Share
from danqing.domain.generation import Generation
from danqing.wire import bodies
from danqing.wire.abilities import money
from danqing.wire.holes import Json, Tree
from danqing.wire.native import changes, output, parameters, time, whose

NAMES_MAX = 200
THUMBNAILS = (256, 512)
_SHAPE = frozenset({"count", "aspect", "size", "pixels", "seconds", "seed", "person", "negative", "mime", "quality"})
_RECIPE = _SHAPE | {"task", "area", "factor", "sketch"}
_TOLD = (
    "danqing",
    "model",
    "engine",
    "sketch",
    "prompt",
    "rewritten_prompt",
    "parameters",
    "changed",
    "cost_usd",
    "made",
)
_WORDS_MAX = 100_000  # characters of a story that are told

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_File = Annotated[str, msgspec.Meta(pattern="^[a-z0-9]{1,64}$")]


class BoardRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /api/boards and PATCH /api/boards/ID."""

    name: _Name


class PinRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /api/boards/ID/assets: files of the key by their names."""

    assets: Annotated[list[_File], msgspec.Meta(min_length=1, max_length=NAMES_MAX)]


class ShareRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /api/assets/NAME/share: for how many hours anybody who has the link may see the file."""

    hours: Annotated[int, msgspec.Meta(ge=1, le=8760)] = 24


def read_board(body: bytes) -> BoardRequest:
    """A board's name. Raises Problem(INVALID)."""
    return bodies.decode(body, BoardRequest)


def read_pin(body: bytes) -> PinRequest:
    """Files for a board. Raises Problem(INVALID)."""
    return bodies.decode(body, PinRequest)


def read_share(body: bytes) -> ShareRequest:
    """How long a link is to be good; nothing said is a day. Raises Problem(INVALID)."""
    return bodies.decode(body, ShareRequest) if body.strip() else ShareRequest()


def asset(row: Asset, base: str, names: Mapping[str, str]) -> Tree:
    """A delivered file with what it was made from in short. `base` is the server's address, `names` those of keys."""
    name = row.output.file
    here = f"{base}/api/assets/{name}"
    return {
        **output(row.output, lambda made: f"{base}/api/files/{made.file}"),
        "thumbnails": {str(side): f"{here}/thumbnail?size={side}" for side in THUMBNAILS},
        "model": row.job.generation.model,
        "prompt": row.job.generation.prompt,
        "created": time(row.job.updated),
        "starred": time(row.starred),
        "boards": row.boards,
        "job": row.job.id,
        "key": whose(row.job.key, names),
        "sketch": row.job.sketch,
        "test": row.job.test,
    }


def story(row: Asset, lineage: Lineage, base: str, names: Mapping[str, str]) -> Tree:
    """The file with everything that it was made from, and what was made of it."""
    job = row.job
    given = [blob.sha256 for blob in job.generation.blobs()]
    return {
        **asset(row, base, names),
        "rewritten": job.prompt,
        "parameters": parameters(job.generation),
        "changes": changes(job),
        "ignored": job.ignored,
        "served_by": job.makers,
        "charged": money(job.charged),
        "recipe": recipe(job.generation),
        "sources": [{"file": lineage.sources.get(sha256), "sha256": sha256} for sha256 in dict.fromkeys(given)],
        "used_by": lineage.jobs,
    }


def recipe(generation: Generation) -> Tree:
    """The body of POST /api/jobs that asks for the same again; the pictures that came with it are not in it."""
    knobs: Tree = dict(generation.knobs)
    told: Tree = {"model": generation.model, "prompt": generation.prompt, **generation.parameters()}
    return {**told, "wants": sorted(generation.wants), **({"knobs": knobs} if knobs else {})}


def recognised(
    told: Mapping[str, object] | None, found: Asset | None, job: str | None, base: str, names: Mapping[str, str]
) -> Tree:
    """What a file tells of itself, the body that asks for the same again, and whose it is if the key sees it."""
    return {
        "recognised": bool(told or found),
        "story": {name: _plain(told[name]) for name in _TOLD if name in told} if told else None,
        "recipe": recipe(found.job.generation) if found else _retold(told) if told else None,
        "asset": asset(found, base, names) if found else None,
        "job": found.job.id if found else job,
    }


def provenance(row: Provenance) -> Tree:
    """What a file carries of where it comes from."""
    return {"signed": row.signed, "story": row.story}


def board(row: Board, names: Mapping[str, str]) -> Tree:
    """A board, whose it is, and how many files are on it."""
    whose_it_is = whose(row.key, names)
    return {"id": row.id, "name": row.name, "created": time(row.created), "assets": row.assets, "key": whose_it_is}


def share(row: Share, url: str) -> Tree:
    """A link that anybody may open."""
    return {"id": row.id, "file": row.file, "url": url, "created": time(row.created), "expires": time(row.expires)}


def page(rows: Sequence[Json], last: str, *, full: bool, name: str) -> Tree:
    """A page of a list; `next` is what to give as `before` for the one after it, null when there is none."""
    return {name: rows, "next": last if full else None}


def _retold(told: Mapping[str, object]) -> Tree | None:
    """A recipe from a story that may be anybody's: only what a request can hold."""
    model, prompt, given = told.get("model"), told.get("prompt"), told.get("parameters")
    if not isinstance(model, str) or not isinstance(prompt, str):
        return None
    named: dict[str, Json] = {}
    knobs: dict[str, Json] = {}
    for name, value in given.items() if isinstance(given, dict) else ():
        if isinstance(value, str | int | float | bool):
            (named if name in _RECIPE else knobs)[str(name)] = value
    return {"model": model, "prompt": prompt, **named, **({"knobs": knobs} if knobs else {})}


def _plain(value: object) -> Json:
    """A value of somebody's story, if it is of a kind that is told."""
    if isinstance(value, str):
        return value[:_WORDS_MAX]
    if value is None or isinstance(value, int | float | bool):
        return value
    if isinstance(value, dict):
        return {str(name): str(inner)[:_WORDS_MAX] for name, inner in value.items()}
    return str(value)[:_WORDS_MAX]

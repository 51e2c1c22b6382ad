"""What an agent may ask for through the Model Context Protocol, and how it is answered: tools, arguments, results.

Each tool is a msgspec Struct: its docstring is what the agent reads, its fields are the JSON Schema of the arguments
and what they are read by. The protocol itself (JSON-RPC, sessions, versions) is the business of the `mcp` package.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import msgspec
from pybase64 import b64encode

from danqing.domain.errors import Problem, invalid
from danqing.domain.gallery import Asset
from danqing.domain.generation import Output
from danqing.domain.jobs import Job
from danqing.domain.media import Medium
from danqing.domain.models import Model
from danqing.domain.money import show
from danqing.wire import bodies, native
from danqing.wire.holes import Json, Tree, given

Url = Callable[[Output], str]

PREVIEWS_MAX = 8  # in one answer, of some 10 kB each
INSTRUCTIONS = (
    "Makes pictures and films, paid by a key with a budget; every answer tells its cost. A film takes minutes: if the"
    " answer says that the job is still at work, call job_status with its id. `dry_run` tells the price and makes"
    ' nothing. What was made is called "files/NAME" in answers, and goes by that name wherever a picture is wanted.'
)
WAIT_S = 50  # many clients give a call a minute
WAIT_S_MAX = 600

_JOB = (
    "state",
    "progress",
    "model",
    "served_by",
    "sketch",
    "test",
    "held",
    "charged",
    "changes",
    "ignored",
    "withheld",
)
_OUTPUT = ("medium", "file", "url", "gone", "mime", "width", "height", "seconds", "bytes", "seed", "missing")

_Text = Annotated[str, msgspec.Meta(max_length=100)]
_Prompt = Annotated[str, msgspec.Meta(min_length=1, max_length=32_000, description="What to make, in any language.")]
_Model = Annotated[str, msgspec.Meta(max_length=200, description="An id from list_models; auto for the best.")]
_Count = Annotated[int, msgspec.Meta(ge=1, le=16, description="How many to make.")]
_Aspect = Annotated[str, msgspec.Meta(max_length=20, description="Width to height, such as 16:9.")]
_Size = Annotated[str, msgspec.Meta(max_length=20, description="The resolution, such as 1K, 2K or 720p.")]
_Seed = Annotated[int, msgspec.Meta(ge=0, le=2**53, description="The same seed gives the same result.")]
_Negative = Annotated[str, msgspec.Meta(max_length=4_000, description="What is not to be seen.")]
_File = Annotated[str, msgspec.Meta(description='"files/NAME" of an earlier answer, or a data: URL.')]
_Files = Annotated[list[_File], msgspec.Meta(max_length=16, description="Pictures to start from, or to look like.")]
_MaxCost = Annotated[str, msgspec.Meta(pattern=r"^\d{1,9}(\.\d{1,9})?$", description="In dollars: 0.50; else refused.")]
_Dry = Annotated[bool, msgspec.Meta(description="Only tell what it would cost at the most.")]
_Wait = Annotated[
    int, msgspec.Meta(ge=0, le=WAIT_S_MAX, description="How long to wait for the end; the job goes on in any case.")
]
_JobId = Annotated[str, msgspec.Meta(max_length=100, description="The id of a job.")]


class _Making(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every tool that makes something may be told; what is None is left to the model."""

    prompt: str
    model: _Model = "auto"
    aspect: _Aspect | None = None
    size: _Size | None = None
    seed: _Seed | None = None
    max_cost: _MaxCost | None = None
    dry_run: _Dry = False
    wait_seconds: _Wait = WAIT_S

    def _asked(self, medium: Medium, **fields: Json) -> bytes:
        """The body of POST /api/jobs."""
        own: Tree = {"model": self.model, "prompt": self.prompt, "aspect": self.aspect, "size": self.size}
        wants: Json = [medium.value] if self.model == "auto" else None
        return msgspec.json.encode(given({**own, "seed": self.seed, "wants": wants, **fields}))


class GenerateImage(_Making):
    """Make pictures from words, and from pictures to start from. Answers with previews, links and the cost."""

    prompt: _Prompt
    count: _Count = 1
    negative: _Negative = ""
    pictures: _Files = []

    def request(self) -> bytes:
        """The body of POST /api/jobs."""
        return self._asked(Medium.IMAGE, count=self.count, negative=self.negative, pictures=self.pictures)


class EditImage(_Making):
    """Change a picture as the words say. With a mask only what is transparent or white in it changes."""

    prompt: Annotated[str, msgspec.Meta(max_length=32_000, description="What to change; empty for an upscale.")]
    picture: _File
    references: _Files = []
    mask: _File | None = None
    task: Annotated[
        Literal["edit", "insert", "remove", "outpaint", "background", "upscale"] | None,
        msgspec.Meta(description="What is to be done, where the words alone do not say it."),
    ] = None
    factor: Annotated[int, msgspec.Meta(ge=2, le=4, description="How many times as long its sides become.")] | None = (
        None
    )

    def request(self) -> bytes:
        """The body of POST /api/jobs."""
        pictures = [self.picture, *self.references]
        return self._asked(Medium.IMAGE, pictures=pictures, mask=self.mask, task=self.task, factor=self.factor)


class GenerateVideo(_Making):
    """Make a film from words, or from a picture that it begins with. It takes minutes and costs much more than one."""

    prompt: _Prompt
    seconds: Annotated[int, msgspec.Meta(ge=1, le=3_600, description="How long it lasts.")] | None = None
    negative: _Negative = ""
    first_frame: _File | None = None
    last_frame: _File | None = None
    film: Annotated[str, msgspec.Meta(description='To change or to extend: "files/NAME" or a data: URL.')] | None = None
    task: Annotated[Literal["edit", "extend"] | None, msgspec.Meta(description="What is done with `film`.")] = None

    def request(self) -> bytes:
        """The body of POST /api/jobs."""
        files: Tree = {"first_frame": self.first_frame, "last_frame": self.last_frame, "film": self.film}
        return self._asked(Medium.VIDEO, seconds=self.seconds, negative=self.negative, task=self.task, **files)


class JobStatus(msgspec.Struct, forbid_unknown_fields=True):
    """Tell how far a job is, and what it has delivered when it is done. Costs nothing."""

    job: _JobId
    wait_seconds: _Wait = 0


class CancelJob(msgspec.Struct, forbid_unknown_fields=True):
    """End a job that is still at work; it then costs nothing."""

    job: _JobId


class SearchGallery(msgspec.Struct, forbid_unknown_fields=True):
    """Find pictures and films that were made before with this key, newest first. Costs nothing."""

    words: Annotated[str, msgspec.Meta(max_length=500, description="All of them stand in the prompt.")] = ""
    kind: Annotated[Literal["image", "video"] | None, msgspec.Meta(description="Only these.")] = None
    starred: Annotated[bool | None, msgspec.Meta(description="Only those with a mark, or only those without.")] = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=24, description="How many at the most.")] = 8


class ListModels(msgspec.Struct, forbid_unknown_fields=True):
    """List the models with their prices and limits."""

    makes: Annotated[Literal["image", "video"] | None, msgspec.Meta(description="Only those that make it.")] = None


class Spending(msgspec.Struct, forbid_unknown_fields=True):
    """Tell what the key has spent, and what its limits leave."""


Making = GenerateImage | EditImage | GenerateVideo
Call = Making | JobStatus | CancelJob | SearchGallery | ListModels | Spending


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as it is listed: `reads` changes nothing, `destroys` takes something away."""

    shape: type[Call]
    title: str
    reads: bool = False
    destroys: bool = False


TOOLS: Mapping[str, Tool] = {
    "generate_image": Tool(GenerateImage, "Make pictures"),
    "edit_image": Tool(EditImage, "Change a picture"),
    "generate_video": Tool(GenerateVideo, "Make a film"),
    "job_status": Tool(JobStatus, "Look after a job", reads=True),
    "cancel_job": Tool(CancelJob, "Cancel a job", destroys=True),
    "search_gallery": Tool(SearchGallery, "Search what was made", reads=True),
    "list_models": Tool(ListModels, "List models", reads=True),
    "spending": Tool(Spending, "Spending and limits", reads=True),
}


def tools() -> list[Tree]:
    """All tools as `tools/list` tells them."""
    return [
        {
            "name": name,
            "title": tool.title,
            "description": (tool.shape.__doc__ or "").strip(),
            "inputSchema": _schema(tool.shape),
            "annotations": {
                "readOnlyHint": tool.reads,
                "destructiveHint": tool.destroys,
                "idempotentHint": tool.reads or tool.destroys,
                "openWorldHint": False,
            },
        }
        for name, tool in TOOLS.items()
    ]


def read_call(name: str, arguments: Mapping[str, Any]) -> Call:
    """What a tool is asked for. Raises Problem: NOT_FOUND for the tool, INVALID for its arguments."""
    if name not in TOOLS:
        raise invalid(f"There is no tool {name[:100]}; there are {', '.join(TOOLS)}.", param="name", code="no_tool")
    return bodies.convert(arguments, TOOLS[name].shape)


def told(job: Job, url: Url) -> Tree:
    """A job as the structured content of a result: what an agent needs of it, and no more."""
    full = native.job(replace(job, outputs=job.media), url)
    outputs = full["outputs"]
    assert isinstance(outputs, list)
    short: list[Json] = [{name: output[name] for name in _OUTPUT if output[name] is not None} for output in outputs]
    return {"job": job.id, **{name: full[name] for name in _JOB}, "outputs": short}


def summary(job: Job, url: Url) -> str:
    """The same in sentences."""
    if not job.state.ended:
        at = f"{job.stage or job.state.value}, {job.progress:.0%}"
        held = f"At most ${show(job.held)}{_play(job)} will be charged."
        return f"Job {job.id} is still at work ({at}). {held} Call job_status with this id; nothing is lost meanwhile."
    lines = [f"Made by {job.generation.model}, job {job.id}. Cost: ${show(job.charged)}{_play(job)}."]
    lines += ["It is a sketch by the embedded Sketch engine, not a model's work."] if job.sketch else []
    lines += [f"files/{output.file}: {_facts(output)} {url(output)}" for output in job.media if not output.gone]
    lines += [job.text] if job.text else []
    lines += list(job.generation.advised)
    lines += [change.message for change in job.changes]
    lines += [f"Not honoured: {', '.join(job.ignored)}."] if job.ignored else []
    lines += [f"Withheld: {reason}" for reason in job.withheld]
    missing = [word for output in job.media for word in output.missing]
    lines += [f"Not drawn: {', '.join(dict.fromkeys(missing))}."] if missing else []
    return "\n".join(lines)


def model(row: Model) -> Tree:
    """One model in the list of them: what it makes, what it costs, and what it can be asked for."""
    full = native.model(row)
    ability = full["ability"]
    limits = {name: value for name, value in ability.items() if value} if isinstance(ability, dict) else {}
    ends = row.lifecycle.shutdown.isoformat() if row.lifecycle.shutdown else None
    return given({"id": row.id, "prices": full["prices"], **limits, "ends": ends})


def refusal(problem: Problem) -> Tree:
    """The result of a call that did not work: a sentence for the model to act on."""
    return {
        "content": [text(problem.message)],
        "structuredContent": native.error(problem),
        "isError": True,
    }


def cancelled(job: Job, shown: Tree) -> Tree:
    """The result of a cancellation: what `shown` tells of the job, and that it went well."""
    words = f"Job {job.id} is cancelled; nothing was charged."
    return {**shown, "content": [text(words)], "isError": False}


def text(words: str) -> Tree:
    """Words in a result."""
    return {"type": "text", "text": words}


def preview(webp: bytes) -> Tree:
    """A small picture in a result, for the model to see."""
    return {"type": "image", "data": b64encode(webp).decode(), "mimeType": "image/webp"}


def found(row: Asset, url: str) -> Tree:
    """A file of the gallery in a result, by an address that anybody may open until it expires."""
    told = native.output(row.output, lambda output: url)
    short = {name: told[name] for name in _OUTPUT if told[name] is not None}
    return {**short, "prompt": row.job.generation.prompt, "model": row.job.generation.model, "job": row.job.id}


def link(output: Output, url: Url) -> Tree:
    """A file in a result, by an address that anybody may open until it expires."""
    blob = output.blob
    assert blob is not None, "words have no file"
    name = f"{output.file}.{blob.suffix}"
    return {"type": "resource_link", "uri": url(output), "name": name, "mimeType": blob.mime, "size": blob.size}


def failure(problem: Problem) -> Tree:
    """The body of an answer to a request that is none of the protocol's, or that came without a key."""
    return {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": problem.message, "data": problem.code}}


def _schema(shape: type[Call]) -> Json:
    """The JSON Schema of a tool's arguments, in one piece."""
    (_,), parts = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    root = parts.pop(shape.__name__)
    return {name: value for name, value in root.items() if name not in ("title", "description")} | (
        {"$defs": parts} if parts else {}
    )


def _facts(output: Output) -> str:
    size = f"{output.width}x{output.height}" if output.width else ""
    length = f"{output.duration_ms / 1000:g} s" if output.duration_ms else ""
    seed = "" if output.seed is None else f"seed {output.seed}"
    return ", ".join(filter(None, (output.blob.mime if output.blob else "", size, length, seed)))


def _play(job: Job) -> str:
    return " of play money" if job.test else ""

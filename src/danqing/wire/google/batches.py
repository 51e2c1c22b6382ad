"""Google's batches: many `generateContent` requests in one, as lines of a file or in the request itself (wire.md 15.5).

A line is `{"key": …, "request": {…}, "metadata": {…}}`; its result has what it is known by, and `response` or `error`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from danqing.domain.batches import REQUESTS_MAX, TITLE_CHARACTERS_MAX, Batch, Stage, Tally
from danqing.domain.errors import Problem, invalid
from danqing.domain.jobs import Job
from danqing.wire import bodies
from danqing.wire.asks import Ask
from danqing.wire.bodies import Fields
from danqing.wire.google.candidates import generated
from danqing.wire.google.dialogue import read_talk
from danqing.wire.google.errors import rpc_status
from danqing.wire.google.files import moment
from danqing.wire.holes import Json, Tree, given

_STATES = {stage: f"BATCH_STATE_{stage.value.upper()}" for stage in Stage}
_TYPE = "type.googleapis.com/google.ai.generativelanguage.v1.GenerateContentBatch"
_KNOWN_BY = ("key", "metadata")


@dataclass(frozen=True, slots=True)
class BatchAsk:
    """What is asked for: the requests as `lines`, or the name of the `file` that has them."""

    title: str
    lines: tuple[bytes, ...] = ()
    file: str = ""


def read_batch(body: bytes) -> BatchAsk:
    """The body of `:batchGenerateContent`. Raises Problem(INVALID)."""
    whole = bodies.read(body)
    fields = whole.nested("batch")
    fields.take("name", "model")
    title = fields.text("displayName") or ""
    if len(title) > TITLE_CHARACTERS_MAX:
        raise invalid(f"displayName has {TITLE_CHARACTERS_MAX} characters at the most.", param="displayName")
    config = fields.nested("inputConfig")
    file = (config.text("fileName") or "").removeprefix("files/")
    lines = tuple(_line(row) for row in _rows(config))
    for name, _ in (*whole.knobs(), *fields.knobs("batch."), *config.knobs("batch.inputConfig.")):
        raise invalid(f"{name} is not offered here; leave it out.", param=name, code="unsupported_parameter")
    if bool(file) == bool(lines):
        message = "batch.inputConfig must have requests.requests, at least one, or the fileName of a file of them."
        raise invalid(message, param="inputConfig")
    if len(lines) > REQUESTS_MAX:
        raise too_many()
    return BatchAsk(title, lines, file)


def read_line(model: str, line: bytes) -> Ask:
    """The request of a line; `model` is the batch's, which a request may say otherwise. Raises Problem(INVALID)."""
    request = bodies.read(line).nested("request")
    own = request.text("model")
    return read_talk((own or model).removeprefix("models/"), request)


def known_by(line: bytes) -> Tree:
    """What the result of a line is to be known by; nothing for a line that cannot be read."""
    try:
        fields = bodies.read(line)
    except Problem:
        return {}
    told = {name: fields.take(name) for name in _KNOWN_BY}
    return {name: value for name, value in told.items() if value is not None}  # type: ignore[misc]


def answered(job: Job) -> Tree:
    """What a request has come to, as its result tells it."""
    if job.refusal and not job.filtered:
        return failed(job.refusal.problem())
    return {"response": generated(job)}


def failed(problem: Problem) -> Tree:
    """The same for one that came to nothing."""
    return {"error": rpc_status(problem)}


def too_many() -> Problem:
    """The refusal of a batch by the number of its requests."""
    return invalid(f"A batch has {REQUESTS_MAX} requests at the most; make several of it.", param="inputConfig")


def batch(row: Batch, count: Tally, results: Sequence[Json] = (), *, for_sdk: bool = False) -> Tree:
    """A batch as an operation, with its `results` when they are to be told in it.

    google-genai reads them from `metadata.output`, and Google's examples for curl from `response`.
    """
    ended = row.stage.ended
    output: Tree = {}
    if row.responses:
        output = {"responsesFile": f"files/{row.responses}"}
    elif results:
        output = {"inlinedResponses": {"inlinedResponses": list(results)}}
    metadata: Tree = {
        "@type": _TYPE,
        "model": f"models/{row.model}",
        "name": f"batches/{row.id}",
        "displayName": row.title or None,
        "state": _STATES[row.stage],
        "createTime": moment(row.created),
        "updateTime": moment(row.updated),
        "endTime": moment(row.updated) if ended else None,
        "batchStats": {
            "requestCount": str(count.count),
            "successfulRequestCount": str(count.succeeded),
            "failedRequestCount": str(count.failed),
            "pendingRequestCount": str(count.pending),
        },
        "output": output if output and (for_sdk or row.responses) else None,
    }
    tree: Tree = {"name": f"batches/{row.id}", "metadata": given(metadata), "done": ended}
    if row.fault:
        tree["error"] = rpc_status(row.fault.problem())
    elif output and (row.responses or not for_sdk):
        tree["response"] = output
    return tree


def batches(rows: Sequence[tuple[Batch, Tally]], token: str) -> Tree:
    """A page of them, without what is told in them; `token` leads to the next one."""
    more: Tree = {"nextPageToken": token} if token else {}
    return {"operations": [batch(row, count) for row, count in rows]} | more


def _rows(config: Fields) -> list[object]:
    requests = config.nested("requests")
    rows = requests.take("requests")
    for name, _ in requests.knobs("batch.inputConfig.requests."):
        raise invalid(f"{name} is not offered here; leave it out.", param=name, code="unsupported_parameter")
    if rows is not None and not isinstance(rows, list):
        raise invalid("batch.inputConfig.requests.requests must be a list.", param="inputConfig")
    return rows or []


def _line(row: object) -> bytes:
    if not isinstance(row, dict):
        raise invalid("Each of batch.inputConfig.requests.requests must be an object.", param="inputConfig")
    return bodies.compact(row).encode()

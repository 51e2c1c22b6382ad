"""A response as it is answered: its status, its pictures and words as items, its usage and its error (wire.md 16.3)."""

from collections.abc import Sequence

from danqing.domain.errors import Kind, Problem, not_found
from danqing.domain.generation import Knob, Output
from danqing.domain.jobs import Job, State
from danqing.domain.media import Blob, Medium
from danqing.domain.outcomes import Outcome, outcome_of
from danqing.wire import bodies
from danqing.wire.holes import Hole, Json, Tree, given
from danqing.wire.openai.images import told_of
from danqing.wire.openai.responses.create import ITEM, METADATA, PREFIX, TOOL, item_place

_STATUS = {State.QUEUED: "queued", State.SUBMITTING: "in_progress", State.RUNNING: "in_progress"}
_ENDINGS = {Outcome.OK: "completed", Outcome.PARTIAL: "incomplete", Outcome.CANCELLED: "cancelled"}
_CODES = {
    Kind.FILTERED: "image_content_policy_violation",
    Kind.BUSY: "rate_limit_exceeded",
    Kind.INVALID: "invalid_prompt",
}  # of the words that the SDKs know; whatever else went wrong is a server_error
_USUAL: Tree = {
    "instructions": None,
    "parallel_tool_calls": True,
    "temperature": None,
    "tool_choice": "auto",
    "top_p": None,
}


def response(job: Job) -> Tree:
    """All of it; items only when it has ended."""
    output = items(job) if job.state.ended else []
    return {**_head(job, _status(job)), "output": output, "usage": _usage(job) if job.state is State.DONE else None}


def begun(job: Job, status: str) -> Tree:
    """What its first events say, whatever has become of it since."""
    return {**_head(job, status), "output": [], "error": None, "incomplete_details": None, "usage": None}


def items(job: Job) -> list[Tree]:
    """What was made so far. A call that made nothing has failed, and stands there where it was announced."""
    runs = _runs(job)
    made = [_item(job, at, run) for at, run in enumerate(runs)]
    if announced(job) and not made and job.state.ended:
        return [{**announcement(job, 0), "status": "failed"}]
    return made


def announced(job: Job) -> bool:
    """Whether it is known from the beginning that its first item is a picture."""
    return job.generation.wants == {Medium.IMAGE}


def announcement(job: Job, at: int) -> Tree:
    """The picture of that place before it is there."""
    return {"id": f"{ITEM}{job.id}_{at}", "type": f"{TOOL}_call", "status": "in_progress", "result": None}


def message(job: Job, at: int) -> Tree:
    """Words of that place before they are there."""
    return {"id": f"msg_{job.id}_{at}", "type": "message", "status": "in_progress", "role": "assistant", "content": []}


def words(text: str) -> Tree:
    """Words as a part of a message."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def made_item(job: Job, id: str) -> Blob:
    """The picture of an item by its id. Raises Problem: NOT_FOUND for what is none, or why it is not there."""
    if job.refusal:
        raise job.refusal.problem()
    runs, (_, at) = _runs(job), item_place(id)
    blob = runs[at][0].blob if at < len(runs) else None
    if blob is None:
        raise not_found(f"item {id[:100]}")
    return blob


def deleted(job: Job) -> Tree:
    """What whoever deletes one is told."""
    return {"id": PREFIX + job.id, "object": "response", "deleted": True}


def _head(job: Job, status: str) -> Tree:
    knobs = dict(job.generation.knobs)
    partial = job.state is State.DONE and status == "incomplete"
    return {
        "id": PREFIX + job.id,
        "object": "response",
        "created_at": int(job.created.timestamp()),
        "status": status,
        **({"completed_at": int(job.updated.timestamp())} if status == "completed" else {}),
        "error": _error(job),
        "incomplete_details": {"reason": "content_filter"} if partial else None,
        **_USUAL,
        "metadata": _metadata(knobs.get(METADATA)),
        "model": job.generation.model,
        "previous_response_id": PREFIX + job.generation.follows if job.generation.follows else None,
        "store": knobs.get("store", True),
        "tools": [{"type": TOOL, "model": job.generation.model}] if Medium.IMAGE in job.generation.wants else [],
    }


def _metadata(written: Knob | None) -> Tree:
    """Nothing where another dialect has put something else there."""
    try:
        return dict(bodies.read(str(written).encode(), camel=False).knobs())
    except Problem:
        return {}


def _status(job: Job) -> str:
    outcome = outcome_of(job)
    return _STATUS[job.state] if outcome is None else _ENDINGS.get(outcome, "failed")


def _error(job: Job) -> Json:
    if job.fault is None or job.state is State.CANCELLED:
        return None
    return {"code": _CODES.get(job.fault.kind, "server_error"), "message": job.fault.message}


def _runs(job: Job) -> list[Sequence[Output]]:
    """The outputs of each item: a picture, or words that follow words. An announced picture comes before all words."""
    outputs = [output for output in job.outputs if output.medium is not Medium.VIDEO]
    if announced(job):
        outputs.sort(key=lambda output: output.blob is None)
        if not job.state.ended:
            outputs = [output for output in outputs if output.blob]
    runs: list[list[Output]] = []
    for output in outputs:
        if runs and output.blob is None and runs[-1][0].blob is None:
            runs[-1].append(output)
        else:
            runs.append([output])
    return [*runs]


def _item(job: Job, at: int, run: Sequence[Output]) -> Tree:
    output = run[0]
    if output.blob is None:
        text = "\n\n".join(each.text for each in run)
        return {**message(job, at), "status": "completed", "content": [words(text)]}
    told: Tree = {
        **announcement(job, at),
        "status": "completed",
        "result": Hole(output.blob),
        "revised_prompt": job.prompt or None,
        "action": "edit" if job.generation.pictures else "generate",
        **told_of(job, output),
    }
    return given(told)


def _usage(job: Job) -> Tree:
    units = job.usage()
    return {
        "input_tokens": units.input_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": units.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": units.input_tokens + units.output_tokens,
    }

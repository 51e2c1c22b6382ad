"""One table of the words for where a job stands, and one of errors: docs/outcomes.md has what every dialect says."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from danqing.app import find_dialects
from danqing.domain.batches import Stage
from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import Fault
from danqing.domain.jobs import Job, State
from danqing.domain.media import Medium
from danqing.wire import google, mcp, native, openai
from danqing.wire.google.batches import answered, batch
from danqing.wire.google.interactions import interaction
from danqing.wire.openai import responses, videos
from danqing.wire.status import ASK_ONCE, STATUS

from .samples import film_output, generation, job, picture_output, received
from .test_google_batches import BATCH, COUNT

PAGE = (Path(__file__).parents[2] / "docs" / "outcomes.md").read_text()


def ended(state: State, kind: Kind) -> dict[str, object]:
    return {"state": state, "fault": Fault(kind, kind.value, "No."), "outputs": ()}


STANDINGS: Mapping[str, dict[str, object]] = {
    "waits": {"state": State.QUEUED, "outputs": ()},
    "is being sent": {"state": State.SUBMITTING, "outputs": ()},
    "is at work": {"state": State.RUNNING, "outputs": ()},
    "has made all": {},
    "has made some": {"withheld": ("No.",)},
    "was filtered": {**ended(State.FAILED, Kind.FILTERED), "withheld": ("No.",)},
    "has failed": ended(State.FAILED, Kind.UPSTREAM),
    "was cancelled": ended(State.CANCELLED, Kind.CANCELLED),
    "nobody can tell": ended(State.UNKNOWN, Kind.UNKNOWN),
}


def operation(row: Job) -> str:
    told = received(google.operation(row, name="o", uri=lambda film: "u", reader=google.Reader.SDK))
    if not told.get("done"):
        return "not `done`"
    return result(told) if "error" in told else "`done`, `response`"


def result(told: Mapping[str, object]) -> str:
    return f"`error` {told['error']['code']}" if "error" in told else "`response`"  # type: ignore[index]


def in_batch(row: Job) -> str:
    return result(received(answered(row))) if row.state.ended else "none yet"


# What each dialect says of a job, from what it answers; the films' dialects are asked about films.
PICTURES: Mapping[str, Callable[[Job], object]] = {
    "`state`": lambda row: native.job(row, lambda output: "u")["state"],
    "`outcome`": lambda row: native.job(row, lambda output: "u")["outcome"] or "none yet",
    "MCP": lambda row: mcp.told(row, lambda output: "u")["state"],
    "interaction": lambda row: interaction(row, lambda output: "u")["status"],
    "`/v1/responses`": lambda row: responses.response(row)["status"],
}
FILMS: Mapping[str, Callable[[Job], object]] = {
    "`/v1/videos`": lambda row: videos.video(row)["status"],
    "Veo operation": operation,
}
SHAPES: Mapping[str, Callable[[Problem], object]] = {
    "Google": google.error,
    "OpenAI": openai.error,
    "native": native.error,
    "JSON-RPC": mcp.failure,
}


def line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)])


def coded(word: object) -> str:
    return f"`{word}`" if re.fullmatch(r"\w+", str(word)) else str(word)


def test_where_a_job_stands_is_told_in_these_words() -> None:
    rows: list[list[object]] = []
    for name, fields in STANDINGS.items():
        picture = job(**{"outputs": (picture_output(),)} | fields)
        film = job(**{"generation": generation(wants=(Medium.VIDEO,)), "outputs": (film_output(),)} | fields)
        words = [*(told(picture) for told in PICTURES.values()), *(told(film) for told in FILMS.values())]
        rows.append([name, *map(coded, words), in_batch(picture)])
    written = table(["a job", *PICTURES, *FILMS, "in a batch"], rows)
    assert written in PAGE, written


def test_where_a_batch_stands_is_told_in_these_words() -> None:
    told = {stage: received(batch(replace(BATCH, stage=stage), COUNT)) for stage in Stage}
    rows = [
        [stage.value, f"`{tree['metadata']['state']}`", f"`{tree['done']}`".lower()] for stage, tree in told.items()
    ]
    written = table(["a batch is", "`metadata.state`", "`done`"], rows)
    assert written in PAGE, written


def test_errors_are_told_in_these_words() -> None:
    rows: list[list[object]] = []
    for kind in Kind:
        problem = Problem(kind, "No.")
        of_google, of_openai = received(google.error(problem))["error"], received(openai.error(problem))["error"]
        assert of_google["code"] == STATUS[kind]
        rows.append(
            [
                kind.value,
                STATUS[kind],
                f"`{of_google['status']}`",
                google.rpc_status(problem)["code"],
                f"`{of_openai['type']}`",
                "no" if kind in ASK_ONCE else "",
            ]
        )
    written = table(["kind", "HTTP", "Google's `status`", "in operations", "OpenAI's `type`", "`x-should-retry`"], rows)
    assert written in PAGE, written


def test_every_dialect_has_one_of_the_shapes() -> None:
    """A dialect that is added has to be written down, and to tell every kind of problem."""
    rows: list[list[object]] = []
    for dialect in sorted(find_dialects(), key=lambda module: module.__name__):
        shapes = {
            shape
            for kind in Kind
            for shape, told in SHAPES.items()
            if received(dialect.envelope(Problem(kind, "No.", retry_after=3)))
            == received(told(Problem(kind, "No.", retry_after=3)))
        }
        assert len(shapes) == 1, (dialect.__name__, shapes)
        rows.append([dialect.__name__.rpartition(".")[2], *shapes])
    written = table(["dialect", "shape"], rows)
    assert written in PAGE, written

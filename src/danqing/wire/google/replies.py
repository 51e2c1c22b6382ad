"""Google's answers to generation calls, written: pictures of `:predict` and operations of `:predictLongRunning`."""

from collections.abc import Callable, Sequence
from enum import Enum

from danqing.domain.generation import Output
from danqing.domain.jobs import Job
from danqing.domain.media import Blob, Medium
from danqing.wire.google.errors import rpc_status
from danqing.wire.holes import Hole, Json, Tree

_FILM_RESPONSE = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"


class Reader(Enum):
    """Who polls an operation, hence which of Google's two dialects the result is told in (wire.md 6.3)."""

    SDK = "sdk"  # google-genai with a key: links only; a film inside the JSON would be of no use to it
    VERTEX = "vertex"  # `:fetchPredictOperation`: the films themselves
    CURL = "curl"  # anybody else: both at once


def address(base: str, output: Output) -> str:
    """Where a file is downloaded from; `base` is the address of the server (wire.md 6.4)."""
    return f"{base}/gemini/v1beta/files/{output.file}:download?alt=media"


def predictions(job: Job, *, with_reasons: bool) -> Tree:
    """The pictures of a `:predict` call; `with_reasons` adds an entry for each that was withheld (wire.md 5)."""
    rewritten: Tree = {"prompt": job.prompt} if job.prompt else {}
    entries: list[Json] = [
        {"mimeType": blob.mime, "bytesBase64Encoded": Hole(blob), **rewritten}
        for _, blob in _delivered(job, Medium.IMAGE)
    ]
    if with_reasons:
        entries += [{"raiFilteredReason": reason} for reason in job.withheld]
    return {"predictions": entries}


def operation(job: Job, *, name: str, uri: Callable[[Output], str], reader: Reader) -> Tree:
    """The operation that makes films, running or ended. `uri` gives the address that a film is downloaded from."""
    if not job.state.ended:
        return {"name": name}
    if (refusal := job.refusal) and not job.filtered:
        return {"name": name, "done": True, "error": rpc_status(refusal.problem())}
    return {"name": name, "done": True, "response": _response(job, uri, reader)}


def _response(job: Job, uri: Callable[[Output], str], reader: Reader) -> Tree:
    response: Tree = {"@type": _FILM_RESPONSE}
    films = _delivered(job, Medium.VIDEO)
    if reader is not Reader.SDK:
        response |= _vertex(job, [blob for _, blob in films])
    if reader is not Reader.VERTEX:
        response["generateVideoResponse"] = _samples(job, uri, films)
    return response


def _vertex(job: Job, films: Sequence[Blob]) -> Tree:
    tree: Tree = {"raiMediaFilteredCount": len(job.withheld)}
    if job.withheld:
        tree["raiMediaFilteredReasons"] = job.withheld
    if films:
        tree["videos"] = [{"bytesBase64Encoded": Hole(film), "mimeType": film.mime} for film in films]
    return tree


def _samples(job: Job, uri: Callable[[Output], str], films: Sequence[tuple[Output, Blob]]) -> Tree:
    """The Developer dialect.

    Without a film there is no empty `generatedSamples`: a script would end content with nothing saved (wire.md 13).
    google-genai up to 1.30 reads `encoding` beside `video`, later versions inside it.
    """
    tree: Tree = {}
    if films:
        tree["generatedSamples"] = [
            {"video": {"uri": uri(output), "encoding": film.mime}, "encoding": film.mime} for output, film in films
        ]
    if job.withheld:
        tree["raiMediaFilteredCount"] = len(job.withheld)
        tree["raiMediaFilteredReasons"] = job.withheld
    return tree


def _delivered(job: Job, medium: Medium) -> list[tuple[Output, Blob]]:
    return [(output, output.blob) for output in job.outputs if output.medium is medium and output.blob]

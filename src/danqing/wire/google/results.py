"""Google's answers to generation calls, read: what an upstream that speaks these dialects delivered."""

from dataclasses import dataclass

from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import Withheld
from danqing.domain.money import Units
from danqing.wire import bodies
from danqing.wire.bodies import Fields
from danqing.wire.delivered import File, read_file
from danqing.wire.google.errors import read_error, read_rpc_status

COUNT_MAX = 16  # of films in one operation; whoever claims more is not believed
UNEXPLAINED = "The engine withheld it and gave no reason."


@dataclass(frozen=True, slots=True)
class Operation:
    """How far an upstream's operation is. `problem` is set when it failed, `fraction` when it tells how far it is.

    `units` is what it says that it counted.
    """

    name: str
    done: bool
    results: tuple[File | Withheld, ...] = ()
    problem: Problem | None = None
    fraction: float | None = None
    units: Units | None = None


def read_predictions(body: object) -> tuple[File | Withheld, ...]:
    """The answer to `:predict`, in order; as bytes or as a tree with Blobs.

    Raises Problem(UPSTREAM) when it makes no sense, and the Problem that it tells of.
    """
    try:
        fields = bodies.read(body)
        told = read_error(fields)
        results = tuple(result for entry in fields.objects("predictions") for result in _prediction(entry))
    except Problem as problem:
        raise senseless(problem) from problem
    if told:
        raise told
    return results


def read_operation(body: object) -> Operation:
    """An operation in either dialect, as bytes or as a tree with Blobs. Raises Problem(UPSTREAM) for nonsense."""
    try:
        return _operation(bodies.read(body))
    except Problem as problem:
        raise senseless(problem) from problem


def senseless(problem: Problem) -> Problem:
    """The Problem for an answer that reading ended with `problem`."""
    message = f"The engine's answer cannot be read: {problem.message}"
    return Problem(Kind.UPSTREAM, message, code="bad_answer")


def _operation(fields: Fields) -> Operation:
    name = fields.text("name") or ""
    failed = "error" in fields
    fault = fields.nested("error")
    if failed:
        message = fault.text("message") or "The engine gave no reason."
        return Operation(name, True, problem=read_rpc_status(fault.whole("code") or 2, message))
    done = fields.flag("done") or False
    percent = fields.nested("metadata").number("progressPercent", "progressPercentage")
    fraction = None if percent is None else min(max(percent, 0), 100) / 100
    return Operation(name, done, _results(fields.nested("response")) if done else (), fraction=fraction)


def _results(response: Fields) -> tuple[File | Withheld, ...]:
    """The films of either dialect. A union body has them twice; the bytes are taken, which need no second request."""
    developer = response.nested("generateVideoResponse")
    inside = [_inside(film) for film in response.objects("videos")]
    linked = [_linked(sample) for sample in developer.objects("generatedSamples")]
    reasons = response.words("raiMediaFilteredReasons") or developer.words("raiMediaFilteredReasons")
    count = response.tally("raiMediaFilteredCount") or developer.tally("raiMediaFilteredCount")
    reasons += [UNEXPLAINED] * min(count - len(reasons), COUNT_MAX)
    return (*(inside or linked), *(Withheld(reason) for reason in reasons))


def _prediction(entry: Fields) -> list[File | Withheld]:
    """Entries with neither a picture nor a reason are about the prompt (`contentType: Positive Prompt`)."""
    reason = entry.text("raiFilteredReason")
    if reason:
        return [Withheld(reason)]
    return [_inside(entry)] if "bytesBase64Encoded" in entry else []


def _inside(entry: Fields) -> File:
    mime = entry.text("mimeType") or ""
    if "gcsUri" in entry:
        return File(mime, uri=entry.text("gcsUri") or "")
    return read_file(entry, "bytesBase64Encoded", mime)


def _linked(sample: Fields) -> File:
    film = sample.nested("video")
    mime = film.text("encoding") or sample.text("encoding") or "video/mp4"
    uri = film.text("uri")
    if uri:
        return File(mime, uri=uri)
    return read_file(film, "encodedVideo", mime)

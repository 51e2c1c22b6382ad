"""Google's answers to generation calls, read: what an upstream that speaks these dialects delivered."""

from dataclasses import dataclass, field

from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import Withheld
from danqing.wire import bodies
from danqing.wire.bodies import Fields
from danqing.wire.google.errors import read_rpc_status
from danqing.wire.inline import read_base64


@dataclass(frozen=True, slots=True)
class File:
    """A picture or film: its bytes, or the address that they are fetched from."""

    mime: str
    data: bytes = field(default=b"", repr=False)
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """How far an upstream's operation is. `problem` is set when it failed."""

    name: str
    done: bool
    results: tuple[File | Withheld, ...] = ()
    problem: Problem | None = None


def read_predictions(body: bytes) -> tuple[File | Withheld, ...]:
    """The answer to `:predict`, in order. Raises Problem(UPSTREAM) when it makes no sense."""
    try:
        entries = bodies.read(body).objects("predictions")
        return tuple(result for entry in entries for result in _prediction(entry))
    except Problem as problem:
        raise _senseless(problem) from problem


def read_operation(body: bytes) -> Operation:
    """An operation in either dialect. Raises Problem(UPSTREAM) when it makes no sense."""
    try:
        return _operation(bodies.read(body))
    except Problem as problem:
        raise _senseless(problem) from problem


def _operation(fields: Fields) -> Operation:
    name = fields.text("name") or ""
    failed = "error" in fields
    fault = fields.nested("error")
    if failed:
        message = fault.text("message") or "The engine gave no reason."
        return Operation(name, True, problem=read_rpc_status(fault.whole("code") or 2, message))
    done = fields.flag("done") or False
    return Operation(name, done, _results(fields.nested("response")) if done else ())


def _results(response: Fields) -> tuple[File | Withheld, ...]:
    """The films of either dialect. A union body has them twice; the bytes are taken, which need no second request."""
    developer = response.nested("generateVideoResponse")
    inside = [_inside(film) for film in response.objects("videos")]
    linked = [_linked(sample) for sample in developer.objects("generatedSamples")]
    reasons = response.words("raiMediaFilteredReasons") or developer.words("raiMediaFilteredReasons")
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
    text = entry.text("bytesBase64Encoded") or ""
    return File(mime, read_base64(text, param="bytesBase64Encoded"))


def _linked(sample: Fields) -> File:
    film = sample.nested("video")
    mime = film.text("encoding") or sample.text("encoding") or "video/mp4"
    uri = film.text("uri")
    if uri:
        return File(mime, uri=uri)
    return File(mime, read_base64(film.text("encodedVideo") or "", param="encodedVideo"))


def _senseless(problem: Problem) -> Problem:
    message = f"The engine's answer cannot be read: {problem.message}"
    return Problem(Kind.UPSTREAM, message, code="bad_answer")

"""The jobs of another Danqing, read: what it told of its work, who did it, what it cost and what it delivered."""

from dataclasses import dataclass
from dataclasses import fields as fields_of

from danqing.domain.changes import Change
from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.generation import Output
from danqing.domain.jobs import SKETCH, State
from danqing.domain.media import Medium
from danqing.wire.bodies import Fields

# Between us and the other server, not between us and whoever asked us.
_OURS = frozenset({Kind.UNAUTHENTICATED, Kind.NO_FUNDS, Kind.FORBIDDEN, Kind.CANCELLED, Kind.INTERNAL, Kind.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class Delivered:
    """An output without its file, and the name that the file is fetched by; "" for words."""

    output: Output
    file: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One job. `served_by` begins with the other server's own upstream; `problem` is why it delivered nothing."""

    id: str
    state: State
    fraction: float
    stage: str
    prompt: str
    delivered: tuple[Delivered, ...]
    withheld: tuple[str, ...]
    ignored: tuple[str, ...]
    changes: tuple[Change, ...]
    served_by: tuple[str, ...]
    charged: int
    problem: Problem | None


def read_told(fields: Fields) -> Told:
    """A job as `/api/jobs` has it. Raises Problem(INVALID) when it makes no sense."""
    try:
        return _told(fields)
    except ValueError as error:
        raise invalid(f"{error}.") from None


def _told(fields: Fields) -> Told:
    state = State(fields.text("state") or "")
    provider = fields.text("provider") or ""
    served_by = tuple(fields.words("served_by")) or (provider,)
    if fields.flag("sketch") and served_by[-1] != SKETCH:
        served_by = (*served_by, SKETCH)
    return Told(
        id=fields.text("id") or "",
        state=state,
        fraction=min(max(fields.number("progress") or 0, 0), 1),
        stage=fields.text("stage") or "",
        prompt=fields.text("rewritten") or "",
        delivered=tuple(_delivered(output) for output in fields.objects("outputs")),
        withheld=tuple(fields.words("withheld")),
        ignored=tuple(fields.words("ignored")),
        changes=tuple(_change(told) for told in fields.objects("changes")),
        served_by=served_by,
        charged=fields.nested("charged").tally("nanos"),
        problem=_problem(fields.nested("error")),
    )


def judge(status: int, body: object) -> Kind | None:
    """What an answer that is no success is really about."""
    fault = body.get("error") if isinstance(body, dict) else None
    kind = fault.get("kind") if isinstance(fault, dict) else None
    known = {Kind.FILTERED, Kind.NO_FUNDS, Kind.UNKNOWN}
    return next((name for name in known if name.value == kind), None)


def _delivered(output: Fields) -> Delivered:
    medium = Medium(output.text("medium") or "")
    if medium is Medium.TEXT:
        return Delivered(Output(medium=medium, text=output.text("text") or "", seed=output.whole("seed")))
    return Delivered(
        Output(
            medium=medium,
            width=output.tally("width"),
            height=output.tally("height"),
            duration_ms=round(max(output.number("seconds") or 0, 0) * 1000),
            fps=output.tally("fps"),
            audio=output.flag("audio") or False,
            seed=output.whole("seed"),
            drawn=tuple(output.words("drawn")),
            missing=tuple(output.words("missing")),
        ),
        output.text("file") or "",
    )


def _change(told: Fields) -> Change:
    return Change(**{field.name: told.text(field.name) or "" for field in fields_of(Change)})


def _problem(fault: Fields) -> Problem | None:
    name = fault.text("kind")
    if name is None:
        return None
    kind = next((kind for kind in Kind if kind.value == name and kind not in _OURS), Kind.UPSTREAM)
    message = fault.text("message") or "The other server failed and gave no reason."
    return Problem(kind, message, code=fault.text("code") or "upstream_error")

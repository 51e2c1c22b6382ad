"""The life of a job: a pure state machine that says what each event makes of a job and of its money.

    queued -> submitting -> running(ticket) -> done | failed | cancelled | unknown
       ^______________| turned away: the engine did not take it, and the next one may be asked

`step` decides, the runner acts. Steps are committed with their transfers, all or nothing, guarded by `version`, which
counts commits: a step that need not survive a crash on its own rides along with the next one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from danqing.domain import bills
from danqing.domain.callbacks import Callback
from danqing.domain.changes import Change
from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import Attempt, Fault, fault_of, removed
from danqing.domain.generation import Generation, Output
from danqing.domain.ledger import Transfer, hold, post, void, words
from danqing.domain.marks import Mark, noted
from danqing.domain.media import Blob, Medium
from danqing.domain.membership import Member
from danqing.domain.models import Route
from danqing.domain.money import Price, Units
from danqing.domain.verifying import counted
from danqing.domain.wording import AS_WRITTEN, Rewritten, Wording

SKETCH = "sketch"  # the provider whose work must always be told from a model's


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"  # admitted and paid for, nothing sent
    SUBMITTING = "submitting"  # about to be sent, or sent without an answer yet
    RUNNING = "running"  # the engine took it; `ticket` finds it again
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # nobody can tell whether the engine did the work: not charged, not repeated

    @property
    def ended(self) -> bool:
        """Whether nothing can change any more."""
        return self in (State.DONE, State.FAILED, State.CANCELLED, State.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A generation that was admitted, with everything that is known about it.

    `held` and `charged` are nano-dollars; `price` and `input_tokens` are frozen at the quote, `budgets` (those that it
    counts in besides its key's own) when it was admitted. `withheld` has the reason for every output that the engine
    refused. `ignored` names parameters that the engine does not honour, `changes` are those that it has in another way
    than they were asked for. `served_by` are those that an upstream had the work done by, the one who did it last;
    `cost` is what the upstream says that it costs us, in nano-dollars, and `used` what it counted. `attempts` are those
    who were asked before `provider` was, which changes with each of them. `wording` is what was to become of the
    author's prompt before it was sent, `prompt` the one that the engine worked from when it was another. `shared` jobs
    may be watched by anybody who knows their id; a `member` belongs to a batch. `inputs_gone` is since when the files
    that it was asked with are away. `turn` is set while the job waits to be driven: the lowest is next, 0 goes on with
    what was begun. `started` is when it was last sent, `deadline` when it must have ended, `callback` who is told how,
    `marks` what happened when. `progress` (0 to 1), `stage` and `preview`, a picture of the work, are told, not stored.
    """

    id: str
    key: str
    account: str
    generation: Generation
    price: Price
    held: int
    provider: str
    upstream: str
    created: datetime
    updated: datetime
    state: State = State.QUEUED
    version: int = 0
    input_tokens: int = 0
    ticket: str = ""
    prompt: str = ""
    wording: Wording = AS_WRITTEN
    outputs: tuple[Output, ...] = ()
    withheld: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    served_by: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    cost: int | None = None
    used: Units | None = None
    budgets: tuple[str, ...] = ()
    charged: int = 0
    fault: Fault | None = None
    shared: bool = False
    member: Member | None = None
    test: bool = False
    inputs_gone: datetime | None = None
    turn: int | None = None
    started: datetime | None = None
    deadline: datetime | None = None
    marks: tuple[Mark, ...] = ()
    callback: Callback | None = None
    progress: float = 0.0
    stage: str = ""
    preview: Blob | None = None

    @property
    def makers(self) -> tuple[str, ...]:
        """Everybody whom the work went through, "upstream/model" or a name alone, the one who did it last."""
        own = f"{self.provider}/{self.upstream}" if self.upstream and self.provider != SKETCH else self.provider
        return (own, *self.served_by)

    @property
    def sketch(self) -> bool:
        """Whether it is the Sketch engine's work, here or behind an upstream; it never passes for a model's."""
        return self.makers[-1] == SKETCH

    @property
    def hold(self) -> Transfer:
        """The transfer that reserved its money."""
        return hold(self.id, self.account, self.key, self.held, self.budgets)

    @property
    def media(self) -> tuple[Output, ...]:
        """Its pictures and films."""
        return tuple(output for output in self.outputs if output.medium is not Medium.TEXT)

    @property
    def text(self) -> str:
        """Its words."""
        return "\n\n".join(output.text for output in self.outputs if output.medium is Medium.TEXT)

    @property
    def filtered(self) -> bool:
        """Whether it delivered nothing because the engine refused all of it."""
        return self.fault is not None and self.fault.kind is Kind.FILTERED

    @property
    def refusal(self) -> Fault | None:
        """Why it has nothing to hand out: its own fault, or that its files were removed since."""
        since = next((output.gone for output in self.outputs if output.gone), None)
        return self.fault or (removed(since) if since else None)

    def succeeded(self) -> "Job":
        """This job, ended well. Raises its Problem when it has not."""
        if self.fault:
            raise self.fault.problem()
        return self

    def recipe(self, seed: int | None) -> Generation:
        """What was asked for, to be asked for again with another seed. Raises Problem when its files are away."""
        if self.inputs_gone:
            raise removed(self.inputs_gone).problem()
        return replace(self.generation, seed=seed)

    def usage(self) -> Units:
        """What was delivered so far, in the units that prices are made of."""
        return bills.count(self.outputs, self.price, self.generation.size, self.input_tokens)

    def bill(self) -> int:
        """Nano-dollars for what was delivered so far, never more than is held.

        Nothing for sketches that another server made in place of a model's work (docs/decisions/0009).
        """
        if self.served_by and self.sketch:
            return 0
        return min(bills.bill(self.outputs, self.price, self.generation.size, self.input_tokens), self.held)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is to make it, and what becomes of the request there: `ignored` and `changes` as in `Job`."""

    route: Route
    ignored: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """The request is about to be sent; after the `plan`, where it may be another than when it was admitted."""

    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """The engine did not take the work, or refused all of it and may be asked again: as if it had not been asked."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Accepted:
    """The engine took it. `ticket` resumes it after a restart; `prompt` is the rewritten prompt, if there is one."""

    ticket: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far the work is: `fraction` from 0 to 1, a word for people, and what can be seen of it. Told, not stored."""

    fraction: float
    stage: str = ""
    preview: Blob | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What an upstream tells of its work: parameters that it does not honour, who makes it, its cost as in `Job`.

    `changes` take the place of what was told of the same parameters before. `used` is what it counted for a part of the
    work; the parts are added up.
    """

    ignored: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    served_by: tuple[str, ...] = ()
    cost: int | None = None
    used: Units | None = None


@dataclass(frozen=True, slots=True)
class Produced:
    """One output is here."""

    output: Output


@dataclass(frozen=True, slots=True)
class Withheld:
    """The engine refused one output, for a reason that may be shown."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The engine has nothing more to deliver."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The work ended early."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The caller does not want it any more."""


Told = Accepted | Progressed | Reported | Produced | Withheld  # by an engine
Event = Rewritten | Started | TurnedAway | Told | Finished | Failed | Cancelled
Step = tuple[Job, tuple[Transfer, ...]]


class IllegalStep(Exception):
    """An event that cannot happen in the job's state: a defect, or a race that the store's version guard decides."""


_FROM: dict[type[Event], frozenset[State]] = {
    Rewritten: frozenset({State.QUEUED, State.SUBMITTING}),
    Started: frozenset({State.QUEUED}),
    TurnedAway: frozenset({State.SUBMITTING, State.RUNNING}),
    Accepted: frozenset({State.SUBMITTING, State.RUNNING}),  # again, when work is resumed
    Progressed: frozenset({State.QUEUED, State.SUBMITTING, State.RUNNING}),  # words are put right before it is sent
    Reported: frozenset({State.SUBMITTING, State.RUNNING}),
    Produced: frozenset({State.SUBMITTING, State.RUNNING}),
    Withheld: frozenset({State.SUBMITTING, State.RUNNING}),
    Finished: frozenset({State.SUBMITTING, State.RUNNING}),
    Failed: frozenset({State.QUEUED, State.SUBMITTING, State.RUNNING}),
    Cancelled: frozenset({State.QUEUED, State.SUBMITTING, State.RUNNING}),
}


def step(job: Job, event: Event, at: datetime) -> Step:
    """The job after an event and the transfers to commit with it. Raises IllegalStep."""
    if job.state not in _FROM[type(event)]:
        raise IllegalStep(f"{type(event).__name__} in state {job.state}")
    if isinstance(event, Progressed):
        progress, stage = max(job.progress, event.fraction), event.stage or job.stage
        return replace(job, progress=progress, stage=stage, preview=event.preview or job.preview), ()
    after, transfers = _STEPS[type(event)](replace(job, updated=at, preview=None), event)
    what = _marked(job, after, event)
    by = after.makers[0] if isinstance(event, Started) else ""
    return replace(after, marks=noted(job.marks, what, at, by)) if what else after, transfers


def _marked(job: Job, after: Job, event: Event) -> str:
    """The word for a step that is remembered; "" for one that only tells more of the same."""
    if after.state.ended:
        return after.state.value
    if isinstance(event, Accepted) and job.state is State.RUNNING:
        return ""  # an engine may say so for each picture
    return _MARKS.get(type(event), "")


def _rewritten(job: Job, event: Rewritten) -> Step:
    """What it took is not counted against whoever is sent the work now."""
    sent = job.updated if job.state is State.SUBMITTING else job.started
    return replace(job, wording=event.wording, prompt=event.wording.prompt, started=sent, stage=""), ()


def _started(job: Job, event: Started) -> Step:
    after = replace(job, state=State.SUBMITTING, started=job.updated)
    if plan := event.plan:
        made_by = replace(after, provider=plan.route.provider, upstream=plan.route.upstream)
        after = replace(made_by, ignored=plan.ignored, changes=plan.changes)
    return after, ()


def _turned_away(job: Job, event: TurnedAway) -> Step:
    if job.outputs:
        raise IllegalStep("TurnedAway with outputs")
    attempt = Attempt(job.provider, job.upstream, job.updated, fault_of(event.problem))
    fresh = replace(job, ticket="", prompt=job.wording.prompt, withheld=(), served_by=(), cost=None, used=None)
    return replace(fresh, state=State.QUEUED, attempts=(*job.attempts, attempt), progress=0.0, stage=""), ()


def _accepted(job: Job, event: Accepted) -> Step:
    ticket, prompt = event.ticket or job.ticket, event.prompt or job.prompt
    return replace(job, state=State.RUNNING, ticket=ticket, prompt=prompt), ()


def _reported(job: Job, event: Reported) -> Step:
    ignored = tuple(dict.fromkeys((*job.ignored, *event.ignored)))
    changes = tuple({change.param: change for change in (*job.changes, *event.changes)}.values())
    cost = job.cost if event.cost is None else event.cost
    used = job.used + event.used if job.used and event.used else event.used or job.used
    served_by = event.served_by or job.served_by
    return replace(job, ignored=ignored, changes=changes, served_by=served_by, cost=cost, used=used), ()


def _produced(job: Job, event: Produced) -> Step:
    return replace(job, state=State.RUNNING, outputs=(*job.outputs, event.output)), ()


def _withheld(job: Job, event: Withheld) -> Step:
    return replace(job, state=State.RUNNING, withheld=(*job.withheld, event.reason)), ()


def _finished(job: Job, event: Finished) -> Step:
    if job.outputs:
        told, left = words(job.hold, min(job.wording.cost, job.held))
        cost = min(job.bill(), left.amount)
        changes = (*job.changes, *counted(job.outputs, job.generation))
        done = replace(job, state=State.DONE, charged=told.amount + cost, changes=changes, progress=1.0)
        return done, (*((told,) if told.amount else ()), post(left, cost))
    if job.withheld:
        reason = job.withheld[0]
        return _end(job, State.FAILED, Fault(Kind.FILTERED, "filtered", f"The content was filtered: {reason}"))
    return _end(job, State.FAILED, Fault(Kind.UPSTREAM, "nothing_delivered", "The engine delivered nothing."))


def _failed(job: Job, event: Failed) -> Step:
    problem = event.problem
    if job.media:
        # What was delivered is kept and paid for; what is missing is told as withheld.
        return _finished(replace(job, withheld=(*job.withheld, problem.message)), Finished())
    if problem.kind is Kind.FILTERED and not job.withheld:
        job = replace(job, withheld=(problem.message,))
    state = State.UNKNOWN if problem.kind is Kind.UNKNOWN else State.FAILED
    return _end(job, state, fault_of(problem))


def _cancelled(job: Job, event: Cancelled) -> Step:
    return _end(job, State.CANCELLED, Fault(Kind.CANCELLED, "cancelled", "The job was cancelled; nothing was charged."))


def _end(job: Job, state: State, fault: Fault) -> Step:
    return replace(job, state=state, fault=fault), (void(job.hold),)


_MARKS: dict[type[Event], str] = {
    Rewritten: "rewritten",
    Started: "submitting",
    TurnedAway: "turned_away",
    Accepted: "running",
    Produced: "produced",
    Withheld: "withheld",
}
_STEPS: dict[type[Event], Callable[..., Step]] = {
    Rewritten: _rewritten,
    Started: _started,
    TurnedAway: _turned_away,
    Accepted: _accepted,
    Reported: _reported,
    Produced: _produced,
    Withheld: _withheld,
    Finished: _finished,
    Failed: _failed,
    Cancelled: _cancelled,
}

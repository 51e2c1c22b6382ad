"""An interaction as a stream of events, each with a number that it can be taken up behind (wire.md 15.3).

The events follow from the job alone and the later ones never change the earlier, so that any server gives the same ones
at any time.
"""

from collections.abc import Iterator

from danqing.domain.errors import invalid
from danqing.domain.jobs import Job, State
from danqing.wire.google.interactions.answers import RUNNING, Address, delivered, errors, head, status, usage
from danqing.wire.holes import Json, Tree

_DIGITS_MAX = 9


def events(job: Job, address: Address) -> list[Tree]:
    """All that has happened so far, from the first event on; what is made stands in the deltas alone."""
    return [
        {**event, "event_id": str(number)}
        for number, event in enumerate((*_begun(job), *_made(job, address), *_ended(job)), 1)
    ]


def read_event_id(text: str | None) -> int:
    """How many events a client has that names the last one it saw. Raises Problem(INVALID)."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise invalid("last_event_id must be the event_id of an event of this interaction.", param="last_event_id")
    return int(text)


def _begun(job: Job) -> Iterator[Tree]:
    told = head(job) | {"status": RUNNING, "updated": head(job)["created"]}
    yield _event("interaction.created", interaction=told)
    yield _event("interaction.status_update", interaction_id=job.id, status=RUNNING)


def _made(job: Job, address: Address) -> Iterator[Tree]:
    """The steps; the last one stays open for as long as more may come."""
    at = -1
    for content, signature in delivered(job, address):
        if signature or at < 0:
            if at >= 0:
                yield _event("step.stop", index=at)
            if signature:
                at += 1
                yield _event("step.start", index=at, step={"type": "thought"})
                yield _event("step.delta", index=at, delta={"type": "thought_signature", "signature": signature})
                yield _event("step.stop", index=at)
            at += 1
            yield _event("step.start", index=at, step={"type": "model_output"})
        yield _event("step.delta", index=at, delta=content)
    if at >= 0 and job.state.ended:
        yield _event("step.stop", index=at)


def _ended(job: Job) -> Iterator[Tree]:
    if not job.state.ended:
        return
    if job.state is not State.DONE:
        yield _event("interaction.status_update", interaction_id=job.id, status=status(job))
    for fault in errors(job):
        yield _event("error", error=fault)
    if job.state is State.DONE:
        yield _event("interaction.completed", interaction=head(job) | {"usage": usage(job)})


def _event(kind: str, **fields: Json) -> Tree:
    return {"event_type": kind, **fields}

"""An interaction as it is answered: its status, the steps that it took, its usage and its errors (wire.md 15.3)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from danqing.domain.generation import Delivery, Output, Turn
from danqing.domain.jobs import Job, State
from danqing.domain.media import Medium
from danqing.domain.outcomes import Outcome, outcome_of
from danqing.wire.google import tokens
from danqing.wire.google.interactions.steps import Said, content, kind_of, spoken, write_steps
from danqing.wire.holes import Json, Tree, given

Address = Callable[[Output], str]
RUNNING = "in_progress"
_ENDINGS = {Outcome.OK: "completed", Outcome.PARTIAL: "incomplete", Outcome.CANCELLED: "cancelled"}


def interaction(job: Job, address: Address, *, asked: Sequence[Turn] = ()) -> Tree:
    """All of it. `address` says where a file is downloaded from; `asked` is what it was asked, when that is wanted.

    A job that waits is in progress like one that works: clients wait for as long as they see that word.
    """
    done = job.state is State.DONE
    body: dict[str, Json] = {
        **head(job),
        "role": "model",
        "previous_interaction_id": job.generation.follows or None,
        "input": write_steps(asked) or None,
        "steps": spoken(delivered(job, address)) if done else None,
        "usage": usage(job) if done else None,
        "errors": errors(job) or None,
    }
    return given(body)


def head(job: Job) -> Tree:
    """What every mention of it says."""
    return {
        "id": job.id,
        "object": "interaction",
        "model": job.generation.model,
        "status": status(job),
        "created": _time(job.created),
        "updated": _time(job.updated),
    }


def status(job: Job) -> str:
    """Where it stands, in Google's words."""
    outcome = outcome_of(job)
    return RUNNING if outcome is None else _ENDINGS.get(outcome, "failed")


def errors(job: Job) -> list[Json]:
    """Why it made nothing, or what of it was withheld."""
    if job.fault:
        return [error(job.fault.code, job.fault.message)]
    return [error(Outcome.FILTERED, reason) for reason in job.withheld] if job.state.ended else []


def error(code: str, message: str) -> Tree:
    """One of them."""
    return {"code": code, "message": message}


def delivered(job: Job, address: Address) -> Iterator[Said]:
    """What was made so far, in its order, each with its signature. Words that follow words are a new paragraph."""
    linked, after_words = job.generation.delivery is Delivery.URI, False
    for output in job.outputs:
        if output.blob and linked:
            yield (
                {"type": kind_of(output.blob), "mime_type": output.blob.mime, "uri": address(output)},
                output.signature,
            )
        elif output.blob:
            yield content(output.blob), output.signature
        else:
            yield content(f"\n\n{output.text}" if after_words else output.text), output.signature
        after_words = output.blob is None


def usage(job: Job) -> Tree:
    """What it counts."""
    units = job.usage()
    return {
        "total_input_tokens": units.input_tokens,
        "total_output_tokens": units.output_tokens,
        "total_tokens": units.input_tokens + units.output_tokens,
        "input_tokens_by_modality": _by_modality(tokens.asked(job.generation, units.input_tokens)),
        "output_tokens_by_modality": _by_modality(tokens.answered(job)),
    }


def _by_modality(counts: dict[Medium, int]) -> list[Json]:
    return [{"modality": medium.value, "tokens": count} for medium, count in counts.items()]


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

"""A conversation that goes on: what was said, given and made before becomes a part of the next request."""

from collections.abc import Sequence
from dataclasses import replace

from danqing.domain.errors import Problem, invalid
from danqing.domain.faults import removed
from danqing.domain.generation import Generation, Task, Turn
from danqing.domain.jobs import Job
from danqing.domain.media import Medium

TURNS_MAX = 100


def history(before: Job) -> tuple[Turn, ...]:
    """All that was said up to the end of a job: its own conversation, and what it made.

    What a system is told holds for one request alone. A film is no part of what can be said.
    """
    asked = tuple(turn for turn in before.generation.turns if turn.role != "system")
    said = [output for output in before.outputs if output.medium is not Medium.VIDEO]
    signatures = tuple(output.signature for output in said)
    answer = Turn("model", tuple(output.blob or output.text for output in said), signatures if any(signatures) else ())
    return (*asked, answer) if said else asked


def asked_in(job: Job, before: Job | None) -> tuple[Turn, ...]:
    """What was said in a job itself, with the files that it was given for its film; `before` is what it goes on with.

    Raises Problem(NOT_FOUND) when its files were taken away.
    """
    if job.inputs_gone:
        raise removed(job.inputs_gone).problem()
    asked, known = job.generation, len(history(before)) if before else 0
    turns = [turn for turn in asked.turns if turn.role != "system"][known:]
    made_before = [output.blob for output in before.outputs] if before else []
    files = [blob for blob in (asked.first_frame, asked.film) if blob and blob not in made_before]
    if files and turns:
        turns[-1] = replace(turns[-1], parts=(*turns[-1].parts, *files))
    return tuple(turns)


def going_on(asked: Generation, before: Job, *, param: str) -> Generation:
    """The request as the next one after a job of the same key.

    Where a film was made, the request is about that film: it is edited, unless the request says what else or brings a
    film of its own. Raises Problem(INVALID) for a job that has made nothing, yet or ever, and for a conversation that
    is too long; Problem(NOT_FOUND) when the files that it is about were taken away. `param` names the job at fault.
    """
    _require_made(before, param)
    spoken = history(before)
    system = tuple(turn for turn in asked.turns if turn.role == "system")
    turns = (*system, *spoken, *(turn for turn in asked.turns if turn.role != "system"))
    require_turns(turns, param=param)
    film = next((output for output in before.outputs if output.medium is Medium.VIDEO), None)
    continued = replace(asked, turns=turns, follows=before.id)
    if film is None or asked.film:
        return continued
    return replace(continued, film=film.blob, film_ms=film.duration_ms, task=asked.task or Task.EDIT)


def require_turns(turns: Sequence[Turn], *, param: str) -> None:
    """Raises Problem(INVALID) for more turns than are kept."""
    if len(turns) > TURNS_MAX:
        message = f"A conversation has at most {TURNS_MAX} turns here; begin a new one with what matters of this one."
        raise invalid(message, param=param, code="conversation_too_long")


def _require_made(before: Job, param: str) -> None:
    if not before.state.ended:
        message = f"{before.id} has not ended. Wait until it has, then go on with it."
        raise invalid(message, param=param, code="job_unfinished")
    if before.fault:
        message = f"{before.id} has made nothing to go on with ({before.fault.message}). Go on with the one before it."
        raise invalid(message, param=param, code="job_without_result")
    if problem := _gone(before):
        raise problem


def _gone(before: Job) -> Problem | None:
    fault = before.refusal or (removed(before.inputs_gone) if before.inputs_gone else None)
    return fault.problem() if fault else None

"""A conversation that goes on: what becomes of earlier turns, pictures, signatures and films, and where it ends."""

from dataclasses import replace

import pytest

from danqing.domain.conversation import TURNS_MAX, asked_in, going_on, history, require_turns
from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import Fault
from danqing.domain.generation import Output, Task, Turn
from danqing.domain.jobs import Job, State
from danqing.domain.media import Blob, Medium
from making import NOON, a_generation, a_job, a_picture

WORDS = Output(medium=Medium.TEXT, text="Here.")
FILM = Output(medium=Medium.VIDEO, blob=Blob("f" * 64, 9, "video/mp4"), file="f1", duration_ms=8000)
SYSTEM = Turn("system", ("Be brief.",))


def made(*outputs: Output, **fields: object) -> Job:
    asked = replace(a_generation("a fox"), turns=(SYSTEM, Turn("user", ("a fox",))))
    return a_job(**{"state": State.DONE, "outputs": outputs, "generation": asked, **fields})


def refusal(before: Job) -> Problem:
    with pytest.raises(Problem) as caught:
        going_on(a_generation("in blue"), before, param="previous")
    return caught.value


def test_the_next_request_begins_with_all_that_was_said_and_made() -> None:
    picture = replace(a_picture(), signature="c2ln")
    asked = replace(a_generation("in blue"), turns=(Turn("system", ("Be kind.",)), Turn("user", ("in blue",))))
    before = made(WORDS, picture)
    continued = going_on(asked, before, param="previous")
    assert continued.turns == (
        Turn("system", ("Be kind.",)),
        Turn("user", ("a fox",)),
        Turn("model", ("Here.", picture.blob), ("", "c2ln")),
        Turn("user", ("in blue",)),
    )
    assert (continued.follows, continued.film, continued.prompt) == (before.id, None, "in blue")


def test_a_chain_keeps_the_whole_of_it() -> None:
    first = made(a_picture(1))
    second = made(a_picture(2), generation=going_on(a_generation("in blue"), first, param="previous"))
    assert [turn.role for turn in history(second)] == ["user", "model", "user", "model"]
    assert asked_in(second, first) == (Turn("user", ("in blue",)),)
    assert asked_in(first, None) == (Turn("user", ("a fox",)),)


def test_a_film_is_what_the_next_request_is_about() -> None:
    continued = going_on(a_generation("at night"), made(FILM), param="previous")
    assert (continued.film, continued.film_ms, continued.task) == (FILM.blob, 8000, Task.EDIT)
    assert continued.turns == (Turn("user", ("a fox",)), Turn("user", ("at night",)))
    assert asked_in(made(generation=continued), made(FILM)) == (Turn("user", ("at night",)),)
    longer = going_on(replace(a_generation("on"), task=Task.EXTEND), made(FILM), param="previous")
    assert longer.task is Task.EXTEND


def test_a_film_of_its_own_goes_before_that_one() -> None:
    own = Blob("e" * 64, 9, "video/mp4")
    asked = replace(a_generation("on"), film=own, task=Task.EDIT)
    continued = going_on(asked, made(FILM), param="previous")
    assert continued.film == own
    assert asked_in(made(generation=continued), made(FILM)) == (Turn("user", ("on", own)),)


def test_what_has_made_nothing_is_nothing_to_go_on_with() -> None:
    fault = Fault(Kind.FILTERED, "filtered", "No.")
    assert refusal(made(state=State.RUNNING)).code == "job_unfinished"
    failed = refusal(made(state=State.FAILED, fault=fault))
    assert (failed.kind, failed.code, failed.param) == (Kind.INVALID, "job_without_result", "previous")
    assert "(No.)" in failed.message


@pytest.mark.parametrize(
    "before", [made(replace(a_picture(), gone=NOON)), made(replace(WORDS, gone=NOON)), made(WORDS, inputs_gone=NOON)]
)
def test_what_was_taken_away_is_gone_from_conversations_too(before: Job) -> None:
    assert (refusal(before).kind, refusal(before).code) == (Kind.NOT_FOUND, "file_removed")


def test_what_was_said_is_not_told_without_its_files() -> None:
    with pytest.raises(Problem, match="removed"):
        asked_in(made(inputs_gone=NOON), None)


def test_a_conversation_has_an_end() -> None:
    turns = (Turn("user", ("a",)),) * TURNS_MAX
    require_turns(turns, param="input")
    with pytest.raises(Problem, match="begin a new one"):
        require_turns((*turns, Turn("user", ("b",))), param="input")
    assert refusal(made(WORDS, generation=replace(a_generation(), turns=turns))).code == "conversation_too_long"

"""The state machine: what each event makes of a job and of its money."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.errors import Kind, Problem
from danqing.domain.jobs import (
    Accepted,
    Cancelled,
    Event,
    Failed,
    Finished,
    IllegalStep,
    Job,
    Produced,
    Progressed,
    Reported,
    Started,
    State,
    Withheld,
    step,
)
from danqing.domain.ledger import Phase, Transfer
from danqing.domain.money import Units
from danqing.domain.recovery import recover
from danqing.domain.wording import Rewritten, Wording
from making import CENT, NOON, a_generation, a_job, a_picture

BROKEN = Failed(Problem(Kind.UPSTREAM, "It broke."))
LOST = Failed(Problem(Kind.UNKNOWN, "Nobody knows.", code="outcome_unknown"))
WORDED = Rewritten(Wording(done=True, target="en", texts=("a cat",), most=CENT, cost=CENT // 2))
SEEN = Progressed(0.5, "drawing", preview=a_picture().blob)
EVENTS: tuple[Event, ...] = (
    WORDED,
    Started(),
    Accepted("ticket", "a better prompt"),
    Progressed(0.5, "drawing"),
    Reported(ignored=("seed",), served_by=("sketch",), cost=5),
    Produced(a_picture()),
    Withheld("unsafe"),
    Finished(),
    BROKEN,
    LOST,
    Cancelled(),
)


def run(job: Job, events: Sequence[Event]) -> tuple[Job, list[Transfer]]:
    told: list[Transfer] = []
    for event in events:
        job, transfers = step(job, event, NOON)
        told += transfers
    return job, told


def test_three_pictures_of_four_cost_three() -> None:
    pictures = [Produced(a_picture(number)) for number in range(3)]
    job, transfers = run(a_job(), [Started(), *pictures, Withheld("unsafe"), Finished()])

    assert (job.state, job.charged, job.withheld) == (State.DONE, 9 * CENT, ("unsafe",))
    assert [(transfer.phase, transfer.amount, transfer.held) for transfer in transfers] == [
        (Phase.POST, 9 * CENT, 12 * CENT)
    ]


def test_what_was_done_to_the_prompt_is_a_charge_of_its_own_out_of_the_same_hold() -> None:
    job, transfers = run(a_job(), [WORDED, Started(), Produced(a_picture()), Finished()])

    assert (job.charged, job.prompt) == (3 * CENT + CENT // 2, "a cat")
    assert [(transfer.phase, transfer.amount, transfer.held) for transfer in transfers] == [
        (Phase.WORDS, CENT // 2, CENT // 2),
        (Phase.POST, 3 * CENT, 12 * CENT - CENT // 2),
    ]


@pytest.mark.parametrize("end", [BROKEN, LOST, Cancelled(), Finished()])
def test_words_cost_nothing_when_nothing_is_made_of_them(end: Event) -> None:
    job, transfers = run(a_job(), [WORDED, Started(), end])

    assert job.charged == 0
    assert [(transfer.phase, transfer.held) for transfer in transfers] == [(Phase.VOID, 12 * CENT)]


def test_words_never_cost_more_than_was_held() -> None:
    dear = Rewritten(replace(WORDED.wording, cost=11 * CENT))
    job, transfers = run(a_job(), [dear, Started(), *[Produced(a_picture())] * 4, Finished()])

    assert job.charged == sum(transfer.amount for transfer in transfers) == 12 * CENT


def test_a_prompt_that_is_still_to_be_reworded_was_never_sent() -> None:
    pending = a_job(state=State.SUBMITTING, wording=Wording(source="es", target="en"))

    assert recover(pending, repeatable=False) is None
    assert isinstance(recover(step(pending, WORDED, NOON)[0], repeatable=False), Failed)


@pytest.mark.parametrize(
    ("events", "state", "kind"),
    [
        ([Withheld("unsafe"), Finished()], State.FAILED, Kind.FILTERED),
        ([Finished()], State.FAILED, Kind.UPSTREAM),
        ([BROKEN], State.FAILED, Kind.UPSTREAM),
        ([LOST], State.UNKNOWN, Kind.UNKNOWN),
        ([Cancelled()], State.CANCELLED, Kind.CANCELLED),
    ],
)
def test_without_a_picture_nothing_is_charged(events: list[Event], state: State, kind: Kind) -> None:
    job, transfers = run(a_job(), [Started(), *events])

    assert (job.state, job.charged) == (state, 0)
    assert job.fault is not None
    assert job.fault.kind is kind
    assert [transfer.phase for transfer in transfers] == [Phase.VOID]
    with pytest.raises(Problem) as raised:
        job.succeeded()
    assert raised.value.kind is kind


def test_what_was_delivered_before_a_failure_is_kept_and_paid_for() -> None:
    job, transfers = run(a_job(), [Started(), Produced(a_picture()), BROKEN])

    assert (job.state, len(job.outputs), job.charged) == (State.DONE, 1, 3 * CENT)
    assert job.withheld == ("It broke.",)
    assert [transfer.amount for transfer in transfers] == [3 * CENT]


def test_never_more_than_the_hold_is_charged() -> None:
    job, _ = run(a_job(held=2 * CENT), [Started(), Produced(a_picture()), Finished()])
    assert job.charged == 2 * CENT


@given(st.lists(st.sampled_from(EVENTS), max_size=12))
def test_whatever_happens_money_moves_at_most_once_and_only_at_the_end(events: list[Event]) -> None:
    job, told = a_job(), []
    for event in events:
        try:
            job, transfers = step(job, event, NOON)
        except IllegalStep:
            continue
        told += transfers
        assert bool(transfers) == job.state.ended
    settled = [
        transfer for transfer in told if transfer.phase is not Phase.WORDS
    ]  # what was done to the prompt is apart
    assert len(settled) == int(job.state.ended)
    assert all(transfer.amount <= job.held for transfer in told)
    assert job.charged == sum(transfer.amount for transfer in told)


@pytest.mark.parametrize("state", [state for state in State if state.ended])
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_nothing_happens_to_a_job_that_has_ended(state: State, event: Event) -> None:
    with pytest.raises(IllegalStep):
        step(a_job(state=state), event, NOON)


@pytest.mark.parametrize(
    ("state", "ticket", "repeatable", "lost"),
    [
        (State.QUEUED, "", False, False),
        (State.SUBMITTING, "", False, True),
        (State.RUNNING, "", False, True),
        (State.RUNNING, "op/1", False, False),
        (State.SUBMITTING, "", True, False),
        (State.RUNNING, "", True, False),
    ],
)
def test_only_what_may_have_been_sent_without_a_ticket_is_given_up(
    state: State, ticket: str, repeatable: bool, lost: bool
) -> None:
    verdict = recover(a_job(state=state, ticket=ticket), repeatable=repeatable)
    assert (verdict is not None) is lost
    if verdict:
        assert step(a_job(state=state), verdict, NOON)[0].state is State.UNKNOWN


def test_progress_never_goes_back() -> None:
    job, _ = run(a_job(), [Started(), Progressed(0.6, "filming"), Progressed(0.2)])
    assert (job.progress, job.stage) == (0.6, "filming")


def test_usage_counts_what_was_delivered() -> None:
    generation = a_generation(count=2)
    job = a_job(generation=generation, input_tokens=7, outputs=(a_picture(1), a_picture(2)))
    priced = replace(job, price=replace(job.price, image_tokens=1290))
    assert (priced.usage().images, priced.usage().input_tokens, priced.usage().output_tokens) == (2, 7, 2580)


def test_what_an_upstream_tells_is_kept_and_a_sketch_behind_it_is_called_one() -> None:
    job = replace(a_job(provider="partner", ignored=("style",)), state=State.RUNNING)
    told, transfers = step(job, Reported(ignored=("seed", "style"), served_by=("other", "sketch"), cost=7), NOON)
    assert (told.ignored, told.cost, transfers) == (("style", "seed"), 7, ())
    assert told.makers == ("partner", "other", "sketch")
    assert told.sketch
    assert not job.sketch
    assert (told.served_by, replace(told, outputs=(a_picture(),)).bill()) == (("other", "sketch"), 0)
    assert replace(job, outputs=(a_picture(),)).bill() == 3 * CENT
    later, _ = step(told, Reported(), NOON)
    assert (later.served_by, later.cost) == (told.served_by, 7)


def test_what_an_upstream_counts_for_parts_of_the_work_is_added_up() -> None:
    job = replace(a_job(), state=State.RUNNING)
    for _ in range(2):
        job, _ = step(job, Reported(used=Units(input_tokens=3, output_tokens=1120)), NOON)
    assert job.used == Units(input_tokens=6, output_tokens=2240)


def test_what_can_be_seen_of_the_work_is_seen_until_there_is_more_of_it() -> None:
    job, _ = run(a_job(), [Started(), SEEN, Progressed(0.6)])
    assert job.preview == SEEN.preview
    after, _ = step(job, Produced(a_picture()), NOON)
    assert after.preview is None

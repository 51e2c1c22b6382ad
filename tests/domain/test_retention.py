"""How long files are kept: what is due, and what a job is without its files."""

from dataclasses import replace
from datetime import timedelta

import pytest

from danqing.domain.errors import Problem
from danqing.domain.jobs import State
from danqing.domain.media import Blob, Medium
from danqing.domain.retention import Kept, cutoffs, deleted, due, present, read_keep, without
from making import NOON, a_generation, a_job, a_picture

FRAME = Blob("f" * 64, 5, "image/png")
FILM = replace(a_picture(2), medium=Medium.VIDEO)
DONE = a_job(state=State.DONE, version=3, outputs=(a_picture(1), FILM), generation=a_generation(first_frame=FRAME))
DAYS = timedelta(days=1)


def test_each_kind_has_its_own_time() -> None:
    before = cutoffs({Kept.PICTURES: 30, Kept.FILMS: 7, Kept.INPUTS: None}, NOON + 8 * DAYS)
    assert due(DONE, before) == {Kept.FILMS}
    assert due(replace(DONE, updated=NOON + 1 * DAYS), before) == set(), "on the day itself it is still kept"
    assert due(DONE, cutoffs({}, NOON + 10_000 * DAYS)) == set(), "what is not named is kept for ever"


def test_a_job_without_files_keeps_its_story_and_its_bill() -> None:
    before = replace(DONE, charged=7)
    after = without(before, {Kept.FILMS, Kept.INPUTS}, NOON + DAYS)
    assert present(before) == set(Kept)
    assert present(after) == {Kept.PICTURES}
    assert [output.gone for output in after.outputs] == [None, NOON + DAYS]
    assert (after.inputs_gone, after.version, after.updated, after.charged) == (NOON + DAYS, 4, NOON, 7)
    assert [output.blob for output in after.outputs] == [output.blob for output in before.outputs]
    assert after.refusal is not None
    assert (after.refusal.code, before.refusal) == ("file_removed", None)
    assert "2026-11-23 at 12:00 UTC" in after.refusal.message


def test_what_is_gone_stays_gone_since_then() -> None:
    once = without(DONE, {Kept.FILMS}, NOON + DAYS)
    twice = without(once, set(Kept), NOON + 2 * DAYS)
    assert [output.gone for output in twice.outputs] == [NOON + 2 * DAYS, NOON + DAYS]
    assert present(twice) == set()


def test_words_are_no_file() -> None:
    words = replace(DONE, outputs=(replace(a_picture(), blob=None, medium=Medium.TEXT),), generation=a_generation())
    assert present(words) == set()
    assert without(words, set(Kept), NOON).refusal is None


def test_what_is_deleted_by_hand_is_gone_with_its_words() -> None:
    words = replace(a_picture(), blob=None, medium=Medium.TEXT)
    before = replace(without(DONE, {Kept.FILMS}, NOON), outputs=(words, *without(DONE, {Kept.FILMS}, NOON).outputs))
    after = deleted(before, NOON + DAYS)
    assert [output.gone for output in after.outputs] == [NOON + DAYS, NOON + DAYS, NOON]
    assert (after.version, after.updated, present(after)) == (before.version + 1, NOON, set())


@pytest.mark.parametrize("given", [{"films": -1}, {"films": ""}, {"films": True}, {"inputs": 36_501}])
def test_periods_that_make_no_sense_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(Problem, match="whole days"):
        read_keep(given)


def test_periods_are_days_or_for_ever() -> None:
    assert read_keep({"films": 0, "inputs": "7", "pictures": "forever"}) == {
        Kept.FILMS: 0,
        Kept.INPUTS: 7,
        Kept.PICTURES: None,
    }
    with pytest.raises(Problem, match="not for 'film'"):
        read_keep({"film": 7})

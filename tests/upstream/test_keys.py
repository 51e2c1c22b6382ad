"""The keys of an engine: how much each is given, which of them rest, and which are asked in their place."""

import asyncio

import pytest

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.jobs import Accepted
from danqing.domain.ports import Update
from danqing.domain.routes import ANOTHER_KEY
from danqing.upstream import side_by_side as module
from danqing.upstream.keys import Keys, mark_of
from danqing.upstream.settings import Pace
from danqing.upstream.side_by_side import side_by_side


def keys_of(*keys: str, **pace: int) -> Keys:
    return Keys("engine", "http://127.0.0.1:9", keys, pace=Pace(**pace))


async def declined_by(keys: Keys, problem: Declined, model: str = "m", mark: str = "") -> tuple[str, int | None]:
    """The key that was turned away, and the `retry_after` that was told."""
    used = ""
    with pytest.raises(Declined) as raised:
        async with keys.lease(model, mark) as (used, _):
            raise problem
    return used, raised.value.retry_after


def busy(retry_after: int | None = None) -> Declined:
    return Declined(Kind.BUSY, "Later.", code="upstream_busy", retry_after=retry_after)


def broke() -> Declined:
    return Declined(Kind.UPSTREAM, "It needs money.", code="upstream_funds")


async def test_a_key_that_was_turned_away_rests_and_the_other_one_is_asked() -> None:
    keys = keys_of("one", "two")
    first, again = await declined_by(keys, busy(30))
    assert again == ANOTHER_KEY
    for _ in range(3):
        async with keys.lease("m") as (mark, _):
            assert mark != first
    async with keys.lease("another model") as (mark, _):
        assert keys.load("another model").resting == 0
    second, again = await declined_by(keys, broke())
    assert (second != first, again) == (True, None)
    assert (keys.load("m").resting, keys.load("m").full, 29 < keys.load("m").rests_s <= 30) == (2, True, True)


async def test_when_all_rest_nobody_is_asked_and_the_first_to_wake_says_why() -> None:
    keys = keys_of("one", "two")
    await declined_by(keys, busy(40))
    await declined_by(keys, broke())
    with pytest.raises(Declined, match="Later") as raised:
        async with keys.lease("m"):
            pytest.fail("nobody can be asked")
    assert (raised.value.code, raised.value.retry_after) == ("upstream_busy", 40)


async def test_a_key_wakes_up_by_itself() -> None:
    now = [1000.0]
    keys = Keys("engine", "http://127.0.0.1:9", ["one"], clock=lambda: now[0])
    for told_s, rests_s in ((30, 30), (3600, 300)):
        await declined_by(keys, busy(told_s))
        assert keys.load("m").rests_s == rests_s
        now[0] += rests_s
        async with keys.lease("m") as (mark, _):
            assert mark == mark_of("one")


async def test_what_has_nothing_to_do_with_the_key_lets_no_key_rest() -> None:
    keys = keys_of("one", "two")
    _, again = await declined_by(keys, Declined(Kind.UNAVAILABLE, "Not there.", code="upstream_unreachable"))
    assert again is None
    assert keys.load("m").resting == 0


async def test_no_key_is_given_more_at_once_than_it_may_do_and_what_waits_goes_on_when_something_ends() -> None:
    keys, most, done = keys_of("one", "two", concurrency=2), 0, 0

    async def work() -> None:
        nonlocal most, done
        async with keys.lease("m") as (mark, _):
            at_work[mark] += 1
            most = max(most, at_work[mark])
            await asyncio.sleep(0.001)
            at_work[mark] -= 1
        done += 1

    at_work = {mark_of("one"): 0, mark_of("two"): 0}
    await asyncio.gather(*(work() for _ in range(40)))
    assert (most, done, keys.slots) == (2, 40, 4)


async def test_no_key_is_given_more_in_a_minute_than_it_may_do() -> None:
    now = [1000.0]
    keys = Keys("engine", "http://127.0.0.1:9", ["one"], pace=Pace(per_minute=2), clock=lambda: now[0])
    for _ in range(2):
        async with keys.lease("m"):
            assert not keys.load("m").resting
    assert keys.load("m").full

    async def leased() -> str:
        async with keys.lease("m") as (mark, _):
            return mark

    waiting = asyncio.create_task(leased())
    for passed_s, done in ((59, False), (2, True)):
        now[0] += passed_s
        async with keys.lease("m", mark_of("one")):  # a follow-up ends, and whoever waits looks again
            pass
        await asyncio.wait([waiting], timeout=None if done else 0)
        assert waiting.done() is done


async def test_follow_ups_go_to_their_key_however_busy_it_is_or_whether_it_rests() -> None:
    keys = keys_of("one", "two", concurrency=1)
    mark, _ = await declined_by(keys, busy(30))
    async with keys.lease("m", mark), keys.lease("m", mark) as (same, _):
        assert same == mark
    _, retry_after = await declined_by(keys, busy(7), mark=mark)
    assert retry_after == 7, "nobody else is asked for what this key began"


async def test_a_request_sent_twice_goes_to_the_same_key_and_to_another_once_that_has_turned_it_away() -> None:
    keys = keys_of("one", "two", "three")
    assert {keys.steady("job") for _ in range(9)} == {keys.steady("job")}
    assert {keys.steady("job", tried) for tried in range(3)} == {mark_of(key) for key in ("one", "two", "three")}


async def test_what_an_engine_that_took_others_was_too_busy_for_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKOFF_S", 0.01)
    refusals = [busy()]

    async def taken() -> list[Update]:
        return [Accepted()]

    async def taken_later() -> list[Update]:
        if refusals:
            raise refusals.pop()
        return [Accepted("later")]

    async def refused() -> list[Update]:
        raise busy(3600)

    made = side_by_side([taken_later, refused, taken])
    assert [await anext(made), await anext(made)] == [[Accepted()], [Accepted("later")]]
    with pytest.raises(Problem, match="Later") as raised:
        await anext(made)
    assert not isinstance(raised.value, Declined), "some of it was taken"
    with pytest.raises(Declined):
        await anext(side_by_side([refused, refused]))


async def test_several_calls_at_once_all_come_through_when_one_of_two_keys_is_exhausted() -> None:
    keys, asked = keys_of("good", "exhausted"), []

    async def call() -> list[Update]:
        async with keys.lease("m") as (mark, _):
            asked.append(mark)
            if mark == mark_of("exhausted"):
                raise busy()
            await asyncio.sleep(0)
            return [Accepted()]

    made = [updates async for updates in side_by_side([call] * 4)]
    assert made == [[Accepted()]] * 4
    assert 1 <= asked.count(mark_of("exhausted")) <= 2

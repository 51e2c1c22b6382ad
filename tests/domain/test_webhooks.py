"""Who is told of a job's end, when it is tried again, and which addresses may be called."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from danqing.domain.callbacks import ADDRESSES_MAX, METADATA_CHARACTERS_MAX, Callback, address
from danqing.domain.errors import Problem
from danqing.domain.jobs import Cancelled, Job
from danqing.domain.webhooks import (
    BOTH_SIGN_FOR,
    EVERYTHING,
    PENDING_MAX,
    TRIED_FOR,
    Delivery,
    Event,
    Fate,
    Receipt,
    Webhook,
    announcements,
    own_webhook,
    replayed,
    settled,
    within_bounds,
)
from store.samples import NOON, a_job, after, delivered

REFUSED = Receipt(500, "not now")


def a_webhook(id: str = "webhook_1", **changes: object) -> Webhook:
    base = "https://pictures.example"
    row = Webhook(id=id, key="key", url=f"https://{id}.example", events=EVERYTHING, base=base, created=NOON)
    return replace(row, **changes)


def an_ended(callback: Callback | None = None) -> Job:
    return replace(delivered(a_job(), "file")[0], callback=callback)


def a_delivery() -> Delivery:
    return announcements(an_ended(), [a_webhook()])[0]


def test_each_webhook_that_listens_is_told() -> None:
    cancelled, _ = after(a_job(), Cancelled())
    rows = [a_webhook("a"), a_webhook("b", events=(Event.DONE,)), a_webhook("c", ended=NOON)]
    assert [row.webhook for row in announcements(an_ended(), rows)] == ["a", "b"]
    [told] = announcements(cancelled, rows)
    assert (told.webhook, told.event, told.url, told.base) == (
        "a",
        "job.cancelled",
        "https://a.example",
        "https://pictures.example",
    )


def test_what_a_job_names_is_told_in_their_place_and_metadata_alone_changes_nothing() -> None:
    named = Callback(("https://one.example", "https://two.example"), base="https://home.example")
    told = announcements(an_ended(named), [a_webhook()])
    assert [(row.url, row.base, row.single) for row in told] == [
        (url, "https://home.example", True) for url in named.urls
    ]
    assert {row.webhook for row in told} == {own_webhook("key", NOON).id}
    assert [row.webhook for row in announcements(an_ended(Callback(metadata="{}")), [a_webhook()])] == ["webhook_1"]


def test_the_same_end_has_the_same_ids() -> None:
    rows = [a_webhook("a"), a_webhook("b")]
    first, again = announcements(an_ended(), rows), announcements(an_ended(), rows)
    assert first == again
    assert len({row.id for row in first}) == 2
    assert all("." not in row.id for row in first), "ids are signed together with what follows a full stop"


def test_it_is_tried_for_a_day_with_longer_and_longer_pauses() -> None:
    row, at, pauses = a_delivery(), a_delivery().created, []
    while row.state is Fate.PENDING:
        row = settled(replace(row, attempts=row.attempts + 1), REFUSED, at, luck=0.5)
        pauses.append((row.due - at).total_seconds())
        at = row.due
    assert pauses[:5] == [5, 10, 30, 90, 270]
    assert all(earlier <= later for earlier, later in pairwise(pauses[:-1]))
    assert max(pauses) == 4 * 3600
    assert row.state is Fate.DEAD
    assert TRIED_FOR - timedelta(hours=5) < row.updated - row.created <= TRIED_FOR
    assert (row.error, row.status, row.answer) == ("The receiver answered 500.", 500, "not now")


@pytest.mark.parametrize(("luck", "pause_s"), [(0.0, 4.0), (0.5, 5.0), (1.0, 6.0)])
def test_many_are_not_tried_again_together(luck: float, pause_s: float) -> None:
    row = settled(a_delivery(), REFUSED, a_delivery().created, luck)
    assert row.due - row.updated == timedelta(seconds=pause_s)


def test_what_is_taken_is_delivered_and_who_is_gone_is_asked_no_more() -> None:
    at = a_delivery().created
    taken = settled(replace(a_delivery(), error="before"), Receipt(204), at, 0.5)
    assert (taken.state, taken.status, taken.error) == (Fate.DELIVERED, 204, "")
    assert settled(a_delivery(), Receipt(410), at, 0.5).state is Fate.DEAD
    moved = settled(a_delivery(), Receipt(307), at, 0.5)
    assert (moved.state, moved.error) == (Fate.PENDING, "The receiver answered 307; redirects are not followed.")
    lost = settled(a_delivery(), Receipt(trouble="Nobody answers."), at, 0.5)
    assert (lost.state, lost.status, lost.error) == (Fate.PENDING, None, "Nobody answers.")


def test_what_is_replayed_has_a_day_again_and_the_same_id() -> None:
    later = NOON + timedelta(days=9)
    again = replayed(a_delivery().dead("too late", NOON), later)
    assert (again.id, again.state, again.due, again.until) == (a_delivery().id, Fate.PENDING, later, later + TRIED_FOR)
    assert settled(again, REFUSED, later, 0.5).due == later + timedelta(seconds=5)


def test_too_many_that_wait_are_given_up_and_not_lost() -> None:
    rows = announcements(an_ended(), [a_webhook("a"), a_webhook("b")])
    first, second = within_bounds(rows, PENDING_MAX - 1)
    assert (first.state, second.state) == (Fate.PENDING, Fate.DEAD)
    assert "1000" in second.error


def test_for_a_day_the_secret_before_signs_too() -> None:
    row = a_webhook(secret=3, rotated=NOON)
    assert row.signers(NOON + BOTH_SIGN_FOR - timedelta(seconds=1)) == (3, 2)
    assert row.signers(NOON + BOTH_SIGN_FOR) == (3,)
    assert a_webhook().signers(NOON) == (1,)
    assert replace(own_webhook("key", NOON), secret=1, rotated=NOON).signers(NOON) == (1,), "nobody was shown number 0"


@pytest.mark.parametrize(
    "url",
    ["https://example.com/done", "https://example.com:8443/?a=b", "https://93.184.215.14/", "https://[2606:4700::1]/x"],
)
def test_public_addresses_may_be_called(url: str) -> None:
    assert address(f" {url} ", private=False) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "http://example.com",
        "ftp://example.com",
        "https://",
        "https://user:word@example.com",
        "https://example.com/#part",
        "https://example.com/a b",
        "https://example.com\\@10.0.0.1/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://localhost/",
        "https://localhost./",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://exämple.com/",
        "https://example.com/" + "a" * 2048,
    ],
)
def test_others_are_refused(url: str) -> None:
    with pytest.raises(Problem) as refusal:
        address(url, private=False)
    assert (refusal.value.code, refusal.value.param) == ("invalid_webhook", "webhook")


def test_where_it_is_allowed_this_network_may_be_called_and_by_http() -> None:
    for url in ("http://127.0.0.1:9000/x", "https://10.1.2.3/", "http://receiver.internal/"):
        assert address(url, private=True) == url
    with pytest.raises(Problem):
        address("file:///etc/passwd", private=True)


def test_a_job_has_few_addresses_each_of_them_once_and_little_metadata() -> None:
    assert Callback(("https://a.example",) * 9).checked(private=False).urls == ("https://a.example",)
    with pytest.raises(Problem):
        Callback(tuple(f"https://a.example/{n}" for n in range(ADDRESSES_MAX + 1))).checked(private=False)
    with pytest.raises(Problem):
        Callback((), "x" * (METADATA_CHARACTERS_MAX + 1)).checked(private=False)

"""Who may make a model's work, and in which order they are asked."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.faults import Attempt, Fault
from danqing.domain.jobs import Failed, Finished, Job, State, TurnedAway
from danqing.domain.media import Medium
from danqing.domain.models import Ability, Model, Route
from danqing.domain.money import Price
from danqing.domain.routes import ATTEMPTS_MAX, Upstream, candidates, most_telling, pick, turned_away
from making import NOON, a_job, a_picture

MODEL = Model(
    id="imagen-3.0-generate-002",
    title="Imagen 3",
    family="imagen",
    ability=Ability(makes=frozenset({Medium.IMAGE})),
    price=Price(),
    aliases=("imagen-3",),
    routes=(Route(provider="vertex", upstream="a"), Route(provider="google", upstream="b", deadline_s=30)),
)


def up(name: str, kind: str = "", **settings: object) -> Upstream:
    return replace(Upstream(name=name, kind=kind or name), **settings)


@pytest.mark.parametrize(
    ("upstreams", "expected"),
    [
        ([up("google")], ["google b"]),
        ([up("google"), up("vertex")], ["vertex a", "google b"]),
        ([up("mine", "google"), up("cloud", "vertex")], ["cloud a", "mine b"]),
        ([up("google", "gateway"), up("mine", "google")], ["google b"]),  # a name goes before a kind
        ([up("hub", "gateway", models={"imagen-3*": ""}), up("vertex")], ["hub imagen-3.0-generate-002", "vertex a"]),
        ([up("hub", "gateway", models={"imagen-3": "x", "*": "y"})], ["hub x"]),  # by an alias; the first that fits
        ([up("mine", "google", models={"imagen-4*": ""}), up("vertex")], ["vertex a"]),  # it serves what it was given
        ([up("google", models={"imagen-3": "x"})], ["google x", "google b"]),  # and what a route names it for
        ([up("vertex", models={"imagen-3": "a"})], ["vertex a"]),
    ],
)
def test_the_operators_wishes_come_first_and_then_the_models_own_routes(
    upstreams: list[Upstream], expected: list[str]
) -> None:
    found = candidates(MODEL, upstreams, sketched=False, spin="1")
    assert [f"{route.provider} {route.upstream}" for route in found] == expected


def test_those_that_stand_side_by_side_share_the_work_by_their_weights() -> None:
    upstreams = [up("one", "google"), up("three", "google", weight=3), up("none", "google", weight=0)]
    drawn = [candidates(MODEL, upstreams, sketched=False, spin=str(at)) for at in range(4000)]
    first = Counter(routes[0].provider for routes in drawn)
    assert 0.22 < first["one"] / 4000 < 0.28
    assert {routes[-1].provider for routes in drawn} == {"none"}
    assert candidates(MODEL, upstreams, sketched=False, spin="7") == candidates(
        MODEL, upstreams, sketched=False, spin="7"
    )


def test_a_route_has_its_own_deadline_or_that_of_its_upstream() -> None:
    found = candidates(MODEL, [up("google", deadline_s=60), up("vertex", deadline_s=90)], sketched=False, spin="1")
    assert [route.deadline_s for route in found] == [90, 30]


def test_a_test_key_is_always_sketched_and_a_live_key_never() -> None:
    assert candidates(MODEL, [up("google")], sketched=True, spin="1") == (Route(provider="sketch"),)
    with pytest.raises(Problem, match="test key") as raised:
        candidates(replace(MODEL, routes=(Route(provider="sketch"),)), [up("openai")], sketched=False, spin="1")
    assert raised.value.code == "no_upstream"


A, B = Route(provider="a", upstream="x"), Route(provider="b", upstream="y")


def said(route: Route, kind: Kind, retry_after: int | None = None, *, ago_s: float = 0) -> Attempt:
    """What a route said when it was asked."""
    fault = Fault(kind, kind.value, f"{route.provider} says {kind.value}.", retry_after)
    return Attempt(route.provider, route.upstream, NOON - timedelta(seconds=ago_s), fault)


@pytest.mark.parametrize(
    ("attempts", "away_s", "expected"),
    [
        ([], {}, "a in 0"),
        ([], {"a": 5}, "b in 0"),
        ([], {"a": 9, "b": 5}, "b in 5"),
        ([said(A, Kind.BUSY, 3)], {}, "b in 0"),
        ([said(A, Kind.UPSTREAM)], {}, "b in 0"),
        ([said(A, Kind.UPSTREAM, 0)], {}, "a in 0"),  # it has another key
        ([said(A, Kind.BUSY, 0)], {}, "a in 0"),
        ([said(A, Kind.BUSY, 3), said(B, Kind.UPSTREAM)], {}, "a in 3"),
        ([said(A, Kind.BUSY, 3, ago_s=2), said(B, Kind.UPSTREAM)], {}, "a in 1"),
        ([said(A, Kind.BUSY, 3), said(B, Kind.UPSTREAM)], {"a": 7}, "a in 7"),
        ([said(A, Kind.BUSY), said(B, Kind.BUSY, 2)], {}, "a in 1"),
        ([said(A, Kind.BUSY), said(A, Kind.BUSY), said(B, Kind.UPSTREAM)], {}, "a in 2"),  # twice as long
        ([said(A, Kind.BUSY)] * 3 + [said(B, Kind.UPSTREAM)], {}, "nobody"),
        ([said(A, Kind.UPSTREAM), said(B, Kind.INVALID)], {}, "nobody"),
        ([said(A, Kind.BUSY, 0)] * ATTEMPTS_MAX, {}, "nobody"),
        ([said(A, Kind.UPSTREAM), said(B, Kind.FILTERED)], {}, "b in 0"),  # that it may be asked again was decided
    ],
)
def test_who_is_asked_next(attempts: list[Attempt], away_s: dict[str, float], expected: str) -> None:
    chosen = pick([A, B], attempts, lambda route: away_s.get(route.provider, 0), NOON)
    assert (f"{chosen.route.provider} in {chosen.wait_s:g}" if chosen else "nobody") == expected


def test_what_can_be_tried_again_is_told_before_what_cannot() -> None:
    assert most_telling([]) is None
    told = most_telling([said(A, Kind.INVALID), said(A, Kind.BUSY, 4), said(B, Kind.UPSTREAM)])
    assert (told and told.kind, told and told.retry_after) == (Kind.BUSY, 4)
    told = most_telling([said(A, Kind.UPSTREAM), said(B, Kind.UPSTREAM)])
    assert told
    assert told.message.startswith("b says")


DECLINED = Declined(Kind.BUSY, "Later.")
FILTERED = Problem(Kind.FILTERED, "No.", code="filtered")
PATIENT = up("a", retry_filtered=1)


@pytest.mark.parametrize(
    ("job", "end", "upstream", "again"),
    [
        (a_job(state=State.SUBMITTING), Failed(DECLINED), up("a"), True),
        (a_job(state=State.RUNNING), Failed(DECLINED), up("a"), False),  # it was accepted before
        (a_job(state=State.SUBMITTING), Failed(Problem(Kind.UNKNOWN, "Lost.")), up("a"), False),
        (a_job(state=State.SUBMITTING), Failed(Problem(Kind.UPSTREAM, "Broken.")), up("a"), False),
        (a_job(state=State.RUNNING, withheld=("No.",)), Finished(), up("a"), False),
        (a_job(state=State.RUNNING, withheld=("No.",)), Finished(), None, False),
        (a_job(state=State.RUNNING, withheld=("No.",)), Finished(), PATIENT, True),
        (a_job(state=State.RUNNING, withheld=("No.",), outputs=(a_picture(),)), Finished(), PATIENT, False),
        (a_job(state=State.RUNNING), Finished(), PATIENT, False),
        (a_job(state=State.RUNNING), Failed(FILTERED), PATIENT, True),
        (a_job(state=State.RUNNING, attempts=(said(A, Kind.FILTERED),)), Failed(FILTERED), PATIENT, False),
        (a_job(state=State.RUNNING, attempts=(said(B, Kind.FILTERED),)), Failed(FILTERED), PATIENT, True),
    ],
)
def test_only_what_was_not_begun_or_is_refused_by_chance_is_asked_again(
    job: Job, end: Finished | Failed, upstream: Upstream | None, again: bool
) -> None:
    assert isinstance(turned_away(replace(job, provider="a"), end, upstream), TurnedAway) is again

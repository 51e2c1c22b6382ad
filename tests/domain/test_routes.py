"""Who may make a model's work, and in which order they are asked."""

from collections import Counter
from dataclasses import replace

import pytest

from danqing.domain.errors import Problem
from danqing.domain.media import Medium
from danqing.domain.models import Ability, Model, Route
from danqing.domain.money import Price
from danqing.domain.routes import Upstream, candidates

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
    found = candidates(MODEL, upstreams, test=False, spin="1")
    assert [f"{route.provider} {route.upstream}" for route in found] == expected


def test_those_that_stand_side_by_side_share_the_work_by_their_weights() -> None:
    upstreams = [up("one", "google"), up("three", "google", weight=3), up("none", "google", weight=0)]
    drawn = [candidates(MODEL, upstreams, test=False, spin=str(at)) for at in range(4000)]
    first = Counter(routes[0].provider for routes in drawn)
    assert 0.22 < first["one"] / 4000 < 0.28
    assert {routes[-1].provider for routes in drawn} == {"none"}
    assert candidates(MODEL, upstreams, test=False, spin="7") == candidates(MODEL, upstreams, test=False, spin="7")


def test_a_route_has_its_own_deadline_or_that_of_its_upstream() -> None:
    found = candidates(MODEL, [up("google", deadline_s=60), up("vertex", deadline_s=90)], test=False, spin="1")
    assert [route.deadline_s for route in found] == [90, 30]


def test_a_test_key_is_always_sketched_and_a_live_key_never() -> None:
    assert candidates(MODEL, [up("google")], test=True, spin="1") == (Route(provider="sketch"),)
    with pytest.raises(Problem, match="test key") as raised:
        candidates(replace(MODEL, routes=(Route(provider="sketch"),)), [up("openai")], test=False, spin="1")
    assert raised.value.code == "no_upstream"

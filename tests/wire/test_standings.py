"""What is told of the upstreams: all of it to the owner, their health to everybody, a key or a prompt to nobody."""

from dataclasses import replace

from danqing.domain.health import Gate, RouteStanding, Standing
from danqing.wire import standings

ROUTE = RouteStanding(
    model="gemini-3.1-flash-image",
    serves=("imagen-4.0-generate-001",),
    gate=Gate.OPEN,
    away_s=12.34567,
    in_flight=3,
    asked=9,
    success=2 / 3,
    error="upstream_busy",
)
ROW = Standing(name="mine", kind="google", weight=2, keys=2, resting=1, routes=(ROUTE,))


def test_the_owner_is_told_everything() -> None:
    assert standings.upstream(ROW, owner=True) == {
        "name": "mine",
        "kind": "google",
        "weight": 2,
        "keys": {"all": 2, "resting": 1},
        "routes": [
            {
                "model": "gemini-3.1-flash-image",
                "serves": ("imagen-4.0-generate-001",),
                "health": "open",
                "retry_after": 12.346,
                "in_flight": 3,
                "asked": 9,
                "success": 0.667,
                "last_error": "upstream_busy",
            }
        ],
    }


def test_everybody_else_is_told_who_it_is_and_how_it_does() -> None:
    route = {"model": ROUTE.model, "serves": ROUTE.serves, "health": "open"}
    assert standings.upstream(ROW, owner=False) == {"name": "mine", "kind": "google", "routes": [route]}


def test_what_was_never_asked_has_no_share_of_success() -> None:
    row = replace(ROW, routes=(replace(ROUTE, success=None, error="", gate=Gate.HALF_OPEN),))
    [route] = standings.upstream(row, owner=True)["routes"]
    assert (route["success"], route["last_error"], route["health"]) == (None, None, "half open")

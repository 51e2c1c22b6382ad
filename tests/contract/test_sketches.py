"""A sketch that was asked for: drawn for any key, by any dialect, at no cost, and told as one."""

import pytest

from contract.calls import curl, new_key, predict_body, spent
from serving import Server

MODEL = "imagen-4.0-generate-001"
WANTED = {"model": MODEL, "prompt": "a red fox in the snow", "count": 2, "seed": 7, "sketch": True}


@pytest.fixture(params=[True, False], ids=["test key", "live key without money or upstreams"])
def key(request: pytest.FixtureRequest, server: Server) -> str:
    return new_key(server, "sketcher", test=request.param)


def test_a_sketch_costs_nothing_and_is_told_as_one(server: Server, key: str) -> None:
    quote = server.call("POST", "/api/quote", WANTED, key=key).json()
    assert (quote["sketch"], quote["affordable"], quote["cost"]["nanos"]) == (True, True, 0)
    asked = server.call("POST", "/api/jobs", WANTED, key=key, headers={"x-danqing-max-cost": "0"})
    assert asked.status == 201, asked.body
    job = server.call("GET", f"/api/jobs/{asked.json()['id']}", key=key).json()
    curl("-s", "-H", f"Authorization: Bearer {key}", f"{server.url}/api/jobs/{job['id']}/events")
    job = server.call("GET", f"/api/jobs/{job['id']}", key=key).json()
    assert (job["state"], job["sketch"], job["charged"]["nanos"], len(job["outputs"])) == ("done", True, 0, 2)
    assert job["parameters"]["sketch"] is True
    assert job["wording"]["trouble"] is None
    recipe = server.call("GET", f"/api/assets/{job['outputs'][0]['file']}", key=key).json()["recipe"]
    assert recipe["sketch"] is True, "it is not made anew for money without being asked"
    again = server.call("POST", f"/api/jobs/{job['id']}/again", {}, key=key).json()
    assert (again["held"]["nanos"], again["parameters"]["sketch"]) == (0, True)
    assert spent(server, key) == 0


def test_any_dialect_asks_for_one_by_a_header(server: Server, key: str) -> None:
    path = f"/v1beta/models/{MODEL}:predict"
    answer = server.call("POST", path, predict_body(sampleCount=1), key=key, headers={"danqing-sketch": "true"})
    assert answer.status == 200, answer.body
    assert answer.headers["danqing-served-by"] == "sketch"
    assert spent(server, key) == 0
    wrong = server.call("POST", path, predict_body(), key=key, headers={"danqing-sketch": "maybe"})
    assert wrong.status == 400
    assert b"danqing-sketch" in wrong.body


def test_a_prompt_in_another_language_is_drawn_as_it_is(server: Server, key: str) -> None:
    quote = server.call("POST", "/api/quote", {**WANTED, "prompt": "雪地裡的紅狐狸"}, key=key).json()
    assert quote["cost"]["nanos"] == 0
    assert "the Sketch engine reads it as it is" in quote["wording"]["trouble"]


def test_a_live_key_that_asks_for_none_is_given_none(server: Server) -> None:
    live = new_key(server, "earnest", test=False)
    answer = server.call("POST", "/api/jobs", {**WANTED, "sketch": False}, key=live)
    assert (answer.status, answer.json()["error"]["code"]) == (503, "no_upstream")

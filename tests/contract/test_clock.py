"""The deprecation clock on the wire: every answer about a model or a job says when it ends, and who made the work."""

import pytest

from serving import Server

from .calls import GEMINI, IMAGEN, MODELS, VEO_2

LIVING = "gemini-3.1-flash-image"
ENDED = ("@1782777600", "Tue, 30 Jun 2026 00:00:00 GMT", f'</api/models/{LIVING}>; rel="successor-version"')


def clock(headers: dict[str, str]) -> tuple[str, ...]:
    return tuple(headers.get(name, "") for name in ("deprecation", "sunset", "link"))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{MODELS}/{IMAGEN}:predict", {"instances": [{"prompt": "a fox"}], "parameters": {"sampleCount": 1}}),
        (f"{MODELS}/{IMAGEN}:predict", {"instances": [{"prompt": "a [danqing:filtered]"}]}),
        ("/api/jobs", {"model": IMAGEN, "prompt": "a fox", "count": 1}),
        ("/api/quote", {"model": IMAGEN, "prompt": "a fox"}),
        ("/v1/chat/completions", {"model": IMAGEN, "messages": [{"role": "user", "content": "a fox"}]}),
    ],
)
def test_an_answer_by_a_model_that_is_gone_says_so(server: Server, path: str, body: dict[str, object]) -> None:
    headers = server.call("POST", path, body).headers
    assert clock(headers) == ENDED
    assert headers["danqing-served-by"] == "sketch"


@pytest.mark.parametrize("path", [f"{MODELS}/{IMAGEN}", f"/v1/models/{IMAGEN}", f"/api/models/{IMAGEN}"])
def test_so_does_the_model_itself(server: Server, path: str) -> None:
    assert clock(server.call("GET", path).headers) == ENDED


@pytest.mark.parametrize("path", [f"{MODELS}/{LIVING}", f"/v1/models/{LIVING}", f"/api/models/{LIVING}"])
def test_a_model_that_lives_on_has_no_clock(server: Server, path: str) -> None:
    assert clock(server.call("GET", path).headers) == ("", "", "")


def test_an_operation_and_its_film_say_who_made_them(server: Server) -> None:
    body = {"instances": [{"prompt": "a boat"}], "parameters": {"durationSeconds": 5, "sampleCount": 1}}
    started = server.call("POST", f"{MODELS}/{VEO_2}:predictLongRunning", body)
    polled = server.call("GET", f"/gemini/v1beta/{started.json()['name']}")
    for answer in (started, polled):
        assert answer.headers["sunset"] == "Tue, 30 Jun 2026 00:00:00 GMT"
        assert answer.headers["danqing-served-by"] == "sketch"
    server.call("POST", f"/api/jobs/{started.headers['danqing-job']}/cancel")


def test_what_the_sketch_engine_makes_in_another_size_is_told(server: Server) -> None:
    body = {"model": LIVING, "prompt": "a fox", "count": 1, "size": "4K", "wants": ["image"]}
    job = server.call("POST", "/api/jobs", body).json()
    told = server.call("GET", f"/api/jobs/{job['id']}/events").headers
    assert "danqing-served-by" in told
    done = server.call("GET", f"/api/jobs/{job['id']}")
    assert done.headers["danqing-changed"] == 'size="4K";made="2048x2048"'
    [change] = done.json()["changes"]
    assert (change["param"], change["asked"], change["made"]) == ("size", "4K", "2048x2048")
    assert "4K" in change["message"]


def test_a_model_of_the_old_names_answers_by_its_new_one(server: Server) -> None:
    assert server.call("GET", f"/api/models/{LIVING}-preview").json()["id"] == LIVING
    assert server.call("GET", f"/api/models/{GEMINI}").json()["lifecycle"]["successor"] == LIVING


def test_what_dies_next_is_listed_with_whoever_used_it(server: Server) -> None:
    server.call(
        "POST", f"{MODELS}/{IMAGEN}:predict", {"instances": [{"prompt": "x"}], "parameters": {"sampleCount": 1}}
    )
    rows = server.call("GET", "/api/models?retiring").json()["models"]
    assert LIVING not in {row["id"] for row in rows}
    left = [row["left"] for row in rows]
    living = [days for days in left if days >= 0]
    assert left == [*sorted(living), *sorted((days for days in left if days < 0), reverse=True)]
    assert all(row["lifecycle"]["successor"] and row["lifecycle"]["loses"] for row in rows)
    own = {row["id"]: row["used_by"] for row in rows}[IMAGEN]
    assert [(use["test"], use["jobs"] > 0) for use in own] == [(True, True)], "one's own use, and nobody else's"
    everybody = server.call("GET", "/api/models?retiring", key=server.owner_key).json()["models"]
    assert {row["id"]: row["used_by"] for row in everybody}[IMAGEN]

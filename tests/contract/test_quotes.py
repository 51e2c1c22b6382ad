"""What something would cost is told before it is made, and what could cost too much is not made: in every dialect."""

from collections.abc import Iterator, Sequence

import pytest
from PIL import Image
from starlette.routing import BaseRoute, Mount, Route

from danqing.app import find_dialects
from danqing.domain.money import show
from danqing.front import Front
from serving import Answer, Server

from .calls import (
    CENT,
    CHAT,
    CONTENT,
    FILM,
    FILM_CHAT,
    GEMINI,
    IMAGEN,
    INTERACTIONS,
    MODELS,
    PREDICT,
    STREAM,
    Read,
    chat_body,
    content_body,
    data_url,
    film_body,
    google_error,
    jobs,
    native_error,
    new_key,
    openai_error,
    predict_body,
    spent,
)

# A picture of 1290 tokens and 2048 tokens of words at most, at $0.40 a million, and 3 tokens at $0.10.
TALK = (1290 + 2048) * 400 + 3 * 100
INTERACTION = {"model": GEMINI, "input": "a red fox", "response_modalities": ["text", "image"]}
JOB = {"model": IMAGEN, "prompt": "a red fox", "count": 2}
PIXEL = data_url(Image.new("RGB", (1, 1)))
# Every route that spends money, with a request, what it costs at the most, and how its errors are read.
PAID: dict[str, tuple[str, dict[str, object], int, Read]] = {
    "/{at:google}models/{model}:predict": (PREDICT, predict_body(sampleCount=2), 6 * CENT, google_error),
    "/{at:google}models/{model}:predictLongRunning": (
        FILM,
        film_body("a red fox", sampleCount=1, durationSeconds=5),
        175 * CENT,
        google_error,
    ),
    "/{at:google}models/{model}:generateContent": (CONTENT, content_body("a red fox"), TALK, google_error),
    "/{at:google}interactions": (INTERACTIONS, INTERACTION, TALK, google_error),
    "/{at:google}models/{model}:streamGenerateContent": (STREAM, content_body("a red fox"), TALK, google_error),
    "/v1/images/generations": (
        "/v1/images/generations",
        {"model": "dall-e-2", "prompt": "a red fox", "n": 2, "size": "512x512"},
        36 * CENT // 10,
        openai_error,
    ),
    "/v1/images/edits": (
        "/v1/images/edits",
        {"model": "dall-e-2", "prompt": "mirror it", "image": PIXEL},
        2 * CENT,
        openai_error,
    ),
    "/v1/responses": (
        "/v1/responses",
        {
            "model": "gpt-5",
            "input": "a red fox",
            "tools": [{"type": "image_generation", "model": "dall-e-2", "size": "512x512"}],
        },
        18 * CENT // 10,
        openai_error,
    ),
    "/v1/videos": ("/v1/videos", {"model": "sora-2", "prompt": "a red fox", "seconds": "8"}, 80 * CENT, openai_error),
    "/{at:google}models/{model}:batchGenerateContent": (
        f"{MODELS}/{GEMINI}:batchGenerateContent",
        {"batch": {"inputConfig": {"requests": {"requests": [{"request": content_body("a red fox")}]}}}},
        TALK,
        google_error,
    ),
    "/v1/chat/completions": (CHAT, chat_body("a red fox", model=FILM_CHAT), 41 * CENT, openai_error),
    "/api/jobs": ("/api/jobs", JOB, 6 * CENT, native_error),
    "/api/quote": ("/api/quote", JOB, 6 * CENT, native_error),
}
AGAIN = {"/api/jobs/{job}/again", "/api/jobs/{job}/retry"}  # spend what their job did
# Spend what another film costs, when a model does it to a film that is there; contract/test_openai_videos.py.
CHANGING = {"/v1/videos/edits", "/v1/videos/extensions", "/v1/videos/{id}/remix"}
AGENTS = "/mcp"  # spends as its tools do, and says so in the words of another protocol: test_mcp.py
FREE = {
    "/v1/videos/characters",
    "/v1/images/variations",
    "/v1/responses/{id}/cancel",
    "/api/advise",
    "/api/code",
    "/{at:google}models/{model}:fetchPredictOperation",
    "/{at:google}models/{model}:countTokens",
    "/{at:google}interactions/{id}/cancel",
    "/api/jobs/{job}/cancel",
    "/api/keys",
    "/api/projects",
    "/api/funds",
    "/api/sweep",
    "/{at:google}batches/{id}:cancel",
    "/{at:upload}files",
    "/v1/files",
    "/api/keys/{key}/rotate",
    "/api/assets/{file}/share",
    "/api/recognise",
    "/api/files",
    "/api/session",
    "/api/boards",
    "/api/boards/{board}/assets",
    "/api/webhooks",
    "/api/webhooks/secret",
    "/api/webhooks/{webhook}/rotate",
    "/api/webhooks/deliveries/{delivery}/replay",
}


def posts(routes: Sequence[BaseRoute], above: str = "") -> Iterator[str]:
    """The path of every route that takes a POST."""
    for route in routes:
        if isinstance(route, Mount):
            yield from posts(route.routes, above + route.path)
        elif isinstance(route, Route) and "POST" in (route.methods or ()):
            yield above + route.path


def test_every_route_that_takes_a_request_is_known_to_spend_or_not() -> None:
    front = Front(*[None] * 8)  # nobody asks
    there = {path for dialect in find_dialects() for path in posts(dialect.routes(front))}
    assert there == PAID.keys() | FREE | CHANGING | AGAIN | {AGENTS}


def test_what_is_free_costs_nothing_and_needs_no_price(server: Server) -> None:
    """A route that is wrongly called free would make something here."""
    before = len(jobs(server, server.key))
    for path in FREE:
        path = (
            path.replace("/{at:google}", "/v1beta/")
            .replace("{at:upload}", "upload/v1beta/")
            .replace("{model}", IMAGEN)
            .replace("{job}", "none")
            .replace("{id}", "none")
            .replace("{key}", "none")
            .replace("{file}", "none")
            .replace("{board}", "none")
        )
        server.call("POST", path, {"name": "nobody", "usd": "0", "cause": "nothing", "dry_run": True})
    assert len(jobs(server, server.key)) == before


@pytest.mark.parametrize("route", PAID)
def test_what_could_cost_more_than_it_may_is_refused(server: Server, route: str) -> None:
    path, body, nanos, read = PAID[route]
    key = new_key(server, "careful")
    told = f"{(nanos - 1) / 1e9:.9f}"
    answer = server.call("POST", path, body, key=key, headers={"x-danqing-max-cost": told})
    error = read(answer, 402)
    assert error["message"].startswith(f"This can cost up to ${show(nanos)}, and at most ${told}")
    assert "max_cost_exceeded" in str(error).lower()
    assert jobs(server, key) == []


@pytest.mark.parametrize("route", PAID)
@pytest.mark.parametrize("word", ["a lot", "-1", "0.1e1", ""])
def test_a_price_that_is_none_is_refused(server: Server, route: str, word: str) -> None:
    path, body, _, read = PAID[route]
    read(server.call("POST", path, body, headers={"x-danqing-max-cost": word}), 400)


def test_what_costs_just_as_much_as_it_may_is_made(server: Server) -> None:
    key = new_key(server, "exact")
    answer = server.call("POST", PREDICT, predict_body(), key=key, headers={"x-danqing-max-cost": "0.03"})
    assert answer.status == 200
    assert spent(server, key) == 3 * CENT


@pytest.mark.parametrize("route", PAID)
def test_a_dry_run_tells_what_it_would_cost_and_makes_nothing(server: Server, route: str) -> None:
    path, body, nanos, _ = PAID[route]
    key = new_key(server, "dry", budget_usd="1.00")
    told = quoted(server.call("POST", path, body, key=key, headers={"danqing-dry-run": "true"}))
    assert told["cost"]["nanos"] == nanos
    assert told["affordable"] == (nanos <= 100 * CENT)
    account, budget = told["limits"]
    assert (account["of"], account["left"]["nanos"] - account["after"]["nanos"]) == ("account", nanos)
    assert (budget["limit"], budget["after"]["nanos"]) == ("total", 100 * CENT - nanos)
    assert (told["provider"], told["sketch"], told["test"]) == ("sketch", True, True)
    assert jobs(server, key) == []
    assert spent(server, key) == 0


def test_a_dry_run_of_a_stream_and_with_pictures_makes_nothing_either(server: Server) -> None:
    key = new_key(server, "dry too")
    body = chat_body("a red fox", modalities=["text", "image"], stream=True)
    quoted(server.call("POST", CHAT, body, key=key, headers={"danqing-dry-run": "1"}))
    assert jobs(server, key) == []
    openai_error(server.call("POST", CHAT, body, key=key, headers={"danqing-dry-run": "perhaps"}), 400)


def test_a_quote_is_the_hold_of_the_job_that_follows(server: Server) -> None:
    """Every model of the catalog, with the most that it can be asked for."""
    for model in server.call("GET", "/api/models").json()["models"]:
        ability = model["ability"]
        body = {"model": model["id"], "prompt": "[danqing:fail] 山水 and hills", "count": ability["count"]["max"]}
        if not ability["anew"]:
            body["pictures"] = [data_url(Image.new("RGB", (64, 48), "teal"))]
        if ability["seconds"]:
            body["seconds"] = max(ability["seconds"])
        quote = server.call("POST", "/api/quote", body).json()
        job = server.call("POST", "/api/jobs", body)
        assert job.status == 201, job.body
        assert quote["cost"] == job.json()["held"]
        assert quote["ignored"] == job.json()["ignored"]
        assert quote["cost"]["nanos"] > 0


def test_a_quote_says_what_is_not_honoured(server: Server) -> None:
    body = {**JOB, "knobs": {"mysticism": 3}}
    assert server.call("POST", "/api/quote", body).json()["ignored"] == ["mysticism"]


def test_a_wrong_request_has_no_quote(server: Server) -> None:
    error = google_error(
        server.call("POST", PREDICT, predict_body(sampleCount=9), headers={"danqing-dry-run": "true"}), 400
    )
    assert "1 to 4" in error["message"]
    path = f"{MODELS}/imagen-9:predict"
    google_error(server.call("POST", path, predict_body(), headers={"danqing-dry-run": "true"}), 404)


def quoted(answer: Answer) -> dict[str, object]:
    assert answer.status == 200, answer.body
    assert answer.headers["danqing-dry-run"] == "true"
    assert "danqing-job" not in answer.headers
    return answer.json()

"""Limits of keys and projects as clients meet them: refused with reason, figure and time, in each dialect's shape."""

import re
from datetime import UTC, datetime

import pytest

from serving import Answer, Server

from .calls import (
    CENT,
    CHAT,
    FILM,
    IMAGEN,
    PREDICT,
    Read,
    chat_body,
    ended,
    film_body,
    google_error,
    jobs,
    native_error,
    openai_error,
    predict_body,
    spent,
)

PICTURE: dict[str, tuple[str, dict[str, object], Read]] = {
    "google": (PREDICT, predict_body(), google_error),
    "openai": (CHAT, chat_body("a red fox", model=IMAGEN, n=1), openai_error),
    "native": ("/api/jobs", {"model": IMAGEN, "prompt": "a red fox", "count": 1}, native_error),
}
SLOW = film_body("[danqing:slow=600] a fox", sampleCount=1, durationSeconds=5)


def owner(server: Server, method: str, path: str, body: object = None) -> dict[str, object]:
    answer = server.call(method, path, body, key=server.owner_key)
    assert answer.status < 300, answer.body
    return answer.json()


def a_key(server: Server, name: str, **limits: object) -> tuple[str, str]:
    """A key's id and its secret."""
    made = owner(server, "POST", "/api/keys", {"name": name, **limits})
    return str(made["id"]), str(made["secret"])


def code_of(error: dict[str, object]) -> str:
    """The machine's word for a refusal, wherever its dialect has it."""
    details = error.get("details")
    return str(details[0]["reason"]).lower() if isinstance(details, list) else str(error["code"])


def wait_of(answer: Answer, error: dict[str, object]) -> int:
    """The seconds to wait: the header, and where the dialect has a place for it, the body."""
    seconds = int(answer.headers["retry-after"])
    if isinstance(details := error.get("details"), list):
        assert details[1]["retryDelay"] == f"{seconds}s"
    if "retry_after" in error:
        assert error["retry_after"] == seconds
    return seconds


@pytest.mark.parametrize("dialect", PICTURE)
@pytest.mark.parametrize(
    ("limit", "code", "words"),
    [
        ("daily_usd", "daily_budget_exceeded", "the daily budget of this key has $0.02 left"),
        ("monthly_usd", "monthly_budget_exceeded", "the monthly budget of this key has $0.02 left"),
    ],
)
def test_a_budget_is_told_with_its_rest_and_its_end(
    server: Server, dialect: str, limit: str, code: str, words: str
) -> None:
    path, body, read = PICTURE[dialect]
    _, key = a_key(server, "a day", **{limit: "0.05"})
    assert server.call("POST", path, body, key=key).status in (200, 201)
    answer = server.call("POST", path, body, key=key)
    error = read(answer, 402)
    assert code_of(error) == code
    assert f"up to $0.03, and {words}" in error["message"]
    [moment] = re.findall(r"anew at (\S+ \S+) UTC", error["message"])
    resets = datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert abs((resets - datetime.now(UTC)).total_seconds() - wait_of(answer, error)) < 60
    assert "x-should-retry" not in answer.headers
    assert len(jobs(server, key)) == 1


@pytest.mark.parametrize("dialect", PICTURE)
def test_too_many_requests_a_minute_are_told_with_the_second(server: Server, dialect: str) -> None:
    path, body, read = PICTURE[dialect]
    _, key = a_key(server, "slowly", per_minute=1)
    assert server.call("POST", path, body, key=key).status in (200, 201)
    answer = server.call("POST", path, body, key=key)
    error = read(answer, 429)
    assert code_of(error) == "rate_limit_exceeded"
    assert error["message"].startswith("This key may send 1 request a minute, and has.")
    assert 1 <= wait_of(answer, error) <= 60
    assert len(jobs(server, key)) == 1


@pytest.mark.parametrize("dialect", PICTURE)
def test_too_many_jobs_at_a_time_are_told(server: Server, dialect: str) -> None:
    path, body, read = PICTURE[dialect]
    _, key = a_key(server, "one by one", concurrent=1)
    job = server.call("POST", FILM, SLOW, key=key).headers["danqing-job"]
    answer = server.call("POST", path, body, key=key)
    error = read(answer, 429)
    assert code_of(error) == "too_many_jobs"
    assert error["message"].startswith("This key may have 1 unfinished job at a time, and has.")
    assert wait_of(answer, error)
    server.call("POST", f"/api/jobs/{job}/cancel", key=key)
    assert server.call("POST", path, body, key=key).status in (200, 201)


@pytest.mark.parametrize("dialect", PICTURE)
def test_full_storage_is_told(server: Server, dialect: str) -> None:
    path, body, read = PICTURE[dialect]
    _, key = a_key(server, "a small shelf", storage_bytes=2_000_000)
    first = server.call("POST", path, body, key=key)
    ended(server, first.headers["danqing-job"], key)
    error = read(server.call("POST", path, body, key=key), 402)
    assert code_of(error) == "storage_exceeded"
    assert "may take 2.0 MB" in error["message"]
    assert server.call("POST", CHAT, chat_body("only words"), key=key).status == 200


def test_a_project_binds_all_its_keys(server: Server) -> None:
    project = owner(server, "POST", "/api/projects", {"name": "films", "daily_usd": "0.05"})
    (_, ann), (_, bob) = (a_key(server, name, project=project["id"]) for name in ("ann", "bob"))
    assert server.call("POST", PREDICT, predict_body(), key=ann).status == 200
    error = google_error(server.call("POST", PREDICT, predict_body(), key=bob), 402)
    assert code_of(error) == "project_daily_budget_exceeded"
    assert "the daily budget of this project has $0.02 left" in error["message"]
    [_, standing] = server.call("GET", "/api/usage", key=bob).json()["limits"]
    assert (standing["of"], standing["limit"], standing["used"]["usd"]) == ("project", "daily", "0.03")
    owner(server, "PATCH", f"/api/projects/{project['id']}", {"daily_usd": "0.06"})
    assert server.call("POST", PREDICT, predict_body(), key=bob).status == 200
    assert spent(server, bob) == 3 * CENT


def test_a_change_of_a_limit_holds_for_the_next_request(server: Server) -> None:
    id, key = a_key(server, "changing")
    assert server.call("POST", PREDICT, predict_body(), key=key).status == 200
    told = owner(server, "PATCH", f"/api/keys/{id}", {"daily_usd": "0.04"})
    assert told["limits"]["daily"]["usd"] == "0.04"
    assert "$0.01 left" in google_error(server.call("POST", PREDICT, predict_body(), key=key), 402)["message"]
    owner(server, "PATCH", f"/api/keys/{id}", {"daily_usd": None, "per_minute": 1})
    google_error(server.call("POST", PREDICT, predict_body(), key=key), 429)
    told = owner(server, "PATCH", f"/api/keys/{id}", {"per_minute": None})
    assert set(told["limits"].values()) == {None}
    assert server.call("POST", PREDICT, predict_body(), key=key).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/projects"),
        ("POST", "/api/projects"),
        ("PATCH", "/api/projects/project_1"),
        ("PATCH", "/api/keys/key_1"),
    ],
)
def test_only_the_owner_sets_limits(server: Server, method: str, path: str) -> None:
    native_error(server.call(method, path, {"name": "mine", "daily_usd": "9"}), 403)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/keys/key_none", {"daily_usd": "1"}, 404),
        ("/api/projects/none", {"daily_usd": "1"}, 404),
        ("/api/keys/key_none", {"daily_usd": "much"}, 400),
        ("/api/keys/key_none", {"daily": "1"}, 400),
        ("/api/keys/key_none", {"per_minute": 0}, 400),
        ("/api/keys/key_none", {"storage_bytes": -1}, 400),
    ],
)
def test_a_wrong_limit_is_refused(server: Server, path: str, body: object, status: int) -> None:
    native_error(server.call("PATCH", path, body, key=server.owner_key), status)

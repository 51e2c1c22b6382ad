"""What is charged, to the nano-dollar, and that a repetition with an Idempotency-Key is not charged again."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from serving import Answer, Server

from .calls import (
    CENT,
    CHAT,
    CONTENT,
    FILM,
    FILM_CHAT,
    GEMINI,
    IMAGEN,
    IMAGEN_4,
    MODELS,
    PREDICT,
    STREAM,
    ULTRA,
    VEO_2,
    VEO_3,
    chat_body,
    content_body,
    ended,
    film_body,
    google_error,
    held,
    jobs,
    native_error,
    new_key,
    openai_error,
    predict_body,
    spent,
)
from .conftest import Film

DOCUMENT_PRICES = {
    IMAGEN: [("picture", 3 * CENT)],
    IMAGEN_4: [("picture", 3 * CENT)],
    ULTRA: [("picture", 3 * CENT)],
    VEO_2: [("second", 35 * CENT)],
    VEO_3: [("second", 675 * CENT // 10)],
    FILM_CHAT: [("film", 41 * CENT)],
    GEMINI: [("million input tokens", 10 * CENT), ("million output tokens", 40 * CENT)],
}


@pytest.mark.parametrize("model", DOCUMENT_PRICES)
def test_the_catalog_has_the_document_s_prices(server: Server, model: str) -> None:
    told = server.call("GET", f"/api/models/{model}").json()["prices"]
    assert [(row["per"], row["price"]["nanos"]) for row in told] == DOCUMENT_PRICES[model]


@pytest.mark.parametrize(
    ("path", "body", "nanos"),
    [
        (PREDICT, predict_body("a red fox", sampleCount=2), 6 * CENT),
        (f"{MODELS}/{IMAGEN_4}:predict", predict_body("a red fox"), 3 * CENT),
        (f"{MODELS}/{ULTRA}:predict", predict_body("a red fox"), 3 * CENT),
        (CHAT, chat_body("a red fox", model=IMAGEN, n=1), 3 * CENT),
    ],
)
def test_a_picture_costs_its_price(server: Server, path: str, body: object, nanos: int) -> None:
    key = new_key(server, "one price")
    answer = server.call("POST", path, body, key=key)
    job = server.call("GET", f"/api/jobs/{answer.headers['danqing-job']}", key=key).json()
    assert job["charged"]["nanos"] == nanos == spent(server, key)
    assert job["charged"]["usd"] == answer.headers["danqing-cost-usd"]


def test_the_shared_film_cost_its_seconds(server: Server, film: Film) -> None:
    assert server.call("GET", f"/api/jobs/{film.job}").json()["charged"]["nanos"] == 5 * 35 * CENT


def test_a_film_over_chat_has_one_price(server: Server, told: Answer) -> None:
    job = server.call("GET", f"/api/jobs/{told.headers['danqing-job']}").json()
    assert job["charged"]["nanos"] == 41 * CENT


def test_the_statement_agrees_with_the_jobs(server: Server) -> None:
    key = new_key(server, "a statement", budget_usd="1.00")
    server.call("POST", PREDICT, predict_body("[danqing:filtered=1] a fox", sampleCount=3), key=key)
    server.call("POST", PREDICT, predict_body("[danqing:filtered] a fox"), key=key)
    server.call("POST", PREDICT, predict_body("[danqing:unknown] a fox"), key=key)
    server.call("POST", CHAT, chat_body("a red fox", modalities=["text", "image"]), key=key)
    server.call("POST", CHAT, chat_body("hello"), key=key)
    server.call("POST", CHAT, chat_body("[danqing:fail] hello"), key=key)
    done = jobs(server, key)
    assert len(done) == 6
    usage = server.call("GET", "/api/usage", key=key).json()
    charged = sum(job["charged"]["nanos"] for job in done)
    assert charged == spent(server, key) == sum(row["charged"]["nanos"] for row in usage["by_model"])
    assert {row["model"]: row["jobs"] for row in usage["by_model"]} == {IMAGEN: 1, GEMINI: 2}
    assert usage["budget"]["available"]["nanos"] == 100 * CENT - charged
    assert usage["budget"]["held"]["nanos"] == 0
    assert 6 * CENT < charged < 7 * CENT


def test_a_budget_admits_exactly_what_it_can_pay(server: Server) -> None:
    key = new_key(server, "three pictures", budget_usd="0.09")
    slow = film_body("[danqing:slow=600] a fox", sampleCount=1, durationSeconds=5)
    assert server.call("POST", PREDICT, predict_body("a red fox", sampleCount=3), key=key).status == 200
    error = google_error(server.call("POST", PREDICT, predict_body("a red fox"), key=key), 402)
    assert "raise the budget" in error["message"]
    google_error(server.call("POST", FILM, slow, key=key), 402)
    assert spent(server, key) == 9 * CENT


def test_a_budget_cannot_be_overrun_by_many_at_once(server: Server) -> None:
    key = new_key(server, "three films", budget_usd="5.25")
    slow = film_body("[danqing:slow=600] a fox", sampleCount=1, durationSeconds=5)
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: server.call("POST", FILM, slow, key=key), range(8)))
    assert sorted(answer.status for answer in answers) == [200] * 3 + [402] * 5
    assert held(server, key) == 525 * CENT
    for job in jobs(server, key):
        server.call("POST", f"/api/jobs/{job['id']}/cancel", key=key)
    assert (held(server, key), spent(server, key)) == (0, 0)


def test_what_is_held_is_given_back(server: Server) -> None:
    key = new_key(server, "held", budget_usd="1.75")
    slow = film_body("[danqing:slow=600] a fox", sampleCount=1, durationSeconds=5)
    job = server.call("POST", FILM, slow, key=key).headers["danqing-job"]
    assert held(server, key) == 175 * CENT
    google_error(server.call("POST", FILM, slow, key=key), 402)
    assert server.call("POST", f"/api/jobs/{job}/cancel", key=key).json()["charged"]["nanos"] == 0
    assert held(server, key) == 0
    again = server.call("POST", FILM, film_body("[danqing:fail] a fox", sampleCount=1, durationSeconds=5), key=key)
    assert ended(server, again.headers["danqing-job"], key)["state"] == "failed"
    assert (held(server, key), spent(server, key)) == (0, 0)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PREDICT, predict_body("a red fox")),
        (CHAT, chat_body("hello")),
        (CHAT, chat_body("hello", stream=True)),
        (CONTENT, content_body("hello", responseModalities=["TEXT"])),
        (STREAM, content_body("hello", responseModalities=["TEXT"])),
        (FILM, film_body("[danqing:filtered] a fox")),
        ("/api/jobs", {"model": IMAGEN, "prompt": "a red fox", "count": 1}),
    ],
)
def test_a_repetition_is_the_same_job(server: Server, path: str, body: dict[str, object]) -> None:
    key, headers = new_key(server, "once"), {"Idempotency-Key": "order 42"}
    first, again = (server.call("POST", path, body, key=key, headers=headers) for _ in range(2))
    assert first.status == again.status
    job = first.headers["danqing-job"]
    assert again.headers["danqing-job"] == job
    ended(server, job, key)
    assert len(jobs(server, key)) == 1
    assert spent(server, key) == server.call("GET", f"/api/jobs/{job}", key=key).json()["charged"]["nanos"]


def test_a_repetition_gives_the_same_picture(server: Server) -> None:
    headers = {"Idempotency-Key": "the same picture"}
    first, again = (server.call("POST", PREDICT, predict_body("a red fox"), headers=headers) for _ in range(2))
    assert first.body == again.body


def test_repetitions_at_the_same_time_are_one_job(server: Server) -> None:
    key, headers = new_key(server, "at the same time"), {"Idempotency-Key": "order 41"}
    with ThreadPoolExecutor(6) as crowd:
        answers = list(
            crowd.map(lambda _: server.call("POST", PREDICT, predict_body(), key=key, headers=headers), range(6))
        )
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert spent(server, key) == 3 * CENT


def test_another_body_or_path_under_the_same_name_is_refused(server: Server) -> None:
    key, headers = new_key(server, "mismatch"), {"Idempotency-Key": "order 43"}
    assert server.call("POST", CHAT, chat_body("hello"), key=key, headers=headers).status == 200
    error = openai_error(server.call("POST", CHAT, chat_body("hello there"), key=key, headers=headers), 422)
    assert "Idempotency-Key" in error["message"]
    google_error(server.call("POST", PREDICT, predict_body("a red fox"), key=key, headers=headers), 422)
    other = {"model": IMAGEN, "prompt": "a red fox"}
    native_error(server.call("POST", "/api/jobs", other, key=key, headers=headers), 422)
    assert len(jobs(server, key)) == 1


def test_the_same_name_means_nothing_to_another_key(server: Server) -> None:
    headers, body = {"Idempotency-Key": "order 44"}, chat_body("hello")
    first, other = (server.call("POST", CHAT, body, key=new_key(server, "each"), headers=headers) for _ in range(2))
    assert first.headers["danqing-job"] != other.headers["danqing-job"]


def test_a_refused_request_does_not_use_its_name_up(server: Server) -> None:
    headers = {"Idempotency-Key": "order 45"}
    openai_error(server.call("POST", CHAT, chat_body("hello", n=2), headers=headers), 400)
    assert server.call("POST", CHAT, chat_body("hello"), headers=headers).status == 200


def test_a_name_may_not_be_endless(server: Server) -> None:
    error = openai_error(server.call("POST", CHAT, chat_body("hello"), headers={"Idempotency-Key": "x" * 256}), 400)
    assert "255" in error["message"]

"""What went wrong with money in other gateways, each by the name of its report, and does not go wrong here."""

import time
from concurrent.futures import ThreadPoolExecutor

from serving import Server

from .calls import (
    CENT,
    CHAT,
    FILM,
    PREDICT,
    chat_body,
    ended,
    film_body,
    held,
    jobs,
    new_key,
    predict_body,
    spent,
)

SLOW = film_body("[danqing:slow=600] a fox", sampleCount=1, durationSeconds=5)
FIVE_SECONDS = 175 * CENT


def test_litellm_34732_a_budget_is_checked_before_anything_is_spent(server: Server) -> None:
    """Requests at once all passed the check, because spending was recorded when they had ended."""
    key = new_key(server, "LiteLLM 34732", budget_usd="3.50")
    with ThreadPoolExecutor(12) as crowd:
        statuses = list(crowd.map(lambda _: server.call("POST", FILM, SLOW, key=key).status, range(12)))
    assert sorted(statuses) == [200] * 2 + [402] * 10
    for job in jobs(server, key):
        server.call("POST", f"/api/jobs/{job['id']}/cancel", key=key)


def test_litellm_36926_a_budget_is_not_exceeded_by_what_was_given_back(server: Server) -> None:
    """False "budget exceeded": what is held or was refused does not stay on the bill."""
    key = new_key(server, "LiteLLM 36926", budget_usd="0.03", daily_usd="0.03")
    for _ in range(3):
        assert server.call("POST", PREDICT, predict_body("[danqing:fail] a fox"), key=key).status == 502
        assert server.call("POST", PREDICT, predict_body(sampleCount=2), key=key).status == 402
    assert server.call("POST", PREDICT, predict_body(), key=key).status == 200
    assert server.call("POST", PREDICT, predict_body(), key=key).status == 402


def test_litellm_38176_every_way_of_asking_is_counted(server: Server) -> None:
    """Whole endpoints were free. That no route is forgotten is tested with the quotes."""
    key = new_key(server, "LiteLLM 38176")
    server.call("POST", PREDICT, predict_body(), key=key)
    server.call("POST", CHAT, chat_body("hello"), key=key)
    server.call("POST", CHAT, chat_body("hello", stream=True), key=key)
    film = server.call("POST", FILM, film_body("a fox", sampleCount=1, durationSeconds=5), key=key)
    ended(server, film.headers["danqing-job"], key)
    charged = [job["charged"]["nanos"] for job in jobs(server, key)]
    assert len(charged) == 4
    assert all(charged)
    assert sum(charged) == spent(server, key)


def test_new_api_2050_a_film_that_failed_is_not_charged(server: Server) -> None:
    key = new_key(server, "New-API 2050")
    for word in ("fail", "quota", "filtered", "unknown"):
        film = film_body(f"[danqing:{word}] a fox", sampleCount=1, durationSeconds=5)
        job = ended(server, server.call("POST", FILM, film, key=key).headers["danqing-job"], key)
        assert job["charged"]["nanos"] == 0
    assert (held(server, key), spent(server, key)) == (0, 0)


def test_new_api_4211_a_refund_adds_nothing(server: Server) -> None:
    """What was given back was added to what there was in all."""
    key = new_key(server, "New-API 4211", budget_usd="1.75")
    for _ in range(3):
        job = server.call("POST", FILM, SLOW, key=key).headers["danqing-job"]
        server.call("POST", f"/api/jobs/{job}/cancel", key=key)
        budget = server.call("GET", "/api/usage", key=key).json()["budget"]
        assert (budget["available"]["nanos"], budget["posted"]["nanos"]) == (FIVE_SECONDS, 0)


def test_new_api_pr_2025_money_comes_back_once(server: Server) -> None:
    """A job that was cancelled twice, or cancelled when it had ended, was paid back twice."""
    key = new_key(server, "New-API PR 2025", budget_usd="10.00")
    job = server.call("POST", FILM, SLOW, key=key).headers["danqing-job"]
    with ThreadPoolExecutor(10) as crowd:
        ends = list(
            crowd.map(lambda _: server.call("POST", f"/api/jobs/{job}/cancel", key=key).json()["state"], range(10))
        )
    assert ends == ["cancelled"] * 10
    made = server.call("POST", PREDICT, predict_body(), key=key).headers["danqing-job"]
    assert server.call("POST", f"/api/jobs/{made}/cancel", key=key).json()["state"] == "done"
    budget = server.call("GET", "/api/usage", key=key).json()["budget"]
    assert (budget["available"]["nanos"], budget["held"]["nanos"]) == (1000 * CENT - 3 * CENT, 0)


def test_new_api_4526_and_5498_nothing_costs_more_than_was_held(server: Server) -> None:
    """A guess below the true cost took balances below zero; seconds that were left out were guessed too low."""
    key = new_key(server, "New-API 5498")
    film = server.call("POST", FILM, film_body("a fox", sampleCount=1), key=key)
    job = ended(server, film.headers["danqing-job"], key)
    assert job["outputs"][0]["seconds"] == 8
    assert job["charged"]["nanos"] == job["held"]["nanos"] == 8 * 35 * CENT


def test_sub2api_6373_a_film_that_nobody_asks_for_is_made_and_billed(server: Server) -> None:
    """It was billed when it was polled, and else never."""
    key = new_key(server, "sub2api 6373")
    server.call("POST", FILM, film_body("a fox", sampleCount=1, durationSeconds=5), key=key)
    deadline = time.monotonic() + 90
    while not spent(server, key) and time.monotonic() < deadline:  # looks at the money alone
        time.sleep(0.2)
    assert (spent(server, key), held(server, key)) == (FIVE_SECONDS, 0)

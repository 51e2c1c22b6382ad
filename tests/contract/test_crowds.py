"""Hundreds of requests at the same moment over real sockets: money and limits hold to the request."""

from crowds import CROWD, at_once, statuses
from serving import Server

from .calls import CENT, CHAT, FILM, PREDICT, chat_body, film_body, held, jobs, new_key, predict_body, spent

SLOW = film_body("[danqing:slow=600] a fox", sampleCount=1, durationSeconds=5)


def cancel_all(server: Server, key: str) -> None:
    for job in jobs(server, key):
        server.call("POST", f"/api/jobs/{job['id']}/cancel", key=key)


def test_money_for_ten_admits_ten(server: Server) -> None:
    key = new_key(server, "money for ten", budget_usd="17.50")
    assert statuses(at_once([server], FILM, SLOW, key)) == {200: 10, 402: CROWD - 10}
    assert held(server, key) == 1750 * CENT
    cancel_all(server, key)
    assert (held(server, key), spent(server, key)) == (0, 0)


def test_a_day_s_money_for_ten_admits_ten(server: Server) -> None:
    key = new_key(server, "a day's money for ten", daily_usd="17.50")
    assert statuses(at_once([server], FILM, SLOW, key)) == {200: 10, 402: CROWD - 10}
    cancel_all(server, key)


def test_ten_jobs_at_a_time_are_ten(server: Server) -> None:
    key = new_key(server, "ten at a time", concurrent=10)
    assert statuses(at_once([server], FILM, SLOW, key)) == {200: 10, 429: CROWD - 10}
    cancel_all(server, key)


def test_ten_requests_a_minute_are_ten(server: Server) -> None:
    key = new_key(server, "ten a minute", per_minute=10)
    assert statuses(at_once([server], CHAT, chat_body("hello"), key)) == {200: 10, 429: CROWD - 10}
    assert len(jobs(server, key)) == 10


def test_one_idempotency_key_a_hundred_times_is_one_job_and_one_charge(server: Server) -> None:
    key = new_key(server, "once")
    headers = {"Idempotency-Key": "order 7"}
    answers = at_once([server], PREDICT, predict_body(), key, count=100, headers=headers)
    assert statuses(answers) == {200: 100}
    assert len({body for _, body in answers}) == 1
    assert len(jobs(server, key)) == 1
    assert spent(server, key) == 3 * CENT

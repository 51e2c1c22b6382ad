"""Whoever asks for the model "auto" is told which one was chosen and why, and pays what was quoted for it."""

import pytest

from serving import Server

from .calls import (
    CHAT,
    IMAGEN,
    MODELS,
    chat_body,
    film_body,
    google_error,
    jobs,
    native_error,
    new_key,
    openai_error,
    predict_body,
)

LOGO = {"model": "auto", "prompt": "a minimalist logo of a fox"}
TOO_MANY = 40


def test_a_quote_tells_the_model_and_the_job_costs_as_much(server: Server) -> None:
    told = server.call("POST", "/api/quote", LOGO)
    quote = told.json()
    answer = server.call("POST", "/api/jobs", LOGO)
    job = answer.json()
    assert answer.status == 201
    assert told.headers["danqing-advised"] == answer.headers["danqing-advised"] == quote["model"] == job["model"]
    assert quote["advised"] == job["advised"]
    assert quote["advised"][0] == "“logo” is about a brand or a product."
    assert f"${quote['cost']['usd']} at the most" in quote["advised"][-1]
    assert quote["cost"] == job["held"]


def test_a_request_that_names_its_model_has_no_advice(server: Server) -> None:
    answer = server.call("POST", "/api/quote", {**LOGO, "model": "imagen-4.0-generate-001"})
    assert answer.json()["advised"] == []
    assert "danqing-advised" not in answer.headers


def test_google_s_calls_take_it_in_their_path(server: Server) -> None:
    answer = server.call("POST", f"{MODELS}/auto:predict", predict_body("a minimalist logo of a fox"))
    assert answer.status == 200, answer.body
    assert len(answer.json()["predictions"]) == 1
    dry = {"danqing-dry-run": "true"}
    talk = {"contents": [{"parts": [{"text": "a minimalist logo of a fox"}]}]}
    talker = server.call("POST", f"{MODELS}/auto:generateContent", talk, headers=dry).json()["model"]
    assert "text" in server.call("GET", f"/api/models/{talker}").json()["ability"]["makes"]
    counts = [server.call("POST", f"{MODELS}/{model}:countTokens", talk).json() for model in ("auto", talker)]
    assert counts[0]["totalTokens"] > 0
    assert counts[0] == counts[1]
    films = f"{MODELS}/auto:predictLongRunning"
    chosen = server.call("POST", films, film_body("a fox", durationSeconds=8), headers=dry)
    assert server.call("GET", f"/api/models/{chosen.json()['model']}").json()["ability"]["makes"] == ["video"]
    google_error(server.call("POST", films, film_body("a fox", durationSeconds=90)), 400)


@pytest.mark.parametrize(("prompt", "medium"), [("a film of a fox in the snow", "video"), ("a fox", "image")])
def test_the_words_of_a_chat_tell_a_film_from_a_picture(server: Server, prompt: str, medium: str) -> None:
    answer = server.call("POST", CHAT, chat_body(prompt, model="models/auto"), headers={"danqing-dry-run": "true"})
    assert medium in answer.json()["parameters"]["wants"]


def test_what_no_model_can_do_is_refused_with_the_reasons(server: Server) -> None:
    wrong = native_error(server.call("POST", "/api/jobs", {**LOGO, "count": TOO_MANY}), 400)
    assert (wrong["code"], wrong["param"]) == ("no_model", "model")
    assert f"not {TOO_MANY}." in wrong["message"]
    for prompt, code in (("", "empty_prompt"), ("fox " * 10_000, "prompt_too_long")):
        assert openai_error(server.call("POST", CHAT, chat_body(prompt, model="auto")), 400)["code"] == code


def test_advice_alone_tells_all_that_could_be_asked_and_makes_nothing(server: Server) -> None:
    key = new_key(server, "advised")
    told = server.call("POST", "/api/advise", LOGO, key=key).json()
    quote = server.call("POST", "/api/quote", LOGO, key=key).json()
    assert (told["model"], told["chosen"]["model"], told["languages"]) == (quote["model"], quote["model"], ["en"])
    assert told["chosen"]["cost"] == quote["cost"]
    assert [*told["chosen"]["reasons"], told["why"]] == quote["advised"]
    assert len(told["alternatives"]) > 6
    assert jobs(server, key) == []


def test_a_model_that_is_named_is_looked_at_and_one_that_is_not_there_is_not(server: Server) -> None:
    named = {**LOGO, "model": IMAGEN, "aspect": "21:9"}
    told = server.call("POST", "/api/advise", named).json()
    assert (told["model"], told["chosen"], told["findings"][0]["code"]) == (IMAGEN, None, "unsupported_aspect")
    assert native_error(server.call("POST", "/api/advise", {**LOGO, "model": "imagen-9"}), 404)
    assert native_error(server.call("POST", "/api/advise", {**LOGO, "count": TOO_MANY}), 400)["code"] == "no_model"

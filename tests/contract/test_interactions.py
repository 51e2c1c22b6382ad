"""Interactions as curl asks for them: every path, the bytes of a stream, conversations, money, and what is refused."""

import base64
import json
from typing import Any

import pytest

from serving import Answer, Server

from .calls import (
    IMAGEN,
    INTERACTIONS,
    PREDICT,
    curl,
    events,
    google_error,
    jobs,
    new_key,
    predict_body,
    spent,
)
from .conftest import Film
from .test_paths_and_keys import BEGINNINGS

PATH = INTERACTIONS
PICTURES, FILMS = "gemini-3.1-flash-image", "gemini-omni-1.1-flash"
LINKED = {"type": "image", "delivery": "uri"}
UNMADE = "[danqing:fail] a fox"


def asked(words: object = "a red fox", **fields: object) -> dict[str, object]:
    return {"model": PICTURES, "input": words, "response_format": LINKED, **fields}


def create(server: Server, body: dict[str, object], **more: Any) -> Answer:
    answer = server.call("POST", PATH, body, **more)
    assert answer.status == 200, answer.body[:500]
    return answer


def refused(server: Server, body: dict[str, object], status: int = 400) -> dict[str, object]:
    before = len(jobs(server, server.key))
    error = google_error(server.call("POST", PATH, body), status)
    assert len(jobs(server, server.key)) == before, "nothing was begun"
    return error


def words_of(answer: Answer) -> list[str]:
    return [part["text"] for step in answer.json()["steps"] for part in step["content"] if part["type"] == "text"]


@pytest.fixture(scope="module")
def fox(server: Server) -> dict[str, Any]:
    """An interaction that drew a fox."""
    return create(server, asked()).json()


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_every_beginning_leads_there(server: Server, beginning: str, fox: dict[str, Any]) -> None:
    made = server.call("POST", f"{beginning}interactions", asked(UNMADE))
    assert (made.status, made.json()["status"]) == (200, "failed")
    answer = server.call("GET", f"{beginning}interactions/{fox['id']}?stream=false")
    assert (answer.status, answer.json()) == (200, fox)


def test_curl_draws_and_downloads(server: Server) -> None:
    body = json.dumps(asked("a teapot"))
    key = ("-H", f"x-goog-api-key: {server.key}")
    said = json.loads(curl(*key, "-H", "Content-Type: application/json", "-d", body, server.url + PATH))
    [content] = said["steps"][0]["content"]
    assert content["uri"].startswith(f"{server.url}/gemini/v1beta/files/")
    assert curl(*key, content["uri"]).startswith(b"\x89PNG")


def test_a_stream_as_it_is_sent(server: Server, fox: dict[str, Any]) -> None:
    sent = server.call("GET", f"{PATH}/{fox['id']}?stream=true").body.decode()
    frames = sent.removesuffix("\n\n").split("\n\n")
    assert frames.pop() == "data: [DONE]"
    for number, frame in enumerate(frames, 1):
        name, id, data = frame.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert (name, id) == (f"event: {event['event_type']}", f"id: {number}")
        assert event["event_id"] == str(number)
    answer = server.call("GET", f"{PATH}/{fox['id']}?stream=true", headers={"last-event-id": "4"})
    assert [event["event_id"] for event in events(answer.body)] == [str(at) for at in range(5, len(frames) + 1)]
    late = server.call("GET", f"{PATH}/{fox['id']}?stream=true&last_event_id=999")
    assert late.body == b"data: [DONE]\n\n"


def test_who_made_it_is_told_as_everywhere(server: Server) -> None:
    answer = create(server, asked(generation_config={"thinking_level": "low"}, labels={"a": "b"}))
    assert answer.headers["danqing-served-by"] == "sketch"
    assert answer.headers["danqing-job"] == answer.json()["id"]
    assert answer.headers["danqing-ignored"] == "thinking_level, labels"


def test_what_imagen_made_can_be_talked_about(server: Server) -> None:
    """Any job is an interaction: what was made in another dialect is looked at, and gone on with."""
    job = server.call("POST", PREDICT, predict_body("a red fox")).headers["danqing-job"]
    seen = server.call("GET", f"{PATH}/{job}").json()
    assert (seen["status"], seen["model"]) == ("completed", IMAGEN)
    assert base64.b64decode(seen["steps"][0]["content"][0]["data"]).startswith(b"\x89PNG")
    next = create(server, asked("make it black and white", previous_interaction_id=job)).json()
    assert next["previous_interaction_id"] == job


def test_a_picture_becomes_a_film_by_its_name_or_in_the_conversation(server: Server, fox: dict[str, Any]) -> None:
    """Both are only quoted: a film takes a while."""
    film = {"type": "video", "duration": "3s"}
    by_name = [{"type": "text", "text": "it runs"}, {"type": "image", "uri": fox["steps"][0]["content"][0]["uri"]}]
    config = {"video_config": {"task": "image_to_video"}}
    dry = {"danqing-dry-run": "true"}
    bodies = (
        asked(by_name, model=FILMS, response_format=film, generation_config=config),
        asked("it runs", model=FILMS, response_format=film, previous_interaction_id=fox["id"]),
    )
    for body in bodies:
        assert create(server, body, headers=dry).json()["parameters"]["seconds"] == 3


def test_a_conversation_may_be_sent_whole_and_an_answer_lack_a_picture(server: Server, fox: dict[str, Any]) -> None:
    talk = [{"type": "user_input", "content": "a red fox"}, *fox["steps"], {"type": "user_input", "content": "why?"}]
    answer = create(server, asked(talk, response_format={"type": "text"}))
    assert words_of(answer)
    shown = server.call("GET", f"{PATH}/{answer.json()['id']}?include_input=true").json()["input"]
    assert [step["type"] for step in shown] == ["user_input", "model_output", "user_input"]


def test_auto_is_answered_by_the_model_that_is_advised(server: Server) -> None:
    answer = create(server, asked("a red fox", model="auto", response_format=[]), headers={"danqing-dry-run": "true"})
    assert answer.headers["danqing-advised"] == answer.json()["model"] != "auto"


def test_one_idempotency_key_is_one_interaction(server: Server) -> None:
    key, once = new_key(server, "once"), {"idempotency-key": "fox"}
    ids = {create(server, asked(), key=key, headers=once).json()["id"] for _ in range(2)}
    background = server.call("POST", PATH, asked(background=True), key=key, headers=once)
    assert (len(ids), background.status) == (1, 422)
    assert len(jobs(server, key)) == 1


def test_a_cancelled_film_costs_nothing_and_can_be_gone_on_with_by_nobody(server: Server) -> None:
    key = new_key(server, "calls it off")
    film = asked("[danqing:slow=60] a fox", model=FILMS, response_format={"type": "video"}, background=True)
    begun = create(server, film, key=key).json()
    assert (begun["status"], "steps" in begun) == ("in_progress", False)
    early = asked("on", previous_interaction_id=begun["id"])
    assert "has not ended" in google_error(server.call("POST", PATH, early, key=key), 400)["message"]
    unended = google_error(server.call("DELETE", f"{PATH}/{begun['id']}", key=key), 400)
    assert "Cancel it first" in unended["message"]
    over = server.call("POST", f"{PATH}/{begun['id']}/cancel", key=key)
    assert (over.status, over.json()["status"]) == (200, "cancelled")
    assert "made nothing to go on with" in google_error(server.call("POST", PATH, early, key=key), 400)["message"]
    assert spent(server, key) == 0
    heard = events(server.call("GET", f"{PATH}/{begun['id']}?stream=true", key=key).body)
    assert [event["event_type"] for event in heard[-2:]] == ["interaction.status_update", "error"]


def test_what_is_deleted_is_gone_with_its_words_and_its_bill_stays(server: Server) -> None:
    once = {"idempotency-key": "deleted"}
    body = asked("why is the sky blue?", response_format={"type": "text"})
    answer = create(server, body, headers=once)
    id = answer.json()["id"]
    deleted = server.call("DELETE", f"{PATH}/{id}")
    assert (deleted.status, deleted.json()) == (200, {})
    assert server.call("DELETE", f"{PATH}/{id}").status == 200, "twice is once"
    for path in (f"{PATH}/{id}", f"{PATH}/{id}?stream=true"):
        assert "was removed on" in google_error(server.call("GET", path), 404)["message"]
    google_error(server.call("POST", f"{PATH}/{id}/cancel"), 404)
    google_error(server.call("POST", PATH, body, headers=once), 404)
    assert "was removed on" in refused(server, asked("on", previous_interaction_id=id), 404)["message"]
    job = server.call("GET", f"/api/jobs/{id}").json()
    assert job["charged"]["nanos"] > 0
    assert words_of(answer)[0] not in json.dumps(job)


def test_nobody_else_sees_or_touches_it(server: Server, fox: dict[str, Any]) -> None:
    stranger = new_key(server, "stranger")
    for method, path in [("GET", ""), ("GET", "?stream=true"), ("DELETE", ""), ("POST", "/cancel")]:
        google_error(server.call(method, f"{PATH}/{fox['id']}{path}", key=stranger), 404)
    chained = asked("on", previous_interaction_id=fox["id"])
    google_error(server.call("POST", PATH, chained, key=stranger), 404)
    named = asked([{"type": "image", "uri": fox["steps"][0]["content"][0]["uri"]}])
    google_error(server.call("POST", PATH, named, key=stranger), 404)
    google_error(server.call("POST", PATH, asked(), key="sk-test-wrong"), 401)
    assert jobs(server, stranger) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"model": None}, "Name the model"),
        ({"input": ""}, "The prompt is empty"),
        ({"webhook_config": {"uris": ["http://h"]}}, "A webhook is an address such as https"),
        ({"response_format": {"type": "image", "aspect_ratio": "7:3"}}, "Allowed: 1:1"),
        ({"response_format": {"type": "video"}}, "makes image and text"),
        ({"model": FILMS, "response_format": {"type": "video", "duration": "60s"}}, "Allowed: 8"),
        (
            {
                "model": FILMS,
                "response_format": {"type": "video"},
                "generation_config": {"video_config": {"task": "extend"}},
            },
            "To extend something, give it",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_with_what_can(server: Server, body: dict[str, object], told: str) -> None:
    error = refused(server, {name: value for name, value in asked(**body).items() if value is not None})
    assert told in error["message"]


def test_a_field_at_fault_is_named_as_interactions_name_it(server: Server) -> None:
    error = refused(server, asked(response_format={"type": "image", "aspect_ratio": "7:3"}))
    assert error["details"][0]["metadata"] == {"param": "response_format.aspect_ratio"}


def test_a_film_cannot_be_edited_by_a_model_that_only_makes_new_ones(server: Server, film: Film) -> None:
    """It is about the film that was made before, and nothing of it is left out in silence."""
    again = {"response_format": {"type": "video"}, "previous_interaction_id": film.job}
    assert "does not do edit" in refused(server, asked("at night", model="veo-3.0-generate-001", **again))["message"]


@pytest.mark.parametrize("query", ["stream=maybe", "include_input=2", "last_event_id=3", "stream=true&last_event_id=x"])
def test_a_query_that_says_nothing_is_refused(server: Server, fox: dict[str, Any], query: str) -> None:
    google_error(server.call("GET", f"{PATH}/{fox['id']}?{query}"), 400)


def test_the_list_of_all_of_them_is_no_call(server: Server) -> None:
    google_error(server.call("GET", PATH), 405)

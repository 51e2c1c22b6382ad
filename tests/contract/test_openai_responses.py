"""openai's responses, old and new, against the server, and curl for what no SDK sends."""

from collections.abc import Callable
from functools import cache

import pytest
from PIL import Image

from serving import Server

from .calls import CENT, events, jobs, new_key, openai_error, spent
from .conftest import ERAS, Facts, performed

PATH = "/v1/responses"
TOOLS = [{"type": "image_generation", "model": "dall-e-2", "size": "256x256"}]
BODY = {"model": "gpt-5", "input": "a red fox", "tools": TOOLS}


@pytest.fixture(scope="module")
def responses_of(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Facts]:
    """What openai of an era makes of the responses; each is asked once."""

    def perform(era: str) -> Facts:
        return performed("openai_responses", era, server, new_key(server, f"responses of {era}"), tmp_path_factory)

    return cache(perform)


@pytest.fixture(params=(ERAS[0], ERAS[-1]))
def responses(request: pytest.FixtureRequest, responses_of: Callable[[str], Facts]) -> Facts:
    return responses_of(request.param)


def shape(facts: Facts, name: str) -> tuple[str | None, tuple[int, int]]:
    with Image.open(facts.folder / name) as picture:
        picture.load()
        return picture.format, picture.size


def test_a_picture_comes_as_it_was_asked_for_and_the_conversation_goes_on(responses: Facts) -> None:
    made, on = responses.value("made"), responses.value("gone on")
    assert (made["status"], made["model"], made["metadata"]) == ("completed", "gpt-image-2", {"shelf": "foxes"})
    assert shape(responses, made["output"][0]["result"]) == ("JPEG", (512, 512))
    assert made["output"][0]["size"] == "512x512"
    assert (on["previous_response_id"], on["model"]) == (made["id"], "gpt-image-2")
    assert on["output"][0]["action"] == "edit"
    assert on["usage"]["input_tokens"] > made["usage"]["input_tokens"] + 200, "the picture was shown again"
    assert responses.value("async")["id"] == made["id"]
    for answer in (*responses.value("by items"), responses.value("shown")):
        assert answer["output"][0]["action"] == "edit"


def test_a_stream_tells_everything_in_order(responses: Facts) -> None:
    told = responses.value("streamed")
    numbers = [event["sequence_number"] for event in told]
    assert numbers == sorted(set(numbers))
    assert [event["type"].removeprefix("response.") for event in told] == [
        *("created", "in_progress", "output_item.added", "image_generation_call.in_progress"),
        *("image_generation_call.generating", "image_generation_call.partial_image"),
        *("image_generation_call.completed", "output_item.done", "completed"),
    ]
    assert shape(responses, told[5]["file"])[0] == "PNG"
    assert shape(responses, told[-1]["response"]["output"][0]["result"]) == ("PNG", (512, 512))
    broken = responses.value("broken stream")[-1]
    assert (broken["type"], broken["response"]["error"]["code"]) == ("response.failed", "server_error")


def test_background_words_and_what_is_refused(responses: Facts) -> None:
    polled = responses.value("polled")
    assert polled["first"] in ("queued", "in_progress")
    assert polled["status"] == "completed"
    talk = responses.value("talk")
    assert [item["type"] for item in talk["output"]] == ["message", "image_generation_call"]
    assert "fox" in talk["words"]
    assert (responses.error("filtered")["status_code"], responses.error("filtered")["code"]) == (400, "filtered")
    assert "not here to answer in words" in str(responses.error("words")["message"])


def test_a_response_is_found_until_it_is_deleted_by_whose_it_is(server: Server) -> None:
    key = new_key(server, "responds")
    made = server.call("POST", PATH, BODY, key=key)
    assert made.headers["danqing-ignored"] == "model"
    path = f"{PATH}/{made.json()['id']}"
    assert server.call("GET", path, key=key).json() == made.json()
    told = events(server.call("GET", f"{path}?stream=true&starting_after=4", key=key).body)
    assert [event["sequence_number"] for event in told] == [5, 6, 7]
    openai_error(server.call("GET", f"{path}?starting_after=4", key=key), 400)
    for method, where in (("GET", path), ("DELETE", path), ("POST", f"{path}/cancel")):
        openai_error(server.call(method, where), 404)  # another's
    assert server.call("DELETE", path, key=key).json() == {
        "id": made.json()["id"],
        "object": "response",
        "deleted": True,
    }
    openai_error(server.call("GET", path, key=key), 404)
    openai_error(server.call("POST", PATH, BODY | {"previous_response_id": made.json()["id"]}, key=key), 404)
    assert spent(server, key) == sum(job["charged"]["nanos"] for job in jobs(server, key)) > CENT


def test_what_is_not_to_be_stored_is_found_by_nobody(server: Server) -> None:
    made = server.call("POST", PATH, BODY | {"store": False})
    assert (made.status, made.json()["store"]) == (200, False)
    assert "store" in made.headers["danqing-ignored"]
    openai_error(server.call("GET", f"{PATH}/{made.json()['id']}"), 404)


def test_what_is_cancelled_costs_nothing(server: Server) -> None:
    key = new_key(server, "responds no more")
    slow = BODY | {"input": "[danqing:slow=60] a fox", "background": True}
    begun = server.call("POST", PATH, slow, key=key).json()
    early = BODY | {"previous_response_id": begun["id"]}
    assert "has not ended" in openai_error(server.call("POST", PATH, early, key=key), 400)["message"]
    openai_error(server.call("DELETE", f"{PATH}/{begun['id']}", key=key), 400)
    told = server.call("POST", f"{PATH}/{begun['id']}/cancel", key=key).json()
    assert (told["status"], told["error"], told["output"][0]["status"]) == ("cancelled", None, "failed")
    assert spent(server, key) == 0

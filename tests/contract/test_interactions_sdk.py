"""google-genai's interactions, sync and async: pictures, films and words, at once, in the background and streamed."""

from typing import Any

import av
import pytest
from PIL import Image

from serving import Server

from .calls import jobs, new_key
from .conftest import Facts, Film, performed

# June 2025 had no interactions (wire.md 14); what spring 2026 asked is what is asked today, so that some of it will do.
SPRING = ("drawn", "followed", "streamed", "failed stream", "unknown")
WIDE = ["PNG", 1408, 792]
BEGUN = ["interaction.created", "interaction.status_update"]
STEP = ["step.start", "step.delta", "step.stop"]
REFUSED = "The prompt asked the Sketch engine to refuse it (a magic prompt)."
FAILED = "The prompt asked the Sketch engine to fail (a magic prompt)."


@pytest.fixture(scope="module")
def talks(server: Server, film: Film, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What the newest google-genai makes of interactions."""
    return performed("google_interactions", "newest", server, server.key, tmp_path_factory, FILM=film.job, ONLY="")


@pytest.fixture(scope="module")
def spring(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What google-genai of spring 2026 makes of some of them."""
    key = new_key(server, "interactions of spring")
    return performed(
        "google_interactions", "spring-2026", server, key, tmp_path_factory, FILM="", ONLY=",".join(SPRING)
    )


def value(talks: Facts, call: str) -> Any:
    return talks.value(call)


def error(talks: Facts, call: str, kind: str, status: int) -> str:
    told = talks.error(call)
    assert (told["error"], told["status_code"]) == (kind, status)
    return str(told["message"])


def test_a_picture_of_the_ratio_that_was_asked_for(talks: Facts) -> None:
    told = value(talks, "drawn")
    assert (told["status"], told["model"], told["made"]) == ("completed", "gemini-3.1-flash-image", [WIDE])
    assert told["image"] == WIDE, "the SDK finds it"
    assert (told["previous"], told["errors"]) == (None, [])
    asked, answered, all_of_it = told["tokens"]
    assert asked + answered == all_of_it > 1000


def test_words_and_a_picture_of_what_was_given(talks: Facts) -> None:
    told = value(talks, "mixed")
    assert (told["made"][0], told["made"][1][0]) == ("words", "PNG")
    assert told["text"]
    assert told["tokens"][0] > 258, "the picture was looked at"


def test_words_alone(talks: Facts) -> None:
    told = value(talks, "words")
    assert (told["made"], told["status"]) == (["words"], "completed")
    assert told["text"]


def test_the_conversation_goes_on(talks: Facts) -> None:
    first, told = value(talks, "drawn"), value(talks, "followed")
    assert (told["previous"], told["made"]) == (first["id"], [WIDE])
    assert told["tokens"][0] > first["tokens"][0] + 258, "what was drawn before was sent along"
    assert told["said"] == [["make it black and white"]]
    assert told["the same"]


def test_a_film_is_there_whole(talks: Facts) -> None:
    assert value(talks, "filmed") == {"status": "completed", "mime": "video/mp4"}
    with av.open(str(talks.folder / "inline.mp4")) as film:
        assert (film.streams.video[0].width, film.duration) == (1280, 5_000_000)


def test_a_picture_of_the_background_is_downloaded(talks: Facts) -> None:
    assert value(talks, "fetched") == ["linked"]
    with Image.open(talks.folder / "linked.png") as picture:
        assert [picture.format, *picture.size] == WIDE


def test_a_stream_is_taken_up_behind_any_event(talks: Facts) -> None:
    told = value(talks, "streamed")
    events = told["events"]
    kinds = [kind for _, kind, _ in events]
    assert kinds == [*BEGUN, "step.start", "step.delta", "step.delta", "step.stop", "interaction.completed"]
    assert [number for number, *_ in events] == [str(at) for at in range(1, len(events) + 1)]
    assert [content[0] for _, kind, content in events if kind == "step.delta"] == ["text", "image"]
    assert events[-1][-1] == "completed"
    assert told["all"] == events
    assert told["rest"] == {number: events[int(number) :] for number, *_ in events[1::3]}


def test_a_picture_inside_a_stream(talks: Facts) -> None:
    assert value(talks, "inline stream") == [WIDE]


def test_the_async_client_gets_the_same(talks: Facts) -> None:
    kinds = [*BEGUN, *STEP, "interaction.completed"]
    assert value(talks, "without waiting") == {
        "made": ["words"],
        "begun": "in_progress",
        "kinds": kinds,
        "the same": True,
    }


def test_what_is_cancelled_is_over_and_stays_in_the_books(talks: Facts) -> None:
    assert value(talks, "cancelled") == ["in_progress", "cancelled", "cancelled"]


def test_what_is_deleted_is_found_no_more(talks: Facts) -> None:
    assert "was removed on" in error(talks, "deleted", "NotFoundError", 404)


def test_what_is_filtered_is_refused_and_not_asked_again(talks: Facts) -> None:
    assert REFUSED in error(talks, "filtered", "BadRequestError", 400)
    told = value(talks, "filtered in the background")
    assert (told["status"], told["errors"]) == ("failed", [["filtered", f"The content was filtered: {REFUSED}"]])


def test_a_failure_is_told_once(talks: Facts, server: Server) -> None:
    """For a status that is an error google-genai would ask four times more (wire.md 4.2), each time for a new job."""
    told = value(talks, "failed")
    assert (told["status"], told["errors"], told["made"]) == ("failed", [["upstream", FAILED]], [])
    failures = [job for job in jobs(server, talks.key) if job["prompt"] == "[danqing:fail] a lonely fox"]
    assert len(failures) == 2, "one that was awaited and one that was streamed"


def test_a_failure_in_mid_stream_is_its_last_event(talks: Facts) -> None:
    events = value(talks, "failed stream")
    assert [kind for _, kind, _ in events] == [*BEGUN, "interaction.status_update", "error"]
    assert [content for *_, content in events[-2:]] == ["failed", FAILED]


@pytest.mark.parametrize(
    ("call", "kind", "status", "told"),
    [
        ("not stored", "BadRequestError", 400, "DELETE the interaction"),
        ("unknown", "NotFoundError", 404, "There is no job"),
        ("unknown before", "NotFoundError", 404, "There is no job nothing"),
    ],
)
def test_what_cannot_be_is_said_at_once(talks: Facts, call: str, kind: str, status: int, told: str) -> None:
    assert told in error(talks, call, kind, status)


def test_spring_2026_was_answered_as_today_is(talks: Facts, spring: Facts) -> None:
    drawn, followed = value(spring, "drawn"), value(spring, "followed")
    assert (drawn["made"], drawn["status"], drawn["image"]) == ([WIDE], "completed", WIDE)
    assert (followed["made"], followed["previous"]) == ([WIDE], drawn["id"])
    for call in ("streamed", "failed stream"):
        told, today = (value(facts, call) for facts in (spring, talks))
        events, later = (told["events"], today["events"]) if call == "streamed" else (told, today)
        assert [event[:2] for event in events] == [event[:2] for event in later]
    assert "There is no job" in error(spring, "unknown", "NotFoundError", 404)

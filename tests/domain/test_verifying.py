"""What came back against what was sent for: every difference is told, and nothing is told twice."""

from dataclasses import replace

import pytest

from danqing.domain.generation import Generation, Output, Task
from danqing.domain.media import Blob, Medium, Shape
from danqing.domain.verifying import counted, differences, measured
from making import a_generation, a_picture

FILM = Output(
    medium=Medium.VIDEO,
    blob=Blob("1" * 64, 10, "video/mp4"),
    width=1280,
    height=720,
    duration_ms=8000,
    fps=24,
    audio=True,
)
ASKED = a_generation(
    wants=frozenset({Medium.VIDEO}), aspect="16:9", size="720p", seconds=8, audio=True, mime="video/mp4"
)
PICTURES = a_generation(aspect="1:1", size="1K", mime="image/png")


def told(output: Output, asked: Generation, sent: Generation | None = None) -> dict[str, tuple[str, str]]:
    changes = differences(output, asked, sent or asked, fps=24)
    assert all(change.message for change in changes)
    return {change.param: (change.asked, change.made) for change in changes}


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ({}, {}),
        ({"duration_ms": 8042}, {}),  # a frame more or less is nobody's concern
        ({"duration_ms": 6000}, {"seconds": ("8", "6")}),
        ({"fps": 30}, {"fps": ("24", "30")}),
        ({"audio": False}, {"audio": ("sound", "silence")}),
        ({"width": 1920, "height": 1080}, {"size": ("720p", "1920x1080")}),
        ({"width": 720, "height": 1280}, {"aspect": ("16:9", "720x1280")}),
        ({"width": 1792, "height": 1024}, {"size": ("720p", "1792x1024")}),  # 1.6 % off the ratio, as OpenAI makes it
        ({"width": 0, "height": 0, "duration_ms": 0, "fps": 0, "audio": False}, {}),  # nothing is known of it
    ],
)
def test_films(came: dict[str, int], expected: dict[str, tuple[str, str]]) -> None:
    assert told(replace(FILM, **came), ASKED) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pixels", "mime", "expected"),
    [
        ((1024, 1024), "image/png", {}),
        ((1024, 1024), "image/jpeg", {"mime": ("image/png", "image/jpeg")}),
        ((1056, 1024), "image/png", {}),  # 3 % off, as measured
        ((1344, 768), "image/png", {"aspect": ("1:1", "1344x768")}),
        ((64, 64), "image/png", {"size": ("1K", "64x64")}),
    ],
)
def test_pictures(pixels: tuple[int, int], mime: str, expected: dict[str, tuple[str, str]]) -> None:
    picture = replace(a_picture(), blob=Blob("2" * 64, 10, mime), width=pixels[0], height=pixels[1])
    assert told(picture, PICTURES) == expected


def test_what_was_changed_on_the_way_there_is_not_told_again() -> None:
    asked = replace(ASKED, size="1080p", seconds=6)
    sent = replace(ASKED, size="720p", seconds=8)
    assert told(FILM, asked, sent) == {}
    assert told(replace(FILM, width=640, height=360), asked, sent) == {"size": ("1080p", "640x360")}


@pytest.mark.parametrize(
    ("count", "wants", "came", "expected"),
    [
        (4, {Medium.IMAGE}, 3, [("count", "4", "3", "3 of 4 came.")]),
        (4, {Medium.IMAGE}, 4, []),
        (1, {Medium.IMAGE, Medium.TEXT}, 0, []),  # it left it at words
        (None, {Medium.IMAGE}, 1, []),
    ],
)
def test_how_many_came(count: int | None, wants: set[Medium], came: int, expected: list[tuple[str, ...]]) -> None:
    asked = a_generation(wants=frozenset(wants), count=count)
    changes = counted([a_picture(number) for number in range(came)], asked)
    assert [(change.param, change.asked, change.made, change.message) for change in changes] == expected


def test_sound_that_nobody_asked_for_is_told() -> None:
    assert told(FILM, replace(ASKED, audio=False)) == {"audio": ("silence", "sound")}


def test_what_a_file_tells_of_itself_goes_before_what_its_engine_said() -> None:
    said = replace(FILM, width=1920, height=1080, audio=False)
    seen = measured(said, Shape(width=1280, height=720, duration_ms=7958, fps=24, audio=True), ASKED)
    assert (seen.width, seen.height, seen.duration_ms, seen.audio) == (1280, 720, 7958, True)
    assert measured(said, Shape(width=1280, height=720), ASKED).duration_ms == 8000


@pytest.mark.parametrize(
    ("came_ms", "given_ms", "told_of"), [(15_000, 8_000, set()), (7_000, 0, set()), (12_000, 8_000, {"seconds"})]
)
def test_a_film_that_goes_on_holds_the_one_that_was_given_or_is_what_is_new_alone(
    came_ms: int, given_ms: int, told_of: set[str]
) -> None:
    asked = replace(ASKED, task=Task.EXTEND, film=FILM.blob, film_ms=8_000, seconds=7)
    output = measured(FILM, Shape(width=1280, height=720, duration_ms=came_ms, fps=24, audio=True), asked)
    assert (output.duration_ms, output.given_ms) == (came_ms, given_ms)
    assert told(output, asked).keys() == told_of

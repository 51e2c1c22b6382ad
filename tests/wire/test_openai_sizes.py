"""Ratios and resolutions as pixels, by the rules of several engines."""

import pytest

from danqing.wire.openai.sizes import Pixels, Sizes, is_taken, pixels, read_pixels

FREE = Sizes()
FIXED = Sizes(fixed=((1024, 1024), (1536, 1024), (1024, 1536)))
SORA = Sizes(fixed=((1280, 720), (720, 1280), (1792, 1024), (1024, 1792)))


@pytest.mark.parametrize(
    ("aspect", "size", "sizes", "expected"),
    [
        ("1:1", None, FREE, (1024, 1024)),
        ("1:1", "2K", FREE, (2048, 2048)),
        ("16:9", "1K", FREE, (1280, 720)),
        ("9:16", "1K", FREE, (720, 1280)),
        ("21:9", "1K", FREE, (1568, 672)),
        ("4:5", "1K", FREE, (896, 1120)),
        ("1:1", "4K", FREE, (2880, 2880)),  # as many pixels as 3840x2160
        ("16:9", "4k", FREE, (3840, 2160)),
        ("16:9", "720p", FREE, (1280, 720)),
        ("9:16", "1080p", FREE, (1088, 1920)),
        ("16:9", "480p", FREE, (848, 480)),
        ("4:1", "1K", FREE, None),  # flatter than it makes
        ("3:2", "1K", FIXED, (1536, 1024)),
        ("16:9", "1K", FIXED, None),
        ("16:9", "720p", SORA, (1280, 720)),
        ("16:9", "1080p", SORA, (1792, 1024)),
        ("9:16", "1080p", SORA, (1024, 1792)),
        ("wide", "1K", FREE, None),
        ("1:1", "huge", FREE, None),
        ("1:0", "1K", FREE, None),
    ],
)
def test_a_ratio_in_pixels(aspect: str, size: str | None, sizes: Sizes, expected: Pixels | None) -> None:
    assert pixels(aspect, size, sizes) == expected


@pytest.mark.parametrize("aspect", ["1:1", "16:9", "9:16", "4:3", "3:4", "2:3", "3:2", "4:5", "5:4", "21:9"])
@pytest.mark.parametrize("size", ["1K", "2K", "4K", "0.5K"])
def test_what_is_free_is_exact_and_within_the_limits(aspect: str, size: str) -> None:
    found = pixels(aspect, size, FREE)
    assert found
    width, height = found
    across, down = map(int, aspect.split(":"))
    assert width * down == height * across
    assert (width % 16, height % 16) == (0, 0)
    assert max(found) <= 3840
    assert width * height <= 3840 * 2160


def test_pixels_are_read() -> None:
    assert read_pixels("1024x768") == (1024, 768)
    assert [read_pixels(text) for text in ("auto", "0x5", "1024X768", "")] == [None] * 4


@pytest.mark.parametrize(
    ("asked", "sizes", "taken"),
    [
        ("1536x1024", FIXED, True),
        ("1536x864", FIXED, False),
        ("1536x864", FREE, True),
        ("3840x2160", FREE, True),
        ("3856x1600", FREE, False),
        ("1000x1000", FREE, False),
        ("3200x1024", FREE, False),
        ("auto", FREE, False),
    ],
)
def test_an_engine_takes_just_these_pixels_or_not(asked: str, sizes: Sizes, taken: bool) -> None:
    assert is_taken(asked, sizes) is taken

"""The vendors' words for resolution, and which of them a picture's pixels come to."""

import pytest

from danqing.domain.sizes import apart, named, ratio, scale

PICTURES = ("512", "1K", "2K", "4K")
FILMS = ("360p", "720p", "1080p", "4k")


@pytest.mark.parametrize(
    ("pixels", "sizes", "name"),
    [
        ((512, 512), PICTURES, "512"),
        ((1024, 1024), PICTURES, "1K"),
        ((1376, 768), PICTURES, "1K"),
        ((1536, 1024), PICTURES, "1K"),
        ((2048, 2048), PICTURES, "2K"),
        ((2752, 1536), PICTURES, "2K"),
        ((4096, 4096), PICTURES, "4K"),
        ((2880, 2880), PICTURES, "4K"),  # what OpenAI calls its largest square
        ((1280, 720), FILMS, "720p"),
        ((720, 1280), FILMS, "720p"),
        ((1080, 1920), FILMS, "1080p"),
        ((3840, 2160), FILMS, "4k"),
        ((64, 64), ("huge",), None),
        ((0, 0), PICTURES, None),
    ],
)
def test_pixels_have_the_name_of_the_nearest_size(
    pixels: tuple[int, int], sizes: tuple[str, ...], name: str | None
) -> None:
    assert named(*pixels, sizes) == name


def test_words_that_are_no_size_have_no_scale() -> None:
    assert scale("huge") is None
    assert scale("1K") == 1024


def test_distances_do_not_depend_on_the_order() -> None:
    assert apart(ratio("16:9"), ratio("9:16")) == apart(ratio("9:16"), ratio("16:9")) == pytest.approx(3.16, abs=0.01)

"""Sizes in pixels, and what models of each kind call them."""

from dataclasses import replace

import pytest

from danqing.domain.errors import Problem
from danqing.domain.models import Ability, Model, fit
from danqing.domain.money import Price
from danqing.domain.shapes import Shapes, Words
from danqing.domain.verifying import differences
from making import a_generation, a_picture

FIXED = Shapes(("1:1", "3:2"), ("1K",), ("1024x1024", "1536x1024"))
FREE = Shapes(("1:1", "16:9", "3:1", "1:3"), ("1K", "2K", "4K"), step=16)
RATIOS = Shapes(("1:1", "16:9", "9:16"), ("720p", "1080p"))


@pytest.mark.parametrize(
    ("shapes", "pixels", "words"),
    [
        (FIXED, "1536x1024", Words("3:2", "1K")),
        (FIXED, "1024x1536", None),
        (FIXED, "2048x2048", None),
        (FREE, "1536x864", Words("16:9", "1K")),
        (FREE, "1600x1200", Words("1:1", "1K")),  # the nearest that there is a word for; the pixels stay
        (FREE, "3840x2160", Words("16:9", "4K")),
        (FREE, "3840x2176", None),
        (FREE, "1000x1000", None),
        (FREE, "3840x1280", Words("3:1", "2K")),
        (FREE, "3840x1264", None),
        (RATIOS, "1792x1024", Words("16:9", "1080p")),
        (RATIOS, "720x1280", Words("9:16", "720p")),
        (RATIOS, "1536x1024", None),
        (Shapes((), ()), "1024x1024", None),
        (Shapes(("1:1",), ()), "512x512", Words("1:1", None)),
        *((RATIOS, text, None) for text in ("0x0", "1x1", "1024", "axb", "1024x0", "-16x16", "99999999x16")),
    ],
)
def test_pixels_are_made_or_not_and_have_words(shapes: Shapes, pixels: str, words: Words | None) -> None:
    assert shapes.words(pixels) == words


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        (FIXED, "It makes 1024x1024, 1536x1024."),
        (FREE, "It makes sides that are multiples of 16, up to 3:1 at 4K."),
        (RATIOS, "It makes the ratios 1:1, 16:9, 9:16."),
        (Shapes((), ()), "Leave the size out."),
    ],
)
def test_what_is_made_is_told(shapes: Shapes, sentence: str) -> None:
    assert shapes.told() == sentence


MODEL = Model(
    id="gpt-image-2",
    title="",
    family="",
    ability=Ability(makes=a_generation().wants, aspects=FREE.aspects, sizes=FREE.sizes, step=16),
    price=Price(),
)


def test_a_request_in_pixels_gets_the_words_of_its_model() -> None:
    fitted = fit(a_generation(pixels="2048x1152"), MODEL)
    assert (fitted.pixels, fitted.aspect, fitted.size) == ("2048x1152", "16:9", "2K")
    with pytest.raises(Problem, match=r"gpt-image-2 does not make 1000x1000\. It makes sides"):
        fit(a_generation(pixels="1000x1000"), MODEL)
    with pytest.raises(Problem, match="leave one of them out"):
        fit(a_generation(pixels="2048x1152", aspect="1:1"), MODEL)


def test_other_pixels_than_were_asked_for_are_told() -> None:
    asked = a_generation(pixels="1536x1024", aspect="3:2", size="1K")
    came = replace(a_picture(), width=1248, height=832)
    assert [(change.param, change.asked, change.made) for change in differences(came, asked, asked, 0)] == [
        ("pixels", "1536x1024", "1248x832")
    ]
    assert differences(replace(came, width=1536, height=1024), asked, asked, 0) == ()

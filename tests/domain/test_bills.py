"""Bills by what was delivered: the size that it has, the time that it runs, the tokens that were counted."""

from dataclasses import replace

import pytest

from danqing.domain.bills import bill, count
from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Output
from danqing.domain.jobs import Failed, Finished, Produced, State, step
from danqing.domain.media import Medium
from danqing.domain.money import Price
from making import CENT, NOON, a_generation, a_job, a_picture

FILM = Output(medium=Medium.VIDEO, width=1280, height=720, duration_ms=8000)
BY_SIZE = Price(second=40 * CENT, sizes=(("720p", Price(second=40 * CENT)), ("4k", Price(second=60 * CENT))))
BY_TOKEN = Price(
    output_token=30_000,
    image_tokens=7000,
    sizes=(
        ("1K", Price(output_token=30_000, image_tokens=7000)),
        ("2K", Price(output_token=30_000, image_tokens=14_000)),
    ),
)


@pytest.mark.parametrize(
    ("film", "cents"),
    [
        (replace(FILM, width=3840, height=2160), 480),
        (FILM, 320),  # 4k was asked for and paid for in advance, 720p came
        (replace(FILM, width=720, height=1280), 320),
        (replace(FILM, width=0, height=0), 480),  # nobody knows what came
        (replace(FILM, duration_ms=6000), 240),
        (replace(FILM, duration_ms=15_000, given_ms=8000), 280),  # what was given is not sold again
    ],
)
def test_a_film_costs_what_its_own_size_and_length_cost(film: Output, cents: int) -> None:
    assert bill([film], BY_SIZE, "4k", 0) == cents * CENT


def test_outputs_of_several_sizes_are_priced_one_by_one() -> None:
    large = replace(FILM, width=3840, height=2160)
    assert bill([FILM, large], BY_SIZE, "4k", 0) == (320 + 480) * CENT


def test_tokens_that_were_counted_go_before_those_of_the_size() -> None:
    small = a_picture()
    assert bill([small], BY_TOKEN, "2K", 0) == 7000 * 30_000
    assert bill([replace(small, width=2048, height=2048)], BY_TOKEN, "2K", 0) == 14_000 * 30_000
    assert bill([replace(small, tokens=1756)], BY_TOKEN, "2K", 0) == 1756 * 30_000
    assert count([small], BY_TOKEN, "2K", 5).output_tokens == 7000


def test_a_longer_film_than_was_asked_for_costs_no_more_than_is_held() -> None:
    asked = a_generation(model="veo-3.1-generate-001", wants=frozenset({Medium.VIDEO}), size="720p", seconds=8, count=1)
    job = a_job(generation=asked, price=BY_SIZE, held=320 * CENT, state=State.SUBMITTING)
    job, _ = step(job, Produced(replace(FILM, duration_ms=8042)), NOON)
    done, _ = step(job, Finished(), NOON)
    assert done.charged == 320 * CENT
    kept, _ = step(replace(job, outputs=(replace(FILM, duration_ms=7000),)), Failed(Problem(Kind.UPSTREAM, "!")), NOON)
    assert kept.charged == 280 * CENT

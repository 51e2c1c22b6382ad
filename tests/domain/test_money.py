"""Prices and amounts: exact, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.money import DOLLAR, Price, Units, dollars, per_million, show


def test_the_documents_prices_are_exact_to_the_nano_dollar() -> None:
    picture = Price(image=dollars("0.03"))
    film, older_film = Price(second=dollars("0.675")), Price(second=dollars("0.35"))
    chat = Price(film=dollars("0.41"))
    gemini = Price(input_token=per_million("0.10"), output_token=per_million("0.40"), image_tokens=1290)

    assert picture.cost(Units(images=3)) == 90_000_000
    assert film.cost(Units(films=1, film_ms=8000)) == 5_400_000_000
    assert older_film.cost(Units(films=1, film_ms=5000)) == 1_750_000_000
    assert chat.cost(Units(films=1, film_ms=8000)) == 410_000_000
    assert gemini.cost(Units(input_tokens=10, output_tokens=1290, images=1)) == 517_000


@pytest.mark.parametrize(
    "text", ["", "free", "0.0000000001", "-1", "NaN", "Infinity", "1e-12", "1e999999", "1000000001"]
)
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="dollars"):
        dollars(text)


@pytest.mark.parametrize(
    ("nanos", "text"),
    [(0, "0.00"), (30_000_000, "0.03"), (5_400_000_000, "5.40"), (516_000, "0.000516"), (-1, "-0.000000001")],
)
def test_amounts_are_shown_with_every_digit_that_counts(nanos: int, text: str) -> None:
    assert show(nanos) == text


@given(st.integers(min_value=0, max_value=10**9 * DOLLAR - 1))
def test_what_is_shown_reads_back_as_the_same_amount(nanos: int) -> None:
    assert dollars(show(nanos)) == nanos


def test_a_share_of_a_price_is_exact_or_none() -> None:
    price = Price(image=100, second=50, input_token=4, image_tokens=1290, sizes=(("4K", Price(image=200)),))
    half = price.scaled(50)
    assert half == Price(image=50, second=25, input_token=2, image_tokens=1290, sizes=(("4K", Price(image=100)),))
    assert price.scaled(100) is price
    with pytest.raises(ValueError, match="second is not a whole number"):
        price.scaled(33)

"""Money in integer nano-dollars: the only place where a price is parsed, multiplied or printed.

One dollar is 1,000,000,000 nano-dollars, so that a single token of a model sold at $0.10 a million is a whole number
(100). Floats never touch money.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

DOLLAR = 1_000_000_000
_MILLION = 1_000_000
_RATES = ("image", "film", "second", "input_token", "output_token")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,20})?")


def dollars(text: str) -> int:
    """Nano-dollars of a decimal string such as "0.675", below a billion dollars. Raises ValueError when not exact."""
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"{text[:100]!r} is not an amount of dollars such as 0.675, below a billion")
    nanos = Decimal(text) * DOLLAR
    if nanos != nanos.to_integral_value():
        raise ValueError(f"{text[:100]!r} dollars are not a whole number of nano-dollars")
    return int(nanos)


def show(nanos: int) -> str:
    """For people and for JSON: "0.03", "5.40", "0.000516"; at least two decimals and every digit that counts."""
    sign, whole = ("-" if nanos < 0 else ""), abs(nanos)
    fraction = f"{whole % DOLLAR:09d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole // DOLLAR}.{fraction}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Countable facts about a request or its outputs. `film_ms` is the total running time in milliseconds."""

    images: int = 0
    films: int = 0
    film_ms: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: "Units") -> "Units":
        return Units(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Rates in nano-dollars. A job keeps the Price it was quoted, whatever the catalog says later.

    `image_tokens` is not a rate: it is what one delivered picture counts as in output tokens. `sizes` has the rates of
    sizes, by their names, that are sold for something else.
    """

    image: int = 0
    film: int = 0
    second: int = 0
    input_token: int = 0
    output_token: int = 0
    image_tokens: int = 0
    sizes: tuple[tuple[str, "Price"], ...] = ()

    def at(self, size: str | None) -> "Price":
        """The rates of a size; the usual ones when it has none of its own."""
        return next((price for name, price in self.sizes if size and name.upper() == size.upper()), self)

    def scaled(self, percent: int) -> "Price":
        """So much of every rate. Raises ValueError when one of them is no whole number of nano-dollars then."""
        if percent == 100:
            return self
        rates = {name: getattr(self, name) * percent for name in _RATES}
        if uneven := next((name for name, rate in rates.items() if rate % 100), None):
            raise ValueError(f"{percent} % of the rate {uneven} is not a whole number of nano-dollars")
        sizes = tuple((size, price.scaled(percent)) for size, price in self.sizes)
        return replace(self, sizes=sizes, **{name: rate // 100 for name, rate in rates.items()})

    def cost(self, units: Units) -> int:
        """Nano-dollars for these units."""
        return (
            self.image * units.images
            + self.film * units.films
            + self.second * units.film_ms // 1000
            + self.input_token * units.input_tokens
            + self.output_token * units.output_tokens
        )


def per_million(text: str) -> int:
    """Nano-dollars of one token, from the price of a million tokens in dollars. Raises ValueError when not whole."""
    nanos = dollars(text)
    if nanos % _MILLION:
        raise ValueError(f"{text!r} a million tokens is not a whole number of nano-dollars a token")
    return nanos // _MILLION

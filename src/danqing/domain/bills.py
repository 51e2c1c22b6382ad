"""What was delivered, counted and priced: every output at the rates of the size that it really has."""

from collections.abc import Sequence

from danqing.domain.generation import Output
from danqing.domain.media import Medium
from danqing.domain.money import Price, Units
from danqing.domain.prompts import count_tokens
from danqing.domain.sizes import named


def count(outputs: Sequence[Output], price: Price, size: str | None, input_tokens: int) -> Units:
    """Everything in the units that prices are made of. `size` is what was asked for."""
    units = Units(input_tokens=input_tokens)
    for output in outputs:
        units += _units(output, _rates(output, price, size))
    return units


def bill(outputs: Sequence[Output], price: Price, size: str | None, input_tokens: int) -> int:
    """Nano-dollars for these outputs and their prompt."""
    sold: dict[Price, Units] = {price: Units(input_tokens=input_tokens)}
    for output in outputs:
        rates = _rates(output, price, size)
        sold[rates] = sold.get(rates, Units()) + _units(output, rates)
    return sum(rates.cost(units) for rates, units in sold.items())


def _rates(output: Output, price: Price, size: str | None) -> Price:
    """Those of the size that it has, or of the one that was asked for when its pixels are not known."""
    return price.at(named(output.width, output.height, (name for name, _ in price.sizes)) or size)


def _units(output: Output, rates: Price) -> Units:
    match output.medium:
        case Medium.IMAGE:
            return Units(images=1, output_tokens=output.tokens or rates.image_tokens)
        case Medium.VIDEO:
            return Units(films=1, film_ms=output.duration_ms - output.given_ms, output_tokens=output.tokens)
        case Medium.TEXT:
            return Units(output_tokens=output.tokens or count_tokens(output.text))

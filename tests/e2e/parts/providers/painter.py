"""A provider in one file: paints one flat colour, as slowly as a house painter would not."""

from collections.abc import AsyncGenerator, Mapping
from io import BytesIO

from PIL import Image

from danqing.domain.generation import Output
from danqing.domain.jobs import Accepted, Produced
from danqing.domain.media import Medium
from danqing.domain.ports import Assets, Order, Provider, Update

SIDE = 64


class Painter:
    """See `domain.ports.Provider`."""

    repeatable = False
    honours: frozenset[str] = frozenset()

    def __init__(self, colour: str) -> None:
        self._colour = colour

    async def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """A square of the colour, or of the one that the route names."""
        yield Accepted(ticket=f"pot of {order.upstream}")
        paint = BytesIO()
        Image.new("RGB", (SIDE, SIDE), order.upstream or self._colour).save(paint, "PNG")
        for _ in range(order.generation.count or 1):
            blob = await assets.put(paint.getvalue(), "image/png", {"pot": order.upstream})
            yield Produced(Output(medium=Medium.IMAGE, blob=blob, width=SIDE, height=SIDE))


def connect(settings: Mapping[str, object]) -> Provider:
    """`colour`: what to paint with when the route does not say."""
    return Painter(str(settings.get("colour", "white")))

"""Camera moves: where the frame stands over the scene, and how near, at every moment of a film."""

import math
from dataclasses import dataclass

NEAREST = 1.4  # the greatest depth of a layer; sheets are drawn wide enough for it
SHAKES = ((0.55, 1.0), (1.7, 0.4), (3.1, 0.15))  # of a hand that holds the camera: per second, and how far


@dataclass(frozen=True, slots=True)
class Move:
    """One way to film. `travel`: of the frame's width, to either side of the middle, from left to right.

    `zoom`: magnification at the beginning and the end. `rise`: how high the frame stands in what it leaves out when it
    is magnified, from -1 (lowest) to 1. `pivot`: the depth that it turns about. `shake`: of the width.
    """

    travel: float = 0.03
    zoom: tuple[float, float] = (1.0, 1.0)
    rise: tuple[float, float] = (0.0, 0.0)
    pivot: float = 0.0
    shake: float = 0.0


MOVES: dict[str, Move] = {
    "static": Move(zoom=(1.0, 1.06)),
    "pan": Move(0.13),
    "pan-left": Move(-0.13),
    "wide": Move(0.06, (1.08, 1.0)),
    "close": Move(zoom=(1.0, 1.10)),
    "zoom": Move(0.02, (1.0, 1.35)),
    "out": Move(0.02, (1.35, 1.0)),
    "track": Move(0.28),
    "tilt": Move(zoom=(1.26, 1.26), rise=(-1.0, 1.0)),
    "tilt-down": Move(zoom=(1.26, 1.26), rise=(1.0, -1.0)),
    "orbit": Move(0.16, (1.06, 1.12), pivot=0.85),
    "aerial": Move(0.09, (1.3, 1.0), rise=(-0.6, 0.6)),
    "handheld": Move(0.02, (1.07, 1.07), shake=0.006),
}
STEADY = frozenset({"track"})  # moves at an even pace


@dataclass(frozen=True, slots=True)
class View:
    """What a frame shows.

    `shift`: pixels to the right that things at depth `pivot` + 1 are seen from, those at `pivot` from 0. `zoom`:
    magnification. `rise`: -1 lowest to 1 highest, and `aside`: pixels to the right, in what the magnified frame leaves
    out.
    """

    shift: float
    zoom: float
    rise: float = 0.0
    aside: float = 0.0
    pivot: float = 0.0

    def at(self, depth: float) -> float:
        """Pixels to the right that things at a depth are seen from."""
        return self.shift * (depth - self.pivot)


def move(camera: str) -> Move:
    """The move of a plan's camera."""
    return MOVES.get(camera, MOVES["static"])


def nearest(camera: str) -> float:
    """The greatest magnification of a move."""
    return max(move(camera).zoom)


def margin(camera: str, width: int, unit: int) -> int:
    """How much wider (pixels on each side) sheets must be for this camera."""
    way = move(camera)
    return math.ceil(abs(way.travel) * max(NEAREST - way.pivot, way.pivot) * width + 0.06 * unit)


def view(camera: str, t: float, u: float, width: int, heading: int = 1) -> View:
    """The view after `t` seconds, when the share `u` (0..1) of the film is over; who is followed goes to `heading`."""
    way = move(camera)
    eased = u if camera in STEADY else 0.5 - 0.5 * math.cos(math.pi * u)
    shift = (eased * 2 - 1) * way.travel * width * (heading if camera in STEADY else 1)
    first, last = way.zoom
    low, high = way.rise
    tremor = [sum(far * math.sin(2 * math.pi * rate * t + k) for rate, far in SHAKES) * way.shake for k in (0, 2)]
    rise = low + (high - low) * eased + tremor[1] * 20
    return View(shift, first + (last - first) * eased, max(-1.0, min(1.0, rise)), tremor[0] * width, way.pivot)

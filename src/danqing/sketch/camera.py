"""Camera moves: where the frame stands over the scene, and how near, at every moment of a film."""

import math
from dataclasses import dataclass

# share of the frame's width that the camera travels to either side of the middle
TRAVEL: dict[str, float] = {"static": 0.02, "pan": 0.13, "wide": 0.06, "close": 0.02, "zoom": 0.02, "track": 0.20}
# magnification at the beginning and the end
ZOOM: dict[str, tuple[float, float]] = {
    "static": (1.0, 1.04),
    "pan": (1.0, 1.0),
    "wide": (1.06, 1.0),
    "close": (1.0, 1.10),
    "zoom": (1.0, 1.30),
    "track": (1.0, 1.0),
}
NEAREST = 1.4  # the greatest depth of a layer; sheets are drawn wide enough for it


@dataclass(frozen=True, slots=True)
class View:
    """`shift`: pixels to the right that things at depth 1 are seen from; `zoom`: magnification about the middle."""

    shift: float
    zoom: float


def margin(camera: str, width: int, unit: int) -> int:
    """How much wider (pixels on each side) sheets must be for this camera."""
    return math.ceil(TRAVEL.get(camera, 0.02) * NEAREST * width + 0.06 * unit)


def view(camera: str, u: float, width: int) -> View:
    """The view when the share `u` (0..1) of the film is over."""
    eased = u if camera == "track" else 0.5 - 0.5 * math.cos(math.pi * u)
    first, last = ZOOM.get(camera, (1.0, 1.04))
    return View((eased * 2 - 1) * TRAVEL.get(camera, 0.02) * width, first + (last - first) * eased)

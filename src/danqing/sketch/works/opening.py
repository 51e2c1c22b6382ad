"""Films given pictures: begins on one and may end on another, under a moving camera and the weather of the plan."""

import math
from dataclasses import dataclass

from PIL import Image, ImageFilter

from danqing.sketch.craft.canvas import Stage
from danqing.sketch.craft.palette import palette
from danqing.sketch.planning.dice import dice
from danqing.sketch.planning.plan import Plan
from danqing.sketch.scenery.weather import Swarm, swarm
from danqing.sketch.stage.show import Reel

FALLING = frozenset({"rain", "snow", "wind"})  # weather that can fall over a given picture


@dataclass(frozen=True, slots=True)
class Over:
    """How a camera goes over a picture: how much nearer it comes (or, below 0, how far it goes back), and whereto.

    `aside` and `down` are -1..1 of what the nearer view leaves out; `shake` likewise.
    """

    closer: float
    aside: float = 0.0
    down: float = 0.0
    shake: float = 0.0


MOVES: dict[str, Over] = {
    "static": Over(0.10),
    "pan": Over(0.22, 1.0),
    "pan-left": Over(0.22, -1.0),
    "track": Over(0.30, -1.0),
    "wide": Over(0.06),
    "close": Over(0.30),
    "zoom": Over(0.45),
    "out": Over(-0.22),
    "tilt": Over(0.24, 0.0, -1.0),
    "tilt-down": Over(0.24, 0.0, 1.0),
    "orbit": Over(0.26, 0.6, -0.3),
    "aerial": Over(-0.12),
    "handheld": Over(0.14, shake=0.35),
}


class Opening:
    """A film that begins on one picture and may end on another: the given pixels, under a moving camera and weather.

    After a second it dissolves into the reel of the plan, unless there is nothing to dissolve into.
    """

    def __init__(self, plan: Plan, first: Image.Image | None, last: Image.Image | None, then: Reel | None) -> None:
        self._plan, self._first, self._last, self._then = plan, first, last, then
        size = first or last
        self._weather = _weather(plan, size.size) if size and then is None else None

    def frame(self, t: float, u: float) -> Image.Image:
        """The RGB frame after `t` seconds, when the share `u` of the film is over."""
        picture = seen_by(self._plan.camera, self._first, u) if self._first else None
        if self._then is not None:
            inner = self._then.frame(t, u)
            picture = inner if picture is None else Image.blend(picture, inner, _eased((t - 1.2) / 1.2))
        if picture is not None and self._weather is not None:
            picture = self._weathered(picture, self._weather, t)
        if self._last is not None:
            ending = _approached(self._last, 0.06 * (1 - u))
            start = 0.5 if self._then is None else 0.75
            picture = ending if picture is None else Image.blend(picture, ending, _eased((u - start) / (0.98 - start)))
        if picture is None:
            raise ValueError("a film needs a picture or a plan to begin with")
        return picture

    @staticmethod
    def _weathered(picture: Image.Image, weather: Swarm, t: float) -> Image.Image:
        """The weather sets in during the first second: the film starts on the picture as it was given."""
        wet = picture.copy()
        weather.draw(wet, t)
        return Image.blend(picture, wet, _eased(t))


def _weather(plan: Plan, size: tuple[int, int]) -> Swarm | None:
    if plan.weather not in FALLING:
        return None
    chance = dice(plan, "weather")
    return swarm(plan.weather, Stage(*size), palette("meadow", "day", plan.colours, chance, 0), chance)


def seen_by(camera: str, picture: Image.Image, u: float) -> Image.Image:
    """The picture as this camera sees it when the share `u` of the film is over; at 0 it is the whole picture."""
    way, gone = MOVES.get(camera, MOVES["static"]), _eased(u)
    if way.closer < 0 and gone:
        return _receded(picture, -way.closer * gone)
    shake = way.shake * gone
    aside = way.aside * gone + shake * math.sin(u * 31) + shake * 0.4 * math.sin(u * 83)
    return _approached(picture, max(0.0, way.closer) * gone, aside, way.down * gone + shake * math.sin(u * 43 + 2))


def _receded(picture: Image.Image, share: float) -> Image.Image:
    """The picture made smaller by `share`, before its own colours."""
    wide, high = round(picture.width * (1 - share) / 2) * 2, round(picture.height * (1 - share) / 2) * 2
    ground = picture.reduce(16).filter(ImageFilter.GaussianBlur(3)).resize(picture.size, Image.Resampling.BICUBIC)
    small = picture.resize((wide, high), Image.Resampling.BICUBIC)
    ground.paste(small, ((picture.width - wide) // 2, (picture.height - high) // 2))
    return ground


def _eased(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def _approached(picture: Image.Image, closer: float, aside: float = 0.0, down: float = 0.0) -> Image.Image:
    """The picture enlarged by `closer`; `aside` and `down`, -1..1, say which part of what there is to be seen."""
    wide, high = picture.width / (1 + closer), picture.height / (1 + closer)
    x, y = (picture.width - wide) / 2 * (1 + aside), (picture.height - high) / 2 * (1 + down)
    return picture.resize(picture.size, Image.Resampling.BICUBIC, box=(x, y, x + wide, y + high))


def filled(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The picture cropped about its middle and scaled to fill a frame; RGB."""
    scale = max(width / picture.width, height / picture.height)
    wide, high = width / scale, height / scale
    x, y = (picture.width - wide) / 2, (picture.height - high) / 2
    return picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS, box=(x, y, x + wide, y + high))

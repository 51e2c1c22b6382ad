"""Sets pictures that are given into a film that goes by them: as prints, and by their colours."""

from dataclasses import dataclass

from PIL import Image

from danqing.sketch.craft.canvas import stamp
from danqing.sketch.stage.show import Reel
from danqing.sketch.works.retouch import in_colours_of, print_of

PRINT = 0.42  # of the height of the frame


@dataclass(frozen=True, slots=True)
class References:
    """Pictures of what is to be seen, and of how it is to look."""

    subjects: tuple[Image.Image, ...] = ()
    styles: tuple[Image.Image, ...] = ()


class Collage:
    """A reel in the colours of the first style, with the subjects as prints along its lower edge."""

    def __init__(self, reel: Reel, size: tuple[int, int], by: References) -> None:
        self._reel = reel
        self._style = by.styles[0] if by.styles else None
        lane = size[0] / max(1, len(by.subjects))
        high = round(PRINT * size[1])
        self._prints = [print_of(subject, (round(min(lane, high * 1.6)), high)) for subject in by.subjects]
        self._places = [
            (round(lane * (at + 0.5) - sheet.width / 2), size[1] - sheet.height - round(size[1] * 0.05))
            for at, sheet in enumerate(self._prints)
        ]

    def frame(self, t: float, u: float) -> Image.Image:
        """The RGB frame after `t` seconds, when the share `u` of the film is over."""
        shown = self._reel.frame(t, u)
        shown = in_colours_of(self._style, shown) if self._style else shown.copy()
        for sheet, (x, y) in zip(self._prints, self._places, strict=True):
            stamp(shown, sheet, x, y)
        return shown

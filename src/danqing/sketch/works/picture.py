"""The still picture of a plan, and the files pictures are kept in."""

from io import BytesIO

from PIL import Image

from danqing.sketch.craft import art
from danqing.sketch.planning.plan import Plan
from danqing.sketch.stage.show import Reel, Show
from danqing.sketch.works.card import card
from danqing.sketch.works.ink import Landscape
from danqing.sketch.works.logo import logo

FORMATS: dict[str, str] = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
UNLIKE_MOUNTAINS = frozenset({"city", "room", "space", "underwater", "desert"})  # drawn as they are, then inked


class Held:
    """A picture that is held still, or slowly approached, as a film."""

    def __init__(self, picture: Image.Image, closer: float = 0.05) -> None:
        self._picture, self._closer = picture, closer

    def frame(self, t: float, u: float) -> Image.Image:
        """The RGB frame when the share `u` of the film is over."""
        zoom = 1 + self._closer * u * u * (3 - 2 * u)
        wide, high = self._picture.width / zoom, self._picture.height / zoom
        x, y = (self._picture.width - wide) / 2, (self._picture.height - high) / 2
        return self._picture.resize(self._picture.size, Image.Resampling.BICUBIC, box=(x, y, x + wide, y + high))


def kind_of(plan: Plan) -> str:
    """Which of the engine's ways of drawing serves a plan: "logo", "ink", "card" or "scene"."""
    if plan.style == "logo" or (plan.style == "ink" and plan.place not in UNLIKE_MOUNTAINS):
        return plan.style
    drawable = any(art.has(subject.glyph) for subject in plan.subjects)
    recognised = bool(plan.drawn) and plan.place not in ("", "studio")  # an empty studio would be an empty frame
    return "scene" if art.available() and (drawable or recognised) else "card"


def picture(plan: Plan, width: int, height: int) -> Image.Image:
    """The picture of a plan: RGB, exactly `width` x `height` pixels (64 to 2816 each)."""
    kind = kind_of(plan)
    if kind == "logo":
        return logo(plan, width, height)
    if kind == "card":
        return card(plan, width, height)
    if kind == "ink":
        return Landscape(plan, width, height, film=False).still()
    return Show(plan, width, height, film=False).still()


def reel(plan: Plan, width: int, height: int) -> Reel:
    """The plan made ready for filming."""
    kind = kind_of(plan)
    if kind == "scene":
        return Show(plan, width, height, film=True)
    if kind == "ink":
        return Landscape(plan, width, height, film=True)
    return Held(picture(plan, width, height))


def encoded(picture: Image.Image, mime: str, quality: int) -> bytes:
    """The picture as a file of the given type; the same bytes for the same pixels. KeyError for another type."""
    out = BytesIO()
    kind = FORMATS[mime]
    options = {"compress_level": 1} if kind == "PNG" else {"quality": quality}
    picture.convert("RGB").save(out, kind, **options)
    return out.getvalue()

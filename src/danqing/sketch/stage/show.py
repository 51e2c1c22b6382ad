"""Plays a plan on its stage: puts scene, actors, weather and lettering together into the frame of any moment.

A still is the frame of a well-chosen moment; a film is all of them. Sheets and turned sprites are kept between frames.
"""

import math
from typing import Protocol

from PIL import Image, ImageDraw, ImageFilter

from danqing.sketch.craft.canvas import Layer, Stage, lay, stamp
from danqing.sketch.craft.lettering import banner, write
from danqing.sketch.craft.palette import Colour, mix, multiply
from danqing.sketch.craft.paper import dimmed
from danqing.sketch.craft.style import Finish
from danqing.sketch.figures.piece import Actor
from danqing.sketch.planning.dice import dice, field_dice
from danqing.sketch.planning.plan import Plan
from danqing.sketch.scenery.scene import Scene, scene
from danqing.sketch.scenery.spots import INDOORS
from danqing.sketch.scenery.weather import Twinkles, twinkles
from danqing.sketch.stage import camera
from danqing.sketch.stage.acting import GROUNDED_DEPTH, Acting, Stance
from danqing.sketch.stage.actors import cast
from danqing.sketch.stage.dust import HEAVY, LASTS, raise_dust, smoke
from danqing.sketch.stage.motion import TRAVELLERS
from danqing.sketch.stage.sprites import Sprites

MOMENTS: dict[str, float] = {
    "play": 0.17,
    "jump": 0.85,
    "dance": 0.22,
    "sleep": 1.9,
    "fly": 0.0,
    "spin": 0.15,
}  # good moments for a still, seconds
WINDY = 2.6  # how much more the wind moves what sways
RAISED: dict[str, Colour] = {"snow": (250, 252, 255), "rain": (222, 232, 244)}  # what feet raise from such ground


class Reel(Protocol):
    """Anything that can be filmed; several frames may be drawn at once, each in a thread."""

    def frame(self, t: float, u: float) -> Image.Image:
        """The RGB frame after `t` seconds, when the share `u` of the film is over."""
        ...


class Show:
    """A plan on its stage."""

    def __init__(self, plan: Plan, width: int, height: int, *, film: bool) -> None:
        margin = camera.margin(plan.camera, width, min(width, height)) if film else 0
        self._plan, self._film = plan, film
        self._stage = Stage(width, height, margin)
        self._scene: Scene = scene(plan, self._stage)
        self._actors = cast(plan, self._scene)
        self._acting = Acting(plan, self._stage, self._actors, afloat=self._scene.afloat, film=film)
        self._finish = Finish(plan.style, (width, height), field_dice(plan, "finish"))
        self._sprites = Sprites()
        self._shadows: dict[int, Image.Image] = {}
        self._lights = self._twinkling() if film else None
        self._focus = self._focus_x()
        self._label = self._lettering()

    def still(self) -> Image.Image:
        """The frame of a good moment."""
        return self.frame(MOMENTS.get(self._plan.action, 1.0), 0.5)

    def stances(self, t: float, u: float) -> list[tuple[Actor, Stance]]:
        """Where everyone is after `t` seconds, when the share `u` of the film is over."""
        return [(actor, self._acting.stance(k, t, u)) for k, actor in enumerate(self._actors)]

    def frame(self, t: float, u: float) -> Image.Image:
        """The finished RGB frame."""
        stage = self._stage
        seen = self._seen(t, u)
        frame = Image.new("RGB", (stage.width, stage.height), self._scene.colours.sky[1])
        for k, layer in enumerate(self._scene.behind):
            self._lay(frame, layer, seen, t)
            if k == 0 and self._lights:
                self._lights.draw(frame, t)
        for k, (actor, stance) in enumerate(self.stances(t, u)):
            self._act(frame, k, actor, stance, seen, (t, u))
        for layer in self._scene.front:
            self._lay(frame, layer, seen, t)
        if self._scene.drift:
            self._scene.drift.draw(frame, t)
        if seen.zoom > 1.001:
            frame = _magnified(frame, seen, self._focus)
        if self._label:
            stamp(frame, self._label, (stage.width - self._label.width) / 2, stage.height * 0.035)
        return self._finish(frame)

    def _seen(self, t: float, u: float) -> camera.View:
        if not self._film:
            return camera.View(0.0, 1.0)
        return camera.view(self._plan.camera, t, u, self._stage.width, self._acting.heading)

    def _focus_x(self) -> float:
        """What the camera comes nearer to, as a share of the width: the lead, unless it goes somewhere."""
        for actor, how in zip(self._actors, self._acting.manners, strict=True):
            if actor.role == "lead" and how not in TRAVELLERS:
                return min(0.8, max(0.2, actor.x / self._stage.width))
        return 0.5

    def _twinkling(self) -> Twinkles | None:
        """Stars that blink in a clear sky at night."""
        scene, clear = self._scene, self._plan.weather in ("clear", "wind")
        starry = scene.view == "space" or (scene.colours.dark and clear and scene.view not in (*INDOORS, "underwater"))
        depth = 0.85 if scene.view == "space" else 0.42
        return twinkles(self._stage, depth, dice(self._plan, "twinkles")) if starry else None

    def _lay(self, frame: Image.Image, layer: Layer, seen: camera.View, t: float) -> None:
        if not self._film:
            lay(frame, layer, self._stage.margin)
            return
        gust = WINDY if self._plan.weather == "wind" else 1.0
        sway = layer.sway * math.sin(t * 1.5 + layer.depth * 7) - layer.drift * gust * t
        bob = layer.sway * 0.25 * math.sin(t * 2.1 + layer.depth * 5) if layer.y else 0.0
        lean = (
            layer.lean
            * gust
            * (math.sin(t * 1.3 * gust**0.5 + layer.depth * 7) + 0.35 * math.sin(t * 3.1 + layer.depth))
        )
        lay(
            frame,
            layer,
            self._stage.margin + round(seen.at(layer.depth) + sway),
            round(bob - abs(layer.sway) * 0.25) if bob else 0,
            round(lean),
        )

    def _act(
        self, frame: Image.Image, k: int, actor: Actor, stance: Stance, seen: camera.View, moment: tuple[float, float]
    ) -> None:
        """Draw one actor with its shadow and its dust at a moment."""
        shift = seen.at(stance.depth) if stance.depth else 0.0
        sprite = self._sprites.seen(k, actor.picture, stance)
        if not actor.airborne:
            self._ground(frame, k, actor, stance, shift, moment)
        stamp(frame, sprite, stance.x - shift - sprite.width / 2, stance.y - sprite.height / 2)
        if self._acting.manners[k] == "sleep":
            self._snore(frame, actor, stance.x - shift, moment[0] + actor.phase * (actor.role != "lead"))

    def _ground(
        self, frame: Image.Image, k: int, actor: Actor, stance: Stance, shift: float, moment: tuple[float, float]
    ) -> None:
        """The shadow, and what feet or fire raise from the ground; water has neither."""
        if self._scene.afloat or self._scene.view == "sky":
            return
        x, y = stance.ground
        self._shade(frame, actor, x - shift, stance.lift)
        how, (t, u) = self._acting.manners[k], moment
        if how == "launch":
            smoke(frame, (x - shift, y), t, stance.lift, actor.size * 0.16, (236, 232, 228))
        weight = HEAVY.get(how, 1.0) if self._film else 0.0
        for struck, ago in self._acting.struck(k, t, u, LASTS) if weight else ():
            then = self._seen(t - ago, (t - ago) * u / t)
            gone = self._seen(t, u).at(GROUNDED_DEPTH) - then.at(GROUNDED_DEPTH)
            left = struck - (then.at(stance.depth) if stance.depth else 0.0) - gone
            raise_dust(frame, (left, y), ago, actor.size * 0.07 * weight, self._dust())

    def _dust(self) -> Colour:
        colours = self._scene.colours
        ground = "snow" if self._scene.view == "snow" else self._plan.weather
        return multiply(RAISED.get(ground, mix(colours.land[2], (255, 250, 240), 0.62)), colours.ambient)

    def _shade(self, frame: Image.Image, actor: Actor, x: float, lift: float) -> None:
        """The soft shadow on the ground: smaller and fainter the higher the actor is."""
        height = min(1.0, max(0.0, lift / (actor.size * 2.2)))
        width = max(4, round(actor.picture.width * (0.96 - 0.4 * height) / 4) * 4)
        if width not in self._shadows:
            self._shadows[width] = _ellipse(width)
        mask = dimmed(self._shadows[width], 0.62 - 0.3 * height)
        at = (round(x - mask.width / 2), round(actor.y - mask.height * 0.52))
        frame.paste(Image.new("RGB", mask.size, self._scene.colours.shade), at, mask)

    def _snore(self, frame: Image.Image, actor: Actor, x: float, t: float) -> None:
        """Three Z rising from the head, growing and fading."""
        unit = self._stage.unit
        head = actor.facing if actor.picture.width > actor.picture.height else 0
        for k in range(3):
            part = (t * 0.32 + k / 3) % 1.0
            size = max(8, round(unit * (0.035 + 0.045 * part) / 2) * 2)
            letter = _letter("Z", size, round(255 * min(1.0, 2.4 * (1 - part), 6 * part + 0.25)))
            drift = actor.facing * part * unit * 0.10 + math.sin(part * 9) * unit * 0.01
            at_y = actor.y - actor.picture.height * 0.74 - part * unit * 0.20 - size
            stamp(frame, letter, x + head * actor.picture.width * 0.26 + drift - size / 2, at_y)

    def _lettering(self) -> Image.Image | None:
        if not self._plan.text:
            return None
        size = (round(self._stage.width * 0.92), max(8, round(self._stage.unit * 0.15)))
        return banner("  ".join(self._plan.text), *size, ink=(255, 255, 255), shade=(24, 18, 52))


def _magnified(frame: Image.Image, seen: camera.View, focus: float) -> Image.Image:
    """What the camera sees of the frame, enlarged to its size."""
    wide, high = frame.width / seen.zoom, frame.height / seen.zoom
    x = min(frame.width - wide, max(0.0, (frame.width - wide) * focus + seen.aside))
    y = (frame.height - high) * min(1.0, max(0.0, 0.58 - seen.rise / 2))
    return frame.resize(frame.size, Image.Resampling.BILINEAR, box=(x, y, x + wide, y + high))


def _ellipse(width: int) -> Image.Image:
    mask = Image.new("L", (width, max(2, width // 4)))
    inset = (width * 0.1, mask.height * 0.26, width * 0.9, mask.height * 0.74)
    ImageDraw.Draw(mask).ellipse(inset, fill=255)
    return mask.filter(ImageFilter.GaussianBlur(max(1.0, width * 0.028)))


def _letter(character: str, size: int, alpha: int) -> Image.Image:
    board = Image.new("RGBA", (size * 2, size * 2), (255, 255, 255, 0))
    shade = Image.new("RGBA", board.size, (40, 50, 100, 0))
    write(ImageDraw.Draw(board), size, size * 1.5, character, "sans", size, (255, 255, 255))
    write(ImageDraw.Draw(shade), size + size * 0.05, size * 1.55, character, "sans", size, (40, 50, 100))
    shade = shade.filter(ImageFilter.GaussianBlur(size * 0.06))
    shade.alpha_composite(board)
    shade.putalpha(dimmed(shade.getchannel("A"), alpha / 255))
    return shade

"""Plays a plan on its stage: puts scene, actors, weather and lettering together into the frame of any moment.

A still is the frame of a well-chosen moment; a film is all of them. Sheets and turned sprites are kept between frames.
"""

import math
from collections import OrderedDict
from typing import Protocol

from PIL import Image, ImageDraw, ImageFilter

from danqing.sketch import camera
from danqing.sketch.actors import cast
from danqing.sketch.canvas import Layer, Stage, lay, stamp
from danqing.sketch.dice import dice, field_dice
from danqing.sketch.lettering import banner, write
from danqing.sketch.motion import TRAVELLERS, Attitude, Beat, attitude
from danqing.sketch.paper import dimmed
from danqing.sketch.piece import Actor
from danqing.sketch.plan import Plan
from danqing.sketch.scene import Scene, scene
from danqing.sketch.style import Finish

KEPT = 40  # turned sprites kept at once
MOMENTS: dict[str, float] = {
    "play": 0.17,
    "jump": 0.5,
    "dance": 0.22,
    "sleep": 1.9,
    "fly": 0.0,
    "spin": 0.15,
}  # good moments for a still, seconds
GROUNDED_DEPTH = 0.85
AIRBORNE_DEPTH = 0.45
SUNK: dict[str, float] = {"sailboat": 0.27, "ship": 0.12, "canoe": 0.2, "speedboat": 0.3}  # of the height, under water


class Reel(Protocol):
    """Anything that can be filmed."""

    def frame(self, t: float, u: float) -> Image.Image:
        """The RGB frame after `t` seconds, when the share `u` of the film is over."""
        ...


class Show:
    """A plan on its stage."""

    def __init__(self, plan: Plan, width: int, height: int, *, film: bool) -> None:
        margin = camera.margin(plan.camera, width, min(width, height)) if film else 0
        self._plan = plan
        self._stage = Stage(width, height, margin)
        self._scene: Scene = scene(plan, self._stage)
        self._actors = cast(plan, self._scene)
        self._finish = Finish(plan.style, (width, height), field_dice(plan, "finish"))
        self._heading = dice(plan, "heading").choice((-1, 1))
        self._turned: OrderedDict[tuple[int, int, int, int], Image.Image] = OrderedDict()
        self._shadows: dict[int, Image.Image] = {}
        self._label = self._lettering()

    def still(self) -> Image.Image:
        """The frame of a good moment."""
        return self.frame(MOMENTS.get(self._plan.action, 1.0), 0.5)

    def frame(self, t: float, u: float) -> Image.Image:
        """The finished RGB frame."""
        stage, look = self._stage, camera.view(self._plan.camera, u, self._stage.width)
        if not stage.margin:
            look = camera.View(0.0, 1.0)
        frame = Image.new("RGB", (stage.width, stage.height), self._scene.colours.sky[1])
        for layer in self._scene.behind:
            self._lay(frame, layer, look.shift, t)
        for k, actor in enumerate(self._actors):
            self._act(frame, k, actor, look.shift, t, u)
        for layer in self._scene.front:
            self._lay(frame, layer, look.shift, t)
        if self._scene.drift:
            self._scene.drift.draw(frame, t)
        if look.zoom > 1.001:
            frame = _magnified(frame, look.zoom)
        if self._label:
            stamp(frame, self._label, (stage.width - self._label.width) / 2, stage.height * 0.035)
        return self._finish(frame)

    def _lay(self, frame: Image.Image, layer: Layer, shift: float, t: float) -> None:
        sway = layer.sway * math.sin(t * 1.5 + layer.depth * 7) if self._stage.margin else 0.0
        bob = layer.sway * 0.25 * math.sin(t * 2.1 + layer.depth * 5) if self._stage.margin and layer.y else 0.0
        lay(
            frame,
            layer,
            self._stage.margin + round(shift * layer.depth + sway),
            round(bob - abs(layer.sway) * 0.25) if bob else 0,
        )

    def _act(self, frame: Image.Image, k: int, actor: Actor, shift: float, t: float, u: float) -> None:
        """Draw one actor with its shadow at a moment."""
        plan = self._plan
        pose = attitude(plan.action, Beat(t, u, actor.phase, actor.slug, actor.role), actor.airborne)
        travels = plan.action in TRAVELLERS and pose.travel != 0 and actor.role != "ball"
        depth = AIRBORNE_DEPTH if actor.airborne else GROUNDED_DEPTH
        if travels and plan.camera == "track":
            depth = 0.0
        elif travels:
            depth *= 0.4
        x = actor.x + pose.dx * actor.size * (self._heading if travels else 1) - shift * depth
        if travels and plan.camera != "track":
            x += self._way(pose.travel)
        lift = pose.dy * actor.size
        sprite = self._sprite(k, actor, pose, mirrored=travels and actor.facing != self._heading)
        if actor.airborne:
            stamp(frame, sprite, x - sprite.width / 2, actor.y - lift - sprite.height / 2)
            return
        if not self._scene.afloat and self._scene.view != "sky":
            self._shade(frame, actor, x, lift)
        spill = (sprite.height - actor.picture.height * pose.high) / 2  # turning makes sprites taller than their figure
        stamp(frame, sprite, x - sprite.width / 2, actor.y - lift - sprite.height + spill + self._sink(actor))
        if plan.action == "sleep" and actor.role == "lead":
            self._snore(frame, actor, x, t)

    def _way(self, travel: float) -> float:
        """How far those who travel are from their places: together they cross the frame and stay inside it."""
        left = min(actor.x - actor.picture.width / 2 for actor in self._actors)
        right = max(actor.x + actor.picture.width / 2 for actor in self._actors)
        first, last = self._stage.width * 0.04 - left, self._stage.width * 0.96 - right
        if first > last:  # they fill the frame: no room to cross it
            return 0.0
        return first + (last - first) * (0.5 + travel * self._heading)

    def _sink(self, actor: Actor) -> float:
        """Boats and swimmers lie a little in the water."""
        return actor.picture.height * SUNK.get(actor.slug, 0.12) if self._scene.afloat else 0.0

    def _sprite(self, k: int, actor: Actor, pose: Attitude, *, mirrored: bool) -> Image.Image:
        """The figure stretched and turned, from the ones kept when there is one much like it."""
        turn = round((-pose.turn if mirrored else pose.turn) / 1.5) % 240
        key = (k * 2 + mirrored, round(pose.wide * 100), round(pose.high * 200), turn)
        if key in self._turned:
            self._turned.move_to_end(key)
            return self._turned[key]
        figure = actor.picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else actor.picture
        size = (max(2, round(figure.width * key[1] / 100)), max(2, round(figure.height * key[2] / 200)))
        if size != figure.size:
            figure = figure.resize(size, Image.Resampling.BILINEAR)
        if turn:
            figure = figure.rotate(turn * 1.5, Image.Resampling.BILINEAR, expand=True)
        self._turned[key] = figure
        if len(self._turned) > KEPT:
            self._turned.popitem(last=False)
        return figure

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


def _magnified(frame: Image.Image, zoom: float) -> Image.Image:
    """The middle of the frame, enlarged to its size."""
    wide, high = frame.width / zoom, frame.height / zoom
    x, y = (frame.width - wide) / 2, (frame.height - high) * 0.58
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

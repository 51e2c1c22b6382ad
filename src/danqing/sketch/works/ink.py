"""Paints 山水: ridges that fade into mist, pines, water with a boat, birds, a red sun, an upright title and a seal."""

import math
from dataclasses import replace
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from danqing.sketch.craft import art
from danqing.sketch.craft.canvas import Layer, Stage, lay, sheet, stamp
from danqing.sketch.craft.lettering import is_wide, write
from danqing.sketch.craft.palette import Colour, mix, palette
from danqing.sketch.craft.paper import Field, clouds, glow, noise
from danqing.sketch.figures.figure import Setting, figure
from danqing.sketch.figures.piece import Actor
from danqing.sketch.language import kinds
from danqing.sketch.planning import stature
from danqing.sketch.planning.dice import dice, field_dice
from danqing.sketch.planning.plan import Plan
from danqing.sketch.scenery.ridge import rugged
from danqing.sketch.stage import camera
from danqing.sketch.stage.acting import Acting
from danqing.sketch.stage.sprites import Sprites

RICE_PAPERS: tuple[Colour, ...] = ((243, 236, 219), (238, 232, 220), (246, 236, 208))
OWN_THINGS = frozenset({"mountain", "sailboat", "canoe", "mount-fuji", "deciduous-tree", "evergreen-tree"})
SOOT: Colour = (30, 33, 38)
INDIGO: Colour = (62, 78, 96)
CINNABAR: Colour = (190, 48, 38)
RIDGES = 6
NIGHT_PAPER: Colour = (206, 208, 212)


def _paper(stage: Stage, tone: Colour, rng: np.random.Generator) -> Layer:
    """Rice paper: fibres and a slow change of tone."""
    fibres = (
        noise(stage.canvas, stage.height, 3.0, rng, stretch=0.5) * 4
        + clouds(stage.canvas, stage.height, stage.unit * 0.6, rng) * 6
    )
    pixels = np.array(tone, np.float32) + fibres[..., None] * np.array((1.0, 1.0, 1.25), np.float32)
    return Layer(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), None, 0, 0, 0.0)


def _skyline(stage: Stage, nearness: float, lean: float, rng: np.random.Generator) -> Field:
    """One ridge; far ridges are high and steep, and `lean` lets one side of the picture rise."""
    base = stage.height * (0.43 + 0.35 * nearness)
    shape = rugged(stage.canvas, stage.unit * (0.95 - 0.25 * nearness), rng)
    x = np.linspace(-1, 1, stage.canvas, dtype=np.float32)
    tilt = np.clip(x * lean, -0.3, 1) * 0.9
    rise = min(stage.height, stage.unit * 1.5) * (0.21 - 0.08 * nearness)
    return np.asarray(base + shape * rise - tilt * rise * (1 - 0.5 * nearness), dtype=np.float32)


def _wash(stage: Stage, line: Field, nearness: float, rng: np.random.Generator) -> Image.Image:
    """A ridge in ink: dark at its edge, streaked like rock, gone in mist below."""
    top = max(0, int(line.min()) - 3)
    height = stage.height - top
    below = np.arange(top, stage.height, dtype=np.float32)[:, None] - line[None, :]
    depth = stage.unit * (0.13 + 0.15 * nearness)
    fade = np.clip(1 - below / depth, 0, 1) ** 1.25
    cell = max(1.6, stage.unit * 0.0038)
    streaks = noise(stage.canvas, height, cell, rng, stretch=6)
    folds = noise(stage.canvas, height, cell * 14, rng, stretch=1.3)
    dark = 0.16 + 0.60 * nearness**1.1
    tone = fade * dark * (0.95 + 0.5 * streaks + 0.42 * folds)
    edge = np.exp(-np.abs(below) / max(1.0, stage.unit * 0.0026)) * dark * (0.55 + 0.25 * folds)
    alpha = np.clip(np.clip(tone, 0, 1) * np.clip(below + 0.5, 0, 1) + np.where(below > -2, edge, 0), 0, 0.93)
    ridge = Image.new("RGB", (stage.canvas, height), mix(INDIGO, SOOT, min(1.0, nearness * 1.5)))
    ridge.putalpha(Image.fromarray((alpha * 255).astype(np.uint8)))
    soft = ridge.filter(ImageFilter.GaussianBlur(max(0.3, stage.unit * 0.0022 * (1 - nearness))))
    board = Image.new("RGBA", (stage.canvas, stage.height))
    board.paste(soft, (0, top))
    return board


def _pine(board: Image.Image, x: float, foot: float, high: float, chance: Random) -> None:
    """One pine: a bent trunk and flat clouds of needles."""
    pen = ImageDraw.Draw(board)
    lean = chance.uniform(-0.16, 0.16) * high
    pen.line(
        (x, foot, x + lean * 0.4, foot - high * 0.5, x + lean, foot - high),
        fill=(*SOOT, 235),
        width=max(1, round(high / 14)),
    )
    for k in range(5):
        part = 0.36 + 0.15 * k
        wide, thick = high * (0.38 - 0.055 * k) * chance.uniform(0.8, 1.15), high * 0.052
        cx, cy = x + lean * part + chance.uniform(-0.1, 0.1) * high, foot - high * part
        pen.ellipse((cx - wide, cy - thick, cx + wide, cy + thick), fill=(*mix(SOOT, (38, 66, 56), 0.5), 205))
        pen.ellipse(
            (cx - wide * 0.5, cy - thick * 2, cx + wide * 0.6, cy + thick * 0.4),
            fill=(*mix(SOOT, (38, 66, 56), 0.35), 215),
        )


def _grove(board: Image.Image, stage: Stage, line: Field, nearness: float, chance: Random) -> None:
    for _ in range(max(1, round((2 + 3.5 * nearness) * stage.canvas / stage.unit))):
        x = chance.uniform(0.01, 0.98) * stage.canvas
        for _ in range(chance.choice((1, 1, 2, 3))):
            at = min(stage.canvas - 1, max(0, round(x + chance.gauss(0, 0.018) * stage.unit)))
            high = stage.unit * (0.025 + 0.05 * nearness) * chance.uniform(0.7, 1.4)
            _pine(board, at, float(line[at]) + high * 0.06, high, chance)


def _ridges(stage: Stage, chance: Random, rng: np.random.Generator) -> list[Layer]:
    lean = chance.choice((-1, 1)) * chance.uniform(0.2, 1.2)
    layers = []
    for k in range(RIDGES):
        nearness = k / (RIDGES - 1)
        line = _skyline(stage, nearness, lean * (1 if k % 2 else -0.7), rng)
        board = _wash(stage, line, nearness, rng)
        if k >= 2:
            _grove(board, stage, line, nearness, chance)
        layers.append(sheet(board, 0.1 + 0.75 * nearness))
    return [layer for layer in layers if layer]


def _water(stage: Stage, chance: Random) -> Layer | None:
    """A few dry strokes for the water in the foreground."""
    board = Image.new("RGBA", (stage.canvas, stage.height))
    pen = ImageDraw.Draw(board)
    for _ in range(round(22 * stage.canvas / stage.unit)):
        y = stage.height * chance.uniform(0.885, 0.985)
        x, long = chance.random() * stage.canvas, stage.unit * chance.uniform(0.03, 0.16)
        pen.line((x, y, x + long, y), fill=(*INDIGO, chance.randint(40, 120)), width=max(1, round(stage.unit * 0.0025)))
    return sheet(board.filter(ImageFilter.GaussianBlur(max(0.4, stage.unit * 0.0011))), 0.9)


def _boat(size: int, *, manned: bool) -> Image.Image:
    """A sampan with its mat roof and, where people may be seen, a boatman in a straw hat."""
    board = Image.new("RGBA", (size * 4, size * 2))
    pen = ImageDraw.Draw(board)
    s = size / 50
    pen.chord((20 * s, 20 * s, 180 * s, 84 * s), 8, 172, fill=(*SOOT, 255))
    pen.pieslice((66 * s, 22 * s, 118 * s, 88 * s), 180, 360, fill=(*mix(SOOT, (120, 96, 70), 0.5), 255))
    if manned:
        pen.line((136 * s, 60 * s, 136 * s, 26 * s), fill=(*SOOT, 255), width=round(7 * s))
        pen.polygon([(124 * s, 24 * s), (148 * s, 24 * s), (136 * s, 12 * s)], fill=(*SOOT, 255))
    pen.line((146 * s, 22 * s, 174 * s, 84 * s), fill=(*SOOT, 255), width=max(1, round(2.5 * s)))
    return board.resize((size * 2, size), Image.Resampling.LANCZOS)


def _sun(stage: Stage, radius: float, colour: Colour) -> Image.Image:
    """A disc laid in with one brush: even, with a soft edge."""
    box = math.ceil(radius * 2.3)
    mask = Image.new("L", (box * 2, box * 2))
    edge = (box - radius * 2, box - radius * 2, box + radius * 2, box + radius * 2)
    ImageDraw.Draw(mask).ellipse(edge, fill=218)
    disc = Image.new("RGB", (box, box), colour)
    disc.putalpha(
        mask.resize((box, box), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(max(0.4, stage.unit * 0.0018)))
    )
    return disc


def _title(plan: Plan) -> str:
    """What is written beside the picture: quoted text, or the prompt's own subject when it is Chinese, or 山水."""
    if plan.text:
        return plan.text[0][:10]
    for word in (*(subject.word for subject in plan.subjects), *plan.drawn):
        kept = "".join(character for character in word if is_wide(character))
        if 2 <= len(kept) <= 7:
            return kept.removesuffix("畫").removesuffix("画") or kept
    return "山水"


def _in_ink(figure: Image.Image) -> Image.Image:
    """The figure as a brush would have it: washes of soot that let the paper through, and a dark outline."""
    grey = np.asarray(ImageOps.autocontrast(figure.convert("L"), cutoff=2), dtype=np.float32) / 255
    alpha = np.asarray(figure.getchannel("A"), dtype=np.float32) / 255
    soft = np.asarray(
        figure.getchannel("A").filter(ImageFilter.GaussianBlur(max(1.0, figure.width * 0.012))), dtype=np.float32
    )
    outline = np.clip((250 - soft) / 110, 0, 1)
    wash = np.clip(0.06 + 0.8 * (1 - grey) ** 1.2 + 0.6 * outline, 0, 0.95)
    paint = Image.new("RGB", figure.size, SOOT)
    under = Image.new("RGBA", figure.size, (243, 236, 219, 0))
    under.putalpha(Image.fromarray((alpha * 235).astype(np.uint8)))
    under.paste(paint, (0, 0), Image.fromarray((wash * alpha * 255).astype(np.uint8)))
    under.putalpha(Image.fromarray((alpha * 245).astype(np.uint8)))
    return glow(under, max(2.0, figure.width * 0.09), RICE_PAPERS[0], 1.1)  # mist around it, so that it is seen


class Landscape:
    """An ink landscape that can be shown still or filmed."""

    def __init__(self, plan: Plan, width: int, height: int, *, film: bool) -> None:
        chance, rng = dice(plan, "ink"), field_dice(plan, "ink")
        travel = camera.margin("pan", width, min(width, height)) if film else 0
        self._plan, self._stage, self._film = plan, Stage(width, height, travel), film
        night = plan.time in ("night", "neon")
        self._paper = _paper(self._stage, NIGHT_PAPER if night else chance.choice(RICE_PAPERS), rng)
        self._ridges = _ridges(self._stage, chance, rng)
        self._water = _water(self._stage, chance)
        self._right = chance.random() < 0.6  # the sun's side; the boat keeps to the other
        self._sun_at = (
            chance.uniform(0.62, 0.8) if self._right else chance.uniform(0.2, 0.38),
            chance.uniform(0.14, 0.24),
        )
        moon = mix((250, 248, 238), INDIGO, 0.05)
        self._sun = _sun(self._stage, self._stage.unit * chance.uniform(0.05, 0.075), moon if night else CINNABAR)
        boat_size = max(6, round(self._stage.unit * 0.062))
        self._boat = _boat(boat_size, manned=plan.person != "none")
        self._guest = self._drawn_guest()
        afloat = any(stature.is_afloat(guest.slug) for guest in self._guest)
        self._acting, self._sprites = Acting(plan, self._stage, self._guest, afloat=afloat, film=film), Sprites()
        self._flock = [
            (chance.gauss(0, 0.035), chance.gauss(0, 0.018), chance.uniform(0, 6)) for _ in range(chance.randint(4, 7))
        ]

    def still(self) -> Image.Image:
        """The picture."""
        return self.frame(0.0, 0.5)

    def frame(self, t: float, u: float) -> Image.Image:
        """The RGB frame after `t` seconds, when the share `u` of the film is over."""
        stage = self._stage
        shift = camera.view("pan", t, u, stage.width).shift if self._film else 0.0
        frame = Image.new("RGB", (stage.width, stage.height))
        lay(frame, self._paper, stage.margin)
        x, y = self._sun_at
        stamp(
            frame,
            self._sun,
            x * stage.width - self._sun.width / 2 - shift * 0.05,
            y * stage.height - self._sun.height / 2,
        )
        for layer in self._ridges:
            lay(frame, layer, stage.margin + round(shift * layer.depth))
        if self._water:
            lay(frame, self._water, stage.margin + round(shift * 0.9))
        drift = (0.10 * u if self._film else 0.04) * (1 if self._right else -1)
        boat_x = (0.24 if self._right else 0.66) + drift
        if self._guest:
            stance = self._acting.stance(0, t, u)
            seen = self._sprites.seen(0, self._guest[0].picture, stance)
            stamp(frame, seen, stance.x - shift * 0.5 - seen.width / 2, stance.y - seen.height / 2)
        else:
            bob = math.sin(t * 1.6) * stage.unit * 0.002
            stamp(frame, self._boat, boat_x * stage.width - shift * 0.5, stage.height * 0.925 - self._boat.height + bob)
        self._birds(frame, t)
        self._sign(frame)
        return frame

    def _drawn_guest(self) -> list[Actor]:
        """The plan's own subject in ink, in the boat's place or above it, when it has one."""
        for subject in self._plan.subjects:
            if art.has(subject.glyph) and subject.glyph not in OWN_THINGS and not kinds.is_sky(subject.glyph):
                chance = dice(self._plan, "guest")
                colours = palette("studio", "day", (), chance, 0)
                size, slug = max(8, round(self._stage.unit * 0.36)), subject.glyph
                setting = Setting(self._plan.action, "static", colours, 1)
                drawn = _in_ink(figure(replace(subject, colour=None), size, setting, chance))
                x = (0.28 if self._right else 0.62) * self._stage.width + drawn.width / 2
                flies = (stature.is_flyer(slug) or stature.is_winged(slug)) and self._plan.action in ("fly", "float")
                y = self._stage.height * (0.5 if flies else 0.925)
                return [Actor(slug, drawn, size, x, y, flies, "lead", 0.0, stature.facing(slug))]
        return []

    def _birds(self, frame: Image.Image, t: float) -> None:
        """A flock like strokes of a fine brush."""
        stage, pen = self._stage, ImageDraw.Draw(frame)
        span = stage.unit * 0.011
        home = (0.42 if self._right else 0.56) + 0.008 * t * (1 if self._right else -1)
        for across, down, phase in self._flock:
            x, y = stage.width * home + across * stage.unit * 2, stage.height * 0.19 + down * stage.unit
            beat = 0.7 + 0.3 * math.sin(t * 7 + phase)
            for way in (-1, 1):
                points = [
                    (x + way * span * k / 4, y - span * beat * math.sin(math.pi * 0.75 * k / 4) * 0.8) for k in range(5)
                ]
                pen.line(points, fill=mix(SOOT, (243, 236, 219), 0.15), width=max(1, round(stage.unit * 0.0028)))

    def _sign(self, frame: Image.Image) -> None:
        """Title from top to bottom, and the seal under it."""
        stage, pen = self._stage, ImageDraw.Draw(frame)
        title = _title(self._plan)
        size = max(7, min(round(stage.unit * 0.056), round(stage.height * 0.7 / (len(title) + 2) / 1.22)))
        x, y = stage.width - size * 1.35 if self._right else size * 1.35, stage.height * 0.055 + size
        for character in title:
            write(pen, x, y, character, "serif-cjk", size, SOOT)
            y += size * 1.22
        half = size * 0.46
        middle = y - size * 0.35
        pen.rounded_rectangle((x - half, middle - half, x + half, middle + half), max(1.0, size * 0.1), fill=CINNABAR)
        write(pen, x, middle + size * 0.235, "畫", "serif-cjk", max(6, round(size * 0.66)), (252, 244, 230))

"""Draws one subject: picks its pose, gives it its colour and material, and finishes it as a piece of cut card."""

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from danqing.sketch.craft import art
from danqing.sketch.craft.materials import dyed, leaved, made_of
from danqing.sketch.craft.palette import Colour, Palette, mix, rgb
from danqing.sketch.craft.paper import cut, glow, lit, rounded
from danqing.sketch.craft.raster import GLYPH_BOX, glyph, raster
from danqing.sketch.figures import pose
from danqing.sketch.language import kinds
from danqing.sketch.planning.plan import Subject

FLOATING_HEADS = frozenset({"close"})  # cameras that come so near that a body would be out of the frame


@dataclass(frozen=True, slots=True)
class Setting:
    """What a figure needs to know of the picture it stands in."""

    action: str
    camera: str
    colours: Palette
    side: int  # where the light comes from: -1 left, 1 right


def figure(subject: Subject, size: int, setting: Setting, dice: random.Random) -> Image.Image:
    """The finished subject, RGBA, about `size` pixels high; sleepers are lower and wider, standing people taller."""
    drawn, own_colour = _drawn(subject, size, setting, dice)
    if subject.colour and not own_colour:
        drawn = dyed(drawn, rgb(subject.colour))
    elif subject.glyph == "deciduous-tree" and setting.colours.foliage:
        drawn = leaved(drawn, dice.choice(setting.colours.foliage))
    stuffs = tuple(name for name in subject.materials if not (own_colour and name == "calico"))
    drawn = rounded(drawn.crop(drawn.getchannel("A").getbbox() or (0, 0, *drawn.size)), 1.06, 0.88)
    made = made_of(drawn, stuffs, dice)
    made = cut(made, max(1.0, size * 0.007), setting.side)
    colours = setting.colours
    if "glow" in stuffs:
        return made
    made = lit(made, mix(colours.ambient, (255, 255, 255), 0.7 if colours.time == "neon" else 0.5))
    if colours.time == "neon":
        return glow(made, max(2.0, size * 0.03), colours.accents[0], 1.2)
    return made


def _drawn(subject: Subject, size: int, setting: Setting, dice: random.Random) -> tuple[Image.Image, bool]:
    """The bare drawing, and whether colour and coat are already in it."""
    slug = subject.glyph
    coat = pose.coat_of(slug)
    calico = "calico" in subject.materials and coat is not None
    if coat and calico:
        coat = pose.CALICO
    elif coat and subject.colour:
        coat = pose.dyed(coat, rgb(subject.colour))
    if setting.action == "sleep" and coat:
        body = pose.sleeping(coat)
        return raster(body, round(size * 1.2), round(size * 0.72), box=pose.SLEEPER_BOX), True
    if setting.action == "sleep" and kinds.is_person(slug) and art.has("person-in-bed"):
        return glyph("person-in-bed", size).copy(), False
    if coat and slug in pose.HEADS and setting.camera not in FLOATING_HEADS:
        box = pose.SITTER_BOX
        return raster(pose.sitting(slug, coat), round(size * box[2] / box[3]), size, box=box), False
    if pose.is_person_head(slug) and setting.camera not in FLOATING_HEADS:
        box = pose.STANDER_BOX
        tall = round(size * 1.2)
        cloth = rgb(subject.colour) if subject.colour else None
        body = pose.standing(slug, dice, cloth)
        return raster(body, round(tall * box[2] / box[3]), tall, box=box), cloth is not None
    if slug == "robot" and setting.camera not in FLOATING_HEADS:
        box = pose.STANDER_BOX
        tall = round(size * 1.15)
        return raster(pose.robot(), round(tall * box[2] / box[3]), tall, box=box), False
    if slug == "unicorn" and setting.camera not in FLOATING_HEADS and art.has("horse"):
        box = pose.UNICORN_BOX
        return raster(pose.unicorn(), round(size * box[2] / box[3]), size, box=box), False
    cut_off = kinds.is_person(slug) and not kinds.is_whole(slug)
    chest = _chest(slug) if cut_off and setting.camera not in FLOATING_HEADS else None
    if chest:
        box = pose.BUST_BOX
        tall = round(size * 1.15)
        return raster(pose.below(slug, chest), round(tall * box[2] / box[3]), tall, box=box), False
    return glyph(slug, size).copy(), False


@lru_cache(maxsize=64)
def _chest(slug: str) -> Colour | None:
    """The colour a person wears at the chest, when the glyph ends there; None when it shows the whole body."""
    small = np.asarray(glyph(slug, GLYPH_BOX))
    rows = np.flatnonzero((small[..., 3] > 128).any(axis=1))
    last = small[rows[-1] - 1] if rows.size else small[0]
    worn = last[last[:, 3] > 250]
    if len(worn) < GLYPH_BOX * 0.55:
        return None
    red, green, blue = (int(part) for part in np.median(worn[:, :3], axis=0))
    return red, green, blue

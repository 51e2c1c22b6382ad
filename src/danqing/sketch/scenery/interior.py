"""Indoors: a furnished room with a window, and the photographer's studio with paper shapes."""

import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from danqing.sketch.craft import art
from danqing.sketch.craft.canvas import Layer, Stage, lay, place, sheet
from danqing.sketch.craft.palette import Colour, Palette, code, mix, multiply, turn
from danqing.sketch.craft.paper import cut, grain, lifted, lit, noise
from danqing.sketch.craft.raster import glyph, raster
from danqing.sketch.scenery.ridge import cut_along
from danqing.sketch.scenery.sky import graded

FLOOR = 0.70
TABLE = 0.715
RUGS = ("#c2576b", "#4f7fa8", "#5f8f6b", "#c98a3c", "#7a5fa0")


def _gradient(name: str, first: str, second: str) -> str:
    return (
        f'<linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{first}"/>'
        f'<stop offset="1" stop-color="{second}"/></linearGradient>'
    )


def _under_light(colours: Palette) -> tuple[str, str, str, str]:
    """Wall top, wall foot, floor back, floor front, after dark sunk into lamplight brown or neon violet."""
    dim = {"night": (0.55, (34, 32, 74)), "neon": (0.62, (40, 14, 86)), "dusk": (0.25, (120, 60, 80))}
    share, tone = dim.get(colours.time, (0.0, (0, 0, 0)))
    first, second, third, fourth = (code(mix(part, tone, share * 0.7)) for part in colours.land)
    return first, second, third, fourth


def _wall(stage: Stage, colours: Palette, pattern: str) -> str:
    """Wall with paper pattern, skirting and a boarded floor, on the stage's own pixels."""
    w, h, u, floor = stage.canvas, stage.height, stage.unit, stage.height * FLOOR
    upper, lower, back, front = _under_light(colours)
    body = f"<defs>{_gradient('w', upper, lower)}{_gradient('f', back, front)}</defs>"
    body += f'<rect width="{w}" height="{h}" fill="url(#w)"/>'
    step = u * 0.085
    columns = range(int(w / step) + 1)
    if pattern == "stripes":
        body += "".join(
            f'<rect x="{k * step:.1f}" width="{step * 0.3:.1f}" height="{floor:.1f}" fill="#fff" opacity=".17"/>'
            for k in columns
        )
    elif pattern == "tiles":
        rows = range(int(floor / step) + 1)
        body += "".join(
            f'<rect x="{k * step:.1f}" y="{row * step:.1f}" width="{step * 0.94:.1f}" height="{step * 0.94:.1f}" '
            f'rx="{step * 0.06:.1f}" fill="#fff" opacity="{0.2 if (k + row) % 2 else 0.3}"/>'
            for k in columns
            for row in rows
        )
    elif pattern == "dots":
        rows = range(int(floor / step) + 1)
        body += "".join(
            f'<circle cx="{(k + row % 2 / 2) * step:.1f}" cy="{row * step:.1f}" r="{step * 0.09:.1f}" fill="#fff"'
            ' opacity=".3"/>'
            for k in columns
            for row in rows
        )
    else:
        body += f'<rect y="{floor - u * 0.2:.1f}" width="{w}" height="{u * 0.2:.1f}" fill="#fff" opacity=".28"/>'
    body += f'<rect y="{floor:.1f}" width="{w}" height="{h - floor:.1f}" fill="url(#f)"/>'
    middle = w / 2
    body += "".join(
        f'<path d="M{middle + (k * step - middle):.1f} {floor:.1f}L{middle + (k * step - middle) * 1.75:.1f} {h}" '
        f'stroke="#3a2010" stroke-width="{max(1.0, u * 0.003):.1f}" opacity=".22"/>'
        for k in columns
    )
    skirting = code(mix((253, 246, 234), (40, 30, 80), 0.5 if colours.dark else 0.0))
    body += f'<rect y="{floor - u * 0.024:.1f}" width="{w}" height="{u * 0.024:.1f}" fill="{skirting}"/>'
    return body


def _window(colours: Palette, size: tuple[int, int], dice: random.Random) -> Image.Image:
    """A window with a landscape outside and curtains; RGBA."""
    zenith, middle, low = (code(part) for part in colours.sky)
    frame = code(mix((253, 248, 238), (60, 50, 110), 0.45 if colours.dark else 0.0))
    cloth = code(
        mix(
            turn(colours.accents[dice.randrange(len(colours.accents))], 0, 0.6),
            (30, 20, 60),
            0.4 if colours.dark else 0.05,
        )
    )
    hills = [code(mix(part, colours.sky[2], 0.1)) for part in _outside(colours)]
    at = (dice.choice((30, 70)), 38 if not colours.dark else 28)
    light = f'<circle cx="{at[0]}" cy="{at[1]}" r="10" fill="{code(colours.sun)}"/>'
    body = (
        f'<defs><linearGradient id="o" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{zenith}"/>'
        f'<stop offset=".6" stop-color="{middle}"/><stop offset="1" stop-color="{low}"/></linearGradient></defs>'
        f'<rect x="4" y="6" width="92" height="104" rx="2" fill="{frame}"/>'
        '<rect x="10" y="12" width="80" height="92" fill="url(#o)"/>'
        f'{light}<path d="M10 84Q28 62 50 78T90 72V104H10Z" fill="{hills[0]}"/>'
        f'<path d="M10 94Q38 80 60 92T90 88V104H10Z" fill="{hills[1]}"/>'
        f'<path d="M50 12V104M10 56H90" stroke="{frame}" stroke-width="4"/>'
        f'<rect x="0" y="108" width="100" height="7" rx="2" fill="{frame}"/>'
        f'<path d="M2 4H30C28 40 22 66 4 82Z" fill="{cloth}"/><path d="M98 4H70C72 40 78 66 96 82Z" fill="{cloth}"/>'
        f'<path d="M12 4C12 40 9 60 5 76M22 4C20 36 15 58 8 74M88 4C88 40 91 60 95 76M78 4C80 36 85 58 92 74" '
        'stroke="#000" stroke-opacity=".13" stroke-width="1.4" fill="none"/>'
        f'<rect y="1" width="100" height="4.5" rx="2" fill="{frame}"/>'
    )
    return cut(raster(body, *size, box=(0, 0, 100, 116)), max(1.0, size[0] * 0.006), 1)


def _outside(colours: Palette) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    near, far = (116, 189, 139), (63, 154, 99)
    if colours.dark:
        return mix(near, colours.sky[0], 0.7), mix(far, colours.sky[0], 0.75)
    return multiply(near, colours.ambient), multiply(far, colours.ambient)


def _rug(stage: Stage, colours: Palette, dice: random.Random) -> str:
    w, h, u = stage.canvas, stage.height, stage.unit
    wide, high = min(u * 0.66, w * 0.42), min(u * 0.13, h * (1 - FLOOR) * 0.42)
    cloth = dice.choice(RUGS)
    x, y = w / 2, h * (FLOOR + (1 - FLOOR) * 0.55)
    dim = 'opacity=".72"' if colours.dark else ""
    return (
        f'<g {dim}><ellipse cx="{x:.0f}" cy="{y + u * 0.008:.0f}" rx="{wide:.0f}" ry="{high:.0f}" fill="#2a1020"'
        ' opacity=".35"/>'
        f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{wide:.0f}" ry="{high:.0f}" fill="{cloth}"/>'
        f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{wide * 0.9:.0f}" ry="{high * 0.84:.0f}" fill="none" stroke="#f7e3c4" '
        f'stroke-width="{u * 0.008:.1f}" stroke-dasharray="{u * 0.026:.1f} {u * 0.018:.1f}"/>'
        f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{wide * 0.6:.0f}" ry="{high * 0.54:.0f}" fill="#fff"'
        ' opacity=".14"/></g>'
    )


def _beam(stage: Stage, x: float, y: float, size: tuple[int, int], leaning: int) -> str:
    """Sunlight falling from the window onto the floor."""
    w, h = size
    shift = leaning * stage.unit * 0.5
    floor = stage.height * 0.97
    return (
        '<defs><linearGradient id="b" x1="0" y1="0" x2="0" y2="1">'
        '<stop offset="0" stop-color="#fff4cf" stop-opacity=".5"/>'
        f'<stop offset="1" stop-color="#fff4cf" stop-opacity=".06"/></linearGradient></defs>'
        f'<polygon points="{x + w * 0.1:.0f},{y + h * 0.1:.0f} {x + w * 0.9:.0f},{y + h * 0.1:.0f} '
        f'{x + w * 1.35 + shift:.0f},{floor:.0f} {x + w * 0.15 + shift:.0f},{floor:.0f}" fill="url(#b)"/>'
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """Something along the wall: its size (of the unit), how far from the window, and how high when it hangs."""

    slug: str
    size: float
    away: float
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """What makes a room the one it is."""

    furniture: tuple[Piece, ...]
    walls: tuple[str, ...]
    window: bool = True
    rug: bool = True

    @property
    def slugs(self) -> frozenset[str]:
        """The glyphs of its furniture."""
        return frozenset(piece.slug for piece in self.furniture)


_SHELVES = tuple(Piece("bookshelf", 0.52, -1.2 + 0.6 * k) for k in range(-1, 6) if k != 1)  # one for the window
ROOMS: dict[str, Room] = {
    "kitchen": Room(
        (Piece("refrigerator", 0.56, 0.8), Piece("stove", 0.42, 0.36), Piece("potted-plant", 0.16, -0.92)),
        ("tiles",),
        rug=False,
    ),
    "library": Room((*_SHELVES, Piece("ladder", 0.46, 0.32)), ("panel",)),
    "classroom": Room(
        (
            Piece("blackboard", 0.6, 0.28, 0.16),
            Piece("desk", 0.3, 0.86),
            Piece("globe-showing-europe-africa", 0.13, -0.9),
        ),
        ("panel",),
        rug=False,
    ),
    "office": Room(
        (
            Piece("framed-picture", 0.16, 0.12, 0.18),
            Piece("desk", 0.44, 0.5),
            Piece("file-cabinet", 0.26, 0.98),
            Piece("potted-plant", 0.3, -0.9),
        ),
        ("panel", "stripes"),
    ),
    "restaurant": Room(
        (
            Piece("framed-picture", 0.2, 0.14, 0.14),
            Piece("coffee-machine", 0.2, 0.42, 0.32),
            Piece("table", 0.42, 0.4),
            Piece("chair", 0.34, 0.16),
            Piece("chair", 0.34, 0.72),
            Piece("potted-plant", 0.3, -0.92),
        ),
        ("panel", "stripes"),
        rug=False,
    ),
    "bedroom": Room(
        (Piece("bed", 0.56, 0.56), Piece("framed-picture", 0.16, 0.3, 0.14), Piece("teddy-bear", 0.17, -0.8)),
        ("dots", "stripes"),
    ),
}


def _living_room(dice: random.Random) -> Room:
    """A room of no special use, furnished by chance."""
    pieces = [
        Piece("framed-picture", 0.17, 0.10, 0.20),
        Piece(dice.choice(("couch-and-lamp", "chair", "bookshelf")), 0.4, 0.34),
        Piece("potted-plant", 0.3, 0.62),
    ]
    if dice.random() < 0.5:
        pieces.append(Piece(dice.choice(("mantelpiece-clock", "teddy-bear", "guitar", "books")), 0.17, -0.62))
    return Room(tuple(pieces), ("stripes", "dots", "panel"))


def _furnish(stage: Stage, colours: Palette, room: Room, window_left: bool, dice: random.Random) -> Image.Image:
    """Pictures on the wall and things standing along it, away from the window."""
    board = Image.new("RGBA", (stage.canvas, stage.height))
    light = mix(colours.ambient, (255, 255, 255), 0.25)
    side = 1 if window_left else -1
    floor = stage.height * (FLOOR + 0.035)
    for piece in room.furniture:
        if not art.has(piece.slug):
            continue
        big = max(4, round(stage.unit * piece.size))
        thing = lit(cut(glyph(piece.slug, big), max(1.0, big * 0.01), 1), light)
        if dice.random() < 0.5 and piece.high is None:
            thing = thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        raised = lifted(thing, max(1.0, stage.unit * 0.008), stage.unit * 0.008, 0.35)
        x = stage.canvas / 2 + side * piece.away * min(stage.width * 0.62, stage.height * 0.9)
        y = stage.height * piece.high if piece.high is not None else floor - big * 0.96
        place(board, raised, x - raised.width / 2, y - (raised.height - big) / 2)
    return board


def room_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator, *, kind: str = ""
) -> tuple[list[Layer], list[Layer]]:
    """Wall, window, light, rug and furniture; `kind` is one of `ROOMS`, or empty for a living room."""
    room = ROOMS.get(kind) or _living_room(dice)
    backdrop = raster(_wall(stage, colours, dice.choice(room.walls)), stage.canvas, stage.height)
    wide = max(4, round(min(stage.unit * 0.40, stage.width * 0.36)))
    size = (wide, max(4, round(min(wide * 1.16, stage.height * (FLOOR - 0.12)))))
    left = dice.random() < 0.5
    x = stage.canvas / 2 + (-1 if left else 1) * min(stage.width * 0.30, stage.height * 0.5) - wide / 2
    y = stage.height * (0.08 if not stage.tall else 0.16)
    if room.window:
        view = lifted(_window(colours, size, dice), max(1.0, stage.unit * 0.007), stage.unit * 0.006, 0.3)
        place(backdrop, view, x - (view.width - size[0]) / 2, y - (view.height - size[1]) / 2)
    furniture = _furnish(stage, colours, room, left, dice)
    ground = _rug(stage, colours, dice) if room.rug else ""
    if room.window and not colours.dark:
        ground += _beam(stage, x, y, size, 1 if left else -1)
    things = [sheet(raster(ground, stage.canvas, stage.height), 0.85), sheet(furniture, 0.7)]
    wall = Layer(grain(backdrop.convert("RGB"), 2.4, rng), None, 0, 0, 0.55)
    return [wall, *(thing for thing in things if thing)], []


def table_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """The room out of focus behind a table top, for things one puts there to look at."""
    behind, front = room_sheets(stage, colours, dice, rng)
    room = Image.new("RGB", (stage.canvas, stage.height))
    for layer in behind:
        lay(room, layer, 0)
    soft = room.reduce(4).filter(ImageFilter.GaussianBlur(max(0.6, stage.unit * 0.0032)))
    wood = mix(
        multiply(mix(colours.land[2], colours.land[3], 0.35), colours.ambient), (24, 18, 60), 0.45 * colours.dark
    )
    edge = np.full(stage.canvas, stage.height * TABLE, np.float32)
    board = cut_along(edge, stage.height, (mix(wood, (255, 236, 200), 0.34), wood), 0.85, rng, unit=stage.unit, rim=0.5)
    planks = sheet(raster(_planks(stage, wood), stage.canvas, stage.height), 0.85)
    backdrop = Layer(soft.resize(room.size, Image.Resampling.BICUBIC), None, 0, 0, 0.55)
    return [backdrop, board, *([planks] if planks else [])], front


def _planks(stage: Stage, wood: Colour) -> str:
    """Seams that run away from us, and the front edge of the table."""
    top, low, u = stage.height * TABLE, stage.height * 0.965, stage.unit
    middle, step = stage.canvas / 2, u * 0.3
    dark = code(mix(wood, (30, 14, 10), 0.5))
    count = int(stage.canvas / step) + 2
    seams = "".join(
        f'<path d="M{middle + k * step * 0.62:.1f} {top:.1f}L{middle + k * step * 1.25:.1f} {low:.1f}" '
        f'stroke="{dark}" stroke-width="{max(1.0, u * 0.0028):.1f}" opacity=".45"/>'
        for k in range(-count, count + 1)
    )
    return (
        f'{seams}<rect y="{low:.1f}" width="{stage.canvas}" height="{stage.height - low:.1f}" '
        f'fill="{code(mix(wood, (30, 14, 10), 0.34))}"/>'
        f'<rect y="{low:.1f}" width="{stage.canvas}" height="{max(1.0, u * 0.004):.1f}" fill="#fff" opacity=".3"/>'
    )


def _shapes(stage: Stage, colours: Palette, dice: random.Random) -> Image.Image:
    """A few large paper shapes that frame what stands before them."""
    u, x, base = stage.unit, stage.canvas / 2, stage.height * 0.8
    tones = [code(mix(part, (255, 255, 255), 0.12)) for part in colours.land]
    warm = code(turn(colours.land[2], dice.choice((-0.08, 0.08, 0.45)), 0.9, 1.05))
    r = u * dice.uniform(0.29, 0.35)
    sets = {
        "sun": f'<circle cx="{x + dice.choice((-1, 1)) * u * 0.12:.0f}" cy="{base - u * 0.4:.0f}" r="{r:.0f}"'
        f' fill="{tones[2]}"/>',
        "arch": (
            f'<path d="M{x - r:.0f} {base:.0f}V{base - r * 1.1:.0f}A{r:.0f} {r:.0f} 0 0 1 {x + r:.0f}'
            f' {base - r * 1.1:.0f}V{base:.0f}Z" '
            f'fill="{tones[2]}"/><path d="M{x - r * 0.72:.0f} {base:.0f}V{base - r * 1.1:.0f}A{r * 0.72:.0f}'
            f" {r * 0.72:.0f} 0 0 1 "
            f'{x + r * 0.72:.0f} {base - r * 1.1:.0f}V{base:.0f}Z" fill="{tones[1]}"/>'
        ),
        "steps": "".join(
            f'<rect x="{x + (k - 2) * u * 0.2:.0f}" y="{base - u * (0.2 + 0.1 * k):.0f}" width="{u * 0.2:.0f}"'
            f' height="{u * (0.2 + 0.1 * k):.0f}" '
            f'fill="{tones[(k % 2) + 1]}"/>'
            for k in range(4)
        ),
        "rays": "".join(
            f'<path d="M{x:.0f} {base - u * 0.32:.0f}L{x + np.cos(k * 0.5236) * u:.0f}'
            f" {base - u * 0.32 + np.sin(k * 0.5236) * u:.0f}"
            f"L{x + np.cos(k * 0.5236 + 0.26) * u:.0f} {base - u * 0.32 + np.sin(k * 0.5236 + 0.26) * u:.0f}"
            f'Z" fill="{tones[2]}" opacity=".55"/>'
            for k in range(12)
        ),
    }
    body = sets[dice.choice(sorted(sets))]
    ball = (x + dice.choice((-1, 1)) * r * 1.1, base - r * dice.uniform(1.2, 1.9))
    body += f'<circle cx="{ball[0]:.0f}" cy="{ball[1]:.0f}" r="{u * 0.07:.0f}" fill="{warm}"/>'
    return raster(body, stage.canvas, stage.height)


def studio_sheets(
    stage: Stage, colours: Palette, dice: random.Random, rng: np.random.Generator
) -> tuple[list[Layer], list[Layer]]:
    """A backdrop with soft light, paper shapes and a rounded floor."""
    dim = 0.6 if colours.dark else 0.0
    tones = [mix(part, (24, 18, 60), dim) for part in colours.land]
    air = graded(stage, (tones[1], mix(tones[0], tones[1], 0.35), tones[0]), 0.5)
    across = (np.arange(stage.canvas, dtype=np.float32) - stage.canvas / 2)[None, :] / stage.unit
    down = (np.arange(stage.height, dtype=np.float32) - stage.height * 0.42)[:, None] / stage.unit
    spot = np.exp(-(across**2 + down**2) / 0.18)[..., None] * (0.6 if not dim else 0.3)
    air += (np.array((255, 255, 255), np.float32) - air) * spot
    air += noise(stage.canvas, stage.height, 2.2, rng)[..., None] * 2.4
    wall = Layer(Image.fromarray(np.clip(air, 0, 255).astype(np.uint8)), None, 0, 0, 0.3)
    shapes = lifted(
        _shapes(stage, colours, dice), max(1.0, stage.unit * 0.012), stage.unit * 0.008, 0.22, colours.shade
    )
    pad = (shapes.width - stage.canvas) // 2
    bend = ((np.arange(stage.canvas, dtype=np.float32) / stage.canvas - 0.5) ** 2) * stage.unit * 0.22
    line = stage.height * 0.74 + bend
    floor = cut_along(line.astype(np.float32), stage.height, (tones[1], tones[2]), 0.8, rng, unit=stage.unit, rim=0.4)
    framing = sheet(shapes, 0.5, x=-pad, y=-pad)
    return [wall, *([framing] if framing else []), floor], []

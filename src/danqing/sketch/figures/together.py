"""Joins figures that touch into one: riders and their mounts, heads and hats, hands and what they hold.

Places on a figure are fractions of its picture, from the upper left corner, of a figure that looks to the left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from danqing.sketch.craft.canvas import place
from danqing.sketch.language import kinds
from danqing.sketch.planning.plan import Plan, Relation

CARRIED_BY_OTHER = ("riding", "on", "in")  # `one` is carried by `other`
CARRIED_BY_ONE = ("holding", "wearing")  # `other` is carried by `one`
UMBRELLAS = frozenset({"umbrella", "umbrella-with-rain-drops", "umbrella-on-ground"})
SEATS: dict[str, tuple[float, float]] = {
    "bed": (0.6, 0.38),
    "bench": (0.5, 0.55),
    "branch": (0.34, 0.55),
    "bicycle": (0.62, 0.2),
    "bridge-at-night": (0.5, 0.6),
    "broom": (0.5, 0.6),
    "chair": (0.5, 0.56),
    "couch-and-lamp": (0.4, 0.66),
    "desk": (0.5, 0.07),
    "grand-piano": (0.6, 0.45),
    "kick-scooter": (0.55, 0.82),
    "motor-scooter": (0.58, 0.3),
    "motorcycle": (0.62, 0.3),
    "skateboard": (0.5, 0.5),
    "lily-pad": (0.36, 0.62),
    "log": (0.55, 0.36),
    "pier": (0.5, 0.42),
    "sled": (0.55, 0.12),
    "stone-bridge": (0.5, 0.1),
    "suspension-bridge": (0.5, 0.6),
    "swing": (0.5, 0.7),
    "table": (0.5, 0.1),
    "throne": (0.5, 0.64),
    "tree-stump": (0.5, 0.14),
}
RIMS: dict[str, tuple[float, float]] = {
    "amphora": (0.5, 0.06),
    "automobile": (0.55, 0.16),
    "basket": (0.5, 0.46),
    "bathtub": (0.42, 0.5),
    "bowl-with-spoon": (0.45, 0.3),
    "bucket": (0.5, 0.12),
    "canoe": (0.5, 0.45),
    "birdcage": (0.5, 0.6),
    "fork-and-knife-with-plate": (0.5, 0.4),
    "fish-tank": (0.5, 0.62),
    "glass-bottle": (0.42, 0.52),
    "goldfish-bowl": (0.5, 0.58),
    "jar": (0.5, 0.55),
    "hot-air-balloon": (0.5, 0.82),
    "hot-beverage": (0.42, 0.42),
    "treasure-chest": (0.5, 0.38),
    "package": (0.5, 0.1),
    "pot-of-food": (0.5, 0.34),
    "sailboat": (0.42, 0.68),
    "shopping-cart": (0.5, 0.25),
    "speedboat": (0.55, 0.45),
    "teacup-without-handle": (0.45, 0.46),
    "top-hat": (0.5, 0.1),
    "wastebasket": (0.5, 0.1),
}
OPEN_TO_US = frozenset(
    {
        "hot-beverage",
        "fork-and-knife-with-plate",
        "jar",
        "bowl-with-spoon",
        "pot-of-food",
        "bathtub",
        "sailboat",
        "birdcage",
        "fish-tank",
        "glass-bottle",
        "goldfish-bowl",
    }
)  # seen from above
GLASS = frozenset({"fish-tank", "glass-bottle", "goldfish-bowl", "jar", "snow-globe"})
RAISED = frozenset({"balloon", "kite", "broom", "lollipop"})  # by the foot
ASLANT = frozenset({"balloon", "kite"})  # their glyphs reach down to the left; held, they lean away from the face
EYEWEAR = frozenset({"glasses", "sunglasses", "goggles"})
NECKWEAR = frozenset({"scarf", "necktie", "ribbon", "sports-medal", "military-medal", "reminder-ribbon"})
LEGWEAR = frozenset({"jeans", "shorts", "briefs"})
FOOTWEAR = frozenset(
    {"ballet-shoes", "flat-shoe", "high-heeled-shoe", "hiking-boot", "ice-skate", "mans-shoe", "roller-skate"}
    | {"running-shoe", "skis", "socks", "thong-sandal", "womans-boot", "womans-sandal"}
)
HANDWEAR = frozenset({"boxing-glove", "clutch-bag", "gloves", "handbag", "ring", "watch"})
CLOTHES = frozenset({"backpack", "bikini", "coat", "dress", "kimono", "lab-coat", "safety-vest", "sari", "t-shirt"})


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A finished figure: RGBA, trimmed; `facing` is -1 left, 1 right."""

    slug: str
    picture: Image.Image
    facing: int


@dataclass(frozen=True, slots=True)
class _Hold:
    """Where the carrier is touched (`across`, `down`), with which point of the carried, and how large that may be."""

    across: float
    down: float
    grip: tuple[float, float] = (0.5, 0.97)
    widest: float = 1.0  # of the carrier's width
    highest: float = 9.0  # of the carrier's height
    grown: bool = False  # it takes exactly that width
    spread: float = 0.8  # of the carrier's width, over which several are laid
    heaped: float = 0.0  # of the carrier's height, by which every other one lies higher
    behind: bool = False


def _normal(relation: Relation, plan: Plan) -> Relation:
    """The relation as it is drawn: who is under an umbrella holds it."""
    if relation.kind == "under" and plan.subjects[relation.other].glyph in UMBRELLAS:
        return Relation("holding", relation.one, relation.other)
    return relation


def told(plan: Plan) -> list[Relation]:
    """How the subjects are drawn together: as the plan says, and who comes with an umbrella holds it."""
    relations = [_normal(relation, plan) for relation in plan.relations if not _holds_a_person(relation, plan)]
    bound = {number for relation in relations for number in (relation.one, relation.other)}
    loose = [k for k, one in enumerate(plan.subjects) if k > 0 and k not in bound and one.glyph in UMBRELLAS]
    if loose and (kinds.is_person(plan.subjects[0].glyph) or kinds.is_animal(plan.subjects[0].glyph)):
        relations.append(Relation("holding", 0, loose[0]))
    return relations


def _holds_a_person(relation: Relation, plan: Plan) -> bool:
    """People who hold each other stand side by side; only babies are carried."""
    held = plan.subjects[relation.other].glyph
    return relation.kind == "holding" and kinds.is_person(held) and held != "baby"


def burden(relation: Relation) -> tuple[int, int] | None:
    """The indices of carrier and carried; None for those who only stand near each other."""
    if relation.kind in CARRIED_BY_OTHER:
        return relation.other, relation.one
    return (relation.one, relation.other) if relation.kind in CARRIED_BY_ONE else None


def carried(plan: Plan) -> frozenset[int]:
    """The subjects that need no ground of their own, as others carry them."""
    pairs = (burden(relation) for relation in told(plan))
    return frozenset(pair[1] for pair in pairs if pair)


def vessels(plan: Plan) -> frozenset[int]:
    """The subjects of glass that others are in, so that the world is in them and not they in the world."""
    return frozenset(
        relation.other
        for relation in told(plan)
        if relation.kind == "in" and plan.subjects[relation.other].glyph in GLASS
    )


def joined(kind: str, carrier: Cutout, loads: Sequence[Cutout]) -> Image.Image:
    """One picture of the carrier with everything that it carries, trimmed."""
    pad = 2 * max(*carrier.picture.size, *(side for load in loads for side in load.picture.size))
    board = Image.new("RGBA", (carrier.picture.width + 2 * pad, carrier.picture.height + 2 * pad))
    laid = [_laid(kind, carrier, load, (k, len(loads))) for k, load in enumerate(loads)]
    for picture, x, y, behind in laid:
        if behind:
            place(board, picture, pad + x, pad + y)
    board.alpha_composite(carrier.picture, (pad, pad))
    for picture, x, y, behind in laid:
        if not behind:
            place(board, picture, pad + x, pad + y)
    return board.crop(board.getchannel("A").getbbox() or (0, 0, 1, 1))


def _laid(kind: str, carrier: Cutout, load: Cutout, turn: tuple[int, int]) -> tuple[Image.Image, float, float, bool]:
    """The load at its size, its upper left corner on the carrier's picture, and whether it is behind the carrier."""
    k, count = turn
    hold = _HOLDS[kind](carrier, load)
    wide, high = carrier.picture.size
    across = hold.across if carrier.facing < 0 else 1 - hold.across
    across += (k + 0.5 - count / 2) * hold.spread / count if count > 1 else 0.0
    down = hold.down - (hold.heaped if k % 2 else 0.0)
    limit = hold.widest * wide / (1 if hold.grown else count)
    scale = min(limit / load.picture.width, hold.highest * high / load.picture.height)
    scale = scale if hold.grown else min(1.0, scale)
    size = (max(1, round(load.picture.width * scale)), max(1, round(load.picture.height * scale)))
    picture = load.picture if size == load.picture.size else load.picture.resize(size, Image.Resampling.BICUBIC)
    if (load.facing != carrier.facing) != (load.slug in ASLANT) and not kinds.is_person(load.slug):
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return picture, across * wide - hold.grip[0] * size[0], down * high - hold.grip[1] * size[1], hold.behind


def _back(carrier: Cutout) -> tuple[float, float]:
    """Where one sits or stands on the thing: on its own seat, or in the middle of its upper outline."""
    if carrier.slug in SEATS:
        return SEATS[carrier.slug]
    solid = np.asarray(carrier.picture.getchannel("A")) > 100
    if carrier.facing > 0:
        solid = solid[:, ::-1]
    high, wide = solid.shape
    middle = solid[:, int(wide * 0.42) : max(int(wide * 0.42) + 1, int(wide * 0.64))]
    tops = middle.argmax(axis=0)[middle.any(axis=0)]
    return 0.53, float(np.median(tops)) / high if tops.size else 0.0


def _riding(carrier: Cutout, load: Cutout) -> _Hold:
    if carrier.slug in RIMS:
        return _inside(carrier, load)
    across, down = _back(carrier)
    standing = carrier.slug in ("skateboard", "kick-scooter")
    if kinds.is_person(load.slug) and not standing:
        return _Hold(across, down + 0.05, (0.5, 0.68), widest=0.8, highest=1.25, behind=True)
    return _Hold(across, down + 0.03, (0.5, 0.93 if not standing else 0.99), widest=0.85, highest=1.25)


def _on(carrier: Cutout, load: Cutout) -> _Hold:
    if carrier.slug in RIMS and carrier.slug not in ("package", "automobile", "top-hat"):
        return _inside(carrier, load)
    if kinds.is_animal(carrier.slug) and kinds.is_person(load.slug):
        return _riding(carrier, load)
    across, down = _back(carrier)
    if carrier.slug in ("bed", "bench", "chair", "couch-and-lamp", "sled", "swing", "throne") and kinds.is_person(
        load.slug
    ):  # legs hang down
        return _Hold(across, down + 0.06, (0.5, 0.72), widest=0.8, highest=1.2)
    return _Hold(across, down + 0.03, widest=1.5 if carrier.slug not in SEATS else 0.9, highest=1.6)


def _inside(carrier: Cutout, load: Cutout) -> _Hold:
    if carrier.slug not in RIMS:
        return _Hold(0.5, 0.94, widest=0.45, highest=0.5)
    across, down = RIMS[carrier.slug]
    if kinds.is_vessel(carrier.slug) and not kinds.is_living(load.slug):
        return _filling(carrier, load)
    if carrier.slug in OPEN_TO_US:
        return _Hold(across, down + 0.1, (0.5, 0.86), widest=0.55, highest=0.6)
    return _Hold(across, down + 0.1, (0.5, 0.66), widest=0.58, behind=True)


def _filling(carrier: Cutout, load: Cutout) -> _Hold:
    """Flowers stand in a vase, fruit is heaped in a bowl, a meal lies on its plate."""
    across, down = RIMS[carrier.slug]
    if carrier.slug == "amphora":
        return _Hold(across, down + 0.1, (0.5, 0.8), widest=0.62, grown=True, spread=0.9, heaped=0.22, behind=True)
    if carrier.slug == "fork-and-knife-with-plate":
        return _Hold(across, down + 0.1, (0.5, 0.5), widest=0.5, grown=True, spread=0.34, heaped=0.1)
    if carrier.slug in OPEN_TO_US:
        return _Hold(across, down + 0.1, (0.5, 0.86), widest=0.3, grown=True, spread=0.6, heaped=0.12)
    return _Hold(across, down + 0.12, (0.5, 0.92), widest=0.38, grown=True, spread=0.66, heaped=0.12, behind=True)


def _holding(carrier: Cutout, load: Cutout) -> _Hold:
    if kinds.is_child(load.slug):
        return _Hold(0.5, 0.62, (0.5, 0.5), widest=0.6, highest=0.34)
    hand = (0.1, 0.6) if kinds.is_person(carrier.slug) else (0.2, 0.72)
    if load.slug in UMBRELLAS:  # over the head
        return _Hold(0.45, 0.02, (0.5, 0.6), widest=1.7, highest=0.8, behind=True)
    if load.slug in RAISED:
        return _Hold(*hand, (0.88 if load.slug in ASLANT else 0.5, 0.98), widest=1.5, highest=0.95)
    return _Hold(*hand, (0.6, 0.6), widest=0.62, highest=0.42)


def _wearing(carrier: Cutout, load: Cutout) -> _Hold:
    person = kinds.is_person(carrier.slug)
    if load.slug in FOOTWEAR:
        return _Hold(0.5, 1.0, (0.5, 0.9), widest=0.7 if person else 0.55, highest=0.2)
    if load.slug in HANDWEAR:
        return _Hold(*((0.1, 0.62) if person else (0.24, 0.72)), (0.5, 0.4), widest=0.34, highest=0.2)
    if load.slug in LEGWEAR:
        return _Hold(0.5, 0.6 if person else 0.66, (0.5, 0.05), widest=0.62, highest=0.36, grown=person)
    middle, top, wide = _head(carrier)
    ratio = carrier.picture.width / carrier.picture.height  # from widths to heights
    if load.slug in EYEWEAR:
        return _Hold(middle, top + 0.52 * wide * ratio, (0.5, 0.5), widest=wide * 0.92, grown=True)
    if load.slug in NECKWEAR:
        return _Hold(middle, top + wide * ratio * 0.98, (0.5, 0.3), widest=wide * 0.8, grown=True)
    if load.slug in CLOTHES:
        return _Hold(middle, top + wide * ratio * 0.92, (0.5, 0.06), widest=min(0.95, wide * 1.15), grown=True)
    return _Hold(middle, top + wide * ratio * 0.3, (0.5, 0.96), widest=wide * 1.08, grown=True)


def _head(figure: Cutout) -> tuple[float, float, float]:
    """Middle, top and width of the head: what is widest in the upper part, on the side that an animal looks to."""
    solid = np.asarray(figure.picture.getchannel("A")) > 100
    if figure.facing > 0:
        solid = solid[:, ::-1]
    high, wide = solid.shape
    upper = solid[: max(2, int(high * 0.2))].copy()
    if upper.any(axis=0).sum() > 0.62 * wide and wide > high * 0.9:  # an animal from its side
        upper[:, int(wide * 0.45) :] = False
    columns = np.flatnonzero(upper.any(axis=0))
    rows = np.flatnonzero(upper.any(axis=1))
    if not columns.size:
        return 0.5, 0.0, 0.5
    left, right = float(columns.min()) / wide, float(columns.max() + 1) / wide
    return (left + right) / 2, float(rows.min()) / high, right - left


_HOLDS = {"riding": _riding, "on": _on, "in": _inside, "holding": _holding, "wearing": _wearing}

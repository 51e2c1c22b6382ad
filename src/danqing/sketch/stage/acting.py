"""Acts a plan out: where every actor is at any moment, how it is stretched and turned, and which way it looks.

Positions only, no pixels: `show` draws what is decided here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from danqing.sketch.craft.canvas import Stage
from danqing.sketch.figures.piece import Actor
from danqing.sketch.language import kinds
from danqing.sketch.planning import stature
from danqing.sketch.planning.dice import dice
from danqing.sketch.planning.plan import Plan
from danqing.sketch.scenery.scene import is_afloat, view_of
from danqing.sketch.stage.actors import is_airborne
from danqing.sketch.stage.camera import nearest
from danqing.sketch.stage.manners import manner
from danqing.sketch.stage.motion import MANNERS, STRIKES, TRAVELLERS, Attitude, Beat

GROUNDED_DEPTH = 0.85
AIRBORNE_DEPTH = 0.45
CROSSING = 0.4  # of their depth, that the camera moves those who cross the frame
EDGE = 0.04  # of the width, that travellers keep from the sides
LEAST_WAY = 0.22  # of the width, that those who fill the frame go all the same
SUNK: dict[str, float] = {"sailboat": 0.27, "ship": 0.12, "canoe": 0.2, "speedboat": 0.3}  # of the height, under water
AT_REST = frozenset({"still", "stand", "sway"})
CLIMBED = 0.62  # of what is climbed, how high one comes
UPENDED = 0.17  # of its height, that an aslant picture reaches further down when it is set upright
LAUNCHED = 0.8  # of its own height, that is still seen of what has risen


@dataclass(frozen=True, slots=True)
class Stance:
    """An actor at a moment, in frame pixels before the camera moves.

    (`x`, `y`) is its middle; `ground` the point below its feet, `lift` how high they are above it. `angle` is
    counter-clockwise; `spin` turns the figure before it is stretched by `wide` and `high`. `depth` is how much of the
    camera's shift it takes part in.
    """

    x: float
    y: float
    ground: tuple[float, float]
    lift: float
    wide: float
    high: float
    angle: float
    spin: float
    mirrored: bool
    depth: float


class Acting:
    """The cast of a plan at work. Without `film` everyone stays in place, for a picture."""

    def __init__(self, plan: Plan, stage: Stage, actors: Sequence[Actor], *, afloat: bool, film: bool) -> None:
        self._stage, self._actors, self._afloat, self._film = stage, actors, afloat, film
        self._followed = plan.camera == "track"
        self._inset = EDGE + (1 - 1 / nearest(plan.camera)) / 2
        self._host = _host(actors) if plan.action == "climb" else None
        action = self._action(plan)
        self.manners = [manner(action, one.slug, one.role, _element(plan, one.airborne, afloat)) for one in actors]
        self._travelling = [one for one, how in zip(actors, self.manners, strict=True) if how in TRAVELLERS]
        self.heading = _heading(plan, actors)

    def _action(self, plan: Plan) -> str:
        """What is done: who rides goes somewhere, and who has nothing to climb walks."""
        if plan.action == "climb" and self._host is None:
            return "walk"
        riding = any(relation.kind == "riding" for relation in plan.relations)
        return "run" if self._film and riding and plan.action == "still" else plan.action

    def stance(self, k: int, t: float, u: float) -> Stance:
        """The `k`-th actor after `t` seconds, when the share `u` of the film is over."""
        actor, how = self._actors[k], self.manners[k]
        pose = self._pose(actor, how, t, u)
        travels = self._film and how in TRAVELLERS
        looks = self.heading if travels else actor.facing
        x = actor.x + pose.dx * actor.size * (looks if travels else 1)
        if travels:
            x += 0.0 if self._followed else self._way(pose.travel)
        elif not actor.airborne:  # who plays does not play outside
            half = actor.picture.width / 2
            x = min(max(x, min(half, actor.x)), max(self._stage.width - half, actor.x))
        x, rise = self._risen(actor, how, x, pose.rise)
        lift = self._capped(actor, pose.dy * actor.size) + rise
        angle = -pose.turn * looks
        spin = -looks * (
            pose.spin if how != "roll" else math.degrees((x - actor.x) * looks / (actor.picture.width / 2))
        )
        high = actor.picture.height * pose.high
        feet = actor.y + (actor.picture.height * SUNK.get(actor.slug, 0.12) if self._afloat else 0.0)
        if actor.airborne:
            middle = (x, actor.y - lift)
        elif how == "launch":  # it stands on its fins, whichever way its picture is drawn
            middle = (x, feet - lift - high * (0.5 + UPENDED * abs(math.sin(math.radians(angle)))))
        else:
            out = math.radians(angle)
            middle = (x - math.sin(out) * high / 2, feet - lift - math.cos(out) * high / 2)
        mirrored = travels and actor.facing != looks
        ground = (x, actor.y if not actor.airborne else actor.y + actor.picture.height / 2)
        return Stance(*middle, ground, lift, pose.wide, pose.high, angle, spin, mirrored, self._depth(actor, travels))

    def struck(self, k: int, t: float, u: float, within: float) -> list[tuple[float, float]]:
        """Where the `k`-th actor touched the ground `within` the last seconds: x, and how many seconds ago."""
        actor, how = self._actors[k], self.manners[k]
        if how not in STRIKES or not u or actor.airborne:
            return []
        beat, rate = Beat(t, u, actor.phase, actor.slug, actor.role), STRIKES[how]
        strikes = beat.strikes(how)
        ages = [
            (strikes - count) / rate for count in range(math.ceil(strikes - within * rate), math.floor(strikes) + 1)
        ]
        return [(self.stance(k, t - ago, (t - ago) * u / t).ground[0], ago) for ago in ages if t > ago]

    def _pose(self, actor: Actor, how: str, t: float, u: float) -> Attitude:
        if not self._film and how in AT_REST:
            return Attitude()
        pose = MANNERS[how](Beat(t, u, actor.phase, actor.slug, actor.role))
        return pose if self._film else replace(pose, travel=0.0)

    def _risen(self, actor: Actor, how: str, x: float, share: float) -> tuple[float, float]:
        """Where one that climbs, falls or takes off is: its middle, and how far above its place."""
        if how == "fall":
            return x, actor.y - self._stage.height * (0.45 - 0.55 * share)
        if how == "climb" and self._host is not None:
            return self._host.x, share * self._host.picture.height * CLIMBED
        return x, share * (actor.y - LAUNCHED * actor.picture.height)

    def _capped(self, actor: Actor, lift: float) -> float:
        """A leap that keeps the head inside the frame: lower, the less room there is."""
        room = actor.y - actor.picture.height * 1.06
        if actor.airborne or lift <= 0:
            return lift
        return room * math.tanh(lift / room) if room > 1 else 0.0

    def _way(self, travel: float) -> float:
        """How far those who travel are from their places: together they cross the frame and stay inside it."""
        width = self._stage.width
        left = min(one.x - one.picture.width / 2 for one in self._travelling)
        right = max(one.x + one.picture.width / 2 for one in self._travelling)
        first, last = width * self._inset - left, width * (1 - self._inset) - right
        if last - first < LEAST_WAY * width:
            middle = (first + last) / 2
            first, last = middle - LEAST_WAY * width / 2, middle + LEAST_WAY * width / 2
        return first + (last - first) * (0.5 + travel * self.heading)

    def _depth(self, actor: Actor, travels: bool) -> float:
        depth = AIRBORNE_DEPTH if actor.airborne else GROUNDED_DEPTH
        if self._followed and not kinds.is_rooted(actor.slug):
            return 0.0
        return depth * CROSSING if travels else depth


def manners_of(plan: Plan) -> list[tuple[str, str]]:
    """What each subject of a plan is drawn as, and in which manner it takes part."""
    view = view_of(plan)
    hows = []
    for number, subject in enumerate(plan.subjects):
        role = "lead" if number == 0 else "ball" if stature.is_ball(subject.glyph) else "extra"
        element = _element(plan, is_airborne(subject.glyph, plan, view), is_afloat(plan, view))
        hows.append((subject.glyph, manner(plan.action, subject.glyph, role, element)))
    return hows


def _element(plan: Plan, airborne: bool, afloat: bool) -> str:
    if airborne:
        return "deep" if plan.place == "underwater" else "air"
    return "water" if afloat else "ground"


def _host(actors: Sequence[Actor]) -> Actor | None:
    """What there is to climb: the highest of those that stay in their place."""
    still = [one for one in actors if not kinds.is_living(one.slug) and not one.airborne and one.role != "ball"]
    return max(still, key=lambda one: one.picture.height, default=None)


def _heading(plan: Plan, actors: Sequence[Actor]) -> int:
    """Where those who travel go: -1 left, 1 right. Who is chased goes ahead."""
    lead = next((one for one in actors if one.role == "lead"), None)
    chased = next((one for one in actors if kinds.is_living(one.slug) and lead and one.slug != lead.slug), None)
    if plan.action == "chase" and lead and chased:
        return 1 if chased.x > lead.x else -1
    return dice(plan, "heading").choice((-1, 1))

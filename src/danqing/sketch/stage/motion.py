"""How actors move: for every manner, where an actor is and how it is turned and stretched at a moment of the film."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from danqing.sketch.language import kinds
from danqing.sketch.planning import stature
from danqing.sketch.stage.manners import manner

TURN = 2 * math.pi
# How often a second the ground is touched, at 0 and at every multiple of the beat: what is seen is heard.
STRIKES: dict[str, float] = {
    "bounce": 1.15,
    "play": 1.15,
    "walk": 2.2,
    "run": 3.2,
    "hop": 1.5,
    "bound": 2.2,
    "waddle": 2.2,
    "scurry": 3.4,
    "jump": 0.8,
    "leap": 0.75,
    "dance": 2.0,
    "eat": 2.5,
    "climb": 1.4,
}
BOUNCES = STRIKES["bounce"]
CRAWLS = 0.9  # per second
STROKES = 0.9  # per second
SPINS = 0.25  # turns per second
FLAPS = 3.0  # per second
BREATH = 3.1  # seconds
FALL = 4.2  # seconds from the top of the frame to its foot
GROUNDED = 0.35  # share of a hop that is spent on the ground
RUNWAY = 0.35  # share of the film that an airplane runs before it leaves the ground
COUNTDOWN = 0.15  # share of the film that a rocket trembles before it rises
OVER = 1.15  # where one that falls begins, and how far above the frame


@dataclass(frozen=True, slots=True)
class Attitude:
    """Offset from the actor's place (in its own sizes, x forward and y up), stretch and turn (degrees, forward)."""

    dx: float = 0.0
    dy: float = 0.0
    wide: float = 1.0
    high: float = 1.0
    turn: float = 0.0  # about its feet; about its middle when it is in the air
    spin: float = 0.0  # about its middle, before it is stretched
    travel: float = 0.0  # -0.5..0.5 of the way across the frame
    rise: float = 0.0  # share of the way from its place to the top, or to what it climbs


@dataclass(frozen=True, slots=True)
class Beat:
    """A moment as one actor sees it: seconds, the share of the film gone by, its own phase, and its kind."""

    t: float
    u: float
    phase: float
    slug: str
    role: str

    def wave(self, per_second: float) -> float:
        """A sine of the actor's own phase."""
        return math.sin(TURN * (self.t * per_second + self.phase))

    def strikes(self, name: str) -> float:
        """How many times the ground was touched in this manner; the lead touches it first at once."""
        return self.t * STRIKES[name] + (0.0 if self.role == "lead" else self.phase)

    def seconds(self) -> float:
        """How long the film is."""
        return self.t / self.u if self.u > 0 else 8.0


def bounce(t: float) -> float:
    """Height of a bouncing ball, 0..1; it touches the ground at multiples of 1 / BOUNCES seconds."""
    return _arc((t * BOUNCES) % 1.0)


def _arc(part: float) -> float:
    """The height of a thrown thing, 0..1, when this share of its flight is over."""
    return 4 * part * (1 - part)


def _eased(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def _still(beat: Beat) -> Attitude:
    """Breath, and a little shift of weight."""
    breath = beat.wave(0.38)
    return Attitude(high=1 + 0.014 * breath, wide=1 - 0.006 * breath, turn=1.1 * beat.wave(0.19))


def _stand(beat: Beat) -> Attitude:
    return Attitude()


def _sway(beat: Beat) -> Attitude:
    return Attitude(turn=1.4 * beat.wave(0.31) + 0.5 * beat.wave(0.83))


def _sleep(beat: Beat) -> Attitude:
    breath = 0.5 - 0.5 * math.cos(TURN * (beat.t / BREATH + (0.0 if beat.role == "lead" else beat.phase)))
    return Attitude(high=1 + 0.05 * breath, wide=1 + 0.012 * breath)


def _play(beat: Beat) -> Attitude:
    hop = abs(math.sin(math.pi * beat.strikes("play")))
    return Attitude(
        dx=0.10 * beat.wave(0.3), dy=0.13 * hop, turn=6 * beat.wave(BOUNCES / 2), high=0.95 + 0.08 * hop,
        wide=1.04 - 0.06 * hop,
    )  # fmt: skip


def _bounce(beat: Beat) -> Attitude:
    """A ball: flattened for an instant where it meets the ground, and turning as it goes to and fro."""
    squash = max(0.0, 1 - bounce(beat.t) * 5)
    aside = beat.wave(0.14) if beat.role == "ball" else 0.55 * beat.wave(0.11)
    return Attitude(
        dx=0.9 * aside, dy=(1.5 if beat.role == "ball" else 0.75) * bounce(beat.t), wide=1 + 0.16 * squash,
        high=1 - 0.2 * squash, spin=150 * aside,
    )  # fmt: skip


def _fly(beat: Beat) -> Attitude:
    rise = 0.16 * beat.wave(0.27) + 0.05 * beat.wave(0.68)
    lean = max(0.0, stature.slant(beat.slug) - 20) - 9 * math.cos(TURN * (beat.t * 0.27 + beat.phase))
    if not stature.is_winged(beat.slug):
        return Attitude(dx=0.04 * beat.wave(0.33), dy=rise, turn=lean, travel=beat.u - 0.5)
    flap = abs(math.cos(math.pi * (beat.t * FLAPS + beat.phase)))
    front = beat.slug in ("butterfly", "fly", "lady-beetle")
    wide, high = (0.5 + 0.5 * flap, 1.0) if front else (1.05 - 0.05 * flap, 0.80 + 0.20 * flap)
    lift = 0.06 * (1 - flap)
    return Attitude(dx=0.05 * beat.wave(0.33), dy=rise + lift, wide=wide, high=high, turn=lean, travel=beat.u - 0.5)


def _float(beat: Beat) -> Attitude:
    return Attitude(dx=0.10 * beat.wave(0.11), dy=0.15 * beat.wave(0.18), turn=7 * beat.wave(0.14))


def _stride(name: str, hop: float, lean: float) -> Callable[[Beat], Attitude]:
    def move(beat: Beat) -> Attitude:
        steps = beat.strikes(name)
        step = abs(math.sin(math.pi * steps))
        return Attitude(
            dy=hop * step, turn=lean * math.sin(math.pi * steps), high=0.97 + 0.05 * step, travel=beat.u - 0.5
        )

    return move


def _waddle(name: str, hop: float, rock: float) -> Callable[[Beat], Attitude]:
    """Rocking from one foot to the other."""

    def move(beat: Beat) -> Attitude:
        steps = beat.strikes(name)
        step = abs(math.sin(math.pi * steps))
        return Attitude(
            dy=hop * step, turn=rock * math.sin(math.pi * steps), high=0.965 + 0.05 * step, wide=1.02 - 0.03 * step,
            travel=beat.u - 0.5,
        )  # fmt: skip

    return move


def _leaps(name: str, up: float, lean: float) -> Callable[[Beat], Attitude]:
    """Gathered, thrown forward in an arc, and caught: the way is made in the air alone."""

    def gone(leaps: float) -> float:
        return math.floor(leaps) + _eased((leaps % 1.0 - GROUNDED) / (1 - GROUNDED))

    def move(beat: Beat) -> Attitude:
        leaps = beat.strikes(name)
        part = leaps % 1.0
        start = leaps - beat.t * STRIKES[name]
        whole = gone(start + beat.seconds() * STRIKES[name]) - gone(start)
        travel = (gone(leaps) - gone(start)) / whole - 0.5 if whole else 0.0
        if part < GROUNDED:
            squash = math.sin(math.pi * part / GROUNDED)
            return Attitude(high=1 - 0.17 * squash, wide=1 + 0.12 * squash, travel=travel)
        air = (part - GROUNDED) / (1 - GROUNDED)
        height = _arc(air)
        return Attitude(
            dy=up * height, high=1 + 0.07 * height, wide=1 - 0.05 * height, turn=-lean * math.cos(math.pi * air),
            travel=travel,
        )  # fmt: skip

    return move


def _crawl(beat: Beat) -> Attitude:
    """As a worm does: stretched, then drawn together."""
    pulls = beat.t * CRAWLS + beat.phase
    pull = math.sin(TURN * pulls)
    whole = beat.seconds() * CRAWLS
    travel = beat.u - 0.5 + 0.12 * (math.sin(TURN * (pulls - 0.25)) - math.sin(TURN * (beat.phase - 0.25))) / whole
    return Attitude(wide=1 + 0.09 * pull, high=1 - 0.06 * pull, travel=max(-0.5, min(0.5, travel)))


def _drive(beat: Beat) -> Attitude:
    return Attitude(
        dy=0.010 * abs(beat.wave(3.1)), turn=1.0 * beat.wave(1.3), high=1 + 0.008 * beat.wave(6.0), travel=beat.u - 0.5
    )


def _roll(beat: Beat) -> Attitude:
    return Attitude(dy=0.01 * abs(beat.wave(1.7)), travel=beat.u - 0.5)


def _sail(beat: Beat) -> Attitude:
    """Over the swell, without leaving the water."""
    return Attitude(dy=0.022 * beat.wave(0.35), turn=3.2 * beat.wave(0.29), travel=(beat.u - 0.5) * 0.8)


def _dance(beat: Beat) -> Attitude:
    steps = beat.strikes("dance")
    sway, step = math.sin(math.pi * steps), abs(math.sin(math.pi * steps))
    return Attitude(
        dx=0.12 * sway, dy=0.09 * step, turn=9 * sway, high=0.96 + 0.08 * step, wide=1.03 - 0.05 * step
    )  # fmt: skip


def _jump(beat: Beat) -> Attitude:
    part = beat.strikes("jump") % 1.0
    if part < GROUNDED:
        squash = math.sin(math.pi * part / GROUNDED)
        return Attitude(high=1 - 0.14 * squash, wide=1 + 0.09 * squash)
    up = _arc((part - GROUNDED) / (1 - GROUNDED))
    return Attitude(dy=0.5 * up, high=1 + 0.06 * up, wide=1 - 0.03 * up)


def _swim(beat: Beat) -> Attitude:
    """Strokes that push: the way is made in surges."""
    return Attitude(
        dx=0.05 * beat.wave(STROKES), dy=0.08 * beat.wave(0.35), turn=5 * beat.wave(STROKES),
        wide=1 + 0.035 * beat.wave(1.8), travel=(beat.u - 0.5) * 0.9,
    )  # fmt: skip


def _spin(beat: Beat) -> Attitude:
    """Whoever has feet turns about the upright axis, as dancers do; a thing rolls over and over."""
    if kinds.is_living(beat.slug):
        turn = abs(math.cos(TURN * 2 * SPINS * beat.t))
        return Attitude(dy=0.03 * abs(beat.wave(0.5)), wide=0.18 + 0.82 * turn)
    return Attitude(dy=0.03 * abs(beat.wave(0.5)), spin=360 * SPINS * beat.t)


def _eat(beat: Beat) -> Attitude:
    """Bites in a row, and a rest to swallow."""
    bite = math.sin(math.pi * beat.strikes("eat")) ** 2 * (1.0 if (beat.t / 2.4) % 1.0 < 0.75 else 0.15)
    return Attitude(dx=-0.02 * bite, high=1 - 0.05 * bite, wide=1 + 0.03 * bite, turn=5 * bite)


def _climb(beat: Beat) -> Attitude:
    """Up with one pull after the other."""
    pulls = beat.strikes("climb")
    whole = max(1.0, beat.seconds() * STRIKES["climb"])
    rise = (math.floor(pulls) + _eased(pulls % 1.0 * 1.6)) / whole
    sway = math.sin(math.pi * pulls)
    return Attitude(turn=6 * sway, high=1 + 0.05 * abs(sway), rise=min(1.0, rise))


def _launch(beat: Beat) -> Attitude:
    """A trembling wait, then up, faster and faster."""
    slant = stature.slant(beat.slug)
    upright = slant - 90 if slant else 0.0
    tremble = math.sin(TURN * beat.t * 9) * (1.0 if beat.u < COUNTDOWN else 0.4)
    part = max(0.0, (beat.u - COUNTDOWN) / (1 - COUNTDOWN))
    return Attitude(dx=0.012 * tremble, turn=upright + tremble, rise=part**1.8)


def _take_off(beat: Beat) -> Attitude:
    """Along the ground, nose up, and away."""
    part = max(0.0, (beat.u - RUNWAY) / (1 - RUNWAY))
    flap = abs(math.cos(math.pi * beat.t * FLAPS)) if stature.is_winged(beat.slug) else 1.0
    level = stature.slant(beat.slug) - 4 - 22 * _eased(part * 2.5)
    return Attitude(high=0.8 + 0.2 * flap, turn=level, travel=beat.u**1.5 - 0.5, rise=0.7 * part**1.5)


def _paddle(beat: Beat) -> Attitude:
    """Strokes on the water, whose surface is not left."""
    stroke = beat.wave(STROKES)
    return Attitude(
        dx=0.03 * stroke, dy=0.018 * beat.wave(0.4), turn=2.5 * beat.wave(0.45) + stroke, wide=1 + 0.012 * stroke,
        travel=(beat.u - 0.5) * 0.9,
    )  # fmt: skip


def _fall(beat: Beat) -> Attitude:
    """Down in swings, from above the frame to its foot, and again."""
    part = (beat.t / FALL + beat.phase) % 1.0
    return Attitude(
        dx=0.3 * beat.wave(0.42), rise=OVER - (OVER + 0.75) * part, turn=34 * beat.wave(0.42),
        wide=1 - 0.2 * abs(beat.wave(0.6)),
    )  # fmt: skip


def _wave(beat: Beat) -> Attitude:
    return Attitude(turn=7 * beat.wave(1.1), dy=0.03 * abs(beat.wave(1.1)), high=1 + 0.02 * beat.wave(2.2))


def _swing(beat: Beat) -> Attitude:
    """A pendulum that hangs from above its own head."""
    angle = 20 * beat.wave(0.42)
    out = math.radians(angle)
    return Attitude(dx=0.9 * math.sin(out), dy=0.12 + 0.9 * (1 - math.cos(out)), turn=-angle)


MANNERS: dict[str, Callable[[Beat], Attitude]] = {
    "still": _still,
    "stand": _stand,
    "sway": _sway,
    "sleep": _sleep,
    "play": _play,
    "bounce": _bounce,
    "fly": _fly,
    "float": _float,
    "walk": _stride("walk", 0.05, 3.5),
    "run": _stride("run", 0.11, 6.5),
    "hop": _leaps("hop", 0.22, 7.0),
    "bound": _leaps("bound", 0.28, 10.0),
    "leap": _leaps("leap", 0.55, 16.0),
    "waddle": _waddle("waddle", 0.035, 6.0),
    "scurry": _waddle("scurry", 0.07, 8.0),
    "crawl": _crawl,
    "drive": _drive,
    "roll": _roll,
    "sail": _sail,
    "dance": _dance,
    "jump": _jump,
    "swim": _swim,
    "spin": _spin,
    "eat": _eat,
    "climb": _climb,
    "launch": _launch,
    "take-off": _take_off,
    "paddle": _paddle,
    "fall": _fall,
    "wave": _wave,
    "swing": _swing,
}
TRAVELLERS = frozenset(
    {
        "fly",
        "walk",
        "run",
        "hop",
        "bound",
        "leap",
        "waddle",
        "scurry",
        "crawl",
        "drive",
        "roll",
        "sail",
        "swim",
        "paddle",
        "take-off",
    }
)


def attitude(action: str, beat: Beat, element: str) -> Attitude:
    """Where the actor is at this beat; for `element` see `manners.manner`."""
    return MANNERS[manner(action, beat.slug, beat.role, element)](beat)

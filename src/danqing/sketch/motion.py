"""How actors move: for every verb, where an actor is and how it is turned and stretched at a moment of the film."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from danqing.sketch import kinds, stature

TURN = 2 * math.pi
BOUNCES = 1.15  # per second; the sound engine strikes with the same beat
STEPS = 3.2  # per second
JUMPS = 0.8  # per second
STROKES = 0.9  # per second
SPINS = 0.25  # turns per second
BREATH = 3.1  # seconds


@dataclass(frozen=True, slots=True)
class Attitude:
    """Offset from the actor's place (in its own sizes, x to the right and y up), stretch and turn (degrees)."""

    dx: float = 0.0
    dy: float = 0.0
    wide: float = 1.0
    high: float = 1.0
    turn: float = 0.0
    travel: float = 0.0  # -0.5..0.5 of the way across the frame


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


FLAPPERS = frozenset(
    {
        "butterfly",
        "honeybee",
        "bat",
        "eagle",
        "bird",
        "dove",
        "owl",
        "parrot",
        "duck",
        "fly",
        "mosquito",
        "phoenix-bird",
    }
)


def bounce(t: float) -> float:
    """Height of a bouncing ball, 0..1; it touches the ground at multiples of 1 / BOUNCES seconds."""
    part = (t * BOUNCES) % 1.0
    return 4 * part * (1 - part)


def _still(beat: Beat) -> Attitude:
    return Attitude(high=1 + 0.008 * beat.wave(0.4), turn=0.6 * beat.wave(0.23))


def _sleep(beat: Beat) -> Attitude:
    breath = 0.5 - 0.5 * math.cos(TURN * beat.t / BREATH)
    return Attitude(high=1 + 0.035 * breath, wide=1 + 0.008 * breath)


def _play(beat: Beat) -> Attitude:
    if beat.role == "ball":
        return Attitude(dx=0.9 * beat.wave(0.14), dy=1.5 * bounce(beat.t), turn=-140 * beat.t)
    hop = abs(math.sin(math.pi * beat.t * BOUNCES))
    return Attitude(dx=0.07 * beat.wave(0.3), dy=0.09 * hop, turn=5 * beat.wave(BOUNCES / 2), high=0.97 + 0.05 * hop)


def _fly(beat: Beat) -> Attitude:
    flap = (
        0.60 + 0.40 * abs(math.cos(TURN * beat.t * 1.5 + (beat.phase * 3 if beat.role != "lead" else 0)))
        if beat.slug in FLAPPERS
        else 1.0
    )
    rise = 0.16 * beat.wave(0.27) + 0.05 * beat.wave(0.68)
    front = beat.slug == "butterfly"
    return Attitude(
        dx=0.05 * beat.wave(0.33),
        dy=rise,
        wide=flap if front else 1.0,
        high=1.0 if front else 0.86 + 0.14 * flap,
        turn=9 * math.cos(TURN * (beat.t * 0.27 + beat.phase)),
        travel=beat.u - 0.5,
    )


def _stride(hop: float, lean: float, rate: float) -> Callable[[Beat], Attitude]:
    def move(beat: Beat) -> Attitude:
        step = abs(math.sin(math.pi * beat.t * rate + beat.phase * math.pi))
        return Attitude(
            dy=hop * step, turn=lean * math.sin(math.pi * beat.t * rate), high=0.98 + 0.04 * step, travel=beat.u - 0.5
        )

    return move


def _roll(beat: Beat) -> Attitude:
    return Attitude(dy=0.008 * abs(beat.wave(3.1)), turn=0.8 * beat.wave(1.3), travel=beat.u - 0.5)


def _dance(beat: Beat) -> Attitude:
    sway = beat.wave(1.0)
    return Attitude(
        dx=0.10 * sway,
        dy=0.08 * abs(beat.wave(1.0)),
        turn=9 * sway,
        high=1 + 0.05 * beat.wave(2.0),
        wide=1 - 0.03 * beat.wave(2.0),
    )


def _jump(beat: Beat) -> Attitude:
    part = (beat.t * JUMPS + beat.phase) % 1.0
    up = 4 * part * (1 - part)
    squash = 0.10 * max(0.0, 1 - up * 6)
    return Attitude(dy=0.5 * up, high=1 - squash + 0.05 * up, wide=1 + squash)


def _swim(beat: Beat) -> Attitude:
    return Attitude(
        dy=0.08 * beat.wave(0.35),
        turn=5 * beat.wave(STROKES),
        wide=1 + 0.03 * beat.wave(1.4),
        travel=(beat.u - 0.5) * 0.8,
    )


def _float(beat: Beat) -> Attitude:
    return Attitude(dx=0.06 * beat.wave(0.11), dy=0.12 * beat.wave(0.18), turn=7 * beat.wave(0.14))


def _spin(beat: Beat) -> Attitude:
    """Whoever has feet turns about the upright axis, as dancers do; a thing rolls over and over."""
    if kinds.is_living(beat.slug):
        turn = abs(math.cos(TURN * 2 * SPINS * beat.t))
        return Attitude(dy=0.03 * abs(beat.wave(0.5)), wide=0.18 + 0.82 * turn)
    return Attitude(dy=0.03 * abs(beat.wave(0.5)), turn=-360 * SPINS * beat.t)


VERBS: dict[str, Callable[[Beat], Attitude]] = {
    "still": _still,
    "sleep": _sleep,
    "play": _play,
    "fly": _fly,
    "walk": _stride(0.045, 3.5, STEPS * 0.7),
    "run": _stride(0.10, 6.0, STEPS),
    "roll": _roll,
    "dance": _dance,
    "jump": _jump,
    "swim": _swim,
    "float": _float,
    "spin": _spin,
}
TRAVELLERS = frozenset({"fly", "walk", "run", "swim"})


def attitude(verb: str, beat: Beat, airborne: bool) -> Attitude:
    """Where the actor is at this beat. Balls play, those in the air hover, and extras only sway while one sleeps."""
    if beat.role == "ball" and verb in ("still", "run", "dance", "jump"):
        verb = "play"
    if airborne and verb in ("still", "play", "walk", "run", "sleep"):
        verb = "float"
    if not airborne and verb in ("fly", "float"):
        verb = "still"
    if verb in ("walk", "run") and stature.is_wheeled(beat.slug):
        verb = "roll"
    if beat.role == "extra" and verb in ("sleep", "spin"):
        verb = "still"
    return VERBS.get(verb, _still)(beat)

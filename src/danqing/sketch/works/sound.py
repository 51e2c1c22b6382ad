"""Makes the sound of a film: what the place, the weather and the actors would be heard as, over a quiet bed of music.

Everything is synthesised from the plan: stereo, 48 kHz, float32 of shape (2, samples), faded in and out, never clipped.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from danqing.sketch.language import kinds
from danqing.sketch.planning import stature
from danqing.sketch.planning.dice import field_dice
from danqing.sketch.planning.plan import Plan
from danqing.sketch.stage.acting import manners_of
from danqing.sketch.works import voices
from danqing.sketch.works.voices import RATE, Mono, Track, mix, moments

ROOTS: dict[str, float] = {"day": 261.63, "dawn": 220.0, "dusk": 196.0, "night": 174.61, "neon": 146.83}
MAJOR = (1.0, 9 / 8, 5 / 4, 3 / 2, 5 / 3, 2.0)  # pentatonic, as ratios
MINOR = (1.0, 6 / 5, 4 / 3, 3 / 2, 9 / 5, 2.0)
CHORDS: tuple[tuple[float, ...], ...] = (
    (1.0, 5 / 4, 3 / 2),
    (5 / 6, 1.0, 5 / 4),
    (2 / 3, 5 / 6, 1.0),
    (3 / 4, 9 / 8, 3 / 2),
)
Voice = Callable[[Track, np.random.Generator], None]
PLACES: dict[str, tuple[Voice, ...]] = {
    "meadow": (voices.wind,),
    "garden": (voices.wind,),
    "forest": (voices.wind,),
    "mountain": (voices.wind,),
    "desert": (voices.wind,),
    "snow": (voices.wind,),
    "sea": (voices.waves,),
    "underwater": (voices.deep,),
    "city": (voices.traffic,),
    "space": (voices.hum,),
    "room": (voices.clock,),
    "sky": (voices.wind,),
}
WEATHERS: dict[str, tuple[Voice, ...]] = {"rain": (voices.rain,), "wind": (voices.storm,)}
MANNERS: dict[str, Voice] = {
    "bounce": voices.thumps,
    "play": partial(voices.landings, how="play", gain=0.1),
    "sleep": voices.snore,
    "walk": partial(voices.steps, how="walk"),
    "run": partial(voices.steps, how="run"),
    "waddle": partial(voices.steps, how="waddle"),
    "scurry": partial(voices.steps, how="scurry"),
    "hop": partial(voices.landings, how="hop", gain=0.16),
    "bound": partial(voices.landings, how="bound", gain=0.2),
    "jump": partial(voices.landings, how="jump"),
    "leap": partial(voices.landings, how="leap"),
    "crawl": voices.rustle,
    "dance": voices.beat,
    "swim": voices.strokes,
    "paddle": voices.strokes,
    "sail": voices.lapping,
    "spin": voices.whoosh,
    "eat": voices.crunch,
    "climb": voices.scrapes,
    "launch": voices.rumble,
    "roll": voices.grumble,
    "swing": voices.creak,
}
LOUDNESS = 3.0  # of the mix, before its peaks are rounded off
SINGING = frozenset({"meadow", "garden", "forest", "mountain"})
PARTS = 3  # actors that are heard


def _actors(plan: Plan) -> list[Voice]:
    """The voices of those who move, the lead's first and none twice."""
    heard: list[Voice] = []
    for slug, how in manners_of(plan)[:PARTS]:
        if how in ("fly", "drive", "take-off"):
            moving = voices.whirr if stature.is_winged(slug) else voices.rattle if how == "drive" else voices.wind
            heard.append(voices.engine if stature.has_engine(slug) else moving)
        elif how == "sail" and stature.has_engine(slug):
            heard.append(voices.engine)
        elif how in MANNERS and not (how == "sleep" and not kinds.is_living(slug)):
            heard.append(MANNERS[how])
    return list(dict.fromkeys(heard))


def _creatures(plan: Plan) -> tuple[Voice, ...]:
    """Who sings where the weather lets them."""
    if plan.weather != "clear":
        return ()
    light = plan.time in ("day", "dawn")
    if plan.place in SINGING and plan.season != "winter":
        return (voices.birds,) if light else (voices.crickets,)
    return (voices.gulls,) if plan.place == "sea" and light else ()


def _pluck(pitch: float, decay: float) -> Mono:
    """A struck string: a tone and its octave, dying away."""
    t = moments(int(RATE * 1.6))
    tone = (
        np.sin(2 * np.pi * pitch * t)
        + 0.35 * np.sin(4 * np.pi * pitch * t) * np.exp(-t * 5)
        + 0.12 * np.sin(6 * np.pi * pitch * t) * np.exp(-t * 9)
    )
    return np.asarray(tone * np.exp(-t * decay) * np.clip(t * 220, 0, 1), dtype=np.float32)


def _music(track: Track, plan: Plan, rng: np.random.Generator) -> None:
    """Slow chords and a wandering pentatonic tune."""
    seconds = track.shape[1] / RATE
    root = ROOTS.get(plan.time, 220.0) * (0.75 if plan.style == "ink" else 1.0)
    scale = MINOR if plan.time in ("night", "neon") or plan.style == "noir" else MAJOR
    t = moments(track.shape[1])
    for k in range(int(seconds / 4) + 1):
        chord = CHORDS[(k + int(rng.integers(2))) % len(CHORDS)]
        shape = np.clip(np.minimum(t - k * 4, (k + 1) * 4 + 1.0 - t), 0, 1)
        for ratio in chord:
            for side in (0, 1):
                tone = np.sin(2 * np.pi * root / 2 * ratio * (1 + 0.0016 * (side - 0.5)) * t + rng.uniform(0, 6))
                track[side] += (tone * shape * 0.016).astype(np.float32)
    beat, note = (0.75 if plan.action == "sleep" or plan.style == "ink" else 0.5), int(rng.integers(len(scale)))
    for k in range(int(seconds / beat)):
        if rng.random() < 0.6:
            note = int(np.clip(note + rng.integers(-2, 3), 0, len(scale) - 1))
            mix(
                track,
                _pluck(root * 2 * scale[note], 2.4 if plan.style == "ink" else 3.4),
                k * beat,
                rng.uniform(0.3, 0.7),
                0.055,
            )


def sound(plan: Plan, seconds: float) -> Track:
    """The sound of a film of this plan: float32 of shape (2, round(seconds * 48000)), within -1..1."""
    rng = field_dice(plan, "sound")
    track: Track = np.zeros((2, round(seconds * RATE)), np.float32)
    for voice in (*PLACES.get(plan.place, ()), *WEATHERS.get(plan.weather, ()), *_actors(plan), *_creatures(plan)):
        voice(track, rng)
    _music(track, plan, rng)
    t = moments(track.shape[1])
    fade = np.clip(np.minimum(t / 0.35, (seconds - t) / 0.8), 0, 1)
    return np.asarray(np.tanh(track * fade * LOUDNESS) * 0.84, dtype=np.float32)

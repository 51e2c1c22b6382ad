"""Makes the sound of a film: what the place, the weather and the action would be heard as, over a quiet bed of music.

Everything is synthesised from the plan: stereo, 48 kHz, float32 of shape (2, samples), faded in and out, never clipped.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from danqing.sketch.dice import field_dice
from danqing.sketch.motion import BOUNCES, BREATH, JUMPS, SPINS, STEPS, STROKES
from danqing.sketch.plan import Plan

RATE = 48_000
Track = NDArray[np.float32]  # (2, samples)
Mono = NDArray[np.float32]

ROOTS: dict[str, float] = {"day": 261.63, "dawn": 220.0, "dusk": 196.0, "night": 174.61, "neon": 146.83}
MAJOR = (1.0, 9 / 8, 5 / 4, 3 / 2, 5 / 3, 2.0)  # pentatonic, as ratios
MINOR = (1.0, 6 / 5, 4 / 3, 3 / 2, 9 / 5, 2.0)
CHORDS: tuple[tuple[float, ...], ...] = (
    (1.0, 5 / 4, 3 / 2),
    (5 / 6, 1.0, 5 / 4),
    (2 / 3, 5 / 6, 1.0),
    (3 / 4, 9 / 8, 3 / 2),
)


def _time(samples: int) -> Mono:
    return (np.arange(samples, dtype=np.float64) / RATE).astype(np.float32)


def _smooth(signal: Mono, width: int) -> Mono:
    """A moving average: a cheap low-pass."""
    total = np.cumsum(np.concatenate((np.zeros(width, np.float64), signal)))
    return ((total[width:] - total[:-width]) / width).astype(np.float32)


def _hiss(samples: int, width: int, rng: np.random.Generator) -> Mono:
    """Noise with its heights cut off, of about unit loudness; the wider, the darker."""
    noise = _smooth(_smooth(rng.standard_normal(samples, dtype=np.float32), width), max(1, width // 2))
    return np.asarray(noise / max(1e-6, float(noise.std())), dtype=np.float32)


def _swell(samples: int, period: float, phase: float) -> Mono:
    return np.asarray(0.5 + 0.5 * np.sin(2 * np.pi * (_time(samples) / period + phase)), dtype=np.float32)


def _mix(track: Track, sound: Mono, start: float, pan: float, gain: float) -> None:
    """Add a mono sound at `start` seconds; `pan` 0 is left, 1 is right."""
    at = int(start * RATE)
    room = min(len(sound), track.shape[1] - at)
    if at < 0 or room <= 0:
        return
    track[0, at : at + room] += sound[:room] * gain * np.cos(pan * np.pi / 2)
    track[1, at : at + room] += sound[:room] * gain * np.sin(pan * np.pi / 2)


def _wide(track: Track, left: Mono, right: Mono, gain: float) -> None:
    track[0] += left * gain
    track[1] += right * gain


def _wind(track: Track, rng: np.random.Generator, gain: float = 0.028) -> None:
    samples = track.shape[1]
    gust = 0.35 + 0.65 * _swell(samples, 5.3, rng.random()) * _swell(samples, 3.1, rng.random())
    _wide(track, _hiss(samples, 70, rng) * gust, _hiss(samples, 76, rng) * gust, gain)


def _storm(track: Track, rng: np.random.Generator) -> None:
    _wind(track, rng, 0.06)


def _rain(track: Track, rng: np.random.Generator) -> None:
    samples = track.shape[1]
    _wide(track, _hiss(samples, 3, rng), _hiss(samples, 3, rng), 0.034)
    drop = np.exp(-_time(1200) * 260) * np.sin(2 * np.pi * 1900 * _time(1200)).astype(np.float32)
    for _ in range(int(samples / RATE * 26)):
        _mix(track, drop.astype(np.float32), rng.random() * samples / RATE, rng.random(), 0.05 * rng.random())


def _waves(track: Track, rng: np.random.Generator) -> None:
    samples = track.shape[1]
    for period, phase in ((6.2, rng.random()), (4.7, rng.random())):
        surge = _swell(samples, period, phase) ** 3
        _wide(track, _hiss(samples, 9, rng) * surge, _hiss(samples, 10, rng) * surge, 0.045)
    _wide(track, _hiss(samples, 160, rng), _hiss(samples, 170, rng), 0.03)


def _deep(track: Track, rng: np.random.Generator) -> None:
    """Under water: a low murmur and rising bubbles."""
    samples = track.shape[1]
    _wide(track, _hiss(samples, 260, rng), _hiss(samples, 240, rng), 0.06)
    for _ in range(int(samples / RATE * 3)):
        t = _time(int(RATE * 0.13))
        pitch = rng.uniform(320, 800)
        blip = np.sin(2 * np.pi * (pitch * t + 2600 * t**2)) * np.hanning(len(t))
        _mix(track, blip.astype(np.float32), rng.random() * samples / RATE, rng.random(), 0.05)


def _birds(track: Track, rng: np.random.Generator) -> None:
    samples = track.shape[1]
    for _ in range(max(1, int(samples / RATE * 0.9))):
        at, pan, pitch = rng.random() * samples / RATE, rng.random(), rng.uniform(2500, 4300)
        for k in range(int(rng.integers(2, 5))):
            t = _time(int(RATE * rng.uniform(0.06, 0.13)))
            bend = rng.uniform(-9000, 9000)
            chirp = np.sin(2 * np.pi * (pitch * t + bend * t**2)) * np.hanning(len(t))
            _mix(track, chirp.astype(np.float32), at + k * 0.14, pan, 0.035)


def _crickets(track: Track, rng: np.random.Generator) -> None:
    samples = track.shape[1]
    t = _time(samples)
    for pitch, rate, pan in ((4300, 2.1, 0.2), (4650, 1.7, 0.85)):
        gate = np.clip(np.sin(2 * np.pi * rate * t + rng.uniform(0, 6)), 0, 1) ** 0.5 * (
            0.5 + 0.5 * np.sin(2 * np.pi * 31 * t)
        )
        _mix(track, (np.sin(2 * np.pi * pitch * t) * gate).astype(np.float32), 0, pan, 0.009)


def _traffic(track: Track, rng: np.random.Generator) -> None:
    samples = track.shape[1]
    pass_by = _swell(samples, 7.3, rng.random()) ** 2
    _wide(track, _hiss(samples, 120, rng) * pass_by, _hiss(samples, 120, rng) * pass_by[::-1], 0.05)


def _hum(track: Track, rng: np.random.Generator) -> None:
    """Space and machines: two low tones that beat."""
    t = _time(track.shape[1])
    _wide(track, np.sin(2 * np.pi * 55 * t).astype(np.float32), np.sin(2 * np.pi * 55.6 * t).astype(np.float32), 0.045)


def _clock(track: Track, rng: np.random.Generator) -> None:
    tick = (np.exp(-_time(900) * 420) * np.sin(2 * np.pi * 2600 * _time(900))).astype(np.float32)
    for k in range(int(track.shape[1] / RATE)):
        _mix(track, tick, k + 0.2, 0.7, 0.02)


def _thumps(track: Track, rng: np.random.Generator) -> None:
    """A ball on the floor, in step with the picture."""
    t = _time(int(RATE * 0.2))
    thump = (np.sin(2 * np.pi * (165 * t - 240 * t**2)) * np.exp(-t * 26)).astype(np.float32)
    knock = (_hiss(len(t), 5, rng) * np.exp(-t * 90)).astype(np.float32)
    for k in range(1, int(track.shape[1] / RATE * BOUNCES) + 1):
        _mix(track, thump, k / BOUNCES, 0.5, 0.36)
        _mix(track, knock, k / BOUNCES, 0.5, 0.04)


def _snore(track: Track, rng: np.random.Generator) -> None:
    """Breath in step with the breathing of the picture, and a light purr."""
    samples = track.shape[1]
    t = _time(samples)
    breath = np.clip(np.sin(2 * np.pi * t / BREATH), 0, 1) ** 1.5
    out = np.clip(-np.sin(2 * np.pi * t / BREATH), 0, 1) ** 2
    purr = _hiss(samples, 26, rng) * (0.55 + 0.45 * np.sin(2 * np.pi * 23 * t))
    air = _hiss(samples, 8, rng)
    _wide(track, (purr * breath).astype(np.float32), (purr * breath).astype(np.float32), 0.05)
    _wide(track, (air * out).astype(np.float32), (air * out).astype(np.float32), 0.016)


def _whirr(track: Track, rng: np.random.Generator) -> None:
    """Wings: fluttering air."""
    samples = track.shape[1]
    flutter = (0.5 + 0.5 * np.sin(2 * np.pi * 12 * _time(samples))) * (0.4 + 0.6 * _swell(samples, 2.9, rng.random()))
    air = _hiss(samples, 14, rng) * flutter
    _wide(track, air.astype(np.float32), np.roll(air, 260).astype(np.float32), 0.03)


def _steps(track: Track, rng: np.random.Generator) -> None:
    t = _time(int(RATE * 0.09))
    step = (_hiss(len(t), 24, rng) * np.exp(-t * 55)).astype(np.float32)
    for k in range(int(track.shape[1] / RATE * STEPS)):
        _mix(track, step, k / STEPS, 0.45 + 0.1 * (k % 2), 0.10)


def _landings(track: Track, rng: np.random.Generator) -> None:
    """Feet that come down after every jump."""
    t = _time(int(RATE * 0.16))
    thud = (np.sin(2 * np.pi * (120 * t - 180 * t**2)) * np.exp(-t * 30)).astype(np.float32)
    for k in range(int(track.shape[1] / RATE * JUMPS) + 1):
        _mix(track, thud, k / JUMPS, 0.5, 0.28)


def _strokes(track: Track, rng: np.random.Generator) -> None:
    """Water pushed aside, stroke by stroke."""
    t = _time(int(RATE * 0.7))
    splash = (_hiss(len(t), 11, rng) * np.sin(np.pi * t / 0.7) ** 2 * np.exp(-t * 3)).astype(np.float32)
    for k in range(int(track.shape[1] / RATE * STROKES)):
        _mix(track, splash, k / STROKES, 0.35 + 0.3 * (k % 2), 0.10)


def _whoosh(track: Track, rng: np.random.Generator) -> None:
    """Air that turns with what spins, from one side to the other."""
    samples = track.shape[1]
    side = _swell(samples, 1 / SPINS, 0.0)
    air = _hiss(samples, 30, rng)
    _wide(track, np.asarray(air * side, np.float32), np.asarray(air * (1 - side), np.float32), 0.035)


def _beat(track: Track, rng: np.random.Generator) -> None:
    """A soft drum to dance to."""
    t = _time(int(RATE * 0.22))
    drum = (np.sin(2 * np.pi * (95 * t - 90 * t**2)) * np.exp(-t * 17)).astype(np.float32)
    shaker = (_hiss(len(t), 2, rng) * np.exp(-t * 60)).astype(np.float32)
    for k in range(int(track.shape[1] / RATE * 4)):
        if k % 2 == 0:
            _mix(track, drum, k / 4, 0.5, 0.26)
        _mix(track, shaker, k / 4, 0.7, 0.03)


Voice = Callable[[Track, np.random.Generator], None]
PLACES: dict[str, tuple[Voice, ...]] = {
    "meadow": (_wind,),
    "garden": (_wind,),
    "forest": (_wind,),
    "mountain": (_wind,),
    "desert": (_wind,),
    "snow": (_wind,),
    "sea": (_waves,),
    "underwater": (_deep,),
    "city": (_traffic,),
    "space": (_hum,),
    "room": (_clock,),
    "sky": (_wind,),
}
WEATHERS: dict[str, tuple[Voice, ...]] = {"rain": (_rain,), "wind": (_storm,)}
ACTIONS: dict[str, tuple[Voice, ...]] = {
    "play": (_thumps,),
    "sleep": (_snore,),
    "fly": (_whirr,),
    "walk": (_steps,),
    "run": (_steps,),
    "dance": (_beat,),
    "jump": (_landings,),
    "swim": (_strokes,),
    "spin": (_whoosh,),
}
_SINGING = frozenset({"meadow", "garden", "forest", "mountain"})


def _pluck(pitch: float, decay: float) -> Mono:
    """A struck string: a tone and its octave, dying away."""
    t = _time(int(RATE * 1.6))
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
    t = _time(track.shape[1])
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
            _mix(
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
    voices = PLACES.get(plan.place, ()) + WEATHERS.get(plan.weather, ()) + ACTIONS.get(plan.action, ())
    if plan.place in _SINGING and plan.weather == "clear":
        voices += (_birds,) if plan.time in ("day", "dawn") else (_crickets,)
    for voice in voices:
        voice(track, rng)
    _music(track, plan, rng)
    t = _time(track.shape[1])
    fade = np.clip(np.minimum(t / 0.35, (seconds - t) / 0.8), 0, 1)
    return np.asarray(np.tanh(track * fade * 1.5) * 0.84, dtype=np.float32)

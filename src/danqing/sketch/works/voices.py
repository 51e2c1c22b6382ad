"""What things are heard as: wind, rain, birds, feet, motors; each adds itself, made of noise and sines, to a track."""

import numpy as np
from numpy.typing import NDArray

from danqing.sketch.stage.motion import BOUNCES, BREATH, CRAWLS, FLAPS, SPINS, STRIKES, STROKES

RATE = 48_000
Track = NDArray[np.float32]  # (2, samples)
Mono = NDArray[np.float32]


def moments(samples: int) -> Mono:
    """The time of every sample, seconds."""
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
    return np.asarray(0.5 + 0.5 * np.sin(2 * np.pi * (moments(samples) / period + phase)), dtype=np.float32)


def mix(track: Track, sound: Mono, start: float, pan: float, gain: float) -> None:
    """Add a mono sound at `start` seconds; `pan` 0 is left, 1 is right."""
    at = int(start * RATE)
    room = min(len(sound), track.shape[1] - at)
    if at < 0 or room <= 0:
        return
    track[0, at : at + room] += sound[:room] * gain * np.cos(pan * np.pi / 2)
    track[1, at : at + room] += sound[:room] * gain * np.sin(pan * np.pi / 2)


def wide(track: Track, left: Mono, right: Mono, gain: float) -> None:
    """Add a sound of two sides."""
    track[0] += left * gain
    track[1] += right * gain


def wind(track: Track, rng: np.random.Generator, gain: float = 0.028) -> None:
    """Air that comes and goes."""
    samples = track.shape[1]
    gust = 0.35 + 0.65 * _swell(samples, 5.3, rng.random()) * _swell(samples, 3.1, rng.random())
    wide(track, _hiss(samples, 70, rng) * gust, _hiss(samples, 76, rng) * gust, gain)


def storm(track: Track, rng: np.random.Generator) -> None:
    """Wind that means it."""
    wind(track, rng, 0.06)


def rain(track: Track, rng: np.random.Generator) -> None:
    """A hiss, and drops near by."""
    samples = track.shape[1]
    wide(track, _hiss(samples, 3, rng), _hiss(samples, 3, rng), 0.034)
    drop = np.exp(-moments(1200) * 260) * np.sin(2 * np.pi * 1900 * moments(1200)).astype(np.float32)
    for _ in range(int(samples / RATE * 26)):
        mix(track, drop.astype(np.float32), rng.random() * samples / RATE, rng.random(), 0.05 * rng.random())


def waves(track: Track, rng: np.random.Generator) -> None:
    """Surges over a deep murmur."""
    samples = track.shape[1]
    for period, phase in ((6.2, rng.random()), (4.7, rng.random())):
        surge = _swell(samples, period, phase) ** 3
        wide(track, _hiss(samples, 9, rng) * surge, _hiss(samples, 10, rng) * surge, 0.045)
    wide(track, _hiss(samples, 160, rng), _hiss(samples, 170, rng), 0.03)


def deep(track: Track, rng: np.random.Generator) -> None:
    """Under water: a low murmur and rising bubbles."""
    samples = track.shape[1]
    wide(track, _hiss(samples, 260, rng), _hiss(samples, 240, rng), 0.06)
    for _ in range(int(samples / RATE * 3)):
        t = moments(int(RATE * 0.13))
        pitch = rng.uniform(320, 800)
        blip = np.sin(2 * np.pi * (pitch * t + 2600 * t**2)) * np.hanning(len(t))
        mix(track, blip.astype(np.float32), rng.random() * samples / RATE, rng.random(), 0.05)


def birds(track: Track, rng: np.random.Generator) -> None:
    """Chirps, now and then."""
    samples = track.shape[1]
    for _ in range(max(1, int(samples / RATE * 0.9))):
        at, pan, pitch = rng.random() * samples / RATE, rng.random(), rng.uniform(2500, 4300)
        for k in range(int(rng.integers(2, 5))):
            t = moments(int(RATE * rng.uniform(0.06, 0.13)))
            bend = rng.uniform(-9000, 9000)
            chirp = np.sin(2 * np.pi * (pitch * t + bend * t**2)) * np.hanning(len(t))
            mix(track, chirp.astype(np.float32), at + k * 0.14, pan, 0.035)


def crickets(track: Track, rng: np.random.Generator) -> None:
    """Two of them, one on each side."""
    samples = track.shape[1]
    t = moments(samples)
    for pitch, rate, pan in ((4300, 2.1, 0.2), (4650, 1.7, 0.85)):
        gate = np.clip(np.sin(2 * np.pi * rate * t + rng.uniform(0, 6)), 0, 1) ** 0.5 * (
            0.5 + 0.5 * np.sin(2 * np.pi * 31 * t)
        )
        mix(track, (np.sin(2 * np.pi * pitch * t) * gate).astype(np.float32), 0, pan, 0.009)


def traffic(track: Track, rng: np.random.Generator) -> None:
    """Cars that pass, far away."""
    samples = track.shape[1]
    pass_by = _swell(samples, 7.3, rng.random()) ** 2
    wide(track, _hiss(samples, 120, rng) * pass_by, _hiss(samples, 120, rng) * pass_by[::-1], 0.05)


def hum(track: Track, rng: np.random.Generator) -> None:
    """Space and machines: two low tones that beat."""
    t = moments(track.shape[1])
    wide(track, np.sin(2 * np.pi * 55 * t).astype(np.float32), np.sin(2 * np.pi * 55.6 * t).astype(np.float32), 0.045)


def clock(track: Track, rng: np.random.Generator) -> None:
    """A tick every second."""
    tick = (np.exp(-moments(900) * 420) * np.sin(2 * np.pi * 2600 * moments(900))).astype(np.float32)
    for k in range(int(track.shape[1] / RATE)):
        mix(track, tick, k + 0.2, 0.7, 0.02)


def thumps(track: Track, rng: np.random.Generator) -> None:
    """A ball on the floor, in step with the picture."""
    t = moments(int(RATE * 0.2))
    thump = (np.sin(2 * np.pi * (165 * t - 240 * t**2)) * np.exp(-t * 26)).astype(np.float32)
    knock = (_hiss(len(t), 5, rng) * np.exp(-t * 90)).astype(np.float32)
    for k in range(1, int(track.shape[1] / RATE * BOUNCES) + 1):
        mix(track, thump, k / BOUNCES, 0.5, 0.36)
        mix(track, knock, k / BOUNCES, 0.5, 0.04)


def snore(track: Track, rng: np.random.Generator) -> None:
    """Breath in step with the breathing of the picture, and a light purr."""
    samples = track.shape[1]
    t = moments(samples)
    breath = np.clip(np.sin(2 * np.pi * t / BREATH), 0, 1) ** 1.5
    out = np.clip(-np.sin(2 * np.pi * t / BREATH), 0, 1) ** 2
    purr = _hiss(samples, 26, rng) * (0.55 + 0.45 * np.sin(2 * np.pi * 23 * t))
    air = _hiss(samples, 8, rng)
    wide(track, (purr * breath).astype(np.float32), (purr * breath).astype(np.float32), 0.05)
    wide(track, (air * out).astype(np.float32), (air * out).astype(np.float32), 0.016)


def whirr(track: Track, rng: np.random.Generator) -> None:
    """Wings: fluttering air."""
    samples = track.shape[1]
    flutter = (0.5 + 0.5 * np.sin(2 * np.pi * FLAPS * moments(samples))) * (
        0.4 + 0.6 * _swell(samples, 2.9, rng.random())
    )
    air = _hiss(samples, 14, rng) * flutter
    wide(track, air.astype(np.float32), np.roll(air, 260).astype(np.float32), 0.03)


def steps(track: Track, rng: np.random.Generator, how: str, gain: float = 0.12) -> None:
    """Feet, whenever they come down in the picture."""
    t = moments(int(RATE * 0.09))
    for k in range(int(track.shape[1] / RATE * STRIKES[how])):
        step = _hiss(len(t), 24 + 8 * (k % 2), rng) * np.exp(-t * 55)
        mix(track, step.astype(np.float32), k / STRIKES[how], 0.45 + 0.1 * (k % 2), gain)


def landings(track: Track, rng: np.random.Generator, how: str, gain: float = 0.28) -> None:
    """Feet that come down after every leap."""
    t = moments(int(RATE * 0.16))
    thud = (np.sin(2 * np.pi * (120 * t - 180 * t**2)) * np.exp(-t * 30)).astype(np.float32)
    for k in range(1, int(track.shape[1] / RATE * STRIKES[how]) + 1):
        mix(track, thud, k / STRIKES[how], 0.5, gain)


def strokes(track: Track, rng: np.random.Generator) -> None:
    """Water pushed aside, stroke by stroke."""
    t = moments(int(RATE * 0.7))
    splash = (_hiss(len(t), 11, rng) * np.sin(np.pi * t / 0.7) ** 2 * np.exp(-t * 3)).astype(np.float32)
    for k in range(int(track.shape[1] / RATE * STROKES)):
        mix(track, splash, k / STROKES, 0.35 + 0.3 * (k % 2), 0.10)


def whoosh(track: Track, rng: np.random.Generator) -> None:
    """Air that turns with what spins, from one side to the other."""
    samples = track.shape[1]
    side = _swell(samples, 1 / SPINS, 0.0)
    air = _hiss(samples, 30, rng)
    wide(track, np.asarray(air * side, np.float32), np.asarray(air * (1 - side), np.float32), 0.035)


def beat(track: Track, rng: np.random.Generator) -> None:
    """A soft drum to dance to."""
    t = moments(int(RATE * 0.22))
    drum = (np.sin(2 * np.pi * (95 * t - 90 * t**2)) * np.exp(-t * 17)).astype(np.float32)
    shaker = (_hiss(len(t), 2, rng) * np.exp(-t * 60)).astype(np.float32)
    for k in range(int(track.shape[1] / RATE * 4)):
        if k % 2 == 0:
            mix(track, drum, k / 4, 0.5, 0.26)
        mix(track, shaker, k / 4, 0.7, 0.03)


def gulls(track: Track, rng: np.random.Generator) -> None:
    """Cries that fall, now and then."""
    samples = track.shape[1]
    for _ in range(max(1, int(samples / RATE * 0.35))):
        at, pan, pitch = rng.random() * samples / RATE, rng.random(), rng.uniform(1050, 1350)
        for k in range(int(rng.integers(2, 4))):
            t = moments(int(RATE * 0.28))
            cry = np.sin(2 * np.pi * (pitch * t - 620 * t**2) + 1.6 * np.sin(2 * np.pi * pitch * t)) * np.hanning(
                len(t)
            )
            mix(track, cry.astype(np.float32), at + k * 0.36, pan, 0.022)


def engine(track: Track, rng: np.random.Generator) -> None:
    """A motor: a low pulse with its harmonics, wavering a little, over the noise of the road or the air."""
    samples = track.shape[1]
    t = moments(samples)
    turns = 2 * np.pi * (46 * t + 0.9 * np.sin(2 * np.pi * 0.31 * t + rng.uniform(0, 6)))
    tone = np.sin(turns) + 0.5 * np.sin(2 * turns) + 0.28 * np.sin(3 * turns + 0.7) + 0.16 * np.sin(5 * turns)
    air = _hiss(samples, 46, rng)
    wide(
        track,
        (tone * 0.6 + air * 0.6).astype(np.float32),
        (tone * 0.6 + np.roll(air, 700) * 0.6).astype(np.float32),
        0.06,
    )


def rattle(track: Track, rng: np.random.Generator) -> None:
    """Wheels without a motor: a soft roll and the tick of a hub."""
    samples = track.shape[1]
    wide(track, _hiss(samples, 90, rng), _hiss(samples, 96, rng), 0.035)
    tick = (np.exp(-moments(500) * 600) * np.sin(2 * np.pi * 3300 * moments(500))).astype(np.float32)
    for k in range(int(samples / RATE * 9)):
        mix(track, tick, k / 9, 0.5, 0.018)


def rumble(track: Track, rng: np.random.Generator) -> None:
    """A rocket: a roar that swells while it lifts off, and dies away with the height."""
    samples = track.shape[1]
    part = np.linspace(0, 1, samples, dtype=np.float32)
    swell = np.clip(part / 0.25, 0, 1) * np.clip((1.25 - part) / 0.6, 0.25, 1)
    for width, gain in ((220, 0.11), (60, 0.05)):
        wide(track, _hiss(samples, width, rng) * swell, _hiss(samples, width + 9, rng) * swell, gain)


def crunch(track: Track, rng: np.random.Generator) -> None:
    """Bites, with a rest after every few."""
    t = moments(int(RATE * 0.07))
    for k in range(int(track.shape[1] / RATE * STRIKES["eat"])):
        if (k / STRIKES["eat"] / 2.4) % 1.0 < 0.75:
            bite = _hiss(len(t), 6, rng) * np.exp(-t * 60) * (0.6 + 0.4 * np.sign(np.sin(2 * np.pi * 90 * t)))
            mix(track, bite.astype(np.float32), (k + 0.5) / STRIKES["eat"], 0.5, 0.085)


def scrapes(track: Track, rng: np.random.Generator) -> None:
    """Hands and feet on bark or rock."""
    t = moments(int(RATE * 0.22))
    for k in range(int(track.shape[1] / RATE * STRIKES["climb"])):
        scrape = _hiss(len(t), 10, rng) * np.hanning(len(t))
        mix(track, scrape.astype(np.float32), k / STRIKES["climb"], 0.4 + 0.2 * (k % 2), 0.06)


def grumble(track: Track, rng: np.random.Generator) -> None:
    """Something that rolls."""
    samples = track.shape[1]
    beat = 0.55 + 0.45 * np.sin(2 * np.pi * 1.7 * moments(samples))
    wide(track, _hiss(samples, 190, rng) * beat, _hiss(samples, 200, rng) * beat, 0.08)


def creak(track: Track, rng: np.random.Generator) -> None:
    """A rope, at both ends of every swing."""
    t = moments(int(RATE * 0.3))
    for k in range(int(track.shape[1] / RATE * 0.84)):
        pitch = rng.uniform(300, 380)
        wood = np.sin(2 * np.pi * (pitch * t + 160 * t**2) + 2.2 * np.sin(2 * np.pi * 61 * t)) * np.hanning(len(t))
        mix(track, wood.astype(np.float32), (k + 0.5) / 0.84, 0.35 + 0.3 * (k % 2), 0.03)


def lapping(track: Track, rng: np.random.Generator) -> None:
    """Water against a hull."""
    t = moments(int(RATE * 0.5))
    for k in range(int(track.shape[1] / RATE * 0.9)):
        lap = _hiss(len(t), 16, rng) * np.hanning(len(t)) ** 2
        mix(track, lap.astype(np.float32), (k + rng.random() * 0.4) / 0.9, rng.uniform(0.3, 0.7), 0.06)


def rustle(track: Track, rng: np.random.Generator) -> None:
    """Small legs in the grass."""
    samples = track.shape[1]
    pulls = np.clip(np.sin(2 * np.pi * CRAWLS * moments(samples)), 0, 1) ** 2
    wide(track, _hiss(samples, 5, rng) * pulls, _hiss(samples, 6, rng) * pulls, 0.014)

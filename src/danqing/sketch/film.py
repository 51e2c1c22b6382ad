"""Films a reel: encodes its frames and its sound into an MP4 file (H.264 yuv420p, AAC 48 kHz stereo, faststart).

The same plan gives the same bytes: one encoder setting, a fixed number of threads, no dates, no encoder name.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from fractions import Fraction
from itertools import cycle
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from danqing.sketch import art
from danqing.sketch.canvas import Stage
from danqing.sketch.dice import dice
from danqing.sketch.grain import Grainy
from danqing.sketch.palette import palette
from danqing.sketch.picture import reel
from danqing.sketch.plan import Plan
from danqing.sketch.show import Reel
from danqing.sketch.sound import RATE, Track, sound
from danqing.sketch.weather import Swarm, swarm

THREADS = 2
HELD: dict[str, int] = {"crayon": 2, "pencil": 2, "watercolour": 3}  # frames that a hand-made drawing is held
ARTISTS = 2  # who draw a film of such drawings, in turns
AHEAD = 3  # drawings made before they are needed
EVERY = 6  # frames between two reports
FALLING = frozenset({"rain", "snow", "wind"})  # weather that can fall over a given picture
# How a camera goes over a given picture: aside (-1..1 of what it leaves out), and how much nearer it comes.
MOVES: dict[str, tuple[float, float]] = {
    "static": (0.0, 0.10),
    "pan": (1.0, 0.22),
    "track": (-1.0, 0.22),
    "wide": (0.0, 0.06),
    "close": (0.0, 0.30),
    "zoom": (0.0, 0.45),
}
CHUNK = 1024  # samples of one AAC frame
MP4 = {"movflags": "+faststart", "fflags": "+bitexact"}
# Without cpu-independent, x264's look-ahead differs between processors, and on some from run to run.
X264 = {"preset": "veryfast", "crf": "21", "threads": str(THREADS), "x264-params": "cpu-independent=1"}
Report = Callable[[float, str], None]


class Opening:
    """A film that begins on one picture and may end on another: the given pixels, under a moving camera and weather.

    After a second it dissolves into the reel of the plan, unless there is nothing to dissolve into.
    """

    def __init__(self, plan: Plan, first: Image.Image | None, last: Image.Image | None, then: Reel | None) -> None:
        self._plan, self._first, self._last, self._then = plan, first, last, then
        size = first or last
        self._weather = _weather(plan, size.size) if size and then is None else None

    def frame(self, t: float, u: float) -> Image.Image:
        """The RGB frame after `t` seconds, when the share `u` of the film is over."""
        picture = seen_by(self._plan.camera, self._first, u) if self._first else None
        if self._then is not None:
            inner = self._then.frame(t, u)
            picture = inner if picture is None else Image.blend(picture, inner, _eased((t - 1.2) / 1.2))
        if picture is not None and self._weather is not None:
            picture = self._weathered(picture, self._weather, t)
        if self._last is not None:
            ending = _approached(self._last, 0.06 * (1 - u))
            start = 0.5 if self._then is None else 0.75
            picture = ending if picture is None else Image.blend(picture, ending, _eased((u - start) / (0.98 - start)))
        if picture is None:
            raise ValueError("a film needs a picture or a plan to begin with")
        return picture

    @staticmethod
    def _weathered(picture: Image.Image, weather: Swarm, t: float) -> Image.Image:
        """The weather sets in during the first second: the film starts on the picture as it was given."""
        wet = picture.copy()
        weather.draw(wet, t)
        return Image.blend(picture, wet, _eased(t))


def _weather(plan: Plan, size: tuple[int, int]) -> Swarm | None:
    if plan.weather not in FALLING:
        return None
    chance = dice(plan, "weather")
    return swarm(plan.weather, Stage(*size), palette("meadow", "day", plan.colours, chance, 0), chance)


def seen_by(camera: str, picture: Image.Image, u: float) -> Image.Image:
    """The picture as this camera sees it when the share `u` of the film is over; at 0 it is the whole picture."""
    aside, closer = MOVES.get(camera, MOVES["static"])
    return _approached(picture, closer * _eased(u), aside * _eased(u))


def _eased(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def _approached(picture: Image.Image, closer: float, aside: float = 0.0) -> Image.Image:
    """The picture enlarged by `closer`; `aside` -1..1 is how far to the left or right of what there is to be seen."""
    wide, high = picture.width / (1 + closer), picture.height / (1 + closer)
    x, y = (picture.width - wide) / 2 * (1 + aside), (picture.height - high) / 2
    return picture.resize(picture.size, Image.Resampling.BICUBIC, box=(x, y, x + wide, y + high))


def filled(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The picture cropped about its middle and scaled to fill a frame; RGB."""
    scale = max(width / picture.width, height / picture.height)
    wide, high = width / scale, height / scale
    x, y = (picture.width - wide) / 2, (picture.height - high) / 2
    return picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS, box=(x, y, x + wide, y + high))


def film(
    plan: Plan,
    out: Path,
    *,
    width: int,
    height: int,
    seconds: int,
    fps: int,
    report: Report,
    first: Image.Image | None = None,
    last: Image.Image | None = None,
    huge: bool = False,
) -> None:
    """Write the film of a plan: exactly `seconds * fps` frames of `width` x `height` (both even).

    With `first` it starts on that picture and dissolves into the plan's scene, and ends on `last` when given. With
    both, the film leads from one to the other. A `huge` film is all grain. `report(progress, stage)` is called at least
    every 12 frames.
    """
    report(0.02, "drawing")
    held = HELD.get(plan.style, 1)
    size = (width, height)
    shows = [_show(plan, size, first, last) for _ in range(min(held, ARTISTS))]
    if huge:
        shows = [Grainy(show, size, plan.seed) for show in shows]
    with av.open(str(out), "w", format="mp4", options=dict(MP4)) as container, ThreadPoolExecutor(1) as musician:
        track = musician.submit(sound, plan, seconds)
        pictures = _video_stream(container, width, height, fps)
        voices = container.add_stream("aac", rate=RATE, options={"flags": "+bitexact"})
        voices.layout = "stereo"
        voices.bit_rate = 128_000
        _film(container, pictures, shows, (seconds, fps, held), report)
        report(0.94, "sound")
        _record(container, voices, track.result())
        report(0.98, "writing")


def _show(plan: Plan, size: tuple[int, int], first: Image.Image | None, last: Image.Image | None) -> Reel:
    """What is filmed: the plan, or the given pictures, with the plan between them when it has a cast of its own."""
    if first is None and last is None:
        return reel(plan, *size)
    acted = any(art.has(subject.glyph) for subject in plan.subjects)
    then = reel(plan, *size) if first is None or (last is None and acted) else None
    return Opening(plan, filled(first, *size) if first else None, filled(last, *size) if last else None, then)


def _video_stream(container: OutputContainer, width: int, height: int, fps: int) -> VideoStream:
    stream = container.add_stream("libx264", rate=fps, options={**X264, "flags": "+bitexact"})
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.time_base = Fraction(1, fps)
    stream.codec_context.time_base = Fraction(1, fps)
    return stream


def _film(
    container: OutputContainer,
    stream: VideoStream,
    shows: Sequence[Reel],
    measure: tuple[int, int, int],
    report: Report,
) -> None:
    """Draw and encode every frame; `measure`: seconds, frames per second, frames that each drawing is held."""
    seconds, fps, held = measure
    count = seconds * fps
    k = 0
    for drawing in _drawn_ahead(shows, [(k / fps, k / max(1, count - 1)) for k in range(0, count, held)]):
        for _ in range(min(held, count - k)):
            drawing.pts, drawing.time_base = k, Fraction(1, fps)
            container.mux(stream.encode(drawing))
            if k % EVERY == 0:
                report(0.04 + 0.9 * k / count, "filming")
            k += 1
    container.mux(stream.encode(None))


def _drawn_ahead(shows: Sequence[Reel], moments: Sequence[tuple[float, float]]) -> Iterator[av.VideoFrame]:
    """The frames of these moments, a few drawn ahead: the artists, one for each show, work while the encoder does."""

    def draw(show: Reel, moment: tuple[float, float]) -> av.VideoFrame:
        drawn = av.VideoFrame.from_ndarray(np.asarray(show.frame(*moment)), format="rgb24")
        return drawn.reformat(format="yuv420p")

    with ExitStack() as studio:
        artists = [studio.enter_context(ThreadPoolExecutor(1)) for _ in shows]
        waiting: deque[Future[av.VideoFrame]] = deque()
        for artist, show, moment in zip(cycle(artists), cycle(shows), moments, strict=False):
            waiting.append(artist.submit(draw, show, moment))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _record(container: OutputContainer, stream: AudioStream, track: Track) -> None:
    for start in range(0, track.shape[1], CHUNK):
        part = np.ascontiguousarray(track[:, start : start + CHUNK])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))

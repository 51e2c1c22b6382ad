"""Films a reel: encodes its frames and its sound into an MP4 file (H.264 yuv420p, AAC 48 kHz stereo, faststart).

The same plan gives the same bytes: one encoder setting, a fixed number of threads, no dates, no encoder name.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from danqing.sketch.picture import reel
from danqing.sketch.plan import Plan
from danqing.sketch.show import Reel
from danqing.sketch.sound import RATE, Track, sound

THREADS = 2
ON_TWOS = frozenset({"crayon", "watercolour", "pencil"})  # hand-drawn styles change every second frame, as by hand
EVERY = 6  # frames between two reports
CHUNK = 1024  # samples of one AAC frame
MP4 = {"movflags": "+faststart", "fflags": "+bitexact"}
# Without cpu-independent, x264's look-ahead differs between processors, and on some from run to run.
X264 = {"preset": "veryfast", "crf": "21", "threads": str(THREADS), "x264-params": "cpu-independent=1"}
Report = Callable[[float, str], None]


class Opening:
    """A film that begins on one picture and may end on another: the given pixels, moved by a slow camera.

    After a second it dissolves into the reel of the plan, unless there is nothing to dissolve into.
    """

    def __init__(self, first: Image.Image | None, last: Image.Image | None, then: Reel | None, seconds: float) -> None:
        self._first, self._last, self._then, self._seconds = first, last, then, seconds

    def frame(self, t: float, u: float) -> Image.Image:
        """The RGB frame after `t` seconds, when the share `u` of the film is over."""
        picture = _approached(self._first, 0.10 * u) if self._first else None
        if self._then is not None:
            inner = self._then.frame(t, u)
            picture = inner if picture is None else Image.blend(picture, inner, _eased((t - 1.2) / 1.2))
        if self._last is not None:
            ending = _approached(self._last, 0.06 * (1 - u))
            start = 0.5 if self._then is None else 0.75
            picture = ending if picture is None else Image.blend(picture, ending, _eased((u - start) / (0.98 - start)))
        if picture is None:
            raise ValueError("a film needs a picture or a plan to begin with")
        return picture


def _eased(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def _approached(picture: Image.Image, closer: float) -> Image.Image:
    wide, high = picture.width / (1 + closer), picture.height / (1 + closer)
    x, y = (picture.width - wide) / 2, (picture.height - high) / 2
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
) -> None:
    """Write the film of a plan: exactly `seconds * fps` frames of `width` x `height` (both even).

    With `first` it starts on that picture and dissolves into the plan's scene, and ends on `last` when given. With
    both, the film leads from one to the other. `report(progress, stage)` is called at least every 12 frames.
    """
    report(0.02, "drawing")
    then = reel(plan, width, height) if first is None or last is None else None
    show: Reel
    if first is None and last is None and then is not None:
        show = then
    else:
        opening = filled(first, width, height) if first else None
        show = Opening(opening, filled(last, width, height) if last else None, then, seconds)
    with av.open(str(out), "w", format="mp4", options=dict(MP4)) as container:
        pictures = _video_stream(container, width, height, fps)
        voices = container.add_stream("aac", rate=RATE, options={"flags": "+bitexact"})
        voices.layout = "stereo"
        voices.bit_rate = 128_000
        _film(container, pictures, show, (seconds, fps, 2 if plan.style in ON_TWOS else 1), report)
        report(0.94, "sound")
        _record(container, voices, sound(plan, seconds))
        report(0.98, "writing")


def _video_stream(container: OutputContainer, width: int, height: int, fps: int) -> VideoStream:
    stream = container.add_stream("libx264", rate=fps, options={**X264, "flags": "+bitexact"})
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.time_base = Fraction(1, fps)
    stream.codec_context.time_base = Fraction(1, fps)
    return stream


def _film(
    container: OutputContainer, stream: VideoStream, show: Reel, measure: tuple[int, int, int], report: Report
) -> None:
    """Draw and encode every frame; `measure`: seconds, frames per second, frames that each drawing is held."""
    seconds, fps, held = measure
    count = seconds * fps
    drawn = np.empty(0, np.uint8)
    for k in range(count):
        if k % held == 0:
            drawn = np.asarray(show.frame(k / fps, k / max(1, count - 1)))
        frame = av.VideoFrame.from_ndarray(drawn, format="rgb24")
        frame.pts, frame.time_base = k, Fraction(1, fps)
        container.mux(stream.encode(frame))
        if k % EVERY == 0:
            report(0.04 + 0.9 * k / count, "filming")
    container.mux(stream.encode(None))


def _record(container: OutputContainer, stream: AudioStream, track: Track) -> None:
    for start in range(0, track.shape[1], CHUNK):
        part = np.ascontiguousarray(track[:, start : start + CHUNK])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))

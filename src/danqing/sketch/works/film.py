"""Films a reel: encodes its frames and its sound into an MP4 file (H.264 yuv420p, AAC 48 kHz stereo, faststart).

The same plan gives the same bytes: one encoder setting, a fixed number of threads, no dates, no encoder name.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image

from danqing.sketch.craft import art
from danqing.sketch.planning.plan import Plan
from danqing.sketch.stage.show import Reel
from danqing.sketch.works.collage import Collage, References
from danqing.sketch.works.grain import Grainy
from danqing.sketch.works.opening import Opening, filled
from danqing.sketch.works.picture import reel
from danqing.sketch.works.sound import sound
from danqing.sketch.works.voices import RATE, Track

THREADS = 2
ARTISTS = 2  # who draw the frames of a film, each the next one
AHEAD = 4  # frames drawn before they are needed
EVERY = 6  # frames between two reports
CHUNK = 1024  # samples of one AAC frame
MP4 = {"movflags": "+faststart", "fflags": "+bitexact"}
# Without cpu-independent, x264's look-ahead differs between processors, and on some from run to run.
X264 = {"preset": "veryfast", "crf": "21", "threads": str(THREADS), "x264-params": "cpu-independent=1"}
Report = Callable[[float, str], None]


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
    by: References | None = None,
    huge: bool = False,
    silent: bool = False,
) -> None:
    """Write the film of a plan: exactly `seconds * fps` frames of `width` x `height` (both even).

    With `first` it starts on that picture and dissolves into the plan's scene, and ends on `last` when given. With
    both, the film leads from one to the other. It may go `by` other pictures. A `huge` film is all grain, a `silent`
    one has no track.
    `report(progress, stage)` is called at least every 12 frames.
    """
    report(0.02, "drawing")
    size, count = (width, height), seconds * fps
    show = show_of(plan, size, first, last)
    if by:
        show = Collage(show, size, by)
    if huge:
        show = Grainy(show, size, plan.seed)
    moments = [(k / fps, k / max(1, count - 1)) for k in range(count)]
    with ThreadPoolExecutor(1) as musician:
        track = None if silent else musician.submit(sound, plan, seconds).result
        encode(drawn(show, moments), track, out, size=size, fps=fps, count=count, report=report)


def show_of(plan: Plan, size: tuple[int, int], first: Image.Image | None, last: Image.Image | None) -> Reel:
    """What is filmed: the plan, or the given pictures, with the plan between them when it has a cast of its own."""
    if first is None and last is None:
        return reel(plan, *size)
    acted = any(art.has(subject.glyph) for subject in plan.subjects)
    then = reel(plan, *size) if first is None or (last is None and acted) else None
    return Opening(plan, filled(first, *size) if first else None, filled(last, *size) if last else None, then)


def drawn(show: Reel, moments: Iterable[tuple[float, float]]) -> Iterator[av.VideoFrame]:
    """The yuv420p frames of these moments, a few drawn ahead: the artists work while the encoder does."""

    def draw(moment: tuple[float, float]) -> av.VideoFrame:
        picture = np.asarray(show.frame(*moment))
        return av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")

    waiting: deque[Future[av.VideoFrame]] = deque()
    with ThreadPoolExecutor(ARTISTS) as artists:
        for moment in moments:
            waiting.append(artists.submit(draw, moment))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def encode(
    frames: Iterable[av.VideoFrame],
    track: Callable[[], Track] | None,
    out: Path,
    *,
    size: tuple[int, int],
    fps: int,
    count: int,
    report: Report,
) -> None:
    """Write `count` yuv420p frames and the track, which is asked for when the frames are done."""
    with av.open(str(out), "w", format="mp4", options=dict(MP4)) as container:
        pictures = _video_stream(container, *size, fps)
        voices = _audio_stream(container) if track else None
        for k, frame in enumerate(frames):
            frame.pts, frame.time_base = k, Fraction(1, fps)
            container.mux(pictures.encode(frame))
            if k % EVERY == 0:
                report(0.04 + 0.9 * k / count, "filming")
        container.mux(pictures.encode(None))
        if track and voices:
            report(0.94, "sound")
            _record(container, voices, track())
        report(0.98, "writing")


def _video_stream(container: OutputContainer, width: int, height: int, fps: int) -> VideoStream:
    stream = container.add_stream("libx264", rate=fps, options={**X264, "flags": "+bitexact"})
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.time_base = Fraction(1, fps)
    stream.codec_context.time_base = Fraction(1, fps)
    return stream


def _audio_stream(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("aac", rate=RATE, options={"flags": "+bitexact"})
    stream.layout = "stereo"
    stream.bit_rate = 128_000
    return stream


def _record(container: OutputContainer, stream: AudioStream, track: Track) -> None:
    for start in range(0, track.shape[1], CHUNK):
        part = np.ascontiguousarray(track[:, start : start + CHUNK])
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))

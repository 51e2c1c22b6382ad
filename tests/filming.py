"""Films encoded on the spot: small, real, of any length, rate and shape, with sound or without, in one or in pieces."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 48_000


def a_film(
    path: Path,
    *,
    width: int = 64,
    height: int = 36,
    seconds: float = 1,
    fps: int = 24,
    audio: bool = True,
    movflags: str = "+faststart",
) -> Path:
    """Grey frames and silence that is heard as a track."""
    with av.open(str(path), "w", format="mp4", options={"movflags": movflags} if movflags else {}) as container:
        pictures = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        voices = container.add_stream("aac", rate=RATE) if audio else None
        grey = np.full((height, width, 3), 128, np.uint8)
        for number in range(round(seconds * fps)):
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(pictures.encode(frame))
        container.mux(pictures.encode(None))
        if voices is not None:
            still = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
            still.sample_rate = RATE
            container.mux(voices.encode(still))
            container.mux(voices.encode(None))
    return path

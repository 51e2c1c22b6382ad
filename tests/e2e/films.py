"""Measures films by decoding every frame of them, so that a test trusts no header."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import av


@dataclass(frozen=True)
class Film:
    """What a player would show: `frames` were decoded, `seconds` is the length of the picture, `sound` its codec."""

    codec: str
    width: int
    height: int
    fps: float
    frames: int
    seconds: float
    sound: str


def measured(film: bytes | Path) -> Film:
    """Decode the whole film."""
    with av.open(_source(film), "r") as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        assert stream.average_rate, "a film has a frame rate"
        return Film(
            codec=stream.codec_context.name,
            width=stream.width,
            height=stream.height,
            fps=float(stream.average_rate),
            frames=frames,
            seconds=frames / float(stream.average_rate),
            sound=next((voice.codec_context.name for voice in container.streams.audio), ""),
        )


def pixels_of(film: bytes | Path) -> str:
    """A digest of every decoded picture, whatever the container says around them."""
    return sha256(b"".join(_pictures(film))).hexdigest()


def _pictures(film: bytes | Path) -> Iterator[bytes]:
    with av.open(_source(film), "r") as container:
        for frame in container.decode(video=0):
            yield sha256(frame.to_ndarray(format="rgb24").tobytes()).digest()


def _source(film: bytes | Path) -> BinaryIO | str:
    return BytesIO(film) if isinstance(film, bytes) else str(film)

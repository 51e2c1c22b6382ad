"""The process that makes thumbnails: a picture, or the first frame of a film, scaled down and written as WebP.

Run as `python -m danqing.assets.thumbnailer BYTES`. A request is a JSON line with `source`, `film`, `side` and `out`.
"""

import json
import sys
from pathlib import Path

import av
from PIL import Image

from danqing.sketch.intake import PIXELS_MAX, TooLarge, Unreadable, opened
from danqing.sketch.process import Send, serve_stdin

MEMORY_BYTES = 1 << 30
QUALITY = 82


def answer(line: str, send: Send) -> None:
    """Make one thumbnail; what is wrong with its file is told in a sentence."""
    try:
        request = json.loads(line)
        small(Path(request["source"]), film=request["film"], side=request["side"], out=Path(request["out"]))
        send({"done": True})
    except (Unreadable, TooLarge) as error:
        send({"error": str(error)})
    except MemoryError:
        send({"error": "The file needs more memory than a worker may use."})
    except Exception as error:
        print(repr(error), file=sys.stderr)
        send({"error": "The file could not be read."})


def small(source: Path, *, film: bool, side: int, out: Path) -> None:
    """Write the picture so that its longer side has at most `side` pixels. Raises Unreadable or TooLarge."""
    picture = poster(source) if film else opened(source)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    picture.save(out, "WEBP", quality=QUALITY, method=4)


def poster(source: Path) -> Image.Image:
    """The first frame of a film. Raises Unreadable or TooLarge."""
    try:
        with av.open(str(source), "r", format="mp4") as film:
            stream = film.streams.video[0]
            if stream.width * stream.height > PIXELS_MAX:
                raise TooLarge("The frames of the film have too many pixels.")
            frame = next(film.decode(stream), None)
    except (av.FFmpegError, IndexError) as error:
        raise Unreadable("The film could not be read.") from error
    if frame is None:
        raise Unreadable("The film has no frames.")
    return Image.fromarray(frame.to_ndarray(format="rgb24"))


def main() -> int:
    """Serve stdin until it ends."""
    return serve_stdin(answer, int(sys.argv[1]) if len(sys.argv) > 1 else MEMORY_BYTES)


if __name__ == "__main__":
    sys.exit(main())

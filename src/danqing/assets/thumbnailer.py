"""The process that makes small pictures: of a picture or a film's first frame, as WebP; of a whole film on one sheet.

Run as `python -m danqing.assets.thumbnailer BYTES`. A request is a JSON line with `source` and `out`, and either `film`
and `side` or `sheet`.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from PIL import Image

from danqing.sketch.intake import PIXELS_MAX, TooLarge, Unreadable, opened
from danqing.sketch.process import Send, serve_stdin

MEMORY_BYTES = 1 << 30
QUALITY = 82
COLUMNS, ROWS = 4, 4  # of a sheet
CELL = 320  # pixels, the longer side


def answer(line: str, send: Send) -> None:
    """Make one thumbnail; what is wrong with its file is told in a sentence."""
    try:
        request = json.loads(line)
        source, out = Path(request["source"]), Path(request["out"])
        if request.get("sheet"):
            sheet(source, out)
        else:
            small(source, film=request["film"], side=request["side"], out=out)
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


def sheet(source: Path, out: Path) -> None:
    """Write a JPEG with COLUMNS x ROWS moments of a film, at the same distance, row by row. Raises as `small` does.

    A film with fewer frames has some of them twice.
    """
    with opened_film(source) as (frames, count):
        wanted = [at * count // (COLUMNS * ROWS) for at in range(COLUMNS * ROWS)]
        seen: list[Image.Image] = []
        for at, frame in enumerate(frames):
            while len(seen) < len(wanted) and wanted[len(seen)] <= at:
                seen.append(pictured(frame))
                seen[-1].thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
    if not seen:
        raise Unreadable("The film has no frames.")
    width, height = seen[0].size
    whole = Image.new("RGB", (width * COLUMNS, height * ROWS))
    for at, picture in enumerate(seen):
        whole.paste(picture, (at % COLUMNS * width, at // COLUMNS * height))
    whole.save(out, "JPEG", quality=QUALITY)


def poster(source: Path) -> Image.Image:
    """The first frame of a film. Raises Unreadable or TooLarge."""
    with opened_film(source) as (frames, _):
        frame = next(frames, None)
        if frame is None:
            raise Unreadable("The film has no frames.")
        return pictured(frame)


@contextmanager
def opened_film(source: Path) -> Iterator[tuple[Iterator[av.VideoFrame], int]]:
    """The frames of a film, and how many it says that they are."""
    try:
        with av.open(str(source), "r", format="mp4") as film:
            stream = film.streams.video[0]
            if stream.width * stream.height > PIXELS_MAX:
                raise TooLarge("The frames of the film have too many pixels.")
            said = stream.frames or round((film.duration or 0) / av.time_base * float(stream.average_rate or 0))
            yield iter(film.decode(stream)), said
    except (av.FFmpegError, IndexError) as error:
        raise Unreadable("The film could not be read.") from error


def pictured(frame: av.VideoFrame) -> Image.Image:
    """A frame as a picture."""
    return Image.fromarray(frame.to_ndarray(format="rgb24"))


def main() -> int:
    """Serve stdin until it ends."""
    return serve_stdin(answer, int(sys.argv[1]) if len(sys.argv) > 1 else MEMORY_BYTES)


if __name__ == "__main__":
    sys.exit(main())

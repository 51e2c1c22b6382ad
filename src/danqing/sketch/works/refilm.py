"""Films that begin with a film: goes on from its last frame, or changes every frame of it as words say.

The given film is read frame by frame while the new one is written; it is never in memory as a whole.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from PIL import Image

from danqing.sketch.intake import TooLarge, Unreadable
from danqing.sketch.planning.plan import Plan, plan
from danqing.sketch.works import wishes
from danqing.sketch.works.edit import Edited, edit
from danqing.sketch.works.film import Report, drawn, encode, show_of
from danqing.sketch.works.instructions import instructions
from danqing.sketch.works.sound import sound
from danqing.sketch.works.voices import RATE, Track
from danqing.sketch.works.wishes import Words

SECONDS_MAX = 141  # of the given film, as Veo has it
PIXELS_MAX = 1920 * 1088
FPS_MAX = 60
NOT_IN_FILMS: Words = ("I cannot do that to a film", "這不能對影片做", "这不能对影片做")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a given film is: even sides in pixels, frames a second, how many of them, and whether it is heard."""

    size: tuple[int, int]
    fps: int
    frames: int
    audio: bool


@dataclass(frozen=True, slots=True)
class Refilmed:
    """What was written, and the account of what was done to each of its frames, with the first as it was."""

    facts: Facts
    account: Edited


def facts_of(path: Path) -> Facts:
    """Raises Unreadable or TooLarge."""
    with _open(path) as container:
        if not container.streams.video:
            raise Unreadable("The file has no pictures; an MP4 film is accepted.")
        stream = container.streams.video[0]
        size = stream.codec_context.width // 2 * 2, stream.codec_context.height // 2 * 2
        fps = min(max(round(float(stream.average_rate or 24)), 1), FPS_MAX)
        seconds = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
        if size[0] * size[1] > PIXELS_MAX:
            raise TooLarge(f"The film has {size[0]} x {size[1]} pixels; at most 1080p is worked on.")
        if not min(size) or seconds > SECONDS_MAX:
            raise TooLarge(f"The film has {seconds:.0f} seconds; at most {SECONDS_MAX} are worked on.")
        return Facts(size, fps, stream.frames or round(seconds * fps), bool(container.streams.audio))


def extend(plan: Plan, given: Path, out: Path, *, seconds: int, silent: bool, report: Report) -> Facts:
    """The given film and `seconds` more, in which its last frame comes to be what the plan says."""
    facts = facts_of(given)
    more = seconds * facts.fps

    def frames() -> Iterator[av.VideoFrame]:
        last: av.VideoFrame | None = None
        for last in _frames(given, facts):
            yield last
        if last is None:
            raise Unreadable("The film has no frames.")
        show = show_of(plan, facts.size, _picture(last), None)
        yield from drawn(show, [(k / facts.fps, k / max(1, more - 1)) for k in range(1, more + 1)])

    def track() -> Track:
        before = _heard(given, facts)
        return np.concatenate([before, sound(plan, seconds)], axis=1)

    heard = None if silent else track
    count = facts.frames + more
    encode(frames(), heard, out, size=facts.size, fps=facts.fps, count=count, report=report)
    return replace(facts, frames=count, audio=not silent)


def refilm(made: Plan, given: Path, out: Path, *, silent: bool, report: Report) -> Refilmed:
    """The given film with every frame changed as the prompt says; what would not stay in its place is refused."""
    facts = facts_of(given)
    first = next(_frames(given, facts), None)
    if first is None:
        raise Unreadable("The film has no frames.")
    account = _sorted(_picture(first), made)
    kept = plan(". ".join(account.carried), seed=made.seed, person=made.person)

    def changed(frame: av.VideoFrame) -> av.VideoFrame:
        if not account.carried:
            return frame
        picture = np.asarray(edit(_picture(frame), kept).picture)
        return av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")

    def frames() -> Iterator[av.VideoFrame]:
        with ThreadPoolExecutor(1) as artist:
            coming = None
            for frame in _frames(given, facts):
                after = artist.submit(changed, frame)
                if coming:
                    yield coming.result()
                coming = after
            if coming:
                yield coming.result()

    heard: Callable[[], Track] | None = None if silent or not facts.audio else lambda: _heard(given, facts)
    encode(frames(), heard, out, size=facts.size, fps=facts.fps, count=facts.frames, report=report)
    return Refilmed(replace(facts, audio=heard is not None), account)


def _sorted(frame: Image.Image, made: Plan) -> Edited:
    """Which instructions can be carried out on every frame alike, and which cannot."""
    carried, refused, changes, undone = list[str](), list[str](), list[str](), list[str]()
    for words in instructions(made.prompt):
        one = edit(frame, plan(words, seed=made.seed, person=made.person))
        alike = one.picture.size == frame.size and not wishes.ADD.search(words.casefold())
        if one.carried and alike:
            carried.append(words)
            changes += one.changes
        elif one.carried or one.refused:
            refused.append(words)
            told = wishes.spoken(wishes.NOT_DONE, made.language)
            undone.append(told.format(words, wishes.spoken(NOT_IN_FILMS, made.language)))
    said = changes or [wishes.spoken(wishes.NOTHING, made.language)]
    return Edited(frame, tuple(said), tuple(undone), tuple(carried), tuple(refused))


def _frames(path: Path, facts: Facts) -> Iterator[av.VideoFrame]:
    """Every frame in its order, yuv420p, in even sizes."""
    with _open(path) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            yield frame.reformat(width=facts.size[0], height=facts.size[1], format="yuv420p")


def _picture(frame: av.VideoFrame) -> Image.Image:
    return Image.fromarray(frame.to_ndarray(format="rgb24"))


def _heard(path: Path, facts: Facts) -> Track:
    """Its sound, as long as its pictures; silence where it has none."""
    length = round(facts.frames / facts.fps * RATE)
    parts: list[Track] = []
    if facts.audio:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        with _open(path) as container:
            for frame in container.decode(audio=0):
                parts += [np.asarray(part.to_ndarray(), dtype=np.float32) for part in resampler.resample(frame)]
    whole = np.concatenate(parts, axis=1) if parts else np.zeros((2, 0), dtype=np.float32)
    return np.pad(whole[:, :length], ((0, 0), (0, max(0, length - whole.shape[1]))))


@contextmanager
def _open(path: Path) -> Iterator[InputContainer]:
    try:
        with av.open(str(path), format="mp4") as container:
            yield container
    except (av.FFmpegError, ValueError) as error:
        raise Unreadable("The film could not be read; an MP4 file is accepted.") from error

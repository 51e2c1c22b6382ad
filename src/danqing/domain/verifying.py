"""Whether what came back is what was sent for: measured in its own file, and every difference told."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from danqing.domain.changes import Change, changed
from danqing.domain.generation import Generation, Output, Task
from danqing.domain.media import Medium, Shape
from danqing.domain.sizes import apart, named, ratio, scale

RATIO_OFF_MAX = 1.05  # engines make multiples of 8 or 16 pixels, and are up to 3 % off the ratio
SECONDS_OFF_MAX = 0.5
SIZES = {
    Medium.IMAGE: ("512", "1K", "2K", "4K"),
    Medium.VIDEO: ("360p", "480p", "720p", "1080p", "4k"),
}


def measured(output: Output, shape: Shape, asked: Generation) -> Output:
    """The output with the figures of its own file; what the file does not tell stays as the engine told it.

    A film that went on holds the one that was given, unless its maker sends what is new alone.
    """
    length = shape.duration_ms or output.duration_ms
    holds = asked.task is Task.EXTEND and length > asked.film_ms
    return replace(
        output,
        width=shape.width,
        height=shape.height,
        duration_ms=length,
        given_ms=asked.film_ms if holds else 0,
        fps=shape.fps or output.fps,
        audio=shape.audio,
    )


def differences(output: Output, asked: Generation, sent: Generation, fps: int) -> tuple[Change, ...]:
    """What is not as it was sent for. `fps` is what films of the model that was asked for have."""
    return (*_typed(output, asked, sent), *_sized(output, asked, sent), *_timed(output, asked, sent, fps))


def counted(outputs: Sequence[Output], asked: Generation) -> tuple[Change, ...]:
    """What is told when fewer or more came than were asked for; who also talks may leave it at words."""
    made, count = sum(output.medium is not Medium.TEXT for output in outputs), asked.count or 1
    if Medium.TEXT in asked.wants or made == count:
        return ()
    return (changed("count", count, made, f"{made} of {count} came."),)


def _typed(output: Output, asked: Generation, sent: Generation) -> Iterator[Change]:
    mime = output.blob.mime if output.blob else None
    if mime and sent.mime and mime != sent.mime:
        yield _came("mime", asked.mime, mime)


def _sized(output: Output, asked: Generation, sent: Generation) -> Iterator[Change]:
    if not output.width * output.height:
        return
    pixels = f"{output.width}x{output.height}"
    if asked.pixels:
        if pixels != asked.pixels:
            yield _came("pixels", asked.pixels, pixels)
        return
    if sent.aspect and apart(ratio(sent.aspect), output.width / output.height) > RATIO_OFF_MAX:
        yield _came("aspect", asked.aspect, pixels)
    name = named(output.width, output.height, SIZES.get(output.medium, ()))
    if sent.size and scale(sent.size) and name and name.upper() != sent.size.upper():
        yield _came("size", asked.size, pixels)


def _timed(output: Output, asked: Generation, sent: Generation, fps: int) -> Iterator[Change]:
    if output.medium is not Medium.VIDEO or not output.duration_ms:
        return
    seconds = (output.duration_ms - output.given_ms) / 1000
    if sent.seconds and abs(seconds - sent.seconds) > SECONDS_OFF_MAX:
        yield _came("seconds", asked.seconds, f"{seconds:g}")
    if fps and output.fps and output.fps != fps:
        yield _came("fps", fps, output.fps)
    if asked.audio is not None and output.audio is not asked.audio:
        yield _came("audio", *("sound", "silence")[:: 1 if asked.audio else -1])


def _came(param: str, asked: object, made: object) -> Change:
    return changed(param, asked, made, f"The {param} was asked for as {asked} and came as {made}.")

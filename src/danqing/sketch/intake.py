"""Opens pictures that came from outside: the header is checked before a pixel is decoded, and little is accepted."""

from pathlib import Path

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP")
PIXELS_MAX = 40_000_000
HALF = 128  # where a mask turns from black to white


class Unreadable(Exception):
    """The file is no picture this engine reads, or is damaged."""


class TooLarge(Exception):
    """The picture has more pixels than are accepted."""


def opened(path: Path) -> Image.Image:
    """The picture, RGB, upright, over white where it was transparent. Raises Unreadable or TooLarge."""
    return _over_white(_loaded(path))


def opened_mask(path: Path) -> Image.Image:
    """A mask as black and white, in mode "L": white where it is transparent, or where it is light if it is opaque.

    Raises Unreadable or TooLarge.
    """
    picture = _loaded(path)
    if _is_transparent(picture):
        alpha = picture.convert("RGBA").getchannel("A")
        if alpha.getextrema() != (255, 255):
            return alpha.point([255 * (v < HALF) for v in range(256)])
    return picture.convert("RGB").convert("L").point([255 * (v >= HALF) for v in range(256)])


def _loaded(path: Path) -> Image.Image:
    try:
        with Image.open(path, formats=FORMATS) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise TooLarge(
                    f"The picture has {picture.width} x {picture.height} pixels; at most 40 megapixels are accepted."
                )
            picture.load()
            return ImageOps.exif_transpose(picture)
    except Image.DecompressionBombError as error:
        raise TooLarge("The picture has too many pixels; at most 40 megapixels are accepted.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unreadable("The picture could not be read; PNG, JPEG and WebP are accepted.") from error


def _is_transparent(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def _over_white(picture: Image.Image) -> Image.Image:
    if _is_transparent(picture):
        shown = picture.convert("RGBA")
        ground = Image.new("RGBA", shown.size, (255, 255, 255, 255))
        ground.alpha_composite(shown)
        return ground.convert("RGB")
    return picture.convert("RGB")

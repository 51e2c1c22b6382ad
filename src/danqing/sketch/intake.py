"""Opens pictures that came from outside: the header is checked before a pixel is decoded, and little is accepted."""

from pathlib import Path

from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP")
PIXELS_MAX = 40_000_000


class Unreadable(Exception):
    """The file is no picture this engine reads, or is damaged."""


class TooLarge(Exception):
    """The picture has more pixels than are accepted."""


def opened(path: Path) -> Image.Image:
    """The picture, RGB, upright, over white where it was transparent. Raises Unreadable or TooLarge."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise TooLarge(
                    f"The picture has {picture.width} x {picture.height} pixels; at most 40 megapixels are accepted."
                )
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            return _over_white(upright)
    except Image.DecompressionBombError as error:
        raise TooLarge("The picture has too many pixels; at most 40 megapixels are accepted.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Unreadable("The picture could not be read; PNG, JPEG and WebP are accepted.") from error


def _over_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        shown = picture.convert("RGBA")
        ground = Image.new("RGBA", shown.size, (255, 255, 255, 255))
        ground.alpha_composite(shown)
        return ground.convert("RGB")
    return picture.convert("RGB")

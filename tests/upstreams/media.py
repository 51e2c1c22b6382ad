"""Files that imitated engines deliver, small ones and some that are too large to be read as text."""

import random
from io import BytesIO

from PIL import Image

FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + random.Random(2).randbytes(60_000)


def a_picture(width: int = 64, height: int = 64, *, kind: str = "PNG", large: bool = False, seed: int = 0) -> bytes:
    """One flat colour, or noise that no codec makes small."""
    dice = random.Random(seed)
    if large:
        picture = Image.frombytes("RGB", (256, 256), dice.randbytes(256 * 256 * 3))
    else:
        picture = Image.new("RGB", (width, height), (dice.randrange(256), dice.randrange(256), dice.randrange(256)))
    file = BytesIO()
    picture.save(file, kind)
    return file.getvalue()

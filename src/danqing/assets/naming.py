"""Where a file is kept, on a disk and in a bucket alike: `aa/<sha256>.<suffix>`, after the hash of its content."""

import re

_PLACE = re.compile(r"([0-9a-f]{2})/((?:\1)[0-9a-f]{62}\.[a-z0-9]+)")


def place_of(name: str) -> str:
    """The place of the file with this name (`Blob.name`)."""
    return f"{name[:2]}/{name}"


def name_in(place: str) -> str:
    """The name of the file that is kept at a place; "" for what is not one of Danqing's files."""
    found = _PLACE.fullmatch(place)
    return found[2] if found else ""

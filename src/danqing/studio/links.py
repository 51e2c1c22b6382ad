"""Which files the page names: what is needed before anything is seen, and what each room needs when it is entered.

The files of a room are its modules, all that these import, and the stylesheets of their names. A browser leaves their
links alone until the shell opens the room: then all are fetched at once, and not one after the other as they import
each other.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import normpath

ROOMS = "rooms"
GROUND = "styles/ground.css"  # says in which order the others count
FIRST = "app.js"
_IMPORT = re.compile(
    r"""(?:^|;)(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|(?:^|;)import\s*["']([^"']+)["']""", re.MULTILINE
)


def links(files: Mapping[str, bytes], at: str) -> Iterator[str]:
    """An element for each file; `at` is the address that they lie below."""
    needed = _needed(files)
    for name in sorted(needed, key=lambda name: (name != GROUND, name)):
        rooms = " ".join(sorted(needed[name]))
        style = name.endswith(".css")
        if rooms:
            how = f'rel="room" as="{"style" if style else "script"}" data-rooms="{rooms}"'
        else:
            how = 'rel="stylesheet"' if style else 'rel="modulepreload"'
        yield f'<link {how} href="{at}/{name}">'


def _needed(files: Mapping[str, bytes]) -> dict[str, set[str]]:
    """The files that are needed at all, and by which rooms; by none of them, what is needed at once."""
    rooms = {PurePosixPath(name).parts[1] for name in files if name.startswith(f"{ROOMS}/")}
    first = _reached(files, [FIRST], set())
    needed: dict[str, set[str]] = {name: set() for name in first}
    for room in rooms:
        for name in _reached(files, [f"{ROOMS}/{room}/room.js"], set()) - first:
            needed.setdefault(name, set()).add(room)
    styles = [name for name in files if name.endswith(".css")]
    return needed | {name: _wearers(PurePosixPath(name).stem, needed) for name in styles}


def _wearers(style: str, needed: Mapping[str, set[str]]) -> set[str]:
    """The rooms that need a stylesheet: that of its name, or else those that need a module or a folder of its name."""
    if f"{ROOMS}/{style}/room.js" in needed:
        return {style}
    worn_by = [
        rooms for name, rooms in needed.items() if style in (*PurePosixPath(name).parts, PurePosixPath(name).stem)
    ]
    return set().union(*worn_by) if all(worn_by) else set()


def _reached(files: Mapping[str, bytes], names: Iterable[str], seen: set[str]) -> set[str]:
    """The modules that are loaded with these; what is imported later, when it is wanted, is not."""
    for name in set(names) - seen:
        seen.add(name)
        above = PurePosixPath(name).parent
        imported = [a or b for a, b in _IMPORT.findall(files[name].decode())]
        _reached(files, [normpath(above / target) for target in imported], seen)
    return seen

"""The modules of the studio: each knows only what lies below it, and the page loads first what it needs first."""

import re
from pathlib import Path
from posixpath import normpath

import pytest

import danqing.studio
from danqing.studio import available, load

SOURCE = Path(danqing.studio.__file__).parent
IMPORT = re.compile(r"""(?:^(?:import|export)\b[^;]*?\bfrom\s*|\bimport\s*\(\s*)["'`]([^"'`$]+)["'`]""", re.MULTILINE)
# From the ground up; the modules that lie in no folder open the rooms and are imported by nobody.
BELOW = {
    "vendor": set(),
    "base": {"vendor", "base", "words"},
    "desk": {"base", "desk"},
    "works": {"base", "desk", "works"},
    "rooms": {"base", "desk", "works"},
    ".": {"base", "works", "rooms", "."},
}
LINES_MAX = 260


def modules() -> dict[str, str]:
    files = (file for file in SOURCE.rglob("*.js") if file.relative_to(SOURCE).parts[0] not in ("vendor", "words"))
    return {file.relative_to(SOURCE).as_posix(): file.read_text() for file in files}


def folder(name: str) -> str:
    parts = Path(name).parts
    return parts[0] if len(parts) > 1 else "."


def imported(name: str, text: str) -> list[str]:
    return [normpath((Path(name).parent / target).as_posix()) for target in IMPORT.findall(text)]


def test_modules_know_only_what_lies_below_them() -> None:
    there = modules()
    assert len(there) > 20
    for name, text in there.items():
        for target in imported(name, text):
            own_room = Path(name).parts[:2] == Path(target).parts[:2]
            assert folder(target) in BELOW[folder(name)] or own_room, f"{name} imports {target}"


def test_no_module_is_long() -> None:
    assert {name: lines for name, text in modules().items() if (lines := text.count("\n")) > LINES_MAX} == {}


@pytest.mark.skipif(not available(), reason="npm was out of reach when this was built: there is no studio")
def test_the_page_has_the_first_room_ready_and_fetches_the_others_when_they_are_entered() -> None:
    page = load().page.data.decode()
    for early in ("app.js", "base/words.js", "vendor/signals.js", "works/tiles.js", "rooms/create/room.js"):
        assert f'/{early}"' in page, early
    assert "rooms/library" not in page
    styles = re.findall(r'rel="stylesheet" href="[^"]*/styles/(\w+)\.css"', page)
    assert styles[0] == "ground", "it says in which order the others count"
    assert len(styles) > 3

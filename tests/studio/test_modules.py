"""The modules of the studio: each knows only what lies below it, and the page loads first what it needs first."""

import re
from itertools import combinations
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
STYLED = re.compile(r"^  (?:  )?\.([\w-]+)", re.MULTILINE)  # what a rule is about in the first place
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
def test_the_page_names_what_is_needed_at_once_and_what_each_room_needs() -> None:
    page = load().page.data.decode()
    named = {
        name: rooms
        for rooms, name in re.findall(r'<link [^>]*?(?:data-rooms="([^"]*)" )?href="/studio/\w+/([^"]+)"', page)
    }
    for early in (
        "app.js",
        "shell.js",
        "base/words.js",
        "vendor/signals.js",
        "vendor/signals-core.js",
        "works/jobs.js",
    ):
        assert named[early] == "", early
    assert named["rooms/create/room.js"] == named["styles/create.css"] == "create"
    assert set(named["desk/draft.js"].split()) >= {"create", "jobs"}
    assert named["styles/picker.css"] == "create", "it is called as a module of that room"
    assert named["styles/parts.css"] == ""
    assert not [name for name in named if name.startswith("words/")], "nobody knows yet in which language"
    styles = re.findall(r'rel="stylesheet" href="[^"]*/styles/(\w+)\.css"', page)
    assert styles[0] == "ground", "it says in which order the others count"
    assert len(styles) > 1


def test_no_two_rooms_give_one_name_to_what_they_style() -> None:
    # The styles of a room stay when it is left.
    rooms = sorted(folder.name for folder in (SOURCE / "rooms").iterdir())
    styles = {name: (SOURCE / "styles" / f"{name}.css") for name in rooms}
    given = {name: set(STYLED.findall(file.read_text())) for name, file in styles.items() if file.exists()}
    assert len(given) > 4
    for one, other in combinations(given, 2):
        assert given[one] & given[other] == set(), f"{one} and {other}"

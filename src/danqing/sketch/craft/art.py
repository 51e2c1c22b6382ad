"""Serves the art: glyphs and their names in many languages, Danqing's own drawings beside them, and typefaces.

The pack is pressed when the package is built (`build_pack.py`) and may be absent. Then `available()` is False, no name
is found, and `font` falls back to the typeface built into Pillow, so that typographic cards can still be set.
"""

import gzip
import io
import json
import unicodedata
import zipfile
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

OTHER_SCRIPTS = (
    "inter-latin-ext-600.woff2",
    "inter-cyrillic-600.woff2",
    "inter-cyrillic-ext-600.woff2",
    "inter-greek-600.woff2",
    "inter-vietnamese-600.woff2",
    "noto-sans-kr-600.woff2",
    "noto-sans-arabic-600.woff2",
    "noto-sans-hebrew-600.woff2",
    "noto-sans-devanagari-600.woff2",
    "noto-sans-thai-600.woff2",
)
CJK = ("noto-serif-tc-700.woff2", "noto-serif-sc-700.woff2")
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "sans": ("inter-600.woff2", *CJK, *OTHER_SCRIPTS),
    "sans-regular": ("inter-400.woff2", *CJK, *OTHER_SCRIPTS),
    "serif-cjk": (*CJK, "inter-600.woff2", *OTHER_SCRIPTS),
}
UNFRAMED: Mapping[str, str] = {  # what the pack only has as a framed picture, and the same thing by itself
    "bridge-at-night": "suspension-bridge",
    "fireworks": "firework-bursts",
    "metro": "light-rail",
    "milky-way": "galaxy-spiral",
    "pirate-flag": "pirate-flag-on-pole",
    "rainbow-flag": "rainbow-flag-on-pole",
    "shooting-star": "star-with-tail",
    "sparkler": "lit-sparkler",
    "transgender-flag": "transgender-flag-on-pole",
    "white-flag": "flag-on-pole",
    "white-flower": "blossom",  # a stamp with writing on it
    "yin-yang": "taijitu",
}
TILES = (  # what the pack puts under its symbols; without it they are cut out of the same purple
    '<path fill="#8d65c5" d="M30 26a4 4 0 0 1-4 4H6a4 4 0 0 1-4-4V6a4 4 0 0 1 4-4h20a4 4 0 0 1 4 4z"/>',
    '<path fill="#8d65c5" d="M2 6a4 4 0 0 1 4-4h20a4 4 0 0 1 4 4v20a4 4 0 0 1-4 4H6a4 4 0 0 1-4-4z"/>',
)
NAME_TABLES: Mapping[str, str] = {"zh-Hans": "zh", "zh-Hant": "zh-Hant"}
NOT_A_CHARACTER = "\uffff"
PROBE_SIZE = 24


def available() -> bool:
    """Whether the art pack was built into this installation."""
    return _piece("glyphs.zip").is_file()


def has(slug: str) -> bool:
    """Whether there is a colour drawing of this slug, such as "cat", "trident-emblem" or "lighthouse"."""
    return f"colour/{slug}.svg" in _drawings() or slug in own()


@cache
def own() -> frozenset[str]:
    """The slugs of Danqing's own drawings: things the pack has no glyph for. They go unseen when there is no pack."""
    names = [file.name for file in files("danqing.sketch").joinpath("drawings").iterdir()] if available() else []
    return frozenset(name.removesuffix(".svg") for name in names if name.endswith(".svg"))


def glyph(slug: str) -> str:
    """The colour drawing: an SVG body for a 32x32 view box. KeyError when there is no such slug."""
    shown = UNFRAMED.get(slug, slug)
    if shown in own():
        return _own_drawing(shown)
    body = _drawing(f"colour/{shown}.svg")
    tile = next((tile for tile in TILES if tile in body), None)
    return body.replace(tile, "").replace('fill="#fff"', 'fill="#8d65c5"') if tile else body


def mono(slug: str) -> str | None:
    """The one-colour drawing: an SVG body for a 32x32 view box, filled with currentColor; None when there is none."""
    entry = f"mono/{slug}.svg"
    return _drawing(entry) if entry in _drawings() else None


def find(name: str, language: str) -> str | None:
    """The slug whose own name in this language is exactly `name` (case does not matter); None when there is none."""
    return _slugs_by_name(_table(language)).get(_fold(name))


def name_of(slug: str, language: str) -> str:
    """What people who speak this language call the glyph; its English slug in words when no name is known."""
    return _names_by_slug(_table(language)).get(slug) or slug.replace("-", " ")


def font(family: str, size: int, text: str = "") -> Font:
    """A typeface in pixels: family "sans", "sans-regular" or "serif-cjk".

    When `text` is given, the first typeface of the family that can draw most of it is taken, so a caller that sets
    one character at a time gets every character that any typeface here has.
    """
    names = [name for name in FAMILIES[family] if _piece(name).is_file()]
    if not names:
        return ImageFont.load_default(size)
    return _typeface(max(names, key=lambda name: sum(_draws(name, character) for character in text)), size)


def _piece(name: str) -> Traversable:
    return files("danqing.sketch").joinpath("pack", name)


@cache
def _archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(_piece("glyphs.zip").read_bytes()))


@cache
def _drawings() -> frozenset[str]:
    return frozenset(_archive().namelist()) if available() else frozenset()


@lru_cache(maxsize=256)
def _drawing(entry: str) -> str:
    if entry not in _drawings():
        raise KeyError(entry)
    return _archive().read(entry).decode()


@cache
def _own_drawing(slug: str) -> str:
    """What stands between the tags of the file."""
    text = files("danqing.sketch").joinpath("drawings", f"{slug}.svg").read_text(encoding="utf-8")
    return text[text.index(">") + 1 : text.rindex("</svg>")].strip()


@cache
def _names() -> dict[str, dict[str, str]]:
    if not available():
        return {}
    tables: dict[str, dict[str, str]] = json.loads(gzip.decompress(_piece("names.json.gz").read_bytes()))
    return tables


def _table(language: str) -> str:
    """The name table that serves a language tag such as "zh-Hans", "zh-Hant-HK" or "pt-BR"."""
    for prefix, table in NAME_TABLES.items():
        if language.startswith(prefix):
            return table
    return language.partition("-")[0]


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


@cache
def _slugs_by_name(table: str) -> dict[str, str]:
    drawn = {slug.replace("-", " "): slug for slug in own()} if table == "en" else {}
    return {_fold(name): slug for name, slug in (drawn | _names().get(table, {})).items()}


@cache
def _names_by_slug(table: str) -> dict[str, str]:
    return {slug: name for name, slug in reversed(_names().get(table, {}).items())}


@lru_cache(maxsize=32)
def _typeface(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_piece(name).read_bytes()), size)


@cache
def _draws(name: str, character: str) -> bool:
    """Whether a typeface has its own drawing of a character, not the box that stands for a missing one."""
    probe = _typeface(name, PROBE_SIZE)
    box, drawn = probe.getmask(NOT_A_CHARACTER), probe.getmask(character)
    return drawn.size != box.size or bytes(drawn) != bytes(box)

"""The art pack: what it serves, what it does without, and that the lexicon only names what is there."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from danqing.sketch.craft import art
from danqing.sketch.craft.lettering import runs, write
from danqing.sketch.craft.raster import raster
from danqing.sketch.language import kinds
from danqing.sketch.language.script import to_simplified
from danqing.sketch.language.words import LANGUAGES, lexicon

ROOT = Path(__file__).parents[2]
LEXICON = ROOT / "src" / "danqing" / "sketch" / "lexicon"
needs_pack = pytest.mark.skipif(not art.available(), reason="the art pack was not built (npm was out of reach)")


@needs_pack
def test_glyphs_are_svg_bodies_and_mono_ones_take_the_current_colour() -> None:
    assert art.glyph("cat").startswith("<")
    assert "currentColor" in (art.mono("trident-emblem") or "")


@needs_pack
def test_an_unknown_slug_is_a_key_error_and_has_no_mono_drawing() -> None:
    assert not art.has("no-such-glyph")
    assert art.mono("no-such-glyph") is None
    with pytest.raises(KeyError):
        art.glyph("no-such-glyph")


@needs_pack
@pytest.mark.parametrize(
    ("name", "language", "slug"),
    [
        ("Butterfly", "en", "butterfly"),
        ("蝴蝶", "zh-Hant", "butterfly"),
        ("蝴蝶", "zh-Hans", "butterfly"),
        ("SCHMETTERLING", "de", "butterfly"),
        ("papillon", "fr-CA", "butterfly"),
        ("бабочка", "ru", "butterfly"),
        ("holding", "en", None),
        ("butterfly", "xx", None),
    ],
)
def test_find_takes_whole_names_only(name: str, language: str, slug: str | None) -> None:
    assert art.find(name, language) == slug


@needs_pack
@pytest.mark.parametrize(
    ("language", "name"), [("de", "Katze"), ("zh-Hant-HK", "貓"), ("zh-Hans", "猫"), ("en", "cat")]
)
def test_name_of_speaks_the_language(language: str, name: str) -> None:
    assert art.name_of("cat", language) == name


def test_name_of_falls_back_to_the_slug_in_words() -> None:
    assert art.name_of("no-such-glyph", "en") == "no such glyph"


@needs_pack
def test_no_skin_tones_and_no_national_flags() -> None:
    assert not art.has("waving-hand-dark")
    assert not art.has("flag-for-france")
    assert art.has("horizontal-traffic-light")


@needs_pack
@pytest.mark.parametrize("text", ["InferEra", "山水", "龙飞", "，", "あ"])
def test_a_family_draws_latin_and_both_chinese_scripts(text: str) -> None:
    face = art.font("serif-cjk", 40, text)
    missing = bytes(face.getmask("\uffff"))
    assert all(bytes(face.getmask(character)) != missing for character in text)


@needs_pack
@pytest.mark.parametrize("text", ["Żółć", "Одиночество", "μοναξιά", "Việt", "한글", "وحدة", "בדידות", "अकेला", "ความ"])
def test_every_family_draws_the_scripts_people_write_in(text: str) -> None:
    for family in art.FAMILIES:
        for piece, face in runs(text, family, 40):
            missing = bytes(face.getmask("\uffff"))
            assert all(bytes(face.getmask(letter)) != missing for letter in piece)


@needs_pack
def test_accents_and_vowel_signs_stay_with_their_letters() -> None:
    assert runs("की खोज", "sans", 40)[0][0] == "की"


@needs_pack
def test_a_line_is_set_in_the_direction_of_its_first_letter() -> None:
    boards = [Image.new("RGB", (300, 60)) for _ in range(2)]
    for board, text in zip(boards, ("אב x", "x אב"), strict=True):
        write(ImageDraw.Draw(board), 150, 45, text, "sans", 40, (255, 255, 255))
    assert boards[0].tobytes() == boards[1].tobytes(), "the Latin letter is on the left of both"


@pytest.mark.parametrize("family", list(art.FAMILIES))
def test_every_family_has_a_typeface_whether_or_not_the_pack_is_there(family: str) -> None:
    assert art.font(family, 20).getbbox("A")[2] > 0


def test_without_the_pack_nothing_is_found_and_the_built_in_typeface_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(art, "_piece", lambda name: tmp_path / name)
    _forget()
    try:
        assert not art.available()
        assert not art.has("cat")
        assert art.find("cat", "en") is None
        assert isinstance(art.font("sans", 20), ImageFont.FreeTypeFont | ImageFont.ImageFont)
    finally:
        _forget()


def _forget() -> None:
    for cached in (art._drawings, art._names, art._slugs_by_name, art._names_by_slug):
        cached.cache_clear()


@needs_pack
def test_danqings_own_drawings_are_found_like_glyphs() -> None:
    assert art.has("lighthouse")
    assert art.find("Fire hydrant", "en") == "fire-hydrant"
    assert art.glyph("lighthouse").startswith("<path")


@needs_pack
@pytest.mark.parametrize("slug", sorted(art.own()))
def test_every_drawing_fills_its_box_and_stays_in_it(slug: str) -> None:
    drawn = raster(art.glyph(slug), 96, 96, box=(-8, -8, 48, 48)).getchannel("A")
    left, top, right, bottom = drawn.point([0 if level < 128 else 255 for level in range(256)]).getbbox() or (0,) * 4
    assert min(left, top) >= 14
    assert max(right, bottom) <= 82
    assert max(right - left, bottom - top) >= 44
    assert not art._drawings() & {f"colour/{slug}.svg"}, "the pack has it already"


@needs_pack
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lexicon_names_only_glyphs_of_the_pack(language: str) -> None:
    slugs = tomllib.loads((LEXICON / f"{language}.toml").read_text())["subject"]
    assert [slug for slug in slugs if slug != "ball" and not art.has(slug)] == []


@needs_pack
def test_the_kinds_name_only_glyphs_of_the_pack() -> None:
    assert [slug for slug in _listed_slugs() if not art.has(slug)] == []


def _listed_slugs() -> Iterator[str]:
    for table in tomllib.loads((LEXICON / "kinds.toml").read_text()).values():
        for value in table.values():
            if isinstance(value, str):
                yield from value.split()


def test_children_are_people_and_animals_are_not() -> None:
    assert kinds.is_person("man-running")
    assert kinds.is_person("grinning-face")
    assert kinds.is_person("girl")
    assert kinds.is_child("girl")
    assert not kinds.is_person("mango")
    assert not kinds.is_person("cat")


@pytest.mark.parametrize("table", ["zh.toml", "verses.toml", "phrases.toml"])
def test_every_traditional_character_of_the_tables_has_its_simplified_form(table: str) -> None:
    text = to_simplified((LEXICON / table).read_text())
    assert {
        character for character in text if "\u4e00" <= character <= "\u9fff" and not _is_simplified(character)
    } == set()


def _is_simplified(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def test_the_npm_lock_pins_every_package_and_records_no_download_address() -> None:
    manifest = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert all("integrity" in package and "resolved" not in package for package in packages.values())
    for name, version in manifest["dependencies"].items():
        assert packages[f"node_modules/{name}"]["version"] == version


@needs_pack
@pytest.mark.parametrize("slug", ["fireworks", "sparkler", "shooting-star", "milky-way", "yin-yang", "peace-symbol"])
def test_no_thing_is_shown_on_the_tile_that_the_pack_puts_it_on(slug: str) -> None:
    drawn = raster(art.glyph(slug), 96, 96).getchannel("A")
    box = drawn.crop(drawn.getbbox() or (0, 0, 1, 1))
    assert box.histogram()[255] < box.width * box.height * 0.8


@needs_pack
@pytest.mark.parametrize("word", ["cityscape", "sunrise over mountains", "motorway", "night with stars"])
def test_no_framed_view_is_named_by_a_word(word: str) -> None:
    assert lexicon("en").facets(word) == () or not any(one.kind == "subject" for one in lexicon("en").facets(word))

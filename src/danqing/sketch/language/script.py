"""Tells which language and script a text is written in, and folds Traditional Chinese to Simplified."""

import re
import tomllib
from functools import cache
from importlib.resources import files

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々"
KANA = r"\u3041-\u30ffー"
HANGUL = r"\u1100-\u11ff\uac00-\ud7a3"
CYRILLIC = r"\u0400-\u04ff"
BIG5_COMMON_END = b"\xc6\x7e"
HAN_WEIGHS = 3  # one Han character says about as much as three Latin letters


def language_of(text: str) -> str | None:
    """The language a script gives away: "zh-Hant", "zh-Hans", "ja", "ko" or "ru"; None when it is written in Latin."""
    latin = _count(r"A-Za-z\u00c0-\u024f", text)
    if _count(HANGUL, text) * HAN_WEIGHS > latin:
        return "ko"
    if _count(CYRILLIC, text) > latin:
        return "ru"
    if _count(HAN + KANA, text) * HAN_WEIGHS <= latin:
        return None
    if _count(KANA.replace("ー", ""), text):
        return "ja"
    return "zh-Hans" if _simplified(text) > _traditional(text) else "zh-Hant"


def to_simplified(text: str) -> str:
    """The text with the Traditional characters that Danqing's own tables use turned into Simplified ones."""
    return text.translate(_fold())


@cache
def _fold() -> dict[int, str]:
    table = tomllib.loads(files("danqing.sketch").joinpath("lexicon", "script.toml").read_text(encoding="utf-8"))
    traditional, simplified = ("".join(table[name].split()) for name in ("traditional", "simplified"))
    return {ord(old): new for old, new in zip(traditional, simplified, strict=True)}


def _count(characters: str, text: str) -> int:
    return len(re.findall(f"[{characters}]", text))


def _traditional(text: str) -> int:
    return sum(_encodes(character, "big5") and not _encodes(character, "gb2312") for character in text)


def _simplified(text: str) -> int:
    return sum(_encodes(character, "gb2312") and not _is_common_traditional(character) for character in text)


def _is_common_traditional(character: str) -> bool:
    """Whether Big5 has it among its common characters; the rare ones include some that only Simplified texts use."""
    return _encodes(character, "big5") and character.encode("big5") <= BIG5_COMMON_END


def _encodes(character: str, codec: str) -> bool:
    """Whether a national character set, made for one of the two scripts, has this character."""
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True

"""Tells which language and script a text is written in, and folds Traditional Chinese to Simplified."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from danqing.domain.prompts.scripts import CYRILLIC, HAN, HANGUL, KANA, chinese

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
    return chinese(text)


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

"""Which scripts a text is written in, and what a script alone gives away about its language."""

import re

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々"
KANA = r"\u3041-\u30ffー"
HANGUL = r"\u1100-\u11ff\uac00-\ud7a3"
CYRILLIC = r"\u0400-\u04ff"
LATIN = r"A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"

SCRIPTS = {
    "Latin": LATIN,
    "Han": HAN,
    "Kana": KANA.replace("ー", "ー\uff66-\uff9f"),
    "Hangul": HANGUL,
    "Cyrillic": CYRILLIC,
    "Arabic": r"\u0620-\u06ff\ufb50-\ufdff\ufe70-\ufefc",
    "Hebrew": r"\u0590-\u05ff",
    "Greek": r"\u0370-\u03ff\u1f00-\u1fff",
    "Devanagari": r"\u0900-\u097f",
    "Bengali": r"\u0980-\u09ff",
    "Gurmukhi": r"\u0a00-\u0a7f",
    "Gujarati": r"\u0a80-\u0aff",
    "Tamil": r"\u0b80-\u0bff",
    "Telugu": r"\u0c00-\u0c7f",
    "Kannada": r"\u0c80-\u0cff",
    "Malayalam": r"\u0d00-\u0d7f",
    "Sinhala": r"\u0d80-\u0dff",
    "Thai": r"\u0e01-\u0e4e",
    "Lao": r"\u0e80-\u0eff",
    "Burmese": r"\u1000-\u109f",
    "Georgian": r"\u10a0-\u10ff",
    "Ethiopic": r"\u1200-\u137f",
    "Khmer": r"\u1780-\u17ff",
    "Armenian": r"\u0530-\u058f",
}
DENSE = {"Han": 3, "Kana": 2, "Hangul": 3}  # one of these characters says about as much as so many Latin letters

_PATTERNS = {name: re.compile(f"[{characters}]") for name, characters in SCRIPTS.items()}
# Characters that both scripts have, in a use that Traditional Chinese has another one for; and quotation marks.
_SIMPLIFIED_USE = re.compile("[“‘云]|里(?!程)|[一二两三四五六七八九十几]只")
_BIG5_COMMON_END = b"\xc6\x7e"


def weigh(text: str) -> dict[str, int]:
    """How much each script of a text says, in Latin letters, the most first; what it is not written in is left out."""
    if text.isascii():
        latin = len(_PATTERNS["Latin"].findall(text))
        return {"Latin": latin} if latin else {}
    counts = {name: len(pattern.findall(text)) * DENSE.get(name, 1) for name, pattern in _PATTERNS.items()}
    return {name: counts[name] for name in sorted(counts, key=lambda name: -counts[name]) if counts[name]}


def chinese(text: str) -> str:
    """The kind of Chinese: "zh-Hans" or "zh-Hant", which it is as well when nothing tells them apart."""
    simplified, traditional = _simplified(text), _traditional(text)
    if simplified == traditional:
        return "zh-Hans" if _SIMPLIFIED_USE.search(text) else "zh-Hant"
    return "zh-Hans" if simplified > traditional else "zh-Hant"


def is_japanese(text: str) -> bool:
    """Whether it has kana, or a character that was simplified in Japan alone (駅, 桜, 図)."""
    return bool(_PATTERNS["Kana"].search(text)) or any(
        _encodes(character, "shift_jis") and not _encodes(character, "big5") and not _encodes(character, "gb2312")
        for character in _PATTERNS["Han"].findall(text)
    )


def _traditional(text: str) -> int:
    return sum(_encodes(character, "big5") and not _encodes(character, "gb2312") for character in text)


def _simplified(text: str) -> int:
    return sum(_encodes(character, "gb2312") and not _is_common_traditional(character) for character in text)


def _is_common_traditional(character: str) -> bool:
    """Whether Big5 has it among its common characters; the rare ones include some that only Simplified texts use."""
    return _encodes(character, "big5") and character.encode("big5") <= _BIG5_COMMON_END


def _encodes(character: str, codec: str) -> bool:
    """Whether a national character set, made for one of the scripts, has this character."""
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True

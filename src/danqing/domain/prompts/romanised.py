"""Tells Chinese, Japanese and Hindi in Latin letters (pinyin, romaji, Hinglish) by how their words are built."""

import re
import unicodedata

# Every syllable of pinyin, by what may follow an initial.
_PINYIN = re.compile(
    r"(?:(?:[bpm](?:ai?|ang?|ao|ei|eng?|i|ian|iao|ie|ing?|o|u)|miu|m[eo]u?|pou|f(?:ang?|a|ei|eng?|ou?|u)"
    r"|[dt](?:ai?|ang?|ao|e|ei|en|eng|i|ian|iao|ie|ing|iu|ong|ou|u|uan|ui|un|uo)"
    r"|[nl](?:ai?|ang?|ao|e|ei|en|eng|i|ia|ian|iang|iao|ie|ing?|iu|ong|ou|u|uan|un|uo|ve?|ue)"
    r"|[gkh](?:ai?|ang?|ao|e|ei|eng?|ong|ou|u|uai?|uang?|ui|un|uo)"
    r"|[jqx](?:i|ia|iang?|iao|ie|ing?|iong|iu|u|uan|ue|un)"
    r"|(?:[zcs]h?|r)(?:ai?|ang?|ao|e|ei|eng?|i|ong|ou|u|uai?|uang?|ui|un|uo)"
    r"|y(?:ang?|a|ao|e|ing?|i|ong?|ou|u|uan|ue|un)|w(?:ai?|ang?|ei|eng?|o|u)|ang?|ai?|ao|eng?|er|e|ou?)[1-5]?)+"
)
_PINYIN_ALONE = re.compile(r"zh|^x|^q(?!ue$)|uo|iao|ua|ui|^(?:yi|zai|de|shi|nv|lv|hong|shang|xia|li)$|[a-z][1-5]$")
_KANA = r"(?:(?:[kgnhbpmr]y|sh|ch|j)[auoe]|(?:sh|ch|j)i|tsu|fu|w[ao]|y[auo]|[kgsztdnhbpmr]?[aiueo]|n(?![aiueoy]))"
_ROMAJI = re.compile(rf"(?:(?:([kstpc])(?=\1|ch))?{_KANA})+")
_ROMAJI_ALONE = re.compile(r"sh|ts|ch|[kgnhbpmr]y|[kstp]{2}")
_PLAIN_PARTICLES, _PARTICLES = {"wo", "ga"}, {"no", "wa", "ni", "de", "to", "na", "mo"}
_HINDI = re.compile(
    r"ek|hain?|mein|aur|rah[aie]|wal[aie]|jisme|mujhe|hu[aie]|chahiye|bahut|chhot[aie]|bad[aie]|nahin?|kya|th[ai]|woh|yeh"
    r"|liye|saath|peeche|neeche|upar|andar|jais[aie]|ladk[ai]|raat"
)
_HINDI_BESIDE = re.compile(rf"{_HINDI.pattern}|k[eiao]|se|par")  # the last ones are words of other languages too


def language_of(text: str) -> str | None:
    """ "zh-Latn", "ja-Latn" or "hi-Latn"; None when it is not plainly one of them."""
    words = re.findall(r"[a-z]+[1-5]?", _plain(text))
    if _is_hindi(words):
        return "hi-Latn"
    if len(words) < 3:
        return None
    if _is_pinyin(words):
        return "zh-Latn"
    return "ja-Latn" if _is_romaji(words) else None


def _plain(text: str) -> str:
    """In small letters without the marks of tones and long vowels."""
    apart = unicodedata.normalize("NFD", text.casefold().replace("ü", "v"))
    return "".join(character for character in apart if not unicodedata.combining(character))


def _is_hindi(words: list[str]) -> bool:
    beside = sum(bool(_HINDI_BESIDE.fullmatch(word)) for word in words)
    return any(map(_HINDI.fullmatch, words)) and beside >= 2 and beside * 5 >= len(words)


def _is_pinyin(words: list[str]) -> bool:
    return all(map(_PINYIN.fullmatch, words)) and sum(bool(_PINYIN_ALONE.search(word)) for word in words) >= 2


def _is_romaji(words: list[str]) -> bool:
    if not all(map(_ROMAJI.fullmatch, words)):
        return False
    return not _PLAIN_PARTICLES.isdisjoint(words) or (
        not _PARTICLES.isdisjoint(words) and any(map(_ROMAJI_ALONE.search, words))
    )

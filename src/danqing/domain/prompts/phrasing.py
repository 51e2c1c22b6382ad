"""How a prompt puts things: what it says shall not be there, and how many scenes it tells, in many languages."""

import re

# What comes before (or, in Japanese and Korean, after) the thing that is not wanted.
_NEGATIONS = {
    "en": r"\b(?:no(?!\.? ?\d)|without|don['’]t|do not|never|avoid|not(?= (?:any|an?|the)\b))\s(?:any |an? |the )*",
    "zh": r"不要(?:有|出現|出现)?|[沒没]有|[無无](?![限敵敌]|人[機机車车])|[請请]勿|避免",
    "ja": r"(?:は|が|も)?(?:なし|無し|ない(?!\w)|いない|入れない|抜き)",
    "ko": r"(?:이|가)?\s?(?:없는|없이|없음|빼고|말고)",
    "es": r"\b(?:sin|ni|ningún|ninguna)\s+",
    "fr": r"\b(?:sans|pas d['’e]|aucune?)\s*",
    "de": r"\b(?:ohne|keine?[nmrs]?|nicht)\s+",
    "pt": r"\b(?:sem|nenhuma?|não)\s+",
    "it": r"\b(?:senza|nessun[oa]?|non)\s+",
    "ru": r"\b(?:без|нет|не)\s+",
    "vi": r"\bkhông (?:có )?",
    "id": r"\b(?:tanpa|bukan|jangan)\s+",
    "nl": r"\b(?:zonder|geen|niet)\s+",
    "pl": r"\b(?:bez|nie)\s+",
    "tr": r"\b(?:olmadan|olmasın|değil)\b",
    "ar": r"(?<!\w)(?:بدون|بلا|دون)\s+",
    "hi": r"(?:के )?बिना|नहीं",
    "th": r"ไม่มี|ปราศจาก",
}
_BEHIND = frozenset({"ja", "ko", "tr", "hi"})  # languages that name the thing first
_THING = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CUTS = re.compile(
    r"\b(?:cuts? to|smash cut|jump cut|fade to|next (?:scene|shot))\b|切[到換换至]|下一[幕個个]"
    r"|\b(?:scene|shot|szene|escena|scène|cena|scena|сцена) ?[2-9]"
    r"|[二三四五六2-9]\s?[幕场場]|(?:鏡頭|镜头|场景|場景|シーン|장면)\s?[二三四五六2-9２-９]",
    re.IGNORECASE,
)
_STAMPS = re.compile(r"\d{1,2}:\d\d\s?[-–~]\s?\d{1,2}:\d\d")  # of a scene each: [00:02-00:04]
_THEN = re.compile(
    r"\b(?:then|after that|afterwards|finally|luego|después|finalmente|puis|ensuite|enfin|dann|danach|schließlich|então"
    r"|depois|poi|dopo|infine|затем|потом|наконец|sau đó|lalu|kemudian|daarna|potem|sonra|फिर)\b"
    r"|然[後后]|接[著着]|之[後后]|最[後后]|随后|隨後|それから|その後|最後に|그리고 나서|그다음|마지막으로|ثم|จากนั้น",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:[,;]\s*)?\b(?:(?:and|but|with|that|which|has|have|having|there (?:is|are))\s+)*$|[,;]\s*$", re.IGNORECASE
)
THENS_IN_ONE_SCENE = 1
WORD_CHARACTERS_MAX = 40


def unwanted(text: str, language: str) -> tuple[str, ...]:
    """What a text says shall not be there, as far as it is named: "walls" of "a room with no walls", else "".

    `language` is its main one as a BCP 47 code. Of a language that is not known, nothing is found.
    """
    base = language.partition("-")[0]
    if base not in _NEGATIONS:
        return ()
    return tuple(_thing(text, found, base) for found in re.finditer(_NEGATIONS[base], text, re.IGNORECASE))


def dispensable(text: str, language: str) -> list[tuple[int, int]]:
    """Where a text says what it does not want in words that can be left out: "with no walls" of "a room with no walls".

    Only in English, and only where all of it is of that kind: elsewhere what is left might not be a sentence.
    """
    if language.partition("-")[0] != "en":
        return []
    found = [*re.finditer(_NEGATIONS["en"], text, re.IGNORECASE)]
    things = [_THING.match(text, one.end()) for one in found]
    plain = [
        thing
        for one, thing in zip(found, things, strict=True)
        if thing and one[0].lower().startswith(("no ", "without "))
    ]
    if len(plain) != len(found):
        return []
    starts = [_BEFORE.search(text, 0, one.start()) for one in found]
    return [
        (before.start() if before else one.start(), thing.end())
        for one, before, thing in zip(found, starts, plain, strict=True)
    ]


def cut(text: str, start: int, stop: int) -> str:
    """A text without a part of it, and without the gap that this leaves."""
    before, behind = text[:start].rstrip(), text[stop:].lstrip()
    gap = "" if not before or not behind or behind[0] in ",.;:!?" else " "
    return f"{before}{gap}{behind}".strip(" ,;")


def _thing(text: str, found: re.Match[str], language: str) -> str:
    if language in _BEHIND:
        words = _THING.findall(text[max(0, found.start() - WORD_CHARACTERS_MAX) : found.start()])
        return words[-1] if words else ""
    word = _THING.match(text, found.end())
    return word[0] if word and language not in ("zh", "th") else ""


def scenes(text: str) -> int:
    """How many scenes a film is asked to show: a cut is a new one, and so is each "then" after the first."""
    cuts, stamps, thens = (len(pattern.findall(text)) for pattern in (_CUTS, _STAMPS, _THEN))
    return 1 + cuts + max(0, stamps - 1) + max(0, thens - THENS_IN_ONE_SCENE)

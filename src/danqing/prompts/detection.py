"""Tells which language a prompt is written in, short, mixed or romanised as prompts are.

A script that belongs to one language decides by itself, and Latin letters are looked at for romanised Asian languages;
for the rest py3langid is asked, among the languages of the script alone. It is deterministic and stays on this machine.
"""

import re
import unicodedata
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from danqing.domain.prompts import romanised
from danqing.domain.prompts.languages import UNDETERMINED, Languages
from danqing.domain.prompts.scripts import SCRIPTS, chinese, is_japanese, weigh
from danqing.domain.prompts.spans import Kind, kept, without
from danqing.sketch.language.inflection import meaning
from danqing.sketch.language.words import lexicon

READ_CHARACTERS_MAX = 2_000  # more of a prompt says nothing new about its language
PLAIN = 0.5  # how likely a rarer language must be: all of them are too like the familiar ones
MAYBE = 0.3
SURE = 0.7
_FAMILIAR = {
    "Latin": ("en", "es", "fr", "de", "pt", "it", "vi", "id", "nl", "pl", "tr"),
    "Cyrillic": ("ru",),
    "Arabic": ("ar",),
    "Devanagari": ("hi",),
}
_RARER = {
    "Latin": ("cs", "da", "fi", "hu", "no", "ro", "sv"),
    "Cyrillic": ("uk", "be", "bg", "sr", "mk", "kk"),
    "Arabic": ("fa", "ur"),
    "Devanagari": ("mr", "ne"),
}
_SOLE = {
    "Hangul": "ko",
    "Hebrew": "he",
    "Greek": "el",
    "Bengali": "bn",
    "Gurmukhi": "pa",
    "Gujarati": "gu",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Sinhala": "si",
    "Thai": "th",
    "Lao": "lo",
    "Burmese": "my",
    "Georgian": "ka",
    "Ethiopic": "am",
    "Khmer": "km",
    "Armenian": "hy",
}
_ENGLISH_ALONE = re.compile(r"\b(?:the|with|and|of|from|his|her)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"an? ", re.IGNORECASE)  # how many English prompts start; in Portuguese it is an article as well
_NOT_ENGLISH = re.compile(  # the small words of the languages beside it
    r"\b(?:de|la|el|los?|las|le|les|des|du|une?|una|uma|um|een|eine?|der|die|das|und|mit|im|von|di|il|che|con|com|do|na|em"
    r"|et|y|e|het|van|op|w|z|i|og|och|en|ett|med|az|egy|yang|dan|dengan|ve|bir|ek|hai|no|wo|ga|se|si)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
ENGLISH_WORDS_MAX = 6


def detect(text: str) -> Languages:
    """The languages of the author's own words: what is quoted or kept for another reason does not count.

    The first text that needs the model loads it, which takes a second or two and 60 MB; after that it is a fraction of
    a millisecond.
    """
    spans = kept(text[:READ_CHARACTERS_MAX])
    own = without(text[:READ_CHARACTERS_MAX], [span for span in spans if span.kind is not Kind.NAME])
    unnamed = without(text[:READ_CHARACTERS_MAX], spans)
    families = _families(own)
    if not families:
        return Languages(UNDETERMINED)
    main, *others = families
    beside = (_language(script, own, text) for script in others if script != "Latin" and not _is_symbol(script, own))
    return Languages(_language(main, unnamed if _LETTER.search(unnamed) else own, text), tuple(beside))


def _families(text: str) -> list[str]:
    """Its scripts by how much they say; Chinese characters and kana are one, and so is whatever Korean has of them."""
    weights = weigh(text)
    han, kana = weights.pop("Han", 0), weights.pop("Kana", 0)
    if han + kana and "Hangul" not in weights:
        weights["Han"] = han + kana
    elif han + kana:
        weights["Hangul"] += han + kana
    return sorted(weights, key=lambda script: -weights[script])


def _is_symbol(script: str, text: str) -> bool:
    """A letter of Greek or Cyrillic alone among another language's words is a sign (π), not a word."""
    return script in ("Greek", "Cyrillic") and not re.search(f"[{SCRIPTS[script]}]{{2}}", text)


def _language(script: str, own: str, text: str) -> str:
    if script == "Han":
        return "ja" if is_japanese(own) else chinese(text)
    if script in _SOLE:
        return _SOLE[script]
    words = " ".join(re.findall(rf"[{SCRIPTS[script]}'’-]+", unicodedata.normalize("NFC", own)))
    if script != "Latin":
        return _likeliest(words, script)[0]
    if _is_plainly_english(words):
        return "en"
    if romanised_one := romanised.language_of(own):
        return romanised_one
    if _is_known_english(words):
        return "en"
    best, share = _likeliest(words, script)
    if best != "en" and (_has_loans(words) or (_ARTICLE.match(words) and best != "pt" and share < SURE)):
        return "en"
    return best


def _likeliest(words: str, script: str) -> tuple[str, float]:
    ranked = _ranked(words, script)
    best, share = ranked[0]
    familiar = _FAMILIAR[script]
    return (best, share) if best in familiar or share >= PLAIN else next(pair for pair in ranked if pair[0] in familiar)


def _is_plainly_english(words: str) -> bool:
    """Whether a sentence can be nothing else, so that a server whose clients write English never needs the model."""
    return words.isascii() and bool(_ENGLISH_ALONE.search(words)) and not _NOT_ENGLISH.search(words)


def _is_known_english(words: str) -> bool:
    """Whether a few words are all in the Sketch engine's English dictionary; no model can tell "sunset" or "logo"."""
    listed = words.split()
    return len(listed) <= ENGLISH_WORDS_MAX and all(meaning(word.casefold(), lexicon("en"))[1] for word in listed)


def _has_loans(words: str) -> bool:
    """Whether words that look foreign are loans in an English sentence: it is English without them."""
    plain = " ".join(word for word in words.split() if word.isascii())
    return bool(_ENGLISH_ALONE.search(plain)) and dict(_ranked(plain, "Latin"))["en"] >= MAYBE


def _ranked(text: str, script: str) -> list[tuple[str, float]]:
    """The languages of a script, the likeliest first, and how likely each is among them."""
    candidates = (*_FAMILIAR[script], *_RARER[script])
    among = [(code, share) for code, share in _model().rank(text) if code in candidates]
    total = sum(share for _, share in among) or 1.0
    return [(code, share / total) for code, share in among]


def load() -> None:
    """Load the model now, so that no request has to wait for it."""
    _model()


@cache
def _model() -> LanguageIdentifier:
    """The model without the languages that are never asked for, which are most of its memory."""
    full = LanguageIdentifier.from_model_file(MODEL_FILE)
    full.set_languages([code for table in (_FAMILIAR, _RARER) for codes in table.values() for code in codes])
    return LanguageIdentifier(
        full.nb_ptc, full.nb_pc, full.nb_classes, full.tk_nextmove, full.tk_output, norm_probs=True, tk_row=full.tk_row
    )

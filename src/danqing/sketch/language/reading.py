"""Reads a whole prompt: finds its language and its quoted text, and turns the rest into signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from danqing.domain.prompts.scripts import HAN, KANA
from danqing.sketch.language import script
from danqing.sketch.language.han import read_han
from danqing.sketch.language.inflection import meaning
from danqing.sketch.language.signs import Sign
from danqing.sketch.language.spaced import read_spaced
from danqing.sketch.language.words import LANGUAGES, lexicon

LATIN_LANGUAGES = ("en", "de", "fr", "es", "pt", "it")
QUOTED = re.compile(
    r"\"([^\"\n]{1,120})\"|“([^”\n]{1,120})”|„([^“”\n]{1,120})[“”]|‘((?:[^’\n]|(?<=\w)’(?=\w)){1,120})’|「([^」\n]{1,120})」|『([^』\n]{1,120})』"
    r"|《([^》\n]{1,120})》|«([^»\n]{1,120})»|(?<!\w)'((?:[^'\n]|(?<=\w)'(?=\w)){1,120})'(?!\w)"
)
SHOUTED = r"\s+((?:[A-Z0-9][A-Z0-9!?&'-]*\b[!?]?\s*){1,8})"
BEARERS = (
    r"(?:sign|signboard|billboard|poster|banner|sticker|label|badge|plaque|placard|t-?shirt|shirt|hoodie|mug|card|note|page"
    r"|cover|screen|door|wall|hat|cap|cake|logo)s?|text|lettering|writing"
)
STOPS = "on|in|at|with|by|near|above|below|next|while|and|is"  # where a text that is not quoted ends
TOLD = r"[^\s.,;:!?]+[!?]?\s*"
STATED = re.compile(
    rf"\b(?:{BEARERS})\b(?:\s+(?:that|which|with text|and it))?\s+(?:says?|reads?|saying|reading|spelling)\s*:?\s+"
    rf"((?:(?!(?:{STOPS}|held|under|written)\b){TOLD}){{1,6}})",
    re.IGNORECASE,
)
WORDED = re.compile(
    rf"\b(?:the|a) words?\s+((?:(?!(?:{STOPS}|that|of|for|written|painted|printed)\b){TOLD}){{1,6}})", re.IGNORECASE
)
WRITTEN = re.compile(
    r"\b(?:with|has|have|and)\s+((?:[A-Z][\w'’&!?-]*\s+){1,6})(?=(?:written|painted|printed|engraved)\b)"
)
LOGO = re.compile(r"\b(?:logo|emblem|wordmark|monogram|brand)\b", re.IGNORECASE)
NAMED = re.compile(r"\b(?:called|named)\s+((?:[A-Z0-9][\w'’&-]*\s*){1,4})")  # what a logo is made for
CLEAR_LEAD = 2
JOINED = f"[{HAN}{KANA}]"
RUN = re.compile(f"(?:[0-9]+(?={JOINED}))?{JOINED}+(?:[0-9]+(?={JOINED}){JOINED}+)*")


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt as it is understood: its language, the text it wants to see set, and its words."""

    language: str
    text: tuple[str, ...]
    signs: tuple[Sign, ...]


def read(prompt: str) -> Reading:
    """Read a prompt in any language that the lexicons know; Latin text in another one is read as English."""
    text, rest = _take_quoted(prompt.strip())
    language = script.language_of(rest) or script.language_of(prompt) or _latin_language(rest)
    if language == "en":
        for take in (_take_shouted, _take_stated):
            found, rest = take(rest)
            text += found
    return Reading(language, text, tuple(_signs(rest, language)))


def wants_poem(prompt: str) -> bool:
    """Whether the prompt asks for a poem beside the picture."""
    return any(sign.value("wish") == "poem" for sign in read(prompt).signs)


def _take_quoted(prompt: str) -> tuple[tuple[str, ...], str]:
    """The quoted pieces, verbatim, and the prompt without them. A prompt that is quoted as a whole is no quotation."""
    whole = QUOTED.fullmatch(prompt)
    if whole:
        return (), _content(whole)
    return tuple(_content(match) for match in QUOTED.finditer(prompt)), QUOTED.sub(" , ", prompt)


def _content(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None).strip()


def _take_shouted(rest: str) -> tuple[tuple[str, ...], str]:
    """What follows "the word" or "the text" in capitals is meant to be set though it is not quoted."""
    announcing = "|".join(sorted(lexicon("en").grammar["quotation"], key=len, reverse=True))
    pattern = re.compile(rf"(?<=\b)((?i:{announcing})){SHOUTED}")
    found = [match.group(2).strip() for match in pattern.finditer(rest)]
    wanted = tuple(piece for piece in found if len(piece) > 1)
    return (wanted, pattern.sub(r"\1 , ", rest)) if wanted else ((), rest)


def _take_stated(rest: str) -> tuple[tuple[str, ...], str]:
    """What a sign "says", what "the words" are and what is "written" somewhere, as far as the sense is plain."""
    found: list[str] = []
    for pattern in (STATED, WORDED, WRITTEN, *([NAMED] if LOGO.search(rest) else [])):
        for match in pattern.finditer(rest):
            found.append(match.group(1).strip())
        rest = pattern.sub(lambda match: f"{match.group()[: match.start(1) - match.start()]}, ", rest)
    return tuple(found), rest


def _latin_language(text: str) -> str:
    """The language with most known words, then with most known things; English unless another one is clearly ahead."""
    words = sorted(set(re.findall(r"[^\W\d_]+", text)))
    known = {code: [meaning(word, lexicon(code))[1] for word in words] for code in LATIN_LANGUAGES}
    scores = {code: sum(map(bool, facets)) for code, facets in known.items()}
    things = {code: sum("subject" in {facet.kind for facet in word} for word in known[code]) for code in known}
    best = max(LATIN_LANGUAGES, key=lambda code: (scores[code], things[code]))
    return best if not scores["en"] or scores[best] >= scores["en"] + CLEAR_LEAD else "en"


def _signs(text: str, language: str) -> Iterator[Sign]:
    """Each stretch of one script is read in its own way."""
    spaced = language if language in LANGUAGES else "en"
    joined = "ja" if language == "ja" else "zh"
    clause, end = 0, 0
    for match in [*RUN.finditer(text), None]:
        gap = text[end : match.start()] if match else text[end:]
        between = read_spaced(gap, spaced, clause + 1)
        yield from between
        clause = max([clause + 1, *(sign.clause for sign in between)])
        if match:
            clause += 1
            yield from read_han(match.group(), joined, clause)
            end = match.end()

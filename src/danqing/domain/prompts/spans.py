"""What of a prompt must reach the model as it was written, whoever translates or enriches the rest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from danqing.domain.prompts import names, quotes


class Kind(StrEnum):
    """Why a stretch of a prompt is kept."""

    QUOTE = "quote"  # text to be drawn or spoken
    NAME = "name"  # of a person, a brand or a product, as far as its form shows it
    HANDLE = "handle"  # @somebody
    TAG = "tag"  # #something
    ADAPTER = "adapter"  # <lora:name:0.8>
    PARAMETER = "parameter"  # --ar 16:9, (word:1.2), {variable}, 1girl
    ADDRESS = "address"  # of a page, a file or a mailbox
    EMOJI = "emoji"
    QUANTITY = "quantity"  # 85 mm, f/1.8, 1920x1080, 16:9
    COLOUR = "colour"  # #ff8800, rgb(255, 136, 0)


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch: `text[start:stop]`."""

    start: int
    stop: int
    kind: Kind


# Words of scripts without spaces may stand right beside what is kept, those of the Latin script may not.
_START, _STOP = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
_NUMBER = r"\d+(?:[.,]\d+)?"
_LENGTHS, _RATES = r"km|cm|mm|m|px|pt|mg|kg|g|ml|l", r"km/h|mph|fps|dpi|ppi|[kMG]?Hz|[kKMG]B|M[Pp]|mp|[kKps]|k?W|[wVv]"
_SIGNS = r"°\s?[CF]?|%|‰|[\"″′€£¥₩₹฿]"
_DASHED = r"[—–](?:ar|v|s|q|c|iw|seed|stylize|chaos|niji)(?=\s\d)"  # what a phone makes of two hyphens
_PICTURES = "\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff\u2190-\u21ff\u3030\u303d\u3297\u3299"
_JOINS = "\u200d\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"
_FORMS = [
    (Kind.ADDRESS, rf"{_START}(?:https?://|www\.|data:\w+/)[!#-;=?-~]*[#$&*+/-9=@-Z\\^-z|~]"),
    (Kind.ADDRESS, rf"{_START}[A-Za-z0-9_.+-]{{1,64}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{1,8}}{_STOP}"),
    (Kind.ADAPTER, r"<[A-Za-z]{2,20}:[^<>\n]{1,200}>"),
    (Kind.PARAMETER, rf"(?:^|(?<=\s))(?:--[a-z]+|{_DASHED})(?:[ =](?!-)[!-+\--~]+)?{_STOP}"),
    (Kind.PARAMETER, r"(?<=[^\s(:]):\d+(?:\.\d+)?(?=\s*\))"),
    (Kind.PARAMETER, r"\{\{?\s?[A-Za-z_][A-Za-z0-9_]*\s?\}?\}"),
    (Kind.PARAMETER, rf"{_START}\d\+?(?:girl|boy|other)s?{_STOP}"),
    (Kind.COLOUR, rf"{_START}#(?:[0-9a-fA-F]{{8}}|[0-9a-fA-F]{{6}}|[0-9a-fA-F]{{3,4}}){_STOP}"),
    (Kind.COLOUR, rf"{_START}(?:rgb|hsl)a?\([\d\s.,%/]{{5,40}}\)"),
    (Kind.TAG, rf"{_START}#\w{{1,50}}"),
    (Kind.HANDLE, rf"{_START}@[A-Za-z0-9_](?:[A-Za-z0-9_.-]{{0,62}}[A-Za-z0-9_])?"),
    (Kind.HANDLE, rf"{_START}@[^\W\d_a-zA-Z]{{1,10}}(?=[\s,.;:!?，。、]|$)"),
    (Kind.QUANTITY, rf"{_START}{_NUMBER}\s?[x×]\s?{_NUMBER}(?:\s?(?:{_LENGTHS}))?{_STOP}"),
    (Kind.QUANTITY, rf"{_START}\d{{1,4}}:\d{{1,4}}{_STOP}"),
    (Kind.QUANTITY, rf"{_START}(?:[fF]/?\d\d?(?:\.\d)?|1/\d{{1,5}}\s?s?|(?:ISO|iso)\s?\d{{2,6}}){_STOP}"),
    (Kind.QUANTITY, rf"{_START}{_NUMBER}\s?(?:{_RATES}|{_LENGTHS}|{_SIGNS}){_STOP}"),
    (Kind.QUANTITY, rf"[$€£¥₩₹฿]\s?{_NUMBER}{_STOP}"),
    (Kind.EMOJI, rf"(?:[{_PICTURES}][{_JOINS}]*|[0-9#*]\ufe0f?\u20e3)+"),
]
REMEMBERED = 256  # texts whose spans are known: each is asked for several times, and in sweeps again and again
_PATTERNS = [(kind, re.compile(form)) for kind, form in _FORMS]


@lru_cache(maxsize=REMEMBERED)
def kept(text: str, language: str = "") -> tuple[Span, ...]:
    """Every stretch that is kept, from left to right, none within another. `language`: of the text, if known."""
    found = [Span(start, stop, Kind.QUOTE) for start, stop in quotes.find(text)]
    found += [Span(*match.span(), kind) for kind, pattern in _PATTERNS for match in pattern.finditer(text)]
    clear = _leftmost(found)
    named = [Span(start, stop, Kind.NAME) for start, stop in names.find(without(text, clear), language)]
    return _leftmost([*clear, *named])


def quoted(text: str) -> tuple[str, ...]:
    """The quoted text, without its marks."""
    return tuple(text[start + 1 : stop - 1].strip() for start, stop in quotes.find(text))


def without(text: str, spans: Sequence[Span]) -> str:
    """The text with spans blanked out, as long as before."""
    pieces, end = [], 0
    for span in spans:
        pieces += [text[end : span.start], " " * (span.stop - span.start)]
        end = span.stop
    return "".join([*pieces, text[end:]])


def _leftmost(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The first and longest of those that overlap."""
    clear: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.stop)):
        if not clear or span.start >= clear[-1].stop:
            clear.append(span)
    return tuple(clear)

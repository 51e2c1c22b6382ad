"""An author's words on their way to an engine: what shall be made of them, and what was.

The author's prompt is never changed: it stays in the Generation. What is sent in its place stands beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from danqing.domain.generation import Generation, Turn
from danqing.domain.media import Blob
from danqing.domain.preflight import Finding

# What the dialects call it when a client says in which language its prompt is, and when it wants it enriched.
LANGUAGE, ENHANCE = "language", "enhancePrompt"


@dataclass(frozen=True, slots=True)
class Rewording:
    """Texts said anew, in the order of those that they stand for, and what that costs in nano-dollars."""

    texts: tuple[str, ...]
    cost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What is to become of a prompt before it is sent, decided at the quote; and, once it is `done`, what became of it.

    `languages` are those of the author's words, the main one first. They are translated from `source` into `target`,
    codes as in `prompts.languages`, "" when they are not; `required`: or else nothing is made. `enhance`: they are
    enriched. `most` is the part of
    the hold that is for it. `texts` are sent in the place of the author's, part for part, and `negative` in the place
    of what is to be left out. `by` is who did it, and `cost` is what is charged for it. `trouble` is why the author's
    own words are sent after all, or not all was done; `enhanced`: that part was. `findings` are what was found in the
    request before it was admitted. Amounts are nano-dollars.
    """

    languages: tuple[str, ...] = ()
    source: str = ""
    target: str = ""
    required: bool = False
    enhance: bool = False
    most: int = 0
    done: bool = False
    texts: tuple[str, ...] = ()
    negative: str = ""
    enhanced: bool = False
    by: tuple[str, ...] = ()
    cost: int = 0
    trouble: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether something is to be done before the prompt can be sent."""
        return not self.done and bool(self.target or self.enhance)

    @property
    def stage(self) -> str:
        """What watchers are told meanwhile."""
        return "translating" if self.target else "enriching"

    @property
    def prompt(self) -> str:
        """The words that are sent in the place of the author's; "" when those are sent."""
        return "\n".join(self.texts).strip()

    @property
    def translated(self) -> bool:
        """Whether the prompt was said in another language."""
        return bool(self.texts and self.target)

    @property
    def knobs(self) -> frozenset[str]:
        """The knobs that are seen to here and not asked of the engine a second time."""
        translated, enhanced = (self.translated, self.enhanced) if self.done else (bool(self.target), self.enhance)
        return frozenset([LANGUAGE] * translated + [ENHANCE] * enhanced)


AS_WRITTEN = Wording()  # nothing is known of the prompt, and nothing is done to it


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What became of the prompt: from here on the same words are sent, however often they have to be."""

    wording: Wording


def author_texts(generation: Generation) -> tuple[str, ...]:
    """What the author wrote into the last message, part for part."""
    return tuple(part for part in generation.turns[generation.asking].parts if isinstance(part, str))


def reworded(generation: Generation, wording: Wording) -> Generation:
    """The generation as it is sent."""
    knobs = tuple((name, knob) for name, knob in generation.knobs if name not in wording.knobs)
    if not wording.texts:
        return replace(generation, knobs=knobs)
    turns = list(generation.turns)
    at = generation.asking
    turns[at] = replace(turns[at], parts=tuple(_put(turns[at], wording.texts)))
    return replace(generation, turns=tuple(turns), negative=wording.negative, knobs=knobs)


def _put(turn: Turn, texts: Sequence[str]) -> Iterator[str | Blob]:
    new = iter(texts)
    for part in turn.parts:
        yield next(new, part) if isinstance(part, str) else part

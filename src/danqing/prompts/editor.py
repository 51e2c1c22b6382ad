"""Plans what becomes of an author's words, and does it: the language is told, then translated, then enriched.

What must stay as it was written is taken out before anybody sees it and put back byte for byte; a rewording that has
lost any of it is thrown away and asked for once more.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.generation import Generation, Preflight, Translate
from danqing.domain.keys import Key
from danqing.domain.models import Model
from danqing.domain.ports import Translator
from danqing.domain.preflight import preflight, refuse
from danqing.domain.prompts.languages import UNDETERMINED, Languages
from danqing.domain.prompts.masking import mask
from danqing.domain.prompts.scripts import chinese
from danqing.domain.wording import ENHANCE, LANGUAGE, Rewording, Wording, author_texts
from danqing.prompts.enhancer import Enhancer
from danqing.prompts.memory import Memory

TRIES = 2
SKETCHED = "The prompt is not translated: the Sketch engine reads it as it is."
_LETTER = re.compile(r"[^\W\d_]")
_AGAIN = frozenset({"rewording_garbled", "kept_text_lost"})
_KINDS = frozenset({Kind.BUSY, Kind.TIMEOUT, Kind.FILTERED, Kind.UNAVAILABLE})
_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}", re.IGNORECASE)  # of BCP 47, as far as prompts need it
_VARIANTS = {"zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """What a server does with prompts when neither a request nor its key says otherwise."""

    translate: Translate = Translate.AUTO
    enhance: bool = False
    preflight: Preflight = Preflight.REPORT


class Editor:
    """See `domain.ports.Editor`. `detect` tells the languages of a text.

    The first translator that knows a pair of languages is asked first; the next ones when it fails.
    """

    def __init__(
        self,
        detect: Callable[[str], Languages],
        translators: Sequence[Translator] = (),
        enhancer: Enhancer | None = None,
        manner: Manner | None = None,
    ) -> None:
        self._detect = detect
        self._translators = translators
        self._enhancer = enhancer
        self._manner = manner or Manner()
        self._memory = Memory()
        self._opened = False
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        if self._opened:
            return
        async with self._opening:  # the first requests come together, and one of them loads for all
            if not self._opened:
                await asyncio.to_thread(self._detect, "a")
                self._opened = True

    def languages(self, generation: Generation) -> Languages:
        # What the client says, in Google's codes, goes before what can be seen.
        said = _language(generation)
        if said == "zh":
            return Languages(chinese(generation.prompt))
        if said in ("", "auto"):
            return self._detect("\n".join(_texts(generation)))
        return Languages(_VARIANTS.get(said, said))

    def plan(self, generation: Generation, model: Model, key: Key) -> Wording:
        spoken = self.languages(generation)
        languages = tuple(code for code in (spoken.main, *spoken.others) if code != UNDETERMINED)
        sketched = key.test or generation.sketch
        wording = Wording(languages=languages, enhance=not sketched and self._enhances(generation))
        foreign = spoken.beyond(model.ability.languages)
        if foreign and sketched:
            wording = replace(wording, trouble=SKETCHED)
        elif foreign:
            wish = _wish(generation) or key.translate or self._manner.translate
            wording = self._translating(wording, foreign[0], model, wish)
        found = [
            finding
            for finding in preflight(generation, model, spoken)
            if not (finding.code == "other_language" and wording.target)
        ]
        if (generation.preflight or self._manner.preflight) is Preflight.STRICT:
            refuse(found)
        return replace(wording, most=self._most(generation, wording), findings=tuple(found))

    def _translating(self, wording: Wording, source: str, model: Model, wish: Translate) -> Wording:
        target = model.ability.languages[0]
        if wish is Translate.OFF:
            return replace(wording, trouble=f"The prompt is not translated into {target}: that is switched off.")
        if self._who(source, target):
            return replace(wording, source=source, target=target, required=wish is Translate.REQUIRE)
        if wish is Translate.REQUIRE:
            message = (
                f"{model.id} takes prompts in {', '.join(model.ability.languages)}, and nobody here translates from "
                f"{source}. Write it in one of them, or have a translator configured."
            )
            raise invalid(message, param="prompt", code="no_translator")
        told = f"Nobody here translates from {source} into {target}; the prompt is sent as it was written."
        return replace(wording, trouble=told)

    async def reword(self, generation: Generation, wording: Wording) -> Wording:
        after = replace(wording, done=True)
        if wording.target:
            try:
                after = await self._translated(generation, after)
            except Problem as problem:
                if wording.required:
                    raise _failed(problem) from problem
                after = replace(after, trouble=f"The prompt is sent as it was written. {problem.message}")
        if wording.enhance:
            try:
                after = await self._enhanced(generation, after)
            except Problem as problem:
                trouble = f"The prompt was not enriched. {problem.message}"
                after = replace(after, trouble=f"{after.trouble} {trouble}".strip())
        return replace(after, cost=min(after.cost, wording.most))

    def _enhances(self, generation: Generation) -> bool:
        wished = dict(generation.knobs).get(ENHANCE, self._manner.enhance)
        return bool(wished) and self._enhancer is not None and any(author_texts(generation))

    def _who(self, source: str, target: str) -> list[Translator]:
        return [translator for translator in self._translators if translator.knows(source, target)]

    def _most(self, generation: Generation, wording: Wording) -> int:
        texts = _texts(generation)
        translating = [translator.most(texts) for translator in self._who(wording.source, wording.target)]
        enriching = self._enhancer.most("\n".join(texts), generation) if wording.enhance and self._enhancer else 0
        return max(translating, default=0) + (2 if wording.target else 1) * enriching

    async def _translated(self, generation: Generation, wording: Wording) -> Wording:
        failed = Problem(Kind.UPSTREAM, f"Nobody translates from {wording.source} into {wording.target} any more.")
        for translator in self._who(wording.source, wording.target):
            for _ in range(TRIES):
                try:
                    said = await self._translation(translator, _texts(generation), wording)
                except Problem as problem:
                    failed = problem
                    if problem.code not in _AGAIN:
                        break
                else:
                    count = len(author_texts(generation))
                    return replace(
                        wording,
                        texts=said.texts[:count],
                        negative="".join(said.texts[count:]),
                        by=(*wording.by, translator.name),
                        cost=wording.cost + said.cost,
                    )
        raise failed

    async def _translation(self, translator: Translator, texts: Sequence[str], wording: Wording) -> Rewording:
        """Of everything that has words to be translated; what has none stays."""
        masked = [mask(text, wording.source) for text in texts]
        foreign = [at for at, one in enumerate(masked) if _has_words(one.text, one.marks)]
        work = tuple(masked[at].text for at in foreign)

        async def make() -> Rewording:
            said = await translator.translate(work, wording.source, wording.target)
            restored = (masked[at].restore(text) for at, text in zip(foreign, said.texts, strict=True))
            return replace(said, texts=tuple(restored))

        said = await self._memory.recall((translator.name, wording.source, wording.target, tuple(texts)), make)
        whole = list(texts)
        for at, text in zip(foreign, said.texts, strict=True):
            whole[at] = text
        return replace(said, texts=tuple(whole))

    async def _enhanced(self, generation: Generation, wording: Wording) -> Wording:
        """The first text of the message; what the others say belongs to its pictures."""
        assert self._enhancer, "planned without an enhancer"
        enhancer = self._enhancer
        first, *rest = wording.texts or author_texts(generation)
        masked = mask(first, wording.target or "".join(wording.languages[:1]))

        async def make() -> Rewording:
            said = await enhancer.enhance(masked.text, generation)
            return replace(said, texts=(masked.restore(said.texts[0]),))

        name = (enhancer.name, first, generation.seed, generation.wants)
        for tries in range(TRIES, 0, -1):
            try:
                said = await self._memory.recall(name, make)
                break
            except Problem as problem:
                if problem.code not in _AGAIN or tries == 1:
                    raise
        return replace(
            wording,
            texts=(*said.texts, *rest),
            negative=wording.negative if wording.texts else generation.negative,
            enhanced=True,
            by=(*wording.by, enhancer.name),
            cost=wording.cost + said.cost,
        )


def _language(generation: Generation) -> str:
    """The code that the request names, "" for none. Words that are no code never come near a text model's task."""
    said = str(dict(generation.knobs).get(LANGUAGE, "")).strip()
    if said and not _CODE.fullmatch(said) and said.lower() != "auto":
        message = f"The language must be a code such as en, ja or zh-TW, or auto; it cannot be {said[:40]!r}."
        raise invalid(message, param=LANGUAGE)
    base, *rest = said.lower().split("-")
    return "-".join([base, *(part.title() if len(part) == 4 else part.upper() for part in rest)])


def _wish(generation: Generation) -> Translate | None:
    """What the request says. Whoever names a language, as with Imagen, wants it understood."""
    return generation.translate or (Translate.AUTO if LANGUAGE in dict(generation.knobs) else None)


def _texts(generation: Generation) -> tuple[str, ...]:
    return (*author_texts(generation), *([generation.negative] if generation.negative else []))


def _has_words(text: str, marks: Sequence[str]) -> bool:
    for mark in marks:
        text = text.replace(mark, "")
    return _LETTER.search(text) is not None


def _failed(problem: Problem) -> Problem:
    """What a job ends with that must be translated and was not: nothing of it was sent."""
    kind = problem.kind if problem.kind in _KINDS else Kind.UPSTREAM
    message = f"The prompt could not be translated, so that nothing was made and nothing was charged. {problem.message}"
    return Problem(kind, message, param="prompt", code="translation_failed", retry_after=problem.retry_after)

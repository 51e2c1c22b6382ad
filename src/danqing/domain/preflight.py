"""What can be said of a request before it costs anything: what is refused, what may go wrong, what could be better.

Pure, and deterministic from the request and the model's row in the catalog.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from danqing.domain.errors import invalid
from danqing.domain.generation import Generation, Task
from danqing.domain.media import Medium
from danqing.domain.models import Model
from danqing.domain.prompts import count_tokens, phrasing
from danqing.domain.prompts.languages import Languages
from danqing.domain.prompts.spans import Kind, Span, kept, quoted, without
from danqing.domain.sizes import nearest

SPARSE_WORDS = 3  # so few leave nearly everything to chance
_FLAG = re.compile(r"(?:--|—|–)([a-z]+)[ =]?(.*)", re.DOTALL)
_FIELDS = {"ar": "aspect", "aspect": "aspect", "seed": "seed", "no": "negative"}  # of the flags that people know best


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # the request is refused as it stands
    WARNING = "warning"  # it is likely to fail, or to show something else than was meant
    HINT = "hint"  # it could be better


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """How a finding is put right where nothing more need be known: another `prompt`, and what a `field` says then.

    Without a field, `value` is what the prompt says instead; "" when something is only left out.
    """

    prompt: str
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found: a `code` for machines, a sentence and what to do for people.

    `param` is the field as the domain spells it; each dialect has its own spelling. `fix`: None where only a person
    knows what was meant.
    """

    code: str
    severity: Severity
    sentence: str
    suggestion: str
    param: str = "prompt"
    fix: Fix | None = None


def preflight(generation: Generation, model: Model, languages: Languages) -> tuple[Finding, ...]:
    """Everything that is found; `languages` are those of the prompt. The generation need not be fitted."""
    found = [*_impossible(generation, model)]
    if generation.prompt:
        spans = kept(generation.prompt, languages.main)
        found += [
            *risks(generation, model, quoted(generation.prompt)),
            *_language(model, languages),
            *_flags(generation, model, spans),
        ]
        found += [*_unwanted(generation, spans, languages), *_scenes(generation, model), *_sparse(generation)]
    return tuple(found)


def risks(generation: Generation, model: Model, texts: Sequence[str]) -> tuple[Finding, ...]:
    """The findings that follow from how this model likes to be asked: another one may not have them.

    `texts` are those that the prompt quotes.
    """
    return (*_length(generation, model), *_text(model, texts), *_risky(generation, model))


def refuse(findings: Sequence[Finding]) -> None:
    """What `strict` does: Problem(INVALID) for everything that is more than a hint, with the code of the first."""
    grave = [finding for finding in findings if finding.severity is not Severity.HINT]
    if grave:
        message = " ".join(f"{finding.sentence} {finding.suggestion}" for finding in grave)
        raise invalid(message, param=grave[0].param, code=grave[0].code)


def _error(code: str, sentence: str, suggestion: str, param: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, sentence=sentence, suggestion=suggestion, param=param)


def _warning(code: str, sentence: str, suggestion: str, param: str = "prompt", fix: Fix | None = None) -> Finding:
    return Finding(code=code, severity=Severity.WARNING, sentence=sentence, suggestion=suggestion, param=param, fix=fix)


def _impossible(generation: Generation, model: Model) -> Iterator[Finding]:
    """What `models.fit` refuses, with the nearest that is possible."""
    ability = model.ability
    if not generation.prompt and not any(generation.blobs()):
        yield _error("empty_prompt", "The prompt is empty.", "Say what should be made.", "prompt")
    if generation.aspect and generation.aspect not in ability.aspects:
        yield _unsupported("ratio", generation.aspect, ability.aspects, "aspect")
    lengths = ability.lengths(generation)
    whole = generation.film and generation.task is not Task.EXTEND  # which has the length that it has
    if generation.seconds is not None and generation.seconds not in lengths and not whole:
        yield _unsupported("length in seconds", str(generation.seconds), [*map(str, lengths)], "seconds")
    if generation.size and generation.size not in ability.sizes:
        yield _unsupported("size", generation.size, ability.sizes, "size")
    if generation.count is not None and not 1 <= generation.count <= ability.count_max:
        near = str(max(1, min(generation.count, ability.count_max)))
        yield _unsupported("number of outputs", str(generation.count), [near], "count")


def _unsupported(what: str, value: str, possible: Sequence[str], param: str) -> Finding:
    near = possible[0] if len(possible) == 1 else nearest(param, value, possible)
    suggestion = f"The nearest that it has is {near}." if near else "Leave it out."
    return _error(f"unsupported_{param}", f"The model does not have the {what} {value}.", suggestion, param)


def _length(generation: Generation, model: Model) -> Iterator[Finding]:
    tokens, most = count_tokens(generation.prompt), model.prompting.tokens_max
    if most and tokens > most:
        sentence = f"The prompt has about {tokens} tokens; {model.id} reads {most}."
        yield _warning("prompt_too_long", sentence, "Put what matters first and leave out the rest.")


def _text(model: Model, texts: Sequence[str]) -> Iterator[Finding]:
    """The document: "Avoid much text in the prompt; only key words come out reliably." """
    prompting = model.prompting
    longest = max(map(len, texts), default=0)
    suggestion = "Quote the few words that matter, or ask a Gemini model, which sets text more reliably."
    if prompting.text_characters_max and longest > prompting.text_characters_max:
        sentence = (
            f"A quoted text has {longest} characters; {model.id} sets up to {prompting.text_characters_max} reliably."
        )
        yield _warning("too_much_text", sentence, suggestion)
    elif prompting.text_phrases_max and len(texts) > prompting.text_phrases_max:
        sentence = f"The prompt quotes {len(texts)} texts; {model.id} sets up to {prompting.text_phrases_max} reliably."
        yield _warning("too_much_text", sentence, suggestion)


def _language(model: Model, languages: Languages) -> Iterator[Finding]:
    if beyond := languages.beyond(model.ability.languages):
        known = ", ".join(model.ability.languages)
        sentence = f"The prompt is in {' and '.join(beyond)}; {model.id} takes prompts in {known}."
        yield _warning(
            "other_language", sentence, "Have it translated, or ask a model that understands every language."
        )


def _risky(generation: Generation, model: Model) -> Iterator[Finding]:
    """Words that make the model's filter refuse, quoted or not: the filter does not read quotation marks."""
    for word, instead in model.prompting.risky.items():
        edge = r"(?<![^\W\d_])", r"s?(?![^\W\d_])"  # "1girl" and "girls" as well
        pattern = re.escape(word).join(edge) if word.isascii() else re.escape(word)
        if re.search(pattern, generation.prompt, re.IGNORECASE):
            sentence = f"The word “{word}” often makes the filter of {model.id} refuse everything."
            yield _warning("risky_word", sentence, f"Say “{instead}” instead.", fix=_said_so(generation, word, instead))


def _said_so(generation: Generation, word: str, instead: str) -> Fix | None:
    """With the other word, where the one stands by itself and not in a plural that nobody could form here."""
    whole = re.compile(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word), re.IGNORECASE)
    said = whole.sub(instead, generation.prompt)
    return Fix(prompt=said, value=instead) if word.lower() not in said.lower().replace(instead.lower(), "") else None


def _flags(generation: Generation, model: Model, spans: Sequence[Span]) -> Iterator[Finding]:
    for span in spans:
        flag = _FLAG.fullmatch(generation.prompt[span.start : span.stop])
        if span.kind is Kind.PARAMETER and flag:
            field, value = _FIELDS.get(flag[1], ""), flag[2].strip()
            suggestion = f"Set the field `{field}` of the request." if field else "Leave it out."
            sentence = f"“{flag[0]}” means nothing to the model and may be drawn."
            known = {"aspect": value in model.ability.aspects, "seed": value.isascii() and value.isdigit()}
            if field == "negative":
                value = _unwanted_too(generation, [value])
            kept = bool(value) and known.get(field, bool(field))
            rest = phrasing.cut(generation.prompt, span.start, span.stop)
            fix = Fix(prompt=rest, field=field if kept else "", value=value if kept else "")
            yield _warning("parameter_in_prompt", sentence, suggestion, fix=fix if rest else None)


def _unwanted(generation: Generation, spans: Sequence[Span], languages: Languages) -> Iterator[Finding]:
    """A model that reads "no walls" tends to draw walls."""
    own = without(generation.prompt, [span for span in spans if span.kind is not Kind.NAME])
    if found := phrasing.unwanted(own, languages.main):
        named = tuple(dict.fromkeys(thing for thing in found if thing))
        things = " and ".join(f"“{thing}”" for thing in dict.fromkeys(found) if thing) or "it"
        sentence = "The prompt says what shall not be there, and naming it makes it likelier."
        suggestion = f"Say what is there instead, and put {things} into the field `negative`."
        yield _warning("negative_phrasing", sentence, suggestion, fix=_moved(generation, own, named, languages))
    if phrasing.unwanted(generation.negative, languages.main) or phrasing.unwanted(generation.negative, "en"):
        sentence = "The negative prompt says “no” a second time."
        yield _warning("negative_phrasing", sentence, "Name only the things that are not wanted.", "negative")


def _moved(generation: Generation, own: str, things: Sequence[str], languages: Languages) -> Fix | None:
    """What is not wanted, moved out of the prompt to where it belongs; `own` is the prompt without what it quotes."""
    rest = generation.prompt
    for start, stop in reversed(phrasing.dispensable(own, languages.main)):
        rest = phrasing.cut(rest, start, stop)
    if rest in ("", generation.prompt) or not things:
        return None
    return Fix(prompt=rest, field="negative", value=_unwanted_too(generation, things))


def _unwanted_too(generation: Generation, things: Sequence[str]) -> str:
    return ", ".join(thing for thing in (generation.negative, *things) if thing)


def _scenes(generation: Generation, model: Model) -> Iterator[Finding]:
    seconds = generation.seconds or next(iter(model.ability.seconds), 0)
    count = phrasing.scenes(generation.prompt) if Medium.VIDEO in model.ability.makes else 1
    if count > 1:
        sentence = f"The prompt tells about {count} scenes; {seconds} seconds have room for one."
        yield _warning(
            "several_scenes", sentence, "Make a film of each, the next one from the last picture of the one before."
        )


def _sparse(generation: Generation) -> Iterator[Finding]:
    """The document: "Describe subject, style, light, angle in detail." """
    tokens, words = count_tokens(generation.prompt), len(generation.prompt.split())
    if len(generation.turns) == 1 and not generation.pictures and words <= SPARSE_WORDS and tokens <= 2 * SPARSE_WORDS:
        yield Finding(
            code="sparse_prompt",
            severity=Severity.HINT,
            sentence="The prompt leaves nearly everything to chance.",
            suggestion="Add the style, the light, the angle, and how the subject looks and what it does.",
        )

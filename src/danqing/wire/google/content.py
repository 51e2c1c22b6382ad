"""Google's `generateContent`, as it is asked for pictures and as its answers are read (wire.md 8 and 15.2)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Knob, Person, Turn
from danqing.domain.media import Medium
from danqing.domain.money import Units
from danqing.wire import bodies
from danqing.wire.bodies import Fields
from danqing.wire.delivered import File, read_file
from danqing.wire.google.edits import unfolded
from danqing.wire.google.errors import read_error
from danqing.wire.google.refusals import NOTHING, picture_withheld, prompt_blocked
from danqing.wire.google.results import senseless
from danqing.wire.holes import Hole, Json, Tree, given
from danqing.wire.sieve import FILE_CHARACTERS_MIN

# Stands for the signature of a thought in a model's turn that comes back without one: Google's own word for turns
# that were made elsewhere. Gemini 3 refuses pictures of its own without it.
NO_SIGNATURE = "skip_thought_signature_validator"
SIGNATURE_CHARACTERS_MAX = FILE_CHARACTERS_MIN  # longer ones are not kept; the word above stands in for them

_PERSONS = {Person.ALL: "ALLOW_ALL", Person.ADULT: "ALLOW_ADULT", Person.NONE: "ALLOW_NONE"}
# Knobs that have a place in generationConfig, by the names that the dialects give them.
_CONFIG = {"temperature": "temperature", "top_p": "topP", "topP": "topP", "topK": "topK"}
_BESIDE = "safetySettings"  # and one that has its place beside it
KNOBS = frozenset({*_CONFIG, _BESIDE})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered: words and files in their order, or why there is no picture; and what it counted."""

    parts: tuple[str | File, ...] = ()
    withheld: str = ""
    units: Units = field(default_factory=Units)

    @property
    def words(self) -> str:
        """All words."""
        return "".join(part for part in self.parts if isinstance(part, str)).strip()

    @property
    def files(self) -> list[File]:
        """All pictures and films."""
        return [part for part in self.parts if isinstance(part, File)]


def in_words(generation: Generation, *, people: bool) -> Generation:
    """The generation with its prompt saying what a conversational model has no field for.

    That is what is to be left out and, with `people`, that nobody is to be seen.
    """
    said = [f"Leave out: {generation.negative}."] if generation.negative else []
    said += ["Show no people."] if people and generation.person is Person.NONE else []
    if not said:
        return generation
    turns = list(generation.turns)
    last = generation.asking
    turns[last] = replace(turns[last], parts=(*turns[last].parts, "\n".join(said)))
    return replace(generation, turns=tuple(turns), negative="")


def write_content(generation: Generation, *, vertex: bool) -> Tree:
    """The body of a call that asks for one answer. Vertex has fields of its own, for people and for the file."""
    image: dict[str, Json] = {"aspectRatio": generation.aspect, "imageSize": generation.size}
    if vertex:
        file = {"mimeType": generation.mime, "compressionQuality": generation.quality}
        image["personGeneration"] = _PERSONS[generation.person] if generation.person else None
        image["imageOutputOptions"] = given(file) or None
    config: dict[str, Json] = {
        "responseModalities": [medium.upper() for medium in Medium if medium in generation.wants],
        "imageConfig": given(image) or None,
        "seed": generation.seed,
        **_honoured(generation.knobs),
    }
    body: dict[str, Json] = {
        "contents": [_content(turn) for turn in generation.turns if turn.role != "system"],
        "systemInstruction": _system(generation.turns),
        "generationConfig": given(config),
        **{name: unfolded(value) for name, value in generation.knobs if name == _BESIDE},
    }
    return given(body)


def read_content(body: object) -> Reply:
    """The answer, as bytes or as a tree with Blobs. Raises Problem: what it tells of, or that it makes no sense."""
    try:
        fields = bodies.read(body)
        told, reply = read_error(fields), _reply(fields)
    except Problem as problem:
        raise senseless(problem) from problem
    if told:
        raise told
    if not reply.parts and not reply.withheld:
        raise Problem(Kind.UPSTREAM, "The engine ended its answer without a picture.", code="nothing_delivered")
    return reply


def read_signature(part: Fields, name: str = "thoughtSignature") -> str:
    """What a part is signed with, when it is short enough to be kept."""
    value = part.take(name)
    return value if isinstance(value, str) and len(value) <= SIGNATURE_CHARACTERS_MAX else ""


def _content(turn: Turn) -> Tree:
    parts: list[Tree] = [
        {"text": part} if isinstance(part, str) else {"inlineData": {"mimeType": part.mime, "data": Hole(part)}}
        for part in turn.parts
    ]
    if turn.role == "model":
        signed = zip_longest(parts, turn.signatures[: len(parts)])
        parts = [part | {"thoughtSignature": signature or NO_SIGNATURE} for part, signature in signed]
    return {"role": turn.role, "parts": parts}


def _system(turns: Sequence[Turn]) -> Json:
    words: list[Json] = [
        {"text": part} for turn in turns if turn.role == "system" for part in turn.parts if isinstance(part, str)
    ]
    return {"parts": words} if words else None


def _honoured(knobs: Sequence[tuple[str, Knob]]) -> Tree:
    return {_CONFIG[name]: value for name, value in knobs if name in _CONFIG}


def _reply(fields: Fields) -> Reply:
    candidates = fields.objects("candidates")
    feedback = fields.nested("promptFeedback")
    units = _units(fields.nested("usageMetadata"))
    if not candidates:
        reason, said = feedback.text("blockReason"), feedback.text("blockReasonMessage") or ""
        return Reply(withheld=prompt_blocked(reason, said) if reason else NOTHING, units=units)
    reason = (candidates[0].text("finishReason") or "").upper()
    said = candidates[0].text("finishMessage") or ""
    parts = tuple(_parts(candidates[0].nested("content").objects("parts")))
    reply = Reply(parts, units=units)
    return reply if reply.files else replace(reply, withheld=picture_withheld(reason, said) or "")


def _parts(parts: Sequence[Fields]) -> list[str | File]:
    """Words and pictures, less those that the engine only thought of."""
    found: list[str | File] = []
    for part in parts:
        if part.flag("thought"):
            continue
        if text := part.text("text"):
            found.append(text)
        if "inlineData" in part:
            data = part.nested("inlineData")
            file = read_file(data, "data", data.text("mimeType") or "")
            found.append(replace(file, signature=read_signature(part)))
        elif "fileData" in part:
            data = part.nested("fileData")
            found.append(File(data.text("mimeType") or "", uri=data.text("fileUri") or ""))
    return found


def _units(usage: Fields) -> Units:
    """What the engine counted. Thoughts are sold as output."""
    thoughts = usage.tally("thoughtsTokenCount")
    spoken = usage.tally("candidatesTokenCount")
    return Units(input_tokens=usage.tally("promptTokenCount"), output_tokens=spoken + thoughts)

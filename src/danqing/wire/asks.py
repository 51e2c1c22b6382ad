"""What a request amounts to, in any dialect: a generation, the files that came with it, how the answer is wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from danqing.domain.callbacks import Callback
from danqing.domain.errors import invalid
from danqing.domain.generation import Generation, Person, Turn
from danqing.wire.inline import Upload

Role = Literal["system", "user", "model"]
Part = str | Upload

_PERSONS = {
    "allow_all": Person.ALL,
    "allow_adult": Person.ADULT,
    "dont_allow": Person.NONE,
    "allow_none": Person.NONE,  # the spelling of generateContent (wire.md 15.2)
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. Its `uploads` are to be stored before the generation is submitted.

    `with_reasons`: a filtered picture is to be told in its place instead of failing the call (Imagen's
    includeRaiReason). `callback`: who is told how it ended, where the dialect has words for that.
    """

    generation: Generation
    uploads: tuple[Upload, ...] = ()
    with_reasons: bool = False
    callback: Callback | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation as it was read, with the files that came in it."""

    role: Role
    parts: tuple[Part, ...]
    signatures: tuple[str, ...] = ()

    def uploads(self) -> Iterator[Upload]:
        """Its files."""
        return (part for part in self.parts if isinstance(part, Upload))

    def turn(self) -> Turn:
        """What the domain makes of it."""
        parts = tuple(part.blob if isinstance(part, Upload) else part for part in self.parts)
        return Turn(self.role, parts, self.signatures)


def read_person(word: str | None) -> Person | None:
    """Whether people may be drawn. google-genai sends capitals for pictures and what the user wrote for films."""
    if word is None:
        return None
    person = _PERSONS.get(word.lower())
    if person is None:
        allowed = ", ".join(Person)
        raise invalid(f"{word[:100]!r} is not a value for people. Allowed: {allowed}.", param="person")
    return person

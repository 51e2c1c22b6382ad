"""The one request and the one result: what a client asks for in any dialect, and what an engine delivered."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from danqing.domain.media import Blob, Medium

Knob = str | int | float | bool
PREVIEWS = "partial_images"  # the knob by which previews are asked for: how many, at the most


class Person(StrEnum):
    """Whether people may be drawn: anybody, grown-ups only, nobody."""

    ALL = "allow_all"
    ADULT = "allow_adult"
    NONE = "dont_allow"


class Translate(StrEnum):
    """Whether a prompt is translated that the model does not understand."""

    AUTO = "auto"  # translated if it can be; else the author's words are sent, and that is told
    OFF = "off"  # never
    REQUIRE = "require"  # translated, or nothing is made


class Preflight(StrEnum):
    """What becomes of what is found in a request before it costs anything."""

    REPORT = "report"  # it is told
    STRICT = "strict"  # all that is more than a hint is refused


class Task(StrEnum):
    """What is done with the pictures or the film that are given, where the prompt alone does not say it."""

    EDIT = "edit"  # what the prompt says is changed, inside the mask if there is one; the rest stays
    INSERT = "insert"  # what the prompt says is put in where the mask is
    REMOVE = "remove"  # what the mask covers is taken away
    OUTPAINT = "outpaint"  # the picture goes on where the mask is, beyond its old edges
    BACKGROUND = "background"  # all but the subject becomes what the prompt says
    UPSCALE = "upscale"  # the same with more pixels
    EXTEND = "extend"  # the film goes on from its last frame


class Role(StrEnum):
    """What a picture is given for, where it is more than the next thing that was said."""

    BASE = "base"  # it is what is changed
    SUBJECT = "subject"  # who or what is to be seen
    STYLE = "style"  # how it is to look
    CONTROL = "control"  # where its lines are to run
    CONTENT = "content"  # what is to be seen in the style of another


class Area(StrEnum):
    """Which part of the first picture may change, when the maker is to find it and no mask says it."""

    BACKGROUND = "background"
    FOREGROUND = "foreground"
    SEMANTIC = "semantic"  # whatever belongs to the classes that are named


class Delivery(StrEnum):
    """How files are handed out, by dialects that leave that open."""

    INLINE = "inline"  # inside the answer
    URI = "uri"  # by the address that they are downloaded from


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation: its words and pictures in the order in which they were written.

    `signatures` are what a model signed its parts with, in their order, "" for none; it may want them back. None of
    them: nothing was signed.
    """

    role: Literal["system", "user", "model"]
    parts: tuple[str | Blob, ...]
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What is asked for. None means "the model's default"; `fit` fills it in.

    `size` is the vendor's word for resolution ("1K", "2K", "720p"). `knobs` are parameters that the dialect knows but
    the domain does not act on (guidanceScale, temperature …): an engine may honour them by name, what it does not
    honour is reported on the job. `pixels` is "1536x1024" where the very size is asked for; `fit` says it in `aspect`
    and `size` too, for engines that are not asked in pixels. `mask` says where in the first picture something may
    change: where it is transparent, or white if it is opaque; in its place `area` says what is to be found there.
    `film` is what `task` is done to when it is not a picture, and `film_ms` its length, 0 when that is not known.
    `roles` are those of the pictures, one for each, or none. `factor` is how many times as long the sides of a picture
    become by Task.UPSCALE. `audio`: whether a film is to have sound; it follows from the model and its knob
    generateAudio. `follows` is the job whose conversation it goes on with, which its turns begin with. `advised`: the
    sentences on why this model was chosen, none when the caller has named it. `sketch`: in place of the model's work a
    sketch of it is wanted, which costs nothing. `words_only`: nothing is made; what the engine would be sent in the
    place of the author's words is delivered, to be read before anything else is paid for.
    """

    model: str
    turns: tuple[Turn, ...]
    wants: frozenset[Medium]
    count: int | None = None
    aspect: str | None = None
    size: str | None = None
    pixels: str | None = None
    seconds: int | None = None
    seed: int | None = None
    person: Person | None = None
    negative: str = ""
    mime: str | None = None
    quality: int | None = None
    audio: bool | None = None
    first_frame: Blob | None = None
    last_frame: Blob | None = None
    mask: Blob | None = None
    area: Area | None = None
    film: Blob | None = None
    film_ms: int = 0
    task: Task | None = None
    roles: tuple[Role, ...] = ()
    factor: int | None = None
    delivery: Delivery | None = None
    follows: str = ""
    translate: Translate | None = None
    preflight: Preflight | None = None
    sketch: bool = False
    words_only: bool = False
    knobs: tuple[tuple[str, Knob], ...] = ()
    advised: tuple[str, ...] = ()

    @property
    def prompt(self) -> str:
        """The words of the last user turn."""
        return "\n".join(part for part in self._last_user() if isinstance(part, str)).strip()

    @property
    def instruction(self) -> str:
        """All that people said, for an engine that takes one prompt and no conversation."""
        said = [part for turn in self.turns if turn.role != "model" for part in turn.parts if isinstance(part, str)]
        return "\n".join(said).strip()

    @property
    def asking(self) -> int:
        """Where the turn stands that asks: the user's last one, or the last of all when none is the user's."""
        return max((at for at, turn in enumerate(self.turns) if turn.role == "user"), default=-1)

    @property
    def pictures(self) -> tuple[Blob, ...]:
        """Every picture of the conversation, in order: those given by the user and those that were made before."""
        return tuple(part for turn in self.turns for part in turn.parts if isinstance(part, Blob))

    @property
    def words(self) -> str:
        """All words of the conversation; what the prompt's tokens are counted on."""
        return "\n".join(part for turn in self.turns for part in turn.parts if isinstance(part, str))

    def blobs(self) -> Iterator[Blob]:
        """Every file that the request needs."""
        yield from self.pictures
        yield from (blob for blob in (self.first_frame, self.last_frame, self.mask, self.film) if blob)

    def with_files(self, find: Callable[[Blob], Blob]) -> "Generation":
        """The same with other files in the places of those it has."""

        def found(blob: Blob | None) -> Blob | None:
            return find(blob) if blob else None

        def turned(turn: Turn) -> Turn:
            return replace(turn, parts=tuple(part if isinstance(part, str) else find(part) for part in turn.parts))

        return replace(
            self,
            turns=tuple(map(turned, self.turns)),
            first_frame=found(self.first_frame),
            last_frame=found(self.last_frame),
            mask=found(self.mask),
            film=found(self.film),
        )

    def parameters(self) -> dict[str, Knob]:
        """What was asked for besides the prompt, its pictures and the knobs; what was left out is left out here too."""
        named = {
            "count": self.count,
            "aspect": self.aspect,
            "size": self.size,
            "pixels": self.pixels,
            "seconds": self.seconds,
            "seed": self.seed,
            "person": self.person,
            "negative": self.negative or None,
            "mime": self.mime,
            "quality": self.quality,
            "task": self.task,
            "area": self.area,
            "factor": self.factor,
            "sketch": self.sketch or None,
            "words_only": self.words_only or None,
        }
        return {name: value for name, value in named.items() if value is not None}

    def _last_user(self) -> tuple[str | Blob, ...]:
        return next((turn.parts for turn in reversed(self.turns) if turn.role == "user"), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One thing that was delivered: words, a picture or a film.

    `file` is the name it can be downloaded by, `[a-z0-9]+`, given by the gateway. `seed` makes it again. `drawn` and
    `missing` are what the engine says of its own work, in the words of the prompt. `tokens` is 0 when the engine does
    not count them. `signature` is the engine's, opaque, and goes back to it when the conversation goes on. `gone` is
    since when its file has been taken away. `given_ms` is how much of a film was given and not made.
    """

    medium: Medium
    blob: Blob | None = None
    text: str = ""
    file: str = ""
    width: int = 0
    height: int = 0
    duration_ms: int = 0
    given_ms: int = 0
    fps: int = 0
    audio: bool = False
    seed: int | None = None
    tokens: int = 0
    drawn: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    signature: str = ""
    gone: datetime | None = None

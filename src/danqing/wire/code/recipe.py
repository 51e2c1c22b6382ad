"""What a piece of code has to say so that the same is made again, and a count of what was not said yet."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from danqing.domain.generation import Generation, Knob, Task
from danqing.domain.media import Blob, Linked, Medium
from danqing.domain.models import Model
from danqing.domain.money import show
from danqing.domain.wording import ENHANCE
from danqing.wire import bodies

ONCE = "idempotency-key"
FAMILIES = {"image/png": "png", "image/jpeg": "jpeg", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class Given:
    """A file that the work begins with: of the key, by its `file` name; on the web; or else on the reader's own disk.

    `path` is what it is called there.
    """

    blob: Blob
    path: str
    file: str = ""

    @property
    def url(self) -> str:
        """Where on the web it is; "" when it is not."""
        return self.blob.url if isinstance(self.blob, Linked) else ""

    @property
    def named(self) -> str:
        """How Danqing knows it, "files/NAME"."""
        return f"files/{self.file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A request that a model takes, in as few words as it takes.

    `base` is the server's address, `files` the names under which the key can fetch what it is asked with, by their
    hash, `most` what it may cost, in nano-dollars.
    """

    generation: Generation
    model: Model
    base: str
    files: Mapping[str, str]
    most: int

    @property
    def makes_film(self) -> bool:
        """Whether it makes a film."""
        return Medium.VIDEO in self.generation.wants

    @property
    def plain(self) -> bool:
        """Whether one prompt says it, with pictures after it or none: no conversation."""
        turns = self.generation.turns
        words = [isinstance(part, str) for turn in turns for part in turn.parts]
        return len(turns) == 1 and turns[0].role == "user" and sum(words) <= 1 and not any(words[1:])

    @property
    def ordered(self) -> bool:
        """Whether it matters in which order words and pictures stand, because somebody reads them as a conversation."""
        return not self.plain and (self.model.conversational or len(self.generation.turns) > 1)

    def pictures(self) -> list[Given]:
        """Those of the conversation, in their order."""
        blobs = self.generation.pictures
        return [self._given(blob, f"picture-{at}") for at, blob in enumerate(blobs, 1)]

    def given(self, field: str) -> Given | None:
        """The file in a field of the request: `first_frame`, `last_frame`, `mask` or `film`."""
        blob: Blob | None = getattr(self.generation, field)
        return self._given(blob, field.replace("_", "-")) if blob else None

    def own_files(self) -> list[str]:
        """What the reader has to have beside the code, since it is not here to be fetched."""
        fields = ("first_frame", "last_frame", "mask", "film")
        found = [*self.pictures(), *(given for field in fields if (given := self.given(field)))]
        return list(dict.fromkeys(given.path for given in found if not (given.file or given.url)))

    def headers(self, dialect: str) -> dict[str, str]:
        """What is said beside the request: the most that it may cost, and the name under which it is made once.

        The same body under the same name is the same job, and each dialect has bodies of its own.
        """
        told = (replace(self.generation, wants=frozenset()), sorted(self.generation.wants), dialect)
        name = hashlib.sha256(repr(told).encode()).hexdigest()[:16]
        return {"x-danqing-max-cost": show(self.most), ONCE: f"{dialect}-{name}"}

    def _given(self, blob: Blob, path: str) -> Given:
        suffix = blob.suffix if blob.suffix != "bin" else "png"
        return Given(blob, f"{path}.{suffix}", self.files.get(blob.sha256, ""))


class Unsaid:
    """What of a request is not said yet. What is left at the end is what a dialect lacks."""

    def __init__(self, recipe: Recipe) -> None:
        generation, knobs = recipe.generation, dict(recipe.generation.knobs)
        enhance = knobs.pop(ENHANCE, None)
        self._left: dict[str, Knob] = generation.parameters()
        if generation.task is Task.EDIT and generation.pictures:
            del self._left["task"]  # which is what becomes of pictures anyway
        self._left |= {f"knobs.{name}": value for name, value in knobs.items()}
        beside = {"translate": generation.translate, "preflight": generation.preflight, "enhance": enhance}
        self._left |= {name: value for name, value in beside.items() if value is not None}
        self._left |= dict.fromkeys(_inputs(recipe), True)

    def take(self, name: str) -> Knob | None:
        """Say this; None when there is nothing of it to be said."""
        return self._left.pop(name, None)

    def take_if(self, name: str, value: Knob) -> bool:
        """Say this if it is just this value."""
        said = self._left.get(name) == value
        if said:
            del self._left[name]
        return said

    def is_text(self, name: str) -> bool:
        """Whether it is words."""
        return isinstance(self._left.get(name), str)

    def take_all(self, *names: str) -> None:
        """Say these, whatever there is of them."""
        for name in names:
            self._left.pop(name, None)

    def named(self, names: Mapping[str, str]) -> dict[str, Knob]:
        """Say all of these, each under another name."""
        return {word: self._left.pop(name) for name, word in names.items() if name in self._left}

    def knobs(self) -> dict[str, Knob]:
        """Say all knobs that are left."""
        names = [name for name in self._left if name.startswith("knobs.")]
        return {name.removeprefix("knobs."): self._left.pop(name) for name in names}

    def wishes(self) -> dict[str, str]:
        """Say in headers what has a header: whether the prompt is translated or enriched, how strictly it is read."""
        said = self.named({name: f"danqing-{name}" for name in ("translate", "preflight", "enhance", "sketch")})
        return {name: value if isinstance(value, str) else bodies.compact(value) for name, value in said.items()}

    def lacks(self) -> tuple[str, ...]:
        """What was not said."""
        return tuple(self._left)


def _inputs(recipe: Recipe) -> Iterator[str]:
    generation = recipe.generation
    if generation.pictures:
        yield "pictures"
    if generation.roles:
        yield "roles"
    if recipe.ordered:
        yield "turns"
    for field in ("first_frame", "last_frame", "mask", "film"):
        if getattr(generation, field):
            yield field

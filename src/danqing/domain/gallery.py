"""What was delivered, as people look for it: by words, kind, model, shape and day, and on boards of their own."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from danqing.domain.errors import invalid
from danqing.domain.generation import Output
from danqing.domain.jobs import Job, State
from danqing.domain.media import Blob, Medium
from danqing.domain.sight import Sight

WORDS_MAX = 4_000  # characters that are searched of each output
TERMS_MAX = 8
TERM_CHARACTERS_MAX = 100
_RATIO = re.compile(r"([0-9]{1,4}):([0-9]{1,4})")
_UNSPEAKABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # what not every database keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSearch:
    """Which jobs are looked for; what is empty does not choose. `since` is in, `until` is not; costs are nano-dollars.

    The newest come first, unless they are wanted the other way round.
    """

    states: frozenset[State] = frozenset()
    models: frozenset[str] = frozenset()
    medium: Medium | None = None
    since: datetime | None = None
    until: datetime | None = None
    cost_min: int | None = None
    cost_max: int | None = None
    oldest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSearch:
    """Which files are looked for. Each of `terms` stands somewhere in the words of the file.

    `ratio` is a width to a height, met within two in a hundred; `board` is the id of one. A cost is what the file's job
    was charged, in nano-dollars.
    """

    terms: tuple[str, ...] = ()
    models: frozenset[str] = frozenset()
    medium: Medium | None = None
    ratio: tuple[int, int] | None = None
    since: datetime | None = None
    until: datetime | None = None
    starred: bool | None = None
    board: str | None = None
    cost_min: int | None = None
    cost_max: int | None = None


ANY_JOB = JobSearch()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A delivered file and the job that made it. `starred` is since when, `boards` are the ids of those it is on."""

    output: Output
    job: Job
    starred: datetime | None = None
    boards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Where a file comes from and what was made of it, as far as it is in sight: the files that its job was asked with,
    by their hash, and the newest jobs that were asked with it."""

    sources: Mapping[str, str]
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A named collection of a key's files; `assets` is how many of them are still there."""

    id: str
    key: str
    name: str
    created: datetime
    assets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A link by which anybody sees a file, until it expires or is revoked."""

    id: str
    key: str
    file: str
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a file carries of where it comes from: a C2PA manifest, which nobody has checked here, and our own story."""

    signed: bool
    story: bool


Inspect = Callable[[Blob], Awaitable[Provenance]]
"""Looks into a stored file. Raises Problem(NOT_FOUND)."""


class Gallery(Protocol):
    """Delivered files as they are looked for; what is not in sight is not there."""

    async def assets(self, sight: Sight, search: AssetSearch, *, limit: int, before: str | None = None) -> list[Asset]:
        """Files, newest first; `before` is the name of the last one seen. Raises Problem(NOT_FOUND) for it."""

    async def asset(self, sight: Sight, name: str) -> Asset | None:
        """One of them."""

    async def lineage(self, sight: Sight, hashes: Collection[str], sha256: str, *, limit: int) -> Lineage:
        """The files with these hashes, and the jobs that were asked with `sha256`, newest first."""

    async def same(self, sight: Sight, sha256: str) -> Asset | None:
        """The newest file with this content."""

    async def star(self, sight: Sight, name: str, at: datetime | None) -> bool:
        """Mark a file, or take its mark away. False when there is none."""


class Boards(Protocol):
    """What files are put on; what is not in sight is not there."""

    async def boards(self, sight: Sight) -> list[Board]:
        """All of them, by name."""

    async def add_board(self, board: Board) -> None:
        """A new one."""

    async def rename_board(self, sight: Sight, id: str, name: str) -> bool:
        """Another name for it. False when there is none."""

    async def remove_board(self, sight: Sight, id: str) -> bool:
        """Take it down; its files stay. False when there is none."""

    async def pin(self, sight: Sight, id: str, names: Sequence[str], at: datetime) -> bool:
        """Put files on it. False, and nothing is, when the board or one of the files is not there."""

    async def unpin(self, sight: Sight, id: str, names: Sequence[str]) -> bool:
        """Take files off it. False when there is no such board."""


class Shares(Protocol):
    """Links that were given away."""

    async def add_share(self, share: Share) -> None:
        """A new one."""

    async def shares(self, sight: Sight, name: str, at: datetime) -> list[Share]:
        """Those of a file that are still good, newest first."""

    async def shared(self, id: str, at: datetime) -> tuple[Share, Job] | None:
        """A link that is still good, and the job of its file; a key that was revoked shows nothing."""

    async def unshare(self, sight: Sight, id: str) -> bool:
        """Revoke a link. False when there is none such in sight."""


def words_of(job: Job, output: Output) -> str:
    """What a file is found by: the prompt as it was written and as it was sent, its parameters, what was drawn."""
    generation = job.generation
    told = {**generation.parameters(), **dict(generation.knobs), "model": generation.model}
    parts = (
        generation.prompt,
        job.prompt,
        generation.negative,
        *(f"{name}:{value}" for name, value in told.items() if name != "negative"),
        *output.drawn,
    )
    return folded(" ".join(parts))[:WORDS_MAX]


def folded(text: str) -> str:
    """Text as it is compared: without capitals, full-width letters, control characters and runs of blanks."""
    plain = unicodedata.normalize("NFKC", _UNSPEAKABLE.sub(" ", text)).casefold()
    return " ".join(_UNSPEAKABLE.sub(" ", plain).split())


def terms_of(query: str) -> tuple[str, ...]:
    """The words of a search, each to be found. Raises Problem(INVALID)."""
    terms = tuple(dict.fromkeys(folded(query).split(" "))) if query.strip() else ()
    if len(terms) > TERMS_MAX or any(len(term) > TERM_CHARACTERS_MAX for term in terms):
        message = f"Search for at most {TERMS_MAX} words of {TERM_CHARACTERS_MAX} characters each."
        raise invalid(message, param="q")
    return tuple(term for term in terms if term)


def read_ratio(text: str) -> tuple[int, int]:
    """A ratio such as "16:9". Raises Problem(INVALID)."""
    found = _RATIO.fullmatch(text)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (width and height):
        raise invalid('ratio is a width to a height, such as "16:9".', param="ratio")
    return width, height

"""The shapes of answers about delivered files, boards and links."""

from typing import Any

from danqing.wire.answers.jobs import Output
from danqing.wire.answers.shapes import Change, Money, Parameters, Shape, Whose


class Asset(Output):
    """A delivered file, and what it was made from in short."""

    thumbnails: dict[str, str]
    model: str
    prompt: str
    created: str
    starred: str | None
    boards: list[str]
    job: str
    key: Whose
    sketch: bool
    test: bool


class Assets(Shape):
    """A page; `next` is what to give as `before` for the one after it."""

    assets: list[Asset]
    next: str | None


class Source(Shape):
    """A file that a job was asked with; `file` is its name if it was made here."""

    file: str | None
    sha256: str


class AssetStory(Asset):
    """A file with its recipe (a body for POST /api/jobs), what it was made from and what was made of it."""

    rewritten: str
    parameters: Parameters
    changes: list[Change]
    ignored: list[str]
    served_by: list[str]
    charged: Money
    recipe: dict[str, Any]
    sources: list[Source]
    used_by: list[str]


class Sent(Shape):
    """A file that was sent; `address` is what requests name it by until it expires. Only a film has `seconds`."""

    file: str
    address: str
    mime: str
    bytes: int
    seconds: float | None
    expires: str | None


class Provenance(Shape):
    """What a file carries: content credentials (C2PA), which nobody has checked here, and its own story."""

    signed: bool
    story: bool


class Deleted(Shape):
    """Which file was taken away, and the job that made it."""

    deleted: str
    job: str


class Recognised(Shape):
    """What a file tells of itself; `recipe` is a body for POST /api/jobs, `asset` the file that the key sees."""

    recognised: bool
    story: dict[str, Any] | None
    recipe: dict[str, Any] | None
    asset: Asset | None
    job: str | None


class Board(Shape):
    """A named collection; `assets` is how many files are on it."""

    id: str
    name: str
    created: str
    assets: int
    key: Whose


class Boards(Shape):
    """All boards that the key sees, by name."""

    boards: list[Board]


class Share(Shape):
    """A link that anybody may open until it expires."""

    id: str
    file: str
    url: str
    created: str
    expires: str


class Shares(Shape):
    """The links to a file that are still good."""

    shares: list[Share]

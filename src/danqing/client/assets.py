"""Everything delivered that a key sees: searched, shown small, marked, given to others, taken away."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import msgspec

from danqing.client.delivered import AsyncFile
from danqing.client.told import Change, Money, Output, Whose
from danqing.client.transport import Transport, quoted

PAGE = 50


class Asset(Output, frozen=True, kw_only=True):
    """A delivered file with what it was made from, in short. `starred`: since when; `boards`: their ids."""

    model: str
    prompt: str
    created: str
    starred: str | None = None
    boards: tuple[str, ...] = ()
    job: str
    key: Whose | None = None
    sketch: bool
    test: bool


class Source(msgspec.Struct, frozen=True):
    """One thing that a file was made from; `file` is its name, if it is one that the key sees."""

    file: str | None
    sha256: str


class Story(Asset, frozen=True, kw_only=True):
    """A delivered file with everything that it was made from. `recipe` is the body of a job that asks for it again."""

    rewritten: str
    parameters: dict[str, object]
    changes: tuple[Change, ...] = ()
    ignored: tuple[str, ...] = ()
    served_by: tuple[str, ...] = ()
    charged: Money
    recipe: dict[str, object]
    sources: tuple[Source, ...] = ()
    used_by: tuple[str, ...] = ()


class Share(msgspec.Struct, frozen=True):
    """A link that anybody may open until it `expires` or is revoked."""

    id: str
    file: str
    url: str
    created: str
    expires: str


class _Page(msgspec.Struct):
    assets: tuple[Asset, ...]
    next: str | None = None


class _Shares(msgspec.Struct):
    shares: tuple[Share, ...]


class _Deleted(msgspec.Struct):
    deleted: str


class _Revoked(msgspec.Struct):
    revoked: str


class AsyncAssets:
    """The gallery of the key."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def search(
        self,
        words: str = "",
        *,
        kind: Literal["image", "video"] | None = None,
        model: str | None = None,
        ratio: str | None = None,
        since: str | None = None,
        until: str | None = None,
        starred: bool | None = None,
        board: str | None = None,
        key: str | None = None,
        cost_min: str | None = None,
        cost_max: str | None = None,
        limit: int | None = None,
    ) -> AsyncGenerator[Asset]:
        """Files, newest first, whose prompts and parameters hold all of the words; as many as there are, or `limit`.

        `ratio` such as "16:9"; `since` and `until` are days or moments in ISO's spelling; `key` is the id of one whose
        files this one sees; costs are dollars as text.
        """
        chosen = {"q": words, "kind": kind, "model": model, "ratio": ratio, "since": since, "until": until}
        chosen |= {"board": board, "key": key, "cost_min": cost_min, "cost_max": cost_max}
        asked = {name: value for name, value in chosen.items() if value}
        if starred is not None:
            asked["starred"] = str(starred).lower()
        left, before = limit, ""
        while left is None or left > 0:
            most = PAGE if left is None else min(PAGE, left)
            query = urlencode({**asked, "limit": most, **({"before": before} if before else {})})
            page = await self._transport.ask("GET", f"assets?{query}", _Page)
            for asset in page.assets:
                yield asset
            if not page.next:
                return
            before, left = page.next, None if left is None else left - len(page.assets)

    async def get(self, name: str) -> Story:
        """One file with its recipe, what it was made from, and what was made of it."""
        return await self._transport.ask("GET", f"assets/{quoted(name)}", Story)

    def file(self, told: Output, prompt: str = "") -> AsyncFile:
        """A file that the server told of, to be saved or held; in a folder it is named after the prompt."""
        return AsyncFile(self._transport, told, prompt or (told.prompt if isinstance(told, Asset) else ""))

    async def download(self, name: str, path: str | Path) -> None:
        """Save a file at `path`, whole or not at all; what is there is replaced."""
        await self._transport.download(f"files/{quoted(name)}", Path(path))

    async def thumbnail(self, name: str, size: Literal[256, 512] = 256) -> bytes:
        """A small picture of a file, WebP; of a film its first frame."""
        return await self._transport.bytes(f"assets/{quoted(name)}/thumbnail?size={size}")

    async def star(self, name: str, *, on: bool = True) -> Asset:
        """Mark a file, or take its mark away."""
        return await self._transport.ask("PUT" if on else "DELETE", f"assets/{quoted(name)}/star", Asset)

    async def share(self, name: str, hours: int = 24) -> Share:
        """A link by which anybody sees a file for so long."""
        return await self._transport.ask_once("POST", f"assets/{quoted(name)}/share", Share, body={"hours": hours})

    async def shares(self, name: str) -> tuple[Share, ...]:
        """The links to a file that are still good."""
        return (await self._transport.ask("GET", f"assets/{quoted(name)}/shares", _Shares)).shares

    async def unshare(self, id: str) -> None:
        """Revoke a link at once."""
        await self._transport.ask("DELETE", f"shares/{quoted(id)}", _Revoked)

    async def delete(self, name: str) -> None:
        """Take a file away at once; its job and its bill stay."""
        await self._transport.ask_once("DELETE", f"assets/{quoted(name)}", _Deleted)

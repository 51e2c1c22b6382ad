"""Delivered files: found, shown small, marked, put on boards, shown to others, packed together, and recognised."""

from collections.abc import Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from danqing.dialects.native.calls import Call, Subject
from danqing.dialects.native.reading import asset_search, limit, whole, words
from danqing.domain.errors import Kind, Problem
from danqing.domain.gallery import Asset, Board
from danqing.domain.keys import Key
from danqing.domain.media import Blob
from danqing.front import Front, Reply
from danqing.front.bundle import bundle
from danqing.wire import gallery
from danqing.wire.answers import assets, shapes
from danqing.wire.holes import Json, Tree
from danqing.wire.openapi import FILES

PAGE = 50
DISCREET = {"cache-control": "private, no-cache", "x-robots-tag": "noindex", "referrer-policy": "no-referrer"}


class Assets:
    """What was delivered to a key."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def calls(self) -> list[Call]:
        """What can be asked."""
        call, chosen = Subject("assets").call, "q model kind ratio since until starred board key cost_min cost_max"
        return [
            call(
                "GET /assets",
                self.listed,
                assets.Assets,
                query=f"{chosen} limit before",
            ),
            call("GET /assets/{file}", self.get, assets.AssetStory),
            call("DELETE /assets/{file}", self.delete, assets.Deleted),
            call("PUT /assets/{file}/star", self.star, assets.Asset),
            call("DELETE /assets/{file}/star", self.unstar, assets.Asset),
            call("GET /assets/{file}/provenance", self.provenance, assets.Provenance),
            call("GET /assets/{file}/thumbnail", self.thumbnail, mimes=("image/webp",), query="size"),
            call("POST /assets/{file}/share", self.share, assets.Share, status=201, body=gallery.ShareRequest),
            call("GET /assets/{file}/shares", self.shares, assets.Shares),
            call("DELETE /shares/{share}", self.unshare, shapes.Revoked),
            call("GET /shared/{link}", self.shared, mimes=FILES, query="attach", who="anybody"),
            call("GET /zip", self.pack, mimes=("application/zip",), query="name board"),
            call("POST /recognise", self.recognise, assets.Recognised, raw=True),
            call("GET /boards", self.boards, assets.Boards),
            call("POST /boards", self.add_board, assets.Board, status=201, body=gallery.BoardRequest),
            call("PATCH /boards/{board}", self.rename_board, assets.Board, body=gallery.BoardRequest),
            call("DELETE /boards/{board}", self.remove_board, shapes.Removed),
            call("POST /boards/{board}/assets", self.pin, assets.Board, body=gallery.PinRequest),
            call("DELETE /boards/{board}/assets/{file}", self.unpin, assets.Board),
        ]

    async def listed(self, request: Request) -> Reply:
        """The pictures and films that the key sees, newest first, searched by words and chosen by what they are."""
        key = await self._front.key(request)
        most, before = limit(request, PAGE), request.query_params.get("before")
        search, whose = asset_search(request), words(request, "key")
        rows = await self._front.curator.assets(key, search, limit=most, before=before, whose=whose)
        base, names = self._base(request), await self._names(key, *rows)
        told: list[Json] = [gallery.asset(row, base, names) for row in rows]
        last = rows[-1].output.file if rows else ""
        return Reply.of(gallery.page(told, last, full=len(rows) == most, name="assets"))

    async def get(self, request: Request) -> Reply:
        """One of them, with its recipe, what it was made from, and what was made of it."""
        key = await self._front.key(request)
        row = await self._front.curator.asset(key, request.path_params["file"])
        lineage = await self._front.curator.lineage(key, row)
        return Reply.of(gallery.story(row, lineage, self._base(request), await self._names(key, row)))

    async def delete(self, request: Request) -> Reply:
        """Take a file away at once; its job and its bill stay, for the books."""
        key = await self._front.key(request)
        job = await self._front.curator.delete(key, request.path_params["file"])
        return Reply.of({"deleted": request.path_params["file"], "job": job.id})

    async def star(self, request: Request) -> Reply:
        """Mark a file."""
        return await self._starred(request, on=True)

    async def unstar(self, request: Request) -> Reply:
        """Take the mark away."""
        return await self._starred(request, on=False)

    async def provenance(self, request: Request) -> Reply:
        """What a file itself carries of where it comes from; a signature is told of, and not checked."""
        key = await self._front.key(request)
        return Reply.of(gallery.provenance(await self._front.curator.provenance(key, request.path_params["file"])))

    async def thumbnail(self, request: Request) -> Response:
        """A small picture of a file, WebP, its longer side `size` pixels; of a film its first frame."""
        key = await self._front.key(request)
        side = whole(request.query_params.get("size", "256"), "size")
        data, row = await self._front.curator.thumbnail(key, request.path_params["file"], side)
        assert row.output.blob is not None, "what has a thumbnail has a file"
        headers = {
            "etag": f'"{row.output.blob.sha256}-{side}"',
            "cache-control": "private, max-age=31536000, immutable",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
        }
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(data, headers=headers, media_type="image/webp")

    async def pack(self, request: Request) -> Response:
        """Several files as one zip: `name` for each of them, or `board` for all that are on it."""
        key = await self._front.key(request)
        rows = await self._front.curator.chosen(key, words(request, "name"), request.query_params.get("board"))
        headers = {"content-disposition": 'attachment; filename="danqing.zip"', "x-content-type-options": "nosniff"}
        content = bundle(self._front.gateway.assets, [_packed(row) for row in rows])
        return StreamingResponse(content, headers=headers, media_type="application/zip")

    async def recognise(self, request: Request) -> Reply:
        """Whether a file was made here or by another Danqing, and how; the body is the file itself."""
        key = await self._front.key(request)
        told, found = await self._front.curator.recognise(key, await self._front.body(request))
        job = await self._mentioned(key, told.get("job")) if told and not found else None
        names = await self._names(key, found) if found else {}
        return Reply.of(gallery.recognised(told, found, job, self._base(request), names))

    async def share(self, request: Request) -> Reply:
        """A link by which anybody sees a file, for some `hours`; it can be revoked."""
        key = await self._front.key(request)
        wanted = gallery.read_share(await self._front.body(request))
        row = await self._front.curator.share(key, request.path_params["file"], wanted.hours)
        return Reply.of(gallery.share(row, self._link(request, row.id)), status=201)

    async def shares(self, request: Request) -> Reply:
        """The links to a file that are still good."""
        key = await self._front.key(request)
        rows = await self._front.curator.shares(key, request.path_params["file"])
        return Reply.of({"shares": [gallery.share(row, self._link(request, row.id)) for row in rows]})

    async def unshare(self, request: Request) -> Reply:
        """Revoke a link at once."""
        key = await self._front.key(request)
        await self._front.curator.unshare(key, request.path_params["share"])
        return Reply.of({"revoked": request.path_params["share"]})

    async def shared(self, request: Request) -> Response:
        """The file behind a link; no key is needed. `?attach` has browsers save it."""
        output, job = await self._front.curator.shared(request.path_params["link"])
        answer = await self._front.download(request, output, job, attach="attach" in request.query_params)
        answer.headers.update(DISCREET)
        return answer

    async def boards(self, request: Request) -> Reply:
        """The boards that the key sees, by name."""
        key = await self._front.key(request)
        rows = await self._front.curator.boards(key)
        names = await self._front.accounts.names(key, [row.key for row in rows])
        return Reply.of({"boards": [gallery.board(row, names) for row in rows]})

    async def add_board(self, request: Request) -> Reply:
        """A new board."""
        key = await self._front.key(request)
        wanted = gallery.read_board(await self._front.body(request))
        return Reply.of(await self._board(key, await self._front.curator.add_board(key, wanted.name)), status=201)

    async def rename_board(self, request: Request) -> Reply:
        """Another name for a board."""
        key = await self._front.key(request)
        wanted = gallery.read_board(await self._front.body(request))
        board = await self._front.curator.rename_board(key, request.path_params["board"], wanted.name)
        return Reply.of(await self._board(key, board))

    async def remove_board(self, request: Request) -> Reply:
        """Take a board down; its files stay."""
        key = await self._front.key(request)
        await self._front.curator.remove_board(key, request.path_params["board"])
        return Reply.of({"removed": request.path_params["board"]})

    async def pin(self, request: Request) -> Reply:
        """Put files on a board: all of them, or none when one is not there."""
        key = await self._front.key(request)
        wanted = gallery.read_pin(await self._front.body(request))
        board = await self._front.curator.pin(key, request.path_params["board"], wanted.assets, on=True)
        return Reply.of(await self._board(key, board))

    async def unpin(self, request: Request) -> Reply:
        """Take a file off a board."""
        key = await self._front.key(request)
        id, name = request.path_params["board"], request.path_params["file"]
        return Reply.of(await self._board(key, await self._front.curator.pin(key, id, [name], on=False)))

    async def _mentioned(self, key: Key, id: object) -> str | None:
        """The id of the job that a file speaks of, if the key sees one."""
        try:
            return (await self._front.gateway.job(key, str(id).replace("\0", ""))).id
        except Problem as problem:
            if problem.kind is not Kind.NOT_FOUND:
                raise
            return None

    async def _starred(self, request: Request, *, on: bool) -> Reply:
        key = await self._front.key(request)
        row = await self._front.curator.star(key, request.path_params["file"], on=on)
        return Reply.of(gallery.asset(row, self._base(request), await self._names(key, row)))

    async def _board(self, key: Key, board: Board) -> Tree:
        return gallery.board(board, await self._front.accounts.names(key, [board.key]))

    async def _names(self, key: Key, *rows: Asset) -> Mapping[str, str]:
        """What the keys are called whose files these are."""
        return await self._front.accounts.names(key, [row.job.key for row in rows])

    def _base(self, request: Request) -> str:
        return self._front.base(request).removesuffix("/api")

    def _link(self, request: Request, share: str) -> str:
        return f"{self._base(request)}/api/shared/{self._front.curator.address(share)}"


def _packed(row: Asset) -> tuple[str, datetime, Blob]:
    blob = row.output.blob
    assert blob is not None, "what is chosen has a file"
    return f"{row.output.file}.{blob.suffix}", row.job.updated, blob

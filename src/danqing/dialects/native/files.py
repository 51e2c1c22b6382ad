"""Files that are sent before they are used, and then named in a request instead of sent with it."""

from starlette.requests import Request

from danqing.dialects.native.calls import Call, Subject
from danqing.domain.shelf import FILE_BYTES_MAX, Wanted
from danqing.front import Front, Reply
from danqing.wire import native
from danqing.wire.answers import assets


class Files:
    """The shelf of a key, as far as requests under /api need it."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def calls(self) -> list[Call]:
        """What can be asked."""
        return [Subject("files").call("POST /files", self.send, assets.Sent, status=201, raw=True)]

    async def send(self, request: Request) -> Reply:
        """Send a picture or a film, to be named as `files/NAME` in requests; the body is the file itself."""
        key = await self._front.key(request)
        pieces = self._front.pieces(request, bytes_max=FILE_BYTES_MAX)
        return Reply.of(native.sent(await self._front.shelf.put(key, Wanted(), pieces)), status=201)

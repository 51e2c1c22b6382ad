"""Signing in with a browser: a key is given once, and a session stands for it from then on."""

from starlette.requests import Request

from danqing.dialects.native.calls import Call, Subject
from danqing.domain.errors import Kind, Problem
from danqing.domain.keys import Key
from danqing.front import Front, Reply
from danqing.front.porter import token_of
from danqing.front.sessions import COOKIE, carried, forgotten, require_own_page
from danqing.wire import books
from danqing.wire.answers import money
from danqing.wire.holes import Tree
from danqing.wire.native import time

_PRIVATE = {"cache-control": "no-store"}


class Session:
    """Who a browser asks for."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def calls(self) -> list[Call]:
        """What can be asked."""
        call, session = Subject("session").call, money.Session
        return [
            call("POST /session", self.sign_in, session, body=books.SessionRequest, who="anybody"),
            call("GET /session", self.get, session, who="anybody"),
            call("DELETE /session", self.sign_out, money.SignedOut, who="anybody"),
        ]

    async def sign_in(self, request: Request) -> Reply:
        """Give a key once; the answer sets a cookie that no script can read, which stands for it until it ends."""
        require_own_page(request, proven=False)  # nobody is to be signed in as somebody else
        token = books.read(await self._front.body(request), books.SessionRequest).key
        key = await self._front.porter.known(token)
        session, ends = self._front.accounts.session(token)
        headers = {**_PRIVATE, "set-cookie": carried(session, ends, secure=self._secure(request))}
        return Reply.of({**_told(key), "ends": time(ends)}, headers=headers)

    async def get(self, request: Request) -> Reply:
        """Who asks: the key that is sent or that the session stands for, the owner, or nobody who is known."""
        told: Tree = {"owner": False, "key": None, "ends": None}
        try:
            ends = self._front.accounts.session_ends(token_of(request))
            told = {**_told(await self._front.porter.caller(request)), "ends": time(ends)}
        except Problem as problem:
            if problem.kind is not Kind.UNAUTHENTICATED:
                raise
        return Reply.of(told, headers=_PRIVATE)

    async def sign_out(self, request: Request) -> Reply:
        """End the session that the browser brings, copies of it too, and have the browser forget it."""
        require_own_page(request, proven=False)
        await self._front.accounts.end_session(request.cookies.get(COOKIE, ""))
        headers = {**_PRIVATE, "set-cookie": forgotten(secure=self._secure(request))}
        return Reply.of({"signed_out": True}, headers=headers)

    def _secure(self, request: Request) -> bool:
        return self._front.base(request).startswith("https:")


def _told(key: Key | None) -> Tree:
    return {"owner": key is None, "key": books.key(key) if key else None}

"""Who asks, and what they may: any key may look, viewers no more than that, and the office is the owner's and admins'.

Every dialect lets its callers in here, so that what is refused to a key is refused whatever it speaks.
"""

from starlette.requests import Request

from danqing.domain.errors import Kind, Problem
from danqing.domain.keys import Key, KeyRole
from danqing.domain.sight import EVERYBODY, Sight
from danqing.front.discreet import QUERY_KEY
from danqing.front.sessions import READING, session_of
from danqing.gateway.accounts import Accounts
from danqing.gateway.gateway import Gateway

LOOKING = frozenset({"/api/recognise", "/api/quote", "/api/advise"})  # are asked by POST, and make and change nothing


class Porter:
    """Lets callers in."""

    def __init__(self, gateway: Gateway, accounts: Accounts) -> None:
        self._gateway = gateway
        self._accounts = accounts

    async def key(self, request: Request) -> Key:
        """Who asks. Raises Problem: UNAUTHENTICATED, and FORBIDDEN when a viewer wants more than to look."""
        key = await self._gateway.key(await self._token(request))
        if request.method not in READING and request.url.path not in LOOKING:
            key.require_more_than_looking()
        return key

    async def caller(self, request: Request) -> Key | None:
        """The key that asks, or None for the owner of the server. Raises Problem(UNAUTHENTICATED)."""
        return await self.known(await self._token(request))

    async def known(self, token: str) -> Key | None:
        """The key of a token, or None for the owner's. Raises Problem(UNAUTHENTICATED)."""
        return None if self._accounts.is_owner(token) else await self._gateway.key(token)

    async def sight(self, request: Request) -> Sight:
        """Whose things the caller sees, who is a key or the owner. Raises Problem(UNAUTHENTICATED)."""
        key = await self.caller(request)
        return key.sight if key else EVERYBODY

    async def is_owner(self, request: Request) -> bool:
        """Whether the owner asks, or an admin, who may do the same."""
        try:
            key = await self.caller(request)
        except Problem as problem:
            if problem.kind is not Kind.UNAUTHENTICATED:
                raise
            return False
        return key is None or key.role is KeyRole.ADMIN

    async def require_owner(self, request: Request) -> None:
        """Raises Problem(FORBIDDEN) unless the owner asks, or an admin."""
        if not await self.is_owner(request):
            message = (
                "Keys are managed with the owner's key, which is in the file owner-key of the server's data directory,"
                " or with the key of an admin."
            )
            raise Problem(Kind.FORBIDDEN, message, code="owner_only")

    async def _token(self, request: Request) -> str:
        token = token_of(request)
        return "" if await self._accounts.is_ended(token) else token


def token_of(request: Request) -> str:
    """The API key, from any of the three places that clients put it in (wire.md, section 2), or a browser's session."""
    if token := request.headers.get("x-goog-api-key"):
        return token.strip()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    in_query: str = request.scope.get(QUERY_KEY, "")
    return in_query or session_of(request)

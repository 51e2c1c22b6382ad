"""Files of work that is made and paid for: whatever becomes of them, nobody else is asked for the work."""

from collections.abc import Awaitable, Callable

from danqing.domain.errors import Kind, Problem
from danqing.domain.media import Blob
from danqing.domain.ports import Assets
from danqing.upstream.client import Upstream
from danqing.upstream.patience import RETRY_S, USELESS, patiently
from danqing.wire.delivered import File


async def fetched(fetch: Callable[[], Awaitable[Blob]], *, pause_s: float = RETRY_S) -> Blob:
    """A file that is asked for until it comes. Raises the Problem that it cannot be had any more, never Declined."""
    try:
        return await patiently(fetch, pause_s=pause_s)
    except Problem as problem:
        if problem.code in USELESS or not problem.code.startswith("upstream_"):
            raise  # it came, and is of no use; or what is wrong is here
        message = f"It was made, but its file cannot be fetched any more. {problem.message}"
        raise Problem(Kind.UPSTREAM, message, code="file_expired") from problem


async def kept(upstream: Upstream, file: File, assets: Assets, *, pause_s: float = RETRY_S) -> Blob:
    """A file of an answer, wherever it is, stored. Raises Problem, as `fetched` does when it is only linked."""
    if file.blob or not file.uri:
        return file.blob or await upstream.keep(file.data, assets)
    return await fetched(lambda: upstream.download(file.uri, assets), pause_s=pause_s)

"""Fetches the pictures of a request that are only named by their address on the web."""

from danqing.domain.errors import Problem, invalid
from danqing.domain.generation import Generation
from danqing.domain.media import Blob, Linked
from danqing.domain.ports import Fetch


async def fetched(fetch: Fetch | None, generation: Generation) -> Generation:
    """The generation with the pictures themselves where only their addresses on the web were given. Raises Problem."""
    there: dict[Blob, Blob] = {}
    for blob in generation.blobs():
        if isinstance(blob, Linked) and blob not in there:
            if fetch is None:
                raise _not_fetched()
            there[blob] = await fetch(blob.url)
    return generation.with_files(lambda blob: there.get(blob, blob)) if there else generation


def _not_fetched() -> Problem:
    message = "This server fetches no pictures from the web (DANQING_FETCH). Send the picture itself as a data: URL."
    return invalid(message, param="pictures", code="unsupported_url")

"""Forms whose files are read from the assets while they are sent, with their true length."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeAlias

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from danqing.domain.media import Blob

Field: TypeAlias = tuple[str, str | Blob]


def write_form(fields: Sequence[Field], open: Callable[[Blob], AsyncIterator[bytes]]) -> aiohttp.FormData:
    """Fields and files in their order as multipart/form-data; names such as "image[]" stay as they are."""
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in fields:
        if isinstance(value, Blob):
            form.add_field(name, _File(value, open), filename=value.name)
        else:
            form.add_field(name, value)
    return form


class _File(aiohttp.Payload):
    """One file of a form."""

    def __init__(self, blob: Blob, open: Callable[[Blob], AsyncIterator[bytes]]) -> None:
        super().__init__(blob, content_type=blob.mime)
        self._size = blob.size
        self._open = open

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a file of a form is not text")

    async def write(self, writer: AbstractStreamWriter) -> None:
        async for chunk in self._open(self._value):
            await writer.write(chunk)

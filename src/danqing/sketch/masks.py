"""Draws a mask as another engine wants it, in a worker: transparent where something may change, or white there."""

import tempfile
from pathlib import Path
from typing import Literal

from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.media import Blob
from danqing.domain.ports import Assets
from danqing.sketch.pool import Limits, Pool, WorkerDied

IDLE_S = 5.0
HEAD_BYTES = 32
Form = Literal["transparent", "white"]


class Masks:
    """Masks in one form, by a worker that lives while there is work. What it draws is no job's, and is swept.

    What is white and cannot be transparent goes on as it came.
    """

    def __init__(self, form: Form) -> None:
        self._form = form
        self._pool = Pool(1, Limits(idle_s=IDLE_S))

    async def __call__(self, mask: Blob, assets: Assets) -> Blob:
        """The same mask, as a PNG if it is drawn anew. Raises Problem."""
        if self._form == "white" and not await _may_be_transparent(mask, assets):
            return mask
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "mask"
            task = {"task": "mask", "work": self._form, "inputs": [await assets.path(mask)], "out": str(out)}
            try:
                async for message in self._pool.run(task):
                    if isinstance(error := message.get("error"), dict):
                        raise invalid(str(error["message"]), param="mask", code=str(error["code"]))
            except WorkerDied as error:
                raise Problem(Kind.INTERNAL, "The mask could not be drawn anew; try again.") from error
            return await assets.put(out, "image/png")

    async def close(self) -> None:
        """End the worker."""
        await self._pool.close()


async def _may_be_transparent(mask: Blob, assets: Assets) -> bool:
    """Whether its header has room for transparency: a PNG's colour type, a WebP that is not plain, never a JPEG."""
    head = b"".join([chunk async for chunk in assets.open(mask, 0, HEAD_BYTES)])
    if head.startswith(b"\x89PNG"):
        return head[25:26] not in (b"\x00", b"\x02")
    return head[8:12] == b"WEBP" and head[12:16] != b"VP8 "

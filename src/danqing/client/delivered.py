"""What a job has delivered, in the caller's hands: files to save or to hold, with what is known of them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import overload

from danqing.client import files
from danqing.client.told import Job, Output
from danqing.client.transport import Transport, quoted
from danqing.domain.errors import invalid
from danqing.domain.media import SUFFIXES


class AsyncFile:
    """One picture, film or text that was delivered; `told` is what the server says of it."""

    def __init__(self, transport: Transport, told: Output, prompt: str) -> None:
        self._transport = transport
        self._prompt = prompt
        self.told = told

    @property
    def name(self) -> str:
        """What the server calls the file; "files/NAME" stands for it in later requests. Raises Problem for words."""
        if not self.told.file:
            raise invalid("Words have no file; they are in `text`.", code="no_file")
        return self.told.file

    @property
    def text(self) -> str:
        """The words, where it is words."""
        return self.told.text

    @property
    def suffix(self) -> str:
        """The usual ending of its file name, without the dot."""
        return SUFFIXES.get(self.told.mime or "", "bin")

    async def save(self, path: str | Path = ".") -> Path:
        """Save it and give the path: a file, which is replaced, or a folder, in which it gets a name of its own.

        It is written while it arrives, taken up again where the line broke, and there whole or not at all.
        """
        target = Path(path)
        if await asyncio.to_thread(target.is_dir):
            return await self._claimed(target)
        await self._transport.download(f"files/{quoted(self.name)}", target)
        return target

    async def bytes(self) -> bytes:
        """The file itself, in memory."""
        return await self._transport.bytes(f"files/{quoted(self.name)}")

    async def claim(self, out: Path | None) -> Path:
        """Save it under a name that nobody has, as `files.names` tries them; gives the path."""
        return await self._claimed(out)

    async def _claimed(self, out: Path | None) -> Path:
        path = await asyncio.to_thread(files.claim, files.names(self._prompt, self.suffix, out))
        try:
            await self._transport.download(f"files/{quoted(self.name)}", path)
        except BaseException:
            path.unlink()
            raise
        return path


class AsyncResult(Sequence[AsyncFile]):
    """All that a job has delivered, in its order: pictures, films and words. `job` tells what it cost, and more."""

    def __init__(self, transport: Transport, job: Job) -> None:
        self.job = job
        self._all = tuple(AsyncFile(transport, output, job.prompt) for output in job.outputs)

    @overload
    def __getitem__(self, index: int) -> AsyncFile: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[AsyncFile, ...]: ...
    def __getitem__(self, index: int | slice) -> AsyncFile | tuple[AsyncFile, ...]:
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)

    @property
    def files(self) -> tuple[AsyncFile, ...]:
        """Only what has a file."""
        return tuple(each for each in self._all if each.told.file)

    @property
    def text(self) -> str:
        """All words, as they came."""
        return "".join(each.text for each in self._all)

    async def save(self, path: str | Path = ".") -> tuple[Path, ...]:
        """Save every file and give the paths. To a folder, or to a file: the second one of "fox.png" is "fox-2.png"."""
        target = Path(path)
        if len(self.files) < 2 or await asyncio.to_thread(target.is_dir):
            return tuple([await each.save(target) for each in self.files])
        names = [target, *(target.with_stem(f"{target.stem}-{number}") for number in range(2, len(self.files) + 1))]
        return tuple([await each.save(name) for each, name in zip(self.files, names, strict=True)])

    async def bytes(self) -> bytes:
        """The one file, or the first, in memory. Raises Problem when there is none."""
        if not self.files:
            raise invalid("Nothing was delivered that has a file.", code="no_file")
        return await self.files[0].bytes()

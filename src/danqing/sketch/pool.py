"""Keeps a few Sketch workers: processes that draw, so that neither the event loop nor the server's memory feels it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping

Message = dict[str, object]

LINE_BYTES_MAX = 1 << 20
GOODBYE_S = 2.0


class WorkerDied(Exception):
    """The worker process ended in the middle of a task: out of memory, killed, or broken."""


class Pool:
    """At most `size` workers; each draws one thing at a time and is kept for the next.

    Closing the generator of `run` kills its worker: that is how a drawing is cancelled.
    """

    def __init__(self, size: int = 2) -> None:
        self._free = asyncio.Semaphore(size)
        self._idle: list[Process] = []

    async def run(self, task: Mapping[str, object]) -> AsyncGenerator[Message]:
        """The worker's messages about one task; the last has "done" or "error". Raises WorkerDied."""
        async with self._free:
            worker = await self._worker()
            finished = False
            try:
                assert worker.stdin is not None, "workers are started with pipes"
                worker.stdin.write(json.dumps(task).encode() + b"\n")
                await worker.stdin.drain()
                while not finished:
                    message = await _read(worker)
                    finished = "done" in message or "error" in message
                    if finished:
                        self._idle.append(worker)
                    yield message
            except (BrokenPipeError, ConnectionResetError) as error:
                raise WorkerDied from error
            finally:
                if not finished:
                    await _end(worker)

    async def close(self) -> None:
        """End the workers that are idle; those at work end with their generators."""
        idle, self._idle = self._idle, []
        for worker in idle:
            await _end(worker)

    async def _worker(self) -> Process:
        while self._idle:
            worker = self._idle.pop()
            if worker.returncode is None:
                return worker
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "danqing.sketch.worker", stdin=PIPE, stdout=PIPE, limit=LINE_BYTES_MAX
        )


async def _read(worker: Process) -> Message:
    assert worker.stdout is not None, "workers are started with pipes"
    line = await worker.stdout.readline()
    if not line:
        raise WorkerDied
    message: Message = json.loads(line)
    return message


async def _end(worker: Process) -> None:
    if worker.returncode is None:
        worker.kill()
    async with asyncio.timeout(GOODBYE_S):
        await worker.wait()

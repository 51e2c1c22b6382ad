"""Keeps a few workers: processes that draw, so that neither the event loop nor the server's memory feels it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

Message = dict[str, object]

LINE_BYTES_MAX = 1 << 20
FILMS = ("film", "extend", "refilm")
GOODBYE_S = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use: seconds for a film and for any other task, seconds without work, bytes of memory."""

    film_s: float = 300.0
    picture_s: float = 60.0
    idle_s: float = 60.0
    memory_bytes: int = 2 << 30

    def seconds(self, task: Mapping[str, object]) -> float:
        """How long this task may take."""
        return self.film_s if task.get("task") in FILMS else self.picture_s


class WorkerDied(Exception):
    """The worker process ended in the middle of a task: out of memory, killed, or broken."""


class TookTooLong(WorkerDied):
    """The task was not done in its time, and its worker was stopped."""


class Pool:
    """At most `size` workers; each draws one thing at a time and is kept a while for the next.

    `program` is the module that is run as a worker (`danqing.sketch.process`). Closing the generator of `run` kills its
    worker: that is how a drawing is cancelled. A worker that is gone, for whatever reason, is replaced when there is
    work again.
    """

    def __init__(self, size: int = 2, limits: Limits | None = None, *, program: str = "danqing.sketch.worker") -> None:
        self.size = size
        self._program = program
        self._free = asyncio.Semaphore(size)
        self._limits = limits or Limits()
        self._idle: dict[Process, asyncio.TimerHandle] = {}

    async def run(self, task: Mapping[str, object]) -> AsyncGenerator[Message]:
        """The worker's messages about one task; the last has "done" or "error". Raises WorkerDied or TookTooLong."""
        async with self._free:
            worker = await self._worker()
            finished = False
            deadline = asyncio.get_running_loop().time() + self._limits.seconds(task)
            try:
                await _ask(worker, task)
                while not finished:
                    message = await _read(worker, deadline)
                    finished = "done" in message or "error" in message
                    if finished:
                        self._rest(worker)
                    yield message
            finally:
                if not finished:
                    await _end(worker)

    async def close(self) -> None:
        """End the workers that are idle; those at work end with their generators."""
        while self._idle:
            await _end(self._woken())

    async def _worker(self) -> Process:
        while self._idle:
            worker = self._woken()
            if worker.returncode is None:
                return worker
        command = (sys.executable, "-m", self._program, str(self._limits.memory_bytes))
        return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=LINE_BYTES_MAX)

    def _rest(self, worker: Process) -> None:
        """Keep the worker for the next task, but not for ever."""
        timer = asyncio.get_running_loop().call_later(self._limits.idle_s, self._retire, worker)
        self._idle[worker] = timer

    def _woken(self) -> Process:
        """The worker that rested least: the others may then retire."""
        worker, timer = self._idle.popitem()
        timer.cancel()
        return worker

    def _retire(self, worker: Process) -> None:
        del self._idle[worker]
        if worker.returncode is None:
            worker.kill()


async def _ask(worker: Process, task: Mapping[str, object]) -> None:
    assert worker.stdin is not None, "workers are started with pipes"
    try:
        worker.stdin.write(json.dumps(task).encode() + b"\n")
        await worker.stdin.drain()
    except (BrokenPipeError, ConnectionResetError) as error:
        raise WorkerDied from error


async def _read(worker: Process, deadline: float) -> Message:
    assert worker.stdout is not None, "workers are started with pipes"
    try:
        async with asyncio.timeout_at(deadline):
            line = await worker.stdout.readline()
    except TimeoutError as error:
        raise TookTooLong from error
    if not line:
        raise WorkerDied
    message: Message = json.loads(line)
    return message


async def _end(worker: Process) -> None:
    if worker.returncode is None:
        worker.kill()
    async with asyncio.timeout(GOODBYE_S):
        await worker.wait()

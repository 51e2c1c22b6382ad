"""The pool of workers, with real processes: kept, retired, replaced, stopped in time, and never left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from danqing.sketch.pool import Limits, Message, Pool, TookTooLong, WorkerDied

WORDS: dict[str, object] = {"task": "words", "prompt": "a cat"}


def film(folder: Path) -> dict[str, object]:
    """A task that takes far longer than any test waits."""
    large = {"width": 1920, "height": 1080, "seconds": 60}
    return {"task": "film", "prompt": "a cat playing with a ball", "out": str(folder / "film.mp4"), **large}


class Watched(Pool):
    """A pool that remembers the workers it gave work to."""

    def __init__(self, size: int = 1, **limits: float) -> None:
        super().__init__(size, Limits(**limits))  # type: ignore[arg-type]
        self.workers: list[Process] = []
        self.started = asyncio.Event()

    async def _worker(self) -> Process:
        self.workers.append(await super()._worker())
        self.started.set()
        return self.workers[-1]


@asynccontextmanager
async def pool(size: int = 1, **limits: float) -> AsyncIterator[Watched]:
    made = Watched(size, **limits)
    try:
        yield made
    finally:
        await made.close()
        for worker in made.workers:
            assert await worker.wait() is not None, "nothing is left behind"


async def asked(workers: Pool, task: dict[str, object]) -> Message:
    """The closing message of a task."""
    async with aclosing(workers.run(task)) as messages:
        return await _last(messages)


async def _last(messages: AsyncGenerator[Message]) -> Message:
    return [message async for message in messages][-1]


@pytest.mark.anyio
async def test_a_worker_is_kept_for_the_next_task() -> None:
    async with pool() as workers:
        first, second = await asked(workers, WORDS), await asked(workers, WORDS)
        assert first == second
        assert "done" in first
        assert len({worker.pid for worker in workers.workers}) == 1


@pytest.mark.anyio
async def test_no_more_workers_than_the_size_are_at_work() -> None:
    async with pool(2) as workers:
        answers = await asyncio.gather(*(asked(workers, WORDS) for _ in range(5)))
        assert all("done" in answer for answer in answers)
        assert len({worker.pid for worker in workers.workers}) == 2


@pytest.mark.anyio
async def test_a_worker_without_work_retires_and_another_takes_its_place() -> None:
    async with pool(idle_s=0.0) as workers:
        await asked(workers, WORDS)
        assert await workers.workers[0].wait() == -signal.SIGKILL
        assert "done" in await asked(workers, WORDS)
        assert workers.workers[0].pid != workers.workers[1].pid


@pytest.mark.anyio
async def test_a_worker_that_died_while_it_rested_is_replaced() -> None:
    async with pool() as workers:
        await asked(workers, WORDS)
        workers.workers[0].kill()
        await workers.workers[0].wait()
        assert "done" in await asked(workers, WORDS)


@pytest.mark.anyio
async def test_a_worker_that_dies_at_work_is_told_and_replaced(tmp_path: Path) -> None:
    async with pool() as workers:
        async with aclosing(workers.run(film(tmp_path))) as messages:
            await anext(messages)
            workers.workers[0].kill()
            with pytest.raises(WorkerDied) as died:
                await _last(messages)
        assert not isinstance(died.value, TookTooLong)
        assert "done" in await asked(workers, WORDS)


@pytest.mark.anyio
async def test_a_task_that_takes_too_long_is_stopped_and_its_worker_replaced(tmp_path: Path) -> None:
    async with pool(film_s=0.5) as workers:
        with pytest.raises(TookTooLong):
            await asked(workers, film(tmp_path))
        assert workers.workers[0].returncode == -signal.SIGKILL
        assert "done" in await asked(workers, WORDS), "other tasks have their own time"


@pytest.mark.anyio
async def test_too_little_memory_fails_the_task_and_not_the_pool(tmp_path: Path) -> None:
    large = {"task": "picture", "prompt": "a cat", "width": 2816, "height": 2816, "out": str(tmp_path / "a.png")}
    async with pool(memory_bytes=700 << 20) as workers:
        try:
            answer = await asked(workers, large)
        except WorkerDied:  # a library may end the process when it is given no memory
            answer = {"error": {"code": "failed"}}
        assert answer["error"]["code"] == "failed"  # type: ignore[index]
        assert "done" in await asked(workers, WORDS)


@pytest.mark.anyio
async def test_closing_a_task_ends_its_worker_at_once(tmp_path: Path) -> None:
    async with pool() as workers:
        async with aclosing(workers.run(film(tmp_path))) as messages:
            async for message in messages:
                if message.get("stage") == "filming":
                    break
        assert workers.workers[0].returncode == -signal.SIGKILL
        assert "done" in await asked(workers, WORDS), "its place is free again"


@pytest.mark.anyio
async def test_a_cancelled_task_ends_its_worker_and_frees_its_place(tmp_path: Path) -> None:
    async with pool() as workers:
        working = asyncio.create_task(asked(workers, film(tmp_path)))
        waiting = asyncio.create_task(asked(workers, WORDS))
        await workers.started.wait()
        working.cancel()
        assert "done" in await waiting
        with pytest.raises(asyncio.CancelledError):
            await working
        assert workers.workers[0].returncode == -signal.SIGKILL


SERVER = """
    import asyncio, json, sys
    from danqing.sketch.pool import Pool

    async def main():
        async for message in Pool(1).run(json.loads(sys.argv[1])):
            print(message, flush=True)

    asyncio.run(main())
"""


def test_a_worker_does_not_outlive_its_server(tmp_path: Path) -> None:
    """The worker holds the server's stderr open: it is read to its end only when both are gone."""
    command = [sys.executable, "-c", textwrap.dedent(SERVER), json.dumps(film(tmp_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        assert any("filming" in line for line in iter(server.stdout.readline, "")), "it is in the middle of a film"
        os.kill(server.pid, signal.SIGKILL)
        assert "Traceback" not in server.stderr.read()

"""The durable queue: DBOS has some live worker drive each long job until it ends.

DBOS keeps only "job X must be driven", in one queue for each provider. The truth about a job is its own row: a drive
begins with claiming it, so a workflow that runs twice does nothing the second time (docs/decisions/0003 and 0014).
"""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Final, Protocol
from uuid import uuid4

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions, WorkflowStatus

from danqing.domain.jobs import Job
from danqing.gateway.dispatch import Alive, Drive

APPLICATION: Final = "danqing"
WORKFLOW: Final = "drive"
APPLICATION_VERSION: Final = "1"  # fixed, or DBOS would strand jobs whenever our code changes
POLL_S = 0.2
PAGE = 100
_SQLITE = "sqlite:///"
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


class _Engine(Protocol):
    """What a process that works and one that only asks have in common: DBOS itself, and its client."""

    async def enqueue(self, options: EnqueueOptions, id: str) -> None:
        """Have the workflow run with the job's id."""

    async def workflows(self, **filters: object) -> list[WorkflowStatus]:
        """The workflows that pass, without what went in and came out of them."""

    async def delete(self, ids: list[str]) -> None:
        """Forget workflows, whatever their state."""

    async def close(self) -> None:
        """Let go of the database."""


class Durable:
    """A `Queue` on DBOS. One per process; `executor` must be unique, or a start would take a neighbour's work.

    `slots`: for each provider how many jobs one process drives at once. None of them, and this process takes no work
    and polls nothing: it only asks.
    """

    def __init__(self, database_url: str, *, executor: str, slots: Mapping[str, int] | None) -> None:
        self._database_url = database_url
        self._executor = executor
        self._slots = slots
        self._engine: _Engine | None = None

    async def open(self, drive: Drive) -> None:
        if self._slots is None:
            self._engine = await _Asking.open(self._database_url)
        else:
            self._engine = await _Working.open(self._database_url, self._executor, self._slots, drive)

    async def put(self, job: Job) -> None:
        await self._put(job, job.id)

    async def put_again(self, jobs: Sequence[Job]) -> None:
        # What waited may still stand in the queue. What was begun may not: its workflow ends, or ended, with its drive.
        standing = await self._standing() if any(job.turn for job in jobs) else set()
        for job in jobs:
            if not job.turn or job.id not in standing:
                await self._put(job, f"{job.id}:{uuid4().hex}")

    async def reclaim(self, alive: Alive) -> None:
        # First what was taken, then who is alive: whoever took something in between is not thought dead.
        taken = await self._opened.workflows(status="PENDING")
        living = await alive() if taken else ()
        for workflow in taken:
            if workflow.executor_id not in living:
                # Again first, then deleted: between the two it stands twice, and never not at all.
                options = _options(workflow.queue_name or "", f"{_job(workflow)}:{uuid4().hex}", workflow.priority)
                await self._opened.enqueue(options, _job(workflow))
                await self._opened.delete([workflow.workflow_id])

    async def trim(self, before: datetime, *, dry: bool) -> int:
        """DBOS keeps what has ended for ever; its own way to delete it, a page at a time."""
        trimmed = 0
        while page := await self._opened.workflows(
            status=_ENDED, completed_before=before.isoformat(), limit=PAGE, offset=trimmed if dry else 0
        ):
            trimmed += len(page)
            if not dry:
                await self._opened.delete([workflow.workflow_id for workflow in page])
        return trimmed

    async def close(self) -> None:
        if self._engine:
            await self._engine.close()

    @property
    def _opened(self) -> _Engine:
        if self._engine is None:
            raise RuntimeError("the queue is not open")
        return self._engine

    async def _put(self, job: Job, workflow: str) -> None:
        await self._opened.enqueue(_options(job.provider, workflow, job.turn), job.id)

    async def _standing(self) -> set[str]:
        return {_job(workflow) for workflow in await self._opened.workflows(status=["ENQUEUED", "PENDING"])}


def _options(queue: str, workflow: str, priority: int | None) -> EnqueueOptions:
    options: EnqueueOptions = {
        "workflow_name": WORKFLOW,
        "queue_name": queue,
        "workflow_id": workflow,
        "app_version": APPLICATION_VERSION,
    }
    if priority:  # those without are first
        options["priority"] = priority
    return options


def _job(workflow: WorkflowStatus) -> str:
    return workflow.workflow_id.partition(":")[0]


class _Working:
    """DBOS at work in this process."""

    @classmethod
    async def open(cls, database_url: str, executor: str, slots: Mapping[str, int], drive: Drive) -> "_Working":
        """Launched inside the running event loop, so that drives run on it and not on a hidden second one."""
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": database_url,
            "executor_id": executor,
            "application_version": APPLICATION_VERSION,
            "log_level": "ERROR",
            "use_listen_notify": False,  # we wait for no workflow's result, and a pooler in between could not carry it
        }
        _write_ahead(database_url)
        DBOS(config=config)

        @DBOS.workflow(name=WORKFLOW)
        async def workflow(id: str) -> None:
            await drive(id)

        DBOS.listen_queues(sorted(slots))
        DBOS.launch()
        for queue, concurrency in slots.items():
            await DBOS.register_queue_async(
                queue, worker_concurrency=concurrency, polling_interval_sec=POLL_S, on_conflict="always_update"
            )
        return cls()

    async def enqueue(self, options: EnqueueOptions, id: str) -> None:
        await DBOS.enqueue_workflow_with_options_async(options, id)

    async def workflows(self, **filters: object) -> list[WorkflowStatus]:
        return await DBOS.list_workflows_async(**filters, load_input=False, load_output=False)  # type: ignore[arg-type]

    async def delete(self, ids: list[str]) -> None:
        await DBOS.delete_workflows_async(ids)

    async def close(self) -> None:
        await asyncio.to_thread(DBOS.destroy)


class _Asking:
    """DBOS's client: it runs nothing and polls nothing."""

    def __init__(self, client: DBOSClient) -> None:
        self._client = client

    @classmethod
    async def open(cls, database_url: str) -> "_Asking":
        await asyncio.to_thread(DBOS.migrate, database_url)  # the first process to come may be one that only asks
        return cls(await asyncio.to_thread(_client, database_url))

    async def enqueue(self, options: EnqueueOptions, id: str) -> None:
        await self._client.enqueue_async(options, id)

    async def workflows(self, **filters: object) -> list[WorkflowStatus]:
        return await self._client.list_workflows_async(**filters, load_input=False, load_output=False)  # type: ignore[arg-type]

    async def delete(self, ids: list[str]) -> None:
        await self._client.delete_workflows_async(ids)

    async def close(self) -> None:
        await asyncio.to_thread(self._client.destroy)


def _write_ahead(database_url: str) -> None:
    """DBOS leaves SQLite's slower journal as it is; the mode is kept in the file."""
    if database_url.startswith(_SQLITE):
        with closing(sqlite3.connect(database_url.removeprefix(_SQLITE))) as file:
            file.execute("PRAGMA journal_mode = WAL")


def _client(database_url: str) -> DBOSClient:
    return DBOSClient(system_database_url=database_url, application_name=APPLICATION)

"""The durable queue: DBOS has some live worker drive each long job until it ends.

DBOS keeps only "job X must be driven". The truth about a job is its own row, so a workflow that is run again resumes
from the job's ticket and never submits twice (docs/decisions/0003).
"""

import asyncio
from datetime import datetime
from typing import Final
from uuid import uuid4

from dbos import DBOS, DBOSConfig, SetWorkflowID

from danqing.gateway.dispatch import Drive

QUEUE: Final = "films"
APPLICATION_VERSION: Final = "1"  # fixed, or DBOS would strand jobs whenever our code changes
PAGE = 100
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


class Durable:
    """A `Queue` on DBOS. One per process; `executor` must be unique among live processes that share the database."""

    def __init__(self, database_url: str, *, executor: str = "serve", concurrency: int = 64) -> None:
        self._config: DBOSConfig = {
            "name": "danqing",
            "system_database_url": database_url,
            "executor_id": executor,
            "application_version": APPLICATION_VERSION,
            "log_level": "ERROR",
        }
        self._concurrency = concurrency

    async def open(self, drive: Drive) -> None:
        DBOS(config=self._config)

        @DBOS.workflow(name="drive")
        async def workflow(id: str) -> None:
            await drive(id)

        self._workflow = workflow
        DBOS.launch()
        await DBOS.register_queue_async(QUEUE, worker_concurrency=self._concurrency, polling_interval_sec=0.2)

    async def put(self, id: str, *, again: bool = False) -> None:
        # A fresh name after a restart: under the old one DBOS may hold a workflow that ended while the job did not.
        # Both may then call `drive`, which runs one job at most once at a time.
        with SetWorkflowID(f"{id}:{uuid4().hex}" if again else id):
            await DBOS.enqueue_workflow_async(QUEUE, self._workflow, id)

    async def trim(self, before: datetime, *, dry: bool) -> int:
        """DBOS keeps what has ended for ever; its own way to delete it, a page at a time."""
        trimmed = 0
        while page := await DBOS.list_workflows_async(
            status=_ENDED,
            completed_before=before.isoformat(),
            limit=PAGE,
            offset=trimmed if dry else 0,
            load_input=False,
            load_output=False,
        ):
            trimmed += len(page)
            if not dry:
                await DBOS.delete_workflows_async([workflow.workflow_id for workflow in page])
        return trimmed

    async def close(self) -> None:
        await asyncio.to_thread(DBOS.destroy)

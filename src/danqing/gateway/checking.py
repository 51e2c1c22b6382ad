"""Looks at what an engine has delivered before the job is told of it, and tells where it is not what was sent for."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import structlog

from danqing.domain.errors import Problem
from danqing.domain.generation import Generation
from danqing.domain.jobs import Job, Produced, Reported
from danqing.domain.models import Catalog
from danqing.domain.ports import Assets, Probe, Update
from danqing.domain.verifying import differences, measured

log = structlog.get_logger("danqing.checking")


class Checker:
    """`sent` is what of a job its engine was asked for."""

    def __init__(self, probe: Probe, assets: Assets, catalog: Catalog, sent: Callable[[Job], Generation]) -> None:
        self._probe = probe
        self._assets = assets
        self._catalog = catalog
        self._sent = sent

    async def checked(self, job: Job, update: Update) -> tuple[Update, ...]:
        """An output as its file really is, with a name to fetch it by, after what of it is not as it was sent for."""
        if not (isinstance(update, Produced) and update.output.blob):
            return (update,)
        output = replace(update.output, file=update.output.file or secrets.token_hex(16))
        try:
            if shape := await self._probe(self._assets, update.output.blob):
                output = measured(output, shape, job.generation)
        except Problem as problem:  # it is made: that it cannot be looked at just now takes nothing away
            log.warning("a file could not be looked at", job=job.id, code=problem.code)
        own = self._catalog.ability(job.generation.model)
        changes = differences(output, job.generation, self._sent(job), fps=own.fps if own else 0)
        return (*([Reported(changes=changes)] if changes else []), Produced(output))

"""Brings notifications to their receivers, beside whatever else the process does.

Any number of processes do this at once: each claims what is due, and one that dies leaves its claims to the others.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog

from danqing.domain.errors import Problem
from danqing.domain.ports import Store
from danqing.domain.webhooks import Courier, Delivery, Outbox, Receipt, own_webhook, settled
from danqing.gateway.gateway import utc_now
from danqing.gateway.keyring import Keyring

log = structlog.get_logger("danqing.postman")

POLL_S = 0.5
AWAY_S = 5.0  # until a database that is away is asked again
AT_ONCE = 32  # notifications that one process has on their way
AT_ONCE_PER_KEY = 8  # so that the slow receivers of one key keep nobody else waiting
_DELETED = Receipt(trouble="The webhook was deleted.")
_DEFECT = Receipt(trouble="Something is wrong inside Danqing. It is in the server's log.")


class Postman:
    """Sends what is due until it is cancelled."""

    def __init__(
        self, outbox: Outbox, store: Store, courier: Courier, keyring: Keyring, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._outbox = outbox
        self._store = store
        self._courier = courier
        self._keyring = keyring
        self._now = now
        self._under_way: Counter[str] = Counter()  # by key

    async def run(self) -> None:
        """Look for what is due, for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                claimed = await self._claim()
                for delivery in claimed:
                    self._under_way[delivery.key] += 1
                    group.create_task(self._send(delivery), name=f"notification {delivery.id}")
                if not claimed:
                    await asyncio.sleep(POLL_S)

    async def _claim(self) -> list[Delivery]:
        room = AT_ONCE - self._under_way.total()
        busy = {key for key, count in self._under_way.items() if count >= AT_ONCE_PER_KEY}
        try:
            return await self._outbox.claim(min(room, AT_ONCE_PER_KEY), busy) if room > 0 else []
        except Problem as problem:
            log.warning("notifications wait for the database", code=problem.code)
            await asyncio.sleep(AWAY_S)
        except Exception:
            log.exception("notifications could not be claimed")
            await asyncio.sleep(AWAY_S)
        return []

    async def _send(self, delivery: Delivery) -> None:
        try:
            receipt = await self._receipt(delivery)
            after = settled(delivery, receipt, self._now(), random.random())
            await self._outbox.settle(after, ended=receipt.gone and not delivery.single)
            log.info("notified", notification=delivery.id, job=delivery.job, state=after.state, status=receipt.status)
        except Problem as problem:
            # It stays claimed for a moment, and is then sent again.
            log.warning("what came of a notification was not written down", id=delivery.id, code=problem.code)
        except Exception:
            log.exception("what came of a notification was not written down", id=delivery.id)
        finally:
            self._under_way[delivery.key] -= 1
            self._under_way += Counter()  # keys with nothing under way are forgotten

    async def _receipt(self, delivery: Delivery) -> Receipt:
        job, webhook = await self._store.job(delivery.job), await self._outbox.webhook(delivery.webhook)
        now = self._now()
        if webhook is None and delivery.single:
            webhook = own_webhook(delivery.key, now)
        if webhook is None or job is None:
            return _DELETED
        secrets = [self._keyring.webhook_secret(webhook.id, number) for number in webhook.signers(now)]
        try:
            return await self._courier.carry(delivery, job, secrets, now)
        except Exception:
            log.exception("defect", notification=delivery.id)
            return _DEFECT

"""Drafts jobs: what is asked for is checked, priced and given somebody to make it, before anything is stored."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from danqing.domain.errors import invalid
from danqing.domain.generation import Generation
from danqing.domain.jobs import Job, State
from danqing.domain.keys import Key
from danqing.domain.limits import too_dear
from danqing.domain.media import Medium
from danqing.domain.membership import Member
from danqing.domain.models import Catalog, Model, fit, most
from danqing.domain.ports import Editor
from danqing.domain.wording import Wording, reworded
from danqing.gateway.dispatch import is_long
from danqing.gateway.routing import Router
from danqing.gateway.runner import deadline_s


class Drafter:
    """Knows the catalog and who makes what."""

    def __init__(self, catalog: Catalog, editor: Editor, router: Router, now: Callable[[], datetime]) -> None:
        self._catalog = catalog
        self._editor = editor
        self._router = router
        self._now = now

    def draft(
        self,
        key: Key,
        asked: Generation,
        *,
        ceiling: int | None = None,
        member: Member | None = None,
        shared: bool = False,
    ) -> Job:
        """The job that is to be admitted. Raises Problem; NO_FUNDS when it may cost more than `ceiling` nano-dollars.

        A `member` of a batch has the model's price for those; sketches that are wanted, and words alone, have none.
        """
        model = self._catalog.find(asked.model)
        generation = replace(fit(asked, model), seed=asked.seed if asked.seed is not None else secrets.randbelow(2**31))
        id = str(uuid4())
        units, wording = most(generation, model), self._editor.plan(generation, model, key)
        if generation.words_only:
            generation = _worded(generation, wording)
        free = generation.sketch or generation.words_only
        price = model.price.scaled(0 if free else model.batch_percent if member else 100)
        held = price.at(generation.size).cost(units) + wording.most
        plan = self._router.plan(reworded(generation, wording), model, id, sketched=key.test or generation.sketch)
        if ceiling is not None and held > ceiling:
            raise too_dear(held, ceiling)
        now = self._now()
        job = Job(
            id=id,
            key=key.id,
            account=key.account,
            test=key.test,
            generation=replace(generation, model=_spoken(asked.model, model)),
            price=price,
            held=held,
            input_tokens=units.input_tokens,
            provider=plan.route.provider,
            upstream=plan.route.upstream,
            ignored=plan.ignored,
            changes=plan.changes,
            wording=wording,
            shared=shared,
            member=member,
            created=now,
            updated=now,
            deadline=now + timedelta(seconds=deadline_s(generation)),
        )
        # A job that is driven right here is about to be sent as soon as it is stored: one commit less.
        return replace(job, turn=0) if is_long(job) else replace(job, state=State.SUBMITTING)


def _worded(generation: Generation, wording: Wording) -> Generation:
    """The request for the words alone. Raises Problem(INVALID) when the author's own are sent anyway."""
    if not wording.pending:
        message = f"The prompt is sent as it was written: there are no other words to show. {wording.trouble}"
        raise invalid(message.strip(), param="words_only", code="nothing_to_reword")
    return replace(generation, wants=frozenset({Medium.TEXT}), count=1)


def _spoken(asked: str, model: Model) -> str:
    """The id that the client used, so that answers and links speak of the model by the caller's name."""
    bare = asked.rpartition("models/")[2]
    return bare if bare in model.names else model.id

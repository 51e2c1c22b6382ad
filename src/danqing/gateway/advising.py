"""Chooses the model for who asks for "auto", among those that somebody makes here for this key."""

from collections.abc import Callable
from datetime import datetime

from danqing.domain.advice import AUTO, Advice, advise, follow
from danqing.domain.generation import Generation
from danqing.domain.keys import Key
from danqing.domain.models import require_prompt
from danqing.domain.ports import Editor
from danqing.gateway.routing import Router


class Advisor:
    """Knows what is made here; what is best of that is decided in `domain.advice`."""

    def __init__(self, router: Router, editor: Editor, now: Callable[[], datetime]) -> None:
        self._router = router
        self._editor = editor
        self._now = now

    async def settle(self, key: Key, asked: Generation, *, in_words: bool = False) -> Generation:
        """What is asked for of the model that is advised, with the reasons; a request that names its model as it is.

        `in_words`: of one that answers in words too. Raises Problem(INVALID) with reasons when no model here can do it,
        Problem(UNAVAILABLE) when there is none.
        """
        if asked.model.rpartition("models/")[2] != AUTO:
            return asked
        return follow(asked, await self.advise(key, asked, in_words=in_words))

    async def advise(self, key: Key, asked: Generation, *, in_words: bool = False) -> Advice:
        """Which model to ask, and why. Raises as `settle` does."""
        require_prompt(asked)
        await self._editor.open()
        models = [model for model in self._router.served(test=key.test) if model.conversational or not in_words]
        return advise(asked, self._editor.languages(asked), models, self._now().date())

"""Chooses the model for who asks for "auto", among those that somebody makes here for this key."""

from collections.abc import Callable, Sequence
from datetime import datetime

from danqing.domain.advice import Counsel, advise, counsel, follow, is_open
from danqing.domain.generation import Generation
from danqing.domain.keys import Key
from danqing.domain.models import Catalog, Model, require_prompt
from danqing.domain.ports import Editor
from danqing.domain.prompts.languages import Languages
from danqing.gateway.routing import Router


class Advisor:
    """Knows what is made here; what is best of that is decided in `domain.advice`."""

    def __init__(self, catalog: Catalog, router: Router, editor: Editor, now: Callable[[], datetime]) -> None:
        self._catalog = catalog
        self._router = router
        self._editor = editor
        self._now = now

    async def settle(self, key: Key, asked: Generation, *, in_words: bool = False) -> Generation:
        """What is asked for of the model that is advised, with the reasons; a request that names its model as it is.

        `in_words`: of one that answers in words too. Raises Problem(INVALID) with reasons when no model here can do it,
        Problem(UNAVAILABLE) when there is none.
        """
        if not is_open(asked):
            return asked
        models = [model for model in self._served(key) if model.conversational or not in_words]
        return follow(asked, advise(asked, await self._languages(asked), models, self._now().date()))

    async def counsel(self, key: Key, asked: Generation) -> Counsel:
        """Which model to ask and why, or what there is to say of the one that is named; nothing is made.

        Raises as `settle` does, and Problem(NOT_FOUND) for the model.
        """
        languages = await self._languages(asked)
        models = self._served(key) if is_open(asked) else ()
        return counsel(asked, languages, self._catalog, models, self._now().date())

    def _served(self, key: Key) -> Sequence[Model]:
        return self._router.served(test=key.test)

    async def _languages(self, asked: Generation) -> Languages:
        require_prompt(asked)  # what is too long is not looked through
        await self._editor.open()
        return self._editor.languages(asked)

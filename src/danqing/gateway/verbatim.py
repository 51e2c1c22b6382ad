"""An `Editor` that leaves every prompt as it was written, for a gateway that has nobody who could do more."""

from dataclasses import replace

from danqing.domain.generation import Generation
from danqing.domain.keys import Key
from danqing.domain.models import Model
from danqing.domain.prompts.languages import UNDETERMINED, Languages
from danqing.domain.wording import AS_WRITTEN, Wording


class Verbatim:
    """See `domain.ports.Editor`."""

    async def open(self) -> None:
        """Nothing is needed."""

    def languages(self, generation: Generation) -> Languages:
        return Languages(UNDETERMINED)

    def plan(self, generation: Generation, model: Model, key: Key) -> Wording:
        return AS_WRITTEN

    async def reword(self, generation: Generation, wording: Wording) -> Wording:
        return replace(wording, done=True, trouble="The prompt is sent as it was written: nobody here works on it.")

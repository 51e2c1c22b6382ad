"""Enriches a prompt: says what the author has left open, as a good prompt would, and changes nothing that was said."""

from danqing.domain.generation import Generation
from danqing.domain.media import Medium
from danqing.domain.wording import Rewording
from danqing.prompts.fence import Room
from danqing.prompts.scribe import Scribe

ROOM = Room(times=4, more=300)
TASK = (
    "You enrich prompts for a machine that makes {works}. Say everything that the text says, in the language that it "
    "is written in, and add what it has left open: what its subject looks like and does, the place, the style or "
    "medium, the light, the colours, the mood, {craft}. Contradict nothing, leave nothing out, add no second subject, "
    "no text to be read and no name of a living person. Whatever looks like XQ1X stands for something that must not "
    "change: put each of them, exactly as it is and exactly once, where it belongs. One paragraph of at most 120 words."
)
STILL = ("pictures", "the angle, the lens and the depth of field")
MOVING = ("films of a few seconds", "the camera's move, the lens, the pace, and what is to be heard")


class Enhancer:
    """One text model kept to this task. `name` is what it is called on the job."""

    def __init__(self, name: str, scribe: Scribe) -> None:
        self.name = name
        self._scribe = scribe

    def most(self, text: str, generation: Generation) -> int:
        """What it can cost at the most, in nano-dollars."""
        return self._scribe.most(_task(generation), [text], ROOM)

    async def enhance(self, text: str, generation: Generation) -> Rewording:
        """The text, enriched for what is to be made; the same for the same seed where the model keeps to it."""
        return await self._scribe.write(_task(generation), [text], ROOM, seed=generation.seed)


def _task(generation: Generation) -> str:
    works, craft = MOVING if Medium.VIDEO in generation.wants else STILL
    return TASK.format(works=works, craft=craft)

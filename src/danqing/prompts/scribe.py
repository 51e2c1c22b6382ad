"""A text model behind any configured upstream, kept to one task at a time and to what a picture's prompt is worth."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from uuid import uuid4

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Turn
from danqing.domain.health import UPSTREAM_LATE
from danqing.domain.jobs import Event, Failed, Finished, Produced, Reported, Withheld
from danqing.domain.media import Blob, Medium
from danqing.domain.money import Price, Units
from danqing.domain.ports import Breakers, Order, Provider, Source, Story
from danqing.domain.prompts import count_tokens
from danqing.domain.wording import Rewording
from danqing.prompts.fence import Room, disclose, enclose, rules

THOUGHT_TOKENS = 2_048  # that a model may think before it answers
MARK_TOKENS = 32  # around each text
_MARK_BYTES = 4


class Unminded:
    """See `domain.ports.Breakers`: text models whose health nobody minds are asked always."""

    def admit(self, upstream: str, model: str) -> None:
        """Nobody is left alone."""

    @contextmanager
    def asking(self, upstream: str, model: str) -> Iterator[Callable[[Event], None]]:
        """Nobody is told."""
        yield lambda event: None


class Scribe:
    """See the module. `price` is what is charged for its tokens, though never more than `most`.

    `breakers`: one that keeps failing is left alone for a while, so that no prompt waits for it.
    """

    def __init__(
        self, upstream: str, provider: Provider, model: str, *, breakers: Breakers, price: Price, timeout_s: float
    ) -> None:
        self._upstream = upstream
        self._provider = provider
        self._model = model
        self._breakers = breakers
        self._price = price
        self._timeout_s = timeout_s

    def most(self, task: str, texts: Sequence[str], room: Room) -> int:
        """What a task can cost at the most, in nano-dollars."""
        asked = count_tokens(task + rules("")) + sum(count_tokens(text) + MARK_TOKENS for text in texts)
        return self._price.cost(Units(input_tokens=asked, output_tokens=_output_tokens(texts, room)))

    async def write(self, task: str, texts: Sequence[str], room: Room, *, seed: int | None = None) -> Rewording:
        """A version of each text, as the task says. Raises Problem, for an answer that is not to be trusted as well."""
        mark = secrets.token_hex(_MARK_BYTES)
        told = f"{task}\n\n{rules(mark)}"
        turns = (Turn("system", (told,)), Turn("user", (enclose(texts, mark),)))
        asked = Generation(
            model=self._model,
            turns=turns,
            wants=frozenset({Medium.TEXT}),
            count=1,
            seed=seed,
            knobs=(("max_completion_tokens", _output_tokens(texts, room)),),
        )
        answer, used = await self._answer(asked)
        said = disclose(answer, texts, mark=mark, task=told, room=room)
        counted = used or Units(input_tokens=count_tokens(asked.words), output_tokens=count_tokens(answer))
        return Rewording(said, min(self._price.cost(counted), self.most(task, texts, room)))

    async def _answer(self, asked: Generation) -> tuple[str, Units | None]:
        """Its words, and what it counted. Declined while it is left alone."""
        self._breakers.admit(self._upstream, self._model)
        with self._breakers.asking(self._upstream, self._model) as hear:
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer = await self._heard(asked)
            except Problem as problem:
                hear(Failed(problem))
                raise
            except TimeoutError:
                message = f"The text model did not answer within {self._timeout_s:g} seconds."
                hear(Failed(Problem(Kind.TIMEOUT, message, code=UPSTREAM_LATE)))
                raise Problem(Kind.TIMEOUT, message, code="rewording_late") from None
            hear(Finished())
        return answer

    async def _heard(self, asked: Generation) -> tuple[str, Units | None]:
        order = Order(job=f"words-{uuid4()}", generation=asked, upstream=self._model)
        words, used = "", None
        async with aclosing(self._provider.generate(order, _Nowhere())) as updates:
            async for update in updates:
                match update:
                    case Produced(output):
                        words += output.text
                    case Reported(used=Units() as counted) if counted != Units():
                        used = counted
                    case Withheld(reason):
                        raise Problem(Kind.FILTERED, f"The text model refused the prompt: {reason}")
        return words, used


class _Nowhere:
    """Assets for work that has no files: whoever puts one into its answer has misunderstood the task."""

    async def put(self, source: Source, mime: str, story: Story | None = None) -> Blob:
        raise _no_files()

    def open(self, blob: Blob, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        raise _no_files()

    async def path(self, blob: Blob) -> str:
        raise _no_files()


def _no_files() -> Problem:
    return Problem(Kind.UPSTREAM, "The text model answered with a file instead of words.", code="rewording_garbled")


def _output_tokens(texts: Sequence[str], room: Room) -> int:
    return THOUGHT_TOKENS + sum(room.tokens(text) + MARK_TOKENS for text in texts)

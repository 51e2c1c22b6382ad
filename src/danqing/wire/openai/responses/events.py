"""A response as a stream of events, each with a number that it can be taken up behind (wire.md 16.3).

The events follow from the job alone and the later ones never change the earlier, so that any server gives the same ones
at any time. Pictures on their way are the exception: they are shown to whoever watches; their numbers are kept free.
"""

from collections.abc import Iterator

from danqing.domain.errors import invalid
from danqing.domain.generation import PREVIEWS
from danqing.domain.jobs import Job
from danqing.domain.media import Blob
from danqing.wire.holes import Hole, Tree
from danqing.wire.openai.images import PREVIEWS_MAX
from danqing.wire.openai.responses.answers import announced, announcement, begun, items, message, response, words

_DIGITS_MAX = 9
_CALL = "response.image_generation_call"


class Teller:
    """Tells somebody who watches, and who has seen the events up to the number `after`; -1 for none."""

    def __init__(self, after: int) -> None:
        self._after = after
        self._seen: list[Blob] = []

    def tell(self, job: Job) -> Iterator[Tree]:
        """What is new."""
        for number, event in self._numbered(job):
            if number > self._after:
                self._after = number
                yield {**event, "sequence_number": number}

    def _numbered(self, job: Job) -> Iterator[tuple[int, Tree]]:
        number = 0
        for event in _begun(job):
            yield number, event
            number += 1
        if announced(job):
            if (preview := job.preview) and preview not in self._seen and len(self._seen) < _previews(job):
                yield number + len(self._seen), _partial(job, preview, len(self._seen))
                self._seen.append(preview)
            number += _previews(job)
        for event in (*_made(job), *_ended(job)):
            yield number, event
            number += 1


def read_after(text: str | None) -> int:
    """The number that a client saw last. Raises Problem(INVALID)."""
    if not text:
        return -1
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        message = "starting_after must be the sequence_number of an event of this response."
        raise invalid(message, param="starting_after")
    return int(text)


def _begun(job: Job) -> Iterator[Tree]:
    yield {"type": "response.created", "response": begun(job, "in_progress")}
    yield {"type": "response.in_progress", "response": begun(job, "in_progress")}
    if announced(job):
        yield from _called(job, 0)


def _called(job: Job, at: int) -> Iterator[Tree]:
    call = announcement(job, at)
    place: Tree = {"output_index": at, "item_id": call["id"]}
    yield {"type": "response.output_item.added", "output_index": at, "item": call}
    yield {"type": f"{_CALL}.in_progress", **place}
    yield {"type": f"{_CALL}.generating", **place}


def _partial(job: Job, preview: Blob, number: int) -> Tree:
    return {
        "type": f"{_CALL}.partial_image",
        "output_index": 0,
        "item_id": announcement(job, 0)["id"],
        "partial_image_index": number,
        "partial_image_b64": Hole(preview),
        "output_format": preview.mime.partition("/")[2],
    }


def _made(job: Job) -> Iterator[Tree]:
    """The items that are whole; words that more words may follow are not."""
    made = items(job)
    for at, item in enumerate(made):
        if item["type"] == "message":
            if job.state.ended or at + 1 < len(made):
                yield from _spoken(job, at, item)
            continue
        if not (at == 0 and announced(job)):
            yield from _called(job, at)
        if item["status"] == "completed":
            yield {"type": f"{_CALL}.completed", "output_index": at, "item_id": item["id"]}
        yield {"type": "response.output_item.done", "output_index": at, "item": item}


def _spoken(job: Job, at: int, item: Tree) -> Iterator[Tree]:
    content = item["content"]
    assert isinstance(content, list)
    text, place = content[0]["text"], {"output_index": at, "item_id": item["id"], "content_index": 0}
    yield {"type": "response.output_item.added", "output_index": at, "item": message(job, at)}
    yield {"type": "response.content_part.added", **place, "part": words("")}
    yield {"type": "response.output_text.delta", **place, "delta": text, "logprobs": []}
    yield {"type": "response.output_text.done", **place, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": content[0]}
    yield {"type": "response.output_item.done", "output_index": at, "item": item}


def _ended(job: Job) -> Iterator[Tree]:
    """A response that was cancelled has no event of its own; it is told as one that failed."""
    if job.state.ended:
        told = response(job)
        status = str(told["status"])
        kind = status if status in ("completed", "incomplete") else "failed"
        yield {"type": f"response.{kind}", "response": told}


def _previews(job: Job) -> int:
    wished = dict(job.generation.knobs).get(PREVIEWS)
    return max(0, min(wished, PREVIEWS_MAX)) if isinstance(wished, int) else 0

"""The story of a film as a chat tells it: created, waiting, dots while it is made, links at the end (wire.md 10).

One text for both habits: a client that streams gets what is new with every snapshot of the job, a client that waits
gets all of it at once.
"""

import json
from collections.abc import Callable, Iterator

from danqing.domain.faults import Fault
from danqing.domain.generation import Output
from danqing.domain.jobs import Job, State
from danqing.domain.media import Medium

_OPTIMISING_PERCENT = 80  # from here on the dots go to the second row
_PERCENT_PER_DOT = 4


class Narrator:
    """Tells one job. Whatever it was told stays told: every new text continues the ones before.

    `base` is the gateway's public address, without a slash at the end; `watch` and `download` give a film's addresses.
    """

    def __init__(self, base: str, watch: Callable[[Output], str], download: Callable[[Output], str]) -> None:
        self._base = base
        self._watch = watch
        self._download = download
        self._opening = ""
        self._percent = -1  # not started
        self._told = ""

    def tell(self, job: Job) -> str:
        """What there is to say since the last snapshot; "" when nothing is new."""
        self._notice(job)
        text = "".join(self._story(job))
        news = text[len(self._told) :]
        self._told = text
        return news

    def _notice(self, job: Job) -> None:
        # Progress is not stored, so a snapshot may know less of it than the one before.
        if job.state in (State.RUNNING, State.DONE):
            percent = 100 if job.state is State.DONE else int(job.progress * 100 + 0.5)
            self._percent = max(self._percent, percent)
        # The text begins with the prompt that the engine works from, and that is known when the engine has accepted.
        if not self._opening and (job.state is State.RUNNING or job.state.ended):
            self._opening = _opening(job, self._base)

    def _story(self, job: Job) -> Iterator[str]:
        yield self._opening
        if self._percent >= 0:
            yield from _making(job, self._percent)
        if job.state is State.DONE:
            yield "\n\n> 🎉 High-quality video generated"
            yield from (self._links(output) for output in job.outputs if output.medium is Medium.VIDEO)
        elif job.fault:
            yield f"\n\n> ❌ {_sentence(job.fault)}"

    def _links(self, film: Output) -> str:
        return f"\n\n[▶️ Watch Online]({self._watch(film)}) | [⏬ Download Video]({self._download(film)})"


def _opening(job: Job, base: str) -> str:
    prompt = json.dumps({"prompt": job.prompt or job.generation.prompt}, indent=2, ensure_ascii=False)
    return (
        f"{prompt}\n"
        "> Video generation task created\n"
        f"> Task ID: `{job.id}`\n"
        "> To prevent task interruption, you can continuously track progress from the following links:\n"
        f"> [Data Preview]({base}/web/{job.id}) | [Source Data]({base}/source/{job.id})\n"
        "> Waiting for processing"
    )


def _making(job: Job, percent: int) -> Iterator[str]:
    asked = job.generation
    source = "Image" if asked.first_frame or asked.pictures else "Text"
    dots = 1 + min(percent, _OPTIMISING_PERCENT) // _PERCENT_PER_DOT
    yield f"\n\n> Type: {source}-to-video generation\n> 🎬 Starting video generation{'.' * dots}"
    if percent >= _OPTIMISING_PERCENT:
        dots = 1 + (percent - _OPTIMISING_PERCENT) // _PERCENT_PER_DOT
        yield f"\n\n> 🔄 Optimizing video quality{'.' * dots}"


def _sentence(fault: Fault) -> str:
    """Why there is no film, in one line, and always that it cost nothing."""
    reason = " ".join(fault.message.split())
    reason = reason if reason.endswith((".", "!", "?")) else f"{reason}."
    return reason if "not charged" in reason or "nothing was charged" in reason else f"{reason} Nothing was charged."

"""The story of a film, told at once and piece by piece."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.errors import Kind
from danqing.domain.faults import Fault
from danqing.domain.generation import Output
from danqing.domain.jobs import Job, State
from danqing.domain.media import Medium
from danqing.wire.filmchat import Narrator

from .samples import PICTURE, blob_of, failed, film_output, generation, job

PROMPT = "a mechanical butterfly"
VEO = generation(model="veo-3", prompt=PROMPT, wants=(Medium.VIDEO,))
QUEUED = job(generation=VEO, state=State.QUEUED)
RUNNING = replace(QUEUED, state=State.RUNNING, prompt='A sleek "metallic" 蝴蝶')
DONE = replace(RUNNING, state=State.DONE, progress=1.0, outputs=(film_output(),))


def narrator() -> Narrator:
    def watch(film: Output) -> str:
        return f"https://h.example/cdn/20250615/{film.file}.mp4"

    def download(film: Output) -> str:
        return f"https://h.example/cdn/download/20250615/{film.file}.mp4"

    return Narrator("https://h.example", watch, download)


def story(*snapshots: Job) -> str:
    teller = narrator()
    return "".join(teller.tell(snapshot) for snapshot in snapshots)


OPENING = """{
  "prompt": "A sleek \\"metallic\\" 蝴蝶"
}
> Video generation task created
> Task ID: `8167db37-2b7c-4794-9232-891d02ca7fa3`
> To prevent task interruption, you can continuously track progress from the following links:
> [Data Preview](https://h.example/web/8167db37-2b7c-4794-9232-891d02ca7fa3) | \
[Source Data](https://h.example/source/8167db37-2b7c-4794-9232-891d02ca7fa3)
> Waiting for processing"""

WHOLE = (
    OPENING
    + """

> Type: Text-to-video generation
> 🎬 Starting video generation.....................

> 🔄 Optimizing video quality......

> 🎉 High-quality video generated

[▶️ Watch Online](https://h.example/cdn/20250615/abc123.mp4) | \
[⏬ Download Video](https://h.example/cdn/download/20250615/abc123.mp4)"""
)


def test_the_whole_story_is_that_of_the_document() -> None:
    assert story(DONE) == WHOLE


def test_pieces_come_when_something_is_new() -> None:
    teller = narrator()
    assert teller.tell(QUEUED) == ""
    assert teller.tell(replace(QUEUED, state=State.SUBMITTING)) == ""
    assert teller.tell(RUNNING) == OPENING + "\n\n> Type: Text-to-video generation\n> 🎬 Starting video generation."
    assert teller.tell(RUNNING) == ""
    assert teller.tell(replace(RUNNING, progress=0.03)) == ""
    assert teller.tell(replace(RUNNING, progress=0.04)) == "."
    assert teller.tell(replace(RUNNING, progress=0.5)) == "..........."
    assert teller.tell(replace(RUNNING, progress=0.8)) == "........\n\n> 🔄 Optimizing video quality."
    assert teller.tell(DONE).startswith(".....\n\n> 🎉")
    assert teller.tell(DONE) == ""


fractions = st.lists(st.floats(0, 1), max_size=12)


@given(fractions)
def test_the_pieces_make_the_whole_however_often_one_looks(progress: list[float]) -> None:
    running = [replace(RUNNING, progress=fraction) for fraction in progress]
    assert story(QUEUED, *running, DONE) == WHOLE


@given(fractions, st.sampled_from(Kind))
def test_a_failure_comes_after_what_was_told(progress: list[float], kind: Kind) -> None:
    teller = narrator()
    told = "".join(teller.tell(replace(RUNNING, progress=fraction)) for fraction in progress)
    # Progress is not stored: the last snapshot knows nothing of it.
    last = teller.tell(replace(RUNNING, state=State.FAILED, fault=Fault(kind, "c", "It\nbroke")))
    assert last == ("" if told else OPENING) + "\n\n> ❌ It broke. Nothing was charged."


@pytest.mark.parametrize("message", ["The job was cancelled; nothing was charged.", "It was not charged."])
def test_that_nothing_was_charged_is_told_once(message: str) -> None:
    text = story(failed(Fault(Kind.CANCELLED, "cancelled", message), generation=VEO))
    assert text.endswith(f"\n\n> ❌ {message}")
    assert text.count("charged") == 1


def test_without_a_rewritten_prompt_the_author_s_is_told() -> None:
    assert story(replace(RUNNING, prompt="")).startswith('{\n  "prompt": "a mechanical butterfly"\n}\n')


def test_a_film_that_begins_with_a_picture_says_so() -> None:
    animated = replace(RUNNING, generation=replace(VEO, first_frame=blob_of(PICTURE)))
    assert "> Type: Image-to-video generation\n" in story(animated)


def test_every_film_has_its_links() -> None:
    two = replace(DONE, outputs=(film_output(), film_output(file="def4")))
    assert story(two).endswith(
        "/abc123.mp4)\n\n[▶️ Watch Online](https://h.example/cdn/20250615/def4.mp4) | "
        "[⏬ Download Video](https://h.example/cdn/download/20250615/def4.mp4)"
    )

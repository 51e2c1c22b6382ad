"""The story of a film, read: the document's own, Danqing's own, and stories that end in another way."""

import pytest

from danqing.domain.jobs import State
from danqing.wire.filmchat import Narrator
from danqing.wire.filmstory import link_in, read_story

from .samples import film_output, job

STORY = """{
  "prompt": "A sleek, metallic butterfly."
}
> Video generation task created
> Task ID: `8167db37-2b7c-4794-9232-891d02ca7fa3`
> To prevent task interruption, you can continuously track progress from the following links:
> [Data Preview](https://asyncdata.net/web/8167db37) | [Source Data](https://asyncdata.net/source/8167db37)
> Waiting for processing

> Type: Text-to-video generation
> 🎬 Starting video generation...................

> ⚠️ Retrying (0/3)

> Type: Text-to-video generation
> 🎬 Starting video generation.....................

> 🔄 Optimizing video quality.................

> 🎉 High-quality video generated

[▶️ Watch Online](https://filesystem.site/cdn/1/T7.mp4) | [⏬ Download Video](https://filesystem.site/cdn/download/1/T7.mp4)
"""


def test_the_documents_story() -> None:
    story = read_story(STORY)
    assert (story.task, story.prompt) == ("8167db37-2b7c-4794-9232-891d02ca7fa3", "A sleek, metallic butterfly.")
    assert story.source == "https://asyncdata.net/source/8167db37"
    assert story.link == "https://filesystem.site/cdn/download/1/T7.mp4"
    assert (story.fraction, story.stage, story.failure) == (1.0, "optimizing, attempt 2", "")


def test_any_beginning_of_a_story_is_understood_and_never_taken_for_a_failure() -> None:
    stories = [read_story(STORY[:end]) for end in range(len(STORY))]
    assert {story.failure for story in stories} == {""}
    first = next(end for end, story in enumerate(stories) if story.link)
    assert STORY[:first].endswith(".mp4")


def test_danqings_own_story() -> None:
    narrator = Narrator(
        "https://d.example", watch=lambda _: "https://d.example/w.mp4", download=lambda _: "https://d.example/d.mp4"
    )
    row = job(state=State.DONE, outputs=(film_output(),))
    story = read_story(narrator.tell(row))
    assert (story.task, story.link, story.fraction) == (row.id, "https://d.example/d.mp4", 1.0)


@pytest.mark.parametrize(
    ("line", "filtered"),
    [
        ("> ❌ Video generation failed: internal error", False),
        ("> ❌ The prompt may violate our content policy.", True),
        ("> 视频生成失败:提示词违规", True),
        ("Task failed after 3 retries", False),
    ],
)
def test_a_failure_is_told_in_the_gateways_words(line: str, filtered: bool) -> None:
    story = read_story(STORY.partition("> 🎉")[0] + line)
    assert story.failure == line.strip("> ❌")
    assert story.filtered is filtered


def test_a_failure_before_another_attempt_is_not_the_end() -> None:
    story = read_story("> ❌ Video generation failed\n> ⚠️ Retrying (1/3)\n> 🎬 Starting video generation....")
    assert (story.failure, story.stage) == ("", "filming, attempt 2")


def test_a_link_is_found_in_json() -> None:
    assert link_in('{"url": "https:\\/\\/a.example\\/x.mp4", "b": 1}') == "https://a.example/x.mp4"
    assert link_in("nothing") == ""

"""OpenAI's videos calls: forms and JSON in every spelling, the film as it is told of, and lists."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

import msgspec
import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.faults import Fault
from danqing.domain.generation import Person, Task
from danqing.domain.jobs import State
from danqing.domain.media import Medium, cited
from danqing.wire.forms import Form, FormFile
from danqing.wire.openai import videos
from danqing.wire.openai.videos import Variant
from filming import a_film

from .samples import CREATED, FILM, JOB_ID, PICTURE, blob_of, failed, film_output, generation, job, received

MP4 = b"\0\0\0\x18ftypmp42" + bytes(12)


def form(*files: FormFile, **texts: str) -> Form:
    return Form(tuple(texts.items()), files)


def sent(name: str, data: bytes) -> FormFile:
    return FormFile(name, "a", "application/octet-stream", PurePath(name), len(data), sha256(data).hexdigest(), data)


def body(**fields: object) -> bytes:
    return msgspec.json.encode({"prompt": "a fox", **fields})


def test_a_form_as_the_sdk_sends_it() -> None:
    said = form(sent("input_reference", PICTURE), prompt="a fox", model="sora-2-pro", seconds="8", size="1792x1024")
    ask = videos.read_video(said)
    wanted = ask.generation
    assert (wanted.model, wanted.prompt, wanted.wants) == ("sora-2-pro", "a fox", {Medium.VIDEO})
    assert (wanted.seconds, wanted.pixels, wanted.knobs) == (8, "1792x1024", ())
    assert wanted.first_frame == blob_of(PICTURE)
    assert [upload.data for upload in ask.uploads] == [PurePath("input_reference")]


@pytest.mark.parametrize(
    "fields",
    [
        {
            "durationSeconds": 8,
            "aspectRatio": "16:9",
            "resolution": "720p",
            "negativePrompt": "snow",
            "personGeneration": "allow_all",
            "generateAudio": False,
        },
        {
            "duration_seconds": "8",
            "aspect_ratio": "16:9",
            "size": "720p",
            "negative_prompt": "snow",
            "person_generation": "ALLOW_ALL",
            "generate_audio": "false",
        },
    ],
)
def test_json_with_the_parameters_of_veo(fields: dict[str, object]) -> None:
    wanted = videos.read_video(body(model="veo-3.0-generate-preview", **fields, watermark=True)).generation
    assert (wanted.seconds, wanted.aspect, wanted.size, wanted.pixels) == (8, "16:9", "720p", None)
    assert (wanted.negative, wanted.person) == ("snow", Person.ALL)
    assert wanted.knobs == (("generateAudio", False), ("watermark", True))


def test_who_names_no_model_gets_sora() -> None:
    assert videos.read_video(body()).generation.model == "sora-2"


@pytest.mark.parametrize(
    ("reference", "frame"),
    [
        ({"file_id": "file-abc1"}, cited("abc1")),
        ({"image_url": "files/abc2"}, cited("abc2")),
        ("https://h.example/api/files/abc3", cited("abc3")),
    ],
)
def test_a_first_picture_by_reference(reference: object, frame: object) -> None:
    assert videos.read_video(body(input_reference=reference)).generation.first_frame == frame


@pytest.mark.parametrize(
    ("said", "task"),
    [
        (body(video={"id": f"video_{JOB_ID}"}), Task.EDIT),
        (body(video=f"video_{JOB_ID}"), Task.EXTEND),
        (form(**{"prompt": "a fox", "video[id]": JOB_ID, "seconds": "8"}), Task.EXTEND),
    ],
)
def test_a_film_of_the_key_is_named(said: bytes | Form, task: Task) -> None:
    ask = videos.read_change(said, task)
    assert (ask.source, ask.generation.task, ask.generation.model) == (JOB_ID, task, "")


@pytest.mark.parametrize("movflags", ["+faststart", ""])
def test_a_film_is_sent_wherever_its_header_stands(tmp_path: Path, movflags: str) -> None:
    data = a_film(tmp_path / "film.mp4", seconds=2, movflags=movflags).read_bytes()
    file = replace(sent("video", data), head=data[:2000], tail=data[-2000:])
    ask = videos.read_change(form(file, prompt="a fox"), Task.EDIT)
    assert (ask.source, ask.generation.film, ask.generation.model) == ("", blob_of(data, "video/mp4"), "sora-2")
    assert ask.generation.film_ms == pytest.approx(2000, abs=50)
    assert [upload.data for upload in ask.uploads] == [PurePath("video")]


def test_a_film_is_named_as_a_file() -> None:
    assert videos.read_change(body(video="files/abc1", model="veo-3"), Task.EDIT).generation.film == cited("abc1")


def test_the_path_of_a_remix_names_its_film() -> None:
    ask = videos.read_change(body(), Task.EDIT, source=JOB_ID)
    assert (ask.source, ask.generation.prompt) == (JOB_ID, "a fox")


@pytest.mark.parametrize(
    ("said", "param", "sentence"),
    [
        (b"{}", "prompt", "prompt is missing"),
        (body(seconds="four"), "seconds", "whole number"),
        (body(size=3), "size", "a string"),
        (body(input_reference={}), "input_reference", "data: URL"),
        (form(sent("video", MP4), prompt="a"), "video", "It takes input_reference"),
        (form(sent("input_reference", MP4), prompt="a"), "input_reference", "not a PNG"),
    ],
)
def test_a_film_that_cannot_be_is_refused(said: bytes | Form, param: str, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence) as refused:
        videos.read_video(said)
    assert refused.value.param == param


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (body(), "Send the film as video"),
        (form(sent("video", PICTURE), prompt="a"), "not an MP4"),
        (form(sent("video", MP4), prompt="a"), "not an MP4"),
        (form(sent("video", MP4), sent("video", MP4), prompt="a"), "one film, not 2"),
        (body(video="https://example.com/a.mp4"), "must name a file of this server"),
        (body(video={"id": 3}), "must be a string"),
    ],
)
def test_a_change_of_nothing_is_refused(said: bytes | Form, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        videos.read_change(said, Task.EXTEND)


def film(**fields: Any) -> Any:
    asked = generation(model="sora-2", wants=(Medium.VIDEO,))
    return job(**{"generation": asked, "outputs": (film_output(),), **fields})


def test_a_finished_film() -> None:
    row = film(updated=CREATED + timedelta(seconds=60))
    assert received(videos.video(row)) == {
        "id": f"video_{JOB_ID}",
        "object": "video",
        "created_at": 1750000000,
        "completed_at": 1750000060,
        "expires_at": None,
        "model": "sora-2",
        "status": "completed",
        "progress": 100,
        "prompt": "a cat",
        "seconds": "8",
        "size": "1280x720",
        "remixed_from_video_id": None,
        "error": None,
    }


@pytest.mark.parametrize(
    ("state", "status"),
    [(State.QUEUED, "queued"), (State.SUBMITTING, "in_progress"), (State.RUNNING, "in_progress")],
)
def test_a_film_on_its_way(state: State, status: str) -> None:
    asked = replace(generation(model="sora-2", wants=(Medium.VIDEO,)), aspect="9:16", size="720p", seconds=4)
    told = received(videos.video(film(state=state, outputs=(), progress=0.419, generation=asked)))
    assert (told["status"], told["progress"], told["completed_at"], told["error"]) == (status, 41, None, None)
    assert (told["seconds"], told["size"]) == ("4", "720x1280")


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED, State.UNKNOWN])
def test_a_film_that_there_will_not_be(state: State) -> None:
    row = film(state=state, outputs=(), fault=Fault(Kind.FILTERED, "filtered", "It was refused."))
    told = received(videos.video(row))
    assert (told["status"], told["error"]) == ("failed", {"code": "filtered", "message": "It was refused."})


def test_a_page_of_films() -> None:
    first, last = film(id="a"), film(id="b")
    told = received(videos.videos([first, last], more=True))
    assert (told["first_id"], told["last_id"], told["has_more"]) == ("video_a", "video_b", True)
    assert [row["id"] for row in told["data"]] == ["video_a", "video_b"]
    assert received(videos.videos([], more=False)) == {
        "object": "list",
        "data": [],
        "first_id": None,
        "last_id": None,
        "has_more": False,
    }


def test_which_films_are_listed() -> None:
    assert videos.read_page(None, None, None) == videos.Page(None, 20, oldest_first=False)
    assert videos.read_page("video_a", "3", "asc") == videos.Page("a", 3, oldest_first=True)
    for limit, order in (("0", None), ("101", None), ("x", None), ("٣", None), ("3", "up")):
        with pytest.raises(Problem):
            videos.read_page(None, limit, order)


def test_what_there_is_of_a_film() -> None:
    assert [videos.read_variant(word) for word in (None, "", "spritesheet")] == [
        Variant.VIDEO,
        Variant.VIDEO,
        Variant.SPRITESHEET,
    ]
    with pytest.raises(Problem, match="video, thumbnail, spritesheet"):
        videos.read_variant("poster")


def test_a_film_is_handed_out_when_it_is_there() -> None:
    assert videos.finished(film()).blob == blob_of(FILM, "video/mp4")
    with pytest.raises(Problem, match="status is completed") as early:
        videos.finished(film(state=State.RUNNING, outputs=()))
    assert early.value.code == "video_not_ready"
    with pytest.raises(Problem, match="refused"):
        videos.finished(failed(Fault(Kind.FILTERED, "filtered", "It was refused.")))
    gone = film(outputs=(film_output(gone=CREATED),))
    for look in (videos.finished, videos.require_film):
        with pytest.raises(Problem, match="removed on 2025-06-15"):
            look(gone)
    with pytest.raises(Problem, match="no film"):
        videos.require_film(job())

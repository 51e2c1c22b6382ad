"""openai's videos against the server, by the two eras that have them, and curl for what no SDK sends."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from e2e.films import measured
from filming import a_film
from serving import Server

from .calls import CENT, curl, ended, jobs, native_error, new_key, openai_error
from .conftest import ERAS, Facts, Film, performed

VIDEOS = "/v1/videos"


@pytest.fixture(scope="module", params=ERAS[1:])
def films(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What openai of an era makes of the videos."""
    folder = tmp_path_factory.mktemp("first")
    Image.new("RGB", (720, 1280), "teal").save(folder / "first.png")
    key = new_key(server, f"videos of {request.param}")
    return performed("openai_videos", request.param, server, key, tmp_path_factory, FIRST=str(folder / "first.png"))


def test_a_film_is_made_and_polled_to_its_end(films: Facts, server: Server) -> None:
    told = films.value("made")
    assert (told["status"], told["progress"], told["object"]) == ("completed", 100, "video")
    assert (told["seconds"], told["size"], told["model"]) == ("4", "720x1280", "sora-2")
    assert told["prompt"] == "a red fox hops over a stream"
    assert told["created_at"] <= told["completed_at"] <= datetime.now(UTC).timestamp()
    assert films.value("retrieved") == told
    job = server.call("GET", f"/api/jobs/{told['id'].removeprefix('video_')}", key=films.key).json()
    assert (job["charged"]["nanos"], job["parameters"]["first_frame"]) == (40 * CENT, True)
    assert [change["param"] for change in job["changes"]] == ["fps"]


def test_a_film_that_is_begun_tells_when_to_ask_again(films: Facts) -> None:
    told = films.value("begun")
    assert (told["status"], told["completed_at"], told["error"]) == ("queued", None, None)
    assert (told["seconds"], told["size"]) == ("4", "720x1280")  # the model's own, when nothing is said
    assert told["poll_after"] == "1000"


def test_the_film_is_downloaded(films: Facts) -> None:
    told = films.value("video")
    film = measured(films.folder / told["file"])
    assert (told["mime"], film.codec, film.sound) == ("video/mp4", "h264", "aac")
    assert (film.width, film.height, film.seconds) == (720, 1280, 4.0)


def test_a_thumbnail_and_a_sheet_are_made_of_the_film(films: Facts) -> None:
    thumbnail, sheet = films.value("thumbnail"), films.value("spritesheet")
    assert (thumbnail["mime"], sheet["mime"]) == ("image/webp", "image/jpeg")
    with Image.open(films.folder / thumbnail["file"]) as small, Image.open(films.folder / sheet["file"]) as whole:
        assert (small.format, small.size) == ("WEBP", (288, 512))
        assert (whole.format, whole.size) == ("JPEG", (4 * 180, 4 * 320))
        first, last = whole.crop((0, 0, 180, 320)), whole.crop((540, 960, 720, 1280))
        assert max(ImageStat.Stat(ImageChops.difference(first, small.convert("RGB").resize((180, 320)))).mean) < 8
        assert max(ImageStat.Stat(ImageChops.difference(first, last)).mean) > 8  # time has passed


def test_films_are_listed_page_by_page_from_either_end(films: Facts) -> None:
    told = films.value("listed")
    made, begun = films.value("made")["id"], films.value("begun")["id"]
    assert (told["first page"], told["has_more"]) == ([begun], True)
    assert (told["all"], told["oldest first"]) == ([begun, made], [made, begun])


def test_the_asynchronous_client_finds_the_same(films: Facts) -> None:
    told = films.value("async")
    assert told["film"] == films.value("made")
    assert told["failed"]["status"] == "failed"
    assert told["failed"]["error"]["code"] == "filtered"
    assert told["listed"] == [told["failed"]["id"], films.value("begun")["id"], films.value("made")["id"]]


def test_a_film_that_was_cancelled_has_failed(films: Facts) -> None:
    told = films.value("cancelled")
    assert (told["status"], told["error"]["code"]) == ("failed", "cancelled")


def test_a_deleted_film_is_gone(films: Facts) -> None:
    told, made = films.value("deleted"), films.value("made")["id"]
    assert told["word"] == {"id": made, "object": "video.deleted", "deleted": True}
    assert made not in told["listed"]
    assert len(told["listed"]) == 2


@pytest.mark.parametrize(
    ("call", "status", "code", "param", "sentence"),
    [
        ("too early", 400, "video_not_ready", None, "status is completed"),
        ("not to be deleted", 400, "job_unfinished", "video_id", "Cancel it first"),
        ("five seconds", 400, "invalid_value", "seconds", "4, 8, 12"),
        ("square", 400, "invalid_value", "size", "720x1280, 1280x720"),
        ("picture", 400, "invalid_value", "model", "dall-e-3 makes image"),
        ("unknown", 404, "not_found", None, "There is no job none"),
        ("remix", 402, "max_cost_exceeded", None, "This can cost up to $0.40"),
        ("character", 400, "unsupported_call", "video", "Characters are not offered"),
        ("edit", 400, "invalid_film", "video", "not an MP4"),
        ("content of deleted", 404, "file_removed", None, "The file was removed"),
    ],
)
def test_an_error_says_what_is_wrong(
    films: Facts, call: str, status: int, code: str, param: str | None, sentence: str
) -> None:
    error = films.error(call)
    assert (error["status_code"], error["code"], error["param"]) == (status, code, param)
    assert sentence in error["text"]


def test_what_was_delivered_is_all_that_was_charged(films: Facts, server: Server) -> None:
    charged = [row["charged"]["nanos"] for row in jobs(server, films.key) if row["charged"]["nanos"]]
    assert charged == [40 * CENT]


def test_curl_sends_json_with_the_parameters_of_veo(server: Server) -> None:
    """Only begun: a film of Veo is made elsewhere often enough."""
    key = new_key(server, "veo over videos")
    body = {
        "model": "veo-3.0-generate-preview",
        "prompt": "[danqing:fail] a fox",
        "durationSeconds": 8,
        "aspectRatio": "16:9",
        "resolution": "720p",
        "negativePrompt": "snow",
        "watermark": True,
    }
    said = curl(
        *("-H", f"Authorization: Bearer {key}", "-H", "Content-Type: application/json"),
        *("-d", json.dumps(body), server.url + VIDEOS),
    )
    told = json.loads(said)
    assert (told["seconds"], told["size"], told["model"]) == ("8", "1280x720", "veo-3.0-generate-preview")
    [job] = jobs(server, key)
    assert job["parameters"]["negative"] == "snow"
    assert job["ignored"] == ["watermark"]


def test_a_film_that_is_sent_goes_on(server: Server, tmp_path: Path) -> None:
    """The new one holds the old one; only what is new is paid for."""
    given = a_film(tmp_path / "given.mp4", width=128, height=72, seconds=2)
    key = new_key(server, "going on")
    said = curl(
        *("-H", f"Authorization: Bearer {key}", "-F", "model=veo-3.1-generate-001", "-F", "prompt=a red fox walks in"),
        *("-F", "seconds=7", "-F", f"video=@{given}", f"{server.url}{VIDEOS}/extensions"),
    )
    job = ended(server, json.loads(said)["id"].removeprefix("video_"), key)
    assert (job["state"], job["charged"]["nanos"]) == ("done", 7 * 40 * CENT), job
    film = measured(server.call("GET", f"{VIDEOS}/video_{job['id']}/content", key=key).body)
    assert (film.width, film.height, film.seconds) == (128, 72, 9.0)
    told = server.call("GET", f"{VIDEOS}/video_{job['id']}", key=key).json()
    assert (told["seconds"], told["model"], told["remixed_from_video_id"]) == ("9", "veo-3.1-generate-001", None)
    changed = {"prompt": "in black and white", "model": "gemini-omni-1.1-flash"}
    remix = server.call("POST", f"{VIDEOS}/{told['id']}/remix", changed, key=key).json()
    assert (remix["remixed_from_video_id"], remix["seconds"]) == (told["id"], "9"), remix
    assert ended(server, remix["id"].removeprefix("video_"), key)["state"] == "done"
    listed = server.call("GET", VIDEOS, key=key).json()["data"]
    assert [film["remixed_from_video_id"] for film in listed] == [told["id"], None]
    assert [film["seconds"] for film in listed] == ["9", "9"]


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("extensions", 402, "This can cost up to $2.80"),
        ("edits", 400, "Of what can be done to something it does: extend"),
        ("remix", 400, "veo-2.0-generate-001 does not do edit"),
    ],
)
def test_a_film_that_is_named_goes_on_by_its_own_model_or_another(
    server: Server, film: Film, path: str, status: int, sentence: str
) -> None:
    """What a client may pay keeps it from being made."""
    named = {"prompt": "it wakes up", "video": {"id": f"video_{film.job}"}, "model": "veo-3.1-generate-001"}
    where, body = (f"{film.job}/remix", {"prompt": "at night"}) if path == "remix" else (path, named)
    answer = server.call("POST", f"{VIDEOS}/{where}", body, headers={"x-danqing-max-cost": "0.01"})
    assert sentence in openai_error(answer, status)["message"]


def test_a_film_is_nobody_else_s(server: Server) -> None:
    made = server.call("POST", VIDEOS, {"prompt": "[danqing:fail] a fox"})
    assert made.status == 200, made.body
    path = f"{VIDEOS}/{made.json()['id']}"
    other = new_key(server, "another")
    for method, end in (("GET", ""), ("GET", "/content"), ("DELETE", ""), ("POST", "/remix")):
        openai_error(server.call(method, path + end, {"prompt": "a"} if method == "POST" else None, key=other), 404)
    assert server.call("GET", VIDEOS, key=other).json()["data"] == []


def test_a_picture_is_no_film(server: Server) -> None:
    job = server.call("POST", "/api/jobs", {"model": "dall-e-2", "prompt": "[danqing:fail] a fox"}).json()["id"]
    assert "no film" in openai_error(server.call("GET", f"{VIDEOS}/video_{job}"), 404)["message"]
    native_error(server.call("GET", f"/api/jobs/video_{job}"), 404)


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "order=up", "limit=101"])
def test_a_list_that_cannot_be_is_refused(server: Server, query: str) -> None:
    openai_error(server.call("GET", f"{VIDEOS}?{query}"), 400)

"""openai's images of three eras against the server, and curl for what no SDK sends."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from serving import Answer, Server

from .calls import CENT, curl, data_url, events, jobs, new_key, openai_error, opened, spent
from .conftest import ERAS, Facts, performed

GENERATE, EDIT = "/v1/images/generations", "/v1/images/edits"
STREAMING = ERAS[1:]  # the first era has no streams of images


@pytest.fixture(scope="module")
def images_of(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Facts]:
    """What openai of an era makes of the images; each is asked once."""

    def perform(era: str) -> Facts:
        return performed("openai_images", era, server, new_key(server, f"images of {era}"), tmp_path_factory)

    return cache(perform)


@pytest.fixture(params=ERAS)
def images(request: pytest.FixtureRequest, images_of: Callable[[str], Facts]) -> Facts:
    return images_of(request.param)


def picture(facts: Facts, name: str) -> Image.Image:
    found = Image.open(facts.folder / name)
    found.load()
    return found


def test_pictures_come_as_they_were_asked_for(images: Facts, server: Server) -> None:
    told = images.value("generated")
    made = [picture(images, name) for name in told["files"]]
    assert [(one.format, one.size, one.mode) for one in made] == [("JPEG", (768, 512), "RGB")] * 2
    assert made[0].tobytes() != made[1].tobytes()
    assert all("/cdn/" in link and link.endswith(".jpg") for link in told["links"])
    usage = told["usage"]
    assert usage["output_tokens"] == 2 * 7024
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert usage["input_tokens_details"] == {"image_tokens": 0, "text_tokens": usage["input_tokens"]}
    assert (told["format"], told["size"], told["background"]) == ("jpeg", "768x512", "opaque")
    assert told["quality"] is None  # the engine at work knows none
    newest = max(datetime.fromisoformat(job["created"]) for job in jobs(server, images.key))
    assert 0 < told["created"] <= newest.timestamp()


def test_code_for_dalle_finds_its_link(images: Facts, server: Server) -> None:
    told = images.value("linked")
    assert told["mime"] == "image/png"
    assert picture(images, told["file"]).size == (1024, 1024)
    assert told["danqing-ignored"] == "quality, style"
    assert told["danqing-served-by"] == "sketch"
    assert told["sunset"] == "Tue, 12 May 2026 00:00:00 GMT"
    assert "gpt-image-2" in told["link"]
    job = server.call("GET", f"/api/jobs/{told['danqing-job']}", key=images.key).json()
    assert (job["model"], job["charged"]["nanos"], job["changes"]) == ("dall-e-3", 4 * CENT, [])
    forged = told["url"].removeprefix(server.url).replace(".png", "0.png")
    assert server.call("GET", forged, key="").status == 404


def test_a_client_that_wants_the_link_gets_nothing_else(images: Facts) -> None:
    told = images.value("only link")
    assert told["b64_json"] is None
    assert told["url"].endswith(".png")


def test_several_pictures_are_changed_in_one_call(images: Facts) -> None:
    told = images.value("edited")
    [name] = told["files"]
    changed = picture(images, name).convert("RGB")
    assert changed.width / changed.height == pytest.approx(1.5, abs=0.01)
    red, green, blue = changed.resize((1, 1)).getpixel((0, 0))
    assert max(red, green, blue) - min(red, green, blue) < 12
    assert told["usage"]["input_tokens_details"]["image_tokens"] == 2 * 258


def test_the_asynchronous_client_gets_its_pictures(images: Facts) -> None:
    assert [picture(images, name).size for name in images.value("async")] == [(256, 256)] * 2


@pytest.mark.parametrize("era", STREAMING)
def test_a_stream_ends_with_the_picture(images_of: Callable[[str], Facts], era: str) -> None:
    facts = images_of(era)
    rough, made, changed = facts.value("streamed")["events"]
    assert [event["type"] for event in (rough, made, changed)] == [
        "image_generation.partial_image",
        "image_generation.completed",
        "image_edit.completed",
    ]
    assert picture(facts, rough["file"]).size == (128, 128)
    assert [made["size"], made["output_format"], changed["output_format"]] == ["512x512", "png", "webp"]
    assert picture(facts, made["file"]).size == (512, 512)
    assert picture(facts, changed["file"]).format == "WEBP"
    assert made["usage"]["output_tokens"] == 7024
    assert changed["usage"]["input_tokens_details"]["image_tokens"] == 258


@pytest.mark.parametrize("era", STREAMING)
def test_a_stream_that_fails_at_once_has_its_status(images_of: Callable[[str], Facts], era: str) -> None:
    error = images_of(era).error("broken stream")
    assert (error["error"], error["status_code"]) == ("InternalServerError", 502)


@pytest.mark.parametrize(
    ("call", "code", "param", "sentence"),
    [
        ("variation", "endpoint_retired", "model", "/v1/images/edits"),
        ("size", "invalid_value", "size", "1024x1024, 1536x1024, 1024x1536"),
        ("gif", "invalid_value", "output_format", "png, jpeg or webp"),
        ("film", "invalid_value", "model", "sora-2 makes video"),
        ("eleven", "invalid_value", "n", "1 to 10"),
        ("filtered", "filtered", None, "filtered"),
        ("no picture", "invalid_picture", "image", "image is not a PNG, JPEG or WebP"),
    ],
)
def test_an_error_says_what_is_wrong(images: Facts, call: str, code: str, param: str | None, sentence: str) -> None:
    error = images.error(call)
    assert (error["error"], error["status_code"], error["code"]) == ("BadRequestError", 400, code)
    assert (error["param"], sentence in error["text"]) == (param, True)


def test_what_was_delivered_is_all_that_was_charged(images: Facts, server: Server) -> None:
    rows = jobs(server, images.key)
    assert sum(row["charged"]["nanos"] for row in rows) == spent(server, images.key)
    assert {row["state"] for row in rows if not row["charged"]["nanos"]} == {"failed"}


def form(*parts: tuple[str, str, bytes], boundary: str = "danqing") -> tuple[bytes, dict[str, str]]:
    """A form, and its content type: parts have a name, a file name if they are files, and what is in them."""
    body = b""
    for name, filename, data in parts:
        file = f'; filename="{filename}"\r\nContent-Type: application/octet-stream' if filename else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), {"content-type": f"multipart/form-data; boundary={boundary}"}


def png(colour: str = "red", size: tuple[int, int] = (64, 64)) -> bytes:
    return encoded(Image.new("RGB", size, colour))


def encoded(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_curl_sends_a_form(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "red.png"
    file.write_bytes(png())
    said = curl(
        *("-H", f"Authorization: Bearer {server.key}", "-F", "model=gpt-image-1", "-F", "prompt=mirror it"),
        *("-F", f"image=@{file}", "-F", "response_format=b64_json", server.url + EDIT),
    )
    assert opened(json.loads(said)["data"][0]["b64_json"]).size == (1024, 1024)


def test_nothing_changes_outside_of_the_mask_of_a_form(server: Server) -> None:
    """It is transparent where something may change, as OpenAI has it."""
    photo = Image.effect_noise((256, 256), 60).convert("RGB")
    mask = Image.new("RGBA", photo.size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (64, 64, 192, 192))
    parts = (("prompt", "", b"a red fox"), ("model", "", b"gpt-image-1"), ("response_format", "", b"b64_json"))
    files = (("image", "photo.png", encoded(photo)), ("mask", "mask.png", encoded(mask)))
    body, headers = form(*parts, *files)
    answer = server.call("POST", EDIT, body, headers=headers)
    assert answer.status == 200, answer.body
    changed = opened(answer.json()["data"][0]["b64_json"])
    box = ImageChops.difference(photo, changed).getbbox()
    assert box
    assert min(box[:2]) >= 64
    assert max(box[2:]) <= 192


def test_the_same_form_is_known_again_whatever_its_boundary(server: Server) -> None:
    key = new_key(server, "forms")

    def asked(prompt: str, boundary: str) -> Answer:
        parts = (("prompt", "", prompt.encode()), ("model", "", b"dall-e-2"), ("image", "a.png", png()))
        body, headers = form(*parts, boundary=boundary)
        return server.call("POST", EDIT, body, key=key, headers={**headers, "idempotency-key": "once"})

    first, again, other = asked("mirror it", "one"), asked("mirror it", "two"), asked("blur it", "one")
    assert (first.status, again.status) == (200, 200), first.body
    assert first.headers["danqing-job"] == again.headers["danqing-job"]
    assert openai_error(other, 422)["code"] == "idempotency_mismatch"
    assert len(jobs(server, key)) == 1


def test_json_changes_a_picture_that_is_inside_or_named(server: Server) -> None:
    made = server.call("POST", GENERATE, {"prompt": "a fox", "model": "dall-e-2", "size": "256x256"})
    name = server.call("GET", f"/api/jobs/{made.headers['danqing-job']}").json()["outputs"][0]["file"]
    for given in ({"file_id": f"file-{name}"}, {"image_url": data_url(Image.new("RGB", (64, 64), "blue"))}):
        body = {"prompt": "mirror it", "model": "gpt-image-1", "images": [given], "response_format": "b64_json"}
        answer = server.call("POST", EDIT, body)
        assert answer.status == 200, answer.body
        assert opened(answer.json()["data"][0]["b64_json"])


def test_a_dry_run_of_a_form_keeps_nothing_of_it(server: Server) -> None:
    body, headers = form(("prompt", "", b"mirror it"), ("model", "", b"gpt-image-1"), ("image", "a.png", png("green")))
    answer = server.call("POST", EDIT, body, headers={**headers, "danqing-dry-run": "true"})
    assert answer.status == 200
    assert answer.json()["cost"]["nanos"] > 24 * CENT
    assert list((server.data / "scratch").rglob("*")) != []  # the desk itself
    assert [path for path in (server.data / "scratch").rglob("*") if path.is_file() and path.stat().st_size] == []


@pytest.mark.parametrize(
    ("body", "headers", "sentence"),
    [
        (b"--x\r\n", {"content-type": "multipart/form-data; boundary=x"}, "breaks off"),
        (b"", {"content-type": "multipart/form-data"}, "boundary"),
        (b"nonsense", {"content-type": "multipart/form-data; boundary=x"}, "cannot be read"),
        (*form(("prompt", "", b"a"), ("image", "a.txt", b"words")), "not a PNG"),
        (*form(("prompt", "", b"\xff"), ("image", "a.png", png())), "not UTF-8"),
        (*form(("image", "a.png", png())), "prompt is missing"),
        (*form(("prompt", "", b"a"), ("image", "a.png", png()), ("model", "", b"dall-e-3")), "takes no pictures"),
    ],
)
def test_a_form_that_cannot_be_is_a_clear_error(
    server: Server, body: bytes, headers: dict[str, str], sentence: str
) -> None:
    assert sentence in openai_error(server.call("POST", EDIT, body, headers=headers), 400)["message"]


def test_curl_reads_a_stream_and_its_error(server: Server) -> None:
    body = {"prompt": "a fox", "model": "gpt-image-1", "stream": True, "partial_images": 2, "size": "1024x1536"} | {
        "output_format": "jpeg"
    }
    answer = server.call("POST", GENERATE, body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "danqing-ignored" not in answer.headers
    assert answer.body.startswith(b"event: image_generation.partial_image\ndata: {")
    rough, event = events(answer.body)
    assert (rough["partial_image_index"], rough["output_format"], event["output_format"]) == (0, "png", "jpeg")
    small, whole = (opened(told["b64_json"]).convert("RGB") for told in (rough, event))
    assert (small.size, whole.size) == ((256, 384), (1024, 1536))
    apart = ImageStat.Stat(ImageChops.difference(small.resize((16, 24)), whole.resize((16, 24)))).mean
    assert max(apart) < 12  # the same picture, and no other

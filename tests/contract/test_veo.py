"""Veo's `:predictLongRunning` over real sockets: start, poll, narrow, download (wire.md 6)."""

import base64
import hashlib
import json
import re
from io import BytesIO

import av
import pytest
from PIL import Image

from serving import Answer, Server

from .calls import (
    CENT,
    FILM,
    MODELS,
    VEO_2,
    VEO_3,
    curl,
    data_url,
    ended,
    film_body,
    google_error,
    held,
    new_key,
    spent,
)
from .conftest import Film

VEO_3_FILM = f"{MODELS}/{VEO_3}:predictLongRunning"
FETCH = f"/gemini/v1beta1/publishers/google/models/{VEO_2}:fetchPredictOperation"
SDK = {"x-goog-api-client": "google-genai-sdk/1.20.0 gl-python/3.11.7"}
SLOW = "[danqing:slow=600] a film that will never be made"
PICTURE = Image.new("RGB", (64, 48), "teal")


def uri_of(server: Server, film: Film) -> str:
    """The address of the shared film, from the server's root."""
    answer = server.call("GET", f"/gemini/v1beta/{film.name}", headers=SDK).json()
    uri = answer["response"]["generateVideoResponse"]["generatedSamples"][0]["video"]["uri"]
    assert uri.startswith(server.url)
    return uri.removeprefix(server.url)


def outcome(server: Server, prompt: str, **parameters: object) -> tuple[Answer, dict[str, object]]:
    """Start a film that ends at once, and its operation when it has ended."""
    started = server.call("POST", FILM, film_body(prompt, **parameters))
    assert started.status == 200, started.body
    ended(server, started.headers["danqing-job"])
    return started, server.call("GET", f"/gemini/v1beta/{started.json()['name']}").json()


def test_the_first_step_answers_with_the_name_alone(film: Film) -> None:
    assert re.fullmatch(rb'{"name":"models/veo-2\.0-generate-001/operations/[0-9a-f-]{36}"}', film.started.body)
    assert film.started.headers["danqing-served-by"] == "sketch"


def test_a_running_operation_is_only_a_name(server: Server) -> None:
    started = server.call("POST", FILM, film_body(SLOW)).json()
    for headers in ({}, SDK):
        assert server.call("GET", f"/gemini/v1beta/{started['name']}", headers=headers).json() == started
    assert server.call("POST", FETCH, {"operationName": started["name"]}).json() == started
    job = started["name"].rpartition("/")[2]
    assert server.call("POST", f"/api/jobs/{job}/cancel").json()["state"] == "cancelled"
    told = server.call("GET", f"/gemini/v1beta/{started['name']}").json()
    assert told["done"] is True
    assert told["error"] == {"code": 1, "message": "The job was cancelled; nothing was charged."}


def test_curl_is_told_in_both_dialects_at_once(server: Server, film: Film) -> None:
    told = server.call("GET", f"/gemini/v1beta/{film.name}").json()
    assert (set(told), told["name"], told["done"]) == ({"name", "done", "response"}, film.name, True)
    response = told["response"]
    assert set(response) == {"@type", "raiMediaFilteredCount", "videos", "generateVideoResponse"}
    assert response["@type"] == "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"
    assert response["raiMediaFilteredCount"] == 0
    [video] = response["videos"]
    assert (set(video), video["mimeType"]) == ({"bytesBase64Encoded", "mimeType"}, "video/mp4")
    [sample] = response["generateVideoResponse"]["generatedSamples"]
    assert sample["encoding"] == sample["video"]["encoding"] == "video/mp4"
    name = re.fullmatch(rf"{server.url}/gemini/v1beta/files/([a-z0-9]+):download\?alt=media", sample["video"]["uri"])
    assert name
    data = base64.b64decode(video["bytesBase64Encoded"], validate=True)
    assert data == server.call("GET", f"/gemini/v1beta/files/{name[1]}:download?alt=media").body


def test_the_document_s_pipeline_writes_a_film(server: Server, film: Film) -> None:
    said = curl(f"{server.url}/gemini/v1beta/{film.name}?key={server.key}")
    found = re.findall(rb'"bytesBase64Encoded":"([^"]*)"', said)
    assert len(found) == 1
    assert b'"done":true' in said, "as the loop in the README greps for it"
    with av.open(BytesIO(base64.b64decode(found[0]))) as container:
        [stream] = container.streams.video
        assert (stream.codec_context.width, stream.codec_context.height) == (1280, 720)
        assert stream.average_rate == 24
        assert stream.frames == 5 * 24


def test_the_sdk_is_told_of_links_alone(server: Server, film: Film) -> None:
    answer = server.call("GET", f"/gemini/v1beta/{film.name}", headers=SDK)
    assert set(answer.json()["response"]) == {"@type", "generateVideoResponse"}
    assert len(answer.body) < 1000, "no film inside that it would not read"


def test_vertex_is_told_of_films_alone(server: Server, film: Film) -> None:
    for name in (film.name, f"publishers/google/{film.name}", f"projects/p/locations/l/publishers/google/{film.name}"):
        told = server.call("POST", FETCH, {"operationName": name}).json()
        assert told["name"] == name
        assert set(told["response"]) == {"@type", "raiMediaFilteredCount", "videos"}


@pytest.mark.parametrize("body", [{}, {"operationName": ""}, {"operationName": 7}, []])
def test_fetching_needs_the_operation_s_name(server: Server, body: object) -> None:
    google_error(server.call("POST", FETCH, body), 400)


@pytest.mark.parametrize(
    "path",
    [
        "/gemini/v1/{name}",
        "/gemini/v1beta1/publishers/google/{name}",
        "/gemini/v1beta/projects/ahm-gemini-03/locations/us-central1/publishers/google/{name}",
        "/v1beta/{name}",
        "/gemini/v1beta/operations/{job}",
        "/gemini/v1beta/models/another-name/operations/{job}",
    ],
)
def test_an_operation_is_found_by_the_last_part_of_its_name(server: Server, film: Film, path: str) -> None:
    asked = path.format(name=film.name, job=film.job)
    told = server.call("GET", asked, headers=SDK).json()
    assert told["done"] is True
    assert asked.endswith("/" + told["name"]), "and answers with the name that it was asked by"


def test_a_film_carries_what_was_asked(film: Film) -> None:
    [output] = film.finished["outputs"]
    assert (output["medium"], output["mime"], output["width"], output["height"]) == ("video", "video/mp4", 1280, 720)
    assert (output["seconds"], output["fps"], output["seed"]) == (5.0, 24, 7)
    assert film.finished["charged"] == {"usd": "1.75", "nanos": 175 * CENT}


def test_what_is_said_of_the_sound_is_true(server: Server, film: Film) -> None:
    """The vendor's Veo 2 was silent, and its row says so; a sketch of it has sound, and that is said too."""
    assert server.call("GET", f"/api/models/{VEO_2}").json()["ability"]["audio"] is False
    assert film.finished["outputs"][0]["audio"] is True
    assert b"soun" in server.call("GET", uri_of(server, film)).body, "the handler of a sound track"


def test_a_download_is_the_film(server: Server, film: Film) -> None:
    answer = server.call("GET", uri_of(server, film))
    assert answer.headers["content-type"] == "video/mp4"
    assert int(answer.headers["content-length"]) == len(answer.body) == film.finished["outputs"][0]["bytes"]
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_part_of_a_film_can_be_had(server: Server, film: Film) -> None:
    uri = uri_of(server, film)
    whole = server.call("GET", uri).body
    part = server.call("GET", uri, headers={"range": "bytes=1000-1999"})
    assert (part.status, part.body) == (206, whole[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(whole)}"
    assert server.call("GET", uri, headers={"range": "bytes=-10"}).body == whole[-10:]
    beyond = server.call("GET", uri, headers={"range": f"bytes={len(whole)}-"})
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")


def test_a_film_s_head_has_no_body(server: Server, film: Film) -> None:
    answer = server.call("HEAD", uri_of(server, film))
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) == film.finished["outputs"][0]["bytes"]


def test_an_address_that_was_pasted_into_the_path_is_understood(server: Server, film: Film) -> None:
    """What google-genai makes of a plain http:// address (wire.md 6.4)."""
    uri = f"http://elsewhere.example{uri_of(server, film)}"
    pasted = curl(f"{server.url}/gemini/v1beta/files/{uri}:download?alt=media", "-H", f"x-goog-api-key: {server.key}")
    assert hashlib.sha256(pasted).digest() == hashlib.sha256(server.call("GET", uri_of(server, film)).body).digest()


def test_films_are_nobody_else_s(server: Server, film: Film) -> None:
    stranger = new_key(server, "a stranger")
    unknown = google_error(server.call("GET", "/gemini/v1beta/operations/none"), 404)["message"]
    hidden = google_error(server.call("GET", f"/gemini/v1beta/{film.name}", key=stranger), 404)["message"]
    assert hidden == unknown.replace("none", film.job), "whether it exists is not told"
    google_error(server.call("POST", FETCH, {"operationName": film.name}, key=stranger), 404)
    google_error(server.call("GET", uri_of(server, film), key=stranger), 404)
    google_error(server.call("GET", uri_of(server, film), key=""), 401)


@pytest.mark.parametrize("name", ["none", "NONE", "a-b_c", "%00", "..%2F..%2Fsecret"])
def test_an_unknown_file_is_not_found(server: Server, name: str) -> None:
    google_error(server.call("GET", f"/gemini/v1beta/files/{name}:download?alt=media"), 404)


def test_veo_2_makes_two_films_unless_told_otherwise(server: Server) -> None:
    """Seen in the money that is held while they are made, and given back when they are not wanted any more."""
    key = new_key(server, "two films")
    started = server.call("POST", FILM, film_body(SLOW), key=key)
    assert held(server, key) == 2 * 8 * 35 * CENT
    job = server.call("GET", f"/api/jobs/{started.headers['danqing-job']}", key=key).json()
    assert (job["parameters"]["count"], job["parameters"]["seconds"], job["held"]["usd"]) == (2, 8, "5.60")
    server.call("POST", f"/api/jobs/{job['id']}/cancel", key=key)
    assert (held(server, key), spent(server, key)) == (0, 0)


@pytest.mark.parametrize(
    ("path", "parameters", "cost"),
    [
        (FILM, {"sampleCount": 1, "durationSeconds": 5}, 175 * CENT),
        (FILM, {"numberOfVideos": "1", "durationSeconds": "8s"}, 280 * CENT),
        (
            VEO_3_FILM,
            {"numberOfVideos": 1, "durationSeconds": 8, "aspectRatio": "16:9", "resolution": "720P"},
            540 * CENT,
        ),
        (VEO_3_FILM, {"personGeneration": "ALLOW_ALL", "fps": 24, "generateAudio": True}, 540 * CENT),
    ],
)
def test_a_film_costs_what_its_seconds_cost(
    server: Server, path: str, parameters: dict[str, object], cost: int
) -> None:
    key = new_key(server, f"{parameters}")
    job = server.call("POST", path, film_body(SLOW, **parameters), key=key).headers["danqing-job"]
    assert held(server, key) == cost
    server.call("POST", f"/api/jobs/{job}/cancel", key=key)


@pytest.mark.parametrize(
    ("path", "parameters", "allowed", "field"),
    [
        (FILM, {"durationSeconds": 6}, "8, 5", "durationSeconds"),
        (FILM, {"durationSeconds": "soon"}, "8", "durationSeconds"),
        (FILM, {"aspectRatio": "1:1"}, "16:9, 9:16", "aspectRatio"),
        (FILM, {"sampleCount": 3}, "1 to 2", "sampleCount"),
        (FILM, {"numberOfVideos": 0}, "1 to 2", "sampleCount"),
        (VEO_3_FILM, {"durationSeconds": 5}, "8", "durationSeconds"),
        (VEO_3_FILM, {"aspectRatio": "9:16"}, "16:9", "aspectRatio"),
        (VEO_3_FILM, {"resolution": "1080p"}, "720p", "resolution"),
        (VEO_3_FILM, {"personGeneration": "some"}, "allow_all, allow_adult, dont_allow", "personGeneration"),
    ],
)
def test_what_a_model_cannot_do_is_refused_with_what_it_can(
    server: Server, path: str, parameters: dict[str, object], allowed: str, field: str
) -> None:
    error = google_error(server.call("POST", path, film_body("a cat", **parameters)), 400)
    assert allowed in error["message"]
    assert error["details"][0]["metadata"] == {"param": field}


def test_a_filtered_film_is_done_and_says_why(server: Server) -> None:
    started, told = outcome(server, "[danqing:filtered] a cat")
    assert told["done"] is True
    response = told["response"]
    assert response["raiMediaFilteredCount"] == 2
    assert "videos" not in response
    assert set(response["generateVideoResponse"]) == {"raiMediaFilteredCount", "raiMediaFilteredReasons"}
    assert response["raiMediaFilteredReasons"] == response["generateVideoResponse"]["raiMediaFilteredReasons"]
    assert "refuse" in response["raiMediaFilteredReasons"][0]
    again = server.call("GET", f"/gemini/v1beta/{started.json()['name']}")
    assert again.headers["danqing-cost-usd"] == "0.00"


@pytest.mark.parametrize(("magic", "code"), [("fail", 14), ("quota", 8), ("unknown", 2)])
def test_a_failed_film_is_done_with_an_error(server: Server, magic: str, code: int) -> None:
    """Without `done` every client would poll for ever (wire.md 13)."""
    _, told = outcome(server, f"[danqing:{magic}] a cat")
    assert set(told) == {"name", "done", "error"}
    assert told["done"] is True
    assert told["error"]["code"] == code
    assert "magic prompt" in told["error"]["message"]


def test_what_is_not_honoured_is_told_at_every_step(server: Server) -> None:
    started, told = outcome(server, "[danqing:fail] a cat", fps=24, pubsubTopic="t", enhancePrompt=True)
    polled = server.call("GET", f"/gemini/v1beta/{told['name']}")
    assert started.headers["danqing-ignored"] == polled.headers["danqing-ignored"] == "fps, pubsubTopic"


@pytest.mark.parametrize(
    "frame",
    [
        {"bytesBase64Encoded": "{data}", "mimeType": "image/png"},
        {"bytes_base64_encoded": "{data}", "mime_type": "image/png"},
        {"inlineData": {"data": "{data}", "mimeType": "image/png"}},
        {"inline_data": {"data": "{urlsafe}"}},
    ],
)
def test_a_first_frame_is_taken_in_every_spelling(server: Server, frame: dict[str, object]) -> None:
    data = data_url(PICTURE).partition(",")[2]
    urlsafe = data.translate(str.maketrans("+/", "-_")).rstrip("=")
    spelled = json.loads(json.dumps(frame).replace("{data}", data).replace("{urlsafe}", urlsafe))
    body = {"instances": [{"prompt": SLOW, "image": spelled}]}
    started = server.call("POST", FILM, body)
    assert started.status == 200, started.body
    job = server.call("POST", f"/api/jobs/{started.headers['danqing-job']}/cancel").json()
    assert job["parameters"]["first_frame"] is True


@pytest.mark.parametrize(
    ("instance", "sentence"),
    [
        ({"image": {"bytesBase64Encoded": "!!!"}}, "not base64"),
        ({"image": {"bytesBase64Encoded": "AAAA"}}, "not a PNG, JPEG or WebP"),
        ({"image": {"gcsUri": "gs://b/x.png"}}, "must name a file of this server"),
        ({"image": {}}, "holds no picture"),
        ({"image": "x"}, "must be an object"),
        ({"video": {"uri": "x"}}, "must name a file of this server"),
        ({"referenceImages": [{"referenceType": "ASSET"}]}, "instances[0].referenceImages[0].image is missing"),
        ({"mask": {}}, "not changed by a mask"),
        ({"prompt": "  "}, "prompt is empty"),
    ],
)
def test_an_instance_that_cannot_be_used_is_refused(server: Server, instance: dict[str, object], sentence: str) -> None:
    body = {"instances": [{"prompt": "a cat", **instance}]}
    assert sentence in google_error(server.call("POST", FILM, body), 400)["message"]

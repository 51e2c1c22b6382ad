"""Pictures and films are changed by google-genai of three eras: masks, references, upscales, films that go on."""

import base64
from io import BytesIO

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from serving import Server

from .calls import CENT, FILM, data_url, ended, google_error, new_key, spent
from .conftest import ERAS, Facts, Film, performed

MASKED = (60, 60, 120, 140)
EXTEND = "/gemini/v1beta/models/veo-3.1-generate-001:predictLongRunning"


def photo() -> Image.Image:
    """Sky above grass, and an orange disc where the mask is."""
    picture = Image.new("RGB", (240, 160), (120, 180, 240))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 100, 240, 160), fill=(70, 160, 80))
    pen.ellipse((70, 70, 110, 110), fill=(240, 150, 40))
    return picture


def mask() -> Image.Image:
    drawn = Image.new("L", (240, 160))
    drawn.paste(255, MASKED)
    return drawn


@pytest.fixture(scope="session", params=ERAS)
def changed(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """What google-genai of each era makes of the calls that change something; the newest has a film go on, too."""
    given = tmp_path_factory.mktemp(f"given-{request.param}")
    photo().save(given / "photo.png")
    mask().save(given / "mask.png")
    Image.new("RGB", (90, 60), (250, 10, 200)).save(given / "subject.png")
    key = server.key if request.param == "newest" else new_key(server, f"edits of {request.param}")
    longer = f"files/{name_of(request.getfixturevalue('film'))}" if request.param == "newest" else ""
    return performed("google_edits", request.param, server, key, tmp_path_factory, folder=given, FILM=longer)


def name_of(film: Film) -> str:
    return str(film.finished["outputs"][0]["file"])  # type: ignore[index]


def frames_of(server: Server, name: str) -> list[np.ndarray]:
    """Every frame of a film, each an eighth as wide and as high."""
    data = server.call("GET", f"/gemini/v1beta/files/{name}:download?alt=media").body
    with av.open(BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24").astype(np.float32)[::8, ::8] for frame in container.decode(video=0)]


def opened(facts: Facts, name: str) -> np.ndarray:
    with Image.open(facts.folder / name) as picture:
        return np.asarray(picture.convert("RGB"), np.int16)


def refusal(facts: Facts, call: str) -> str:
    error = facts.error(call)
    assert (error["error"], error["code"], error["status"]) == ("ClientError", 400, "INVALID_ARGUMENT")
    return str(error["message"])


@pytest.mark.parametrize("call", ["insert", "remove"])
def test_only_what_is_masked_changes(changed: Facts, call: str) -> None:
    assert changed.value(call) == {"mime": "image/png"}
    before, after = np.asarray(photo(), np.int16), opened(changed, f"{call}.png")
    inside = np.zeros((160, 240), bool)
    inside[MASKED[1] : MASKED[3], MASKED[0] : MASKED[2]] = True
    touched = (before != after).any(-1)
    assert not touched[~inside].any()
    assert touched[inside].mean() > 0.1


def test_a_subject_is_seen(changed: Facts) -> None:
    assert changed.value("subject") == {"mime": "image/png"}
    assert (np.abs(opened(changed, "subject.png") - (250, 10, 200)).max(-1) < 12).mean() > 0.01


def test_a_picture_has_twice_as_many_pixels_on_each_side(changed: Facts) -> None:
    assert changed.value("upscale") == {"mime": "image/jpeg"}
    assert opened(changed, "enlarged.jpg").shape == (320, 480, 3)


def test_a_mask_that_would_have_to_be_found_is_refused(changed: Facts) -> None:
    assert "does not find the foreground" in refusal(changed, "foreground")


@pytest.mark.parametrize(("call", "why"), [("try on", "Clothes are not tried on"), ("segment", 'only "upscale" is')])
def test_what_is_not_made_is_refused_with_what_is(changed: Facts, call: str, why: str) -> None:
    if call not in changed.calls:
        pytest.skip(f"google-genai of {changed.era} has no such call")
    message = refusal(changed, call)
    assert why in message
    assert "REFERENCE_TYPE_RAW" in message


def test_a_film_goes_by_pictures_of_things_and_not_of_styles(changed: Facts, server: Server) -> None:
    if "references" not in changed.calls:
        pytest.skip(f"google-genai of {changed.era} has no reference images")
    job = str(changed.value("references")).rpartition("/")[2]
    told = server.call("POST", f"/api/jobs/{job}/cancel", key=changed.key).json()
    assert (told["parameters"]["roles"], told["parameters"]["seconds"]) == (["subject"], 8)
    assert "takes no picture as style" in refusal(changed, "style")
    if "film mask" in changed.calls:
        assert "not changed by a mask" in refusal(changed, "film mask")


def test_a_film_goes_on_and_only_what_is_new_is_paid_for(changed: Facts, film: Film, server: Server) -> None:
    if "longer" not in changed.calls:
        pytest.skip(f"a film goes on with the newest only, not with {changed.era}")
    job = ended(server, str(changed.value("longer")).rpartition("/")[2], key=changed.key)
    assert job["charged"]["nanos"] == 7 * 40 * CENT
    assert (job["outputs"][0]["seconds"], job["changes"]) == (12.0, [])
    assert (job["parameters"]["film"], job["parameters"]["task"]) == (True, "extend")
    given, frames = (frames_of(server, name) for name in (name_of(film), str(job["outputs"][0]["file"])))
    assert (len(given), len(frames)) == (5 * 24, 12 * 24)
    assert max(float(np.abs(one - other).mean()) for one, other in zip(given, frames, strict=False)) < 6
    assert float(np.abs(given[-1] - frames[5 * 24]).mean()) < 6, "what is new begins where the old one ended"


def test_a_film_goes_on_from_its_bytes_and_not_from_what_is_none(server: Server, film: Film) -> None:
    uri = f"/gemini/v1beta/files/{name_of(film)}:download?alt=media"
    encoded = base64.b64encode(server.call("GET", uri).body).decode()
    slow = {"prompt": "[danqing:slow=60] on", "video": {"bytesBase64Encoded": encoded, "mimeType": "video/mp4"}}
    started = server.call("POST", EXTEND, {"instances": [slow]})
    assert started.status == 200, started.body
    told = server.call("POST", f"/api/jobs/{started.headers['danqing-job']}/cancel").json()
    assert (told["parameters"]["seconds"], told["held"]["nanos"]) == (7, 7 * 40 * CENT)
    for given, why in (
        ({"video": {"gcsUri": "files/none"}}, "There is no file"),
        ({"video": {"gcsUri": "gs://bucket/film.mp4"}}, "file of this server"),
        ({**slow, "image": {"bytesBase64Encoded": encoded[:400]}}, "not a PNG"),
    ):
        status = 404 if "none" in str(given) else 400
        message = google_error(server.call("POST", EXTEND, {"instances": [{"prompt": "on", **given}]}), status)[
            "message"
        ]
        assert why in message
    message = google_error(server.call("POST", FILM, {"instances": [slow]}), 400)["message"]
    assert "does not do extend. It only makes new things" in message


def test_another_dialect_masks_by_the_name_of_a_file(server: Server) -> None:
    """A mask as a data: URL or by its name; what it was given is kept for as long as the job's inputs are."""
    key = new_key(server, "masks")
    body = {
        "model": "gpt-image-2",
        "prompt": "make it black and white",
        "pictures": [data_url(photo())],
        "mask": data_url(mask().convert("RGB")),
        "task": "edit",
    }
    asked = server.call("POST", "/api/jobs", body, key=key)
    done = ended(server, str(asked.json()["id"]), key=key)
    assert (done["state"], done["parameters"]["mask"], done["parameters"]["task"]) == ("done", True, "edit")
    made = server.call("GET", f"/api/files/{done['outputs'][0]['file']}", key=key).body
    with Image.open(BytesIO(made)) as picture:
        after = np.asarray(picture.convert("RGB"), np.int16)
    touched = (np.asarray(photo(), np.int16) != after).any(-1)
    assert touched[MASKED[1] : MASKED[3], MASKED[0] : MASKED[2]].mean() > 0.5
    assert not touched[: MASKED[1]].any()
    name = f"files/{done['outputs'][0]['file']}"
    again = server.call("POST", f"/api/jobs/{done['id']}/again", {}, key=key)
    assert again.status == 201, again.body
    wrong = {**body, "pictures": [name, name], "roles": ["base", "control"]}
    assert server.call("POST", "/api/quote", wrong, key=key).json()["error"]["param"] == "roles"
    assert spent(server, key) > 0


def test_a_film_is_changed_as_words_say_and_paid_for_by_its_length(server: Server, film: Film) -> None:
    video, words = (
        {"type": "video", "uri": f"files/{name_of(film)}"},
        {"type": "text", "text": "make it black and white"},
    )
    body = {
        "model": "gemini-omni-1.1-flash",
        "input": [words, video],
        "background": True,
        "response_format": {"type": "video"},
        "generation_config": {"video_config": {"task": "edit"}},
    }
    begun = server.call("POST", "/v1beta/interactions", body)
    assert begun.status == 200, begun.body
    job = ended(server, str(begun.json()["id"]))
    assert (job["state"], job["charged"]["nanos"]) == ("done", 5 * 10 * CENT)
    assert (job["outputs"][0]["seconds"], job["outputs"][0]["drawn"]) == (5.0, ["make it black and white"])
    frames = frames_of(server, str(job["outputs"][0]["file"]))
    assert len(frames) == 5 * 24
    assert max(float((one.max(-1) - one.min(-1)).mean()) for one in frames) < 6

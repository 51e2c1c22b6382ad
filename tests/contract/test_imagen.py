"""Imagen's `:predict` over real sockets, parameter by parameter (wire.md 5)."""

import pytest
from PIL import ImageStat

from serving import Server

from .calls import CENT, IMAGEN, IMAGEN_4, MODELS, PREDICT, ULTRA, google_error, new_key, pictures, predict_body, spent

ULTRA_PREDICT = f"{MODELS}/{ULTRA}:predict"
PIXELS = {"1:1": (1024, 1024), "3:4": (960, 1280), "4:3": (1280, 960), "9:16": (792, 1408), "16:9": (1408, 792)}


def test_the_answer_is_compact_and_has_its_exact_length(server: Server) -> None:
    answer = server.call("POST", PREDICT, predict_body())
    assert answer.headers["content-type"] == "application/json"
    assert answer.body.startswith(b'{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"iVBORw0KGgo')
    assert answer.body.endswith(b'"}]}')
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["danqing-served-by"] == "sketch"
    assert answer.headers["danqing-cost-usd"] == "0.03"
    assert len(answer.headers["x-request-id"]) == 32


def test_without_a_number_there_are_four(server: Server) -> None:
    answer = server.call("POST", PREDICT, {"instances": [{"prompt": "a red fox in the snow"}]})
    made = pictures(answer)
    assert len(made) == 4
    assert len({picture.tobytes() for picture in made}) == 4, "each is another picture"
    assert answer.headers["danqing-cost-usd"] == "0.12"


def test_of_the_ultra_model_there_is_one(server: Server) -> None:
    assert len(pictures(server.call("POST", ULTRA_PREDICT, {"instances": [{"prompt": "a red fox"}]}))) == 1
    assert "exactly 1" in google_error(server.call("POST", ULTRA_PREDICT, predict_body(sampleCount=2)), 400)["message"]


@pytest.mark.parametrize("number", [0, -1, 5, 9, 2**40])
def test_a_number_out_of_range_is_refused(server: Server, number: int) -> None:
    error = google_error(server.call("POST", PREDICT, predict_body(sampleCount=number)), 400)
    assert "1 to 4" in error["message"]
    assert error["details"][0]["metadata"] == {"param": "sampleCount"}


@pytest.mark.parametrize(
    "parameters",
    [
        {"sampleCount": None, "numberOfImages": 2},
        {"sampleCount": "2"},
        {"sampleCount": 2.0},
        {"sampleCount": None, "number_of_images": 2},
        {"sampleCount": None, "sample_count": "2"},
    ],
)
def test_the_number_is_understood_in_every_spelling(server: Server, parameters: dict[str, object]) -> None:
    body = predict_body("[danqing:filtered] a fox", includeRaiReason=True, **parameters)
    answer = server.call("POST", PREDICT, body)
    assert len(answer.json()["predictions"]) == 2, "an entry for each, though none is drawn"
    assert "danqing-ignored" not in answer.headers


@pytest.mark.parametrize("ratio", PIXELS)
def test_every_ratio_has_its_pixels(server: Server, ratio: str) -> None:
    [picture] = pictures(server.call("POST", PREDICT, predict_body(aspectRatio=ratio)))
    assert picture.size == PIXELS[ratio]
    assert picture.mode == "RGB"
    assert max(ImageStat.Stat(picture).stddev) > 5, "something is drawn"


@pytest.mark.parametrize("ratio", ["7:3", "16x9", "", "1:1:1"])
def test_other_ratios_are_refused_with_those_that_are_right(server: Server, ratio: str) -> None:
    message = google_error(server.call("POST", PREDICT, predict_body(aspectRatio=ratio)), 400)["message"]
    assert "Allowed: 1:1, 3:4, 4:3, 9:16, 16:9." in message


@pytest.mark.parametrize("word", ["DONT_ALLOW", "dont_allow", "Allow_Adult", "ALLOW_ALL"])
def test_person_generation_is_taken_in_any_case(server: Server, word: str) -> None:
    body = predict_body("[danqing:filtered] two people", personGeneration=word, includeRaiReason=True)
    assert server.call("POST", PREDICT, body).status == 200


@pytest.mark.parametrize("word", ["ALLOW_SOME", ""])
def test_another_word_for_people_is_refused(server: Server, word: str) -> None:
    error = google_error(server.call("POST", PREDICT, predict_body(personGeneration=word)), 400)
    assert "allow_all, allow_adult, dont_allow" in error["message"]
    assert error["details"][0]["metadata"] == {"param": "personGeneration"}


@pytest.mark.parametrize("mime", ["image/jpeg", "image/jpg", "IMAGE/JPEG"])
def test_jpeg_is_given_when_it_is_asked_for(server: Server, mime: str) -> None:
    answer = server.call("POST", PREDICT, predict_body(outputOptions={"mimeType": mime}))
    assert answer.json()["predictions"][0]["mimeType"] == "image/jpeg"
    assert pictures(answer)[0].format == "JPEG"


def test_a_lower_quality_makes_a_smaller_file(server: Server) -> None:
    sizes = [
        len(server.call("POST", PREDICT, predict_body(seed=1, outputOptions=options)).body)
        for options in (
            {"mimeType": "image/jpeg", "compressionQuality": 30},
            {"mimeType": "image/jpeg", "compressionQuality": "90"},
        )
    ]
    assert sizes[0] < sizes[1] * 0.7


@pytest.mark.parametrize("quality", [-1, 101, 500])
def test_a_quality_that_cannot_be_is_refused(server: Server, quality: int) -> None:
    body = predict_body(outputOptions={"mimeType": "image/jpeg", "compressionQuality": quality})
    assert "100" in google_error(server.call("POST", PREDICT, body), 400)["message"]


def test_another_file_type_is_refused(server: Server) -> None:
    error = google_error(server.call("POST", PREDICT, predict_body(outputOptions={"mimeType": "image/gif"})), 400)
    assert "image/png, image/jpeg" in error["message"]


@pytest.mark.parametrize(("size", "pixels"), [("1K", 1024), ("2k", 2048)])
def test_imagen_4_draws_in_two_sizes(server: Server, size: str, pixels: int) -> None:
    body = predict_body(sampleImageSize=size)
    [picture] = pictures(server.call("POST", f"{MODELS}/{IMAGEN_4}:predict", body))
    assert picture.size == (pixels, pixels)


def test_imagen_3_draws_in_one(server: Server) -> None:
    error = google_error(server.call("POST", PREDICT, predict_body(sampleImageSize="2K")), 400)
    assert "Allowed: 1K." in error["message"]
    assert error["details"][0]["metadata"] == {"param": "sampleImageSize"}


def test_the_same_seed_gives_the_same_picture(server: Server) -> None:
    one, same, other = (
        pictures(server.call("POST", PREDICT, predict_body(seed=seed)))[0].tobytes() for seed in (11, "11", 12)
    )
    assert one == same
    assert one != other


def test_what_is_not_honoured_is_told(server: Server) -> None:
    parameters = {"guidanceScale": 7.5, "safetySetting": "BLOCK_ONLY_HIGH", "language": "en", "storageUri": "gs://b/x"}
    body = predict_body("[danqing:filtered=1] a fox", sampleCount=2, **parameters) | {"labels": {"team": "a"}}
    ignored = server.call("POST", PREDICT, body).headers["danqing-ignored"]
    assert set(ignored.split(", ")) == {*parameters, "labels"}


def test_what_is_honoured_is_not_told(server: Server) -> None:
    body = predict_body(negativePrompt="snow", enhancePrompt=False, aspectRatio="1:1", seed=2)
    assert "danqing-ignored" not in server.call("POST", PREDICT, body).headers


@pytest.mark.parametrize(
    "prompt", ["a \0 fox", "\x1b[31m fox", "\u2028 \ufffe", "</x:xmpmeta> ]]> &amp;", "🦊" * 99, "{}%s%n"]
)
def test_whatever_stands_in_a_prompt_it_is_drawn(server: Server, prompt: str) -> None:
    """And kept in the metadata of every format."""
    for mime in ("image/png", "image/jpeg"):
        body = predict_body(prompt, outputOptions={"mimeType": mime})
        assert pictures(server.call("POST", PREDICT, body))[0].size == (1024, 1024)


def test_filtered_pictures_are_an_error_and_free(server: Server) -> None:
    key = new_key(server, "filtered pictures")
    answer = server.call("POST", PREDICT, predict_body("[danqing:filtered] a fox", sampleCount=4), key=key)
    error = google_error(answer, 400)
    assert error["message"].startswith("The content was filtered: ")
    assert error["details"][0]["reason"] == "FILTERED"
    assert answer.headers["danqing-cost-usd"] == "0.00"
    assert spent(server, key) == 0


def test_survivors_are_delivered_and_charged_by_their_number(server: Server) -> None:
    key = new_key(server, "survivors")
    answer = server.call("POST", PREDICT, predict_body("[danqing:filtered=3] a fox", sampleCount=4), key=key)
    assert [set(entry) for entry in answer.json()["predictions"]] == [{"mimeType", "bytesBase64Encoded"}]
    assert len(pictures(answer)) == 1
    assert spent(server, key) == 3 * CENT


def test_reasons_are_told_on_request(server: Server) -> None:
    body = predict_body("[danqing:filtered] a fox", sampleCount=2, includeRaiReason=True)
    answer = server.call("POST", PREDICT, body)
    assert answer.status == 200
    assert [set(entry) for entry in answer.json()["predictions"]] == [{"raiFilteredReason"}] * 2
    assert answer.headers["danqing-cost-usd"] == "0.00"


@pytest.mark.parametrize("magic", ["fail", "unknown"])
def test_a_failure_is_told_once_and_is_free(server: Server, magic: str) -> None:
    key = new_key(server, magic)
    answer = server.call("POST", PREDICT, predict_body(f"[danqing:{magic}] a fox"), key=key)
    google_error(answer, 502)
    assert answer.headers["x-should-retry"] == "false"
    assert server.call("GET", f"/api/jobs/{answer.headers['danqing-job']}", key=key).json()["charged"]["nanos"] == 0
    assert spent(server, key) == 0


def test_an_exhausted_quota_may_be_tried_again(server: Server) -> None:
    answer = server.call("POST", PREDICT, predict_body("[danqing:quota] a fox"))
    assert google_error(answer, 429)["status"] == "RESOURCE_EXHAUSTED"
    assert "x-should-retry" not in answer.headers


@pytest.mark.parametrize("field", ["image", "referenceImages", "mask", "video", "personImage", "productImages"])
def test_media_that_the_call_cannot_use_are_refused(server: Server, field: str) -> None:
    body = {"instances": [{"prompt": "a fox", field: {"bytesBase64Encoded": "AAAA"}}]}
    assert field in google_error(server.call("POST", PREDICT, body), 400)["message"]


def test_a_film_model_is_refused_and_its_call_named(server: Server) -> None:
    error = google_error(server.call("POST", f"{MODELS}/veo-2.0-generate-001:predict", predict_body()), 400)
    assert error["message"] == "veo-2.0-generate-001 does not answer :predict. Use :predictLongRunning."
    error = google_error(server.call("POST", f"{MODELS}/{IMAGEN}:predictLongRunning", predict_body()), 400)
    assert error["message"] == f"{IMAGEN} does not answer :predictLongRunning. Use :predict."

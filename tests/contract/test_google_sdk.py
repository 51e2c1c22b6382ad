"""google-genai of three eras against the server: what a script sees when it goes well, and when it does not."""

import re

import pytest
from PIL import Image

from .calls import IMAGEN, VEO_2
from .conftest import Facts, Film

MODES = ("developer", "vertex")
REFUSED_LOCALLY = "only supported in Gemini Enterprise Agent Platform mode"
MAGIC = "asked the Sketch engine to"


def offers(google: Facts, mode: str) -> bool:
    """Whether this SDK still sends these calls in this mode: with a key alone, the newest refuses by itself."""
    return mode == "vertex" or google.era != "newest"


def client_error(google: Facts, call: str, code: int, status: str) -> str:
    """The message of a ClientError that says everything."""
    error = google.error(call)
    assert (error["error"], error["code"], error["status"]) == ("ClientError", code, status)
    assert error["text"].startswith(f"{code} {status}. ")
    assert error["message"] in error["text"]
    return error["message"]


@pytest.mark.parametrize("call", ["pictures", "filtered", "bad ratio", "failed film"])
def test_the_newest_sdk_refuses_by_itself_with_a_key_alone(google: Facts, call: str) -> None:
    """No server can change that (wire.md 1); the README says what to do."""
    if offers(google, "developer"):
        assert REFUSED_LOCALLY not in str(google.calls[f"developer {call}"])
    else:
        error = google.error(f"developer {call}")
        assert error["error"] == "ValueError"
        assert REFUSED_LOCALLY in error["text"]


@pytest.mark.parametrize("mode", MODES)
class TestEitherMode:
    """What the SDK does in both of its dialects."""

    @pytest.fixture(autouse=True)
    def _only_what_is_sent(self, google: Facts, mode: str, request: pytest.FixtureRequest) -> None:
        asks_for_media = "media" in request.node.name
        if asks_for_media and not offers(google, mode):
            pytest.skip("this SDK refuses the call by itself")

    def test_media_pictures_arrive(self, google: Facts, mode: str) -> None:
        files = google.value(f"{mode} pictures")
        assert len(files) == 1
        with Image.open(google.folder / files[0]) as picture:
            assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1408, 792))

    def test_media_that_is_filtered_says_so(self, google: Facts, mode: str) -> None:
        """Never the TypeError that the published documentation warns of (wire.md 13)."""
        assert f"{MAGIC} refuse it" in client_error(google, f"{mode} filtered", 400, "INVALID_ARGUMENT")

    def test_media_reasons_stand_in_place_of_pictures(self, google: Facts, mode: str) -> None:
        delivered, refused = google.value(f"{mode} reasons")
        assert delivered == [True, None]
        assert refused[0] is False
        assert f"{MAGIC} refuse it" in refused[1]

    def test_media_of_a_wrong_ratio_are_refused_with_those_that_are_right(self, google: Facts, mode: str) -> None:
        message = client_error(google, f"{mode} bad ratio", 400, "INVALID_ARGUMENT")
        assert "7:3" in message
        assert "1:1, 3:4, 4:3, 9:16, 16:9" in message

    def test_media_in_too_great_a_number_are_refused_with_the_most(self, google: Facts, mode: str) -> None:
        assert "1 to 4" in client_error(google, f"{mode} too many", 400, "INVALID_ARGUMENT")

    def test_media_of_an_unknown_model_are_refused_with_the_known(self, google: Facts, mode: str) -> None:
        message = client_error(google, f"{mode} unknown model", 404, "NOT_FOUND")
        assert "'imagen-9'" in message
        assert IMAGEN in message

    def test_media_that_fail_end_the_operation_with_an_error(self, google: Facts, mode: str) -> None:
        told = google.value(f"{mode} failed film")
        assert told["was_done"] is None
        assert told["error"]["code"] == 14  # google.rpc.Code UNAVAILABLE
        assert f"{MAGIC} fail" in told["error"]["message"]
        prefix = "publishers/google/" if mode == "vertex" else ""
        assert re.fullmatch(rf"{prefix}models/{VEO_2}/operations/[0-9a-f-]{{36}}", told["name"])

    def test_media_that_are_filtered_end_the_operation_with_reasons(self, google: Facts, mode: str) -> None:
        told = google.value(f"{mode} filtered film")
        assert told["error"] is None
        assert told["count"] == 1
        assert f"{MAGIC} refuse it" in told["reasons"][0]

    def test_an_unknown_operation_is_not_found(self, google: Facts, mode: str) -> None:
        assert "none" in client_error(google, f"{mode} unknown operation", 404, "NOT_FOUND")

    def test_models_are_listed_page_by_page(self, google: Facts, mode: str) -> None:
        names = google.value(f"{mode} models")
        assert google.value(f"{mode} models by fives") == names
        assert len(set(names)) == len(names) > 10
        owner = "publishers/google/" if mode == "vertex" else ""
        assert f"{owner}models/{IMAGEN}" in names

    def test_one_model_is_told_of(self, google: Facts, mode: str) -> None:
        model = google.value(f"{mode} model")
        assert model["name"].endswith(f"models/{IMAGEN}")
        assert model["display_name"] == "Imagen 3"
        assert model["version"] == "3.0"


@pytest.mark.parametrize(
    ("call", "file", "name"),
    [
        ("developer film", "developer", "models/"),
        ("developer film by Vertex's name", "projects", "projects/ahm-gemini-03/locations/us-central1/"),
        ("vertex film", "vertex", "publishers/google/"),
    ],
)
def test_a_film_is_polled_and_kept(google: Facts, film: Film, call: str, file: str, name: str) -> None:
    told = google.value(call)
    assert told["done"] is True
    assert told["name"].startswith(name)
    assert told["name"].endswith(film.job)
    assert told["mime"] == "video/mp4"
    data = (google.folder / f"{file}.mp4").read_bytes()
    assert data[4:8] == b"ftyp"
    assert len(data) == film.finished["outputs"][0]["bytes"]


def test_only_the_developer_dialect_links_to_films(google: Facts) -> None:
    assert google.value("developer film")["uri"].startswith("http://")
    assert google.value("vertex film")["uri"] is None


def test_a_film_is_downloaded_by_every_address_that_the_sdk_derives(google: Facts, film: Film) -> None:
    """An http:// address is pasted into the path as a whole, of an https:// one only the name is left (wire.md 6.4)."""
    size = film.finished["outputs"][0]["bytes"]
    assert google.value("addresses") == [size, size, size]


def test_an_unknown_file_is_not_found(google: Facts) -> None:
    assert "none" in client_error(google, "unknown file", 404, "NOT_FOUND")


def test_a_wrong_key_is_told_how_to_be_sent(google: Facts) -> None:
    assert "x-goog-api-key" in client_error(google, "wrong key", 401, "UNAUTHENTICATED")


@pytest.mark.parametrize("call", ["alpha", "no version"])
def test_other_versions_in_the_path_make_no_difference(google: Facts, call: str) -> None:
    assert google.value(call) == google.value("developer models")

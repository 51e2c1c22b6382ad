"""google-genai of three eras against the server: what a script sees when it goes well, and when it does not."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PIL import Image

from .calls import IMAGEN, VEO_2
from .conftest import ERAS, Facts, Film

MODES = ("developer", "vertex")
# With a key alone the newest SDK refuses these calls by itself (wire.md 1).
SENDING = [(era, mode) for era in ERAS for mode in MODES if (era, mode) != ("newest", "developer")]
MAGIC = "asked the Sketch engine to"


@dataclass(frozen=True)
class Asker:
    """google-genai of one era in one of its modes."""

    facts: Facts
    mode: str

    def value(self, call: str) -> object:
        return self.facts.value(f"{self.mode} {call}")

    def refusal(self, call: str, code: int, status: str) -> str:
        return client_error(self.facts, f"{self.mode} {call}", code, status)

    @property
    def owner(self) -> str:
        """How the names of this mode's resources begin."""
        return "publishers/google/" if self.mode == "vertex" else ""


@pytest.fixture(params=SENDING, ids=" ".join)
def asker(request: pytest.FixtureRequest, google_of: Callable[[str], Facts]) -> Asker:
    """Every era in every mode in which it still asks for pictures and films."""
    era, mode = request.param
    return Asker(google_of(era), mode)


def client_error(google: Facts, call: str, code: int, status: str) -> str:
    """The message of a ClientError that says everything."""
    error = google.error(call)
    assert (error["error"], error["code"], error["status"]) == ("ClientError", code, status)
    assert error["text"].startswith(f"{code} {status}. ")
    assert error["message"] in error["text"]
    return error["message"]


@pytest.mark.parametrize("call", ["pictures", "failed film"])
def test_with_a_key_alone_the_newest_sdk_refuses_by_itself(google_of: Callable[[str], Facts], call: str) -> None:
    """No server can change that; the README says what to do."""
    error = google_of("newest").error(f"developer {call}")
    assert error["error"] == "ValueError"
    assert "only supported in Gemini Enterprise Agent Platform mode" in error["text"]


def test_pictures_arrive(asker: Asker) -> None:
    files = asker.value("pictures")
    assert len(files) == 1
    with Image.open(asker.facts.folder / files[0]) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1408, 792))


def test_what_is_filtered_says_so(asker: Asker) -> None:
    """Never the TypeError that the published documentation warns of (wire.md 13)."""
    assert f"{MAGIC} refuse it" in asker.refusal("filtered", 400, "INVALID_ARGUMENT")


def test_reasons_stand_in_place_of_pictures(asker: Asker) -> None:
    delivered, refused = asker.value("reasons")
    assert delivered == [True, None]
    assert refused[0] is False
    assert f"{MAGIC} refuse it" in refused[1]


def test_a_wrong_ratio_is_refused_with_those_that_are_right(asker: Asker) -> None:
    message = asker.refusal("bad ratio", 400, "INVALID_ARGUMENT")
    assert "7:3" in message
    assert "1:1, 3:4, 4:3, 9:16, 16:9" in message


def test_too_great_a_number_is_refused_with_the_most(asker: Asker) -> None:
    assert "1 to 4" in asker.refusal("too many", 400, "INVALID_ARGUMENT")


def test_a_budget_that_is_used_up_is_told_with_its_figure_and_its_end(asker: Asker) -> None:
    message = asker.refusal("no money today", 402, "FAILED_PRECONDITION")
    assert "up to $0.12, and the daily budget of this key has $0.0001 left. It begins anew at 20" in message


def test_too_many_requests_a_minute_are_told_with_the_time_of_the_next(asker: Asker) -> None:
    message = asker.refusal("too fast", 429, "RESOURCE_EXHAUSTED")
    assert "This key may send 1 request a minute, and has. The next one is taken at 20" in message


def test_an_unknown_model_is_refused_with_the_known(asker: Asker) -> None:
    message = asker.refusal("unknown model", 404, "NOT_FOUND")
    assert "'imagen-9'" in message
    assert IMAGEN in message


def test_a_failed_film_ends_the_operation_with_an_error(asker: Asker) -> None:
    told = asker.value("failed film")
    assert told["was_done"] is None
    assert told["error"]["code"] == 14  # google.rpc.Code UNAVAILABLE
    assert f"{MAGIC} fail" in told["error"]["message"]
    assert re.fullmatch(rf"{asker.owner}models/{VEO_2}/operations/[0-9a-f-]{{36}}", told["name"])


def test_a_filtered_film_ends_the_operation_with_reasons(asker: Asker) -> None:
    told = asker.value("filtered film")
    assert told["error"] is None
    assert told["count"] == 1
    assert f"{MAGIC} refuse it" in told["reasons"][0]


@pytest.mark.parametrize("mode", MODES)
def test_an_unknown_operation_is_not_found(google: Facts, mode: str) -> None:
    assert "none" in client_error(google, f"{mode} unknown operation", 404, "NOT_FOUND")


@pytest.mark.parametrize("mode", MODES)
def test_models_are_listed_page_by_page(google: Facts, mode: str) -> None:
    names = google.value(f"{mode} models")
    assert google.value(f"{mode} models by fives") == names
    assert len(set(names)) == len(names) > 10
    assert f"{Asker(google, mode).owner}models/{IMAGEN}" in names


@pytest.mark.parametrize("mode", MODES)
def test_one_model_is_told_of(google: Facts, mode: str) -> None:
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

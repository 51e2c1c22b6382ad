"""Lists of models in each dialect, and the one path that two clients share (wire.md 3 and 7)."""

from itertools import chain

import pytest

from serving import Server

from .calls import GEMINI, IMAGEN, MODELS, VEO_2, google_error, native_error, openai_error

VERTEX = "/gemini/v1beta1/publishers/google/models"


def test_the_developer_list(server: Server) -> None:
    listed = server.call("GET", MODELS).json()
    assert set(listed) == {"models"}
    by_name = {model["name"]: model for model in listed["models"]}
    assert by_name[f"models/{IMAGEN}"]["supportedGenerationMethods"] == ["predict"]
    assert by_name[f"models/{VEO_2}"]["supportedGenerationMethods"] == ["predictLongRunning"]
    for model in listed["models"]:
        assert {"name", "version", "displayName", "description", "inputTokenLimit"} <= set(model)
        assert server.call("GET", f"/gemini/v1beta/{model['name']}").json() == model


def test_the_vertex_list(server: Server) -> None:
    listed = server.call("GET", VERTEX).json()
    assert set(listed) == {"publisherModels"}
    names = [model["name"] for model in listed["publisherModels"]]
    assert f"publishers/google/models/{IMAGEN}" in names
    assert server.call("GET", f"{VERTEX}/{IMAGEN}").json() in listed["publisherModels"]
    in_project = server.call("GET", "/gemini/v1beta1/projects/p/locations/l/publishers/google/models").json()
    assert in_project == listed


@pytest.mark.parametrize(("path", "field"), [(MODELS, "models"), (VERTEX, "publisherModels")])
@pytest.mark.parametrize("size", [1, 4, 7])
def test_pages_together_are_the_list(server: Server, path: str, field: str, size: int) -> None:
    pages, token = [], ""
    while True:
        answer = server.call("GET", f"{path}?pageSize={size}&pageToken={token}").json()
        pages.append(answer[field])
        token = answer.get("nextPageToken", "")
        if not token:
            break
    assert all(len(page) == size for page in pages[:-1])
    assert 0 < len(pages[-1]) <= size
    assert list(chain.from_iterable(pages)) == server.call("GET", path).json()[field]


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=1000", "filter=x"])
def test_a_page_may_be_as_large_as_the_list(server: Server, query: str) -> None:
    assert server.call("GET", f"{MODELS}?{query}").json() == server.call("GET", MODELS).json()


@pytest.mark.parametrize("query", ["pageSize=-1", "pageSize=x", "pageSize=1001", "pageSize=٣", "pageToken=zz"])
def test_a_page_that_cannot_be_is_refused(server: Server, query: str) -> None:
    error = google_error(server.call("GET", f"{MODELS}?{query}".replace("٣", "%D9%A3")), 400)
    assert query.partition("=")[0] in error["message"]


def test_the_path_that_openai_and_google_share_answers_both(server: Server) -> None:
    """google-genai 3 with a base URL that lacks /gemini asks for /v1/models like openai (wire.md 3)."""
    listed = server.call("GET", "/v1/models").json()
    assert listed["object"] == "list"
    ids = [model["id"] for model in listed["data"]]
    assert all(model["object"] == "model" for model in listed["data"])
    assert [model["name"] for model in listed["models"]] == [f"models/{id}" for id in ids]
    assert listed["models"] == server.call("GET", MODELS).json()["models"]


def test_one_model_answers_both(server: Server) -> None:
    model = server.call("GET", f"/v1/models/{GEMINI}").json()
    assert (model["id"], model["object"]) == (GEMINI, "model")
    assert model["name"] == f"models/{GEMINI}"
    assert model["supportedGenerationMethods"] == ["generateContent"]


def test_a_model_is_found_by_its_other_names(server: Server) -> None:
    assert server.call("GET", f"{MODELS}/gemini-2.0-flash-exp").json()["name"] == f"models/{GEMINI}"


def test_an_unknown_model_is_not_found_in_the_dialect_that_asked(server: Server) -> None:
    google = google_error(server.call("GET", f"{MODELS}/imagen-0"), 404)
    openai = openai_error(server.call("GET", "/v1/models/imagen-0"), 404)
    native = native_error(server.call("GET", "/api/models/imagen-0"), 404)
    assert google["message"] == openai["message"] == native["message"]
    assert IMAGEN in google["message"]


def test_the_native_list_tells_abilities_and_prices(server: Server) -> None:
    rows = {row["id"]: row for row in server.call("GET", "/api/models").json()["models"]}
    assert rows[IMAGEN]["ability"]["count"] == {"default": 4, "max": 4}
    assert rows[IMAGEN]["prices"] == [{"per": "picture", "price": {"usd": "0.03", "nanos": 30_000_000}}]
    assert rows[VEO_2]["ability"]["seconds"] == [8, 5]

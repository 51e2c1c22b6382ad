"""What was made in one dialect is found in every other by its name: nothing is sent twice."""

import pytest

from serving import Server

from .calls import CHAT, CONTENT, FILM, GEMINI, IMAGEN, chat_body, content_body, ended, native_error, new_key


@pytest.fixture(scope="module")
def picture(server: Server) -> dict[str, object]:
    """A picture that Imagen made."""
    asked = server.call("POST", "/api/jobs", {"model": IMAGEN, "prompt": "a red fox", "count": 1})
    [output] = ended(server, str(asked.json()["id"]))["outputs"]  # type: ignore[misc]
    return output


def test_a_picture_goes_on_in_every_dialect_by_its_name(server: Server, picture: dict[str, object]) -> None:
    name = f"files/{picture['file']}"
    parts = ({"fileData": {"fileUri": f"https://host/v1beta/{name}"}}, "make it night")
    image = {"type": "image_url", "image_url": {"url": picture["url"]}}
    for path, body in (
        (CONTENT, content_body(*parts)),
        (CHAT, chat_body([{"type": "text", "text": "make it night"}, image])),
        (FILM, {"instances": [{"prompt": "[danqing:slow=60] the fox runs", "image": {"gcsUri": name}}]}),
        ("/api/jobs", {"model": GEMINI, "prompt": "make it night", "pictures": [name]}),
    ):
        answer = server.call("POST", path, body)
        assert answer.status in (200, 201), answer.body
        job = server.call("POST", f"/api/jobs/{answer.headers['danqing-job']}/cancel").json()
        assert job["parameters"].keys() & {"pictures", "first_frame"}, path


def test_a_quote_knows_the_file_and_nobody_elses(server: Server, picture: dict[str, object]) -> None:
    body = {"model": GEMINI, "prompt": "make it night", "pictures": [f"files/{picture['file']}"]}
    assert server.call("POST", "/api/quote", body).status == 200
    stranger = new_key(server, "a stranger")
    assert native_error(server.call("POST", "/api/quote", body, key=stranger), 404)["kind"] == "not_found"
    assert native_error(server.call("POST", "/api/jobs", body, key=stranger), 404)["kind"] == "not_found"


def test_a_name_that_is_no_file_is_refused(server: Server) -> None:
    body = {"model": GEMINI, "prompt": "make it night", "pictures": ["https://example.com/x.png"]}
    assert native_error(server.call("POST", "/api/jobs", body), 400)["param"] == "pictures"

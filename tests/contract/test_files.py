"""Files by hand: an upload that breaks off and goes on, whose it is, how much of it, and the same shelf for OpenAI."""

import json
import socket
from urllib.parse import urlsplit

import pytest

from e2e.traces import eventually
from serving import Answer, Server

from .calls import CONTENT, GEMINI, content_body, google_error, native_error, new_key, openai_error, png

START = "/gemini/upload/v1beta/files"
FILES = "/gemini/v1beta/files"
PIXELS = png(40, 30)


def begun(server: Server, key: str, size: int, **file: object) -> str:
    """The path and query of a new upload."""
    headers = {
        "x-goog-upload-protocol": "resumable",
        "x-goog-upload-command": "start",
        "x-goog-upload-header-content-length": str(size),
    }
    answer = server.call("POST", START, {"file": file}, key=key, headers=headers)
    assert (answer.status, answer.headers["x-goog-upload-status"]) == (200, "active"), answer.body
    url = urlsplit(answer.headers["x-goog-upload-url"])
    return f"{url.path}?{url.query}"


def more(server: Server, path: str, command: str, data: bytes = b"", offset: int = 0) -> Answer:
    """One more request of an upload, without a key."""
    headers = {"x-goog-upload-command": command, "x-goog-upload-offset": str(offset)}
    return server.call("POST", path, data, key="", headers=headers)


def state(answer: Answer) -> tuple[str, int]:
    return answer.headers["x-goog-upload-status"], int(answer.headers["x-goog-upload-size-received"])


def sent(server: Server, key: str, data: bytes = PIXELS, **file: object) -> dict[str, object]:
    """A file that was sent in one piece."""
    answer = more(server, begun(server, key, len(data), **file), "upload, finalize", data)
    assert answer.status == 200, answer.body
    return answer.json()["file"]  # type: ignore[return-value]


def stored(server: Server, key: str) -> int:
    standings = server.call("GET", "/api/usage", key=key).json()["limits"]
    return next(row["used"] for row in standings if row["limit"] == "storage")  # type: ignore[index]


def test_an_upload_that_broke_off_goes_on_where_it_was(server: Server) -> None:
    key = new_key(server, "broken lines", storage_bytes=10_000_000)
    path = begun(server, key, len(PIXELS), name="files/broken")
    assert stored(server, key) == len(PIXELS), "its room is kept for it"
    assert state(more(server, path, "query")) == ("active", 0)
    assert state(more(server, path, "upload", PIXELS[:20])) == ("active", 20)

    url = urlsplit(server.url)
    with socket.create_connection((url.hostname or "", url.port or 0)) as line:  # which says 60 bytes and breaks
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Goog-Upload-Command: upload\r\nX-Goog-Upload-Offset: 20\r\n"
        line.sendall(f"{head}Content-Length: 60\r\nExpect: 100-continue\r\n\r\n".encode())
        assert b"100 Continue" in line.recv(100)
        line.sendall(PIXELS[20:50])
        assert state(more(server, path, "query")) == ("active", 20), "it is written down when it is a piece, or broken"
    eventually(lambda: state(more(server, path, "query")) == ("active", 50))

    wrong = more(server, path, "upload", PIXELS[60:], 60)
    assert google_error(wrong, 400)["details"][0]["reason"] == "WRONG_OFFSET"  # type: ignore[index]
    assert state(wrong) == ("active", 50)
    early = more(server, path, "finalize", b"", 50)
    assert (early.status, state(early)) == (400, ("active", 50))
    whole = more(server, path, "upload, finalize", PIXELS[30:], 30)  # what is here already is passed over
    assert (whole.status, state(whole)) == (200, ("final", len(PIXELS)))
    assert more(server, path, "upload, finalize", PIXELS[30:], 30).body == whole.body, "the answer may be lost"
    assert server.call("GET", f"{FILES}/broken:download?alt=media", key=key).body == PIXELS
    assert stored(server, key) == len(PIXELS)
    assert server.call("DELETE", f"{FILES}/broken", key=key).json() == {}
    assert stored(server, key) == 0


def test_an_upload_is_gone_on_with_by_who_has_its_id(server: Server) -> None:
    path = begun(server, server.key, 9)
    forged = path.replace("upload_id=", "upload_id=0")
    assert google_error(more(server, forged, "query"), 404)
    assert more(server, forged, "query").headers["x-goog-upload-status"] == "cancelled"
    assert more(server, path, "cancel").headers["x-goog-upload-status"] == "cancelled"
    assert google_error(more(server, path, "upload", b"x"), 404)
    google_error(server.call("POST", START, {}, key="", headers={"x-goog-upload-command": "start"}), 401)


@pytest.mark.parametrize(
    ("data", "size", "reason"),
    [
        (b"%PDF-1.7 is no picture", None, "UNSUPPORTED_FILE"),
        (PIXELS[:30], None, "INVALID_FILE"),
        (PIXELS + b"x", len(PIXELS), "UPLOAD_TOO_LONG"),
        (b"\0\0\0\x18ftypmp42 and no more", None, "INVALID_FILE"),
    ],
)
def test_what_is_of_no_use_is_refused_and_takes_no_room(
    server: Server, data: bytes, size: int | None, reason: str
) -> None:
    key = new_key(server, reason, storage_bytes=10_000)
    path = begun(server, key, size or len(data))
    answer = more(server, path, "upload, finalize", data)
    assert answer.status in (400, 413)
    assert google_error(answer, answer.status)["details"][0]["reason"] == reason  # type: ignore[index]
    more(server, path, "cancel")
    assert stored(server, key) == 0


def test_a_shelf_that_is_full_says_so_before_a_byte_is_sent(server: Server) -> None:
    key = new_key(server, "little room", storage_bytes=100)
    headers = {"x-goog-upload-command": "start", "x-goog-upload-header-content-length": "101"}
    error = google_error(server.call("POST", START, {}, key=key, headers=headers), 402)
    assert error["details"][0]["reason"] == "STORAGE_EXCEEDED"  # type: ignore[index]
    for size, status in (("0", 400), (str(3 << 30), 413), ("many", 400)):
        headers["x-goog-upload-header-content-length"] = size
        google_error(server.call("POST", START, {}, key=key, headers=headers), status)


def test_a_file_may_be_sent_at_once(server: Server) -> None:
    key = new_key(server, "at once")
    headers = {"x-goog-upload-protocol": "raw", "x-goog-upload-file-name": "dot.png", "content-type": "image/png"}
    answer = server.call("POST", START, PIXELS, key=key, headers=headers)
    assert answer.status == 200, answer.body
    file = answer.json()["file"]
    assert (file["displayName"], file["mimeType"], file["sizeBytes"]) == ("dot.png", "image/png", str(len(PIXELS)))  # type: ignore[index]
    google_error(server.call("POST", START, PIXELS, key=key), 400)
    said = json.dumps({"file": {"name": "files/both", "display_name": "both"}}).encode()
    both = b"--xx\r\n\r\n" + said + b"\r\n--xx\r\n\r\n" + PIXELS + b"\r\n--xx--\r\n"
    headers = {"x-goog-upload-protocol": "multipart", "content-type": "multipart/related; boundary=xx"}
    file = server.call("POST", START, both, key=key, headers=headers).json()["file"]
    assert (file["name"], file["displayName"]) == ("files/both", "both")  # type: ignore[index]
    for path in ("/download/v1beta", "/gemini/download/v1beta", "/gemini/v1beta"):
        assert server.call("GET", f"{path}/files/both:download?alt=media", key=key).body == PIXELS
    google_error(server.call("POST", START, both[:-9], key=key, headers=headers), 400)


def test_it_is_found_wherever_a_file_may_be_named_and_by_nobody_else(server: Server) -> None:
    key, stranger = new_key(server, "has a fox"), new_key(server, "has none")
    file = sent(server, key, name="files/my-fox")
    body = content_body({"fileData": {"fileUri": file["uri"]}}, "make it night")
    assert server.call("POST", CONTENT, body, key=key).status == 200
    google_error(server.call("POST", CONTENT, body, key=stranger), 404)
    job = {"model": GEMINI, "prompt": "make it night", "pictures": ["files/my-fox"]}
    assert server.call("POST", "/api/quote", job, key=key).status == 200
    native_error(server.call("POST", "/api/quote", job, key=stranger), 404)
    for path in (f"{FILES}/my-fox", f"{FILES}/my-fox:download", "/v1/files/my-fox"):
        google_error(server.call("GET", path, key=stranger), 404)
    google_error(server.call("DELETE", f"{FILES}/my-fox", key=stranger), 404)
    part = server.call("GET", "/api/files/my-fox", key=key, headers={"range": "bytes=1-3"})
    assert (part.status, part.body) == (206, b"PNG")


def test_what_was_made_is_listed_and_taken_away_too(server: Server) -> None:
    key = new_key(server, "makes and sends")
    sent(server, key, name="files/sent")
    made = server.call("POST", CONTENT, content_body("a red fox"), key=key)
    first, *rest = server.call("GET", f"{FILES}?pageSize=1", key=key).json()["files"]  # type: ignore[misc]
    assert (first["source"], rest) == ("GENERATED", [])
    listed = server.call("GET", FILES, key=key).json()
    assert [row["source"] for row in listed["files"]] == ["GENERATED", "UPLOADED"]  # type: ignore[union-attr]
    assert server.call("DELETE", f"/gemini/v1beta/{first['name']}", key=key).status == 200
    assert google_error(server.call("GET", f"/gemini/v1beta/{first['name']}", key=key), 404)
    job = server.call("GET", f"/api/jobs/{made.headers['danqing-job']}", key=key).json()
    assert [bool(output["gone"]) for output in job["outputs"] if output["medium"] == "image"] == [True]  # type: ignore[union-attr]
    assert [row["name"] for row in server.call("GET", FILES, key=key).json()["files"]] == ["files/sent"]  # type: ignore[union-attr]


def test_openai_has_the_same_shelf(server: Server) -> None:
    key = new_key(server, "openai's files")
    sent(server, key, name="files/from-google")
    boundary = "dots"
    form = b"".join(
        [
            b'--dots\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n',
            b'--dots\r\nContent-Disposition: form-data; name="file"; filename="dot.png"\r\n\r\n' + PIXELS + b"\r\n",
            b"--dots--\r\n",
        ]
    )
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    answer = server.call("POST", "/v1/files", form, key=key, headers=headers)
    assert answer.status == 200, answer.body
    file = answer.json()
    assert (file["filename"], file["purpose"], file["bytes"]) == ("dot.png", "user_data", len(PIXELS))
    page = server.call("GET", "/v1/files?limit=1", key=key).json()
    assert (page["data"], page["has_more"]) == ([file], True)
    [other] = server.call("GET", f"/v1/files?after={page['last_id']}", key=key).json()["data"]  # type: ignore[misc]
    assert (other["id"], other["purpose"]) == ("file-from-google", "vision")
    [only] = server.call("GET", "/v1/files?purpose=vision", key=key).json()["data"]  # type: ignore[misc]
    assert only == other == server.call("GET", "/v1/files/file-from-google", key=key).json()
    assert server.call("GET", f"/v1/files/{file['id']}/content", key=key).body == PIXELS
    edit = {"model": "dall-e-2", "prompt": "make it night", "image": {"file_id": file["id"]}}
    assert server.call("POST", "/v1/images/edits", edit, key=key, headers={"danqing-dry-run": "true"}).status == 200
    name = str(file["id"]).removeprefix("file-")
    assert server.call("GET", f"{FILES}/{name}", key=key).json()["displayName"] == "dot.png"
    gone = server.call("DELETE", f"/v1/files/{file['id']}", key=key).json()
    assert gone == {"id": file["id"], "object": "file", "deleted": True}
    openai_error(server.call("GET", f"/v1/files/{file['id']}", key=key), 404)
    openai_error(server.call("POST", "/v1/files", form.replace(b"user_data", b"fun"), key=key, headers=headers), 400)
    assert json.loads(server.call("GET", "/v1/files", key=key).body)["data"] == [other]

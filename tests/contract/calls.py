"""Requests as clients write them, and readers that check the whole shape of what comes back."""

import base64
import json
import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO

from PIL import Image

from serving import Answer, Server

IMAGEN = "imagen-3.0-generate-002"
IMAGEN_4 = "imagen-4.0-generate-preview-05-20"
ULTRA = "imagen-4.0-ultra-generate-exp-05-20"
GEMINI = "gemini-2.0-flash-preview-image-generation"
VEO_2 = "veo-2.0-generate-001"
VEO_3 = "veo-3.0-generate-preview"
FILM_CHAT = "veo-3"

MODELS = "/gemini/v1beta/models"
CHAT = "/v1/chat/completions"
PREDICT = f"{MODELS}/{IMAGEN}:predict"
FILM = f"{MODELS}/{VEO_2}:predictLongRunning"
CONTENT = f"{MODELS}/{GEMINI}:generateContent"
STREAM = f"{MODELS}/{GEMINI}:streamGenerateContent"
INTERACTIONS = "/gemini/v1/interactions"
COUNT = f"{MODELS}/{GEMINI}:countTokens"

CENT = 10_000_000  # nano-dollars
DOLLAR = 100 * CENT

Read = Callable[[Answer, int], dict[str, object]]  # checks an error of this status in a dialect's shape

GOOGLE_WORDS = {
    400: {"INVALID_ARGUMENT", "FAILED_PRECONDITION"},
    401: {"UNAUTHENTICATED"},
    402: {"FAILED_PRECONDITION"},
    404: {"NOT_FOUND"},
    405: {"UNIMPLEMENTED"},
    413: {"INVALID_ARGUMENT"},
    422: {"FAILED_PRECONDITION"},
    429: {"RESOURCE_EXHAUSTED"},
    502: {"UNAVAILABLE", "UNKNOWN"},
    503: {"UNAVAILABLE"},
    504: {"DEADLINE_EXCEEDED"},
}


def predict_body(prompt: str = "a red fox in the snow", **parameters: object) -> dict[str, object]:
    """One picture, unless the parameters say otherwise."""
    return {"instances": [{"prompt": prompt}], "parameters": {"sampleCount": 1, **parameters}}


def film_body(prompt: str, **parameters: object) -> dict[str, object]:
    return {"instances": [{"prompt": prompt}], "parameters": parameters}


def content_body(*parts: object, **config: object) -> dict[str, object]:
    """One turn of the user; a string stands for a part with words."""
    told = [{"text": part} if isinstance(part, str) else part for part in parts]
    return {"contents": [{"role": "user", "parts": told}], "generationConfig": config}


def chat_body(content: object, *, model: str = GEMINI, **fields: object) -> dict[str, object]:
    return {"model": model, "messages": [{"role": "user", "content": content}], **fields}


def curl(*arguments: str) -> bytes:
    """What curl prints; it has to be on this machine, as the examples are written for it."""
    program = shutil.which("curl")
    assert program, "curl is needed"
    return subprocess.run([program, "-sS", *arguments], check=True, capture_output=True, timeout=120).stdout


def pictures(answer: Answer) -> list[Image.Image]:
    """The pictures of a `:predict` answer, in order."""
    assert answer.status == 200, answer.body[:500]
    return [opened(entry["bytesBase64Encoded"]) for entry in answer.json()["predictions"]]


def opened(text: str) -> Image.Image:
    """A picture from strict, padded, standard base64."""
    picture = Image.open(BytesIO(base64.b64decode(text, validate=True)))
    picture.load()
    return picture


def data_url(picture: Image.Image, kind: str = "PNG") -> str:
    file = BytesIO()
    picture.save(file, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def png(width: int, height: int) -> bytes:
    """A picture file of this size."""
    file = BytesIO()
    Image.new("RGB", (width, height), "firebrick").save(file, "PNG")
    return file.getvalue()


def google_error(answer: Answer, status: int) -> dict[str, object]:
    """The error of an answer in Google's shape (wire.md 4.4), checked from end to end."""
    assert answer.status == status, (answer.status, answer.body[:500])
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"code", "message", "status", "details"}
    assert error["code"] == status
    assert error["status"] in GOOGLE_WORDS[status]
    assert error["message"]
    assert isinstance(error["details"], list)
    return error


def openai_error(answer: Answer, status: int) -> dict[str, object]:
    """The error of an answer in OpenAI's shape (wire.md 11)."""
    assert answer.status == status, (answer.status, answer.body[:500])
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert error["type"]
    return error


def native_error(answer: Answer, status: int) -> dict[str, object]:
    """The error of an answer of /api, and of the links for people."""
    assert answer.status == status, (answer.status, answer.body[:500])
    body = answer.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"kind", "code", "message", "param", "retry_after"}
    assert error["message"]
    return error


def new_key(server: Server, name: str, **limits: object) -> str:
    """The secret of a test key of its own, so that its money and its jobs are nobody else's."""
    answer = server.call("POST", "/api/keys", {"name": name, **limits}, key=server.owner_key)
    assert answer.status == 201, answer.body
    return str(answer.json()["secret"])


def spent(server: Server, key: str) -> int:
    """Nano-dollars that a key was charged."""
    return -server.call("GET", "/api/usage", key=key).json()["budget"]["posted"]["nanos"]


def held(server: Server, key: str) -> int:
    """Nano-dollars that are reserved for a key's unfinished jobs."""
    return server.call("GET", "/api/usage", key=key).json()["budget"]["held"]["nanos"]


def jobs(server: Server, key: str) -> list[dict[str, object]]:
    """A key's jobs, newest first."""
    return server.call("GET", "/api/jobs?limit=200", key=key).json()["jobs"]


def ended(server: Server, job: str, key: str | None = None) -> dict[str, object]:
    """The job when it has ended, well or not."""
    last = events(server.call("GET", f"/api/jobs/{job}/events", key=key).body)[-1]
    assert last["state"] in ("done", "failed", "cancelled", "unknown")
    return last


def events(body: bytes) -> list[dict[str, object]]:
    """The events of a stream, each a JSON document; comments and the closing [DONE] are left out."""
    lines = [line.removeprefix("data: ") for line in body.decode().split("\n") if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]
